//! The rigorous bound over the domain of a staged circuit: boxes of row means, the worst split again and again.

use super::cells::{Cell, sums_after};
use super::stage::{Stage, StageCell};
use crate::attention::RowDomain;
use crate::circuit::PlacedCircuit;
use crate::error::{Error, Result};
use crate::noise::budget::{LedgerLine, NoiseBudget, check_domain, needs, per_event, predicted, probable};
use crate::noise::by_bound::ByBound;
use crate::noise::pass::CellNoise;
use crate::noise::sources::Sources;
use crate::noise::stages::{StageBound, finite};
use crate::real::{Interval, f64_above, f64_below};
use rayon::prelude::*;
use std::collections::BinaryHeap;
use std::ops::Range;

/// Intervals an octave of a row mean, each known by itself.
const PER_OCTAVE: f64 = 24.0;
/// Intervals along each side of a box to begin with.
const FIRST: usize = 48;
/// Splittings at most, for each normalisation; the bound is valid wherever the search stops.
const MOST_SPLITS: usize = 200;
/// Intervals along each side of the boxes that bounds of the stages of each normalisation are taken over.
const STAGE_SIDES: [usize; 3] = [4, 24, 48];
/// A few hundred roundings of binary64.
const OUTWARDS: f64 = 1.0 + 1e-10;

/// The range of a row mean in small intervals, and what is known of the normalisation on each.
struct Axis {
    means: Vec<Interval>,
    cells: Vec<StageCell>,
}

impl Axis {
    fn new(stage: &Stage, range: Interval, epsilon: Interval) -> Self {
        let means = parts(range, epsilon);
        let cells = means.iter().map(|&mean| stage.cell(mean)).collect();
        Self { means, cells }
    }

    fn mean(&self, side: &Range<usize>) -> Interval {
        let ends = self.means.get(side.start).zip(self.means.get(side.end.saturating_sub(1)));
        ends.map_or(Interval::ZERO, |(first, last)| first.hull(*last))
    }

    fn hull(&self, side: &Range<usize>) -> Option<StageCell> {
        let (first, rest) = self.cells.get(side.clone())?.split_first()?;
        Some(rest.iter().fold(first.clone(), |hull, cell| hull.hull(cell)))
    }

    /// Sides of `most` intervals each.
    fn sides(&self, most: usize) -> Vec<Range<usize>> {
        let count = self.means.len();
        (0..count).step_by(most).map(|start| start..(start + most).min(count)).collect()
    }
}

/// The normalisations, and the range of each one's row mean.
struct Domain {
    stages: Vec<Stage>,
    axes: Vec<Axis>,
}

impl Domain {
    /// Of the first row mean what `domain` says, of the others what follows for them.
    fn new(placed: &PlacedCircuit, domain: &RowDomain, log2_failure: f64, ciphertexts: usize) -> Result<Self> {
        check_domain(domain)?;
        let failure = per_event(placed, log2_failure, ciphertexts);
        let stages = Stage::all(placed, |stage| Sources::bounding(stage, failure))?;
        let mut range = Interval::new(f64_below(&domain.smallest_mean), 1.0);
        let mut epsilon = Interval::new(f64_below(&domain.epsilon), f64_above(&domain.epsilon));
        let mut axes: Vec<Axis> = Vec::new();
        for stage in &stages {
            if range.lo <= 0.0 || !range.hi.is_finite() {
                return Err(Error::NoSolution("a division leaves a row sum that may be 0: take more doublings".into()));
            }
            let axis = Axis::new(stage, range, epsilon);
            let rows = axis.cells.iter().map(|cell| cell.row).reduce(Interval::hull).unwrap_or(Interval::ONE);
            axes.push(axis);
            let next = sums_after(rows, stage.length());
            let share = Interval::point(stage.length()).recip();
            range = next * share;
            epsilon = Interval::ZERO;
        }
        Ok(Self { stages, axes })
    }

