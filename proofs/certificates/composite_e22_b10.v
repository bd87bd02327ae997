(** |(x + 0.0000002384185791015625)·r(x) − 1| ≤ 0.000670925393584 for every real x in [0, 1]

    Degree 8191; table sha256 fbdaa223d19fe756499a5e0c01fec481d5acc2ef41f76f9e1293c1eb6a519752.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.CompositeRange.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 4194304;
  lo := 0;
  hi := 4194304;
  epsilon := 1;
  start := (19999990463261383408840461330193839, 10000000000000000000000000000000000);
  steps := [
    (399999618530910082750408659897951, 200000000000000000000000000000000);
    (19999923706545811551168945778956787, 10000000000000000000000000000000000);
    (2499961854000478847411706638179319, 1250000000000000000000000000000000);
    (9999389710568004408923637306096371, 5000000000000000000000000000000000);
    (19995119173920503036094935635239533, 10000000000000000000000000000000000);
    (19980500490272515333720878516357733, 10000000000000000000000000000000000);
    (9961190210439997056732132513585723, 5000000000000000000000000000000000);
    (19695436314991607800611964304784551, 10000000000000000000000000000000000);
    (9434094460561749851106787022844731, 5000000000000000000000000000000000);
    (659221717310388434641941125567581, 400000000000000000000000000000000);
    (126580224919825779490304760565245097, 100000000000000000000000000000000000);
    (103661899929021486603336874071898671, 100000000000000000000000000000000000);
    (10006709253935836751978460544728461009, 10000000000000000000000000000000000000)];
  bound_numerator := 41932837099;
  bound_denominator := 62500000000000;
  one := 13093562431584567480052758787310396608866568184172259157933165472384535185618698219533080369303616628603546736510240284036869026183541572213314110357504
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (670925393583, 1000000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.

Definition earlier : Z * Z := (37778926306864096205093, 37778931862957161709568).

Definition later : Z * Z := (37778930473933844263033, 37778931862957161709568).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply composite_not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
