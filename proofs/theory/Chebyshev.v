(** Chebyshev polynomials: T_n by its recurrence, its trigonometric form, and its bounds. *)

Require Import Reals Lra Lia Psatz.
Open Scope R_scope.

(** (T_n, T_{n+1}) at y. *)
Fixpoint T_pair (n : nat) (y : R) : R * R :=
  match n with
  | O => (1, y)
  | S n => let '(a, b) := T_pair n y in (b, 2 * y * b - a)
  end.
Definition T (n : nat) (y : R) : R := fst (T_pair n y).

Lemma T_pair_snd : forall n y, snd (T_pair n y) = T (S n) y.
Proof. intros; unfold T; simpl. destruct (T_pair n y); reflexivity. Qed.

Lemma T_0 : forall y, T 0 y = 1. Proof. reflexivity. Qed.
Lemma T_1 : forall y, T 1 y = y. Proof. reflexivity. Qed.
Lemma T_SS : forall n y, T (S (S n)) y = 2 * y * T (S n) y - T n y.
Proof.
  intros. unfold T at 1. simpl T_pair. unfold T. simpl T_pair.
  destruct (T_pair n y); reflexivity.
Qed.

Lemma nat_ind2 : forall P : nat -> Prop, P 0%nat -> P 1%nat -> (forall n, P n -> P (S n) -> P (S (S n))) -> forall n, P n.
Proof.
  intros P H0 H1 HS n. assert (H : P n /\ P (S n)); [|apply H].
  induction n as [|n [IH1 IH2]]; split; auto.
Qed.

(** T_n(cos θ) = cos(nθ). *)
Theorem T_cos : forall n t, T n (cos t) = cos (INR n * t).
Proof.
  intros n t; induction n as [| |n IH1 IH2] using nat_ind2.
  - simpl INR; rewrite T_0, Rmult_0_l, cos_0; reflexivity.
  - rewrite T_1; simpl INR; f_equal; ring.
  - rewrite T_SS, IH1, IH2.
    replace (INR (S (S n)) * t) with (INR (S n) * t + t) by (rewrite (S_INR (S n)); ring).
    replace (INR n * t) with (INR (S n) * t - t) by (rewrite S_INR; ring).
    rewrite cos_plus, cos_minus; ring.
Qed.

Lemma angle : forall y, -1 <= y <= 1 -> exists t, y = cos t.
Proof.
  (* By the intermediate value theorem: acos of the library needs excluded middle. *)
  intros y H. destruct (IVT_cor (fun t => cos t - y) 0 PI) as [t [_ Ht]].
  - apply continuity_minus; [apply continuity_cos|apply continuity_const; intros u v; reflexivity].
  - left; apply PI_RGT_0.
  - rewrite cos_0, cos_PI. nra.
  - exists t; lra.
Qed.

(** |T_n| ≤ 1 on [−1, 1]. *)
Theorem T_bounded : forall n y, -1 <= y <= 1 -> Rabs (T n y) <= 1.
Proof.
  intros n y H. destruct (angle y H) as [t ->]. rewrite T_cos. apply Rabs_le, COS_bound.
Qed.

Lemma T_opp : forall n y, T n (- y) = (-1) ^ n * T n y.
Proof.
  intros n y; induction n as [| |n IH1 IH2] using nat_ind2.
  - rewrite !T_0; simpl; ring.
  - rewrite !T_1; simpl; ring.
  - rewrite !T_SS, IH1, IH2; simpl; ring.
Qed.

(** T_2m = T_2 ∘ T_m, for every real argument. *)
Lemma T_product : forall m k y, T (m + k + k) y + T m y = 2 * T (m + k) y * T k y.
Proof.
  intros m k y; revert m. induction k as [| |k IH1 IH2] using nat_ind2; intro m.
  - rewrite !Nat.add_0_r, T_0; ring.
  - replace (m + 1 + 1)%nat with (S (S m)) by lia. replace (m + 1)%nat with (S m) by lia.
    rewrite T_SS, T_1; ring.
  - (* Both sides satisfy the recurrence in k at fixed sum. *)
    rewrite (T_SS k).
    pose proof (IH2 (S m)) as A. pose proof (IH1 (S (S m))) as B.
    replace (S m + S k + S k)%nat with (S (m + k + k + 2)) in A by lia.
    replace (S m + S k)%nat with (m + k + 2)%nat in A by lia.
    replace (S (S m) + k + k)%nat with (m + k + k + 2)%nat in B by lia.
    replace (S (S m) + k)%nat with (m + k + 2)%nat in B by lia.
    replace (m + S (S k) + S (S k))%nat with (S (S (m + k + k + 2))) by lia.
    replace (m + S (S k))%nat with (m + k + 2)%nat by lia.
    rewrite T_SS. rewrite (T_SS m) in B. nra.
Qed.

Theorem T_double : forall m y, T (2 * m) y = T 2 (T m y).
Proof.
  intros m y. pose proof (T_product 0 m y) as H. simpl Nat.add in H. replace (2 * m)%nat with (m + m)%nat by lia.
  rewrite T_SS, T_1, T_0. rewrite T_0 in H. lra.
Qed.

