(** |r(x) − 1/(x + 0.015625)| ≤ 0.00000474206249 for every real x in [0, 1]

    Degree 63; table sha256 b08055b34549f27338d6906736603c09aa63f8a21f77d50dec2a8cabddd941c8.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Witness PolyAttn.Points.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 64;
  lo := 0;
  hi := 64;
  epsilon := 1;
  unit := 36028797018963968;
  coefficients := [
    286004625652202278;
    -445769352331811327;
    347390037879956305;
    -270722600795598552;
    210975326260965709;
    -164414009617643223;
    128128568575423438;
    -99851163069167618;
    77814455254734774;
    -60641150893722854;
    47257918463568612;
    -36828305937387408;
    28700462532292917;
    -22366398035466734;
    17430233415857221;
    -13583458384738785;
    10585649502666523;
    -8249443714510919;
    6428828158512247;
    -5010014362420590;
    3904326463980220;
    -3042658969538614;
    2371157660693172;
    -1847853705641053;
    1440040607191499;
    -1122230046691414;
    874558864109543;
    -681547610534518;
    531133082617900;
    -413914372364902;
    322565310384709;
    -251376580303561;
    195898886491386;
    -152664873084922;
    118972414246265;
    -92715731298001;
    72253781555861;
    -56307693160962;
    43880835588624;
    -34196530240575;
    26649508032562;
    -20768080076583;
    16184657125392;
    -12612775244537;
    9829191816466;
    -7659932876924;
    5969419742189;
    -4651995341342;
    3625320649328;
    -2825228497897;
    2201713127585;
    -1715804827747;
    1337134329643;
    -1042034727142;
    812062295087;
    -632843756475;
    493177952643;
    -384335770851;
    299514574737;
    -233413039545;
    181899819323;
    -141755337810;
    110470564910;
    -219234995176];
  bound_numerator := 474206249;
  bound_denominator := 100000000000000;
  witness_a := -920040298185850272113;
  witness_b := 1180591620717411303424;
  witness_k := -14031039691264;
  degree := 63%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified * (x + shift certified))%R.
Proof. apply absolute_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (474206247389, 100000000000000000).

Definition worst : Z * Z := (7137553415, 17179869184).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower * (x + shift certified) <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply absolute_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Theorem decreasing : forall x z, (low certified <= x)%R -> (x < z)%R -> (z <= high certified)%R ->
  (approximation certified z < approximation certified x)%R.
Proof. apply decreasing_sound. vm_cast_no_check (eq_refl true). Qed.
