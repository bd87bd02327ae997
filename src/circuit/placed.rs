//! A circuit placed on a modulus chain: everything that an analyser or a backend needs to know.

use super::chain::ModulusChain;
use super::cost::padded_length;
use super::graph::{Circuit, NodeId};
use super::scale::{Placement, place};
use super::secret::Secret;
use crate::error::{Error, Result};
use crate::real::PRECISION;
use rug::Float;

/// A circuit for rows of one length with a level and an exact scale for every node.
#[derive(Debug, Clone)]
pub struct PlacedCircuit {
    /// What is computed.
    pub circuit: Circuit,
    /// Where each node sits.
    pub placements: Vec<Placement>,
    /// The primes.
    pub chain: ModulusChain,
    /// Number of keys L.
    pub length: u32,
    /// The distribution of the secret that it runs under.
    pub secret: Secret,
}

impl PlacedCircuit {
    /// Places `circuit` on `chain` with the result at `output_scale`, to be run under a ternary secret.
    ///
    /// # Errors
    /// [`Error::NoSolution`] for a row that does not fit into the slots; else as [`place`].
    pub fn new(circuit: Circuit, chain: ModulusChain, length: u32, output_scale: &Float) -> Result<Self> {
        if padded_length(length) as usize > chain.slots() {
            return Err(Error::NoSolution(format!(
                "a row of {length} keys does not fit into the {} slots of N = 2^{}",
                chain.slots(),
                chain.log_n
            )));
        }
        let placements = place(&circuit, &chain, output_scale)?;
        Ok(Self { circuit, placements, chain, length, secret: Secret::default() })
    }

    /// The same, to be run under a secret of another distribution.
    #[must_use]
    pub fn with_secret(self, secret: Secret) -> Self {
        Self { secret, ..self }
    }

    /// The scale of the plaintexts of the combination at `node` beside its term `of`: with that of the term it makes the
    /// scale of the combination before it is rescaled.
    ///
    /// # Errors
    /// [`Error::Internal`] for a node that has no place, or is at the highest level.
    pub fn coefficient_scale(&self, node: usize, of: NodeId) -> Result<Float> {
        let places = self.placements.get(node).zip(self.placements.get(of.index()));
        let scale = places.and_then(|(combined, term)| {
            let dropped = *self.chain.q.get(combined.level + 1)?;
            Some(Float::with_val(PRECISION, &combined.scale * dropped) / &term.scale)
        });
        scale.ok_or_else(|| Error::internal("a combination without a place"))
    }

    /// The power of two that rows are padded to with zeros.
    pub fn padded_length(&self) -> u32 {
        padded_length(self.length)
    }

    /// The row sum in rounds: each adds to every slot its rotations by these numbers of slots to the left, and hands the sums
    /// on. Two doublings make one round of s, 2s and 3s: hoisted, three rotations take less time than two one after another.
    pub fn rotation_rounds(&self) -> Vec<Vec<i64>> {
        let doublings = self.padded_length().trailing_zeros();
        let round = |first: u32| {
            let stride = (self.rows() as i64) << first;
            let radix = 1 << (doublings - first).min(2);
            (1..radix).map(|multiple| multiple * stride).collect()
        };
        (0..doublings).step_by(2).map(round).collect()
    }

    /// Rows in one ciphertext: slots / padded length. Slot = key·rows + row (key-major).
    pub fn rows(&self) -> usize {
        self.chain.slots() / self.padded_length() as usize
    }
}
