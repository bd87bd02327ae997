//! From a function, an interval and a goal to a coefficient table with an estimated error.
//!
//! What is written here is a proposal: [`crate::certify`] proves it and shares no algorithm with this module.

mod closed_form;
mod composite;
mod general;
mod lattice;
pub mod remez;
mod rounding;
mod stages;

pub use closed_form::{ClosedForm, best_error, closed_form_absolute, closed_form_relative};
pub use composite::{Composite, GoldschmidtStart};
pub use remez::Constraints;

use crate::error::{Error, Result};
use crate::poly::table::{
    ErrorStatement, Exchange, FitRecord, Form, LARGEST_DEGREE, Metric, Table, validate_intervals,
};
use crate::poly::{Basis, Rule};
use crate::real::{Exact, float_to_exact, log2, round_decimal};
use crate::target::{Parity, Reciprocal, Target};
use rounding::Rounded;
use rug::{Float, Rational};
use std::time::Instant;

/// Errors below 2^-16384 are refused: such coefficients would take megabytes, and no library reads them.
const SMALLEST_ERROR_BITS: f64 = 16_384.0;
/// Significant digits of an estimated error.
const ESTIMATE_DIGITS: u32 = 17;
/// By how many degrees a fit goes above the unrounded best, so that the rounded table meets the goal too.
const DEGREES_FOR_ROUNDING: u64 = 2;

/// How a table is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Method {
    /// The best polynomial, by the fastest way there is: for the reciprocal on one interval its closed form.
    Auto,
    /// The best polynomial by the exchange, for every function.
    Remez,
    /// The best polynomial by its formula (reciprocal only).
    ClosedForm,
    /// Doublings of a Chebyshev residual (reciprocal, relative error): degree 2^k − 1 at depth k with 2k − 2 products;
    /// or stages of minimax polynomials (sign, inverse square root).
    Composite,
    /// Goldschmidt's iteration from 1/b (reciprocal, relative error): a composite whose residual is squared.
    Goldschmidt,
    /// The same from 2/(a + b): a doubling less.
    GoldschmidtMean,
    /// The composite of as few doublings whose steps are the least that meet --max-error: less noise where x is large.
    Damped,
}

/// What the table is to reach.
#[derive(Debug, Clone, PartialEq)]
pub enum Goal {
    /// This degree.
    Degree(u64),
    /// The least degree whose error is not above this.
    MaxError(Rational),
}

/// What is asked of [`fit`].
#[derive(Debug, Clone)]
pub struct FitRequest {
    /// The function.
    pub target: Target,
    /// Where.
    pub intervals: Vec<[Exact; 2]>,
    /// How good, or of what degree.
    pub goal: Goal,
    /// Which error counts; the target's own default where `None`.
    pub metric: Option<Metric>,
    /// How.
    pub method: Method,
    /// The basis of the coefficients of a polynomial.
    pub basis: Basis,
    /// A symmetry that the polynomial must have. Intervals to one side of 0 are then joined by their mirror images.
    pub parity: Option<Parity>,
    /// Round every number to a multiple of 2^-bits; where `None`, so finely that the error changes by less than 2^-30
    /// of itself.
    pub scale_bits: Option<u32>,
    /// What the polynomial must satisfy besides.
    pub constraints: Constraints,
}

impl FitRequest {
    /// One polynomial for `target` on [lo, hi] in the Chebyshev basis: the metric is the target's own, nothing is asked besides.
    pub fn new(target: Target, [lo, hi]: [Rational; 2], goal: Goal) -> Self {
        Self {
            target,
            intervals: vec![[Exact(lo), Exact(hi)]],
            goal,
            metric: None,
            method: Method::Auto,
            basis: Basis::Chebyshev,
            parity: None,
            scale_bits: None,
            constraints: Constraints::default(),
        }
    }

    /// The composite for 1/D on [a, b], relative error, of so many doublings: degree 2^doublings − 1.
    pub fn composite_reciprocal(a: Rational, b: Rational, doublings: u32) -> Self {
        let degree = 1u64.checked_shl(doublings).map_or(u64::MAX, |count| count - 1);
        Self::reciprocal(Method::Composite, a, b, Goal::Degree(degree))
    }

