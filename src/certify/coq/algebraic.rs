//! Polynomials in either basis, on any number of intervals, shown by Bernstein subdivision.

use super::file::{COMPUTE, CoqFile};
use super::{DEPTH, Function, ends};
use crate::certify::certificate::Certificate;
use crate::poly::{Basis, common_denominator};
use crate::real::Exact;
use rug::Rational;

const INSIDE: &str = "inside certified x";
const DECREASING: &str = "forall i x z, In i (intervals certified) -> between certified i x ->\n  between certified i z -> \
                          (x < z)%R -> (approximation certified z < approximation certified x)%R";
const NOT_DECREASING: &str = "exists i x z, In i (intervals certified) /\\ between certified i x /\\\n  \
                              between certified i z /\\ (x < z)%R /\\ (approximation certified x <= approximation certified z)%R";

/// A table of one polynomial.
pub(super) fn polynomial(
    c: &Certificate,
    bound: &Rational,
    function: Function,
    (basis, coefficients): (Basis, &[Exact]),
) -> String {
    let mut file =
        CoqFile::new(c, "Require Import PolyAttn.Algebraic PolyAttn.AlgebraicShape PolyAttn.AlgebraicPoints.");
    let coefficients: Vec<Rational> = coefficients.iter().map(|c| c.0.clone()).collect();
    let (numerators, unit) = common_denominator(&coefficients);
    let (ends, scale) = ends(c);
    file.record("certified", "table", |file| {
        file.field("scale", scale);
        if let (Some(first), Some(last)) = (ends.first(), ends.iter().rev().nth(1)) {
            file.field("base", format_args!("({first}, {last})"));
        }
        file.intervals(&ends);
        file.field("chebyshev", basis == Basis::Chebyshev);
        file.coefficients(&numerators, &unit);
        file.bound(bound);
    });
    let (kind, error) = (function.name(c.claim.metric), function.error());
    let factor = if kind == "absolute" { " * (x + shift certified)" } else { "" };
    let statement = format!("forall x, {INSIDE} ->\n  ({error} <= bound certified{factor})%R");
    file.theorem("error_bound", &statement, &format!("apply ({kind}_sound {DEPTH}). {COMPUTE}"));
    let attained = format!("exists x, {INSIDE} /\\\n  (point lower{factor} <= {error})%R");
    file.attained(c, &attained, &format!("apply {kind}_lower_sound with worst. {COMPUTE}"));
    shape(&mut file, c);
    file.into_text()
}

/// What is known of sign and slope.
fn shape(file: &mut CoqFile, c: &Certificate) {
    if c.positive == Some(true) {
        let statement = format!("forall x, {INSIDE} -> (0 < approximation certified x)%R");
        file.theorem("positive", &statement, &format!("apply (positive_sound {DEPTH}). {COMPUTE}"));
    }
    if c.monotone == Some(true) {
        file.theorem("decreasing", DECREASING, &format!("apply (decreasing_sound {DEPTH}). {COMPUTE}"));
    }
    if let Some(x) = &c.witnesses.not_positive {
        file.definition("negative", x);
        let statement = format!("exists x, {INSIDE} /\\ (approximation certified x <= 0)%R");
        file.theorem("not_positive", &statement, &format!("apply not_positive_sound with negative. {COMPUTE}"));
    }
    if let Some([x, z]) = &c.witnesses.not_monotone {
        file.definition("earlier", x);
        file.definition("later", z);
        let proof = format!("apply not_decreasing_sound with earlier later. {COMPUTE}");
        file.theorem("not_decreasing", NOT_DECREASING, &proof);
    }
}
