//! One cell of the domain: enclosures of every value forwards, of every gain backwards, and the noise that follows.

use super::cell::{Cell, Sensitivity};
use super::chebyshev::chebyshev;
use super::model::RandomPart;
use super::sources::{Size, Slots, Source, Sources};
use crate::circuit::{Fact, NodeId, Op, PlacedCircuit, Residual};
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
    /// The sum of the random sources.
    pub random: RandomPart,
    /// Whose keys its keyed part follows.
    pub slots: Slots,
    /// A bound on the random sources together.
    pub tail: f64,
    /// A bound on the bounded sources together.
    pub bounded: f64,
    /// What their variances come to; for predictions alone.
    pub bounded_variance: f64,
    /// Second-order terms.
    pub second_order: f64,
}

impl CellNoise {
    /// The rigorous bound.
    pub(super) fn bound(&self) -> f64 {
        self.tail + self.bounded + self.second_order
    }
}

/// A cell with the enclosure of every value, and a bound on the noise of every node.
pub(super) struct Pass<'a> {
    placed: &'a PlacedCircuit,
    sources: &'a Sources,
    cell: Cell<'a>,
    /// Of u, to each node up to it.
    sensitivities: Vec<Sensitivity>,
    /// The value of every node.
    pub values: Vec<Interval>,
    /// A bound on the real and on the imaginary part of every node's noise, each with the failure probability asked for,
    /// propagated forwards.
    pub bounds: Vec<f64>,
}

impl<'a> Pass<'a> {
    /// Encloses values and noises, forwards.
    pub(super) fn new(placed: &'a PlacedCircuit, sources: &'a Sources, cell: Cell<'a>) -> Self {
        let sensitivities = cell.sensitivities(placed, sources);
        let (values, bounds) = (Vec::new(), Vec::new());
        let mut pass = Self { placed, sources, cell, sensitivities, values, bounds };
        pass.values = pass.values();
        pass.bounds = pass.node_bounds();
        pass
    }

    fn values(&self) -> Vec<Interval> {
        let (placed, sources, cell) = (self.placed, self.sources, &self.cell);
        let nodes = placed.circuit.nodes();
        let u_range = cell.u_range(placed);
        let share = u_range * Interval::point(1.0 / f64::from(placed.length)).widened();
        let reciprocal = (cell.mean + sources.epsilon).recip();
        let weight = share * reciprocal;
        let mut values: Vec<Interval> = Vec::with_capacity(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            let value = match &node.op {
                // Of a row it is |t|: powers are even, so the sign changes no value and no size of a gain.
                Op::Scores => cell.own,
                Op::Product(a, b) if a == b => values[a.index()].square(),
                Op::Product(a, b) => values[a.index()] * values[b.index()],
                Op::Times(of, _) => values[of.index()] * sources.constants[index],
                Op::Plus(of, _) => values[of.index()] + sources.constants[index],
                Op::Add(a, b) => values[a.index()] + values[b.index()],
                Op::Combination(terms, _) => {
                    let terms = terms.iter().zip(&sources.coefficients[index]);
                    terms.fold(sources.constants[index], |sum, ((of, _), c)| sum + values[of.index()] * *c)
                }
                Op::RowSum(_) => cell.mean * Interval::point(f64::from(placed.length)),
                Op::Refresh(of, _) => values[of.index()],
            };
            let value = if index == sources.u && sources.has_row_sum() { value.meet(u_range) } else { value };
            let known = match &node.fact {
                None => value,
                Some(Fact::Range(range)) => *range,
                Some(Fact::Numerator { residual, .. }) => weight * (Interval::ONE - values[residual.index()]),
                Some(Fact::Reciprocal { residual: Residual::Node(residual), .. }) => {
                    reciprocal * (Interval::ONE - values[residual.index()])
                }
                Some(Fact::Reciprocal { residual: Residual::Within(bound), .. }) => {
                    reciprocal * (Interval::ONE - Interval::new(-bound, *bound))
                }
                Some(Fact::Chebyshev { degree, argument }) => chebyshev(*degree, values[argument.index()]),
            };
            values.push(value.meet(known));
        }
        values
    }

