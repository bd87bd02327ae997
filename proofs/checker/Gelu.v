(** Tables of GELU in its erf form, x·Φ(x): two equations, one for the density of the normal law, one for Φ. *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Witness PolyAttn.Bernstein PolyAttn.Models.
Require Export PolyAttn.Gauss PolyAttn.TranscendentalPoints.
Import ListNotations.
Open Scope R_scope.

(** The density g has g' = −t·g, which is contractive for t ≥ 0. *)
Definition density_field (t : table) (i : Z) (p : list Z) : list Z :=
  scale_by (- (step_numerator t * step_numerator t)) (mul [i; 1%Z] p).
Definition density_step (t : table) : Z -> Z * Z -> (Z * Z) * model :=
  let den := (step_denominator t * step_denominator t)%Z in
  advance (fun i => picard (model_degree t) (density_field t i) den) (density_field t) den (fun _ _ => 0%Z) (fun _ => true).

(** Then Φ − 1/2 from the density, whose own error adds to the defect. *)
Definition integral_step (t : table) (p : model) : Z -> Z * Z -> (Z * Z) * model :=
  let rate := scale_by (step_numerator t) (numbers p) in
  advance (fun _ start => start :: integrate_from 1 (step_denominator t) rate) (fun _ _ => rate) (step_denominator t)
    (fun _ _ => ceiling (step_numerator t * distance p) (step_denominator t)) (fun _ => true).
Definition gauss_step (t : table) (i : Z) (state : (Z * Z) * (Z * Z)) : ((Z * Z) * (Z * Z)) * model :=
  let (inner, p) := density_step t i (fst state) in
  let (outer, m) := integral_step t p i (snd state) in ((inner, outer), m).

(** 1/√(2π) and 0. *)
Definition gauss_start (t : table) : (Z * Z) * (Z * Z) :=
  ((gauss_scaled * model_unit t / gauss_unit, 1 + ceiling (model_unit t) gauss_unit)%Z, (0, 0)%Z).
Definition gauss_models (t : table) : list model := run (gauss_step t) (pieces t) 0 (gauss_start t).
Definition gelu_erf (side : Z) : shape := {| constant := 0; slope := side; factor := 0; factor_slope := 2 |}.

Definition check_gelu_erf (t : table) (x lower : Z * Z) : bool := check t gelu_erf (gauss_models t) x lower.

Definition gauss_known (t : table) (Phi : R -> R) (i : Z) (state : (Z * Z) * (Z * Z)) : Prop :=
  known (model_unit t) (step t) density i (fst state) /\
  known (model_unit t) (step t) (fun v => Phi v - 1 / 2) i (snd state).

Lemma density_positive : forall t, 0 < density t.
Proof.
  intro t. unfold density. apply Rmult_lt_0_compat; [|apply exp_pos].
  apply Rinv_0_lt_compat, sqrt_lt_R0. pose proof PI_RGT_0. lra.
Qed.

Lemma gauss_step_correct : forall t Phi, well_formed t = true -> is_distribution Phi ->
  correct (gauss_known t Phi) (near (model_unit t) (step t) (fun v => Phi v - 1 / 2)) (gauss_step t).
Proof.
  intros t Phi H [_ HPhi] i [inner outer] Hi [Hin Hout]. cbn [fst snd] in Hin, Hout.
  pose proof (well_formed_spec t H) as (_ & _ & _ & _ & Hn & Hd & HM). pose proof (step_positive t H) as Hw.
  assert (HMz : (0 < model_unit t)%Z) by (apply lt_IZR; assumption).
  assert (Hdz : (0 < step_denominator t)%Z) by (apply lt_IZR; assumption).
  assert (Hnz : (0 < step_numerator t)%Z) by (apply lt_IZR; assumption).
  assert (Z0 : 0 / IZR (model_unit t) = 0) by (unfold Rdiv; ring).
  assert (P : let result := density_step t i inner in piece (snd result) = i /\ (holds (snd result) = true ->
    known (model_unit t) (step t) density (i + 1) (fst result) /\ near (model_unit t) (step t) density (snd result))).
  { apply (advance_sound _ _ _ _ (fun v => - v * density v)); try assumption.
    - apply Z.mul_pos_pos; assumption.
    - left; assumption.
    - intros v _. apply density_derivative.
    - intros q _. split; [lia|]. intros u Hu v excess.
      assert (Hv : 0 <= v) by (unfold v; apply IZR_le in Hi; apply Rmult_le_pos; lra).
      assert (E : excess = - (step t * v) * (eval q u / IZR (model_unit t) - density v)).
      { unfold excess, density_field, v, step, frac. rewrite eval_scale, eval_mul, opp_IZR, !mult_IZR. cbn [eval].
        field. lra. }
      assert (0 <= step t * v) by (apply Rmult_le_pos; lra).
      rewrite E, Z0. split; intro; nra. }
  unfold gauss_step. cbn [fst snd]. destruct (density_step t i inner) as [inner' p] eqn:Ep.
  cbn [fst snd] in P. destruct P as [Pp P].
  assert (Hh : holds p = true) by (unfold density_step, advance in Ep; destruct inner; injection Ep as <- <-; reflexivity).
  destruct (P Hh) as [P1 [_ P2]]. rewrite Pp in P2.
  assert (Q : let result := integral_step t p i outer in piece (snd result) = i /\ (holds (snd result) = true ->
    known (model_unit t) (step t) (fun v => Phi v - 1 / 2) (i + 1) (fst result) /\
    near (model_unit t) (step t) (fun v => Phi v - 1 / 2) (snd result))).
  { apply (advance_sound _ _ _ _ density); try assumption.
    - left; assumption.
    - intros v _. replace (density v) with (density v - 0) by ring.
      apply (derivable_pt_lim_minus Phi (fun _ => 1 / 2)); [apply HPhi|apply derivable_pt_lim_const].
    - intros q _. assert (Hp0 : (0 <= distance p)%Z).
      { apply le_IZR. specialize (P2 0 ltac:(lra)). pose proof (Rabs_pos (eval (numbers p) 0 / IZR (model_unit t)
          - density (step t * (IZR i + 0)))).
        apply Rmult_le_reg_r with (/ IZR (model_unit t)); [apply Rinv_0_lt_compat; assumption|].
        unfold Rdiv in P2, H0. lra. }
      split; [apply ceiling_nonneg; nia|]. intros u Hu v excess. specialize (P2 u Hu). fold v in P2.
      assert (E : excess = step t * (eval (numbers p) u / IZR (model_unit t) - density v)).
      { unfold excess, step, frac. rewrite eval_scale. field. lra. }
      pose proof (ceiling_le (step_numerator t * distance p) (step_denominator t) Hdz) as C. rewrite mult_IZR in C.
      assert (B : Rabs excess
        <= IZR (ceiling (step_numerator t * distance p) (step_denominator t)) / IZR (model_unit t)).
      { rewrite E, Rabs_mult_pos by lra. apply Rle_trans with (step t * (IZR (distance p) / IZR (model_unit t))).
        - apply Rmult_le_compat_l; lra.
        - replace (step t * (IZR (distance p) / IZR (model_unit t)))
            with (IZR (step_numerator t) * IZR (distance p) / IZR (step_denominator t) / IZR (model_unit t))
            by (unfold step, frac; field; lra).
          unfold Rdiv at 1 3. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; assumption|exact C]. }
      apply Rabs_bounds in B. split; intro; lra. }
  destruct (integral_step t p i outer) as [outer' m]. cbn [fst snd] in *. destruct Q as [Qp Q].
  split; [assumption|]. intro Hm. destruct (Q Hm) as [Q1 Q2]. split; [split; assumption|assumption].
Qed.

Lemma gauss_start_known : forall t Phi, well_formed t = true -> is_distribution Phi -> gauss_known t Phi 0 (gauss_start t).
Proof.
  intros t Phi H [HPhi _]. pose proof (well_formed_spec t H) as (_ & _ & _ & _ & _ & _ & HM).
  unfold gauss_known, gauss_start, known. cbn [fst snd]. rewrite Rmult_0_r, HPhi. split.
  - assert (E : density 0 = / sqrt (2 * PI)).
    { unfold density. replace (- (0 * 0) / 2) with 0 by field. rewrite exp_0; ring. }
    rewrite E. pose proof gauss_enclosed as G.
    assert (HU : (0 < gauss_unit)%Z) by reflexivity. assert (HU' : 0 < IZR gauss_unit) by (apply IZR_lt; assumption).
    pose proof (Z.mul_div_le (gauss_scaled * model_unit t) gauss_unit HU) as L1.
    pose proof (Z.mul_succ_div_gt (gauss_scaled * model_unit t) gauss_unit HU) as L2.
    apply IZR_le in L1. apply IZR_lt in L2. rewrite !mult_IZR in L1, L2. rewrite succ_IZR in L2.
    pose proof (ceiling_le (model_unit t) gauss_unit HU) as C.
    rewrite plus_IZR.
    set (k := IZR (gauss_scaled * model_unit t / gauss_unit)) in *. set (K := IZR gauss_scaled) in *.
    set (U := IZR gauss_unit) in *. set (M := IZR (model_unit t)) in *. set (c := IZR (ceiling _ _)) in *.
    set (g := / sqrt (2 * PI)) in *.
    assert (A1 : k <= K / U * M).
    { apply Rmult_le_reg_l with U; [assumption|]. replace (U * (K / U * M)) with (K * M) by (field; lra). assumption. }
    assert (A2 : K / U * M <= k + 1).
    { apply Rmult_le_reg_l with U; [assumption|]. replace (U * (K / U * M)) with (K * M) by (field; lra). lra. }
    assert (A3 : K / U * M <= g * M) by (apply Rmult_le_compat_r; lra).
    assert (A4 : g * M <= K / U * M + M / U).
    { replace (K / U * M + M / U) with ((K + 1) / U * M) by (field; lra). apply Rmult_le_compat_r; lra. }
    replace (k / M - g) with ((k - g * M) / M) by (field; lra). rewrite Rabs_div_pos by assumption.
    unfold Rdiv. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; assumption|].
    simpl (IZR 1). apply Rabs_le. lra.
  - replace (0 / IZR (model_unit t) - (1 / 2 - 1 / 2)) with 0 by (field; lra). rewrite Rabs_R0. unfold Rdiv. lra.
Qed.

Lemma gauss_cover : forall t Phi, well_formed t = true -> is_distribution Phi -> forallb holds (gauss_models t) = true ->
  cover t (fun v => Phi v - 1 / 2) (gauss_models t).
Proof.
  intros t Phi H HPhi Hh. apply (run_cover _ (gauss_known t Phi)); [|apply gauss_start_known; assumption|exact Hh].
  apply gauss_step_correct; assumption.
Qed.

Lemma gelu_erf_shape : forall Phi, is_distribution Phi -> forall t side v, is_side side -> inside t side v ->
  IZR side * v * Phi (IZR side * v) = shaped (gelu_erf side) v (Phi v - 1 / 2).
Proof.
  intros Phi HPhi t side v [->| ->] _; unfold shaped, gelu_erf; cbn [constant slope factor factor_slope].
  - rewrite Rmult_1_l. field.
  - replace (IZR (-1) * v) with (- v) by ring. rewrite (distribution_odd Phi HPhi). field.
Qed.

Theorem gelu_erf_sound : forall t x lower, check_gelu_erf t x lower = true -> forall Phi, is_distribution Phi ->
  bounded t (fun x => x * Phi x) /\ attained t (fun x => x * Phi x) lower.
Proof.
  intros t x lower C Phi HPhi. unfold check_gelu_erf in C. destruct (check_formed _ _ _ _ _ C) as [H Hh].
  apply (check_sound t gelu_erf (fun v => Phi v - 1 / 2) (fun x => x * Phi x) (gauss_models t) x);
    [apply gauss_cover; assumption| |assumption].
  apply gelu_erf_shape; assumption.
Qed.
