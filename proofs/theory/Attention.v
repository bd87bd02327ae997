(** The attention variants: monotone powers, what each constant means, and the order of weights. *)

Require Import Reals List Lra Lia Psatz Arith.
Require Import PolyAttn.Base.
Import ListNotations.
Open Scope R_scope.

(** * Powers *)

Lemma pow_nonneg : forall x n, 0 <= x -> 0 <= x ^ n.
Proof. intros; apply pow_le; assumption. Qed.

(** x^p is strictly monotone on [0, ∞). *)
Theorem pow_strict : forall p x y, (0 < p)%nat -> 0 <= x < y -> x ^ p < y ^ p.
Proof.
  intros p x y Hp [Hx Hxy]. destruct p as [|p]; [lia|]. clear Hp.
  induction p as [|p IH]; [simpl; lra|].
  change (x * x ^ S p < y * y ^ S p).
  assert (0 <= x ^ S p) by (apply pow_nonneg; assumption). nra.
Qed.

Lemma pow_even_abs : forall m x, x ^ (2 * m) = Rabs x ^ (2 * m).
Proof. intros; rewrite !pow_mult; rewrite <- (pow2_abs x); reflexivity. Qed.

(** Even p orders |x|. *)
Theorem even_power_orders_absolute : forall m x y,
  (0 < m)%nat -> (x ^ (2 * m) < y ^ (2 * m) <-> Rabs x < Rabs y).
Proof.
  intros m x y Hm. rewrite (pow_even_abs m x), (pow_even_abs m y).
  pose proof (Rabs_pos x); pose proof (Rabs_pos y). split; intro H1.
  - destruct (Rlt_le_dec (Rabs x) (Rabs y)) as [|Hle]; [assumption|exfalso].
    destruct (Req_dec (Rabs y) (Rabs x)) as [He|Hne]; [rewrite He in H1; lra|].
    assert (Rabs y ^ (2 * m) < Rabs x ^ (2 * m)) by (apply pow_strict; [lia|lra]). lra.
  - apply pow_strict; [lia|lra].
Qed.

(** It does not order x: −3 beats 2, and −1 ties with 1. *)
Theorem even_power_does_not_order : forall m, (0 < m)%nat ->
  -3 < 2 /\ 2 ^ (2 * m) < (-3) ^ (2 * m) /\ (-1) ^ (2 * m) = 1 ^ (2 * m).
Proof.
  intros m Hm; split; [lra|split].
  - apply even_power_orders_absolute; [assumption|]. rewrite Rabs_right, Rabs_left; lra.
  - rewrite (pow_even_abs m (-1)). replace (Rabs (-1)) with 1; [reflexivity|]. rewrite Rabs_left; lra.
Qed.

Lemma pow_odd_opp : forall m x, (- x) ^ (2 * m + 1) = - x ^ (2 * m + 1).
Proof.
  intros; rewrite !pow_add, !pow_mult, !pow_1. replace ((- x) ^ 2) with (x ^ 2) by ring. ring.
Qed.

(** Odd p orders x on all of R. *)
Theorem odd_power_orders : forall m x y, x < y -> x ^ (2 * m + 1) < y ^ (2 * m + 1).
Proof.
  intros m x y H. destruct (Rle_lt_dec 0 x) as [Hx|Hx]; [apply pow_strict; [lia|lra]|].
  destruct (Rle_lt_dec 0 y) as [Hy|Hy].
  - assert (0 < (- x) ^ (2 * m + 1)) by (apply pow_lt; lra). rewrite pow_odd_opp in H0.
    assert (0 <= y ^ (2 * m + 1)) by (apply pow_nonneg; assumption). lra.
  - assert ((- y) ^ (2 * m + 1) < (- x) ^ (2 * m + 1)) by (apply pow_strict; [lia|lra]).
    rewrite !pow_odd_opp in H0. lra.
Qed.

(** * Rows *)

Definition sum (l : list R) : R := fold_right Rplus 0 l.
Definition power_sum (p : nat) (row : list R) : R := sum (map (fun x => x ^ p) row).

(** x^p/(ε + Σ x_i^p): ε in sum form. *)
Definition lipschitz (p : nat) (eps : R) (row : list R) (x : R) : R := x ^ p / (eps + power_sum p row).
(** (x/c)^p/(ε + Σ (x_i/c)^p). *)
Definition stable (p : nat) (c eps : R) (row : list R) (x : R) : R :=
  (x / c) ^ p / (eps + power_sum p (map (fun v => v / c) row)).
(** (x^p/L)/(ε + mean x_i^p): ε in mean form. *)
Definition length_agnostic (p : nat) (eps : R) (row : list R) (x : R) : R :=
  (x ^ p / INR (length row)) / (eps + power_sum p row / INR (length row)).

Lemma sum_scale : forall k l, sum (map (fun v => k * v) l) = k * sum l.
Proof. induction l as [|v l IH]; simpl; [lra|]. unfold sum in *; simpl; rewrite IH; ring. Qed.

Lemma power_sum_scale : forall p k row, power_sum p (map (fun v => k * v) row) = k ^ p * power_sum p row.
Proof.
  intros; unfold power_sum. rewrite map_map, <- sum_scale, map_map. f_equal. apply map_ext.
  intro; apply Rpow_mult_distr.
Qed.

(** The stable form with ε is the plain one with ε·c^p. *)
Theorem stable_is_lipschitz : forall p c eps row x, c <> 0 ->
  eps * c ^ p + power_sum p row <> 0 -> stable p c eps row x = lipschitz p (eps * c ^ p) row x.
