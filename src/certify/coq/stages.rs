//! Composites of stages for the sign and the inverse square root.

use super::file::{COMPUTE, CoqFile};
use super::{DEPTH, Function, ends};
use crate::certify::certificate::Certificate;
use crate::poly::{Basis, Rule, Stage, common_denominator};
use crate::real::Exact;
use rug::Rational;

const INSIDE: &str = "inside certified x";

/// A composite with the certificate's ranges of w.
pub(super) fn stages(c: &Certificate, bound: &Rational, rule: Rule, stages: &[Stage]) -> String {
    let mut file = CoqFile::new(c, "Require Import PolyAttn.StageRange PolyAttn.StageTable.");
    let names: Vec<String> = (1..=stages.len()).map(|i| format!("stage{i}")).collect();
    for (name, stage) in names.iter().zip(stages) {
        file.record(name, "stage", |file| one(file, stage));
    }
    let (ends, scale) = ends(c);
    let (function, made_by) = match rule {
        Rule::Compose => (Function::Sign, "compose_odd"),
        Rule::Refine => (Function::InverseSqrt, "refine"),
    };
    file.record("certified", "table", |file| {
        file.field("scale", scale);
        file.intervals(&ends);
        file.field("made_by", made_by);
        file.field("stages", format_args!("[{}]", names.join("; ")));
        file.list("ranges", &c.ranges, range);
        file.bound(bound);
    });
    file.lemma("checked", &format!("check {DEPTH} certified = true"));
    let (name, error) = (function.name(c.claim.metric), function.error());
    let statement = format!("forall x, {INSIDE} ->\n  ({error} <= bound certified)%R");
    file.theorem("error_bound", &statement, &format!("exact ({name}_sound {DEPTH} certified eq_refl checked)"));
    let attained = format!("exists x, {INSIDE} /\\\n  (point lower <= {error})%R");
    file.attained(
        c,
        &attained,
        &format!("apply ({name}_lower_sound {DEPTH} certified worst); [reflexivity|{COMPUTE}]"),
    );
    // That the sign of a positive number is positive follows from the bound; there is no theorem of its own for it.
    if c.positive == Some(true) && rule == Rule::Refine {
        let statement = format!("forall x, {INSIDE} -> (0 < approximation certified x)%R");
        file.theorem(
            "positive",
            &statement,
            &format!("exact (positive_sound {DEPTH} certified eq_refl checked eq_refl)"),
        );
    }
    if let Some(x) = &c.witnesses.not_positive {
        file.definition("negative", x);
        let statement = format!("exists x, {INSIDE} /\\ (approximation certified x <= 0)%R");
        let proof = format!("exact (not_positive_sound {DEPTH} certified negative eq_refl checked eq_refl)");
        file.theorem("not_positive", &statement, &proof);
    }
    file.into_text()
}

fn one(file: &mut CoqFile, stage: &Stage) {
    let polynomial = stage.polynomial();
    let (ends, scale) = common_denominator(&[polynomial.lo, polynomial.hi]);
    file.field("basis_scale", scale);
    for (name, end) in ["basis_lo", "basis_hi"].iter().zip(ends) {
        file.field(name, end);
    }
    file.field("chebyshev", polynomial.basis == Basis::Chebyshev);
    let (numerators, unit) = common_denominator(&polynomial.coefficients);
    file.coefficients(&numerators, &unit);
}

/// Both ends over one denominator.
fn range([low, high]: &[Exact; 2]) -> String {
    let (ends, denominator) = common_denominator(&[low.0.clone(), high.0.clone()]);
    let ends: Vec<String> = ends.iter().map(ToString::to_string).collect();
    format!("({}, {denominator})", ends.join(", "))
}
