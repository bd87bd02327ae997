(** |(x + 0.0009765625)·r(x) − 1| ≤ 0.0366428153 for every real x in [0, 1]

    Degree 63; table sha256 a33546cac87145c6cfbd25e17936bd20aef02248b0381f4ad42fa92a2372200f.
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
  unit := 4398046511104;
  coefficients := [
    140574349723710;
    -264105631956612;
    248094227090635;
    -233051940299231;
    218920012649620;
    -205643241299422;
    193169763860550;
    -181450855811758;
    170440740168481;
    -160096408666487;
    150377453760846;
    -141245910783959;
    132666109646071;
    -124604535498989;
    117029697818699;
    -109912007395514;
    103223660751218;
    -96938531531731;
    91032068451039;
    -85481199387735;
    80264241259539;
    -75360815323763;
    70751767572845;
    -66419093914009;
    62345869840775;
    -58516184321606;
    54915077647443;
    -51528482995341;
    48343171479939;
    -45346700478131;
    42527365025065;
    -39874152091628;
    37376697564800;
    -35025245762834;
    32810611327129;
    -30724143341921;
    28757691541642;
    -26903574473947;
    25154549494041;
    -23503784473097;
    21944831110251;
    -20471599743928;
    19078335564106;
    -17759596132581;
    16510230123449;
    -15325357200737;
    14200348954589;
    -13130810821546;
    12112564918275;
    -11141633721715;
    10214224531881;
    -9326714656625;
    8475637260496;
    -7657667822416;
    6869611149267;
    -6108388894670;
    5371027534193;
    -4654646750021;
    3956448179716;
    -3273704485114;
    2603748698657;
    -1943963805553;
    1291772521065;
    -644627222988];
  bound_numerator := 366428153;
  bound_denominator := 10000000000;
  witness_a := 0;
  witness_b := 1;
  witness_k := -660098276339712;
  degree := 63%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply relative_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (183214076229, 5000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply relative_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (47, 64).

Definition later : Z * Z := (3, 4).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
