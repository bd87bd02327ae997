//! What is known of one system before it is measured.

use crate::circuit::Circuit;
use crate::real::Exact;

/// The exact map that a system's error is measured from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    /// The specification's PowerSoftmax with its ε.
    Power,
    /// Softmax of the same scores.
    Softmax,
}

impl Reference {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Power => "PowerSoftmax",
            Self::Softmax => "softmax",
        }
    }
}

/// A system as a circuit from t = x/R to the weights.
pub(super) struct System {
    pub name: &'static str,
    pub source: &'static str,
    pub circuit: Circuit,
    /// The system's own count of levels, where it has one for these constants.
    pub published_depth: Option<u32>,
    pub reference: Reference,
    /// Of a circuit of powers, one row sum and slot-wise steps, which the noise analyser knows: a bound on |1 − D·y| for its
    /// reciprocal y over the whole domain.
    pub residual: Option<f64>,
    pub note: String,
}

/// A system of which figures are published and not the constants that a circuit needs.
pub(super) struct Figures {
    pub name: &'static str,
    pub source: &'static str,
    pub depth: Option<u32>,
    pub products: Option<u32>,
    pub rotations: Option<u32>,
    pub bootstraps: Option<u32>,
    /// Bits of the published worst error.
    pub error_bits: Exact,
    pub note: String,
}
