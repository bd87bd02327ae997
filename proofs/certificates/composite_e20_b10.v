(** |(x + 0.00000095367431640625)·r(x) − 1| ≤ 0.000670926033428 for every real x in [0, 1]

    Degree 4095; table sha256 ae27cfd197ed9943c9735dd77288eb207763defb8a13dd040e37df1ff3a4a877.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.CompositeRange.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 1048576;
  lo := 0;
  hi := 1048576;
  epsilon := 1;
  start := (999998092655005159368211043908989, 500000000000000000000000000000000);
  steps := [
    (499998092664100030058636775391831, 250000000000000000000000000000000);
    (499992370801914665214341912734263, 250000000000000000000000000000000);
    (399975588428539754686986568185843, 200000000000000000000000000000000);
    (1999511917508370868875728885454359, 1000000000000000000000000000000000);
    (249756256186425038211516500064813, 125000000000000000000000000000000);
    (1992238043926619430289129888312331, 1000000000000000000000000000000000);
    (1969543638575995822833398453039437, 1000000000000000000000000000000000);
    (1886818916539166468743867245450293, 1000000000000000000000000000000000);
    (1648054352112203880577624606508001, 1000000000000000000000000000000000);
    (316450577572693633657532075449087, 250000000000000000000000000000000);
    (1295773770924747391470962089896811, 1250000000000000000000000000000000);
    (500335463016713904567688104620156873, 500000000000000000000000000000000000)];
  bound_numerator := 167731508357;
  bound_denominator := 250000000000000;
  one := 51146728248377216718956089012931236753385031969422887335676427626502090568823039920051095192592252455482604439493126109519019633529459266458258243584
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (670926033427, 1000000000000000).

Definition worst : Z * Z := (0, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.

Definition earlier : Z * Z := (9444727409647042049517, 9444732965739290427392).

Definition later : Z * Z := (37778926306864096205093, 37778931862957161709568).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply composite_not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
