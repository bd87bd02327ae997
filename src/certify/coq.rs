//! A certificate as a Coq file: the same numbers, and theorems that Coq checks by computation.
//!
//! `proofs/checker` has the checkers and their soundness; `proofs/README.md` says how to run them.

use super::certificate::Certificate;
use super::recurrence::Recurrence;
use super::subject::Subject;
use super::witness::{ChebyshevResidual, ChebyshevWitness};
use crate::error::{Error, Result};
use crate::poly::common_denominator;
use crate::poly::table::{Form, Metric};
use crate::real::Exact;
use rug::{Integer, Rational};
use std::fmt::Write;

/// The Coq file of a proved certificate of 1/D, D > 0, on one interval, by a Chebyshev witness or of a composite.
///
/// # Errors
/// [`Error::NotCertified`] when the certificate is not proved; [`Error::Input`] when it is of another kind.
pub fn coq(certificate: &Certificate) -> Result<String> {
    let c = certificate;
    super::verify(c)?;
    let subject = Subject::new(&c.form, &c.target, &c.intervals, c.claim.metric)?;
    let ([[lo, hi]], Some(bound)) = (c.intervals.as_slice(), &c.certified_upper) else {
        return Err(Error::input("field 'intervals': a Coq file is about one interval"));
    };
    if subject.denominator(lo) <= 0 {
        return Err(Error::input("field 'intervals': a Coq file is about x + ε > 0"));
    }
    let ends = common_denominator(&[lo.0.clone(), hi.0.clone(), c.target.epsilon.0.clone()]);
    let mut file = CoqFile { text: String::new(), fields: 0 };
    match (&c.form, &c.chebyshev) {
        (Form::Polynomial { coefficients, .. }, Some(witness)) => {
            file.header(c, "Witness PolyAttn.Points");
            file.ends(&ends);
            file.polynomial(coefficients, bound, witness);
            file.polynomial_theorems(c, ChebyshevResidual::of(&subject).as_ref());
        }
        (Form::Composite { start, steps }, _) => {
            file.header(c, "CompositeRange");
            file.ends(&ends);
            let recurrence = Recurrence::new(start, steps, &subject.segments);
            file.composite(start, steps, bound, &(Integer::from(1) << recurrence.bits()));
            file.composite_theorems(c, **bound < 1);
        }
        (Form::Stages { .. }, _) => return Err(Error::input("field 'form': a composite of stages has no Coq file")),
        (Form::Polynomial { .. }, None) => {
            return Err(Error::input(
                "field 'chebyshev': the bound was proved without a Chebyshev witness, found none",
            ));
        }
    }
    Ok(file.text)
}

const POSITIVE: &str = "(low certified <= x <= high certified)%R -> (0 < approximation certified x)%R";
const NOT_POSITIVE: &str = "exists x, (low certified <= x <= high certified)%R /\\ (approximation certified x <= 0)%R";
const DECREASING: &str = "(low certified <= x)%R -> (x < z)%R -> (z <= high certified)%R ->\n  \
                          (approximation certified z < approximation certified x)%R";
const NOT_DECREASING: &str = "exists x z, (low certified <= x)%R /\\ (x < z)%R /\\ (z <= high certified)%R /\\\n  \
                              (approximation certified x <= approximation certified z)%R";
/// How a claim is proved whose check has been reduced to a computation: Coq computes once, at Qed.
const COMPUTE: &str = "vm_cast_no_check (eq_refl true)";

fn pair(value: &Exact) -> String {
    format!("({}, {})", value.numer(), value.denom())
}

/// A Coq file that is being written: a record, then theorems about it.
struct CoqFile {
    text: String,
    fields: usize,
}

impl CoqFile {
    fn field(&mut self, name: &str, value: impl std::fmt::Display) {
        let separator = if self.fields == 0 { "" } else { ";" };
        self.fields += 1;
        let _ = write!(self.text, "{separator}\n  {name} := {value}");
    }

    fn list<T>(&mut self, name: &str, values: &[T], text: impl Fn(&T) -> String) {
        let lines: Vec<String> = values.iter().map(text).collect();
        self.field(name, format_args!("[\n    {}]", lines.join(";\n    ")));
    }

    fn header(&mut self, c: &Certificate, checkers: &str) {
        let _ = write!(
            self.text,
            "(** {}\n\n    Degree {}; table sha256 {}.\n    Written from the certificate of the same name: change that, not this. \
             *)\n\nRequire Import Reals ZArith List.\nRequire Import PolyAttn.{checkers}.\nImport ListNotations.\nOpen Scope \
             Z_scope.\n\nDefinition certified : table := {{|",
            c.claim.words, c.degree, c.table_sha256
        );
    }

    fn ends(&mut self, (ends, scale): &(Vec<Integer>, Integer)) {
        self.field("scale", scale);
        for (name, end) in ["lo", "hi", "epsilon"].iter().zip(ends) {
            self.field(name, end);
        }
    }

    fn bound(&mut self, bound: &Rational) {
        self.field("bound_numerator", bound.numer());
        self.field("bound_denominator", bound.denom());
    }

    fn polynomial(&mut self, coefficients: &[Exact], bound: &Rational, witness: &ChebyshevWitness) {
        let coefficients: Vec<Rational> = coefficients.iter().map(|c| c.0.clone()).collect();
        let (numerators, unit) = common_denominator(&coefficients);
        self.field("unit", unit);
        self.list("coefficients", &numerators, Integer::to_string);
        self.bound(bound);
        self.field("witness_a", &witness.a);
        self.field("witness_b", &witness.b);
        self.field("witness_k", &witness.k);
        self.field("degree", format_args!("{}%nat", coefficients.len().saturating_sub(1)));
    }

