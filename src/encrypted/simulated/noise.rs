//! The keys of one run as they show in slots, and the noise that they leave.
//!
//! Key switching is as in [`ckks`](crate::encrypted::ckks): digits D_d of the modulus chain, centred, hence uniform in
//! ±Q_d/2, each times the error e_d of its key, divided by P (and by the dropped prime in a product) with rounding. A
//! rounding of both parts of a ciphertext leaves τ0 + τ1·s with coefficients uniform in [−1/2, 1/2]. Secret and errors stay
//! the same through the whole run, so that a slot where s is large is noisy at every node.
//!
//! Left out is what encryption modulo Q·P leaves after the division by P beside its rounding, (v·e + e_0 + e_1·s)/P: it is
//! below 2^-13 of the rounding for the smallest P that a ring admits.

use crate::circuit::{ModulusChain, PlacedCircuit, SPARSE_WEIGHT, Secret};
use crate::encrypted::ckks::{Complex, Dd, Embedding, error, sparse, ternary};
use crate::error::{Error, Result};
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use rug::Float;

/// A noise in every slot, in units of the ciphertext.
pub(super) type Noise = Vec<Complex<f64>>;

/// The errors e_d of one switching key.
pub(super) struct SwitchingErrors {
    /// By how many slots it rotates; 0 for relinearisation.
    pub step: usize,
    digits: Vec<Noise>,
}

/// A secret and the errors of its switching keys.
pub(super) struct Keys {
    chain: ModulusChain,
    exact: Embedding,
    transform: Embedding<f64>,
    secret: Noise,
    relinearisation: SwitchingErrors,
    /// The rotation keys, round by round of the row sum.
    rounds: Vec<Vec<SwitchingErrors>>,
}

/// A polynomial with uniform coefficients in [−gain/2, gain/2], times a key where there is one.
struct Term<'a> {
    gain: f64,
    key: Option<&'a Noise>,
}

impl Keys {
    /// Draws the secret, the relinearisation key and the rotation keys of the row sum, for `level` and below.
    pub(super) fn draw(placed: &PlacedCircuit, level: usize, rng: &mut ChaCha20Rng) -> Self {
        let chain = &placed.chain;
        let degree = chain.degree();
        let exact = Embedding::new(chain.slots());
        let transform = exact.in_doubles();
        let embedded = |small: &[i8]| {
            let mut slots = pairs(small.iter().map(|&c| f64::from(c)).collect());
            transform.to_slots(&mut slots);
            slots
        };
        let secret = embedded(&match placed.secret {
            Secret::Ternary => ternary(degree, rng),
            Secret::Sparse192 => sparse(degree, SPARSE_WEIGHT, rng),
        });
        let mut errors = |step: usize, level: usize| {
            let count = chain.log2_digits(level).count();
            SwitchingErrors { step, digits: (0..count).map(|_| embedded(&error(degree, rng))).collect() }
        };
        let relinearisation = errors(0, chain.levels());
        let round = |steps: Vec<i64>| steps.into_iter().map(|step| errors(step as usize, level)).collect();
        let rounds = placed.rotation_rounds().into_iter().map(round).collect();
        Self { chain: chain.clone(), exact, transform, secret, relinearisation, rounds }
    }

    /// The rotation keys, round by round of the row sum.
    pub(super) fn rounds(&self) -> &[Vec<SwitchingErrors>] {
        &self.rounds
    }

    /// The rounding error of encoding `values` at `scale`, the very one of the encoder.
    pub(super) fn encoding(&self, values: &[Dd], scale: &Float) -> Result<Noise> {
        let mut slots = vec![Complex::default(); self.chain.slots()];
        slots.iter_mut().zip(values).for_each(|(slot, &value)| slot.re = value);
        self.exact.to_coefficients(&mut slots);
        let factor = Dd::from_float(scale);
        let rounding = |part: Dd| (part * factor).round().map(|c| (Dd::from_i128(c) - part * factor).to_f64());
        let rounded = |z: &Complex| Some(Complex { re: rounding(z.re)?, im: rounding(z.im)? });
        let mut errors: Noise = slots.iter().map(rounded).collect::<Option<_>>().ok_or_else(|| {
            Error::input("--backend simulated: the scores at the plan's scale exceed 2^100: lower the scale")
        })?;
        self.transform.to_slots(&mut errors);
        Ok(errors)
    }

