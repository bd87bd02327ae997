(** |(x + 0.015625)·r(x) − 1| ≤ 0.0369994905 for every real x in [0, 1]

    Degree 15; table sha256 5a84e4423184c70880c53f641537a60f3bda2d4de0d56682ed980e120f3829fb.
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
  unit := 1099511627776;
  coefficients := [
    8722192194617;
    -13591474890294;
    10588032571997;
    -8246342289450;
    6420048399993;
    -4995007535536;
    3882154642050;
    -3011936413692;
    2329964211190;
    -1793614771888;
    1369366255828;
    -1030703130758;
    756458951359;
    -529493456421;
    335621302510;
    -162725480005];
  bound_numerator := 73998981;
  bound_denominator := 2000000000;
  witness_a := 0;
  witness_b := 1;
  witness_k := -10414430720320;
  degree := 15%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply relative_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (369994904781, 10000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply relative_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (47, 64).

Definition later : Z * Z := (95, 128).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
