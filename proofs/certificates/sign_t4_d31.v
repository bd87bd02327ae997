(** |r(x) − sign(x)| ≤ 0.0712772513 for every real x in [-1, -0.0625] ∪ [0.0625, 1]

    Degree 31; table sha256 066c082dbe8ded996c93e924399d1031a664290ba0b39f32e3e009c977f98456.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Algebraic PolyAttn.AlgebraicShape PolyAttn.AlgebraicPoints.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 16;
  base := (-16, 16);
  intervals := [(-16, -1); (1, 16)];
  epsilon := 0;
  chebyshev := true;
  unit := 2199023255552;
  coefficients := [
    0;
    2798211806873;
    0;
    -928288035428;
    0;
    551660136935;
    0;
    -388397753324;
    0;
    296300660468;
    0;
    -236598328254;
    0;
    194388276058;
    0;
    -162723695928;
    0;
    137933317911;
    0;
    -117897151865;
    0;
    101307551557;
    0;
    -87315879656;
    0;
    75348892000;
    0;
    -65006916355;
    0;
    56004452799;
    0;
    -182643215393];
  bound_numerator := 712772513;
  bound_denominator := 10000000000
|}.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. apply (sign_sound 60). vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (712767074021, 10000000000000).

Definition worst : Z * Z := (48886463479, 274877906944).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply sign_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. apply not_positive_sound with negative. vm_cast_no_check (eq_refl true). Qed.
