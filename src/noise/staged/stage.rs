//! One normalisation V = u·r(Σ u), u = w²: what its nodes are worth in a slot, and what noise at them does to V.
//!
//! Every node of a normalisation is a power of the slot's u times a function of the row sum: u and z of degree 1, the input
//! w of degree ½, R and the row sum of degree 0. So it is enough to know values and gains in a slot with V = 1: a gain
//! from a node of degree d to one of degree d' is that one times V^(d' − d).

use crate::circuit::{Fact, Op, PlacedCircuit, StageCircuit};
use crate::error::{Error, Result};
use crate::noise::pass::adjoint;
use crate::noise::sources::Sources;
use crate::real::Interval;

/// A normalisation with its sources.
pub(super) struct Stage {
    pub circuit: StageCircuit,
    pub sources: Sources,
    /// Twice the degree of each node.
    pub halves: Vec<u32>,
    /// R before the last doubling, and that doubling's α.
    residual: usize,
    alpha: Interval,
    /// 1 − R after the last doubling, anywhere in the domain.
    pub total: Interval,
}

impl Stage {
    /// The normalisations of a placed circuit; `make` gives the sources of each, as if its scores were encrypted.
    pub(super) fn all(placed: &PlacedCircuit, make: impl Fn(&PlacedCircuit) -> Result<Sources>) -> Result<Vec<Self>> {
        let stage = |(index, circuit): (usize, StageCircuit)| {
            let sources = make(&circuit.placed)?;
            let sources = if index == 0 { sources } else { sources.inherited() };
            Self::new(circuit, sources)
        };
        placed.stages()?.into_iter().enumerate().map(stage).collect()
    }

    fn new(circuit: StageCircuit, sources: Sources) -> Result<Self> {
        let malformed = || Error::internal("only a square and a merged composite can be analysed as a normalisation");
        let nodes = circuit.placed.circuit.nodes();
        let mut halves: Vec<u32> = Vec::with_capacity(nodes.len());
        for node in nodes {
            halves.push(match &node.op {
                Op::Scores => 1,
                Op::Product(a, b) => halves[a.index()] + halves[b.index()],
                Op::Times(of, _) => halves[of.index()],
                Op::Plus(of, _) if halves[of.index()] == 0 => 0,
                Op::RowSum(_) => 0,
                Op::Plus(..) | Op::Refresh(..) | Op::Add(..) | Op::Combination(..) => return Err(malformed()),
            });
        }
        let residual = nodes.iter().rev().find_map(|node| match &node.fact {
            Some(Fact::Numerator { residual, .. }) => Some(residual.index()),
            _ => None,
        });
        let range = nodes.last().and_then(|node| match &node.fact {
            Some(Fact::Range(range)) => Some(*range),
            _ => None,
        });
        let (Some(residual), Some(range), Some(alpha)) = (residual, range, sources.constants.last().copied()) else {
            return Err(malformed());
        };
        if sources.power() != 2 {
            return Err(malformed());
        }
        let bound = (range.hi - 1.0).next_up();
        let total = Interval::new((1.0 - bound).next_down(), range.hi);
        Ok(Self { circuit, sources, halves, residual, alpha, total })
    }

    /// The number of keys.
    pub(super) fn length(&self) -> f64 {
        f64::from(self.circuit.placed.length)
    }

    /// The node of V.
    pub(super) fn result(&self) -> usize {
        self.halves.len().saturating_sub(1)
    }

    /// What is known where the mean of u over the L keys is in `mean`.
    pub(super) fn cell(&self, mean: Interval) -> StageCell {
        let (placed, sources) = (&self.circuit.placed, &self.sources);
        let nodes = placed.circuit.nodes();
        let length = Interval::point(f64::from(placed.length));
        let d = mean + sources.epsilon;
        let mut values = vec![Interval::ONE; nodes.len()];
        let sum = mean * length;
        // R first: the rest is in proportion to it.
        for (index, node) in nodes.iter().enumerate().filter(|(index, _)| self.halves[*index] == 0) {
            let value = match &node.op {
                Op::Product(a, b) if a == b => values[a.index()].square(),
                Op::Product(a, b) => values[a.index()] * values[b.index()],
                Op::Times(of, _) => values[of.index()] * sources.constants[index],
                Op::Plus(of, _) => values[of.index()] + sources.constants[index],
                _ => sum,
            };
            values[index] = match &node.fact {
                Some(Fact::Range(range)) => value.meet(*range),
                _ => value,
            };
        }
        let before = values[self.residual];
        let total = (self.alpha * (Interval::ONE - before.square())).meet(self.total);
        let ratio = total * (length * d).recip();
        let of_u = ratio.recip();
        for (index, node) in nodes.iter().enumerate() {
            values[index] = match (&node.op, &node.fact) {
                (_, Some(Fact::Numerator { residual, .. })) => {
                    (Interval::ONE - values[residual.index()]) * total.recip()
                }
                _ if self.halves[index] == 0 || index == self.result() => values[index],
                (Op::Scores, _) => square_root(of_u),
                (Op::Product(a, b), _) if *a == *b => of_u,
                (Op::Product(a, b), _) => values[a.index()] * values[b.index()],
                (Op::Times(of, _), _) => values[of.index()] * sources.constants[index],
                _ => values[index],
            };
        }
        let kept = if sources.epsilon == Interval::ZERO { Interval::ONE } else { mean * d.recip() };
        let slopes = self.slopes(&values);
        let mut cell = StageCell { sum, ratio, total, row: total * kept, values, slopes, gains: Gains::default() };
        let mut gains = self.gains(&cell, self.result());
        gains.u = gains.u.meet(ratio);
        gains.scaling = gains.scaling.meet(self.scaling(&cell, Interval::ONE - kept));
        // ∂V/∂S is in proportion to V, and S·∂V/∂S = (scaling − 1)·V.
        gains.sum = gains.sum.meet((gains.scaling - Interval::ONE) * sum.recip());
        cell.gains = gains;
        cell
    }

