(** |r(x)/f(x) − 1| ≤ 0.00063608887 for every real x in [0, 1], where f(x) = 1/√(x + 0.0000152587890625)

    Degree 1255; table sha256 1887669bba8c00591ecce581f8a6cd9bc8a4e964ad68e167a466d674f2466338.
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
  unit := 18014398509481984;
  coefficients := [
    37235360713878712;
    -49536134375760996;
    41212175840071190;
    -36202295502976324;
    32606600580491288;
    -29791407299862710;
    27468262473745126;
    -25481387532044690;
    23736802257606817;
    -22173111585039400;
    20747631981252795;
    -19429078628788528;
    18193372248051475;
    -17021042711094015]
|}.

Definition stage2 : stage := {|
  basis_scale := 125000000000000000000000000000;
  basis_lo := 944324145279040196807598893;
  basis_hi := 125000000000000000000000000000;
  chebyshev := true;
  unit := 2251799813685248;
  coefficients := [
    5340949440395429;
    -5159426621211022;
    3423309620501369;
    -2464997347604903;
    1844788180816783;
    -1412295427113183;
    1097488283281669;
    -861910973976006;
    682182312665484;
    -543082090847204;
    434211487939199;
    -348206532609482;
    279705908298880;
    -224717506338990;
    180210081565698;
    -143838594464861]
|}.

Definition stage3 : stage := {|
  basis_scale := 1000000000000000000000000000;
  basis_lo := 890022226216897591066367353;
  basis_hi := 1000000000000000000000000000;
  chebyshev := true;
  unit := 281474976710656;
  coefficients := [
    289732652752717;
    -8436718305634]
|}.

Definition certified : table := {|
  scale := 65536;
  intervals := [(0, 65536)];
  epsilon := 1;
  made_by := refine;
  stages := [stage1; stage2; stage3];
  ranges := [
    (1, 65537, 65536);
    (1088731614411697, 144115188075856256, 144115188075855872);
    (501037970792825, 562949953421310, 562949953421312);
    (268094067, 268777062, 268435456)];
  bound_numerator := 63608887;
  bound_denominator := 100000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (sqrt (x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. exact (inverse_sqrt_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (318042949443, 500000000000000).

Definition worst : Z * Z := (661887867656626320486487754564116432114452418055, 730750818665451459101842416358141509827966271488).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply (inverse_sqrt_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. exact (positive_sound 60 certified eq_refl checked eq_refl). Qed.
