//! Hybrid key switching (ePrint 2019/688): its keys, their application, and relinearisation.
//!
//! The modulus chain is cut into digits D_i of as many primes as there are special primes. The key for s' → s holds,
//! for each digit, (−a_i·s + e_i + P·g_i·s', a_i) modulo Q·P, where g_i is 1 modulo the primes of D_i and 0 modulo the
//! other q. A polynomial c is switched as Σ_i ⟨c mod D_i, key_i⟩/P, with c mod D_i centred. A key for a level serves
//! every lower level: its residues are simply left out.

use super::context::Context;
use super::keys::{SecretKey, encrypt_zero};
use super::poly::{RnsPoly, limb_at};
use super::prime::Prime;
use crate::circuit::ModulusChain;
use rand::{CryptoRng, RngCore};
use rayon::prelude::*;
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// A key that takes products with one secret to another one, at `level` and below.
pub(super) struct SwitchingKey {
    pub(super) level: usize,
    pub(super) digits: Vec<[RnsPoly; 2]>,
}

impl SwitchingKey {
    /// The key between two polynomials given modulo every prime: products with `from` become ones with `to`.
    pub(super) fn generate<R: RngCore + CryptoRng>(
        context: &Context,
        [from, to]: [&RnsPoly; 2],
        level: usize,
        rng: &mut R,
    ) -> Self {
        let primes = context.primes(level);
        let digit = |(first, last, _)| {
            let mut parts = encrypt_zero(context, to, level, rng);
            parts[0].for_each_limb(|limb, residues| {
                if (first..last).contains(&limb) {
                    let prime = primes[limb];
                    let factor = prime.factor(context.special_product(limb));
                    let terms = residues.iter_mut().zip(from.limb(limb));
                    terms.for_each(|(x, &s)| *x = prime.add(*x, prime.times(s, factor)));
                }
            });
            parts
        };
        Self { level, digits: context.digits(level).map(digit).collect() }
    }

    /// (P·start_0, P·start_1) + Σ_i ⟨c mod D_i, key_i⟩ modulo q_0 … q_l·P, for c at a level l that the key covers.
    fn apply(&self, context: &Context, c: &RnsPoly, start: [&RnsPoly; 2]) -> [RnsPoly; 2] {
        let level = c.limbs() - 1;
        raise(context, c, |limb, prime, raised, [body, mask]| {
            let special = context.special_product(limb);
            let start = start.map(|part| (limb <= level).then(|| (part.limb(limb), special)));
            let [body_keys, mask_keys] = self.limbs(limb, level);
            prime.inner_product(body, start[0], raised, &body_keys);
            prime.inner_product(mask, start[1], raised, &mask_keys);
        })
    }

    /// For a polynomial at `level`, limb number `limb` of both parts of every digit's key.
    pub(super) fn limbs(&self, limb: usize, level: usize) -> [Vec<&[u64]>; 2] {
        let limb = limb_at(limb, level, self.level);
        [0, 1].map(|part| self.digits.iter().map(|parts: &[RnsPoly; 2]| parts[part].limb(limb)).collect())
    }

    /// Bytes of the key's residues.
    pub(super) fn bytes(&self) -> usize {
        self.digits.iter().flatten().map(RnsPoly::bytes).sum()
    }
}

/// Raises the digits of c, each centred, to q_0 … q_l·P and lets `action` make one limb of two polynomials of them,
/// which start at zero: it gets the number of the limb, its prime and, for each digit, the values there.
pub(super) fn raise(
    context: &Context,
    c: &RnsPoly,
    action: impl Fn(usize, &Prime, &[&[u64]], [&mut [u64]; 2]) + Sync,
) -> [RnsPoly; 2] {
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
            action(limb, prime, &raised, [body, mask]);
        },
    );
    sums
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
        let key = SwitchingKey::generate(context, [&square, &secret.poly], level, rng);
        Self { key, chain: Arc::clone(context.shared_chain()) }
    }

    /// The product (c_0, c_1, c_2) as a ciphertext modulo q_0 … q_l·P, times P.
    pub(super) fn relinearise(&self, context: &Context, [constant, linear, square]: [RnsPoly; 3]) -> [RnsPoly; 2] {
        self.key.apply(context, &square, [&constant, &linear])
    }

    /// Bytes of the key's residues.
    pub fn bytes(&self) -> usize {
        self.key.bytes()
    }
}

impl fmt::Debug for RelinearisationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelinearisationKey").field("digits", &self.key.digits.len()).finish_non_exhaustive()
    }
}
