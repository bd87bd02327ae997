(** |r(x) − 1/(x + 0.00390625)| ≤ 2.65289103 for every real x in [0, 1]

    Degree 31; table sha256 54c819a5b02e3c87c3ad11a6a243508c2b83135757cb61a44be217549fa07a87.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Witness PolyAttn.Points.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 256;
  lo := 0;
  hi := 256;
  epsilon := 1;
  unit := 34359738368;
  coefficients := [
    548685207587;
    -968504668070;
    854771806405;
    -754394754216;
    665805120061;
    -587618690906;
    518613803798;
    -457712257373;
    403962464970;
    -356524586082;
    314657403852;
    -277706743557;
    245095251130;
    -216313372002;
    190911389311;
    -168492397078;
    148706098550;
    -131243332812;
    115831244148;
    -102229018675;
    90224121618;
    -79628976462;
    70278034063;
    -62025185946;
    54741481359;
    -48313112419;
    42639635860;
    -37632403612;
    33213177670;
    -29312907629;
    25870651770;
    -103281082823];
  bound_numerator := 265289103;
  bound_denominator := 100000000;
  witness_a := -4167812362852398213856;
  witness_b := 4722366482869645213696;
  witness_k := -26439957202688;
  degree := 31%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified * (x + shift certified))%R.
Proof. apply absolute_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (265289099183, 100000000000).

Definition worst : Z * Z := (142742391, 2147483648).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower * (x + shift certified) <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply absolute_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Definition negative : Z * Z := (1, 1).

Theorem not_positive : exists x, (low certified <= x <= high certified)%R /\ (approximation certified x <= 0)%R.
Proof. apply not_positive_sound with negative. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (3, 8).

Definition later : Z * Z := (1, 2).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
