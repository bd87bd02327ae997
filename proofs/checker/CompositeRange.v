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

(** The same by computation. *)
Definition check_positive (t : table) : bool :=
  (check t && (bound_numerator t <? bound_denominator t) && (0 <? lo t + epsilon t))%Z.

Theorem check_positive_sound : forall t, check_positive t = true ->
  forall x, low t <= x <= high t -> 0 < approximation t x.
Proof.
  intros t H. unfold check_positive in H. rewrite !andb_true_iff, !Z.ltb_lt in H. destruct H as [[H Hb] Hd].
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
