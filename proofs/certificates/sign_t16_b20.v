(** |r(x) − sign(x)| ≤ 0.000000850112522 for every real x in [-1, -0.0000152587890625] ∪ [0.0000152587890625, 1]

    Degree 2083725; table sha256 9c5b91f4594675ee0374e02b8998d18a1a65b4acb4c3440d967edf6be60d8fb8.
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
    3017999479069143757272;
    0;
    -1038092901076074203894;
    0;
    667981502461228978636;
    0;
    -2647460767053642667761]
|}.

Definition stage2 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 590295810358705651712;
  coefficients := [
    0;
    377417024697791464242;
    0;
    -129815847934498309701;
    0;
    83528387993348070758;
    0;
    -330812842037860332594]
|}.

Definition stage3 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 147573952589676412928;
  coefficients := [
    0;
    94601760563396327577;
    0;
    -32534276052872923885;
    0;
    20927528896706991697;
    0;
    -82525789756530895366]
|}.

Definition stage4 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 18446744073709551616;
  coefficients := [
    0;
    12220829439448184220;
    0;
    -4098839211165469736;
    0;
    2490610120048301971;
    0;
    -1814517696149358111;
    0;
    1451279595784407641;
    0;
    -1233090909894781845;
    0;
    1096895480420183921;
    0;
    -9378154743271680859]
|}.

Definition stage5 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    0;
    2097812038819779939;
    0;
    -699013750204382682;
    0;
    419193678625253886;
    0;
    -299374317481496133;
    0;
    233087979882515959;
    0;
    -191405342625158975;
    0;
    163351635107423221;
    0;
    -734091523986799797]
|}.

Definition stage6 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 2305843009213693952;
  coefficients := [
    0;
    2914559051595867648;
    0;
    -916326480438010954;
    0;
    488702681183748931;
    0;
    -291924495716250614;
    0;
    178164069584852106;
    0;
    -106905349425445129;
    0;
    61661493576021159;
    0;
    -33597643395191835;
    0;
    17002211085995424;
    0;
    -7832176975551957;
    0;
    3194640257060139;
    0;
    -1104090907618464;
    0;
    297339646983716;
    0;
    -50201076205045]
|}.

Definition certified : table := {|
  scale := 65536;
  intervals := [(-65536, -1); (1, 65536)];
  epsilon := 0;
  made_by := compose_odd;
  stages := [stage1; stage2; stage3; stage4; stage5; stage6];
  ranges := [
    (1, 4294967296, 4294967296);
    (309330913356823, 37778931862957094600704, 37778931862957161709568);
    (679749229536231, 2361183241434818412544, 2361183241434822606848);
    (745967802938845, 73786976294838075392, 73786976294838206464);
    (915206818748393, 576460752303425536, 576460752303423488);
    (207359971976433, 1125899906842570, 1125899906842624);
    (549754879180, 549756748597, 549755813888)];
  bound_numerator := 425056261;
  bound_denominator := 500000000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. exact (sign_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (53131800143, 62500000000000000).

Definition worst : Z * Z := (4212652782959768495130375951748997161835436947971, 46768052394588893382517914646921056628989841375232).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply (sign_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. exact (not_positive_sound 60 certified negative eq_refl checked eq_refl). Qed.
