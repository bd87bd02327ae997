//! The ways from powers to weights.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// How a plan divides by the row sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Method {
    /// One division by D = mean x^p + ε: the composite Chebyshev reciprocal, its numerator merged.
    #[serde(rename = "composite Chebyshev, merged numerator")]
    Merged,
    /// p = 2^s by s squarings, each followed by a division by the row sum of what it made; ε is left out.
    #[serde(rename = "staged normalisation, composite Chebyshev, merged numerators")]
    Staged,
}

impl Method {
    /// Divisions on the way to x^p.
    ///
    /// # Errors
    /// [`Error::Input`] for a power that the method cannot reach.
    pub fn divisions(self, power: u32) -> Result<u32> {
        match self {
            Self::Merged => Ok(1),
            Self::Staged if matches!(power, 4 | 8 | 16) => Ok(power.trailing_zeros()),
            Self::Staged => Err(Error::input(format!(
                "attention.p: normalisation = \"staged\" squares again and again: expected 4, 8 or 16, found {power}"
            ))),
        }
    }

    /// The method in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Merged => "composite Chebyshev, merged numerator",
            Self::Staged => "staged normalisation, composite Chebyshev, merged numerators",
        }
    }
}

impl std::fmt::Display for Method {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
