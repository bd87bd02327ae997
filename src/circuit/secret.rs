//! The distribution of the secret key.

use serde::{Deserialize, Serialize};

/// Nonzero coefficients of a sparse secret.
pub const SPARSE_WEIGHT: usize = 192;

/// The secret's distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Secret {
    /// Uniform in {−1, 0, 1}.
    #[default]
    #[serde(rename = "ternary")]
    Ternary,
    /// [`SPARSE_WEIGHT`] coefficients ±1 at places drawn at random.
    #[serde(rename = "sparse-192")]
    Sparse192,
}

impl Secret {
    /// Its name in the security table and in specifications.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ternary => "ternary",
            Self::Sparse192 => "sparse-192",
        }
    }

    /// h = E‖s‖² in a ring of degree N.
    pub fn norm_squared(self, degree: usize) -> f64 {
        match self {
            Self::Ternary => 2.0 * degree as f64 / 3.0,
            Self::Sparse192 => SPARSE_WEIGHT as f64,
        }
    }

    /// B with E exp(μ|s(ζ)|²) ≤ 1/(1 − μB) at every 2N-th root of unity ζ, for 0 ≤ μ < 1/B.
    ///
    /// # Formula
    /// With a standard Gaussian g in the plane, E exp(μ|s|²) = E exp(√(2μ)⟨g, s⟩). Coefficients that are strictly
    /// sub-Gaussian make that at most E exp(μ gᵀMg), M = Σ_k v_k ζ^k(ζ^k)ᵀ with v_k the proxy of coefficient k. Ternary: all
    /// v_k = 2/3, M = (h/2)·I, hence 1/(1 − μh). Sparse: v_k = 1 at the places drawn, tr M = h and M ≤ h, hence at most
    /// 1/√(1 − 2μh) ≤ 1/(1 − 2μh).
    pub fn spread(self, degree: usize) -> f64 {
        match self {
            Self::Ternary => self.norm_squared(degree),
            Self::Sparse192 => 2.0 * self.norm_squared(degree),
        }
    }
}
