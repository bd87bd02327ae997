(** |(x + 0.0625)·r(x) − 1| ≤ 0.000000264690039328 for every real x in [0, 1]

    Degree 31; table sha256 b15576fee905677775d2fc4b407ed6756491da6c4b57562796bbb9a29a30814f.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.CompositeRange.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 16;
  lo := 0;
  hi := 16;
  epsilon := 1;
  start := (888888888888888888888889, 500000000000000000000000);
  steps := [
    (1653061224489795918367347, 1000000000000000000000000);
    (317760719957649550026469, 250000000000000000000000);
    (2076265641505750674449247, 2000000000000000000000000);
    (200145517000867025568479923, 200000000000000000000000000);
    (500000132345019663736187696193, 500000000000000000000000000000)];
  bound_numerator := 8271563729;
  bound_denominator := 31250000000000000;
  one := 46517678354918840995156723704832290198633047083988355858015372747560914439257467092876227245680868195888801382801035387746214504231337984
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (264690039327, 1000000000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.
