(** A contractive differential equation keeps an error small: e > 0 pulls e down, e < 0 pulls it up, up to δ. *)

Require Import Reals Lra Psatz.
Require Import PolyAttn.Base.
Open Scope R_scope.

(** What starts at most 0, and does not grow where it is positive, stays at most 0. *)
Lemma barrier : forall (g g' : R -> R) (a b : R),
  (forall x, a <= x <= b -> derivable_pt_lim g x (g' x)) -> g a <= 0 ->
  (forall x, a <= x <= b -> 0 < g x -> g' x <= 0) -> forall x, a <= x <= b -> g x <= 0.
Proof.
  intros g g' a b Hd Ha Hg x Hx. destruct (Rle_lt_dec (g x) 0) as [|P]; [assumption|exfalso].
  (* m is the last point before x where g ≤ 0. *)
  set (E := fun y => a <= y <= x /\ g y <= 0).
  destruct (completeness E) as [m [Mu Ml]].
  { exists x. intros y [Hy _]. lra. }
  { exists a. split; [lra|assumption]. }
  assert (Ham : a <= m) by (apply Mu; split; [lra|assumption]).
  assert (Hmx : m <= x) by (apply Ml; intros y [Hy _]; lra).
  assert (Gm : g m <= 0).
  { destruct (Rle_lt_dec (g m) 0) as [|Q]; [assumption|exfalso].
    assert (C : continuity_pt g m) by (apply derivable_continuous_pt; exists (g' m); apply Hd; lra).
    destruct (C (g m) Q) as [d [Hdp Near]].
    assert (m <= m - d); [|lra]. apply Ml. intros y [Hy Gy].
    destruct (Rle_lt_dec y (m - d)) as [|Far]; [assumption|exfalso].
    assert (y <= m) by (apply Mu; split; assumption).
    destruct (Req_dec y m) as [->|Hne]; [lra|].
    assert (R_dist (g y) (g m) < g m) as Close.
    { apply Near. split; [split; [exact I|auto]|]. simpl. unfold R_dist. rewrite Rabs_left; lra. }
    unfold R_dist in Close. apply Rabs_def2 in Close. lra. }
  assert (Hlt : m < x) by (destruct (Req_dec m x) as [->|]; lra).
  destruct (MVT_cor2 g g' m x Hlt) as [c [Hc Ic]]; [intros; apply Hd; lra|].
  assert (g' c <= 0).
  { apply Hg; [lra|]. destruct (Rle_lt_dec (g c) 0) as [Q|]; [|assumption].
    assert (c <= m) by (apply Mu; split; [lra|assumption]). lra. }
  nra.
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
