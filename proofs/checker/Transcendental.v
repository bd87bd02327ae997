(** A checker for tables Σ c_k·T_k of a function that models stand in for: absolute error on one interval.

    The function is known on both sides of 0 by one function s of |x|: 2·f(±t) = a + b·s(t) for t ≥ 0, with a and b affine
    in t (`shape`). On each piece of |x| the table minus the model is a polynomial with integer coefficients, and the
    bound less the model's distance, minus and plus that, is shown to be ≥ 0. *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Chebyshev PolyAttn.Witness PolyAttn.Bernstein PolyAttn.Models.
Import ListNotations.
Open Scope R_scope.

Record table := {
  scale : Z;                (** the denominator of lo and hi *)
  lo : Z;
  hi : Z;
  unit : Z;                 (** the denominator of the coefficients *)
  coefficients : list Z;
  bound_numerator : Z;
  bound_denominator : Z;
  step_numerator : Z;       (** the length of a piece *)
  step_denominator : Z;
  pieces : nat;             (** they reach from 0 to beyond |x| *)
  model_degree : nat;
  model_unit : Z;           (** the denominator of the models' coefficients *)
  halvings : nat            (** of a piece, at most *)
}.

Definition low (t : table) : R := frac (lo t) (scale t).
Definition high (t : table) : R := frac (hi t) (scale t).
Definition bound (t : table) : R := frac (bound_numerator t) (bound_denominator t).
Definition step (t : table) : R := frac (step_numerator t) (step_denominator t).

(** r(x) = Σ c_k·T_k((2x − lo − hi)/(hi − lo)). *)
Definition place (t : table) (x : R) : R := (2 * x - low t - high t) / (high t - low t).
Definition approximation (t : table) (x : R) : R := series 0 (place t x) (coefficients t) / IZR (unit t).

Definition well_formed (t : table) : bool :=
  (0 <? scale t)%Z && (0 <? unit t)%Z && (lo t <? hi t)%Z && (0 <? bound_denominator t)%Z && (0 <? step_numerator t)%Z &&
  (0 <? step_denominator t)%Z && (0 <? model_unit t)%Z.

Lemma well_formed_spec : forall t, well_formed t = true ->
  0 < IZR (scale t) /\ 0 < IZR (unit t) /\ IZR (lo t) < IZR (hi t) /\ 0 < IZR (bound_denominator t) /\
  0 < IZR (step_numerator t) /\ 0 < IZR (step_denominator t) /\ 0 < IZR (model_unit t).
Proof.
  unfold well_formed; intros t H. rewrite !andb_true_iff, !Z.ltb_lt in H.
  destruct H as [[[[[[H1 H2] H3] H4] H5] H6] H7]. repeat split; apply IZR_lt; assumption.
Qed.

(** * Chebyshev sums in powers *)

(** Σ c_j·T_{k+j}, from a = T_k and b = T_{k+1}. *)
Fixpoint powers_from (a b : list Z) (l : list Z) : list Z :=
  match l with [] => [] | c :: l => add (scale_by c a) (powers_from b (subtract (0%Z :: scale_by 2 b) a) l) end.
Definition powers (l : list Z) : list Z := powers_from [1%Z] [0%Z; 1%Z] l.

Lemma powers_from_value : forall y l k a b, eval a y = T k y -> eval b y = T (S k) y ->
  eval (powers_from a b l) y = series k y l.
Proof.
  intros y; induction l as [|c l IH]; intros k a b Ha Hb; cbn [powers_from series]; [reflexivity|].
  rewrite eval_add, eval_scale, Ha. rewrite (IH (S k)); [reflexivity|assumption|].
  rewrite eval_subtract. cbn [eval]. rewrite eval_scale, Ha, Hb, T_SS. ring.
Qed.

Lemma powers_value : forall l y, eval (powers l) y = series 0 y l.
Proof. intros. apply powers_from_value; simpl; [rewrite T_0|rewrite T_1]; ring. Qed.

(** * The two sides of 0 *)

(** 2·f(±t) = constant + slope·t + (factor + factor_slope·t)·s(t). *)
Record shape := { constant : Z; slope : Z; factor : Z; factor_slope : Z }.
Definition shaped (h : shape) (t s : R) : R :=
  (IZR (constant h) + IZR (slope h) * t + (IZR (factor h) + IZR (factor_slope h) * t) * s) / 2.

(** Those x = side·v, v ≥ 0, in the interval: least ≤ v ≤ most. *)
Definition least (t : table) (side : Z) : Z := Z.min (side * lo t) (side * hi t).
Definition most (t : table) (side : Z) : Z := Z.max (side * lo t) (side * hi t).
Definition is_side (side : Z) : Prop := side = 1%Z \/ side = (-1)%Z.
Definition inside (t : table) (side : Z) (v : R) : Prop :=
  0 <= v /\ IZR (least t side) <= v * IZR (scale t) <= IZR (most t side) /\ (0 < most t side)%Z.

(** * The difference on one piece *)

(** r − f over `denominator`, but for the distance of the model; at x = side·step·(piece + u). *)
Definition argument_factor (t : table) (p : list Z) : Z := compose_factor ((hi t - lo t) * step_denominator t) p.
Definition denominator (t : table) (p : list Z) : Z :=
  (argument_factor t p * unit t * (2 * step_denominator t * model_unit t))%Z.
Definition affine (t : table) (m : model) (a b : Z) : list Z :=
  [a * step_denominator t + b * step_numerator t * piece m; b * step_numerator t]%Z.
Definition on_piece (t : table) (p : list Z) (side : Z) (m : model) : list Z :=
  let w := (2 * side * step_numerator t * scale t)%Z in
  compose (w * piece m - (lo t + hi t) * step_denominator t) w ((hi t - lo t) * step_denominator t) p.
Definition difference (t : table) (p : list Z) (side : Z) (h : shape) (m : model) : list Z :=
  subtract (scale_by (2 * step_denominator t * model_unit t) (on_piece t p side m))
    (scale_by (argument_factor t p * unit t)
       (add (scale_by (model_unit t) (affine t m (constant h) (slope h)))
            (mul (affine t m (factor h) (factor_slope h)) (numbers m)))).
(** The distance of the model, over `denominator`. *)
Definition blur (t : table) (p : list Z) (h : shape) (m : model) : Z :=
  (argument_factor t p * unit t *
   ((Z.abs (factor h) * step_denominator t + Z.abs (factor_slope h) * step_numerator t * (piece m + 1)) * distance m))%Z.

Lemma denominator_positive : forall t p, well_formed t = true -> 0 < IZR (argument_factor t p) /\ 0 < IZR (denominator t p).
Proof.
  intros t p H. apply well_formed_spec in H. destruct H as (_ & Hu & Hl & _ & _ & Hd & HM).
  assert (0 < IZR (argument_factor t p)).
  { apply compose_factor_positive. apply lt_IZR in Hl, Hd. apply Z.mul_pos_pos; lia. }
  split; [assumption|]. unfold denominator. rewrite !mult_IZR. repeat apply Rmult_lt_0_compat; lra.
Qed.

Lemma on_piece_value : forall t side m u, well_formed t = true ->
  eval (on_piece t (powers (coefficients t)) side m) u
  = IZR (argument_factor t (powers (coefficients t))) * IZR (unit t)
    * approximation t (IZR side * (step t * (IZR (piece m) + u))).
Proof.
  intros t side m u H. apply well_formed_spec in H. destruct H as (Hs & Hu & Hl & _ & Hn & Hd & _).
  unfold on_piece. rewrite eval_compose.
  2: { apply lt_IZR in Hl, Hd. apply Z.mul_pos_pos; lia. }
  rewrite powers_value. unfold argument_factor, approximation.
  replace ((IZR (2 * side * step_numerator t * scale t * piece m - (lo t + hi t) * step_denominator t)
            + IZR (2 * side * step_numerator t * scale t) * u) / IZR ((hi t - lo t) * step_denominator t))
    with (place t (IZR side * (step t * (IZR (piece m) + u)))).
  - field. lra.
  - unfold place, low, high, step, frac. rewrite ?minus_IZR, ?mult_IZR, ?minus_IZR, ?plus_IZR, ?mult_IZR. field. lra.
Qed.

Lemma affine_value : forall t m a b u, 0 < IZR (step_denominator t) ->
  eval (affine t m a b) u = IZR (step_denominator t) * (IZR a + IZR b * (step t * (IZR (piece m) + u))).
Proof.
  intros. unfold affine, step, frac. cbn [eval]. rewrite plus_IZR, !mult_IZR. field. lra.
Qed.

(** What is computed is the error, up to the blur. *)
Lemma difference_sound : forall t f s side h m u, well_formed t = true -> near (model_unit t) (step t) s m -> 0 <= u <= 1 ->
  let v := step t * (IZR (piece m) + u) in let p := powers (coefficients t) in
  f (IZR side * v) = shaped h v (s v) ->
  Rabs (eval (difference t p side h m) u / IZR (denominator t p) - (approximation t (IZR side * v) - f (IZR side * v)))
  <= IZR (blur t p h m) / IZR (denominator t p).
Proof.
  intros t f s side h m u H [Hp Hm] Hu v p E. rewrite E. specialize (Hm u Hu). fold v in Hm.
  destruct (denominator_positive t p H) as [HF HD].
  unfold difference. rewrite eval_subtract, !eval_scale, eval_add, eval_scale, eval_mul.
  pose proof (on_piece_value t side m u H) as R. fold v p in R. rewrite R.
  pose proof (well_formed_spec t H) as (Hs & Hun & Hl & _ & Hn & Hd & HM). rewrite !affine_value by assumption. fold v.
  assert (Hv : 0 <= v <= step t * (IZR (piece m) + 1)).
  { assert (0 <= step t) by (unfold step, frac, Rdiv; apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra]).
    apply IZR_le in Hp. unfold v. split; [apply Rmult_le_pos; lra|apply Rmult_le_compat_l; lra]. }
  unfold shaped.
  set (r := approximation t (IZR side * v)) in *. set (q := eval (numbers m) u) in *.
  set (F := IZR (argument_factor t p)) in *. set (U := IZR (unit t)) in *. set (M := IZR (model_unit t)) in *.
  set (d := IZR (step_denominator t)) in *.
  assert (ED : IZR (denominator t p) = F * U * (2 * d * M)) by (unfold denominator; rewrite !mult_IZR; reflexivity).
  set (b := IZR (factor h) + IZR (factor_slope h) * v) in *.
  replace (_ / _ - _) with (- (b / 2 * (q / M - s v))).
  2: { rewrite ED. rewrite !mult_IZR. fold d M U F. field. lra. }
  rewrite Rabs_Ropp, Rabs_mult.
  assert (Hb : Rabs (b / 2)
    <= (Rabs (IZR (factor h)) * d + Rabs (IZR (factor_slope h)) * IZR (step_numerator t) * (IZR (piece m) + 1)) / (2 * d)).
  { rewrite Rabs_div_pos by lra. unfold b.
    replace ((Rabs (IZR (factor h)) * d + Rabs (IZR (factor_slope h)) * IZR (step_numerator t) * (IZR (piece m) + 1)) / (2 * d))
      with ((Rabs (IZR (factor h)) + Rabs (IZR (factor_slope h)) * (step t * (IZR (piece m) + 1))) / 2)
      by (unfold step, frac; fold d; field; lra).
    unfold Rdiv. apply Rmult_le_compat_r; [lra|]. eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat_l.
    rewrite Rabs_mult, (Rabs_right v) by lra. apply Rmult_le_compat_l; [apply Rabs_pos|lra]. }
  eapply Rle_trans; [apply Rmult_le_compat; [apply Rabs_pos|apply Rabs_pos|exact Hb|exact Hm]|].
  right. unfold blur. rewrite ED. rewrite !mult_IZR, plus_IZR, !mult_IZR, plus_IZR, !abs_IZR. fold F U M d. field. lra.
Qed.

(** * The bound *)

Definition close (t : table) (p : list Z) (side : Z) (h : shape) (m : model) : bool :=
  let left := (bound_numerator t * denominator t p - bound_denominator t * blur t p h m)%Z in
  let d := scale_by (bound_denominator t) (difference t p side h m) in
  if nonneg (halvings t) (add [left] d) then nonneg (halvings t) (add [left] (opp d)) else false.

Lemma close_sound : forall t f s side h m u, well_formed t = true -> near (model_unit t) (step t) s m -> 0 <= u <= 1 ->
  let v := step t * (IZR (piece m) + u) in
  close t (powers (coefficients t)) side h m = true -> f (IZR side * v) = shaped h v (s v) ->
  Rabs (approximation t (IZR side * v) - f (IZR side * v)) <= bound t.
Proof.
  intros t f s side h m u H Hm Hu v C E. pose proof (difference_sound t f s side h m u H Hm Hu E) as S. fold v in S.
  set (p := powers (coefficients t)) in *. unfold close in C. cbv zeta in C.
  destruct (nonneg _ _) eqn:P in C; [|discriminate]. rename C into N.
  pose proof (nonneg_sound _ _ P u Hu) as P'. pose proof (nonneg_sound _ _ N u Hu) as N'.
  rewrite eval_add, eval_scale in P'. rewrite eval_add, eval_opp, eval_scale in N'. cbn [eval] in P', N'.
  rewrite minus_IZR, !mult_IZR in P', N'.
  destruct (denominator_positive t p H) as [_ HD]. pose proof (well_formed_spec t H) as (_ & _ & _ & Hb & _).
  set (D := IZR (denominator t p)) in *. set (g := eval (difference t p side h m) u) in *.
  set (e := approximation t (IZR side * v) - f (IZR side * v)) in *.
  unfold bound, frac. set (bn := IZR (bound_numerator t)) in *. set (bd := IZR (bound_denominator t)) in *.
  assert (G : Rabs g + IZR (blur t p h m) <= bn / bd * D).
  { apply Rmult_le_reg_l with bd; [assumption|]. replace (bd * (bn / bd * D)) with (bn * D) by (field; lra).
    unfold Rabs. destruct (Rcase_abs g); lra. }
  apply Rmult_le_reg_r with D; [assumption|].
  assert (Rabs e * D <= Rabs g + IZR (blur t p h m)); [|lra].
  replace (Rabs e) with (Rabs (g / D - (g / D - e))) by (f_equal; ring).
  replace (Rabs g + IZR (blur t p h m)) with ((Rabs (g / D) + IZR (blur t p h m) / D) * D).
  2: { rewrite Rabs_div_pos by assumption. field. lra. }
  apply Rmult_le_compat_r; [lra|]. unfold Rminus at 1.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. lra.
Qed.

(** Whether more than an end of a piece lies in the interval, on a side. *)
Definition meets (t : table) (side : Z) (m : model) : bool :=
  ((piece m * step_numerator t * scale t <? most t side * step_denominator t) &&
   (least t side * step_denominator t <? (piece m + 1) * step_numerator t * scale t))%Z.

Definition reaches (t : table) : bool :=
  (Z.max (Z.abs (lo t)) (Z.abs (hi t)) * step_denominator t <=? Z.of_nat (pieces t) * step_numerator t * scale t)%Z.

Definition check_bound (t : table) (h : Z -> shape) (models : list model) : bool :=
  let p := powers (coefficients t) in
  well_formed t && reaches t &&
  forallb (fun m => forallb (fun side => if meets t side m then close t p side (h side) m else true) [1; -1]%Z) models.

(** The models are near s, and cover what `reaches` says. *)
Definition cover (t : table) (s : R -> R) (models : list model) : Prop :=
  (forall m, In m models -> near (model_unit t) (step t) s m) /\
  forall v, (0 < v <= INR (pieces t) -> exists m, In m models /\ left_open (IZR (piece m)) v) /\
            (0 <= v < INR (pieces t) -> exists m, In m models /\ right_open (IZR (piece m)) v).

(** Where v lies: a piece and a place on it. *)
Lemma located : forall t s models side v, well_formed t = true -> reaches t = true -> cover t s models -> is_side side ->
  inside t side v -> exists m u, In m models /\ near (model_unit t) (step t) s m /\ 0 <= u <= 1 /\
    v = step t * (IZR (piece m) + u) /\ meets t side m = true.
Proof.
  intros t s models side v H Hr [Hnear Hcover] Hside (Hv & Hin & Hmost).
  pose proof (well_formed_spec t H) as (Hs & _ & Hlh & _ & Hn & Hd & _).
  unfold reaches in Hr. apply Z.leb_le in Hr.
  set (n := IZR (step_numerator t)) in *. set (d := IZR (step_denominator t)) in *. set (c := IZR (scale t)) in *.
  set (w := v * d / n). assert (Ev : v = step t * w) by (unfold step, frac, w; fold n d; field; lra).
  assert (Hw : 0 <= w) by (unfold w, Rdiv; apply Rmult_le_pos; [nra|left; apply Rinv_0_lt_compat; assumption]).
  assert (Ew : w * (n * c) = v * c * d) by (unfold w; field; lra). assert (Hnc : 0 < n * c) by (apply Rmult_lt_0_compat; assumption).
  assert (Hend : IZR (most t side) * d <= INR (pieces t) * (n * c)).
  { rewrite INR_IZR_INZ. apply IZR_le in Hr. rewrite !mult_IZR in Hr. fold n d c in Hr.
    assert (IZR (most t side) <= IZR (Z.max (Z.abs (lo t)) (Z.abs (hi t)))).
    { apply IZR_le. unfold most. destruct Hside as [->| ->]; lia. }
    apply Rle_trans with (IZR (Z.max (Z.abs (lo t)) (Z.abs (hi t))) * d); [apply Rmult_le_compat_r|]; lra. }
  apply IZR_lt in Hmost.
  assert (Hwide : IZR (least t side) < IZR (most t side)).
  { apply lt_IZR in Hlh. apply IZR_lt. unfold least, most. destruct Hside as [->| ->]; lia. }
  (* v > 0 inside or at the right end lies not at the left end of a piece; 0 and the left end, not at the right one. *)
  assert (Found : exists m, In m models /\ IZR (piece m) <= w <= IZR (piece m) + 1 /\
    IZR (piece m) * (n * c) < IZR (most t side) * d /\ IZR (least t side) * d < (IZR (piece m) + 1) * (n * c)).
  { assert (Cases : (0 < v /\ IZR (least t side) < v * c) \/ (v * c < IZR (most t side) /\ (v = 0 \/ v * c = IZR (least t side)))).
    { destruct (Rtotal_order (v * c) (IZR (least t side))) as [L|[E|G]]; [lra|right; split; [lra|right; assumption]|].
      destruct Hv as [Hv|<-]; [left; split; assumption|right; split; [lra|left; reflexivity]]. }
    destruct (Hcover w) as [Left Right]. destruct Cases as [[Pos Beyond]|[Before _]].
    - destruct Left as (m & Hm & Hl).
      { split; [unfold w, Rdiv; repeat apply Rmult_lt_0_compat; try assumption; apply Rinv_0_lt_compat; assumption|].
        apply Rmult_le_reg_r with (n * c); [assumption|]. rewrite Ew.
        apply Rle_trans with (IZR (most t side) * d); [apply Rmult_le_compat_r|]; lra. }
      exists m. unfold left_open in Hl. split; [assumption|]. split; [lra|].
      assert (IZR (piece m) * (n * c) < w * (n * c)) by (apply Rmult_lt_compat_r; lra).
      assert (w * (n * c) <= (IZR (piece m) + 1) * (n * c)) by (apply Rmult_le_compat_r; lra).
      assert (v * c * d <= IZR (most t side) * d) by (apply Rmult_le_compat_r; lra).
      assert (IZR (least t side) * d < v * c * d) by (apply Rmult_lt_compat_r; lra). lra.
    - destruct Right as (m & Hm & Hl).
      { split; [assumption|]. apply Rmult_lt_reg_r with (n * c); [assumption|]. rewrite Ew.
        apply Rlt_le_trans with (IZR (most t side) * d); [apply Rmult_lt_compat_r|]; lra. }
      exists m. unfold right_open in Hl. split; [assumption|]. split; [lra|].
      assert (IZR (piece m) * (n * c) <= w * (n * c)) by (apply Rmult_le_compat_r; lra).
      assert (w * (n * c) < (IZR (piece m) + 1) * (n * c)) by (apply Rmult_lt_compat_r; lra).
      assert (v * c * d < IZR (most t side) * d) by (apply Rmult_lt_compat_r; lra).
      assert (IZR (least t side) * d <= v * c * d) by (apply Rmult_le_compat_r; lra). lra. }
  destruct Found as (m & Hm & Hpl & Hleft & Hright).
  exists m, (w - IZR (piece m)). split; [assumption|]. split; [apply Hnear; assumption|]. split; [lra|].
  split; [rewrite Ev at 1; f_equal; ring|].
  unfold meets. rewrite andb_true_iff, !Z.ltb_lt.
  split; apply lt_IZR; rewrite !mult_IZR, ?plus_IZR; fold n c d; lra.
Qed.

Lemma side_of : forall t x, well_formed t = true -> low t <= x <= high t ->
  exists side v, is_side side /\ inside t side v /\ x = IZR side * v.
Proof.
  intros t x H Hx. pose proof (well_formed_spec t H) as (Hs & _ & Hl & _). unfold low, high, frac in Hx.
  assert (Hx' : IZR (lo t) <= x * IZR (scale t) <= IZR (hi t)).
  { replace (IZR (lo t)) with (IZR (lo t) / IZR (scale t) * IZR (scale t)) by (field; lra).
    replace (IZR (hi t)) with (IZR (hi t) / IZR (scale t) * IZR (scale t)) by (field; lra).
    split; apply Rmult_le_compat_r; lra. }
  pose proof (lt_IZR _ _ Hl) as Hlz.
  assert (Cases : 0 < x \/ x < 0 \/ x = 0) by lra.
  assert (R : 0 <= x -> (0 < hi t)%Z -> exists side v, is_side side /\ inside t side v /\ x = IZR side * v).
  { intros P Q. exists 1%Z, x. split; [left; reflexivity|]. split; [|ring]. unfold inside, least, most.
    rewrite !Z.mul_1_l, Z.min_l, Z.max_r by lia. split; [lra|]. split; [lra|assumption]. }
  assert (L : x <= 0 -> (lo t < 0)%Z -> exists side v, is_side side /\ inside t side v /\ x = IZR side * v).
  { intros P Q. exists (-1)%Z, (- x). split; [right; reflexivity|]. split; [|ring]. unfold inside, least, most.
    replace (-1 * lo t)%Z with (- lo t)%Z by ring. replace (-1 * hi t)%Z with (- hi t)%Z by ring.
    rewrite Z.min_r, Z.max_l, !opp_IZR by lia. split; [lra|]. split; [lra|lia]. }
  destruct Cases as [P|[P|P]].
  - apply R; [lra|]. apply lt_IZR. assert (0 < x * IZR (scale t)) by (apply Rmult_lt_0_compat; assumption). lra.
  - apply L; [lra|]. apply lt_IZR. assert (x * IZR (scale t) < 0) by nra. lra.
  - destruct (Z_lt_le_dec 0 (hi t)); [apply R; [lra|assumption]|apply L; [lra|lia]].
Qed.

Theorem bound_sound : forall t h s f models, cover t s models ->
  (forall side v, is_side side -> inside t side v -> f (IZR side * v) = shaped (h side) v (s v)) ->
  check_bound t h models = true -> forall x, low t <= x <= high t -> Rabs (approximation t x - f x) <= bound t.
Proof.
  intros t h s f models Hc Hf C x Hx. unfold check_bound in C. rewrite !andb_true_iff in C. destruct C as [[H Hr] C].
  destruct (side_of t x H Hx) as (side & v & Hside & Hin & ->).
  destruct (located t s models side v H Hr Hc Hside Hin) as (m & u & Hm & Hn & Hu & Ev & Meets).
  rewrite forallb_forall in C. specialize (C m Hm). rewrite forallb_forall in C. specialize (C side).
  rewrite Meets in C. rewrite Ev. apply (close_sound t f s side (h side) m u H Hn Hu).
  - apply C. destruct Hside as [->| ->]; simpl; auto.
  - rewrite <- Ev. apply Hf; assumption.
Qed.
