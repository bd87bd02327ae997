(** The composite: R ← αR² − (α − 1), y ← α(1 + R)y. *)

Require Import Reals List Lra Lia Psatz.
Require Import PolyAttn.Base PolyAttn.Chebyshev.
Import ListNotations.
Open Scope R_scope.

(** (y, R) after one doubling for each α, from y = c and R = 1 − cD. *)
Definition double (alpha : R) (s : R * R) : R * R :=
  let '(y, r) := s in (alpha * (1 + r) * y, alpha * (r * r) - (alpha - 1)).
Definition composite (c D : R) (alphas : list R) : R * R :=
  fold_left (fun s alpha => double alpha s) alphas (c, 1 - c * D).
Definition composite_value (c : R) (alphas : list R) (D : R) : R := fst (composite c D alphas).
Definition composite_residual (c : R) (alphas : list R) (D : R) : R := snd (composite c D alphas).

Lemma double_invariant : forall D alpha s, D * fst s = 1 - snd s ->
  D * fst (double alpha s) = 1 - snd (double alpha s).
Proof.
  intros D alpha [y r] H; simpl in *. replace (D * (alpha * (1 + r) * y)) with (alpha * (1 + r) * (D * y)) by ring.
  rewrite H; ring.
Qed.

Lemma fold_double_invariant : forall D alphas s, D * fst s = 1 - snd s ->
  D * fst (fold_left (fun s a => double a s) alphas s) = 1 - snd (fold_left (fun s a => double a s) alphas s).
Proof.
  intros D alphas; induction alphas as [|a l IH]; intros s H; [assumption|].
  simpl fold_left. apply IH, double_invariant, H.
Qed.

