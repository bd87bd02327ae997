//! What rounding the constants of a program does to its value, bounded for every input of an interval at once.
//!
//! The domain is cut into pieces. On each the lines are evaluated twice: by intervals with the exact constants, and as a bound on
//! the distance of what a program with the written constants computes. Nothing is sampled.

use super::program::{Constant, Line, Program, Step};
use crate::error::{Error, Result};
use crate::real::{Interval, f64_above};
use rug::Rational;

/// A few roundings of binary64, outwards.
const OUTWARDS: f64 = 1.0 + 1e-12;
/// Half a unit in the last place of a number of size 1: what binary64 arithmetic errs by in each operation.
pub(super) const ROUNDING: f64 = 1.0 / (1u64 << 53) as f64;

/// Distances from the exact value.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Distance {
    /// In exact arithmetic with the constants as they are written.
    pub constants: f64,
    /// In binary64 arithmetic with them.
    pub binary64: f64,
}

impl Distance {
    pub(super) fn larger(self, other: Self) -> Self {
        let larger = |a: f64, b: f64| if a.is_nan() || b.is_nan() { f64::INFINITY } else { a.max(b) };
        Self { constants: larger(self.constants, other.constants), binary64: larger(self.binary64, other.binary64) }
    }

    pub(super) fn times(self, factor: f64) -> Self {
        Self { constants: self.constants * factor * OUTWARDS, binary64: self.binary64 * factor * OUTWARDS }
    }

    fn plus(self, other: Self) -> Self {
        let sum = |a: f64, b: f64| (a + b) * OUTWARDS;
        Self { constants: sum(self.constants, other.constants), binary64: sum(self.binary64, other.binary64) }
    }

    fn of(constant: &Constant) -> Self {
        let both = off(constant);
        Self { constants: both, binary64: both }
    }

    /// One rounding of a result of at most this size, not yet rounded.
    fn rounded(self, size: f64, unit: f64) -> Self {
        Self { binary64: (self.binary64 + (size + self.binary64) * unit) * OUTWARDS, ..self }
    }

    /// Of a product of factors of at most these sizes.
    fn product(self, other: Self, size: f64, other_size: f64) -> Self {
        let bound = |a: f64, b: f64| (a * other_size + b * size + a * b) * OUTWARDS;
        Self { constants: bound(self.constants, other.constants), binary64: bound(self.binary64, other.binary64) }
    }
}

/// |written − exact|, rounded up.
fn off(constant: &Constant) -> f64 {
    let written = Rational::from_f64(constant.written).unwrap_or_default();
    f64_above(&(written - &constant.exact).abs())
}

/// What is known of the input on one piece of the domain.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub input: Interval,
    /// Of each row sum in order, by the exact constants; none in a function of one slot.
    pub row_sums: Vec<Interval>,
    /// Slots that a row sum adds.
    pub keys: f64,
    /// What each operation errs by, relative to its result.
    pub unit: f64,
}

/// The distance of the program's value on a piece.
///
/// # Errors
/// [`Error::Internal`] for a program that is not in order.
pub(super) fn distance(program: &Program, piece: &Piece) -> Result<Distance> {
    let mut known: Vec<(Interval, Distance)> = Vec::with_capacity(program.lines.len());
    let mut sums = piece.row_sums.iter();
    for line in &program.lines {
        let (value, distance) = follow(line, &known, piece, &mut sums)?;
        let value = line.range.map_or(value, |range| range.meet(value));
        known.push((value, distance));
    }
    known.last().map(|(_, distance)| *distance).ok_or_else(|| Error::internal("an empty program"))
}

/// The distances of the program's values in the slots of one row, which `scores` fills.
///
/// # Errors
/// [`Error::Internal`] for a program that is not in order.
pub(super) fn distances_in_row(program: &Program, scores: &[f64], unit: f64) -> Result<Vec<Distance>> {
    let keys = scores.len() as f64;
    let piece = |score: &f64| Piece { input: Interval::point(*score), row_sums: Vec::new(), keys, unit };
    let mut slots: Vec<(Piece, Vec<(Interval, Distance)>)> = scores.iter().map(|x| (piece(x), Vec::new())).collect();
    for line in &program.lines {
        let summed = match &line.step {
            Step::RowSum(operand, _) => Some(row_sum(*operand, &slots, unit)?),
            _ => None,
        };
        for (piece, known) in &mut slots {
            let (value, distance) = match summed {
                Some(summed) => summed,
                None => follow(line, known, piece, &mut std::iter::empty())?,
            };
            known.push((line.range.map_or(value, |range| range.meet(value)), distance));
        }
    }
    let last = |(_, known): &(Piece, Vec<(Interval, Distance)>)| known.last().map(|(_, distance)| *distance);
    slots.iter().map(|slot| last(slot).ok_or_else(|| Error::internal("an empty program"))).collect()
}

