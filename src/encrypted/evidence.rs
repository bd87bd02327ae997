//! What a run says about a plan.

use super::quantiser::Quantiser;

/// What a backend ran. Only ciphertexts of the plan's own circuit validate a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The plan's circuit, on ciphertexts.
    Ciphertexts,
    /// The plan's circuit without encryption: in what, in words.
    Unencrypted(&'static str),
    /// The powers alone, of scores quantised so, on ciphertexts of another scheme; the division in the clear.
    Powers(Quantiser),
}

impl Evidence {
    /// What has to be said wherever a record of such a run is shown; nothing where it validates the plan.
    pub fn caveat(self) -> Option<String> {
        match self {
            Self::Ciphertexts => None,
            Self::Unencrypted(what) => Some(format!("NOT ON CIPHERTEXTS: {what}")),
            Self::Powers(_) => {
                Some("NOT THIS CIRCUIT: powers of quantised scores by BFV, division in the clear".into())
            }
        }
    }
}
