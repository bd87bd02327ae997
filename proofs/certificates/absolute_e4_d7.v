(** |r(x) − 1/(x + 0.0625)| ≤ 0.235577923 for every real x in [0, 1]

    Degree 7; table sha256 b740928d4ffbb296a8658121c623b0f9a7e1934606a93ec1b2f75cafa0645f69.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Witness PolyAttn.Points.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 16;
  lo := 0;
  hi := 16;
  epsilon := 1;
  unit := 137438953472;
  coefficients := [
    533341479755;
    -650262515560;
    396407700501;
    -241654810567;
    147315623274;
    -89805341801;
    54746395777;
    -53111805273];
  bound_numerator := 235577923;
  bound_denominator := 1000000000;
  witness_a := -179925644797361948802;
  witness_b := 295147905179352825856;
  witness_k := -849788884368;
  degree := 7%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified * (x + shift certified))%R.
Proof. apply absolute_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (5889448047, 25000000000).

Definition worst : Z * Z := (64004385, 67108864).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower * (x + shift certified) <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply absolute_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (1, 2).

Definition later : Z * Z := (9, 16).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
