//! What a function must answer to be fitted. A caller's own function needs [`Function::value`] alone.

use crate::error::Result;
use rug::{Float, Rational};

/// A symmetry about 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Parity {
    /// f(−x) = f(x).
    Even,
    /// f(−x) = −f(x).
    Odd,
}

/// A real function of one variable.
///
/// Values are asked for at the precision of their argument and should be right to a few units in its last place.
pub trait Function: Sync {
    /// f(x).
    fn value(&self, x: &Float) -> Float;

    /// f′(x), where it exists and is known.
    fn derivative(&self, _x: &Float) -> Option<Float> {
        None
    }

    /// f″(x), where it exists and is known.
    fn second_derivative(&self, _x: &Float) -> Option<Float> {
        None
    }

    /// Whether f is defined and continuous on [lo, hi].
    ///
    /// # Errors
    /// [`crate::Error::Input`] naming the pole, jump or edge of the domain.
    fn check(&self, _lo: &Rational, _hi: &Rational) -> Result<()> {
        Ok(())
    }

    /// The symmetry of f about 0, if it has one.
    fn parity(&self) -> Option<Parity> {
        None
    }

    /// Where f is continuous without being smooth.
    fn kinks(&self) -> Vec<Rational> {
        Vec::new()
    }

    /// A zero of f in [lo, hi], where the relative error is not defined.
    fn zero_in(&self, _lo: &Rational, _hi: &Rational) -> Option<Rational> {
        None
    }
}

/// `zero`, if it lies in [lo, hi].
pub(super) fn within(zero: Rational, lo: &Rational, hi: &Rational) -> Option<Rational> {
    (*lo <= zero && zero <= *hi).then_some(zero)
}
