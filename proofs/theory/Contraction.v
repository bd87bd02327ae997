(** A contractive differential equation keeps an error small: e > 0 pulls e down, e < 0 pulls it up, up to δ. *)

Require Import Reals Lra Psatz.
Require Import PolyAttn.Base.
Open Scope R_scope.

(** What is negative at a, and falls where it is 0, stays at most 0. The mean value theorem of the library needs excluded
    middle; the last point with h ≤ 0 does not. *)
Lemma stays_below : forall (h h' : R -> R) (a b : R),
  (forall x, a <= x <= b -> derivable_pt_lim h x (h' x)) -> h a < 0 ->
  (forall x, a <= x <= b -> h x = 0 -> h' x < 0) -> forall x, a <= x <= b -> h x <= 0.
Proof.
  intros h h' a b Hd Ha Hh x Hx. destruct (Rle_lt_dec (h x) 0) as [|P]; [assumption|exfalso].
  set (E := fun y => a <= y <= x /\ h y <= 0).
  destruct (completeness E) as [m [Mu Ml]].
  { exists x. intros y [Hy _]. lra. }
  { exists a. split; [lra|left; assumption]. }
  assert (Ham : a <= m) by (apply Mu; split; [lra|left; assumption]).
  assert (Hmx : m <= x) by (apply Ml; intros y [Hy _]; lra).
  assert (C : continuity_pt h m) by (apply derivable_continuous_pt; exists (h' m); apply Hd; lra).
  assert (Close : forall e, 0 < e -> exists d, 0 < d /\ forall y, Rabs (y - m) < d -> Rabs (h y - h m) < e).
  { intros e He. destruct (C e He) as [d [Hdp Near]]. exists d. split; [assumption|]. intros y Hy.
    destruct (Req_dec y m) as [->|Hne]; [rewrite Rminus_diag_eq, Rabs_R0 by reflexivity; assumption|].
    apply Near. split; [split; [exact I|auto]|exact Hy]. }
  destruct (Rtotal_order (h m) 0) as [Neg|[Zero|Pos]].
  - (* Still negative a little later. *)
    destruct (Close (- h m) ltac:(lra)) as [d [Hdp Near]].
    assert (m < x) by (destruct (Req_dec m x) as [->|]; lra).
    set (y := m + Rmin (d / 2) (x - m)). pose proof (Rmin_l (d / 2) (x - m)). pose proof (Rmin_r (d / 2) (x - m)).
    assert (0 < Rmin (d / 2) (x - m)) by (apply Rmin_glb_lt; lra).
    assert (y <= m); [|unfold y in *; lra]. apply Mu. split; [unfold y; lra|].
    specialize (Near y). rewrite (Rabs_right (y - m)) in Near by (unfold y; lra).
    specialize (Near ltac:(unfold y; lra)). apply Rabs_def2 in Near. lra.
  - (* There it falls. *)
    assert (m < x) by (destruct (Req_dec m x) as [->|]; lra).
    pose proof (Hh m ltac:(lra) Zero) as Falls.
    destruct (Hd m ltac:(lra) (- h' m) ltac:(lra)) as [d Near].
    set (k := Rmin (d / 2) (x - m)). pose proof (cond_pos d) as Hdp.
    pose proof (Rmin_l (d / 2) (x - m)). pose proof (Rmin_r (d / 2) (x - m)).
    assert (Hk : 0 < k) by (apply Rmin_glb_lt; lra).
    assert (m + k <= m); [|lra]. apply Mu. split; [unfold k in *; lra|].
    specialize (Near k ltac:(lra)). rewrite (Rabs_right k) in Near by lra. specialize (Near ltac:(unfold k in *; lra)).
    apply Rabs_def2 in Near. destruct Near as [Near _].
    assert (Q : (h (m + k) - h m) / k < 0) by lra. rewrite Zero, Rminus_0_r in Q.
    replace (h (m + k)) with (h (m + k) / k * k) by (field; lra). nra.
  - (* Already positive a little earlier. *)
    destruct (Close (h m) Pos) as [d [Hdp Near]].
    assert (m <= m - d); [|lra]. apply Ml. intros y [Hy Gy].
    destruct (Rle_lt_dec y (m - d)) as [|Far]; [assumption|exfalso].
    assert (y <= m) by (apply Mu; split; assumption).
    specialize (Near y). rewrite Rabs_left1 in Near by lra. specialize (Near ltac:(lra)). apply Rabs_def2 in Near. lra.
Qed.

(** What starts at most 0, and does not grow where it is positive, stays at most 0. *)
Lemma barrier : forall (g g' : R -> R) (a b : R),
  (forall x, a <= x <= b -> derivable_pt_lim g x (g' x)) -> g a <= 0 ->
  (forall x, a <= x <= b -> 0 < g x -> g' x <= 0) -> forall x, a <= x <= b -> g x <= 0.
Proof.
  intros g g' a b Hd Ha Hg x Hx. destruct (Rle_lt_dec (g x) 0) as [|P]; [assumption|exfalso].
  set (e := g x / (2 * (1 + (x - a)))).
  assert (He : 0 < e) by (unfold e, Rdiv; apply Rmult_lt_0_compat; [|apply Rinv_0_lt_compat]; lra).
  assert (H : g x - (e + e * (x - a)) <= 0).
  { apply (stays_below (fun y => g y - (e + e * (y - a))) (fun y => g' y - e) a b); [| | |assumption].
    - intros y Hy. replace (g' y - e) with (g' y - (0 + e * (1 - 0))) by ring.
      apply (derivable_pt_lim_minus g (fun y => e + e * (y - a))); [apply Hd; assumption|].
      apply (derivable_pt_lim_plus (fun _ => e) (fun y => e * (y - a))); [apply derivable_pt_lim_const|].
      apply (derivable_pt_lim_scal (fun y => y - a)).
      apply (derivable_pt_lim_minus id (fun _ => a)); [apply derivable_pt_lim_id|apply derivable_pt_lim_const].
    - cbn beta. replace (a - a) with 0 by ring. lra.
    - cbn beta. intros y Hy Zero. assert (0 <= e * (y - a)) by (apply Rmult_le_pos; lra).
      pose proof (Hg y Hy ltac:(lra)). lra. }
  assert (E : e + e * (x - a) = g x / 2) by (unfold e; field; lra). lra.
Qed.

(** A function with derivative 0 is constant. *)
Lemma constant_of_derivative : forall g, (forall t, derivable_pt_lim g t 0) -> forall t, g t = g 0.
Proof.
  assert (Right : forall g, (forall t, derivable_pt_lim g t 0) -> forall t, 0 <= t -> g t = g 0).
  { intros g H t Ht.
    assert (S : forall s, s * g t - s * g 0 <= 0).
    { intro s. apply (barrier (fun y => s * g y - s * g 0) (fun _ => 0) 0 t); [|lra|intros; lra|lra].
      intros y _. pose proof (derivable_pt_lim_minus (fun y => s * g y) (fun _ => s * g 0) y (s * 0) 0
        (derivable_pt_lim_scal g s y 0 (H y)) (derivable_pt_lim_const (s * g 0) y)) as D.
      replace (s * 0 - 0) with 0 in D by ring. exact D. }
    pose proof (S 1). pose proof (S (-1)). lra. }
  intros g H t. destruct (Rle_lt_dec 0 t) as [P|N]; [apply Right; assumption|].
  pose proof (Right (fun y => g (- y))) as Left. cbn beta in Left. rewrite Ropp_0 in Left.
  rewrite <- (Left) with (t := - t); [rewrite Ropp_involutive; reflexivity| |lra].
  intro y. replace 0 with (0 * -1) by ring. apply (derivable_pt_lim_comp (fun y => - y) g); [|apply H].
  apply (derivable_pt_lim_opp id), derivable_pt_lim_id.
Qed.

(** One step of length 1. *)
Theorem contraction : forall (e e' : R -> R) (start defect : R),
  (forall u, 0 <= u <= 1 -> derivable_pt_lim e u (e' u)) -> Rabs (e 0) <= start -> 0 <= defect ->
  (forall u, 0 <= u <= 1 -> 0 < e u -> e' u <= defect) ->
  (forall u, 0 <= u <= 1 -> e u < 0 -> - defect <= e' u) ->
  forall u, 0 <= u <= 1 -> Rabs (e u) <= start + defect.
Proof.
  intros e e' start defect Hd H0 Hdef Hup Hdown u Hu. apply Rabs_bounds in H0.
  assert (0 <= start) by lra.
  assert (line : forall s u, derivable_pt_lim (fun v => s * e v - (start + defect * v)) u (s * e' u - defect) <->
                             derivable_pt_lim (fun v => s * e v - (start + defect * v)) u (s * e' u - (0 + defect * 1))).
  { intros s v. replace (s * e' v - (0 + defect * 1)) with (s * e' v - defect) by ring. tauto. }
  assert (D : forall s v, 0 <= v <= 1 ->
    derivable_pt_lim (fun v => s * e v - (start + defect * v)) v (s * e' v - defect)).
  { intros s v Hv. apply line.
    apply (derivable_pt_lim_minus (fun v => s * e v) (fun v => start + defect * v)).
    - apply derivable_pt_lim_scal, Hd; assumption.
    - apply (derivable_pt_lim_plus (fun _ => start) (fun v => defect * v)).
      + apply derivable_pt_lim_const.
      + apply (derivable_pt_lim_scal id), derivable_pt_lim_id. }
  assert (P : 1 * e u - (start + defect * u) <= 0).
  { apply (barrier (fun v => 1 * e v - (start + defect * v)) (fun v => 1 * e' v - defect) 0 1);
      [apply D|lra| |assumption].
    intros v Hv Gv. assert (0 <= defect * v) by nra. pose proof (Hup v Hv). lra. }
  assert (N : -1 * e u - (start + defect * u) <= 0).
  { apply (barrier (fun v => -1 * e v - (start + defect * v)) (fun v => -1 * e' v - defect) 0 1);
      [apply D|lra| |assumption].
    intros v Hv Gv. assert (0 <= defect * v) by nra. pose proof (Hdown v Hv). lra. }
  assert (defect * u <= defect) by nra. apply Rabs_le. lra.
Qed.
