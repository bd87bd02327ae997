(** Tables of exp on an interval of x ≤ 0: s(t) = exp(−t) has s' = −s. *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Witness PolyAttn.Bernstein PolyAttn.Models.
Require Export PolyAttn.TranscendentalPoints.
Import ListNotations.
Open Scope R_scope.

Definition decay (t : table) : Z -> list Z -> list Z := fun _ => scale_by (- step_numerator t).
Definition decay_models (t : table) : list model :=
  let solve := fun i => picard (model_degree t) (decay t i) (step_denominator t) in
  run (advance solve (decay t) (step_denominator t) (fun _ _ => 0%Z) (fun _ => true)) (pieces t) 0 (model_unit t, 0%Z).
Definition exponential (side : Z) : shape := {| constant := 0; slope := 0; factor := 2; factor_slope := 0 |}.

Definition check_exp (t : table) (x lower : Z * Z) : bool :=
  (hi t <=? 0)%Z && check t exponential (decay_models t) x lower.

Lemma decay_cover : forall t, well_formed t = true -> forallb holds (decay_models t) = true ->
  cover t (fun v => exp (- v)) (decay_models t).
Proof.
  intros t H Hh. pose proof (well_formed_spec t H) as (_ & _ & _ & _ & Hn & Hd & HM).
  apply (run_cover _ (known (model_unit t) (step t) (fun v => exp (- v)))); [|unfold known; cbn [fst snd]|exact Hh].
  - apply (advance_correct _ _ _ _ (fun v => - exp (- v))).
    + apply lt_IZR; assumption.
    + apply lt_IZR; assumption.
    + left; apply step_positive; assumption.
    + intros v _. replace (- exp (- v)) with (exp (- v) * (-1)) by ring.
      apply (derivable_pt_lim_comp (fun v => - v) exp); [|apply derivable_pt_lim_exp].
      apply (derivable_pt_lim_opp id), derivable_pt_lim_id.
    + intros i q _ _. split; [lia|]. intros u Hu v excess.
      assert (E : excess = - step t * (eval q u / IZR (model_unit t) - exp (- v))).
      { unfold excess, decay, step, frac. rewrite eval_scale, opp_IZR. field. lra. }
      pose proof (step_positive t H). assert (Z : 0 / IZR (model_unit t) = 0) by (unfold Rdiv; ring).
      rewrite E, Z. split; intro; nra.
  - rewrite Rmult_0_r, Ropp_0, exp_0. unfold Rdiv. rewrite Rmult_0_l, Rinv_r by lra.
    rewrite Rminus_diag_eq, Rabs_R0 by reflexivity. lra.
Qed.

Lemma exponential_shape : forall t, well_formed t = true -> (hi t <= 0)%Z -> forall side v, is_side side ->
  inside t side v -> exp (IZR side * v) = shaped (exponential side) v (exp (- v)).
Proof.
  intros t H Hhi side v [->| ->] (_ & _ & Hmost).
  - apply well_formed_spec in H. destruct H as (_ & _ & Hl & _). apply lt_IZR in Hl. unfold most in Hmost. lia.
  - unfold shaped, exponential. cbn [constant slope factor factor_slope].
    replace (IZR (-1) * v) with (- v) by ring. field.
Qed.

Theorem exp_sound : forall t x lower, check_exp t x lower = true -> bounded t exp /\ attained t exp lower.
Proof.
  intros t x lower C. unfold check_exp in C. rewrite andb_true_iff, Z.leb_le in C. destruct C as [Hhi C].
  destruct (check_formed _ _ _ _ _ C) as [H Hh].
  apply (check_sound t exponential (fun v => exp (- v)) exp (decay_models t) x); [apply decay_cover; assumption| |assumption].
  apply exponential_shape; assumption.
Qed.
