//! What is studied: something that is run on fresh keys, with the predictions for it.

use super::law::MaximumLaw;
use crate::error::Result;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use serde::{Deserialize, Serialize};

/// The errors of one run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Σ |error| over the slots compared.
    pub sum: f64,
    /// The largest |error|.
    pub maximum: f64,
    /// The largest |error| of a slot over the rigorous bound for its own inputs.
    pub closest: f64,
    /// Slots outside the rigorous bound.
    pub violations: u64,
}

impl Sample {
    /// From each slot's error and its bound.
    pub(super) fn of(errors: impl Iterator<Item = (f64, f64)>) -> Self {
        // A NaN is the largest of all.
        let larger = |a: f64, b: f64| if b > a || b.is_nan() { b } else { a };
        let none = Self { sum: 0.0, maximum: 0.0, closest: 0.0, violations: 0 };
        errors.fold(none, |sample, (error, bound)| {
            let (error, ratio) = (error.abs(), error.abs() / bound);
            Self {
                sum: sample.sum + error,
                maximum: larger(sample.maximum, error),
                closest: larger(sample.closest, ratio),
                violations: sample.violations + u64::from(ratio.is_nan() || ratio > 1.0),
            }
        })
    }
}

/// A primitive or a circuit.
pub(super) trait Subject: Sync {
    /// Its name.
    fn what(&self) -> String;
    /// log2 N.
    fn log_n(&self) -> u32;
    /// log2 of the scale.
    fn scale_bits(&self) -> u32;
    /// Slots compared in a run.
    fn slots(&self) -> usize;
    /// One run on keys and messages from `rng`.
    fn observe(&self, rng: &mut ChaCha20Rng) -> Result<Sample>;
    /// The predicted mean |error| of a slot.
    fn predicted_mean(&self) -> Result<f64>;
    /// The predicted distribution of the largest error of a run.
    fn law(&self) -> Result<MaximumLaw>;
    /// The rigorous bound at the largest inputs studied.
    fn bound(&self) -> Result<f64>;
}

/// The generator of one run of one subject: a stream of its own, wherever it is run.
pub(super) fn generator(seed: u64, subject: usize, run: u64) -> ChaCha20Rng {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    rng.set_stream((subject as u64) << 40 | run);
    rng
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_that_is_no_number_is_a_violation() {
        let sample = Sample::of([(0.5, 1.0), (-2.0, 4.0), (3.0, 2.0)].into_iter());
        assert_eq!(sample, Sample { sum: 5.5, maximum: 3.0, closest: 1.5, violations: 1 });
        let sample = Sample::of([(f64::NAN, 1.0), (0.5, 1.0)].into_iter());
        assert!(sample.maximum.is_nan() && sample.closest.is_nan() && sample.violations == 1);
    }
}
