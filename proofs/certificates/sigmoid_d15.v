(** |r(x) − 1/(1 + exp(−x))| ≤ 0.000878891852 for every real x in [-8, 8]

    Degree 15; table sha256 34ea7eea7c8600774b80df2472db2d424bf8c03ba8a618faa238c35c363b5aae.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Riccati.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 1;
  lo := -8;
  hi := 8;
  unit := 140737488355328;
  coefficients := [
    70368744177664;
    87124404183362;
    0;
    -23681231892210;
    0;
    9973819714502;
    0;
    -4521167352362;
    0;
    2086528481575;
    0;
    -967622273547;
    0;
    449346765278;
    0;
    -266221872038];
  bound_numerator := 219722963;
  bound_denominator := 250000000000;
  step_numerator := 1;
  step_denominator := 4;
  pieces := 32%nat;
  model_degree := 25%nat;
  model_unit := 604462909807314587353088;
  halvings := 60%nat
|}.

Definition lower : Z * Z := (878885146153, 1000000000000000).

Definition worst : Z * Z := (8, 1).

Lemma checked : check_sigmoid certified worst lower = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs (approximation certified x - sigmoid x) <= bound certified)%R.
Proof. exact (proj1 (sigmoid_sound _ _ _ checked)). Qed.

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs (approximation certified x - sigmoid x))%R.
Proof. exact (proj2 (sigmoid_sound _ _ _ checked)). Qed.
