//! One cell of the domain: enclosures of every value forwards, of every gain backwards, and the noise that follows.

use super::cell::{Cell, Sensitivity};
use super::model::{RandomPart, tail};
use super::sources::{Kind, Size, Source, Sources};
use crate::circuit::{Fact, NodeId, Op, PlacedCircuit};
use crate::real::Interval;

/// Gains to a node, the target, in one slot.
#[derive(Debug)]
pub(super) struct Gains {
    /// ∂target/∂node in the slot itself, not through the row sum.
    pub direct: Vec<Interval>,
    /// |∂target/∂(row sum)|.
    pub sum: f64,
    /// |∂target/∂u| in the slot itself, not through the row sum.
    pub own: f64,
    /// |∂target/∂u + ∂target/∂(row sum)|.
    pub own_and_sum: f64,
}

/// Noise of a node, the target, in one cell.
#[derive(Debug, Default)]
pub(super) struct CellNoise {
    /// (kind, node, largest gain, variance proxy at the target) of each random source.
    pub random: Vec<(Kind, usize, f64, RandomPart)>,
    /// (kind, node, largest gain, bound at the target) of each bounded source.
    pub bounded: Vec<(Kind, usize, f64, f64)>,
    /// What the variances of the bounded sources come to at the target; for predictions alone.
    pub bounded_variance: f64,
    /// Second-order terms at the target.
    pub second_order: f64,
    /// The sum of the random parts.
    pub total: RandomPart,
}

impl CellNoise {
    fn add(&mut self, source: &Source, gain: f64, part: RandomPart) {
        self.random.push((source.kind, source.node, gain, part));
        self.total = self.total.plus(part);
    }

    /// The rigorous bound.
    pub(super) fn bound(&self, log2_failure: f64) -> f64 {
        let bounded: f64 = self.bounded.iter().map(|&(.., bound)| bound).sum();
        tail(self.total, log2_failure) + bounded + self.second_order
    }
}

/// A cell with the enclosure of every value, and a bound on the noise of every node.
pub(super) struct Pass<'a> {
    placed: &'a PlacedCircuit,
    sources: &'a Sources,
    cell: Cell<'a>,
    log2_failure: f64,
    /// The value of every node.
    pub values: Vec<Interval>,
    /// A bound on the real and on the imaginary part of every node's noise, each with the failure probability asked for,
    /// propagated forwards.
    pub bounds: Vec<f64>,
}

impl<'a> Pass<'a> {
    /// Encloses values and noises, forwards.
    pub(super) fn new(placed: &'a PlacedCircuit, sources: &'a Sources, cell: Cell<'a>, log2_failure: f64) -> Self {
        let mut pass = Self { placed, sources, cell, log2_failure, values: Vec::new(), bounds: Vec::new() };
        pass.values = pass.values();
        pass.bounds = pass.node_bounds();
        pass
    }

