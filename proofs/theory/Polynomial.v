(** Polynomial functions of bounded degree, and divided differences. *)

Require Import Reals List Lra Lia Psatz Arith.
Require Import PolyAttn.Chebyshev.
Import ListNotations.
Open Scope R_scope.

(** Horner: the value of c_0 + c_1·x + … *)
Fixpoint peval (l : list R) (x : R) : R := match l with [] => 0 | c :: l => c + x * peval l x end.

(** f is a polynomial of degree at most n. *)
Definition degree_le (n : nat) (f : R -> R) : Prop :=
  exists l, (length l <= S n)%nat /\ forall x, f x = peval l x.

Lemma degree_ext : forall n f g, (forall x, f x = g x) -> degree_le n f -> degree_le n g.
Proof. intros n f g H [l [Hl Hf]]. exists l; split; [assumption|]. intro; rewrite <- H; apply Hf. Qed.

Lemma degree_mono : forall m n f, (m <= n)%nat -> degree_le m f -> degree_le n f.
Proof. intros m n f H [l [Hl Hf]]; exists l; split; [lia|assumption]. Qed.

Lemma degree_const : forall n c, degree_le n (fun _ => c).
Proof. intros; exists [c]; split; [simpl; lia|]. intro; simpl; ring. Qed.

Lemma degree_id : forall n, (1 <= n)%nat -> degree_le n (fun x => x).
Proof. intros; exists [0; 1]; split; [simpl; lia|]. intro; simpl; ring. Qed.

Fixpoint padd (a b : list R) : list R :=
  match a, b with [], _ => b | _, [] => a | x :: a, y :: b => (x + y) :: padd a b end.

Lemma padd_eval : forall a b x, peval (padd a b) x = peval a x + peval b x.
Proof. induction a as [|u a IH]; intros [|v b] x; simpl; try ring. rewrite IH; ring. Qed.

Lemma padd_length : forall a b n, (length a <= n)%nat -> (length b <= n)%nat -> (length (padd a b) <= n)%nat.
Proof.
  induction a as [|u a IH]; intros [|v b] n; simpl; intros; try lia.
  destruct n; [lia|]. apply le_n_S, IH; lia.
Qed.

Lemma degree_plus : forall n f g, degree_le n f -> degree_le n g -> degree_le n (fun x => f x + g x).
Proof.
  intros n f g [a [Ha Hf]] [b [Hb Hg]]. exists (padd a b); split; [apply padd_length; assumption|].
  intro; rewrite padd_eval, Hf, Hg; reflexivity.
Qed.

Lemma degree_scale : forall n c f, degree_le n f -> degree_le n (fun x => c * f x).
Proof.
  intros n c f [a [Ha Hf]]. exists (map (fun v => c * v) a); split; [rewrite map_length; assumption|].
  intro x; rewrite Hf. clear; induction a as [|v a IH]; simpl; [ring|]. rewrite <- IH; ring.
Qed.

Lemma degree_shift : forall n f, degree_le n f -> degree_le (S n) (fun x => x * f x).
Proof.
  intros n f [a [Ha Hf]]. exists (0 :: a); split; [simpl; lia|]. intro; rewrite Hf; simpl; ring.
Qed.

Lemma degree_affine_times : forall n u v f, degree_le n f -> degree_le (S n) (fun x => (u + v * x) * f x).
Proof.
  intros n u v f H. apply degree_ext with (fun x => u * f x + v * (x * f x)); [intro; ring|].
  apply degree_plus; apply degree_scale; [apply degree_mono with n; [lia|assumption]|apply degree_shift; assumption].
Qed.

