(** |r(x)/f(x) − 1| ≤ 0.0000000836277003 for every real x in [0, 1], where f(x) = 1/√(x + 0.000000059604644775390625)

    Degree 75937; table sha256 c053d4055a89864c5497ea2a1631e8c582b6f7e6ef4512f63948b251c3d1c622.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.StageRange PolyAttn.StageTable.
Import ListNotations.
Open Scope Z_scope.

Definition stage1 : stage := {|
  basis_scale := 16777216;
  basis_lo := 1;
  basis_hi := 16777217;
  chebyshev := true;
  unit := 295147905179352825856;
  coefficients := [
    532544577971016286448;
    -687825062993830250719;
    561233729056468819342;
    -484241553690724657502;
    428071999241630623995;
    -383063699239146377636;
    344733486824200278010;
    -310542281788858869170]
|}.

Definition stage2 : stage := {|
  basis_scale := 250000000000000000000000000000000000;
  basis_lo := 2382778337516743082464132975661;
  basis_hi := 250000000000000000000000000000000000;
  chebyshev := true;
  unit := 18446744073709551616;
  coefficients := [
    33762194596740594295;
    -43110027361592660029;
    34922324074162385385;
    -29947887880006818822;
    26324386809605889692;
    -23426715883986943573;
    20965019647762286693;
    -18775416889603335594]
|}.

Definition stage3 : stage := {|
  basis_scale := 100000000000000000000000000000000;
  basis_lo := 149764014278126984180458123667;
  basis_hi := 100000000000000000000000000000000;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    4725084763239572739;
    -5291936864699786962;
    3923448557333114339;
    -3116694776556021760;
    2551272250096449168;
    -2119088139620584449;
    1769920400629846505;
    -1475566695211385344]
|}.

Definition stage4 : stage := {|
  basis_scale := 625000000000000000000000000000;
  basis_lo := 109791795125638152338269061133;
  basis_hi := 625000000000000000000000000000;
  chebyshev := true;
  unit := 1152921504606846976;
  coefficients := [
    1699592679316089110;
    -711612364969749021;
    220143669345865796;
    -75384030072773079;
    27062351461365929;
    -9983542720668630;
    3745629286402046;
    -1412598815919066]
|}.

Definition stage5 : stage := {|
  basis_scale := 10000000000000000000000000000000;
  basis_lo := 9986652086265515294558964208673;
  basis_hi := 10000000000000000000000000000000;
  chebyshev := true;
  unit := 144115188075855872;
  coefficients := [
    144163315144453382;
    -48139120561139]
|}.

Definition certified : table := {|
  scale := 16777216;
  intervals := [(0, 16777216)];
  epsilon := 1;
  made_by := refine;
  stages := [stage1; stage2; stage3; stage4; stage5];
  ranges := [
    (1, 16777217, 16777216);
    (703272034824893, 73786976294838534144, 73786976294838206464);
    (863330763376713, 576460752303425536, 576460752303423488);
    (395566630112469, 2251799813685134, 2251799813685248);
    (281099266339900, 281474976710657, 281474976710656);
    (4398045775507, 4398047246701, 4398046511104)];
  bound_numerator := 836277003;
  bound_denominator := 10000000000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (sqrt (x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. exact (inverse_sqrt_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (836272969559, 10000000000000000000).

Definition worst : Z * Z := (194959244687233727940910134925289094558023007101, 730750818665451459101842416358141509827966271488).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply (inverse_sqrt_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. exact (positive_sound 60 certified eq_refl checked eq_refl). Qed.