    /// Encloses the gains to the node `target`, backwards.
    pub(super) fn gains(&self, target: usize) -> Gains {
        let sources = self.sources;
        let direct = adjoint(self.placed, sources, &self.values, target);
        let (sum, own) = (direct[sources.sum], direct[sources.u]);
        Gains { sum: sum.magnitude(), own: own.magnitude(), own_and_sum: (own + sum).magnitude(), direct }
    }

    /// The noise of the weights.
    pub(super) fn of_weights(&self) -> CellNoise {
        self.noise(self.weights())
    }

    /// The node of the weights.
    pub(super) fn weights(&self) -> usize {
        self.placed.circuit.len().saturating_sub(1)
    }

    /// The noise of the node `target`, which comes after the row sum.
    pub(super) fn noise(&self, target: usize) -> CellNoise {
        let (sources, gains) = (self.sources, self.gains(target));
        let mut noise = CellNoise::default();
        for source in &sources.list {
            let at = self.effect(&gains, source.node);
            match source.size {
                Size::Random(part) => {
                    noise.random = noise.random.plus(part.scaled(at.own + at.others));
                    noise.slots.add(part.keyed * at.own, part.keyed * at.others, part.keyed * at.largest);
                }
                Size::Spread(part) => {
                    let part = part.scaled(at.linear * at.linear);
                    let largest = part.keyed * sources.rotation_share;
                    noise.random = noise.random.plus(part);
                    noise.slots.add(largest, part.keyed, largest);
                }
                Size::Bounded { bound, variance } => {
                    let factor = self.factor(source);
                    noise.bounded += bound * factor * at.linear;
                    noise.bounded_variance += variance * factor * factor * (at.own + at.others);
                }
            }
        }
        for (index, node) in self.placed.circuit.nodes().iter().enumerate() {
            if let Op::Product(a, b) = node.op {
                let linear = self.effect(&gains, index).linear;
                noise.second_order += linear * product_of_noises(self.bounds[a.index()], self.bounds[b.index()]);
            }
        }
        noise.tail = sources.tail(noise.random, noise.slots);
        noise
    }

    /// A bound on what a source comes with: the computed value, its noise included.
    pub(super) fn factor(&self, source: &Source) -> f64 {
        source.times.map_or(1.0, |node| self.values[node].magnitude() + self.bounds[node])
    }

    /// What a unit of noise in every slot at `node` does.
    pub(super) fn effect(&self, gains: &Gains, node: usize) -> Effect {
        let Some(s) = self.sensitivities.get(node) else {
            let gain = gains.direct[node].magnitude();
            return Effect { linear: gain, own: gain * gain, others: 0.0, largest: 0.0 };
        };
        let through_sum = gains.sum * gains.sum;
        Effect {
            linear: gains.own * s.own + gains.sum * s.sum,
            // In the slot itself the numerator's and the denominator's share add up, signs and all.
            own: (gains.own_and_sum * s.own).powi(2),
            others: through_sum * s.sum_of_squares,
            largest: through_sum * s.largest * s.largest,
        }
    }

    /// Forwards: |a|·δb + |b|·δa + δa·δb + the node's own. At the row sum the average of independent noises is taken, as
    /// everywhere else in the first order.
    fn node_bounds(&self) -> Vec<f64> {
        let sources = self.sources;
        let mut bounds: Vec<f64> = Vec::with_capacity(sources.local.len());
        let value = |node: NodeId| self.values[node.index()].magnitude();
        for (index, node) in self.placed.circuit.nodes().iter().enumerate() {
            let own = sources.entering[index];
            let bound = match &node.op {
                Op::Scores => own,
                Op::Product(a, b) => {
                    let (da, db) = (bounds[a.index()], bounds[b.index()]);
                    value(*a) * db + value(*b) * da + product_of_noises(da, db) + own
                }
                Op::Times(of, _) => bounds[of.index()] * sources.constants[index].magnitude(),
                Op::Plus(of, _) | Op::Refresh(of, _) => bounds[of.index()] + own,
                Op::Add(a, b) => bounds[a.index()] + bounds[b.index()],
                Op::Combination(terms, _) => {
                    let terms = terms.iter().zip(&sources.coefficients[index]);
                    let carried: f64 = terms.map(|((of, _), c)| c.magnitude() * bounds[of.index()]).sum();
                    carried + self.coefficient_errors(index, &bounds) + own
                }
                Op::RowSum(_) => self.sum_bound(&bounds),
            };
            bounds.push(bound * (1.0 + 1e-14));
        }
        bounds
    }

