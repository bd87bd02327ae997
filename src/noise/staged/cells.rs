//! A cell of the domain of a staged circuit: an interval of row means for each normalisation, and a bound on the noise of
//! every node there.

use super::pull::{Line, Pull, Tally};
use super::stage::{Gains, Stage, StageCell, power};
use super::sums::CellSums;
use crate::circuit::Op;
use crate::noise::pass::{CellNoise, product_of_noises};
use crate::real::Interval;

/// A few hundred roundings of binary64.
const OUTWARDS: f64 = 1.0 + 1e-10;
/// Ends of the parts of the range of V in which a slot's own is looked for.
const OWN: [f64; 5] = [0.0, 1.0 / 16.0, 0.25, 0.5, f64::INFINITY];

/// The normalisations on one cell.
pub(super) struct Cell<'a> {
    stages: &'a [Stage],
    pub cells: Vec<StageCell>,
    sums: Vec<CellSums>,
    /// A bound on the real and on the imaginary part of the noise of every node of each normalisation.
    pub bounds: Vec<Vec<f64>>,
}

impl<'a> Cell<'a> {
    /// The rows of which the cells are known, one for each normalisation; `None` where there are none.
    pub(super) fn new(stages: &'a [Stage], cells: Vec<StageCell>) -> Option<Self> {
        let follows = |(index, pair): (usize, &[StageCell])| {
            let possible = sums_after(pair[0].row, stages[index].length());
            pair[1].sum.lo <= possible.hi && possible.lo <= pair[1].sum.hi
        };
        if !cells.windows(2).enumerate().all(follows) {
            return None;
        }
        let sums = sums(stages, &cells);
        let mut cell = Self { stages, cells, sums, bounds: Vec::new() };
        for (index, stage) in stages.iter().enumerate() {
            let entering = match index.checked_sub(1) {
                None => stage.sources.entering[0],
                Some(before) => cell.noise(before, &cell.cells[before].gains).bound() * OUTWARDS,
            };
            // The row sum's bound needs that of the input alone.
            cell.bounds.push(vec![entering]);
            let to_sum = stage.gains(&cell.cells[index], stage.sources.sum);
            let any = Interval::new(0.0, cell.sums[index].largest);
            let of_sum = cell.in_slot(index, &to_sum, any, None).noise.bound() * OUTWARDS;
            cell.bounds[index] = cell.forwards(index, entering, of_sum);
        }
        Some(cell)
    }

    /// The noise of the weights.
    pub(super) fn of_weights(&self) -> CellNoise {
        self.cells.last().map(|last| self.noise(self.cells.len() - 1, &last.gains)).unwrap_or_default()
    }

    /// The noise of a node of a normalisation, from its row sum on, in the slot where its bound is largest.
    pub(super) fn noise(&self, index: usize, gains: &Gains) -> CellNoise {
        let parts = self.parts(index).map(|value| self.in_slot(index, gains, value, None).noise);
        let worse = |x: CellNoise, y: CellNoise| if is_worse(&x, &y) { x } else { y };
        // Where nothing is known of V, nothing is known of its noise.
        parts.reduce(worse).unwrap_or(CellNoise { tail: f64::INFINITY, ..CellNoise::default() })
    }

    /// What the noise of the weights is made of, in the slot where its bound is largest.
    pub(super) fn ledger(&self) -> Tally {
        let last = self.cells.len() - 1;
        let parts = self.parts(last).map(|value| self.in_slot(last, &self.cells[last].gains, value, Some(Vec::new())));
        let worse = |x: Tally, y: Tally| if is_worse(&x.noise, &y.noise) { x } else { y };
        parts.reduce(worse).unwrap_or_default()
    }

    /// Intervals of what a slot holds.
    fn parts(&self, index: usize) -> impl Iterator<Item = Interval> {
        let most = self.sums[index].largest;
        let inside = OWN.windows(2).filter(move |ends| ends[0] < most);
        inside.map(move |ends| Interval::new(ends[0], ends[1].min(most)))
    }

    /// The noise in the slots with V in `value`.
    fn in_slot(&self, index: usize, gains: &Gains, value: Interval, lines: Option<Vec<Line>>) -> Tally {
        let mut tally = Tally { lines, ..Tally::default() };
        let mut pull = Pull::slot(value, gains.halves);
        for stage in (0..=index).rev() {
            let gains = if stage == index { gains } else { &self.cells[stage].gains };
            let bounds = self.bounds.get(stage).map(Vec::as_slice).unwrap_or_default();
            let (circuit, cell) = (&self.stages[stage], &self.cells[stage]);
            pull = pull.through(&mut tally, circuit, cell, gains, &self.sums[stage], bounds);
        }
        let noise = &mut tally.noise;
        noise.tail = self.stages[index].sources.tail(noise.random, noise.slots);
        tally
    }

