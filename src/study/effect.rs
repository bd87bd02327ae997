//! What the sources of noise do to one slot: the prediction and the rigorous bound from one list.

use super::laplace_sum::LaplaceSum;
use crate::noise::{KeyedPart, RandomPart, tail_over_slots};

/// The noise that reaches one slot, to first order, and what is left.
#[derive(Debug, Clone, Default)]
pub(super) struct Effect {
    /// Proportional to the key in the slot itself.
    own: RandomPart,
    /// Proportional to the keys of so many other slots.
    others: Vec<(RandomPart, f64)>,
    /// Proportional to the errors of switching keys; small, and as good as Gaussian.
    digits: RandomPart,
    /// Of encodings, in units of a coefficient's rounding: the sum of the gains, and of their squares.
    encodings: [f64; 2],
    /// A bound on the terms of second order.
    second_order: f64,
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
    pub(super) fn encoding(mut self, linear: f64, squared: f64) -> Self {
        self.encodings[0] += linear;
        self.encodings[1] += squared;
        self
    }

    /// Terms of second order, at most this.
    pub(super) fn second_order(mut self, bound: f64) -> Self {
        self.second_order += bound;
        self
    }

    /// The predicted distribution; `rounding` is the variance of an encoding in a slot, N/12.
    pub(super) fn predicted(&self, rounding: f64) -> LaplaceSum {
        let plain: f64 = self.others.iter().map(|(part, slots)| part.plain * slots).sum();
        let gaussian = self.own.plain + plain + self.digits.variance() + rounding * self.encodings[1];
        let keyed = self.others.iter().map(|(part, slots)| (part.keyed, *slots)).chain([(self.own.keyed, 1.0)]);
        LaplaceSum { gaussian, laplace: keyed.filter(|(variance, _)| *variance > 0.0).collect() }
    }

    /// A bound that fails with probability 2^`log2_failure`; `rounding` bounds an encoding in a slot.
    pub(super) fn bound(&self, log2_failure: f64, rounding: f64) -> f64 {
        let plain: f64 = self.others.iter().map(|(part, slots)| part.plain * slots).sum();
        let plain = self.own.plain + self.digits.plain + plain;
        let slots = self.others.iter().map(|&(part, slots)| KeyedPart::alike(part.keyed, slots));
        let keys = [self.own, self.digits].map(|part| KeyedPart::alike(part.keyed, 1.0));
        let keyed: Vec<KeyedPart> = slots.chain(keys).collect();
        tail_over_slots(plain, &keyed, log2_failure) + rounding * self.encodings[0] + self.second_order
    }
}
