(** |r(x) − exp(x)| ≤ 0.000376220776 for every real x in [-8, 0]

    Degree 7; table sha256 a6640374f8f171ef298166353339f5b695a25726fff249778663c89222e36ab4.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Exponential.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 1;
  lo := -8;
  hi := 0;
  unit := 140737488355328;
  coefficients := [
    29132930478404;
    50313888389660;
    33108916764767;
    17204971384512;
    7301455880735;
    2602021080217;
    796099174538;
    224257239432];
  bound_numerator := 47027597;
  bound_denominator := 125000000000;
  step_numerator := 1;
  step_denominator := 4;
  pieces := 32%nat;
  model_degree := 19%nat;
  model_unit := 1208925819614629174706176;
  halvings := 60%nat
|}.

Definition lower : Z * Z := (376217905291, 1000000000000000).

Definition worst : Z * Z := (-8, 1).

Lemma checked : check_exp certified worst lower = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs (approximation certified x - exp x) <= bound certified)%R.
Proof. exact (proj1 (exp_sound _ _ _ checked)). Qed.

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs (approximation certified x - exp x))%R.
Proof. exact (proj2 (exp_sound _ _ _ checked)). Qed.
