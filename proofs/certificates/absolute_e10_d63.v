(** |r(x) − 1/(x + 0.0009765625)| ≤ 9.97906286 for every real x in [0, 1]

    Degree 63; table sha256 81e7c522896272a638050d662e87fa3d99b0993abc2871c485379643ba8116c4.
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
  unit := 17179869184;
  coefficients := [
    549487574880;
    -1032402108864;
    969861888705;
    -911110191549;
    855917518578;
    -804068273415;
    755359919944;
    -709602191161;
    666616345937;
    -626234470815;
    588298824094;
    -552661219654;
    519182448104;
    -487731732992;
    458186219962;
    -430430496854;
    404356142874;
    -379861305076;
    356850300502;
    -335233242415;
    314925689180;
    -295848314419;
    277926597136;
    -261090530623;
    245274348995;
    -230416270294;
    216458255148;
    -203345780061;
    191027624427;
    -179455670451;
    168584715189;
    -158372293969;
    148778514523;
    -139765901150;
    131299248328;
    -123345483194;
    115873536355;
    -108854220516;
    102260116477;
    -96065466018;
    90246071285;
    -84779200268;
    79643498002;
    -74818903151;
    70286569639;
    -66028793041;
    62028941415;
    -58271390342;
    54741461887;
    -51425367267;
    48310152989;
    -45383650246;
    42634427386;
    -40051745258;
    37625515261;
    -35346259932;
    33205075931;
    -31193599258;
    29303972582;
    -27528814549;
    25861190948;
    -24294587624;
    22822885033;
    -182493993613];
  bound_numerator := 498953143;
  bound_denominator := 50000000;
  witness_a := -17745191478824808734345;
  witness_b := 18889465931478580854784;
  witness_k := -186873849459712;
  degree := 63%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified * (x + shift certified))%R.
Proof. apply absolute_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (99790622877, 10000000000).

Definition worst : Z * Z := (33537999229, 68719476736).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower * (x + shift certified) <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply absolute_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Definition negative : Z * Z := (1, 1).

Theorem not_positive : exists x, (low certified <= x <= high certified)%R /\ (approximation certified x <= 0)%R.
Proof. apply not_positive_sound with negative. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (1, 4).

Definition later : Z * Z := (1, 2).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
