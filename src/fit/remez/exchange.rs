//! The exchange itself.

use super::bounds;
use super::domain::{Domain, Place};
use super::problem::Problem;
use super::scan::{Residual, Scan, trim};
use super::start::reference;
use super::trial::Levelled;
use crate::error::{Error, Result};
use crate::target::Parity;
use rayon::prelude::*;
use rug::{Float, Rational};

/// The precision that every exchange begins with.
pub(super) const FIRST_PRECISION: u32 = 128;
/// More than this is refused.
const LAST_PRECISION: u32 = 40_000;
/// Coefficients squared times bits: beyond this an iteration takes a minute.
const LARGEST_WORK: u64 = 1 << 36;
/// A best error below 2^-this of the function is refused.
const SMALLEST_LEVEL: u32 = 16_384;
/// Bits that the polynomial may lose beyond its levelled error.
const FORESIGHT_BITS: u32 = 8;
/// Bits of the levelled error that rounding must leave.
const LEVEL_BITS: f64 = 56.0;
/// With fewer bits nothing is known of the levelled error.
const NOISE_BITS: f64 = 6.0;
/// By how much, over |h|, the polynomial may miss the levelled error on its own reference.
const LARGEST_DEVIATION: f64 = 1e-11;
/// The exchange ends when the largest error exceeds the levelled one by no more than this, relatively.
pub(super) const TOLERANCE: f64 = 1e-10;
/// Parts of the gap between neighbours of the reference, while iterating.
const PARTS: usize = 4;
/// The same in the last look for extrema that were missed.
const LAST_PARTS: usize = 10;
/// More iterations are given up.
const LARGEST_ITERATIONS: u64 = 200;

/// The best polynomial of its degree.
#[derive(Debug, Clone)]
pub struct Minimax {
    /// c_0 … c_n in the Chebyshev basis on the hull of the intervals, c_0 full.
    pub coefficients: Vec<Float>,
    /// The symmetry that the coefficients have.
    pub parity: Option<Parity>,
    /// The largest weighted error: no polynomial of the degree is below `level`, which is less by a factor `spread`.
    pub error: Float,
    /// The levelled error |h| on the reference.
    pub level: Float,
    /// The largest over the least |error| at the extrema of the last iteration.
    pub spread: f64,
    /// References tried.
    pub iterations: u64,
    /// Bits of the working precision.
    pub precision: u32,
    /// The largest weight on the reference.
    pub weight: Float,
    /// Where the error takes its extrema in turn.
    pub reference: Vec<Float>,
}

/// Whether the best error is below a limit.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::fit) enum Verdict {
    /// No polynomial of the degree has a smaller error than this, which is above the limit.
    Above(Float),
    Below,
}

/// The polynomial of degree at most `degree` with the least weighted error.
///
/// # Errors
/// [`Error::Input`] for a function that is not defined on the intervals or an error too small to be written,
/// [`Error::NoSolution`] with the state of the iteration when it does not converge.
pub fn minimax(problem: &Problem, degree: u64) -> Result<Minimax> {
    let mut exchange = Exchange::new(problem, degree)?;
    loop {
        let step = exchange.step(PARTS)?;
        if step.spread <= 1.0 + TOLERANCE {
            let step = exchange.look_again(step)?;
            if step.spread <= 1.0 + TOLERANCE {
                return Ok(exchange.finish(step, degree));
            }
            exchange.advance(step)?;
        } else {
            exchange.advance(step)?;
        }
    }
}

/// Whether some polynomial of degree at most `degree` has a weighted error of at most `limit`.
///
/// The levelled error is a lower bound of the best one on any reference (de la Vallée Poussin), so a few iterations
/// decide; and often a bound that needs none.
///
/// # Errors
/// As [`minimax`].
pub(in crate::fit) fn reaches(problem: &Problem, degree: u64, limit: &Rational) -> Result<Verdict> {
    let bound = lower_bound(problem, degree)?;
    if bound > *limit {
        return Ok(Verdict::Above(bound));
    }
    let mut exchange = Exchange::new(problem, degree)?;
    loop {
        let levelled = exchange.level()?;
        if Float::with_val(64, levelled.level.abs_ref()) > *limit {
            return Ok(Verdict::Above(levelled.level.abs()));
        }
        let step = exchange.step_from(levelled, PARTS)?;
        // Within the tolerance the limit itself counts as reached.
        if Float::with_val(64, step.level.abs_ref()) * step.spread <= *limit || step.spread <= 1.0 + TOLERANCE {
            return Ok(Verdict::Below);
        }
        exchange.advance(step)?;
    }
}

