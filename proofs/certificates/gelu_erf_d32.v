(** |r(x) − x/2·(1 + erf(x/√2))| ≤ 0.0000188666919 for every real x in [-8, 8]

    Degree 32; table sha256 c8260c0a73638ac86c588e7a1d9b5911b68d05b73fc6020120580163b5ec7090.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Gelu.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 1;
  lo := -8;
  hi := 8;
  unit := 9007199254740992;
  coefficients := [
    22755263836261079;
    36028797018963968;
    15636591213957241;
    0;
    -3355571554527273;
    0;
    1538749692227359;
    0;
    -878578328015611;
    0;
    539853794197149;
    0;
    -335727505961844;
    0;
    205161713706881;
    0;
    -121363330469357;
    0;
    68958051786736;
    0;
    -37486951935246;
    0;
    19462182815786;
    0;
    -9644335051033;
    0;
    4562328928982;
    0;
    -2061330604990;
    0;
    889597105989;
    0;
    -431990213764];
  bound_numerator := 188666919;
  bound_denominator := 10000000000000;
  step_numerator := 1;
  step_denominator := 4;
  pieces := 32%nat;
  model_degree := 24%nat;
  model_unit := 19342813113834066795298816;
  halvings := 60%nat
|}.

Definition lower : Z * Z := (188665478617, 10000000000000000).

Definition worst : Z * Z := (-2509665933, 536870912).

Lemma checked : check_gelu_erf certified worst lower = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall Phi, is_distribution Phi -> forall x, (low certified <= x <= high certified)%R ->
  (Rabs (approximation certified x - x * Phi x) <= bound certified)%R.
Proof. intros Phi normal. exact (proj1 (gelu_erf_sound _ _ _ checked Phi normal)). Qed.

Theorem error_attained : forall Phi, is_distribution Phi -> exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs (approximation certified x - x * Phi x))%R.
Proof. intros Phi normal. exact (proj2 (gelu_erf_sound _ _ _ checked Phi normal)). Qed.
