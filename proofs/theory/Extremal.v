(** Chebyshev's extremal property, and what it says about the depth of a reciprocal. *)

Require Import Reals List Lra Lia Psatz Arith.
Require Import PolyAttn.Base PolyAttn.Chebyshev PolyAttn.Polynomial.
Import ListNotations.
Open Scope R_scope.

(** φ maps [a, b] onto [−1, 1]. *)
Definition phi (a b x : R) : R := (2 * x - a - b) / (b - a).

Lemma phi_affine : forall a b x, a < b -> phi a b x = - (a + b) / (b - a) + 2 / (b - a) * x.
Proof. intros; unfold phi; field; lra. Qed.

Lemma phi_unit : forall a b x, a < b -> a <= x <= b -> -1 <= phi a b x <= 1.
Proof.
  intros a b x H Hx; unfold phi.
  split; apply Rmult_le_reg_r with (b - a); try lra; unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra.
Qed.

Lemma mu_large : forall a b, 0 < a < b -> 1 <= (b + a) / (b - a).
Proof.
  intros a b H. apply Rmult_le_reg_r with (b - a); [lra|]. unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

Lemma sign_square : forall n, (-1) ^ n * (-1) ^ n = 1.
Proof. intro; rewrite <- Rpow_mult_distr. replace (-1 * -1) with 1 by ring. apply pow1. Qed.

Lemma sign_inverse : forall n t, t <> 0 -> / ((-1) ^ n * t) = (-1) ^ n * / t.
Proof.
  intros n t Ht. assert ((-1) ^ n <> 0) by (apply pow_nonzero; lra).
  apply Rmult_eq_reg_l with ((-1) ^ n * t); [|apply Rmult_integral_contrapositive_currified; assumption].
  rewrite Rinv_r by (apply Rmult_integral_contrapositive_currified; assumption).
  replace ((-1) ^ n * t * ((-1) ^ n * / t)) with (((-1) ^ n * (-1) ^ n) * (t * / t)) by ring.
  rewrite sign_square, Rinv_r by assumption. ring.
Qed.

Lemma T_phi_0 : forall n a b, 0 < a < b -> T n (phi a b 0) = (-1) ^ n * T n ((b + a) / (b - a)).
Proof.
  intros n a b H. replace (phi a b 0) with (- ((b + a) / (b - a))) by (unfold phi; field; lra). apply T_opp.
Qed.

Lemma T_phi_0_nonzero : forall n a b, 0 < a < b -> T n (phi a b 0) <> 0.
Proof.
  intros n a b H. rewrite T_phi_0 by assumption. pose proof (T_at_least_one n _ (mu_large a b H)).
  apply Rmult_integral_contrapositive_currified; [apply pow_nonzero; lra|lra].
Qed.

(** * The closed form *)

(** There is p of degree ≤ n with 1 − x·p(x) = T_{n+1}(φ(x))/T_{n+1}(φ(0)). *)
Theorem closed_form : forall n a b, 0 < a < b -> exists p, degree_le n p /\
  forall x, 1 - x * p x = T (S n) (phi a b x) / T (S n) (phi a b 0).
Proof.
  intros n a b H. pose proof (T_phi_0_nonzero (S n) a b H) as Hne.
  destruct (degree_divide n (fun x => 1 + - / T (S n) (phi a b 0) * T (S n) (phi a b x))) as [p [Hp E]].
  - apply degree_plus; [apply degree_const|]. apply degree_scale.
    apply degree_ext with (fun x => T (S n) (- (a + b) / (b - a) + 2 / (b - a) * x)).
    { intro; rewrite phi_affine by lra; reflexivity. }
    apply degree_T.
  - field; assumption.
  - exists p; split; [assumption|]. intro x; rewrite <- E. field; assumption.
Qed.

(** Its residual is at most 1/T_{n+1}(μ) on [a, b]. *)
Theorem closed_form_bound : forall n a b x, 0 < a < b -> a <= x <= b ->
  Rabs (T n (phi a b x) / T n (phi a b 0)) <= / T n ((b + a) / (b - a)).
Proof.
  intros n a b x H Hx. rewrite T_phi_0 by assumption. pose proof (T_at_least_one n _ (mu_large a b H)) as HT.
  assert (E : T n (phi a b x) / ((-1) ^ n * T n ((b + a) / (b - a)))
              = (-1) ^ n * T n (phi a b x) / T n ((b + a) / (b - a))).
  { unfold Rdiv. rewrite sign_inverse by lra. ring. }
  rewrite E, Rabs_div_pos, Rabs_mult, pow_1_abs by lra.
  pose proof (T_bounded n _ (phi_unit a b x ltac:(lra) Hx)).
  unfold Rdiv. rewrite <- (Rmult_1_l (/ T n ((b + a) / (b - a)))) at 2.
  apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra|lra].
Qed.

(** * The points of alternation *)