    /// Boxes that cover the domain of the first `count` normalisations.
    fn boxes(&self, count: usize, most: usize) -> Vec<Vec<Range<usize>>> {
        let mut boxes = vec![Vec::new()];
        for axis in self.axes.iter().take(count) {
            let sides = axis.sides(most);
            let longer = |sofar: &Vec<Range<usize>>| {
                let each = sides.iter().map(|side| sofar.iter().cloned().chain([side.clone()]).collect());
                each.collect::<Vec<Vec<Range<usize>>>>()
            };
            boxes = boxes.iter().flat_map(longer).collect();
        }
        boxes
    }

    /// `None` where there are no such rows.
    fn cell(&self, sides: &[Range<usize>]) -> Option<Cell<'_>> {
        let cells = self.axes.iter().zip(sides).map(|(axis, side)| axis.hull(side)).collect::<Option<_>>()?;
        Cell::new(self.stages.get(..sides.len())?, cells)
    }

    fn evaluate(&self, sides: Vec<Range<usize>>) -> Option<ByBound<Evaluated<'_>>> {
        let cell = self.cell(&sides)?;
        let noise = cell.of_weights();
        let bound = noise.bound() * OUTWARDS;
        Some(ByBound::new(bound, Evaluated { sides, cell, noise }))
    }

    /// Both halves along the mean that is least known; `None` where all are known as well as can be.
    fn halves(&self, sides: &[Range<usize>]) -> Option<[Vec<Range<usize>>; 2]> {
        let width = |index: usize, side: &Range<usize>| {
            let mean = self.axes[index].mean(side);
            if side.len() > 1 { mean.hi / mean.lo } else { 0.0 }
        };
        let widths = sides.iter().enumerate().map(|(index, side)| (index, width(index, side)));
        let (widest, _) = widths.filter(|(_, width)| *width > 0.0).max_by(|(_, a), (_, b)| a.total_cmp(b))?;
        let Range { start, end } = sides[widest];
        let with = |side: Range<usize>| {
            let mut sides = sides.to_vec();
            sides[widest] = side;
            sides
        };
        let middle = start.midpoint(end);
        Some([with(start..middle), with(middle..end)])
    }
}

/// A box of row means, and the noise there.
struct Evaluated<'a> {
    sides: Vec<Range<usize>>,
    cell: Cell<'a>,
    noise: CellNoise,
}

/// As [`analyse`](crate::noise::analyse), for a circuit with several row sums; `domain` is that of the first.
pub(in crate::noise) fn analyse(
    placed: &PlacedCircuit,
    domain: &RowDomain,
    log2_failure: f64,
    ciphertexts: usize,
) -> Result<NoiseBudget> {
    let epsilon = domain.epsilon.to_f64();
    let domain = Domain::new(placed, domain, log2_failure, ciphertexts)?;
    let boxes = domain.boxes(domain.stages.len(), FIRST).into_par_iter();
    let mut open: BinaryHeap<ByBound<Evaluated>> = boxes.filter_map(|sides| domain.evaluate(sides)).collect();
    for _ in 0..MOST_SPLITS * domain.stages.len() {
        let Some(halves) = open.peek().and_then(|worst| domain.halves(&worst.sides)) else { break };
        open.pop();
        open.extend(halves.into_iter().filter_map(|sides| domain.evaluate(sides)));
    }
    let boxes = open.into_sorted_vec();
    let worst = boxes.last().ok_or_else(|| Error::internal("an empty domain has no noise"))?;
    finite(worst.bound)?;
    let ledger = ledger(&worst.cell);
    let first = domain.axes.iter().zip(&worst.sides).map(|(axis, side)| axis.mean(side)).next();
    Ok(NoiseBudget {
        rigorous: ledger.iter().map(|line| line.value).sum(),
        probabilistic: probable(placed, &worst.noise),
        predicted: predicted(&worst.noise),
        worst_denominator: first.map_or(0.0, |mean| mean.hi) + epsilon,
        ledger,
        overflow: overflow(placed, &domain.stages, &boxes),
    })
}

