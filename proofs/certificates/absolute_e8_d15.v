(** |r(x) − 1/(x + 0.00390625)| ≤ 19.5768981 for every real x in [0, 1]

    Degree 15; table sha256 265476e6523be9503d774161938397b63421a0535533fd661d882cb1cb976cd7.
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
  unit := 2147483648;
  coefficients := [
    34292825474;
    -60531541754;
    53423237900;
    -47149672138;
    41612820004;
    -36726168182;
    32413362737;
    -28607016086;
    25247654061;
    -22282786630;
    19666087741;
    -17356671472;
    15318453196;
    -13519585750;
    11931961832;
    -47634901091];
  bound_numerator := 195768981;
  bound_denominator := 10000000;
  witness_a := -4167812362858151340114;
  witness_b := 4722366482869645213696;
  witness_k := -12194534679296;
  degree := 15%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified * (x + shift certified))%R.
Proof. apply absolute_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (195768977707, 10000000000).

Definition worst : Z * Z := (76290127, 4294967296).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower * (x + shift certified) <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply absolute_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Definition negative : Z * Z := (1, 1).

Theorem not_positive : exists x, (low certified <= x <= high certified)%R /\ (approximation certified x <= 0)%R.
Proof. apply not_positive_sound with negative. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (1, 4).

Definition later : Z * Z := (1, 2).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
