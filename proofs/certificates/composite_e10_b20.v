(** |(x + 0.0009765625)·r(x) − 1| ≤ 0.000000225656975888 for every real x in [0, 1]

    Degree 255; table sha256 42748a15db04b8ee8d9c7cf8e99af15a12c652357520ad500076a07dd9ef0bb1.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.CompositeRange.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 1024;
  lo := 0;
  hi := 1024;
  epsilon := 1;
  start := (399220272904483430799220273, 200000000000000000000000000);
  steps := [
    (996120275252276736034883457, 500000000000000000000000000);
    (1969553286435671729759171581, 1000000000000000000000000000);
    (188685221840821070780353369, 100000000000000000000000000);
    (8240672854329966108025118133, 5000000000000000000000000000);
    (12658856159623818624467683307, 10000000000000000000000000000);
    (103664281524537038377668203489, 100000000000000000000000000000);
    (250167949741353619014092006947, 250000000000000000000000000000);
    (5000001128284879435197370314437099, 5000000000000000000000000000000000)];
  bound_numerator := 14103560993;
  bound_denominator := 62500000000000000;
  one := 3121748550315992231381597229793166305748598142664971150859156959625371738819765620120306103063491971159826931121406622895447975679288285306290176
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (225656975887, 1000000000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.
