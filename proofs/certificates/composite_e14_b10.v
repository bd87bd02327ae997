(** |(x + 0.00006103515625)·r(x) − 1| ≤ 0.000670979781044 for every real x in [0, 1]

    Degree 511; table sha256 0662271a215e7fed5dbe9e483856c572281964404740222f68cccdac470e7303.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.CompositeRange.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 16384;
  lo := 0;
  hi := 16384;
  epsilon := 1;
  start := (12498474307335530330770169657, 6250000000000000000000000000);
  steps := [
    (6248474772746817570749022879, 3125000000000000000000000000);
    (199805008847863431517343716889, 100000000000000000000000000000);
    (99611909918285681694138612479, 50000000000000000000000000000);
    (98477211650558567676648994099, 50000000000000000000000000000);
    (188682096832917529229052429483, 100000000000000000000000000000);
    (20600741177822658219846710469, 12500000000000000000000000000);
    (158225930246012934234647704761, 125000000000000000000000000000);
    (5183102412471588603293211773731, 5000000000000000000000000000000);
    (25016774494526075971994394299037, 25000000000000000000000000000000)];
  bound_numerator := 167744945261;
  bound_denominator := 250000000000000;
  one := 190536410541747572716161940294993060653600960856016305594430966774009505543198585212421026798308836130360530463953040948208494609331560382464
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (670979781043, 1000000000000000).

Definition worst : Z * Z := (0, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.

Definition earlier : Z * Z := (147568396566066326255, 147573952589676412928).

Definition later : Z * Z := (147572563570699946413, 147573952589676412928).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply composite_not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
