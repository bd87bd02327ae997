//! A cell of the domain, or one row of it: what is known of the scores of its rows.

use super::sources::{PowerNode, Sources};
use crate::circuit::PlacedCircuit;
use crate::real::Interval;

/// Rows whose mean m = (1/L) Σ u lies in an interval, seen from a slot whose own |t| lies in another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'a> {
    /// The row mean.
    pub mean: Interval,
    /// The slot's own |t|.
    pub own: Interval,
    /// All scores of the row, where it is one row.
    pub row: Option<&'a [f64]>,
}

/// |factor·t^exponent| in the slot and summed over the row, over all rows of a cell.
pub(super) struct Sensitivity {
    pub own: f64,
    pub sum: f64,
    pub sum_of_squares: f64,
}

/// A few roundings of binary64, outwards.
const OUTWARDS: f64 = 1.0 + 1e-12;

impl<'a> Cell<'a> {
    /// All slots of all rows with lowest ≤ m ≤ highest: no |t| exceeds (L·m)^(1/p).
    pub(super) fn of_means(lowest: f64, highest: f64, placed: &PlacedCircuit, sources: &Sources) -> Self {
        let power = sources.power();
        let largest = (f64::from(placed.length) * highest).min(1.0).powf(1.0 / f64::from(power)) * OUTWARDS;
        Self { mean: Interval::new(lowest, highest), own: Interval::new(0.0, largest.min(1.0)), row: None }
    }

    /// All slots of one row of t = x/R.
    pub(super) fn of_row(row: &'a [f64], placed: &PlacedCircuit, sources: &Sources) -> Self {
        let power = sources.power() as i32;
        let mean = row.iter().map(|t| t.powi(power)).sum::<f64>() / f64::from(placed.length);
        let largest = row.iter().fold(0.0f64, |largest, t| largest.max(t.abs()));
        let mean = Interval::new(mean * (2.0 - OUTWARDS), mean * OUTWARDS);
        Self { mean, own: Interval::new(0.0, (largest * OUTWARDS).min(1.0)), row: Some(row) }
    }

    /// u = t^p in the slot: at most 1, and at most the whole row sum.
    pub(super) fn u_range(&self, placed: &PlacedCircuit) -> Interval {
        let sum = (self.mean.hi * f64::from(placed.length)).next_up();
        Interval::new(0.0, sum.min(1.0))
    }

    pub(super) fn sensitivity(&self, node: PowerNode, power: u32, placed: &PlacedCircuit) -> Sensitivity {
        let exponent = power - node.exponent;
        Sensitivity {
            own: node.factor * self.own.hi.powi(exponent as i32),
            sum: node.factor * self.power_sum(exponent, power, placed),
            sum_of_squares: node.factor.powi(2) * self.power_sum(2 * exponent, power, placed),
        }
    }

    /// A bound on Σ |t_i|^s. Of a cell it is known that Σ |t_i|^p = L·m and |t_i| ≤ 1: by the power mean below p, by the
    /// largest above.
    fn power_sum(&self, s: u32, p: u32, placed: &PlacedCircuit) -> f64 {
        let length = f64::from(placed.length);
        let mean = self.mean.hi.clamp(0.0, 1.0);
        let sum = match (s, self.row) {
            // Rounding noise is in the padding too.
            (0, _) => return f64::from(placed.padded_length()),
            (s, Some(row)) => row.iter().map(|t| t.abs().powi(s as i32)).sum(),
            (s, None) if s < p => length * mean.powf(f64::from(s) / f64::from(p)),
            (s, None) => length * mean * (length * mean).min(1.0).powf(f64::from(s - p) / f64::from(p)),
        };
        sum * OUTWARDS
    }
}