    /// A rounding of both parts of a ciphertext: what encryption leaves.
    pub(super) fn rounding(&self, rng: &mut ChaCha20Rng) -> Noise {
        self.sum(&self.rounding_terms(), rng)
    }

    /// A product at `level`, relinearised and rescaled in one division by P·q.
    ///
    /// # Errors
    /// [`Error::Internal`] at level 0, where there is no prime to divide by.
    pub(super) fn product(&self, level: usize, rng: &mut ChaCha20Rng) -> Result<Noise> {
        let dropped = self.chain.q.get(level).ok_or_else(|| Error::internal("a product below the last level"))?;
        let keys = std::slice::from_ref(&self.relinearisation);
        Ok(self.switched(keys, level, (*dropped as f64).log2(), rng))
    }

    /// A sum of rotations at `level`.
    pub(super) fn rotations(&self, keys: &[SwitchingErrors], level: usize, rng: &mut ChaCha20Rng) -> Noise {
        self.switched(keys, level, 0.0, rng)
    }

    /// Key switching at `level` by every one of `keys`, in one division by P·2^log2_dropped.
    fn switched(&self, keys: &[SwitchingErrors], level: usize, log2_dropped: f64, rng: &mut ChaCha20Rng) -> Noise {
        let divisor = self.chain.log2_special() + log2_dropped;
        let digits = keys.iter().flat_map(|key| self.chain.log2_digits(level).zip(&key.digits));
        let digits = digits.map(|(log2, error)| Term { gain: (log2 - divisor).exp2(), key: Some(error) });
        let terms: Vec<Term> = self.rounding_terms().into_iter().chain(digits).collect();
        self.sum(&terms, rng)
    }

    fn rounding_terms(&self) -> [Term<'_>; 2] {
        [Term { gain: 1.0, key: None }, Term { gain: 1.0, key: Some(&self.secret) }]
    }

    /// The sum of the terms in every slot. All are drawn in one thread and in one order, so that a seed fixes every bit.
    fn sum(&self, terms: &[Term], rng: &mut ChaCha20Rng) -> Noise {
        let drawn: Vec<Noise> = terms.iter().map(|_| pairs(uniform(self.chain.degree(), rng))).collect();
        let in_slots = |(mut slots, term): (Noise, &Term)| {
            self.transform.to_slots(&mut slots);
            match term.key {
                None => slots.iter_mut().for_each(|z| *z = z.scaled(term.gain)),
                Some(key) => slots.iter_mut().zip(key).for_each(|(z, &key)| *z = z.times(key).scaled(term.gain)),
            }
            slots
        };
        let summands: Vec<Noise> = drawn.into_par_iter().zip(terms).map(in_slots).collect();
        let mut sum = vec![Complex::default(); self.chain.slots()];
        for summand in summands {
            sum.iter_mut().zip(summand).for_each(|(z, w)| *z = z.plus(w));
        }
        sum
    }
}

/// Coefficients uniform in (−1/2, 1/2), to 32 bits.
fn uniform(degree: usize, rng: &mut ChaCha20Rng) -> Vec<f64> {
    (0..degree).map(|_| (f64::from(rng.random::<u32>()) + 0.5) / 4_294_967_296.0 - 0.5).collect()
}

/// Coefficients j and j + N/2 as real and imaginary part, as the transform takes them.
fn pairs(coefficients: Vec<f64>) -> Noise {
    let (low, high) = coefficients.split_at(coefficients.len() / 2);
    low.iter().zip(high).map(|(&re, &im)| Complex { re, im }).collect()
}
