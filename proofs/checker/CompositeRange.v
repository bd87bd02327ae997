(** A checker for composite tables: the range of the residual by its recurrence, on integers over 2^-bits with outward
    rounding, and the theorem that it bounds D·y − 1. *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Reciprocal PolyAttn.Composite.
Import ListNotations.
Open Scope R_scope.

Definition ratio (n d : Z) : R := IZR n / IZR d.

(** ⌊n/d⌋ and ⌈n/d⌉ for d > 0. *)
Definition floor (n d : Z) : Z := (n / d)%Z.
Definition ceiling (n d : Z) : Z := (- (- n / d))%Z.

Lemma floor_below : forall n d, (0 < d)%Z -> IZR (floor n d) <= ratio n d.
Proof.
  intros n d Hd. unfold floor, ratio. assert (0 < IZR d) by (apply IZR_lt; assumption).
  apply Rmult_le_reg_r with (IZR d); [assumption|]. unfold Rdiv; rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  rewrite <- mult_IZR. apply IZR_le. rewrite Z.mul_comm. apply Z.mul_div_le; assumption.
Qed.

Lemma ceiling_above : forall n d, (0 < d)%Z -> ratio n d <= IZR (ceiling n d).
Proof.
  intros n d Hd. pose proof (floor_below (- n) d Hd) as H. unfold ceiling. rewrite opp_IZR.
  unfold floor, ratio in *. rewrite opp_IZR in H. unfold Rdiv in *. lra.
Qed.

Lemma ratio_plus : forall a b d, ratio (a + b) d = ratio a d + ratio b d.
Proof. intros; unfold ratio, Rdiv; rewrite plus_IZR; ring. Qed.

(** * One doubling *)

(** R ∈ [l, h]/one becomes α·R² − (α − 1) with α = n/d. *)
Definition square_low (l h : Z) : Z := if (l <=? 0)%Z then if (0 <=? h)%Z then 0%Z else (h * h)%Z else (l * l)%Z.
Definition square_high (l h : Z) : Z := Z.max (l * l) (h * h).
Definition step (one : Z) (alpha : Z * Z) (range : Z * Z) : Z * Z :=
  let '(n, d) := alpha in
  let '(l, h) := range in
  let image q := (n * q - (n - d) * (one * one))%Z in
  (floor (image (square_low l h)) (d * one), ceiling (image (square_high l h)) (d * one)).

Definition inside (one : Z) (range : Z * Z) (r : R) : Prop := IZR (fst range) <= IZR one * r <= IZR (snd range).

Lemma square_inside : forall l h v, IZR l <= v <= IZR h -> IZR (square_low l h) <= v * v <= IZR (square_high l h).
Proof.
  intros l h v H. unfold square_low, square_high. split.
  - destruct (Z.leb_spec l 0) as [Hl|Hl].
    + destruct (Z.leb_spec 0 h) as [Hh|Hh]; [simpl; nra|]. apply IZR_lt in Hh. rewrite mult_IZR. nra.
    + apply IZR_lt in Hl. rewrite mult_IZR. nra.
  - assert (E : v * v <= Rmax (IZR (l * l)) (IZR (h * h))).
    { rewrite !mult_IZR. pose proof (Rmax_l (IZR l * IZR l) (IZR h * IZR h)).
      pose proof (Rmax_r (IZR l * IZR l) (IZR h * IZR h)). destruct (Rle_lt_dec 0 v); nra. }
    eapply Rle_trans; [exact E|]. apply Rmax_lub; apply IZR_le; [apply Z.le_max_l|apply Z.le_max_r].
Qed.

Lemma step_sound : forall one n d range r, (0 < one)%Z -> (0 <= n)%Z -> (0 < d)%Z -> inside one range r ->
  inside one (step one (n, d) range) (ratio n d * (r * r) - (ratio n d - 1)).
Proof.
  intros one n d [l h] r Ho Hn Hd H. unfold inside in *. cbn [fst snd step] in *.
  apply square_inside in H. destruct H as [Hl Hh].
  assert (Ho' : 0 < IZR one) by (apply IZR_lt; assumption). assert (Hd' : 0 < IZR d) by (apply IZR_lt; assumption).
  assert (Hn' : 0 <= IZR n) by (apply IZR_le; assumption). assert (Hdo : (0 < d * one)%Z) by (apply Z.mul_pos_pos; assumption).
  assert (P : 0 < IZR d * IZR one) by (apply Rmult_lt_0_compat; assumption).
  set (target := IZR one * (ratio n d * (r * r) - (ratio n d - 1))).
  assert (E : IZR d * IZR one * target = IZR n * (IZR one * r * (IZR one * r)) - (IZR n - IZR d) * (IZR one * IZR one)).
  { unfold target, ratio. field. lra. }
  split.
  - eapply Rle_trans; [apply floor_below; assumption|]. unfold ratio at 1.
    apply Rmult_le_reg_l with (IZR d * IZR one); [assumption|]. rewrite E. rewrite mult_IZR.
    replace (IZR d * IZR one * (IZR (n * square_low l h - (n - d) * (one * one)) / (IZR d * IZR one)))
      with (IZR (n * square_low l h - (n - d) * (one * one))) by (field; lra).
    rewrite minus_IZR, !mult_IZR, minus_IZR. nra.
  - eapply Rle_trans; [|apply ceiling_above; assumption]. unfold ratio at 1.
    apply Rmult_le_reg_l with (IZR d * IZR one); [assumption|]. rewrite E. rewrite mult_IZR.
    replace (IZR d * IZR one * (IZR (n * square_high l h - (n - d) * (one * one)) / (IZR d * IZR one)))
      with (IZR (n * square_high l h - (n - d) * (one * one))) by (field; lra).
    rewrite minus_IZR, !mult_IZR, minus_IZR. nra.
Qed.

(** * The table *)

Record table := {
  scale : Z;             (** the denominator of lo, hi and ε *)
  lo : Z;
  hi : Z;
  epsilon : Z;
  start : Z * Z;         (** c *)
  steps : list (Z * Z);  (** the α's *)
  bound_numerator : Z;
  bound_denominator : Z;
  one : Z                (** ranges are integers over this *)
}.

Definition low (t : table) : R := ratio (lo t) (scale t).
Definition high (t : table) : R := ratio (hi t) (scale t).
Definition shift (t : table) : R := ratio (epsilon t) (scale t).
Definition bound (t : table) : R := ratio (bound_numerator t) (bound_denominator t).
Definition pair_ratio (v : Z * Z) : R := ratio (fst v) (snd v).

(** r(x): the composite at D = x + ε. *)
Definition approximation (t : table) (x : R) : R :=
  composite_value (pair_ratio (start t)) (map pair_ratio (steps t)) (x + shift t).

(** 1 − c·D at the two ends of D, outward. *)
Definition first_range (t : table) : Z * Z :=
  let '(c, d) := start t in
  let at_end x := (one t * (d * scale t - c * (x + epsilon t)))%Z in
  (floor (at_end (hi t)) (d * scale t), ceiling (at_end (lo t)) (d * scale t)).

Definition last_range (t : table) : Z * Z := fold_left (fun range alpha => step (one t) alpha range) (steps t) (first_range t).

Definition check (t : table) : bool :=
  let '(c, d) := start t in
  let '(l, h) := last_range t in
  ((0 <? scale t)%Z && (0 <? one t)%Z && (0 <? bound_denominator t)%Z && (0 <=? c)%Z && (0 <? d)%Z &&
   forallb (fun alpha => (0 <=? fst alpha)%Z && (0 <? snd alpha)%Z) (steps t) &&
   (bound_denominator t * Z.max (- l) h <=? bound_numerator t * one t)%Z).

Lemma fold_step_sound : forall one steps, (0 < one)%Z ->
  forallb (fun alpha => (0 <=? fst alpha)%Z && (0 <? snd alpha)%Z) steps = true ->
  forall range s, inside one range (snd s) ->
  inside one (fold_left (fun range alpha => step one alpha range) steps range)
    (snd (fold_left (fun s a => double a s) (map pair_ratio steps) s)).
Proof.
  intros one steps Ho. induction steps as [|[n d] l IH]; intros Hf range [y r] H; [exact H|].
  simpl in Hf. rewrite !andb_true_iff in Hf. destruct Hf as [[Hn Hd] Hf]. apply Z.leb_le in Hn. apply Z.ltb_lt in Hd.
  cbn [fold_left map]. apply IH; [assumption|].
  change (snd (double (pair_ratio (n, d)) (y, r))) with (ratio n d * (r * r) - (ratio n d - 1)).
  apply step_sound; assumption.
Qed.

Lemma first_range_sound : forall t x, (0 < scale t)%Z -> (0 < one t)%Z -> (0 <= fst (start t))%Z -> (0 < snd (start t))%Z ->
  low t <= x <= high t -> inside (one t) (first_range t) (1 - pair_ratio (start t) * (x + shift t)).
Proof.
  intros t x Hs Ho Hc Hd [Hl Hh]. unfold first_range, pair_ratio, inside. destruct (start t) as [c d]. cbn [fst snd] in *.
  assert (Hs' : 0 < IZR (scale t)) by (apply IZR_lt; assumption). assert (Ho' : 0 < IZR (one t)) by (apply IZR_lt; assumption).
  assert (Hd' : 0 < IZR d) by (apply IZR_lt; assumption). assert (Hc' : 0 <= IZR c) by (apply IZR_le; assumption).
  assert (Hq : 0 <= ratio c d).
  { unfold ratio, Rdiv. apply Rmult_le_pos; [assumption|]. left; apply Rinv_0_lt_compat; assumption. }
  assert (Hds : (0 < d * scale t)%Z) by (apply Z.mul_pos_pos; assumption).
  assert (E : forall v, ratio (one t * (d * scale t - c * (v + epsilon t))) (d * scale t)
                        = IZR (one t) * (1 - ratio c d * (ratio v (scale t) + shift t))).
  { intro v. unfold shift, ratio. rewrite !mult_IZR, minus_IZR, !mult_IZR, plus_IZR. field. split; lra. }
  unfold low, high in *. split.
  - eapply Rle_trans; [apply floor_below; assumption|]. rewrite E. apply Rmult_le_compat_l; [lra|].
    apply Rplus_le_compat_l, Ropp_le_contravar, Rmult_le_compat_l; lra.
  - eapply Rle_trans; [|apply ceiling_above; assumption]. rewrite E. apply Rmult_le_compat_l; [lra|].
    apply Rplus_le_compat_l, Ropp_le_contravar, Rmult_le_compat_l; lra.
Qed.

(** The claim. *)
Theorem composite_sound : forall t, check t = true -> forall x, low t <= x <= high t ->
  Rabs ((x + shift t) * approximation t x - 1) <= bound t.
Proof.
  intros t H x Hx. unfold check in H.
  destruct (start t) as [c d] eqn:Es. destruct (last_range t) as [l h] eqn:El.
  rewrite !andb_true_iff in H. destruct H as [[[[[[Hs Ho] Hb] Hc] Hd] Hf] Hm].
  apply Z.ltb_lt in Hs, Ho, Hb, Hd. apply Z.leb_le in Hc, Hm.
  assert (F : inside (one t) (first_range t) (1 - pair_ratio (start t) * (x + shift t))).
  { apply first_range_sound; try assumption; rewrite Es; assumption. }
  pose proof (fold_step_sound (one t) (steps t) Ho Hf (first_range t)
    (pair_ratio (start t), 1 - pair_ratio (start t) * (x + shift t)) F) as G.
  fold (last_range t) in G. rewrite El in G. unfold inside in G. cbn [fst snd] in G.
  pose proof (composite_invariant (pair_ratio (start t)) (map pair_ratio (steps t)) (x + shift t)) as I.
  fold (approximation t x) in I. rewrite I. unfold composite_residual, composite.
  set (r := snd _) in *.
  assert (Ho' : 0 < IZR (one t)) by (apply IZR_lt; assumption).
  assert (Hb' : 0 < IZR (bound_denominator t)) by (apply IZR_lt; assumption).
  apply IZR_le in Hm. rewrite !mult_IZR in Hm.
  assert (M1 : - IZR l <= IZR (Z.max (- l) h)) by (rewrite <- opp_IZR; apply IZR_le, Z.le_max_l).
  assert (M2 : IZR h <= IZR (Z.max (- l) h)) by (apply IZR_le, Z.le_max_r).
  set (m := IZR (Z.max (- l) h)) in *.
  assert (B : m / IZR (one t) <= bound t).
  { apply Rmult_le_reg_l with (IZR (bound_denominator t) * IZR (one t)); [apply Rmult_lt_0_compat; assumption|].
    unfold bound, ratio. replace (IZR (bound_denominator t) * IZR (one t) * (m / IZR (one t)))
      with (IZR (bound_denominator t) * m) by (field; lra).
    replace (IZR (bound_denominator t) * IZR (one t) * (IZR (bound_numerator t) / IZR (bound_denominator t)))
      with (IZR (bound_numerator t) * IZR (one t)) by (field; lra). assumption. }
  eapply Rle_trans; [|exact B].
  assert (R1 : IZR (one t) * r = IZR (one t) * r) by reflexivity.
  apply Rabs_le. split; apply Rmult_le_reg_l with (IZR (one t)); try assumption.
  - replace (IZR (one t) * - (m / IZR (one t))) with (- m) by (field; lra). lra.
  - replace (IZR (one t) * (m / IZR (one t))) with m by (field; lra). lra.
Qed.

(** A bound below 1 shows r > 0 where D > 0. *)
Theorem composite_positive : forall t, check t = true -> bound t < 1 -> 0 < low t + shift t ->
  forall x, low t <= x <= high t -> 0 < approximation t x.
Proof.
  intros t H Hb Hd x Hx. pose proof (composite_sound t H x Hx) as E.
  apply positive_from_residual with (x + shift t) (bound t); [lra|assumption|assumption].
Qed.

(** What that takes beyond the check. *)
Definition check_sign (t : table) : bool := ((bound_numerator t <? bound_denominator t) && (0 <? lo t + epsilon t))%Z.

Theorem composite_sign_sound : forall t, check t = true -> check_sign t = true ->
  forall x, low t <= x <= high t -> 0 < approximation t x.
Proof.
  intros t H Hsign. unfold check_sign in Hsign. rewrite !andb_true_iff, !Z.ltb_lt in Hsign. destruct Hsign as [Hb Hd].
  assert (S : 0 < IZR (scale t) /\ 0 < IZR (bound_denominator t)).
  { unfold check in H. destruct (start t), (last_range t). rewrite !andb_true_iff, !Z.ltb_lt in H.
    split; apply IZR_lt; apply H. }
  destruct S as [Hs Hbd]. apply composite_positive; [assumption| |].
  - unfold bound, ratio. apply Rmult_lt_reg_r with (IZR (bound_denominator t)); [assumption|].
    unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra. rewrite Rmult_1_r, Rmult_1_l. apply IZR_lt; assumption.
  - apply IZR_lt in Hd. rewrite plus_IZR in Hd. unfold low, shift, ratio.
    replace (IZR (lo t) / IZR (scale t) + IZR (epsilon t) / IZR (scale t))
      with ((IZR (lo t) + IZR (epsilon t)) / IZR (scale t)) by (field; lra).
    apply Rdiv_lt_0_compat; assumption.
Qed.

(** * Points *)

(** The interval shrunk to a point n/d. *)
Definition at_point (t : table) (x : Z * Z) : table := {|
  scale := scale t * snd x;
  lo := fst x * scale t;
  hi := fst x * scale t;
  epsilon := epsilon t * snd x;
  start := start t;
  steps := steps t;
  bound_numerator := bound_numerator t;
  bound_denominator := bound_denominator t;
  one := one t
|}.

Definition check_point (t : table) (x : Z * Z) : bool :=
  ((0 <? scale t) && (0 <? snd x) && (0 <? one t) && (0 <=? fst (start t)) && (0 <? snd (start t)) &&
   forallb (fun alpha => (0 <=? fst alpha) && (0 <? snd alpha)) (steps t) &&
   (lo t * snd x <=? fst x * scale t) && (fst x * scale t <=? hi t * snd x))%Z.

Lemma point_range_sound : forall t x, check_point t x = true ->
  let v := pair_ratio x in
  0 < IZR (scale t) /\ 0 < IZR (snd x) /\ 0 < IZR (one t) /\ low t <= v <= high t /\
  inside (one t) (last_range (at_point t x)) (1 - (v + shift t) * approximation t v).
Proof.
  intros t [n d] H v. unfold check_point in H. cbn [fst snd] in H.
  rewrite !andb_true_iff, !Z.ltb_lt, !Z.leb_le in H. destruct H as [[[[[[[Hs Hd] Ho] Hc] Hcd] Hf] Hl] Hh].
  assert (Hs' : 0 < IZR (scale t)) by (apply IZR_lt; assumption). assert (Hd' : 0 < IZR d) by (apply IZR_lt; assumption).
  apply IZR_le in Hl, Hh. rewrite !mult_IZR in Hl, Hh.
  cbn [fst snd]. split; [assumption|]. split; [assumption|]. split; [apply IZR_lt; assumption|].
  assert (Hv : v = IZR n / IZR d) by reflexivity. assert (Hlh : low t <= v <= high t).
  { rewrite Hv. unfold low, high, ratio. split; apply Rmult_le_reg_r with (IZR (scale t) * IZR d);
      try (apply Rmult_lt_0_compat; assumption).
    - replace (IZR (lo t) / IZR (scale t) * (IZR (scale t) * IZR d)) with (IZR (lo t) * IZR d) by (field; lra).
      replace (IZR n / IZR d * (IZR (scale t) * IZR d)) with (IZR n * IZR (scale t)) by (field; lra). assumption.
    - replace (IZR (hi t) / IZR (scale t) * (IZR (scale t) * IZR d)) with (IZR (hi t) * IZR d) by (field; lra).
      replace (IZR n / IZR d * (IZR (scale t) * IZR d)) with (IZR n * IZR (scale t)) by (field; lra). assumption. }
  split; [assumption|]. set (p := at_point t (n, d)).
  assert (Hps : (0 < scale p)%Z) by (apply Z.mul_pos_pos; assumption).
  assert (Es : shift p = shift t).
  { unfold shift, p, ratio. cbn [epsilon scale at_point snd]. rewrite !mult_IZR. field. split; lra. }
  assert (El : low p = v).
  { rewrite Hv. unfold low, p, ratio. cbn [lo scale at_point fst snd]. rewrite !mult_IZR. field. split; lra. }
  assert (Eh : high p = v).
  { rewrite Hv. unfold high, p, ratio. cbn [hi scale at_point fst snd]. rewrite !mult_IZR. field. split; lra. }
  pose proof (first_range_sound p v Hps Ho Hc Hcd ltac:(lra)) as F. rewrite Es in F.
  pose proof (fold_step_sound (one t) (steps t) Ho Hf (first_range p)
    (pair_ratio (start t), 1 - pair_ratio (start t) * (v + shift t)) F) as G.
  pose proof (composite_invariant (pair_ratio (start t)) (map pair_ratio (steps t)) (v + shift t)) as I.
  fold (approximation t v) in I. unfold composite_residual, composite in I. cbn [snd] in G.
  rewrite I. match goal with |- inside _ _ (1 - (1 - ?r)) => replace (1 - (1 - r)) with r by ring end. exact G.
Qed.

Definition check_lower (t : table) (x lower : Z * Z) : bool :=
  (check_point t x && (0 <? snd lower) &&
   let '(l, h) := last_range (at_point t x) in fst lower * one t <=? snd lower * Z.max l (- h))%Z.

(** Somewhere the relative error is at least this. *)
Theorem composite_lower_sound : forall t x lower, check_lower t x lower = true ->
  exists v, low t <= v <= high t /\ pair_ratio lower <= Rabs ((v + shift t) * approximation t v - 1).
Proof.
  intros t x lower H. unfold check_lower in H. destruct (last_range (at_point t x)) as [l h] eqn:E.
  rewrite !andb_true_iff, Z.ltb_lt, Z.leb_le in H. destruct H as [[Hc Hl] H].
  destruct (point_range_sound t x Hc) as (Hs & Hd & Ho & Hx & R). rewrite E in R. unfold inside in R. cbn [fst snd] in R.
  exists (pair_ratio x). split; [assumption|]. set (v := pair_ratio x) in *.
  apply IZR_lt in Hl. apply IZR_le in H. rewrite !mult_IZR in H.
  set (r := 1 - (v + shift t) * approximation t v) in *.
  replace ((v + shift t) * approximation t v - 1) with (- r) by (unfold r; ring). rewrite Rabs_Ropp.
  assert (M : IZR (Z.max l (- h)) <= IZR (one t) * Rabs r).
  { destruct (Z.max_spec l (- h)) as [[_ ->]|[_ ->]]; [rewrite opp_IZR|]; unfold Rabs; destruct (Rcase_abs r); nra. }
  unfold pair_ratio, ratio. apply Rmult_le_reg_r with (IZR (snd lower) * IZR (one t)); [apply Rmult_lt_0_compat; assumption|].
  replace (IZR (fst lower) / IZR (snd lower) * (IZR (snd lower) * IZR (one t)))
    with (IZR (fst lower) * IZR (one t)) by (field; lra).
  eapply Rle_trans; [exact H|]. rewrite (Rmult_comm (Rabs r)), Rmult_assoc. apply Rmult_le_compat_l; lra.
Qed.

(** (1 − l)/D ≤ (1 − h')/D' with l the least R at x and h' the largest at z. *)
Definition check_not_decreasing (t : table) (x z : Z * Z) : bool :=
  (check_point t x && check_point t z && (fst x * snd z <? fst z * snd x) && (0 <? lo t + epsilon t) &&
   let l := fst (last_range (at_point t x)) in
   let h := snd (last_range (at_point t z)) in
   (one t - l) * ((fst z * scale t + epsilon t * snd z) * snd x)
   <=? (one t - h) * ((fst x * scale t + epsilon t * snd x) * snd z))%Z.

Lemma denominator_point : forall t x, 0 < IZR (scale t) -> 0 < IZR (snd x) ->
  IZR (fst x * scale t + epsilon t * snd x) = IZR (scale t) * IZR (snd x) * (pair_ratio x + shift t).
Proof. intros t x Hs Hd. unfold pair_ratio, shift, ratio. rewrite plus_IZR, !mult_IZR. field. split; lra. Qed.

(** x < z with r(x) ≤ r(z) somewhere. *)
Theorem composite_not_decreasing_sound : forall t x z, check_not_decreasing t x z = true ->
  exists u v, low t <= u /\ u < v /\ v <= high t /\ approximation t u <= approximation t v.
Proof.
  intros t x z H. unfold check_not_decreasing in H. rewrite !andb_true_iff, !Z.ltb_lt, Z.leb_le in H.
  destruct H as [[[[Hx Hz] Hlt] He] H].
  destruct (point_range_sound t x Hx) as (Hs & Hd & Ho & Hxr & R). destruct (point_range_sound t z Hz) as (_ & Hd' & _ & Hzr & R').
  unfold inside in R, R'. set (l := fst (last_range (at_point t x))) in *. set (h := snd (last_range (at_point t z))) in *.
  exists (pair_ratio x), (pair_ratio z). split; [lra|]. split.
  { apply IZR_lt in Hlt. rewrite !mult_IZR in Hlt. unfold pair_ratio, ratio.
    apply Rmult_lt_reg_r with (IZR (snd x) * IZR (snd z)); [apply Rmult_lt_0_compat; assumption|].
    replace (IZR (fst x) / IZR (snd x) * (IZR (snd x) * IZR (snd z))) with (IZR (fst x) * IZR (snd z)) by (field; lra).
    replace (IZR (fst z) / IZR (snd z) * (IZR (snd x) * IZR (snd z))) with (IZR (fst z) * IZR (snd x)) by (field; lra).
    assumption. }
  split; [lra|].
  assert (HD : 0 < low t + shift t).
  { apply IZR_lt in He. rewrite plus_IZR in He. unfold low, shift, ratio.
    replace (IZR (lo t) / IZR (scale t) + IZR (epsilon t) / IZR (scale t))
      with ((IZR (lo t) + IZR (epsilon t)) / IZR (scale t)) by (field; lra).
    apply Rdiv_lt_0_compat; assumption. }
  apply IZR_le in H. rewrite !mult_IZR, !minus_IZR, !denominator_point in H by assumption.
  set (u := pair_ratio x) in *. set (v := pair_ratio z) in *.
  set (ru := approximation t u) in *. set (rv := approximation t v) in *.
  set (Du := u + shift t) in *. set (Dv := v + shift t) in *.
  assert (HDu : 0 < Du) by (unfold Du; lra). assert (HDv : 0 < Dv) by (unfold Dv; lra).
  set (s := IZR (scale t)) in *. set (o := IZR (one t)) in *.
  assert (K : 0 < s * IZR (snd x) * IZR (snd z)) by (repeat apply Rmult_lt_0_compat; assumption).
  assert (H2 : (o - IZR l) * Dv <= (o - IZR h) * Du).
  { apply Rmult_le_reg_l with (s * IZR (snd x) * IZR (snd z)); [assumption|]. lra. }
  assert (A : o * (Du * ru) <= o - IZR l) by lra. assert (B : o - IZR h <= o * (Dv * rv)) by lra.
  apply Rmult_le_reg_l with (o * Du * Dv); [repeat apply Rmult_lt_0_compat; assumption|].
  apply Rle_trans with ((o - IZR l) * Dv).
  { replace (o * Du * Dv * ru) with (o * (Du * ru) * Dv) by ring. apply Rmult_le_compat_r; lra. }
  eapply Rle_trans; [exact H2|]. replace (o * Du * Dv * rv) with (o * (Dv * rv) * Du) by ring.
  apply Rmult_le_compat_r; lra.
Qed.