    /// By how much V follows a common factor of all u of the row.
    ///
    /// # Formula
    /// ∂lnV/∂lnλ = ε/D − S·(∂R/∂S)/(1 − R), R = α·R₁² − (α − 1): next to nothing where R is small.
    fn scaling(&self, cell: &StageCell, lost: Interval) -> Interval {
        let slope = Interval::point(2.0) * self.alpha * cell.values[self.residual] * cell.slopes[self.residual].sum;
        lost - cell.sum * slope * cell.total.recip()
    }

    /// How every node follows u in its slot and the row sum, in a slot with V = 1.
    fn slopes(&self, values: &[Interval]) -> Vec<Slope> {
        let mut slopes: Vec<Slope> = Vec::with_capacity(values.len());
        for (node, operation) in self.circuit.placed.circuit.nodes().iter().enumerate() {
            slopes.push(match &operation.op {
                _ if node == self.sources.u => Slope { u: Interval::ONE, sum: Interval::ZERO },
                Op::RowSum(_) => Slope { u: Interval::ZERO, sum: Interval::ONE },
                Op::Product(a, b) => {
                    slopes[a.index()].times(values[b.index()]).plus(slopes[b.index()].times(values[a.index()]))
                }
                Op::Times(of, _) => slopes[of.index()].times(self.sources.constants[node]),
                Op::Plus(of, _) | Op::Refresh(of, _) => slopes[of.index()],
                // No normalisation has sums.
                Op::Scores | Op::Add(..) | Op::Combination(..) => Slope::default(),
            });
        }
        slopes
    }

    /// The gains to the node `target` after the row sum, in a slot with V = 1.
    pub(super) fn gains(&self, cell: &StageCell, target: usize) -> Gains {
        let direct = adjoint(&self.circuit.placed, &self.sources, &cell.values, target);
        let (u, sum) = (direct[self.sources.u], direct[self.sources.sum]);
        let scaling = u * cell.ratio.recip() + sum * cell.sum;
        Gains { direct, u, sum, scaling, halves: self.halves[target] }
    }
}

/// What is known of a normalisation where the row sum is in an interval.
#[derive(Clone)]
pub(super) struct StageCell {
    /// The row sum S of u.
    pub sum: Interval,
    /// V/u = (1 − R)/(L·D).
    pub ratio: Interval,
    /// 1 − R after the last doubling.
    total: Interval,
    /// The sum of V over the row: without ε the same.
    pub row: Interval,
    /// The value of every node in a slot with V = 1.
    pub values: Vec<Interval>,
    /// How every node follows u and the row sum, in a slot with V = 1.
    pub slopes: Vec<Slope>,
    /// The gains to V.
    pub gains: Gains,
}

/// The derivatives of a node.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slope {
    /// By u, not through the row sum.
    pub u: Interval,
    /// By the row sum.
    pub sum: Interval,
}

impl Slope {
    fn times(self, factor: Interval) -> Self {
        Self { u: self.u * factor, sum: self.sum * factor }
    }

    fn plus(self, other: Self) -> Self {
        Self { u: self.u + other.u, sum: self.sum + other.sum }
    }
}

impl StageCell {
    /// What is known where the row sum is in either of two intervals: far more than interval arithmetic over both would tell.
    pub(super) fn hull(&self, other: &Self) -> Self {
        let all = |a: &[Interval], b: &[Interval]| a.iter().zip(b).map(|(a, b)| a.hull(*b)).collect();
        let slopes = self.slopes.iter().zip(&other.slopes);
        Self {
            sum: self.sum.hull(other.sum),
            ratio: self.ratio.hull(other.ratio),
            total: self.total.hull(other.total),
            row: self.row.hull(other.row),
            values: all(&self.values, &other.values),
            slopes: slopes.map(|(a, b)| Slope { u: a.u.hull(b.u), sum: a.sum.hull(b.sum) }).collect(),
            gains: Gains {
                direct: all(&self.gains.direct, &other.gains.direct),
                u: self.gains.u.hull(other.gains.u),
                sum: self.gains.sum.hull(other.gains.sum),
                scaling: self.gains.scaling.hull(other.gains.scaling),
                halves: self.gains.halves,
            },
        }
    }
}

/// Gains to a node, the target, in a slot with V = 1.
#[derive(Clone, Default)]
pub(super) struct Gains {
    /// From every node from u on, not through the row sum.
    pub direct: Vec<Interval>,
    /// From u, not through the row sum.
    pub u: Interval,
    /// From the row sum.
    pub sum: Interval,
    /// From a common factor of all u of the row.
    pub scaling: Interval,
    /// Twice the degree of the target.
    pub halves: u32,
}

/// value^(halves/2) for value ≥ 0.
pub(super) fn power(value: Interval, halves: u32) -> Interval {
    let whole = (0..halves / 2).fold(Interval::ONE, |product, _| product * value);
    if halves.is_multiple_of(2) { whole } else { whole * square_root(value) }
}

/// √ of an interval that is not below 0.
pub(super) fn square_root(value: Interval) -> Interval {
    Interval::new(value.lo.max(0.0).sqrt(), value.hi.max(0.0).sqrt()).widened()
}
