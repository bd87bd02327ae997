(** |r(x)/f(x) − 1| ≤ 0.000000506158486 for every real x in [0, 1], where f(x) = 1/√(x + 0.000000059604644775390625)

    Degree 65812; table sha256 170fa48e313a0b1cc655d84e19be555010210ce0933cfe47e0c4d68675e63af1.
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
    519016225298485051156;
    -660819830080213215277;
    533963876820837389166;
    -456448153133988058452;
    399460401477397157706;
    -353262492234109736496;
    313237868234851543697]
|}.

Definition stage2 : stage := {|
  basis_scale := 1000000000000000000000000000000000000;
  basis_lo := 7165950030913045741902179802449;
  basis_hi := 1000000000000000000000000000000000000;
  chebyshev := true;
  unit := 18446744073709551616;
  coefficients := [
    33694666483673775615;
    -43094547932661772722;
    34946192350710971562;
    -29994810878795560405;
    26387219003392729684;
    -23501365098766938318;
    21048782182679101559;
    -18866336194804675002]
|}.

Definition stage3 : stage := {|
  basis_scale := 1000000000000000000000000000000000;
  basis_lo := 1128921074107100635676546685291;
  basis_hi := 1000000000000000000000000000000000;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    4678593885559131542;
    -5332523925585586998;
    4003097137725989544;
    -3214976626227800948;
    2658792666039253722;
    -2230323409374786869;
    1881199568902688466;
    -1584259553117931156]
|}.

Definition stage4 : stage := {|
  basis_scale := 10000000000000000000000000000000;
  basis_lo := 1389738483582120230054898599137;
  basis_hi := 10000000000000000000000000000000;
  chebyshev := true;
  unit := 1152921504606846976;
  coefficients := [
    1777940503366469996;
    -836070880789937709;
    289323213405349657;
    -110708550855685361;
    44390961469772423;
    -18284835873364709;
    7654787166813144;
    -3216406174713863]
|}.

Definition stage5 : stage := {|
  basis_scale := 2000000000000000000000000000000;
  basis_lo := 1993438723164824129783949187463;
  basis_hi := 2000000000000000000000000000000;
  chebyshev := true;
  unit := 288230376151711744;
  coefficients := [
    288467208292820877;
    -236978030718870]
|}.

Definition certified : table := {|
  scale := 16777216;
  intervals := [(0, 16777216)];
  epsilon := 1;
  made_by := refine;
  stages := [stage1; stage2; stage3; stage4; stage5];
  ranges := [
    (1, 16777217, 16777216);
    (1057507570122101, 147573952589676937216, 147573952589676412928);
    (40673668228965, 36028797018964128, 36028797018963968);
    (312941285863553, 2251799813685112, 2251799813685248);
    (1122206236353873, 1125899906842628, 1125899906842624);
    (549755257361, 549756370415, 549755813888)];
  bound_numerator := 253079243;
  bound_denominator := 500000000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (sqrt (x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. exact (inverse_sqrt_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (253078130911, 500000000000000000).

Definition worst : Z * Z := (730734651503885368954895983450964719198504280707, 730750818665451459101842416358141509827966271488).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply (inverse_sqrt_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. exact (positive_sound 60 certified eq_refl checked eq_refl). Qed.
