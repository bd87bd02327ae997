(** |r(x)/f(x) − 1| ≤ 0.000000642052534 for every real x in [0, 1], where f(x) = 1/√(x + 0.0000152587890625)

    Degree 3307; table sha256 a5c79253aeed1fbbcd5762f509e26fe2ddd6ab88155a06743c5b4a1c61eef614.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.StageRange PolyAttn.StageTable.
Import ListNotations.
Open Scope Z_scope.

Definition stage1 : stage := {|
  basis_scale := 65536;
  basis_lo := 1;
  basis_hi := 65537;
  chebyshev := true;
  unit := 18446744073709551616;
  coefficients := [
    29004430781016205096;
    -33894267686182444472;
    25611533768309311309;
    -20296673131713724718]
|}.

Definition stage2 : stage := {|
  basis_scale := 2000000000000000000000000000000000;
  basis_lo := 1061753098382056052767817332997;
  basis_hi := 2000000000000000000000000000000000;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    3739259742190282025;
    -4148123387819852726;
    3016336949528481972;
    -2303176392627453199]
|}.

Definition stage3 : stage := {|
  basis_scale := 50000000000000000000000000000000;
  basis_lo := 870774337649779839086965926889;
  basis_hi := 50000000000000000000000000000000;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    4707956572481516490;
    -4003685036019838802;
    2388458238602516788;
    -1554280488652295409;
    1052246450611758026;
    -727247452924470528;
    507066063972765144;
    -352299868966475508]
|}.

Definition stage4 : stage := {|
  basis_scale := 10000000000000000000000000000000;
  basis_lo := 7660818340772144887355702387323;
  basis_hi := 10000000000000000000000000000000;
  chebyshev := true;
  unit := 1152921504606846976;
  coefficients := [
    1230975322964583950;
    -81927653610925321;
    4088015566874968;
    -226626899308167;
    13186818103559]
|}.

Definition certified : table := {|
  scale := 65536;
  intervals := [(0, 65536)];
  epsilon := 1;
  made_by := refine;
  stages := [stage1; stage2; stage3; stage4];
  ranges := [
    (1, 65537, 65536);
    (306029494931039, 576460752303422464, 576460752303423488);
    (627459037210835, 36028797018963968, 36028797018963968);
    (862531465621367, 1125899906842627, 1125899906842624);
    (68719388493, 68719564979, 68719476736)];
  bound_numerator := 321026267;
  bound_denominator := 500000000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (sqrt (x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. exact (inverse_sqrt_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (64204933211, 100000000000000000).

Definition worst : Z * Z := (135538135130050487775797375253891711363043813449, 1461501637330902918203684832716283019655932542976).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply (inverse_sqrt_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. exact (positive_sound 60 certified eq_refl checked eq_refl). Qed.
