//! One cell of the domain: enclosures of every value forwards, of every gain backwards, and the noise that follows.

use super::model::{RandomPart, tail};
use super::sources::{Kind, PowerNode, Size, Sources};
use crate::circuit::{Fact, NodeId, Op, PlacedCircuit};
use crate::real::Interval;

/// Rows whose mean m = (1/L) Σ u lies in an interval, seen from a slot whose own |t| lies in another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    /// The row mean.
    pub mean: Interval,
    /// The slot's own |t|.
    pub own: Interval,
}

/// Gains to the weight in the slot, and the enclosures they were made from.
#[derive(Debug)]
pub(super) struct Gains {
    pub values: Vec<Interval>,
    /// ∂weight/∂node in the slot itself, not through the row sum.
    pub direct: Vec<Interval>,
    /// ∂weight/∂(row sum).
    pub sum: f64,
    /// ∂weight/∂u in the slot itself, not through the row sum.
    pub own: f64,
}

/// Noise of the weights in one cell.
#[derive(Debug)]
pub(super) struct CellNoise {
    /// (kind, node, largest gain, variance proxy at the weight) of each random source.
    pub random: Vec<(Kind, usize, f64, RandomPart)>,
    /// (kind, node, largest gain, bound at the weight) of each bounded source.
    pub bounded: Vec<(Kind, usize, f64, f64)>,
    /// What the variances of the bounded sources come to at the weight; for predictions alone.
    pub bounded_variance: f64,
    /// Second-order terms at the weight.
    pub second_order: f64,
    /// A bound on the real and on the imaginary part of every node's noise, each with the failure probability asked for.
    pub nodes: Vec<f64>,
    /// The largest |value| of every node.
    pub values: Vec<f64>,
    /// The sum of the random parts.
    pub total: RandomPart,
}

impl CellNoise {
    /// The rigorous bound on the noise of the weights.
    pub(super) fn bound(&self, log2_failure: f64) -> f64 {
        let bounded: f64 = self.bounded.iter().map(|&(.., bound)| bound).sum();
        tail(self.total, log2_failure) + bounded + self.second_order
    }
}

/// |factor·t^exponent| in the slot and summed over the row, over all rows of a cell.
struct Sensitivity {
    own: f64,
    sum: f64,
    sum_of_squares: f64,
}

impl Cell {
    /// All slots of all rows with lowest ≤ m ≤ highest: no |t| exceeds (L·m)^(1/p).
    pub(super) fn of_means(lowest: f64, highest: f64, placed: &PlacedCircuit, sources: &Sources) -> Self {
        let power = sources.powers[sources.u].map_or(2, |u| u.exponent);
        let largest = (f64::from(placed.length) * highest).min(1.0).powf(1.0 / f64::from(power)) * (1.0 + 1e-12);
        Self { mean: Interval::new(lowest, highest), own: Interval::new(0.0, largest.min(1.0)) }
    }

    fn sensitivity(&self, node: PowerNode, power: u32, placed: &PlacedCircuit) -> Sensitivity {
        let exponent = power - node.exponent;
        Sensitivity {
            own: node.factor * self.own.hi.powi(exponent as i32),
            sum: node.factor * self.power_sum(exponent, power, placed),
            sum_of_squares: node.factor.powi(2) * self.power_sum(2 * exponent, power, placed),
        }
    }

    /// A bound on Σ |t_i|^s, given Σ |t_i|^p = L·m and |t_i| ≤ 1: by the power mean below p, by the largest above.
    fn power_sum(&self, s: u32, p: u32, placed: &PlacedCircuit) -> f64 {
        let length = f64::from(placed.length);
        let mean = self.mean.hi.clamp(0.0, 1.0);
        let sum = match s {
            // Rounding noise is in the padding too.
            0 => return f64::from(placed.padded_length()),
            s if s < p => length * mean.powf(f64::from(s) / f64::from(p)),
            s => length * mean * (length * mean).min(1.0).powf(f64::from(s - p) / f64::from(p)),
        };
        sum * (1.0 + 1e-12)
    }
}

