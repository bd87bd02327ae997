//! A certificate as a Coq file: the same numbers, and theorems that Coq checks by computation.
//!
//! `proofs/checker` has the checkers and their soundness; `proofs/README.md` says how to run them.

use super::certificate::{Certificate, Verdict};
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
    let ([[lo, hi]], Some(bound), Verdict::Proved) = (c.intervals.as_slice(), &c.certified_upper, c.verdict) else {
        return Err(Error::input("field 'intervals': a Coq file is about one interval"));
    };
    if subject.denominator(lo) <= 0 {
        return Err(Error::input("field 'intervals': a Coq file is about x + ε > 0"));
    }
    let ends = common_denominator(&[lo.0.clone(), hi.0.clone(), c.target.epsilon.0.clone()]);
    let mut file = Record { text: header(c), fields: 0 };
    file.text.push_str("Definition certified : table := {|");
    file.fraction_ends(&ends);
    match (&c.form, &c.chebyshev) {
        (Form::Polynomial { coefficients, .. }, Some(witness)) => {
            file.polynomial(coefficients, bound, witness);
            let residual = ChebyshevResidual::of(&subject);
            let shown = |holds: fn(&ChebyshevResidual) -> bool| residual.as_ref().is_some_and(holds);
            file.error_theorem(if c.claim.metric == Metric::Relative { "relative" } else { "absolute" });
            if c.positive == Some(true) && shown(ChebyshevResidual::is_positive) {
                file.text.push_str(POSITIVE);
            }
            if c.monotone == Some(true) && shown(ChebyshevResidual::is_decreasing) {
                file.text.push_str(DECREASING);
            }
        }
        (Form::Composite { start, steps }, _) => {
            let recurrence = Recurrence::new(start, steps, &subject.segments);
            file.composite(start, steps, bound, &(Integer::from(1) << recurrence.bits()));
            file.error_theorem("composite");
            if **bound < 1 {
                file.text.push_str(COMPOSITE_POSITIVE);
            }
        }
        (Form::Polynomial { .. }, None) => {
            return Err(Error::input(
                "field 'chebyshev': the bound was proved without a Chebyshev witness, found none",
            ));
        }
    }
    Ok(file.text)
}

fn header(c: &Certificate) -> String {
    let checker = if matches!(c.form, Form::Composite { .. }) { "CompositeRange" } else { "Witness" };
    format!(
        "(** {}\n\n    Degree {}; table sha256 {}.\n    Written from the certificate of the same name: change that, not this. *)\n\n\
         Require Import Reals ZArith List.\nRequire Import PolyAttn.{checker}.\nImport ListNotations.\nOpen Scope Z_scope.\n\n",
        c.claim.words, c.degree, c.table_sha256
    )
}

const POSITIVE: &str = "
Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply positive_sound. vm_compute. reflexivity. Qed.
";

const DECREASING: &str = "
Theorem decreasing : forall x z, (low certified <= x)%R -> (x < z)%R -> (z <= high certified)%R ->
  (approximation certified z < approximation certified x)%R.
Proof. apply decreasing_sound. vm_compute. reflexivity. Qed.
";

const COMPOSITE_POSITIVE: &str = "
Theorem positive : forall x, (low certified <= x <= high certified)%R -> (0 < approximation certified x)%R.
Proof. apply check_positive_sound. vm_compute. reflexivity. Qed.
";

/// A Coq record that is being written.
struct Record {
    text: String,
    fields: usize,
}

impl Record {
    fn field(&mut self, name: &str, value: impl std::fmt::Display) {
        let separator = if self.fields == 0 { "" } else { ";" };
        self.fields += 1;
        let _ = write!(self.text, "{separator}\n  {name} := {value}");
    }

    fn list<T>(&mut self, name: &str, values: &[T], text: impl Fn(&T) -> String) {
        let lines: Vec<String> = values.iter().map(text).collect();
        self.field(name, format_args!("[\n    {}]", lines.join(";\n    ")));
    }

    fn fraction_ends(&mut self, (ends, scale): &(Vec<Integer>, Integer)) {
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
        let pair = |value: &Exact| format!("({}, {})", value.numer(), value.denom());
        self.field("start", pair(start));
        self.list("steps", steps, pair);
        self.bound(bound);
        self.field("one", one);
    }

    fn error_theorem(&mut self, kind: &str) {
        let allowed = if kind == "absolute" { "bound certified * (x + shift certified)" } else { "bound certified" };
        let _ = write!(
            self.text,
            "\n|}}.\n\nTheorem error_bound : forall x, (low certified <= x <= high certified)%R ->\n  \
             (Rabs ((x + shift certified) * approximation certified x - 1) <= {allowed})%R.\n\
             Proof. apply {kind}_sound. vm_compute. reflexivity. Qed.\n"
        );
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
        });
        crate::certify::certify(&table.unwrap()).unwrap().certificate
    }

    #[test]
    fn every_kind_has_its_theorems() {
        let theorems = |c: &Certificate| coq(c).unwrap().matches("\nTheorem ").count();
        assert_eq!(theorems(&certificate(Method::Auto, Metric::Relative, 0)), 3);
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
        assert!(coq(&bernstein).unwrap_err().to_string().contains("chebyshev"));
        assert!(coq(&certificate(Method::Auto, Metric::Relative, -2)).unwrap_err().to_string().contains("x + ε > 0"));
    }
}