    /// What the rounded coefficients of the combination at `node` err by.
    fn coefficient_errors(&self, node: usize, bounds: &[f64]) -> f64 {
        let error = |source: &Source| match (source.times, source.size) {
            (Some(of), Size::Bounded { bound, .. }) if source.node == node => {
                bound * (self.values[of].magnitude() + bounds[of])
            }
            _ => 0.0,
        };
        self.sources.list.iter().map(error).sum()
    }

    fn sum_bound(&self, bounds: &[f64]) -> f64 {
        let (placed, sources) = (self.placed, self.sources);
        let mut random = sources.local[sources.sum];
        let mut slots = Slots::default();
        slots.add(0.0, random.keyed, random.keyed * sources.rotation_share);
        let mut rest = 0.0;
        let nodes = placed.circuit.nodes();
        for (index, (node, s)) in nodes.iter().zip(&self.sensitivities).enumerate() {
            let part = sources.local[index];
            random = random.plus(part.scaled(s.sum_of_squares));
            slots.add(0.0, part.keyed * s.sum_of_squares, part.keyed * s.largest * s.largest);
            rest += sources.bounded[index] * s.sum;
            if let Op::Product(a, b) = node.op {
                rest += product_of_noises(bounds[a.index()], bounds[b.index()]) * s.sum;
            }
        }
        sources.tail(random, slots) + rest
    }
}

/// ∂target/∂node in the slot itself for every node from u on, not through the row sum. Before u all gains go through u, which is
/// handled by the powers' own derivatives.
pub(super) fn adjoint(placed: &PlacedCircuit, sources: &Sources, values: &[Interval], target: usize) -> Vec<Interval> {
    let nodes = placed.circuit.nodes();
    let mut direct = vec![Interval::ZERO; nodes.len()];
    direct[target] = Interval::ONE;
    for (index, node) in nodes.iter().enumerate().take(target + 1).skip(sources.u + 1).rev() {
        let gain = direct[index];
        if gain == Interval::ZERO {
            continue;
        }
        match &node.op {
            Op::Product(NodeId(a), NodeId(b)) => {
                direct[*a] = direct[*a] + gain * values[*b];
                direct[*b] = direct[*b] + gain * values[*a];
            }
            Op::Times(of, _) => direct[of.index()] = direct[of.index()] + gain * sources.constants[index],
            Op::Plus(of, _) | Op::Refresh(of, _) => direct[of.index()] = direct[of.index()] + gain,
            Op::Add(NodeId(a), NodeId(b)) => {
                direct[*a] = direct[*a] + gain;
                direct[*b] = direct[*b] + gain;
            }
            Op::Combination(terms, _) => {
                for ((of, _), c) in terms.iter().zip(&sources.coefficients[index]) {
                    direct[of.index()] = direct[of.index()] + gain * *c;
                }
            }
            Op::RowSum(_) | Op::Scores => {}
        }
    }
    direct
}

/// What a unit of noise in every slot at a node does to the target.
pub(super) struct Effect {
    /// In the worst case.
    pub linear: f64,
    /// The square of what the slot's own noise does.
    pub own: f64,
    /// The sum of the squares of what that of the others does.
    pub others: f64,
    /// The largest of those squares.
    pub largest: f64,
}

/// A bound on the real and on the imaginary part of δa·δb. Slots are complex: values are real, noises are not, and
/// Re(δa·δb) = Re δa·Re δb − Im δa·Im δb.
pub(super) fn product_of_noises(a: f64, b: f64) -> f64 {
    2.0 * a * b
}
