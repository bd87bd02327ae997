(** Polynomials with integer coefficients, and a test that one is ≥ 0 on [0, 1].

    A polynomial is its coefficients, the constant first: `eval p u` is its value. Ring operations are `add`, `opp`,
    `scale_by`, `mul`; `compose c w s p` is p((c + w·u)/s) times a power of s, `compose_factor s p`.

    `nonneg depth p` halves [0, 1] at most `depth` times over, until every control point of each part is ≥ 0:

      Theorem nonneg_sound : forall depth p, nonneg depth p = true -> forall u, 0 <= u <= 1 -> 0 <= eval p u.
      Theorem positive_sound : forall depth p, positive depth p = true -> forall u, 0 <= u <= 1 -> 0 < eval p u.

    Control points are rounded down to 96 bits below the values at the ends: what is computed stays below the
    polynomial. `false` says nothing. The time is that of about degree²/2 additions for each halving. *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Import ListNotations.
Open Scope R_scope.

(** * Arithmetic *)

Fixpoint eval (p : list Z) (u : R) : R := match p with [] => 0 | c :: p => IZR c + u * eval p u end.

Fixpoint add (p q : list Z) : list Z :=
  match p, q with [], _ => q | _, [] => p | a :: p, b :: q => (a + b)%Z :: add p q end.
Definition scale_by (f : Z) (p : list Z) : list Z := map (Z.mul f) p.
Definition opp (p : list Z) : list Z := map Z.opp p.
Fixpoint mul (p q : list Z) : list Z := match p with [] => [] | a :: p => add (scale_by a q) (0%Z :: mul p q) end.

Lemma eval_add : forall p q u, eval (add p q) u = eval p u + eval q u.
Proof. induction p as [|a p IH]; intros [|b q] u; simpl; try ring. rewrite IH, plus_IZR; ring. Qed.

Lemma eval_scale : forall f p u, eval (scale_by f p) u = IZR f * eval p u.
Proof. induction p as [|a p IH]; intro u; simpl; [ring|]. unfold scale_by in IH. rewrite IH, mult_IZR; ring. Qed.

Lemma eval_opp : forall p u, eval (opp p) u = - eval p u.
Proof. induction p as [|a p IH]; intro u; simpl; [ring|]. unfold opp in IH. rewrite IH, opp_IZR; ring. Qed.

Lemma eval_mul : forall p q u, eval (mul p q) u = eval p u * eval q u.
Proof. induction p as [|a p IH]; intros q u; simpl; [ring|]. rewrite eval_add, eval_scale. simpl. rewrite IH; ring. Qed.

(** s^length(p)·p((c + w·u)/s), and s^length(p). *)
Fixpoint compose_factor (s : Z) (p : list Z) : Z := match p with [] => 1%Z | _ :: p => (s * compose_factor s p)%Z end.
Fixpoint compose_both (c w s : Z) (p : list Z) : list Z * Z :=
  match p with
  | [] => ([], 1%Z)
  | a :: p => let '(q, f) := compose_both c w s p in
              let f := (s * f)%Z in (add [a * f]%Z (mul [c; w] q), f)
  end.
Definition compose (c w s : Z) (p : list Z) : list Z := fst (compose_both c w s p).

Lemma compose_factor_positive : forall s p, (0 < s)%Z -> 0 < IZR (compose_factor s p).
Proof.
  intros s p Hs; induction p as [|a p IH]; cbn [compose_factor]; [lra|].
  rewrite mult_IZR. apply Rmult_lt_0_compat; [apply IZR_lt|]; assumption.
Qed.

Lemma compose_both_factor : forall c w s p, snd (compose_both c w s p) = compose_factor s p.
Proof.
  intros c w s p; induction p as [|a p IH]; [reflexivity|]. cbn [compose_both compose_factor].
  destruct (compose_both c w s p) as [q f]. cbn [snd] in *. rewrite IH; reflexivity.
Qed.

Lemma eval_compose : forall c w s p u, (0 < s)%Z ->
  eval (compose c w s p) u = IZR (compose_factor s p) * eval p ((IZR c + IZR w * u) / IZR s).
Proof.
  intros c w s p u Hs. unfold compose. assert (IZR s <> 0) by (apply not_0_IZR; lia).
  induction p as [|a p IH]; [simpl; ring|]. cbn [compose_both]. pose proof (compose_both_factor c w s p) as F.
  destruct (compose_both c w s p) as [q f]. cbn [fst snd] in *. subst f. rewrite eval_add, eval_mul, IH.
  cbn [eval compose_factor]. rewrite !mult_IZR. field. assumption.
Qed.

(** * Sequences of control points *)

(** One step of de Casteljau's algorithm at u; after n of them, index 0 holds the value of degree n. *)
Definition between (u : R) (c : nat -> R) : nat -> R := fun k => (1 - u) * c k + u * c (S k).
Fixpoint casteljau (n : nat) (u : R) (c : nat -> R) : nat -> R :=
  match n with O => c | S n => between u (casteljau n u c) end.

Lemma casteljau_linear : forall a b c d u n k,
  casteljau n u (fun j => a * c j + b * d j) k = a * casteljau n u c k + b * casteljau n u d k.
Proof. intros a b c d u n; induction n as [|n IH]; intro k; simpl; [reflexivity|]. unfold between. rewrite !IH; ring. Qed.

Lemma casteljau_next : forall u c n k, casteljau n u (fun j => c (S j)) k = casteljau n u c (S k).
Proof. intros u c n; induction n as [|n IH]; intro k; simpl; [reflexivity|]. unfold between. rewrite !IH; reflexivity. Qed.

Lemma casteljau_between : forall u v c n k, casteljau n u (between v c) k = between v (casteljau n u c) k.
Proof. intros. unfold between at 1. rewrite casteljau_linear, casteljau_next. reflexivity. Qed.

Lemma casteljau_constant : forall a u n k, casteljau n u (fun _ => a) k = a.
Proof. intros a u n; induction n as [|n IH]; intro k; simpl; [reflexivity|]. unfold between. rewrite !IH; ring. Qed.

(** Multiplication by the index is multiplication by u. *)
Lemma casteljau_index : forall u c n k,
  casteljau (S n) u (fun j => INR j * c j) k = INR k * casteljau (S n) u c k + INR (S n) * u * casteljau n u c (S k).
Proof.
  intros u c n; induction n as [|n IH]; intro k.
  - cbn [casteljau]. unfold between. rewrite !S_INR. simpl (INR 0). ring.
  - cbn [casteljau] in *. unfold between in *. rewrite !IH, !S_INR. ring.
Qed.

(** The left part of [0, 1], up to t. *)
Lemma casteljau_left : forall t u c n k,
  casteljau n u (fun j => casteljau j t c 0) k = casteljau n (u * t) (casteljau k t c) 0.
Proof.
  intros t u c n; induction n as [|n IH]; intro k; [reflexivity|].
  cbn [casteljau]. unfold between at 1. rewrite !IH. cbn [casteljau]. rewrite casteljau_between. unfold between. ring.
Qed.

(** Control points read backwards belong to the polynomial read backwards. *)
Lemma casteljau_reverse : forall u c n m k, (k + m <= n)%nat ->
  casteljau m (1 - u) (fun j => c (n - j)%nat) k = casteljau m u c (n - k - m).
Proof.
  intros u c n m; induction m as [|m IH]; intros k H; simpl; [f_equal; lia|].
  unfold between. rewrite !IH by lia. replace (n - k - m)%nat with (S (n - k - S m)) by lia.
  replace (n - S k - m)%nat with (n - k - S m)%nat by lia. ring.
Qed.

(** * Lists of integers below them *)

Definition below (l : list Z) (c : nat -> R) : Prop := forall k, (k < length l)%nat -> IZR (nth k l 0%Z) <= c k.

(** Means of neighbours, rounded down. *)
Fixpoint row (l : list Z) : list Z :=
  match l with a :: (b :: _) as l => Z.div2 (a + b) :: row l | _ => [] end.
(** Control points of both halves, each from its end to the middle. *)
Fixpoint halves (n : nat) (l : list Z) : list Z * list Z :=
  match n with
  | O => ([], [])
  | S n => let '(first, second) := halves n (row l) in (hd 0%Z l :: first, last l 0%Z :: second)
  end.

Lemma row_length : forall l, length (row l) = pred (length l).
Proof.
  induction l as [|a l IH]; [reflexivity|]. destruct l as [|b l]; [reflexivity|].
  cbn [row length pred] in *. rewrite IH; reflexivity.
Qed.

Lemma div2_below : forall a, IZR (Z.div2 a) <= IZR a / 2.
Proof.
  intro a. pose proof (Z.div2_odd a) as H. apply (f_equal IZR) in H. rewrite plus_IZR, mult_IZR in H.
  destruct (Z.odd a); simpl in H; lra.
Qed.

Lemma row_below : forall l c, below l c -> below (row l) (between (1 / 2) c).
Proof.
  induction l as [|a l IH]; intros c H k Hk; [simpl in Hk; lia|]. destruct l as [|b l]; [simpl in Hk; lia|].
  destruct k as [|k].
  - cbn [row nth]. eapply Rle_trans; [apply div2_below|]. rewrite plus_IZR. unfold between.
    pose proof (H 0%nat ltac:(simpl; lia)) as H0. pose proof (H 1%nat ltac:(simpl; lia)) as H1. simpl in H0, H1. lra.
  - cbn [row nth]. apply (IH (fun j => c (S j))).
    + intros j Hj. apply (H (S j)). simpl in *; lia.
    + cbn [row length] in *. lia.
Qed.

Lemma last_nth : forall (l : list Z), last l 0%Z = nth (pred (length l)) l 0%Z.
Proof. induction l as [|a l IH]; [reflexivity|]. destruct l as [|b l]; [reflexivity|]. exact IH. Qed.

Lemma halves_below : forall n l c, length l = n -> below l c ->
  length (fst (halves n l)) = n /\ length (snd (halves n l)) = n /\
  below (fst (halves n l)) (fun k => casteljau k (1 / 2) c 0) /\
  below (snd (halves n l)) (fun k => casteljau k (1 / 2) c (pred n - k)%nat).
Proof.
  induction n as [|n IH]; intros l c Hl H.
  - repeat split; try (intros k Hk; simpl in Hk; lia).
  - destruct (IH (row l) (between (1 / 2) c)) as (L1 & L2 & B1 & B2).
    + rewrite row_length, Hl; reflexivity.
    + apply row_below; assumption.
    + cbn [halves]. destruct (halves n (row l)) as [first second]. cbn [fst snd] in *.
      split; [simpl; congruence|]. split; [simpl; congruence|]. split; intros [|k] Hk; cbn [nth].
      * pose proof (H 0%nat ltac:(lia)) as H0. destruct l; [discriminate|]. exact H0.
      * specialize (B1 k ltac:(simpl in Hk; lia)). cbn beta in B1. rewrite casteljau_between in B1. exact B1.
      * rewrite last_nth, Hl. cbn [casteljau]. rewrite Nat.sub_0_r. apply H; simpl; lia.
      * specialize (B2 k ltac:(simpl in Hk; lia)). cbn beta in B2. rewrite casteljau_between in B2.
        replace (pred (S n) - S k)%nat with (pred n - k)%nat by lia. exact B2.
Qed.

Definition all_nonneg (l : list Z) : bool := forallb (Z.leb 0) l.

Lemma all_nonneg_below : forall l c u, all_nonneg l = true -> below l c -> 0 <= u <= 1 ->
  forall n k, (k + n < length l)%nat -> 0 <= casteljau n u c k.
Proof.
  intros l c u Hl H Hu n; induction n as [|n IH]; intros k Hk; cbn [casteljau].
  - eapply Rle_trans; [|apply H; lia]. unfold all_nonneg in Hl. rewrite forallb_forall in Hl.
    apply IZR_le, Z.leb_le, Hl, nth_In. lia.
  - unfold between. pose proof (IH k ltac:(lia)). pose proof (IH (S k) ltac:(lia)). nra.
Qed.

Definition some_end_negative (l : list Z) : bool := (hd 0 l <? 0)%Z || (last l 0 <? 0)%Z.

(** Written so that the second half waits for the first. *)
Fixpoint search (depth : nat) (l : list Z) : bool :=
  if all_nonneg l then true
  else match depth with
  | O => false
  | S depth =>
      if some_end_negative l then false
      else let '(first, second) := halves (length l) l in
           if search depth first then search depth second else false
  end.

Lemma search_sound : forall depth n l c u, search depth l = true -> length l = S n -> below l c -> 0 <= u <= 1 ->
  0 <= casteljau n u c 0.
Proof.
  induction depth as [|depth IH]; intros n l c u Hs Hl H Hu; cbn [search] in Hs.
  - destruct (all_nonneg l) eqn:E; [|discriminate]. apply (all_nonneg_below l); try assumption. lia.
  - destruct (all_nonneg l) eqn:E; [apply (all_nonneg_below l); try assumption; lia|].
    destruct (some_end_negative l); [discriminate|].
    destruct (halves_below (S n) l c Hl H) as (L1 & L2 & B1 & B2). rewrite Hl in Hs.
    destruct (halves (S n) l) as [first second]. cbn [fst snd] in *.
    destruct (search depth first) eqn:E1; [|discriminate].
    destruct (Rle_lt_dec u (1 / 2)) as [Hh|Hh].
    + pose proof (IH n first _ (2 * u) E1 L1 B1 ltac:(lra)) as P. rewrite casteljau_left in P.
      replace (2 * u * (1 / 2)) with u in P by field. exact P.
    + assert (B3 : below second (fun k => casteljau k (1 / 2) (fun j => c (n - j)%nat) 0)).
      { intros k Hk. specialize (B2 k Hk). replace (1 / 2) with (1 - 1 / 2) by field.
        rewrite casteljau_reverse by lia. replace (n - 0 - k)%nat with (pred (S n) - k)%nat by lia. exact B2. }
      pose proof (IH n second _ (2 * (1 - u)) Hs L2 B3 ltac:(lra)) as P. rewrite casteljau_left in P.
      replace (2 * (1 - u) * (1 / 2)) with (1 - u) in P by field. cbn [casteljau] in P.
      rewrite casteljau_reverse in P by lia. replace (n - 0 - n)%nat with 0%nat in P by lia. exact P.
Qed.

(** * From coefficients to control points *)

(** f + k·q_k from index k on. *)
Fixpoint ramp (f k : Z) (q : list Z) : list Z :=
  match q with [] => [] | v :: q => (f + k * v)%Z :: ramp f (k + 1) q end.
(** By p = a + u·q; all is multiplied by degree!, the second part of the answer. *)
Fixpoint control (p : list Z) : list Z * Z :=
  match p with
  | [] => ([], 1%Z)
  | [a] => ([a], 1%Z)
  | a :: q => let '(points, f) := control q in
              let f := (f * Z.of_nat (length points))%Z in (a * f :: ramp (a * f) 1 points, f)%Z
  end.

Lemma ramp_nth : forall f q k j, (j < length q)%nat -> nth j (ramp f k q) 0%Z = (f + (k + Z.of_nat j) * nth j q 0)%Z.
Proof.
  intros f q; induction q as [|v q IH]; intros k j Hj; [simpl in Hj; lia|].
  destruct j as [|j]; cbn [ramp nth]; [f_equal; f_equal; lia|]. rewrite IH by (simpl in Hj; lia). f_equal. f_equal. lia.
Qed.

Lemma ramp_length : forall f q k, length (ramp f k q) = length q.
Proof. induction q as [|v q IH]; intro k; simpl; [reflexivity|]. rewrite IH; reflexivity. Qed.

Lemma control_spec : forall p, p <> [] -> length (fst (control p)) = length p /\ (0 < snd (control p))%Z /\
  exists c, (forall k, (k < length p)%nat -> IZR (nth k (fst (control p)) 0%Z) = c k) /\
            forall u, casteljau (pred (length p)) u c 0 = IZR (snd (control p)) * eval p u.
Proof.
  induction p as [|a p IH]; intro Hp; [congruence|]. destruct p as [|b p].
  - split; [reflexivity|]. split; [simpl; lia|]. exists (fun _ => IZR a). split.
    + intros [|k] Hk; [reflexivity|simpl in Hk; lia].
    + intro u; simpl; ring.
  - destruct (IH ltac:(congruence)) as (Hl & Hf & c & Hc & Hv). set (q := b :: p) in *.
    change (control (a :: q)) with (let '(points, f) := control q in
      let f := (f * Z.of_nat (length points))%Z in (a * f :: ramp (a * f) 1 points, f)%Z).
    destruct (control q) as [points f]. cbn [fst snd] in *.
    assert (Hn : length q = S (length p)) by reflexivity. rewrite Hl.
    set (f' := (f * Z.of_nat (length q))%Z). split; [cbn [length]; rewrite ramp_length, Hl; reflexivity|].
    split; [unfold f'; apply Z.mul_pos_pos; [assumption|rewrite Hn; lia]|].
    exists (fun k => 1 * IZR (a * f') + 1 * (INR k * (match k with O => 0 | S j => c j end))). split.
    + intros [|k] Hk; cbn [nth]; [simpl INR; ring|]. cbn [length] in Hk.
      rewrite ramp_nth by lia. rewrite plus_IZR, !mult_IZR, (Hc k) by lia.
      replace (1 + Z.of_nat k)%Z with (Z.of_nat (S k)) by lia. rewrite <- INR_IZR_INZ. ring.
    + intro u. cbn [length pred]. rewrite casteljau_linear, casteljau_constant.
      change (pred (length (a :: q))) with (length q). rewrite Hn, casteljau_index.
      rewrite <- casteljau_next. change (casteljau (length p) u (fun j => c j) 0) with (casteljau (pred (length q)) u c 0).
      rewrite Hv. unfold f'. rewrite Hn. change (eval (a :: q) u) with (IZR a + u * eval q u).
      rewrite !mult_IZR, <- INR_IZR_INZ. simpl (INR 0). ring.
Qed.

(** * The test *)

Definition unit_bits : Z := 96.
(** How far control points may be shifted down. *)
Definition spare_bits (l : list Z) : Z :=
  let e := Z.max (Z.abs (hd 0%Z l)) (Z.abs (last l 0%Z)) in
  if (e =? 0)%Z then 0%Z else Z.max 0 (Z.log2 e - unit_bits).
Definition rounded (l : list Z) : list Z := let s := spare_bits l in map (fun v => Z.shiftr v s) l.

Definition nonneg (depth : nat) (p : list Z) : bool :=
  match p with [] => true | _ => search depth (rounded (fst (control p))) end.

Lemma spare_bits_nonneg : forall l, (0 <= spare_bits l)%Z.
Proof. intro l. unfold spare_bits. destruct (_ =? 0)%Z; lia. Qed.

Lemma shift_below : forall v s, (0 <= s)%Z -> IZR (Z.shiftr v s) <= / IZR (2 ^ s) * IZR v.
Proof.
  intros v s Hs. assert (P : (0 < 2 ^ s)%Z) by (apply Z.pow_pos_nonneg; lia). rewrite Z.shiftr_div_pow2 by assumption.
  assert (P' : 0 < IZR (2 ^ s)) by (apply IZR_lt; assumption).
  apply Rmult_le_reg_l with (IZR (2 ^ s)); [assumption|]. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra.
  rewrite <- mult_IZR. apply IZR_le, Z.mul_div_le. assumption.
Qed.

Theorem nonneg_sound : forall depth p, nonneg depth p = true -> forall u, 0 <= u <= 1 -> 0 <= eval p u.
Proof.
  intros depth p H u Hu. destruct p as [|a p]; [simpl; lra|]. unfold nonneg in H. set (q := a :: p) in *.
  destruct (control_spec q ltac:(unfold q; congruence)) as (Hl & Hf & c & Hc & Hv).
  destruct (control q) as [points f]. cbn [fst snd] in *. apply IZR_lt in Hf.
  set (s := spare_bits points). pose proof (spare_bits_nonneg points) as Hs. fold s in Hs.
  assert (P : 0 < / IZR (2 ^ s)) by (apply Rinv_0_lt_compat, IZR_lt, Z.pow_pos_nonneg; lia).
  assert (B : below (rounded points) (fun k => / IZR (2 ^ s) * c k + 0 * c k)).
  { intros k Hk. unfold rounded in *. fold s in Hk |- *. rewrite map_length in Hk.
    rewrite <- Hc by lia. rewrite Rmult_0_l, Rplus_0_r.
    replace 0%Z with (Z.shiftr 0 s) at 1 by apply Z.shiftr_0_l. rewrite (map_nth (fun v => Z.shiftr v s)).
    apply shift_below; assumption. }
  pose proof (search_sound depth (length p) _ _ u H
    ltac:(unfold rounded; rewrite map_length, Hl; reflexivity) B Hu) as S.
  rewrite casteljau_linear, Rmult_0_l, Rplus_0_r in S.
  change (length p) with (pred (length q)) in S. rewrite Hv in S.
  destruct (Rle_lt_dec 0 (eval q u)) as [|Hn]; [assumption|exfalso].
  assert (0 < IZR f * - eval q u) by (apply Rmult_lt_0_compat; lra). nra.
Qed.

(** Strictly: at least 2^-64, for the sake of small coefficients. *)
Definition positive (depth : nat) (p : list Z) : bool := nonneg depth (add [-1]%Z (scale_by (2 ^ 64) p)).

Lemma positive_least : forall depth p, positive depth p = true -> forall u, 0 <= u <= 1 -> / IZR (2 ^ 64) <= eval p u.
Proof.
  intros depth p H u Hu. pose proof (nonneg_sound _ _ H u Hu) as N. rewrite eval_add, eval_scale in N.
  cbn [eval] in N. assert (0 < IZR (2 ^ 64)) by (apply IZR_lt; reflexivity).
  apply Rmult_le_reg_l with (IZR (2 ^ 64)); [assumption|]. rewrite Rinv_r by lra. lra.
Qed.

Theorem positive_sound : forall depth p, positive depth p = true -> forall u, 0 <= u <= 1 -> 0 < eval p u.
Proof.
  intros depth p H u Hu. eapply Rlt_le_trans; [|apply (positive_least _ _ H u Hu)].
  apply Rinv_0_lt_compat, IZR_lt; reflexivity.
Qed.
