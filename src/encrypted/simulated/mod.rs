//! The circuit on simulated noise: the noise of one key, drawn from the model, slot by slot.
//!
//! Nothing is encrypted. Each slot holds its value in double-double arithmetic, whose error is far under any noise, and
//! beside it a complex noise. Through a product the noise goes exactly, as a·δb + b·δa + δa·δb, and at each node the
//! sources of the node are added (see [`noise`]). It shows what the noise of a plan looks like several times sooner than
//! ciphertexts do. It cannot show a fault of the scheme: values that outgrow the modulus, or wrong keys.

mod noise;

use super::backend::{Backend, Run, RunSeconds, StageValues, bootstrap_error, sum_level};
use super::ckks::{Complex, Dd, check_modulus_chain};
use super::evidence::Evidence;
use super::seed::Seed;
use crate::circuit::{Node, NodeId, PlacedCircuit, Placement, Term, Visitor};
use crate::error::{Error, Result};
use crate::real::{PRECISION, rational_to_float};
use noise::{Keys, Noise, SwitchingErrors};
use rand_chacha::ChaCha20Rng;
use rug::{Float, Rational};
use std::time::Instant;

/// Noise drawn from the model of this crate's RNS-CKKS layer. The seed fixes every bit, and the secret is the one that
/// [`CkksBackend`](super::CkksBackend) draws from the same seed, so that both have their noisiest slots in the same places.
#[derive(Debug, Clone, Copy)]
pub struct SimulatedBackend;

impl Backend for SimulatedBackend {
    fn name(&self) -> &'static str {
        "simulated"
    }

    fn evidence(&self) -> Evidence {
        Evidence::Unencrypted("simulated noise")
    }

    fn run(
        &self,
        placed: &PlacedCircuit,
        bound: &Rational,
        batches: &[Vec<f64>],
        seed: Seed,
        progress: &dyn Fn(usize),
    ) -> Result<(Vec<Run>, RunSeconds)> {
        check_modulus_chain(&placed.chain)?;
        let mut rng = seed.generator(u64::from(placed.length))?;
        let began = Instant::now();
        let keys = Keys::draw(placed, sum_level(placed), &mut rng);
        let mut seconds = RunSeconds { keys: began.elapsed().as_secs_f64(), evaluate: 0.0 };
        let bound = rational_to_float(bound);
        let mut runs = Vec::with_capacity(batches.len());
        for (index, batch) in batches.iter().enumerate() {
            let mut simulation =
                Simulation { placed, keys: &keys, rng: &mut rng, bound: &bound, batch, opened: Vec::new() };
            let began = Instant::now();
            placed.circuit.visit(&mut simulation)?;
            seconds.evaluate += began.elapsed().as_secs_f64();
            runs.push(Run { stages: simulation.opened });
            progress(index + 1);
        }
        Ok((runs, seconds))
    }
}

/// What a ciphertext would hold, slot by slot: its exact value and its noise, in units of the value.
struct Slots {
    values: Vec<Dd>,
    noise: Noise,
}

impl Slots {
    /// The real parts, as decryption rounds them to double precision.
    fn opened(&self) -> Vec<f64> {
        self.values.iter().zip(&self.noise).map(|(&value, noise)| (value + noise.re.into()).to_f64()).collect()
    }
}

struct Simulation<'a> {
    placed: &'a PlacedCircuit,
    keys: &'a Keys,
    rng: &'a mut ChaCha20Rng,
    bound: &'a Float,
    batch: &'a [f64],
    opened: Vec<StageValues>,
}

impl Simulation<'_> {
    fn place(&self, node: usize) -> Result<&Placement> {
        self.placed.placements.get(node).ok_or_else(|| Error::internal("a node without a place"))
    }

    /// One round of a row sum: the slots with themselves rotated by every step of it, in one division by P.
    fn rotated_sum(&mut self, slots: &Slots, round: &[SwitchingErrors], place: (usize, f64)) -> Slots {
        let (level, unit) = place;
        let count = slots.values.len();
        let own = self.keys.rotations(round, level, self.rng);
        let values = (0..count).map(|j| {
            let sources = round.iter().map(|key| slots.values[(j + key.step) % count]);
            sources.fold(slots.values[j], |sum, value| sum + value)
        });
        let noise = own.iter().enumerate().map(|(j, own)| {
            let sources = round.iter().map(|key| slots.noise[(j + key.step) % count]);
            sources.fold(slots.noise[j], Complex::plus).plus(own.scaled(unit))
        });
        Slots { values: values.collect(), noise: noise.collect() }
    }
}

