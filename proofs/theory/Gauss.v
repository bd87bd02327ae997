(** 1/√(2π) to 128 bits, and the distribution function Φ of the normal law. *)

Require Import Reals Rtrigo_alt ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Contraction.
Open Scope R_scope.

(** * π *)

(** The library's series for π rest on excluded middle. Its series for the cosine does not: where |cos| is small, π/2 is
    near. *)
Definition half_pi_unit : Z := (2 ^ 140)%Z.
Definition half_pi_scaled : Z := 2189370540165051899616625404235511364199712%Z.
Definition half_pi : R := IZR half_pi_scaled / IZR half_pi_unit.

(** Numerator and denominator of the sum of (−1)^k·a^(2k)/(2k)! to k = n at a = half_pi, and the numerator of its last
    term. *)
Fixpoint cosine_fraction (n : nat) : Z * Z * Z :=
  match n with
  | O => (1, 1, 1)%Z
  | S k =>
      let '(sum, denominator, last) := cosine_fraction k in
      let m := (2 * Z.of_nat n)%Z in
      let factor := (half_pi_unit * half_pi_unit * (m * (m - 1)))%Z in
      let next := (- (half_pi_scaled * half_pi_scaled) * last)%Z in (factor * sum + next, factor * denominator, next)%Z
  end.

Lemma cosine_fraction_value : forall n, let '(sum, denominator, last) := cosine_fraction n in
  0 < IZR denominator /\ IZR last = IZR denominator * cos_term half_pi n /\
  IZR sum = IZR denominator * cos_approx half_pi n.
