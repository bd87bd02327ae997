//! Bits of precision by depth and scale: predicted, and measured on fresh keys.

mod bench;
mod document;
mod grid;

pub use document::{LeftOut, PrecisionRow, PrecisionStudy, Reason};
pub use grid::PrecisionGrid;

use serde::{Deserialize, Serialize};

/// What is done as often as the depth says, with values that keep their size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Sequence {
    /// x ← x·y, every y a fresh ciphertext of signs ±1, x uniform in [−1, 1] at the start: errors add up.
    Products,
    /// x ← x², x a sign ±1 at the start: errors add up and double at every step.
    Squarings,
}

impl Sequence {
    /// Its name in documents and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Squarings => "squarings",
        }
    }

    /// What an error is multiplied by on its way through the last `steps` steps.
    fn gain(self, steps: usize) -> f64 {
        match self {
            Self::Products => 1.0,
            Self::Squarings => (steps as f64).exp2(),
        }
    }
}

/// One cell of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PrecisionCell {
    /// What is done.
    pub sequence: Sequence,
    /// log2 N.
    pub log_n: u32,
    /// How often: rescalings.
    pub depth: u32,
    /// log2 of the scale, and bits of a rescaling prime.
    pub scale_bits: u32,
}

impl PrecisionCell {
    /// A number of its own, so that what a cell draws does not depend on the cells beside it.
    fn index(self) -> usize {
        let fields = [self.log_n, self.scale_bits, self.depth];
        fields.into_iter().fold(self.sequence as usize, |index, field| index << 7 | field as usize)
    }
}
