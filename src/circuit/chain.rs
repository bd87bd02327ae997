//! The modulus chain: which primes a circuit rescales by, and which carry its key switching.

use crate::error::{Error, Result};
use fhe_math::zq::primes::generate_prime;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Variance of the error distribution: a centred binomial of 42 bits (σ = 3.24), as in Microsoft SEAL.
pub const ERROR_VARIANCE: f64 = 10.5;

/// The largest number of special primes, which is also that of primes in a digit: sums of that many products, and a few more,
/// fit into 128 bits.
pub const MOST_SPECIAL_PRIMES: usize = 14;

/// The largest prime of the modular arithmetic underneath, in bits.
const LARGEST_PRIME_BITS: u32 = 61;

/// The largest absolute value of that distribution.
pub const LARGEST_ERROR: f64 = 21.0;

/// Primes of a CKKS ring of degree N = 2^log_n, all ≡ 1 mod 2N and different from each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ModulusChain {
    /// log2 N.
    pub log_n: u32,
    /// q_0 (which carries the result) to q_L (dropped by the first rescaling).
    pub q: Vec<u64>,
    /// The special primes p_0 … of key switching; their product is P.
    pub p: Vec<u64>,
}

impl ModulusChain {
    /// The largest such primes of the given sizes, taken downwards from each power of two.
    ///
    /// # Errors
    /// [`Error::NoSolution`] when there are not enough primes of a size ≡ 1 mod 2N.
    pub fn generate(log_n: u32, q_bits: &[u32], p_bits: &[u32]) -> Result<Self> {
        let mut taken: BTreeMap<u32, usize> = BTreeMap::new();
        let mut take = |bits: u32| -> Result<u64> {
            let index = taken.entry(bits).or_default();
            let prime = largest_prime(log_n, bits, *index);
            *index += 1;
            prime.ok_or_else(|| {
                Error::NoSolution(format!("no further {bits}-bit prime is 1 mod 2^{}: choose another size", log_n + 1))
            })
        };
        let p = p_bits.iter().map(|&bits| take(bits)).collect::<Result<_>>()?;
        let q = q_bits.iter().map(|&bits| take(bits)).collect::<Result<_>>()?;
        Ok(Self { log_n, q, p })
    }

    /// The ring degree N.
    pub fn degree(&self) -> usize {
        1 << self.log_n
    }

    /// Number of complex slots, N/2.
    pub fn slots(&self) -> usize {
        self.degree() / 2
    }

    /// How many rescalings the chain allows.
    pub fn levels(&self) -> usize {
        self.q.len().saturating_sub(1)
    }

    /// log2 of each digit of key switching at a level: as many primes as there are special primes, fewer in the last.
    pub fn log2_digits(&self, level: usize) -> impl Iterator<Item = f64> {
        let active = self.q.get(..=level).unwrap_or(&self.q);
        active.chunks(self.p.len().max(1)).map(log2_product)
    }

    /// log2 P.
    pub fn log2_special(&self) -> f64 {
        log2_product(&self.p)
    }

    /// log2(Q·P), the figure that security tables bound.
    pub fn log_qp(&self) -> f64 {
        self.q.iter().chain(&self.p).map(|&prime| (prime as f64).log2()).sum()
    }
}

/// By log2 N and their size in bits: primes ≡ 1 mod 2N, from the largest down.
type Primes = BTreeMap<(u32, u32), Vec<u64>>;

/// Those that were asked for so far: a search asks for the same ones thousands of times.
static PRIMES: LazyLock<Mutex<Primes>> = LazyLock::new(Mutex::default);

/// The prime of a size ≡ 1 mod 2^(log_n + 1) that has `index` larger ones.
fn largest_prime(log_n: u32, bits: u32, index: usize) -> Option<u64> {
    // Below 62 bits: what the modular arithmetic underneath allows.
    if bits > LARGEST_PRIME_BITS {
        return None;
    }
    // A thread that panicked left whole primes behind.
    let mut known = PRIMES.lock().unwrap_or_else(PoisonError::into_inner);
    let primes = known.entry((log_n, bits)).or_default();
    while primes.len() <= index {
        let below = primes.last().copied().unwrap_or(1 << bits);
        primes.push(generate_prime(bits as usize, 2 << log_n, below)?);
    }
    primes.get(index).copied()
}

fn log2_product(primes: &[u64]) -> f64 {
    primes.iter().map(|&prime| (prime as f64).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primes_are_distinct_of_the_asked_size_and_fit_the_ring() {
        let chain = ModulusChain::generate(14, &[54, 50, 50, 50], &[60, 60]).unwrap();
        let all: Vec<u64> = chain.q.iter().chain(&chain.p).copied().collect();
        for (i, prime) in all.iter().enumerate() {
            assert_eq!(prime % (1 << 15), 1);
            assert!(!all[..i].contains(prime));
        }
        let bits: Vec<u32> = all.iter().map(|prime| 64 - prime.leading_zeros()).collect();
        assert_eq!(bits, [54, 50, 50, 50, 60, 60]);
    }

    #[test]
    fn sizes_without_enough_primes_are_refused() {
        assert!(matches!(ModulusChain::generate(16, &[18; 3], &[]), Err(Error::NoSolution(_))));
        assert!(ModulusChain::generate(13, &[70], &[]).is_err());
    }
}
