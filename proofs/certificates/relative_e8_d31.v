(** |(x + 0.00390625)·r(x) − 1| ≤ 0.0367142479 for every real x in [0, 1]

    Degree 31; table sha256 e28b3f567e199c947c8c5fb0e1882e77f000be351844e3f3a10ac81b951425cb.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Witness PolyAttn.Points.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 256;
  lo := 0;
  hi := 256;
  epsilon := 1;
  unit := 2199023255552;
  coefficients := [
    35092178343461;
    -61936578951330;
    54656560261853;
    -48230550326468;
    42558142739933;
    -37550706133710;
    33129999310827;
    -29226948727174;
    25780569217385;
    -22737011101616;
    20048718784311;
    -17673687698010;
    15574807981991;
    -13719284640690;
    12078125121900;
    -10625686308140;
    9339273842944;
    -8198787531545;
    7186407275326;
    -6286314632783;
    5484445656378;
    -4768271143354;
    4126600866945;
    -3549408729082;
    3027676102611;
    -2553250915243;
    2118720273426;
    -1717294635881;
    1342701727021;
    -989088532647;
    650929846595;
    -322941939396];
  bound_numerator := 367142479;
  bound_denominator := 10000000000;
  witness_a := 0;
  witness_b := 1;
  witness_k := -82673136485376;
  degree := 31%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply relative_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (367142478583, 10000000000000).

Definition worst : Z * Z := (17138506301, 17179869184).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply relative_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (27, 64).

Definition later : Z * Z := (55, 128).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