    /// A bound on |value| of a node in any slot.
    pub(super) fn magnitude(&self, index: usize, node: usize) -> f64 {
        let stage = &self.stages[index];
        let at_most = match stage.halves[node] {
            // u and w are at most 1, or what the normalisation before hands on.
            1 | 2 if node <= stage.sources.u => power(Interval::point(self.input(index)), 2 * stage.halves[node]).hi,
            _ => f64::INFINITY,
        };
        let largest = Interval::point(self.sums[index].largest);
        (self.cells[index].values[node] * power(largest, stage.halves[node])).magnitude().min(at_most)
    }

    /// The largest value that enters a normalisation.
    fn input(&self, index: usize) -> f64 {
        index.checked_sub(1).map_or(1.0, |before| self.sums[before].largest)
    }

    /// Forwards. The error of a node is exactly (∂node/∂S)·δS + (∂node/∂u)·δu + rest, and that of a product has
    /// rest = a·rest_b + b·rest_a + δa·δb + the node's own. Signs within the derivatives are kept, for they cancel.
    fn forwards(&self, index: usize, entering: f64, of_sum: f64) -> Vec<f64> {
        let (stage, cell) = (&self.stages[index], &self.cells[index]);
        let largest = Interval::point(self.sums[index].largest);
        let mut bounds: Vec<f64> = Vec::with_capacity(stage.halves.len());
        let mut rests: Vec<f64> = Vec::with_capacity(stage.halves.len());
        for (node, operation) in stage.circuit.placed.circuit.nodes().iter().enumerate() {
            let own = stage.sources.entering[node];
            let rest = match &operation.op {
                Op::Scores => entering,
                Op::Product(a, b) => {
                    let second = product_of_noises(bounds[a.index()], bounds[b.index()]);
                    let (of_a, of_b) = (self.magnitude(index, a.index()), self.magnitude(index, b.index()));
                    of_a * rests[b.index()] + of_b * rests[a.index()] + second + own
                }
                Op::Times(of, _) => rests[of.index()] * stage.sources.constants[node].magnitude(),
                Op::Plus(of, _) | Op::Refresh(of, _) => rests[of.index()] + own,
                Op::RowSum(_) => of_sum,
                // No normalisation has them.
                Op::Add(..) | Op::Combination(..) => f64::INFINITY,
            } * OUTWARDS;
            let is_before = node <= stage.sources.sum;
            let halves = stage.halves[node];
            let through_sum = (cell.slopes[node].sum * power(largest, halves)).magnitude() * of_sum;
            let of_u = bounds.get(stage.sources.u).copied().unwrap_or_default();
            let through_u = (cell.slopes[node].u * power(largest, halves.saturating_sub(2))).magnitude() * of_u;
            bounds.push(if is_before { rest } else { (rest + through_sum + through_u) * OUTWARDS });
            // What u and the row sum bring is in the derivatives from here on.
            rests.push(if is_before && node >= stage.sources.u { 0.0 } else { rest });
        }
        bounds
    }
}

/// Whether the bound of `x` is the larger, or none.
fn is_worse(x: &CellNoise, y: &CellNoise) -> bool {
    x.bound().is_nan() || x.bound() >= y.bound()
}

/// What is known of the sums of powers of each V.
fn sums(stages: &[Stage], cells: &[StageCell]) -> Vec<CellSums> {
    let mut sums: Vec<CellSums> = Vec::with_capacity(cells.len());
    for (index, (stage, cell)) in stages.iter().zip(cells).enumerate() {
        let squares = cells.get(index + 1).map_or(f64::INFINITY, |next| next.sum.hi);
        let fourth = match (cells.get(index + 1), cells.get(index + 2)) {
            (Some(next), Some(after)) => (after.sum * next.ratio.square().recip()).hi,
            _ => f64::INFINITY,
        };
        let input = sums.last().map_or(1.0, |before| before.largest);
        let of_input = cell.ratio.hi * input * input;
        let total = cell.row.hi;
        let largest = total.min(squares.sqrt()).min(fourth.sqrt().sqrt()).min(of_input) * OUTWARDS;
        let placed = &stage.circuit.placed;
        let (length, padded) = (f64::from(placed.length), f64::from(placed.padded_length()));
        sums.push(CellSums { length, padded, total, squares, fourth, largest });
    }
    sums
}

/// The sum of V² where the sum of V is in `row`: by Cauchy and Schwarz at least (Σ V)²/L, and V is at most Σ V.
pub(super) fn sums_after(row: Interval, length: f64) -> Interval {
    let squared = Interval::new(row.lo.max(0.0), row.hi).square();
    Interval::new((squared * Interval::point(length).recip()).lo, squared.hi)
}
