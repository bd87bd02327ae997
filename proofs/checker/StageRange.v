(** A checker for composites of stages: the range of w after each stage, proved from the range before it.

    The sign is s ← f(s) from s = x with every f odd; the inverse square root is y ← y·q(w), w ← w·q(w)² from y = 1 and
    w = x + ε. With w = s² and f(s) = s·q(s²) both are w ← w·q(w)². Where every q is ≥ 0 on its range, s is x times a
    product of them and √(x + ε)·y is √w, so l ≤ w ≤ u at the end bounds the error. The ranges need no trust. *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Chebyshev PolyAttn.Bernstein.
Require PolyAttn.Witness PolyAttn.Algebraic PolyAttn.AlgebraicShape.
Import ListNotations.
Open Scope R_scope.

(** * Stages *)

(** One polynomial: Σ c_k·T_k(y), y running from −1 to 1 over [basis_lo, basis_hi]/basis_scale, or Σ c_k·x^k; all c_k over `unit`. *)
Record stage := {
  basis_scale : Z;
  basis_lo : Z;
  basis_hi : Z;
  chebyshev : bool;
  unit : Z;
  coefficients : list Z
}.

Definition frac (n d : Z) : R := IZR n / IZR d.
Definition point (x : Z * Z) : R := frac (fst x) (snd x).
Definition place (s : stage) (x : R) : R :=
  (2 * x - frac (basis_lo s) (basis_scale s) - frac (basis_hi s) (basis_scale s)) / (frac (basis_hi s) (basis_scale s) - frac (basis_lo s) (basis_scale s)).
Definition stage_value (s : stage) (x : R) : R :=
  (if chebyshev s then Witness.series 0 (place s x) (coefficients s) else eval (coefficients s) x) / IZR (unit s).

(** Powers of the stage's variable: eval powers = factor·value. *)
Definition powers (s : stage) : list Z * Z :=
  if chebyshev s then
    let p := Algebraic.expand [1]%Z [0; 1]%Z [] (coefficients s) in
    let '(c, w, d) := Algebraic.lowest (- basis_lo s - basis_hi s, 2 * basis_scale s, basis_hi s - basis_lo s)%Z in
    (compose c w d p, compose_factor d p * unit s)%Z
  else (coefficients s, unit s).
Definition stage_formed (s : stage) : bool := ((0 <? basis_scale s) && (0 <? unit s) && (basis_lo s <? basis_hi s))%Z.

Lemma powers_value : forall s x, stage_formed s = true ->
  0 < IZR (snd (powers s)) /\ eval (fst (powers s)) x = IZR (snd (powers s)) * stage_value s x.
Proof.
  intros s x H. unfold stage_formed in H. rewrite !andb_true_iff, !Z.ltb_lt in H. destruct H as [[Hs Hu] Hl].
  assert (Hd : (0 < basis_hi s - basis_lo s)%Z) by lia. apply IZR_lt in Hs, Hu, Hl.
  unfold powers, stage_value. destruct (chebyshev s).
  - pose proof (Algebraic.lowest_value (- basis_lo s - basis_hi s) (2 * basis_scale s) (basis_hi s - basis_lo s) x Hd) as L.
    destruct (Algebraic.lowest _) as [[c w] d]. destruct L as [Hp L]. cbn [fst snd].
    pose proof (compose_factor_positive d (Algebraic.expand [1]%Z [0; 1]%Z [] (coefficients s)) Hp) as F.
    rewrite mult_IZR. split; [apply Rmult_lt_0_compat; assumption|].
    rewrite eval_compose, L by assumption.
    rewrite (Algebraic.eval_expand _ _ 0); [|rewrite T_0; cbn [eval]; ring|rewrite T_1; cbn [eval]; ring].
    replace ((IZR (- basis_lo s - basis_hi s) + IZR (2 * basis_scale s) * x) / IZR (basis_hi s - basis_lo s)) with (place s x).
    2: { unfold place, frac. rewrite !minus_IZR, opp_IZR, mult_IZR. field. split; lra. }
    cbn [eval]. field. lra.
  - cbn [fst snd]. split; [assumption|]. field. lra.
Qed.

(** The q of an odd polynomial s·q(s²): every other coefficient, where the others are 0. *)
Fixpoint odd_part (p : list Z) : option (list Z) :=
  match p with
  | [] => Some []
  | [c] => if (c =? 0)%Z then Some [] else None
  | c :: d :: p => if (c =? 0)%Z then option_map (cons d) (odd_part p) else None
  end.

Lemma odd_part_value : forall n p q, (length p <= n)%nat -> odd_part p = Some q -> forall s, eval p s = s * eval q (s * s).
Proof.
  induction n as [|n IH]; intros p q Hn H s.
  - destruct p; [|simpl in Hn; lia]. injection H as <-. simpl; ring.
  - destruct p as [|c [|d p]]; cbn [odd_part] in H.
    + injection H as <-. simpl; ring.
    + destruct (c =? 0)%Z eqn:E; [|discriminate]. apply Z.eqb_eq in E. subst c. injection H as <-. simpl; ring.
    + destruct (c =? 0)%Z eqn:E; [|discriminate]. apply Z.eqb_eq in E. subst c.
      destruct (odd_part p) as [q'|] eqn:P; [|discriminate]. injection H as <-.
      cbn [eval]. rewrite (IH p q' ltac:(simpl in Hn; lia) P). ring.
Qed.

(** * Ranges of w *)

(** [a, b]/m. *)
Definition range := (Z * Z * Z)%type.
Definition in_range (r : range) (w : R) : Prop := let '(a, b, m) := r in frac a m <= w <= frac b m.
Definition range_formed (r : range) : bool := let '(a, b, m) := r in ((0 <=? a) && (a <=? b) && (0 <? m))%Z.

(** Coefficients are cut to this many bits below the largest. *)
Definition kept_bits : Z := 192.
Definition spare (v : list Z) : Z := Z.max 0 (Z.log2 (fold_right Z.max 1%Z (map Z.abs v)) - kept_bits).
(** For u ≥ 0 the polynomial lies between these two, times 2^s. *)
Definition cut_down (s : Z) (v : list Z) : list Z := map (fun c => Z.shiftr c s) v.
Definition cut_up (s : Z) (v : list Z) : list Z := if (s =? 0)%Z then v else map (fun c => Z.shiftr c s + 1)%Z v.

(** w·q(w)² for eval q = f·(value): one stage on a range, and its bounds. *)
Definition check_step (depth : nat) (q : list Z) (f : Z) (from to : range) : bool :=
  let '(a, b, m) := from in
  let '(a', b', m') := to in
  let v := compose a (b - a) m q in
  let g := (compose_factor m q * f)%Z in
  let s := spare v in
  let '(l, h) := (cut_down s v, cut_up s v) in
  let image p := scale_by m' (mul [a; b - a]%Z (mul p p)) in
  let one := Z.shiftr (m * (g * g)) (2 * s) in
  if nonneg depth l then
    if nonneg depth (add (image l) [- (a' * (one + 1))]%Z) then nonneg depth (add [b' * one]%Z (opp (image h))) else false
  else false.

Lemma spare_nonneg : forall v, (0 <= spare v)%Z.
Proof. intro v. unfold spare. lia. Qed.

Lemma shift_between : forall c s, (0 <= s)%Z ->
  IZR (2 ^ s) * IZR (Z.shiftr c s) <= IZR c <= IZR (2 ^ s) * (IZR (Z.shiftr c s) + 1).
Proof.
  intros c s Hs. assert (P : (0 < 2 ^ s)%Z) by (apply Z.pow_pos_nonneg; lia). rewrite Z.shiftr_div_pow2 by assumption.
  rewrite <- plus_IZR, <- !mult_IZR. pose proof (Z.mul_div_le c (2 ^ s) P). pose proof (Z.mul_succ_div_gt c (2 ^ s) P).
  split; apply IZR_le; lia.
Qed.

Lemma cut_between : forall s v u, (0 <= s)%Z -> 0 <= u ->
  IZR (2 ^ s) * eval (cut_down s v) u <= eval v u <= IZR (2 ^ s) * eval (cut_up s v) u.
Proof.
  intros s v u Hs Hu. unfold cut_down, cut_up. destruct (Z.eqb_spec s 0) as [->|_].
  { rewrite (map_ext _ (fun c => c)), map_id by (intro; apply Z.shiftr_0_r). rewrite Z.pow_0_r. lra. }
  induction v as [|c v IH]; cbn [map eval]; [lra|].
  pose proof (shift_between c s Hs) as C. rewrite plus_IZR. nra.
Qed.

Lemma range_place : forall a b m w, 0 < IZR m -> IZR a <= IZR b -> in_range (a, b, m) w ->
  exists u, 0 <= u <= 1 /\ w = (IZR a + IZR (b - a) * u) / IZR m.
Proof.
  intros a b m w Hm Hab H. unfold in_range, frac in H. destruct H as [Hl Hh].
  assert (Hl' : IZR a <= w * IZR m).
  { apply (Rmult_le_compat_r (IZR m)) in Hl; [|lra]. unfold Rdiv in Hl. rewrite Rmult_assoc, Rinv_l in Hl by lra. lra. }
  assert (Hh' : w * IZR m <= IZR b).
  { apply (Rmult_le_compat_r (IZR m)) in Hh; [|lra]. unfold Rdiv in Hh. rewrite Rmult_assoc, Rinv_l in Hh by lra. lra. }
  rewrite minus_IZR. destruct (Req_dec (IZR a) (IZR b)) as [He|Hne].
  - exists 0. split; [lra|]. apply Rmult_eq_reg_r with (IZR m); [|lra]. field_simplify; lra.
  - exists ((w * IZR m - IZR a) / (IZR b - IZR a)). split; [|field; lra].
    split; apply Rmult_le_reg_r with (IZR b - IZR a); try lra; unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra.
Qed.

Lemma range_formed_spec : forall a b m, range_formed (a, b, m) = true ->
  0 <= IZR a /\ IZR a <= IZR b /\ (0 < m)%Z /\ 0 < IZR m.
Proof.
  unfold range_formed; intros a b m H. rewrite !andb_true_iff, Z.ltb_lt, !Z.leb_le in H. destruct H as [[H1 H2] H3].
  repeat split; try assumption; [apply IZR_le|apply IZR_le|apply IZR_lt]; assumption.
Qed.

Lemma step_sound : forall depth q f from to value w, range_formed from = true -> range_formed to = true ->
  0 < IZR f -> eval q w = IZR f * value -> check_step depth q f from to = true -> in_range from w ->
  0 <= value /\ in_range to (w * (value * value)).
Proof.
  intros depth q f [[a b] m] [[a' b'] m'] value w Hf1 Hf2 Hf E H Hw.
  apply range_formed_spec in Hf1, Hf2. destruct Hf1 as (Ha & Hab & Hm & Hm0). destruct Hf2 as (Ha' & Hb' & _ & Hm').
  destruct (range_place a b m w Hm0 Hab Hw) as (u & Hu & W). unfold check_step in H.
  set (v := compose a (b - a) m q) in *. set (g := (compose_factor m q * f)%Z) in *. set (s := spare v) in *.
  pose proof (spare_nonneg v : (0 <= s)%Z) as Hs. pose proof (cut_between s v u Hs (proj1 Hu)) as [C1 C2].
  set (l := cut_down s v) in *. set (h := cut_up s v) in *.
  destruct (nonneg depth l) eqn:H0; [|discriminate].
  destruct (nonneg depth (add (scale_by _ _) _)) eqn:H1; [|discriminate].
  pose proof (nonneg_sound _ _ H0 u Hu) as P. pose proof (nonneg_sound _ _ H1 u Hu) as L. pose proof (nonneg_sound _ _ H u Hu) as U.
  assert (V : eval v u = IZR g * value).
  { unfold v, g. rewrite eval_compose, <- W, E, mult_IZR by assumption. ring. }
  assert (Hg : 0 < IZR g).
  { unfold g. rewrite mult_IZR. apply Rmult_lt_0_compat; [apply compose_factor_positive|]; assumption. }
  assert (M : forall p, eval (mul [a; b - a]%Z (mul p p)) u = IZR m * w * (eval p u * eval p u)).
  { intro p. rewrite !eval_mul. cbn [eval]. rewrite W. field. lra. }
  rewrite eval_add, eval_scale, M in L. rewrite eval_add, eval_opp, eval_scale, M in U. cbn [eval] in L, U.
  rewrite opp_IZR, mult_IZR, plus_IZR in L. rewrite mult_IZR in U. rewrite V in C1, C2.
  assert (T : 0 < IZR (2 ^ s)) by (apply IZR_lt, Z.pow_pos_nonneg; lia).
  pose proof (shift_between (m * (g * g)) (2 * s) ltac:(lia)) as [S1 S2].
  assert (E2 : IZR (2 ^ (2 * s)) = IZR (2 ^ s) * IZR (2 ^ s)).
  { replace (2 * s)%Z with (s + s)%Z by lia. rewrite Z.pow_add_r, mult_IZR by assumption. reflexivity. }
  rewrite E2, !mult_IZR in S1. rewrite E2, !mult_IZR in S2.
  set (one := IZR (Z.shiftr _ _)) in *. set (k := IZR (2 ^ s)) in *. set (el := eval l u) in *. set (eh := eval h u) in *.
  set (G := IZR g) in *. set (Mm := IZR m) in *.
  assert (Hv : 0 <= value).
  { apply Rmult_le_reg_l with G; [assumption|]. assert (0 <= k * el) by (apply Rmult_le_pos; lra). lra. }
  assert (Hw0 : 0 <= w).
  { rewrite W. unfold Rdiv. apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat; assumption]. rewrite minus_IZR. nra. }
  assert (Hb0 : 0 <= IZR b') by lra.
  assert (Hmw : 0 <= Mm * w) by (apply Rmult_le_pos; lra).
  assert (Q1 : k * el * (k * el) <= G * value * (G * value)).
  { assert (0 <= k * el) by (apply Rmult_le_pos; lra). apply Rmult_le_compat; assumption. }
  assert (Q2 : G * value * (G * value) <= k * eh * (k * eh)).
  { assert (0 <= G * value) by (apply Rmult_le_pos; lra). apply Rmult_le_compat; assumption. }
  split; [assumption|]. unfold in_range, frac. assert (K : 0 < Mm * (G * G)) by (repeat apply Rmult_lt_0_compat; assumption).
  split; apply Rmult_le_reg_l with (Mm * (G * G) * IZR m'); try (apply Rmult_lt_0_compat; assumption).
  - replace (Mm * (G * G) * IZR m' * (IZR a' / IZR m')) with (IZR a' * (Mm * (G * G))) by (field; lra).
    replace (Mm * (G * G) * IZR m' * (w * (value * value))) with (IZR m' * (Mm * w) * (G * value * (G * value))) by ring.
    apply Rle_trans with (IZR a' * (k * k * (one + 1))); [apply Rmult_le_compat_l; assumption|].
    apply Rle_trans with (IZR m' * (Mm * w) * (k * el * (k * el))).
    + replace (IZR a' * (k * k * (one + 1))) with (k * k * (IZR a' * (one + 1))) by ring.
      replace (IZR m' * (Mm * w) * (k * el * (k * el))) with (k * k * (IZR m' * (Mm * w * (el * el)))) by ring.
      apply Rmult_le_compat_l; [nra|]. lra.
    + apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|assumption].
  - replace (Mm * (G * G) * IZR m' * (IZR b' / IZR m')) with (IZR b' * (Mm * (G * G))) by (field; lra).
    replace (Mm * (G * G) * IZR m' * (w * (value * value))) with (IZR m' * (Mm * w) * (G * value * (G * value))) by ring.
    apply Rle_trans with (IZR b' * (k * k * one)); [|apply Rmult_le_compat_l; assumption].
    apply Rle_trans with (IZR m' * (Mm * w) * (k * eh * (k * eh))).
    + apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|assumption].
    + replace (IZR b' * (k * k * one)) with (k * k * (IZR b' * one)) by ring.
      replace (IZR m' * (Mm * w) * (k * eh * (k * eh))) with (k * k * (IZR m' * (Mm * w * (eh * eh)))) by ring.
      apply Rmult_le_compat_l; [nra|]. lra.
Qed.

(** * The rule *)

Inductive rule := compose_odd | refine.

(** q of a stage, as powers of w over an integer. *)
Definition stage_q (r : rule) (s : stage) : option (list Z * Z) :=
  let '(p, f) := powers s in
  match r with refine => Some (p, f) | compose_odd => option_map (fun q => (q, f)) (odd_part p) end.

(** (value, w): from (x, x²) or (1, x + ε). *)
Definition apply_stage (r : rule) (s : stage) (v : R * R) : R * R :=
  let '(y, w) := v in
  match r with
  | compose_odd => (stage_value s y, stage_value s y * stage_value s y)
  | refine => (y * stage_value s w, w * (stage_value s w * stage_value s w))
  end.
Definition run (r : rule) (l : list stage) (v : R * R) : R * R := fold_left (fun v s => apply_stage r s v) l v.

Fixpoint check_run (depth : nat) (r : rule) (l : list stage) (from : range) (ranges : list range) : bool :=
  match l, ranges with
  | [], [] => range_formed from
  | s :: l, to :: ranges =>
      if range_formed from && range_formed to && stage_formed s then
        match stage_q r s with
        | Some (q, f) => if check_step depth q f from to then check_run depth r l to ranges else false
        | None => false
        end
      else false
  | _, _ => false
  end.

(** y is y_0 times a factor ≥ 0, and w is w_0 times its square; s·s = w where s is composed. *)
Theorem run_sound : forall depth r l ranges from y w, (r = compose_odd -> w = y * y) ->
  check_run depth r l from ranges = true -> in_range from w ->
  in_range (last ranges from) (snd (run r l (y, w))) /\
  exists k, 0 <= k /\ fst (run r l (y, w)) = y * k /\ snd (run r l (y, w)) = w * (k * k).
Proof.
  intros depth r l; induction l as [|s l IH]; intros [|to ranges] from y w Hr H Hw; try discriminate.
  - cbn. split; [assumption|]. exists 1. repeat split; [lra|ring|ring].
  - cbn [check_run] in H. destruct (_ && _) eqn:C in H; [|discriminate]. rewrite !andb_true_iff in C.
    destruct C as [[Hfrom Hto] Hs]. destruct (stage_q r s) as [[q f]|] eqn:Q; [|discriminate].
    destruct (check_step depth q f from to) eqn:S; [|discriminate].
    (* One stage multiplies y by some k ≥ 0 and w by k². *)
    assert (One : exists k, 0 <= k /\ apply_stage r s (y, w) = (y * k, w * (k * k)) /\ in_range to (w * (k * k))).
    { unfold stage_q in Q. destruct r; cbn [apply_stage].
      - pose proof (powers_value s y Hs) as P. destruct (powers s) as [p f']. cbn [fst snd] in P. destruct P as [Hf P].
        destruct (odd_part p) as [q'|] eqn:O; [|discriminate]. injection Q as <- <-.
        pose proof (odd_part_value _ p q' (le_n _) O y) as V. rewrite P, <- (Hr eq_refl) in V.
        set (k := eval q' w / IZR f').
        assert (E : eval q' w = IZR f' * k) by (unfold k; field; lra).
        destruct (step_sound _ _ _ _ _ k w Hfrom Hto Hf E S Hw) as [Hk R]. exists k.
        assert (Ey : stage_value s y = y * k).
        { rewrite E in V. apply Rmult_eq_reg_l with (IZR f'); [|lra]. rewrite V. ring. }
        split; [assumption|]. split; [|assumption]. rewrite Ey, (Hr eq_refl). f_equal. ring.
      - pose proof (powers_value s w Hs) as P. destruct (powers s) as [p f']. cbn [fst snd] in P. destruct P as [Hf P].
        injection Q as <- <-. destruct (step_sound _ _ _ _ _ _ w Hfrom Hto Hf P S Hw) as [Hk R].
        exists (stage_value s w). repeat split; assumption. }
    destruct One as (k & Hk & E & R). unfold run. cbn [fold_left]. rewrite E. fold (run r l (y * k, w * (k * k))).
    destruct (IH ranges to (y * k) (w * (k * k))) as [IH1 (k' & Hk' & E1 & E2)]; [|assumption|assumption|].
    + intro Er. rewrite (Hr Er). ring.
    + split.
      * destruct ranges as [|t ranges]; [exact IH1|].
        replace (last (to :: t :: ranges) from) with (last (t :: ranges) to); [exact IH1|].
        clear. change (last (to :: t :: ranges) from) with (last (t :: ranges) from).
        revert t. induction ranges as [|t' ranges IH]; intro t; [reflexivity|]. apply (IH t').
      * exists (k * k'). split; [apply Rmult_le_pos; assumption|]. rewrite E1, E2. split; ring.
Qed.