/// As [`stage_bounds`](crate::noise::stage_bounds), for a circuit with several row sums.
pub(in crate::noise) fn stage_bounds(
    placed: &PlacedCircuit,
    domain: &RowDomain,
    log2_failure: f64,
    ciphertexts: usize,
) -> Result<Vec<StageBound>> {
    let domain = Domain::new(placed, domain, log2_failure, ciphertexts)?;
    let larger = |x: Vec<f64>, y: Vec<f64>| -> Vec<f64> {
        // A NaN stays one.
        x.iter().zip(&y).map(|(&x, &y)| if y.is_nan() || y > x { y } else { x }).collect()
    };
    let mut largest = Vec::new();
    for (index, stage) in domain.stages.iter().enumerate() {
        let most = STAGE_SIDES.get(index).copied().unwrap_or(FIRST);
        let of_box = |sides: Vec<Range<usize>>| Some(named_bounds(index, stage, &domain.cell(&sides)?));
        let boxes = domain.boxes(index + 1, most).into_par_iter();
        largest.extend(boxes.filter_map(of_box).reduce_with(larger).unwrap_or_default());
    }
    let named = placed.circuit.nodes().iter().enumerate().filter_map(|(node, n)| Some((node, n.stage.clone()?)));
    named.zip(largest).map(|((node, name), bound)| Ok(StageBound { name, node, bound: finite(bound)? })).collect()
}

/// The bound of each named node of a normalisation: propagated forwards up to the row sum, by its own gains after it where that is
/// smaller.
fn named_bounds(index: usize, stage: &Stage, cell: &Cell) -> Vec<f64> {
    let nodes = stage.circuit.placed.circuit.nodes().iter().enumerate();
    // The input is the result of the normalisation before, and named there.
    let named = nodes.filter(|(node, operation)| operation.stage.is_some() && (*node > 0 || index == 0));
    let bound = |(node, _): (usize, _)| {
        let forwards = cell.bounds[index][node];
        if node <= stage.sources.sum {
            return forwards;
        }
        let gains = stage.gains(&cell.cells[index], node);
        forwards.min(cell.noise(index, &gains).bound() * OUTWARDS)
    };
    named.map(bound).collect()
}

/// Intervals that cover a range of means, so many to an octave of mean + ε.
fn parts(range: Interval, epsilon: Interval) -> Vec<Interval> {
    let (a, b) = (range.lo + epsilon.lo, range.hi + epsilon.hi);
    let count = ((b / a).log2() * PER_OCTAVE).ceil().max(1.0) as usize;
    let edge = |i: usize| match i {
        0 => range.lo,
        i if i == count => range.hi,
        i => (a * (b / a).powf(i as f64 / count as f64) - epsilon.lo).clamp(range.lo, range.hi),
    };
    (0..count).map(|i| Interval::new(edge(i), edge(i + 1))).collect()
}

/// What the bound is made of; random sources share their common tail in proportion to their variances.
fn ledger(cell: &Cell) -> Vec<LedgerLine> {
    let tally = cell.ledger();
    let noise = &tally.noise;
    let of_variance = noise.tail / noise.random.variance().max(f64::MIN_POSITIVE);
    let lines = tally.lines.unwrap_or_default().into_iter().map(|line| {
        let value = (line.variance * of_variance + line.bounded) * OUTWARDS;
        LedgerLine { source: line.source, gain: line.gain, value }
    });
    let rest = LedgerLine { source: "second order".into(), gain: 1.0, value: noise.second_order * OUTWARDS };
    lines.chain([rest]).collect()
}

/// The first node that, with its noise, does not fit into its modulus.
fn overflow(placed: &PlacedCircuit, stages: &[Stage], boxes: &[ByBound<Evaluated>]) -> Option<String> {
    stages.iter().enumerate().find_map(|(index, stage)| {
        (0..stage.halves.len()).find_map(|node| {
            let complex = |e: &ByBound<Evaluated>| {
                e.cell.magnitude(index, node) + std::f64::consts::SQRT_2 * e.cell.bounds[index][node]
            };
            let larger = |x: f64, y: f64| if y.is_nan() || y > x { y } else { x };
            let magnitude = boxes.iter().map(complex).fold(0.0, larger);
            let place = placed.placements.get(stage.circuit.first + node)?;
            needs(placed, place, magnitude, &stage.sources.stages[node])
        })
    })
}