(** D·y = 1 − R at every step, whatever the α's are. *)
Theorem composite_invariant : forall c alphas D,
  D * composite_value c alphas D = 1 - composite_residual c alphas D.
Proof. intros; apply fold_double_invariant; simpl; ring. Qed.

(** * The exact constants *)

(** The α's of k doublings from t: t ← 2t² − 1, α = 2t²/(2t² − 1). *)
Fixpoint exact_alphas (t : R) (k : nat) : list R :=
  match k with O => [] | S k => 2 * t * t / (2 * t * t - 1) :: exact_alphas (2 * t * t - 1) k end.
Fixpoint doubled (t : R) (k : nat) : R := match k with O => t | S k => doubled (2 * t * t - 1) k end.

Lemma doubled_T : forall k t, doubled t k = T (2 ^ k) t.
Proof.
  induction k as [|k IH]; intro t; [simpl; rewrite T_1; reflexivity|].
  simpl doubled. rewrite IH. replace (2 ^ S k)%nat with (2 ^ k * 2)%nat by (simpl; lia).
  (* T_{2m} = T_m ∘ T_2 as well as T_2 ∘ T_m. *)
  replace (2 * t * t - 1) with (T 2 t) by (rewrite T_SS, T_1, T_0; ring).
  clear IH. induction k as [|k IH]; [simpl; rewrite T_1; reflexivity|].
  replace (2 ^ S k)%nat with (2 * 2 ^ k)%nat by (simpl; lia).
  rewrite (T_double (2 ^ k) (T 2 t)), IH, <- T_double. f_equal. lia.
Qed.

(** R stays cos-like: with R = v/t before, R = T_{2^k}(v)/T_{2^k}(t) after k doublings. *)
Lemma double_exact : forall t v, 1 < t ->
  2 * t * t / (2 * t * t - 1) * (v / t * (v / t)) - (2 * t * t / (2 * t * t - 1) - 1)
  = (2 * v * v - 1) / (2 * t * t - 1).
Proof. intros t v H. assert (2 * t * t - 1 > 1) by nra. field. split; nra. Qed.

Lemma residual_exact : forall k t v y r, 1 < t -> r = v / t ->
  snd (fold_left (fun s a => double a s) (exact_alphas t k) (y, r)) = doubled v k / doubled t k.
Proof.
  induction k as [|k IH]; intros t v y r Ht Hr; [exact Hr|].
  simpl exact_alphas. simpl fold_left. simpl doubled. apply IH; [nra|]. rewrite Hr. apply double_exact; assumption.
Qed.

(** On [a, b] with c = 2/(a + b) the residual is T_m(−φ(D))/T_m(μ), m = 2^k. *)
Theorem composite_is_chebyshev : forall a b k D, 0 < a < b ->
  composite_residual (2 / (a + b)) (exact_alphas ((b + a) / (b - a)) k) D
  = T (2 ^ k) ((a + b - 2 * D) / (b - a)) / T (2 ^ k) ((b + a) / (b - a)).
Proof.
  intros a b k D H. rewrite <- !doubled_T. unfold composite_residual, composite. apply residual_exact.
  - apply Rmult_lt_reg_r with (b - a); [lra|]. unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra. lra.
  - field; repeat split; lra.
Qed.

(** |R_m| ≤ 1/t_m on [a, b], t_m = T_m(μ). *)
Theorem composite_bound : forall a b k D, 0 < a < b -> a <= D <= b ->
  Rabs (composite_residual (2 / (a + b)) (exact_alphas ((b + a) / (b - a)) k) D)
  <= / T (2 ^ k) ((b + a) / (b - a)).
Proof.
  intros a b k D H HD. rewrite composite_is_chebyshev by assumption.
  assert (Hm : 1 <= (b + a) / (b - a)).
  { apply Rmult_le_reg_r with (b - a); [lra|]. unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra. lra. }
  pose proof (T_at_least_one (2 ^ k) _ Hm) as HT.
  rewrite Rabs_div_pos by lra. unfold Rdiv at 1. rewrite <- (Rmult_1_l (/ T (2 ^ k) ((b + a) / (b - a)))) at 2.
  apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra|]. apply T_bounded.
  split; (apply Rmult_le_reg_r with (b - a); [lra|]); unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra.
Qed.

(** * Any constants: the range of R depends on R only through R² *)

Theorem range_step : forall alpha r least largest, 0 <= alpha -> least <= r * r <= largest ->
  alpha * least - (alpha - 1) <= alpha * (r * r) - (alpha - 1) <= alpha * largest - (alpha - 1).
Proof. intros; split; nra. Qed.

(** The least and the largest square over an interval. *)
Lemma square_range : forall l h r, l <= r <= h ->
  (if Rle_dec l 0 then if Rle_dec 0 h then 0 else h * h else l * l) <= r * r <= Rmax (l * l) (h * h).
Proof.
  intros l h r H. split.
  - destruct (Rle_dec l 0); [destruct (Rle_dec 0 h)|]; try apply Rnot_le_lt in n; nra.
  - pose proof (Rmax_l (l * l) (h * h)). pose proof (Rmax_r (l * l) (h * h)).
    destruct (Rle_lt_dec 0 r); nra.
Qed.

(** * The merged numerator *)

(** z = u·y/L obeys the recurrence of y from z_1 = c·u/L. *)
Theorem merged_recurrence : forall u L c alphas D,
  fst (fold_left (fun s a => double a s) alphas (c / L * u, 1 - c * D)) = u * composite_value c alphas D / L.
Proof.
  intros u L c alphas D. unfold composite_value, composite.
  assert (G : forall l y z r, z = u * y / L ->
    fst (fold_left (fun s a => double a s) l (z, r)) = u * fst (fold_left (fun s a => double a s) l (y, r)) / L).
  { induction l as [|a l IH]; intros y z r Hz; [assumption|]. simpl fold_left. apply IH. rewrite Hz. unfold Rdiv; ring. }
  apply G. unfold Rdiv; ring.
Qed.

(** With 0 ≤ u/L ≤ D it never exceeds 1 + |R|, and it is ≥ 0 while R ≤ 1. *)
Theorem merged_bound : forall u L c alphas D, 0 < L -> 0 < D -> 0 <= u / L <= D ->
  let z := u * composite_value c alphas D / L in
  let r := composite_residual c alphas D in
  Rabs z <= 1 + Rabs r /\ (r <= 1 -> 0 <= z <= 1 + Rabs r).
Proof.
  intros u L c alphas D HL HD Hu z r.
  pose proof (composite_invariant c alphas D) as H. fold r in H.
  set (q := u / L / D). assert (Hq : 0 <= q <= 1).
  { unfold q; split; apply Rmult_le_reg_r with D; try assumption; unfold Rdiv at 1;
      try (rewrite Rmult_assoc, Rinv_l by lra); lra. }
  assert (Hz : z = q * (1 - r)) by (unfold z, q; rewrite <- H; field; lra).
  rewrite Hz. assert (Hle : q * (1 - r) <= 1 + Rabs r /\ - (1 + Rabs r) <= q * (1 - r)).
  { unfold Rabs; destruct (Rcase_abs r); nra. }
  split; [apply Rabs_le; lra|]. intro; split; nra.
Qed.

(** So it does with the exact constants, and nothing exceeds 2. *)
Theorem merged_bound_exact : forall u L a b k D, 0 < a < b -> a <= D <= b -> 0 < L -> 0 <= u / L <= D ->
  0 <= u * composite_value (2 / (a + b)) (exact_alphas ((b + a) / (b - a)) k) D / L <= 2.
Proof.
  intros u L a b k D H HD HL Hu.
  pose proof (composite_bound a b k D H HD) as B.
  destruct (merged_bound u L (2 / (a + b)) (exact_alphas ((b + a) / (b - a)) k) D HL ltac:(lra) Hu) as [_ M].
  set (r := composite_residual (2 / (a + b)) (exact_alphas ((b + a) / (b - a)) k) D) in *.
  assert (Hm : 1 <= (b + a) / (b - a)).
  { apply Rmult_le_reg_r with (b - a); [lra|]. unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra. lra. }
  pose proof (T_at_least_one (2 ^ k) _ Hm) as HT.
  assert (Hi : / T (2 ^ k) ((b + a) / (b - a)) <= 1) by (rewrite <- Rinv_1; apply Rinv_le_contravar; lra).
  assert (Hr : Rabs r <= 1) by lra. pose proof (Rabs_bounds _ _ Hr). specialize (M ltac:(lra)). lra.
Qed.
