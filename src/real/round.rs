//! Rounding in a named direction, and the conversions between exact and floating numbers.

use rug::float::Round;
use rug::ops::Pow;
use rug::{Float, Integer, Rational};

/// Bits of every multiple-precision float in the crate: enough for a chain of 30 squarings of exact scales.
pub const PRECISION: u32 = 256;

/// The nearest float of [`PRECISION`] bits.
pub fn rational_to_float(value: &Rational) -> Float {
    Float::with_val(PRECISION, value)
}

/// The exact rational value of a finite float; zero for NaN and infinities, which no caller passes.
pub fn float_to_exact(value: &Float) -> Rational {
    value.to_rational().unwrap_or_default()
}

/// The smallest multiple of 2^-bits that is not below `value`.
pub fn dyadic_ceil(value: &Rational, bits: u32) -> Rational {
    Rational::from((Integer::from((value.clone() << bits).ceil_ref()), Integer::from(1) << bits))
}

/// The largest multiple of 2^-bits that is not above `value`.
pub fn dyadic_floor(value: &Rational, bits: u32) -> Rational {
    Rational::from((Integer::from((value.clone() << bits).floor_ref()), Integer::from(1) << bits))
}

/// The multiple of 2^-bits nearest to `value`.
pub fn dyadic_nearest(value: &Rational, bits: u32) -> Rational {
    Rational::from((Integer::from((value.clone() << bits).round_ref()), Integer::from(1) << bits))
}

/// The smallest decimal with `places` fractional digits that is not below `value`.
pub fn ceil_decimal(value: &Rational, places: u32) -> Rational {
    let scale = Integer::from(Integer::u_pow_u(10, places));
    Rational::from((Integer::from(Rational::from(value * &scale).ceil_ref()), scale))
}

/// The decimal of `digits` significant digits nearest to `value`.
pub fn round_decimal(value: &Rational, digits: u32) -> Rational {
    if *value == 0 {
        return Rational::new();
    }
    let magnitude = log2(value) * std::f64::consts::LOG10_2;
    let places = digits as i32 - 1 - magnitude.floor() as i32;
    let scale = Rational::from(10u32).pow(places);
    let rounded = Integer::from(Rational::from(value * &scale).round_ref());
    Rational::from(rounded) / scale
}

/// A decimal of about `digits` significant digits that is not below `value` ≥ 0.
pub fn decimal_above(value: &Rational, digits: u32) -> Rational {
    let near = round_decimal(value, digits);
    if near >= *value { near } else { near + digit_unit(value, digits) }
}

/// A decimal of about `digits` significant digits that is not above `value` ≥ 0.
pub fn decimal_below(value: &Rational, digits: u32) -> Rational {
    let near = round_decimal(value, digits);
    if near <= *value { near } else { near - digit_unit(value, digits) }
}

/// A power of ten at the last of `digits` significant digits of `value`.
fn digit_unit(value: &Rational, digits: u32) -> Rational {
    let magnitude = log2(value) * std::f64::consts::LOG10_2;
    Rational::from(10u32).pow(magnitude.floor() as i32 + 1 - digits as i32)
}

/// A binary64 that is not below `value`.
pub fn f64_above(value: &Rational) -> f64 {
    Float::with_val_round(53, value, Round::Up).0.to_f64_round(Round::Up)
}

/// A binary64 that is not above `value`.
pub fn f64_below(value: &Rational) -> f64 {
    Float::with_val_round(53, value, Round::Down).0.to_f64_round(Round::Down)
}

/// log2 |value| to double precision, whatever the size of `value`; −∞ for zero.
pub fn log2(value: &Rational) -> f64 {
    Float::with_val(64, value).abs().log2().to_f64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn directions_enclose_the_value(n in any::<i64>(), d in 1i64.., bits in 0u32..200) {
            let value = Rational::from((n, d));
            let ulp = Rational::from(1) >> bits;
            let (low, high) = (dyadic_floor(&value, bits), dyadic_ceil(&value, bits));
            prop_assert!(low <= value && value <= high);
            prop_assert!(Rational::from(&high - &low) <= ulp);
            prop_assert!(Rational::from(&dyadic_nearest(&value, bits) - &value).abs() * 2 <= ulp);
            prop_assert!(ceil_decimal(&value, 20) >= value);
            prop_assert!(f64_below(&value) <= f64_above(&value));
            prop_assert!(Rational::from_f64(f64_above(&value)).unwrap() >= value);
            prop_assert!(Rational::from_f64(f64_below(&value)).unwrap() <= value);
        }

        #[test]
        fn significant_digits_keep_the_relative_error(n in 1i64.., d in 1i64.., digits in 2u32..30) {
            let value = Rational::from((n, d));
            let error = Rational::from(&round_decimal(&value, digits) - &value).abs() / &value;
            prop_assert!(log2(&error) <= -f64::from(digits - 2) * std::f64::consts::LOG2_10);
            let (above, below) = (decimal_above(&value, digits), decimal_below(&value, digits));
            prop_assert!(below <= value && value <= above);
            let width = Rational::from(&above - &below) / &value;
            prop_assert!(log2(&width) <= -f64::from(digits - 2) * std::f64::consts::LOG2_10 + 1.0);
        }
    }
}