    /// 1/D on [a, b] by a method, relative error.
    pub fn reciprocal(method: Method, a: Rational, b: Rational, goal: Goal) -> Self {
        let target = Target::Reciprocal(Reciprocal::default());
        Self { metric: Some(Metric::Relative), method, ..Self::new(target, [a, b], goal) }
    }
}

/// The numbers of a table before its fields are put around them.
struct Numbers {
    form: Form,
    error: Float,
    method: &'static str,
    precision: u32,
    iterations: u64,
    exchange: Option<Exchange>,
}

/// Makes the table that is asked for.
///
/// # Errors
/// [`Error::Input`] for an impossible request, [`Error::NoSolution`] when no table of an allowed size reaches the goal.
pub fn fit(request: &FitRequest) -> Result<Table> {
    let began = Instant::now();
    let intervals = intervals(request)?;
    let metric = request.metric.unwrap_or(request.target.default_metric());
    let numbers = match request.method {
        Method::Remez => general::numbers(request, &intervals, metric)?,
        Method::Auto if !has_closed_form(request) => general::numbers(request, &intervals, metric)?,
        Method::Auto | Method::ClosedForm => polynomial(request, &Domain::new(request, metric)?)?,
        Method::Composite => match Rule::of(&request.target) {
            Some(rule) => stages::numbers(request, rule, &intervals, metric)?,
            None => composite::numbers(request, &Domain::new(request, metric)?)?,
        },
        Method::Goldschmidt | Method::GoldschmidtMean | Method::Damped => {
            composite::numbers(request, &Domain::new(request, metric)?)?
        }
    };
    Ok(Table {
        degree: numbers.form.degree(),
        evaluation: numbers.form.evaluation(),
        form: numbers.form,
        target: request.target.name(),
        intervals,
        error: ErrorStatement {
            metric,
            estimated: estimate(&numbers.error),
            certified_upper: None,
            certified_lower: None,
        },
        positive: None,
        monotone: None,
        fit: FitRecord {
            method: numbers.method.into(),
            status: "converged".into(),
            iterations: numbers.iterations,
            precision_bits: numbers.precision,
            seconds: began.elapsed().as_secs_f64(),
            exchange: numbers.exchange,
        },
    })
}

/// An estimated error as it is written.
fn estimate(error: &Float) -> Exact {
    round_decimal(&float_to_exact(error), ESTIMATE_DIGITS).into()
}

/// Whether a formula gives the best polynomial that is asked for.
fn has_closed_form(request: &FitRequest) -> bool {
    matches!(request.target, Target::Reciprocal(_))
        && request.intervals.len() == 1
        && request.parity.is_none()
        && request.constraints.is_none()
}

/// The checked intervals, with their mirror images where a symmetry is asked for and they lie to one side of 0.
fn intervals(request: &FitRequest) -> Result<Vec<[Exact; 2]>> {
    validate_intervals(&request.intervals)?;
    if let Goal::MaxError(error) = &request.goal
        && (*error <= 0 || log2(error) < -SMALLEST_ERROR_BITS)
    {
        return Err(Error::input(format!(
            "--max-error: expected a number above 0, of at least 2^-{SMALLEST_ERROR_BITS}"
        )));
    }
    let mut intervals = request.intervals.clone();
    let is_positive = intervals.iter().all(|[lo, _]| lo.0 > 0);
    let is_negative = intervals.iter().all(|[_, hi]| hi.0 < 0);
    if request.parity.is_some() && (is_positive || is_negative) {
        let mirrored = |[lo, hi]: &[Exact; 2]| [Rational::from(-&hi.0).into(), Rational::from(-&lo.0).into()];
        intervals.extend(request.intervals.iter().map(mirrored));
        intervals.sort();
    }
    Ok(intervals)
}

/// A checked request for the reciprocal of D = x + ε: x in [lo, hi], D in [a, b].
struct Domain {
    lo: Rational,
    hi: Rational,
    a: Rational,
    b: Rational,
    metric: Metric,
}

