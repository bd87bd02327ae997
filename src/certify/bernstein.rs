//! The sign of an integer polynomial on [0, 1], proved by Bernstein subdivision.
//!
//! A polynomial lies above the least of its Bernstein coefficients. Where that is not enough, de Casteljau's
//! algorithm gives the coefficients on each half, and they close in on the polynomial itself. All coefficients are
//! rounded *down* to multiples of one small unit. The Bernstein basis is not negative, and averages keep order, so
//! what is computed stays below the true coefficients and a proof on it holds.

use crate::poly::IntegerPolynomial;
use rug::{Integer, Rational};

/// What is known about an inequality on [0, 1].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sign {
    /// It holds everywhere.
    Holds,
    /// It fails at this point, by exact evaluation.
    Fails(Rational),
    /// Neither was shown within the budget.
    Unknown,
}

/// Bits of the unit below the values at the ends.
const UNIT_BITS: u32 = 96;
/// Control points this small are carried in i128: an average then cannot overflow.
const SMALL_BITS: u32 = 125;
/// Halvings after which a piece is given up.
const DEEPEST: u32 = 80;
/// Averages after which the whole is given up.
const BUDGET: u64 = 1 << 34;

/// Whether p ≥ 0 on [0, 1].
pub fn nonnegative(p: &IntegerPolynomial) -> Sign {
    Question { p, strict: false }.answer()
}

/// Whether p > 0 on [0, 1].
pub fn positive(p: &IntegerPolynomial) -> Sign {
    Question { p, strict: true }.answer()
}

struct Question<'a> {
    p: &'a IntegerPolynomial,
    strict: bool,
}

/// Lower bounds of the Bernstein coefficients on [index/2^level, (index + 1)/2^level].
struct Piece<T> {
    control: Vec<T>,
    index: Integer,
    level: u32,
}

trait ControlPoint: Clone {
    /// −1, 0 or 1.
    fn sign(&self) -> i8;
    /// Replaces `self` by the average with `left`, rounded down.
    fn average_down(&mut self, left: &Self);
}

impl ControlPoint for Integer {
    fn sign(&self) -> i8 {
        self.cmp0() as i8
    }
    fn average_down(&mut self, left: &Self) {
        *self += left;
        *self >>= 1;
    }
}

impl ControlPoint for i128 {
    fn sign(&self) -> i8 {
        self.signum() as i8
    }
    fn average_down(&mut self, left: &Self) {
        *self = (*self + *left) >> 1;
    }
}

impl Question<'_> {
    fn answer(&self) -> Sign {
        let mut budget = BUDGET;
        let mut small = Vec::new();
        let whole = Piece { control: control_points(self.p.numerators()), index: Integer::new(), level: 0 };
        let first = self.explore(vec![whole], &mut budget, |piece| match piece.narrowed() {
            Some(narrow) => {
                small.push(narrow);
                None
            }
            None => Some(piece),
        });
        match first {
            Sign::Holds => self.explore(small, &mut budget, Some),
            other => other,
        }
    }

    /// Works through the pieces; `keep` may take a piece away to be worked on elsewhere.
    fn explore<T: ControlPoint>(
        &self,
        mut open: Vec<Piece<T>>,
        budget: &mut u64,
        mut keep: impl FnMut(Piece<T>) -> Option<Piece<T>>,
    ) -> Sign {
        while let Some(piece) = open.pop() {
            if piece.control.iter().all(|c| self.admits(c.sign())) {
                continue;
            }
            let Some(piece) = keep(piece) else { continue };
            if let Some(point) = self.failing_end(&piece) {
                return Sign::Fails(point);
            }
            let cost = piece.control.len() as u64 * piece.control.len() as u64;
            if piece.level >= DEEPEST || *budget < cost {
                return Sign::Unknown;
            }
            *budget -= cost;
            let [left, right] = piece.halves();
            open.push(right);
            open.push(left);
        }
        Sign::Holds
    }

    fn admits(&self, sign: i8) -> bool {
        if self.strict { sign > 0 } else { sign >= 0 }
    }

    /// An end of the piece where the inequality fails exactly; the end coefficients are values, but for rounding.
    fn failing_end<T: ControlPoint>(&self, piece: &Piece<T>) -> Option<Rational> {
        let ends = [(piece.control.first(), 0), (piece.control.last(), 1)];
        let suspects = ends.into_iter().filter(|(c, _)| c.is_some_and(|c| !self.admits(c.sign())));
        let mut points = suspects.map(|(_, side)| Rational::from(Integer::from(&piece.index + side)) >> piece.level);
        points.find(|u| !self.admits(self.p.value(u).cmp0() as i8))
    }
}

