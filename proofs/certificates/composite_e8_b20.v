(** |(x + 0.00390625)·r(x) − 1| ≤ 0.000000227422930984 for every real x in [0, 1]

    Degree 127; table sha256 6aacd59fdedb45183e2c6fc35482b4c92bc8c964ede79441c7e41bfa0b806f61.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.CompositeRange.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 256;
  lo := 0;
  hi := 256;
  epsilon := 1;
  start := (3968992248062015503875969, 2000000000000000000000000);
  steps := [
    (196958219907681382412119777, 100000000000000000000000000);
    (94347601312557906947046759, 50000000000000000000000000);
    (41209376411519890269531157, 25000000000000000000000000);
    (1266135483284541961103380063, 1000000000000000000000000000);
    (10367142478576054947833156919, 10000000000000000000000000000);
    (50033721126854094179107465173, 50000000000000000000000000000);
    (1000000227422930983160092104488837, 1000000000000000000000000000000000)];
  bound_numerator := 28427866373;
  bound_denominator := 125000000000000000;
  one := 195109284394749514461349826862072894109287383916560696928697309976585733676235351257519131441468248197489183195087913930965498479955517831643136
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (227422930983, 1000000000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.
