(** |r(x) − 1/(x + 0.0625)| ≤ 0.0044932887 for every real x in [0, 1]

    Degree 15; table sha256 f3bf9b8896b0b51309524c342217c74f772e48d9a512fa5c3c5a606e8c50136a.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Witness PolyAttn.Points.
Require PolyAttn.AlgebraicShape.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 16;
  lo := 0;
  hi := 16;
  epsilon := 1;
  unit := 1073741824;
  coefficients := [
    4166730311;
    -5080175903;
    3096935160;
    -1887928208;
    1150903307;
    -701604233;
    427706217;
    -260734755;
    158946983;
    -96895956;
    59068918;
    -36009109;
    21951578;
    -13381941;
    8157789;
    -7914218];
  bound_numerator := 44932887;
  bound_denominator := 10000000000;
  witness_a := -179925648331804169172;
  witness_b := 295147905179352825856;
  witness_k := -126627488;
  degree := 15%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified * (x + shift certified))%R.
Proof. apply absolute_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (449326056531, 100000000000000).

Definition worst : Z * Z := (70364273, 1073741824).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower * (x + shift certified) <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply absolute_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Theorem decreasing : forall x z, (low certified <= x)%R -> (x < z)%R -> (z <= high certified)%R ->
  (approximation certified z < approximation certified x)%R.
Proof. apply (AlgebraicShape.witness_decreasing_sound 60). vm_cast_no_check (eq_refl true). Qed.
