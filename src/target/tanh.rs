//! The hyperbolic tangent.

use super::enclosed::{constant, logistic_magnitude};
use super::function::within;
use super::{Enclosed, Function, Parity, Rectangle};
use crate::real::Enclosure;
use rug::{Float, Rational};
use std::cmp::Ordering;

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

impl Enclosed for Tanh {
    fn enclose(&self, x: &Enclosure) -> Enclosure {
        x.tanh()
    }

    /// tanh z = 2σ(2z) − 1 with the logistic σ.
    fn magnitude(&self, z: &Rectangle) -> Option<Enclosure> {
        let two = constant((2, 1), &z.re);
        let bound = logistic_magnitude(&Rectangle { re: &z.re * &two, im: &z.im * &two })?;
        Some(&(&bound * &two) + &constant((1, 1), &z.re))
    }

    fn direction(&self, _lo: &Rational, _hi: &Rational) -> Option<Ordering> {
        Some(Ordering::Greater)
    }

    fn formula(&self) -> String {
        "tanh(x)".into()
    }
}
