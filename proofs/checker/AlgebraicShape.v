(** The rest of what Bernstein's test shows of a table: the error of 1/√(x + ε), r > 0, and r strictly decreasing. *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Bernstein PolyAttn.Algebraic.
Require PolyAttn.Witness.
Import ListNotations.
Open Scope R_scope.

(** * 1/√(x + ε) *)

(** (x + ε)·r², times scale·factor². *)
Definition square (t : table) (i : Z * Z) : list Z := mul (denominator t i) (mul (numerator t i) (numerator t i)).
Definition square_factor (t : table) (i : Z * Z) : Z := (scale t * (factor t i * factor t i))%Z.

Lemma square_value : forall t i u, well_formed t = true ->
  0 < IZR (square_factor t i) /\
  eval (square t i) u = IZR (square_factor t i) * ((at_ t i u + shift t) * (approximation t (at_ t i u) * approximation t (at_ t i u))).
Proof.
  intros t i u Hw. destruct (well_formed_spec t Hw) as (Hs & _). destruct (numerator_value t i u Hw) as [Hf E].
  unfold square, square_factor. rewrite !eval_mul, denominator_value, E, !mult_IZR by assumption.
  split; [repeat apply Rmult_lt_0_compat; assumption|ring].
Qed.

(** r ≥ 0 and (1 − η)² ≤ (x + ε)·r² ≤ (1 + η)². *)
Definition check_root_within (depth : nat) (t : table) (i : Z * Z) : bool :=
  let '(n, d) := (bound_numerator t, bound_denominator t) in
  let q := scale_by (d * d) (square t i) in
  let f := square_factor t i in
  if nonneg depth (numerator t i) then
    if nonneg depth (add q [- ((d - n) * (d - n) * f)]%Z) then nonneg depth (add [(d + n) * (d + n) * f]%Z (opp q)) else false
  else false.
Definition check_inverse_sqrt (depth : nat) (t : table) : bool :=
  if well_formed t && (0 <=? bound_numerator t)%Z && (bound_numerator t <=? bound_denominator t)%Z
     && forallb (fun i => 0 <=? fst i + epsilon t)%Z (intervals t)
  then forallb (check_root_within depth t) (intervals t) else false.

Lemma square_le : forall a b, 0 <= b -> a * a <= b * b -> a <= b.
Proof. intros a b Hb H. destruct (Rle_lt_dec a b); [assumption|nra]. Qed.

Theorem inverse_sqrt_sound : forall depth t, check_inverse_sqrt depth t = true -> forall x, inside t x ->
  Rabs (sqrt (x + shift t) * approximation t x - 1) <= bound t.
Proof.
  intros depth t H x Hx. unfold check_inverse_sqrt in H.
  destruct (_ && _) eqn:C in H; [|discriminate]. rewrite !andb_true_iff, !Z.leb_le, forallb_forall in C.
  destruct C as [[[Hw Hn] Hnd] He]. destruct (inside_at t x Hw Hx) as (i & u & Hi & Hu & ->).
  rewrite forallb_forall in H. specialize (H i Hi). specialize (He i Hi). apply Z.leb_le, IZR_le in He.
  unfold check_root_within in H.
  destruct (nonneg depth (numerator t i)) eqn:H0; [|discriminate].
  destruct (nonneg depth (add (scale_by _ _) _)) eqn:H1; [|discriminate].
  pose proof (nonneg_sound _ _ H0 u Hu) as P. pose proof (nonneg_sound _ _ H1 u Hu) as L. pose proof (nonneg_sound _ _ H u Hu) as U.
  destruct (well_formed_spec t Hw) as (Hs & _ & Hd & _ & Hle). specialize (Hle i Hi).
  destruct (numerator_value t i u Hw) as [Hf E]. destruct (square_value t i u Hw) as [Hq Q].
  rewrite E in P. rewrite eval_add, eval_scale, Q in L. rewrite eval_add, eval_opp, eval_scale, Q in U.
  cbn [eval] in L, U. rewrite opp_IZR, !mult_IZR, minus_IZR in L. rewrite !mult_IZR, plus_IZR in U.
  apply IZR_le in Hn, Hnd. set (n := IZR (bound_numerator t)) in *. set (d := IZR (bound_denominator t)) in *.
  set (f := IZR (square_factor t i)) in *. set (r := approximation t (at_ t i u)) in *.
  assert (HD : 0 <= at_ t i u + shift t).
  { apply Rmult_le_reg_l with (IZR (scale t)); [assumption|]. rewrite <- denominator_value by assumption.
    unfold denominator. cbn [eval]. rewrite minus_IZR. nra. }
  set (D := at_ t i u + shift t) in *. pose proof (sqrt_pos D) as Hr. pose proof (sqrt_sqrt D HD) as Hrr.
  assert (Hr0 : 0 <= r).
  { apply Rmult_le_reg_l with (IZR (factor t i)); [assumption|]. lra. }
  set (v := sqrt D * r) in *. assert (Hv : 0 <= v) by (unfold v; apply Rmult_le_pos; assumption).
  assert (Hvv : v * v = D * (r * r)).
  { unfold v. replace (sqrt D * r * (sqrt D * r)) with (sqrt D * sqrt D * (r * r)) by ring. rewrite Hrr; reflexivity. }
  rewrite <- Hvv in L, U.
  assert (A : d - n <= d * v).
  { apply square_le; [apply Rmult_le_pos; lra|]. apply Rmult_le_reg_l with f; [assumption|]. lra. }
  assert (B : d * v <= d + n).
  { apply square_le; [lra|]. apply Rmult_le_reg_l with f; [assumption|]. lra. }
  assert (Eb : bound t * d = n) by (unfold bound, frac; fold n d; field; lra).
  apply Rabs_le. split; apply Rmult_le_reg_r with d; try assumption; lra.
Qed.

(** * Sign and slope *)

Definition check_positive (depth : nat) (t : table) : bool :=
  if well_formed t then forallb (fun i => positive depth (numerator t i)) (intervals t) else false.

Theorem positive_sound : forall depth t, check_positive depth t = true -> forall x, inside t x -> 0 < approximation t x.
Proof.
  intros depth t H x Hx. unfold check_positive in H. destruct (well_formed t) eqn:Hw; [|discriminate].
  destruct (inside_at t x Hw Hx) as (i & u & Hi & Hu & ->). rewrite forallb_forall in H.
  pose proof (positive_sound _ _ (H i Hi) u Hu) as P. destruct (numerator_value t i u Hw) as [Hf E].
  rewrite E in P. apply Rmult_lt_reg_l with (IZR (factor t i)); lra.
Qed.

Fixpoint derivative (p : list Z) : list Z := match p with [] => [] | _ :: p => add p (0%Z :: derivative p) end.

Lemma eval_bounded : forall p, exists m, 0 <= m /\ forall x, 0 <= x <= 1 -> Rabs (eval p x) <= m.
Proof.
  induction p as [|c p (m & Hm & IH)]; cbn [eval].
  - exists 0. split; [lra|]. intros; rewrite Rabs_R0; lra.
  - exists (Rabs (IZR c) + m). split; [pose proof (Rabs_pos (IZR c)); lra|]. intros x Hx.
    eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat_l. rewrite Rabs_mult_pos by lra.
    specialize (IH x Hx). pose proof (Rabs_pos (eval p x)). nra.
Qed.

(** The mean value theorem of the library needs excluded middle; Taylor's bound and halving do not. *)
Lemma taylor : forall p, exists k, 0 <= k /\ forall x y, 0 <= x <= 1 -> 0 <= y <= 1 ->
  Rabs (eval p y - eval p x - eval (derivative p) x * (y - x)) <= k * ((y - x) * (y - x)).
Proof.
  induction p as [|c p (k & Hk & IH)]; cbn [derivative].
  - exists 0. split; [lra|]. intros; cbn [eval]. replace (0 - 0 - 0 * (y - x)) with 0 by ring. rewrite Rabs_R0; lra.
  - destruct (eval_bounded (derivative p)) as (m & Hm & B). exists (k + m). split; [lra|]. intros x y Hx Hy.
    rewrite eval_add. cbn [eval].
    replace (IZR c + y * eval p y - (IZR c + x * eval p x) - (eval p x + (0 + x * eval (derivative p) x)) * (y - x))
      with (y * (eval p y - eval p x - eval (derivative p) x * (y - x)) + (y - x) * (y - x) * eval (derivative p) x) by ring.
    assert (S : 0 <= (y - x) * (y - x)) by apply Rle_0_sqr.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult_pos by (assumption || lra).
    specialize (IH x y Hx Hy). specialize (B x Hx). set (e := Rabs (eval p y - _ - _)) in *.
    assert (0 <= e) by apply Rabs_pos. pose proof (Rmult_le_compat_l _ _ _ S B). nra.
Qed.

Lemma halved : forall p k m, (forall x y, 0 <= x <= 1 -> 0 <= y <= 1 ->
    Rabs (eval p y - eval p x - eval (derivative p) x * (y - x)) <= k * ((y - x) * (y - x))) ->
  (forall x, 0 <= x <= 1 -> eval (derivative p) x <= - m) -> forall n u v, 0 <= u -> u <= v -> v <= 1 ->
  eval p v - eval p u <= k * ((v - u) * (v - u)) / 2 ^ n - m * (v - u).
Proof.
  intros p k m T D n; induction n as [|n IH]; intros u v Hu Huv Hv.
  - pose proof (Rabs_bounds _ _ (T u v ltac:(lra) ltac:(lra))). pose proof (D u ltac:(lra)). simpl. nra.
  - pose proof (IH u ((u + v) / 2) Hu ltac:(lra) ltac:(lra)) as A. pose proof (IH ((u + v) / 2) v ltac:(lra) ltac:(lra) Hv) as B.
    assert (P : 0 < 2 ^ n) by (apply pow_lt; lra).
    replace (k * ((v - u) * (v - u)) / 2 ^ S n)
      with (k * (((u + v) / 2 - u) * ((u + v) / 2 - u)) / 2 ^ n + k * ((v - (u + v) / 2) * (v - (u + v) / 2)) / 2 ^ n)
      by (simpl; field; lra). lra.
Qed.

(** A derivative ≤ −m < 0 makes the polynomial decrease strictly. *)
Lemma falls : forall p m, 0 < m -> (forall x, 0 <= x <= 1 -> eval (derivative p) x <= - m) ->
  forall u v, 0 <= u -> u < v -> v <= 1 -> eval p v < eval p u.
Proof.
  intros p m Hm D u v Hu Huv Hv. destruct (taylor p) as (k & Hk & T). set (n := Z.to_nat (up (k / m))).
  assert (Hn : k / m < INR n).
  { destruct (archimed (k / m)) as [Ha _]. apply Rgt_lt in Ha. assert (0 <= k / m).
    { unfold Rdiv. apply Rmult_le_pos; [assumption|]. left; apply Rinv_0_lt_compat; assumption. }
    unfold n. rewrite INR_IZR_INZ, Z2Nat.id; [assumption|]. apply le_IZR. lra. }
  clearbody n.
  pose proof (halved p k m T D n u v Hu ltac:(lra) Hv) as H.
  assert (P : 1 + INR n * 1 <= 2 ^ n) by (replace 2 with (1 + 1) by ring; apply poly; lra).
  assert (Q : 0 < 2 ^ n) by (apply pow_lt; lra).
  assert (K : k < m * 2 ^ n).
  { assert (Hk' : k = k / m * m) by (field; lra). rewrite Hk'. rewrite Rmult_comm. apply Rmult_lt_compat_l; lra. }
  assert (E : k * ((v - u) * (v - u)) / 2 ^ n < m * (v - u)); [|lra].
  apply Rmult_lt_reg_r with (2 ^ n); [assumption|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  set (h := v - u). assert (Hh : 0 < h <= 1) by (unfold h; lra).
  apply Rle_lt_trans with (k * h).
  - apply Rmult_le_compat_l; [assumption|]. nra.
  - replace (m * h * 2 ^ n) with (m * 2 ^ n * h) by ring. apply Rmult_lt_compat_r; lra.
Qed.

Definition check_decreasing (depth : nat) (t : table) : bool :=
  if well_formed t then forallb (fun i => positive depth (opp (derivative (numerator t i)))) (intervals t) else false.

Theorem decreasing_sound : forall depth t, check_decreasing depth t = true -> forall i x z,
  In i (intervals t) -> between t i x -> between t i z -> x < z -> approximation t z < approximation t x.
Proof.
  intros depth t H i x z Hi Hx Hz Hxz. unfold check_decreasing in H. destruct (well_formed t) eqn:Hw; [|discriminate].
  rewrite forallb_forall in H. specialize (H i Hi). destruct (well_formed_spec t Hw) as (Hs & _ & _ & _ & Hle).
  specialize (Hle i Hi). destruct (at_surjective t i x Hs Hle Hx) as (u & Hu & ->).
  destruct (at_surjective t i z Hs Hle Hz) as (v & Hv & ->).
  assert (Huv : u < v).
  { unfold at_ in Hxz. apply (Rmult_lt_compat_r (IZR (scale t))) in Hxz; [|assumption]. unfold Rdiv in Hxz.
    rewrite !Rmult_assoc, !Rinv_l, !Rmult_1_r, minus_IZR in Hxz by lra. nra. }
  assert (F : eval (numerator t i) v < eval (numerator t i) u).
  { apply (falls _ (/ IZR (2 ^ 64))); [apply Rinv_0_lt_compat, IZR_lt; reflexivity| |lra|lra|lra].
    intros y Hy. pose proof (positive_least _ _ H y Hy) as P. rewrite eval_opp in P. lra. }
  destruct (numerator_value t i u Hw) as [Hf Eu]. destruct (numerator_value t i v Hw) as [_ Ev]. rewrite Eu, Ev in F.
  apply Rmult_lt_reg_l with (IZR (factor t i)); assumption.
Qed.

(** * For a table with a Chebyshev witness *)

Definition of_witness (t : Witness.table) : table := {|
  scale := Witness.scale t;
  base := (Witness.lo t, Witness.hi t);
  intervals := [(Witness.lo t, Witness.hi t)];
  epsilon := Witness.epsilon t;
  chebyshev := true;
  unit := Witness.unit t;
  coefficients := Witness.coefficients t;
  bound_numerator := 0;
  bound_denominator := 1
|}.

Theorem witness_positive_sound : forall depth t, check_positive depth (of_witness t) = true ->
  forall x, Witness.low t <= x <= Witness.high t -> 0 < Witness.approximation t x.
Proof.
  intros depth t H x Hx. apply (positive_sound depth (of_witness t) H x).
  exists (Witness.lo t, Witness.hi t). split; [left; reflexivity|exact Hx].
Qed.

Theorem witness_decreasing_sound : forall depth t, check_decreasing depth (of_witness t) = true ->
  forall x z, Witness.low t <= x -> x < z -> z <= Witness.high t -> Witness.approximation t z < Witness.approximation t x.
Proof.
  intros depth t H x z Hx Hxz Hz. apply (decreasing_sound depth (of_witness t) H (Witness.lo t, Witness.hi t)).
  - left; reflexivity.
  - split; [exact Hx|]. apply Rlt_le, (Rlt_le_trans _ z); assumption.
  - split; [|exact Hz]. apply Rlt_le, (Rle_lt_trans _ x); assumption.
  - exact Hxz.
Qed.