/// A number below the weighted error of every polynomial of degree at most `degree`, without an exchange.
///
/// # Errors
/// As [`minimax`].
pub(in crate::fit) fn lower_bound(problem: &Problem, degree: u64) -> Result<Float> {
    let domain = Domain::new(problem, degree)?;
    bounds::lower_bound(&domain, domain.unknowns(degree))
}

/// A trial polynomial and the extrema of its error.
struct Step {
    level: Float,
    coefficients: Vec<Float>,
    scan: Scan,
    /// The largest error over the levelled one.
    spread: f64,
}

struct Exchange<'a> {
    domain: Domain<'a>,
    reference: Vec<Place>,
    precision: u32,
    iterations: u64,
}

impl<'a> Exchange<'a> {
    fn new(problem: &Problem<'a>, degree: u64) -> Result<Self> {
        crate::fit::check_degree(degree)?;
        let domain = Domain::new(problem, degree)?;
        let count = domain.unknowns(degree);
        let precision = bounds::foreseen_precision(&domain, count, LEVEL_BITS as u32 + FORESIGHT_BITS, SMALLEST_LEVEL)?
            .ok_or_else(too_small)?;
        let reference = reference(&domain, count + 1);
        let exchange = Self { domain, reference, precision, iterations: 0 };
        exchange.check_work()?;
        Ok(exchange)
    }

    fn raise_precision(&mut self, bits: u32) -> Result<()> {
        self.precision = bits.next_multiple_of(64);
        if self.precision > LAST_PRECISION {
            return Err(too_small());
        }
        self.check_work()
    }

    fn check_work(&self) -> Result<()> {
        let count = self.reference.len() - 1;
        if (count as u64).pow(2).saturating_mul(self.precision.into()) <= LARGEST_WORK {
            return Ok(());
        }
        Err(Error::input(format!(
            "--degree: the exchange with {count} coefficients needs {} bits on this interval and would take many minutes: take \
             a smaller degree, or for the reciprocal --method closed-form",
            self.precision
        )))
    }

    /// The levelled error on the reference, at a precision that leaves enough of its digits.
    fn level(&mut self) -> Result<Levelled> {
        loop {
            let places: Vec<Float> = self.reference.iter().map(|place| self.domain.y(*place)).collect();
            let samples = places.par_iter().map(|y| self.domain.sample(y, self.precision));
            let samples = samples.collect::<Result<Option<Vec<_>>>>()?;
            let samples = samples.ok_or_else(|| self.not_converged("an extremum has no weight", f64::NAN))?;
            let levelled = Levelled::new(places, &samples, self.precision);
            if levelled.bits >= LEVEL_BITS {
                return Ok(levelled);
            }
            if levelled.bits > NOISE_BITS {
                self.raise_precision(self.precision + (LEVEL_BITS - levelled.bits).ceil() as u32)?;
                continue;
            }
            if self.iterations == 0 {
                // A symmetric reference levels a symmetric function at 0: start without its first point, and back.
                let count = self.reference.len();
                let longer = reference(&self.domain, count + 1);
                let is_full = reference(&self.domain, count) == self.reference;
                self.reference =
                    if is_full { longer.into_iter().skip(1).collect() } else { reference(&self.domain, count) };
                if is_full {
                    continue;
                }
            }
            self.raise_precision(self.precision * 2)?;
        }
    }

    fn step(&mut self, parts: usize) -> Result<Step> {
        let levelled = self.level()?;
        self.step_from(levelled, parts)
    }

