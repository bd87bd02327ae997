(** |(x + 0.00006103515625)·r(x) − 1| ≤ 0.000000225106983958 for every real x in [0, 1]

    Degree 1023; table sha256 c7f69482ce87ffb816b208c1cc3988795f1b146f0999550081461bcbba76e21f.
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
  start := (499938972293421213230806786281, 250000000000000000000000000000);
  steps := [
    (1999511927278981622639687321283, 1000000000000000000000000000000);
    (399610017695726863034687433779, 200000000000000000000000000000);
    (79689527934628545355310889983, 40000000000000000000000000000);
    (98477211650558567676648994099, 50000000000000000000000000000);
    (117926310520573455768157768427, 62500000000000000000000000000);
    (412014823556453164396934209381, 250000000000000000000000000000);
    (158225930246012934234647704761, 125000000000000000000000000000);
    (5183102412471588603293211773731, 5000000000000000000000000000000);
    (500335489890521519439887885980739, 500000000000000000000000000000000);
    (25000005627674598935625453935392827, 25000000000000000000000000000000000)];
  bound_numerator := 112553491979;
  bound_denominator := 500000000000000000;
  one := 199791907220223502808422222706762643567910281130558153654986045416023791284464999687699590596063486154228923591770023865308670443474450259602571264
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (225106983957, 1000000000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.
