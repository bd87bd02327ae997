(** |(x + 0.00390625)·r(x) − 1| ≤ 0.000674422538 for every real x in [0, 1]

    Degree 63; table sha256 f09743eabfb6164bc12388db2a6a168f2cf169e58d9c5677a6e7672d8b2ebedd.
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
  unit := 281474976710656;
  coefficients := [
    4494828198324580;
    -7933988180405358;
    7002288529480389;
    -6179999636828552;
    5454273238502160;
    -4813769859527365;
    4248481634607685;
    -3749575935228750;
    3309257359837764;
    -2920645930694243;
    2577669594217820;
    -2274969345151050;
    2007815492102265;
    -1772033756117578;
    1563940047572229;
    -1380282902270195;
    1218192677316133;
    -1075136712945136;
    948879759713906;
    -837449052728207;
    739103487191385;
    -652306413641929;
    575701627805628;
    -508092179903790;
    448421672312949;
    -395757753351998;
    349277549287171;
    -308254806929957;
    272048545931023;
    -240093043462262;
    211888994797598;
    -186995711676647;
    165024236550643;
    -145631265120743;
    128513782208355;
    -113404327142972;
    100066814689198;
    -88292846214943;
    77898453462797;
    -68721224046006;
    60617763754935;
    -53461456022534;
    47140483540486;
    -41556081113757;
    36620992454431;
    -32258106802206;
    28399254068765;
    -24984139680148;
    21959402474034;
    -19277780931576;
    16897374716175;
    -14780989980714;
    12895558213701;
    -11211619543777;
    9702862429225;
    -8345712540130;
    7118964409474;
    -6003450097716;
    4981739693734;
    -4037868972468;
    3157089953896;
    -2325640465854;
    1530529110091;
    -759332271673];
  bound_numerator := 337211269;
  bound_denominator := 500000000000;
  witness_a := 0;
  witness_b := 1;
  witness_k := -194389061548288;
  degree := 63%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply relative_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (674422537087, 1000000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply relative_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (511, 512).

Definition later : Z * Z := (1023, 1024).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
