//! Dyadic numbers as pairs: the form in which a coefficient goes into integer arithmetic.

use crate::error::{Error, Result};
use rug::{Integer, Rational};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// m·2^e; in a document `[m as a string, e]`.
#[derive(Debug, Clone, PartialEq, Eq, schemars::JsonSchema)]
#[schemars(from = "(String, i32)", into = "(String, i32)")]
pub struct Dyadic {
    /// m.
    pub mantissa: Integer,
    /// e.
    pub exponent: i32,
}

/// Longer mantissas are refused when a document is read.
const LONGEST_MANTISSA: usize = 65_536;
/// Exponents beyond this are refused when a document is read: the value would not fit in memory.
const LARGEST_EXPONENT: u32 = 65_536;

impl Dyadic {
    /// `value` as a multiple of 2^-bits, or `None` where it is not one.
    pub fn at_scale(value: &Rational, bits: u32) -> Option<Self> {
        let scaled = value.clone() << bits;
        (*scaled.denom() == 1).then(|| Self { mantissa: scaled.into_numer_denom().0, exponent: -(bits as i32) })
    }

    /// Numbers that are all multiples of 2^-bits.
    ///
    /// # Errors
    /// [`Error::Internal`] when one of them is not.
    pub fn all_at_scale(values: &[Rational], bits: u32) -> Result<Vec<Self>> {
        let all = values.iter().map(|value| Self::at_scale(value, bits)).collect::<Option<_>>();
        all.ok_or_else(|| Error::internal(format!("a coefficient is not a multiple of 2^-{bits}")))
    }

    /// m·2^e.
    pub fn value(&self) -> Rational {
        Rational::from(&self.mantissa) << self.exponent
    }
}

impl Serialize for Dyadic {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        (self.mantissa.to_string(), self.exponent).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Dyadic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let (text, exponent) = <(String, i32)>::deserialize(deserializer)?;
        if text.len() > LONGEST_MANTISSA || exponent.unsigned_abs() > LARGEST_EXPONENT {
            return Err(D::Error::custom(
                "a dyadic [mantissa, exponent] has at most 65536 digits and |exponent| ≤ 65536",
            ));
        }
        let mantissa = Integer::from_str_radix(&text, 10).map_err(|_| {
            D::Error::custom("expected a dyadic [\"mantissa\", exponent] with a decimal integer mantissa")
        })?;
        Ok(Self { mantissa, exponent })
    }
}
