//! The hyperbolic tangent.

use super::function::within;
use super::{Function, Parity};
use rug::{Float, Rational};

/// tanh x.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tanh;

impl Tanh {
    /// The name in tables and on the command line.
    pub const NAME: &str = "tanh";
}

impl Function for Tanh {
    fn value(&self, x: &Float) -> Float {
        x.clone().tanh()
    }

    /// 1/cosh² x.
    fn derivative(&self, x: &Float) -> Option<Float> {
        Some(x.clone().sech().square())
    }

    fn second_derivative(&self, x: &Float) -> Option<Float> {
        Some(x.clone().sech().square() * x.clone().tanh() * -2)
    }

    fn parity(&self) -> Option<Parity> {
        Some(Parity::Odd)
    }

    fn zero_in(&self, lo: &Rational, hi: &Rational) -> Option<Rational> {
        within(Rational::new(), lo, hi)
    }
}
