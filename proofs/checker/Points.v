(** Exact evaluation of a table at a rational point: the error there as a lower bound, and what is refuted there. *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Chebyshev PolyAttn.Witness.
Import ListNotations.
Open Scope R_scope.

(** From a = q^k·T_k, b = q^(k+1)·T_{k+1}, s = q^k·S and w = q^k at y = p/q: the same after the terms of l. *)
Fixpoint evaluate (p q : Z) (a b s w : Z) (l : list Z) : Z * Z :=
  match l with
  | [] => (s, w)
  | c :: l => evaluate p q b (2 * p * b - q * q * a)%Z (q * (s + c * a))%Z (q * w)%Z l
  end.
Definition value_at (p q : Z) (l : list Z) : Z * Z := evaluate p q 1 p 0 1 l.

Lemma evaluate_sound : forall p q, (0 < q)%Z -> forall l k a b s w S,
  (0 < w)%Z -> IZR a = IZR w * T k (IZR p / IZR q) -> IZR b = IZR w * IZR q * T (Datatypes.S k) (IZR p / IZR q) ->
  IZR s = IZR w * S ->
  (0 < snd (evaluate p q a b s w l))%Z /\
  IZR (fst (evaluate p q a b s w l)) = IZR (snd (evaluate p q a b s w l)) * (S + series k (IZR p / IZR q) l).
Proof.
  intros p q Hq. assert (Hq' : 0 < IZR q) by (apply IZR_lt; assumption).
  induction l as [|c l IH]; intros k a b s w S Hw Ha Hb Hs; cbn [evaluate series].
  - split; [assumption|]. cbn [fst snd]. rewrite Hs; ring.
  - destruct (IH (Datatypes.S k) b (2 * p * b - q * q * a)%Z (q * (s + c * a))%Z (q * w)%Z
      (S + IZR c * T k (IZR p / IZR q))) as [H1 H2].
    + apply Z.mul_pos_pos; assumption.
    + rewrite Hb, mult_IZR; ring.
    + rewrite minus_IZR, !mult_IZR, Ha, Hb, T_SS. field. lra.
    + rewrite mult_IZR, plus_IZR, !mult_IZR, Hs, Ha. ring.
    + split; [assumption|]. rewrite H2. ring.
Qed.

Lemma value_at_sound : forall p q l, (0 < q)%Z ->
  (0 < snd (value_at p q l))%Z /\ IZR (fst (value_at p q l)) = IZR (snd (value_at p q l)) * series 0 (IZR p / IZR q) l.
Proof.
  intros p q l Hq. assert (Hq' : 0 < IZR q) by (apply IZR_lt; assumption).
  destruct (evaluate_sound p q Hq l 0 1 p 0 1 0) as [H1 H2]; try lia; simpl IZR.
  - rewrite T_0; ring.
  - rewrite T_1; field; lra.
  - ring.
  - split; [exact H1|]. unfold value_at. rewrite H2. ring.
Qed.

(** * Points of a table's interval *)

(** A point n/d, d > 0, and its place on [−1, 1] as a fraction. *)
Definition point (x : Z * Z) : R := frac (fst x) (snd x).
Definition place_numerator (t : table) (x : Z * Z) : Z := (2 * fst x * scale t - (lo t + hi t) * snd x)%Z.
Definition place_denominator (t : table) (x : Z * Z) : Z := (width t * snd x)%Z.
Definition check_point (t : table) (x : Z * Z) : bool :=
  (well_formed t && (0 <? snd x) && (lo t * snd x <=? fst x * scale t) && (fst x * scale t <=? hi t * snd x))%Z.

Lemma fraction_le : forall a b c d, 0 < b -> 0 < d -> a * d <= c * b -> a / b <= c / d.
Proof.
  intros a b c d Hb Hd H. apply Rmult_le_reg_r with (b * d); [apply Rmult_lt_0_compat; assumption|].
  replace (a / b * (b * d)) with (a * d) by (field; lra). replace (c / d * (b * d)) with (c * b) by (field; lra). assumption.
Qed.

Lemma check_point_spec : forall t x, check_point t x = true ->
  well_formed t = true /\ 0 < IZR (snd x) /\ (0 < place_denominator t x)%Z /\ low t <= point x <= high t /\
  place t (point x) = IZR (place_numerator t x) / IZR (place_denominator t x).
Proof.
  intros t [n d] H. unfold check_point in H. cbn [fst snd] in *. rewrite !andb_true_iff, Z.ltb_lt, !Z.leb_le in H.
  destruct H as [[[Hw Hd] Hl] Hh]. split; [assumption|].
  pose proof (well_formed_spec t Hw) as (Hs & Hu & Hlh & _).
  assert (Hd' : 0 < IZR d) by (apply IZR_lt; assumption). apply IZR_le in Hl, Hh. rewrite !mult_IZR in Hl, Hh.
  split; [assumption|]. split.
  { unfold place_denominator, width. cbn [snd]. apply Z.mul_pos_pos; [|assumption]. apply lt_IZR in Hlh. lia. }
  split.
  { unfold low, high, point, frac. cbn [fst snd]. split; apply fraction_le; assumption. }
  unfold place, place_numerator, place_denominator, width, low, high, point, frac. cbn [fst snd].
  rewrite minus_IZR, !mult_IZR, minus_IZR, plus_IZR. field. repeat split; lra.
Qed.

(** * The error at a point *)

Definition residual_at (t : table) (x : Z * Z) : Z * Z :=
  value_at (place_numerator t x) (place_denominator t x) (exact_residual t).

Definition check_relative_lower (t : table) (x lower : Z * Z) : bool :=
  (check_point t x && (0 <? snd lower) &&
   let '(s, w) := residual_at t x in fst lower * w * (4 * scale t * unit t) <=? snd lower * Z.abs s)%Z.
Definition check_absolute_lower (t : table) (x lower : Z * Z) : bool :=
  (check_point t x && (0 <? snd lower) &&
   let '(s, w) := residual_at t x in
   fst lower * w * (4 * unit t * (fst x * scale t + epsilon t * snd x)) <=? snd lower * Z.abs s * snd x)%Z.

Lemma residual_at_sound : forall t x, check_point t x = true ->
  0 < IZR (snd (residual_at t x)) /\
  Rabs (IZR (fst (residual_at t x)))
  = IZR (snd (residual_at t x)) * (4 * IZR (scale t) * IZR (unit t))
    * Rabs ((point x + shift t) * approximation t (point x) - 1).
Proof.
  intros t x H. apply check_point_spec in H. destruct H as (Hw & Hd & Hq & Hx & Hp).
  destruct (value_at_sound (place_numerator t x) (place_denominator t x) (exact_residual t) Hq) as [H1 H2].
  fold (residual_at t x) in H1, H2. apply IZR_lt in H1. split; [assumption|].
  rewrite H2, <- Hp, residual_place by assumption. pose proof (well_formed_spec t Hw) as (Hs & Hu & _).
  assert (0 < 4 * IZR (scale t) * IZR (unit t)) by (apply Rmult_lt_0_compat; lra).
  rewrite <- Rmult_assoc, Rabs_mult_pos; [reflexivity|]. left; apply Rmult_lt_0_compat; assumption.
Qed.

(** Somewhere the relative error is at least this. *)
Theorem relative_lower_sound : forall t x lower, check_relative_lower t x lower = true ->
  exists v, low t <= v <= high t /\ point lower <= Rabs ((v + shift t) * approximation t v - 1).
Proof.
  intros t x lower H. unfold check_relative_lower in H. destruct (residual_at t x) as [s w] eqn:E.
  rewrite !andb_true_iff, Z.ltb_lt, Z.leb_le in H. destruct H as [[Hc Hl] H].
  pose proof (residual_at_sound t x Hc) as [Hw R]. rewrite E in Hw, R. cbn [fst snd] in Hw, R.
  apply check_point_spec in Hc. destruct Hc as (Hwf & _ & _ & Hx & _). pose proof (well_formed_spec t Hwf) as (Hs & Hu & _).
  exists (point x). split; [assumption|]. apply IZR_lt in Hl. apply IZR_le in H. rewrite !mult_IZR, abs_IZR, R in H.
  set (v := Rabs _) in *. set (full := 4 * IZR (scale t) * IZR (unit t)) in *.
  assert (P : 0 < IZR w * full) by (unfold full; repeat apply Rmult_lt_0_compat; lra).
  unfold point at 1, frac. apply Rmult_le_reg_r with (IZR (snd lower) * (IZR w * full)); [apply Rmult_lt_0_compat; assumption|].
  replace (IZR (fst lower) / IZR (snd lower) * (IZR (snd lower) * (IZR w * full)))
    with (IZR (fst lower) * IZR w * full) by (field; lra). lra.
Qed.

(** Somewhere the absolute error is: |D·r − 1| ≥ η·D. *)
Theorem absolute_lower_sound : forall t x lower, check_absolute_lower t x lower = true ->
  exists v, low t <= v <= high t /\ point lower * (v + shift t) <= Rabs ((v + shift t) * approximation t v - 1).
Proof.
  intros t x lower H. unfold check_absolute_lower in H. destruct (residual_at t x) as [s w] eqn:E.
  rewrite !andb_true_iff, Z.ltb_lt, Z.leb_le in H. destruct H as [[Hc Hl] H].
  pose proof (residual_at_sound t x Hc) as [Hw R]. rewrite E in Hw, R. cbn [fst snd] in Hw, R.
  apply check_point_spec in Hc. destruct Hc as (Hwf & Hd & _ & Hx & _). pose proof (well_formed_spec t Hwf) as (Hs & Hu & _).
  exists (point x). split; [assumption|]. apply IZR_lt in Hl. apply IZR_le in H.
  rewrite !mult_IZR, plus_IZR, !mult_IZR, abs_IZR, R in H.
  set (v := Rabs _) in *. set (full := 4 * IZR (scale t) * IZR (unit t)) in *.
  assert (P : 0 < IZR w * full) by (unfold full; repeat apply Rmult_lt_0_compat; lra).
  apply Rmult_le_reg_r with (IZR (snd lower) * (IZR w * full) * IZR (snd x)).
  { repeat apply Rmult_lt_0_compat; lra. }
  replace (point lower * (point x + shift t) * (IZR (snd lower) * (IZR w * full) * IZR (snd x)))
    with (IZR (fst lower) * IZR w * (4 * IZR (unit t) * (IZR (fst x) * IZR (scale t) + IZR (epsilon t) * IZR (snd x)))).
  2: { unfold point, shift, frac, full. field. repeat split; lra. }
  lra.
Qed.

(** * What is refuted *)

Definition coefficients_at (t : table) (x : Z * Z) : Z * Z :=
  value_at (place_numerator t x) (place_denominator t x) (coefficients t).

Lemma coefficients_at_sound : forall t x, check_point t x = true ->
  0 < IZR (snd (coefficients_at t x)) /\
  IZR (fst (coefficients_at t x)) = IZR (snd (coefficients_at t x)) * (IZR (unit t) * approximation t (point x)).
Proof.
  intros t x H. apply check_point_spec in H. destruct H as (Hw & Hd & Hq & Hx & Hp).
  destruct (value_at_sound (place_numerator t x) (place_denominator t x) (coefficients t) Hq) as [H1 H2].
  fold (coefficients_at t x) in H1, H2. apply IZR_lt in H1. split; [assumption|].
  pose proof (well_formed_spec t Hw) as (Hs & Hu & _). rewrite H2, <- Hp. unfold approximation. field. lra.
Qed.

Definition check_not_positive (t : table) (x : Z * Z) : bool := check_point t x && (fst (coefficients_at t x) <=? 0)%Z.
Definition check_not_decreasing (t : table) (x z : Z * Z) : bool :=
  (check_point t x && check_point t z && (fst x * snd z <? fst z * snd x) &&
   let '(s, w) := coefficients_at t x in
   let '(s', w') := coefficients_at t z in s * w' <=? s' * w)%Z.

(** r(x) ≤ 0 somewhere. *)
Theorem not_positive_sound : forall t x, check_not_positive t x = true ->
  exists v, low t <= v <= high t /\ approximation t v <= 0.
Proof.
  intros t x H. unfold check_not_positive in H. rewrite andb_true_iff, Z.leb_le in H. destruct H as [Hc H].
  pose proof (coefficients_at_sound t x Hc) as [Hw E]. apply check_point_spec in Hc. destruct Hc as (Hwf & _ & _ & Hx & _).
  pose proof (well_formed_spec t Hwf) as (_ & Hu & _).
  exists (point x). split; [assumption|]. apply IZR_le in H. rewrite E in H.
  assert (P : 0 < IZR (snd (coefficients_at t x)) * IZR (unit t)) by (apply Rmult_lt_0_compat; assumption).
  destruct (Rle_lt_dec (approximation t (point x)) 0) as [|Hp]; [assumption|exfalso].
  apply (Rmult_lt_0_compat _ _ P) in Hp. lra.
Qed.

(** x < z with r(x) ≤ r(z) somewhere. *)
Theorem not_decreasing_sound : forall t x z, check_not_decreasing t x z = true ->
  exists u v, low t <= u /\ u < v /\ v <= high t /\ approximation t u <= approximation t v.
Proof.
  intros t x z H. unfold check_not_decreasing in H.
  destruct (coefficients_at t x) as [s w] eqn:Ex. destruct (coefficients_at t z) as [s' w'] eqn:Ez.
  rewrite !andb_true_iff, Z.ltb_lt, Z.leb_le in H. destruct H as [[[Hx Hz] Hlt] H].
  pose proof (coefficients_at_sound t x Hx) as [Hw E]. pose proof (coefficients_at_sound t z Hz) as [Hw' E'].
  rewrite Ex in Hw, E. rewrite Ez in Hw', E'. cbn [fst snd] in Hw, E, Hw', E'.
  apply check_point_spec in Hx. destruct Hx as (Hwf & Hd & _ & Hx & _).
  apply check_point_spec in Hz. destruct Hz as (_ & Hd' & _ & Hz & _).
  pose proof (well_formed_spec t Hwf) as (_ & Hu & _).
  exists (point x), (point z). split; [lra|]. split.
  { apply IZR_lt in Hlt. rewrite !mult_IZR in Hlt. unfold point, frac.
    apply Rmult_lt_reg_r with (IZR (snd x) * IZR (snd z)); [apply Rmult_lt_0_compat; assumption|].
    replace (IZR (fst x) / IZR (snd x) * (IZR (snd x) * IZR (snd z))) with (IZR (fst x) * IZR (snd z)) by (field; lra).
    replace (IZR (fst z) / IZR (snd z) * (IZR (snd x) * IZR (snd z))) with (IZR (fst z) * IZR (snd x)) by (field; lra).
    assumption. }
  split; [lra|]. apply IZR_le in H. rewrite !mult_IZR, E, E' in H.
  apply Rmult_le_reg_l with (IZR w * IZR w' * IZR (unit t)); [repeat apply Rmult_lt_0_compat; assumption|]. lra.
Qed.
