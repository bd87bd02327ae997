(** |r(x) − 1/(x + 0.0625)| ≤ 0.00449325936 for every real x in [0, 1]

    Degree 15; table sha256 f5731fbddf78a2b0e2948a75ae4ed2fa3ac4800c569f78a5677c0c4fdfadb2c4.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Witness PolyAttn.Points.
Require PolyAttn.AlgebraicShape.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 16;
  lo := 0;
  hi := 16;
  epsilon := 1;
  unit := 8796093022208;
  coefficients := [
    34133854704303;
    -41616800995850;
    25370092832056;
    -15465907876277;
    9428199889566;
    -5747541875247;
    3503769329740;
    -2135939116668;
    1302093682763;
    -793771669548;
    483892573720;
    -294986621323;
    179827324256;
    -109624858253;
    66828606813;
    -64833271695];
  bound_numerator := 28082871;
  bound_denominator := 6250000000;
  witness_a := -179925644797974995567;
  witness_b := 295147905179352825856;
  witness_k := -1037332347120;
  degree := 15%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified * (x + shift certified))%R.
Proof. apply absolute_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (449325935409, 100000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower * (x + shift certified) <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply absolute_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Theorem decreasing : forall x z, (low certified <= x)%R -> (x < z)%R -> (z <= high certified)%R ->
  (approximation certified z < approximation certified x)%R.
Proof. apply (AlgebraicShape.witness_decreasing_sound 60). vm_cast_no_check (eq_refl true). Qed.
