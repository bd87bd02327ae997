//! 1/√(x + ε).

use super::enclosed::shifted;
use super::{Enclosed, Function};
use crate::error::{Error, Result};
use crate::real::{Enclosure, Exact};
use rug::ops::Pow;
use rug::{Float, Rational};
use std::cmp::Ordering;

/// D^(−1/2) with D = x + ε > 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InverseSqrt {
    /// ε.
    pub epsilon: Rational,
}

impl InverseSqrt {
    /// The name in tables and on the command line.
    pub const NAME: &str = "inverse-sqrt";

    /// D^(power/2).
    fn half_power(&self, x: &Float, power: i32) -> Float {
        Float::with_val(x.prec(), x + &self.epsilon).recip_sqrt().pow(-power)
    }
}

impl Function for InverseSqrt {
    fn value(&self, x: &Float) -> Float {
        self.half_power(x, -1)
    }

    fn derivative(&self, x: &Float) -> Option<Float> {
        Some(self.half_power(x, -3) / -2)
    }

    fn second_derivative(&self, x: &Float) -> Option<Float> {
        Some(self.half_power(x, -5) * 3u32 / 4u32)
    }

    fn check(&self, lo: &Rational, hi: &Rational) -> Result<()> {
        if Rational::from(lo + &self.epsilon) > 0 {
            return Ok(());
        }
        let show = |value: &Rational| Exact(value.clone());
        Err(Error::input(format!(
            "the inverse square root needs x > {}, found the interval [{}, {}]: begin the interval above it, or take a \
             larger --epsilon",
            show(&Rational::from(-&self.epsilon)),
            show(lo),
            show(hi)
        )))
    }
}

impl Enclosed for InverseSqrt {
    fn enclose(&self, x: &Enclosure) -> Enclosure {
        (x + &Enclosure::around(&self.epsilon, x.bits())).sqrt().recip()
    }

    fn direction(&self, _lo: &Rational, _hi: &Rational) -> Option<Ordering> {
        Some(Ordering::Less)
    }

    fn formula(&self) -> String {
        format!("1/√{}", shifted(&self.epsilon))
    }
}
