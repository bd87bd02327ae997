//! The functions that are approximated: one file each.

mod enclosed;
mod exp;
mod function;
mod gelu_erf;
mod gelu_tanh;
mod inverse_sqrt;
mod log;
mod reciprocal;
mod relu;
mod sigmoid;
mod sign;
mod tanh;

pub use enclosed::{Enclosed, Rectangle};
pub use exp::Exp;
pub use function::{Function, Parity};
pub use gelu_erf::GeluErf;
pub use gelu_tanh::GeluTanh;
pub use inverse_sqrt::InverseSqrt;
pub use log::Log;
pub use reciprocal::Reciprocal;
pub use relu::Relu;
pub use sigmoid::Sigmoid;
pub use sign::Sign;
pub use tanh::Tanh;

use crate::error::{Error, Result};
use crate::poly::table::{Metric, TargetName};
use rug::Rational;

/// Names less alike than this are not suggested for one another.
const LEAST_LIKENESS: f64 = 0.6;

/// A function that tables are made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// 1/(x + ε).
    Reciprocal(Reciprocal),
    /// 1/√(x + ε).
    InverseSqrt(InverseSqrt),
    /// eˣ.
    Exp(Exp),
    /// ln x.
    Log(Log),
    /// 1/(1 + e^(−x)).
    Sigmoid(Sigmoid),
    /// tanh x.
    Tanh(Tanh),
    /// x·Φ(x).
    GeluErf(GeluErf),
    /// GELU by tanh.
    GeluTanh(GeluTanh),
    /// max(x, 0).
    Relu(Relu),
    /// The sign of x.
    Sign(Sign),
}

impl Target {
    /// Every name that [`Target::new`] knows.
    pub const NAMES: [&str; 10] = [
        Reciprocal::NAME,
        InverseSqrt::NAME,
        Exp::NAME,
        Log::NAME,
        Sigmoid::NAME,
        Tanh::NAME,
        GeluErf::NAME,
        GeluTanh::NAME,
        Relu::NAME,
        Sign::NAME,
    ];

    /// The function of this name; `epsilon` is added to the argument of the reciprocal and the inverse square root.
    ///
    /// # Errors
    /// [`Error::Input`] with the names that exist when there is no such function, or when another function is given an
    /// `epsilon` other than 0.
    pub fn new(name: &str, epsilon: Rational) -> Result<Self> {
        let has_epsilon = epsilon != 0;
        let target = match name {
            Reciprocal::NAME => return Ok(Self::Reciprocal(Reciprocal { epsilon })),
            InverseSqrt::NAME => return Ok(Self::InverseSqrt(InverseSqrt { epsilon })),
            Exp::NAME => Self::Exp(Exp),
            Log::NAME => Self::Log(Log),
            Sigmoid::NAME => Self::Sigmoid(Sigmoid),
            Tanh::NAME => Self::Tanh(Tanh),
            GeluErf::NAME => Self::GeluErf(GeluErf),
            GeluTanh::NAME => Self::GeluTanh(GeluTanh),
            Relu::NAME => Self::Relu(Relu),
            Sign::NAME => Self::Sign(Sign),
            _ => return Err(unknown(name)),
        };
        if has_epsilon {
            return Err(Error::input(format!(
                "an epsilon belongs to {} and {}; {name} has none: leave it out",
                Reciprocal::NAME,
                InverseSqrt::NAME
            )));
        }
        Ok(target)
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
        let (name, epsilon) = match self {
            Self::Reciprocal(f) => (Reciprocal::NAME, f.epsilon.clone()),
            Self::InverseSqrt(f) => (InverseSqrt::NAME, f.epsilon.clone()),
            Self::Exp(_) => (Exp::NAME, Rational::new()),
            Self::Log(_) => (Log::NAME, Rational::new()),
            Self::Sigmoid(_) => (Sigmoid::NAME, Rational::new()),
            Self::Tanh(_) => (Tanh::NAME, Rational::new()),
            Self::GeluErf(_) => (GeluErf::NAME, Rational::new()),
            Self::GeluTanh(_) => (GeluTanh::NAME, Rational::new()),
            Self::Relu(_) => (Relu::NAME, Rational::new()),
            Self::Sign(_) => (Sign::NAME, Rational::new()),
        };
        TargetName { name: name.into(), epsilon: epsilon.into() }
    }

    /// Its values, derivatives, domain and symmetry.
    pub fn function(&self) -> &dyn Function {
        match self {
            Self::Reciprocal(f) => f,
            Self::InverseSqrt(f) => f,
            Self::Exp(f) => f,
            Self::Log(f) => f,
            Self::Sigmoid(f) => f,
            Self::Tanh(f) => f,
            Self::GeluErf(f) => f,
            Self::GeluTanh(f) => f,
            Self::Relu(f) => f,
            Self::Sign(f) => f,
        }
    }

    /// Its enclosures, for proofs.
    pub fn enclosed(&self) -> &dyn Enclosed {
        match self {
            Self::Reciprocal(f) => f,
            Self::InverseSqrt(f) => f,
            Self::Exp(f) => f,
            Self::Log(f) => f,
            Self::Sigmoid(f) => f,
            Self::Tanh(f) => f,
            Self::GeluErf(f) => f,
            Self::GeluTanh(f) => f,
            Self::Relu(f) => f,
            Self::Sign(f) => f,
        }
    }

    /// The error that is meant where none is named: relative for a function that spans orders of magnitude.
    pub fn default_metric(&self) -> Metric {
        match self {
            Self::Reciprocal(_) | Self::InverseSqrt(_) => Metric::Relative,
            _ => Metric::Absolute,
        }
    }
}

fn unknown(name: &str) -> Error {
    let shown: String = name.chars().take(40).collect();
    let likeness = |known: &&str| strsim::jaro_winkler(known, &shown);
    let nearest = Target::NAMES.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let suggestion = nearest.filter(|known| likeness(known) > LEAST_LIKENESS);
    let suggestion = suggestion.map(|known| format!(" (did you mean {known}?)")).unwrap_or_default();
    Error::input(format!("unknown target '{shown}'{suggestion}: expected one of {}", Target::NAMES.join(", ")))
}

#[cfg(test)]
mod tests;
