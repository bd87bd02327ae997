//! Sums of powers of V over a row: of all rows of a cell, or of one row.

use super::stage::power;
use crate::real::Interval;

/// A few roundings of binary64, outwards.
const OUTWARDS: f64 = 1.0 + 1e-12;

/// Exponents, in halves, whose sums are kept for a row.
const MOST_HALVES: u32 = 40;

/// What noise of the other slots of the row comes to.
pub(super) trait Sums {
    /// Σ V^(halves/2) over the other slots, padding included where the exponent is 0; `own` is V in the slot itself.
    fn of(&self, halves: u32, own: Option<Interval>) -> Interval;
    /// The largest V.
    fn largest(&self) -> f64;
    /// The variance of Σ w_l·N_l for noises N_l of the row sum of unit variance, w_l = Σ c·V_l^(halves/2) over `terms`, and
    /// `weight` in the slot itself, where V is `own`.
    fn spread(&self, terms: &[(u32, Interval)], weight: Interval, own: Option<Interval>) -> f64;
}

/// All rows of a cell.
pub(super) struct CellSums {
    /// L, and with padding.
    pub length: f64,
    pub padded: f64,
    /// Bounds on Σ V, and on Σ V² and Σ V⁴ where normalisations after this one tell; else infinite.
    pub total: f64,
    pub squares: f64,
    pub fourth: f64,
    /// A bound on V.
    pub largest: f64,
}

impl Sums for CellSums {
    /// Exponents up to 1 by the power mean, above by the largest V and by what is known of Σ V, Σ V² and Σ V⁴. The slot's own
    /// V is not among them.
    fn of(&self, halves: u32, own: Option<Interval>) -> Interval {
        let s = f64::from(halves) / 2.0;
        if halves == 0 {
            return Interval::point(self.padded);
        }
        let least = own.map_or(0.0, |v| v.lo);
        let without = |sum: f64, power: i32| (sum * OUTWARDS - least.powi(power)).max(0.0);
        let (total, squares, fourth) = (without(self.total, 1), without(self.squares, 2), without(self.fourth, 4));
        if halves <= 2 {
            return Interval::new(0.0, self.length.powf(1.0 - s) * total.powf(s) * OUTWARDS);
        }
        let largest = self.largest.min(total).min(squares.sqrt()).min(fourth.sqrt().sqrt());
        let known = [(1.0, total), (2.0, squares), (4.0, fourth)];
        let bounds = known.into_iter().filter(|(exponent, _)| *exponent <= s);
        let least = bounds.map(|(exponent, sum)| sum * largest.powf(s - exponent)).fold(f64::INFINITY, f64::min);
        Interval::new(0.0, least * OUTWARDS)
    }

    fn largest(&self) -> f64 {
        self.largest
    }

    /// Noises of one row sum are not independent: rotations repeat them. At worst they are one.
    fn spread(&self, terms: &[(u32, Interval)], weight: Interval, own: Option<Interval>) -> f64 {
        let others: f64 = terms.iter().map(|(halves, c)| c.magnitude() * self.of(*halves, own).hi).sum();
        (others + weight.magnitude()).powi(2)
    }
}

/// Σ V^(halves/2) of one row for the exponents that pulls have.
pub(super) struct PowerSums(Vec<f64>);

impl PowerSums {
    pub(super) fn new(values: &[f64]) -> Self {
        let sum = |halves| values.iter().map(|&v| raised(v, halves)).sum();
        Self((0..MOST_HALVES).map(sum).collect())
    }
}

/// One row, seen from one of its slots.
pub(super) struct RowSums<'a> {
    /// V of each slot.
    pub values: &'a [f64],
    /// Their sums.
    pub sums: &'a PowerSums,
    /// L with padding.
    pub padded: usize,
    /// Rotations in each round of the row sum.
    pub rounds: &'a [usize],
    /// The slot; none where all slots of the row are others.
    pub slot: Option<usize>,
}

impl Sums for RowSums<'_> {
    fn of(&self, halves: u32, _: Option<Interval>) -> Interval {
        if halves == 0 {
            return Interval::point(self.padded as f64 - if self.slot.is_some() { 1.0 } else { 0.0 });
        }
        let of = |v: &f64| raised(*v, halves);
        let all = self.sums.0.get(halves as usize).copied();
        let all = all.unwrap_or_else(|| self.values.iter().map(of).sum());
        let own = self.slot.and_then(|slot| self.values.get(slot)).map_or(0.0, of);
        Interval::point((all - own).max(0.0))
    }

    fn largest(&self) -> f64 {
        self.values.iter().copied().fold(0.0, f64::max)
    }

    /// The noise that a round brings reaches all slots whose number is the same modulo the slots summed so far.
    fn spread(&self, terms: &[(u32, Interval)], weight: Interval, _: Option<Interval>) -> f64 {
        let middle = |c: &Interval| 0.5 * (c.lo + c.hi);
        let at = |index: usize, v: f64| {
            let is_slot = Some(index) == self.slot;
            if is_slot { middle(&weight) } else { terms.iter().map(|(h, c)| middle(c) * raised(v, *h)).sum() }
        };
        let weights: Vec<f64> = self.values.iter().enumerate().map(|(index, &v)| at(index, v)).collect();
        let (mut summed, mut variance, mut copies) = (1, 0.0, 0.0);
        for rotations in self.rounds {
            summed *= rotations + 1;
            let mut classes = vec![0.0; summed];
            weights.iter().enumerate().for_each(|(index, w)| classes[index % summed] += w);
            let reached = (self.padded / summed) as f64;
            variance += reached * classes.iter().map(|w| w * w).sum::<f64>();
            copies += reached;
        }
        if copies > 0.0 { variance / copies } else { 0.0 }
    }
}

fn raised(value: f64, halves: u32) -> f64 {
    match halves {
        2 => value,
        4 => value * value,
        _ => power(Interval::point(value), halves).hi,
    }
}
