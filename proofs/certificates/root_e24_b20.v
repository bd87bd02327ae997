(** |r(x)/f(x) − 1| ≤ 0.000000506158486 for every real x in [0, 1], where f(x) = 1/√(x + 0.000000059604644775390625)

    Degree 65812; table sha256 c8efa82fa68a25ca9c36cffdeb42b36e70a0e7802da9ea964e2dc6833e40f0fe.
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
    533963876820837389167;
    -456448153133988058453;
    399460401477397157706;
    -353262492234109736496;
    313237868234851543697]
|}.

Definition stage2 : stage := {|
  basis_scale := 200000000000000000000000000000000000;
  basis_lo := 1433190006182609148383070209159;
  basis_hi := 200000000000000000000000000000000000;
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
  basis_scale := 500000000000000000000000000000000;
  basis_lo := 564460537053550317840070615609;
  basis_hi := 500000000000000000000000000000000;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    4678593885559134059;
    -5332523925585581132;
    4003097137725989646;
    -3214976626227807183;
    2658792666039256165;
    -2230323409374782546;
    1881199568902683458;
    -1584259553117935161]
|}.

Definition stage4 : stage := {|
  basis_scale := 10000000000000000000000000000000;
  basis_lo := 1389738483582159699253616793167;
  basis_hi := 10000000000000000000000000000000;
  chebyshev := true;
  unit := 1152921504606846976;
  coefficients := [
    1777940503366460488;
    -836070880789922300;
    289323213405340688;
    -110708550855680552;
    44390961469769945;
    -18284835873363463;
    7654787166812529;
    -3216406174713566]
|}.

Definition stage5 : stage := {|
  basis_scale := 10000000000000000000000000000000;
  basis_lo := 9967193615824123957226211642089;
  basis_hi := 10000000000000000000000000000000;
  chebyshev := true;
  unit := 288230376151711744;
  coefficients := [
    288467208292820853;
    -236978030718846]
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
    (156470642931777, 1125899906842556, 1125899906842624);
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

Definition worst : Z * Z := (730734651503885369026650308343904792503477747901, 730750818665451459101842416358141509827966271488).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply (inverse_sqrt_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. exact (positive_sound 60 certified eq_refl checked eq_refl). Qed.
