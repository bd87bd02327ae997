(** |r(x) − exp(x)| ≤ 0.000000000146936986 for every real x in [-8, 0]

    Degree 15; table sha256 f76092fe6dbc5b20753025a561a2ca701f0d94a00dffcb70549b2247d3047cc4.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Exponential.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 1;
  lo := -8;
  hi := 0;
  unit := 590295810358705651712;
  coefficients := [
    122192366834722178321;
    211031743312777989420;
    138868862013055361933;
    72162881299722627487;
    30624540063471420703;
    10913801172779786082;
    3340037131521955499;
    893689778213919586;
    212122907773236951;
    45198147120971726;
    8731245728862042;
    1541918476618850;
    250694106796738;
    37753827091496;
    5294128775512;
    704542434126];
  bound_numerator := 73468493;
  bound_denominator := 500000000000000000;
  step_numerator := 1;
  step_denominator := 4;
  pieces := 32%nat;
  model_degree := 23%nat;
  model_unit := 2535301200456458802993406410752;
  halvings := 60%nat
|}.

Definition lower : Z * Z := (146935864561, 1000000000000000000000).

Definition worst : Z * Z := (-306238825, 268435456).

Lemma checked : check_exp certified worst lower = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs (approximation certified x - exp x) <= bound certified)%R.
Proof. exact (proj1 (exp_sound _ _ _ checked)). Qed.

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs (approximation certified x - exp x))%R.
Proof. exact (proj2 (exp_sound _ _ _ checked)). Qed.
