(** |(x + 0.0625)·r(x) − 1| ≤ 0.0381328208 for every real x in [0, 1]

    Degree 7; table sha256 79da9deb763d5808da2e82b6e14c4779e8c82134328b10346a6062ecc033bbc9.
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
  unit := 549755813888;
  coefficients := [
    2131814278237;
    -2597558870482;
    1580878902110;
    -959418659266;
    577813081237;
    -340660773519;
    188673659180;
    -83854959635];
  bound_numerator := 23833013;
  bound_denominator := 625000000;
  witness_a := 0;
  witness_b := 1;
  witness_k := -1341679354160;
  degree := 7%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply relative_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (190664103771, 5000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply relative_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (29, 32).

Definition later : Z * Z := (59, 64).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
