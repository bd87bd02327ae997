(** Polynomials that stay near the solution of a differential equation, computed and bounded with integers.

    A model is Σ q_k·u^k/M on u in [0, 1], one piece of length `width` of the half-line t ≥ 0 after another. How its
    coefficients come about needs no trust: the defect, by which the model misses the equation, is computed exactly and
    bounds its distance from the solution, because the equation is contractive. *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Contraction PolyAttn.Bernstein.
Import ListNotations.
Open Scope R_scope.

(** * Polynomials on [0, 1] *)

Fixpoint derive (p : list Z) : list Z :=
  match p with [] => [] | _ :: p => add p (0%Z :: derive p) end.
Definition subtract (p q : list Z) : list Z := add p (opp q).
Fixpoint norm (p : list Z) : Z := match p with [] => 0%Z | c :: p => (Z.abs c + norm p)%Z end.
Fixpoint at_one (p : list Z) : Z := match p with [] => 0%Z | c :: p => (c + at_one p)%Z end.
Definition at_zero (p : list Z) : Z := match p with [] => 0%Z | c :: _ => c end.

Lemma eval_subtract : forall p q u, eval (subtract p q) u = eval p u - eval q u.
Proof. intros. unfold subtract. rewrite eval_add, eval_opp. ring. Qed.

Lemma eval_one : forall l, eval l 1 = IZR (at_one l).
Proof. induction l as [|c l IH]; simpl; [reflexivity|]. rewrite IH, plus_IZR; ring. Qed.

Lemma eval_zero : forall l, eval l 0 = IZR (at_zero l).
Proof. intros [|c l]; simpl; ring. Qed.

Lemma eval_derive : forall l u, derivable_pt_lim (eval l) u (eval (derive l) u).
Proof.
  induction l as [|c l IH]; intro u; simpl.
  - apply (derivable_pt_lim_const 0).
  - rewrite eval_add. simpl.
    replace (eval l u + (0 + u * eval (derive l) u)) with (0 + (1 * eval l u + u * eval (derive l) u)) by ring.
    apply (derivable_pt_lim_plus (fun _ => IZR c) (fun u => u * eval l u)); [apply derivable_pt_lim_const|].
    apply (derivable_pt_lim_mult id (eval l)); [apply derivable_pt_lim_id|apply IH].
Qed.

Lemma norm_nonneg : forall l, (0 <= norm l)%Z.
Proof. induction l as [|c l IH]; simpl; lia. Qed.

Lemma eval_norm : forall l u, 0 <= u <= 1 -> Rabs (eval l u) <= IZR (norm l).
Proof.
  induction l as [|c l IH]; intros u Hu; simpl; [rewrite Rabs_R0; lra|].
  rewrite plus_IZR, abs_IZR. eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat_l.
  rewrite Rabs_mult_pos by lra. pose proof (IH u Hu). pose proof (Rabs_pos (eval l u)). nra.
Qed.

(** ⌈a/b⌉ *)
Definition ceiling (a b : Z) : Z := (- (- a / b))%Z.

Lemma ceiling_le : forall a b, (0 < b)%Z -> IZR a / IZR b <= IZR (ceiling a b).
Proof.
  intros a b Hb. assert (0 < IZR b) by (apply IZR_lt; assumption).
  assert (H1 : (a <= ceiling a b * b)%Z).
  { unfold ceiling. pose proof (Z.mul_div_le (- a) b Hb). lia. }
  apply IZR_le in H1. rewrite mult_IZR in H1. apply Rmult_le_reg_r with (IZR b); [assumption|].
  unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra.
Qed.

Lemma ceiling_nonneg : forall a b, (0 <= a)%Z -> (0 < b)%Z -> (0 <= ceiling a b)%Z.
Proof. intros a b Ha Hb. unfold ceiling. assert (- a / b <= 0)%Z by (apply Z.div_le_upper_bound; lia). lia. Qed.

(** * Picard's iteration *)

Fixpoint integrate_from (k : Z) (den : Z) (l : list Z) : list Z :=
  match l with [] => [] | c :: l => (c / (den * k))%Z :: integrate_from (k + 1) den l end.

(** From dq/du = f(q)/den and q(0) = start, one more coefficient in each round. *)
Fixpoint picard (degree : nat) (f : list Z -> list Z) (den start : Z) : list Z :=
  match degree with
  | O => [start]
  | S k => start :: integrate_from 1 den (firstn degree (f (picard k f den start)))
  end.

(** * The distance of a model from a solution *)

(** The error at the right end, in units of 1/M, from that at the left end; f is what den·M·dq/du ought to be. *)
Definition spread (q f : list Z) (den start error extra : Z) : Z :=
  (error + Z.abs (at_zero q - start) + (extra + ceiling (norm (subtract (scale_by den (derive q)) f)) den))%Z.

Theorem spread_sound : forall (M den : Z) (q f : list Z) (y y' : R -> R) (start error extra : Z),
  (0 < M)%Z -> (0 < den)%Z -> (0 <= extra)%Z ->
  (forall u, 0 <= u <= 1 -> derivable_pt_lim y u (y' u)) ->
  Rabs (IZR start / IZR M - y 0) <= IZR error / IZR M ->
  (forall u, 0 <= u <= 1 -> y u < eval q u / IZR M -> eval f u / (IZR den * IZR M) - y' u <= IZR extra / IZR M) ->
  (forall u, 0 <= u <= 1 -> eval q u / IZR M < y u -> - (IZR extra / IZR M) <= eval f u / (IZR den * IZR M) - y' u) ->
  forall u, 0 <= u <= 1 -> Rabs (eval q u / IZR M - y u) <= IZR (spread q f den start error extra) / IZR M.
Proof.
  intros M den q f y y' start error extra HM Hden Hextra Hy H0 Hup Hdown u Hu.
  apply IZR_lt in HM. assert (Hden' : 0 < IZR den) by (apply IZR_lt; assumption).
  unfold spread. set (g := subtract (scale_by den (derive q)) f).
  rewrite plus_IZR, Rdiv_plus_distr.
  assert (Hg : forall v, 0 <= v <= 1 -> Rabs (eval g v / (IZR den * IZR M)) <= IZR (ceiling (norm g) den) / IZR M).
  { intros v Hv. rewrite Rabs_div_pos by (apply Rmult_lt_0_compat; assumption).
    replace (Rabs (eval g v) / (IZR den * IZR M)) with (Rabs (eval g v) / IZR den / IZR M) by (field; lra).
    unfold Rdiv at 1 3. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; assumption|].
    eapply Rle_trans; [|apply ceiling_le; assumption].
    unfold Rdiv. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; assumption|]. apply eval_norm; assumption. }
  assert (Split : forall v, eval (derive q) v / IZR M - y' v
      = eval g v / (IZR den * IZR M) + (eval f v / (IZR den * IZR M) - y' v)).
  { intro v. unfold g. rewrite eval_subtract, eval_scale. field. lra. }
  apply (contraction (fun v => eval q v / IZR M - y v) (fun v => eval (derive q) v / IZR M - y' v)); try assumption.
  - intros v Hv. apply (derivable_pt_lim_minus (fun v => eval q v / IZR M) y); [|apply Hy; assumption].
    replace (eval (derive q) v / IZR M) with (/ IZR M * eval (derive q) v) by (unfold Rdiv; ring).
    apply (derivable_pt_lim_ext (fun v => / IZR M * eval q v)); [intro; unfold Rdiv; ring|].
    apply (derivable_pt_lim_scal (eval q)), eval_derive.
  - rewrite eval_zero.
    replace (IZR (at_zero q) / IZR M - y 0) with (IZR start / IZR M - y 0 + IZR (at_zero q - start) / IZR M)
      by (rewrite minus_IZR; field; lra).
    eapply Rle_trans; [apply Rabs_triang|]. rewrite plus_IZR, Rdiv_plus_distr.
    apply Rplus_le_compat; [assumption|]. rewrite Rabs_div_pos, abs_IZR by assumption. lra.
  - unfold Rdiv. apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat; assumption].
    apply IZR_le. pose proof (ceiling_nonneg (norm g) den (norm_nonneg g) Hden). lia.
  - intros v Hv P. rewrite Split, plus_IZR, Rdiv_plus_distr.
    pose proof (Rabs_bounds _ _ (Hg v Hv)). assert (y v < eval q v / IZR M) as A by lra. pose proof (Hup v Hv A). lra.
  - intros v Hv P. rewrite Split, plus_IZR, Rdiv_plus_distr.
    pose proof (Rabs_bounds _ _ (Hg v Hv)). assert (eval q v / IZR M < y v) as A by lra. pose proof (Hdown v Hv A). lra.
Qed.

(** * Pieces in a row *)

Record model := {
  piece : Z;             (** it covers width·[piece, piece + 1] *)
  numbers : list Z;      (** its coefficients, times M *)
  distance : Z;          (** its distance from the function, times M *)
  holds : bool           (** what else had to be checked *)
}.

Definition near (M : Z) (width : R) (s : R -> R) (m : model) : Prop :=
  (0 <= piece m)%Z /\ forall u, 0 <= u <= 1 ->
    Rabs (eval (numbers m) u / IZR M - s (width * (IZR (piece m) + u))) <= IZR (distance m) / IZR M.

(** Models of the pieces from i on; what is known at the left end of each goes from one to the next. *)
Fixpoint run {A : Type} (step : Z -> A -> A * model) (count : nat) (i : Z) (state : A) : list model :=
  match count with
  | O => []
  | S count => let (next, m) := step i state in m :: run step count (i + 1) next
  end.

Definition correct {A : Type} (good : Z -> A -> Prop) (ok : model -> Prop) (step : Z -> A -> A * model) : Prop :=
  forall i state, (0 <= i)%Z -> good i state ->
    piece (snd (step i state)) = i /\
    (holds (snd (step i state)) = true -> good (i + 1)%Z (fst (step i state)) /\ ok (snd (step i state))).

Lemma run_near : forall A (good : Z -> A -> Prop) ok step, correct good ok step ->
  forall count i state, (0 <= i)%Z -> good i state -> forallb holds (run step count i state) = true ->
  forall m, In m (run step count i state) -> ok m.
Proof.
  intros A good ok step Hstep. induction count as [|count IH]; intros i state Hi Hg Hh m Hm; simpl in *; [contradiction|].
  destruct (Hstep i state Hi Hg) as [_ Hok]. destruct (step i state) as [next m'].
  simpl in *. apply andb_true_iff in Hh. destruct Hh as [Hh Hrest]. destruct (Hok Hh) as [Hg' Hm'].
  destruct Hm as [<-|Hm]; [assumption|]. apply (IH (i + 1)%Z next); try assumption; lia.
Qed.

(** Every place lies on a piece: not at its left end, or not at its right end. *)
Definition left_open (i v : R) : Prop := i < v <= i + 1.
Definition right_open (i v : R) : Prop := i <= v < i + 1.

Lemma run_covers : forall A (good : Z -> A -> Prop) ok step, correct good ok step ->
  forall count i state, (0 <= i)%Z -> good i state -> forallb holds (run step count i state) = true ->
  forall v, (IZR i < v <= IZR (i + Z.of_nat count) ->
             exists m, In m (run step count i state) /\ left_open (IZR (piece m)) v) /\
            (IZR i <= v < IZR (i + Z.of_nat count) ->
             exists m, In m (run step count i state) /\ right_open (IZR (piece m)) v).
Proof.
  intros A good ok step Hstep. induction count as [|count IH]; intros i state Hi Hg Hh v.
  { simpl Z.of_nat. rewrite Z.add_0_r. split; intro; lra. }
  simpl in Hh |- *. destruct (Hstep i state Hi Hg) as [Hp Hok]. destruct (step i state) as [next m] eqn:E. simpl in *.
  apply andb_true_iff in Hh. destruct Hh as [Hh Hrest]. destruct (Hok Hh) as [Hg' _].
  destruct (IH (i + 1)%Z next ltac:(lia) Hg' Hrest v) as [Later Later']. rewrite plus_IZR in Later, Later'.
  replace (i + 1 + Z.of_nat count)%Z with (i + Z.of_nat (S count))%Z in Later, Later' by lia. simpl Z.of_nat in Later, Later'.
  split; intro Hv.
  - destruct (Rle_lt_dec v (IZR i + 1)) as [H|H].
    + exists m. split; [left; reflexivity|]. unfold left_open. rewrite Hp. lra.
    + destruct Later as [m' [Hin Hm']]; [lra|]. exists m'. split; [right; assumption|assumption].
  - destruct (Rlt_le_dec v (IZR i + 1)) as [H|H].
    + exists m. split; [left; reflexivity|]. unfold right_open. rewrite Hp. lra.
    + destruct Later' as [m' [Hin Hm']]; [lra|]. exists m'. split; [right; assumption|assumption].
Qed.

(** * One equation *)

(** At the left end of piece i: the model's value and its error, times M. *)
Definition known (M : Z) (width : R) (s : R -> R) (i : Z) (state : Z * Z) : Prop :=
  Rabs (IZR (fst state) / IZR M - s (width * IZR i)) <= IZR (snd state) / IZR M.

(** The model of piece i, as `solve` proposes it. *)
Definition advance (solve : Z -> Z -> list Z) (f : Z -> list Z -> list Z) (den : Z) (extra : Z -> list Z -> Z)
  (ok : list Z -> bool) (i : Z) (state : Z * Z) : (Z * Z) * model :=
  let (start, error) := state in
  let q := solve i start in
  let e := spread q (f i q) den start error (extra i q) in
  ((at_one q, e), {| piece := i; numbers := q; distance := e; holds := ok q |}).

(** The rates of the model and of s differ by at most `extra`, on the side where s would run away from the model. *)
Definition contractive (M den : Z) (width : R) (s s' : R -> R) (i : Z) (q f : list Z) (extra : Z) : Prop :=
  forall u, 0 <= u <= 1 ->
    let v := width * (IZR i + u) in
    let excess := eval f u / (IZR den * IZR M) - width * s' v in
    (s v < eval q u / IZR M -> excess <= IZR extra / IZR M) /\
    (eval q u / IZR M < s v -> - (IZR extra / IZR M) <= excess).

Lemma along : forall width i (s : R -> R) u l, derivable_pt_lim s (width * (IZR i + u)) l ->
  derivable_pt_lim (fun u => s (width * (IZR i + u))) u (width * l).
Proof.
  intros width i s u l H. replace (width * l) with (l * width) by ring.
  apply (derivable_pt_lim_comp (fun u => width * (IZR i + u)) s); [|assumption].
  replace width with (width * (0 + 1)) at 1 by ring.
  apply (derivable_pt_lim_scal (fun u => IZR i + u)).
  apply (derivable_pt_lim_plus (fun _ => IZR i) id); [apply derivable_pt_lim_const|apply derivable_pt_lim_id].
Qed.

Lemma model_near : forall M den width s s' q f i start error extra, (0 < M)%Z -> (0 < den)%Z -> (0 <= i)%Z -> 0 <= width ->
  (forall v, 0 <= v -> derivable_pt_lim s v (s' v)) -> known M width s i (start, error) -> (0 <= extra)%Z ->
  contractive M den width s s' i q f extra ->
  forall u, 0 <= u <= 1 ->
    Rabs (eval q u / IZR M - s (width * (IZR i + u))) <= IZR (spread q f den start error extra) / IZR M.
Proof.
  intros M den width s s' q f i start error extra HM Hden Hi Hw Hs Hk Hex Hc.
  apply (spread_sound M den q f (fun u => s (width * (IZR i + u))) (fun u => width * s' (width * (IZR i + u))));
    try assumption.
  - intros u Hu. apply along, Hs. apply IZR_le in Hi. apply Rmult_le_pos; lra.
  - unfold known in Hk. cbn [fst snd] in Hk. rewrite Rplus_0_r. exact Hk.
  - intros u Hu. apply Hc; assumption.
  - intros u Hu. apply Hc; assumption.
Qed.

Theorem advance_sound : forall M den width s s' solve f extra ok i state,
  (0 < M)%Z -> (0 < den)%Z -> 0 <= width -> (0 <= i)%Z ->
  (forall v, 0 <= v -> derivable_pt_lim s v (s' v)) -> known M width s i state ->
  (forall q, ok q = true -> (0 <= extra i q)%Z /\ contractive M den width s s' i q (f i q) (extra i q)) ->
  let result := advance solve f den extra ok i state in
  piece (snd result) = i /\
  (holds (snd result) = true -> known M width s (i + 1) (fst result) /\ near M width s (snd result)).
Proof.
  intros M den width s s' solve f extra ok i [start error] HM Hden Hw Hi Hs Hk Hc. unfold advance.
  set (q := solve i start). cbn [fst snd piece holds]. split; [reflexivity|]. intro Hok.
  destruct (Hc q Hok) as [Hex Hcon].
  pose proof (model_near M den width s s' q (f i q) i start error (extra i q) HM Hden Hi Hw Hs Hk Hex Hcon) as N.
  split; [|split; [assumption|exact N]].
  unfold known. cbn [fst snd]. specialize (N 1 ltac:(lra)). rewrite eval_one in N. rewrite plus_IZR. exact N.
Qed.

Theorem advance_correct : forall M den width s s' solve f extra ok, (0 < M)%Z -> (0 < den)%Z -> 0 <= width ->
  (forall v, 0 <= v -> derivable_pt_lim s v (s' v)) ->
  (forall i q, (0 <= i)%Z -> ok q = true -> (0 <= extra i q)%Z /\ contractive M den width s s' i q (f i q) (extra i q)) ->
  correct (known M width s) (near M width s) (advance solve f den extra ok).
Proof. intros. intros i state Hi Hk. eapply advance_sound; eauto. Qed.
