(** |(x + 0.0625)·r(x) − 1| ≤ 0.0381331117 for every real x in [0, 1]

    Degree 7; table sha256 dc6fb840a9efcec7a2784393d8b3a3ab831e924e89a1598a041fc881d5b193fc.
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
  chebyshev := false;
  unit := 1099511627776;
  coefficients := [
    16921346367333;
    -184874063210711;
    1154767959372408;
    -4050550933966763;
    8136279023500563;
    -9279054413411369;
    5581386113330147;
    -1373879658665882];
  bound_numerator := 381331117;
  bound_denominator := 10000000000
|}.

Theorem error_bound : forall x, inside certified x ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply (relative_sound 60). vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (95332051883, 2500000000000).

Definition worst : Z * Z := (1032874959, 1073741824).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply relative_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. apply (positive_sound 60). vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (29, 32).

Definition later : Z * Z := (59, 64).

Theorem not_decreasing : exists i x z, In i (intervals certified) /\ between certified i x /\
  between certified i z /\ (x < z)%R /\ (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
