(** |r(x) − sign(x)| ≤ 0.000526858517 for every real x in [-1, -0.00390625] ∪ [0.00390625, 1]

    Degree 2415; table sha256 93204a0d06d336a9b1850ad273514afd7258d1151b95278c127d874df6232593.
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
  unit := 18014398509481984;
  coefficients := [
    0;
    11775048418580097;
    0;
    -4044969379809516;
    0;
    2596002293959478;
    0;
    -9911012779043068]
|}.

Definition stage2 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 4503599627370496;
  coefficients := [
    0;
    3636676093320290;
    0;
    -1215634562307742;
    0;
    733687882657934;
    0;
    -529092144925484;
    0;
    417403569576664;
    0;
    -348560892469737;
    0;
    303646653882484;
    0;
    -1791218618199180]
|}.

Definition stage3 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 2251799813685248;
  coefficients := [
    0;
    2852914577912115;
    0;
    -913906475977230;
    0;
    506072950621959;
    0;
    -319907912061232;
    0;
    210644752213929;
    0;
    -139068552096365;
    0;
    90024943093847;
    0;
    -56150000254530;
    0;
    33139886342461;
    0;
    -18074009736668;
    0;
    8759686567263;
    0;
    -3836406437684]
|}.

Definition certified : table := {|
  scale := 256;
  intervals := [(-256, -1); (1, 256)];
  epsilon := 0;
  made_by := compose_odd;
  stages := [stage1; stage2; stage3];
  ranges := [
    (1, 65536, 65536);
    (306034138935589, 576460752303422464, 576460752303423488);
    (646872278323809, 9007199254740208, 9007199254740992);
    (536305351, 537436771, 536870912)];
  bound_numerator := 526858517;
  bound_denominator := 1000000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. exact (sign_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (6585695863, 12500000000000).

Definition worst : Z * Z := (3472287114683872065710638954818273231994138131273, 11692013098647223345629478661730264157247460343808).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply (sign_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. exact (not_positive_sound 60 certified negative eq_refl checked eq_refl). Qed.
