//! Ciphertexts and their exact scale.

use super::poly::RnsPoly;
use crate::circuit::ModulusChain;
use crate::error::{Error, Result};
use crate::real::PRECISION;
use rug::Float;
use std::fmt;
use std::sync::Arc;

/// Scales that differ by a larger part than 2^-40 are different scales.
const SCALE_TOLERANCE: i32 = -40;

/// An encryption (c_0, c_1) of slot values, times a scale, modulo q_0 … q_level.
#[derive(Clone, PartialEq)]
pub struct Ciphertext {
    pub(super) parts: [RnsPoly; 2],
    pub(super) level: usize,
    pub(super) scale: Float,
    pub(super) chain: Arc<ModulusChain>,
}

impl Ciphertext {
    /// How many rescalings are left.
    pub fn level(&self) -> usize {
        self.level
    }

    /// The exact scale, to 256 bits.
    pub fn scale(&self) -> &Float {
        &self.scale
    }

    /// Bytes of the residues.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(RnsPoly::bytes).sum()
    }

    /// The ciphertext of `factor` times the values: the same polynomials under another scale. It costs no level and
    /// adds no noise of its own.
    ///
    /// # Errors
    /// [`Error::Input`] unless `factor` is positive and finite; negate first for a negative one.
    pub fn rescaled_value(mut self, factor: &Float) -> Result<Self> {
        if !(factor.is_finite() && *factor > 0) {
            return Err(Error::input(format!(
                "a value cannot be rescaled by {}: expected a positive number (negate first for a negative one)",
                brief(factor)
            )));
        }
        self.scale = checked_scale(Float::with_val(PRECISION, &self.scale / factor))?;
        Ok(self)
    }
}

impl fmt::Debug for Ciphertext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ciphertext")
            .field("level", &self.level)
            .field("scale", &brief(&self.scale))
            .finish_non_exhaustive()
    }
}

/// A scale in messages, as a power of two.
pub(super) fn brief(scale: &Float) -> String {
    if scale.is_finite() && *scale > 0 {
        format!("2^{:.12}", Float::with_val(64, scale.log2_ref()).to_f64())
    } else {
        format!("{:.6e}", scale.to_f64())
    }
}

/// A scale that double precision can hold together with its inverse.
pub(super) fn checked_scale(scale: Float) -> Result<Float> {
    let fits = scale.is_finite() && scale > 0 && scale.get_exp().is_some_and(|exponent| exponent.abs() <= 900);
    if fits {
        Ok(Float::with_val(PRECISION, scale))
    } else {
        Err(Error::input(format!("the scale {} is out of range: expected 2^-900 to 2^900", brief(&scale))))
    }
}

/// Refuses two scales that differ by more than 2^-40 of themselves.
pub(super) fn same_scale(a: &Float, b: &Float) -> Result<()> {
    let difference = Float::with_val(PRECISION, a - b).abs();
    let allowance = Float::with_val(PRECISION, a) << SCALE_TOLERANCE;
    if difference <= allowance {
        return Ok(());
    }
    Err(Error::input(format!(
        "scales differ: {} and {} (more than 2^{SCALE_TOLERANCE}, relatively); bring both to one scale first",
        brief(a),
        brief(b)
    )))
}
