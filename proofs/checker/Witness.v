(** A checker for tables Σ c_k·T_k of 1/(x + ε) on one interval: integers in, a theorem about reals out.

    The residual D·r − 1 is written exactly in the Chebyshev basis, over one denominator. The witness (A, B, K) says
    that it is nearly K·(T_{n+1} − 2a·T_n + a²·T_{n−1}) with a = A/B; nothing of that is believed: what is left over
    is computed and its absolute values are added up. *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Chebyshev.
Import ListNotations.
Open Scope R_scope.

(** * Chebyshev sums with integer coefficients *)

(** Σ c_j·T_{k+j}(y). *)
Fixpoint series (k : nat) (y : R) (l : list Z) : R :=
  match l with [] => 0 | c :: l => IZR c * T k y + series (S k) y l end.

Fixpoint scale_list (f : Z) (l : list Z) : list Z :=
  match l with [] => [] | c :: l => (f * c)%Z :: scale_list f l end.
Fixpoint add_list (a b : list Z) : list Z :=
  match a, b with [], _ => b | _, [] => a | x :: a, y :: b => (x + y)%Z :: add_list a b end.
Definition add_head (v : Z) (l : list Z) : list Z := match l with [] => [v] | c :: l => (c + v)%Z :: l end.
Fixpoint norm (l : list Z) : Z := match l with [] => 0%Z | c :: l => (Z.abs c + norm l)%Z end.

Lemma series_scale : forall f y l k, series k y (scale_list f l) = IZR f * series k y l.
Proof. induction l as [|c l IH]; intro k; simpl; [ring|]. rewrite IH, mult_IZR; ring. Qed.

Lemma series_add : forall y a b k, series k y (add_list a b) = series k y a + series k y b.
Proof. induction a as [|u a IH]; intros [|v b] k; simpl; try ring. rewrite IH, plus_IZR; ring. Qed.

Lemma series_head : forall y v l, series 0 y (add_head v l) = series 0 y l + IZR v.
Proof. intros y v [|c l]; simpl; rewrite T_0; [ring|]. rewrite plus_IZR; ring. Qed.

Lemma series_norm : forall y, -1 <= y <= 1 -> forall l k, Rabs (series k y l) <= IZR (norm l).
Proof.
  intros y Hy; induction l as [|c l IH]; intro k; simpl; [rewrite Rabs_R0; lra|].
  rewrite plus_IZR, abs_IZR. eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; [|apply IH].
  rewrite Rabs_mult. rewrite <- (Rmult_1_r (Rabs (IZR c))) at 2.
  apply Rmult_le_compat_l; [apply Rabs_pos|apply T_bounded; assumption].
Qed.

(** 2y·Σ m_k·T_k: both neighbours of each term, and T_1 twice for T_0. *)
Definition tail (l : list Z) : list Z := match l with [] => [] | _ :: l => l end.
Definition double_y (m : list Z) : list Z :=
  match m with
  | [] => []
  | m0 :: rest => add_list (0%Z :: m0 :: rest) (add_list rest [0%Z; m0])
  end.

Lemma series_shift : forall y l k, 2 * y * series (S k) y l = series (S (S k)) y l + series k y l.
Proof.
  induction l as [|c l IH]; intro k; simpl; [ring|].
  rewrite Rmult_plus_distr_l, IH. replace (2 * y * (IZR c * T (S k) y)) with (IZR c * (2 * y * T (S k) y)) by ring.
  replace (2 * y * T (S k) y) with (T (S (S k)) y + T k y) by (rewrite T_SS; ring). ring.
Qed.

Lemma series_double : forall y m, series 0 y (double_y m) = 2 * y * series 0 y m.
Proof.
  intros y [|m0 rest]; [simpl; ring|]. unfold double_y. rewrite !series_add.
  change (series 0 y (0%Z :: m0 :: rest)) with (0 * T 0 y + (IZR m0 * T 1 y + series 2 y rest)).
  change (series 0 y [0%Z; m0]) with (0 * T 0 y + (IZR m0 * T 1 y + 0)).
  change (series 0 y (m0 :: rest)) with (IZR m0 * T 0 y + series 1 y rest).
  rewrite Rmult_plus_distr_l, series_shift, T_0, T_1. ring.
Qed.

(** * The residual *)

(** A table: 2D = (p + q·y)/s on the interval, r = (Σ m_k·T_k(y))/unit. *)
Definition residual (p q s unit : Z) (m : list Z) : list Z :=
  add_head (- (2 * s * unit)) (add_list (scale_list (2 * p) m) (scale_list q (double_y m))).

Lemma residual_value : forall p q s unit m y,
  series 0 y (residual p q s unit m)
  = 2 * (IZR p + IZR q * y) * series 0 y m - 2 * IZR s * IZR unit.
Proof.
  intros. unfold residual. rewrite series_head, series_add, !series_scale, series_double.
  rewrite opp_IZR, !mult_IZR. ring.
Qed.

(** K·(B²·T_{n+2} − 2AB·T_{n+1} + A²·T_n) in the place of the last three terms. *)
Fixpoint subtract_witness (w : list Z) (l : list Z) (n : nat) : list Z :=
  match n with
  | O => add_list l (scale_list (-1) w)
  | S n => match l with [] => 0%Z :: subtract_witness w [] n | c :: l => c :: subtract_witness w l n end
  end.

Lemma series_subtract : forall y w n l k,
  series k y (subtract_witness w l n) = series k y l - series (k + n) y w.
Proof.
  intros y w n; induction n as [|n IH]; intros l k; simpl.
  - rewrite series_add, series_scale, Nat.add_0_r. simpl IZR. ring.
  - destruct l as [|c l]; simpl; rewrite IH; replace (S k + n)%nat with (k + S n)%nat by lia; simpl; ring.
Qed.

Definition witness_list (A B K : Z) : list Z := [K * A * A; - (2 * K * A * B); K * B * B]%Z.

(** An upper bound of B²·|Σ e_j·T_j| is |K|·(B² − 2AB·y + A²) + leftover. *)
Definition leftover (A B K : Z) (n : nat) (e : list Z) : Z :=
  norm (subtract_witness (witness_list A B K) (scale_list (B * B) e) n).

Lemma witness_value : forall A B K n y, B <> 0%Z ->
  series n y (witness_list A B K)
  = IZR K * (IZR B * IZR B) * (T (S (S n)) y - 2 * (IZR A / IZR B) * T (S n) y + IZR A / IZR B * (IZR A / IZR B) * T n y).
Proof.
  intros A B K n y HB. apply not_0_IZR in HB. unfold witness_list. cbn [series].
  rewrite opp_IZR, !mult_IZR. field; assumption.
Qed.

Lemma witness_bound : forall A B K n e y, B <> 0%Z -> -1 <= y <= 1 ->
  IZR B * IZR B * Rabs (series 0 y e)
  <= IZR (Z.abs K) * (IZR B * IZR B - 2 * IZR A * IZR B * y + IZR A * IZR A) + IZR (leftover A B K n e).
Proof.
  intros A B K n e y HB Hy. assert (HB' : IZR B <> 0) by (apply not_0_IZR; assumption).
  assert (Hsq : 0 <= IZR B * IZR B) by nra.
  rewrite <- Rabs_mult_pos by assumption.
  pose proof (series_subtract y (witness_list A B K) n (scale_list (B * B) e) 0) as E.
  rewrite series_scale, mult_IZR, Nat.add_0_l in E.
  replace (IZR B * IZR B * series 0 y e)
    with (series n y (witness_list A B K) + series 0 y (subtract_witness (witness_list A B K) (scale_list (B * B) e) n)) by lra.
  eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; [|apply series_norm; assumption].
  rewrite witness_value by assumption. rewrite !Rabs_mult.
  pose proof (T_weighted n (IZR A / IZR B) y Hy) as W.
  rewrite abs_IZR.
  replace (IZR B * IZR B - 2 * IZR A * IZR B * y + IZR A * IZR A)
    with (IZR B * IZR B * (1 - 2 * (IZR A / IZR B) * y + IZR A / IZR B * (IZR A / IZR B))) by (field; assumption).
  replace (Rabs (IZR B) * Rabs (IZR B)) with (IZR B * IZR B) by (rewrite <- Rabs_mult, Rabs_right; [reflexivity|nra]).
  rewrite Rmult_assoc. apply Rmult_le_compat_l; [apply Rabs_pos|]. apply Rmult_le_compat_l; assumption.
Qed.

(** * The check *)

(** Everything that a table and its claim consist of; ends and ε over one denominator. *)
Record table := {
  scale : Z;          (** the denominator of lo, hi and ε *)
  lo : Z;
  hi : Z;
  epsilon : Z;
  unit : Z;           (** the denominator of the coefficients *)
  coefficients : list Z;
  bound_numerator : Z;
  bound_denominator : Z;
  witness_a : Z;      (** A *)
  witness_b : Z;      (** B *)
  witness_k : Z;      (** K *)
  degree : nat        (** of r *)
}.

Definition frac (n d : Z) : R := IZR n / IZR d.
Definition low (t : table) : R := frac (lo t) (scale t).
Definition high (t : table) : R := frac (hi t) (scale t).
Definition shift (t : table) : R := frac (epsilon t) (scale t).
Definition bound (t : table) : R := frac (bound_numerator t) (bound_denominator t).

(** r(x) = Σ c_k·T_k((2x − lo − hi)/(hi − lo)). *)
Definition place (t : table) (x : R) : R := (2 * x - low t - high t) / (high t - low t).
Definition approximation (t : table) (x : R) : R := series 0 (place t x) (coefficients t) / IZR (unit t).

Definition well_formed (t : table) : bool :=
  (0 <? scale t)%Z && (0 <? unit t)%Z && (lo t <? hi t)%Z && (0 <? bound_denominator t)%Z && negb (witness_b t =? 0)%Z.

Definition centre (t : table) : Z := (lo t + hi t + 2 * epsilon t)%Z.
Definition width (t : table) : Z := (hi t - lo t)%Z.
Definition exact_residual (t : table) : list Z :=
  residual (centre t) (width t) (2 * scale t) (unit t) (coefficients t).

(** With `ends` twice the allowed |residual| at y = −1 and y = 1, in the residual's unit and times the bound's
    denominator; both sides are affine in y. *)
Definition check_ends (t : table) (at_minus at_plus : Z) : bool :=
  let (A, B) := (witness_a t, witness_b t) in
  let rest := leftover A B (witness_k t) (degree t - 1) (exact_residual t) in
  let k := Z.abs (witness_k t) in
  ((bound_denominator t * (k * ((B + A) * (B + A)) + rest) <=? B * B * (bound_numerator t * at_minus)) &&
   (bound_denominator t * (k * ((B - A) * (B - A)) + rest) <=? B * B * (bound_numerator t * at_plus)))%Z.

Definition check_relative (t : table) : bool :=
  let full := (4 * scale t * unit t)%Z in well_formed t && check_ends t full full.
Definition check_absolute (t : table) : bool :=
  well_formed t && check_ends t (2 * unit t * (centre t - width t))%Z (2 * unit t * (centre t + width t))%Z.

Lemma well_formed_spec : forall t, well_formed t = true ->
  0 < IZR (scale t) /\ 0 < IZR (unit t) /\ IZR (lo t) < IZR (hi t) /\ 0 < IZR (bound_denominator t) /\ witness_b t <> 0%Z.
Proof.
  unfold well_formed; intros t H. rewrite !andb_true_iff in H. destruct H as [[[[H1 H2] H3] H4] H5].
  apply Z.ltb_lt in H1, H2, H3, H4. apply negb_true_iff, Z.eqb_neq in H5.
  repeat split; try (apply IZR_lt; assumption). assumption.
Qed.

Lemma place_unit : forall t x, low t < high t -> low t <= x <= high t -> -1 <= place t x <= 1.
Proof.
  intros t x H Hx. unfold place.
  split; (apply Rmult_le_reg_r with (high t - low t); [lra|]); unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra.
Qed.

Lemma low_below_high : forall t, well_formed t = true -> low t < high t.
Proof.
  intros t H. apply well_formed_spec in H. destruct H as (Hs & _ & Hl & _). unfold low, high, frac, Rdiv.
  apply Rmult_lt_compat_r; [apply Rinv_0_lt_compat|]; assumption.
Qed.

(** 2·scale·(x + ε) = centre + width·y. *)
Lemma denominator_place : forall t x, well_formed t = true ->
  2 * IZR (scale t) * (x + shift t) = IZR (centre t) + IZR (width t) * place t x.
Proof.
  intros t x H. pose proof (low_below_high t H) as Hlh. apply well_formed_spec in H. destruct H as (Hs & _ & Hl & _).
  unfold place, centre, width. rewrite !plus_IZR, mult_IZR, minus_IZR.
  unfold low, high, shift, frac in *. field. split; lra.
Qed.

(** The residual in its integers: 4·scale·unit·(D·r − 1). *)
Lemma residual_place : forall t x, well_formed t = true ->
  series 0 (place t x) (exact_residual t)
  = 4 * IZR (scale t) * IZR (unit t) * ((x + shift t) * approximation t x - 1).
Proof.
  intros t x H. unfold exact_residual. rewrite residual_value, <- denominator_place by assumption.
  apply well_formed_spec in H. destruct H as (Hs & Hu & _). unfold approximation. rewrite mult_IZR. field. lra.
Qed.

Lemma check_ends_sound : forall t m p x, well_formed t = true -> check_ends t m p = true -> low t <= x <= high t ->
  Rabs (series 0 (place t x) (exact_residual t))
  <= bound t * (IZR m * ((1 - place t x) / 2) + IZR p * ((1 + place t x) / 2)).
Proof.
  intros t m p x Hw Hc Hx. pose proof (place_unit t x (low_below_high t Hw) Hx) as Hy.
  apply well_formed_spec in Hw. destruct Hw as (Hs & Hu & Hl & Hb & HB).
  unfold check_ends in Hc. rewrite andb_true_iff, !Z.leb_le in Hc. destruct Hc as [Hm Hp].
  apply IZR_le in Hm, Hp.
  repeat (rewrite mult_IZR in Hm || rewrite plus_IZR in Hm). repeat (rewrite mult_IZR in Hp || rewrite plus_IZR in Hp || rewrite minus_IZR in Hp).
  pose proof (witness_bound (witness_a t) (witness_b t) (witness_k t) (degree t - 1) (exact_residual t) _ HB Hy) as W.
  set (y := place t x) in *. set (A := IZR (witness_a t)) in *. set (B := IZR (witness_b t)) in *.
  set (k := IZR (Z.abs (witness_k t))) in *. set (e := Rabs (series 0 y (exact_residual t))) in *.
  set (d := IZR (bound_denominator t)) in *. set (b := IZR (bound_numerator t)) in *.
  set (rest := IZR (leftover _ _ _ _ _)) in *.
  assert (HB2 : 0 < B * B) by (assert (B <> 0) by (apply not_0_IZR; assumption); nra).
  apply Rmult_le_reg_l with (d * (B * B)); [apply Rmult_lt_0_compat; assumption|].
  apply Rle_trans with (d * (k * (B * B - 2 * A * B * y + A * A) + rest)).
  { rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|assumption]. }
  replace (d * (k * (B * B - 2 * A * B * y + A * A) + rest))
    with (d * (k * ((B + A) * (B + A)) + rest) * ((1 - y) / 2) + d * (k * ((B - A) * (B - A)) + rest) * ((1 + y) / 2)) by field.
  replace (d * (B * B) * (bound t * (IZR m * ((1 - y) / 2) + IZR p * ((1 + y) / 2))))
    with (B * B * (b * IZR m) * ((1 - y) / 2) + B * B * (b * IZR p) * ((1 + y) / 2)).
  2: { unfold bound, frac. fold d b. field. apply Rgt_not_eq; assumption. }
  apply Rplus_le_compat; apply Rmult_le_compat_r; lra.
Qed.

(** The relative claim. *)
Theorem relative_sound : forall t, check_relative t = true -> forall x, low t <= x <= high t ->
  Rabs ((x + shift t) * approximation t x - 1) <= bound t.
Proof.
  intros t H x Hx. unfold check_relative in H. apply andb_true_iff in H. destruct H as [Hw Hc].
  pose proof (check_ends_sound t _ _ x Hw Hc Hx) as S. rewrite residual_place in S by assumption.
  apply well_formed_spec in Hw. destruct Hw as (Hs & Hu & _).
  assert (0 < 4 * IZR (scale t) * IZR (unit t)) by (apply Rmult_lt_0_compat; lra).
  rewrite Rabs_mult_pos in S by lra. rewrite !mult_IZR in S.
  apply Rmult_le_reg_l with (4 * IZR (scale t) * IZR (unit t)); [assumption|]. simpl IZR in S. lra.
Qed.

(** The absolute one. *)
Theorem absolute_sound : forall t, check_absolute t = true -> forall x, low t <= x <= high t ->
  Rabs ((x + shift t) * approximation t x - 1) <= bound t * (x + shift t).
Proof.
  intros t H x Hx. unfold check_absolute in H. apply andb_true_iff in H. destruct H as [Hw Hc].
  pose proof (check_ends_sound t _ _ x Hw Hc Hx) as S. rewrite residual_place in S by assumption.
  pose proof (denominator_place t x Hw) as E.
  apply well_formed_spec in Hw. destruct Hw as (Hs & Hu & _).
  assert (0 < 4 * IZR (scale t) * IZR (unit t)) by (apply Rmult_lt_0_compat; lra).
  rewrite Rabs_mult_pos in S by lra. rewrite !mult_IZR, minus_IZR, plus_IZR in S.
  apply Rmult_le_reg_l with (4 * IZR (scale t) * IZR (unit t)); [assumption|].
  replace (4 * IZR (scale t) * IZR (unit t) * (bound t * (x + shift t)))
    with (bound t * (2 * IZR (unit t) * (2 * IZR (scale t) * (x + shift t)))) by ring.
  rewrite E. simpl IZR in S. lra.
Qed.

(** * Sign and slope, from the same residual *)

(** Σ (k + j)²·|e_j|. *)
Fixpoint slope_norm (k : Z) (l : list Z) : Z :=
  match l with [] => 0%Z | c :: l => (k * k * Z.abs c + slope_norm (k + 1) l)%Z end.

Definition check_positive (t : table) : bool :=
  (well_formed t && (0 <? lo t + epsilon t) && (norm (exact_residual t) <? 4 * scale t * unit t))%Z.
Definition check_decreasing (t : table) : bool :=
  (check_positive t &&
   (slope_norm 0 (exact_residual t) * (centre t + width t)
    <? (4 * scale t * unit t - norm (exact_residual t)) * width t))%Z.

Lemma series_lipschitz : forall y z, -1 <= y <= 1 -> -1 <= z <= 1 -> forall l k,
  Rabs (series k y l - series k z l) <= IZR (slope_norm (Z.of_nat k) l) * Rabs (y - z).
Proof.
  intros y z Hy Hz. induction l as [|c l IH]; intro k; cbn [series slope_norm].
  - rewrite Rminus_0_r, Rabs_R0, Rmult_0_l; lra.
  - replace (IZR c * T k y + series (S k) y l - (IZR c * T k z + series (S k) z l))
      with (IZR c * (T k y - T k z) + (series (S k) y l - series (S k) z l)) by ring.
    eapply Rle_trans; [apply Rabs_triang|].
    replace (Z.of_nat k + 1)%Z with (Z.of_nat (S k)) by lia.
    rewrite plus_IZR, Rmult_plus_distr_r. apply Rplus_le_compat; [|apply IH].
    rewrite Rabs_mult, !mult_IZR, abs_IZR, <- INR_IZR_INZ.
    pose proof (T_lipschitz k y z Hy Hz). pose proof (Rabs_pos (IZR c)). nra.
Qed.

Lemma slope_norm_nonneg : forall l k, (0 <= slope_norm k l)%Z.
Proof.
  induction l as [|c l IH]; intro k; cbn [slope_norm]; [lia|]. specialize (IH (k + 1)%Z).
  pose proof (Z.mul_nonneg_nonneg (k * k) (Z.abs c) (Z.square_nonneg k) (Z.abs_nonneg c)). lia.
Qed.

Lemma check_positive_spec : forall t, check_positive t = true ->
  well_formed t = true /\ 0 < IZR (lo t) + IZR (epsilon t) /\
  IZR (norm (exact_residual t)) < 4 * IZR (scale t) * IZR (unit t).
Proof.
  unfold check_positive; intros t H. rewrite !andb_true_iff, !Z.ltb_lt in H. destruct H as [[Hw Hd] Hn].
  apply IZR_lt in Hd, Hn. rewrite plus_IZR in Hd. rewrite !mult_IZR in Hn. repeat split; assumption.
Qed.

Lemma denominator_positive : forall t x, well_formed t = true -> 0 < IZR (lo t) + IZR (epsilon t) ->
  low t <= x -> 0 < x + shift t.
Proof.
  intros t x Hw H Hx. apply well_formed_spec in Hw. destruct Hw as (Hs & _).
  assert (0 < low t + shift t); [|lra]. unfold low, shift, frac.
  replace (IZR (lo t) / IZR (scale t) + IZR (epsilon t) / IZR (scale t))
    with ((IZR (lo t) + IZR (epsilon t)) / IZR (scale t)) by (field; lra).
  apply Rdiv_lt_0_compat; assumption.
Qed.

(** 4·scale·unit·|D·r − 1| ≤ Σ |e_j|. *)
Lemma residual_norm : forall t x, well_formed t = true -> low t <= x <= high t ->
  4 * IZR (scale t) * IZR (unit t) * Rabs ((x + shift t) * approximation t x - 1) <= IZR (norm (exact_residual t)).
Proof.
  intros t x Hw Hx. pose proof (place_unit t x (low_below_high t Hw) Hx) as Hy.
  pose proof (series_norm _ Hy (exact_residual t) 0) as N. rewrite residual_place in N by assumption.
  apply well_formed_spec in Hw. destruct Hw as (Hs & Hu & _).
  assert (0 < 4 * IZR (scale t) * IZR (unit t)) by (apply Rmult_lt_0_compat; lra).
  rewrite Rabs_mult_pos in N by lra. assumption.
Qed.

(** r > 0. *)
Theorem positive_sound : forall t, check_positive t = true -> forall x, low t <= x <= high t -> 0 < approximation t x.
Proof.
  intros t H x Hx. apply check_positive_spec in H. destruct H as (Hw & Hd & Hn).
  pose proof (residual_norm t x Hw Hx) as N. pose proof (denominator_positive t x Hw Hd (proj1 Hx)) as HD.
  apply well_formed_spec in Hw. destruct Hw as (Hs & Hu & _).
  set (full := 4 * IZR (scale t) * IZR (unit t)) in *.
  assert (Hf : 0 < full) by (unfold full; apply Rmult_lt_0_compat; lra).
  assert (L : Rabs ((x + shift t) * approximation t x - 1) < 1) by nra.
  apply Rabs_def2 in L. destruct (Rlt_le_dec 0 (approximation t x)); [assumption|exfalso; nra].
Qed.

(** r decreases strictly. *)
Theorem decreasing_sound : forall t, check_decreasing t = true -> forall x z, low t <= x -> x < z -> z <= high t ->
  approximation t z < approximation t x.
Proof.
  intros t H x z Hx Hxz Hz. unfold check_decreasing in H. apply andb_true_iff in H. destruct H as [Hp Hs].
  apply check_positive_spec in Hp. destruct Hp as (Hw & Hd & Hn). apply Z.ltb_lt, IZR_lt in Hs.
  rewrite !mult_IZR, minus_IZR, plus_IZR, !mult_IZR in Hs.
  pose proof (denominator_positive t x Hw Hd Hx) as HDx.
  assert (HDz : 0 < z + shift t) by lra.
  pose proof (low_below_high t Hw) as Hlh.
  pose proof (place_unit t x Hlh ltac:(lra)) as Hyx. pose proof (place_unit t z Hlh ltac:(lra)) as Hyz.
  pose proof (residual_norm t x Hw ltac:(lra)) as N.
  pose proof (series_lipschitz _ _ Hyx Hyz (exact_residual t) 0) as L. simpl Z.of_nat in L.
  rewrite !residual_place in L by assumption.
  pose proof (denominator_place t x Hw) as Ex. pose proof (denominator_place t z Hw) as Ez.
  apply well_formed_spec in Hw. destruct Hw as (Hsc & Hu & Hl & _).
  assert (Hw' : 0 < IZR (width t)) by (unfold width; rewrite minus_IZR; lra).
  set (full := 4 * IZR (scale t) * IZR (unit t)) in *.
  set (rx := approximation t x) in *. set (rz := approximation t z) in *.
  set (Dx := x + shift t) in *. set (Dz := z + shift t) in *.
  set (yx := place t x) in *. set (yz := place t z) in *.
  set (S := IZR (slope_norm 0 (exact_residual t))) in *. set (N1 := IZR (norm (exact_residual t))) in *.
  set (W := IZR (width t)) in *. set (C := IZR (centre t)) in *. set (s := IZR (scale t)) in *.
  assert (Hf : 0 < full) by (unfold full; apply Rmult_lt_0_compat; lra).
  assert (HDlt : Dx < Dz) by (unfold Dx, Dz; lra).
  assert (Hy : yx < yz).
  { apply Rmult_lt_reg_l with W; [assumption|]. assert (2 * s * Dx < 2 * s * Dz) by (apply Rmult_lt_compat_l; lra). lra. }
  (* ρ(x) − ρ(z) ≥ −S·(yz − yx)/full, and 1 + ρ(x) = Dx·rx ≥ 1 − N1/full. *)
  rewrite (Rabs_left (yx - yz)) in L by lra. apply Rabs_bounds in L.
  assert (L1 : - (S * (yz - yx)) <= full * (Dx * rx - Dz * rz)) by lra.
  assert (N2 : full - N1 <= full * (Dx * rx)).
  { pose proof (Rabs_bounds _ _ (Rle_refl (Rabs (Dx * rx - 1)))). nra. }
  assert (Hys : 2 * s * (Dz - Dx) = W * (yz - yx)) by lra.
  assert (HDx2 : 2 * s * Dx <= C + W) by nra.
  assert (S0 : 0 <= S).
  { unfold S. apply IZR_le, slope_norm_nonneg. }
  (* full·Dx·Dz·(rx − rz) > 0 *)
  apply Rminus_gt_0_lt. apply Rmult_lt_reg_l with (2 * s * full * Dz); [repeat apply Rmult_lt_0_compat; lra|].
  rewrite Rmult_0_r.
  apply Rmult_lt_reg_l with Dx; [assumption|]. rewrite Rmult_0_r.
  replace (Dx * (2 * s * full * Dz * (rx - rz)))
    with (full * (Dx * rx) * (2 * s * (Dz - Dx)) + 2 * s * Dx * (full * (Dx * rx - Dz * rz))) by ring.
  rewrite Hys.
  assert (A1 : (full - N1) * (W * (yz - yx)) <= full * (Dx * rx) * (W * (yz - yx))).
  { apply Rmult_le_compat_r; [|assumption]. apply Rmult_le_pos; lra. }
  assert (A2 : 2 * s * Dx * (- (S * (yz - yx))) <= 2 * s * Dx * (full * (Dx * rx - Dz * rz))).
  { apply Rmult_le_compat_l; [|assumption]. apply Rmult_le_pos; lra. }
  assert (A3 : 2 * s * Dx * (S * (yz - yx)) <= (C + W) * (S * (yz - yx))).
  { apply Rmult_le_compat_r; [|assumption]. apply Rmult_le_pos; lra. }
  assert (A4 : (C + W) * (S * (yz - yx)) < (full - N1) * (W * (yz - yx))).
  { replace ((C + W) * (S * (yz - yx))) with (S * (C + W) * (yz - yx)) by ring.
    replace ((full - N1) * (W * (yz - yx))) with ((full - N1) * W * (yz - yx)) by ring.
    apply Rmult_lt_compat_r; [lra|]. exact Hs. }
  lra.
Qed.
