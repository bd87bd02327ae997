(** |r(x) − 1/(x + 0.000244140625)| ≤ 38.6979482 for every real x in [0, 1]

    Degree 127; table sha256 a92adccbfbf74bcc4226fc8fd177706cda8a1108b09c5fa1ead128d7a1191be3.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Witness PolyAttn.Points.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 4096;
  lo := 0;
  hi := 4096;
  epsilon := 1;
  unit := 8589934592;
  coefficients := [
    549688717310;
    -1065554501639;
    1032772149227;
    -1000998363367;
    970202114971;
    -940353329578;
    911422857984;
    -883382447774;
    856204715736;
    -829863121116;
    804331939700;
    -779586238693;
    755601852373;
    -732355358487;
    709824055381;
    -687985939829;
    666819685546;
    -646304622362;
    626420716036;
    -607148548691;
    588469299850;
    -570364728060;
    552817153074;
    -535809438590;
    519324975510;
    -503347665727;
    487861906399;
    -472852574713;
    458305013120;
    -444205015017;
    430538810873;
    -417293054787;
    404454811450;
    -392011543515;
    379951099352;
    -368261701185;
    356931933586;
    -345950732328;
    335307373582;
    -324991463443;
    314992927780;
    -305302002398;
    295909223503;
    -286805418458;
    277981696831;
    -269429441704;
    261140301266;
    -253106180654;
    245319234046;
    -237771857003;
    230456679039;
    -223366556426;
    216494565215;
    -209833994478;
    203378339751;
    -197121296685;
    191056754884;
    -185178791946;
    179481667672;
    -173959818464;
    168607851891;
    -163420541423;
    158392821328;
    -153519781723;
    148796663779;
    -144218855077;
    139781885101;
    -135481420872;
    131313262718;
    -127273340173;
    123357707998;
    -119562542336;
    115884136968;
    -112318899703;
    108863348864;
    -105514109889;
    102267912036;
    -99121585192;
    96072056770;
    -93116348717;
    90251574597;
    -87474936782;
    84783723709;
    -82175307241;
    79647140096;
    -77196753362;
    74821754083;
    -72519822922;
    70288711901;
    -68126242201;
    66030302034;
    -63998844583;
    62029886005;
    -60121503486;
    58271833374;
    -56479069349;
    54741460665;
    -53057310439;
    51424973992;
    -49842857247;
    48309415166;
    -46823150250;
    45382611065;
    -43986390837;
    42633126069;
    -41321495213;
    40050217379;
    -38818051086;
    37623793046;
    -36466276992;
    35344372536;
    -34256984069;
    33203049687;
    -32181540159;
    31191457917;
    -30231836082;
    29301737525;
    -28400253946;
    27526504990;
    -26679637386;
    25858824116;
    -25063263604;
    24292178935;
    -23544817097;
    22820448245;
    -22118364986;
    21437881694;
    -342964243902];
  bound_numerator := 193489741;
  bound_denominator := 5000000;
  witness_a := -73233285759809541070614;
  witness_b := 75557863725914323419136;
  witness_k := -1404781543022592;
  degree := 127%nat
|}.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified * (x + shift certified))%R.
Proof. apply absolute_sound. vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (96744847853, 2500000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (point lower * (x + shift certified) <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply absolute_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Definition negative : Z * Z := (1, 1).

Theorem not_positive : exists x, (low certified <= x <= high certified)%R /\ (approximation certified x <= 0)%R.
Proof. apply not_positive_sound with negative. vm_cast_no_check (eq_refl true). Qed.

Definition earlier : Z * Z := (3, 8).

Definition later : Z * Z := (1, 2).

Theorem not_decreasing : exists x z, (low certified <= x)%R /\ (x < z)%R /\ (z <= high certified)%R /\
  (approximation certified x <= approximation certified z)%R.
Proof. apply not_decreasing_sound with earlier later. vm_cast_no_check (eq_refl true). Qed.
