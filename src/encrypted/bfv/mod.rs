//! x^p on quantised scores under BFV (ePrint 2012/144), where arithmetic is exact.
//!
//! Only the powers run under encryption: BFV has no division. Each score is quantised to an integer n, and u = n^p is
//! computed under encryption modulo several plaintext primes, decrypted, joined by Chinese remainders, and compared with
//! the integer power. The weights are finished from these integers in exact arithmetic, so that against the exact map only
//! the error of quantising is left. What it shows: the powers keep every order and every tie, with no noise at all.

mod parameters;
mod scheme;
#[cfg(test)]
mod tests;

use super::backend::{Backend, Run, RunSeconds, StageValues};
use super::evidence::Evidence;
use super::quantiser::Quantiser;
use super::seed::Seed;
use crate::circuit::{Op, PlacedCircuit};
use crate::error::{Error, Result};
use crate::real::rational_to_float;
pub(super) use parameters::Parameters;
use rayon::prelude::*;
use rug::ops::Pow;
use rug::{Integer, Rational};
use scheme::{Remainders, Scheme};
use std::time::Instant;

/// The `fhe` crate's BFV at its 128-bit parameters. The seed draws secrets and encryption noise; the masks of keys come from
/// the crate's own generator. No integer depends on either.
#[derive(Debug, Clone, Copy, Default)]
pub struct BfvBackend {
    quantiser: Quantiser,
}

impl BfvBackend {
    /// For scores quantised so.
    pub fn new(quantiser: Quantiser) -> Self {
        Self { quantiser }
    }
}

impl Backend for BfvBackend {
    fn name(&self) -> &'static str {
        "bfv"
    }

    fn generator(&self, seed: Seed) -> &'static str {
        match seed {
            Seed::Fixed(_) => {
                "ChaCha20 from the seed for secrets, the fhe crate's own for masks: no result depends on either"
            }
            Seed::System => "the operating system's entropy",
        }
    }

    fn evidence(&self) -> Evidence {
        Evidence::Powers(self.quantiser)
    }

    /// The only stage of a run are the weights.
    fn run(
        &self,
        placed: &PlacedCircuit,
        bound: &Rational,
        batches: &[Vec<f64>],
        seed: Seed,
        progress: &dyn Fn(usize),
    ) -> Result<(Vec<Run>, RunSeconds)> {
        let map = Map::of(placed)?;
        let began = Instant::now();
        let parameters = Parameters::choose(map.power, self.quantiser)?;
        let mut schemes = schemes(&parameters, seed, placed.length)?;
        let remainders = Remainders::new(&parameters.plaintext_primes)?;
        let mut seconds = RunSeconds { keys: began.elapsed().as_secs_f64(), evaluate: 0.0 };
        let mut runs = Vec::with_capacity(batches.len());
        for (index, batch) in batches.iter().enumerate() {
            let integers = self.quantised(batch, bound)?;
            let (powers, spent) = map.powers(&mut schemes, &remainders, &integers)?;
            seconds.evaluate += spent;
            check(&integers, &powers, map.power)?;
            let slots = map.weights(placed, &powers, self.quantiser)?;
            let node = placed.circuit.len().saturating_sub(1);
            runs.push(Run { stages: vec![StageValues { name: "weights".into(), node, level: 0, slots }] });
            progress(index + 1);
        }
        Ok((runs, seconds))
    }
}

impl BfvBackend {
    fn quantised(&self, batch: &[f64], bound: &Rational) -> Result<Vec<i64>> {
        let quantise = |x: &f64| {
            let t = Rational::from_f64(*x).map(|x| x / bound).filter(|t| t.cmp_abs(&Rational::from(1)).is_le());
            t.and_then(|t| self.quantiser.quantise(&t).to_i64())
        };
        let integers: Option<Vec<i64>> = batch.par_iter().map(quantise).collect();
        integers.ok_or_else(|| Error::input("--backend bfv: expected scores within the score bound"))
    }
}

/// Keys for every plaintext prime, each from a stream of its own.
fn schemes(parameters: &Parameters, seed: Seed, length: u32) -> Result<Vec<Scheme>> {
    let primes = parameters.plaintext_primes.par_iter().enumerate();
    let scheme = |(index, &prime): (usize, &u64)| {
        Scheme::new(parameters, prime, seed.generator(u64::from(length) << 32 | index as u64)?)
    };
    primes.map(scheme).collect()
}

