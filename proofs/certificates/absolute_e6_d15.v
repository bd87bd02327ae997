(** |r(x) − 1/(x + 0.015625)| ≤ 0.748210676 for every real x in [0, 1]

    Degree 15; table sha256 4af4229b07f8cfec4d62242b9b83cb5abfbd83a6968a89e3c496fd988a770060.
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
  unit := 68719476736;
  coefficients := [
    545510531716;
    -850237564720;
    662593913803;
    -516362382499;
    402403500101;
    -313594836459;
    244385850097;
    -190450979365;
    148419294843;
    -115663816249;
    90137326171;
    -70244418978;
    54741787972;
    -42660518714;
    33245531875;
    -65977611559];
  bound_numerator := 187052669;
  bound_denominator := 250000000;
  witness_a := -920040298189771942348;
  witness_b := 1180591620717411303424;
  witness_k := -4222567139776;
  degree := 15%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified * (x + shift certified))%R.
Proof. apply absolute_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (9352633421, 12500000000).

Definition worst : Z * Z := (766723949, 4294967296).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower * (x + shift certified) <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply absolute_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (1, 2).

Definition later : Z * Z := (3, 4).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
