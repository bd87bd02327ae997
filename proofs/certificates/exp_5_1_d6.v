(** |r(x) − exp(x)| ≤ 0.0000227120885 for every real x in [-5, -1]

    Degree 6; table sha256 48dd0ad9d626a59ceb05017e95b0e97e74264402489f722b8b2f3b0e3a723b64.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Exponential.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 1;
  lo := -5;
  hi := -1;
  unit := 2251799813685248;
  coefficients := [
    255565473739254;
    356654222052046;
    154476725417766;
    47700770854787;
    11374405479610;
    2203039052504;
    365077806195];
  bound_numerator := 45424177;
  bound_denominator := 2000000000000;
  step_numerator := 1;
  step_denominator := 4;
  pieces := 20%nat;
  model_degree := 20%nat;
  model_unit := 19342813113834066795298816;
  halvings := 60%nat
|}.

Definition lower : Z * Z := (227119151603, 10000000000000000).

Definition worst : Z * Z := (-166929059, 67108864).

Lemma checked : check_exp certified worst lower = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs (approximation certified x - exp x) <= bound certified)%R.
Proof. exact (proj1 (exp_sound _ _ _ checked)). Qed.

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs (approximation certified x - exp x))%R.
Proof. exact (proj2 (exp_sound _ _ _ checked)). Qed.
