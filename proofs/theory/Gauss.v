(** 1/√(2π) to 128 bits, and the distribution function Φ of the normal law. *)

Require Import Reals Ratan Machin ZArith Lra Lia Psatz.
Require Import PolyAttn.Base.
Open Scope R_scope.

(** * π *)

(** Fractions n/d, d > 0. *)
Definition ratio (x : Z * Z) : R := IZR (fst x) / IZR (snd x).

(** (−1)^k·(2·3^−(2k+1) + 7^−(2k+1))/(2k + 1): π/4 = 2·arctan(1/3) + arctan(1/7). *)
Definition machin_term (k : nat) : Z * Z :=
  let m := (2 * Z.of_nat k + 1)%Z in
  ((if Nat.even k then 1 else -1) * (2 * 7 ^ m + 3 ^ m), 21 ^ m * m)%Z.
(** The sum to the n-th term in units of 1/w, each term rounded down. *)
Definition machin_floor (w : Z) (k : nat) : Z := (w * fst (machin_term k) / snd (machin_term k))%Z.
Fixpoint machin_sum (w : Z) (n : nat) : Z :=
  match n with O => machin_floor w 0 | S n => (machin_sum w n + machin_floor w (S n))%Z end.

Lemma machin_term_value : forall k, (0 < snd (machin_term k))%Z /\ ratio (machin_term k) = tg_alt PI_2_3_7_tg k.
Proof.
  intro k. unfold machin_term. cbn [fst snd]. split; [apply Z.mul_pos_pos; [apply Z.pow_pos_nonneg|]; lia|].
  unfold tg_alt, PI_2_3_7_tg, Ratan_seq, ratio. cbn [fst snd].
  assert (Em : (2 * Z.of_nat k + 1)%Z = Z.of_nat (2 * k + 1)) by lia. rewrite Em.
  rewrite !mult_IZR, plus_IZR, mult_IZR, <- !pow_IZR, <- INR_IZR_INZ.
  assert (Hm : INR (2 * k + 1) <> 0) by (apply not_0_INR; lia).
  assert (E21 : 21 ^ (2 * k + 1) = 3 ^ (2 * k + 1) * 7 ^ (2 * k + 1)).
  { rewrite <- Rpow_mult_distr. f_equal. ring. }
  rewrite E21, !pow_inv.
  assert (3 ^ (2 * k + 1) <> 0) by (apply pow_nonzero; lra). assert (7 ^ (2 * k + 1) <> 0) by (apply pow_nonzero; lra).
  assert (S : IZR (if Nat.even k then 1 else -1) = (-1) ^ k).
  { destruct (Nat.Even_or_Odd k) as [[j ->]|[j ->]].
    - rewrite pow_1_even, Nat.even_mul. reflexivity.
    - replace (Nat.even (2 * j + 1)) with false by (rewrite Nat.add_comm, Nat.even_add_mul_2; reflexivity).
      replace (2 * j + 1)%nat with (S (2 * j)) by lia. rewrite pow_1_odd. reflexivity. }
  rewrite S. field. repeat split; assumption.
Qed.

Lemma machin_floor_value : forall w k,
  IZR (machin_floor w k) <= IZR w * tg_alt PI_2_3_7_tg k <= IZR (machin_floor w k) + 1.
Proof.
  intros w k. destruct (machin_term_value k) as [Hd <-]. unfold machin_floor, ratio.
  destruct (machin_term k) as [n d]. cbn [fst snd] in *.
  pose proof (Z.mul_div_le (w * n) d Hd) as L. pose proof (Z.mul_succ_div_gt (w * n) d Hd) as G.
  apply IZR_le in L. apply IZR_lt in G, Hd. rewrite !mult_IZR in L, G. rewrite succ_IZR in G.
  split; apply Rmult_le_reg_l with (IZR d); try assumption;
    replace (IZR d * (IZR w * (IZR n / IZR d))) with (IZR w * IZR n) by (field; lra); lra.
Qed.

Lemma machin_sum_value : forall w n,
  IZR (machin_sum w n) <= IZR w * sum_f_R0 (tg_alt PI_2_3_7_tg) n <= IZR (machin_sum w n + (Z.of_nat n + 1)).
Proof.
  intros w n. induction n as [|n IH]; cbn [machin_sum sum_f_R0].
  - pose proof (machin_floor_value w 0). rewrite plus_IZR. simpl (IZR (Z.of_nat 0 + 1)). lra.
  - pose proof (machin_floor_value w (S n)). rewrite !plus_IZR in *. rewrite Nat2Z.inj_succ, succ_IZR. lra.
