(** |r(x) − x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))| ≤ 0.0000276695108 for every real x in [-8, 8]

    Degree 32; table sha256 c6cbf5d0ce3cbd6e58c75a4bb8d0cfecb506e372dd3647084d6fa49a713b0c47.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Riccati.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 1;
  lo := -8;
  hi := 8;
  unit := 9007199254740992;
  coefficients := [
    22755591969813433;
    36028797018963968;
    15636174097569081;
    0;
    -3355717449223031;
    0;
    1539427899350321;
    0;
    -879444064030808;
    0;
    540479435220711;
    0;
    -335849817007209;
    0;
    204789998817648;
    0;
    -120715897927298;
    0;
    68308102868797;
    0;
    -37028262058711;
    0;
    19257054036193;
    0;
    -9648863678522;
    0;
    4685894971767;
    0;
    -2218712622392;
    0;
    1026803752407;
    0;
    -570393783478];
  bound_numerator := 69173777;
  bound_denominator := 2500000000000;
  step_numerator := 1;
  step_denominator := 4;
  pieces := 32%nat;
  model_degree := 28%nat;
  model_unit := 19342813113834066795298816;
  halvings := 60%nat
|}.

Definition lower : Z * Z := (138346498179, 5000000000000000).

Definition worst : Z * Z := (1407109597, 268435456).

Lemma checked : check_gelu_tanh certified worst lower = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs (approximation certified x - gelu_tanh x) <= bound certified)%R.
Proof. exact (proj1 (gelu_tanh_sound _ _ _ checked)). Qed.

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs (approximation certified x - gelu_tanh x))%R.
Proof. exact (proj2 (gelu_tanh_sound _ _ _ checked)). Qed.