impl Visitor for Simulation<'_> {
    type Value = Slots;
    type Error = Error;

    fn scores(&mut self) -> Result<Slots> {
        let scale = &self.place(0)?.scale;
        let unit = scale.to_f64().recip();
        let raw_scale = Float::with_val(PRECISION, scale / self.bound);
        let batch: Vec<Dd> = self.batch.iter().map(|&x| x.into()).collect();
        let encoding = self.keys.encoding(&batch, &raw_scale)?;
        let rounding = self.keys.rounding(self.rng);
        let inverse = Dd::from_float(&Float::with_val(PRECISION, self.bound.recip_ref()));
        let mut values: Vec<Dd> = self.batch.iter().map(|&x| Dd::from(x) * inverse).collect();
        values.resize(encoding.len(), Dd::default());
        let noise = encoding.iter().zip(&rounding).map(|(&a, &b)| a.plus(b).scaled(unit));
        Ok(Slots { values, noise: noise.collect() })
    }

    fn product(&mut self, id: NodeId, left: &Slots, right: &Slots) -> Result<Slots> {
        let place = self.place(id.index())?;
        let (level, unit) = (place.level, place.scale.to_f64().recip());
        let own = self.keys.product(level + 1, self.rng)?;
        let values = left.values.iter().zip(&right.values).map(|(&a, &b)| a * b);
        let pairs = left.values.iter().zip(&left.noise).zip(right.values.iter().zip(&right.noise));
        let noise = pairs.zip(&own).map(|(((a, &noise_a), (b, &noise_b)), own)| {
            let first_order = noise_b.scaled(a.to_f64()).plus(noise_a.scaled(b.to_f64()));
            first_order.plus(noise_a.times(noise_b)).plus(own.scaled(unit))
        });
        Ok(Slots { values: values.collect(), noise: noise.collect() })
    }

    fn times(&mut self, _: NodeId, value: &Slots, constant: &Rational) -> Result<Slots> {
        let (exact, double) = (Dd::from_float(&rational_to_float(constant)), constant.to_f64());
        let values = value.values.iter().map(|&v| v * exact).collect();
        Ok(Slots { values, noise: value.noise.iter().map(|noise| noise.scaled(double)).collect() })
    }

    /// The evaluator adds round(constant·scale).
    fn plus(&mut self, id: NodeId, value: &Slots, constant: &Rational) -> Result<Slots> {
        let error = Complex { re: rounding(constant, &self.place(id.index())?.scale), im: 0.0 };
        let exact = Dd::from_float(&rational_to_float(constant));
        let values = value.values.iter().map(|&v| v + exact).collect();
        Ok(Slots { values, noise: value.noise.iter().map(|noise| noise.plus(error)).collect() })
    }

    fn add(&mut self, _: NodeId, left: &Slots, right: &Slots) -> Result<Slots> {
        let values = left.values.iter().zip(&right.values).map(|(&a, &b)| a + b).collect();
        Ok(Slots { values, noise: left.noise.iter().zip(&right.noise).map(|(a, &b)| a.plus(b)).collect() })
    }

    /// The evaluator multiplies by integers, the coefficients rounded at their scales.
    fn combination(&mut self, id: NodeId, terms: &[Term<Slots>], constant: &Rational) -> Result<Slots> {
        let unit = self.place(id.index())?.scale.to_f64().recip();
        let count = self.placed.chain.slots();
        let mut values = vec![Dd::from_float(&rational_to_float(constant)); count];
        let mut noise: Vec<Complex<f64>> = self.keys.rounding(self.rng).iter().map(|own| own.scaled(unit)).collect();
        for Term { of, value, coefficient } in terms {
            let scale = self.placed.coefficient_scale(id.index(), *of)?;
            let (exact, double) = (Dd::from_float(&rational_to_float(coefficient)), coefficient.to_f64());
            let error = rounding(coefficient, &scale);
            let slots = value.values.iter().zip(&value.noise);
            values.iter_mut().zip(&mut noise).zip(slots).for_each(|((sum, noise), (&v, own))| {
                *sum = *sum + v * exact;
                let wrong = Complex { re: error * v.to_f64(), im: 0.0 };
                *noise = noise.plus(own.scaled(double + error)).plus(wrong);
            });
        }
        Ok(Slots { values, noise })
    }

    fn row_sum(&mut self, id: NodeId, value: &Slots) -> Result<Slots> {
        let place = self.place(id.index())?;
        let place = (place.level, place.scale.to_f64().recip());
        let mut sum = Slots { values: value.values.clone(), noise: value.noise.clone() };
        for round in self.keys.rounds() {
            sum = self.rotated_sum(&sum, round, place);
        }
        Ok(sum)
    }

    /// What stands in for a bootstrap: only the real part is encrypted anew, at the node's scale.
    fn refresh(&mut self, id: NodeId, value: &Slots, bits: u32) -> Result<Slots> {
        let scale = self.place(id.index())?.scale.clone();
        let unit = scale.to_f64().recip();
        let drawn: Vec<f64> = value.noise.iter().map(|noise| noise.re + bootstrap_error(bits, self.rng)).collect();
        let opened: Vec<Dd> = value.values.iter().zip(&drawn).map(|(&value, &noise)| value + noise.into()).collect();
        let encoding = self.keys.encoding(&opened, &scale)?;
        let rounding = self.keys.rounding(self.rng);
        let fresh = encoding.iter().zip(&rounding).map(|(&a, &b)| a.plus(b).scaled(unit));
        let noise = fresh.zip(&drawn).map(|(fresh, &drawn)| fresh.plus(Complex { re: drawn, im: 0.0 }));
        Ok(Slots { values: value.values.clone(), noise: noise.collect() })
    }

    fn finish(&mut self, id: NodeId, node: &Node, value: Slots) -> Slots {
        if let (Some(name), Ok(place)) = (&node.stage, self.place(id.index())) {
            let level = place.level;
            self.opened.push(StageValues { name: name.clone(), node: id.index(), level, slots: value.opened() });
        }
        value
    }
}

/// round(constant·scale)/scale − constant.
fn rounding(constant: &Rational, scale: &Float) -> f64 {
    let scaled = Float::with_val(PRECISION, scale * constant);
    let rounding = Float::with_val(PRECISION, scaled.round_ref()) - &scaled;
    Float::with_val(PRECISION, rounding / scale).to_f64()
}
