//! Composites: T_2m = T_2∘T_m makes the best residual of degree 2^k out of k doublings.
//!
//! With t_1 = (b + a)/(b − a), t_2m = 2t_m² − 1 and α_m = 2t_m²/t_2m, from R_1 = 1 − cD and y_1 = c = 2/(a + b):
//! y_2m = α_m(1 + R_m)y_m and R_2m = α_m·R_m² − (α_m − 1) keep D·y_m = 1 − R_m and |R_m| ≤ 1/t_m on [a, b].

use super::closed_form::check_range;
use super::{Domain, FitRequest, Goal, Numbers, SMALLEST_ERROR_BITS, not_after_rounding};
use crate::error::{Error, Result};
use crate::poly::table::{Form, LARGEST_STEPS, Metric};
use crate::real::{dyadic_nearest, float_to_exact, log2, round_decimal};
use rug::{Float, Rational};

/// Decimal digits by which a rounded constant exceeds what the error is sensitive to.
const GUARD_DIGITS: f64 = 20.0;

/// The constants of a composite for 1/D on [a, b].
#[derive(Debug, Clone, PartialEq)]
pub struct Composite {
    /// y_1.
    pub start: Rational,
    /// α of each doubling.
    pub steps: Vec<Rational>,
    /// The largest |R| after the last doubling, estimated.
    pub error: Float,
}

impl Composite {
    /// The composite of `doublings` doublings on [a, b], 0 < a < b or a < b < 0.
    ///
    /// Constants are rounded to multiples of 2^-bits, or where `scale_bits` is `None` to decimals so long that the
    /// error changes by about 10^-20 of itself.
    ///
    /// # Errors
    /// [`Error::Input`] when the range is empty or touches 0, there are more than [`LARGEST_STEPS`] doublings, or the
    /// error would fall below 2^-16384.
    pub fn new(a: &Rational, b: &Rational, doublings: u32, scale_bits: Option<u32>) -> Result<Self> {
        check_range(a, b)?;
        if doublings as usize > LARGEST_STEPS {
            return Err(Error::input(format!("expected at most {LARGEST_STEPS} doublings, found {doublings}")));
        }
        let sensitivity = log2(&kappa(a, b)) + 2.0 * f64::from(doublings);
        let digits = |log2_t: f64| (GUARD_DIGITS + (sensitivity + log2_t) * std::f64::consts::LOG10_2).ceil() as u32;
        let round = |value: &Rational, log2_t: f64| match scale_bits {
            Some(bits) => dyadic_nearest(value, bits),
            None => round_decimal(value, digits(log2_t)),
        };
        let mut t = mean_ratio(a, b, precision(a, b, doublings));
        let start = round(&(2 / Rational::from(a + b)), 0.0);
        let mut steps = Vec::new();
        for _ in 0..doublings {
            t = double(&t);
            let log2_t = Float::with_val(64, t.log2_ref()).to_f64();
            if log2_t > SMALLEST_ERROR_BITS {
                return Err(Error::input(format!(
                    "{doublings} doublings bring the error below 2^-{SMALLEST_ERROR_BITS} on this interval: take fewer"
                )));
            }
            // α = 2t²/t_2m = 1 + 1/t_2m, and it is the distance from 1 that matters.
            let alpha = float_to_exact(&Float::with_val(t.prec(), t.recip_ref())) + 1u32;
            steps.push(round(&alpha, log2_t));
        }
        let error = largest_residual(a, b, &start, &steps, precision(a, b, doublings));
        Ok(Self { start, steps, error })
    }

    /// 1/t after each of 0 … [`LARGEST_STEPS`] doublings: the errors before rounding.
    ///
    /// # Errors
    /// [`Error::Input`] when the range is empty or touches 0.
    pub fn errors(a: &Rational, b: &Rational) -> Result<Vec<Float>> {
        check_range(a, b)?;
        let t = mean_ratio(a, b, precision(a, b, LARGEST_STEPS as u32));
        Ok(std::iter::successors(Some(t), |t| Some(double(t))).map(Float::recip).take(LARGEST_STEPS + 1).collect())
    }
}

fn double(t: &Float) -> Float {
    Float::with_val(t.prec(), t.square_ref()) * 2 - 1u32
}

