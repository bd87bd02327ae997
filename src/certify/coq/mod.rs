//! A certificate as a Coq file: the same numbers, and theorems that Coq checks by computation.
//!
//! `proofs/checker` has the checkers and their soundness; `proofs/README.md` says how to run them.

mod algebraic;
mod file;
mod models;
mod reciprocal;
mod stages;

use super::certificate::Certificate;
use super::subject::Subject;
use super::witness::ChebyshevResidual;
use crate::error::{Error, Result};
use crate::poly::common_denominator;
use crate::poly::table::{Form, Metric};
use crate::target::Target;
use rug::{Integer, Rational};

/// Halvings of an interval that Coq may make; a proof by subdivision takes 10 to 20.
const DEPTH: u32 = 60;

/// The functions whose error is an inequality between polynomials.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Function {
    Reciprocal,
    InverseSqrt,
    Sign,
}

impl Function {
    fn of(target: &Target) -> Option<Self> {
        match target {
            Target::Reciprocal(_) => Some(Self::Reciprocal),
            Target::InverseSqrt(_) => Some(Self::InverseSqrt),
            Target::Sign(_) => Some(Self::Sign),
            _ => None,
        }
    }

    /// As the theorems of `proofs/checker` call it.
    fn name(self, metric: Metric) -> &'static str {
        match self {
            Self::Reciprocal if metric == Metric::Absolute => "absolute",
            Self::Reciprocal => "relative",
            Self::InverseSqrt => "inverse_sqrt",
            Self::Sign => "sign",
        }
    }

    /// The error at x; of the reciprocal times x + ε where it is absolute.
    fn error(self) -> &'static str {
        match self {
            Self::Reciprocal => "Rabs ((x + shift certified) * approximation certified x - 1)",
            Self::InverseSqrt => "Rabs (sqrt (x + shift certified) * approximation certified x - 1)",
            Self::Sign => "Rabs (approximation certified x - x / Rabs x)",
        }
    }
}

/// The Coq file of a proved certificate of 1/(x + ε) or 1/√(x + ε) with x + ε > 0, of sign(x), or of exp(x) with x ≤ 0,
/// tanh, the logistic function or either form of GELU.
///
/// # Errors
/// [`Error::NotCertified`] when the certificate is not proved; [`Error::Input`] when it is of another kind.
pub fn coq(certificate: &Certificate) -> Result<String> {
    let c = certificate;
    super::verify(c)?;
    let subject = Subject::new(&c.form, &c.target, &c.intervals, c.claim.metric)?;
    let Some(bound) = &c.certified_upper else {
        return Err(Error::NotCertified("field 'certified_upper': expected a bound, found none".into()));
    };
    let Some(function) = Function::of(&subject.target) else {
        return models::models_file(c, &subject.target, bound);
    };
    check_domain(&subject, function)?;
    let one_interval = c.intervals.len() == 1;
    match (&c.form, &c.chebyshev) {
        (Form::Polynomial { coefficients, .. }, Some(witness)) if one_interval => {
            Ok(reciprocal::witnessed(c, bound, coefficients, witness, ChebyshevResidual::of(&subject).as_ref()))
        }
        (Form::Polynomial { basis, coefficients, .. }, _) => {
            Ok(algebraic::polynomial(c, bound, function, (*basis, coefficients)))
        }
        (Form::Composite { start, steps }, _) if one_interval => {
            Ok(reciprocal::composite(c, bound, (start, steps), &subject.segments))
        }
        (Form::Composite { .. }, _) => {
            Err(Error::input("field 'intervals': the Coq file of a composite is about one interval"))
        }
        (Form::Stages { rule, stages }, _) => Ok(stages::stages(c, bound, *rule, stages)),
    }
}

/// Refuses what the checkers do not cover.
fn check_domain(subject: &Subject, function: Function) -> Result<()> {
    let mut segments = subject.segments.iter();
    match function {
        Function::Sign if segments.any(|(lo, hi)| *lo <= 0 && *hi >= 0) => {
            Err(Error::input("field 'intervals': a Coq file of the sign is about x ≠ 0"))
        }
        Function::InverseSqrt if subject.metric == Metric::Absolute => Err(Error::input(
            "field 'error.metric': a Coq file of the inverse square root is about its relative error, found absolute",
        )),
        Function::Reciprocal | Function::InverseSqrt if segments.any(|(lo, _)| subject.denominator(lo) <= 0) => {
            Err(Error::input("field 'intervals': a Coq file is about x + ε > 0"))
        }
        _ => Ok(()),
    }
}

