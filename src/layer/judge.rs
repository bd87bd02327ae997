//! A table on CKKS parameters: its noise, its total error, and why it falls if it does.

use super::candidate::Candidate;
use super::spec::Layer;
use crate::circuit::PlacedCircuit;
use crate::error::{Error, Result};
use crate::noise::{SlotDomain, SlotwiseBudget, analyse_slots};
use crate::plan::{Ckks, CkksParameters, ErrorBudget, LedgerEntry, NoiseFigures, Primes, Sizes};
use crate::poly::table::Metric;
use crate::real::{Enclosure, Exact, Interval, PRECISION, ceil_decimal, f64_above, log2, round_decimal};
use crate::target::Target;
use rug::{Float, Rational};
use std::ops::RangeInclusive;

/// Scales tried where the specification names none.
const SCALE_BITS: [u32; 7] = [57, 55, 50, 45, 40, 35, 30];
/// The smallest ring that is tried where the specification names none.
const SMALLEST_LOG_N: u32 = 13;
/// Bits of q_0 above the scale, less the sign and a bit of room: larger values are left at a smaller scale.
const ROOM_BITS: u32 = 2;
/// Bits of enclosures of the function over an interval; they need no more than their first digits.
const BITS: u32 = 64;

/// A table that was placed and analysed.
pub(super) struct Judged {
    pub candidate: Candidate,
    pub sizes: Sizes,
    pub placed: PlacedCircuit,
    pub output_scale_bits: u32,
    pub budget: SlotwiseBudget,
    /// Approximation first; the values add up to `total`.
    pub ledger: Vec<LedgerEntry>,
    pub total: Exact,
}

/// The scales that a specification allows, largest first.
pub(super) fn scales(ckks: &Ckks) -> Vec<u32> {
    let mut scales = ckks.scale_bits.as_ref().map_or(SCALE_BITS.to_vec(), |given| given.as_slice().to_vec());
    scales.sort_by(|x, y| y.cmp(x));
    scales
}

/// The rings that a specification allows, as log2 N.
pub(super) fn rings(ckks: &Ckks) -> RangeInclusive<u32> {
    ckks.log_n.map_or(SMALLEST_LOG_N..=ckks.max_log_n, |log_n| log_n..=log_n)
}

/// The parameters of a ring and a scale for a circuit of a depth; `None` where the specification allows none.
pub(super) fn sizes(ckks: &Ckks, log_n: u32, scale_bits: u32, depth: u32) -> Result<Option<Sizes>> {
    if !rings(ckks).contains(&log_n) || !scales(ckks).contains(&scale_bits) {
        return Ok(None);
    }
    Sizes::of_ring(ckks, log_n, scale_bits, vec![0; depth as usize])
}

impl Judged {
    /// Analyses a candidate on given parameters.
    ///
    /// # Errors
    /// [`Error::NoSolution`] when it has no place, no bound, or not the room that its values need.
    pub(super) fn new(layer: &Layer, ckks: &Ckks, candidate: &Candidate, sizes: Sizes) -> Result<Self> {
        let (metric, _) = layer.limit()?;
        let target = layer.target()?;
        let output_scale_bits = sizes.scale_bits.saturating_sub(large_bits(layer, &target));
        let scale = Float::with_val(PRECISION, 1) << output_scale_bits;
        let chain = sizes.chain(candidate.cost.depth)?;
        let placed = PlacedCircuit::new(candidate.circuit.clone(), chain, 1, &scale)?.with_secret(ckks.secret);
        let intervals: Vec<[Rational; 2]> =
            layer.interval.iter().map(|interval| interval.each_ref().map(|end| end.0.clone())).collect();
        let domain = SlotDomain {
            intervals: &intervals,
            bound: &layer.bound(),
            input_error: &layer.input_error.0,
            weight: &|x| if metric == Metric::Relative { reciprocal_size(&target, x) } else { 1.0 },
        };
        let budget = analyse_slots(&placed, &domain, log2(&ckks.failure_probability.0), 1)?;
        if let Some(overflow) = &budget.overflow {
            return Err(Error::NoSolution(overflow.clone()));
        }
        let certified = candidate.certificate.certified_upper.clone();
        let approximation = certified.ok_or_else(|| Error::internal("a certificate without a bound"))?;
        let one = Exact(Rational::from(1));
        let mut ledger = vec![LedgerEntry { source: "approximation".into(), gain: one, value: approximation }];
        ledger.extend(budget.ledger.iter().map(|line| LedgerEntry {
            source: line.source.clone(),
            gain: decimal(line.gain),
            value: decimal_above(line.value),
        }));
        let total = Exact(ledger.iter().fold(Rational::new(), |sum, line| sum + &line.value.0));
        Ok(Self { candidate: candidate.clone(), sizes, placed, output_scale_bits, budget, ledger, total })
    }

