(** |(x + 0.015625)·r(x) − 1| ≤ 0.00068494999 for every real x in [0, 1]

    Degree 31; table sha256 83b5b48462dab1895c33ae859f544f578f76c15a45a1628366990005a8b9d271.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Witness PolyAttn.Points.
Require PolyAttn.AlgebraicShape.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 64;
  lo := 0;
  hi := 64;
  epsilon := 1;
  unit := 1099511627776;
  coefficients := [
    8728166460014;
    -13603796812674;
    10601498006114;
    -8261792824935;
    6438449695314;
    -5017509671651;
    3910164002466;
    -3047203583435;
    2374693388368;
    -1850601530075;
    1442172267411;
    -1123878771461;
    875827698726;
    -682515857163;
    531861256671;
    -414447984722;
    322937711818;
    -251611045903;
    196010070356;
    -152659724207;
    118850610821;
    -92469660611;
    71868064189;
    -55758221779;
    43133268231;
    -33204143946;
    25350278659;
    -19080805787;
    14003883278;
    -9802203473;
    6213161385;
    -3012441884];
  bound_numerator := 68494999;
  bound_denominator := 100000000000;
  witness_a := 0;
  witness_b := 1;
  witness_k := -192796280576;
  degree := 31%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply relative_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (171237496081, 250000000000000).

Definition worst : Z * Z := (15230043825, 17179869184).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply relative_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Theorem decreasing : forall x z, (low certified <= x)%R -> (x < z)%R -> (z <= high certified)%R ->
  (approximation certified z < approximation certified x)%R.
Proof. apply (AlgebraicShape.witness_decreasing_sound 60). vm_cast_no_check (eq_refl true). Qed.
