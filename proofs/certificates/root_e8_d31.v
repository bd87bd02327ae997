(** |r(x)/f(x) − 1| ≤ 0.00724978914 for every real x in [0, 1], where f(x) = 1/√(x + 0.00390625)

    Degree 31; table sha256 f0b698b64a07d2ba6bdda7f0665774198da7ffb6e7a837d50bfd53a472802b7c.
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
  unit := 35184372088832;
  coefficients := [
    93085837861993;
    -97214893516340;
    68575278974687;
    -52248690352376;
    41286588651486;
    -33333921622867;
    27300673662062;
    -22589362918825;
    18835639645028;
    -15800508903725;
    13318736699809;
    -11271499650926;
    9570721717014;
    -8149543314442;
    6956231838323;
    -5950132003606;
    5098881402992;
    -4376441458189;
    3761671328988;
    -3237273702958;
    2789001604474;
    -2405052372489;
    2075598395941;
    -1792419440012;
    1548611549085;
    -1338354419144;
    1156723922024;
    -999539842924;
    863241313221;
    -744784178465;
    641555832541;
    -551304006125];
  bound_numerator := 362489457;
  bound_denominator := 50000000000
|}.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (sqrt (x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply (inverse_sqrt_sound 60). vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (724973382349, 100000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply inverse_sqrt_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. apply (positive_sound 60). vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (55, 64).

Definition later : Z * Z := (111, 128).

Theorem not_decreasing : exists i x z, In i (intervals certified) /\ between certified i x /\
  between certified i z /\ (x < z)%R /\ (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
