//! The noise of a circuit without a row sum: a function of one variable in every slot alone, over all its arguments.

use super::budget::{LedgerLine, ledger, needs, per_event, predicted, probable};
use super::cell::Cell;
use super::model::{RandomPart, RingModel};
use super::pass::{CellNoise, Pass};
use super::sources::{Kind, Size, Sizes, Source, Sources, sources};
use super::stages::finite;
use crate::circuit::{Op, PlacedCircuit};
use crate::error::{Error, Result};
use crate::real::{Interval, f64_above, f64_below};
use rayon::prelude::*;
use rug::Rational;

/// Parts of each interval to begin with.
const FIRST_PARTS: usize = 64;
/// A part is not split further where its bound is at most this times the largest one at a point.
const NEAR_ENOUGH: f64 = 1.05;
/// Parts at most; the bound is valid wherever the search stops.
const MOST_PARTS: usize = 1 << 16;

/// The arguments of a function, and how its error counts.
pub struct SlotDomain<'a> {
    /// Where x lies.
    pub intervals: &'a [[Rational; 2]],
    /// R, with t = x/R what is encrypted.
    pub bound: &'a Rational,
    /// By how much x may be off before it is encrypted.
    pub input_error: &'a Rational,
    /// A bound on what an error counts in an interval of x: 1 where it is absolute, 1/|f| where it is relative.
    pub weight: &'a (dyn Fn(Interval) -> f64 + Sync),
}

/// The noise of a function over its domain. The three figures are of three kinds and are never mixed.
#[derive(Debug, Clone, PartialEq)]
pub struct SlotwiseBudget {
    /// No slot errs more, but with the failure probability asked for (over the whole circuit).
    pub rigorous: f64,
    /// Heuristic: no second order, the quantile of the largest of all slots, failure probability 10^-3.
    pub probabilistic: f64,
    /// Prediction of the mean |error| where the bound is largest.
    pub predicted: f64,
    /// An x at which the bound is largest.
    pub worst_input: f64,
    /// What the rigorous bound is made of; the values add up to it.
    pub ledger: Vec<LedgerLine>,
    /// Why the circuit must not be run although its error is bounded: a value that, with its noise, does not fit into its
    /// modulus. `None` for every circuit that may be run.
    pub overflow: Option<String>,
}

/// One part of the domain.
struct Part {
    x: Interval,
    bound: f64,
    /// The same at a point in the middle: no bound of the whole is smaller.
    at_point: f64,
    /// Of the value of every node with its noise.
    magnitudes: Vec<f64>,
}

/// Analyses the noise of `placed` over `domain`, with the rigorous bound failing with probability at most 2^`log2_failure` in a
/// run of `ciphertexts` ciphertexts.
///
/// # Errors
/// [`Error::Internal`] for a circuit with a row sum; [`Error::NoSolution`] when the noise swamps every value, so that no finite
/// bound exists.
pub fn analyse_slots(
    placed: &PlacedCircuit,
    domain: &SlotDomain,
    log2_failure: f64,
    ciphertexts: usize,
) -> Result<SlotwiseBudget> {
    let failure = per_event(placed, log2_failure, ciphertexts);
    let sources = domain.sources(placed, &RingModel::bounding(placed), failure)?;
    let (worst, magnitudes) = domain.worst(placed, &sources)?;
    finite(worst.bound)?;
    let weight = (domain.weight)(worst.x);
    let pass = Pass::new(placed, &sources, domain.cell(worst.x));
    let weighted = |line: LedgerLine| LedgerLine { gain: line.gain * weight, value: line.value * weight, ..line };
    let lines: Vec<LedgerLine> = ledger(&sources, &pass, &pass.of_weights()).into_iter().map(weighted).collect();
    let noise = domain.expected(placed, worst.x)?;
    Ok(SlotwiseBudget {
        rigorous: lines.iter().map(|line| line.value).sum(),
        probabilistic: probable(placed, &noise) * weight,
        predicted: predicted(&noise) * weight,
        worst_input: middle(worst.x),
        ledger: lines,
        overflow: placed.placements.iter().zip(&magnitudes).enumerate().find_map(|(node, (place, magnitude))| {
            needs(placed, place, *magnitude, sources.stages.get(node).map_or("a value", String::as_str))
        }),
    })
}

