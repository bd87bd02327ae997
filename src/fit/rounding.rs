//! Coefficients as multiples of 2^-bits, and the error of the table that they make.

use super::closed_form::{ClosedForm, log2_float};
use crate::poly::table::Metric;
use crate::poly::{Basis, Polynomial};
use crate::real::{dyadic_nearest, float_to_exact, log2};
use rug::{Float, Rational};

/// By default rounding changes the error by less than 2^-30 of itself.
const ROUNDING_SHARE_BITS: f64 = 31.0;
/// Samples in half an oscillation of the residual; between them a parabola finds the peak.
const SAMPLES_PER_PEAK: u64 = 8;
/// Points evaluated side by side.
const LANES: usize = 8;
/// Precision of magnitudes that may lie outside the range of f64.
const MAGNITUDE_BITS: u32 = 64;

/// Rounded coefficients with the error that they have.
pub(super) struct Rounded {
    pub coefficients: Vec<Rational>,
    pub error: Float,
}

/// Bits after the point that leave the error as it is: the weight times Σ |B_k|·2^-(bits+1) is under its 2^-30th part.
pub(super) fn scale_bits(best: &ClosedForm, basis: Basis, lo: &Rational, hi: &Rational) -> f64 {
    let weight = match best.metric {
        Metric::Relative => log2(&best.far),
        Metric::Absolute => 0.0,
    };
    let count = best.degree as f64 + 1.0;
    let power = match basis {
        Basis::Chebyshev => 0.0,
        Basis::Monomial => best.degree as f64 * log2(&largest(lo, hi)).max(0.0),
    };
    (weight + count.log2() + power - log2_float(&best.error) + ROUNDING_SHARE_BITS).ceil().max(0.0)
}

fn largest(lo: &Rational, hi: &Rational) -> Rational {
    Rational::from(lo.abs_ref()).max(Rational::from(hi.abs_ref()))
}

/// Rounds the coefficients in `basis` to multiples of 2^-bits.
pub(super) fn round(best: &ClosedForm, basis: Basis, lo: &Rational, hi: &Rational, bits: u32) -> Rounded {
    let exact = best.coefficients.iter().map(float_to_exact).collect();
    let chebyshev = Polynomial { basis: Basis::Chebyshev, lo: lo.clone(), hi: hi.clone(), coefficients: exact };
    let exact = match basis {
        Basis::Chebyshev => chebyshev,
        Basis::Monomial => chebyshev.to_monomial(),
    };
    let coefficients: Vec<Rational> = exact.coefficients.iter().map(|c| dyadic_nearest(c, bits)).collect();
    let change = exact.coefficients.iter().zip(&coefficients).map(|(c, r)| Rational::from(r - c)).collect();
    let change = Change::new(&Polynomial { coefficients: change, ..exact });
    Rounded { error: largest_residual(best, &change), coefficients }
}

/// A polynomial of f64 coefficients times one scale that f64 may not reach: what rounding added.
struct Change {
    basis: Basis,
    coefficients: Vec<f64>,
    scale: Float,
    /// Maps y in [−1, 1] to the variable of the coefficients: y itself, or x over the largest |x|.
    centre: f64,
    half_width: f64,
}

impl Change {
    fn new(p: &Polynomial) -> Self {
        let (centre, half_width, unit) = match p.basis {
            Basis::Chebyshev => (0.0, 1.0, Rational::from(1)),
            Basis::Monomial => {
                let unit = largest(&p.lo, &p.hi);
                let part = |sum: Rational| Float::with_val(MAGNITUDE_BITS, sum / Rational::from(2 * &unit)).to_f64();
                (part(Rational::from(&p.hi + &p.lo)), part(Rational::from(&p.hi - &p.lo)), unit)
            }
        };
        let mut power = Float::with_val(MAGNITUDE_BITS, 1);
        let mut scaled = Vec::new();
        for c in &p.coefficients {
            scaled.push(Float::with_val(MAGNITUDE_BITS, c) * &power);
            power *= &unit;
        }
        let scale = scaled.iter().fold(Float::new(MAGNITUDE_BITS), |max, c| max.max(&Float::with_val(64, c.abs_ref())));
        let ratio = |c: &Float| if scale.is_zero() { 0.0 } else { Float::with_val(64, c / &scale).to_f64() };
        Self { basis: p.basis, coefficients: scaled.iter().map(ratio).collect(), scale, centre, half_width }
    }

