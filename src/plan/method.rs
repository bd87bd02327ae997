//! The ways from powers to weights.

use crate::circuit::{Iteration, Numerator};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// How a plan divides by the row sum, in the order of the search: what wins most often first, since the others are measured against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Method {
    /// One division by D = mean x^p + ε: the composite Chebyshev reciprocal, its numerator merged.
    #[serde(rename = "composite Chebyshev, merged numerator")]
    Merged,
    /// The same reciprocal, y near 1/D itself refined, and one more level for the product with x^p.
    #[serde(rename = "composite Chebyshev, separate numerator")]
    Separate,
    /// One minimax polynomial in D.
    #[serde(rename = "one minimax polynomial, Paterson-Stockmeyer, separate numerator")]
    Polynomial,
    /// Goldschmidt's iteration from 2/(a + b).
    #[serde(rename = "Goldschmidt from 2/(a + b), merged numerator")]
    GoldschmidtMean,
    /// Goldschmidt's iteration from 1/b.
    #[serde(rename = "Goldschmidt from 1/b, merged numerator")]
    Goldschmidt,
    /// A minimax polynomial of low degree, then doublings.
    #[serde(rename = "minimax start, composite doublings, merged numerator")]
    StartGoldschmidt,
    /// A minimax polynomial of low degree, then doublings whose residual is taken afresh.
    #[serde(rename = "minimax start, Newton steps, separate numerator")]
    StartNewton,
    /// p = 2^s by s squarings, each followed by a division by the row sum of what it made; ε is left out.
    #[serde(rename = "staged normalisation, composite Chebyshev, merged numerators")]
    Staged,
}

/// A method by the name that a specification has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reciprocal {
    /// Every method whose table is the whole reciprocal: all but those with a start.
    Tables,
    /// Every method.
    Any,
    /// [`Method::Merged`].
    Composite,
    /// [`Method::Separate`].
    CompositeSeparate,
    /// [`Method::Goldschmidt`].
    Goldschmidt,
    /// [`Method::GoldschmidtMean`].
    GoldschmidtMean,
    /// [`Method::Polynomial`].
    Polynomial,
    /// [`Method::StartGoldschmidt`].
    StartGoldschmidt,
    /// [`Method::StartNewton`].
    StartNewton,
}

impl Reciprocal {
    /// The methods that it names.
    pub fn methods(self) -> &'static [Method] {
        const ALL: [Method; 7] = [
            Method::Merged,
            Method::Separate,
            Method::Polynomial,
            Method::GoldschmidtMean,
            Method::Goldschmidt,
            Method::StartGoldschmidt,
            Method::StartNewton,
        ];
        match self {
            Self::Any => &ALL,
            Self::Tables => ALL.split_at(5).0,
            Self::Composite => &[Method::Merged],
            Self::CompositeSeparate => &[Method::Separate],
            Self::Goldschmidt => &[Method::Goldschmidt],
            Self::GoldschmidtMean => &[Method::GoldschmidtMean],
            Self::Polynomial => &[Method::Polynomial],
            Self::StartGoldschmidt => &[Method::StartGoldschmidt],
            Self::StartNewton => &[Method::StartNewton],
        }
    }
}

impl Method {
    /// Divisions on the way to x^p.
    ///
    /// # Errors
    /// [`Error::Input`] for a power that the method cannot reach.
    pub fn divisions(self, power: u32) -> Result<u32> {
        match self {
            Self::Staged if matches!(power, 4 | 8 | 16) => Ok(power.trailing_zeros()),
            Self::Staged => Err(Error::input(format!(
                "attention.p: normalisation = \"staged\" squares again and again: expected 4, 8 or 16, found {power}"
            ))),
            _ => Ok(1),
        }
    }

    /// Where the powers meet the reciprocal.
    pub fn numerator(self) -> Numerator {
        match self {
            Self::Separate | Self::Polynomial | Self::StartNewton => Numerator::Separate,
            _ => Numerator::Merged,
        }
    }

    /// How the residual follows the reciprocal.
    pub fn iteration(self) -> Iteration {
        if self == Self::StartNewton { Iteration::Newton } else { Iteration::Goldschmidt }
    }

    /// Whether its table is a polynomial that doublings refine, whose constants stand beside it in the plan.
    pub fn has_start(self) -> bool {
        matches!(self, Self::StartGoldschmidt | Self::StartNewton)
    }

    /// The method in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Merged => "composite Chebyshev, merged numerator",
            Self::Separate => "composite Chebyshev, separate numerator",
            Self::Goldschmidt => "Goldschmidt from 1/b, merged numerator",
            Self::GoldschmidtMean => "Goldschmidt from 2/(a + b), merged numerator",
            Self::Polynomial => "one minimax polynomial, Paterson-Stockmeyer, separate numerator",
            Self::StartGoldschmidt => "minimax start, composite doublings, merged numerator",
            Self::StartNewton => "minimax start, Newton steps, separate numerator",
            Self::Staged => "staged normalisation, composite Chebyshev, merged numerators",
        }
    }
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
