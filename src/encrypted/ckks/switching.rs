//! Hybrid key switching (ePrint 2019/688): relinearisation and rotation keys, and their application.
//!
//! The modulus chain is cut into digits D_i of as many primes as there are special primes. The key for s' → s holds,
//! for each digit, (−a_i·s + e_i + P·g_i·s', a_i) modulo Q·P, where g_i is 1 modulo the primes of D_i and 0 modulo the
//! other q. A polynomial c is switched as Σ_i ⟨c mod D_i, key_i⟩/P, with c mod D_i centred. A key for a level serves
//! every lower level: its residues are simply left out.

use super::context::Context;
use super::keys::SecretKey;
use super::poly::{RnsPoly, limb_at};
use crate::circuit::ModulusChain;
use crate::error::{Error, Result};
use rand::{CryptoRng, RngCore};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// A key that takes products with s' to the secret s, at `level` and below.
pub(super) struct SwitchingKey {
    level: usize,
    digits: Vec<[RnsPoly; 2]>,
}

impl SwitchingKey {
    /// The key from `source`, given modulo q_0 … q_level, to `secret`.
    fn generate<R: RngCore + CryptoRng>(source: &RnsPoly, secret: &SecretKey, level: usize, rng: &mut R) -> Self {
        let context = secret.context();
        let primes = context.primes(level);
        let digit = |(first, last, _)| {
            let mut parts = secret.encrypt_zero(level, rng);
            parts[0].for_each_limb(|limb, residues| {
                if (first..last).contains(&limb) {
                    let prime = primes[limb];
                    let factor = prime.factor(context.special_product(limb));
                    let terms = residues.iter_mut().zip(source.limb(limb));
                    terms.for_each(|(x, &s)| *x = prime.add(*x, prime.times(s, factor)));
                }
            });
            parts
        };
        Self { level, digits: context.digits(level).map(digit).collect() }
    }

    /// (P·start_0, P·start_1) + Σ_i ⟨c mod D_i, key_i⟩ modulo q_0 … q_l·P, for c at a level l that the key covers.
    pub(super) fn apply(&self, context: &Context, c: &RnsPoly, start: [Option<&RnsPoly>; 2]) -> [RnsPoly; 2] {
        let (degree, level) = (c.degree(), c.limbs() - 1);
        let primes = context.primes_and_special(level);
        let digits: Vec<_> = context.digits(level).collect();
        let rows: Vec<Vec<u64>> = digits
            .par_iter()
            .map(|&(first, last, conversion)| conversion.rows(context.all_primes(), c.span(first, last), degree))
            .collect();
        let mut sums = [RnsPoly::zero(degree, primes.len()), RnsPoly::zero(degree, primes.len())];
        let [body, mask] = &mut sums;
        let pairs = body.split_mut(0).1.par_chunks_mut(degree).zip(mask.split_mut(0).1.par_chunks_mut(degree));
        pairs.enumerate().for_each_init(
            || vec![0; degree * digits.len()],
            |scratch, (limb, (body, mask))| {
                let (prime, target) = (primes[limb], limb_at(limb, level, context.top_level()));
                let buffers = scratch.chunks_exact_mut(degree).zip(&digits).zip(&rows);
                let raised: Vec<&[u64]> = buffers
                    .map(|((buffer, &(first, last, conversion)), rows)| {
                        if (first..last).contains(&limb) {
                            // The digit's own residues need no conversion.
                            return c.limb(limb);
                        }
                        conversion.limb(prime, target, rows, buffer);
                        &*buffer
                    })
                    .collect();
                let start = start.map(|part| {
                    part.filter(|_| limb <= level).map(|part| (part.limb(limb), context.special_product(limb)))
                });
                let key = limb_at(limb, level, self.level);
                prime.inner_product(body, start[0], &raised, &self.limbs(0, key));
                prime.inner_product(mask, start[1], &raised, &self.limbs(1, key));
            },
        );
        sums
    }

    /// Limb number `limb` of one part of every digit's key.
    fn limbs(&self, part: usize, limb: usize) -> Vec<&[u64]> {
        self.digits.iter().map(|parts| parts[part].limb(limb)).collect()
    }
}

/// The key from s² to s, which makes a product of two ciphertexts a ciphertext again.
pub struct RelinearisationKey {
    pub(super) key: SwitchingKey,
    pub(super) chain: Arc<ModulusChain>,
}

impl RelinearisationKey {
    /// Draws the relinearisation key of `secret`, for every level.
    pub fn generate<R: RngCore + CryptoRng>(secret: &SecretKey, rng: &mut R) -> Self {
        let context = secret.context();
        let level = context.top_level();
        let mut square = Zeroizing::new(secret.poly.prefix(level + 1));
        square.zip(&secret.poly, &context.primes(level), |prime, x, y| prime.multiply(x, y));
        let key = SwitchingKey::generate(&square, secret, level, rng);
        Self { key, chain: Arc::clone(context.shared_chain()) }
    }
}

impl fmt::Debug for RelinearisationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelinearisationKey").field("digits", &self.key.digits.len()).finish_non_exhaustive()
    }
}

/// Keys for rotating the slots by given numbers of steps.
pub struct GaloisKeys {
    keys: BTreeMap<usize, SwitchingKey>,
    level: usize,
    pub(super) chain: Arc<ModulusChain>,
}

impl GaloisKeys {
    /// Draws keys for rotations by `steps` (to the left; negative: to the right) at `level` and below: a lower level
    /// makes them smaller.
    ///
    /// # Errors
    /// [`Error::Input`] when there is no such level.
    pub fn generate<R: RngCore + CryptoRng>(
        secret: &SecretKey,
        steps: &[i64],
        level: usize,
        rng: &mut R,
    ) -> Result<Self> {
        let context = secret.context();
        context.modulus(level)?;
        let mut keys = BTreeMap::new();
        for &step in steps {
            let step = normalise(step, context.slots());
            if step != 0 && !keys.contains_key(&step) {
                let permutation = context.order().permutation(galois_element(step, context.degree()));
                let image = Zeroizing::new(secret.poly.prefix(level + 1).permuted(&permutation));
                keys.insert(step, SwitchingKey::generate(&image, secret, level, rng));
            }
        }
        Ok(Self { keys, level, chain: Arc::clone(context.shared_chain()) })
    }

    /// The key for `step` slots (already normalised) at `level`.
    pub(super) fn key(&self, step: usize, level: usize) -> Result<&SwitchingKey> {
        let key = self.keys.get(&step).ok_or_else(|| {
            let known: Vec<String> = self.keys.keys().map(usize::to_string).collect();
            Error::input(format!(
                "there is no key for a rotation by {step} slots, only for [{}]: generate one for it",
                known.join(", ")
            ))
        })?;
        if level > self.level {
            return Err(Error::input(format!(
                "the rotation keys are for level {} and below, the ciphertext is at level {level}",
                self.level
            )));
        }
        Ok(key)
    }
}

impl fmt::Debug for GaloisKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GaloisKeys")
            .field("steps", &self.keys.keys())
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

/// A number of steps as one to the left, below the number of slots.
pub(super) fn normalise(steps: i64, slots: usize) -> usize {
    steps.rem_euclid(slots as i64) as usize
}

/// 5^steps mod 2N.
pub(super) fn galois_element(steps: usize, degree: usize) -> usize {
    (0..steps).fold(1, |power, _| power * 5 % (2 * degree))
}
