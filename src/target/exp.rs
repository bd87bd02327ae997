//! eˣ.

use super::{Enclosed, Function, Rectangle};
use crate::real::Enclosure;
use rug::{Float, Rational};
use std::cmp::Ordering;

/// eˣ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exp;

impl Exp {
    /// The name in tables and on the command line.
    pub const NAME: &str = "exp";
}

impl Function for Exp {
    fn value(&self, x: &Float) -> Float {
        x.clone().exp()
    }

    fn derivative(&self, x: &Float) -> Option<Float> {
        Some(self.value(x))
    }

    fn second_derivative(&self, x: &Float) -> Option<Float> {
        Some(self.value(x))
    }
}

impl Enclosed for Exp {
    fn enclose(&self, x: &Enclosure) -> Enclosure {
        x.exp()
    }

    /// |e^z| = e^(Re z).
    fn magnitude(&self, z: &Rectangle) -> Option<Enclosure> {
        Some(z.re.exp())
    }

    fn direction(&self, _lo: &Rational, _hi: &Rational) -> Option<Ordering> {
        Some(Ordering::Greater)
    }

    fn formula(&self) -> String {
        "exp(x)".into()
    }
}
