//! The noise of given rows for one key whose |s(ζ)|² is known in every slot.
//!
//! Given the secret, roundings are sub-Gaussian with a proxy that is known slot by slot, and only the errors in the public key and
//! in the switching keys are still random.

use super::budget::per_event;
use super::cell::Cell;
use super::chernoff::{KeyedPart, tail_over_slots};
use super::model::RandomPart;
use super::pass::Pass;
use super::predict::Row;
use super::sources::{Size, Slots, Sources};
use super::stages::{check_rows, finite};
use super::tails::SlotNoise;
use crate::circuit::PlacedCircuit;
use crate::error::{Error, Result};
use rayon::prelude::*;

/// The noise of one weight, given the key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GivenKey {
    /// It errs no more, but with the failure probability asked for.
    pub bound: f64,
    /// Its predicted distribution, which is Gaussian.
    pub predicted: SlotNoise,
}

/// The noise of the weights of each of `rows` (t = x/R) for a key with |s(ζ_j)|² = `sizes`\[j\] in slot j, the rows packed
/// key-major and one ciphertext after the other. All bounds together fail with probability at most 2^`log2_failure` in a run of
/// `ciphertexts` ciphertexts under this key. `sizes` is secret, and so is what follows from it slot by slot.
///
/// # Errors
/// [`Error::Input`] for sizes that are not one for each slot, and for rows as [`bound_rows`](super::bound_rows).
pub fn given_key(
    placed: &PlacedCircuit,
    rows: &[Vec<f64>],
    sizes: &[f64],
    log2_failure: f64,
    ciphertexts: usize,
) -> Result<Vec<Vec<GivenKey>>> {
    check_rows(placed, rows)?;
    if sizes.len() != placed.chain.slots() || !sizes.iter().all(|size| size.is_finite() && *size >= 0.0) {
        return Err(Error::input("the key's size in each slot: expected one number, at least 0, for each slot"));
    }
    let failure = per_event(placed, log2_failure, ciphertexts);
    let bounding = Known::new(|size| Sources::bounding_given(placed, failure, size))?;
    let expected = Known::new(|size| Sources::expected_given(placed, size))?;
    let of_row = |(index, scores): (usize, &Vec<f64>)| {
        let sizes = sizes.iter().skip(index % placed.rows()).step_by(placed.rows()).copied().collect();
        let row = KeyedRow { placed, scores, sizes };
        let bounds = row.bounds(&bounding, failure)?;
        let predicted = row.predicted(&expected);
        Ok(bounds.into_iter().zip(predicted).map(|(bound, predicted)| GivenKey { bound, predicted }).collect())
    };
    rows.par_iter().enumerate().map(of_row).collect()
}

/// Sources at |s(ζ)|² = 0 and 1, between which and beyond which they are linear.
struct Known {
    zero: Sources,
    one: Sources,
}

impl Known {
    fn new(sources: impl Fn(f64) -> Result<Sources>) -> Result<Self> {
        Ok(Self { zero: sources(0.0)?, one: sources(1.0)? })
    }

    /// The random part of a source in a slot.
    fn part(&self, source: usize, squared_size: f64) -> RandomPart {
        let part = |sources: &Sources| match sources.list.get(source).map(|source| source.size) {
            Some(Size::Random(part) | Size::Spread(part)) => part,
            _ => RandomPart::default(),
        };
        let (zero, one) = (part(&self.zero), part(&self.one));
        RandomPart { plain: zero.plain + squared_size * (one.plain - zero.plain), keyed: zero.keyed }
    }
}

/// One row, with |s(ζ)|² in its slots, padding included.
struct KeyedRow<'a> {
    placed: &'a PlacedCircuit,
    scores: &'a [f64],
    sizes: Vec<f64>,
}

