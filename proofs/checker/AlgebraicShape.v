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

Lemma derivative_limit : forall p u, derivable_pt_lim (eval p) u (eval (derivative p) u).
Proof.
  induction p as [|c p IH]; intro u; cbn [derivative]; [apply derivable_pt_lim_const|].
  rewrite eval_add. cbn [eval]. replace (eval p u + (0 + u * eval (derivative p) u))
    with (0 + (1 * eval p u + u * eval (derivative p) u)) by ring.
  apply (derivable_pt_lim_plus (fun _ => IZR c) (fun v => v * eval p v)); [apply derivable_pt_lim_const|].
  apply (derivable_pt_lim_mult (fun v => v) (eval p)); [apply derivable_pt_lim_id|apply IH].
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
  destruct (MVT_cor2 (eval (numerator t i)) (eval (derivative (numerator t i))) u v Huv) as (c & E & Hc).
  { intros; apply derivative_limit. }
  pose proof (Bernstein.positive_sound _ _ H c ltac:(lra)) as P. rewrite eval_opp in P.
  destruct (numerator_value t i u Hw) as [Hf Eu]. destruct (numerator_value t i v Hw) as [_ Ev]. rewrite Eu, Ev in E.
  apply Rmult_lt_reg_l with (IZR (factor t i)); [assumption|]. nra.
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
