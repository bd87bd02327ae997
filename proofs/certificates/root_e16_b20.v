(** |r(x)/f(x) − 1| ≤ 0.000000642052534 for every real x in [0, 1], where f(x) = 1/√(x + 0.0000152587890625)

    Degree 3307; table sha256 ecc325f682fc94c371820ebe0884eb4ca76f83ba4fb11233bb804c565575410d.
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
    29004430781016207181;
    -33894267686182447001;
    25611533768309313291;
    -20296673131713726225]
|}.

Definition stage2 : stage := {|
  basis_scale := 5000000000000000000000000000000000;
  basis_lo := 2654382745955165518260438680959;
  basis_hi := 5000000000000000000000000000000000;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    3739259742190282530;
    -4148123387819852064;
    3016336949528480833;
    -2303176392627451833]
|}.

Definition stage3 : stage := {|
  basis_scale := 4000000000000000000000000000000;
  basis_lo := 69661947011983025290295834713;
  basis_hi := 4000000000000000000000000000000;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    4707956572481513608;
    -4003685036019829941;
    2388458238602508248;
    -1554280488652287847;
    1052246450611751593;
    -727247452924465198;
    507066063972760824;
    -352299868966472089]
|}.

Definition stage4 : stage := {|
  basis_scale := 1250000000000000000000000000000;
  basis_lo := 957602292596520954066396237491;
  basis_hi := 1250000000000000000000000000000;
  chebyshev := true;
  unit := 1152921504606846976;
  coefficients := [
    1230975322964583067;
    -81927653610924351;
    4088015566874874;
    -226626899308159;
    13186818103558]
|}.

Definition certified : table := {|
  scale := 65536;
  intervals := [(0, 65536)];
  epsilon := 1;
  made_by := refine;
  stages := [stage1; stage2; stage3; stage4];
  ranges := [
    (1, 65537, 65536);
    (612058989862077, 1152921504606844928, 1152921504606846976);
    (78432379651355, 4503599627370496, 4503599627370496);
    (862531465621369, 1125899906842627, 1125899906842624);
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

Definition worst : Z * Z := (67769067565025266868524777267267827742432924155, 730750818665451459101842416358141509827966271488).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply (inverse_sqrt_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. exact (positive_sound 60 certified eq_refl checked eq_refl). Qed.
