//! Numbers as a report prints them: a power of two and a decimal of three digits, rounded to the safe side.

use crate::real::{Exact, log2};
use rug::ops::Pow;
use rug::{Integer, Rational};

/// Where the last printed digit goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Towards {
    /// A bound stays a bound.
    Above,
    /// What is promised is not less than printed.
    Below,
    /// No side is safe.
    Nearest,
}

impl Towards {
    fn float(self, value: f64) -> f64 {
        match self {
            Self::Above => value.ceil(),
            Self::Below => value.floor(),
            Self::Nearest => value.round(),
        }
    }

    fn exact(self, value: &Rational) -> Integer {
        match self {
            Self::Above => Integer::from(value.ceil_ref()),
            Self::Below => Integer::from(value.floor_ref()),
            Self::Nearest => Integer::from(value.round_ref()),
        }
    }
}

/// An upper bound, rounded up: `2^-12.34 (1.93e-4)`.
pub(super) fn bound(value: &Rational) -> String {
    both(value, Towards::Above)
}

/// A figure that is no bound, rounded to nearest.
pub(super) fn about(value: &Rational) -> String {
    both(value, Towards::Nearest)
}

/// A measurement, rounded to nearest; what is no number says so.
pub(super) fn measured(value: f64) -> String {
    match Rational::from_f64(value) {
        Some(value) => about(&value),
        None => "not a number".into(),
    }
}

/// Both forms of a number.
pub(super) fn both(value: &Rational, towards: Towards) -> String {
    if *value == 0 {
        return "0".into();
    }
    format!("{} ({})", power_of_two(value, towards), three_digits(value, towards))
}

/// 2^e with two decimals, or none for a power of two.
pub(super) fn power_of_two(value: &Rational, towards: Towards) -> String {
    if *value == 0 {
        return "0".into();
    }
    let sign = if *value < 0 { "-" } else { "" };
    let exponent = log2(value);
    let whole = exponent.round();
    if Rational::from(value.abs_ref()) == Rational::from(2).pow(whole as i32) {
        return format!("{sign}2^{whole}");
    }
    // A hair of slack, so that the rounding of the logarithm itself does not cost a digit.
    let hundredths = match towards {
        Towards::Nearest => exponent * 100.0,
        Towards::Above => exponent * 100.0 - 1e-9,
        Towards::Below => exponent * 100.0 + 1e-9,
    };
    // + 0 turns −0 into 0.
    format!("{sign}2^{:.2}", towards.float(hundredths) / 100.0 + 0.0)
}

/// Three significant digits: `0.0193`, `12.5`, `1.93e-4`.
pub(super) fn three_digits(value: &Rational, towards: Towards) -> String {
    if *value == 0 {
        return "0".into();
    }
    let mut exponent = (log2(value) * std::f64::consts::LOG10_2).floor() as i32;
    let mut digits = mantissa(value, exponent, towards);
    // Rounding, and a logarithm on the wrong side of a power of ten, end in four digits or two.
    let shift = match Integer::from(digits.abs_ref()) {
        four if four >= 1000 => 1,
        two if two < 100 => -1,
        _ => 0,
    };
    if shift != 0 {
        exponent += shift;
        digits = mantissa(value, exponent, towards);
    }
    let sign = if digits < 0 { "-" } else { "" };
    let digits = Integer::from(digits.abs_ref()).to_string();
    let (first, rest) = digits.split_at(digits.len().min(1));
    match exponent {
        -3..=-1 => format!("{sign}0.{}{digits}", "0".repeat((-exponent - 1) as usize)),
        0 => format!("{sign}{first}.{rest}"),
        1 => format!("{sign}{first}{}.{}", rest.get(..1).unwrap_or("0"), rest.get(1..).unwrap_or("0")),
        2 => format!("{sign}{digits}"),
        _ => format!("{sign}{first}.{rest}e{exponent}"),
    }
}

fn mantissa(value: &Rational, exponent: i32, towards: Towards) -> Integer {
    towards.exact(&(Rational::from(10).pow(2 - exponent) * value))
}

/// A number that a user typed: as it is where that is short, else in both forms.
pub(super) fn short(value: &Exact) -> String {
    let text = value.to_string();
    if text.len() <= 10 { text } else { about(value) }
}

/// A distance in bits, rounded down.
pub(super) fn bits(value: f64) -> String {
    if value == f64::INFINITY {
        return "no error seen".into();
    }
    if value.is_nan() { "not a number".into() } else { format!("{:.2} bits", (value * 100.0).floor() / 100.0) }
}

/// A share as per cent, rounded up.
pub(super) fn per_cent(share: &Rational) -> String {
    format!("{} %", three_digits(&Rational::from(share * 100), Towards::Above))
}

/// log2 of a positive number for a figure.
pub(super) fn log2_f64(value: f64) -> Option<f64> {
    Some(value.log2()).filter(|log| log.is_finite())
}

/// log2 of a positive number for a figure.
pub(super) fn log2_exact(value: &Rational) -> Option<f64> {
    (*value > 0).then(|| log2(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn q(n: i64, d: i64) -> Rational {
        Rational::from((n, d))
    }

    #[test]
    fn numbers_are_printed_in_both_forms() {
        assert_eq!(bound(&q(1, 1024)), "2^-10 (9.77e-4)");
        assert_eq!(about(&q(1, 1024)), "2^-10 (9.77e-4)");
        assert_eq!(bound(&q(999_999, 1_000_000)), "2^0.00 (1.00)");
        assert_eq!(about(&q(65537, 1)), "2^16.00 (6.55e4)");
        assert_eq!(three_digits(&q(1, 20), Towards::Above), "0.0500");
        assert_eq!(three_digits(&q(1234, 100), Towards::Below), "12.3");
        assert_eq!(three_digits(&q(-1235, 10), Towards::Above), "-123");
        assert_eq!(measured(f64::NAN), "not a number");
        assert_eq!(bound(&q(0, 1)), "0");
        assert_eq!(bits(f64::INFINITY), "no error seen");
    }

    proptest! {
        #[test]
        fn printed_bounds_are_bounds(n in 1i64.., d in 1i64..) {
            let value = q(n, d);
            let read = |text: String| crate::real::parse_exact(&text).unwrap();
            let (above, below) = (read(three_digits(&value, Towards::Above)), read(three_digits(&value, Towards::Below)));
            prop_assert!(below <= value && value <= above);
            prop_assert!(above < &value * q(102, 100));
            prop_assert!(below > &value * q(98, 100));
        }
    }
}