Qed.

(** * 1/√(2π) *)

Definition gauss_unit : Z := (2 ^ 128)%Z.
Definition gauss_scaled : Z := 135753023439836232162591007175785461951%Z.

(** k²·8·(π/4) against 1, for k = gauss_scaled/gauss_unit from below and one more unit from above. *)
Definition machin_unit : Z := (2 ^ 140)%Z.
Definition below_root (N : nat) (k : Z) : bool :=
  (8 * k * k * (machin_sum machin_unit (2 * N) + (Z.of_nat (2 * N) + 1)) <=? gauss_unit * gauss_unit * machin_unit)%Z.
Definition above_root (N : nat) (k : Z) : bool :=
  (gauss_unit * gauss_unit * machin_unit <=? 8 * k * k * machin_sum machin_unit (S (2 * N)))%Z.

Lemma below_root_sound : forall N k, (0 <= k)%Z -> below_root N k = true -> IZR k / IZR gauss_unit <= / sqrt (2 * PI).
Proof.
  intros N k Hk H. unfold below_root in H. pose proof (proj2 (machin_sum_value machin_unit (2 * N))) as V.
  apply Z.leb_le, IZR_le in H. rewrite !mult_IZR in H. assert (Hd : 0 < IZR machin_unit) by (apply IZR_lt; reflexivity). apply IZR_le in Hk.
  pose proof (proj2 (PI_2_3_7_ineq N)) as Q.
  assert (HU : 0 < IZR gauss_unit) by (apply IZR_lt; reflexivity). pose proof PI_RGT_0 as HPI.
  assert (HS : 0 < sqrt (2 * PI)) by (apply sqrt_lt_R0; lra).
  assert (E : sqrt (2 * PI) * sqrt (2 * PI) = 2 * PI) by (apply sqrt_sqrt; lra).
  set (U := IZR gauss_unit) in *. set (x := IZR k) in *. set (w := sqrt (2 * PI)) in *. set (D := IZR machin_unit) in *.
  assert (L : (x * w) * (x * w) <= U * U).
  { apply Rmult_le_reg_r with D; [assumption|]. replace (x * w * (x * w) * D) with (x * x * (w * w) * D) by ring. rewrite E.
    replace (x * x * (2 * PI) * D) with (8 * x * x * (D * (PI / 4))) by field.
    eapply Rle_trans; [|exact H]. apply Rmult_le_compat_l; [nra|]. eapply Rle_trans; [|exact V].
    apply Rmult_le_compat_l; [lra|assumption]. }
  assert (x * w <= U) by (apply Rsqr_incr_0_var; [unfold Rsqr; assumption|lra]).
  apply Rmult_le_reg_r with (U * w); [apply Rmult_lt_0_compat; assumption|].
  replace (x / U * (U * w)) with (x * w) by (field; lra). replace (/ w * (U * w)) with U by (field; lra). assumption.
Qed.

Lemma above_root_sound : forall N k, (0 <= k)%Z -> above_root N k = true -> / sqrt (2 * PI) <= IZR k / IZR gauss_unit.
Proof.
  intros N k Hk H. unfold above_root in H. pose proof (proj1 (machin_sum_value machin_unit (S (2 * N)))) as V.
  apply Z.leb_le, IZR_le in H. rewrite !mult_IZR in H. assert (Hd : 0 < IZR machin_unit) by (apply IZR_lt; reflexivity). apply IZR_le in Hk.
  pose proof (proj1 (PI_2_3_7_ineq N)) as Q.
  assert (HU : 0 < IZR gauss_unit) by (apply IZR_lt; reflexivity). pose proof PI_RGT_0 as HPI.
  assert (HS : 0 < sqrt (2 * PI)) by (apply sqrt_lt_R0; lra).
  assert (E : sqrt (2 * PI) * sqrt (2 * PI) = 2 * PI) by (apply sqrt_sqrt; lra).
  set (U := IZR gauss_unit) in *. set (x := IZR k) in *. set (w := sqrt (2 * PI)) in *. set (D := IZR machin_unit) in *.
  assert (L : U * U <= (x * w) * (x * w)).
  { apply Rmult_le_reg_r with D; [assumption|]. replace (x * w * (x * w) * D) with (x * x * (w * w) * D) by ring. rewrite E.
    replace (x * x * (2 * PI) * D) with (8 * x * x * (D * (PI / 4))) by field.
    eapply Rle_trans; [exact H|]. apply Rmult_le_compat_l; [nra|]. eapply Rle_trans; [exact V|].
    apply Rmult_le_compat_l; [lra|assumption]. }
  assert (U <= x * w) by (apply Rsqr_incr_0_var; [unfold Rsqr; assumption|apply Rmult_le_pos; lra]).
  apply Rmult_le_reg_r with (U * w); [apply Rmult_lt_0_compat; assumption|].
  replace (x / U * (U * w)) with (x * w) by (field; lra). replace (/ w * (U * w)) with U by (field; lra). assumption.