/// Encloses values and gains on a cell.
pub(super) fn gains(placed: &PlacedCircuit, sources: &Sources, cell: Cell) -> Gains {
    let nodes = placed.circuit.nodes();
    let mut values: Vec<Interval> = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let value = match &node.op {
            // Powers are even, so the sign of t changes no value and no size of a gain.
            Op::Scores => cell.own,
            Op::Product(a, b) if a == b => values[a.index()].square(),
            Op::Product(a, b) => values[a.index()] * values[b.index()],
            Op::Times(of, _) => values[of.index()] * sources.constants[index],
            Op::Plus(of, _) => values[of.index()] + sources.constants[index],
            Op::RowSum(_) => cell.mean * Interval::point(f64::from(placed.length)),
            Op::Refresh(of, _) => values[of.index()],
        };
        let value = if index == sources.u { value.meet(u_range(cell, placed)) } else { value };
        let known = match &node.fact {
            None => value,
            Some(Fact::Range(range)) => *range,
            Some(Fact::Numerator { residual, .. }) => {
                let share = u_range(cell, placed) * Interval::point(1.0 / f64::from(placed.length)).widened();
                let denominator = cell.mean + sources.epsilon;
                share * (Interval::ONE - values[residual.index()]) * denominator.recip()
            }
        };
        values.push(value.meet(known));
    }

    let mut direct = vec![Interval::ZERO; nodes.len()];
    if let Some(last) = direct.last_mut() {
        *last = Interval::ONE;
    }
    for (index, node) in nodes.iter().enumerate().rev() {
        let gain = direct[index];
        // Before u all gains go through u, which is handled by the powers' own derivatives.
        if index <= sources.u || gain == Interval::ZERO {
            continue;
        }
        match &node.op {
            Op::Product(NodeId(a), NodeId(b)) => {
                direct[*a] = direct[*a] + gain * values[*b];
                direct[*b] = direct[*b] + gain * values[*a];
            }
            Op::Times(of, _) => direct[of.index()] = direct[of.index()] + gain * sources.constants[index],
            Op::Plus(of, _) => direct[of.index()] = direct[of.index()] + gain,
            Op::Refresh(of, _) => direct[of.index()] = direct[of.index()] + gain,
            Op::RowSum(_) | Op::Scores => {}
        }
    }
    let (sum, own) = (direct[sources.sum].magnitude(), direct[sources.u].magnitude());
    Gains { values, direct, sum, own }
}

/// u = t^p in the slot: at most 1, and at most the whole row sum.
fn u_range(cell: Cell, placed: &PlacedCircuit) -> Interval {
    let sum = (cell.mean.hi * f64::from(placed.length)).next_up();
    Interval::new(0.0, sum.min(1.0))
}

/// The noise of the weights, and of every node, in a cell.
pub(super) fn noise(placed: &PlacedCircuit, sources: &Sources, cell: Cell, log2_failure: f64) -> CellNoise {
    let gains = gains(placed, sources, cell);
    let power = sources.powers[sources.u].map_or(2, |u| u.exponent);
    let sensitivity = |node: usize| sources.powers[node].map(|p| cell.sensitivity(p, power, placed));

    let nodes = node_bounds(placed, sources, cell, &gains, log2_failure);
    let mut random = Vec::new();
    let mut bounded = Vec::new();
    let mut bounded_variance = 0.0;
    for source in &sources.list {
        let at = effect(&gains, sensitivity(source.node), source.node);
        match source.size {
            Size::Random(part) => random.push((source.kind, source.node, at.linear, part.scaled(at.squared))),
            Size::Spread(part) => {
                random.push((source.kind, source.node, at.linear, part.scaled(at.linear * at.linear)));
            }
            Size::Bounded { bound, variance } => {
                bounded.push((source.kind, source.node, at.linear, bound * at.linear));
                bounded_variance += variance * at.squared;
            }
        }
    }
    let second_order = placed.circuit.nodes().iter().enumerate().filter_map(|(index, node)| match node.op {
        Op::Product(a, b) => {
            let at = effect(&gains, sensitivity(index), index);
            Some(at.linear * product_of_noises(nodes[a.index()], nodes[b.index()]))
        }
        _ => None,
    });
    let second_order = second_order.sum();
    let total = random.iter().fold(RandomPart::default(), |sum, &(.., part)| sum.plus(part));
    let values = gains.values.iter().map(|value| value.magnitude()).collect();
    CellNoise { random, bounded, bounded_variance, second_order, nodes, values, total }
}

