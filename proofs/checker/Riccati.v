(** Tables of tanh, of the logistic function and of GELU in its tanh form: s = tanh(g(t)) has s' = g'·(1 − s²).

    That is contractive while s and the model are ≥ 0. The rate g' is (a + b·t²)/c up to a small relative error, which
    √(2/π) needs. *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Gauss PolyAttn.Witness PolyAttn.Bernstein PolyAttn.Models.
Require Export PolyAttn.Tanh PolyAttn.TranscendentalPoints.
Import ListNotations.
Open Scope R_scope.

(** (a + b·t²)/c; the true rate is between that and (1 + 1/precision) times that. *)
Record rate := { rate_constant : Z; rate_square : Z; rate_denominator : Z; precision : Z }.
Definition rate_at (r : rate) (v : R) : R :=
  (IZR (rate_constant r) + IZR (rate_square r) * (v * v)) / IZR (rate_denominator r).

(** The length of a piece times the rate there, over `rate_unit`. *)
Definition rate_unit (t : table) (r : rate) : Z :=
  (rate_denominator r * (step_denominator t * step_denominator t * step_denominator t))%Z.
Definition rate_on (t : table) (r : rate) (i : Z) : list Z :=
  let n := step_numerator t in
  scale_by n (add [rate_constant r * (step_denominator t * step_denominator t)]%Z
    (scale_by (rate_square r * (n * n)) (mul [i; 1%Z] [i; 1%Z]))).

Definition riccati_field (t : table) (r : rate) (i : Z) (q : list Z) : list Z :=
  mul (rate_on t r i) (add [model_unit t * model_unit t]%Z (opp (mul q q))).
Definition riccati_unit (t : table) (r : rate) : Z := (rate_unit t r * model_unit t)%Z.
Definition riccati_extra (t : table) (r : rate) (i : Z) (q : list Z) : Z :=
  ceiling (norm (riccati_field t r i q)) (riccati_unit t r * precision r).
(** Taylor's coefficients one by one: of q, and of M² − q², the last first. *)
Fixpoint dot (a b : list Z) : Z := match a, b with x :: a, y :: b => (x * y + dot a b)%Z | _, _ => 0%Z end.
Fixpoint riccati_series (count : nat) (k unit square : Z) (rates q y : list Z) : list Z :=
  match count with
  | O => rev q
  | S count =>
      let y := ((if k =? 0 then square else 0) - dot q (rev q))%Z :: y in
      riccati_series count (k + 1) unit square rates ((dot rates y / (unit * (k + 1)))%Z :: q) y
  end.
Definition riccati_solve (t : table) (r : rate) (i start : Z) : list Z :=
  riccati_series (model_degree t) 0 (riccati_unit t r) (model_unit t * model_unit t) (rate_on t r i) [start] [].
Definition riccati_models (t : table) (r : rate) : list model :=
  run (advance (riccati_solve t r) (riccati_field t r) (riccati_unit t r) (riccati_extra t r) (nonneg (halvings t)))
    (pieces t) 0 (0, 0)%Z.

Definition well_rated (r : rate) : bool :=
  ((0 <=? rate_constant r) && (0 <=? rate_square r) && (0 <? rate_denominator r) && (0 <? precision r))%Z.

Lemma rate_on_value : forall t r i u, 0 < IZR (step_denominator t) -> 0 < IZR (rate_denominator r) ->
  eval (rate_on t r i) u = IZR (rate_unit t r) * (step t * rate_at r (step t * (IZR i + u))).
Proof.
  intros t r i u Hd Hr. unfold rate_on, rate_unit, rate_at, step, frac.
  rewrite eval_scale, eval_add, eval_scale, eval_mul. cbn [eval]. rewrite !mult_IZR. field. lra.
Qed.

Lemma riccati_cover : forall t r g g', well_formed t = true -> well_rated r = true ->
  g 0 = 0 -> (forall v, 0 <= v -> 0 <= g v) -> (forall v, derivable_pt_lim g v (g' v)) ->
  (forall v, rate_at r v <= g' v <= (1 + / IZR (precision r)) * rate_at r v) ->
  forallb holds (riccati_models t r) = true -> cover t (fun v => tanh (g v)) (riccati_models t r).
Proof.
  intros t r g g' H Hr G0 Gpos Gd Grate Hh.
  pose proof (well_formed_spec t H) as (_ & _ & _ & _ & Hn & Hd & HM). pose proof (step_positive t H) as Hw.
  unfold well_rated in Hr. rewrite !andb_true_iff, !Z.ltb_lt, !Z.leb_le in Hr. destruct Hr as [[[Ra Rb] Rc] Rp].
  assert (Ra' := IZR_le _ _ Ra). assert (Rb' := IZR_le _ _ Rb). assert (Rc' := IZR_lt _ _ Rc). assert (Rp' := IZR_lt _ _ Rp).
  assert (HMz : (0 < model_unit t)%Z) by (apply lt_IZR; assumption).
  assert (Hdz : (0 < step_denominator t)%Z) by (apply lt_IZR; assumption).
  assert (Hunit : (0 < rate_unit t r)%Z) by (unfold rate_unit; repeat apply Z.mul_pos_pos; assumption).
  assert (Hden : (0 < riccati_unit t r)%Z) by (apply Z.mul_pos_pos; assumption).
  assert (Hunit' := IZR_lt _ _ Hunit).
  apply (run_cover _ (known (model_unit t) (step t) (fun v => tanh (g v)))); [| |exact Hh].
  2: { unfold known. cbn [fst snd]. rewrite Rmult_0_r, G0, tanh_0.
       replace (0 / IZR (model_unit t) - 0) with 0 by (field; lra). rewrite Rabs_R0. unfold Rdiv. lra. }
  apply (advance_correct _ _ _ _ (fun v => g' v * (1 - tanh (g v) * tanh (g v)))); try assumption.
  - left; assumption.
  - intros v _. rewrite Rmult_comm. apply (derivable_pt_lim_comp g tanh); [apply Gd|apply derivable_pt_lim_tanh].
  - intros i q Hi Hq. assert (Hde : (0 < riccati_unit t r * precision r)%Z) by (apply Z.mul_pos_pos; assumption).
    split; [apply ceiling_nonneg; [apply norm_nonneg|assumption]|]. intros u Hu v excess.
    assert (Hv : 0 <= v) by (unfold v; apply IZR_le in Hi; apply Rmult_le_pos; lra).
    pose proof (nonneg_sound _ _ Hq u Hu) as Qpos. pose proof (tanh_nonneg _ (Gpos v Hv)) as Spos.
    pose proof (eval_norm (riccati_field t r i q) u Hu) as N.
    pose proof (ceiling_le (norm (riccati_field t r i q)) _ Hde) as C. fold (riccati_extra t r i q) in C.
    set (F := eval (riccati_field t r i q) u) in *. set (x := IZR (riccati_extra t r i q)) in *.
    set (M := IZR (model_unit t)) in *. set (y := eval q u / M) in *. set (s := tanh (g v)) in *.
    set (k := rate_at r v) in *. set (eps := / IZR (precision r)) in *.
    assert (EF : F / (IZR (riccati_unit t r) * M) = step t * k * (1 - y * y)).
    { unfold F, riccati_field, riccati_unit. rewrite eval_mul, rate_on_value, eval_add, eval_opp, eval_mul by assumption.
      fold v k. cbn [eval]. rewrite !mult_IZR. fold M. unfold y. field. lra. }
    assert (Bx : eps * Rabs (step t * k * (1 - y * y)) <= x / M).
    { rewrite <- EF, Rabs_div_pos by (apply Rmult_lt_0_compat; [apply IZR_lt|]; assumption).
      apply Rle_trans with (IZR (norm (riccati_field t r i q)) / IZR (riccati_unit t r * precision r) / M).
      - replace (eps * (Rabs F / (IZR (riccati_unit t r) * M))) with (Rabs F / IZR (riccati_unit t r * precision r) / M).
        + unfold Rdiv. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; assumption|].
          apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, IZR_lt; assumption|]. exact N.
        + unfold eps. rewrite mult_IZR. field. apply IZR_lt in Hden. lra.
      - unfold Rdiv at 1 3. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; assumption|exact C]. }
    assert (Hk : 0 <= k).
    { unfold k, rate_at, Rdiv. apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat; assumption].
      assert (0 <= v * v) by nra. nra. }
    assert (Hg : 0 <= g' v - k <= eps * k) by (pose proof (Grate v) as G; fold k eps in G; lra).
    (* The excess is −(g' − k)·w·(1 − y²) − w·g'·(y − s)·(y + s). *)
    assert (E : excess = - (g' v - k) * (step t * (1 - y * y)) - step t * g' v * ((y - s) * (y + s))).
    { unfold excess. fold F M v s. rewrite EF. ring. }
    assert (First : Rabs ((g' v - k) * (step t * (1 - y * y))) <= x / M).
    { eapply Rle_trans; [|exact Bx]. rewrite Rabs_mult, (Rabs_right (g' v - k)) by lra.
      replace (step t * k * (1 - y * y)) with (k * (step t * (1 - y * y))) by ring.
      rewrite (Rabs_mult k), (Rabs_right k), <- Rmult_assoc by lra. apply Rmult_le_compat_r; [apply Rabs_pos|lra]. }
    assert (Ypos : 0 <= y) by (unfold y, Rdiv; apply Rmult_le_pos; [assumption|left; apply Rinv_0_lt_compat; assumption]).
    assert (Wpos : 0 <= step t * g' v) by (apply Rmult_le_pos; lra).
    apply Rabs_bounds in First. rewrite E. split; intro Hys.
    + assert (0 <= step t * g' v * ((y - s) * (y + s))) by (apply Rmult_le_pos; [|apply Rmult_le_pos]; lra). lra.
    + assert (0 <= step t * g' v * ((s - y) * (y + s))) by (apply Rmult_le_pos; [|apply Rmult_le_pos]; lra). lra.
Qed.

(** * The functions *)

(** What is checked, of a function with these shapes and this rate. *)
Definition check_riccati (r : rate) (h : Z -> shape) (t : table) (x lower : Z * Z) : bool :=
  well_rated r && check t h (riccati_models t r) x lower.

(** f is made of tanh(g(|x|)) in these shapes, and g' has this rate. *)
Definition made_of_tanh (r : rate) (h : Z -> shape) (f g g' : R -> R) : Prop :=
  g 0 = 0 /\ (forall v, 0 <= v -> 0 <= g v) /\ (forall v, derivable_pt_lim g v (g' v)) /\
  (forall v, rate_at r v <= g' v <= (1 + / IZR (precision r)) * rate_at r v) /\
  (forall side v, is_side side -> f (IZR side * v) = shaped (h side) v (tanh (g v))).

Lemma riccati_sound : forall r h f g g', made_of_tanh r h f g g' -> forall t x lower,
  check_riccati r h t x lower = true -> bounded t f /\ attained t f lower.
Proof.
  intros r h f g g' (G0 & Gp & Gd & Gr & Gs) t x lower C. unfold check_riccati in C. rewrite andb_true_iff in C.
  destruct C as [Hr C]. destruct (check_formed _ _ _ _ _ C) as [H Hh].
  apply (check_sound t h (fun v => tanh (g v)) f (riccati_models t r) x); [|intros; apply Gs; assumption|assumption].
  apply (riccati_cover t r g g'); assumption.
Qed.

Definition tanh_rate : rate := {| rate_constant := 1; rate_square := 0; rate_denominator := 1; precision := 2 ^ 200 |}.
Definition tanh_shape (side : Z) : shape := {| constant := 0; slope := 0; factor := 2 * side; factor_slope := 0 |}.
Definition check_tanh := check_riccati tanh_rate tanh_shape.

Lemma inverse_precision : 0 <= / IZR (2 ^ 200).
Proof. left. apply Rinv_0_lt_compat, IZR_lt. reflexivity. Qed.

Lemma tanh_made : made_of_tanh tanh_rate tanh_shape tanh (fun v => v) (fun _ => 1).
Proof.
  split; [reflexivity|]. split; [auto|]. split; [intro; apply derivable_pt_lim_id|]. split.
  - intro v. unfold rate_at, tanh_rate. cbn [rate_constant rate_square rate_denominator precision].
    pose proof inverse_precision. replace ((1 + 0 * (v * v)) / 1) with 1 by field. lra.
  - intros side v [->| ->]; unfold shaped, tanh_shape; cbn [constant slope factor factor_slope]; rewrite mult_IZR.
    + rewrite Rmult_1_l. field.
    + replace (IZR (-1) * v) with (- v) by ring. rewrite tanh_odd. field.
Qed.

Theorem tanh_sound : forall t x lower, check_tanh t x lower = true -> bounded t tanh /\ attained t tanh lower.
Proof. exact (riccati_sound _ _ _ _ _ tanh_made). Qed.

Definition sigmoid_rate : rate := {| rate_constant := 1; rate_square := 0; rate_denominator := 2; precision := 2 ^ 200 |}.
Definition sigmoid_shape (side : Z) : shape := {| constant := 1; slope := 0; factor := side; factor_slope := 0 |}.
Definition check_sigmoid := check_riccati sigmoid_rate sigmoid_shape.

Lemma sigmoid_made : made_of_tanh sigmoid_rate sigmoid_shape sigmoid (fun v => v / 2) (fun _ => 1 / 2).
Proof.
  split; [field|]. split; [intros; lra|]. split.
  { intro v. apply (derivable_pt_lim_ext (fun v => 1 / 2 * v)); [intro; field|].
    pose proof (derivable_pt_lim_scal id (1 / 2) v 1 (derivable_pt_lim_id v)) as D. rewrite Rmult_1_r in D. exact D. }
  split.
  - intro v. unfold rate_at, sigmoid_rate. cbn [rate_constant rate_square rate_denominator precision].
    pose proof inverse_precision. replace ((1 + 0 * (v * v)) / 2) with (1 / 2) by field. lra.
  - intros side v [->| ->]; rewrite sigmoid_tanh; unfold shaped, sigmoid_shape; cbn [constant slope factor factor_slope].
    + rewrite Rmult_1_l. field.
    + replace (IZR (-1) * v / 2) with (- (v / 2)) by field. rewrite tanh_odd. field.
Qed.

Theorem sigmoid_sound : forall t x lower, check_sigmoid t x lower = true -> bounded t sigmoid /\ attained t sigmoid lower.
Proof. exact (riccati_sound _ _ _ _ _ sigmoid_made). Qed.

(** √(2/π)·(1 + 3·0.044715·t²), with √(2/π) from below. *)
Definition gelu_rate : rate := {| rate_constant := 2 * gauss_scaled * 200000; rate_square := 2 * gauss_scaled * 26829;
  rate_denominator := gauss_unit * 200000; precision := gauss_scaled |}.
Definition gelu_tanh_shape (side : Z) : shape := {| constant := 0; slope := side; factor := 0; factor_slope := 1 |}.
Definition check_gelu_tanh := check_riccati gelu_rate gelu_tanh_shape.

Lemma gelu_made : made_of_tanh gelu_rate gelu_tanh_shape gelu_tanh gelu_argument
  (fun v => sqrt (2 / PI) * (1 + 134145 / 1000000 * (v * v))).
Proof.
  split; [unfold gelu_argument; ring|]. split; [exact gelu_argument_nonneg|]. split; [exact gelu_argument_derivative|]. split.
  - intro v. unfold rate_at, gelu_rate. cbn [rate_constant rate_square rate_denominator precision].
    rewrite !mult_IZR, gelu_constant. pose proof gauss_enclosed as G.
    assert (HU : 0 < IZR gauss_unit) by (apply IZR_lt; reflexivity).
    assert (HK : 0 < IZR gauss_scaled) by (apply IZR_lt; reflexivity).
    set (K := IZR gauss_scaled) in *. set (U := IZR gauss_unit) in *. set (g := / sqrt (2 * PI)) in *.
    set (m := 1 + 134145 / 1000000 * (v * v)).
    assert (Hm : 0 <= m) by (unfold m; assert (0 <= v * v) by nra; lra).
    replace ((2 * K * 200000 + 2 * K * 26829 * (v * v)) / (U * 200000)) with (2 * (K / U) * m) by (unfold m; field; lra).
    split; [apply Rmult_le_compat_r; lra|].
    replace ((1 + / K) * (2 * (K / U) * m)) with (2 * ((K + 1) / U) * m) by (field; lra).
    apply Rmult_le_compat_r; lra.
  - intros side v [->| ->]; unfold gelu_tanh, shaped, gelu_tanh_shape; cbn [constant slope factor factor_slope].
    + rewrite Rmult_1_l. field.
    + replace (IZR (-1) * v) with (- v) by ring. rewrite gelu_argument_odd, tanh_odd. field.
Qed.

Theorem gelu_tanh_sound : forall t x lower, check_gelu_tanh t x lower = true -> bounded t gelu_tanh /\ attained t gelu_tanh lower.
Proof. exact (riccati_sound _ _ _ _ _ gelu_made). Qed.
