(** |(x + 0.00390625)·r(x) − 1| ≤ 0.266135484 for every real x in [0, 1]

    Degree 15; table sha256 4933b90c0cf3203f53fae0a82f74f908071795fd5031ad49f5e7f3493b11873a.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Witness PolyAttn.Points.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 256;
  lo := 0;
  hi := 256;
  epsilon := 1;
  unit := 137438953472;
  coefficients := [
    2115588891538;
    -3714478045617;
    3255817027622;
    -2848028150684;
    2484739713600;
    -2160275334541;
    1869565257585;
    -1608067137778;
    1371695066999;
    -1156755731641;
    959890704591;
    -778023969800;
    608313859537;
    -448108653329;
    294905144829;
    -146309529218];
  bound_numerator := 66533871;
  bound_denominator := 250000000;
  witness_a := 0;
  witness_b := 1;
  witness_k := -37455239479808;
  degree := 15%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply relative_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (266135483293, 1000000000000).

Definition worst : Z * Z := (66464125, 67108864).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply relative_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (3, 64).

Definition later : Z * Z := (1, 16).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