    /// The polynomial of a levelled reference and its extrema; at more precision where it misses its own reference.
    fn step_from(&mut self, mut levelled: Levelled, parts: usize) -> Result<Step> {
        loop {
            let coefficients = levelled.coefficients();
            let scan = self.scan(&coefficients, &levelled.level, parts)?;
            if scan.deviation <= LARGEST_DEVIATION {
                let spread = scan.largest();
                return Ok(Step { level: levelled.level, coefficients, scan, spread });
            }
            let lost =
                if scan.deviation.is_finite() { (scan.deviation / LARGEST_DEVIATION).log2() } else { f64::INFINITY };
            self.raise_precision(self.precision + (lost.min(f64::from(self.precision)) as u32).max(8) + 8)?;
            levelled = self.level()?;
        }
    }

    /// The same polynomial scanned more finely.
    fn look_again(&self, step: Step) -> Result<Step> {
        let scan = self.scan(&step.coefficients, &step.level, LAST_PARTS)?;
        let spread = scan.largest();
        Ok(Step { scan, spread, ..step })
    }

    fn scan(&self, coefficients: &[Float], level: &Float, parts: usize) -> Result<Scan> {
        Residual { domain: &self.domain, coefficients, level }.scan(&self.reference, parts)
    }

    /// The extrema become the reference.
    fn advance(&mut self, step: Step) -> Result<()> {
        let peaks = trim(step.scan.peaks, self.reference.len());
        if peaks.len() < self.reference.len() {
            return Err(self.not_converged("the error alternates too rarely", step.spread));
        }
        self.reference = peaks.into_iter().map(|peak| peak.place).collect();
        self.iterations += 1;
        if self.iterations >= LARGEST_ITERATIONS {
            let level = step.level.to_f64().abs();
            return Err(self.not_converged(&format!("levelled error {level:.6e}"), step.spread));
        }
        Ok(())
    }

    fn not_converged(&self, reason: &str, spread: f64) -> Error {
        Error::NoSolution(format!(
            "the exchange did not converge: {reason}, largest error over levelled error {spread:.6}, {} iterations, {} \
             bits; try another degree, a smaller interval or a smoother weight",
            self.iterations, self.precision
        ))
    }

    fn finish(&self, step: Step, degree: u64) -> Minimax {
        let level = step.level.abs();
        let weight = self.reference.iter().map(|place| self.domain.weight(&self.domain.y(*place), self.precision));
        let reference = self.reference.iter().map(|place| self.domain.x(&self.domain.y(*place), self.precision));
        Minimax {
            coefficients: unfolded(step.coefficients, self.domain.parity, &self.domain.largest, degree),
            parity: self.domain.parity,
            error: Float::with_val(self.precision, &level * step.spread),
            level,
            spread: step.spread,
            iterations: self.iterations + 1,
            precision: self.precision,
            weight: weight.fold(Float::new(self.precision), |largest, weight| largest.max(&weight)),
            reference: self.domain.mirrored(reference.collect()),
        }
    }
}

fn too_small() -> Error {
    Error::input(format!(
        "degree: the error of the best polynomial lies below 2^-{SMALLEST_LEVEL} of the function, or the function is such a \
         polynomial itself on this interval: take a smaller degree"
    ))
}

/// Coefficients of q in T_k(2x²/b² − 1) = T_2k(x/b) as those of q(x²) or x·q(x²) in T_k(x/b).
///
/// x·T_2k(x/b) = b/2·(T_(2k+1) + T_|2k−1|)(x/b).
fn unfolded(q: Vec<Float>, parity: Option<Parity>, largest: &Rational, degree: u64) -> Vec<Float> {
    let Some(parity) = parity else { return q };
    let precision = q.first().map_or(FIRST_PRECISION, Float::prec);
    let mut coefficients = vec![Float::new(precision); degree as usize + 1];
    let mut add = |k: usize, value: &Float| {
        if let Some(c) = coefficients.get_mut(k) {
            *c += value;
        }
    };
    for (k, c) in q.iter().enumerate() {
        match parity {
            Parity::Even => add(2 * k, c),
            Parity::Odd => {
                let half = Float::with_val(precision, c * largest) / 2u32;
                add(2 * k + 1, &half);
                add((2 * k).abs_diff(1), &half);
            }
        }
    }
    coefficients
}
