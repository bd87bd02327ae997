(** |(x + 0.015625)·r(x) − 1| ≤ 0.000684949984 for every real x in [0, 1]

    Degree 31; table sha256 b48b14688f41554a376a398849a8b37cceadb11ae58c012e097740af8ec455f7.
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
  unit := 140737488355328;
  coefficients := [
    1117205306881769;
    -1741285992022336;
    1356991744782530;
    -1057509481591633;
    824121561000213;
    -642241237971306;
    500500992315606;
    -390042058679631;
    303960753711133;
    -236876995849580;
    184598050228627;
    -143856482746962;
    112105945436983;
    -87362029716816;
    68078240853949;
    -53049342044454;
    41336027112737;
    -32206213875567;
    25089289005619;
    -19540444698523;
    15212878185084;
    -11836116558213;
    9199112216231;
    -7137052387762;
    5521058333529;
    -4250130425142;
    3244835668326;
    -2442343140780;
    1792497059533;
    -1254682044507;
    795284657263;
    -385592561097];
  bound_numerator := 21404687;
  bound_denominator := 31250000000;
  witness_a := 0;
  witness_b := 1;
  witness_k := -24677923910208;
  degree := 31%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply relative_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (342474991567, 500000000000000).

Definition worst : Z * Z := (968496721, 2147483648).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply relative_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Theorem decreasing : forall x z, (low certified <= x)%R -> (x < z)%R -> (z <= high certified)%R ->
  (approximation certified z < approximation certified x)%R.
Proof. apply (AlgebraicShape.witness_decreasing_sound 60). vm_cast_no_check (eq_refl true). Qed.
