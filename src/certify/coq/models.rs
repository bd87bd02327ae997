//! Functions that Coq knows by a differential equation: exp, both forms of GELU, tanh and the logistic function.
//!
//! The models that stand in for the function are computed and bounded in Coq. The file says how long their pieces are,
//! and how many coefficients and bits they have; a bad choice is refused by Coq, and never shows something false.

use super::file::CoqFile;
use super::{DEPTH, ends};
use crate::certify::certificate::Certificate;
use crate::error::{Error, Result};
use crate::poly::table::{Form, Metric};
use crate::poly::{Basis, common_denominator};
use crate::real::{Exact, log2};
use crate::target::Target;
use rug::{Integer, Rational};

/// Bits of a model below the bound: the lower bound has 12 digits, and what was rounded off it must stay above the
/// model's error.
const MODEL_BITS: u32 = 68;
/// A piece is at most 1/4 long.
const PIECES_PER_UNIT: u32 = 4;
/// More pieces than this would take Coq minutes.
const MOST_PIECES: u32 = 256;

/// How the theorems of `proofs/checker` know a function, and how fast its Taylor series converges.
struct Known {
    checker: &'static str,
    /// Of the check and of its soundness theorem.
    name: &'static str,
    /// What is said before the claim, what is given to the theorem, and f(x).
    given: [&'static str; 2],
    value: &'static str,
    /// Around every t ≥ 0 the modelled function is below 2^`growth_bits` in a circle of this radius.
    radius: f64,
    growth_bits: f64,
}

impl Known {
    fn of(target: &Target) -> Option<Self> {
        let known = |checker, name, value, radius, growth_bits| {
            Some(Self { checker, name, given: ["", ""], value, radius, growth_bits })
        };
        match target {
            Target::Exp(_) => known("Exponential", "exp", "exp x", 8.0, 12.0),
            Target::GeluErf(_) => Some(Self {
                given: ["forall Phi, is_distribution Phi -> ", " Phi normal"],
                ..known("Gelu", "gelu_erf", "x * Phi x", 4.0, 12.0)?
            }),
            // The poles nearest to the half-line are 2.75, π/2 and π away from it.
            Target::GeluTanh(_) => known("Riccati", "gelu_tanh", "gelu_tanh x", 2.5, 8.0),
            Target::Tanh(_) => known("Riccati", "tanh", "tanh x", 1.5, 8.0),
            Target::Sigmoid(_) => known("Riccati", "sigmoid", "sigmoid x", 3.0, 8.0),
            _ => None,
        }
    }
}

/// Equal pieces of |x| from 0 on, with every end of the interval between two of them.
struct Pieces {
    step: Rational,
    count: u32,
}

impl Pieces {
    fn of([lo, hi]: &[Exact; 2]) -> Result<Self> {
        let (ends, scale) = common_denominator(&[lo.0.clone().abs(), hi.0.clone().abs()]);
        let common = Rational::from((ends.iter().fold(Integer::new(), |gcd, end| gcd.gcd(end)), scale));
        let (_, parts) = Rational::from(&common * PIECES_PER_UNIT).fract_ceil(Integer::new());
        let step = common / parts.clone().max(Integer::from(1));
        let farthest = lo.0.clone().abs().max(hi.0.clone().abs());
        let count = (farthest / &step).numer().to_u32().filter(|count| *count <= MOST_PIECES).ok_or_else(|| {
            Error::input(format!(
                "field 'intervals': a Coq file takes at most {MOST_PIECES} equal pieces of |x|, each at most \
                 1/{PIECES_PER_UNIT} long, with the ends between pieces; [{lo}, {hi}] has more"
            ))
        })?;
        Ok(Self { step, count })
    }
}

/// The Coq file of a table of a function that no polynomial inequality describes: absolute error, one interval.
///
/// # Errors
/// [`Error::Input`] when the function, the form, the interval or the metric is not one that Coq knows of.
pub(super) fn models_file(c: &Certificate, target: &Target, bound: &Rational) -> Result<String> {
    let known = Known::of(target).ok_or_else(|| {
        Error::input(
            "field 'target': a Coq file is about reciprocal, inverse-sqrt, sign, exp, tanh, sigmoid, gelu-erf or gelu-tanh, \
             found another function",
        )
    })?;
    let Form::Polynomial { basis: Basis::Chebyshev, coefficients, .. } = &c.form else {
        return Err(Error::input(format!("field 'basis': a Coq file of {} is about Chebyshev sums", known.name)));
    };
    let [interval] = c.intervals.as_slice() else {
        return Err(Error::input(format!("field 'intervals': a Coq file of {} is about one interval", known.name)));
    };
    if c.claim.metric != Metric::Absolute {
        let message =
            format!("field 'error.metric': a Coq file of {} is about absolute error, found relative", known.name);
        return Err(Error::input(message));
    }
    if matches!(target, Target::Exp(_)) && *interval[1] > 0 {
        return Err(Error::input(format!(
            "field 'intervals': a Coq file of exp is about x ≤ 0, found {}",
            interval[1]
        )));
    }
    let (Some(lower), Some(worst)) = (&c.certified_lower, &c.witnesses.error) else {
        return Err(Error::input("field 'witnesses.error': expected the point of the lower bound, found none"));
    };
    let pieces = Pieces::of(interval)?;
    let mut file = CoqFile::new(c, &format!("Require Import PolyAttn.{}.", known.checker));
    file.record("certified", "table", |file| record(file, c, coefficients, bound, &known, &pieces));
    file.definition("lower", lower);
    file.definition("worst", worst);
    theorems(&mut file, &known);
    Ok(file.into_text())
}

fn record(
    file: &mut CoqFile,
    c: &Certificate,
    coefficients: &[Exact],
    bound: &Rational,
    known: &Known,
    pieces: &Pieces,
) {
    let (ends, scale) = ends(c);
    file.field("scale", scale);
    for (name, end) in ["lo", "hi"].iter().zip(&ends) {
        file.field(name, end);
    }
    let coefficients: Vec<Rational> = coefficients.iter().map(|c| c.0.clone()).collect();
    let (numerators, unit) = common_denominator(&coefficients);
    file.coefficients(&numerators, &unit);
    file.bound(bound);
    file.field("step_numerator", pieces.step.numer());
    file.field("step_denominator", pieces.step.denom());
    file.field("pieces", format_args!("{}%nat", pieces.count));
    let bits = (-log2(bound)).max(0.0).ceil() as u32 + MODEL_BITS;
    // Cauchy: the k-th coefficient times step^k is below 2^growth_bits·(step/radius)^k.
    let octaves = (known.radius / pieces.step.to_f64()).log2();
    let degree = ((f64::from(bits) + known.growth_bits) / octaves).ceil();
    file.field("model_degree", format_args!("{degree}%nat"));
    file.field("model_unit", Integer::from(1) << bits);
    file.field("halvings", format_args!("{DEPTH}%nat"));
}

fn theorems(file: &mut CoqFile, known: &Known) {
    let Known { name, given: [before, arguments], value, .. } = known;
    file.lemma("checked", &format!("check_{name} certified worst lower = true"));
    let inside = "(low certified <= x <= high certified)%R";
    let error = format!("Rabs (approximation certified x - {value})");
    let mut theorem = |title: &str, claim: String, part: &str| {
        let names = if arguments.is_empty() { String::new() } else { format!("intros{arguments}. ") };
        let proof = format!("{names}exact ({part} ({name}_sound _ _ _ checked{arguments}))");
        file.theorem(title, &format!("{before}{claim}"), &proof);
    };
    theorem("error_bound", format!("forall x, {inside} ->\n  ({error} <= bound certified)%R"), "proj1");
    theorem("error_attained", format!("exists x, {inside} /\\\n  (point lower <= {error})%R"), "proj2");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certify::coq;
    use crate::fit::{FitRequest, Goal, Method, fit};

    fn certificate(name: &str, [lo, hi]: [(i64, i64); 2], metric: Metric) -> Certificate {
        let table = fit(&FitRequest {
            target: Target::new(name, Rational::new()).unwrap(),
            intervals: vec![[lo, hi].map(|end| Exact(Rational::from(end)))],
            goal: Goal::Degree(7),
            metric: Some(metric),
            method: Method::Auto,
            basis: Basis::Chebyshev,
            scale_bits: None,
            constraints: crate::fit::Constraints::default(),
            parity: None,
        });
        crate::certify::certify(&table.unwrap()).unwrap().certificate
    }

    fn text(name: &str, ends: [(i64, i64); 2]) -> String {
        coq(&certificate(name, ends, Metric::Absolute)).unwrap()
    }

    #[test]
    fn each_function_has_its_check_and_two_theorems() {
        for (name, check, value) in [
            ("exp", "check_exp", "- exp x)"),
            ("tanh", "check_tanh", "- tanh x)"),
            ("sigmoid", "check_sigmoid", "- sigmoid x)"),
            ("gelu-erf", "check_gelu_erf", "- x * Phi x)"),
            ("gelu-tanh", "check_gelu_tanh", "- gelu_tanh x)"),
        ] {
            let text = text(name, [(-2, 1), (0, 1)]);
            assert!(text.contains(&format!("Lemma checked : {check} certified worst lower = true.")), "{text}");
            assert_eq!(text.matches(value).count(), 2, "{text}");
            assert_eq!(text.matches("\nTheorem ").count(), 2);
        }
    }

    #[test]
    fn ends_lie_between_pieces() {
        for (ends, step, count) in [
            ([(-8, 1), (0, 1)], (1, 4), 32),
            // gcd(3/2, 5/3) = 1/6 and 2/3.
            ([(-3, 2), (5, 3)], (1, 6), 10),
            ([(-2, 3), (2, 3)], (2, 9), 3),
            ([(1, 8), (1, 1)], (1, 8), 8),
        ] {
            let pieces = Pieces::of(&ends.map(|end| Exact(Rational::from(end)))).unwrap();
            assert_eq!((pieces.step, pieces.count), (Rational::from(step), count));
        }
        let text = text("tanh", [(-3, 2), (5, 3)]);
        assert!(text.contains("step_numerator := 1;\n  step_denominator := 6;\n  pieces := 10%nat;"), "{text}");
    }

    #[test]
    fn what_coq_does_not_know_is_refused_by_name() {
        let refused = |c: &Certificate| coq(c).unwrap_err().to_string();
        let exp = |ends| certificate("exp", ends, Metric::Absolute);
        assert!(refused(&exp([(-1, 1), (1, 1)])).contains("x ≤ 0, found 1"));
        assert!(refused(&exp([(-100, 1), (0, 1)])).contains("at most 256 equal pieces"));
        assert!(refused(&certificate("exp", [(-1, 1), (0, 1)], Metric::Relative)).contains("found relative"));
        assert!(refused(&certificate("log", [(1, 1), (2, 1)], Metric::Absolute)).contains("found another function"));
    }
}