/// All ends and then ε, over their common denominator.
fn ends(c: &Certificate) -> (Vec<Integer>, Integer) {
    let ends = c.intervals.iter().flatten().chain([&c.target.epsilon]);
    common_denominator(&ends.map(|end| end.0.clone()).collect::<Vec<Rational>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::{FitRequest, Goal, Method, fit};
    use crate::poly::Basis;
    use crate::real::Exact;
    use crate::target::Parity;

    fn fitted(
        name: &str,
        epsilon: Rational,
        intervals: &[[i64; 2]],
        metric: Option<Metric>,
        method: Method,
    ) -> Certificate {
        let goal = Goal::Degree(if name == "sign" { 7 } else { 15 });
        let table = fit(&FitRequest {
            target: Target::new(name, epsilon).unwrap(),
            intervals: intervals.iter().map(|ends| ends.map(|end| Exact(Rational::from(end)))).collect(),
            goal,
            metric,
            method,
            basis: Basis::Chebyshev,
            scale_bits: None,
            constraints: crate::fit::Constraints::default(),
            parity: (name == "sign").then_some(Parity::Odd),
        });
        crate::certify::certify(&table.unwrap()).unwrap().certificate
    }

    fn certificate(method: Method, metric: Metric, lo: i64) -> Certificate {
        fitted("reciprocal", Rational::from((1, 16)), &[[lo, lo + 1]], Some(metric), method)
    }

    #[test]
    fn every_kind_has_its_theorems() {
        let theorems = |c: &Certificate| coq(c).unwrap().matches("\nTheorem ").count();
        let relative = certificate(Method::Auto, Metric::Relative, 0);
        assert_eq!(theorems(&relative), 4);
        assert!(coq(&relative).unwrap().contains("apply decreasing_sound"));
        assert!(coq(&certificate(Method::Auto, Metric::Absolute, 0)).unwrap().contains("apply absolute_sound"));
        assert!(coq(&certificate(Method::Composite, Metric::Relative, 0)).unwrap().contains("apply composite_sound"));
        let sign = coq(&fitted("sign", Rational::new(), &[[-4, -1], [1, 4]], None, Method::Auto)).unwrap();
        assert!(sign.contains("apply (sign_sound 60)") && sign.contains("intervals := [(-4, -1); (1, 4)]"), "{sign}");
        let root = coq(&fitted("inverse-sqrt", Rational::from((1, 16)), &[[0, 1]], None, Method::Auto)).unwrap();
        assert!(root.contains("apply (inverse_sqrt_sound 60)"), "{root}");
        let mut subdivided = relative;
        subdivided.chebyshev = None;
        subdivided.method = "Bernstein subdivision over integers".into();
        assert!(coq(&subdivided).unwrap().contains("apply (relative_sound 60)"));
    }

    #[test]
    fn a_composite_sign_right_of_0_claims_its_bounds_alone() {
        let table = fit(&FitRequest {
            target: Target::new("sign", Rational::new()).unwrap(),
            intervals: vec![[Exact(Rational::from((1, 8))), Exact(Rational::from(1))]],
            goal: Goal::MaxError(Rational::from((1, 1000))),
            metric: None,
            method: Method::Composite,
            basis: Basis::Chebyshev,
            scale_bits: None,
            constraints: crate::fit::Constraints::default(),
            parity: None,
        });
        let certificate = crate::certify::certify(&table.unwrap()).unwrap().certificate;
        assert_eq!(certificate.positive, Some(true));
        // `positive_sound` is about the inverse square root.
        let text = coq(&certificate).unwrap();
        assert!(text.contains("sign_lower_sound") && !text.contains("positive_sound"), "{text}");
    }

    #[test]
    fn what_is_not_proved_or_not_of_a_kind_is_refused() {
        let mut false_claim = certificate(Method::Auto, Metric::Relative, 0);
        false_claim.certified_upper = Some(Exact(Rational::from((1, 1_000_000))));
        false_claim.claim.bound = false_claim.certified_upper.clone();
        assert_eq!(coq(&false_claim).unwrap_err().exit_code(), 4);
        let relu = fitted("relu", Rational::new(), &[[-1, 1]], None, Method::Auto);
        assert!(coq(&relu).unwrap_err().to_string().contains("found another function"));
        let absolute = fitted("inverse-sqrt", Rational::from((1, 16)), &[[0, 1]], Some(Metric::Absolute), Method::Auto);
        assert!(coq(&absolute).unwrap_err().to_string().contains("found absolute"));
        assert!(coq(&certificate(Method::Auto, Metric::Relative, -2)).unwrap_err().to_string().contains("x + ε > 0"));
    }
}
