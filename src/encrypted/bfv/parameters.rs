//! The ring, the ciphertext modulus and the plaintext primes for a power and a number of bits.

use crate::encrypted::quantiser::Quantiser;
use crate::error::{Error, Result};
use fhe::bfv::BfvParameters;
use fhe_math::zq::primes::generate_prime;
use std::sync::OnceLock;

/// Parameters that hold x^p exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::encrypted) struct Parameters {
    /// N.
    pub degree: usize,
    /// The primes of the ciphertext modulus.
    pub moduli: Vec<u64>,
    /// Primes t ≡ 1 mod 2N whose product exceeds every power.
    pub plaintext_primes: Vec<u64>,
}

impl Parameters {
    /// Of the `fhe` crate's rings and moduli for 128 bits of security, those that take the least work: products in each of
    /// the plaintext primes, each as large as the noise leaves room for.
    ///
    /// # Errors
    /// [`Error::Input`] when no ring has room for x^p at this many bits.
    pub(in crate::encrypted) fn choose(power: u32, quantiser: Quantiser) -> Result<Self> {
        let bits = f64::from(power) * f64::from(quantiser.largest()).log2();
        let candidates = rings()?.iter().filter_map(|(degree, moduli)| {
            let plaintext_primes = plaintext_primes(*degree, moduli, power, bits)?;
            Some(Self { degree: *degree, moduli: moduli.clone(), plaintext_primes })
        });
        candidates.min_by_key(Self::work).ok_or_else(|| {
            Error::input(format!(
                "--backend bfv: no 128-bit parameters of the fhe crate hold x^{power} of {}-bit scores: take fewer bits",
                quantiser.bits()
            ))
        })
    }

    /// Work a slot: a product extends each of n moduli to n others.
    fn work(&self) -> usize {
        self.plaintext_primes.len() * self.moduli.len().pow(2)
    }
}

/// N and the primes of the ciphertext modulus.
type Ring = (usize, Vec<u64>);

/// The crate's rings for 128 bits of security, made once: it makes all their tables with them.
pub(super) fn rings() -> Result<&'static [Ring]> {
    static RINGS: OnceLock<Result<Vec<Ring>>> = OnceLock::new();
    let read = || {
        // They are the same for every plaintext modulus.
        let table = BfvParameters::default_parameters_128(20).map_err(|e| Error::internal(format!("BFV: {e}")))?;
        Ok(table.map(|ring| (ring.degree(), ring.moduli().to_vec())).collect())
    };
    RINGS.get_or_init(read).as_deref().map_err(Error::clone)
}

/// Primes as large as the noise admits, enough of them for `bits` bits; `None` where there are not enough.
fn plaintext_primes(degree: usize, moduli: &[u64], power: u32, bits: f64) -> Option<Vec<u64>> {
    let size = largest_plaintext_bits(degree, moduli, power)?;
    let mut primes = Vec::new();
    let (mut upper, mut held) = (1u64 << size, 0.0);
    while held <= bits {
        upper = generate_prime(size, 2 * degree as u64, upper)?;
        held += (upper as f64).log2();
        primes.push(upper);
    }
    Some(primes)
}

/// The most bits of t for which the noise of x^p stays under Q/(2t).
///
/// In bits, a fresh ciphertext has a noise of ½ log N + 8, and each of d = ⌈log2 p⌉ products adds log N + log t + 3: the crate's
/// secrets have the variance of its errors, 10. The power is compared slot by slot after decryption, so this choice is not
/// relied on. The crate decrypts modulo the first prime of Q, which must exceed 2t.
pub(super) fn largest_plaintext_bits(degree: usize, moduli: &[u64], power: u32) -> Option<usize> {
    let log_n = f64::from(degree.ilog2());
    let log_q: f64 = moduli.iter().map(|&q| (q as f64).log2()).sum();
    let depth = f64::from(power.next_power_of_two().ilog2());
    let room = (log_q - 1.0 - (log_n / 2.0 + 8.0) - depth * (log_n + 3.0)) / (depth + 1.0);
    let decryptable = moduli.first()?.ilog2() as usize - 1;
    let size = (room.max(0.0) as usize).min(decryptable);
    // Primes that are 1 mod 2N have more bits than 2N.
    (size > degree.ilog2() as usize + 1).then_some(size)
}
