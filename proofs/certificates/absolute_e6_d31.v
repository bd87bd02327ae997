(** |r(x) − 1/(x + 0.015625)| ≤ 0.0138464474 for every real x in [0, 1]

    Degree 31; table sha256 56dcad8a1b3e580fe24f4b01674354825947688092bb04597961a9a00582404c.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Witness PolyAttn.Points.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 64;
  lo := 0;
  hi := 64;
  epsilon := 1;
  unit := 8796093022208;
  coefficients := [
    69825348059620;
    -108830408284134;
    84812020966786;
    -66094384959863;
    51507648012931;
    -40140139066807;
    31281388812359;
    -24377725358684;
    18997669739925;
    -14804968479913;
    11537577749895;
    -8991285629245;
    7006948860423;
    -5460546395378;
    4255428080043;
    -3316274019712;
    2584387085612;
    -2014024344363;
    1569538124637;
    -1223148037700;
    953204703120;
    -742836662485;
    578895913255;
    -451136158604;
    351572413865;
    -273981944993;
    213515347683;
    -166393459603;
    129671162749;
    -101053313566;
    78751296481;
    -156286338521];
  bound_numerator := 69232237;
  bound_denominator := 5000000000;
  witness_a := -920040298186101512427;
  witness_b := 1180591620717411303424;
  witness_k := -10002325665344;
  degree := 31%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified * (x + shift certified))%R.
Proof. apply absolute_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (138464472867, 10000000000000).

Definition worst : Z * Z := (7264670155, 8589934592).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower * (x + shift certified) <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply absolute_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (59, 64).

Definition later : Z * Z := (15, 16).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
