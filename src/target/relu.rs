//! The rectifier.

use super::{Enclosed, Function};
use crate::real::Enclosure;
use rug::{Float, Rational};
use std::cmp::Ordering;

/// max(x, 0). Its kink at 0 makes the best error fall only like 1/degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relu;

impl Relu {
    /// The name in tables and on the command line.
    pub const NAME: &str = "relu";
}

impl Function for Relu {
    fn value(&self, x: &Float) -> Float {
        if *x > 0 { x.clone() } else { Float::new(x.prec()) }
    }

    fn derivative(&self, x: &Float) -> Option<Float> {
        (!x.is_zero()).then(|| Float::with_val(x.prec(), u32::from(*x > 0)))
    }

    fn second_derivative(&self, x: &Float) -> Option<Float> {
        (!x.is_zero()).then(|| Float::new(x.prec()))
    }

    fn kinks(&self) -> Vec<Rational> {
        vec![Rational::new()]
    }

    fn zero_in(&self, lo: &Rational, _hi: &Rational) -> Option<Rational> {
        (*lo <= 0).then(|| lo.clone())
    }
}

impl Enclosed for Relu {
    fn enclose(&self, x: &Enclosure) -> Enclosure {
        x.positive_part()
    }

    fn direction(&self, lo: &Rational, _hi: &Rational) -> Option<Ordering> {
        (*lo >= 0).then_some(Ordering::Greater)
    }

    fn formula(&self) -> String {
        "max(x, 0)".into()
    }
}