Proof.
  assert (Hu : 0 < IZR half_pi_unit) by (apply IZR_lt; reflexivity).
  induction n as [|n IH].
  - cbn [cosine_fraction]. unfold cos_approx, cos_term. simpl. split; [lra|]. split; field.
  - cbn [cosine_fraction]. destruct (cosine_fraction n) as [[sum denominator] last]. destruct IH as (Hd & Hl & Hs).
    set (m := (2 * Z.of_nat (S n))%Z). rewrite plus_IZR, !mult_IZR, opp_IZR, !mult_IZR, minus_IZR.
    assert (Em : IZR m = INR (S (S (2 * n)))).
    { unfold m. rewrite INR_IZR_INZ. f_equal. lia. }
    assert (Em' : IZR m - 1 = INR (S (2 * n))) by (rewrite Em, S_INR; ring).
    assert (Pm : 0 < IZR m) by (rewrite Em; apply lt_0_INR; lia).
    assert (Pm' : 0 < IZR m - 1) by (rewrite Em'; apply lt_0_INR; lia).
    set (factor := IZR half_pi_unit * IZR half_pi_unit * (IZR m * (IZR m - 1))).
    assert (Hf : 0 < factor) by (unfold factor; apply Rmult_lt_0_compat; apply Rmult_lt_0_compat; assumption).
    assert (T : - (IZR half_pi_scaled * IZR half_pi_scaled) * IZR last = factor * IZR denominator * cos_term half_pi (S n)).
    { rewrite Hl. unfold cos_term. replace (2 * S n)%nat with (S (S (2 * n))) by lia.
      change (fact (S (S (2 * n)))) with (S (S (2 * n)) * (S (2 * n) * fact (2 * n)))%nat.
      rewrite !mult_INR, <- Em, <- Em'. cbn [pow]. unfold half_pi at 2 3. unfold factor. field.
      repeat split; try lra. apply INR_fact_neq_0. }
    split; [apply Rmult_lt_0_compat; assumption|]. split; [exact T|].
    unfold cos_approx in *. cbn [sum_f_R0]. rewrite Hs, T. ring.
Qed.

(** |cos(half_pi)| ≤ 2^-138. *)
Definition cosine_unit : Z := (2 ^ 150)%Z.
Definition cosine_small (N : nat) : bool :=
  let '(low, low_unit, _) := cosine_fraction (2 * N + 1) in
  let '(high, high_unit, _) := cosine_fraction (2 * (N + 1)) in
  ((- (2 ^ 12) * low_unit <=? cosine_unit * low) && (cosine_unit * high <=? 2 ^ 12 * high_unit))%Z.

Lemma half_pi_range : 3 / 2 <= half_pi <= 8 / 5.
Proof.
  assert (Hu : 0 < IZR half_pi_unit) by (apply IZR_lt; reflexivity). unfold half_pi.
  split; apply Rmult_le_reg_r with (10 * IZR half_pi_unit); try lra.
  - replace (3 / 2 * (10 * IZR half_pi_unit)) with (IZR (15 * half_pi_unit)) by (rewrite mult_IZR; field).
    replace (IZR half_pi_scaled / IZR half_pi_unit * (10 * IZR half_pi_unit)) with (IZR (10 * half_pi_scaled))
      by (rewrite mult_IZR; field; lra). apply IZR_le. discriminate.
  - replace (8 / 5 * (10 * IZR half_pi_unit)) with (IZR (16 * half_pi_unit)) by (rewrite mult_IZR; field).
    replace (IZR half_pi_scaled / IZR half_pi_unit * (10 * IZR half_pi_unit)) with (IZR (10 * half_pi_scaled))
      by (rewrite mult_IZR; field; lra). apply IZR_le. discriminate.
Qed.

Lemma cosine_small_sound : forall N, cosine_small N = true -> Rabs (cos half_pi) * IZR cosine_unit <= IZR (2 ^ 12).
Proof.
  intros N H. unfold cosine_small in H.
  pose proof half_pi_range. destruct (pre_cos_bound half_pi N) as [C1 C2]; [lra|lra|].
  pose proof (cosine_fraction_value (2 * N + 1)) as V1. pose proof (cosine_fraction_value (2 * (N + 1))) as V2.
  destruct (cosine_fraction (2 * N + 1)) as [[low low_unit] t1].
  destruct (cosine_fraction (2 * (N + 1))) as [[high high_unit] t2].
  destruct V1 as (P1 & _ & V1). destruct V2 as (P2 & _ & V2). apply andb_true_iff in H. destruct H as [L G].
  apply Z.leb_le, IZR_le in L, G. rewrite !mult_IZR, opp_IZR in L. rewrite !mult_IZR in G. rewrite V1 in L. rewrite V2 in G.
  assert (Hw : 0 < IZR cosine_unit) by (apply IZR_lt; reflexivity).
  set (W := IZR cosine_unit) in *. set (e := IZR (2 ^ 12)) in *.
  assert (L' : - e <= W * cos_approx half_pi (2 * N + 1)) by (apply Rmult_le_reg_l with (IZR low_unit); lra).
  assert (G' : W * cos_approx half_pi (2 * (N + 1)) <= e) by (apply Rmult_le_reg_l with (IZR high_unit); lra).
  apply (Rmult_le_compat_l W) in C1, C2; try lra.
  unfold Rabs. destruct (Rcase_abs _); lra.
Qed.

(** |d| ≤ 2·|sin d| for |d| ≤ 1. *)
Lemma sine_large : forall d, -1 <= d <= 1 -> Rabs d <= 2 * Rabs (sin d).
Proof.
  assert (P : forall d, 0 <= d <= 1 -> d <= 2 * sin d).
  { intros d Hd. destruct (pre_sin_bound d 0) as [B _]; [lra|lra|]. unfold sin_approx, sin_term in B. simpl in B.
    assert (0 <= d * d <= 1) by nra. assert (d * (d * d) <= d) by nra. lra. }
  intros d Hd. destruct (Rle_lt_dec 0 d).
  - pose proof (P d ltac:(lra)). rewrite !Rabs_right by lra. assumption.
  - pose proof (P (- d) ltac:(lra)) as Q. rewrite sin_neg in Q. rewrite (Rabs_left d), (Rabs_left (sin d)) by lra. lra.
Qed.

Lemma cosine_is_small : cosine_small 20 = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem half_pi_near : Rabs (half_pi - PI / 2) * IZR cosine_unit <= IZR (2 ^ 13).
Proof.
  pose proof (cosine_small_sound 20 cosine_is_small) as C.
  set (d := half_pi - PI / 2). assert (E : half_pi = PI / 2 + d) by (unfold d; ring). rewrite E, cos_plus, cos_PI2, sin_PI2 in C.
  replace (0 * cos d - 1 * sin d) with (- sin d) in C by ring. rewrite Rabs_Ropp in C.
  assert (Hd : -1 <= d <= 1).
  { pose proof half_pi_range. pose proof pi2_int. unfold d, PI. lra. }
  pose proof (sine_large d Hd) as S. assert (Hw : 0 < IZR cosine_unit) by (apply IZR_lt; reflexivity).
  apply Rle_trans with (2 * (Rabs (sin d) * IZR cosine_unit)); [|replace (2 ^ 13)%Z with (2 * 2 ^ 12)%Z by reflexivity; rewrite mult_IZR; lra].
  rewrite <- Rmult_assoc. apply Rmult_le_compat_r; lra.
Qed.

(** * 1/√(2π) *)

Definition gauss_unit : Z := (2 ^ 128)%Z.
Definition gauss_scaled : Z := 135753023439836232162591007175785461951%Z.

(** π is between these, times 2^-150. *)
Definition pi_below : Z := (2 ^ 11 * half_pi_scaled - 2 ^ 14)%Z.
Definition pi_above : Z := (2 ^ 11 * half_pi_scaled + 2 ^ 14)%Z.

Lemma pi_enclosed : IZR pi_below <= PI * IZR cosine_unit <= IZR pi_above.
Proof.
  pose proof half_pi_near as N. unfold pi_below, pi_above. rewrite minus_IZR, plus_IZR, mult_IZR.
  assert (Hw : 0 < IZR cosine_unit) by (apply IZR_lt; reflexivity).
  assert (E : half_pi * IZR cosine_unit = IZR (2 ^ 10) * IZR half_pi_scaled).
  { unfold half_pi. replace cosine_unit with (2 ^ 10 * half_pi_unit)%Z by reflexivity. rewrite mult_IZR. field.
    apply not_0_IZR. discriminate. }
  replace (IZR (2 ^ 11)) with (2 * IZR (2 ^ 10)) by (rewrite <- mult_IZR; reflexivity).
  replace (IZR (2 ^ 14)) with (2 * IZR (2 ^ 13)) by (rewrite <- mult_IZR; reflexivity).
  set (W := IZR cosine_unit) in *. set (e := IZR (2 ^ 13)) in *. set (h := half_pi) in *.
  assert (A : Rabs ((h - PI / 2) * W) <= e) by (rewrite Rabs_mult, (Rabs_right W) by lra; assumption).
  apply Rabs_bounds in A. lra.
Qed.

(** k²·2π against 1, for k = gauss_scaled/gauss_unit from below and one more unit from above. *)
Lemma gauss_squares : let U := IZR gauss_unit in
  2 * (IZR gauss_scaled * IZR gauss_scaled) * PI <= U * U <= 2 * ((IZR gauss_scaled + 1) * (IZR gauss_scaled + 1)) * PI.
Proof.
  intro U. pose proof pi_enclosed as [L G]. assert (Hw : 0 < IZR cosine_unit) by (apply IZR_lt; reflexivity).
  assert (B : IZR (2 * (gauss_scaled * gauss_scaled) * pi_above) <= IZR (gauss_unit * gauss_unit * cosine_unit))
    by (apply IZR_le, Z.leb_le; vm_cast_no_check (eq_refl true)).
  assert (A : IZR (gauss_unit * gauss_unit * cosine_unit) <= IZR (2 * ((gauss_scaled + 1) * (gauss_scaled + 1)) * pi_below))
    by (apply IZR_le, Z.leb_le; vm_cast_no_check (eq_refl true)).
  assert (HK : 0 < IZR gauss_scaled) by (apply IZR_lt; reflexivity).
  rewrite !mult_IZR in A, B. rewrite plus_IZR in A. fold U in A, B. set (K := IZR gauss_scaled) in *.
  set (W := IZR cosine_unit) in *.
  split; apply Rmult_le_reg_r with W; try assumption.
  - eapply Rle_trans; [|exact B]. rewrite Rmult_assoc. apply Rmult_le_compat_l; [nra|assumption].
  - eapply Rle_trans; [exact A|]. rewrite (Rmult_assoc _ PI W). apply Rmult_le_compat_l; [nra|assumption].
Qed.

Theorem gauss_enclosed :
  IZR gauss_scaled / IZR gauss_unit <= / sqrt (2 * PI) <= (IZR gauss_scaled + 1) / IZR gauss_unit.
Proof.
  pose proof gauss_squares as [L G]. pose proof PI_RGT_0 as HPI.
  assert (HU : 0 < IZR gauss_unit) by (apply IZR_lt; reflexivity).
  assert (HK : 0 < IZR gauss_scaled) by (apply IZR_lt; reflexivity).
  assert (HS : 0 < sqrt (2 * PI)) by (apply sqrt_lt_R0; lra).
  assert (E : sqrt (2 * PI) * sqrt (2 * PI) = 2 * PI) by (apply sqrt_sqrt; lra).
  set (U := IZR gauss_unit) in *. set (K := IZR gauss_scaled) in *. set (w := sqrt (2 * PI)) in *.
  assert (below : K * w <= U).
  { apply Rsqr_incr_0_var; [|lra]. unfold Rsqr. replace (K * w * (K * w)) with (K * K * (w * w)) by ring. rewrite E. lra. }
  assert (above : U <= (K + 1) * w).
  { apply Rsqr_incr_0_var; [|apply Rmult_le_pos; lra]. unfold Rsqr.
    replace ((K + 1) * w * ((K + 1) * w)) with ((K + 1) * (K + 1) * (w * w)) by ring. rewrite E. lra. }
  split; apply Rmult_le_reg_r with (U * w); try (apply Rmult_lt_0_compat; assumption).
  - replace (K / U * (U * w)) with (K * w) by (field; lra). replace (/ w * (U * w)) with U by (field; lra). assumption.
  - replace (/ w * (U * w)) with U by (field; lra). replace ((K + 1) / U * (U * w)) with ((K + 1) * w) by (field; lra). assumption.
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
