(** |(x + 0.00000095367431640625)·r(x) − 1| ≤ 0.000000225070921823 for every real x in [0, 1]

    Degree 8191; table sha256 9356c06e258580b55453ec3c9c090a5b53c93e1e76305ec75bd582ab935cdef8.
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
    (16480543521122038805776246065080013, 10000000000000000000000000000000000);
    (6329011551453872673150641508981741, 5000000000000000000000000000000000);
    (51830950836989895658838483595872441, 50000000000000000000000000000000000);
    (1250838657541784761419220261550392183, 1250000000000000000000000000000000000);
    (10000002250709218224952793013308827803371, 10000000000000000000000000000000000000000)];
  bound_numerator := 225070921823;
  bound_denominator := 1000000000000000000;
  one := 13729595320261219429963801598162786434538870600286610818788926918371086366795312104245119281322909109954592622782961716074243975999433287625148056582230114304
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (112535460911, 500000000000000000).

Definition worst : Z * Z := (0, 1).

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
