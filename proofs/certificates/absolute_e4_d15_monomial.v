(** |r(x) − 1/(x + 0.0625)| ≤ 0.00449329364 for every real x in [0, 1]

    Degree 15; table sha256 a77db7723cf5fbf9fb4460de4e8c75ed8e7c2cedd4549e0fa70b9c7865157619.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Algebraic PolyAttn.AlgebraicShape PolyAttn.AlgebraicPoints.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 16;
  base := (0, 16);
  intervals := [(0, 16)];
  epsilon := 1;
  chebyshev := false;
  unit := 1099511627776;
  coefficients := [
    17587245653510;
    -277861642299704;
    4056036799086001;
    -48767670911701347;
    442752498772337564;
    -2931798764415877819;
    14101637591471961216;
    -49579242552772224705;
    128262737520953263558;
    -244754171581285952314;
    342998604777591929620;
    -348104452449796194353;
    248646959400189913213;
    -118440018357379218952;
    33752852067933069221;
    -4350887212859662414];
  bound_numerator := 112332341;
  bound_denominator := 25000000000
|}.

Theorem error_bound : forall x, inside certified x ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified * (x + shift certified))%R.
Proof. apply (absolute_sound 60). vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (112331483857, 25000000000000).

Definition worst : Z * Z := (3254833877, 4294967296).

Theorem error_attained : exists x, inside certified x /\
  (point lower * (x + shift certified) <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply absolute_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. apply (positive_sound 60). vm_cast_no_check (eq_refl true). Qed.

Theorem decreasing : forall i x z, In i (intervals certified) -> between certified i x ->
  between certified i z -> (x < z)%R -> (approximation certified z < approximation certified x)%R.
Proof. apply (decreasing_sound 60). vm_cast_no_check (eq_refl true). Qed.