Lemma degree_times : forall m n f g, degree_le m f -> degree_le n g -> degree_le (m + n) (fun x => f x * g x).
Proof.
  intros m n f g [a [Ha Hf]]. revert m f Ha Hf. induction a as [|c a IH]; intros m f Ha Hf Hg.
  - apply degree_ext with (fun _ => 0); [intro; rewrite Hf; simpl; ring|]. apply degree_const.
  - destruct a as [|c' a].
    + apply degree_ext with (fun x => c * g x); [intro; rewrite Hf; simpl; ring|].
      apply degree_mono with n; [lia|]. apply degree_scale; assumption.
    + destruct m as [|m]; [simpl in Ha; lia|].
      apply degree_ext with (fun x => c * g x + x * (peval (c' :: a) x * g x)).
      { intro; rewrite Hf. change (peval (c :: c' :: a) x) with (c + x * peval (c' :: a) x). ring. }
      apply degree_plus; [apply degree_mono with n; [lia|apply degree_scale; assumption]|].
      apply degree_shift. apply (IH m (fun x => peval (c' :: a) x)); [simpl in *; lia|reflexivity|assumption].
Qed.

(** A polynomial that vanishes at 0 is x times one of lower degree. *)
Lemma degree_divide : forall n f, degree_le (S n) f -> f 0 = 0 ->
  exists g, degree_le n g /\ forall x, f x = x * g x.
Proof.
  intros n f [[|c a] [Ha Hf]] H0.
  - exists (fun _ => 0); split; [apply degree_const|]. intro; rewrite Hf; simpl; ring.
  - rewrite Hf in H0; simpl in H0. assert (c = 0) by lra. exists (fun x => peval a x); split.
    + exists a; split; [simpl in Ha; lia|reflexivity].
    + intro; rewrite Hf; simpl; lra.
Qed.

(** T_n of an affine map has degree at most n. *)
Lemma degree_T : forall u v n, degree_le n (fun x => T n (u + v * x)).
Proof.
  intros u v n; induction n as [| |n IH1 IH2] using nat_ind2.
  - apply degree_ext with (fun _ => 1); [reflexivity|apply degree_const].
  - apply degree_ext with (fun x => u * 1 + v * x); [intro; rewrite T_1; ring|].
    apply degree_plus; apply degree_scale; [apply degree_const|apply degree_id; lia].
  - apply degree_ext with (fun x => (2 * u + (2 * v) * x) * T (S n) (u + v * x) + (-1) * T n (u + v * x)).
    { intro; rewrite T_SS; ring. }
    apply degree_plus; [apply degree_affine_times; assumption|].
    apply degree_scale. apply degree_mono with n; [lia|assumption].
Qed.

(** * Divided differences on the points x_i, …, x_{i+k} *)

Fixpoint dd (f : R -> R) (x : nat -> R) (i k : nat) : R :=
  match k with O => f (x i) | S k' => (dd f x (S i) k' - dd f x i k') / (x (i + k)%nat - x i) end.

Lemma dd_ext : forall f g x k i, (forall v, f v = g v) -> dd f x i k = dd g x i k.
Proof. intros f g x k; induction k as [|k IH]; intros i H; simpl; [apply H|]. rewrite !IH by assumption; reflexivity. Qed.

Lemma dd_const : forall c x k i, dd (fun _ => c) x i (S k) = 0.
Proof.
  intros c x k; induction k as [|k IH]; intro i; [simpl; unfold Rdiv; ring|].
  change (dd (fun _ => c) x i (S (S k)))
    with ((dd (fun _ => c) x (S i) (S k) - dd (fun _ => c) x i (S k)) / (x (i + S (S k))%nat - x i)).
  rewrite !IH; unfold Rdiv; ring.
Qed.

Definition distinct (x : nat -> R) : Prop := forall i j, (i < j)%nat -> x i < x j.

(** (c + x·g)[x_i … x_{i+k+1}] = x_{i+k+1}·g[x_i … x_{i+k+1}] + g[x_i … x_{i+k}]. *)
Lemma dd_times : forall g c x, distinct x -> forall k i,
  dd (fun v => c + v * g v) x i (S k) = x (i + S k)%nat * dd g x i (S k) + dd g x i k.
Proof.
  intros g c x Hx k; induction k as [|k IH]; intro i.
  - simpl. replace (i + 1)%nat with (S i) by lia. assert (x i < x (S i)) by (apply Hx; lia). field; lra.
  - set (h := fun v => c + v * g v) in *.
    change (dd h x i (S (S k))) with ((dd h x (S i) (S k) - dd h x i (S k)) / (x (i + S (S k))%nat - x i)).
    rewrite !IH.
    change (dd g x i (S (S k))) with ((dd g x (S i) (S k) - dd g x i (S k)) / (x (i + S (S k))%nat - x i)).
    change (dd g x i (S k)) with ((dd g x (S i) k - dd g x i k) / (x (i + S k)%nat - x i)).
    replace (S i + S k)%nat with (i + S (S k))%nat by lia.
    assert (x i < x (i + S k)%nat) by (apply Hx; lia). assert (x i < x (i + S (S k))%nat) by (apply Hx; lia).
    field; lra.
Qed.

(** A polynomial of degree below k has no k-th divided difference. *)
Lemma dd_poly : forall x, distinct x -> forall l k i, (length l <= k)%nat -> dd (peval l) x i k = 0.
Proof.
  intros x Hx l; induction l as [|c l IH]; intros k i Hk.
  - destruct k as [|k]; [reflexivity|]. rewrite (dd_ext _ (fun _ => 0)) by reflexivity. apply dd_const.
  - destruct k as [|k]; [simpl in Hk; lia|]. rewrite (dd_ext _ (fun v => c + v * peval l v)) by reflexivity.
    rewrite dd_times by assumption. simpl in Hk. rewrite !IH by lia. ring.
Qed.

(** Weakly alternating values: the sign of the last one is that of the divided difference. *)
Lemma dd_weak : forall f x, distinct x -> forall k i s,
  (forall j, (j <= k)%nat -> 0 <= s * (-1) ^ (k - j) * f (x (i + j)%nat)) -> 0 <= s * dd f x i k.
Proof.
  intros f x Hx k; induction k as [|k IH]; intros i s H.
  - specialize (H 0%nat (le_n _)). simpl in H. rewrite Nat.add_0_r in H. simpl; lra.
  - assert (A : 0 <= s * dd f x (S i) k).
    { apply IH. intros j Hj. specialize (H (S j)). replace (i + S j)%nat with (S i + j)%nat in H by lia.
      replace (S k - S j)%nat with (k - j)%nat in H by lia. apply H; lia. }
    assert (B : 0 <= (- s) * dd f x i k).
    { apply IH. intros j Hj. specialize (H j). replace (S k - j)%nat with (S (k - j)) in H by lia.
      simpl pow in H. assert (Hle : (j <= S k)%nat) by lia. specialize (H Hle). lra. }
    simpl dd. assert (x i < x (i + S k)%nat) by (apply Hx; lia).
    replace (s * ((dd f x (S i) k - dd f x i k) / (x (i + S k)%nat - x i)))
      with ((s * dd f x (S i) k + (- s) * dd f x i k) * / (x (i + S k)%nat - x i)) by (field; lra).
    apply Rmult_le_pos; [lra|]. left; apply Rinv_0_lt_compat; lra.
Qed.

Lemma dd_strict : forall f x, distinct x -> forall k i s,
  (forall j, (j <= k)%nat -> 0 < s * (-1) ^ (k - j) * f (x (i + j)%nat)) -> 0 < s * dd f x i k.
Proof.
  intros f x Hx k; induction k as [|k IH]; intros i s H.
  - specialize (H 0%nat (le_n _)). simpl in H. rewrite Nat.add_0_r in H. simpl; lra.
  - assert (A : 0 < s * dd f x (S i) k).
    { apply IH. intros j Hj. specialize (H (S j)). replace (i + S j)%nat with (S i + j)%nat in H by lia.
      replace (S k - S j)%nat with (k - j)%nat in H by lia. apply H; lia. }
    assert (B : 0 < (- s) * dd f x i k).
    { apply IH. intros j Hj. specialize (H j). replace (S k - j)%nat with (S (k - j)) in H by lia.
      simpl pow in H. assert (Hle : (j <= S k)%nat) by lia. specialize (H Hle). lra. }
    simpl dd. assert (x i < x (i + S k)%nat) by (apply Hx; lia).
    replace (s * ((dd f x (S i) k - dd f x i k) / (x (i + S k)%nat - x i)))
      with ((s * dd f x (S i) k + (- s) * dd f x i k) * / (x (i + S k)%nat - x i)) by (field; lra).
    apply Rmult_lt_0_compat; [lra|]. apply Rinv_0_lt_compat; lra.
Qed.

(** No polynomial of degree ≤ n is 0 at x_0 and alternates strictly at x_1 < … < x_{n+1}. *)
Theorem no_root_and_alternation : forall f x n, distinct x -> degree_le n f -> f (x 0%nat) = 0 -> forall s,
  (forall j, (j <= n)%nat -> 0 < s * (-1) ^ (n - j) * f (x (S j))) -> False.
Proof.
  intros f x n Hx [l [Hl Hf]] H0 s H.
  assert (Z : dd f x 0 (S n) = 0).
  { rewrite (dd_ext f (peval l)) by assumption. apply dd_poly; [assumption|lia]. }
  assert (A : 0 < s * dd f x 1 n) by (apply dd_strict; assumption).
  assert (B : 0 <= (- s) * dd f x 0 n).
  { apply dd_weak; [assumption|]. intros [|j] Hj.
    - simpl Nat.add. rewrite H0. lra.
    - specialize (H j). replace (n - j)%nat with (S (n - S j)) in H by lia. simpl pow in H. simpl Nat.add.
      assert (Hle : (j <= n)%nat) by lia. specialize (H Hle). lra. }
  assert (x 0%nat < x (S n)) by (apply Hx; lia).
  simpl dd in Z. apply Rmult_integral in Z. destruct Z as [Z|Z].
  - nra.
  - assert (0 < / (x (S n) - x 0%nat)) by (apply Rinv_0_lt_compat; lra). lra.
Qed.
