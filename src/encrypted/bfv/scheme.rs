//! One plaintext prime: its keys and ciphertexts; and joining what several primes give.

use super::parameters::Parameters;
use crate::circuit::Op;
use crate::error::{Error, Result};
use fhe::bfv::{
    BfvParameters, BfvParametersBuilder, Ciphertext, Encoding, Multiplicator, Plaintext, PublicKey, RelinearizationKey,
    SecretKey,
};
use fhe_traits::{FheDecoder, FheDecrypter, FheEncoder, FheEncrypter};
use rand_chacha::ChaCha20Rng;
use rug::Integer;
use std::sync::Arc;

/// BFV with one plaintext prime, under a secret of its own.
pub(super) struct Scheme {
    parameters: Arc<BfvParameters>,
    secret: SecretKey,
    public: PublicKey,
    multiplicator: Multiplicator,
    rng: ChaCha20Rng,
}

fn failed(error: fhe::Error) -> Error {
    Error::internal(format!("BFV: {error}"))
}

impl Scheme {
    /// Draws keys for a plaintext prime.
    pub(super) fn new(parameters: &Parameters, prime: u64, mut rng: ChaCha20Rng) -> Result<Self> {
        let parameters = BfvParametersBuilder::new()
            .set_degree(parameters.degree)
            .set_plaintext_modulus(prime)
            .set_moduli(&parameters.moduli)
            .build_arc()
            .map_err(failed)?;
        let secret = SecretKey::random(&parameters, &mut rng);
        let public = PublicKey::new(&secret, &mut rng);
        let relinearisation = RelinearizationKey::new(&secret, &mut rng).map_err(failed)?;
        let multiplicator = Multiplicator::default(&relinearisation).map_err(failed)?;
        Ok(Self { parameters, secret, public, multiplicator, rng })
    }

    /// As many ciphertexts as it takes, N integers in each.
    pub(super) fn encrypt(&mut self, integers: &[i64]) -> Result<Vec<Ciphertext>> {
        let encrypt = |values: &[i64]| {
            let plaintext = Plaintext::try_encode(values, Encoding::simd(), &self.parameters)?;
            self.public.try_encrypt(&plaintext, &mut self.rng)
        };
        integers.chunks(self.parameters.degree()).map(encrypt).collect::<fhe::Result<_>>().map_err(failed)
    }

    /// The last of `operations`, which are scores and products, on each ciphertext.
    pub(super) fn evaluate(&self, operations: &[&Op], scores: Vec<Ciphertext>) -> Result<Vec<Ciphertext>> {
        scores.into_iter().map(|scores| self.evaluate_one(operations, &scores)).collect()
    }

    fn evaluate_one(&self, operations: &[&Op], scores: &Ciphertext) -> Result<Ciphertext> {
        let mut values: Vec<Ciphertext> = Vec::with_capacity(operations.len());
        for operation in operations {
            let value = match operation {
                Op::Product(a, b) => match (values.get(a.index()), values.get(b.index())) {
                    (Some(a), Some(b)) => self.multiplicator.multiply(a, b).map_err(failed)?,
                    _ => return Err(Error::internal("an operand after its use")),
                },
                _ => scores.clone(),
            };
            values.push(value);
        }
        values.pop().ok_or_else(|| Error::internal("an empty circuit"))
    }

    /// The residues of every slot.
    pub(super) fn decrypt(&self, ciphertexts: &[Ciphertext]) -> Result<Vec<u64>> {
        let mut residues = Vec::with_capacity(ciphertexts.len() * self.parameters.degree());
        for ciphertext in ciphertexts {
            let plaintext = self.secret.try_decrypt(ciphertext).map_err(failed)?;
            residues.extend(Vec::<u64>::try_decode(&plaintext, Encoding::simd()).map_err(failed)?);
        }
        Ok(residues)
    }
}

/// Chinese remaindering over the plaintext primes.
pub(super) struct Remainders {
    modulus: Integer,
    /// For each prime, the number that is 1 modulo it and 0 modulo the others.
    idempotents: Vec<Integer>,
}

impl Remainders {
    /// For distinct primes.
    ///
    /// # Errors
    /// [`Error::Internal`] when two are alike.
    pub(super) fn new(primes: &[u64]) -> Result<Self> {
        let modulus: Integer = primes.iter().map(|&prime| Integer::from(prime)).product();
        let idempotent = |&prime: &u64| {
            let others = Integer::from(&modulus / prime);
            let inverse = others.clone().invert(&Integer::from(prime));
            inverse.map(|inverse| inverse * others).map_err(|_| Error::internal("two plaintext primes alike"))
        };
        let idempotents = primes.iter().map(idempotent).collect::<Result<_>>()?;
        Ok(Self { modulus, idempotents })
    }

    /// The first `count` integers in [0, Π t) with these residues, one list of residues for each prime.
    pub(super) fn join(&self, residues: &[Vec<u64>], count: usize) -> Vec<Integer> {
        let join = |slot: usize| {
            let terms = self.idempotents.iter().zip(residues);
            let sum: Integer = terms.filter_map(|(unit, of)| of.get(slot).map(|&r| Integer::from(unit * r))).sum();
            sum % &self.modulus
        };
        (0..count).map(join).collect()
    }
}
