(** |r(x)/f(x) − 1| ≤ 0.0716024331 for every real x in [0, 1], where f(x) = 1/√(x + 0.00390625)

    Degree 15; table sha256 50b7a5fbf1fedeef09944c246b07c89584fb46375b00b33f7366c0f05b1e430b.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Algebraic PolyAttn.AlgebraicShape PolyAttn.AlgebraicPoints.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 256;
  base := (0, 256);
  intervals := [(0, 256)];
  epsilon := 1;
  chebyshev := true;
  unit := 1099511627776;
  coefficients := [
    2907648564030;
    -3035369506565;
    2140296258888;
    -1629945643997;
    1287171866492;
    -1038373796144;
    849480670831;
    -701811058695;
    583966120437;
    -488460987391;
    410111680634;
    -345179385153;
    290879595968;
    -245082417102;
    206119719891;
    -172655059153];
  bound_numerator := 716024331;
  bound_denominator := 10000000000
|}.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (sqrt (x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply (inverse_sqrt_sound 60). vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (89502358453, 1250000000000).

Definition worst : Z * Z := (2051926765, 4294967296).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply inverse_sqrt_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. apply (positive_sound 60). vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (1, 2).

Definition later : Z * Z := (9, 16).

Theorem not_decreasing : exists i x z, In i (intervals certified) /\ between certified i x /\
  between certified i z /\ (x < z)%R /\ (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