Qed.

Theorem gauss_enclosed :
  IZR gauss_scaled / IZR gauss_unit <= / sqrt (2 * PI) <= (IZR gauss_scaled + 1) / IZR gauss_unit.
Proof.
  split; [apply (below_root_sound 21); [discriminate|vm_cast_no_check (eq_refl true)]|].
  rewrite <- plus_IZR. apply (above_root_sound 21); [discriminate|vm_cast_no_check (eq_refl true)].
Qed.

(** * The normal law *)

(** exp(−t²/2)/√(2π) *)
Definition density (t : R) : R := / sqrt (2 * PI) * exp (- (t * t) / 2).

(** Φ: there is one such function, and no other. *)
Definition is_distribution (Phi : R -> R) : Prop :=
  Phi 0 = 1 / 2 /\ forall t, derivable_pt_lim Phi t (density t).

Lemma density_derivative : forall t, derivable_pt_lim density t (- t * density t).
Proof.
  intro t. unfold density.
  replace (- t * (/ sqrt (2 * PI) * exp (- (t * t) / 2))) with (/ sqrt (2 * PI) * (exp (- (t * t) / 2) * - t)) by ring.
  apply (derivable_pt_lim_scal (fun t => exp (- (t * t) / 2))).
  apply (derivable_pt_lim_comp (fun t => - (t * t) / 2) exp); [|apply derivable_pt_lim_exp].
  replace (- t) with (- / 2 * (1 * t + t * 1)) by field.
  apply (derivable_pt_lim_ext (fun t => - / 2 * (t * t))); [intro; field|].
  apply (derivable_pt_lim_scal (fun t => t * t)).
  apply (derivable_pt_lim_mult id id); apply derivable_pt_lim_id.
Qed.

Lemma density_even : forall t, density (- t) = density t.
Proof. intro t. unfold density. replace (- t * - t) with (t * t) by ring. reflexivity. Qed.

Lemma constant_of_derivative : forall g, (forall t, derivable_pt_lim g t 0) -> forall t, g t = g 0.
Proof.
  intros g H t. destruct (Rtotal_order t 0) as [L|[->|L]]; [|reflexivity|].
  - destruct (MVT_cor2 g (fun _ => 0) t 0 L) as [c [Hc _]]; [intros; apply H|]. lra.
  - destruct (MVT_cor2 g (fun _ => 0) 0 t L) as [c [Hc _]]; [intros; apply H|]. lra.
Qed.

Theorem distribution_unique : forall F G, is_distribution F -> is_distribution G -> forall t, F t = G t.
Proof.
  intros F G [F0 HF] [G0 HG] t.
  assert (E : F t - G t = F 0 - G 0); [|lra].
  apply (constant_of_derivative (fun t => F t - G t)). intro v. replace 0 with (density v - density v) by ring.
  apply (derivable_pt_lim_minus F G); [apply HF|apply HG].
Qed.

(** Φ − 1/2 is odd. *)
Theorem distribution_odd : forall F, is_distribution F -> forall t, F (- t) = 1 - F t.
Proof.
  intros F [F0 HF] t.
  assert (E : F (- t) + F t = F (- 0) + F 0); [|rewrite Ropp_0 in E; lra].
  apply (constant_of_derivative (fun t => F (- t) + F t)). intro v.
  replace 0 with (density (- v) * -1 + density v) by (rewrite density_even; ring).
  apply (derivable_pt_lim_plus (fun t => F (- t)) F); [|apply HF].
  apply (derivable_pt_lim_comp (fun t => - t) F); [|apply HF].
  apply (derivable_pt_lim_opp id), derivable_pt_lim_id.
Qed.
