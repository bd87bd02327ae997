(** |(x + 0.0000152587890625)·r(x) − 1| ≤ 0.000000225079507698 for every real x in [0, 1]

    Degree 2047; table sha256 6456d2da29a2714e5862f0d7d4f986c0c2f0305a1024837e92110e18cc10c7b3.
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
  start := (19999389667063383075467667612683, 10000000000000000000000000000000);
  steps := [
    (19998779427246519447965433242547, 10000000000000000000000000000000);
    (199951191983476354255815950479, 100000000000000000000000000000);
    (2497562573467876829635375882813, 1250000000000000000000000000000);
    (2490297600873408030990216191957, 1250000000000000000000000000000);
    (3939087560223161754847116254753, 2000000000000000000000000000000);
    (18868194050718153319751003778569, 10000000000000000000000000000000);
    (329611105765843136862974371587, 200000000000000000000000000000);
    (25316070642711505092376133072207, 20000000000000000000000000000000);
    (51830968286542188909185959597673, 50000000000000000000000000000000);
    (2501677347075880335061091220201719, 2500000000000000000000000000000000);
    (5000001125397538489591116279520119901, 5000000000000000000000000000000000000)];
  bound_numerator := 112539753849;
  bound_denominator := 500000000000000000;
  one := 3273390607896141870013189696827599152216642046043064789483291368096133796404674554883270092325904157150886684127560071009217256545885393053328527589376
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (225079507697, 1000000000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.
