(** |r(x) − sign(x)| ≤ 0.00753417902 for every real x in [-1, -0.125] ∪ [0.125, 1]

    Degree 31; table sha256 638091f424c98a6a3baa7f13a373396d8b59a0ab933379108f12dd59d99f9e2e.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Algebraic PolyAttn.AlgebraicShape PolyAttn.AlgebraicPoints.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 8;
  base := (-8, 8);
  intervals := [(-8, -1); (1, 8)];
  epsilon := 0;
  chebyshev := true;
  unit := 35184372088832;
  coefficients := [
    0;
    44728512529135;
    0;
    -14724856855010;
    0;
    8616542184036;
    0;
    -5926337479682;
    0;
    4380571810829;
    0;
    -3360284290245;
    0;
    2628200241805;
    0;
    -2074102322218;
    0;
    1639925072763;
    0;
    -1292151606484;
    0;
    1009983751781;
    0;
    -779689897702;
    0;
    591675785408;
    0;
    -438870314074;
    0;
    315794691023;
    0;
    -395624548111];
  bound_numerator := 376708951;
  bound_denominator := 50000000000
|}.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. apply (sign_sound 60). vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (753412153881, 100000000000000).

Definition worst : Z * Z := (10045880807, 34359738368).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply sign_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. apply not_positive_sound with negative. vm_cast_no_check (eq_refl true). Qed.
