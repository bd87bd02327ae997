(** |(x + 0.0625)·r(x) − 1| ≤ 0.000727585004336 for every real x in [0, 1]

    Degree 15; table sha256 f299fcc41a2051e951353fa9badb61df3f3ea36df77c0ee136b3d56e875c52a6.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.CompositeRange.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 16;
  lo := 0;
  hi := 16;
  epsilon := 1;
  start := (88888888888888888888889, 50000000000000000000000);
  steps := [
    (33061224489795918367347, 20000000000000000000000);
    (317760719957649550026469, 250000000000000000000000);
    (2076265641505750674449247, 2000000000000000000000000);
    (100072758500433512784239961, 100000000000000000000000000)];
  bound_numerator := 45474062771;
  bound_denominator := 62500000000000;
  one := 2772669694120814859578414184143083703436437075375816575170479580614621307805625623039974406104139578097391210961403571828974157824
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (145517000867, 200000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.
