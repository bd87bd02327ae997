//! Reading a number exactly: decimal, scientific, `2^-10`, `a/b`, or a hexadecimal float.

use super::Exact;
use crate::error::{Error, Result};
use rug::ops::Pow;
use rug::{Integer, Rational};

/// Exponents beyond this are refused: the exact value would not fit in memory or in a document.
const LARGEST_EXPONENT: i32 = 20_000;
/// A longer literal is refused: no number that anyone means has so many digits.
const LONGEST_LITERAL: usize = 65_536;

/// Reads a number exactly.
///
/// Accepts `-12.5`, `1e-3`, `2^-10`, `-3*2^5`, `a/b` (each part a number of the other forms) and `0x1.8p-3`.
///
/// # Errors
/// [`Error::Input`] naming the text, when it is not such a number, its exponent exceeds 20 000, or it has more than 65 536 digits.
pub fn parse_exact(text: &str) -> Result<Rational> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.len() > LONGEST_LITERAL {
        return Err(not_a_number(text));
    }
    let parsed = match trimmed.split_once('/') {
        Some((numerator, denominator)) => {
            let denominator = parse_factor(denominator.trim()).ok_or_else(|| not_a_number(text))?;
            if denominator == 0 {
                return Err(Error::input(format!("'{}': the denominator is zero", shown(text))));
            }
            parse_factor(numerator.trim()).map(|numerator| numerator / denominator)
        }
        None => parse_factor(trimmed),
    };
    match parsed.ok_or_else(|| not_a_number(text))? {
        value if is_written_short(&value) => Ok(value),
        _ => Err(Error::input(format!(
            "'{}' has more than {LONGEST_LITERAL} digits when it is written out",
            shown(text)
        ))),
    }
}

/// Whether a document that the number is written to can be read again.
pub(crate) fn is_written_short(value: &Rational) -> bool {
    let bits = value.numer().significant_bits().saturating_add(value.denom().significant_bits());
    // A decimal has at most one digit for each bit of both; only much longer numbers are written out to see.
    bits < LONGEST_LITERAL as u32 / 2 || Exact(value.clone()).to_string().len() <= LONGEST_LITERAL
}

fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

fn not_a_number(text: &str) -> Error {
    let shown = shown(text);
    Error::input(format!(
        "'{shown}' is not a number: expected a decimal (0.001), scientific (1e-3), a power (2^-10), a fraction (1/3) \
         or a hexadecimal float (0x1.8p-3), with an exponent of at most {LARGEST_EXPONENT}"
    ))
}

/// One side of a fraction: an optional sign, then `m*2^e`, `b^e`, a hexadecimal float or a decimal.
fn parse_factor(text: &str) -> Option<Rational> {
    let (negative, magnitude) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let value = match magnitude.split_once('*') {
        Some((left, right)) => parse_magnitude(left.trim())? * parse_magnitude(right.trim())?,
        None => parse_magnitude(magnitude)?,
    };
    Some(if negative { -value } else { value })
}

fn parse_magnitude(text: &str) -> Option<Rational> {
    if let Some((base, exponent)) = text.split_once('^') {
        let base = parse_decimal(base.trim())?;
        return power(base, exponent.trim().parse().ok()?);
    }
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return parse_hex(hex);
    }
    parse_decimal(text)
}

fn power(base: Rational, exponent: i32) -> Option<Rational> {
    let small_enough = exponent.unsigned_abs() <= LARGEST_EXPONENT.unsigned_abs();
    let base_is_small = base.numer().significant_bits() <= 64 && base.denom().significant_bits() <= 64;
    if !small_enough || !base_is_small || (base == 0 && exponent < 0) {
        return None;
    }
    Some(base.pow(exponent))
}

fn parse_decimal(text: &str) -> Option<Rational> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (digits, fraction_length) = join_digits(mantissa, |c| c.is_ascii_digit())?;
    let shift = exponent.checked_sub(i32::try_from(fraction_length).ok()?)?;
    if exponent.abs() > LARGEST_EXPONENT {
        return None;
    }
    let mantissa = Integer::from_str_radix(&digits, 10).ok()?;
    let scale = Rational::from(10u32).pow(shift);
    Some(scale * mantissa)
}

fn parse_hex(text: &str) -> Option<Rational> {
    let (mantissa, exponent) = match text.split_once(['p', 'P']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (digits, fraction_length) = join_digits(mantissa, |c| c.is_ascii_hexdigit())?;
    if exponent.abs() > LARGEST_EXPONENT {
        return None;
    }
    let shift = exponent.checked_sub(4 * i32::try_from(fraction_length).ok()?)?;
    let mantissa = Integer::from_str_radix(&digits, 16).ok()?;
    Some(Rational::from(2u32).pow(shift) * mantissa)
}

/// `12.5` → (`125`, 1). At least one digit; nothing but digits and one point.
fn join_digits(text: &str, is_digit: impl Fn(char) -> bool) -> Option<(String, usize)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{fraction}");
    let valid = !digits.is_empty() && digits.chars().all(is_digit);
    valid.then_some((digits, fraction.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(text: &str) -> Rational {
        parse_exact(text).unwrap()
    }

    #[test]
    fn every_documented_form_is_read_exactly() {
        assert_eq!(value("0.001"), Rational::from((1, 1000)));
        assert_eq!(value("-1.5e-3"), Rational::from((-3, 2000)));
        assert_eq!(value("2^-10"), Rational::from((1, 1024)));
        assert_eq!(value("-2^3"), Rational::from(-8));
        assert_eq!(value("3*2^5"), Rational::from(96));
        assert_eq!(value("1/3"), Rational::from((1, 3)));
        assert_eq!(value("-22/7"), Rational::from((-22, 7)));
        assert_eq!(value("0x1.8p-3"), Rational::from((3, 16)));
        assert_eq!(value("+4"), Rational::from(4));
        assert_eq!(value(".5"), Rational::from((1, 2)));
    }

    #[test]
    fn anything_else_is_refused_with_its_text() {
        for bad in [
            "",
            "abc",
            "1..2",
            "1e",
            "nan",
            "inf",
            "1/0",
            "1/2/3",
            "--1",
            "2^0.5",
            "0x",
            "1e99999999",
            "2^999999",
            "0^-1",
            ".",
        ] {
            let error = parse_exact(bad).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{bad}");
        }
    }

    /// What is read can be written to a document and read again.
    #[test]
    fn numbers_too_long_to_be_written_are_refused() {
        for long in [
            "2^-20000*2^-20000/2^20000*2^20000",
            "3*2^20000/7^19999",
            "1e20000/1e-20000",
            "3^20000*7^20000",
            "1/2^20000*3^-20000",
        ] {
            match parse_exact(long) {
                Ok(value) => assert_eq!(parse_exact(&Exact(value.clone()).to_string()), Ok(value), "{long}"),
                Err(error) => assert!(error.to_string().contains("written out"), "{error}"),
            }
        }
        assert!(parse_exact("18446744073709551615^20000").is_err());
        assert_eq!(value("1e-20000").denom().significant_bits(), 66_439);
    }

    proptest! {
        #[test]
        fn any_text_is_answered_without_a_panic(text in ".{0,40}") {
            let _ = parse_exact(&text);
        }

        #[test]
        fn a_float_printed_in_decimal_is_read_back(x in proptest::num::f64::NORMAL) {
            let read = parse_exact(&format!("{x:e}")).unwrap();
            prop_assert_eq!(rug::Float::with_val(53, &read).to_f64(), x);
        }
    }
}
