(** |r(x) − 1/(x + 0.0625)| ≤ 0.00000163461429 for every real x in [0, 1]

    Degree 31; table sha256 9b42bb3c21a32d2942c02654fed2311fc9440399b4478991e6ab94c1747b1ffa.
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
  unit := 72057594037927936;
  coefficients := [
    279624537737651077;
    -340924833758003179;
    207831800480205000;
    -126696717322458070;
    77235813495325657;
    -47083863042024659;
    28702878349229825;
    -17497613243742448;
    10666751449190683;
    -6502577516936589;
    3964047963916641;
    -2416530401875854;
    1473145440304031;
    -898046838808215;
    547459947014454;
    -333738041974305;
    203450647427733;
    -124025914738095;
    75607660732980;
    -46091321911110;
    28097813567017;
    -17128758614679;
    10441893316010;
    -6365501346344;
    3880484713263;
    -2365589258499;
    1442091118359;
    -879115757809;
    535919336711;
    -326702749791;
    199161850319;
    -193215375402];
  bound_numerator := 163461429;
  bound_denominator := 100000000000000;
  witness_a := -179925644797454294467;
  witness_b := 295147905179352825856;
  witness_k := -3091446006432;
  degree := 31%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified * (x + shift certified))%R.
Proof. apply absolute_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (81730713981, 50000000000000000).

Definition worst : Z * Z := (4988317153, 17179869184).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower * (x + shift certified) <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply absolute_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Theorem decreasing : forall x z, (low certified <= x)%R -> (x < z)%R -> (z <= high certified)%R ->
  (approximation certified z < approximation certified x)%R.
Proof. apply decreasing_sound. vm_cast_no_check (eq_refl true). Qed.
