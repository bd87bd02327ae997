(** |r(x)/f(x) − 1| ≤ 0.0000972845034 for every real x in [0, 1], where f(x) = 1/√(x + 0.00390625)

    Degree 63; table sha256 75e24eb3502d7bdcc9a3c705bbd8ce2f8bd964b7d8e6056d866eae91712c89df.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.Algebraic PolyAttn.AlgebraicShape PolyAttn.AlgebraicPoints.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 256;
  base := (0, 256);
  intervals := [(0, 256)];
  epsilon := 1;
  chebyshev := true;
  unit := 4503599627370496;
  coefficients := [
    11915026729956592;
    -12443586072615350;
    8777717631645282;
    -6687918037304585;
    5284774372035608;
    -4266840054037272;
    3494593226254385;
    -2891556389464719;
    2411092994717576;
    -2022611954935782;
    1704963635544613;
    -1442939019468883;
    1225264817041801;
    -1043383522775935;
    890673974297219;
    -761933010333530;
    653019079117142;
    -560600220289115;
    481971549158422;
    -414920346161631;
    357624562164998;
    -308575287816398;
    266516735648671;
    -230399235218109;
    199342041472276;
    -172603641108513;
    149557855365174;
    -129674470967904;
    112503441785840;
    -97661930014124;
    84823622609260;
    -73709883344862;
    64082394981366;
    -55737017861967;
    48498646567525;
    -42216889249638;
    36762427933675;
    -32023944657271;
    27905519425560;
    -24324422850026;
    21209239920116;
    -18498272341205;
    16138175800776;
    -14082795815361;
    12292171789925;
    -10731683844570;
    9371321032034;
    -8185052943560;
    7150289507641;
    -6247416128224;
    5459393268576;
    -4771411230766;
    4170592262810;
    -3645733290215;
    3187083552056;
    -2786152253699;
    2435542053281;
    -2128804797498;
    1860316430828;
    -1625168435167;
    1419073525541;
    -1238283641922;
    1079518545233;
    -939903554389];
  bound_numerator := 486422517;
  bound_denominator := 5000000000000
|}.

Theorem error_bound : forall x, inside certified x ->
  (Rabs (sqrt (x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply (inverse_sqrt_sound 60). vm_cast_no_check (eq_refl true). Qed.

Definition lower : Z * Z := (486418805511, 5000000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, inside certified x /\
  (point lower <= Rabs (sqrt (x + shift certified) * approximation certified x - 1))%R.
Proof. apply inverse_sqrt_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, inside certified x -> (0 < approximation certified x)%R.
Proof. apply (positive_sound 60). vm_cast_no_check (eq_refl true). Qed.

Theorem decreasing : forall i x z, In i (intervals certified) -> between certified i x ->
  between certified i z -> (x < z)%R -> (approximation certified z < approximation certified x)%R.
Proof. apply (decreasing_sound 60). vm_cast_no_check (eq_refl true). Qed.
