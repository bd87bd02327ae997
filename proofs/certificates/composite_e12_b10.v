(** |(x + 0.000244140625)·r(x) − 1| ≤ 0.00067114359193 for every real x in [0, 1]

    Degree 255; table sha256 24317fb87c4e58d0dae71834b8bcbd2f7a6c7666ab5f10d87ec17e7ed312b376.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.CompositeRange.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 4096;
  lo := 0;
  hi := 4096;
  epsilon := 1;
  start := (19990239141044411908247925817, 10000000000000000000000000000);
  steps := [
    (19980502072814787776222618071, 10000000000000000000000000000);
    (3984477337952899403741503647, 2000000000000000000000000000);
    (3939092088783882072296825781, 2000000000000000000000000000);
    (471706805160189700694750101, 250000000000000000000000000);
    (16480743543214985496754782531, 10000000000000000000000000000);
    (63291154010948297441468700881, 50000000000000000000000000000);
    (51831247471412852550860770663, 50000000000000000000000000000);
    (10006711435919292299427550334979, 10000000000000000000000000000000)];
  bound_numerator := 67114359193;
  bound_denominator := 100000000000000;
  one := 11908525658859223294760121268437066290850060053501019099651935423375594096449911575776314174894302258147533153997065059263030913083222523904
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (671143591929, 1000000000000000).

Definition worst : Z * Z := (0, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.

Definition earlier : Z * Z := (18443966166494098157, 18446744073709551616).

Definition later : Z * Z := (147568396566066326255, 147573952589676412928).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply composite_not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
