(** |(x + 0.0000152587890625)·r(x) − 1| ≤ 0.000670938830353 for every real x in [0, 1]

    Degree 1023; table sha256 396697535fa497e87c07ac7530e3c27f74620e3cc7448f11d4e9fb475efb3adb.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.CompositeRange.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 65536;
  lo := 0;
  hi := 65536;
  epsilon := 1;
  start := (499984741676584576886691690317, 250000000000000000000000000000);
  steps := [
    (399975588544930388959308664851, 200000000000000000000000000000);
    (199951191983476354255815950479, 100000000000000000000000000000);
    (319688009403888234193328113, 160000000000000000000000000);
    (996119040349363212396086476783, 500000000000000000000000000000);
    (123096486256973804838972382961, 62500000000000000000000000000);
    (1886819405071815331975100377857, 1000000000000000000000000000000);
    (329611105765843136862974371587, 200000000000000000000000000000);
    (12658035321355752546188066536103, 10000000000000000000000000000000);
    (51830968286542188909185959597673, 50000000000000000000000000000000);
    (2501677347075880335061091220201719, 2500000000000000000000000000000000)];
  bound_numerator := 670938830353;
  bound_denominator := 1000000000000000;
  one := 780437137578998057845399307448291576437149535666242787714789239906342934704941405030076525765872992789956732780351655723861993919822071326572544
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (41933676897, 62500000000000).

Definition worst : Z * Z := (0, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.

Definition earlier : Z * Z := (147572563570699946413, 147573952589676412928).

Definition later : Z * Z := (2361177685345842734413, 2361183241434822606848).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply composite_not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
