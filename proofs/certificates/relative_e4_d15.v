(** |(x + 0.0625)·r(x) − 1| ≤ 0.000727585005 for every real x in [0, 1]

    Degree 15; table sha256 a559ffc4673b40b438039c388c5ce5835a358e1eeded547df267692420986856.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Witness PolyAttn.Points.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 16;
  lo := 0;
  hi := 16;
  epsilon := 1;
  unit := 70368744177664;
  coefficients := [
    273070765355304;
    -332934245338777;
    202960521301642;
    -123726927589916;
    75425065775670;
    -45979470405341;
    28028742636347;
    -17085200526441;
    10412958548144;
    -6343956206884;
    3860942917344;
    -2343165357141;
    1411179136223;
    -831987699360;
    460793187338;
    -204796972150];
  bound_numerator := 145517001;
  bound_denominator := 200000000000;
  witness_a := 0;
  witness_b := 1;
  witness_k := -3276751554400;
  degree := 15%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply relative_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (90948125543, 125000000000000).

Definition worst : Z * Z := (983262761, 1073741824).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply relative_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Theorem decreasing : forall x z, (low certified <= x)%R -> (x < z)%R -> (z <= high certified)%R ->
  (approximation certified z < approximation certified x)%R.
Proof. apply decreasing_sound. vm_cast_no_check (eq_refl true). Qed.
