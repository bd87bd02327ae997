//! The ring that a system's circuit is placed in.

use super::setting::Setting;
use crate::circuit::{Circuit, Cost, PlacedCircuit};
use crate::error::{Error, Result};
use crate::plan::Sizes;
use crate::real::PRECISION;
use rug::Float;

/// The smallest ring that parameters are looked for in, as log2 N.
const SMALLEST_RING: u32 = 13;
/// The smallest scale that is tried.
const SMALLEST_SCALE: u32 = 30;

/// A circuit on a modulus chain.
pub(super) struct Carried {
    pub sizes: Sizes,
    pub placed: PlacedCircuit,
}

impl Setting {
    /// `circuit` in the smallest ring whose security table carries its levels at the plan's scale; where none does, at the
    /// largest scale at which one does. Or why there is no place for it.
    pub(super) fn carried(&self, circuit: &Circuit) -> Result<std::result::Result<Carried, String>> {
        let levels = self.levels(circuit);
        let Some(sizes) = self.sizes(levels)? else {
            return Ok(Err(format!("no ring of the security table carries its {levels} levels")));
        };
        let scale = Float::with_val(PRECISION, 1) << sizes.scale_bits;
        match PlacedCircuit::new(circuit.clone(), sizes.chain(levels)?, self.length, &scale) {
            Ok(placed) => Ok(Ok(Carried { sizes, placed: placed.with_secret(self.job.secret) })),
            Err(Error::NoSolution(why)) => Ok(Err(why)),
            Err(other) => Err(other),
        }
    }

    /// Rescalings in a row: all of them, or those of a segment.
    fn levels(&self, circuit: &Circuit) -> u32 {
        let cost = Cost::of(circuit, self.length);
        let segments = self.job.segments.filter(|_| cost.refreshed > 0);
        segments.map_or(cost.depth, |segments| segments.levels.min(cost.depth))
    }

    fn sizes(&self, levels: u32) -> Result<Option<Sizes>> {
        let ckks = &self.document.spec.ckks;
        let rings = ckks.log_n.map_or(SMALLEST_RING..=ckks.max_log_n, |log_n| log_n..=log_n);
        for scale_bits in (SMALLEST_SCALE..=self.document.chosen.ckks.scale_bits).rev() {
            for log_n in rings.clone() {
                let found = Sizes::of_ring(ckks, log_n, scale_bits, vec![0; levels as usize])?;
                if let Some(sizes) = found.filter(|sizes| sizes.is_secure() || ckks.insecure) {
                    return Ok(Some(sizes));
                }
            }
        }
        Ok(None)
    }
}
