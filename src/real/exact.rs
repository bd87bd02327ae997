//! An exact rational that is text in every document.

use super::parse_exact;
use rug::{Integer, Rational};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::ops::Deref;

/// A rational number whose text form is exact: a decimal, or `a/b` where no decimal is exact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, schemars::JsonSchema)]
pub struct Exact(#[schemars(with = "String", regex(pattern = r"^-?[0-9]+([.][0-9]+|/[0-9]+)?$"))] pub Rational);

impl Exact {
    /// The exact value of a finite binary float, or `None` for NaN and infinities.
    pub fn from_f64(value: f64) -> Option<Self> {
        Rational::from_f64(value).map(Self)
    }

    /// The text form to be read by people and typed again: as a document's, but `2^-24` where that is shorter.
    pub fn typed(&self) -> String {
        let text = self.to_string();
        let (numer, denom) = (self.0.numer(), self.0.denom());
        if !(numer.is_power_of_two() && denom.is_power_of_two()) {
            return text;
        }
        let exponent = i64::from(numer.significant_bits()) - i64::from(denom.significant_bits());
        let power = format!("2^{exponent}");
        if power.len() < text.len() { power } else { text }
    }
}

impl From<Rational> for Exact {
    fn from(value: Rational) -> Self {
        Self(value)
    }
}

impl Deref for Exact {
    type Target = Rational;
    fn deref(&self) -> &Rational {
        &self.0
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match decimal(&self.0) {
            Some(text) => f.write_str(&text),
            None => write!(f, "{}/{}", self.0.numer(), self.0.denom()),
        }
    }
}

/// The terminating decimal expansion, which exists when the denominator is 2^i·5^j.
fn decimal(value: &Rational) -> Option<String> {
    let mut rest = value.denom().clone();
    let twos = rest.remove_factor_mut(&Integer::from(2));
    let fives = rest.remove_factor_mut(&Integer::from(5));
    if rest != 1 {
        return None;
    }
    let places = twos.max(fives);
    let scaled = value.numer() * Integer::from(Integer::u_pow_u(10, places)) / value.denom();
    Some(place_point(&scaled, places as usize))
}

/// The integer `scaled` with a decimal point `places` digits from its end.
fn place_point(scaled: &Integer, places: usize) -> String {
    let digits = Integer::from(scaled.abs_ref()).to_string();
    let sign = if *scaled < 0 { "-" } else { "" };
    if places == 0 {
        return format!("{sign}{digits}");
    }
    // By hand: a width of `format!` has 16 bits.
    let padded = "0".repeat((places + 1).saturating_sub(digits.len())) + &digits;
    let (whole, fraction) = padded.split_at(padded.len() - places);
    format!("{sign}{whole}.{fraction}")
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExactVisitor)
    }
}

struct ExactVisitor;

impl de::Visitor<'_> for ExactVisitor {
    type Value = Exact;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number as a string (\"0.001\", \"2^-10\", \"1/3\") or an integer")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Exact, E> {
        parse_exact(text).map(Exact).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Exact, E> {
        Ok(Exact(Rational::from(value)))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Exact, E> {
        Ok(Exact(Rational::from(value)))
    }

    /// A bare decimal means the shortest decimal that names the float, which is what was typed.
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Exact, E> {
        parse_exact(&format!("{value:e}")).map(Exact).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_a_decimal_where_one_is_exact() {
        let text = |n: i64, d: i64| Exact(Rational::from((n, d))).to_string();
        assert_eq!(text(1, 1024), "0.0009765625");
        assert_eq!(text(-5, 4), "-1.25");
        assert_eq!(text(7, 1), "7");
        assert_eq!(text(1, 3), "1/3");
        assert_eq!(text(0, 1), "0");
    }

    proptest! {
        #[test]
        fn text_and_back_is_the_same_number(n in any::<i64>(), d in 1i64..) {
            let exact = Exact(Rational::from((n, d)));
            prop_assert_eq!(parse_exact(&exact.typed()).unwrap(), exact.0.clone());
            prop_assert_eq!(parse_exact(&exact.to_string()).unwrap(), exact.0);
        }

        #[test]
        fn small_powers_of_two_are_typed_as_such(k in 4i32..900) {
            prop_assert_eq!(Exact(Rational::from(1) >> k).typed(), format!("2^-{k}"));
            prop_assert_eq!(parse_exact(&format!("2^-{k}")).unwrap(), Rational::from(1) >> k);
        }
    }
}