    fn composite(&mut self, start: &Exact, steps: &[Exact], bound: &Rational, one: &Integer) {
        self.field("start", pair(start));
        self.list("steps", steps, pair);
        self.bound(bound);
        self.field("one", one);
    }

    fn definition(&mut self, name: &str, value: &Exact) {
        let _ = write!(self.text, "\nDefinition {name} : Z * Z := {}.\n", pair(value));
    }

    fn theorem(&mut self, name: &str, statement: &str, proof: &str) {
        let _ = write!(self.text, "\nTheorem {name} : {statement}.\nProof. {proof}. Qed.\n");
    }

    /// The bound, and a point where the error is at least `certified_lower`.
    fn error_theorems(&mut self, c: &Certificate, kind: &str, ratio: &str, checked: &str) {
        let factor = if kind == "absolute" { " * (x + shift certified)" } else { "" };
        let error = "Rabs ((x + shift certified) * approximation certified x - 1)";
        let inside = "(low certified <= x <= high certified)%R";
        let bound = format!("forall x, {inside} ->\n  ({error} <= bound certified{factor})%R");
        self.theorem("error_bound", &bound, &format!("apply {kind}_sound. {checked}"));
        if let (Some(lower), Some(x)) = (&c.certified_lower, &c.witnesses.error) {
            self.definition("lower", lower);
            self.definition("worst", x);
            let attained = format!("exists x, {inside} /\\\n  ({ratio} lower{factor} <= {error})%R");
            self.theorem("error_attained", &attained, &format!("apply {kind}_lower_sound with worst. {COMPUTE}"));
        }
    }

    fn not_decreasing(&mut self, c: &Certificate, soundness: &str) {
        if let Some([x, z]) = &c.witnesses.not_monotone {
            self.definition("earlier", x);
            self.definition("later", z);
            let proof = format!("apply {soundness} with earlier later. {COMPUTE}");
            self.theorem("not_decreasing", NOT_DECREASING, &proof);
        }
    }

    fn polynomial_theorems(&mut self, c: &Certificate, residual: Option<&ChebyshevResidual>) {
        self.text.push_str("\n|}.\n");
        let kind = if c.claim.metric == Metric::Relative { "relative" } else { "absolute" };
        self.error_theorems(c, kind, "point", COMPUTE);
        if residual.is_some_and(ChebyshevResidual::is_positive) {
            self.theorem("positive", &format!("forall x, {POSITIVE}"), &format!("apply positive_sound. {COMPUTE}"));
        }
        if residual.is_some_and(ChebyshevResidual::is_decreasing) {
            let proof = format!("apply decreasing_sound. {COMPUTE}");
            self.theorem("decreasing", &format!("forall x z, {DECREASING}"), &proof);
        }
        if let Some(x) = &c.witnesses.not_positive {
            self.definition("negative", x);
            self.theorem("not_positive", NOT_POSITIVE, &format!("apply not_positive_sound with negative. {COMPUTE}"));
        }
        self.not_decreasing(c, "not_decreasing_sound");
    }

    fn composite_theorems(&mut self, c: &Certificate, positive: bool) {
        let _ = write!(self.text, "\n|}}.\n\nLemma checked : check certified = true.\nProof. {COMPUTE}. Qed.\n");
        self.error_theorems(c, "composite", "pair_ratio", "exact checked");
        if positive {
            let proof = format!("apply composite_sign_sound; [exact checked|{COMPUTE}]");
            self.theorem("positive", &format!("forall x, {POSITIVE}"), &proof);
        }
        self.not_decreasing(c, "composite_not_decreasing_sound");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::{FitRequest, Goal, Method, fit};
    use crate::poly::Basis;
    use crate::target::Target;

    fn certificate(method: Method, metric: Metric, lo: i64) -> Certificate {
        let table = fit(&FitRequest {
            target: Target::new("reciprocal", Rational::from((1, 16))).unwrap(),
            intervals: vec![[Exact(Rational::from(lo)), Exact(Rational::from(lo + 1))]],
            goal: Goal::Degree(15),
            metric: Some(metric),
            method,
            basis: Basis::Chebyshev,
            scale_bits: None,
            parity: None,
        });
        crate::certify::certify(&table.unwrap()).unwrap().certificate
    }

    #[test]
    fn every_kind_has_its_theorems() {
        let theorems = |c: &Certificate| coq(c).unwrap().matches("\nTheorem ").count();
        let relative = certificate(Method::Auto, Metric::Relative, 0);
        assert_eq!(theorems(&relative), 4);
        assert!(coq(&relative).unwrap().contains("apply decreasing_sound"));
        assert!(coq(&certificate(Method::Auto, Metric::Absolute, 0)).unwrap().contains("apply absolute_sound"));
        assert!(coq(&certificate(Method::Composite, Metric::Relative, 0)).unwrap().contains("apply composite_sound"));
    }

    #[test]
    fn what_is_not_proved_or_not_of_a_kind_is_refused() {
        let mut false_claim = certificate(Method::Auto, Metric::Relative, 0);
        false_claim.certified_upper = Some(Exact(Rational::from((1, 1_000_000))));
        false_claim.claim.bound = false_claim.certified_upper.clone();
        assert_eq!(coq(&false_claim).unwrap_err().exit_code(), 4);
        let mut bernstein = certificate(Method::Auto, Metric::Relative, 0);
        bernstein.chebyshev = None;
        bernstein.method = "Bernstein subdivision over integers".into();
        assert!(coq(&bernstein).unwrap_err().to_string().contains("chebyshev"));
        assert!(coq(&certificate(Method::Auto, Metric::Relative, -2)).unwrap_err().to_string().contains("x + ε > 0"));
    }
}
