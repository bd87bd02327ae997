(** Composites of stages as tables: the sign and the inverse square root, their errors from above and below. *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Bernstein PolyAttn.StageRange.
Require PolyAttn.AlgebraicShape.
Import ListNotations.
Open Scope R_scope.

Record table := {
  scale : Z;                  (** the denominator of the intervals' ends and of ε *)
  intervals : list (Z * Z);
  epsilon : Z;
  made_by : rule;
  stages : list stage;
  ranges : list range;        (** of w before the first stage and after each one *)
  bound_numerator : Z;
  bound_denominator : Z
}.

Definition shift (t : table) : R := frac (epsilon t) (scale t).
Definition bound (t : table) : R := frac (bound_numerator t) (bound_denominator t).
Definition between (t : table) (i : Z * Z) (x : R) : Prop := frac (fst i) (scale t) <= x <= frac (snd i) (scale t).
(** x lies in one of the intervals. *)
Definition inside (t : table) (x : R) : Prop := exists i, In i (intervals t) /\ between t i x.

(** (value, w) at the start and at the end. *)
Definition first (t : table) (x : R) : R * R := match made_by t with compose_odd => (x, x * x) | refine => (1, x + shift t) end.
Definition approximation (t : table) (x : R) : R := fst (run (made_by t) (stages t) (first t x)).
Definition error (t : table) (x : R) : R :=
  match made_by t with
  | compose_odd => approximation t x - x / Rabs x
  | refine => sqrt (x + shift t) * approximation t x - 1
  end.

(** Where the start lies in its range, the error is |√w − 1| for the last w. *)
Lemma error_of_run : forall depth t from rest x, check_run depth (made_by t) (stages t) from rest = true ->
  x <> 0 \/ made_by t = refine -> 0 <= snd (first t x) -> in_range from (snd (first t x)) ->
  exists v, 0 <= v /\ in_range (last rest from) (v * v) /\ Rabs (error t x) = Rabs (v - 1).
Proof.
  intros depth t from rest x H Hx H0 Hw. unfold error, approximation, first in *. destruct (made_by t) eqn:M; cbn [fst snd] in *.
  - destruct Hx as [Hx|]; [|discriminate].
    destruct (run_sound depth _ _ _ _ x (x * x) (fun _ => eq_refl) H Hw) as [R (k & Hk & E1 & E2)]. rewrite E1.
    exists (Rabs x * k). pose proof (Rabs_pos_lt x Hx) as P. split; [apply Rmult_le_pos; lra|]. split.
    + replace (Rabs x * k * (Rabs x * k)) with (Rabs x * Rabs x * (k * k)) by ring.
      rewrite <- Rabs_mult, (Rabs_right (x * x)) by nra. rewrite <- E2. exact R.
    + replace (x * k - x / Rabs x) with (x / Rabs x * (Rabs x * k - 1)) by (field; lra).
      rewrite Rabs_mult, Rabs_div_pos by assumption. unfold Rdiv. rewrite Rinv_r by lra. ring.
  - destruct (run_sound depth _ _ _ _ 1 (x + shift t) (fun e : refine = compose_odd => ltac:(discriminate)) H Hw)
      as [R (k & Hk & E1 & E2)].
    rewrite E1. exists (sqrt (x + shift t) * k). pose proof (sqrt_pos (x + shift t)).
    split; [apply Rmult_le_pos; assumption|]. split.
    + replace (sqrt (x + shift t) * k * (sqrt (x + shift t) * k))
        with (sqrt (x + shift t) * sqrt (x + shift t) * (k * k)) by ring.
      rewrite sqrt_sqrt, <- E2 by assumption. exact R.
    + f_equal. ring.
Qed.

(** * From above *)

(** w at the ends of an interval, over a denominator; and 0 is not inside where that matters. *)
Definition starts (t : table) (i : Z * Z) : Z * Z * Z :=
  let '(l, h) := i in
  match made_by t with
  | compose_odd => (Z.min (l * l) (h * h), Z.max (l * l) (h * h), scale t * scale t)%Z
  | refine => (l + epsilon t, h + epsilon t, scale t)%Z
  end.
Definition starts_in (t : table) (r : range) (i : Z * Z) : bool :=
  let '(a, b, m) := r in
  let '(l, h, d) := starts t i in
  ((fst i <=? snd i) && match made_by t with compose_odd => (0 <? fst i) || (snd i <? 0) | refine => true end &&
   (a * d <=? l * m) && (h * m <=? b * d))%Z.

Lemma cross : forall a m l d, 0 < IZR m -> 0 < IZR d -> (a * d <= l * m)%Z -> frac a m <= frac l d.
Proof.
  intros a m l d Hm Hd H. apply IZR_le in H. rewrite !mult_IZR in H. unfold frac.
  apply Rmult_le_reg_r with (IZR m * IZR d); [apply Rmult_lt_0_compat; assumption|].
  replace (IZR a / IZR m * (IZR m * IZR d)) with (IZR a * IZR d) by (field; lra).
  replace (IZR l / IZR d * (IZR m * IZR d)) with (IZR l * IZR m) by (field; lra). assumption.
Qed.

Lemma starts_in_sound : forall t r i x, 0 < IZR (scale t) -> range_formed r = true -> starts_in t r i = true -> between t i x ->
  (x <> 0 \/ made_by t = refine) /\ in_range r (snd (first t x)).
Proof.
  intros t [[a b] m] [lo hi] x Hs Hr H [Hl Hh]. destruct (range_formed_spec a b m Hr) as (_ & _ & _ & Hm).
  unfold starts_in in H. destruct (starts t (lo, hi)) as [[l h] d] eqn:S.
  rewrite !andb_true_iff, !Z.leb_le in H. destruct H as [[[Hlh Ho] H1] H2].
  unfold starts in S. cbn [fst snd] in *. unfold in_range, first. destruct (made_by t); cbn [snd]; injection S as <- <- <-.
  - assert (Hd : 0 < IZR (scale t * scale t)) by (rewrite mult_IZR; apply Rmult_lt_0_compat; assumption).
    apply (cross _ _ _ _ Hm Hd) in H1. assert (H2' := cross _ _ _ _ Hd Hm H2).
    assert (E : forall v, frac (v * v) (scale t * scale t) = frac v (scale t) * frac v (scale t)).
    { intro v. unfold frac. rewrite !mult_IZR. field. lra. }
    assert (M : forall u v, (u <= v)%Z -> frac u (scale t * scale t) <= frac v (scale t * scale t)).
    { intros u v Huv. apply IZR_le in Huv. unfold frac, Rdiv. apply Rmult_le_compat_r; [|assumption].
      left; apply Rinv_0_lt_compat; assumption. }
    pose proof (M _ _ (Z.le_min_l (lo * lo) (hi * hi))) as A1. pose proof (M _ _ (Z.le_min_r (lo * lo) (hi * hi))) as A2.
    pose proof (M _ _ (Z.le_max_l (lo * lo) (hi * hi))) as A3. pose proof (M _ _ (Z.le_max_r (lo * lo) (hi * hi))) as A4.
    rewrite E in A1, A2, A3, A4. rewrite orb_true_iff, !Z.ltb_lt in Ho.
    set (fl := frac lo (scale t)) in *. set (fh := frac hi (scale t)) in *.
    destruct Ho as [Ho|Ho]; apply IZR_lt in Ho.
    + assert (0 < fl) by (unfold fl, frac; apply Rdiv_lt_0_compat; assumption).
      split; [left; lra|]. split; nra.
    + assert (fh < 0) by (unfold fh, frac; apply Ropp_lt_cancel; rewrite Ropp_0; unfold Rdiv;
        rewrite <- Ropp_mult_distr_l_reverse; apply Rmult_lt_0_compat; [lra|apply Rinv_0_lt_compat; assumption]).
      split; [left; lra|]. split; nra.
  - split; [right; reflexivity|]. apply (cross _ _ _ _ Hm Hs) in H1. assert (H2' := cross _ _ _ _ Hs Hm H2).
    assert (E : forall v, frac (v + epsilon t) (scale t) = frac v (scale t) + shift t).
    { intro v. unfold shift, frac. rewrite plus_IZR. field. lra. }
    rewrite E in H1, H2'. split; lra.
Qed.

Definition check (depth : nat) (t : table) : bool :=
  let '(n, d) := (bound_numerator t, bound_denominator t) in
  match ranges t with
  | [] => false
  | from :: rest =>
      let '(a, b, m) := last rest from in
      if ((0 <? scale t) && (0 <? d) && (0 <=? n) && (n <=? d) && range_formed from && range_formed (a, b, m) &&
          ((d - n) * (d - n) * m <=? d * d * a) && (d * d * b <=? (d + n) * (d + n) * m) &&
          forallb (starts_in t from) (intervals t))%Z
      then check_run depth (made_by t) (stages t) from rest else false
  end.

Lemma check_start : forall depth t, check depth t = true -> forall x, inside t x -> exists from rest,
  check_run depth (made_by t) (stages t) from rest = true /\ (x <> 0 \/ made_by t = refine) /\
  0 <= snd (first t x) /\ in_range from (snd (first t x)) /\
  0 < IZR (bound_denominator t) /\ 0 <= bound t <= 1 /\
  forall v, in_range (last rest from) v -> (1 - bound t) * (1 - bound t) <= v <= (1 + bound t) * (1 + bound t).
Proof.
  intros depth t H x (i & Hi & Hx). unfold check in H. destruct (ranges t) as [|from rest]; [discriminate|].
  destruct (last rest from) as [[a b] m] eqn:L. destruct (_ && _) eqn:C in H; [|discriminate].
  rewrite !andb_true_iff, !Z.ltb_lt, !Z.leb_le, forallb_forall in C.
  destruct C as [[[[[[[[Hs Hd] Hn] Hnd] Hf] Hl] H1] H2] Hst]. exists from, rest.
  apply IZR_lt in Hs, Hd. apply IZR_le in Hn, Hnd, H1, H2.
  destruct (starts_in_sound t from i x Hs Hf (Hst i Hi) Hx) as [S1 S2].
  split; [assumption|]. split; [assumption|]. split.
  { destruct from as [[a0 b0] m0]. destruct (range_formed_spec _ _ _ Hf) as (P1 & _ & _ & P2). unfold in_range, frac in S2.
    apply Rle_trans with (IZR a0 / IZR m0); [|apply S2]. apply Rmult_le_pos; [assumption|].
    left; apply Rinv_0_lt_compat; assumption. }
  split; [assumption|]. split; [assumption|]. destruct (range_formed_spec _ _ _ Hl) as (_ & _ & _ & Hm).
  rewrite !mult_IZR, minus_IZR in H1. rewrite !mult_IZR, plus_IZR in H2.
  assert (B : bound t * IZR (bound_denominator t) = IZR (bound_numerator t)) by (unfold bound, frac; field; lra).
  set (d := IZR (bound_denominator t)) in *. set (n := IZR (bound_numerator t)) in *. split.
  { split; apply Rmult_le_reg_r with d; lra. }
  intros v V. rewrite L in V. destruct V as [V1 V2]. rewrite <- B in H1, H2. unfold frac in V1, V2. set (e := bound t) in *.
  assert (K : 0 < d * d * IZR m) by (repeat apply Rmult_lt_0_compat; assumption).
  assert (A1 : (1 - e) * (1 - e) <= IZR a / IZR m).
  { apply Rmult_le_reg_r with (d * d * IZR m); [assumption|].
    replace (IZR a / IZR m * (d * d * IZR m)) with (d * d * IZR a) by (field; lra). lra. }
  assert (A2 : IZR b / IZR m <= (1 + e) * (1 + e)).
  { apply Rmult_le_reg_r with (d * d * IZR m); [assumption|].
    replace (IZR b / IZR m * (d * d * IZR m)) with (d * d * IZR b) by (field; lra). lra. }
  lra.
Qed.

Lemma error_sound : forall depth t, check depth t = true -> forall x, inside t x -> Rabs (error t x) <= bound t.
Proof.
  intros depth t H x Hx. destruct (check_start depth t H x Hx) as (from & rest & R & N & P & I & _ & B & V).
  destruct (error_of_run depth t from rest x R N P I) as (v & Hv & Hr & E). rewrite E. apply V in Hr.
  apply Rabs_le. destruct Hr as [L U]. apply AlgebraicShape.square_le in L; [|assumption].
  apply AlgebraicShape.square_le in U; lra.
Qed.

Theorem sign_sound : forall depth t, made_by t = compose_odd -> check depth t = true -> forall x, inside t x ->
  Rabs (approximation t x - x / Rabs x) <= bound t.
Proof. intros depth t M H x Hx. pose proof (error_sound depth t H x Hx) as E. unfold error in E. rewrite M in E. exact E. Qed.

Theorem inverse_sqrt_sound : forall depth t, made_by t = refine -> check depth t = true -> forall x, inside t x ->
  Rabs (sqrt (x + shift t) * approximation t x - 1) <= bound t.
Proof. intros depth t M H x Hx. pose proof (error_sound depth t H x Hx) as E. unfold error in E. rewrite M in E. exact E. Qed.

(** A bound below 1 shows that the inverse square root is positive. *)
Theorem positive_sound : forall depth t, made_by t = refine -> check depth t = true ->
  (bound_numerator t <? bound_denominator t)%Z = true -> forall x, inside t x -> 0 < approximation t x.
Proof.
  intros depth t M H Hb x Hx. pose proof (inverse_sqrt_sound depth t M H x Hx) as E.
  destruct (check_start depth t H x Hx) as (_ & _ & _ & _ & _ & _ & Hd & _). apply Z.ltb_lt, IZR_lt in Hb.
  assert (B : bound t * IZR (bound_denominator t) = IZR (bound_numerator t)) by (unfold bound, frac; field; lra).
  assert (bound t < 1) by (apply Rmult_lt_reg_r with (IZR (bound_denominator t)); lra).
  apply Rabs_bounds in E. pose proof (sqrt_pos (x + shift t)).
  destruct (Rlt_le_dec 0 (approximation t x)) as [|Hn]; [assumption|exfalso].
  assert (sqrt (x + shift t) * approximation t x <= 0) by nra. lra.
Qed.

(** * From below *)

(** Ranges for a single point: w at both ends, and as much again on each side. Nothing rests on them. *)
Definition point_bits : Z := 128.
(** q(c/s) as a fraction. *)
Fixpoint quotient (c s : Z) (q : list Z) : Z * Z :=
  match q with [] => (0, 1)%Z | a :: q => let '(v, f) := quotient c s q in (a * (s * f) + c * v, s * f)%Z end.
(** n/d times 2^point_bits, from the first bits of n and d. *)
Definition short_div (n d : Z) : Z :=
  let s := Z.max 0 (Z.log2 d - 2 * point_bits) in (2 ^ point_bits * Z.shiftr n s / Z.shiftr d s)%Z.
Definition follow (q : list Z) (f : Z) (r : range) : range :=
  let '(a, b, m) := r in
  let at_ v := let '(p, g) := quotient v m q in short_div (v * (p * p)) (m * (g * f * (g * f))) in
  let '(u, v) := (at_ a, at_ b) in
  let '(low, high) := (Z.min u v, Z.max u v) in
  (Z.max 0 (2 * low - high - 1), 2 * high - low + 2, 2 ^ point_bits)%Z.
Fixpoint follow_all (r : rule) (l : list stage) (from : range) : list range :=
  match l with
  | [] => []
  | s :: l => match stage_q r s with
              | Some (q, f) => let to := follow q f from in to :: follow_all r l to
              | None => []
              end
  end.

Definition holds (t : table) (x i : Z * Z) : bool :=
  ((fst i * snd x <=? fst x * scale t) && (fst x * scale t <=? snd i * snd x))%Z.
Definition point_formed (t : table) (x : Z * Z) : bool :=
  ((0 <? scale t) && (0 <? snd x))%Z && existsb (holds t x) (intervals t).
(** The point n/d as a range of w. *)
Definition point_start (t : table) (x : Z * Z) : range :=
  match made_by t with
  | compose_odd => (fst x * fst x, fst x * fst x, snd x * snd x)%Z
  | refine => let w := (fst x * scale t + epsilon t * snd x)%Z in (w, w, scale t * snd x)%Z
  end.

(** l ≤ w ≤ u at the end, with √u ≤ 1 − λ or √l ≥ 1 + λ. *)
Definition check_lower (depth : nat) (t : table) (x lower : Z * Z) : bool :=
  let '(n, d) := lower in
  let from := point_start t x in
  let rest := follow_all (made_by t) (stages t) from in
  let '(a, b, m) := last rest from in
  if (point_formed t x && match made_by t with compose_odd => negb (fst x =? 0) | refine => true end &&
      (range_formed from && range_formed (a, b, m) && (0 <? d) && (0 <=? n) &&
         ((n <=? d) && (d * d * b <=? (d - n) * (d - n) * m) || ((d + n) * (d + n) * m <=? d * d * a))))%Z
  then check_run depth (made_by t) (stages t) from rest else false.

Lemma point_formed_spec : forall t x, point_formed t x = true ->
  0 < IZR (scale t) /\ 0 < IZR (snd x) /\ inside t (point x).
Proof.
  intros t x H. unfold point_formed in H. rewrite !andb_true_iff, !Z.ltb_lt, existsb_exists in H.
  destruct H as [[Hs Hd] (i & Hi & H)]. apply IZR_lt in Hs, Hd. split; [assumption|]. split; [assumption|].
  exists i. split; [assumption|]. unfold holds in H. rewrite andb_true_iff, !Z.leb_le in H. destruct H as [H1 H2].
  split; apply cross; assumption.
Qed.

Lemma point_start_sound : forall t x, 0 < IZR (scale t) -> 0 < IZR (snd x) -> in_range (point_start t x) (snd (first t (point x))).
Proof.
  intros t [n d] Hs Hd. unfold point_start, first, point, in_range. cbn [fst snd] in *. destruct (made_by t); cbn [snd].
  - unfold frac. rewrite !mult_IZR. replace (IZR n / IZR d * (IZR n / IZR d)) with (IZR n * IZR n / (IZR d * IZR d)) by (field; lra). lra.
  - unfold shift, frac. rewrite plus_IZR, !mult_IZR.
    replace (IZR n / IZR d + IZR (epsilon t) / IZR (scale t))
      with ((IZR n * IZR (scale t) + IZR (epsilon t) * IZR d) / (IZR (scale t) * IZR d)) by (field; lra). lra.
Qed.

Lemma error_lower : forall depth t x lower, check_lower depth t x lower = true ->
  exists v, inside t v /\ point lower <= Rabs (error t v).
Proof.
  intros depth t x [n d] H. unfold check_lower in H. set (from := point_start t x) in *.
  set (rest := follow_all _ _ _) in *. destruct (last rest from) as [[a b] m] eqn:L.
  destruct (_ && _) eqn:C in H; [|discriminate].
  rewrite !andb_true_iff, orb_true_iff, andb_true_iff, Z.ltb_lt, !Z.leb_le in C.
  destruct C as [[Hp C0] [[[[Hf Hl] Hd] Hn] C]]. destruct (point_formed_spec t x Hp) as (Hs & Hx & Hin).
  assert (Hx0 : point x <> 0 \/ made_by t = refine).
  { destruct (made_by t); [left|right; reflexivity]. apply negb_true_iff, Z.eqb_neq, not_0_IZR in C0.
    unfold point, frac. apply Rmult_integral_contrapositive_currified; [assumption|]. apply Rinv_neq_0_compat; lra. }
  apply IZR_lt in Hd. apply IZR_le in Hn. exists (point x). split; [assumption|].
  pose proof (point_start_sound t x Hs Hx) as I. fold from in I.
  assert (P : 0 <= snd (first t (point x))).
  { destruct from as [[a0 b0] m0]. destruct (range_formed_spec _ _ _ Hf) as (P1 & _ & _ & P2). unfold in_range, frac in I.
    apply Rle_trans with (IZR a0 / IZR m0); [|apply I]. apply Rmult_le_pos; [assumption|].
    left; apply Rinv_0_lt_compat; assumption. }
  destruct (error_of_run depth t from rest (point x) H Hx0 P I) as (v & Hv & R & E). rewrite E. rewrite L in R.
  destruct (range_formed_spec _ _ _ Hl) as (_ & _ & _ & Hm). destruct R as [R1 R2].
  apply Rmult_le_reg_l with (IZR d); [assumption|]. unfold point, frac. cbn [fst snd].
  replace (IZR d * (IZR n / IZR d)) with (IZR n) by (field; lra). rewrite <- Rabs_mult_pos by lra.
  assert (K : 0 < IZR m) by assumption.
  destruct C as [[Hnd C]|C].
  - apply IZR_le in Hnd, C. rewrite !mult_IZR, minus_IZR in C.
    assert (A : IZR d * v <= IZR d - IZR n).
    { apply AlgebraicShape.square_le; [lra|]. apply Rmult_le_reg_r with (IZR m); [assumption|]. eapply Rle_trans; [|exact C].
      apply (Rmult_le_compat_r (IZR m)) in R2; [|lra]. replace (frac b m * IZR m) with (IZR b) in R2 by (unfold frac; field; lra). nra. }
    eapply Rle_trans; [|rewrite <- Rabs_Ropp; apply Rle_abs]. lra.
  - apply IZR_le in C. rewrite !mult_IZR, plus_IZR in C.
    assert (A : IZR d + IZR n <= IZR d * v).
    { apply AlgebraicShape.square_le; [apply Rmult_le_pos; lra|]. apply Rmult_le_reg_r with (IZR m); [assumption|].
      eapply Rle_trans; [exact C|].
      apply (Rmult_le_compat_r (IZR m)) in R1; [|lra]. replace (frac a m * IZR m) with (IZR a) in R1 by (unfold frac; field; lra). nra. }
    eapply Rle_trans; [|apply Rle_abs]. lra.
Qed.

(** Somewhere the error is at least this. *)
Theorem sign_lower_sound : forall depth t x lower, made_by t = compose_odd -> check_lower depth t x lower = true ->
  exists v, inside t v /\ point lower <= Rabs (approximation t v - v / Rabs v).
Proof. intros depth t x lower M H. pose proof (error_lower depth t x lower H) as E. unfold error in E. rewrite M in E. exact E. Qed.

Theorem inverse_sqrt_lower_sound : forall depth t x lower, made_by t = refine -> check_lower depth t x lower = true ->
  exists v, inside t v /\ point lower <= Rabs (sqrt (v + shift t) * approximation t v - 1).
Proof. intros depth t x lower M H. pose proof (error_lower depth t x lower H) as E. unfold error in E. rewrite M in E. exact E. Qed.

(** The sign is not positive at a negative point. *)
Definition check_not_positive (t : table) (x : Z * Z) : bool := point_formed t x && (fst x <? 0)%Z.

Theorem not_positive_sound : forall depth t x, made_by t = compose_odd -> check depth t = true -> check_not_positive t x = true ->
  exists v, inside t v /\ approximation t v <= 0.
Proof.
  intros depth t x M H Hx. unfold check_not_positive in Hx. rewrite andb_true_iff, Z.ltb_lt in Hx. destruct Hx as [Hp Hn].
  destruct (point_formed_spec t x Hp) as (_ & Hd & Hin). exists (point x). split; [assumption|].
  pose proof (sign_sound depth t M H _ Hin) as E.
  destruct (check_start depth t H _ Hin) as (_ & _ & _ & _ & _ & _ & _ & [_ B] & _).
  apply IZR_lt in Hn. assert (N : point x < 0).
  { unfold point, frac. apply Rmult_lt_reg_r with (IZR (snd x)); [assumption|].
    unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra. lra. }
  rewrite (Rabs_left (point x)) in E by assumption. replace (point x / - point x) with (-1) in E by (field; lra).
  apply Rabs_bounds in E. lra.
Qed.