Proof.
  intros p c eps row x Hc HD. unfold stable, lipschitz.
  replace (power_sum p (map (fun v => v / c) row)) with ((/ c) ^ p * power_sum p row).
  2: { rewrite <- power_sum_scale. f_equal. apply map_ext; intro; unfold Rdiv; ring. }
  assert (c ^ p <> 0) by (apply pow_nonzero; assumption).
  unfold Rdiv at 2. rewrite Rpow_mult_distr, pow_inv. field. repeat split; try assumption.
  all: try (intro Hz; apply HD; rewrite <- Hz; field; assumption).
Qed.

(** Scaling a row by k ≠ 0 and ε by k^p changes no weight. *)
Theorem scale_invariance : forall p k eps row x, k <> 0 -> eps + power_sum p row <> 0 ->
  lipschitz p (k ^ p * eps) (map (fun v => k * v) row) (k * x) = lipschitz p eps row x.
Proof.
  intros p k eps row x Hk HD. unfold lipschitz. rewrite power_sum_scale, Rpow_mult_distr.
  assert (k ^ p <> 0) by (apply pow_nonzero; assumption). field. split; [assumption|].
  rewrite <- Rmult_plus_distr_l. apply Rmult_integral_contrapositive_currified; assumption.
Qed.

(** Length-agnostic with ε is Lipschitz with L·ε. *)
Theorem length_agnostic_is_lipschitz : forall p eps row x, row <> [] ->
  INR (length row) * eps + power_sum p row <> 0 ->
  length_agnostic p eps row x = lipschitz p (INR (length row) * eps) row x.
Proof.
  intros p eps row x Hr HD. unfold length_agnostic, lipschitz.
  assert (INR (length row) <> 0) by (apply not_0_INR; destruct row; simpl; congruence).
  field. repeat split; try assumption.
  all: try (intro Hz; apply HD; rewrite <- Hz; ring).
Qed.

Lemma sum_weights_gen : forall p eps row l,
  sum (map (lipschitz p eps row) l) = power_sum p l / (eps + power_sum p row).
Proof.
  intros p eps row. unfold power_sum at 1. induction l as [|v l IH]; unfold sum in *; simpl.
  - unfold Rdiv; ring.
  - rewrite IH; unfold lipschitz, Rdiv; ring.
Qed.

(** The weights of a row lack ε/D of 1. *)
Theorem mass_lost : forall p eps row, eps + power_sum p row <> 0 ->
  1 - sum (map (lipschitz p eps row) row) = eps / (eps + power_sum p row).
Proof. intros p eps row HD. rewrite sum_weights_gen. field; assumption. Qed.

Lemma power_sum_even_nonneg : forall m row, 0 <= power_sum (2 * m) row.
Proof.
  intros m row. unfold power_sum. induction row as [|v row IH]; [simpl; lra|].
  change (0 <= v ^ (2 * m) + sum (map (fun x => x ^ (2 * m)) row)). rewrite (pow_even_abs m v).
  assert (0 <= Rabs v ^ (2 * m)) by (apply pow_nonneg, Rabs_pos). lra.
Qed.

(** For even p and ε > 0 they add up to less than 1. *)
Theorem weights_below_one : forall m eps row, 0 < eps -> sum (map (lipschitz (2 * m) eps row) row) < 1.
Proof.
  intros m eps row He. pose proof (power_sum_even_nonneg m row) as H.
  assert (HD : 0 < eps + power_sum (2 * m) row) by lra.
  pose proof (mass_lost (2 * m) eps row). assert (0 < eps / (eps + power_sum (2 * m) row)) by (apply Rdiv_lt_0_compat; lra).
  lra.
Qed.

(** * Order *)

(** Inside a row weights are ordered as |x| for even p. *)
Theorem order_of_weights : forall m eps row x y, (0 < m)%nat -> 0 < eps ->
  (lipschitz (2 * m) eps row x < lipschitz (2 * m) eps row y <-> Rabs x < Rabs y).
Proof.
  intros m eps row x y Hm He. rewrite <- (even_power_orders_absolute m x y Hm). unfold lipschitz.
  pose proof (power_sum_even_nonneg m row).
  assert (HD : 0 < / (eps + power_sum (2 * m) row)) by (apply Rinv_0_lt_compat; lra).
  unfold Rdiv; split; intro H1; [apply Rmult_lt_reg_r in H1; assumption|apply Rmult_lt_compat_r; assumption].
Qed.

(** Whatever positive factor r of the row stands in for 1/D, the order is that of u. *)
Theorem positive_reciprocal_keeps_order : forall r u v, 0 < r -> (u * r < v * r <-> u < v).
Proof. intros; split; intro; [apply Rmult_lt_reg_r with r; assumption|apply Rmult_lt_compat_r; assumption]. Qed.

(** Weights more than 2e apart keep their order under errors of at most e. *)
Theorem order_margin : forall y1 y2 w1 w2 e,
  Rabs (w1 - y1) <= e -> Rabs (w2 - y2) <= e -> y1 - y2 > 2 * e -> w1 > w2.
Proof. intros y1 y2 w1 w2 e H1 H2 H. apply Rabs_bounds in H1, H2. lra. Qed.

(** The margin is sharp: at 2e the order can be lost. *)
Theorem order_margin_sharp : forall y2 e, 0 <= e -> exists y1 w1 w2,
  Rabs (w1 - y1) <= e /\ Rabs (w2 - y2) <= e /\ y1 - y2 = 2 * e /\ ~ w1 > w2.
Proof.
  intros y2 e He. exists (y2 + 2 * e), (y2 + e), (y2 + e).
  repeat split; try lra; apply Rabs_le; lra.
Qed.