    /// The error budget.
    pub(super) fn error(&self, ckks: &Ckks) -> ErrorBudget {
        let approximation = self.ledger.first().map(|line| line.value.clone()).unwrap_or_default();
        ErrorBudget {
            noise: NoiseFigures {
                rigorous: Exact(Rational::from(&self.total.0 - &approximation.0)),
                failure_probability: ckks.failure_probability.clone(),
                probabilistic: decimal_above(self.budget.probabilistic),
                predicted: decimal(self.budget.predicted),
                worst_case: None,
            },
            approximation,
            total: self.total.clone(),
        }
    }

    /// The parameters.
    pub(super) fn parameters(&self, ckks: &Ckks) -> CkksParameters {
        let sizes = &self.sizes;
        let insecure = !sizes.is_secure();
        let (log_qp, most, source) = (sizes.log_qp(), sizes.security.max_log_qp, &sizes.security.source);
        let security_source = match (insecure, most) {
            (false, _) => source.clone(),
            (true, 0) => format!("INSECURE: no table has N = 2^{} at {} bits", sizes.log_n, ckks.security_bits),
            (true, _) => format!(
                "INSECURE: log QP = {log_qp} is above the {most} bits that {source} allows for {} bits",
                ckks.security_bits
            ),
        };
        let text = |primes: &[u64]| primes.iter().map(u64::to_string).collect();
        CkksParameters {
            log_n: sizes.log_n,
            scale_bits: sizes.scale_bits,
            log_q: sizes.log_q.clone(),
            log_p: sizes.log_p.clone(),
            log_qp,
            security_bits: if insecure { 0 } else { ckks.security_bits },
            security_source,
            insecure,
            secret: ckks.secret,
            primes: Primes { q: text(&self.placed.chain.q), p: text(&self.placed.chain.p) },
        }
    }
}

/// By how many bits the scale of the value is below that of the primes, so that the largest value fits beside q_0.
fn large_bits(layer: &Layer, target: &Target) -> u32 {
    let size = |[lo, hi]: &[Exact; 2]| {
        let values = target.enclosed().enclose(&Enclosure::between(lo, hi, BITS)).abs();
        if values.is_finite() { log2(&values.hi()) } else { 0.0 }
    };
    let largest = layer.interval.iter().map(size).fold(0.0, f64::max);
    (largest.ceil() as u32).saturating_sub(ROOM_BITS)
}

/// A number that 1/|f| does not exceed on an interval.
fn reciprocal_size(target: &Target, x: Interval) -> f64 {
    let end = |end: f64| Rational::from_f64(end).unwrap_or_default();
    let least = target.enclosed().enclose(&Enclosure::between(&end(x.lo), &end(x.hi), BITS)).abs();
    if least.is_finite() && least.is_positive() { f64_above(&least.lo().recip()) } else { f64::INFINITY }
}

/// A bound of binary64 as an exact decimal that is not below it.
fn decimal_above(value: f64) -> Exact {
    Exact(ceil_decimal(&Rational::from_f64(value).unwrap_or_default(), 30))
}

/// A figure of binary64 as a decimal of 17 digits.
fn decimal(value: f64) -> Exact {
    Exact(round_decimal(&Rational::from_f64(value).unwrap_or_default(), 17))
}
