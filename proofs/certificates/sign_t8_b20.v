(** |r(x) − sign(x)| ≤ 0.000000578546119 for every real x in [-1, -0.00390625] ∪ [0.00390625, 1]

    Degree 5175; table sha256 56c8abbe3c21c8391e555a394814af574a8b77f19841d78b84027ed9c4f2ae80.
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
  unit := 18446744073709551616;
  coefficients := [
    0;
    12326336969011360526;
    0;
    -4133751217703197822;
    0;
    2511245228435299509;
    0;
    -1828916374905164680;
    0;
    1462116036967927738;
    0;
    -1241574180794767312;
    0;
    1103670203113255258;
    0;
    -9298232902247105133]
|}.

Definition stage2 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    0;
    2205814063569888747;
    0;
    -733675488748359385;
    0;
    438379093703844136;
    0;
    -311341446559061856;
    0;
    240577247405229527;
    0;
    -195644389560802345;
    0;
    164974819597180404;
    0;
    -649086458536183941]
|}.

Definition stage3 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    0;
    2906575356366667507;
    0;
    -893867648830329555;
    0;
    455818573962128941;
    0;
    -254099612686053915;
    0;
    140902301991183286;
    0;
    -74498749954245387;
    0;
    36499252921866059;
    0;
    -16128903272491954;
    0;
    6219029281919122;
    0;
    -1990296782697813;
    0;
    481754441184253;
    0;
    -69382254784285]
|}.

Definition certified : table := {|
  scale := 256;
  intervals := [(-256, -1); (1, 256)];
  epsilon := 0;
  made_by := compose_odd;
  stages := [stage1; stage2; stage3];
  ranges := [
    (1, 65536, 65536);
    (687460046257819, 288230376151712768, 288230376151711744);
    (569881252420061, 2251799813685172, 2251799813685248);
    (274877588885, 274878225003, 274877906944)];
  bound_numerator := 578546119;
  bound_denominator := 1000000000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. exact (sign_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (578543006771, 1000000000000000000).

Definition worst : Z * Z := (1435181273225815770235412987103257741919091870209, 1461501637330902918203684832716283019655932542976).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply (sign_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. exact (not_positive_sound 60 certified negative eq_refl checked eq_refl). Qed.
