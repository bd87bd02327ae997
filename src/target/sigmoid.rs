//! The logistic function.

use super::enclosed::logistic_magnitude;
use super::{Enclosed, Function, Rectangle};
use crate::real::Enclosure;
use rug::{Float, Rational};
use std::cmp::Ordering;

/// σ(x) = 1/(1 + e^(−x)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sigmoid;

impl Sigmoid {
    /// The name in tables and on the command line.
    pub const NAME: &str = "sigmoid";
}

/// σ(x), by e^(−|x|) so that neither tail overflows or loses digits.
pub(super) fn sigmoid(x: &Float) -> Float {
    let small = (-x.clone().abs()).exp();
    let denominator = Float::with_val(x.prec(), &small + 1u32);
    if x.is_sign_negative() { small / denominator } else { denominator.recip() }
}

/// σ′ = σ(x)·σ(−x).
pub(super) fn slope(x: &Float) -> Float {
    sigmoid(x) * sigmoid(&Float::with_val(x.prec(), -x))
}

/// σ″ = −σ′·tanh(x/2).
pub(super) fn curvature(x: &Float) -> Float {
    -slope(x) * Float::with_val(x.prec(), x / 2u32).tanh()
}

impl Function for Sigmoid {
    fn value(&self, x: &Float) -> Float {
        sigmoid(x)
    }

    fn derivative(&self, x: &Float) -> Option<Float> {
        Some(slope(x))
    }

    fn second_derivative(&self, x: &Float) -> Option<Float> {
        Some(curvature(x))
    }
}

impl Enclosed for Sigmoid {
    fn enclose(&self, x: &Enclosure) -> Enclosure {
        x.logistic()
    }

    fn magnitude(&self, z: &Rectangle) -> Option<Enclosure> {
        logistic_magnitude(z)
    }

    fn direction(&self, _lo: &Rational, _hi: &Rational) -> Option<Ordering> {
        Some(Ordering::Greater)
    }

    fn formula(&self) -> String {
        "1/(1 + exp(−x))".into()
    }
}
