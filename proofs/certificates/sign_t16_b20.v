(** |r(x) − sign(x)| ≤ 0.000000850112522 for every real x in [-1, -0.0000152587890625] ∪ [0.0000152587890625, 1]

    Degree 2083725; table sha256 126a4641f1f273832efc298224f593aa2ce46e1f58ddc18db04e3938ed5ac650.
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
  unit := 4722366482869645213696;
  coefficients := [
    0;
    3017999479069143887152;
    0;
    -1038092901076074249301;
    0;
    667981502461228992747;
    0;
    -2647460767053642766331]
|}.

Definition stage2 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 590295810358705651712;
  coefficients := [
    0;
    377417024697791438585;
    0;
    -129815847934498300943;
    0;
    83528387993348063217;
    0;
    -330812842037860308165]
|}.

Definition stage3 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 147573952589676412928;
  coefficients := [
    0;
    94601760563396259602;
    0;
    -32534276052872901728;
    0;
    20927528896706978522;
    0;
    -82525789756530933393]
|}.

Definition stage4 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 18446744073709551616;
  coefficients := [
    0;
    12220829439448072423;
    0;
    -4098839211165432735;
    0;
    2490610120048280093;
    0;
    -1814517696149342836;
    0;
    1451279595784396134;
    0;
    -1233090909894772826;
    0;
    1096895480420176705;
    0;
    -9378154743271765522]
|}.

Definition stage5 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    0;
    2097812038819663406;
    0;
    -699013750204341267;
    0;
    419193678625229451;
    0;
    -299374317481483681;
    0;
    233087979882509846;
    0;
    -191405342625153927;
    0;
    163351635107416862;
    0;
    -734091523986896225]
|}.

Definition stage6 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    0;
    2914559051595871872;
    0;
    -916326480438022935;
    0;
    488702681183766762;
    0;
    -291924495716271636;
    0;
    178164069584873519;
    0;
    -106905349425464562;
    0;
    61661493576037059;
    0;
    -33597643395203592;
    0;
    17002211086003248;
    0;
    -7832176975556590;
    0;
    3194640257062531;
    0;
    -1104090907619502;
    0;
    297339646984067;
    0;
    -50201076205121]
|}.

Definition certified : table := {|
  scale := 65536;
  intervals := [(-65536, -1); (1, 65536)];
  epsilon := 0;
  made_by := compose_odd;
  stages := [stage1; stage2; stage3; stage4; stage5; stage6];
  ranges := [
    (1, 4294967296, 4294967296);
    (618661826713705, 75557863725914189201408, 75557863725914323419136);
    (679749229536241, 2361183241434818412544, 2361183241434822606848);
    (372983901469269, 36893488147419037696, 36893488147419103232);
    (228801704686989, 144115188075856384, 144115188075855872);
    (414719943952707, 2251799813685140, 2251799813685248);
    (549754879180, 549756748597, 549755813888)];
  bound_numerator := 425056261;
  bound_denominator := 500000000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. exact (sign_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (850108802291, 1000000000000000000).

Definition worst : Z * Z := (41703875182433317437315272741463365109346556145, 91343852333181432387730302044767688728495783936).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply (sign_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. exact (not_positive_sound 60 certified negative eq_refl checked eq_refl). Qed.
