(** Small facts about absolute values. *)

Require Import Reals Lra.
Open Scope R_scope.

Lemma Rabs_bounds : forall x e, Rabs x <= e -> - e <= x <= e.
Proof. intros x e H. unfold Rabs in H. destruct (Rcase_abs x); lra. Qed.

Lemma Rabs_div_pos : forall x d, 0 < d -> Rabs (x / d) = Rabs x / d.
Proof.
  intros; unfold Rdiv; rewrite Rabs_mult, (Rabs_right (/ d)); [reflexivity|]. left; apply Rinv_0_lt_compat; assumption.
Qed.

Lemma Rabs_mult_pos : forall c x, 0 <= c -> Rabs (c * x) = c * Rabs x.
Proof. intros; rewrite Rabs_mult, (Rabs_right c); [reflexivity|]. apply Rle_ge; assumption. Qed.
