(** |r(x) − sign(x)| ≤ 0.000802702343 for every real x in [-1, -0.000244140625] ∪ [0.000244140625, 1]

    Degree 42525; table sha256 ab081153ef7e4cc76faf63408ff4c241c3be68ff0c3d192c0819b7c39ea538aa.
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
  unit := 288230376151711744;
  coefficients := [
    0;
    184452243287917557;
    0;
    -63440709755984697;
    0;
    40815940677273787;
    0;
    -161410304871439185]
|}.

Definition stage2 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 36028797018963968;
  coefficients := [
    0;
    23373575845755849;
    0;
    -7841572194452334;
    0;
    4767428574287313;
    0;
    -3476124070141083;
    0;
    2783307604400948;
    0;
    -2368109635134575;
    0;
    2110019893250723;
    0;
    -18691511283700517]
|}.

Definition stage3 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 4503599627370496;
  coefficients := [
    0;
    3489005724260689;
    0;
    -1167270840412691;
    0;
    705711577989374;
    0;
    -510244517061033;
    0;
    403951358576622;
    0;
    -338831346548105;
    0;
    296768799549517;
    0;
    -1904647428714532]
|}.

Definition stage4 : stage := {|
  basis_scale := 1;
  basis_lo := -1;
  basis_hi := 1;
  chebyshev := true;
  unit := 2251799813685248;
  coefficients := [
    0;
    2857418887177762;
    0;
    -927036722703449;
    0;
    526727866913558;
    0;
    -346400970035186;
    0;
    240904236940933;
    0;
    -170875122667508;
    0;
    121252864843244;
    0;
    -84979207002319;
    0;
    58212184890829;
    0;
    -38576807440190;
    0;
    24432703365172;
    0;
    -14541883589236;
    0;
    7912485154132;
    0;
    -4458219887743]
|}.

Definition certified : table := {|
  scale := 4096;
  intervals := [(-4096, -1); (1, 4096)];
  epsilon := 0;
  made_by := compose_odd;
  stages := [stage1; stage2; stage3; stage4];
  ranges := [
    (1, 16777216, 16777216);
    (77284959037297, 36893488147419037696, 36893488147419103232);
    (95849630686439, 288230376151712768, 288230376151711744);
    (843360757923163, 18014398509481984, 18014398509481984);
    (536009363, 537733153, 536870912)];
  bound_numerator := 802702343;
  bound_denominator := 1000000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (approximation certified x - x / Rabs x) <= bound certified)%R.
Proof. exact (sign_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (160539823679, 200000000000000).

Definition worst : Z * Z := (1308619659776113505454204829303477058629276255125, 2923003274661805836407369665432566039311865085952).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (approximation certified x - x / Rabs x))%R.
Proof. apply (sign_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Definition negative : Z * Z := (-1, 1).

Theorem not_positive : exists x, inside certified x /\ (approximation certified x <= 0)%R.
Proof. exact (not_positive_sound 60 certified negative eq_refl checked eq_refl). Qed.
