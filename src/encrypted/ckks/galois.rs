//! Rotations of the slots and conjugation: their keys, and sums of rotations that share one raising of the digits.
//!
//! X ↦ X^g with g = 5^k moves slot i + k to slot i, and g = 2N − 1 conjugates every slot. The image of (c_0, c_1) opens
//! with the image of s, so that c_1 has to be switched. The digits of c_1 do not depend on g: they are raised once,
//! multiplied by the key of each g, and only the products are permuted (*hoisting*, Halevi and Shoup, ePrint 2018/244).
//! The permuted products are summed modulo Q·P, and the sum is divided by P once (*double hoisting*, ePrint 2020/1203).
//!
//! A key is kept as the preimage of what the definition asks for, (−a·s' + e + P·g_i·s, a) with s' the preimage of s:
//! the two products are then permuted in place of all the digits.

use super::ciphertext::Ciphertext;
use super::context::Context;
use super::evaluator::Evaluator;
use super::keys::SecretKey;
use super::order::Order;
use super::poly::RnsPoly;
use super::prime::Prime;
use super::switching::{SwitchingKey, raise};
use crate::circuit::ModulusChain;
use crate::error::{Error, Result};
use rand::{CryptoRng, RngCore};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The key for one substitution X ↦ X^g.
pub(super) struct GaloisKey {
    /// Output j of the original is output `targets[j]` of the image.
    targets: Vec<u32>,
    pub(super) key: SwitchingKey,
}

impl GaloisKey {
    /// For the substitution whose inverse is X ↦ X^inverse.
    fn generate<R: RngCore + CryptoRng>(secret: &SecretKey, inverse: usize, level: usize, rng: &mut R) -> Self {
        let order = secret.context().order();
        let preimage = Zeroizing::new(secret.poly.permuted(&order.permutation(inverse)));
        let key = SwitchingKey::generate(secret.context(), [&secret.poly, &preimage], level, rng);
        Self::new(order, inverse, key)
    }

    pub(super) fn new(order: &Order, inverse: usize, key: SwitchingKey) -> Self {
        Self { targets: order.permutation(inverse).into_iter().map(|target| target as u32).collect(), key }
    }

    fn bytes(&self) -> usize {
        size_of_val(self.targets.as_slice()) + self.key.bytes()
    }
}

/// Keys for rotating the slots by given numbers of steps and, where it was asked for, for conjugating them.
pub struct GaloisKeys {
    pub(super) rotations: BTreeMap<usize, GaloisKey>,
    pub(super) conjugation: Option<GaloisKey>,
    pub(super) level: usize,
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
        let mut rotations = BTreeMap::new();
        for &step in steps {
            let step = normalise(step, context.slots());
            if step != 0 && !rotations.contains_key(&step) {
                let inverse = inverse_rotation(step, context);
                rotations.insert(step, GaloisKey::generate(secret, inverse, level, rng));
            }
        }
        Ok(Self { rotations, conjugation: None, level, chain: Arc::clone(context.shared_chain()) })
    }

    /// Draws the key for conjugation too, at the same level.
    ///
    /// # Errors
    /// [`Error::Input`] for a secret of another modulus chain.
    pub fn add_conjugation<R: RngCore + CryptoRng>(&mut self, secret: &SecretKey, rng: &mut R) -> Result<()> {
        let context = secret.context();
        context.check_chain("the rotation key", &self.chain)?;
        self.conjugation = Some(GaloisKey::generate(secret, inverse_conjugation(context), self.level, rng));
        Ok(())
    }

    /// Bytes of the keys' tables.
    pub fn bytes(&self) -> usize {
        self.rotations.values().chain(&self.conjugation).map(GaloisKey::bytes).sum()
    }

    /// The key for a rotation by `step` slots (already normalised) at `level`.
    fn rotation(&self, step: usize, level: usize) -> Result<&GaloisKey> {
        let key = self.rotations.get(&step).ok_or_else(|| {
            let known: Vec<String> = self.rotations.keys().map(usize::to_string).collect();
            Error::input(format!(
                "there is no key for a rotation by {step} slots, only for [{}]: generate one for it",
                known.join(", ")
            ))
        })?;
        self.check_level(level)?;
        Ok(key)
    }

    fn check_level(&self, level: usize) -> Result<()> {
        if level <= self.level {
            return Ok(());
        }
        Err(Error::input(format!(
            "the rotation keys are for level {} and below, the ciphertext is at level {level}",
            self.level
        )))
    }
}

impl fmt::Debug for GaloisKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GaloisKeys")
            .field("steps", &self.rotations.keys())
            .field("conjugation", &self.conjugation.is_some())
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

