//! Composites: T_2m = T_2∘T_m makes the best residual of degree 2^k out of k doublings.
//!
//! With t_1 = (b + a)/(b − a), t_2m = 2t_m² − 1 and α_m = 2t_m²/t_2m, from R_1 = 1 − cD and y_1 = c = 2/(a + b):
//! y_2m = α_m(1 + R_m)y_m and R_2m = α_m·R_m² − (α_m − 1) keep D·y_m = 1 − R_m and |R_m| ≤ 1/t_m on [a, b].
//! The same recursion with α = 1 is Goldschmidt's (R is squared), and with α − 1 capped the damped composite between the two.

use super::closed_form::check_range;
use super::{Domain, FitRequest, Goal, Method, Numbers, SMALLEST_ERROR_BITS, not_after_rounding};
use crate::error::{Error, Result};
use crate::poly::table::{Form, LARGEST_STEPS, Metric};
use crate::real::{dyadic_nearest, float_to_exact, log2, round_decimal};
use rug::{Float, Rational};

/// Decimal digits by which a rounded constant exceeds what the error is sensitive to.
const GUARD_DIGITS: f64 = 20.0;
/// Bits to which the cap of a damped composite is found, as a part of its largest value.
const CAP_BITS: u32 = 40;

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
        let rounding = Rounding::new(a, b, doublings, scale_bits)?;
        let mut t = mean_ratio(a, b, precision(a, b, doublings));
        let start = rounding.round(&(2 / Rational::from(a + b)), 0.0);
        let mut steps = Vec::new();
        for _ in 0..doublings {
            t = double(&t);
            // α = 2t²/t_2m = 1 + 1/t_2m, and it is the distance from 1 that matters.
            steps.push(rounding.step(&Float::with_val(t.prec(), t.recip_ref()))?);
        }
        Ok(rounding.composite(a, b, start, steps))
    }

    /// Goldschmidt's iteration: α = 1, so that R is squared, from c = 1/b, b the end farther from 0, or c = 2/(a + b).
    ///
    /// # Errors
    /// As [`Composite::new`].
    pub fn goldschmidt(
        a: &Rational,
        b: &Rational,
        start: GoldschmidtStart,
        doublings: u32,
        scale_bits: Option<u32>,
    ) -> Result<Self> {
        let rounding = Rounding::new(a, b, doublings, scale_bits)?;
        let start = rounding.round(&start.constant(a, b), 0.0);
        let composite = rounding.composite(a, b, start, vec![Rational::from(1); doublings as usize]);
        let log2_error = Float::with_val(64, composite.error.log2_ref()).to_f64();
        if -log2_error > SMALLEST_ERROR_BITS { Err(rounding.too_fine()) } else { Ok(composite) }
    }

    /// The composite of `doublings` doublings with the smallest cap λ on α − 1 that meets `limit`: where D is large its
    /// residual is folded less onto that of small D, and less noisy. λ = 0 is Goldschmidt's iteration from 1/b, and
    /// λ = (b − a)/(b + a) the composite of least error.
    ///
    /// # Formula
    /// $$c = \frac{1 + \lambda}{b}, \quad M = \max(1 - ca,\ \lambda)$$ and then in each doubling
    /// $$\lambda_j = \min\left(\frac{M^2}{2 - M^2},\ \lambda\right), \quad \alpha_j = 1 + \lambda_j, \quad
    /// M \leftarrow \max(\alpha_j M^2 - \lambda_j,\ \lambda_j)$$
    ///
    /// # Errors
    /// As [`Composite::new`]; [`Error::NoSolution`] when no cap meets the limit.
    pub fn damped(
        a: &Rational,
        b: &Rational,
        doublings: u32,
        limit: &Rational,
        scale_bits: Option<u32>,
    ) -> Result<Self> {
        let rounding = Rounding::new(a, b, doublings, scale_bits)?;
        let largest = Rational::from(b - a) / Rational::from(b + a).abs();
        let cap = |part: u64| Rational::from(&largest * part) >> CAP_BITS;
        let meets = |part: u64| Damping::new(a, b, &cap(part), doublings).largest <= *limit;
        let (mut below, mut least) = (0, 1u64 << CAP_BITS);
        while below < least {
            let middle = (below + least) / 2;
            if meets(middle) { least = middle } else { below = middle + 1 }
        }
        let damping = Damping::new(a, b, &cap(least), doublings);
        let start = rounding.round(&damping.start, 0.0);
        let steps = damping.excesses.iter().map(|excess| rounding.step(excess)).collect::<Result<_>>()?;
        let composite = rounding.composite(a, b, start, steps);
        if composite.error <= *limit {
            return Ok(composite);
        }
        Err(not_after_rounding(&format!("a damped composite of {doublings} doublings"), &damping.largest))
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

/// Where Goldschmidt's iteration starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoldschmidtStart {
    /// c = 1/b, b the end farther from 0: R = 1 − D/b is not negative.
    FarEnd,
    /// c = 2/(a + b): R is as small as a constant makes it, which saves a doubling.
    Mean,
}

