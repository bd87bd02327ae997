//! The three forms of ε, which are three different functions unless converted.

use crate::error::{Error, Result};
use crate::real::Exact;
use rug::Rational;
use rug::ops::Pow;
use serde::{Deserialize, Serialize};

/// What a conversion between the forms of ε depends on: length L, score bound R, power p.
#[derive(Debug, Clone, PartialEq)]
pub struct RowShape {
    /// Number of keys L ≥ 1.
    pub length: u32,
    /// Public bound R > 0 on |x|.
    pub bound: Rational,
    /// The even power p ≥ 2.
    pub power: u32,
}

impl RowShape {
    /// L, R and p, checked.
    ///
    /// # Errors
    /// [`Error::Input`] for L = 0, R ≤ 0, and p that is zero, odd or above 64.
    pub fn new(length: u32, bound: Rational, power: u32) -> Result<Self> {
        if length == 0 {
            return Err(Error::input("length: expected at least 1 key, found 0"));
        }
        if bound <= 0 {
            return Err(Error::input(format!("score_bound: expected a positive number, found {}", Exact(bound))));
        }
        check_power(power)?;
        Ok(Self { length, bound, power })
    }

    /// R^p.
    pub fn bound_power(&self) -> Rational {
        self.bound.clone().pow(self.power)
    }
}

/// Refuses powers that PowerSoftmax does not have.
pub(crate) fn check_power(power: u32) -> Result<()> {
    let reason = match power {
        0 => "x^0 is constant",
        odd if odd % 2 == 1 => "an odd power makes the denominator change sign",
        65.. => "powers above 64 are not supported",
        _ => return Ok(()),
    };
    Err(Error::input(format!("p: expected an even number from 2 to 64, found {power} ({reason})")))
}

/// Which denominator an ε stands beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum EpsilonForm {
    /// Beside Σ x_i^p.
    Sum,
    /// Beside (1/L) Σ x_i^p.
    Mean,
    /// Beside m = (1/L) Σ (x_i/R)^p.
    Unit,
}

/// An ε that carries its form.
///
/// # Formula
/// `mean = sum / L`, `unit = mean / R^p`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Epsilon {
    /// Its form.
    pub form: EpsilonForm,
    /// Its value in that form.
    pub value: Exact,
}

impl Epsilon {
    /// The same map's ε beside Σ x_i^p.
    pub fn sum(&self, shape: &RowShape) -> Rational {
        match self.form {
            EpsilonForm::Sum => self.value.0.clone(),
            EpsilonForm::Mean => Rational::from(&self.value.0 * shape.length),
            EpsilonForm::Unit => Rational::from(&self.value.0 * shape.length) * shape.bound_power(),
        }
    }

    /// The same map's ε beside the mean of x_i^p.
    pub fn mean(&self, shape: &RowShape) -> Rational {
        match self.form {
            EpsilonForm::Mean => self.value.0.clone(),
            _ => self.sum(shape) / shape.length,
        }
    }

    /// The same map's ε beside the mean of (x_i/R)^p.
    pub fn unit(&self, shape: &RowShape) -> Rational {
        match self.form {
            EpsilonForm::Unit => self.value.0.clone(),
            _ => self.mean(shape) / shape.bound_power(),
        }
    }

    /// The same map's ε in another form.
    #[must_use]
    pub fn to(&self, form: EpsilonForm, shape: &RowShape) -> Self {
        let value = match form {
            EpsilonForm::Sum => self.sum(shape),
            EpsilonForm::Mean => self.mean(shape),
            EpsilonForm::Unit => self.unit(shape),
        };
        Self { form, value: Exact(value) }
    }
}
