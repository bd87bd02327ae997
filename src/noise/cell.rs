//! A cell of the domain, or one row of it: what is known of the scores of its rows.

use super::sources::{PowerNode, Sources};
use crate::circuit::PlacedCircuit;
use crate::real::Interval;

/// Rows whose mean m = (1/L) Σ u lies in an interval, seen from a slot whose own |t| lies in another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'a> {
    /// The row mean; what is divided by, less ε, where there is no row.
    pub mean: Interval,
    /// The slot's own |t|; t itself where there is no row.
    pub own: Interval,
    /// All scores of the row, where it is one row.
    pub row: Option<&'a [f64]>,
}

/// What noise at a node of x^p does to u: |∂u/∂node| = factor·|t|^exponent in the slot, in any slot of the row, and summed over
/// the row, over all rows of a cell.
pub(super) struct Sensitivity {
    pub own: f64,
    pub largest: f64,
    pub sum: f64,
    pub sum_of_squares: f64,
}

/// A few roundings of binary64, outwards.
const OUTWARDS: f64 = 1.0 + 1e-12;

impl<'a> Cell<'a> {
    /// All slots of all rows with lowest ≤ m ≤ highest: no |t| exceeds (L·m)^(1/p).
    pub(super) fn of_means(lowest: f64, highest: f64, placed: &PlacedCircuit, sources: &Sources) -> Self {
        let mean = Interval::new(lowest, highest);
        Self { mean, own: Interval::new(0.0, largest(mean, sources.power(), placed)), row: None }
    }

    /// All slots of one row of t = x/R.
    pub(super) fn of_row(row: &'a [f64], placed: &PlacedCircuit, sources: &Sources) -> Self {
        let power = sources.power() as i32;
        let mean = row.iter().map(|t| t.powi(power)).sum::<f64>() / f64::from(placed.length);
        let largest = row.iter().fold(0.0f64, |largest, t| largest.max(t.abs()));
        let mean = Interval::new(mean * (2.0 - OUTWARDS), mean * OUTWARDS);
        Self { mean, own: Interval::new(0.0, (largest * OUTWARDS).min(1.0)), row: Some(row) }
    }

    /// One slot of the same rows, with |t| = `own`.
    pub(super) fn at(self, own: f64) -> Self {
        Self { own: Interval::new(own * (2.0 - OUTWARDS), (own * OUTWARDS).min(1.0)), ..self }
    }

    /// u = t^p in the slot: at most 1, and at most the whole row sum.
    pub(super) fn u_range(&self, placed: &PlacedCircuit) -> Interval {
        let sum = (self.mean.hi * f64::from(placed.length)).next_up();
        Interval::new(0.0, sum.min(1.0))
    }

    /// The sensitivity of u to every node of x^p.
    pub(super) fn sensitivities(&self, placed: &PlacedCircuit, sources: &Sources) -> Vec<Sensitivity> {
        let power = sources.power();
        let of_row = |row: &[f64]| row.iter().fold(0.0f64, |largest, t| largest.max(t.abs())) * OUTWARDS;
        let sums = PowerSums {
            row: self.row,
            power,
            length: f64::from(placed.length),
            padded: f64::from(placed.padded_length()),
            mean: self.mean.hi.clamp(0.0, 1.0),
            largest: self.row.map_or_else(|| largest(self.mean, power, placed), of_row).min(1.0),
        };
        sources.powers.iter().flatten().map(|&node| sums.sensitivity(node, self.own.hi)).collect()
    }
}

/// A bound on every |t| of a row: u is at most 1, and at most the whole row sum.
fn largest(mean: Interval, power: u32, placed: &PlacedCircuit) -> f64 {
    let sum = (f64::from(placed.length) * mean.hi).min(1.0);
    (sum.powf(1.0 / f64::from(power)) * OUTWARDS).min(1.0)
}

/// What bounds the sums of powers of |t| over a row.
struct PowerSums<'a> {
    row: Option<&'a [f64]>,
    /// p.
    power: u32,
    /// L.
    length: f64,
    /// L with padding.
    padded: f64,
    /// The largest mean of t^p.
    mean: f64,
    /// The largest |t|.
    largest: f64,
}

impl PowerSums<'_> {
    fn sensitivity(&self, node: PowerNode, own: f64) -> Sensitivity {
        let exponent = self.power - node.exponent;
        Sensitivity {
            own: node.factor * own.powi(exponent as i32),
            largest: node.factor * self.largest.powi(exponent as i32) * OUTWARDS,
            sum: node.factor * self.of(exponent),
            sum_of_squares: node.factor.powi(2) * self.of(2 * exponent),
        }
    }

    /// A bound on Σ |t_i|^s. Of a cell it is known that Σ |t_i|^p = L·m and |t_i| ≤ 1: by the power mean below p, by the
    /// largest above.
    fn of(&self, s: u32) -> f64 {
        let sum = match (s, self.row) {
            // Rounding noise is in the padding too.
            (0, _) => return self.padded,
            (s, Some(row)) => row.iter().map(|t| t.abs().powi(s as i32)).sum(),
            (s, None) if s < self.power => self.length * self.mean.powf(f64::from(s) / f64::from(self.power)),
            (s, None) => self.length * self.mean * self.largest.powi((s - self.power) as i32),
        };
        sum * OUTWARDS
    }
}
