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
/// Bits of the places and values of a bound.
const BOUND_PRECISION: u32 = 128;
/// The number of coefficients that a foresight begins with.
const FIRST_COUNT: usize = 64;
/// Places where an interpolating polynomial is tried, and the bits by which it may be worse than the best one.
const TRIALS: u32 = 8;
const TRIAL_BITS: u32 = 16;
/// Its multiples are nowhere near the zeros of Chebyshev polynomials.
const GOLDEN_RATIO: f64 = 1.618_033_988_749_895;
/// Below this |sin(θ/2)| the kernel has its value at 0.
const LEAST_SINE: f64 = 1e-12;
/// The part of |μ|·|f| that rounding may have contributed.
const KERNEL_ROUNDING: f64 = 1e-9;

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
            group.last().is_some_and(|(_, end)| {
                Float::with_val(bits, end - &lo).abs() < (Float::with_val(bits, 1) >> TOUCHING_BITS)
            })
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
        let term = |(i, [sine, cosine]): (usize, [Float; 2])| -> Result<Option<[Float; 3]>> {
            let Some(Sample { value, weight }) = domain.sample(&self.y(&cosine), precision)? else { return Ok(None) };
            let value = value * &sine;
            let size = Float::with_val(precision, value.abs_ref());
            Ok(Some([if i.is_multiple_of(2) { value } else { -value }, size, sine / weight]))
        };
        let terms =
            zeros(count + 1, precision).into_par_iter().enumerate().map(term).collect::<Result<Option<Vec<_>>>>()?;
        let zero = || [0; 3].map(|zero| Float::with_val(precision, zero));
        let [sum, size, mass] =
            terms.unwrap_or_default().into_iter().fold(zero(), |[a, b, c], [x, y, z]| [a + x, b + y, c + z]);
        if mass.is_zero() {
            return Ok(Alternation { bound: mass.clone(), size: mass });
        }
        Ok(Alternation { bound: sum.abs() / &mass, size: size / mass })
    }

    /// The bound by K(θ) = cos(cθ)·F(θ) around θ₀, F the Fejér kernel of frequencies below `count` and c the first that
    /// leaves no frequency under `count`.
    fn kernel(&self, domain: &Domain, count: usize, centre: f64) -> Result<f64> {
        let (width, frequency) = (count as f64, (2 * count - 1) as f64);
        // Twice as many nodes as keep the frequencies apart: with fewer they fall on the zeros of cos(cθ).
        let half = 4 * count;
        let kernel = |angle: f64| {
            let sine = (angle / 2.0).sin();
            let root = if sine.abs() < LEAST_SINE { width } else { (width * angle / 2.0).sin() / sine };
            (frequency * angle).cos() * root * root
        };
        let term = |(j, [_, cosine]): (usize, [Float; 2])| -> Result<Option<[f64; 3]>> {
            let angle = PI * (j as f64 + 0.5) / half as f64;
            let Some(sample) = domain.sample(&self.y(&cosine), BOUND_PRECISION)? else { return Ok(None) };
            let mass = kernel(angle - centre) + kernel(-angle - centre);
            let value = mass * sample.value.to_f64();
            Ok(Some([value, value.abs(), mass.abs() / sample.weight.to_f64()]))
        };
        let nodes = zeros(half, BOUND_PRECISION).into_par_iter().enumerate();
        let terms = nodes.map(term).collect::<Result<Option<Vec<_>>>>()?;
        let add = |a: [f64; 3], b: [f64; 3]| std::array::from_fn(|i| a[i] + b[i]);
        let [sum, size, mass] = terms.unwrap_or_default().into_iter().fold([0.0; 3], add);
        let bound = (sum.abs() - KERNEL_ROUNDING * size) / mass;
        Ok(if bound.is_finite() { bound.max(0.0) } else { 0.0 })
    }

    /// Whether the polynomial through the zeros of T_count misses the function by `limit` at most where it is tried.
    fn is_interpolated(&self, domain: &Domain, count: usize, precision: u32, limit: &Float) -> Result<bool> {
        let node = |(i, [sine, cosine]): (usize, [Float; 2])| -> Result<Option<[Float; 3]>> {
            let sample = domain.sample(&self.y(&cosine), precision)?;
            Ok(sample.map(|sample| [if i.is_multiple_of(2) { sine } else { -sine }, cosine, sample.value]))
        };
        let nodes =
            zeros(count, precision).into_par_iter().enumerate().map(node).collect::<Result<Option<Vec<_>>>>()?;
        let Some(nodes) = nodes else { return Ok(false) };
        let misses = (1..=TRIALS).into_par_iter().map(|k| -> Result<bool> {
            let angle = Float::with_val(precision, f64::from(k) * GOLDEN_RATIO).fract();
            let cosine = angle.cos_pi();
            let Some(sample) = domain.sample(&self.y(&cosine), precision)? else { return Ok(true) };
            let (mut numerator, mut denominator) = (Float::new(precision), Float::new(precision));
            for [weight, place, value] in &nodes {
                let share = Float::with_val(precision, weight / Float::with_val(precision, &cosine - place));
                numerator += Float::with_val(precision, &share * value);
                denominator += share;
            }
            let error = (sample.value - numerator / denominator) * sample.weight;
            Ok(error.abs() > Float::with_val(64, limit << TRIAL_BITS))
        });
        Ok(!misses.collect::<Result<Vec<bool>>>()?.contains(&true))
    }
}

