//! The worst cell of the domain, and the ledger of what its bound is made of.

use super::model::{RandomPart, tail};
use super::pass::{Cell, CellNoise, noise};
use super::predict::mean_absolute;
use super::sources::Sources;
use crate::attention::RowDomain;
use crate::circuit::PlacedCircuit;
use crate::error::{Error, Result};
use crate::real::{f64_above, f64_below, log2};

/// Cells a binary order of magnitude of D to begin with.
const CELLS_PER_OCTAVE: f64 = 2.0;
/// A cell this narrow (ratio of its ends) is not split further: its bound is then within a few per cent of the best.
const NARROWEST: f64 = 1.02;
/// Cells evaluated at most; the bound is valid wherever the search stops.
const MOST_CELLS: usize = 600;
/// Below this the bounds of binary64 underflow.
const SMALLEST_LOG2_DENOMINATOR: f64 = -900.0;
/// Failure probability of the probabilistic bound, over one ciphertext.
const PROBABLE_FAILURE: f64 = 1e-3;

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

/// A bound on the noise of one stage, over the whole domain.
#[derive(Debug, Clone, PartialEq)]
pub struct StageBound {
    /// The stage.
    pub name: String,
    /// The node that holds it.
    pub node: usize,
    /// The bound, on the stage's own value.
    pub bound: f64,
}

/// The noise of the weights over the whole domain. The three figures are of three kinds and are never mixed.
#[derive(Debug, Clone, PartialEq)]
pub struct NoiseBudget {
    /// No weight of any row errs more, but with the failure probability asked for (over the whole circuit).
    pub rigorous: f64,
    /// Heuristic: no second order, the Laplace quantile of the largest of all slots, failure probability 10^-3.
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
    /// A bound for each named stage.
    pub stages: Vec<StageBound>,
}

impl NoiseBudget {
    /// The budget with the larger bound, each stage with the larger of both bounds: one plan, several lengths.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        let (mut worse, better) = if other.rigorous > self.rigorous { (other, self) } else { (self, other) };
        worse.overflow = worse.overflow.or(better.overflow);
        for stage in &mut worse.stages {
            let twin = better.stages.iter().find(|s| s.name == stage.name);
            stage.bound = stage.bound.max(twin.map_or(0.0, |s| s.bound));
        }
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
    let sources = Sources::bounding(placed)?;
    let a = log2(&domain.a());
    if a < SMALLEST_LOG2_DENOMINATOR {
        return Err(Error::NoSolution(format!(
            "the denominator's smallest value, 2^{a:.0}, is below 2^{SMALLEST_LOG2_DENOMINATOR}: raise ε"
        )));
    }
    // In each slot, an event for the real and for the imaginary part of each node's bound, and one for the weight.
    let events = (2 * placed.circuit.len() + 1) * placed.chain.slots() * ciphertexts.max(1);
    let per_event = log2_failure - (events as f64).log2();
    let search = Search { placed, sources: &sources, domain, per_event };
    let cells = search.run();
    let worst = cells.first().ok_or_else(|| Error::internal("an empty domain has no noise"))?;
    if !worst.bound.is_finite() {
        return Err(Error::NoSolution("the noise has no finite bound: the scale is too small".into()));
    }
    let probable = PROBABLE_FAILURE / placed.chain.slots() as f64;
    let RandomPart { plain, keyed } = worst.noise.total;
    let bounded: f64 = worst.noise.bounded.iter().map(|&(.., bound)| bound).sum();
    let lines = ledger(&sources, &worst.noise, per_event);
    Ok(NoiseBudget {
        rigorous: lines.iter().map(|line| line.value).sum(),
        probabilistic: ((plain + keyed) / 2.0).sqrt() * -probable.ln() + bounded,
        predicted: mean_absolute(keyed, plain + worst.noise.bounded_variance),
        worst_denominator: worst.high,
        ledger: lines,
        overflow: overflow(placed, &sources, &cells),
        stages: stages(placed, &cells),
    })
}

