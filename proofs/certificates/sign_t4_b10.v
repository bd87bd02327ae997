(** |r(x) − sign(x)| ≤ 0.000847548857 for every real x in [-1, -0.0625] ∪ [0.0625, 1]

    Degree 147; table sha256 5ae53c3328ab16f49068db5aa3cb3c2e4976d562cc4979b9ade1fbfd06cef675.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.StageRange PolyAttn.StageTable.
Import ListNotations.
Open Scope Z_scope.

Definition stage1 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 562949953421312;
  coefficients := [
    0;
    420225792530941;
    0;
    -332030255826916]
|}.

Definition stage2 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 1125899906842624;
  coefficients := [
    0;
    1191815778485593;
    0;
    -384035571971820;
    0;
    215732920305890;
    0;
    -269316314999572]
|}.

Definition stage3 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 562949953421312;
  coefficients := [
    0;
    689442978594299;
    0;
    -166850872891921;
    0;
    49734978817545;
    0;
    -9854256499220]
|}.

Definition certified : table := {|
  scale := 16;
  intervals := [(-16, -1); (1, 16)];
  epsilon := 0;
  made_by := compose_odd;
  stages := [stage1; stage2; stage3];
  ranges := [
    (1, 256, 256);
    (442153844603065, 18014398509481984, 18014398509481984);
    (505207281306841, 1125899906842619, 1125899906842624);
    (535961249, 537781346, 536870912)];
  bound_numerator := 847548857;
  bound_denominator := 1000000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. exact (sign_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (6780359749, 8000000000000).

Definition worst : Z * Z := (8054353842460231702324854413173205157839055333883, 46768052394588893382517914646921056628989841375232).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply (sign_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. exact (not_positive_sound 60 certified negative eq_refl checked eq_refl). Qed.
