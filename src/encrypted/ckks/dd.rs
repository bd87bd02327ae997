//! Double-double arithmetic: an unevaluated sum of two doubles, about 106 bits.
//!
//! The algorithms are Dekker's and Knuth's error-free transformations; relative errors are a few 2^-104.

use rug::Float;
use std::ops::{Add, Mul, Neg, Sub};

/// hi + lo, with |lo| at most half an ulp of hi.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::encrypted) struct Dd {
    hi: f64,
    lo: f64,
}

/// a + b exactly, as sum and error.
#[inline]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// a + b exactly, for |a| ≥ |b|.
#[inline]
fn quick_two_sum(a: f64, b: f64) -> Dd {
    let hi = a + b;
    Dd { hi, lo: b - (hi - a) }
}

impl Dd {
    /// The number nearest to `value`.
    pub(in crate::encrypted) fn from_float(value: &Float) -> Self {
        let hi = value.to_f64();
        let lo = Float::with_val(value.prec(), value - hi).to_f64();
        Self { hi, lo }
    }

    /// The number nearest to `value`.
    pub(in crate::encrypted) fn from_i128(value: i128) -> Self {
        let hi = value as f64;
        // `hi` may round up to 2^127, which the cast would saturate.
        let lo = if hi.abs() < 1.7e38 { (value - hi as i128) as f64 } else { 0.0 };
        Self { hi, lo }
    }

    /// The leading double, which is the number rounded.
    pub(in crate::encrypted) fn to_f64(self) -> f64 {
        self.hi
    }

    /// The nearest integer, ties towards zero; `None` from 2^100 on, where the last bits are no longer known.
    pub(in crate::encrypted) fn round(self) -> Option<i128> {
        if self.hi.is_nan() || self.hi.abs() >= (1u128 << 100) as f64 {
            return None;
        }
        let whole = self.hi.round();
        Some(whole as i128 + ((self.hi - whole) + self.lo).round() as i128)
    }
}

impl From<f64> for Dd {
    fn from(hi: f64) -> Self {
        Self { hi, lo: 0.0 }
    }
}

impl Add for Dd {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        let (high, high_error) = two_sum(self.hi, other.hi);
        let (low, low_error) = two_sum(self.lo, other.lo);
        let Self { hi, lo } = quick_two_sum(high, high_error + low);
        quick_two_sum(hi, lo + low_error)
    }
}

impl Neg for Dd {
    type Output = Self;
    #[inline]
    fn neg(self) -> Self {
        Self { hi: -self.hi, lo: -self.lo }
    }
}

impl Sub for Dd {
    type Output = Self;
    #[inline]
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Dd {
    type Output = Self;
    #[inline]
    fn mul(self, other: Self) -> Self {
        let high = self.hi * other.hi;
        let error = self.hi.mul_add(other.hi, -high);
        quick_two_sum(high, error + (self.hi * other.lo + self.lo * other.hi))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rug::Integer;

    fn exact(x: Dd) -> Float {
        Float::with_val(400, x.hi) + x.lo
    }

    fn close(got: Dd, want: &Float, size: &Float) -> bool {
        (exact(got) - want).abs() <= Float::with_val(400, size.abs_ref()) >> 102
    }

    fn number() -> impl Strategy<Value = Dd> {
        (-1e6f64..1e6, -1e-12f64..1e-12).prop_map(|(a, b)| quick_two_sum(a, b * a))
    }

    proptest! {
        #[test]
        fn sums_and_products_keep_about_104_bits(a in number(), b in number()) {
            let (wide_a, wide_b) = (exact(a), exact(b));
            let size = Float::with_val(400, wide_a.abs_ref()) + Float::with_val(400, wide_b.abs_ref());
            prop_assert!(close(a + b, &Float::with_val(400, &wide_a + &wide_b), &size));
            prop_assert!(close(a - b, &Float::with_val(400, &wide_a - &wide_b), &size));
            let product = wide_a * wide_b;
            prop_assert!(close(a * b, &product, &product));
        }

        #[test]
        fn integers_below_2_to_100_survive(value in -(1i128 << 99)..1i128 << 99) {
            prop_assert_eq!(Dd::from_i128(value).round(), Some(value));
            let float = Float::with_val(200, Integer::from(value));
            prop_assert_eq!(Dd::from_float(&float).round(), Some(value));
            let half = Dd::from_i128(value) + Dd::from(0.25);
            prop_assert!(half.round().is_some_and(|r| (r - value).abs() <= 1));
        }
    }

    #[test]
    fn what_cannot_be_rounded_exactly_is_refused() {
        assert_eq!(Dd::from(f64::NAN).round(), None);
        assert_eq!(Dd::from(f64::INFINITY).round(), None);
        assert_eq!(Dd::from(2f64.powi(100)).round(), None);
        assert_eq!(Dd::from(-2.75).round(), Some(-3));
        assert_eq!((Dd::from(2.5).round(), Dd::from(-2.5).round()), (Some(2), Some(-2)));
        assert!(exact(Dd::from_i128(i128::MAX)) >= i128::MAX);
    }
}
