//! 1/(x + ε) on one interval: tables with a Chebyshev witness, and composites of doublings.

use super::file::{COMPUTE, CoqFile, pair};
use super::{DEPTH, ends};
use crate::certify::certificate::Certificate;
use crate::certify::recurrence::Recurrence;
use crate::certify::subject::Segment;
use crate::certify::witness::{ChebyshevResidual, ChebyshevWitness};
use crate::poly::common_denominator;
use crate::poly::table::Metric;
use crate::real::Exact;
use rug::{Integer, Rational};

const INSIDE: &str = "(low certified <= x <= high certified)%R";
const POSITIVE: &str = "(low certified <= x <= high certified)%R -> (0 < approximation certified x)%R";
const NOT_POSITIVE: &str = "exists x, (low certified <= x <= high certified)%R /\\ (approximation certified x <= 0)%R";
const DECREASING: &str = "(low certified <= x)%R -> (x < z)%R -> (z <= high certified)%R ->\n  \
                          (approximation certified z < approximation certified x)%R";
const NOT_DECREASING: &str = "exists x z, (low certified <= x)%R /\\ (x < z)%R /\\ (z <= high certified)%R /\\\n  \
                              (approximation certified x <= approximation certified z)%R";

/// A table in the Chebyshev basis; what the residual does not show is shown by subdivision.
pub(super) fn witnessed(
    c: &Certificate,
    bound: &Rational,
    coefficients: &[Exact],
    witness: &ChebyshevWitness,
    residual: Option<&ChebyshevResidual>,
) -> String {
    let positive_at_once = residual.is_some_and(ChebyshevResidual::is_positive);
    let decreasing_at_once = residual.is_some_and(ChebyshevResidual::is_decreasing);
    let subdivided =
        (c.positive == Some(true) && !positive_at_once) || (c.monotone == Some(true) && !decreasing_at_once);
    let also = if subdivided { "\nRequire PolyAttn.AlgebraicShape." } else { "" };
    let mut file = CoqFile::new(c, &format!("Require Import PolyAttn.Witness PolyAttn.Points.{also}"));
    let coefficients: Vec<Rational> = coefficients.iter().map(|c| c.0.clone()).collect();
    let (numerators, unit) = common_denominator(&coefficients);
    file.record("certified", "table", |file| {
        interval(file, c);
        file.coefficients(&numerators, &unit);
        file.bound(bound);
        file.field("witness_a", &witness.a);
        file.field("witness_b", &witness.b);
        file.field("witness_k", &witness.k);
        file.field("degree", format_args!("{}%nat", coefficients.len().saturating_sub(1)));
    });
    let kind = if c.claim.metric == Metric::Relative { "relative" } else { "absolute" };
    error(&mut file, c, kind, "point", COMPUTE);
    let by = |at_once: bool, name: &str| {
        let sound =
            if at_once { format!("{name}_sound") } else { format!("(AlgebraicShape.witness_{name}_sound {DEPTH})") };
        format!("apply {sound}. {COMPUTE}")
    };
    if c.positive == Some(true) {
        file.theorem("positive", &format!("forall x, {POSITIVE}"), &by(positive_at_once, "positive"));
    }
    if c.monotone == Some(true) {
        file.theorem("decreasing", &format!("forall x z, {DECREASING}"), &by(decreasing_at_once, "decreasing"));
    }
    if let Some(x) = &c.witnesses.not_positive {
        file.definition("negative", x);
        file.theorem("not_positive", NOT_POSITIVE, &format!("apply not_positive_sound with negative. {COMPUTE}"));
    }
    not_decreasing(&mut file, c, "not_decreasing_sound");
    file.into_text()
}

/// A composite of doublings.
pub(super) fn composite(
    c: &Certificate,
    bound: &Rational,
    (start, steps): (&Exact, &[Exact]),
    segments: &[Segment],
) -> String {
    let mut file = CoqFile::new(c, "Require Import PolyAttn.CompositeRange.");
    let one = Integer::from(1) << Recurrence::new(start, steps, segments).bits();
    file.record("certified", "table", |file| {
        interval(file, c);
        file.field("start", pair(start));
        file.list("steps", steps, |step| pair(step));
        file.bound(bound);
        file.field("one", &one);
    });
    file.lemma("checked", "check certified = true");
    error(&mut file, c, "composite", "pair_ratio", "exact checked");
    if *bound < 1 {
        let proof = format!("apply composite_sign_sound; [exact checked|{COMPUTE}]");
        file.theorem("positive", &format!("forall x, {POSITIVE}"), &proof);
    }
    not_decreasing(&mut file, c, "composite_not_decreasing_sound");
    file.into_text()
}

fn interval(file: &mut CoqFile, c: &Certificate) {
    let (ends, scale) = ends(c);
    file.field("scale", scale);
    for (name, end) in ["lo", "hi", "epsilon"].iter().zip(ends) {
        file.field(name, end);
    }
}

/// The bound, and a point where the error is at least `certified_lower`.
fn error(file: &mut CoqFile, c: &Certificate, kind: &str, ratio: &str, checked: &str) {
    let factor = if kind == "absolute" { " * (x + shift certified)" } else { "" };
    let error = "Rabs ((x + shift certified) * approximation certified x - 1)";
    let bound = format!("forall x, {INSIDE} ->\n  ({error} <= bound certified{factor})%R");
    file.theorem("error_bound", &bound, &format!("apply {kind}_sound. {checked}"));
    let attained = format!("exists x, {INSIDE} /\\\n  ({ratio} lower{factor} <= {error})%R");
    file.attained(c, &attained, &format!("apply {kind}_lower_sound with worst. {COMPUTE}"));
}

fn not_decreasing(file: &mut CoqFile, c: &Certificate, soundness: &str) {
    if let Some([x, z]) = &c.witnesses.not_monotone {
        file.definition("earlier", x);
        file.definition("later", z);
        let proof = format!("apply {soundness} with earlier later. {COMPUTE}");
        file.theorem("not_decreasing", NOT_DECREASING, &proof);
    }
}
