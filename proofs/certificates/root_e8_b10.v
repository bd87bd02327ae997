(** |r(x)/f(x) − 1| ≤ 0.000842365481 for every real x in [0, 1], where f(x) = 1/√(x + 0.00390625)

    Degree 59; table sha256 45b7b81d2d15c251f3203850389b7310374d801474d0eeb4174f65df26ddf036.
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
  unit := 1125899906842624;
  coefficients := [
    1899788410655305;
    -1899714268037496;
    1276172758141410;
    -903289325878956]
|}.

Definition stage2 : stage := {|
  basis_scale := 10000000000000000000000000000;
  basis_lo := 1101570903443278108310531891;
  basis_hi := 10000000000000000000000000000;
  chebyshev := true;
  unit := 2251799813685248;
  coefficients := [
    3630678190960676;
    -1887113062814690;
    718666441643604;
    -302290889450989;
    133182325908662;
    -60273288182123;
    27750766478867;
    -12911453479081;
    6007612217613]
|}.

Definition certified : table := {|
  scale := 256;
  intervals := [(0, 256)];
  epsilon := 1;
  made_by := refine;
  stages := [stage1; stage2];
  ranges := [
    (1, 257, 256);
    (992206862053933, 9007199254740976, 9007199254740992);
    (267983405, 268887888, 268435456)];
  bound_numerator := 842365481;
  bound_denominator := 1000000000000
|}.

Lemma checked : check 60 certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (sqrt (x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. exact (inverse_sqrt_sound 60 certified eq_refl checked). Qed.

Definition lower : Z * Z := (421180778539, 500000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply (inverse_sqrt_lower_sound 60 certified worst); [reflexivity|vm_cast_no_check (eq_refl true)]. Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. exact (positive_sound 60 certified eq_refl checked eq_refl). Qed.
