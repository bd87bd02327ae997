//! Everything that is computed once for a modulus chain.

use super::conversion::{Conversion, Division};
use super::embedding::Embedding;
use super::order::Order;
use super::prime::Prime;
use crate::circuit::{MOST_SPECIAL_PRIMES, ModulusChain};
use crate::error::{Error, Result};
use rayon::prelude::*;
use rug::Integer;
use std::fmt;
use std::sync::Arc;

/// The smallest and largest ring degrees, as log2 N.
const LOG_DEGREES: std::ops::RangeInclusive<u32> = 4..=17;

/// The tables of one ring and modulus chain: transforms, base conversions, the canonical embedding.
pub struct Context {
    chain: Arc<ModulusChain>,
    /// q_0 … q_L, then p_0 ….
    primes: Vec<Prime>,
    /// P mod each prime of q.
    special_product: Vec<u64>,
    /// q_0·…·q_l for each level l.
    moduli: Vec<Integer>,
    /// For each digit, the conversions of its first 1, 2, … primes to every prime.
    digits: Vec<Vec<Conversion>>,
    /// By P.
    by_special: Division,
    /// By q_l, for each level l from 1.
    by_top: Vec<Division>,
    /// By q_l·P, for each level l from 1.
    by_top_and_special: Vec<Division>,
    order: Order,
    embedding: Embedding,
}

impl Context {
    /// Computes the tables of `chain`. Key switching uses digits of as many primes as there are special primes.
    ///
    /// # Errors
    /// [`Error::Input`] when the chain is empty, has no special prime, repeats a prime, or a prime does not fit the
    /// ring.
    pub fn new(chain: &ModulusChain) -> Result<Arc<Self>> {
        check(chain)?;
        let (degree, count, alpha) = (chain.degree(), chain.q.len(), chain.p.len());
        let all: Vec<u64> = chain.q.iter().chain(&chain.p).copied().collect();
        let primes = all.par_iter().map(|&value| Prime::new(value, degree)).collect::<Result<Vec<_>>>()?;
        let special: Vec<usize> = (count..count + alpha).collect();
        let starts: Vec<usize> = (0..count).step_by(alpha).collect();
        let digit = |&start: &usize| {
            let ends = start + 1..=(start + alpha).min(count);
            ends.map(|end| Conversion::new(&primes, &(start..end).collect::<Vec<_>>(), all.len())).collect()
        };
        let top_and_special = |level: usize| [&[level], special.as_slice()].concat();
        let modulus = |product: &mut Integer, &q: &u64| {
            *product *= q;
            Some(product.clone())
        };
        Ok(Arc::new(Self {
            special_product: primes.iter().take(count).map(|q| q.product(chain.p.iter().copied())).collect(),
            moduli: chain.q.iter().scan(Integer::from(1), modulus).collect(),
            digits: starts.par_iter().map(digit).collect(),
            by_special: Division::new(&primes, &special, count),
            by_top: (1..count).map(|level| Division::new(&primes, &[level], level)).collect(),
            by_top_and_special: (1..count)
                .into_par_iter()
                .map(|level| Division::new(&primes, &top_and_special(level), level))
                .collect(),
            order: Order::new(&primes, degree)?,
            embedding: Embedding::new(degree / 2),
            chain: Arc::new(chain.clone()),
            primes,
        }))
    }

    /// The modulus chain.
    pub fn chain(&self) -> &ModulusChain {
        &self.chain
    }

    /// The highest level, L: that of a fresh ciphertext which is to last longest.
    pub fn top_level(&self) -> usize {
        self.chain.levels()
    }

    /// Number of slots, N/2.
    pub fn slots(&self) -> usize {
        self.chain.slots()
    }

    /// Number of coefficients, N.
    pub fn degree(&self) -> usize {
        self.chain.degree()
    }

    /// q_0·…·q_l.
    ///
    /// # Errors
    /// [`Error::Input`] when there is no such level.
    pub fn modulus(&self, level: usize) -> Result<&Integer> {
        self.moduli.get(level).ok_or_else(|| {
            Error::input(format!("level {level} does not exist: the modulus chain ends at level {}", self.top_level()))
        })
    }

