(** Exact evaluation at a rational point: the error there as a lower bound, and what is refuted there.

    A point is an interval of width 0; its polynomials have their values at u = 0. *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Bernstein PolyAttn.Algebraic PolyAttn.AlgebraicShape.
Import ListNotations.
Open Scope R_scope.

(** The same table over a denominator that the point n/d has too, and the point's interval. *)
Definition at_point (t : table) (x : Z * Z) : table := {|
  scale := scale t * snd x;
  base := (fst (base t) * snd x, snd (base t) * snd x)%Z;
  intervals := [(fst x * scale t, fst x * scale t)%Z];
  epsilon := epsilon t * snd x;
  chebyshev := chebyshev t;
  unit := unit t;
  coefficients := coefficients t;
  bound_numerator := bound_numerator t;
  bound_denominator := bound_denominator t
|}.
Definition here (t : table) (x : Z * Z) : Z * Z := (fst x * scale t, fst x * scale t)%Z.

(** The point n/d, d > 0, lies in the interval i. *)
Definition holds (t : table) (x i : Z * Z) : bool :=
  ((fst i * snd x <=? fst x * scale t) && (fst x * scale t <=? snd i * snd x))%Z.
Definition check_point (t : table) (x : Z * Z) : bool :=
  well_formed t && (0 <? snd x)%Z && existsb (holds t x) (intervals t).

Lemma holds_between : forall t x i, 0 < IZR (scale t) -> 0 < IZR (snd x) -> holds t x i = true -> between t i (point x).
Proof.
  intros t [n d] [lo hi] Hs Hd H. unfold holds in H. cbn [fst snd] in *. rewrite andb_true_iff, !Z.leb_le in H.
  destruct H as [H1 H2]. apply IZR_le in H1, H2. rewrite !mult_IZR in H1, H2. unfold between, point, frac. cbn [fst snd].
  assert (P : 0 < IZR (scale t) * IZR d) by (apply Rmult_lt_0_compat; assumption).
  split; apply Rmult_le_reg_r with (IZR (scale t) * IZR d); try assumption.
  - replace (IZR lo / IZR (scale t) * (IZR (scale t) * IZR d)) with (IZR lo * IZR d) by (field; lra).
    replace (IZR n / IZR d * (IZR (scale t) * IZR d)) with (IZR n * IZR (scale t)) by (field; lra). assumption.
  - replace (IZR hi / IZR (scale t) * (IZR (scale t) * IZR d)) with (IZR hi * IZR d) by (field; lra).
    replace (IZR n / IZR d * (IZR (scale t) * IZR d)) with (IZR n * IZR (scale t)) by (field; lra). assumption.
Qed.

Lemma check_point_spec : forall t x, check_point t x = true ->
  well_formed (at_point t x) = true /\ inside t (point x) /\
  at_ (at_point t x) (here t x) 0 = point x /\ shift (at_point t x) = shift t /\
  forall v, approximation (at_point t x) v = approximation t v.
Proof.
  intros t [n d] H. unfold check_point in H. rewrite !andb_true_iff, Z.ltb_lt, existsb_exists in H.
  destruct H as [[Hw Hd] (i & Hi & H)]. cbn [fst snd] in *. assert (Hd' : 0 < IZR d) by (apply IZR_lt; assumption).
  destruct (well_formed_spec t Hw) as (Hs & Hu & _ & Hb & _). repeat split.
  - unfold well_formed in *. cbn. rewrite !andb_true_iff, !Z.ltb_lt in *. destruct Hw as [[[[H1 H2] H3] H4] _].
    rewrite Z.leb_refl. repeat split; try assumption; [apply Z.mul_pos_pos; assumption|apply Z.mul_lt_mono_pos_r; assumption].
  - exists i. split; [assumption|]. apply holds_between; assumption.
  - unfold at_, here, point, frac. cbn [fst snd at_point scale]. rewrite !mult_IZR. field. split; lra.
  - unfold shift, frac. cbn [at_point scale epsilon snd]. rewrite !mult_IZR. field. split; lra.
  - intro v. unfold approximation, place. cbn [at_point scale base chebyshev unit coefficients].
    destruct (base t) as [l h]. cbn [fst snd] in *. f_equal. destruct (chebyshev t); [|reflexivity]. f_equal.
    unfold frac. rewrite !mult_IZR. field. repeat split; lra.
Qed.

Definition value (l : list Z) : Z := hd 0%Z l.
Lemma value_eval : forall l, eval l 0 = IZR (value l).
Proof. intros [|c l]; simpl; ring. Qed.

(** * The error at a point *)

Definition check_lower (k : kind) (t : table) (x lower : Z * Z) : bool :=
  let p := at_point t x in
  (check_point t x && one_signed k (here t x) && (0 <? snd lower) &&
   (fst lower * value (weight_list k p (here t x)) <=? snd lower * Z.abs (value (error_list k p (here t x)))))%Z.

(** Somewhere the error is at least this. *)
Theorem lower_sound : forall k t x lower, check_lower k t x lower = true ->
  exists v, inside t v /\ point lower * weight k t v <= Rabs (error k t v).
Proof.
  intros k t x lower H. unfold check_lower in H. rewrite !andb_true_iff, Z.ltb_lt, Z.leb_le in H.
  destruct H as [[[Hc Ho] Hl] H]. destruct (check_point_spec t x Hc) as (Hw & Hin & Hx & Hs & Ha).
  destruct (lists_value k _ (here t x) 0 Hw Ho (Rle_refl _) ltac:(lra)) as (f & Hf & E & W).
  rewrite value_eval, Hx in E, W. exists (point x). split; [assumption|].
  assert (Ee : error k (at_point t x) (point x) = error k t (point x)) by (unfold error; rewrite Ha, Hs; reflexivity).
  assert (Ew : weight k (at_point t x) (point x) = weight k t (point x)) by (unfold weight; rewrite Hs; reflexivity).
  rewrite Ee in E. rewrite Ew in W. apply IZR_lt in Hl. apply IZR_le in H.
  rewrite !mult_IZR, abs_IZR, E, W, Rabs_mult_pos in H by lra. unfold point at 1, frac.
  apply Rmult_le_reg_l with (IZR (snd lower) * f); [apply Rmult_lt_0_compat; assumption|].
  replace (IZR (snd lower) * f * (IZR (fst lower) / IZR (snd lower) * weight k t (point x)))
    with (IZR (fst lower) * (f * weight k t (point x))) by (field; lra). lra.
Qed.

Corollary relative_lower_sound : forall t x lower, check_lower relative_reciprocal t x lower = true ->
  exists v, inside t v /\ point lower <= Rabs ((v + shift t) * approximation t v - 1).
Proof. intros t x lower H. rewrite <- (Rmult_1_r (point lower)). exact (lower_sound _ _ _ _ H). Qed.

Corollary absolute_lower_sound : forall t x lower, check_lower absolute_reciprocal t x lower = true ->
  exists v, inside t v /\ point lower * (v + shift t) <= Rabs ((v + shift t) * approximation t v - 1).
Proof. intros t x lower H. exact (lower_sound _ _ _ _ H). Qed.

Corollary sign_lower_sound : forall t x lower, check_lower sign t x lower = true ->
  exists v, inside t v /\ point lower <= Rabs (approximation t v - v / Rabs v).
Proof. intros t x lower H. rewrite <- (Rmult_1_r (point lower)). exact (lower_sound _ _ _ _ H). Qed.

(** By squares: (x + ε)·r² ≤ (1 − λ)² with λ ≤ 1, or ≥ (1 + λ)². *)
Definition check_inverse_sqrt_lower (t : table) (x lower : Z * Z) : bool :=
  let p := at_point t x in
  let '(n, d) := lower in
  let q := (d * d * value (square p (here t x)))%Z in
  let f := square_factor p (here t x) in
  (check_point t x && (0 <=? fst (here t x) + epsilon p) && (0 <? d) && (0 <=? n) &&
   ((n <=? d) && (q <=? (d - n) * (d - n) * f) || ((d + n) * (d + n) * f <=? q)))%Z.

Theorem inverse_sqrt_lower_sound : forall t x lower, check_inverse_sqrt_lower t x lower = true ->
  exists v, inside t v /\ point lower <= Rabs (sqrt (v + shift t) * approximation t v - 1).
Proof.
  intros t x [n d] H. unfold check_inverse_sqrt_lower in H.
  rewrite !andb_true_iff, orb_true_iff, andb_true_iff, Z.ltb_lt, !Z.leb_le in H. destruct H as [[[[Hc HD] Hd] Hn] H].
  destruct (check_point_spec t x Hc) as (Hw & Hin & Hx & Hs & Ha).
  destruct (square_value _ (here t x) 0 Hw) as [Hf Q]. rewrite value_eval, Hx, Hs, Ha in Q.
  exists (point x). split; [assumption|]. pose proof (denominator_value (at_point t x) (here t x) 0) as D.
  destruct (well_formed_spec _ Hw) as (Hsc & _). specialize (D Hsc). rewrite Hx, Hs in D.
  assert (HD' : 0 <= point x + shift t).
  { apply Rmult_le_reg_l with (IZR (scale (at_point t x))); [assumption|]. rewrite <- D. unfold denominator. cbn [eval].
    apply IZR_le in HD. lra. }
  set (D' := point x + shift t) in *. set (r := approximation t (point x)) in *.
  pose proof (sqrt_sqrt D' HD') as Hrr. set (v := sqrt D' * r).
  assert (Hvv : v * v = D' * (r * r)).
  { unfold v. replace (sqrt D' * r * (sqrt D' * r)) with (sqrt D' * sqrt D' * (r * r)) by ring. rewrite Hrr; reflexivity. }
  rewrite <- Hvv in Q. set (f := IZR (square_factor _ _)) in *. apply IZR_lt in Hd. apply IZR_le in Hn.
  apply Rmult_le_reg_l with (IZR d); [assumption|]. unfold point, frac. cbn [fst snd].
  replace (IZR d * (IZR n / IZR d)) with (IZR n) by (field; lra). rewrite <- Rabs_mult_pos by lra.
  destruct H as [[Hnd H]|H].
  - apply IZR_le in Hnd, H. rewrite !mult_IZR, minus_IZR, Q in H. fold f in H.
    assert (A : IZR d * v <= IZR d - IZR n).
    { apply square_le; [lra|]. apply Rmult_le_reg_l with f; [assumption|]. lra. }
    eapply Rle_trans; [|rewrite <- Rabs_Ropp; apply Rle_abs]. lra.
  - apply IZR_le in H. rewrite !mult_IZR, plus_IZR, Q in H. fold f in H.
    destruct (Rle_lt_dec 0 v) as [Hv|Hv].
    + assert (A : IZR d + IZR n <= IZR d * v).
      { apply square_le; [apply Rmult_le_pos; lra|]. apply Rmult_le_reg_l with f; [assumption|]. lra. }
      eapply Rle_trans; [|apply Rle_abs]. lra.
    + assert (A : IZR d + IZR n <= IZR d * - v).
      { apply square_le; [apply Rmult_le_pos; lra|]. apply Rmult_le_reg_l with f; [assumption|]. lra. }
      eapply Rle_trans; [|rewrite <- Rabs_Ropp; apply Rle_abs]. lra.
Qed.

(** * What is refuted *)

Lemma numerator_at : forall t x, check_point t x = true ->
  0 < IZR (factor (at_point t x) (here t x)) /\
  IZR (value (numerator (at_point t x) (here t x)))
  = IZR (factor (at_point t x) (here t x)) * approximation t (point x).
Proof.
  intros t x Hc. destruct (check_point_spec t x Hc) as (Hw & _ & Hx & _ & Ha).
  destruct (numerator_value _ (here t x) 0 Hw) as [Hf E]. rewrite value_eval, Hx, Ha in E. split; assumption.
Qed.

Definition check_not_positive (t : table) (x : Z * Z) : bool :=
  check_point t x && (value (numerator (at_point t x) (here t x)) <=? 0)%Z.

(** r(x) ≤ 0 somewhere. *)
Theorem not_positive_sound : forall t x, check_not_positive t x = true -> exists v, inside t v /\ approximation t v <= 0.
Proof.
  intros t x H. unfold check_not_positive in H. rewrite andb_true_iff, Z.leb_le in H. destruct H as [Hc H].
  destruct (numerator_at t x Hc) as [Hf E]. destruct (check_point_spec t x Hc) as (_ & Hin & _).
  exists (point x). split; [assumption|]. apply IZR_le in H. rewrite E in H.
  apply Rmult_le_reg_l with (IZR (factor (at_point t x) (here t x))); lra.
Qed.

Definition check_not_decreasing (t : table) (x z : Z * Z) : bool :=
  let value_of x := value (numerator (at_point t x) (here t x)) in
  let factor_of x := factor (at_point t x) (here t x) in
  (check_point t x && check_point t z && existsb (fun i => holds t x i && holds t z i) (intervals t) &&
   (fst x * snd z <? fst z * snd x) && (value_of x * factor_of z <=? value_of z * factor_of x))%Z.

(** x < z in one interval with r(x) ≤ r(z) somewhere. *)
Theorem not_decreasing_sound : forall t x z, check_not_decreasing t x z = true -> exists i u v,
  In i (intervals t) /\ between t i u /\ between t i v /\ u < v /\ approximation t u <= approximation t v.
Proof.
  intros t x z H. unfold check_not_decreasing in H. rewrite !andb_true_iff, existsb_exists, Z.ltb_lt, Z.leb_le in H.
  destruct H as [[[[Hx Hz] (i & Hi & Hh)] Hlt] H]. rewrite andb_true_iff in Hh. destruct Hh as [Hxi Hzi].
  destruct (numerator_at t x Hx) as [Hf E]. destruct (numerator_at t z Hz) as [Hf' E'].
  unfold check_point in Hx, Hz. rewrite !andb_true_iff, Z.ltb_lt in Hx, Hz. destruct Hx as [[Hw Hd] _]. destruct Hz as [[_ Hd'] _].
  destruct (well_formed_spec t Hw) as (Hs & _). apply IZR_lt in Hd, Hd', Hlt. rewrite !mult_IZR in Hlt.
  exists i, (point x), (point z). split; [assumption|]. split; [apply holds_between; assumption|].
  split; [apply holds_between; assumption|]. split.
  - unfold point, frac. apply Rmult_lt_reg_r with (IZR (snd x) * IZR (snd z)); [apply Rmult_lt_0_compat; assumption|].
    replace (IZR (fst x) / IZR (snd x) * (IZR (snd x) * IZR (snd z))) with (IZR (fst x) * IZR (snd z)) by (field; lra).
    replace (IZR (fst z) / IZR (snd z) * (IZR (snd x) * IZR (snd z))) with (IZR (fst z) * IZR (snd x)) by (field; lra).
    assumption.
  - apply IZR_le in H. rewrite !mult_IZR, E, E' in H.
    set (f := IZR (factor (at_point t x) _)) in *. set (f' := IZR (factor (at_point t z) _)) in *.
    apply Rmult_le_reg_l with (f * f'); [apply Rmult_lt_0_compat; assumption|]. lra.
Qed.
