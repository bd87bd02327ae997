(** A checker for tables of 1/(x + ε), 1/√(x + ε) and sign(x) in either basis, on any number of intervals.

    On each interval the claim is that polynomials with integer coefficients are ≥ 0 on [0, 1] (Bernstein.v). *)

Require Import Reals List ZArith Lra Lia Psatz Bool.
Require Import PolyAttn.Base PolyAttn.Chebyshev PolyAttn.Bernstein.
Require PolyAttn.Witness.
Import ListNotations.
Open Scope R_scope.

Record table := {
  scale : Z;                  (** the denominator of all ends and of ε *)
  base : Z * Z;               (** the interval of the Chebyshev basis *)
  intervals : list (Z * Z);
  epsilon : Z;
  chebyshev : bool;           (** else the powers of x *)
  unit : Z;                   (** the denominator of the coefficients *)
  coefficients : list Z;
  bound_numerator : Z;
  bound_denominator : Z
}.

Definition frac (n d : Z) : R := IZR n / IZR d.
Definition point (x : Z * Z) : R := frac (fst x) (snd x).
Definition shift (t : table) : R := frac (epsilon t) (scale t).
Definition bound (t : table) : R := frac (bound_numerator t) (bound_denominator t).
Definition between (t : table) (i : Z * Z) (x : R) : Prop := frac (fst i) (scale t) <= x <= frac (snd i) (scale t).
(** x lies in one of the intervals. *)
Definition inside (t : table) (x : R) : Prop := exists i, In i (intervals t) /\ between t i x.

(** r(x) = Σ c_k·T_k(y), y running from −1 to 1 over `base`, or Σ c_k·x^k. *)
Definition place (t : table) (x : R) : R :=
  let '(l, h) := base t in (2 * x - frac l (scale t) - frac h (scale t)) / (frac h (scale t) - frac l (scale t)).
Definition approximation (t : table) (x : R) : R :=
  (if chebyshev t then Witness.series 0 (place t x) (coefficients t) else eval (coefficients t) x) / IZR (unit t).

Definition well_formed (t : table) : bool :=
  ((0 <? scale t) && (0 <? unit t) && (0 <? bound_denominator t) && (fst (base t) <? snd (base t)) &&
   forallb (fun i => fst i <=? snd i) (intervals t))%Z.

Lemma well_formed_spec : forall t, well_formed t = true ->
  0 < IZR (scale t) /\ 0 < IZR (unit t) /\ 0 < IZR (bound_denominator t) /\ IZR (fst (base t)) < IZR (snd (base t)) /\
  forall i, In i (intervals t) -> IZR (fst i) <= IZR (snd i).
Proof.
  unfold well_formed; intros t H. rewrite !andb_true_iff, !Z.ltb_lt, forallb_forall in H.
  destruct H as [[[[H1 H2] H3] H4] H5]. repeat split; try (apply IZR_lt; assumption).
  intros i Hi. apply IZR_le, Z.leb_le, H5, Hi.
Qed.

(** * Powers for Chebyshev polynomials *)

(** s + Σ c_j·T_{k+j} from a = T_k and b = T_{k+1}. *)
Fixpoint expand (a b s l : list Z) {struct l} : list Z :=
  match l with [] => s | [c] => add s (scale_by c a) | c :: l => expand b (add (0 :: scale_by 2 b) (opp a))%Z (add s (scale_by c a)) l end.
Definition terms (t : table) : list Z := if chebyshev t then expand [1]%Z [0; 1]%Z [] (coefficients t) else coefficients t.

Lemma eval_expand : forall y l k a b s, eval a y = T k y -> eval b y = T (S k) y ->
  eval (expand a b s l) y = eval s y + Witness.series k y l.
Proof.
  intros y l; induction l as [|c l IH]; intros k a b s Ha Hb; [simpl; ring|].
  destruct l as [|d l].
  - cbn [expand Witness.series]. rewrite eval_add, eval_scale, Ha; ring.
  - change (expand a b s (c :: d :: l))
      with (expand b (add (0 :: scale_by 2 b) (opp a))%Z (add s (scale_by c a)) (d :: l)).
    rewrite (IH (S k)); [|assumption|].
    + change (Witness.series k y (c :: d :: l)) with (IZR c * T k y + Witness.series (S k) y (d :: l)).
      rewrite eval_add, eval_scale, Ha. ring.
    + rewrite eval_add, eval_opp, Ha, T_SS, <- Hb. cbn [eval]. rewrite eval_scale. ring.
Qed.

(** * On an interval *)