impl Domain {
    fn new(request: &FitRequest, metric: Metric) -> Result<Self> {
        let Target::Reciprocal(reciprocal) = &request.target else {
            let name = request.target.name().name;
            return Err(Error::input(format!("--method: {name} has no closed form and no composite: take remez")));
        };
        if !request.constraints.is_none() {
            return Err(Error::input(
                "--fix, --positive: closed forms and composites have no constraints, take --method remez",
            ));
        }
        if request.parity.is_some() {
            return Err(Error::input("--parity: closed forms and composites have no symmetry, take --method remez"));
        }
        let [[lo, hi]] = request.intervals.as_slice() else {
            let count = request.intervals.len();
            return Err(Error::input(format!(
                "--interval: closed forms and composites are for one interval, found {count}; take --method remez"
            )));
        };
        let (a, b) = reciprocal.denominators(lo, hi)?;
        Ok(Self { lo: lo.0.clone(), hi: hi.0.clone(), a, b, metric })
    }
}

/// Refuses degrees that no table has.
fn check_degree(degree: u64) -> Result<()> {
    if degree <= LARGEST_DEGREE {
        return Ok(());
    }
    Err(Error::input(format!("--degree: a polynomial has a degree of at most {LARGEST_DEGREE}, found {degree}")))
}

/// The best polynomial, rounded.
fn polynomial(request: &FitRequest, domain: &Domain) -> Result<Numbers> {
    match &request.goal {
        Goal::Degree(degree) => polynomial_of_degree(request, domain, *degree),
        Goal::MaxError(limit) => polynomial_for_error(request, domain, limit),
    }
}

fn polynomial_of_degree(request: &FitRequest, domain: &Domain, degree: u64) -> Result<Numbers> {
    check_degree(degree)?;
    let best = closed_form::closed_form(domain.metric, &domain.a, &domain.b, degree)?;
    let bits = rounding::scale_bits(&best, request.basis, &domain.lo, &domain.hi);
    if -closed_form::log2_float(&best.error) > SMALLEST_ERROR_BITS || bits > 2.0 * SMALLEST_ERROR_BITS {
        return Err(too_fine(degree));
    }
    let bits = request.scale_bits.unwrap_or(bits as u32);
    let best = best.with_coefficients(bits);
    let Rounded { coefficients, error } = rounding::round(&best, request.basis, &domain.lo, &domain.hi, bits);
    let form = Form::polynomial(request.basis, coefficients, bits)?;
    Ok(Numbers { form, error, method: "closed-form", precision: best.precision, iterations: 0, exchange: None })
}

/// The least degree whose best error meets the limit, or one or two more where rounding needs them.
fn polynomial_for_error(request: &FitRequest, domain: &Domain, limit: &Rational) -> Result<Numbers> {
    let error = |degree: u64| best_error(domain.metric, &domain.a, &domain.b, degree);
    let last = error(LARGEST_DEGREE)?;
    if last > *limit {
        return Err(Error::NoSolution(format!(
            "no polynomial of degree {LARGEST_DEGREE} or less has {} error {:.3e}: the best of degree {LARGEST_DEGREE} \
             has {:.3e}; a smaller interval, a larger error or --method composite may do",
            domain.metric,
            Float::with_val(64, limit).to_f64(),
            last.to_f64()
        )));
    }
    let (mut below, mut least) = (0, LARGEST_DEGREE);
    while below < least {
        let middle = (below + least) / 2;
        if error(middle)? > *limit { below = middle + 1 } else { least = middle }
    }
    for degree in least..=(least + DEGREES_FOR_ROUNDING).min(LARGEST_DEGREE) {
        let numbers = polynomial_of_degree(request, domain, degree)?;
        if numbers.error <= *limit {
            return Ok(numbers);
        }
    }
    Err(not_after_rounding(&format!("degree {least}"), &error(least)?))
}

fn not_after_rounding(size: &str, error: &Float) -> Error {
    Error::NoSolution(format!(
        "{size} reaches {:.6e} with exact coefficients, but not when they are rounded: raise --scale-bits",
        error.to_f64()
    ))
}

fn too_fine(degree: u64) -> Error {
    Error::input(format!(
        "--degree: degree {degree} needs coefficients of more than {SMALLEST_ERROR_BITS} bits on this interval in this \
         basis; take a smaller degree, or the Chebyshev basis"
    ))
}

#[cfg(test)]
mod tests;