Lemma cos_k_pi : forall k, cos (INR k * PI) = (-1) ^ k.
Proof.
  induction k as [|k IH]; [simpl; rewrite Rmult_0_l; apply cos_0|].
  rewrite S_INR, Rmult_plus_distr_r, Rmult_1_l, neg_cos, IH. simpl; ring.
Qed.

(** 0, then φ^{-1}(cos((n − j)π/n)) for j = 0 … n, then points beyond b. *)
Definition extremum (n j : nat) : R := cos (INR (n - j) * PI / INR n).
Definition points (a b : R) (n i : nat) : R :=
  match i with
  | O => 0
  | S j => if le_dec j n then ((b - a) * extremum n j + a + b) / 2 else b + INR j
  end.

Lemma extremum_range : forall n j, -1 <= extremum n j <= 1.
Proof. intros; apply COS_bound. Qed.

Lemma extremum_increasing : forall n i j, (0 < n)%nat -> (i < j <= n)%nat -> extremum n i < extremum n j.
Proof.
  intros n i j Hn H. unfold extremum. pose proof PI_RGT_0.
  assert (0 < INR n) by (apply lt_0_INR; assumption).
  assert (B : forall k, (k <= n)%nat -> 0 <= INR k * PI / INR n <= PI).
  { intros k Hk. apply le_INR in Hk. pose proof (pos_INR k).
    split; apply Rmult_le_reg_r with (INR n); try assumption; unfold Rdiv; rewrite ?Rmult_assoc, ?Rinv_l, ?Rmult_1_r by lra;
      [rewrite Rmult_0_l; nra|nra]. }
  assert (L : INR (n - j) < INR (n - i)) by (apply lt_INR; lia).
  apply cos_decreasing_1; try apply B; try lia.
  apply Rmult_lt_compat_r; [apply Rinv_0_lt_compat; assumption|]. apply Rmult_lt_compat_r; assumption.
Qed.

Lemma points_distinct : forall a b n, 0 < a < b -> (0 < n)%nat -> distinct (points a b n).
Proof.
  intros a b n H Hn. unfold distinct. intros i j Hij. destruct j as [|j]; [lia|]. pose proof (extremum_range n j).
  destruct i as [|i]; simpl.
  - destruct (le_dec j n); [nra|]. pose proof (pos_INR j). lra.
  - pose proof (extremum_range n i). destruct (le_dec i n); destruct (le_dec j n); try lia.
    + assert (extremum n i < extremum n j) by (apply extremum_increasing; lia). nra.
    + assert (0 < INR j) by (apply lt_0_INR; lia). nra.
    + assert (INR i < INR j) by (apply lt_INR; lia). lra.
Qed.

Lemma points_inside : forall a b n j, 0 < a < b -> (j <= n)%nat -> a <= points a b n (S j) <= b.
Proof. intros a b n j H Hj. simpl. destruct (le_dec j n); [|lia]. pose proof (extremum_range n j). nra. Qed.

Lemma T_at_points : forall a b n j, 0 < a < b -> (0 < n)%nat -> (j <= n)%nat ->
  T n (phi a b (points a b n (S j))) = (-1) ^ (n - j).
Proof.
  intros a b n j H Hn Hj. simpl points. destruct (le_dec j n); [|lia].
  replace (phi a b (((b - a) * extremum n j + a + b) / 2)) with (extremum n j) by (unfold phi; field; lra).
  unfold extremum. rewrite T_cos, <- cos_k_pi. f_equal. field. apply not_0_INR; lia.
Qed.

(** * No polynomial does better *)

(** q of degree ≤ n with q(0) = 1 reaches 1/T_n(μ) somewhere on [a, b]. *)
Theorem chebyshev_extremal : forall n a b q M, 0 < a < b -> degree_le n q -> q 0 = 1 ->
  (forall x, a <= x <= b -> Rabs (q x) <= M) -> / T n ((b + a) / (b - a)) <= M.
