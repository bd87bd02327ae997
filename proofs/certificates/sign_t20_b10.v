(** |r(x) − sign(x)| ≤ 0.000509472237 for every real x in [-1, -0.00000095367431640625] ∪ [0.00000095367431640625, 1]

    Degree 13852815; table sha256 21c49499fa3c7cc4290e3ca753b04d0c759109be4940efd84caf0647159dcaeb.
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
  unit := 73786976294838206464;
  coefficients := [
    0;
    47013664577069056551;
    0;
    -15776082653839740991;
    0;
    9595659702476952472;
    0;
    -7001301911738117665;
    0;
    5610952392493758303;
    0;
    -4779338783247975082;
    0;
    4264220047865431932;
    0;
    -38926882888437662170]
|}.

Definition stage2 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 4611686018427387904;
  coefficients := [
    0;
    2937385015632597115;
    0;
    -980649437213864596;
    0;
    590228833837804166;
    0;
    -423587676744918553;
    0;
    331563940274325631;
    0;
    -273484879708808704;
    0;
    233714690190771887;
    0;
    -204964352619208847;
    0;
    183383120883668599;
    0;
    -166750542543511583;
    0;
    153702122807478046;
    0;
    -143359632564967092;
    0;
    135139695924447686;
    0;
    -128648541671786653;
    0;
    123621781907926995;
    0;
    -2365840034695751858]
|}.

Definition stage3 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 144115188075855872;
  coefficients := [
    0;
    92518626431654852;
    0;
    -30886754945915809;
    0;
    18589140302705763;
    0;
    -13339905430242225;
    0;
    10440887424199072;
    0;
    -8611012708700032;
    0;
    7357796545966427;
    0;
    -6451652764208119;
    0;
    5771290113797131;
    0;
    -5246766179400891;
    0;
    4835097951426072;
    0;
    -4508617442066720;
    0;
    4248942522477175;
    0;
    -4043661594593128;
    0;
    3884436384600038;
    0;
    -73372847866491843]
|}.

Definition stage4 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 9007199254740992;
  coefficients := [
    0;
    6895460077752694;
    0;
    -2300559850669232;
    0;
    1382847975670742;
    0;
    -990484104139231;
    0;
    773278917226454;
    0;
    -635740116501627;
    0;
    541153440656493;
    0;
    -472399472815131;
    0;
    420429862351186;
    0;
    -380022543399591;
    0;
    347963551875853;
    0;
    -322178735627730;
    0;
    301283899172338;
    0;
    -284337085402060;
    0;
    270696360638057;
    0;
    -3724444829292650]
|}.

Definition stage5 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 2251799813685248;
  coefficients := [
    0;
    2859113555150310;
    0;
    -932018298956719;
    0;
    534697928776388;
    0;
    -356890747998207;
    0;
    253314363337387;
    0;
    -184525357796055;
    0;
    135436727131278;
    0;
    -99018073210845;
    0;
    71503684910395;
    0;
    -50633167905366;
    0;
    34905977500571;
    0;
    -23234571064429;
    0;
    14773695681750;
    0;
    -8834234877404;
    0;
    4839768574062;
    0;
    -2778659581677]
|}.

Definition certified : table := {|
  scale := 1048576;
  intervals := [(-1048576, -1); (1, 1048576)];
  epsilon := 0;
  made_by := compose_odd;
  stages := [stage1; stage2; stage3; stage4; stage5];
  ranges := [
    (1, 1099511627776, 1099511627776);
    (704289369198973, 4835703278458538173661184, 4835703278458516698824704);
    (938990016843391, 9444732965739323981824, 9444732965739290427392);
    (623599845819375, 9223372036854808576, 9223372036854775808);
    (737884644399187, 18014398509481984, 18014398509481984);
    (536324010, 537418093, 536870912)];
  bound_numerator := 509472237;
  bound_denominator := 1000000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. exact (sign_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (127367451453, 250000000000000).

Definition worst : Z * Z := (769057470408944740369580168696292556526971837303, 5846006549323611672814739330865132078623730171904).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply (sign_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. exact (not_positive_sound 60 certified negative eq_refl checked eq_refl). Qed.