    fn values(&self) -> Vec<Interval> {
        let (placed, sources, cell) = (self.placed, self.sources, &self.cell);
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
            let value = if index == sources.u { value.meet(cell.u_range(placed)) } else { value };
            let known = match &node.fact {
                None => value,
                Some(Fact::Range(range)) => *range,
                Some(Fact::Numerator { residual, .. }) => {
                    let share = cell.u_range(placed) * Interval::point(1.0 / f64::from(placed.length)).widened();
                    let denominator = cell.mean + sources.epsilon;
                    share * (Interval::ONE - values[residual.index()]) * denominator.recip()
                }
            };
            values.push(value.meet(known));
        }
        values
    }

    /// Encloses the gains to the node `target`, backwards.
    pub(super) fn gains(&self, target: usize) -> Gains {
        let (sources, values) = (self.sources, &self.values);
        let nodes = self.placed.circuit.nodes();
        let mut direct = vec![Interval::ZERO; nodes.len()];
        direct[target] = Interval::ONE;
        for (index, node) in nodes.iter().enumerate().take(target + 1).rev() {
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
                Op::Plus(of, _) | Op::Refresh(of, _) => direct[of.index()] = direct[of.index()] + gain,
                Op::RowSum(_) | Op::Scores => {}
            }
        }
        let (sum, own) = (direct[sources.sum], direct[sources.u]);
        Gains { sum: sum.magnitude(), own: own.magnitude(), own_and_sum: (own + sum).magnitude(), direct }
    }

    /// The noise of the weights.
    pub(super) fn of_weights(&self) -> CellNoise {
        self.noise(self.placed.circuit.len().saturating_sub(1))
    }

    /// The noise of the node `target`, which comes after the row sum.
    pub(super) fn noise(&self, target: usize) -> CellNoise {
        let (placed, sources, gains) = (self.placed, self.sources, self.gains(target));
        let power = sources.power();
        let sensitivity = |node: usize| sources.powers[node].map(|p| self.cell.sensitivity(p, power, placed));
        let mut noise = CellNoise::default();
        for source in &sources.list {
            let at = effect(&gains, sensitivity(source.node), source.node);
            match source.size {
                Size::Random(part) => noise.add(source, at.linear, part.scaled(at.squared)),
                Size::Spread(part) => noise.add(source, at.linear, part.scaled(at.linear * at.linear)),
                Size::Bounded { bound, variance } => {
                    noise.bounded.push((source.kind, source.node, at.linear, bound * at.linear));
                    noise.bounded_variance += variance * at.squared;
                }
            }
        }
        for (index, node) in placed.circuit.nodes().iter().enumerate() {
            if let Op::Product(a, b) = node.op {
                let at = effect(&gains, sensitivity(index), index);
                noise.second_order += at.linear * product_of_noises(self.bounds[a.index()], self.bounds[b.index()]);
            }
        }
        noise
    }

    /// Forwards: |a|·δb + |b|·δa + δa·δb + the node's own. At the row sum the average of independent noises is taken, as
    /// everywhere else in the first order.
    fn node_bounds(&self) -> Vec<f64> {
        let sources = self.sources;
        let mut bounds: Vec<f64> = Vec::with_capacity(sources.local.len());
        let value = |node: NodeId| self.values[node.index()].magnitude();
        for (index, node) in self.placed.circuit.nodes().iter().enumerate() {
            let own = tail(sources.local[index], self.log2_failure) + sources.bounded[index];
            let bound = match &node.op {
                Op::Scores => own,
                Op::Product(a, b) => {
                    let (da, db) = (bounds[a.index()], bounds[b.index()]);
                    value(*a) * db + value(*b) * da + product_of_noises(da, db) + own
                }
                Op::Times(of, _) => bounds[of.index()] * sources.constants[index].magnitude(),
                Op::Plus(of, _) | Op::Refresh(of, _) => bounds[of.index()] + own,
                Op::RowSum(_) => self.sum_bound(&bounds),
            };
            bounds.push(bound * (1.0 + 1e-14));
        }
        bounds
    }

    fn sum_bound(&self, bounds: &[f64]) -> f64 {
        let (placed, sources) = (self.placed, self.sources);
        let mut random = sources.local[sources.sum];
        let mut rest = 0.0;
        for (index, node) in placed.circuit.nodes().iter().enumerate().take(sources.u + 1) {
            let Some(power) = sources.powers[index] else { continue };
            let s = self.cell.sensitivity(power, sources.power(), placed);
            random = random.plus(sources.local[index].scaled(s.sum_of_squares));
            rest += sources.bounded[index] * s.sum;
            if let Op::Product(a, b) = node.op {
                rest += product_of_noises(bounds[a.index()], bounds[b.index()]) * s.sum;
            }
        }
        tail(random, self.log2_failure) + rest
    }
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
            // In the slot itself the numerator's and the denominator's share add up, signs and all.
            let own = gains.own_and_sum * s.own;
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
