(** |(x + 0.0625)·r(x) − 1| ≤ 0.000727588137 for every real x in [0, 1]

    Degree 15; table sha256 885027c8b03d25c413066bcbbbb182b32a050b30df5ac7d77bcf1a9f731df1a5.
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
  unit := 1073741824;
  coefficients := [
    4166729208;
    -5080173421;
    3096931783;
    -1887923089;
    1150895169;
    -701591040;
    427684672;
    -260699471;
    158889138;
    -96801090;
    58913314;
    -35753866;
    21532885;
    -12695125;
    7031146;
    -3124954];
  bound_numerator := 727588137;
  bound_denominator := 1000000000000;
  witness_a := 0;
  witness_b := 1;
  witness_k := -49999264;
  degree := 15%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply relative_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (727586976947, 1000000000000000).

Definition worst : Z * Z := (4253704009, 4294967296).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply relative_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Theorem decreasing : forall x z, (low certified <= x)%R -> (x < z)%R -> (z <= high certified)%R ->
  (approximation certified z < approximation certified x)%R.
Proof. apply decreasing_sound. vm_cast_no_check (eq_refl true). Qed.