(** T_n ≥ 1 and T_n increasing in n on [1, ∞). *)
Lemma T_outside : forall n y, 1 <= y -> 1 <= T n y /\ T n y <= T (S n) y.
Proof.
  intros n y Hy; induction n as [|n [IH1 IH2]].
  - rewrite T_0, T_1; lra.
  - split; [lra|]. rewrite T_SS. nra.
Qed.

Theorem T_at_least_one : forall n y, 1 <= y -> 1 <= T n y.
Proof. intros; apply T_outside; assumption. Qed.

Lemma unit_combination : forall C S X Y m,
  C * C + S * S = 1 -> X * X + Y * Y = m * m -> 0 <= m -> Rabs (C * X - S * Y) <= m.
Proof.
  intros C S X Y m H1 H2 Hm. apply Rabs_le.
  assert ((C * X - S * Y) * (C * X - S * Y) <= m * m).
  { assert (0 <= (C * Y + S * X) * (C * Y + S * X)) by apply Rle_0_sqr.
    assert ((C * X - S * Y) * (C * X - S * Y) + (C * Y + S * X) * (C * Y + S * X)
            = (C * C + S * S) * (X * X + Y * Y)) by ring.
    rewrite H1, H2 in H0. lra. }
  split; nra.
Qed.

(** The lemma behind the witness of an absolute error: the left side is Re(e^{inθ}(e^{iθ} − a)²). *)
Theorem T_weighted : forall n a y, -1 <= y <= 1 ->
  Rabs (T (S (S n)) y - 2 * a * T (S n) y + a * a * T n y) <= 1 - 2 * a * y + a * a.
Proof.
  intros n a y H. destruct (angle y H) as [t ->]. rewrite !T_cos.
  set (p := INR n * t).
  replace (INR (S (S n)) * t) with (p + (t + t)) by (unfold p; rewrite !S_INR; ring).
  replace (INR (S n) * t) with (p + t) by (unfold p; rewrite S_INR; ring).
  rewrite !cos_plus, sin_plus.
  replace (cos p * (cos t * cos t - sin t * sin t) - sin p * (sin t * cos t + cos t * sin t)
           - 2 * a * (cos p * cos t - sin p * sin t) + a * a * cos p)
    with (cos p * (cos t * cos t - sin t * sin t - 2 * a * cos t + a * a)
          - sin p * (2 * sin t * (cos t - a))) by ring.
  assert (E : forall v, cos v * cos v + sin v * sin v = 1).
  { intro v. pose proof (sin2_cos2 v) as P; unfold Rsqr in P; lra. }
  pose proof (E t) as Et. apply unit_combination; [apply E| |].
  - assert (Es : sin t * sin t = 1 - cos t * cos t) by lra.
    replace ((2 * sin t * (cos t - a)) * (2 * sin t * (cos t - a)))
      with (4 * (sin t * sin t) * ((cos t - a) * (cos t - a))) by ring.
    rewrite Es. ring.
  - assert (0 <= (cos t - a) * (cos t - a)) by apply Rle_0_sqr.
    assert (0 <= sin t * sin t) by apply Rle_0_sqr. nra.
Qed.

(** |sin(nt)| ≤ n·|sin t|, and so |T_n(y) − T_n(z)| ≤ n²·|y − z| on [−1, 1]. *)
Lemma sin_multiple : forall n t, Rabs (sin (INR n * t)) <= INR n * Rabs (sin t).
Proof.
  induction n as [|n IH]; intro t; [simpl; rewrite !Rmult_0_l, sin_0, Rabs_R0; lra|].
  rewrite S_INR. replace ((INR n + 1) * t) with (INR n * t + t) by ring. rewrite sin_plus.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult. specialize (IH t).
  assert (C : forall v, Rabs (cos v) <= 1) by (intro v; apply Rabs_le, COS_bound).
  pose proof (C t). pose proof (C (INR n * t)). pose proof (Rabs_pos (sin t)). pose proof (Rabs_pos (sin (INR n * t))).
  pose proof (Rabs_pos (cos t)). nra.
Qed.

Theorem T_lipschitz : forall n y z, -1 <= y <= 1 -> -1 <= z <= 1 ->
  Rabs (T n y - T n z) <= INR n * INR n * Rabs (y - z).
Proof.
  intros n y z Hy Hz. destruct (angle y Hy) as [s ->]. destruct (angle z Hz) as [t ->]. rewrite !T_cos, !form2.
  replace ((INR n * s - INR n * t) / 2) with (INR n * ((s - t) / 2)) by field.
  replace ((INR n * s + INR n * t) / 2) with (INR n * ((s + t) / 2)) by field.
  rewrite !Rabs_mult. rewrite Rabs_left by lra.
  pose proof (sin_multiple n ((s - t) / 2)) as A. pose proof (sin_multiple n ((s + t) / 2)) as B.
  set (p := Rabs (sin ((s - t) / 2))) in *. set (q := Rabs (sin ((s + t) / 2))) in *.
  set (P := Rabs (sin (INR n * ((s - t) / 2)))) in *. set (Q := Rabs (sin (INR n * ((s + t) / 2)))) in *.
  assert (0 <= P) by apply Rabs_pos. assert (0 <= Q) by apply Rabs_pos.
  assert (P * Q <= INR n * p * (INR n * q)) by (apply Rmult_le_compat; assumption). lra.
Qed.
