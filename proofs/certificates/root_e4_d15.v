(** |r(x)/f(x) − 1| ≤ 0.000125378735 for every real x in [0, 1], where f(x) = 1/√(x + 0.0625)

    Degree 15; table sha256 fd6a76d9afce8252363e007edc97137dfea275bdd6cf0769e5760855f120e6cd.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Algebraic PolyAttn.AlgebraicShape PolyAttn.AlgebraicPoints.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 16;
  base := (0, 16);
  intervals := [(0, 16)];
  epsilon := 1;
  chebyshev := true;
  unit := 1125899906842624;
  coefficients := [
    1968063816560154;
    -1269238812129114;
    591815672910764;
    -303724922685714;
    163029725641867;
    -89828953389329;
    50353080038156;
    -28570353973593;
    16358398636083;
    -9432165017145;
    5468919788685;
    -3185212635507;
    1861706539861;
    -1090781791933;
    639369151319;
    -373085166428];
  bound_numerator := 25075747;
  bound_denominator := 200000000000
|}.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (sqrt (x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply (inverse_sqrt_sound 60). vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (40120889, 320000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply inverse_sqrt_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. apply (positive_sound 60). vm_cast_no_check (eq_refl true). Qed.

Theorem decreasing : forall i x z, In i (intervals certified) -> between certified i x ->
  between certified i z -> (x < z)%R -> (approximation certified z < approximation certified x)%R.
Proof. apply (decreasing_sound 60). vm_cast_no_check (eq_refl true). Qed.
