//! The best polynomials for 1/D on an interval, by their classical formulas.
//!
//! For 0 < a < b write h = (b − a)/2, y = (2D − a − b)/(b − a), μ = (b + a)/(b − a) and t = (√b − √a)/(√b + √a), so
//! that D = h(y + μ) and μ = (t + 1/t)/2. A negative interval is the mirror image: 1/D = −1/(−D).
//! (Chebyshev 1887; Bernstein; see Rivlin, *The Chebyshev Polynomials*, §2 and §3.)

use crate::error::{Error, Result};
use crate::poly::table::Metric;
use crate::real::Exact;
use rug::ops::{NegAssign, Pow};
use rug::{Float, Rational};

/// Bits beyond what the size of the numbers demands.
const GUARD_BITS: u32 = 64;

/// The best polynomial of its degree for 1/D on [a, b] in a metric, before rounding.
#[derive(Debug, Clone)]
pub struct ClosedForm {
    /// Which error is least.
    pub metric: Metric,
    /// The degree n.
    pub degree: u64,
    /// That error: 1/T_(n+1)(μ) relative, (b − a)·tⁿ/(2ab) absolute.
    pub error: Float,
    /// Full Chebyshev coefficients in y; empty until they are asked for.
    pub coefficients: Vec<Float>,
    /// Bits of the working precision.
    pub precision: u32,
    /// The end of |D| that is nearer to the pole.
    pub near: Rational,
    /// The end of |D| that is farther from the pole.
    pub far: Rational,
    /// Whether D < 0.
    pub mirrored: bool,
}

/// The best relative error: 1 − D·r(D) = T_(n+1)(y)/T_(n+1)(−μ) for degree n.
///
/// Coefficients are right to about 2^-bits·2^-32 each.
///
/// # Errors
/// [`Error::Input`] unless 0 < a < b or a < b < 0.
pub fn closed_form_relative(a: &Rational, b: &Rational, degree: u64, bits: u32) -> Result<ClosedForm> {
    closed_form(Metric::Relative, a, b, degree).map(|best| best.with_coefficients(bits))
}

/// The best absolute error: D·r(D) − 1 is the multiple of T_(n+1) + 2t·T_n + t²·T_(n−1) that is −1 at y = −μ.
///
/// # Errors
/// As [`closed_form_relative`].
pub fn closed_form_absolute(a: &Rational, b: &Rational, degree: u64, bits: u32) -> Result<ClosedForm> {
    closed_form(Metric::Absolute, a, b, degree).map(|best| best.with_coefficients(bits))
}

/// The least error of any polynomial of this degree for 1/D on [a, b].
///
/// # Errors
/// As [`closed_form_relative`].
pub fn best_error(metric: Metric, a: &Rational, b: &Rational, degree: u64) -> Result<Float> {
    closed_form(metric, a, b, degree).map(|best| best.error)
}

/// Refuses a range of D that is empty or touches the pole.
pub(super) fn check_range(a: &Rational, b: &Rational) -> Result<()> {
    if a < b && (*a > 0 || *b < 0) {
        return Ok(());
    }
    let show = |value: &Rational| Exact(value.clone());
    Err(Error::input(format!("expected 0 < a < b or a < b < 0 for 1/D, found [{}, {}]", show(a), show(b))))
}

/// log2 of a positive float of any size.
pub(super) fn log2_float(value: &Float) -> f64 {
    Float::with_val(64, value.log2_ref()).to_f64()
}

/// The best error without the coefficients.
pub(super) fn closed_form(metric: Metric, a: &Rational, b: &Rational, degree: u64) -> Result<ClosedForm> {
    check_range(a, b)?;
    let mirrored = *a < 0;
    let (near, far) = if mirrored { (Rational::from(-b), Rational::from(-a)) } else { (a.clone(), b.clone()) };
    // μ − 1 = 2a/(b − a) is as small as 1/κ, and a power n of it is taken.
    let precision = GUARD_BITS + crate::real::log2(&Rational::from(&far / &near)) as u32 + degree.max(1).ilog2() + 64;
    let error = match metric {
        Metric::Relative => chebyshev_above_one(&mean_ratio(&near, &far, precision), degree + 1).recip(),
        Metric::Absolute => {
            let scale = Rational::from(&far - &near) / (Rational::from(&far * &near) * 2);
            decay(&near, &far, precision).pow(degree) * scale
        }
    };
    Ok(ClosedForm { metric, degree, error, coefficients: Vec::new(), precision, near, far, mirrored })
}

/// μ = (b + a)/(b − a).
fn mean_ratio(a: &Rational, b: &Rational, precision: u32) -> Float {
    Float::with_val(precision, Rational::from(b + a) / Rational::from(b - a))
}

