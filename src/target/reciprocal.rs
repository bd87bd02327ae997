//! 1/(x + ε).

use super::enclosed::shifted;
use super::{Enclosed, Function, Parity};
use crate::error::{Error, Result};
use crate::real::{Enclosure, Exact};
use rug::ops::Pow;
use rug::{Float, Rational};
use std::cmp::Ordering;

/// 1/D with D = x + ε.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reciprocal {
    /// ε.
    pub epsilon: Rational,
}

impl Reciprocal {
    /// The name in tables and on the command line.
    pub const NAME: &str = "reciprocal";

    /// The range [lo + ε, hi + ε] of D, which does not touch 0.
    ///
    /// # Errors
    /// [`Error::Input`] when the pole x = −ε lies inside [lo, hi] or at one of its ends.
    pub fn denominators(&self, lo: &Rational, hi: &Rational) -> Result<(Rational, Rational)> {
        let (a, b) = (Rational::from(lo + &self.epsilon), Rational::from(hi + &self.epsilon));
        if a <= 0 && b >= 0 {
            let show = |value: &Rational| Exact(value.clone());
            return Err(Error::input(format!(
                "the pole of the reciprocal, x = {}, lies in the interval [{}, {}]: move the interval to one side of it, \
                 or take an --epsilon that moves the pole",
                show(&Rational::from(-&self.epsilon)),
                show(lo),
                show(hi)
            )));
        }
        Ok((a, b))
    }

    /// 1/D.
    fn inverse(&self, x: &Float) -> Float {
        Float::with_val(x.prec(), x + &self.epsilon).recip()
    }
}

impl Function for Reciprocal {
    fn value(&self, x: &Float) -> Float {
        self.inverse(x)
    }

    fn derivative(&self, x: &Float) -> Option<Float> {
        Some(-self.inverse(x).square())
    }

    fn second_derivative(&self, x: &Float) -> Option<Float> {
        Some(self.inverse(x).pow(3u32) * 2u32)
    }

    fn check(&self, lo: &Rational, hi: &Rational) -> Result<()> {
        self.denominators(lo, hi).map(|_| ())
    }

    fn parity(&self) -> Option<Parity> {
        (self.epsilon == 0).then_some(Parity::Odd)
    }
}

impl Enclosed for Reciprocal {
    fn enclose(&self, x: &Enclosure) -> Enclosure {
        (x + &Enclosure::around(&self.epsilon, x.bits())).recip()
    }

    fn direction(&self, _lo: &Rational, _hi: &Rational) -> Option<Ordering> {
        Some(Ordering::Less)
    }

    fn formula(&self) -> String {
        format!("1/{}", shifted(&self.epsilon))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pole_inside_or_at_an_end_is_refused() {
        let f = Reciprocal { epsilon: Rational::from((1, 4)) };
        let range = |lo: (i32, i32), hi: (i32, i32)| f.denominators(&Rational::from(lo), &Rational::from(hi));
        assert!(range((0, 1), (1, 1)).is_ok());
        assert!(range((-2, 1), (-1, 2)).is_ok());
        for (lo, hi) in [((-1, 1), (1, 1)), ((-1, 4), (1, 1)), ((-1, 1), (-1, 4))] {
            let error = range(lo, hi).unwrap_err();
            assert_eq!(error.exit_code(), 2);
            assert!(error.to_string().contains("x = -0.25,"), "{error}");
        }
    }
}