    /// The values at several y over the scale, side by side.
    fn values(&self, y: [f64; LANES]) -> [f64; LANES] {
        let x = y.map(|y| self.centre + self.half_width * y);
        let (mut next, mut after) = ([0.0; LANES], [0.0; LANES]);
        for &c in self.coefficients.iter().rev() {
            match self.basis {
                Basis::Monomial => next = std::array::from_fn(|i| x[i] * next[i] + c),
                Basis::Chebyshev => {
                    let sum = std::array::from_fn(|i| 2.0 * x[i] * next[i] - after[i] + c);
                    (after, next) = (next, sum);
                }
            }
        }
        match self.basis {
            Basis::Monomial => next,
            // Clenshaw's last step took 2y·b_1 for y·b_1.
            Basis::Chebyshev => std::array::from_fn(|i| next[i] - x[i] * after[i]),
        }
    }
}

/// max |E·cos ψ + weight·change| over the residual's oscillations: the formula knows the one, f64 carries the other.
fn largest_residual(best: &ClosedForm, change: &Change) -> Float {
    let residuals = residuals(best, change);
    let zero = Float::new(MAGNITUDE_BITS);
    let largest = residuals.iter().fold(zero, |max, r| max.max(&Float::with_val(MAGNITUDE_BITS, r.abs_ref())));
    let ratios: Vec<f64> = residuals.iter().map(|r| Float::with_val(64, r / &largest).to_f64()).collect();
    let peak = ratios.windows(3).map(peak).fold(1.0, f64::max);
    largest * peak
}

/// The extremum of the parabola through three neighbours, where the middle one is the largest.
fn peak(neighbours: &[f64]) -> f64 {
    let [left, middle, right] = neighbours else { return 0.0 };
    let (slope, curvature) = (right - left, left - 2.0 * middle + right);
    if middle.abs() < left.abs().max(right.abs()) || curvature == 0.0 {
        return middle.abs();
    }
    (middle - slope * slope / (8.0 * curvature)).abs()
}

/// The residual of the rounded table from the far end of |D| to the near one.
fn residuals(best: &ClosedForm, change: &Change) -> Vec<Float> {
    let mirror = if best.mirrored { -1.0 } else { 1.0 };
    let sign = best.sign_at_far_end() * if best.metric == Metric::Absolute { mirror } else { 1.0 };
    let width = Float::with_val(MAGNITUDE_BITS, Rational::from(&best.far - &best.near));
    let decay = best.decay();
    let phases: Vec<f64> = (0..=SAMPLES_PER_PEAK * (best.degree + 1))
        .map(|j| j as f64 * std::f64::consts::PI / SAMPLES_PER_PEAK as f64)
        .collect();
    let mut residuals = Vec::with_capacity(phases.len());
    for chunk in phases.chunks(LANES) {
        let angles: [f64; LANES] = std::array::from_fn(|i| best.angle(chunk.get(i).copied().unwrap_or(0.0), decay));
        let values = change.values(angles.map(|theta| mirror * theta.cos()));
        for ((psi, theta), value) in chunk.iter().zip(angles).zip(values) {
            let mut added = Float::with_val(MAGNITUDE_BITS, &change.scale * value);
            if best.metric == Metric::Relative {
                // D itself loses its digits near the pole; this form does not.
                let d = Float::with_val(MAGNITUDE_BITS, &width * (0.5 * theta).cos().powi(2)) + &best.near;
                added *= d * mirror;
            }
            residuals.push(Float::with_val(MAGNITUDE_BITS, &best.error * (sign * psi.cos())) + added);
        }
    }
    residuals
}