impl<T: ControlPoint> Piece<T> {
    /// De Casteljau at the middle: the last column of the triangle is the right half, its diagonal the left one.
    fn halves(self) -> [Self; 2] {
        let mut left = self.control;
        let mut right = Vec::with_capacity(left.len());
        right.extend(left.last().cloned());
        for stage in 1..left.len() {
            average_neighbours(left.get_mut(stage - 1..).unwrap_or_default());
            right.extend(left.last().cloned());
        }
        right.reverse();
        let index = Integer::from(&self.index << 1);
        let level = self.level + 1;
        let second = Self { control: right, index: Integer::from(&index + 1), level };
        [Self { control: left, index, level }, second]
    }
}

/// Every element but the first becomes its average with the one before it.
fn average_neighbours<T: ControlPoint>(row: &mut [T]) {
    let mut rest = row;
    while let Some((last, before)) = rest.split_last_mut() {
        if let Some(left) = before.last() {
            last.average_down(left);
        }
        rest = before;
    }
}

impl Piece<Integer> {
    /// The same piece in machine integers, where they are wide enough.
    fn narrowed(&self) -> Option<Piece<i128>> {
        let narrow = |c: &Integer| if c.significant_bits() < SMALL_BITS { c.to_i128() } else { None };
        let control = self.control.iter().map(narrow).collect::<Option<_>>()?;
        Some(Piece { control, index: self.index.clone(), level: self.level })
    }
}

/// Bernstein coefficients of Σ a_j·u^j on [0, 1] in units of 2^-96 of the smaller value at an end, rounded down.
///
/// Σ a_j·v^j·(1 + v)^(n−j) = Σ C(n, i)·b_i·v^i.
fn control_points(a: &[Integer]) -> Vec<Integer> {
    // The polynomial without terms is 0, not something of which everything holds.
    if a.is_empty() {
        return vec![Integer::new()];
    }
    let mut expanded: Vec<Integer> = Vec::with_capacity(a.len());
    for coefficient in a {
        // Times 1 + v, then plus a_j·v^j.
        expanded.push(Integer::new());
        add_neighbours(&mut expanded);
        if let Some(last) = expanded.last_mut() {
            *last += coefficient;
        }
    }
    let degree = a.len().saturating_sub(1) as u32;
    let shift = unit_shift(&expanded);
    let scaled = |(i, c): (usize, Integer)| {
        let binomial = Integer::from(Integer::binomial_u(degree, i as u32));
        (c << shift).div_rem_floor(binomial).0
    };
    expanded.into_iter().enumerate().map(scaled).collect()
}

/// a(v) ↦ (1 + v)·a(v), the last place being free.
fn add_neighbours(a: &mut [Integer]) {
    let mut rest = a;
    while let Some((last, before)) = rest.split_last_mut() {
        if let Some(left) = before.last() {
            *last += left;
        }
        rest = before;
    }
}

/// The power of two that brings the smaller of the values at the ends that are not 0 (or, where both are, everything) to
/// [`UNIT_BITS`] bits.
fn unit_shift(expanded: &[Integer]) -> i32 {
    let bits = |c: &Integer| c.significant_bits();
    let ends = [expanded.first(), expanded.last()].into_iter().flatten().map(bits).filter(|&b| b > 0).min();
    let magnitude = ends.unwrap_or_else(|| expanded.iter().map(bits).max().unwrap_or(0));
    UNIT_BITS as i32 - magnitude as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn polynomial(coefficients: &[i64]) -> IntegerPolynomial {
        IntegerPolynomial::new(coefficients.iter().copied().map(Integer::from).collect(), Integer::from(1))
    }

    #[test]
    fn a_double_root_is_admitted_only_where_touching_is_allowed() {
        // (2u − 1)², whose root is a point of subdivision.
        let square = polynomial(&[1, -4, 4]);
        assert_eq!(nonnegative(&square), Sign::Holds);
        assert_eq!(positive(&square), Sign::Fails(Rational::from((1, 2))));
        assert!(matches!(nonnegative(&polynomial(&[1, -4, 3])), Sign::Fails(_)));
        // (3u − 1)²: the root is never a point of subdivision, and the rounding must not decide.
        assert_ne!(positive(&polynomial(&[1, -6, 9])), Sign::Holds);
        assert_eq!(positive(&polynomial(&[0])), Sign::Fails(Rational::new()));
        assert_eq!(positive(&polynomial(&[])), Sign::Fails(Rational::new()));
        assert_eq!(nonnegative(&polynomial(&[0])), Sign::Holds);
    }

    proptest! {
        #[test]
        fn an_answer_is_true_at_every_point(
            coefficients in proptest::collection::vec(-30i64..30, 1..9), lift in 0i64..60, n in 0i64..=64,
        ) {
            let mut p = coefficients;
            p[0] += lift;
            let p = polynomial(&p);
            let value = p.value(&Rational::from((n, 64)));
            match positive(&p) {
                Sign::Holds => prop_assert!(value > 0),
                Sign::Fails(u) => prop_assert!(p.value(&u) <= 0),
                Sign::Unknown => {}
            }
            match nonnegative(&p) {
                Sign::Holds => prop_assert!(value >= 0),
                Sign::Fails(u) => prop_assert!(p.value(&u) < 0),
                Sign::Unknown => {}
            }
        }
    }
}