Proof.
  intros n a b q M H Hq H0 HM. set (mu := (b + a) / (b - a)).
  pose proof (T_at_least_one n mu (mu_large a b H)) as HT.
  destruct n as [|n].
  - (* A constant is 1. *)
    rewrite T_0, Rinv_1. destruct Hq as [l [Hl E]].
    assert (q a = q 0).
    { rewrite !E. destruct l as [|c [|d l]]; simpl in *; try lia; ring. }
    specialize (HM a ltac:(lra)). rewrite H1, H0, Rabs_R1 in HM. assumption.
  - set (m := S n) in *. destruct (Rle_lt_dec (/ T m mu) M) as [|Hlt]; [assumption|exfalso].
    pose (f := fun x => q x + - / T m (phi a b 0) * T m (phi a b x)).
    apply (no_root_and_alternation f (points a b m) m) with (s := - (-1) ^ m).
    + apply points_distinct; [assumption|unfold m; lia].
    + apply degree_plus; [assumption|]. apply degree_scale.
      apply degree_ext with (fun x => T m (- (a + b) / (b - a) + 2 / (b - a) * x)).
      { intro; rewrite phi_affine by lra; reflexivity. }
      apply degree_T.
    + simpl points. unfold f. rewrite H0. field. apply T_phi_0_nonzero; assumption.
    + intros j Hj. unfold f. rewrite T_at_points by (try assumption; unfold m; lia).
      rewrite T_phi_0 by assumption. fold mu.
      specialize (HM _ (points_inside a b m j H Hj)). apply Rabs_bounds in HM.
      set (v := q (points a b m (S j))) in *.
      pose proof (sign_square m) as Em. pose proof (sign_square (m - j)) as Ej.
      rewrite sign_inverse by lra.
      replace (- (-1) ^ m * (-1) ^ (m - j) * (v + - ((-1) ^ m * / T m mu) * (-1) ^ (m - j)))
        with ((((-1) ^ m * (-1) ^ m) * ((-1) ^ (m - j) * (-1) ^ (m - j))) * / T m mu
              - ((-1) ^ m * (-1) ^ (m - j)) * v) by ring.
      rewrite Em, Ej.
      assert (S : (-1) ^ m * (-1) ^ (m - j) = 1 \/ (-1) ^ m * (-1) ^ (m - j) = -1).
      { rewrite <- pow_add. generalize (m + (m - j))%nat as k. induction k as [|k [E|E]]; simpl.
        - left; reflexivity.
        - right; rewrite E; ring.
        - left; rewrite E; ring. }
      destruct S as [-> | ->]; lra.
Qed.

(** Any r of degree ≤ n − 1 has relative error at least 1/T_n(μ) on [a, b]. *)
Theorem reciprocal_lower_bound : forall n a b r eta, 0 < a < b -> degree_le n r ->
  (forall D, a <= D <= b -> Rabs (D * r D - 1) <= eta) -> / T (S n) ((b + a) / (b - a)) <= eta.
Proof.
  intros n a b r eta H Hr He.
  apply (chebyshev_extremal (S n) a b (fun D => 1 + (-1) * (D * r D)) eta H).
  - apply degree_plus; [apply degree_const|]. apply degree_scale, degree_shift, Hr.
  - ring.
  - intros D HD. rewrite <- Rabs_Ropp. replace (- (1 + -1 * (D * r D))) with (D * r D - 1) by ring. apply He, HD.
Qed.

(** * Depth *)

(** What can be computed from D by sums and products; a real constant costs no level. *)
Inductive circuit : Type :=
| Input : circuit
| Constant : R -> circuit
| Plus : circuit -> circuit -> circuit
| Scale : R -> circuit -> circuit
| Times : circuit -> circuit -> circuit.

Fixpoint value (e : circuit) (D : R) : R :=
  match e with
  | Input => D
  | Constant c => c
  | Plus e f => value e D + value f D
  | Scale c e => c * value e D
  | Times e f => value e D * value f D
  end.

Fixpoint depth (e : circuit) : nat :=
  match e with
  | Input | Constant _ => 0
  | Plus e f => Nat.max (depth e) (depth f)
  | Scale _ e => depth e
  | Times e f => S (Nat.max (depth e) (depth f))
  end.

Lemma pow2_mono : forall m n, (m <= n)%nat -> (2 ^ m <= 2 ^ n)%nat.
Proof. intros; apply Nat.pow_le_mono_r; lia. Qed.

(** A circuit of depth d is a polynomial of degree at most 2^d. *)
Theorem circuit_degree : forall e, degree_le (2 ^ depth e) (value e).
Proof.
  induction e as [|c|e IHe f IHf|c e IHe|e IHe f IHf].
  - apply degree_id; simpl; lia.
  - apply degree_const.
  - apply degree_plus; simpl depth; eapply degree_mono; try eassumption; apply pow2_mono; lia.
  - apply degree_scale; assumption.
  - simpl depth. apply degree_mono with (2 ^ depth e + 2 ^ depth f)%nat.
    + pose proof (pow2_mono (depth e) (Nat.max (depth e) (depth f)) ltac:(lia)).
      pose proof (pow2_mono (depth f) (Nat.max (depth e) (depth f)) ltac:(lia)). simpl; lia.
    + apply degree_times; assumption.
Qed.

(** Relative error η on [a, b] at depth d needs 1/T_{2^d + 1}(μ) ≤ η. *)
Theorem depth_lower_bound : forall e a b eta, 0 < a < b ->
  (forall D, a <= D <= b -> Rabs (D * value e D - 1) <= eta) ->
  / T (S (2 ^ depth e)) ((b + a) / (b - a)) <= eta.
Proof. intros e a b eta H He. apply reciprocal_lower_bound with (value e); [assumption|apply circuit_degree|assumption]. Qed.
