(** |r(x)/f(x) − 1| ≤ 0.000000032747474 for every real x in [0, 1], where f(x) = 1/√(x + 0.0625)

    Degree 31; table sha256 b7aac19123b10278f5275d5b09e2477af3d9ad3dacd5c67396bd30365d65c8d3.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Algebraic PolyAttn.AlgebraicShape PolyAttn.AlgebraicPoints.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 16;
  base := (0, 16);
  intervals := [(0, 16)];
  epsilon := 1;
  chebyshev := true;
  unit := 4611686018427387904;
  coefficients := [
    8061189401289604686;
    -5198802194178026478;
    2424077023740636429;
    -1244057326226329460;
    667769826478894782;
    -367939510337310689;
    206246413116311925;
    -117024503109999508;
    67004565163527405;
    -38635105837468382;
    22402325191444722;
    -13049410604905765;
    7630304170536442;
    -4475999251834565;
    2632901924757229;
    -1552442808943827;
    917281734979642;
    -542986601178676;
    321947935192338;
    -191168964924878;
    113663407350111;
    -67661390441255;
    40320968796456;
    -24051912384433;
    14360196241034;
    -8580839085107;
    5131263464202;
    -3070460891912;
    1838235839464;
    -1100710376024;
    658643157500;
    -392935054516];
  bound_numerator := 16373737;
  bound_denominator := 500000000000000
|}.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (sqrt (x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply (inverse_sqrt_sound 60). vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (81868060207, 2500000000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply inverse_sqrt_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. apply (positive_sound 60). vm_cast_no_check (eq_refl true). Qed.

Theorem decreasing : forall i x z, In i (intervals certified) -> between certified i x ->
  between certified i z -> (x < z)%R -> (approximation certified z < approximation certified x)%R.
Proof. apply (decreasing_sound 60). vm_cast_no_check (eq_refl true). Qed.