/// [sin θ, cos θ] at the zeros of T_count, θ = (2i + 1)π/(2·count), by turns of the first one.
fn zeros(count: usize, precision: u32) -> Vec<[Float; 2]> {
    // Every turn adds a unit of rounding or two.
    let wide = precision + count.ilog2() + 8;
    let angle = |parts: usize| Float::with_val(wide, 1) / parts;
    let [first, [sine, cosine]] =
        [angle(2 * count), angle(count)].map(|angle| [angle.clone().sin_pi(), angle.cos_pi()]);
    let turned = |[s, c]: &[Float; 2]| {
        let part = |a: &Float, b: &Float| Float::with_val(wide, a * b);
        Some([part(s, &cosine) + part(c, &sine), part(c, &cosine) - part(s, &sine)])
    };
    let turns = std::iter::successors(Some(first), turned).take(count);
    turns.map(|pair| pair.map(|x| Float::with_val(precision, x))).collect()
}

/// The alternation on one run, or that of the next count where this one is lost in rounding, as for every other count
/// where f is even or odd.
fn alternation(domain: &Domain, run: &Run, count: usize, precision: u32) -> Result<Alternation> {
    let this = run.alternation(domain, count, precision)?;
    if this.bound > this.size.clone() >> (precision / 2) {
        return Ok(this);
    }
    let next = run.alternation(domain, count + 1, precision)?;
    Ok(if this.bound < next.bound { next } else { this })
}

/// The best of these bounds for polynomials with `count` coefficients.
pub(super) fn lower_bound(domain: &Domain, count: usize) -> Result<Float> {
    let mut best = Float::new(BOUND_PRECISION);
    for run in runs(domain) {
        let Alternation { bound, size } = alternation(domain, &run, count, BOUND_PRECISION)?;
        if bound > size >> (BOUND_PRECISION / 2) {
            best = best.max(&bound);
        }
        for centre in &run.knots {
            best = best.max(&Float::with_val(BOUND_PRECISION, run.kernel(domain, count, *centre)?));
        }
    }
    Ok(best)
}

/// The precision at which a level of an exchange keeps `kept` bits, as far as an alternation can tell; `None` where the
/// error of some lower degree is below 2^-`smallest` of the function already.
///
/// The degree is doubled up to the one that is meant, so that few values are taken at a high precision.
pub(super) fn foreseen_precision(domain: &Domain, count: usize, kept: u32, smallest: u32) -> Result<Option<u32>> {
    let [run] = &runs(domain)[..] else { return Ok(Some(BOUND_PRECISION)) };
    let margin = kept + count.ilog2();
    let mut precision = BOUND_PRECISION;
    let doublings = std::iter::successors(Some(FIRST_COUNT), |count| Some(2 * count));
    for count in doublings.take_while(|m| *m < count).chain([count]) {
        loop {
            let Alternation { bound, size } = alternation(domain, run, count, precision)?;
            if bound > size.clone() >> (precision - margin) {
                break;
            }
            if precision >= smallest + margin {
                let is_small = run.is_interpolated(domain, count, precision, &(size >> smallest))?;
                // Some functions have no part in the alternating measure, though their error is not small.
                return Ok((!is_small).then_some(BOUND_PRECISION));
            }
            precision = (2 * precision).min(smallest + margin);
        }
    }
    Ok(Some(precision))
}
