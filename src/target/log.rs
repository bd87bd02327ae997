//! The natural logarithm.

use super::enclosed::constant;
use super::function::within;
use super::{Enclosed, Function, Rectangle};
use crate::error::{Error, Result};
use crate::real::{Enclosure, Exact};
use rug::{Float, Rational};
use std::cmp::Ordering;

/// ln x for x > 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log;

impl Log {
    /// The name in tables and on the command line.
    pub const NAME: &str = "log";
}

impl Function for Log {
    fn value(&self, x: &Float) -> Float {
        x.clone().ln()
    }

    fn derivative(&self, x: &Float) -> Option<Float> {
        Some(x.clone().recip())
    }

    fn second_derivative(&self, x: &Float) -> Option<Float> {
        Some(-x.clone().square().recip())
    }

    fn check(&self, lo: &Rational, hi: &Rational) -> Result<()> {
        if *lo > 0 {
            return Ok(());
        }
        let (lo, hi) = (Exact(lo.clone()), Exact(hi.clone()));
        Err(Error::input(format!("the logarithm needs x > 0, found the interval [{lo}, {hi}]: begin it above 0")))
    }

    fn zero_in(&self, lo: &Rational, hi: &Rational) -> Option<Rational> {
        within(Rational::from(1), lo, hi)
    }
}

impl Enclosed for Log {
    fn enclose(&self, x: &Enclosure) -> Enclosure {
        x.ln()
    }

    /// |ln z| ≤ |ln |z|| + π/2 where Re z > 0.
    fn magnitude(&self, z: &Rectangle) -> Option<Enclosure> {
        z.re.is_positive().then(|| &z.modulus().ln().abs() + &constant((8, 5), &z.re))
    }

    fn direction(&self, _lo: &Rational, _hi: &Rational) -> Option<Ordering> {
        Some(Ordering::Greater)
    }

    fn formula(&self) -> String {
        "ln(x)".into()
    }
}
