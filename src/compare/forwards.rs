//! A bound on the noise of any circuit on given rows, from node to node: for circuits that are not powers, one row sum and slot-wise
//! steps, whose gains the analyser of plans does not know.

use crate::circuit::{NodeId, Op, PlacedCircuit};
use crate::error::{Error, Result};
use crate::noise::{Elementary, RandomPart, RingModel, tail};

/// What is known of the nodes of a circuit on the rows that it is run on.
pub(super) struct Forwards<'a> {
    placed: &'a PlacedCircuit,
    model: RingModel,
    /// The largest |value| of each node in any slot.
    largest: &'a [f64],
    /// log2 of the failure probability of each event.
    log2_failure: f64,
}

impl<'a> Forwards<'a> {
    /// For a run of `ciphertexts` in which all bounds together fail with probability at most 2^`log2_failure`. The rows fill
    /// their padded length: what a circuit makes of padding is not looked at.
    pub(super) fn new(placed: &'a PlacedCircuit, largest: &'a [f64], log2_failure: f64, ciphertexts: usize) -> Self {
        // In each slot, one event for the real and one for the imaginary part of what enters at each node.
        let events = (2 * placed.circuit.len() * placed.chain.slots() * ciphertexts) as f64;
        let model = RingModel::bounding(placed);
        Self { placed, model, largest, log2_failure: log2_failure - events.log2() }
    }

    /// A bound on |noise| of the weights, in every slot.
    ///
    /// # Formula
    /// |δ(ab)| ≤ |a|·δb + |b|·δa + 2·δa·δb + own, where the 2 is for slots whose noise is complex; a row sum adds up its L slots.
    ///
    /// # Errors
    /// [`Error::NoSolution`] where a value with its noise does not fit into the modulus of its level.
    pub(super) fn bound(&self) -> Result<f64> {
        let mut bounds: Vec<f64> = Vec::with_capacity(self.placed.circuit.len());
        for (index, node) in self.placed.circuit.nodes().iter().enumerate() {
            let own = self.entering(index, &node.op, &bounds);
            let of = |id: &NodeId| bounds[id.index()];
            let value = |id: &NodeId| self.largest[id.index()];
            let carried = match &node.op {
                Op::Scores => 0.0,
                Op::Product(a, b) => value(a) * of(b) + value(b) * of(a) + 2.0 * of(a) * of(b),
                Op::Times(a, constant) => of(a) * constant.to_f64().abs().next_up(),
                Op::Plus(a, _) | Op::Refresh(a, _) => of(a),
                Op::Add(a, b) => of(a) + of(b),
                Op::Combination(terms, _) => terms.iter().map(|(a, c)| of(a) * c.to_f64().abs().next_up()).sum(),
                Op::RowSum(a) => of(a) * f64::from(self.placed.length),
            };
            let bound = (carried + own) * (1.0 + 1e-14);
            self.fits(index, bound)?;
            bounds.push(bound);
        }
        bounds.last().copied().ok_or_else(|| Error::internal("an empty circuit"))
    }

    /// What enters at a node.
    fn entering(&self, index: usize, op: &Op, bounds: &[f64]) -> f64 {
        let Some(place) = self.placed.placements.get(index) else { return f64::INFINITY };
        let scale = place.scale.to_f64();
        let random = |part: RandomPart| tail(part.scaled((scale * scale).recip()), self.log2_failure);
        let of = |elementary| self.model.random(elementary);
        let dropped = self.placed.chain.q.get(place.level + 1).map_or(1.0, |&q| q as f64);
        let encrypted = || random(of(Elementary::Encryption)) + self.model.encoding() / scale;
        match op {
            Op::Scores => encrypted(),
            Op::Refresh(_, bits) => encrypted() + (-f64::from(*bits)).exp2(),
            Op::Product(..) => {
                let digits = of(Elementary::Digits(place.level + 1)).scaled((dropped * dropped).recip());
                random(of(Elementary::Rounding).plus(digits))
            }
            Op::Plus(..) => 0.5 / scale,
            Op::Combination(terms, _) => {
                let coefficient = |of: &NodeId| {
                    let term = self.placed.placements.get(of.index()).map_or(f64::INFINITY, |p| p.scale.to_f64());
                    0.5 * term / (dropped * scale) * (self.largest[of.index()] + bounds[of.index()])
                };
                let coefficients: f64 = terms.iter().map(|(of, _)| coefficient(of)).sum();
                random(of(Elementary::Rounding)) + 0.5 / (dropped * scale) + coefficients
            }
            Op::RowSum(_) => {
                let rotations = f64::from(self.placed.padded_length() - 1);
                random(of(Elementary::KeySwitch(place.level)).scaled(rotations))
            }
            Op::Times(..) | Op::Add(..) => 0.0,
        }
    }

    /// Every coefficient must stay below half its modulus; it is at most the largest |value| of a slot.
    fn fits(&self, index: usize, bound: f64) -> Result<()> {
        let Some(place) = self.placed.placements.get(index) else {
            return Err(Error::internal("a node without a place"));
        };
        let active = self.placed.chain.q.get(..=place.level).unwrap_or_default();
        let modulus: f64 = active.iter().map(|&q| (q as f64).log2()).sum();
        let value = (self.largest[index] + std::f64::consts::SQRT_2 * bound).log2();
        if value + place.scale.to_f64().log2() + 1.0 < modulus {
            return Ok(());
        }
        Err(Error::NoSolution(format!(
            "its values reach 2^{value:.0}, which does not fit into the modulus of their level"
        )))
    }
}
