(** |(x + 0.015625)·r(x) − 1| ≤ 0.00000023457829472 for every real x in [0, 1]

    Degree 63; table sha256 80db847ce13ba37521920ad70010d494f8d0319b339867857d9649b2fd412cd8.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.CompositeRange.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 64;
  lo := 0;
  hi := 64;
  epsilon := 1;
  start := (19393939393939393939393939, 10000000000000000000000000);
  steps := [
    (18873483535528596187175043, 10000000000000000000000000);
    (5154159256305206160797, 3125000000000000000000);
    (12671305744246580047304581, 10000000000000000000000000);
    (103699949047692072276794433, 100000000000000000000000000);
    (5003424749915632465569260511, 5000000000000000000000000000);
    (6250001466114341996594037792983, 6250000000000000000000000000000)];
  bound_numerator := 733057171;
  bound_denominator := 3125000000000000;
  one := 11908525658859223294760121268437066290850060053501019099651935423375594096449911575776314174894302258147533153997065059263030913083222523904
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (234578294719, 1000000000000000000).

Definition worst : Z * Z := (7167850747320477492442171956177420111032634822458015341634340882402646893116718460197562040523759435301091753156473599857480955557368909, 2977131414714805823690030317109266572712515013375254774912983855843898524112477893944078543723575564536883288499266264815757728270805630976).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.
