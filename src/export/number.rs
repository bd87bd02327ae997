//! Decimal literals.

use crate::real::log2;
use rug::ops::Pow;
use rug::{Float, Integer, Rational};

/// Significant digits of every literal: far more than binary64 holds, so that no reader loses anything.
pub(super) const DIGITS: u32 = 40;

/// The nearest decimal of [`DIGITS`] significant digits, as `d.ddd…e-5`.
pub(super) fn decimal(value: &Rational) -> String {
    if *value == 0 {
        return format!("0.{}e0", "0".repeat(DIGITS as usize - 1));
    }
    let mut exponent = (log2(value) * std::f64::consts::LOG10_2).floor() as i32;
    let mut digits = scaled(value, exponent);
    // A logarithm on the wrong side of a power of ten, or rounding, leaves a digit too few or too many.
    let length = digits.len() as i32 - DIGITS as i32;
    if length != 0 {
        exponent += length;
        digits = scaled(value, exponent);
    }
    let sign = if *value < 0 { "-" } else { "" };
    let (first, rest) = digits.split_at(1);
    format!("{sign}{first}.{rest}e{exponent}")
}

/// The nearest binary64.
pub(super) fn nearest(value: &Rational) -> f64 {
    Float::with_val(f64::MANTISSA_DIGITS, value).to_f64()
}

/// A binary64 as a literal of 17 significant digits, which every reader rounds back to it.
pub(super) fn literal(value: f64) -> String {
    format!("{value:.16e}")
}

fn scaled(value: &Rational, exponent: i32) -> String {
    let shift = Rational::from(10).pow(DIGITS as i32 - 1 - exponent);
    let rounded = Integer::from((Rational::from(value.abs_ref()) * shift).round_ref());
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::real::parse_exact;
    use proptest::prelude::*;

    #[test]
    fn literals_are_padded() {
        assert_eq!(decimal(&Rational::from((1, 2))), format!("5.{}e-1", "0".repeat(39)));
        assert_eq!(decimal(&Rational::from(-10)), format!("-1.{}e1", "0".repeat(39)));
        assert_eq!(parse_exact(&decimal(&Rational::new())).unwrap(), 0);
    }

    proptest! {
        #[test]
        fn a_literal_is_its_float(x in proptest::num::f64::NORMAL) {
            prop_assert_eq!(literal(x).parse::<f64>().unwrap().to_bits(), x.to_bits());
            prop_assert_eq!(nearest(&Rational::from_f64(x).unwrap()).to_bits(), x.to_bits());
        }

        #[test]
        fn literals_are_near(n: i64, d in 1i64..) {
            let value = Rational::from((n, d));
            let error = (parse_exact(&decimal(&value)).unwrap() - &value).abs();
            prop_assert!(error * Rational::from(10).pow(39) <= value.abs());
        }
    }
}
