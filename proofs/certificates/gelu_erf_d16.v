(** |r(x) − x/2·(1 + erf(x/√2))| ≤ 0.0106528524 for every real x in [-8, 8]

    Degree 16; table sha256 a025e1583b4fcafcd7c7afe75aee9e1a25e8fdd7ed3d0ac4b536f9411df89e2e.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Gelu.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 1;
  lo := -8;
  hi := 8;
  unit := 8796093022208;
  coefficients := [
    22221936494730;
    35184372088832;
    15270109380109;
    0;
    -3276920350451;
    0;
    1502657573618;
    0;
    -857888623145;
    0;
    526918442884;
    0;
    -327154378835;
    0;
    198797882093;
    0;
    -167787097883];
  bound_numerator := 26632131;
  bound_denominator := 2500000000;
  step_numerator := 1;
  step_denominator := 4;
  pieces := 32%nat;
  model_degree := 22%nat;
  model_unit := 37778931862957161709568;
  halvings := 60%nat
|}.

Definition lower : Z * Z := (26631927799, 2500000000000).

Definition worst : Z * Z := (62362209, 8388608).

Lemma checked : check_gelu_erf certified worst lower = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall Phi, is_distribution Phi -> forall x, (low certified <= x <= high certified)%R ->
  (Rabs (approximation certified x - x * Phi x) <= bound certified)%R.
Proof. intros Phi normal. exact (proj1 (gelu_erf_sound _ _ _ checked Phi normal)). Qed.

Theorem error_attained : forall Phi, is_distribution Phi -> exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs (approximation certified x - x * Phi x))%R.
Proof. intros Phi normal. exact (proj2 (gelu_erf_sound _ _ _ checked Phi normal)). Qed.
