(** |r(x) − sign(x)| ≤ 0.00076447032 for every real x in [-1, -0.0000152587890625] ∪ [0.0000152587890625, 1]

    Degree 685193; table sha256 040d9d2545fe8fb598a38d0694c030e9bb3888f263d5ec60c64ac1a46af9469b.
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
  unit := 4611686018427387904;
  coefficients := [
    0;
    2937792212654428538;
    0;
    -982033244002728130;
    0;
    592589040320842869;
    0;
    -426972212036855582;
    0;
    336048655227034557;
    0;
    -279176063476745696;
    0;
    240755371409523614;
    0;
    -213543917723304689;
    0;
    193751325128781705;
    0;
    -179237925978882429;
    0;
    168750172949757480;
    0;
    -2387359030028000737]
|}.

Definition stage2 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 144115188075855872;
  coefficients := [
    0;
    92472173764533336;
    0;
    -30871291830428023;
    0;
    18579887823791351;
    0;
    -13333323831523120;
    0;
    10435796890009795;
    0;
    -8606877071102778;
    0;
    7354327216369714;
    0;
    -6448676709309292;
    0;
    5768695490742889;
    0;
    -5244476580966791;
    0;
    4833058910796468;
    0;
    -4506788798245092;
    0;
    4247293829354191;
    0;
    -4042169215239587;
    0;
    3883081564953832;
    0;
    -73408692808956985]
|}.

Definition stage3 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 9007199254740992;
  coefficients := [
    0;
    6828548122015206;
    0;
    -2278332388082488;
    0;
    1369603550807857;
    0;
    -981122834677510;
    0;
    766101229043939;
    0;
    -629973908246164;
    0;
    536383437354264;
    0;
    -468377019317820;
    0;
    416994612806547;
    0;
    -377065377460846;
    0;
    345407161308127;
    0;
    -319966663589399;
    0;
    299373976146124;
    0;
    -282697308278816;
    0;
    269302203270100;
    0;
    -3776381534135790]
|}.

Definition stage4 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 2251799813685248;
  coefficients := [
    0;
    2859645968014831;
    0;
    -933584554687160;
    0;
    537207623016229;
    0;
    -360201436543668;
    0;
    257243055753591;
    0;
    -188863003016377;
    0;
    139964299017808;
    0;
    -103522742723066;
    0;
    75793605442866;
    0;
    -54549593392632;
    0;
    38331753552061;
    0;
    -26098448194431;
    0;
    17050362186268;
    0;
    -10540403678683;
    0;
    6027029287886;
    0;
    -3825126597275]
|}.

Definition certified : table := {|
  scale := 65536;
  intervals := [(-65536, -1); (1, 65536)];
  epsilon := 0;
  made_by := compose_odd;
  stages := [stage1; stage2; stage3; stage4];
  ranges := [
    (1, 4294967296, 4294967296);
    (826692008459249, 9444732965739323981824, 9444732965739290427392);
    (1098308525074833, 18446744073709617152, 18446744073709551616);
    (655215309178035, 18014398509481984, 18014398509481984);
    (536050382, 537692069, 536870912)];
  bound_numerator := 9555879;
  bound_denominator := 12500000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. exact (sign_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (152893364369, 200000000000000).

Definition worst : Z * Z := (3896630666263655663929940680268331777502174994763, 11692013098647223345629478661730264157247460343808).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply (sign_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. exact (not_positive_sound 60 certified negative eq_refl checked eq_refl). Qed.
