//! The sign, on intervals that keep clear of 0.

use super::enclosed::constant;
use super::{Enclosed, Function, Parity};
use crate::error::{Error, Result};
use crate::real::{Enclosure, Exact};
use rug::{Float, Rational};
use std::cmp::Ordering;

/// −1 for x < 0, 1 for x > 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign;

impl Sign {
    /// The name in tables and on the command line.
    pub const NAME: &str = "sign";
}

impl Function for Sign {
    fn value(&self, x: &Float) -> Float {
        Float::with_val(x.prec(), x.cmp0().map_or(0, |order| order as i32))
    }

    fn derivative(&self, x: &Float) -> Option<Float> {
        (!x.is_zero()).then(|| Float::new(x.prec()))
    }

    fn second_derivative(&self, x: &Float) -> Option<Float> {
        self.derivative(x)
    }

    fn check(&self, lo: &Rational, hi: &Rational) -> Result<()> {
        if *lo > 0 || *hi < 0 {
            return Ok(());
        }
        let (lo, hi) = (Exact(lo.clone()), Exact(hi.clone()));
        Err(Error::input(format!(
            "the sign jumps at 0, which lies in [{lo}, {hi}], so no polynomial has an error below 1: leave a gap, as in \
             --interval=-1,-0.1 --interval 0.1,1"
        )))
    }

    fn parity(&self) -> Option<Parity> {
        Some(Parity::Odd)
    }
}

impl Enclosed for Sign {
    fn enclose(&self, x: &Enclosure) -> Enclosure {
        let one = constant((1, 1), x);
        match () {
            () if x.is_positive() => one,
            () if x.is_negative() => -&one,
            () => one.hull(&-&one),
        }
    }

    /// It is constant.
    fn direction(&self, _lo: &Rational, _hi: &Rational) -> Option<Ordering> {
        None
    }

    fn formula(&self) -> String {
        "sign(x)".into()
    }
}
