//! The noise of the weights over a whole domain, and the ledger of what its bound is made of.

use super::by_bound::ByBound;
use super::pass::{CellNoise, Pass};
use super::sources::{Size, Source, Sources};
use super::staged;
use super::stages::finite;
use super::tails::{SlotNoise, quantile_of_maximum};
use super::worst::{Cells, Evaluated, cover};
use crate::attention::RowDomain;
use crate::circuit::{PlacedCircuit, Placement};
use crate::error::{Error, Result};
use crate::real::{f64_above, f64_below, log2};

/// Below this the bounds of binary64 underflow.
const SMALLEST_LOG2_DENOMINATOR: f64 = -900.0;
/// Failure probability of the probabilistic bound, over one ciphertext.
const PROBABLE_FAILURE: f64 = 1e-3;

/// The search that finds a tail ends within this part of the best.
const TAIL_ACCURACY: f64 = 1e-2;

/// One line of the ledger: a source, its largest gain to a weight, and its share of the bound.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerLine {
    /// The source and its place, as in "rescaling R_4".
    pub source: String,
    /// The largest |∂weight/∂source| on the worst cell.
    pub gain: f64,
    /// Its share of the bound. Random sources share their common bound in proportion to their variances.
    pub value: f64,
}

/// The noise of the weights over the whole domain. The three figures are of three kinds and are never mixed.
#[derive(Debug, Clone, PartialEq)]
pub struct NoiseBudget {
    /// No weight of any row errs more, but with the failure probability asked for (over the whole circuit).
    pub rigorous: f64,
    /// Heuristic: no second order, the quantile of the largest of all slots, what comes from the other slots of the row taken as
    /// Gaussian, failure probability 10^-3.
    pub probabilistic: f64,
    /// Prediction of the mean |error| at the worst row.
    pub predicted: f64,
    /// The denominator D at which the bound is largest.
    pub worst_denominator: f64,
    /// What the rigorous bound is made of; the values add up to it.
    pub ledger: Vec<LedgerLine>,
    /// Why the circuit must not be run although its error is bounded: a value that, with its noise, does not fit into
    /// its modulus. `None` for every circuit that may be run.
    pub overflow: Option<String>,
}

impl NoiseBudget {
    /// The budget with the larger bound: one plan, several lengths.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        let (mut worse, better) = if other.rigorous > self.rigorous { (other, self) } else { (self, other) };
        worse.overflow = worse.overflow.or(better.overflow);
        worse
    }
}

/// Analyses the noise of `placed` over `domain`, with the rigorous bound failing with probability at most
/// 2^`log2_failure` in a run of `ciphertexts` ciphertexts.
///
/// # Errors
/// [`Error::Internal`] for a circuit that is not powers, one row sum and slot-wise steps; [`Error::NoSolution`] when
/// the noise swamps every value, so that no finite bound exists.
pub fn analyse(
    placed: &PlacedCircuit,
    domain: &RowDomain,
    log2_failure: f64,
    ciphertexts: usize,
) -> Result<NoiseBudget> {
    if placed.normalisations() > 1 {
        return staged::analyse(placed, domain, log2_failure, ciphertexts);
    }
    let sources = Sources::bounding(placed, per_event(placed, log2_failure, ciphertexts))?;
    check_domain(domain)?;
    let cells = cover(placed, &sources, domain);
    let worst = cells.last().ok_or_else(|| Error::internal("an empty domain has no noise"))?;
    finite(worst.bound)?;
    let noise = expected(placed, domain, worst)?;
    let lines = ledger(&sources, &worst.pass, &worst.noise);
    Ok(NoiseBudget {
        rigorous: lines.iter().map(|line| line.value).sum(),
        probabilistic: probable(placed, &noise),
        predicted: predicted(&noise),
        worst_denominator: worst.high,
        ledger: lines,
        overflow: overflow(placed, &sources, &cells),
    })
}

/// A part of [`analyse`]'s rigorous bound that takes a twentieth of its time: that at the two ends of the domain. The bound over
/// a cell is at least that over every part of it. 0 for a circuit with several row sums.
///
/// # Errors
/// As [`analyse`].
pub fn floor(placed: &PlacedCircuit, domain: &RowDomain, log2_failure: f64, ciphertexts: usize) -> Result<f64> {
    if placed.normalisations() > 1 {
        return Ok(0.0);
    }
    let sources = Sources::bounding(placed, per_event(placed, log2_failure, ciphertexts))?;
    check_domain(domain)?;
    let rows = Cells::new(placed, &sources, domain);
    let at = |d: f64| Pass::new(placed, &sources, rows.between(d, d)).of_weights().bound();
    let largest = at(f64_below(&domain.a())).max(at(f64_above(&domain.b()))) * (1.0 - TAIL_ACCURACY);
    finite(largest)
}