(** The argument of `terms` at (lo + (hi − lo)·u)/scale is (c + w·u)/s. *)
Definition argument (t : table) (i : Z * Z) : Z * Z * Z :=
  let '(lo, hi) := i in
  if chebyshev t then let '(l, h) := base t in (2 * lo - l - h, 2 * (hi - lo), h - l)%Z else (lo, hi - lo, scale t)%Z.
Definition lowest (v : Z * Z * Z) : Z * Z * Z :=
  let '(c, w, s) := v in let g := Z.gcd (Z.gcd c w) s in (c / g, w / g, s / g)%Z.
Definition numerator (t : table) (i : Z * Z) : list Z :=
  let '(c, w, s) := lowest (argument t i) in compose c w s (terms t).
(** eval (numerator) = factor·r. *)
Definition factor (t : table) (i : Z * Z) : Z := let '(c, w, s) := lowest (argument t i) in (compose_factor s (terms t) * unit t)%Z.
Definition at_ (t : table) (i : Z * Z) (u : R) : R := (IZR (fst i) + IZR (snd i - fst i) * u) / IZR (scale t).

Lemma lowest_value : forall c w s u, (0 < s)%Z ->
  let '(c', w', s') := lowest (c, w, s) in
  (0 < s')%Z /\ (IZR c' + IZR w' * u) / IZR s' = (IZR c + IZR w * u) / IZR s.
Proof.
  intros c w s u Hs. unfold lowest. set (g := Z.gcd (Z.gcd c w) s).
  assert (Gs : (g | s)%Z) by apply Z.gcd_divide_r.
  assert (G : (g | Z.gcd c w)%Z) by apply Z.gcd_divide_l.
  assert (Gc : (g | c)%Z) by (eapply Z.divide_trans; [exact G|apply Z.gcd_divide_l]).
  assert (Gw : (g | w)%Z) by (eapply Z.divide_trans; [exact G|apply Z.gcd_divide_r]).
  assert (Hg : (0 <= g)%Z) by apply Z.gcd_nonneg. clearbody g. clear G.
  destruct Gs as [s' ->], Gc as [c' ->], Gw as [w' ->].
  assert (Hg' : g <> 0%Z) by (intros ->; lia). rewrite !Z.div_mul by assumption.
  assert (Hs' : (0 < s')%Z) by nia. split; [assumption|].
  apply not_0_IZR in Hg'. assert (IZR s' <> 0) by (apply not_0_IZR; lia). rewrite !mult_IZR. field. split; assumption.
Qed.

Lemma numerator_value : forall t i u, well_formed t = true ->
  0 < IZR (factor t i) /\ eval (numerator t i) u = IZR (factor t i) * approximation t (at_ t i u).
Proof.
  intros t [lo hi] u Hw. destruct (well_formed_spec t Hw) as (Hs & Hu & _ & Hb & _).
  assert (A : exists c w s, argument t (lo, hi) = (c, w, s) /\ (0 < s)%Z /\
    approximation t (at_ t (lo, hi) u) * IZR (unit t) = eval (terms t) ((IZR c + IZR w * u) / IZR s)).
  { unfold argument, approximation, terms, place, at_. cbn [fst snd]. destruct (chebyshev t).
    - destruct (base t) as [l h]. cbn [fst snd] in Hb. eexists _, _, _. split; [reflexivity|].
      split; [apply lt_IZR in Hb; lia|]. rewrite (eval_expand _ _ 0); [|rewrite T_0; cbn [eval]; ring|rewrite T_1; cbn [eval]; ring].
      cbn [eval]. rewrite Rplus_0_l. unfold Rdiv at 1. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
      f_equal. unfold frac. rewrite !minus_IZR, !mult_IZR, minus_IZR. field. split; lra.
    - eexists _, _, _. split; [reflexivity|]. split; [apply lt_IZR; assumption|].
      unfold Rdiv at 1. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra. reflexivity. }
  destruct A as (c & w & s & E & Hs' & V). unfold numerator, factor. rewrite E.
  pose proof (lowest_value c w s u Hs') as L. destruct (lowest (c, w, s)) as [[c' w'] s']. destruct L as [L1 L2].
  pose proof (compose_factor_positive s' (terms t) L1) as F. rewrite mult_IZR. split; [apply Rmult_lt_0_compat; assumption|].
  rewrite eval_compose, L2, <- V by assumption. ring.
Qed.

Lemma at_surjective : forall t i x, 0 < IZR (scale t) -> IZR (fst i) <= IZR (snd i) -> between t i x ->
  exists u, 0 <= u <= 1 /\ x = at_ t i u.
Proof.
  intros t [lo hi] x Hs Hi [Hl Hh]. unfold at_, frac in *. cbn [fst snd] in *.
  assert (Hl' : IZR lo <= x * IZR (scale t)).
  { apply (Rmult_le_compat_r (IZR (scale t))) in Hl; [|lra]. unfold Rdiv in Hl.
    rewrite Rmult_assoc, Rinv_l in Hl by lra. lra. }
  assert (Hh' : x * IZR (scale t) <= IZR hi).
  { apply (Rmult_le_compat_r (IZR (scale t))) in Hh; [|lra]. unfold Rdiv in Hh.
    rewrite Rmult_assoc, Rinv_l in Hh by lra. lra. }
  rewrite minus_IZR. destruct (Req_dec (IZR lo) (IZR hi)) as [He|Hne].
  - exists 0. split; [lra|]. apply Rmult_eq_reg_r with (IZR (scale t)); [|lra]. field_simplify; lra.
  - exists ((x * IZR (scale t) - IZR lo) / (IZR hi - IZR lo)). split; [|field; lra].
    split; apply Rmult_le_reg_r with (IZR hi - IZR lo); try lra;
      unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra.
Qed.

(** Every real x of the table's intervals is some u of some interval. *)
Lemma inside_at : forall t x, well_formed t = true -> inside t x ->
  exists i u, In i (intervals t) /\ 0 <= u <= 1 /\ x = at_ t i u.
Proof.
  intros t x Hw (i & Hi & Hx). destruct (well_formed_spec t Hw) as (Hs & _ & _ & _ & Ho).
  destruct (at_surjective t i x Hs (Ho i Hi) Hx) as (u & Hu & E). exists i, u. auto.
Qed.

(** scale·(x + ε). *)
Definition denominator (t : table) (i : Z * Z) : list Z := [fst i + epsilon t; snd i - fst i]%Z.
Lemma denominator_value : forall t i u, 0 < IZR (scale t) ->
  eval (denominator t i) u = IZR (scale t) * (at_ t i u + shift t).
Proof. intros. unfold denominator, at_, shift, frac. cbn [eval]. rewrite plus_IZR. field. lra. Qed.

(** * Errors as quotients of polynomials *)

(** |error| ≤ η·weight; both times `factor` and the scale where there is one. *)
Inductive kind := relative_reciprocal | absolute_reciprocal | sign.

Definition error (k : kind) (t : table) (x : R) : R :=
  match k with sign => approximation t x - x / Rabs x | _ => (x + shift t) * approximation t x - 1 end.
Definition weight (k : kind) (t : table) (x : R) : R := match k with absolute_reciprocal => x + shift t | _ => 1 end.

Definition error_list (k : kind) (t : table) (i : Z * Z) : list Z :=
  let f := factor t i in
  match k with
  | sign => add (numerator t i) [if 0 <? fst i then - f else f]%Z
  | _ => add (mul (denominator t i) (numerator t i)) [- (scale t * f)]%Z
  end.
Definition weight_list (k : kind) (t : table) (i : Z * Z) : list Z :=
  let f := factor t i in
  match k with
  | relative_reciprocal => [scale t * f]%Z
  | absolute_reciprocal => scale_by f (denominator t i)
  | sign => [f]
  end.
(** The sign is a constant on the interval. *)
Definition one_signed (k : kind) (i : Z * Z) : bool :=
  match k with sign => (0 <? fst i) || (snd i <? 0) | _ => true end%Z.

Lemma lists_value : forall k t i u, well_formed t = true -> one_signed k i = true -> IZR (fst i) <= IZR (snd i) ->
  0 <= u <= 1 -> exists f, 0 < f /\ eval (error_list k t i) u = f * error k t (at_ t i u) /\
                              eval (weight_list k t i) u = f * weight k t (at_ t i u).
Proof.
  intros k t i u Hw Ho Hi Hu. destruct (well_formed_spec t Hw) as (Hs & _).
  destruct (numerator_value t i u Hw) as [Hf E]. pose proof (denominator_value t i u Hs) as D.
  assert (Hsf : 0 < IZR (scale t) * IZR (factor t i)) by (apply Rmult_lt_0_compat; assumption).
  destruct k; unfold error_list, weight_list, error, weight.
  - exists (IZR (scale t) * IZR (factor t i)). rewrite eval_add, eval_mul, E, D. cbn [eval].
    rewrite opp_IZR, mult_IZR. repeat split; [assumption|ring|ring].
  - exists (IZR (scale t) * IZR (factor t i)). rewrite eval_add, eval_mul, eval_scale, E, D. cbn [eval].
    rewrite opp_IZR, mult_IZR. repeat split; [assumption|ring|ring].
  - exists (IZR (factor t i)). split; [assumption|]. rewrite eval_add, E. cbn [eval]. split; [|ring].
    assert (S : at_ t i u / Rabs (at_ t i u) = if (0 <? fst i)%Z then 1 else -1).
    { unfold at_. unfold one_signed in Ho. rewrite minus_IZR. set (v := IZR (fst i) + _).
      destruct (0 <? fst i)%Z eqn:P.
      - apply Z.ltb_lt, IZR_lt in P. assert (0 < v) by (unfold v; nra).
        assert (0 < v / IZR (scale t)) by (apply Rdiv_lt_0_compat; assumption). rewrite Rabs_right by lra. field. split; lra.
      - simpl in Ho. apply Z.ltb_lt, IZR_lt in Ho. assert (v < 0) by (unfold v; nra).
        assert (0 < - v / IZR (scale t)) by (apply Rdiv_lt_0_compat; lra).
        assert (v / IZR (scale t) < 0) by (unfold Rdiv in *; lra). rewrite Rabs_left by lra. field. split; lra. }
    rewrite S. destruct (0 <? fst i)%Z; rewrite ?opp_IZR; ring.
Qed.

Definition check_within (depth : nat) (k : kind) (t : table) (i : Z * Z) : bool :=
  let e := scale_by (bound_denominator t) (error_list k t i) in
  let m := scale_by (bound_numerator t) (weight_list k t i) in
  if one_signed k i then if nonneg depth (add m e) then nonneg depth (add m (opp e)) else false else false.
Definition check_bound (depth : nat) (k : kind) (t : table) : bool :=
  if well_formed t then forallb (check_within depth k t) (intervals t) else false.

(** The error is at most the bound. *)
Theorem bound_sound : forall depth k t, check_bound depth k t = true -> forall x, inside t x ->
  Rabs (error k t x) <= bound t * weight k t x.
Proof.
  intros depth k t H x Hx. unfold check_bound in H. destruct (well_formed t) eqn:Hw; [|discriminate].
  destruct (inside_at t x Hw Hx) as (i & u & Hi & Hu & ->). rewrite forallb_forall in H. specialize (H i Hi).
  unfold check_within in H. destruct (one_signed k i) eqn:Ho; [|discriminate].
  destruct (nonneg depth (add _ (scale_by _ (error_list k t i)))) eqn:H1; [|discriminate].
  pose proof (nonneg_sound _ _ H1 u Hu) as P. pose proof (nonneg_sound _ _ H u Hu) as M.
  destruct (well_formed_spec t Hw) as (_ & _ & Hd & _ & Hle).
  destruct (lists_value k t i u Hw Ho (Hle i Hi) Hu) as (f & Hf & E & W).
  rewrite eval_add, !eval_scale, E, W in P. rewrite eval_add, eval_opp, !eval_scale, E, W in M.
  set (e := error k t _) in *. set (w := weight k t _) in *.
  assert (B : bound t * w = IZR (bound_numerator t) * w / IZR (bound_denominator t)).
  { unfold bound, frac. field. lra. }
  rewrite B. apply Rabs_le.
  assert (P' : 0 <= IZR (bound_numerator t) * w + IZR (bound_denominator t) * e).
  { apply Rmult_le_reg_l with f; [assumption|]. lra. }
  assert (M' : 0 <= IZR (bound_numerator t) * w - IZR (bound_denominator t) * e).
  { apply Rmult_le_reg_l with f; [assumption|]. lra. }
  assert (Q : IZR (bound_numerator t) * w / IZR (bound_denominator t) * IZR (bound_denominator t)
              = IZR (bound_numerator t) * w) by (field; lra).
  split; apply Rmult_le_reg_r with (IZR (bound_denominator t)); lra.
Qed.

(** The three kinds in full. *)
Corollary relative_sound : forall depth t, check_bound depth relative_reciprocal t = true -> forall x, inside t x ->
  Rabs ((x + shift t) * approximation t x - 1) <= bound t.
Proof. intros depth t H x Hx. rewrite <- (Rmult_1_r (bound t)). exact (bound_sound _ _ _ H x Hx). Qed.

Corollary absolute_sound : forall depth t, check_bound depth absolute_reciprocal t = true -> forall x, inside t x ->
  Rabs ((x + shift t) * approximation t x - 1) <= bound t * (x + shift t).
Proof. intros depth t H x Hx. exact (bound_sound _ _ _ H x Hx). Qed.

Corollary sign_sound : forall depth t, check_bound depth sign t = true -> forall x, inside t x ->
  Rabs (approximation t x - x / Rabs x) <= bound t.
Proof. intros depth t H x Hx. rewrite <- (Rmult_1_r (bound t)). exact (bound_sound _ _ _ H x Hx). Qed.
