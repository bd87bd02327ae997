//! What is studied: something that is run on fresh keys, with the predictions for it.

use super::laplace_sum::LaplaceSum;
use crate::error::Result;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

/// A primitive or a circuit.
pub(super) trait Subject: Sync + Send {
    /// Its name.
    fn what(&self) -> String;
    /// log2 N.
    fn log_n(&self) -> u32;
    /// log2 of the scale.
    fn scale_bits(&self) -> u32;
    /// Slots compared in a run.
    fn slots(&self) -> usize;
    /// One run on keys and messages from `rng`: the error of each slot, and the rigorous bound for its own inputs.
    fn observe(&self, rng: &mut ChaCha20Rng) -> Result<Vec<(f64, f64)>>;
    /// The predicted noises, each with the share of the slots that it is the noise of.
    fn noises(&self) -> Result<Vec<(f64, LaplaceSum)>>;
    /// The rigorous bound at the largest inputs studied.
    fn bound(&self) -> Result<f64>;
}

/// The generator of one run of one subject: a stream of its own, wherever it is run.
pub(super) fn generator(seed: u64, subject: usize, run: u64) -> ChaCha20Rng {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    rng.set_stream((subject as u64) << 40 | run);
    rng
}
