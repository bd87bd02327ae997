//! The natural logarithm.

use super::Function;
use super::function::within;
use crate::error::{Error, Result};
use crate::real::Exact;
use rug::{Float, Rational};

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
