//! What the sources of noise do to one slot: the prediction and the rigorous bound from one list.

use super::laplace_sum::LaplaceSum;
use crate::noise::{EncodingRounding, KeyedPart, RandomPart, tail_over_slots};

/// The noise that reaches one slot, to first order, and what is left.
#[derive(Debug, Clone, Default)]
pub(super) struct Effect {
    /// Proportional to the key in the slot itself.
    own: RandomPart,
    /// Proportional to the keys of so many other slots.
    others: Vec<(RandomPart, f64)>,
    /// Proportional to the errors of switching keys; small, and as good as Gaussian.
    digits: RandomPart,
    /// A bound on what is bounded, second order included.
    bounded: f64,
    /// The variance of what is bounded; for predictions alone.
    bounded_variance: f64,
}

impl Effect {
    /// Noise proportional to the key in this slot.
    pub(super) fn own(mut self, part: RandomPart) -> Self {
        self.own = self.own.plus(part);
        self
    }

    /// Noise proportional to the keys of `slots` other slots, from each.
    pub(super) fn others(mut self, part: RandomPart, slots: f64) -> Self {
        self.others.push((part, slots));
        self
    }

    /// Noise of the digits of key switching.
    pub(super) fn digits(mut self, part: RandomPart) -> Self {
        self.digits = self.digits.plus(part);
        self
    }

    /// Roundings of encodings: the sum of their gains, and of the squares of their gains.
    pub(super) fn encoding(mut self, rounding: EncodingRounding, linear: f64, squared: f64) -> Self {
        match rounding {
            EncodingRounding::Bounded { largest, variance } => {
                self.bounded += largest * linear;
                self.bounded_variance += variance * squared;
            }
            EncodingRounding::Random { proxy, rest } => {
                self.own.plain += proxy * squared;
                self.bounded += rest * linear;
            }
        }
        self
    }

    /// Terms of second order, at most this.
    pub(super) fn second_order(mut self, bound: f64) -> Self {
        self.bounded += bound;
        self
    }

    /// The predicted distribution.
    pub(super) fn predicted(&self) -> LaplaceSum {
        let plain: f64 = self.others.iter().map(|(part, slots)| part.plain * slots).sum();
        let gaussian = self.own.plain + plain + self.digits.variance() + self.bounded_variance;
        let keyed = self.others.iter().map(|(part, slots)| (part.keyed, *slots)).chain([(self.own.keyed, 1.0)]);
        LaplaceSum { gaussian, laplace: keyed.filter(|(variance, _)| *variance > 0.0).collect() }
    }

    /// A bound that fails with probability 2^`log2_failure`.
    pub(super) fn bound(&self, log2_failure: f64) -> f64 {
        let plain: f64 = self.others.iter().map(|(part, slots)| part.plain * slots).sum();
        let plain = self.own.plain + self.digits.plain + plain;
        let slots = self.others.iter().map(|&(part, slots)| KeyedPart::alike(part.keyed, slots));
        let keys = [self.own, self.digits].map(|part| KeyedPart::alike(part.keyed, 1.0));
        let keyed: Vec<KeyedPart> = slots.chain(keys).collect();
        tail_over_slots(plain, &keyed, log2_failure) + self.bounded
    }
}