/// T_n(μ) for μ > 1.
fn chebyshev_above_one(mu: &Float, n: u64) -> Float {
    (mu.clone().acosh() * n).cosh()
}

/// t = (√b − √a)/(√b + √a) = (b − a)/(√b + √a)².
fn decay(a: &Rational, b: &Rational, precision: u32) -> Float {
    let roots = Float::with_val(precision, a).sqrt() + Float::with_val(precision, b).sqrt();
    Float::with_val(precision, Rational::from(b - a)) / roots.square()
}

impl ClosedForm {
    /// The same with coefficients that are right to about 2^-bits·2^-32 each.
    #[must_use]
    pub(super) fn with_coefficients(mut self, bits: u32) -> Self {
        // No coefficient exceeds 2/near.
        let magnitude = (1.0 - crate::real::log2(&self.near)).max(0.0) as u32;
        self.precision += bits + magnitude + self.degree.max(1).ilog2();
        let mut coefficients = match self.metric {
            Metric::Relative => self.relative_coefficients(),
            Metric::Absolute => self.absolute_coefficients(),
        };
        if let Some(constant) = coefficients.first_mut() {
            *constant /= 2;
        }
        for (k, c) in coefficients.iter_mut().enumerate() {
            // In y the signs alternate; the mirror image y → −y, r → −r makes them all negative instead.
            if self.mirrored || k % 2 == 1 {
                c.neg_assign();
            }
        }
        self.coefficients = coefficients;
        self
    }

    /// |c_k| = 2·U_(n−k)(μ)/(h·T_(n+1)(μ)), from (T(y) − T(z))/(y − z) = 2·Σ' U_(n−k)(z)·T_k(y) at z = −μ.
    fn relative_coefficients(&self) -> Vec<Float> {
        let mu = mean_ratio(&self.near, &self.far, self.precision);
        let half_width = Float::with_val(self.precision, Rational::from(&self.far - &self.near) / 2u32);
        let scale = Float::with_val(self.precision, 2) / (half_width * chebyshev_above_one(&mu, self.degree + 1));
        let double = mu * 2;
        let (mut before, mut now) = (Float::new(self.precision), Float::with_val(self.precision, 1));
        let mut coefficients = Vec::new();
        for _ in 0..=self.degree {
            coefficients.push(Float::with_val(self.precision, &now * &scale));
            let next = Float::with_val(self.precision, &now * &double) - &before;
            (before, now) = (now, next);
        }
        coefficients.reverse();
        coefficients
    }

    /// |c_k| = 2t^k/√(ab), the Chebyshev series of 1/D itself, but for the last, which is divided by 1 − t².
    fn absolute_coefficients(&self) -> Vec<Float> {
        let t = decay(&self.near, &self.far, self.precision);
        let root = Float::with_val(self.precision, Rational::from(&self.near * &self.far)).sqrt();
        let mut term = root.recip() * 2u32;
        let mut coefficients = Vec::new();
        for _ in 0..self.degree {
            coefficients.push(term.clone());
            term *= &t;
        }
        // At degree 0 the best constant is the mean of the two ends, (1 + t²) times the general formula.
        let square = t.square();
        let gap = Float::with_val(self.precision, 1 - &square);
        coefficients.push(if self.degree == 0 { term * (square + 1u32) / gap } else { term / gap });
        coefficients
    }

    /// The residual over the least error, and where: at phase ψ it is ±cos ψ, for ψ from 0 (far end) to (n+1)π (near).
    ///
    /// ψ = (n+1)θ for relative and (n−1)θ + 2·arg(e^(iθ) + t) for absolute error, y = cos θ.
    pub(super) fn angle(&self, psi: f64, t: f64) -> f64 {
        let n = self.degree as f64;
        if self.metric == Metric::Relative {
            return psi / (n + 1.0);
        }
        let phase = |theta: f64| (n - 1.0) * theta + 2.0 * theta.sin().atan2(theta.cos() + t);
        let (mut low, mut high) = (0.0, std::f64::consts::PI);
        for _ in 0..54 {
            let middle = 0.5 * (low + high);
            if phase(middle) < psi { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }

    /// t to double precision.
    pub(super) fn decay(&self) -> f64 {
        decay(&self.near, &self.far, self.precision).to_f64()
    }

    /// The sign of the residual D·r − 1 (or r − 1/D) of the unmirrored form at the far end, phase 0.
    pub(super) fn sign_at_far_end(&self) -> f64 {
        let even = self.degree.is_multiple_of(2);
        if even { 1.0 } else { -1.0 }
    }
}
