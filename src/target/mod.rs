//! The functions that are approximated: one file each.

mod reciprocal;

pub use reciprocal::Reciprocal;

use crate::error::{Error, Result};
use crate::poly::table::{Metric, TargetName};
use rug::Rational;

/// A function that tables are made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// 1/(x + ε).
    Reciprocal(Reciprocal),
}

impl Target {
    /// Every name that [`Target::new`] knows.
    pub const NAMES: [&str; 1] = [Reciprocal::NAME];

    /// The function of this name, with `epsilon` added to its argument.
    ///
    /// # Errors
    /// [`Error::Input`] with the names that exist, when there is no such function.
    pub fn new(name: &str, epsilon: Rational) -> Result<Self> {
        match name {
            Reciprocal::NAME => Ok(Self::Reciprocal(Reciprocal { epsilon })),
            _ => {
                let shown: String = name.chars().take(40).collect();
                Err(Error::input(format!("unknown target '{shown}': expected one of {}", Self::NAMES.join(", "))))
            }
        }
    }

    /// The function that a table or certificate names.
    ///
    /// # Errors
    /// As [`Target::new`].
    pub fn named(name: &TargetName) -> Result<Self> {
        Self::new(&name.name, name.epsilon.0.clone())
    }

    /// How tables and certificates name the function.
    pub fn name(&self) -> TargetName {
        match self {
            Self::Reciprocal(f) => TargetName { name: Reciprocal::NAME.into(), epsilon: f.epsilon.clone().into() },
        }
    }

    /// The error that is meant where none is named: relative for a function that spans orders of magnitude.
    pub fn default_metric(&self) -> Metric {
        match self {
            Self::Reciprocal(_) => Metric::Relative,
        }
    }
}
