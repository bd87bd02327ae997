//! The circuit of a plan for rows of one length, from scores to weights.

use super::function::pieces;
use super::number::nearest;
use super::program::{Program, Step};
use super::rounding::{Distance, Piece, ROUNDING, distance, distances_in_row};
use super::subject::SCALES_SET;
use crate::circuit::{PlacedCircuit, evaluate, padded_length};
use crate::error::{Error, Result};
use crate::plan::{Job, PlanDocument};
use crate::real::{Interval, PRECISION, f64_above, float_to_exact};
use rug::{Float, Rational};

/// What a program for one length needs.
pub(super) struct Row {
    pub keys: u32,
    pub padded: u32,
    /// Rows in a ciphertext: slot = key·stride + row.
    pub stride: usize,
    pub program: Program,
    /// What scores are multiplied by before they are encrypted.
    pub factor: f64,
    /// The exact circuit with all its levels and scales.
    pub placed: PlacedCircuit,
    /// How far any weight of any row of the domain may be with the constants as written.
    pub distance: Distance,
    /// Scores of one row, and the exact circuit's weights.
    pub scores: Vec<f64>,
    pub weights: Vec<f64>,
    /// How far binary64 may be from those: by `program`, and by a library that sets scales.
    pub tolerance: f64,
    pub tolerance_as_planned: f64,
}

/// Every length of a plan's chosen candidate.
pub(super) fn rows(plan: &PlanDocument) -> Result<Vec<Row>> {
    let job = Job::of(&plan.chosen, &plan.spec)?;
    let chain = plan.chosen.ckks.chain()?;
    let lengths = plan.spec.attention.length.as_slice().iter();
    lengths.map(|&keys| Row::new(&job, job.place(keys, &chain, plan.chosen.ckks.scale_bits)?, keys)).collect()
}

impl Row {
    fn new(job: &Job, placed: PlacedCircuit, keys: u32) -> Result<Self> {
        let program = Program::of_row(&placed.circuit, &job.bound, placed.chain.levels())?;
        let planned = Program::as_planned(&placed.circuit, &job.bound)?;
        let factor = program.lines.iter().find_map(|line| match &line.step {
            Step::Encoded(_, factor) => Some(factor.written),
            _ => None,
        });
        let scores: Vec<f64> = (0..keys).map(|key| score(&job.bound, key, keys)).collect();
        let weights = weights(job, &placed, &scores)?;
        Ok(Self {
            tolerance: tolerance(&program, &scores, &weights, ROUNDING)?,
            tolerance_as_planned: tolerance(&planned, &scores, &weights, SCALES_SET * ROUNDING)?,
            keys,
            padded: padded_length(keys),
            stride: placed.rows(),
            factor: factor.ok_or_else(|| Error::internal("a row that is not encoded"))?,
            distance: rounding(job, &program, keys)?,
            weights,
            scores,
            program,
            placed,
        })
    }

    /// What the circuit is, for a header.
    pub(super) fn describe(&self) -> String {
        format!(
            "{} keys, padded with zeros to {}; slot = key*{} + row; a row sum adds the rotations to the left by {}*2^i for each i \
             below {}; {} rescalings between bootstraps, or in all where there are none; rounding the constants to binary64 moves \
             a weight by at most {:.2e}, binary64 arithmetic included by at most {:.2e}",
            self.keys,
            self.padded,
            self.stride,
            self.stride,
            self.padded.trailing_zeros(),
            self.program.depth(),
            self.distance.constants * 1.01,
            self.distance.binary64 * 1.01,
        )
    }
}

/// A row from R down to 0, in few bits: the largest score is R itself.
fn score(bound: &Rational, key: u32, keys: u32) -> f64 {
    let share = Rational::from((((keys - key) * 64).div_ceil(keys), 64));
    let size = nearest(&(share * bound)).min(crate::real::f64_below(bound));
    if key.is_multiple_of(2) { size } else { -size }
}

fn weights(job: &Job, placed: &PlacedCircuit, scores: &[f64]) -> Result<Vec<f64>> {
    let row: Vec<Float> = scores.iter().map(|x| Float::with_val(PRECISION, x) / &job.bound).collect();
    let values = evaluate(&placed.circuit, &row)?;
    let last = values.last().ok_or_else(|| Error::internal("an empty circuit"))?;
    Ok(last.iter().map(|weight| nearest(&float_to_exact(weight))).collect())
}

/// The row is padded with zeros; what is expected of its own slots is rounded too.
fn tolerance(program: &Program, scores: &[f64], weights: &[f64], unit: f64) -> Result<f64> {
    let mut slots = scores.to_vec();
    slots.resize(padded_length(scores.len() as u32) as usize, 0.0);
    let distances = distances_in_row(program, &slots, unit)?;
    let of_each = distances.iter().zip(weights).map(|(distance, weight)| distance.binary64 + weight.abs() * ROUNDING);
    Ok(of_each.fold(0.0, f64::max).next_up())
}

/// Over every row of the domain: by the row's first mean, piece by piece.
fn rounding(job: &Job, program: &Program, keys: u32) -> Result<Distance> {
    let divisions = job.each_division(keys)?;
    let (first, own) = divisions.first().zip(job.divisions.first()).ok_or_else(|| Error::internal("no division"))?;
    // Later divisions are by row sums on the whole of their domains.
    let later = job.divisions.iter().skip(1).map(|d| Interval::around(&d.domain.0).hull(Interval::around(&d.domain.1)));
    let later: Vec<Interval> = later.collect();
    let (a, b) = &own.domain;
    let (low, high) = (Rational::from(a - &first.epsilon), Rational::from(b - &first.epsilon));
    let bound = f64_above(&job.bound);
    pieces(&low, &high, &first.epsilon).into_iter().try_fold(Distance::default(), |largest, mean| {
        let mean = Interval::new(mean.lo.max(0.0), mean.hi.max(0.0));
        let sum = mean * Interval::point(f64::from(keys));
        // No |t| exceeds 1, nor (L·m)^(1/p); a root of binary64 errs by a few units in the last place.
        let score = (sum.hi.powf(1.0 / f64::from(first.power)) * (1.0 + 1e-12)).min(1.0) * bound.next_up();
        let row_sums = std::iter::once(sum).chain(later.iter().copied()).collect();
        let input = Interval::new(-score, score);
        let piece = Piece { input, row_sums, keys: f64::from(padded_length(keys)), unit: ROUNDING };
        Ok(largest.larger(distance(program, &piece)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Spec, SpecSource, plan};

    /// At one row the distance is a number that a test can fail by, even where that of every row is not; and it is no larger.
    #[test]
    fn the_tolerance_is_that_of_the_row() {
        for (p, mean_square) in [(4, "2^-6"), (8, "2^-12")] {
            let text = format!(
                "[attention]\nvariant = \"plain\"\nnormalisation = \"staged\"\np = {p}\nlength = 100\nscore_bound = \"3.7\"\n\
                 smallest_mean_square = \"{mean_square}\"\n[target]\nmax_error = \"2^-5\"\n"
            );
            let source = SpecSource::new(Spec::from_toml(&text).unwrap(), None).unwrap();
            for row in rows(&plan(&source).unwrap()).unwrap() {
                assert!(row.tolerance <= row.distance.binary64 + ROUNDING, "{:e}", row.tolerance);
                assert!(row.tolerance < 1e-9 && row.tolerance_as_planned < 1e-9, "{:e}", row.tolerance);
            }
        }
    }
}