impl GoldschmidtStart {
    /// c.
    pub fn constant(self, a: &Rational, b: &Rational) -> Rational {
        match self {
            Self::FarEnd => far_end(a, b).clone().recip(),
            Self::Mean => 2 / Rational::from(a + b),
        }
    }

    /// The largest |R| after each of 0 … [`LARGEST_STEPS`] squarings, before rounding.
    ///
    /// # Errors
    /// [`Error::Input`] when the range is empty or touches 0.
    pub fn errors(self, a: &Rational, b: &Rational) -> Result<Vec<Float>> {
        check_range(a, b)?;
        let precision = precision(a, b, LARGEST_STEPS as u32);
        let end = |d: &Rational| Float::with_val(precision, 1 - self.constant(a, b) * d).abs();
        let squared = |r: &Float| Some(Float::with_val(precision, r.square_ref()));
        Ok(std::iter::successors(Some(end(a).max(&end(b))), squared).take(LARGEST_STEPS + 1).collect())
    }
}

fn far_end<'a>(a: &'a Rational, b: &'a Rational) -> &'a Rational {
    if *a < 0 { a } else { b }
}

fn near_end<'a>(a: &'a Rational, b: &'a Rational) -> &'a Rational {
    if *a < 0 { b } else { a }
}

/// The constants of a damped composite, before they are rounded.
struct Damping {
    start: Rational,
    /// α − 1 of each doubling.
    excesses: Vec<Float>,
    /// The largest |R| after the last.
    largest: Float,
}

impl Damping {
    fn new(a: &Rational, b: &Rational, cap: &Rational, doublings: u32) -> Self {
        let precision = precision(a, b, doublings);
        let start = Rational::from(cap + 1u32) / far_end(a, b);
        let near = Float::with_val(precision, 1 - Rational::from(&start * near_end(a, b)));
        let cap = Float::with_val(precision, cap);
        let mut largest = near.max(&cap);
        let mut excesses = Vec::new();
        for _ in 0..doublings {
            let square = Float::with_val(precision, largest.square_ref());
            let best = Float::with_val(precision, &square / (2 - square.clone()));
            let excess = best.min(&cap);
            let folded = Float::with_val(precision, &square * &excess) + &square - &excess;
            largest = folded.max(&excess);
            excesses.push(excess);
        }
        Self { start, excesses, largest }
    }
}

/// How the constants of a composite are rounded.
struct Rounding {
    doublings: u32,
    /// log2 of how much a relative error of a constant grows.
    sensitivity: f64,
    scale_bits: Option<u32>,
    precision: u32,
}

impl Rounding {
    fn new(a: &Rational, b: &Rational, doublings: u32, scale_bits: Option<u32>) -> Result<Self> {
        check_range(a, b)?;
        if doublings as usize > LARGEST_STEPS {
            return Err(Error::input(format!("expected at most {LARGEST_STEPS} doublings, found {doublings}")));
        }
        let sensitivity = log2(&kappa(a, b)) + 2.0 * f64::from(doublings);
        Ok(Self { doublings, sensitivity, scale_bits, precision: precision(a, b, doublings) })
    }

    /// A constant that needs `log2_size` bits more than the sensitivity asks for.
    fn round(&self, value: &Rational, log2_size: f64) -> Rational {
        let digits = GUARD_DIGITS + (self.sensitivity + log2_size) * std::f64::consts::LOG10_2;
        match self.scale_bits {
            Some(bits) => dyadic_nearest(value, bits),
            None => round_decimal(value, digits.ceil() as u32),
        }
    }

