(** |r(x) − sign(x)| ≤ 0.000000698561297 for every real x in [-1, -0.00000095367431640625] ∪ [0.00000095367431640625, 1]

    Degree 28629151; table sha256 0f8406bb028b36b66d79a89c93e58df288b7ec618b985df58dbdb796e088f299.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.StageRange PolyAttn.StageTable.
Import ListNotations.
Open Scope Z_scope.

Definition stage1 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 75557863725914323419136;
  coefficients := [
    0;
    48112150114372846632374;
    0;
    -16062311072113937660669;
    0;
    9667526870674565140681;
    0;
    -6938080897510763925622;
    0;
    5430812032617453146917;
    0;
    -4479531536390548047785;
    0;
    3828136814983679408104;
    0;
    -3357239319616459088036;
    0;
    3003766821400025487551;
    0;
    -2731350079622435750322;
    0;
    2517639806149289148516;
    0;
    -2348251394120623749048;
    0;
    2213629731157220288426;
    0;
    -2107325313793129038998;
    0;
    2025007874968239819383;
    0;
    -38772697673942636214255]
|}.

Definition stage2 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 2361183241434822606848;
  coefficients := [
    0;
    1504445636794255765582;
    0;
    -502260463512158729176;
    0;
    302297671766350630065;
    0;
    -216948400524576152963;
    0;
    169816062271330839729;
    0;
    -140069221334901369538;
    0;
    119699656801286092411;
    0;
    -104974135930539751754;
    0;
    93920412194852721193;
    0;
    -85401229145398492087;
    0;
    78717727224937049529;
    0;
    -73420097832173226551;
    0;
    69209547088544216714;
    0;
    -65884390286420201322;
    0;
    63309207920292086355;
    0;
    -1210920873588044143718]
|}.

Definition stage3 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 73786976294838206464;
  coefficients := [
    0;
    47778987870381535340;
    0;
    -15950310481223499139;
    0;
    9599184317397981534;
    0;
    -6888029455896701939;
    0;
    5390584967271137300;
    0;
    -4445267782850682124;
    0;
    3797743430218778968;
    0;
    -3329445216047912355;
    0;
    2977732638958121301;
    0;
    -2706482811083756008;
    0;
    2493495008455464046;
    0;
    -2324477087159410409;
    0;
    2189931722327347340;
    0;
    -2083444103760087158;
    0;
    2000701930617038448;
    0;
    -37250908394481331318]
|}.

Definition stage4 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 4611686018427387904;
  coefficients := [
    0;
    4067122507635816240;
    0;
    -1355882561424524577;
    0;
    813749996126207157;
    0;
    -581505071049512235;
    0;
    452574343215107465;
    0;
    -370625608721016716;
    0;
    313998538076548819;
    0;
    -272591083216994039;
    0;
    241061684985263696;
    0;
    -216325211235851622;
    0;
    196480268845687702;
    0;
    -180296793398701523;
    0;
    166950400289017956;
    0;
    -155875881493676136;
    0;
    146682808564192728;
    0;
    -1488684482595887879]
|}.

Definition stage5 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    0;
    2919155750089193876;
    0;
    -929470892852896014;
    0;
    508596546707121158;
    0;
    -315994844858245844;
    0;
    203577386939253279;
    0;
    -131084300364153150;
    0;
    82681231376199987;
    0;
    -50384642411048766;
    0;
    29321645456366310;
    0;
    -16108026526082700;
    0;
    8242273651697144;
    0;
    -3860579916265813;
    0;
    1614163832189437;
    0;
    -578335025063272;
    0;
    164144971013929;
    0;
    -30122619731353]
|}.

Definition certified : table := {|
  scale := 1048576;
  intervals := [(-1048576, -1); (1, 1048576)];
  epsilon := 0;
  made_by := compose_odd;
  stages := [stage1; stage2; stage3; stage4; stage5];
  ranges := [
    (1, 1099511627776, 1099511627776);
    (93831598440879, 151115727451829183709184, 151115727451828646838272);
    (1000645278389783, 2361183241434830995456, 2361183241434822606848);
    (330870419394567, 1152921504606851072, 1152921504606846976);
    (334275045201517, 2251799813685256, 2251799813685248);
    (137438761453, 137439145491, 137438953472)];
  bound_numerator := 698561297;
  bound_denominator := 1000000000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. exact (sign_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (698557594471, 1000000000000000000).

Definition worst : Z * Z := (90915330291332747966807772106756133444170837629, 91343852333181432387730302044767688728495783936).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply (sign_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. exact (not_positive_sound 60 certified negative eq_refl checked eq_refl). Qed.