impl SlotDomain<'_> {
    /// By the model that bounds or predictions are made of.
    fn sources(&self, placed: &PlacedCircuit, model: &RingModel, log2_failure: f64) -> Result<Sources> {
        if placed.circuit.nodes().iter().any(|node| matches!(node.op, Op::RowSum(_))) {
            return Err(Error::internal("a circuit with a row sum is no function of one slot"));
        }
        let random = |elementary, factor: f64| Size::Random(model.random(elementary).scaled(factor * factor));
        let none = |_, _| Size::Random(RandomPart::default());
        let mut list = sources(placed, model, &Sizes { elementary: &random, row_sum: &none });
        let input_error = f64_above(&Rational::from(self.input_error / self.bound));
        list.push(Source { node: 0, kind: Kind::Input, size: Size::uniform(input_error), times: None });
        Ok(Sources::assembled(placed, list, log2_failure, Vec::new(), (0, 0)))
    }

    fn cell(&self, x: Interval) -> Cell<'static> {
        let own = x * Interval::around(&Rational::from(self.bound.recip_ref()));
        Cell { mean: x, own, row: None }
    }

    /// The noise on a part by its variances in place of what bounds them.
    fn expected(&self, placed: &PlacedCircuit, x: Interval) -> Result<CellNoise> {
        // No bound is made of them, so the probability plays no part.
        let sources = self.sources(placed, &RingModel::expected(placed), 0.0)?;
        Ok(Pass::new(placed, &sources, self.cell(x)).of_weights())
    }

    /// The part with the largest bound, and the largest magnitude of every node over all parts.
    ///
    /// All parts whose bound is well above the largest one at a point are split, again and again.
    fn worst(&self, placed: &PlacedCircuit, sources: &Sources) -> Result<(Part, Vec<f64>)> {
        let mut open: Vec<Interval> = self.intervals.iter().flat_map(|[lo, hi]| parts(lo, hi)).collect();
        let mut magnitudes = vec![0.0; placed.circuit.len()];
        let (mut worst, mut at_points, mut looked_at): (Option<Part>, f64, _) = (None, 0.0, 0);
        while !open.is_empty() {
            looked_at += open.len();
            let found: Vec<Part> = open.par_iter().map(|x| self.part(placed, sources, *x)).collect();
            at_points =
                found.iter().map(|part| part.at_point).filter(|bound| bound.is_finite()).fold(at_points, f64::max);
            open.clear();
            for part in found {
                let halves = halves(part.x).filter(|_| part.bound > NEAR_ENOUGH * at_points && looked_at < MOST_PARTS);
                if let Some(halves) = halves {
                    open.extend(halves);
                    continue;
                }
                magnitudes.iter_mut().zip(&part.magnitudes).for_each(|(all, one)| *all = larger(*all, *one));
                if worst.as_ref().is_none_or(|worst| part.bound > worst.bound) {
                    worst = Some(part);
                }
            }
        }
        worst.map(|part| (part, magnitudes)).ok_or_else(|| Error::internal("an empty domain has no noise"))
    }

    fn part(&self, placed: &PlacedCircuit, sources: &Sources, x: Interval) -> Part {
        let bound = |x: Interval| {
            let pass = Pass::new(placed, sources, self.cell(x));
            let bound = pass.of_weights().bound() * (self.weight)(x);
            // A bound that is no number is none.
            (pass, if bound.is_nan() { f64::INFINITY } else { bound })
        };
        let (pass, whole) = bound(x);
        let complex = |(value, noise): (&Interval, &f64)| value.magnitude() + std::f64::consts::SQRT_2 * noise;
        let magnitudes = pass.values.iter().zip(&pass.bounds).map(complex).collect();
        Part { x, bound: whole, at_point: bound(Interval::point(middle(x))).1, magnitudes }
    }
}

/// The larger number; a NaN stays one.
fn larger(x: f64, y: f64) -> f64 {
    if y.is_nan() || y > x { y } else { x }
}

fn middle(x: Interval) -> f64 {
    x.lo.midpoint(x.hi)
}

/// Both halves; `None` where no number lies between the ends.
fn halves(x: Interval) -> Option<[Interval; 2]> {
    let middle = middle(x);
    (x.lo < middle && middle < x.hi).then(|| [Interval::new(x.lo, middle), Interval::new(middle, x.hi)])
}

/// Parts that cover [lo, hi].
fn parts(lo: &Rational, hi: &Rational) -> Vec<Interval> {
    let (lo, hi) = (f64_below(lo), f64_above(hi));
    let edge = |i: usize| match i {
        0 => lo,
        FIRST_PARTS => hi,
        i => (lo + (hi - lo) * (i as f64 / FIRST_PARTS as f64)).clamp(lo, hi),
    };
    (0..FIRST_PARTS).map(|i| Interval::new(edge(i), edge(i + 1))).collect()
}