fn kappa(a: &Rational, b: &Rational) -> Rational {
    let ratio = Rational::from(b / a);
    if ratio < 1 { ratio.recip() } else { ratio }
}

fn mean_ratio(a: &Rational, b: &Rational, precision: u32) -> Float {
    Float::with_val(precision, Rational::from(b + a).abs() / Rational::from(b - a))
}

/// t_1 − 1 is as small as 1/κ, and k doublings multiply a relative error by 4^k.
fn precision(a: &Rational, b: &Rational, doublings: u32) -> u32 {
    192 + log2(&kappa(a, b)) as u32 + 2 * doublings
}

/// The largest |R| at the last step: |R| is extremal at the ends and where an earlier R is 0.
fn largest_residual(a: &Rational, b: &Rational, start: &Rational, steps: &[Rational], precision: u32) -> Float {
    let end = |d: &Rational| Float::with_val(precision, 1 - Rational::from(start * d));
    let mut orbits = vec![end(a), end(b)];
    let brackets_zero = orbits.iter().any(|r| *r > 0) && orbits.iter().any(|r| *r < 0);
    for (i, alpha) in steps.iter().enumerate() {
        if i > 0 || brackets_zero {
            orbits.push(Float::new(precision));
        }
        let excess = Rational::from(alpha - 1u32);
        for r in &mut orbits {
            *r = Float::with_val(precision, r.square_ref()) * alpha - &excess;
        }
    }
    orbits.into_iter().map(Float::abs).fold(Float::new(precision), |max, r| max.max(&r))
}

/// The composite that a request asks for.
pub(super) fn numbers(request: &FitRequest, domain: &Domain) -> Result<Numbers> {
    if domain.metric == Metric::Absolute {
        return Err(Error::input(
            "--method composite has a relative error only: ask for --error relative (the absolute error is at most that \
             over the smallest |x + ε|)",
        ));
    }
    if request.basis == crate::poly::Basis::Monomial {
        return Err(Error::input("--method composite has no coefficients, so no --basis: leave it out"));
    }
    let (a, b) = (&domain.a, &domain.b);
    let composite = match &request.goal {
        Goal::Degree(degree) => Composite::new(a, b, doublings_of_degree(*degree)?, request.scale_bits)?,
        Goal::MaxError(limit) => composite_for_error(a, b, limit, request.scale_bits)?,
    };
    let precision = precision(a, b, composite.steps.len() as u32);
    let steps = composite.steps.into_iter().map(Into::into).collect();
    let form = Form::Composite { start: composite.start.into(), steps };
    form.validate().map_err(|e| e.at("--scale-bits is too small for this interval"))?;
    Ok(Numbers { form, error: composite.error, method: "composite", precision, iterations: 0, exchange: None })
}

/// k for 2^k − 1.
fn doublings_of_degree(degree: u64) -> Result<u32> {
    let doublings = degree.saturating_add(1).trailing_zeros();
    if degree.checked_add(1).is_some_and(u64::is_power_of_two) && doublings as usize <= LARGEST_STEPS {
        return Ok(doublings);
    }
    Err(Error::input(format!(
        "--degree: a composite has a degree 2^k − 1 with k ≤ {LARGEST_STEPS} (3, 7, 15, …), found {degree}"
    )))
}

/// The fewest doublings that meet the limit, or one more where rounding needs it.
fn composite_for_error(a: &Rational, b: &Rational, limit: &Rational, scale_bits: Option<u32>) -> Result<Composite> {
    let errors = Composite::errors(a, b)?;
    let Some(least) = errors.iter().position(|error| error <= limit) else {
        let best = errors.last().map_or(1.0, Float::to_f64);
        return Err(Error::NoSolution(format!(
            "no composite of {LARGEST_STEPS} doublings or fewer has relative error {:.3e}: {LARGEST_STEPS} doublings \
             have {best:.3e}; take a smaller interval or a larger error",
            Float::with_val(64, limit).to_f64()
        )));
    };
    for doublings in least..=(least + 1).min(LARGEST_STEPS) {
        let composite = Composite::new(a, b, doublings as u32, scale_bits)?;
        if composite.error <= *limit {
            return Ok(composite);
        }
    }
    Err(not_after_rounding(&format!("a composite of {least} doublings"), errors.get(least).unwrap_or(&Float::new(64))))
}
