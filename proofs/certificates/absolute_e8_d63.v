(** |r(x) − 1/(x + 0.00390625)| ≤ 0.0487158713 for every real x in [0, 1]

    Degree 63; table sha256 72fb1e0fc68d0d45f2ec74d3a5747a1f783278078cea162f9ef06632a3a77a1a.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Witness PolyAttn.Points.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 256;
  lo := 0;
  hi := 256;
  epsilon := 1;
  unit := 4398046511104;
  coefficients := [
    70231706571120;
    -123968597512998;
    109410791219897;
    -96562528539606;
    85223055367747;
    -75215192436008;
    66382566886082;
    -58587168943752;
    51707195516167;
    -45635147018523;
    40276147693043;
    -35546463175266;
    31372192144604;
    -27688111616200;
    24436657831800;
    -21567026826022;
    19034380614400;
    -16799146599878;
    14826399250980;
    -13085314390378;
    11548687567125;
    -10192508987109;
    8995588360017;
    -7939223801050;
    7006909613974;
    -6184078389616;
    5457873390096;
    -4816947662297;
    4251286741721;
    -3752052176484;
    3311443426505;
    -2922575980065;
    2579373783314;
    -2276474301926;
    2009144731507;
    -1773208047517;
    1564977739270;
    -1381200208198;
    1219003930380;
    -1075854588974;
    949515475521;
    -838012541373;
    739603553184;
    -652750870513;
    576097420194;
    -508445492065;
    448738024750;
    -396042089072;
    349534311036;
    -308488006609;
    272261827286;
    -240289739014;
    212072177914;
    -187168244594;
    165188815096;
    -145790460834;
    128670082522;
    -113560174250;
    100224643700;
    -88455123208;
    78067714016;
    -68900112856;
    60809075959;
    -242762620225];
  bound_numerator := 487158713;
  bound_denominator := 10000000000;
  witness_a := -4167812362862018650455;
  witness_b := 4722366482869645213696;
  witness_k := -62147230777600;
  degree := 63%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified * (x + shift certified))%R.
Proof. apply absolute_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (243579353557, 5000000000000).

Definition worst : Z * Z := (29185734083, 34359738368).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower * (x + shift certified) <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply absolute_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (63, 128).

Definition later : Z * Z := (1, 2).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
