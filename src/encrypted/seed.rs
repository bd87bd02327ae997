//! Where keys and noise come from.

use super::ckks::secure_generator;
use crate::error::Result;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use std::fmt;
use std::str::FromStr;

/// What keys and noise are drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seed {
    /// A number: every bit can be drawn again, by anyone, so this is for studies and never for secrets.
    Fixed(u64),
    /// The operating system's entropy.
    System,
}

impl Seed {
    /// A generator; those of different streams are independent.
    pub(super) fn generator(self, stream: u64) -> Result<ChaCha20Rng> {
        match self {
            Self::Fixed(seed) => {
                let mut generator = ChaCha20Rng::seed_from_u64(seed);
                generator.set_stream(stream);
                Ok(generator)
            }
            Self::System => secure_generator(),
        }
    }

    /// The number, where there is one.
    pub fn number(self) -> Option<u64> {
        match self {
            Self::Fixed(seed) => Some(seed),
            Self::System => None,
        }
    }

    /// What a record says of the generator.
    pub(super) fn description(self) -> &'static str {
        match self {
            Self::Fixed(_) => "ChaCha20 from the seed: reproducible, for studies, never for secrets",
            Self::System => "ChaCha20 from 256 bits of the operating system's entropy",
        }
    }
}

impl From<u64> for Seed {
    fn from(seed: u64) -> Self {
        Self::Fixed(seed)
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(seed) => write!(f, "{seed}"),
            Self::System => write!(f, "system"),
        }
    }
}

impl FromStr for Seed {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "system" => Ok(Self::System),
            number => number.parse().map(Self::Fixed).map_err(|_| {
                format!(
                    "expected a whole number below 2^64, or 'system' for the operating system's entropy, found '{text}'"
                )
            }),
        }
    }
}
