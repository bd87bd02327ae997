(** |(x + 0.0625)·r(x) − 1| ≤ 0.00000026469004 for every real x in [0, 1]

    Degree 31; table sha256 aed54b8c7d11e851ee2de0f537548d4628d34dba259f961be90f3ff4391413e9.
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
  unit := 288230376151711744;
  coefficients := [
    1118498150950565127;
    -1363699335031924560;
    831327201920700005;
    -506786869289650452;
    308943253981013512;
    -188335452167629950;
    114811513396153876;
    -69990452973716271;
    42667005794707733;
    -26010310064376129;
    15856191850138557;
    -9666121598435625;
    5892581746341598;
    -3592187330832971;
    2189839748032587;
    -1334952102240349;
    813802482008199;
    -496103482278099;
    302430353117524;
    -184364812236329;
    112390474414217;
    -68513755195659;
    41765474776016;
    -25458563050377;
    15516292087332;
    -9453094146120;
    5753169741438;
    -3491537772115;
    2102790245822;
    -1239740280983;
    686625386391;
    -305166838396];
  bound_numerator := 6617251;
  bound_denominator := 25000000000000;
  witness_a := 0;
  witness_b := 1;
  witness_k := -4882669414336;
  degree := 31%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply relative_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (66172509833, 250000000000000000).

Definition worst : Z * Z := (1832991949, 2147483648).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply relative_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Theorem decreasing : forall x z, (low certified <= x)%R -> (x < z)%R -> (z <= high certified)%R ->
  (approximation certified z < approximation certified x)%R.
Proof. apply decreasing_sound. vm_cast_no_check (eq_refl true). Qed.
