(** |r(x) − tanh(x)| ≤ 0.00175778371 for every real x in [-4, 4]

    Degree 15; table sha256 0d7e2b9146250b8dbcbb9a8e337cf624f466a9805e27e3700136e21605ce0df9.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Riccati.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 1;
  lo := -4;
  hi := 4;
  unit := 70368744177664;
  coefficients := [
    0;
    87124404183361;
    0;
    -23681231892208;
    0;
    9973819714502;
    0;
    -4521167352363;
    0;
    2086528481576;
    0;
    -967622273548;
    0;
    449346765280;
    0;
    -266221872037];
  bound_numerator := 175778371;
  bound_denominator := 100000000000;
  step_numerator := 1;
  step_denominator := 4;
  pieces := 16%nat;
  model_degree := 34%nat;
  model_unit := 302231454903657293676544;
  halvings := 60%nat
|}.

Definition lower : Z * Z := (43944257309, 25000000000000).

Definition worst : Z * Z := (851653569, 536870912).

Lemma checked : check_tanh certified worst lower = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs (approximation certified x - tanh x) <= bound certified)%R.
Proof. exact (proj1 (tanh_sound _ _ _ checked)). Qed.

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs (approximation certified x - tanh x))%R.
Proof. exact (proj2 (tanh_sound _ _ _ checked)). Qed.
