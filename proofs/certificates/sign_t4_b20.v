(** |r(x) − sign(x)| ≤ 0.000000932197984 for every real x in [-1, -0.0625] ∪ [0.0625, 1]

    Degree 315; table sha256 ac8ecfa5f368be2da8e2da513a3238bc641ba545624372487baa7b5c5ac8060f.
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
    860622423103368207;
    0;
    -679997963933525497]
|}.

Definition stage2 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 1152921504606846976;
  coefficients := [
    0;
    1220419357169255643;
    0;
    -393252425699146228;
    0;
    220910510393232078;
    0;
    -275779906559559596]
|}.

Definition stage3 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 576460752303423488;
  coefficients := [
    0;
    719267564391336817;
    0;
    -203672157306890035;
    0;
    87598479079772337;
    0;
    -37285463152695273;
    0;
    13979357766843966;
    0;
    -4245416609859572;
    0;
    930031153286628;
    0;
    -112180391793681]
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
    (1010414562613645, 2251799813685256, 2251799813685248);
    (549754788926, 549756838851, 549755813888)];
  bound_numerator := 29131187;
  bound_denominator := 31250000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. exact (sign_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (233048572761, 250000000000000000).

Definition worst : Z * Z := (658548736425426540165116001345106514072017458633, 730750818665451459101842416358141509827966271488).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply (sign_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. exact (not_positive_sound 60 certified negative eq_refl checked eq_refl). Qed.