/// The sum of an operand over the slots, added in any order.
fn row_sum(operand: usize, slots: &[(Piece, Vec<(Interval, Distance)>)], unit: f64) -> Result<(Interval, Distance)> {
    let of = |known: &[(Interval, Distance)]| known.get(operand).copied();
    let each = slots.iter().map(|(_, known)| of(known).ok_or_else(|| Error::internal("a line before its operand")));
    let (mut sum, mut total, mut size) = (Interval::point(0.0), Distance::default(), 0.0);
    for slot in each {
        let (value, distance) = slot?;
        sum = sum + value;
        total = total.plus(distance);
        size = (size + value.magnitude()) * OUTWARDS;
    }
    Ok((sum, (0..slots.len()).fold(total, |total, _| total.rounded(size, unit))))
}

fn follow<'a>(
    line: &Line,
    known: &[(Interval, Distance)],
    piece: &Piece,
    sums: &mut impl Iterator<Item = &'a Interval>,
) -> Result<(Interval, Distance)> {
    let of = |index: &usize| known.get(*index).copied().ok_or_else(|| Error::internal("a line before its operand"));
    let scaled = |index: &usize, c: &Constant| -> Result<(Interval, Distance)> {
        let (value, distance) = of(index)?;
        let factor = Interval::around(&c.exact);
        Ok((value * factor, distance.product(Distance::of(c), value.magnitude(), factor.magnitude())))
    };
    Ok(match &line.step {
        Step::Input => (piece.input, Distance::default()),
        Step::Encoded(a, c) | Step::Scaled(a, c) => {
            let (value, distance) = scaled(a, c)?;
            (value, distance.rounded(value.magnitude(), piece.unit))
        }
        Step::Product(a, b) => {
            let ((left, x), (right, y)) = (of(a)?, of(b)?);
            let value = if a == b { left.square() } else { left * right };
            let distance = x.product(y, left.magnitude(), right.magnitude());
            (value, distance.rounded(left.magnitude() * right.magnitude() * OUTWARDS, piece.unit))
        }
        Step::Sum(a, b) => {
            let ((left, x), (right, y)) = (of(a)?, of(b)?);
            let value = left + right;
            (value, x.plus(y).rounded(value.magnitude(), piece.unit))
        }
        Step::Plus(a, c) => {
            let (left, x) = of(a)?;
            let value = left + Interval::around(&c.exact);
            (value, x.plus(Distance::of(c)).rounded(value.magnitude(), piece.unit))
        }
        Step::Negated(a) => of(a).map(|(value, distance)| (-value, distance))?,
        Step::Refreshed(a) => of(a)?,
        Step::Combination(terms, c) => {
            let mut value = Interval::around(&c.exact);
            let (mut distance, mut size) = (Distance::of(c), value.magnitude());
            for (a, c) in terms {
                let (term, off) = scaled(a, c)?;
                value = value + term;
                distance = distance.plus(off);
                size = (size + term.magnitude()) * OUTWARDS;
            }
            // A product and a sum for each term, in any order.
            let roundings = (0..2 * terms.len()).fold(distance, |distance, _| distance.rounded(size, piece.unit));
            (value, roundings)
        }
        Step::RowSum(a, factor) => {
            let (each, x) = of(a)?;
            let sum = x.times(piece.keys);
            let given = sums.next().map(|sum| *sum * Interval::around(factor));
            let value = given.unwrap_or(each * Interval::point(piece.keys));
            let size = each.magnitude() * piece.keys * OUTWARDS;
            let roundings = (0..piece.keys as usize).fold(sum, |sum, _| sum.rounded(size, piece.unit));
            (value, roundings)
        }
    })
}
