(** |r(x) − sign(x)| ≤ 0.000000188835902 for every real x in [-1, -0.000244140625] ∪ [0.000244140625, 1]

    Degree 104625; table sha256 fccdf237304dec6005cd827fe326dfc713d401e99d7458b2a67643cbb67afd2a.
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
  unit := 295147905179352825856;
  coefficients := [
    0;
    188632072611840699733;
    0;
    -63295722811735938214;
    0;
    38496165580325075767;
    0;
    -28084872388742695284;
    0;
    22504258784918353198;
    0;
    -19165225504238159384;
    0;
    17095729455686158168;
    0;
    -155271210293005923631]
|}.

Definition stage2 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 18446744073709551616;
  coefficients := [
    0;
    12207386403612998133;
    0;
    -4094390027552007942;
    0;
    2487979233421575560;
    0;
    -1812680647032401979;
    0;
    1449895626685534563;
    0;
    -1232005916038708291;
    0;
    1096027246770077162;
    0;
    -9388334785734200614]
|}.

Definition stage3 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    0;
    2083151978150256447;
    0;
    -694285065802077168;
    0;
    416546986270383196;
    0;
    -297689733268278594;
    0;
    231994225776207841;
    0;
    -190736410411868160;
    0;
    163021954672441920;
    0;
    -745564416985983440]
|}.

Definition stage4 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    0;
    2917567192640810070;
    0;
    -924920570142031232;
    0;
    501685907444650350;
    0;
    -307589535831646814;
    0;
    194639979755462093;
    0;
    -122503646234949991;
    0;
    75137897638373157;
    0;
    -44278381819011758;
    0;
    24767536061699109;
    0;
    -12989355470233005;
    0;
    6295977001993887;
    0;
    -2767832322006803;
    0;
    1073891360394427;
    0;
    -351717795954672;
    0;
    89259776505987;
    0;
    -14028274218833]
|}.

Definition certified : table := {|
  scale := 4096;
  intervals := [(-4096, -1); (1, 4096)];
  epsilon := 0;
  made_by := compose_odd;
  stages := [stage1; stage2; stage3; stage4];
  ranges := [
    (1, 16777216, 16777216);
    (21977252397271, 2305843009213704192, 2305843009213693952);
    (431665407147053, 288230376151712768, 288230376151711744);
    (791133298191687, 4503599627370268, 4503599627370496);
    (2199022425043, 2199024086061, 2199023255552)];
  bound_numerator := 94417951;
  bound_denominator := 500000000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. exact (sign_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (188834997109, 1000000000000000000).

Definition worst : Z * Z := (187117213539111537156834638615815470011554239589, 365375409332725729550921208179070754913983135744).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply (sign_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. exact (not_positive_sound 60 certified negative eq_refl checked eq_refl). Qed.
