(** The reciprocal: how errors of its argument and of its residual become errors of its value. *)

Require Import Reals Lra Lia Psatz.
Require Import PolyAttn.Base.
Open Scope R_scope.

(** 1/(x + ε) has Lipschitz constant 1/ε² on [0, ∞). *)
Theorem reciprocal_lipschitz : forall eps x y, 0 < eps -> 0 <= x -> 0 <= y ->
  Rabs (/ (x + eps) - / (y + eps)) <= Rabs (x - y) / (eps * eps).
Proof.
  intros eps x y He Hx Hy.
  replace (/ (x + eps) - / (y + eps)) with ((y - x) / ((x + eps) * (y + eps))) by (field; lra).
  assert (0 < (x + eps) * (y + eps)) by (apply Rmult_lt_0_compat; lra).
  rewrite Rabs_div_pos, (Rabs_minus_sym y x) by assumption.
  apply Rmult_le_compat_l; [apply Rabs_pos|]. apply Rinv_le_contravar; nra.
Qed.

(** No smaller constant will do. *)
Theorem reciprocal_lipschitz_tight : forall eps K, 0 < eps -> 0 < K < / (eps * eps) ->
  exists x y, 0 <= x /\ 0 <= y /\ Rabs (/ (x + eps) - / (y + eps)) > K * Rabs (x - y).
Proof.
  intros eps K He [HK0 HK].
  (* With y = 0 and x = h: 1/(ε(ε + h)) > K for small h. *)
  pose (h := (/ (eps * K) - eps) / 2).
  assert (HeK : 0 < eps * K) by nra.
  assert (Hinv : eps < / (eps * K)).
  { apply Rmult_lt_reg_r with (eps * K); [assumption|]. rewrite Rinv_l by lra.
    apply Rmult_lt_reg_r with (/ (eps * eps)); [apply Rinv_0_lt_compat; nra|].
    replace (eps * (eps * K) * / (eps * eps)) with K by (field; lra). lra. }
  assert (Hh : 0 < h) by (unfold h; lra).
  exists h, 0. repeat split; try lra.
  replace (/ (h + eps) - / (0 + eps)) with (- (h / ((h + eps) * eps))) by (field; lra).
  rewrite Rabs_Ropp, Rabs_div_pos by nra. rewrite Rminus_0_r, (Rabs_right h) by lra.
  assert (Hs : h + eps < / (eps * K)) by (unfold h; lra).
  assert (Hlt : K < / ((h + eps) * eps)).
  { apply Rmult_lt_reg_r with ((h + eps) * eps); [nra|]. rewrite Rinv_l by nra.
    apply Rmult_lt_compat_r with (r := eps * K) in Hs; [|assumption]. rewrite Rinv_l in Hs by lra. lra. }
  unfold Rdiv. nra.
Qed.

(** |D·r − 1| ≤ η is a relative error η and an absolute error of at most η/D. *)
Theorem residual_to_error : forall D r eta, 0 < D -> Rabs (D * r - 1) <= eta -> Rabs (r - / D) <= eta / D.
Proof.
  intros D r eta HD H. replace (r - / D) with ((D * r - 1) / D) by (field; lra).
  rewrite Rabs_div_pos by assumption. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; assumption|assumption].
Qed.

(** |D·r − 1| ≤ η·D is an absolute error of at most η. *)
Theorem weighted_residual_to_error : forall D r eta, 0 < D -> Rabs (D * r - 1) <= eta * D -> Rabs (r - / D) <= eta.
Proof.
  intros D r eta HD H. apply residual_to_error in H; [|assumption].
  replace (eta * D / D) with eta in H by (field; lra). assumption.
Qed.

(** A residual below 1 shows r > 0. *)
Theorem positive_from_residual : forall D r eta, 0 < D -> eta < 1 -> Rabs (D * r - 1) <= eta -> 0 < r.
Proof.
  intros D r eta HD He H. apply Rabs_bounds in H.
  destruct (Rlt_le_dec 0 r); [assumption|exfalso; nra].
Qed.

(** Newton's step y(2 − xy) squares the residual. *)
Fixpoint newton (x y : R) (k : nat) : R :=
  match k with O => y | S k => let v := newton x y k in v * (2 - x * v) end.

Theorem newton_residual : forall x y k, 1 - x * newton x y k = (1 - x * y) ^ (2 ^ k).
Proof.
  induction k as [|k IH]; [simpl; ring|]. simpl newton.
  replace (2 ^ S k)%nat with (2 ^ k + 2 ^ k)%nat by (simpl; lia). rewrite pow_add, <- IH. ring.
Qed.

(** Goldschmidt's step carries y and the residual e: y ← y(1 + e), e ← e². *)
Fixpoint goldschmidt (y e : R) (k : nat) : R * R :=
  match k with O => (y, e) | S k => let '(v, f) := goldschmidt y e k in (v * (1 + f), f * f) end.

Theorem goldschmidt_residual : forall x y k,
  let '(v, f) := goldschmidt y (1 - x * y) k in f = (1 - x * y) ^ (2 ^ k) /\ 1 - x * v = f.
Proof.
  induction k as [|k IH]; [simpl; split; ring|]. simpl goldschmidt.
  destruct (goldschmidt y (1 - x * y) k) as [v f]. destruct IH as [Hf Hv].
  replace (2 ^ S k)%nat with (2 ^ k + 2 ^ k)%nat by (simpl; lia). rewrite pow_add, <- Hf. split; [ring|].
  replace (x * (v * (1 + f))) with ((x * v) * (1 + f)) by ring. replace (x * v) with (1 - f) by lra. ring.
Qed.

(** Input noise: an approximation evaluated at a noisy place that is still in the domain. *)
Theorem input_noise : forall (r : R -> R) lo hi eps bound delta x noisy,
  0 < eps -> 0 <= lo -> (forall v, lo <= v <= hi -> Rabs (r v - / (v + eps)) <= bound) ->
  0 <= x -> Rabs (noisy - x) <= delta -> lo <= noisy <= hi ->
  Rabs (r noisy - / (x + eps)) <= bound + delta / (eps * eps).
Proof.
  intros r lo hi eps bound delta x noisy He Hlo Hr Hx Hd Hn.
  replace (r noisy - / (x + eps)) with ((r noisy - / (noisy + eps)) + (/ (noisy + eps) - / (x + eps))) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; [apply Hr; assumption|].
  eapply Rle_trans; [apply reciprocal_lipschitz; lra|].
  apply Rmult_le_compat_r; [|assumption]. left; apply Rinv_0_lt_compat; nra.
Qed.