/// Every coefficient must stay below half its modulus, or decryption and all that follows is wrong. A coefficient is at
/// most the largest absolute value of a (complex) slot.
fn overflow(placed: &PlacedCircuit, sources: &Sources, cells: &[Evaluated]) -> Option<String> {
    placed.placements.iter().enumerate().find_map(|(node, placement)| {
        let complex = |cell: &Evaluated| cell.noise.values[node] + std::f64::consts::SQRT_2 * cell.noise.nodes[node];
        let magnitude = cells.iter().map(complex).fold(0.0, f64::max);
        let active = placed.chain.q.get(..=placement.level).unwrap_or_default();
        let modulus: f64 = active.iter().map(|&q| (q as f64).log2()).sum();
        let needed = magnitude.log2() + placement.scale.clone().log2().to_f64() + 1.0;
        let stage = &sources.stages[node];
        (needed.is_nan() || needed >= modulus).then(|| {
            format!("range overflow: {stage} needs {needed:.1} bits of modulus, its level has {modulus:.1}: take a larger q_0")
        })
    })
}

struct Evaluated {
    low: f64,
    high: f64,
    noise: CellNoise,
    bound: f64,
}

struct Search<'a> {
    placed: &'a PlacedCircuit,
    sources: &'a Sources,
    domain: &'a RowDomain,
    per_event: f64,
}

impl Search<'_> {
    /// Covers the domain by cells and splits the worst one again and again; worst first.
    fn run(&self) -> Vec<Evaluated> {
        let (a, b) = (f64_below(&self.domain.a()), f64_above(&self.domain.b()));
        let count = ((b / a).log2() * CELLS_PER_OCTAVE).ceil().max(1.0) as usize;
        let edge = |i: usize| if i == count { b } else { a * (b / a).powf(i as f64 / count as f64) };
        let mut cells: Vec<Evaluated> = (0..count).map(|i| self.evaluate(edge(i), edge(i + 1))).collect();
        let by_bound = |x: &Evaluated, y: &Evaluated| y.bound.total_cmp(&x.bound);
        cells.sort_by(by_bound);
        let mut evaluated = count;
        while evaluated < MOST_CELLS {
            let Some(worst) = cells.first().filter(|w| w.high / w.low > NARROWEST) else { break };
            let (low, high) = (worst.low, worst.high);
            let middle = (low * high).sqrt();
            cells.swap_remove(0);
            cells.extend([self.evaluate(low, middle), self.evaluate(middle, high)]);
            cells.sort_by(by_bound);
            evaluated += 2;
        }
        cells
    }

    fn evaluate(&self, low: f64, high: f64) -> Evaluated {
        let noise = noise(self.placed, self.sources, self.cell(low, high), self.per_event);
        let bound = noise.bound(self.per_event);
        Evaluated { low, high, noise, bound: if bound.is_nan() { f64::INFINITY } else { bound } }
    }

    /// The rows with low ≤ D ≤ high.
    fn cell(&self, low: f64, high: f64) -> Cell {
        let (epsilon, smallest) = (&self.domain.epsilon, f64_below(&self.domain.smallest_mean));
        let lowest = (low - f64_above(epsilon)).next_down().max(smallest);
        let highest = (high - f64_below(epsilon)).next_up().clamp(lowest, 1.0);
        Cell::of_means(lowest, highest, self.placed, self.sources)
    }
}

fn ledger(sources: &Sources, noise: &CellNoise, per_event: f64) -> Vec<LedgerLine> {
    // A part in 10^12 covers the few dozen roundings of binary64 behind each line.
    let up = |value: f64| value * (1.0 + 1e-12);
    let random = tail(noise.total, per_event);
    let share = |part: RandomPart| random * part.variance() / noise.total.variance().max(f64::MIN_POSITIVE);
    let named = |label: &str, node: usize| format!("{label}: {}", sources.stages[node]);
    let random = noise.random.iter().map(|&(kind, node, gain, part)| LedgerLine {
        source: named(kind.label(), node),
        gain,
        value: up(share(part)),
    });
    let bounded = noise.bounded.iter().map(|&(kind, node, gain, value)| LedgerLine {
        source: named(kind.label(), node),
        gain,
        value: up(value),
    });
    let rest = LedgerLine { source: "second order".into(), gain: 1.0, value: up(noise.second_order) };
    random.chain(bounded).chain([rest]).collect()
}

fn stages(placed: &PlacedCircuit, cells: &[Evaluated]) -> Vec<StageBound> {
    let largest = |node: usize| cells.iter().map(|cell| cell.noise.nodes[node]).fold(0.0, f64::max);
    let nodes = placed.circuit.nodes().iter().enumerate();
    nodes.filter_map(|(node, n)| n.stage.clone().map(|name| StageBound { name, node, bound: largest(node) })).collect()
}