impl Evaluator {
    /// Rotates the slots to the left: slot i + steps moves to slot i.
    ///
    /// # Errors
    /// [`Error::Input`] when `keys` has no key for these steps at this level, or for another modulus chain.
    pub fn rotate(&self, a: &Ciphertext, steps: i64, keys: &GaloisKeys) -> Result<Ciphertext> {
        self.check_rotation(a, keys)?;
        match normalise(steps, self.context().slots()) {
            0 => Ok(a.clone()),
            step => Ok(self.substituted_sum(a, 0, &[keys.rotation(step, a.level)?])),
        }
    }

    /// a + Σ_s rotate(a, s) over `steps`, a step as often as it is listed.
    ///
    /// The digits of a are raised once and the sum is divided by P once, so that a further step costs little more than
    /// its products with the key. The noise is one rounding, of variance (h + 1)/12, and (N σ²/12)·Σ_digits (Q_i/P)²
    /// for each step; a step that is listed k times adds k² times as much, because its noise is the same each time.
    ///
    /// # Errors
    /// As [`Evaluator::rotate`].
    pub fn rotate_sum(&self, a: &Ciphertext, steps: &[i64], keys: &GaloisKeys) -> Result<Ciphertext> {
        self.check_rotation(a, keys)?;
        let mut copies = 1;
        let mut rotations = Vec::with_capacity(steps.len());
        for &steps in steps {
            match normalise(steps, self.context().slots()) {
                0 => copies += 1,
                step => rotations.push(keys.rotation(step, a.level)?),
            }
        }
        Ok(self.substituted_sum(a, copies, &rotations))
    }

    /// Conjugates every slot, by X ↦ X^(2N−1). Real slots stay as they are.
    ///
    /// # Errors
    /// [`Error::Input`] when `keys` has no key for it at this level, or for another modulus chain.
    pub fn conjugate(&self, a: &Ciphertext, keys: &GaloisKeys) -> Result<Ciphertext> {
        self.check_rotation(a, keys)?;
        let key = keys.conjugation.as_ref().ok_or_else(|| {
            Error::input("there is no key for conjugation: ask for one with GaloisKeys::add_conjugation")
        })?;
        keys.check_level(a.level)?;
        Ok(self.substituted_sum(a, 0, &[key]))
    }

    fn check_rotation(&self, a: &Ciphertext, keys: &GaloisKeys) -> Result<()> {
        self.check(a)?;
        self.context().check_chain("the rotation key", &keys.chain)
    }

    /// copies·a + Σ of the images of a under `substitutions`.
    fn substituted_sum(&self, a: &Ciphertext, copies: u64, substitutions: &[&GaloisKey]) -> Ciphertext {
        let context = self.context();
        let [constant, linear] = &a.parts;
        let mut parts = raise(context, linear, |limb, prime, raised, [body, mask]| {
            // P·c_0 where there is one: the special primes divide it.
            let special = (limb <= a.level).then(|| context.special_product(limb));
            let start = special.map(|special| (constant.limb(limb), special));
            if let Some(special) = special {
                let factor = prime.factor(prime.multiply(special, copies));
                let scaled = |out: &mut [u64], part: &RnsPoly| {
                    out.iter_mut().zip(part.limb(limb)).for_each(|(x, &c)| *x = prime.times(c, factor));
                };
                scaled(body, constant);
                scaled(mask, linear);
            }
            for substitution in substitutions {
                let [body_keys, mask_keys] = substitution.key.limbs(limb, a.level);
                add_permuted(prime, body, start, raised, &body_keys, &substitution.targets);
                add_permuted(prime, mask, None, raised, &mask_keys, &substitution.targets);
            }
        });
        parts.iter_mut().for_each(|part| context.by_special().divide(context.all_primes(), part));
        Ciphertext { parts, level: a.level, scale: a.scale.clone(), chain: Arc::clone(&a.chain) }
    }
}

/// Adds value n of start + Σ rows·keys to `out` at `targets[n]`.
fn add_permuted(
    prime: &Prime,
    out: &mut [u64],
    start: Option<(&[u64], u64)>,
    rows: &[&[u64]],
    keys: &[&[u64]],
    targets: &[u32],
) {
    prime.inner_product_blocks(out.len(), start, rows, keys, |first, sums| {
        for (&target, &sum) in targets[first..].iter().zip(sums) {
            let place = &mut out[target as usize];
            *place = prime.add(*place, prime.reduce(sum));
        }
    });
}

/// A number of steps as one to the left, below the number of slots.
fn normalise(steps: i64, slots: usize) -> usize {
    steps.rem_euclid(slots as i64) as usize
}

/// The exponent that undoes a rotation by `step` slots, 1 to N/2 − 1: 5^(N/2 − step) mod 2N.
pub(super) fn inverse_rotation(step: usize, context: &Context) -> usize {
    (step..context.slots()).fold(1, |power, _| power * 5 % (2 * context.degree()))
}

/// Conjugation undoes itself.
pub(super) fn inverse_conjugation(context: &Context) -> usize {
    2 * context.degree() - 1
}
