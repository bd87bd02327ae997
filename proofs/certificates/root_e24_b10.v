(** |r(x)/f(x) − 1| ≤ 0.000810137614 for every real x in [0, 1], where f(x) = 1/√(x + 0.000000059604644775390625)

    Degree 27562; table sha256 a4e6374940ab200298e9ee55022d3f7948bd85d161f744eca79d20de50f5de3c.
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
  unit := 288230376151711744;
  coefficients := [
    450119047562521414;
    -531333651229150828;
    404452315388102338;
    -322820542408566587]
|}.

Definition stage2 : stage := {|
  basis_scale := 200000000000000000000000000000000;
  basis_lo := 418962577377481392672767887;
  basis_hi := 200000000000000000000000000000000;
  chebyshev := true;
  unit := 36028797018963968;
  coefficients := [
    56392930139608473;
    -66347448420047395;
    50382062449628464;
    -40118909972831550]
|}.

Definition stage3 : stage := {|
  basis_scale := 50000000000000000000000000000000;
  basis_lo := 3669091723832821837432072837;
  basis_hi := 50000000000000000000000000000000;
  chebyshev := true;
  unit := 9007199254740992;
  coefficients := [
    16902382146839672;
    -21120570622025775;
    16873519082022621;
    -14300522546826839;
    12433606299711200;
    -10947908462584714;
    9692933685345206;
    -8583817969669361]
|}.

Definition stage4 : stage := {|
  basis_scale := 25000000000000000000000000000;
  basis_lo := 277882788935649846344365809;
  basis_hi := 25000000000000000000000000000;
  chebyshev := true;
  unit := 2251799813685248;
  coefficients := [
    4704009166649103;
    -4298728879346543;
    2723734078353274;
    -1875731194100363;
    1341103632437331;
    -977377859090669;
    717775846928709;
    -525230900786958]
|}.

Definition stage5 : stage := {|
  basis_scale := 10000000000000000000000000000;
  basis_lo := 6457783564337685160783743911;
  basis_hi := 10000000000000000000000000000;
  chebyshev := true;
  unit := 562949953421312;
  coefficients := [
    626113150830357;
    -68279282070554;
    5572149459048]
|}.

Definition certified : table := {|
  scale := 16777216;
  intervals := [(0, 16777216)];
  epsilon := 1;
  made_by := refine;
  stages := [stage1; stage2; stage3; stage4; stage5];
  ranges := [
    (1, 16777217, 16777216);
    (309139817729101, 147573952589676150784, 147573952589676412928);
    (676827960151869, 9223372036854759424, 9223372036854775808);
    (400471303905049, 36028797018964064, 36028797018963968);
    (727081791349941, 1125899906842621, 1125899906842624);
    (536001386, 537741143, 536870912)];
  bound_numerator := 405068807;
  bound_denominator := 500000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (sqrt (x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. exact (inverse_sqrt_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (810133822317, 1000000000000000).

Definition worst : Z * Z := (3208395832415269022346537865217877235012867211, 1461501637330902918203684832716283019655932542976).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply (inverse_sqrt_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. exact (positive_sound 60 certified eq_refl checked eq_refl). Qed.
