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

#[cfg(test)]
mod tests {
    use super::super::polynomial::{interpolation, push};
    use super::*;
    use crate::circuit::{Circuit, Cost, ModulusChain, evaluate};
    use crate::encrypted::{Backend, CkksBackend, Seed, pack, unpack};
    use crate::real::PRECISION;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha20Rng;
    use rug::{Float, Rational};

    /// Rows of t, and the circuit e·(1/8)Σe, e a polynomial for exp(t).
    fn shares() -> (Vec<Vec<f64>>, PlacedCircuit) {
        let exp = |x: &Float| Float::with_val(PRECISION, x.exp_ref());
        let exp = interpolation(&Rational::from(-1), &Rational::from(1), 8, exp);
        let mut circuit = Circuit::default();
        let scores = circuit.push(Op::Scores);
        let e = push(&mut circuit, scores, &Rational::from(1), &exp);
        let sum = circuit.push(Op::RowSum(e));
        let mean = circuit.push(Op::Times(sum, Rational::from((1, 8))));
        let product = circuit.push(Op::Product(e, mean));
        circuit.name(product, "weights", None);
        let levels = Cost::of(&circuit, 8).depth as usize;
        let chain = ModulusChain::generate(10, &[vec![48], vec![40; levels]].concat(), &[50, 50]).unwrap();
        let scale = Float::with_val(PRECISION, 1u64 << 40);
        let placed = PlacedCircuit::new(circuit, chain, 8, &scale).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let rows = (0..placed.rows()).map(|_| (0..8).map(|_| rng.random_range(-1.0..1.0)).collect());
        (rows.collect(), placed)
    }

    #[test]
    fn noise_stays_below_the_bound_and_not_far_below() {
        let (rows, placed) = shares();
        let unit = |row: &Vec<f64>| row.iter().map(|t| Float::with_val(PRECISION, t)).collect::<Vec<_>>();
        let exact: Vec<Vec<Vec<Float>>> =
            rows.iter().map(|row| evaluate(&placed.circuit, &unit(row)).unwrap()).collect();
        let largest: Vec<f64> = (0..placed.circuit.len())
            .map(|node| {
                exact.iter().flat_map(|row| &row[node]).fold(0.0, |most, x| x.to_f64().abs().max(most)).next_up()
            })
            .collect();
        let bound = Forwards::new(&placed, &largest, -40.0, 1).bound().unwrap();
        let mut noise: f64 = 0.0;
        for seed in 0..4 {
            let (runs, _) = CkksBackend
                .run(&placed, &Rational::from(1), &[pack(&placed, &rows)], Seed::Fixed(seed), &|_| ())
                .unwrap();
            for (index, row) in exact.iter().enumerate() {
                let seen = unpack(&runs[0].stages.last().unwrap().slots, placed.rows(), index, 8);
                let distances = seen.iter().zip(row.last().unwrap()).map(|(x, y)| (x - y.to_f64()).abs());
                noise = distances.fold(noise, f64::max);
            }
        }
        println!("noise {noise:e}, bound {bound:e}");
        assert!(noise > 0.0 && noise <= bound && bound < 2048.0 * noise, "{noise:e} {bound:e}");
        // The same circuit on values that its modulus does not hold.
        let huge: Vec<f64> = largest.iter().map(|most| most * 40f64.exp2()).collect();
        let refused = Forwards::new(&placed, &huge, -40.0, 1).bound().unwrap_err();
        assert!(refused.exit_code() == 3 && refused.to_string().contains("does not fit"), "{refused}");
    }
}
