(** |r(x) − x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))| ≤ 0.0105559751 for every real x in [-8, 8]

    Degree 16; table sha256 b9e9f4bd55de5b5c5f3af8811afc99de05a1221aecd3292b99c88417fa36f600.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Riccati.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 1;
  lo := -8;
  hi := 8;
  unit := 8796093022208;
  coefficients := [
    22222262928338;
    35184372088832;
    15269690137431;
    0;
    -3277053629261;
    0;
    1503323230278;
    0;
    -858770069482;
    0;
    527626098341;
    0;
    -327454672201;
    0;
    198695947862;
    0;
    -166798512977];
  bound_numerator := 105559751;
  bound_denominator := 10000000000;
  step_numerator := 1;
  step_denominator := 4;
  pieces := 32%nat;
  model_degree := 25%nat;
  model_unit := 37778931862957161709568;
  halvings := 60%nat
|}.

Definition lower : Z * Z := (168894313, 16000000000).

Definition worst : Z * Z := (0, 1).

Lemma checked : check_gelu_tanh certified worst lower = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs (approximation certified x - gelu_tanh x) <= bound certified)%R.
Proof. exact (proj1 (gelu_tanh_sound _ _ _ checked)). Qed.

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs (approximation certified x - gelu_tanh x))%R.
Proof. exact (proj2 (gelu_tanh_sound _ _ _ checked)). Qed.
