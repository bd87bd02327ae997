(** |(x + 0.00390625)·r(x) − 1| ≤ 0.000674422537082 for every real x in [0, 1]

    Degree 63; table sha256 094d5ca8c351ffc177f6b33c5a0e6236b76faf61e0b5aa1d207d122609f9ee9e.
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
    (63306774164227098055169003, 50000000000000000000000000);
    (259178561964401373695828923, 250000000000000000000000000);
    (50033721126854094179107465173, 50000000000000000000000000000)];
  bound_numerator := 337211268541;
  bound_denominator := 500000000000000;
  one := 726838724295606890549323807888004534353641360687318060281490199180639288113397923326191050713763565560762521606266177933534601628614656
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (674422537081, 1000000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.

Definition earlier : Z * Z := (511, 512).

Definition later : Z * Z := (1023, 1024).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply composite_not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