    /// Bytes of the tables: the transforms, 64·N for each prime, and what is small beside them.
    pub fn bytes(&self) -> usize {
        let transforms = self.primes.len() * Prime::bytes(self.degree());
        let divisions = self.by_top.iter().chain(&self.by_top_and_special).chain([&self.by_special]);
        let constants: usize =
            divisions.map(Division::bytes).chain(self.digits.iter().flatten().map(Conversion::bytes)).sum();
        transforms + constants + self.order.bytes() + self.embedding.bytes()
    }

    pub(super) fn shared_chain(&self) -> &Arc<ModulusChain> {
        &self.chain
    }

    /// Refuses what was made for another modulus chain.
    pub(super) fn check_chain(&self, what: &str, chain: &Arc<ModulusChain>) -> Result<()> {
        if Arc::ptr_eq(chain, &self.chain) || **chain == *self.chain {
            return Ok(());
        }
        Err(Error::input(format!("{what} belongs to another modulus chain: use the context that it was made with")))
    }

    pub(super) fn all_primes(&self) -> &[Prime] {
        &self.primes
    }

    /// The primes of a level.
    pub(super) fn primes(&self, level: usize) -> Vec<&Prime> {
        self.primes.iter().take(level + 1).collect()
    }

    /// The primes of a level, then the special primes.
    pub(super) fn primes_and_special(&self, level: usize) -> Vec<&Prime> {
        self.primes.iter().take(level + 1).chain(self.primes.iter().skip(self.chain.q.len())).collect()
    }

    /// Number of special primes, and of primes in a digit.
    pub(super) fn alpha(&self) -> usize {
        self.chain.p.len()
    }

    /// P mod q_limb; 0 for the special primes themselves.
    pub(super) fn special_product(&self, index: usize) -> u64 {
        self.special_product.get(index).copied().unwrap_or(0)
    }

    /// For each digit of a level, its first prime, the one behind its last, and its conversion.
    pub(super) fn digits(&self, level: usize) -> impl Iterator<Item = (usize, usize, &Conversion)> {
        let alpha = self.alpha();
        self.digits.iter().take(level / alpha + 1).enumerate().map(move |(digit, conversions)| {
            let (first, last) = (digit * alpha, ((digit + 1) * alpha).min(level + 1));
            (first, last, &conversions[last - first - 1])
        })
    }

    pub(super) fn by_special(&self) -> &Division {
        &self.by_special
    }

    /// Division by q_level, and by q_level·P; there is none at level 0.
    pub(super) fn by_top(&self, level: usize) -> Result<(&Division, &Division)> {
        let index = level.checked_sub(1).ok_or_else(|| {
            Error::input("a ciphertext at level 0 cannot be rescaled: start at a higher level or use a longer chain")
        })?;
        let both = self.by_top.get(index).zip(self.by_top_and_special.get(index));
        both.ok_or_else(|| Error::internal(format!("no division for level {level}")))
    }

    pub(super) fn order(&self) -> &Order {
        &self.order
    }

    pub(super) fn embedding(&self) -> &Embedding {
        &self.embedding
    }
}

/// Refuses a chain that no ring or key switching here can use.
pub(in crate::encrypted) fn check(chain: &ModulusChain) -> Result<()> {
    if !LOG_DEGREES.contains(&chain.log_n) {
        let (low, high) = LOG_DEGREES.into_inner();
        return Err(Error::input(format!("modulus chain: log_n is {}, expected {low} to {high}", chain.log_n)));
    }
    if chain.q.is_empty() {
        return Err(Error::input("modulus chain: q is empty, expected at least the base prime q_0"));
    }
    if !(1..=MOST_SPECIAL_PRIMES).contains(&chain.p.len()) {
        let found = chain.p.len();
        return Err(Error::input(format!(
            "modulus chain: p has {found} primes, expected 1 to {MOST_SPECIAL_PRIMES} for key switching"
        )));
    }
    let mut sorted: Vec<u64> = chain.q.iter().chain(&chain.p).copied().collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair.first() == pair.last()) {
        Some(pair) => Err(Error::input(format!("modulus chain: the prime {} occurs twice", pair[0]))),
        None => Ok(()),
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("chain", &self.chain).finish_non_exhaustive()
    }
}
