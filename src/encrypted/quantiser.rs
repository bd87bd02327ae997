//! Scores as integers.

use crate::error::{Error, Result};
use rug::{Integer, Rational};

/// Takes t = x/R in [−1, 1] to the nearest integer multiple of 1/(2^(B−1) − 1), ties away from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantiser {
    bits: u32,
}

impl Default for Quantiser {
    /// 12 bits: scores that are off by at most R/4094.
    fn default() -> Self {
        Self { bits: 12 }
    }
}

impl Quantiser {
    /// To B = `bits` bits, the sign among them.
    ///
    /// # Errors
    /// [`Error::Input`] unless 2 ≤ B ≤ 32.
    pub fn new(bits: u32) -> Result<Self> {
        if (2..=32).contains(&bits) {
            Ok(Self { bits })
        } else {
            Err(Error::input(format!("quantisation: expected 2 to 32 bits, found {bits}")))
        }
    }

    /// B.
    pub fn bits(self) -> u32 {
        self.bits
    }

    /// The integer for t = 1: 2^(B−1) − 1.
    pub fn largest(self) -> u32 {
        (1 << (self.bits - 1)) - 1
    }

    /// round(t·(2^(B−1) − 1)).
    pub fn quantise(self, t: &Rational) -> Integer {
        Rational::from(t * self.largest()).round().into_numer_denom().0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_the_nearest_and_ties_go_away_from_zero() {
        let quantiser = Quantiser::new(4).unwrap();
        assert_eq!(quantiser.largest(), 7);
        for (numerator, expected) in [(14, 7), (-14, -7), (0, 0), (1, 1), (-1, -1), (2, 1), (3, 2), (5, 3), (-13, -7)] {
            assert_eq!(quantiser.quantise(&Rational::from((numerator, 14))), expected, "{numerator}/14");
        }
        // A hair below the tie.
        assert_eq!(quantiser.quantise(&(Rational::from((1, 14)) - Rational::from((1, 1u64 << 60)))), 0);
        assert_eq!((Quantiser::default().bits(), Quantiser::default().largest()), (12, 2047));
        assert!(Quantiser::new(1).is_err() && Quantiser::new(33).is_err());
        assert_eq!(Quantiser::new(32).unwrap().largest(), (1 << 31) - 1);
    }
}