    /// α = 1 + excess.
    fn step(&self, excess: &Float) -> Result<Rational> {
        if excess.is_zero() {
            return Ok(Rational::from(1));
        }
        let log2_size = -Float::with_val(64, excess.log2_ref()).to_f64();
        if log2_size > SMALLEST_ERROR_BITS {
            return Err(self.too_fine());
        }
        Ok(self.round(&(float_to_exact(excess) + 1u32), log2_size))
    }

    fn composite(&self, a: &Rational, b: &Rational, start: Rational, steps: Vec<Rational>) -> Composite {
        let error = largest_residual(a, b, &start, &steps, self.precision);
        Composite { start, steps, error }
    }

    fn too_fine(&self) -> Error {
        Error::input(format!(
            "{} doublings bring the error below 2^-{SMALLEST_ERROR_BITS} on this interval: take fewer",
            self.doublings
        ))
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
            "--method: composites have a relative error only: ask for --error relative (the absolute error is at most that \
             over the smallest |x + ε|)",
        ));
    }
    if request.basis == crate::poly::Basis::Monomial {
        return Err(Error::input("--method: composites have no coefficients, so no --basis: leave it out"));
    }
    let (a, b) = (&domain.a, &domain.b);
    let (composite, method) = match request.method {
        Method::Goldschmidt => (goldschmidt(request, a, b, GoldschmidtStart::FarEnd)?, "goldschmidt"),
        Method::GoldschmidtMean => (goldschmidt(request, a, b, GoldschmidtStart::Mean)?, "goldschmidt-mean"),
        Method::Damped => (damped(request, a, b)?, "damped"),
        _ => (best(request, a, b)?, "composite"),
    };
    let precision = precision(a, b, composite.steps.len() as u32);
    let steps = composite.steps.into_iter().map(Into::into).collect();
    let form = Form::Composite { start: composite.start.into(), steps };
    form.validate().map_err(|e| e.at("--scale-bits is too small for this interval"))?;
    Ok(Numbers { form, error: composite.error, method, precision, iterations: 0, exchange: None })
}

/// The composite of least error.
fn best(request: &FitRequest, a: &Rational, b: &Rational) -> Result<Composite> {
    let make = |doublings| Composite::new(a, b, doublings, request.scale_bits);
    match &request.goal {
        Goal::Degree(degree) => make(doublings_of_degree(*degree)?),
        Goal::MaxError(limit) => composite_for_error(&Composite::errors(a, b)?, limit, make),
    }
}

fn goldschmidt(request: &FitRequest, a: &Rational, b: &Rational, start: GoldschmidtStart) -> Result<Composite> {
    let make = |doublings| Composite::goldschmidt(a, b, start, doublings, request.scale_bits);
    match &request.goal {
        Goal::Degree(degree) => make(doublings_of_degree(*degree)?),
        Goal::MaxError(limit) => composite_for_error(&start.errors(a, b)?, limit, make),
    }
}

/// As many doublings as the composite of least error needs, with the smallest cap that meets the limit too.
fn damped(request: &FitRequest, a: &Rational, b: &Rational) -> Result<Composite> {
    let Goal::MaxError(limit) = &request.goal else {
        return Err(Error::input("--degree: a damped composite is made for an error: give --max-error"));
    };
    let doublings = best(request, a, b)?.steps.len() as u32;
    Composite::damped(a, b, doublings, limit, request.scale_bits)
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
fn composite_for_error(
    errors: &[Float],
    limit: &Rational,
    make: impl Fn(u32) -> Result<Composite>,
) -> Result<Composite> {
    let Some(least) = errors.iter().position(|error| error <= limit) else {
        let best = errors.last().map_or(1.0, Float::to_f64);
        return Err(Error::NoSolution(format!(
            "no composite of {LARGEST_STEPS} doublings or fewer has relative error {:.3e}: {LARGEST_STEPS} doublings \
             have {best:.3e}; take a smaller interval or a larger error",
            Float::with_val(64, limit).to_f64()
        )));
    };
    for doublings in least..=(least + 1).min(LARGEST_STEPS) {
        let composite = make(doublings as u32)?;
        if composite.error <= *limit {
            return Ok(composite);
        }
    }
    Err(not_after_rounding(&format!("a composite of {least} doublings"), errors.get(least).unwrap_or(&Float::new(64))))
}