/// Every decrypted integer against the power: a wrong one would mean that the noise or a plaintext modulus was outgrown.
fn check(integers: &[i64], powers: &[Integer], power: u32) -> Result<()> {
    let wrong = integers.iter().zip(powers).position(|(&n, u)| Integer::from(n).pow(power) != *u);
    match wrong {
        None => Ok(()),
        Some(slot) => Err(Error::OutsideBound(format!(
            "--backend bfv: the decrypted power of slot {slot} is not that of its score: the noise outgrew the modulus"
        ))),
    }
}

/// What a circuit computes: y_j = (u_j/L)/(ε + (1/L) Σ u), u = t^p.
struct Map<'a> {
    /// The operations up to u, which is the last of them.
    powers: Vec<&'a Op>,
    power: u32,
    epsilon: &'a Rational,
}

impl<'a> Map<'a> {
    /// Reads power and ε off a circuit.
    ///
    /// # Errors
    /// [`Error::Input`] when it is not a row sum of one power of the scores, or does not say its ε.
    fn of(placed: &'a PlacedCircuit) -> Result<Self> {
        let other =
            || Error::input("--backend bfv: expected a circuit that divides a power of the scores by its row mean");
        let nodes = placed.circuit.nodes();
        let mut sums =
            nodes.iter().filter_map(|node| if let Op::RowSum(of) = node.op { Some(of.index()) } else { None });
        let (Some(u), None) = (sums.next(), sums.next()) else { return Err(other()) };
        let epsilon = nodes.iter().find_map(|node| node.fact.as_ref()?.epsilon());
        let powers: Vec<&Op> = nodes.iter().take(u + 1).map(|node| &node.op).collect();
        let mut exponents: Vec<u32> = Vec::with_capacity(powers.len());
        for op in &powers {
            let exponent = match op {
                Op::Scores => Some(1),
                Op::Product(a, b) => exponents.get(a.index()).zip(exponents.get(b.index())).map(|(a, b)| a + b),
                _ => None,
            };
            exponents.push(exponent.ok_or_else(other)?);
        }
        let power = exponents.last().copied().ok_or_else(other)?;
        Ok(Self { powers, power, epsilon: epsilon.ok_or_else(other)? })
    }

    /// u of every slot under encryption, and the seconds spent on it between encryption and decryption.
    fn powers(&self, schemes: &mut [Scheme], remainders: &Remainders, integers: &[i64]) -> Result<(Vec<Integer>, f64)> {
        let encrypted = schemes.par_iter_mut().map(|scheme| scheme.encrypt(integers)).collect::<Result<Vec<_>>>()?;
        let began = Instant::now();
        let evaluated = schemes.par_iter().zip(encrypted);
        let evaluated =
            evaluated.map(|(scheme, scores)| scheme.evaluate(&self.powers, scores)).collect::<Result<Vec<_>>>()?;
        let seconds = began.elapsed().as_secs_f64();
        let residues = schemes.par_iter().zip(&evaluated);
        let residues = residues.map(|(scheme, powers)| scheme.decrypt(powers)).collect::<Result<Vec<_>>>()?;
        Ok((remainders.join(&residues, integers.len()), seconds))
    }

    /// n_j^p/(L·ε·M^p + Σ n_i^p) for the largest integer M, in every slot, rounded once.
    fn weights(&self, placed: &PlacedCircuit, powers: &[Integer], quantiser: Quantiser) -> Result<Vec<f64>> {
        let stride = placed.rows();
        let floor = Rational::from(self.epsilon * placed.length) * Integer::from(quantiser.largest()).pow(self.power);
        let denominator = |row: usize| powers.iter().skip(row).step_by(stride).fold(floor.clone(), |sum, u| sum + u);
        let denominators: Vec<Rational> = (0..stride).map(denominator).collect();
        if let Some(row) = denominators.iter().position(|d| *d == 0) {
            return Err(Error::input(format!(
                "--backend bfv: all scores of row {row} are 0 at {} bits and there is no ε: take more bits",
                quantiser.bits()
            )));
        }
        let weight =
            |(u, denominator): (&Integer, &Rational)| rational_to_float(&(Rational::from(u) / denominator)).to_f64();
        Ok(powers.iter().zip(denominators.iter().cycle()).map(weight).collect())
    }
}
