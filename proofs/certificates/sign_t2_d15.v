(** |r(x) − sign(x)| ≤ 0.00791140553 for every real x in [-1, -0.25] ∪ [0.25, 1]

    Degree 15; table sha256 a8068007b2b9bb068df0db8a1f85b380810ac2387091ed3ad4cc7a7d7b117b23.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Algebraic PolyAttn.AlgebraicShape PolyAttn.AlgebraicPoints.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 4;
  base := (-4, 4);
  intervals := [(-4, -1); (1, 4)];
  epsilon := 0;
  chebyshev := true;
  unit := 8796093022208;
  coefficients := [
    0;
    11128316300139;
    0;
    -3523715497796;
    0;
    1904330223090;
    0;
    -1157064939269;
    0;
    717849223106;
    0;
    -434041912989;
    0;
    246086920528;
    0;
    -155256222613];
  bound_numerator := 791140553;
  bound_denominator := 100000000000
|}.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. apply (sign_sound 60). vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (791134516633, 100000000000000).

Definition worst : Z * Z := (3627715811, 8589934592).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply sign_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. apply not_positive_sound with negative. vm_cast_no_check (eq_refl true). Qed.
