(** The error of a table at a rational point, from below; and both checks of a table on one computation of the models. *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Witness PolyAttn.Bernstein PolyAttn.Models.
Require Export PolyAttn.Transcendental.
Import ListNotations.
Open Scope R_scope.

(** * From below, at a rational point *)

Definition point (x : Z * Z) : R := frac (fst x) (snd x).
Definition side_at (t : table) (x : Z * Z) : Z :=
  if (0 <? fst x)%Z then 1%Z else if (fst x <? 0)%Z then (-1)%Z else if (0 <? hi t)%Z then 1%Z else (-1)%Z.

(** Whether x lies at `fst place/snd place` on the piece, and the error there is at least `lower`. *)
Definition attains (t : table) (p : list Z) (side : Z) (h : shape) (x lower : Z * Z) (m : model) : bool :=
  let a := (Z.abs (fst x) * step_denominator t - piece m * step_numerator t * snd x)%Z in
  let b := (step_numerator t * snd x)%Z in
  if ((0 <=? a) && (a <=? b))%Z then
    let d := difference t p side h m in
    let f := compose_factor b d in
    (fst lower * (f * denominator t p)
     <=? snd lower * (Z.abs (at_zero (compose a 0 b d)) - f * blur t p h m))%Z
  else false.

Definition check_lower (t : table) (h : Z -> shape) (models : list model) (x lower : Z * Z) : bool :=
  let p := powers (coefficients t) in
  let side := side_at t x in
  (well_formed t && (0 <? snd x) && (0 <? snd lower) && (lo t * snd x <=? fst x * scale t) &&
   (fst x * scale t <=? hi t * snd x) && (existsb (attains t p side (h side) x lower) models))%Z.

Lemma attains_sound : forall t f s side h x lower m, well_formed t = true -> near (model_unit t) (step t) s m ->
  (0 < snd x)%Z -> (0 < snd lower)%Z -> point x = IZR side * (IZR (Z.abs (fst x)) / IZR (snd x)) ->
  attains t (powers (coefficients t)) side h x lower m = true ->
  (let v := IZR (Z.abs (fst x)) / IZR (snd x) in f (IZR side * v) = shaped h v (s v)) ->
  point lower <= Rabs (approximation t (point x) - f (point x)).
Proof.
  intros t f s side h x lower m H Hm Hx Hl Ex A E. cbv zeta in E. unfold attains in A.
  set (p := powers (coefficients t)) in *. set (d := difference t p side h m) in *.
  set (a := (Z.abs (fst x) * step_denominator t - piece m * step_numerator t * snd x)%Z) in *.
  set (b := (step_numerator t * snd x)%Z) in *.
  destruct (_ && _) eqn:In in A; [|discriminate]. rewrite andb_true_iff, !Z.leb_le in In. destruct In as [Ha Hab].
  apply Z.leb_le in A.
  pose proof (well_formed_spec t H) as (Hs & _ & _ & _ & Hn & Hd & _).
  assert (Hb : (0 < b)%Z) by (apply Z.mul_pos_pos; [apply lt_IZR|]; assumption).
  assert (Hb' : 0 < IZR b) by (apply IZR_lt; assumption). assert (Hx' : 0 < IZR (snd x)) by (apply IZR_lt; assumption).
  assert (Hu : 0 <= IZR a / IZR b <= 1).
  { apply IZR_le in Ha, Hab. split.
    - unfold Rdiv. apply Rmult_le_pos; [assumption|left; apply Rinv_0_lt_compat; assumption].
    - apply Rmult_le_reg_r with (IZR b); [assumption|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l; lra. }
  assert (Ev : step t * (IZR (piece m) + IZR a / IZR b) = IZR (Z.abs (fst x)) / IZR (snd x)).
  { unfold step, frac, a, b. rewrite minus_IZR, !mult_IZR. field. lra. }
  pose proof (difference_sound t f s side h m _ H Hm Hu) as S. cbv zeta in S. rewrite Ev in S. specialize (S E).
  rewrite <- Ex in S. fold p d in S.
  pose proof (eval_compose a 0 b d 0 Hb) as V. rewrite eval_zero, Rmult_0_l, Rplus_0_r in V.
  pose proof (compose_factor_positive b d Hb) as HF. destruct (denominator_positive t p H) as [_ HD].
  apply IZR_le in A. rewrite !mult_IZR, minus_IZR, mult_IZR, abs_IZR, V, Rabs_mult_pos in A by lra.
  apply IZR_lt in Hl.
  set (F := IZR (compose_factor b d)) in *. set (D := IZR (denominator t p)) in *. set (g := eval d (IZR a / IZR b)) in *.
  set (e := approximation t (point x) - f (point x)) in *. set (B := IZR (blur t p h m)) in *.
  assert (G : Rabs g - B <= Rabs e * D).
  { replace (Rabs g) with (Rabs (g / D) * D) by (rewrite Rabs_div_pos by assumption; field; lra).
    replace B with (B / D * D) by (field; lra).
    assert (Rabs (g / D) - B / D <= Rabs e); [|nra].
    replace (g / D) with ((g / D - e) + e) by ring. pose proof (Rabs_triang (g / D - e) e). lra. }
  unfold point at 1, frac. apply Rmult_le_reg_r with (IZR (snd lower) * (F * D)); [repeat apply Rmult_lt_0_compat; assumption|].
  replace (IZR (fst lower) / IZR (snd lower) * (IZR (snd lower) * (F * D))) with (IZR (fst lower) * (F * D)) by (field; lra).
  eapply Rle_trans; [exact A|].
  replace (IZR (snd lower) * (F * Rabs g - F * B)) with (IZR (snd lower) * F * (Rabs g - B)) by ring.
  replace (Rabs e * (IZR (snd lower) * (F * D))) with (IZR (snd lower) * F * (Rabs e * D)) by ring.
  apply Rmult_le_compat_l; [|assumption]. left; apply Rmult_lt_0_compat; assumption.
Qed.

Theorem lower_sound : forall t h s f models x lower, cover t s models ->
  (forall side v, is_side side -> inside t side v -> f (IZR side * v) = shaped (h side) v (s v)) ->
  check_lower t h models x lower = true ->
  exists v, low t <= v <= high t /\ point lower <= Rabs (approximation t v - f v).
Proof.
  intros t h s f models x lower [Hnear _] Hf C. unfold check_lower in C. rewrite !andb_true_iff, !Z.ltb_lt, !Z.leb_le in C.
  destruct C as [[[[[H Hx] Hl] Hlow] Hhigh] C]. apply existsb_exists in C. destruct C as (m & Hm & A).
  pose proof (well_formed_spec t H) as (Hs & _ & Hlh & _). apply lt_IZR in Hlh.
  assert (Hx' : 0 < IZR (snd x)) by (apply IZR_lt; assumption).
  apply IZR_le in Hlow, Hhigh. rewrite !mult_IZR in Hlow, Hhigh.
  assert (In : low t <= point x <= high t).
  { unfold low, high, point, frac. split; apply Rmult_le_reg_r with (IZR (scale t) * IZR (snd x));
      try (apply Rmult_lt_0_compat; assumption).
    - replace (IZR (lo t) / IZR (scale t) * (IZR (scale t) * IZR (snd x))) with (IZR (lo t) * IZR (snd x)) by (field; lra).
      replace (IZR (fst x) / IZR (snd x) * (IZR (scale t) * IZR (snd x))) with (IZR (fst x) * IZR (scale t)) by (field; lra).
      assumption.
    - replace (IZR (hi t) / IZR (scale t) * (IZR (scale t) * IZR (snd x))) with (IZR (hi t) * IZR (snd x)) by (field; lra).
      replace (IZR (fst x) / IZR (snd x) * (IZR (scale t) * IZR (snd x))) with (IZR (fst x) * IZR (scale t)) by (field; lra).
      assumption. }
  exists (point x). split; [assumption|].
  assert (Side : is_side (side_at t x) /\ fst x = (side_at t x * Z.abs (fst x))%Z /\ (0 < most t (side_at t x))%Z).
  { unfold side_at, most, is_side. apply le_IZR in Hlow || rewrite <- !mult_IZR in Hlow; apply le_IZR in Hlow.
    rewrite <- !mult_IZR in Hhigh; apply le_IZR in Hhigh. apply lt_IZR in Hs.
    destruct (Z.ltb_spec 0 (fst x)); [split; [auto|split; [lia|nia]]|].
    destruct (Z.ltb_spec (fst x) 0); [split; [auto|split; [lia|nia]]|].
    destruct (Z.ltb_spec 0 (hi t)); (split; [auto|split; [lia|lia]]). }
  destruct Side as (Hside & Es & Hmost).
  assert (Ex : point x = IZR (side_at t x) * (IZR (Z.abs (fst x)) / IZR (snd x))).
  { unfold point, frac. rewrite Es at 1. rewrite mult_IZR. field. lra. }
  apply (attains_sound t f s (side_at t x) (h (side_at t x)) x lower m); try assumption; [apply Hnear; assumption|].
  cbv zeta. apply Hf; [assumption|]. split; [|split; [|assumption]].
  - apply Rmult_le_pos; [apply IZR_le; lia|left; apply Rinv_0_lt_compat; assumption].
  - assert (Hmm : IZR (lo t) <= point x * IZR (scale t) <= IZR (hi t)).
    { unfold low, high, frac in In.
      replace (IZR (lo t)) with (IZR (lo t) / IZR (scale t) * IZR (scale t)) by (field; lra).
      replace (IZR (hi t)) with (IZR (hi t) / IZR (scale t) * IZR (scale t)) by (field; lra).
      split; apply Rmult_le_compat_r; lra. }
    rewrite Ex in Hmm. unfold least, most. destruct Hside as [Hs1|Hs1]; rewrite Hs1 in *.
    + rewrite !Z.mul_1_l, Z.min_l, Z.max_r by lia. lra.
    + replace (-1 * lo t)%Z with (- lo t)%Z by ring. replace (-1 * hi t)%Z with (- hi t)%Z by ring.
      rewrite Z.min_r, Z.max_l, !opp_IZR by lia. lra.
Qed.

(** * Both, of one computation of the models *)

Definition check (t : table) (h : Z -> shape) (models : list model) (x lower : Z * Z) : bool :=
  forallb holds models && check_bound t h models && check_lower t h models x lower.

Lemma check_formed : forall t h models x lower, check t h models x lower = true ->
  well_formed t = true /\ forallb holds models = true.
Proof. intros t h models x lower C. unfold check, check_bound in C. rewrite !andb_true_iff in C. tauto. Qed.

(** What a check is to show: the bound everywhere, and somewhere an error of at least `lower`. *)
Definition bounded (t : table) (f : R -> R) : Prop := forall x, low t <= x <= high t -> Rabs (approximation t x - f x) <= bound t.
Definition attained (t : table) (f : R -> R) (lower : Z * Z) : Prop :=
  exists x, low t <= x <= high t /\ point lower <= Rabs (approximation t x - f x).

Theorem check_sound : forall t h s f models x lower, cover t s models ->
  (forall side v, is_side side -> inside t side v -> f (IZR side * v) = shaped (h side) v (s v)) ->
  check t h models x lower = true -> bounded t f /\ attained t f lower.
Proof.
  intros t h s f models x lower Hc Hf C. unfold check in C. rewrite !andb_true_iff in C. destruct C as [[_ Cb] Cl].
  split; [exact (bound_sound t h s f models Hc Hf Cb)|exact (lower_sound t h s f models x lower Hc Hf Cl)].
Qed.

(** * Models that come from a run *)

Lemma run_cover : forall A (good : Z -> A -> Prop) t s steps (state : A),
  correct good (near (model_unit t) (step t) s) steps -> good 0%Z state ->
  forallb holds (run steps (pieces t) 0 state) = true -> cover t s (run steps (pieces t) 0 state).
Proof.
  intros A good t s steps state Hc Hg Hh. split.
  - apply (run_near A good _ steps Hc); try assumption; lia.
  - intro v. pose proof (run_covers A good _ steps Hc (pieces t) 0 state ltac:(lia) Hg Hh v) as C.
    rewrite Z.add_0_l, <- INR_IZR_INZ in C. exact C.
Qed.

Lemma step_positive : forall t, well_formed t = true -> 0 < step t.
Proof.
  intros t H. apply well_formed_spec in H. destruct H as (_ & _ & _ & _ & Hn & Hd & _).
  unfold step, frac, Rdiv. apply Rmult_lt_0_compat; [assumption|apply Rinv_0_lt_compat; assumption].
Qed.