/// The random noise of a slot as predictions see it: what comes from the other slots of the row is a sum of many.
fn random(noise: &CellNoise) -> SlotNoise {
    let keyed = noise.slots.own.min(noise.random.keyed);
    SlotNoise { keyed, gaussian: noise.random.variance() - keyed }
}

/// The probabilistic bound where the noise is worst.
pub(super) fn probable(placed: &PlacedCircuit, noise: &CellNoise) -> f64 {
    let each = PROBABLE_FAILURE / placed.chain.slots() as f64;
    quantile_of_maximum(&[random(noise)], each) + noise.bounded
}

/// The predicted mean |error| where the noise is worst.
pub(super) fn predicted(noise: &CellNoise) -> f64 {
    let random = random(noise);
    SlotNoise { gaussian: random.gaussian + noise.bounded_variance, ..random }.mean()
}

/// The noise of a cell by its variances in place of what bounds them: a sparse secret's bound is made with twice its weight.
fn expected(placed: &PlacedCircuit, domain: &RowDomain, cell: &Evaluated) -> Result<CellNoise> {
    let sources = Sources::expected(placed)?;
    let rows = Cells::new(placed, &sources, domain).between(cell.low, cell.high);
    Ok(Pass::new(placed, &sources, rows).of_weights())
}

/// A denominator whose inverse binary64 cannot hold has no bounds.
pub(super) fn check_domain(domain: &RowDomain) -> Result<()> {
    let a = log2(&domain.a());
    if a < SMALLEST_LOG2_DENOMINATOR {
        return Err(Error::NoSolution(format!(
            "the denominator's smallest value, 2^{a:.0}, is below 2^{SMALLEST_LOG2_DENOMINATOR}: raise ε"
        )));
    }
    Ok(())
}

/// log2 of the failure probability of each event, for 2^`log2_failure` over all of them: in each slot, one for the real and one
/// for the imaginary part of each node's bound, one for each stage, and one for the weight.
pub(super) fn per_event(placed: &PlacedCircuit, log2_failure: f64, ciphertexts: usize) -> f64 {
    let events = (3 * placed.circuit.len() + 1) * placed.chain.slots() * ciphertexts.max(1);
    log2_failure - (events as f64).log2()
}

/// Every coefficient must stay below half its modulus, or decryption and all that follows is wrong. A coefficient is at
/// most the largest absolute value of a (complex) slot.
fn overflow(placed: &PlacedCircuit, sources: &Sources, cells: &[ByBound<Evaluated>]) -> Option<String> {
    placed.placements.iter().enumerate().find_map(|(node, placement)| {
        let complex = |cell: &ByBound<Evaluated>| {
            cell.pass.values[node].magnitude() + std::f64::consts::SQRT_2 * cell.pass.bounds[node]
        };
        let magnitude = cells.iter().map(complex).fold(0.0, f64::max);
        needs(placed, placement, magnitude, &sources.stages[node])
    })
}

/// Why a value of this magnitude does not fit at its place, if it does not.
pub(super) fn needs(placed: &PlacedCircuit, place: &Placement, magnitude: f64, stage: &str) -> Option<String> {
    let active = placed.chain.q.get(..=place.level).unwrap_or_default();
    let modulus: f64 = active.iter().map(|&q| (q as f64).log2()).sum();
    let needed = magnitude.log2() + place.scale.to_f64().log2() + 1.0;
    (needed.is_nan() || needed >= modulus).then(|| {
        format!(
            "range overflow: {stage} needs {needed:.1} bits of modulus, its level has {modulus:.1}: take a larger q_0"
        )
    })
}

pub(super) fn ledger(sources: &Sources, pass: &Pass, noise: &CellNoise) -> Vec<LedgerLine> {
    // A part in 10^12 covers the few dozen roundings of binary64 behind each line.
    let up = |value: f64| value * (1.0 + 1e-12);
    let gains = pass.gains(pass.weights());
    let of_variance = noise.tail / noise.random.variance().max(f64::MIN_POSITIVE);
    let line = |source: &Source| {
        let at = pass.effect(&gains, source.node);
        let value = match source.size {
            Size::Random(part) => part.variance() * (at.own + at.others) * of_variance,
            Size::Spread(part) => part.variance() * at.linear * at.linear * of_variance,
            Size::Bounded { bound, .. } => bound * pass.factor(source) * at.linear,
        };
        let name = format!("{}: {}", source.kind.label(), sources.stages[source.node]);
        LedgerLine { source: name, gain: at.linear, value: up(value) }
    };
    let rest = LedgerLine { source: "second order".into(), gain: 1.0, value: up(noise.second_order) };
    let (bounded, random): (Vec<&Source>, Vec<&Source>) =
        sources.list.iter().partition(|source| matches!(source.size, Size::Bounded { .. }));
    random.into_iter().chain(bounded).map(line).chain([rest]).collect()
}
