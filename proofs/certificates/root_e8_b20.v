(** |r(x)/f(x) − 1| ≤ 0.00000092812618 for every real x in [0, 1], where f(x) = 1/√(x + 0.00390625)

    Degree 139; table sha256 35240d49b1acb52893f42b6d091d4709d38d4c5fdf611977489bcdf01fd935ed.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.StageRange PolyAttn.StageTable.
Import ListNotations.
Open Scope Z_scope.

Definition stage1 : stage := {|
  basis_scale := 256;
  basis_lo := 1;
  basis_hi := 257;
  chebyshev := true;
  unit := 4611686018427387904;
  coefficients := [
    11380683585353990943;
    -11880589816181478744;
    8377227840615578203;
    -6379689713926560620;
    5038055806926145674;
    -4064247572224370739;
    3324910323140053950;
    -2746923990236812603;
    2285672939803676939;
    -1911861017200638898;
    1605197866650226080;
    -1351049577038015613;
    1138517454999644831;
    -959264979915920213;
    806763011803022032;
    -675780636606908491]
|}.

Definition stage2 : stage := {|
  basis_scale := 2500000000000000000000000000000;
  basis_lo := 1876469750693755600589803349831;
  basis_hi := 2500000000000000000000000000000;
  chebyshev := true;
  unit := 1152921504606846976;
  coefficients := [
    1237060957442387857;
    -88632808779215562;
    4760726926964316;
    -284094205616235;
    17793274355502]
|}.

Definition certified : table := {|
  scale := 256;
  intervals := [(0, 256)];
  epsilon := 1;
  made_by := refine;
  stages := [stage1; stage2];
  ranges := [
    (1, 257, 256);
    (845086846999637, 1125899906842628, 1125899906842624);
    (549754793403, 549756834374, 549755813888)];
  bound_numerator := 46406309;
  bound_denominator := 50000000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (sqrt (x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. exact (inverse_sqrt_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (464061093763, 500000000000000000).

Definition worst : Z * Z := (1446631269010984663918846305398979662748979574475, 1461501637330902918203684832716283019655932542976).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply (inverse_sqrt_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. exact (positive_sound 60 certified eq_refl checked eq_refl). Qed.
