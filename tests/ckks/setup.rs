//! One key set for a ring and a chain, and what the tests measure with.

use polyattn::circuit::ModulusChain;
use polyattn::encrypted::ckks::{Ciphertext, Context, Evaluator, Plaintext, PublicKey, RelinearisationKey, SecretKey};
use polyattn::real::PRECISION;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use rug::{Float, Integer};
use std::sync::Arc;

pub fn float(value: f64) -> Float {
    Float::with_val(PRECISION, value)
}

pub fn two_to(exponent: i32) -> Float {
    float(1.0) << exponent
}

pub struct Setup {
    pub context: Arc<Context>,
    pub evaluator: Evaluator,
    pub secret: SecretKey,
    pub public: PublicKey,
    pub relinearisation: RelinearisationKey,
    pub rng: ChaCha20Rng,
}

impl Setup {
    pub fn new(log_n: u32, q_bits: &[u32], p_bits: &[u32]) -> Self {
        let chain = ModulusChain::generate(log_n, q_bits, p_bits).unwrap();
        let context = Context::new(&chain).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let secret = SecretKey::generate(&context, &mut rng);
        Self::of(context, secret, rng)
    }

    /// With a secret of `weight` coefficients ±1.
    pub fn sparse(log_n: u32, q_bits: &[u32], p_bits: &[u32], weight: usize) -> Self {
        let chain = ModulusChain::generate(log_n, q_bits, p_bits).unwrap();
        let context = Context::new(&chain).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let secret = SecretKey::generate_sparse(&context, weight, &mut rng).unwrap();
        Self::of(context, secret, rng)
    }

    fn of(context: Arc<Context>, secret: SecretKey, mut rng: ChaCha20Rng) -> Self {
        let public = PublicKey::generate(&secret, &mut rng);
        let relinearisation = RelinearisationKey::generate(&secret, &mut rng);
        Self { evaluator: Evaluator::new(&context), context, secret, public, relinearisation, rng }
    }

    /// L levels of 50-bit primes over a 54-bit one.
    pub fn levels(log_n: u32, levels: usize, special: usize) -> Self {
        let q_bits = [&[54][..], &vec![50; levels]].concat();
        Self::new(log_n, &q_bits, &vec![54; special])
    }

    pub fn values(&mut self, low: f64, high: f64) -> Vec<f64> {
        (0..self.context.slots()).map(|_| self.rng.random_range(low..high)).collect()
    }

    pub fn encrypt(&mut self, values: &[f64], scale: &Float, level: usize) -> (Plaintext, Ciphertext) {
        let plaintext = self.context.encode(values, scale, level).unwrap();
        let ciphertext = self.public.encrypt(&plaintext, &mut self.rng).unwrap();
        (plaintext, ciphertext)
    }

    pub fn complex_values(&mut self, low: f64, high: f64) -> Vec<(f64, f64)> {
        let mut part = || self.rng.random_range(low..high);
        (0..self.context.slots()).map(|_| (part(), part())).collect()
    }

    pub fn encrypt_complex(&mut self, values: &[(f64, f64)], scale: &Float, level: usize) -> Ciphertext {
        let plaintext = self.context.encode_complex(values, scale, level).unwrap();
        self.public.encrypt(&plaintext, &mut self.rng).unwrap()
    }

    pub fn decrypt_complex(&self, ciphertext: &Ciphertext) -> Vec<(f64, f64)> {
        self.context.decode_complex(&self.secret.decrypt(ciphertext).unwrap()).unwrap()
    }

    pub fn decrypt(&self, ciphertext: &Ciphertext) -> Vec<f64> {
        self.context.decode(&self.secret.decrypt(ciphertext).unwrap()).unwrap()
    }

    pub fn coefficients(&self, ciphertext: &Ciphertext) -> Vec<Integer> {
        self.context.coefficients(&self.secret.decrypt(ciphertext).unwrap()).unwrap()
    }

    pub fn weight(&self) -> f64 {
        self.secret.hamming_weight() as f64
    }

    /// Standard deviation of the noise of one rounding, √((h + 1)/12).
    pub fn rounding(&self) -> f64 {
        ((self.weight() + 1.0) / 12.0).sqrt()
    }

    /// A bound for the slots of noise of standard deviation `deviation` in a coefficient, nine deviations away.
    pub fn slot_bound(&self, deviation: f64) -> f64 {
        9.0 * 3.0 * deviation * (self.context.degree() as f64).sqrt()
    }
}

pub fn deviation(noise: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = noise.fold((0.0, 0.0), |(count, sum), x| (count + 1.0, sum + x * x));
    f64::sqrt(sum / count)
}

pub fn largest_difference(got: &[f64], want: &[f64]) -> f64 {
    assert_eq!(got.len(), want.len());
    got.iter().zip(want).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

pub fn largest_distance(got: &[(f64, f64)], want: &[(f64, f64)]) -> f64 {
    assert_eq!(got.len(), want.len());
    got.iter().zip(want).map(|(x, y)| f64::hypot(x.0 - y.0, x.1 - y.1)).fold(0.0, f64::max)
}