/// What a unit of noise in every slot at a node does to the weight: in the worst case, and in the mean square.
struct Effect {
    linear: f64,
    squared: f64,
}

fn effect(gains: &Gains, sensitivity: Option<Sensitivity>, node: usize) -> Effect {
    match sensitivity {
        None => {
            let gain = gains.direct[node].magnitude();
            Effect { linear: gain, squared: gain * gain }
        }
        Some(s) => {
            let own = (gains.own + gains.sum) * s.own;
            let linear = gains.own * s.own + gains.sum * s.sum;
            Effect { linear, squared: own * own + gains.sum * gains.sum * s.sum_of_squares }
        }
    }
}

/// A bound on the real and on the imaginary part of δa·δb. Slots are complex: values are real, noises are not, and
/// Re(δa·δb) = Re δa·Re δb − Im δa·Im δb.
fn product_of_noises(a: f64, b: f64) -> f64 {
    2.0 * a * b
}

/// Bounds on the noise of every node, real and imaginary part alike, forwards: |a|·δb + |b|·δa + δa·δb + its own. Both
/// parts have the same distribution. At the row sum the average of independent noises is taken, as everywhere else in
/// the first order.
fn node_bounds(placed: &PlacedCircuit, sources: &Sources, cell: Cell, gains: &Gains, log2_failure: f64) -> Vec<f64> {
    let mut bounds: Vec<f64> = Vec::with_capacity(sources.local.len());
    let value = |node: NodeId| gains.values[node.index()].magnitude();
    for (index, node) in placed.circuit.nodes().iter().enumerate() {
        let own = tail(sources.local[index], log2_failure) + sources.bounded[index];
        let bound = match &node.op {
            Op::Scores => own,
            Op::Product(a, b) => {
                let (da, db) = (bounds[a.index()], bounds[b.index()]);
                value(*a) * db + value(*b) * da + product_of_noises(da, db) + own
            }
            Op::Times(of, _) => bounds[of.index()] * sources.constants[index].magnitude(),
            Op::Plus(of, _) | Op::Refresh(of, _) => bounds[of.index()] + own,
            Op::RowSum(_) => sum_bound(placed, sources, cell, &bounds, log2_failure),
        };
        bounds.push(bound * (1.0 + 1e-14));
    }
    bounds
}

fn sum_bound(placed: &PlacedCircuit, sources: &Sources, cell: Cell, bounds: &[f64], log2_failure: f64) -> f64 {
    let power = sources.powers[sources.u].map_or(2, |u| u.exponent);
    let mut random = sources.local[sources.sum];
    let mut rest = 0.0;
    for (index, node) in placed.circuit.nodes().iter().enumerate().take(sources.u + 1) {
        let Some(s) = sources.powers[index].map(|p| cell.sensitivity(p, power, placed)) else { continue };
        random = random.plus(sources.local[index].scaled(s.sum_of_squares));
        rest += sources.bounded[index] * s.sum;
        if let Op::Product(a, b) = node.op {
            rest += product_of_noises(bounds[a.index()], bounds[b.index()]) * s.sum;
        }
    }
    tail(random, log2_failure) + rest
}
