//! Lower bounds of the best error in time proportional to the degree.
//!
//! A measure μ that vanishes on the polynomials of a degree bounds their error from below: Σ μ_j·f_j = Σ μ_j·(f − p)_j, so
//! max w·|f − p| ≥ |Σ μ_j·f_j| / Σ |μ_j|/w_j. Two such measures are known in closed form on the zeros of Chebyshev polynomials:
//! the alternating one, which is good for smooth functions, and a high frequency under the Fejér kernel around one point,
//! which is good for a kink there. A bound on a part of the domain is one on all of it.

use super::domain::{Domain, Sample};
use crate::error::Result;
use rayon::prelude::*;
use rug::Float;
use std::f64::consts::PI;

/// Intervals of y whose ends are nearer than 2^-this touch.
const TOUCHING_BITS: u32 = 120;
/// Bits of the values under a kernel.
const KERNEL_PRECISION: u32 = 64;
/// Bits of an alternating sum.
const ALTERNATION_PRECISION: u32 = 128;
/// Below this |sin(θ/2)| the kernel has its value at 0.
const LEAST_SINE: f64 = 1e-12;
/// Widths of the kernel in frequency, over the degree.
const KERNEL_WIDTHS: [f64; 3] = [0.5, 1.0, 2.0];
/// The part of |μ|·|f| that rounding may have contributed.
const KERNEL_ROUNDING: f64 = 1e-10;

/// Touching segments: y = middle − half·cos θ, and the θ at which they begin or end.
pub(super) struct Run {
    middle: Float,
    half: Float,
    knots: Vec<f64>,
}

/// What the alternating measure says.
pub(super) struct Alternation {
    /// No polynomial has a smaller weighted error.
    pub bound: Float,
    /// The mean of |w·f|, for comparison.
    pub size: Float,
}

/// The parts of a domain that gaps separate.
pub(super) fn runs(domain: &Domain) -> Vec<Run> {
    let mut groups: Vec<Vec<(Float, Float)>> = Vec::new();
    for segment in &domain.segments {
        let bits = segment.half.prec();
        let lo = Float::with_val(bits, &segment.middle - &segment.half);
        let hi = Float::with_val(bits, &segment.middle + &segment.half);
        let touches = |group: &&mut Vec<(Float, Float)>| {
            group.last().is_some_and(|(_, end)| Float::with_val(bits, end - &lo).abs() < (Float::with_val(bits, 1) >> TOUCHING_BITS))
        };
        match groups.last_mut().filter(touches) {
            Some(group) => group.push((lo, hi)),
            None => groups.push(vec![(lo, hi)]),
        }
    }
    groups.iter().filter_map(|group| Run::new(group)).collect()
}

impl Run {
    fn new(group: &[(Float, Float)]) -> Option<Self> {
        let ((lo, _), (_, hi)) = (group.first()?, group.last()?);
        let middle = Float::with_val(lo.prec(), lo + hi) / 2u32;
        let half = Float::with_val(lo.prec(), hi - lo) / 2u32;
        let angle = |y: &Float| (Float::with_val(lo.prec(), &middle - y) / &half).to_f64().clamp(-1.0, 1.0).acos();
        let knots = group.iter().map(|(start, _)| angle(start)).chain([PI]).collect();
        Some(Self { middle, half, knots })
    }

    fn y(&self, cosine: &Float) -> Float {
        let precision = cosine.prec().max(self.half.prec());
        Float::with_val(precision, &self.middle - Float::with_val(precision, &self.half * cosine))
    }

    /// The bound by sin θ with signs in turn at the zeros of T_(count + 1), for polynomials with `count` coefficients.
    fn alternation(&self, domain: &Domain, count: usize, precision: u32) -> Result<Alternation> {
        let term = |i: usize| -> Result<Option<[Float; 3]>> {
            let angle = Float::with_val(precision, Float::with_val(precision, 2 * i + 1) / (2 * count + 2));
            let (sine, cosine) = (angle.clone().sin_pi(), angle.cos_pi());
            let Some(Sample { value, weight }) = domain.sample(&self.y(&cosine), precision)? else { return Ok(None) };
            let value = value * &sine;
            let size = Float::with_val(precision, value.abs_ref());
            Ok(Some([if i.is_multiple_of(2) { value } else { -value }, size, sine / weight]))
        };
        let terms = (0..=count).into_par_iter().map(term).collect::<Result<Option<Vec<_>>>>()?;
        let zero = || [0; 3].map(|zero| Float::with_val(precision, zero));
        let [sum, size, mass] =
            terms.unwrap_or_default().into_iter().fold(zero(), |[a, b, c], [x, y, z]| [a + x, b + y, c + z]);
        if mass.is_zero() {
            return Ok(Alternation { bound: mass.clone(), size: mass });
        }
        Ok(Alternation { bound: sum.abs() / &mass, size: size / mass })
    }

    /// The bound by K(θ) = cos(cθ)·F(θ) around θ₀, F the Fejér kernel of frequencies below `width` and c the first that
    /// leaves no frequency under `count`.
    fn kernel(&self, domain: &Domain, count: usize, centre: f64, width: usize) -> Result<f64> {
        let frequency = (count + width - 1) as f64;
        let half = count + width;
        let kernel = |angle: f64| {
            let sine = (angle / 2.0).sin();
            let root = if sine.abs() < LEAST_SINE { width as f64 } else { (width as f64 * angle / 2.0).sin() / sine };
            (frequency * angle).cos() * root * root
        };
        let term = |j: usize| -> Result<Option<[f64; 3]>> {
            let angle = PI * (j as f64 + 0.5) / half as f64;
            let cosine = Float::with_val(KERNEL_PRECISION, angle.cos());
            let Some(sample) = domain.sample(&self.y(&cosine), KERNEL_PRECISION)? else { return Ok(None) };
            let mass = kernel(angle - centre) + kernel(-angle - centre);
            let value = mass * sample.value.to_f64();
            Ok(Some([value, value.abs(), mass.abs() / sample.weight.to_f64()]))
        };
        let terms = (0..half).into_par_iter().map(term).collect::<Result<Option<Vec<_>>>>()?;
        let add = |a: [f64; 3], b: [f64; 3]| std::array::from_fn(|i| a[i] + b[i]);
        let [sum, size, mass] = terms.unwrap_or_default().into_iter().fold([0.0; 3], add);
        let bound = (sum.abs() - KERNEL_ROUNDING * size) / mass;
        Ok(if bound.is_finite() { bound.max(0.0) } else { 0.0 })
    }
}

/// The better alternation on one run: where f is even or odd, every other one is 0.
pub(super) fn alternation(domain: &Domain, run: &Run, count: usize, precision: u32) -> Result<Alternation> {
    let (this, next) = (run.alternation(domain, count, precision)?, run.alternation(domain, count + 1, precision)?);
    Ok(if this.bound < next.bound { next } else { this })
}

/// The best of these bounds for polynomials with `count` coefficients.
pub(super) fn lower_bound(domain: &Domain, count: usize) -> Result<Float> {
    let mut best = Float::new(ALTERNATION_PRECISION);
    for run in runs(domain) {
        let Alternation { bound, size } = alternation(domain, &run, count, ALTERNATION_PRECISION)?;
        if bound > size >> (ALTERNATION_PRECISION / 2) {
            best = best.max(&bound);
        }
        for centre in &run.knots {
            for share in KERNEL_WIDTHS {
                let bound = run.kernel(domain, count, *centre, (share * count as f64).ceil() as usize)?;
                best = best.max(&Float::with_val(KERNEL_PRECISION, bound));
            }
        }
    }
    Ok(best)
}
