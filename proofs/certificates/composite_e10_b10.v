(** |(x + 0.0009765625)·r(x) − 1| ≤ 0.000671798965415 for every real x in [0, 1]

    Degree 127; table sha256 60e483481dbad6f41ad0d7eabb6c9309af24b1559b55067d49b9afbd41716942.
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
    (1648134570865993221605023627, 1000000000000000000000000000);
    (1265885615962381862446768331, 1000000000000000000000000000);
    (10366428152453703837766820349, 10000000000000000000000000000);
    (250167949741353619014092006947, 250000000000000000000000000000)];
  bound_numerator := 134359793083;
  bound_denominator := 200000000000000;
  one := 11629419588729710248789180926208072549658261770997088964503843186890228609814366773219056811420217048972200345700258846936553626057834496
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (335899482707, 500000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.

Definition earlier : Z * Z := (9217817059077585863, 9223372036854775808).

Definition later : Z * Z := (18443966166494098157, 18446744073709551616).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply composite_not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
