(** |(x + 0.000244140625)·r(x) − 1| ≤ 0.000000225216911217 for every real x in [0, 1]

    Degree 511; table sha256 2055b277a1d8704efd73c3479b375edaa90aec520571bebd6094a99f72b526f5.
    Written from the certificate of the same name: change that, not this. *)

Require Import Reals ZArith List.
Require Import PolyAttn.CompositeRange.
Import ListNotations.
Open Scope Z_scope.

Definition certified : table := {|
  scale := 4096;
  lo := 0;
  hi := 4096;
  epsilon := 1;
  start := (7996095656417764763299170327, 4000000000000000000000000000);
  steps := [
    (99902510364073938881113090357, 50000000000000000000000000000);
    (199223866897644970187075182351, 100000000000000000000000000000);
    (196954604439194103614841289051, 100000000000000000000000000000);
    (471706805160189700694750101, 250000000000000000000000000);
    (164807435432149854967547825311, 100000000000000000000000000000);
    (63291154010948297441468700881, 50000000000000000000000000000);
    (518312474714128525508607706631, 500000000000000000000000000000);
    (50033557179596461497137751674897, 50000000000000000000000000000000);
    (100000022521691121648003587133525697, 100000000000000000000000000000000000)];
  bound_numerator := 225216911217;
  bound_denominator := 1000000000000000000;
  one := 3196670515523576044934755563308202297086564498088930458479776726656380660551439995003193449537015778467662777468320381844938727095591204153641140224
|}.

Lemma checked : check certified = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem error_bound : forall x, (low certified <= x <= high certified)%R ->
  (Rabs ((x + shift certified) * approximation certified x - 1) <= bound certified)%R.
Proof. apply composite_sound. exact checked. Qed.

Definition lower : Z * Z := (14076056951, 62500000000000000).

Definition worst : Z * Z := (1, 1).

Theorem error_attained : exists x, (low certified <= x <= high certified)%R /\
  (pair_ratio lower <= Rabs ((x + shift certified) * approximation certified x - 1))%R.
Proof. apply composite_lower_sound with worst. vm_cast_no_check (eq_refl true). Qed.

Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply composite_sign_sound; [exact checked|vm_cast_no_check (eq_refl true)]. Qed.
