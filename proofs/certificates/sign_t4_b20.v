(** |r(x) − sign(x)| ≤ 0.000000932197984 for every real x in [-1, -0.0625] ∪ [0.0625, 1]

    Degree 315; table sha256 380afabff9fe92e18f249735ded7322a33a4e831a4acec0c35d3a54c31cd8efc.
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
  unit := 1152921504606846976;
  coefficients := [
    0;
    860622423103368295;
    0;
    -679997963933525566]
|}.

Definition stage2 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 1152921504606846976;
  coefficients := [
    0;
    1220419357169254983;
    0;
    -393252425699146084;
    0;
    220910510393232079;
    0;
    -275779906559560163]
|}.

Definition stage3 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 1152921504606846976;
  coefficients := [
    0;
    1438535128782673679;
    0;
    -407344314613780184;
    0;
    175196958159544813;
    0;
    -74570926305390664;
    0;
    27958715533688007;
    0;
    -8490833219719179;
    0;
    1860062306573267;
    0;
    -224360783587363]
|}.

Definition certified : table := {|
  scale := 16;
  intervals := [(-16, -1); (1, 16)];
  epsilon := 0;
  made_by := compose_odd;
  stages := [stage1; stage2; stage3];
  ranges := [
    (1, 256, 256);
    (884307689206133, 36028797018964128, 36028797018963968);
    (505207281306821, 1125899906842628, 1125899906842624);
    (549754788926, 549756838851, 549755813888)];
  bound_numerator := 29131187;
  bound_denominator := 31250000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. exact (sign_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (932194291043, 1000000000000000000).

Definition worst : Z * Z := (5276293170680404143250260556853561366453487337007, 23384026197294446691258957323460528314494920687616).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply (sign_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. exact (not_positive_sound 60 certified negative eq_refl checked eq_refl). Qed.
