(** |r(x) − 1/(x + 0.0009765625)| ≤ 0.18289189 for every real x in [0, 1]

    Degree 127; table sha256 e272121b60b8af841447204c35867faa59d47362a29f432653e49b4e754f406c.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Witness PolyAttn.Points.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 1024;
  lo := 0;
  hi := 1024;
  epsilon := 1;
  unit := 2199023255552;
  coefficients := [
    70334409584657;
    -132147469934547;
    124142321754211;
    -116622104518227;
    109557442378018;
    -102920738997098;
    96686069752885;
    -90829080468644;
    85326892279984;
    -80158012264293;
    75302249484009;
    -70740636115772;
    66455353357362;
    -62429661823004;
    58647836155143;
    -55095103597263;
    51757586287809;
    -48622247049792;
    45676838464313;
    -42909855029086;
    40310488215066;
    -37868584245636;
    35574604433416;
    -33419587919763;
    31395116671422;
    -29493282597579;
    27706656658883;
    -26028259847760;
    24451535926668;
    -22970325817790;
    21578843544137;
    -20271653628078;
    19043649859004;
    -17890035347192;
    16806303785954;
    -15788221848881;
    14831812653405;
    -13933340226106;
    13089294909066;
    -12296379650263;
    11551497124470;
    -10851737634319;
    10194367744303;
    -9576819603287;
    8996680913847;
    -8451685509227;
    7939704501127;
    -7458737963734;
    7006907121512;
    -6582447010234;
    6183699582590;
    -5809107231440;
    5457206705412;
    -5126623393078;
    4816065953373;
    -4524321271298;
    4250249719190;
    -3992780705047;
    3750908490533;
    -3523688262310;
    3310232441362;
    -3109707215888;
    2921329284226;
    -2744362795080;
    2578116473103;
    -2421940918599;
    2275226070808;
    -2137398824856;
    2007920793064;
    -1886286201869;
    1772019916151;
    -1664675583230;
    1563833889306;
    -1469100921513;
    1380106629194;
    -1296503378395;
    1217964593918;
    -1144183483636;
    1074871840087;
    -1009758914664;
    948590360000;
    -891127236431;
    837145078629;
    -786433018790;
    738792962931;
    -694038817083;
    651995760365;
    -612499562085;
    575395940220;
    -540539958746;
    507795461487;
    -477034540248;
    448137035183;
    -420990065411;
    395487588082;
    -371529984144;
    349023669207;
    -327880727978;
    308018570842;
    -289359611248;
    271830962636;
    -255364153722;
    239894861033;
    -225362657646;
    211710777139;
    -198885891856;
    186837904588;
    -175519752885;
    164887225216;
    -154898788271;
    145515424717;
    -136700480792;
    128419523119;
    -120640204209;
    113332136096;
    -106466771640;
    100017293011;
    -93958506932;
    88266746272;
    -82919777588;
    77896714286;
    -73177935025;
    68745007072;
    -64580614302;
    60668489558;
    -56993351100;
    53540842921;
    -428117752507];
  bound_numerator := 18289189;
  bound_denominator := 100000000;
  witness_a := -17745191478824083205392;
  witness_b := 18889465931478580854784;
  witness_k := -438392578567168;
  degree := 127%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified * (x + shift certified))%R.
Proof. apply absolute_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (182891880529, 1000000000000).

Definition worst : Z * Z := (264257975257, 274877906944).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower * (x + shift certified) <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply absolute_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (15, 32).

Definition later : Z * Z := (1, 2).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
