//! The worst cell of the domain.

use super::by_bound::ByBound;
use super::cell::Cell;
use super::pass::{CellNoise, Pass};
use super::sources::Sources;
use crate::attention::RowDomain;
use crate::circuit::PlacedCircuit;
use crate::real::{Interval, f64_above, f64_below};
use std::collections::BinaryHeap;

/// Cells a binary order of magnitude of D to begin with.
const CELLS_PER_OCTAVE: f64 = 2.0;
/// A cell this narrow (ratio of its ends) is not split further: its bound is then within a few per cent of the best.
const NARROWEST: f64 = 1.02;
/// Cells at most; the bound is valid wherever the search stops.
const MOST_CELLS: usize = 300;

/// A part of the domain, low ≤ D ≤ high, and the noise there.
pub(super) struct Evaluated<'a> {
    pub low: f64,
    pub high: f64,
    pub pass: Pass<'a>,
    pub noise: CellNoise,
}

/// Covers the domain by cells and splits the worst one again and again; worst last.
pub(super) fn cover<'a>(
    placed: &'a PlacedCircuit,
    sources: &'a Sources,
    domain: &RowDomain,
) -> Vec<ByBound<Evaluated<'a>>> {
    let rows = Cells::new(placed, sources, domain);
    let evaluate = |(low, high)| {
        let pass = Pass::new(placed, sources, rows.between(low, high));
        let noise = pass.of_weights();
        let bound = noise.bound();
        ByBound::new(bound, Evaluated { low, high, pass, noise })
    };
    let mut cells: BinaryHeap<ByBound<Evaluated>> = grid(domain, CELLS_PER_OCTAVE).into_iter().map(evaluate).collect();
    while cells.len() < MOST_CELLS && cells.peek().is_some_and(|worst| worst.high / worst.low > NARROWEST) {
        let Some((low, high)) = cells.pop().map(|worst| (worst.low, worst.high)) else { break };
        let middle = (low * high).sqrt();
        cells.extend([evaluate((low, middle)), evaluate((middle, high))]);
    }
    cells.into_sorted_vec()
}

/// Cells that cover the domain of D, so many to a binary order of magnitude.
pub(super) fn grid(domain: &RowDomain, per_octave: f64) -> Vec<(f64, f64)> {
    let (a, b) = (f64_below(&domain.a()), f64_above(&domain.b()));
    let count = ((b / a).log2() * per_octave).ceil().max(1.0) as usize;
    let edge = |i: usize| if i == count { b } else { a * (b / a).powf(i as f64 / count as f64) };
    (0..count).map(|i| (edge(i), edge(i + 1))).collect()
}

/// The cells of a domain.
pub(super) struct Cells<'a> {
    placed: &'a PlacedCircuit,
    sources: &'a Sources,
    epsilon: Interval,
    smallest_mean: f64,
}

impl<'a> Cells<'a> {
    pub(super) fn new(placed: &'a PlacedCircuit, sources: &'a Sources, domain: &RowDomain) -> Self {
        let epsilon = Interval::around(&domain.epsilon);
        Self { placed, sources, epsilon, smallest_mean: f64_below(&domain.smallest_mean) }
    }

    /// The rows with low ≤ D ≤ high.
    pub(super) fn between(&self, low: f64, high: f64) -> Cell<'a> {
        // Roundings outwards of a mean of 1 would leave [0, 1].
        let lowest = (low - self.epsilon.hi).next_down().max(self.smallest_mean).min(1.0);
        let highest = (high - self.epsilon.lo).next_up().clamp(lowest, 1.0);
        Cell::of_means(lowest, highest, self.placed, self.sources)
    }
}
