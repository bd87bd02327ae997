(** |r(x)/f(x) − 1| ≤ 0.000868611095 for every real x in [0, 1], where f(x) = 1/√(x + 0.000000059604644775390625)

    Degree 21937; table sha256 7ba336b04a80d3f4332ce6f8a4a06e964b705b0166b83ac709bf3f1df66b006e.
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
    520063064424820585;
    -671704163079912345;
    548079813531707824;
    -472892142276098292;
    418039061759404900;
    -374085643788228879;
    336653795726758079;
    -303263947059432485]
|}.

Definition stage2 : stage := {|
  basis_scale := 1000000000000000000000000000000000;
  basis_lo := 9531113350066886460844165417;
  basis_hi := 1000000000000000000000000000000000;
  chebyshev := true;
  unit := 18014398509481984;
  coefficients := [
    32970893160879477;
    -42099636095305322;
    34103832103674198;
    -29245984257819154;
    25707408993755748;
    -22877652230455997;
    20473651999767856;
    -18335368056253256]
|}.

Definition stage3 : stage := {|
  basis_scale := 250000000000000000000000000000;
  basis_lo := 374410035695309661901712197;
  basis_hi := 250000000000000000000000000000;
  chebyshev := true;
  unit := 2251799813685248;
  coefficients := [
    4614340589101132;
    -5167907094433385;
    3831492731770619;
    -3043647242730487;
    2491476806734815;
    -2069422011348235;
    1728437891240094;
    -1440983100792371]
|}.

Definition stage4 : stage := {|
  basis_scale := 10000000000000000000000000000;
  basis_lo := 1756668722010122429418481373;
  basis_hi := 10000000000000000000000000000;
  chebyshev := true;
  unit := 1125899906842624;
  coefficients := [
    1660312599357037;
    -695165692987653;
    215055123430111;
    -73639957628911;
    26432042561749;
    -9739784755031;
    3623541511431]
|}.

Definition certified : table := {|
  scale := 16777216;
  intervals := [(0, 16777216)];
  epsilon := 1;
  made_by := refine;
  stages := [stage1; stage2; stage3; stage4];
  ranges := [
    (1, 16777217, 16777216);
    (703272034824893, 73786976294838534144, 73786976294838206464);
    (431665381688353, 288230376151712512, 288230376151711744);
    (197783315056230, 1125899906842563, 1125899906842624);
    (535938653, 537803981, 536870912)];
  bound_numerator := 173722219;
  bound_denominator := 200000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (sqrt (x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. exact (inverse_sqrt_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (434303546293, 500000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply (inverse_sqrt_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. exact (positive_sound 60 certified eq_refl checked eq_refl). Qed.
