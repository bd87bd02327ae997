(** tanh and the functions made of it: the logistic function and the tanh form of GELU. *)

Require Import Reals Lra Psatz.
Require Import PolyAttn.Contraction.
Open Scope R_scope.

Lemma cosh_positive : forall x, 0 < cosh x.
Proof. intro x. unfold cosh. pose proof (exp_pos x). pose proof (exp_pos (- x)). lra. Qed.

Theorem derivable_pt_lim_tanh : forall x, derivable_pt_lim tanh x (1 - tanh x * tanh x).
Proof.
  intro x. pose proof (cosh_positive x) as P.
  replace (1 - tanh x * tanh x) with ((cosh x * cosh x - sinh x * sinh x) / Rsqr (cosh x)).
  2: { unfold tanh, Rsqr. field. lra. }
  apply (derivable_pt_lim_div sinh cosh); [apply derivable_pt_lim_sinh|apply derivable_pt_lim_cosh|lra].
Qed.

Lemma tanh_0 : tanh 0 = 0.
Proof. unfold tanh, sinh. rewrite Ropp_0. unfold Rdiv. ring. Qed.

Lemma tanh_odd : forall x, tanh (- x) = - tanh x.
Proof. intro x. pose proof (cosh_positive x). unfold tanh, sinh, cosh in *. rewrite Ropp_involutive. field. lra. Qed.

Lemma exp_at_least_one : forall x, 0 <= x -> 1 <= exp x.
Proof.
  intros x Hx. assert (1 - exp x <= 0); [|lra].
  apply (barrier (fun y => 1 - exp y) (fun y => 0 - exp y) 0 x); [|rewrite exp_0; lra| |lra].
  - intros y _. apply (derivable_pt_lim_minus (fun _ => 1) exp); [apply derivable_pt_lim_const|apply derivable_pt_lim_exp].
  - intros y _ _. pose proof (exp_pos y). lra.
Qed.

Lemma tanh_nonneg : forall x, 0 <= x -> 0 <= tanh x.
Proof.
  intros x Hx. unfold tanh, Rdiv. apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat, cosh_positive].
  unfold sinh. assert (exp (- x) <= exp x); [|lra].
  pose proof (exp_at_least_one x Hx) as E. rewrite exp_Ropp.
  assert (/ exp x <= / 1) by (apply Rinv_le_contravar; lra). lra.
Qed.

(** 1/(1 + exp(−x)) *)
Definition sigmoid (x : R) : R := / (1 + exp (- x)).

Theorem sigmoid_tanh : forall x, sigmoid x = (1 + tanh (x / 2)) / 2.
Proof.
  intro x. unfold sigmoid, tanh, sinh, cosh. set (a := exp (x / 2)). set (b := exp (- (x / 2))).
  assert (0 < a) by apply exp_pos. assert (0 < b) by apply exp_pos.
  assert (E : exp (- x) = b * b) by (unfold b; rewrite <- exp_plus; f_equal; field).
  assert (ab : a * b = 1) by (unfold a, b; rewrite <- exp_plus, Rplus_opp_r; apply exp_0).
  rewrite E. replace ((a - b) / 2 / ((a + b) / 2)) with ((a - b) / (a + b)) by (field; lra).
  apply Rmult_eq_reg_r with ((1 + b * b) * (a + b)); [|nra].
  replace (/ (1 + b * b) * ((1 + b * b) * (a + b))) with (a + b) by (field; nra).
  replace ((1 + (a - b) / (a + b)) / 2 * ((1 + b * b) * (a + b))) with (a + b * (a * b)) by (field; lra).
  rewrite ab. ring.
Qed.

(** √(2/π)·(x + 0.044715·x³), and x/2·(1 + tanh of it). *)
Definition gelu_argument (x : R) : R := sqrt (2 / PI) * (x + 44715 / 1000000 * (x * x * x)).
Definition gelu_tanh (x : R) : R := x / 2 * (1 + tanh (gelu_argument x)).

(** √(2/π) is twice 1/√(2π). *)
Lemma gelu_constant : sqrt (2 / PI) = 2 * / sqrt (2 * PI).
Proof.
  pose proof PI_RGT_0 as P. assert (S : 0 < sqrt (2 * PI)) by (apply sqrt_lt_R0; lra).
  apply Rsqr_inj; [apply sqrt_pos|apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; assumption]|].
  rewrite Rsqr_sqrt by (unfold Rdiv; apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; assumption]).
  unfold Rsqr. replace (2 * / sqrt (2 * PI) * (2 * / sqrt (2 * PI))) with (4 * / (sqrt (2 * PI) * sqrt (2 * PI)))
    by (field; lra).
  rewrite sqrt_sqrt by lra. field. lra.
Qed.

Lemma gelu_argument_derivative : forall x,
  derivable_pt_lim gelu_argument x (sqrt (2 / PI) * (1 + 134145 / 1000000 * (x * x))).
Proof.
  intro x. unfold gelu_argument. apply (derivable_pt_lim_scal (fun x => x + 44715 / 1000000 * (x * x * x))).
  replace (134145 / 1000000 * (x * x)) with (44715 / 1000000 * ((1 * x + x * 1) * x + x * x * 1)) by field.
  apply (derivable_pt_lim_plus id (fun x => 44715 / 1000000 * (x * x * x))); [apply derivable_pt_lim_id|].
  apply (derivable_pt_lim_scal (fun x => x * x * x)).
  apply (derivable_pt_lim_mult (fun x => x * x) id); [|apply derivable_pt_lim_id].
  apply (derivable_pt_lim_mult id id); apply derivable_pt_lim_id.
Qed.

Lemma gelu_argument_odd : forall x, gelu_argument (- x) = - gelu_argument x.
Proof. intro x. unfold gelu_argument. ring. Qed.

Lemma gelu_argument_nonneg : forall x, 0 <= x -> 0 <= gelu_argument x.
Proof.
  intros x Hx. unfold gelu_argument. apply Rmult_le_pos; [apply sqrt_pos|].
  assert (0 <= x * x * x) by (repeat apply Rmult_le_pos; assumption). lra.
Qed.
