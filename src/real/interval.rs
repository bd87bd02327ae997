//! Intervals of binary64 with outward rounding: every operation contains every exact result.
//!
//! Each bound is the nearest float moved one step outward, so an enclosure costs two operations and is at most one
//! unit in the last place wider than the tightest one.

use super::{f64_above, f64_below};
use rug::Rational;
use std::ops::{Add, Mul, Neg, Sub};

/// The closed interval [lo, hi].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Interval {
    /// Lower end.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
}

impl Interval {
    /// [0, 0].
    pub const ZERO: Self = Self { lo: 0.0, hi: 0.0 };
    /// [1, 1].
    pub const ONE: Self = Self { lo: 1.0, hi: 1.0 };

    /// [lo, hi], with the ends as they are; the caller keeps lo ≤ hi.
    pub fn new(lo: f64, hi: f64) -> Self {
        debug_assert!(lo <= hi, "[{lo}, {hi}]");
        Self { lo, hi }
    }

    /// The degenerate interval of one float.
    pub fn point(value: f64) -> Self {
        Self { lo: value, hi: value }
    }

    /// The tightest interval around an exact number.
    pub fn around(value: &Rational) -> Self {
        Self { lo: f64_below(value), hi: f64_above(value) }
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// The points common to both; `self` where rounding left none.
    #[must_use]
    pub fn meet(self, other: Self) -> Self {
        let (lo, hi) = (self.lo.max(other.lo), self.hi.min(other.hi));
        if lo <= hi { Self { lo, hi } } else { self }
    }

    /// Largest absolute value.
    pub fn magnitude(self) -> f64 {
        self.lo.abs().max(self.hi.abs())
    }

    /// The interval with each end moved one float outward: for an end that was rounded once.
    #[must_use]
    pub fn widened(self) -> Self {
        Self { lo: down(self.lo), hi: up(self.hi) }
    }

    /// {x² : x in self}, exact up to rounding: the square does not go below 0.
    #[must_use]
    pub fn square(self) -> Self {
        let (a, b) = (self.lo * self.lo, self.hi * self.hi);
        let low = if self.lo <= 0.0 && self.hi >= 0.0 { 0.0 } else { down(a.min(b)).max(0.0) };
        Self { lo: low, hi: up(a.max(b)) }
    }

    /// {1/x : x in self} for an interval that does not touch 0; the whole line otherwise.
    #[must_use]
    pub fn recip(self) -> Self {
        if self.lo > 0.0 || self.hi < 0.0 {
            Self { lo: down(1.0 / self.hi), hi: up(1.0 / self.lo) }
        } else {
            Self { lo: f64::NEG_INFINITY, hi: f64::INFINITY }
        }
    }
}

fn up(value: f64) -> f64 {
    value.next_up()
}

fn down(value: f64) -> f64 {
    value.next_down()
}

impl Add for Interval {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { lo: down(self.lo + other.lo), hi: up(self.hi + other.hi) }
    }
}

impl Sub for Interval {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { lo: down(self.lo - other.hi), hi: up(self.hi - other.lo) }
    }
}

impl Neg for Interval {
    type Output = Self;
    fn neg(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo }
    }
}

impl Mul for Interval {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        // An infinite end stands for numbers of any size, and 0 times each of them is 0.
        let product = |a: f64, b: f64| if a == 0.0 || b == 0.0 { 0.0 } else { a * b };
        let (a, b) = ([self.lo, self.hi], [other.lo, other.hi]);
        let products = [product(a[0], b[0]), product(a[0], b[1]), product(a[1], b[0]), product(a[1], b[1])];
        let low = products.into_iter().fold(f64::INFINITY, f64::min);
        let high = products.into_iter().fold(f64::NEG_INFINITY, f64::max);
        Self { lo: down(low), hi: up(high) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact(x: f64) -> Rational {
        Rational::from_f64(x).unwrap()
    }

    fn contains(interval: Interval, value: &Rational) -> bool {
        exact(interval.lo) <= *value && *value <= exact(interval.hi)
    }

    #[test]
    fn nothing_known_times_zero_is_zero() {
        let line = Interval::new(-1.0, 1.0).recip();
        let none = line * Interval::ZERO;
        assert!(none.lo <= 0.0 && none.hi >= 0.0 && none.magnitude() < 1e-300, "{none:?}");
        let all = line * Interval::new(0.0, 1.0);
        assert!(all.lo == f64::NEG_INFINITY && all.hi == f64::INFINITY, "{all:?}");
    }

    proptest! {
        #[test]
        fn operations_contain_the_exact_result(
            a in -1e6f64..1e6, wa in 0f64..10.0, ta in 0f64..=1.0,
            b in -1e6f64..1e6, wb in 0f64..10.0, tb in 0f64..=1.0,
        ) {
            let (x, y) = (Interval::new(a, a + wa), Interval::new(b, b + wb));
            let (p, q) = (exact((a + ta * wa).clamp(x.lo, x.hi)), exact((b + tb * wb).clamp(y.lo, y.hi)));
            prop_assert!(contains(x + y, &Rational::from(&p + &q)));
            prop_assert!(contains(x - y, &Rational::from(&p - &q)));
            prop_assert!(contains(x * y, &Rational::from(&p * &q)));
            prop_assert!(contains(x.square(), &Rational::from(&p * &p)));
            prop_assert!(contains(-x, &-p.clone()));
            prop_assert!(contains(x.hull(y), &p) && contains(x.hull(y), &q));
            if x.lo > 0.0 || x.hi < 0.0 {
                prop_assert!(contains(x.recip(), &p.recip()));
            }
        }
    }
}
