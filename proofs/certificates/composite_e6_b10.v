(** |(x + 0.015625)·r(x) − 1| ≤ 0.000684949983127 for every real x in [0, 1]

    Degree 31; table sha256 c2d200b4e32f88e756317def540d8337df7f1e3a2d4a3a50180358b8d1011e28.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.CompositeRange.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 64;
  lo := 0;
  hi := 64;
  epsilon := 1;
  start := (969696969696969696969697, 500000000000000000000000);
  steps := [
    (29489818024263431542461, 15625000000000000000000);
    (5154159256305206160797, 3125000000000000000000);
    (12671305744246580047304581, 10000000000000000000000000);
    (103699949047692072276794433, 100000000000000000000000000);
    (500342474991563246556926051, 500000000000000000000000000)];
  bound_numerator := 684949983127;
  bound_denominator := 1000000000000000;
  one := 44362715105933037753254626946289339254982993206013065202727673289833940924890009968639590497666233249558259375382457149263586525184
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (342474991563, 500000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.
