//! What is predicted for a subject, worked out once.

use super::law::MaximumLaw;
use super::subject::Subject;
use crate::error::Result;

/// The tail quantiles that are compared: of the largest error of a run, each where there are runs enough to have one beyond
/// it, and of the error of a slot.
pub(super) const ALPHAS: [f64; 3] = [0.1, 0.01, 0.001];

/// The predictions for one subject.
pub(super) struct Prediction {
    /// The mean |error| of a slot.
    pub mean: f64,
    /// The distribution of the largest error of a run.
    pub of_run: MaximumLaw,
    /// The distribution of the |error| of a slot, over all slots and messages.
    pub of_slot: MaximumLaw,
    /// The errors that a slot exceeds with each probability of [`ALPHAS`].
    pub slot_quantiles: [f64; ALPHAS.len()],
}

impl Prediction {
    /// The slots of a run are taken as independent.
    pub(super) fn new(subject: &dyn Subject) -> Result<Self> {
        let (noises, slots) = (subject.noises()?, subject.slots() as f64);
        let mean = noises.iter().map(|(share, noise)| share * noise.mean_absolute()).sum();
        let exceeding = |t: f64| {
            let tails = noises.iter().map(|(share, noise)| (share, noise.tail(t)));
            let (all, one) =
                tails.fold((0.0, 0.0), |(all, one), (share, tail)| (all - share * (-tail).ln_1p(), one + share * tail));
            [slots * all, -(-one).ln_1p()]
        };
        let [of_run, of_slot] = MaximumLaw::several(mean, exceeding);
        let slot_quantiles = ALPHAS.map(|alpha| of_slot.quantile(alpha));
        Ok(Self { mean, of_run, of_slot, slot_quantiles })
    }
}