impl KeyedRow<'_> {
    /// The bound of every weight. Second order and bounded sources are those of the row's largest |s(ζ)|².
    fn bounds(&self, known: &Known, failure: f64) -> Result<Vec<f64>> {
        let largest = self.sizes.iter().copied().fold(0.0, f64::max);
        let widest = Sources::bounding_given(self.placed, failure, largest)?;
        let of_row = self.sums(known);
        let cell = Cell::of_row(self.scores, self.placed, &widest);
        let bound = |(t, &size): (&f64, &f64)| {
            let pass = Pass::new(self.placed, &widest, cell.at(t.abs()));
            let (random, slots) = self.random(known, &pass, &of_row, (t.abs(), size));
            let keyed = [KeyedPart::alike(slots.own, 1.0), slots.others];
            let rest = pass.of_weights();
            finite(tail_over_slots(random.plain, &keyed, failure) + rest.bounded + rest.second_order)
        };
        self.scores.iter().zip(&self.sizes).map(bound).collect()
    }

    /// The random noise of the weight of a slot, and whose keys its keyed part follows.
    fn random(&self, known: &Known, pass: &Pass, of_row: &[RandomPart], slot: (f64, f64)) -> (RandomPart, Slots) {
        let (t, size) = slot;
        let (gains, mut random, mut slots) = (pass.gains(pass.weights()), RandomPart::default(), Slots::default());
        let through_sum = gains.sum * gains.sum;
        let widest = self.sizes.iter().copied().fold(0.0, f64::max);
        for (index, source) in known.zero.list.iter().enumerate() {
            let at = pass.effect(&gains, source.node);
            match source.size {
                Size::Random(_) => {
                    let here = known.part(index, size);
                    let own = here.scaled(at.own);
                    let through = of_row.get(index).copied().unwrap_or_default();
                    let elsewhere = less(through, here.scaled(known.zero.derivative(source.node, t).powi(2)));
                    let others = elsewhere.scaled(through_sum);
                    random = random.plus(own).plus(others);
                    slots.add(own.keyed, others.keyed, here.keyed * at.largest);
                }
                Size::Spread(_) => {
                    let part = known.part(index, widest).scaled(at.linear * at.linear);
                    let largest = part.keyed * known.zero.rotation_share;
                    random = random.plus(part);
                    slots.add(largest, part.keyed, largest);
                }
                Size::Bounded { .. } => {}
            }
        }
        (random, slots)
    }

    /// The predicted noise of every weight. A row sum's rotations take their noise from all slots of the row.
    fn predicted(&self, known: &Known) -> Vec<SlotNoise> {
        let row = Row::new(self.placed, &known.zero, self.scores);
        let mean = self.sizes.iter().sum::<f64>() / self.sizes.len().max(1) as f64;
        let of_row = self.sums(known);
        let noise = |(t, &size): (&f64, &f64)| {
            let (gains, through_sum) = row.gains(self.placed.circuit.len().saturating_sub(1), t.abs());
            let mut variance = 0.0;
            for (index, source) in known.zero.list.iter().enumerate() {
                let gain = gains.get(source.node).copied().unwrap_or(0.0);
                let derivative = known.zero.derivative(source.node, t.abs());
                let own = (gain + through_sum * derivative).powi(2);
                variance += match source.size {
                    Size::Random(_) => {
                        let here = known.part(index, size);
                        let through = of_row.get(index).copied().unwrap_or_default();
                        let elsewhere = less(through, here.scaled(derivative * derivative));
                        here.variance() * own + elsewhere.variance() * through_sum * through_sum
                    }
                    Size::Spread(_) => known.part(index, mean).variance() * gain * gain,
                    // The roundings of encodings follow no key.
                    Size::Bounded { variance, .. } => {
                        variance * (own + row.elsewhere(source.node, t.abs()) * through_sum * through_sum)
                    }
                };
            }
            SlotNoise { keyed: 0.0, gaussian: variance }
        };
        self.scores.iter().zip(&self.sizes).map(noise).collect()
    }

    /// Of each source, the noise in u that comes from all slots of the row: Σ_i part_i·(∂u_i/∂node)².
    fn sums(&self, known: &Known) -> Vec<RandomPart> {
        let scores = self.scores.iter().map(|t| t.abs()).chain(std::iter::repeat(0.0));
        let slots: Vec<(f64, f64)> = scores.zip(self.sizes.iter().copied()).collect();
        let sum = |index: usize, node: usize| {
            let part = |&(t, size): &(f64, f64)| known.part(index, size).scaled(known.zero.derivative(node, t).powi(2));
            slots.iter().map(part).fold(RandomPart::default(), RandomPart::plus)
        };
        known.zero.list.iter().enumerate().map(|(index, source)| sum(index, source.node)).collect()
    }
}

/// The difference of two sums, of which the second is a part of the first, not below what rounding leaves of it.
fn less(whole: RandomPart, part: RandomPart) -> RandomPart {
    let less = |whole: f64, part: f64| (whole - part).max(0.0) + 1e-12 * whole;
    RandomPart { plain: less(whole.plain, part.plain), keyed: less(whole.keyed, part.keyed) }
}
