(** |(x + 0.015625)·r(x) − 1| ≤ 0.000000234578295 for every real x in [0, 1]

    Degree 63; table sha256 d7a807e575b1e2263e5b9dd4e26abba848e6957d39cfe1bd3b2e9deb0edab5c0.
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
  unit := 1152921504606846976;
  coefficients := [
    9152148020870221094;
    -14264619274617443102;
    11116481212158034210;
    -8663123225458502457;
    6751210440350127107;
    -5261248307763634701;
    4100114194412369464;
    -3195237218211877318;
    2490062568149627505;
    -1940516828596729411;
    1512253390831126905;
    -1178505789992469831;
    918414801028342121;
    -715724737128485794;
    557767469299159829;
    -434670668301031353;
    338740784071717336;
    -263982198846885653;
    205722501049984324;
    -160320459568707014;
    124938446810473894;
    -97365086977895391;
    75877045081435350;
    -59131318502565019;
    46081299330105002;
    -35911361365776547;
    27985883486809126;
    -21809523325767275;
    16996258372585880;
    -13245259567691102;
    10322089485777017;
    -8044049996723996;
    6268763632466225;
    -4885274995237593;
    3807116045211311;
    -2966901848010736;
    2312119016310831;
    -1801843623130354;
    1404183456395523;
    -1094284755685413;
    852778852205641;
    -664571626988722;
    517900128458597;
    -403597387957135;
    314519484202994;
    -245099048211541;
    190997302733308;
    -148832888675907;
    115970530160751;
    -90356329780641;
    70389400011821;
    -54821807743740;
    42680578459643;
    -33206885329274;
    25808622531984;
    -20023398642943;
    15489637169087;
    -11923978018298;
    9103567493653;
    -6852129937361;
    5028950502154;
    -3520080473332;
    2231215474093;
    -1081801441984];
  bound_numerator := 46915659;
  bound_denominator := 200000000000000;
  witness_a := 0;
  witness_b := 1;
  witness_k := -69235292286976;
  degree := 63%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply relative_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (234578294721, 1000000000000000000).

Definition worst : Z * Z := (8168446479, 17179869184).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply relative_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Theorem decreasing : forall x z, (low certified <= x)%R -> (x < z)%R -> (z <= high certified)%R ->
  (approximation certified z < approximation certified x)%R.
Proof. apply decreasing_sound. vm_cast_no_check (eq_refl true). Qed.
