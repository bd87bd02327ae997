//! The secret key and the public key.

use super::ciphertext::Ciphertext;
use super::context::Context;
use super::embedding::Complex;
use super::encoding::Plaintext;
use super::poly::{RnsPoly, limb_at};
use super::prime::Prime;
use super::sampling::{Small, error, sparse, ternary};
use crate::error::{Error, Result};
use rand::{CryptoRng, RngCore};
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// A ternary secret s. It is overwritten when it is dropped, and never printed.
pub struct SecretKey {
    context: Arc<Context>,
    pub(super) coefficients: Small,
    /// s modulo every prime.
    pub(super) poly: Zeroizing<RnsPoly>,
}

impl SecretKey {
    /// Draws a secret uniform in {−1, 0, 1}^N, what the security tables are about. A key that protects anything is
    /// drawn from [`super::secure_generator`].
    pub fn generate<R: RngCore + CryptoRng>(context: &Arc<Context>, rng: &mut R) -> Self {
        Self::of(context, ternary(context.degree(), rng))
    }

    /// Draws a sparse secret: `weight` coefficients, at uniformly random places, are ±1 and the others 0, so that
    /// h = `weight`. Roundings add less noise, and attacks are faster than on a uniform ternary secret: the security
    /// tables for ternary secrets do not cover it, and plans flag it (`secret = "sparse-192"`).
    ///
    /// # Errors
    /// [`Error::Input`] for a weight of 0 or above N.
    pub fn generate_sparse<R: RngCore + CryptoRng>(context: &Arc<Context>, weight: usize, rng: &mut R) -> Result<Self> {
        let degree = context.degree();
        if !(1..=degree).contains(&weight) {
            return Err(Error::input(format!("the weight of a sparse secret is {weight}, expected 1 to {degree}")));
        }
        Ok(Self::of(context, sparse(degree, weight, rng)))
    }

    pub(super) fn of(context: &Arc<Context>, coefficients: Small) -> Self {
        let primes: Vec<&Prime> = context.all_primes().iter().collect();
        let poly = Zeroizing::new(RnsPoly::from_small(&coefficients, &primes));
        Self { context: Arc::clone(context), coefficients, poly }
    }

    /// h = ‖s‖², the number of nonzero coefficients, which the noise formulas need.
    pub fn hamming_weight(&self) -> usize {
        self.coefficients.iter().filter(|&&c| c != 0).count()
    }

    /// |s(ζ_j)|² in every slot, which the size of the noise there follows. It is as secret as the key.
    pub fn slot_sizes(&self) -> Zeroizing<Vec<f64>> {
        let (low, high) = self.coefficients.split_at(self.context.slots());
        let pair = |(&re, &im): (&i8, &i8)| Complex { re: f64::from(re), im: f64::from(im) };
        let mut slots: Vec<Complex<f64>> = low.iter().zip(high).map(pair).collect();
        self.context.embedding().in_doubles().to_slots(&mut slots);
        let sizes = slots.iter().map(|z| z.re * z.re + z.im * z.im).collect();
        slots.fill(Complex::default());
        Zeroizing::new(sizes)
    }

    /// Bytes of the key: its coefficients, and their residues modulo every prime.
    pub fn bytes(&self) -> usize {
        size_of_val(self.coefficients.as_slice()) + self.poly.bytes()
    }

    /// Opens a ciphertext at its level: c_0 + c_1·s. What comes out contains the noise, which depends on the secret.
    ///
    /// # Errors
    /// [`Error::Input`] for a ciphertext of another modulus chain.
    pub fn decrypt(&self, ciphertext: &Ciphertext) -> Result<Plaintext> {
        self.context.check_chain("the ciphertext", &ciphertext.chain)?;
        let primes = self.context.primes(ciphertext.level);
        let [constant, linear] = &ciphertext.parts;
        let mut poly = constant.clone();
        poly.for_each_limb(|limb, residues| {
            let prime = primes[limb];
            let terms = linear.limb(limb).iter().zip(self.poly.limb(limb));
            residues.iter_mut().zip(terms).for_each(|(x, (&c, &s))| *x = prime.add(*x, prime.multiply(c, s)));
        });
        let (level, scale) = (ciphertext.level, ciphertext.scale.clone());
        Ok(Plaintext { poly, level, scale, chain: Arc::clone(&ciphertext.chain) })
    }

    pub(super) fn context(&self) -> &Arc<Context> {
        &self.context
    }
}

/// An encryption of zero, (−a·s + e, a), modulo q_0 … q_level and the special primes, under `secret`, which is given
/// modulo every prime.
pub(super) fn encrypt_zero<R: RngCore + CryptoRng>(
    context: &Context,
    secret: &RnsPoly,
    level: usize,
    rng: &mut R,
) -> [RnsPoly; 2] {
    let primes = context.primes_and_special(level);
    let mask = RnsPoly::uniform(context.degree(), &primes, rng);
    let mut body = RnsPoly::from_small(&error(context.degree(), rng), &primes);
    body.for_each_limb(|limb, residues| {
        let prime = primes[limb];
        let secret = secret.limb(limb_at(limb, level, context.top_level()));
        let terms = mask.limb(limb).iter().zip(secret);
        residues.iter_mut().zip(terms).for_each(|(x, (&a, &s))| *x = prime.subtract(*x, prime.multiply(a, s)));
    });
    [body, mask]
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").finish_non_exhaustive()
    }
}

/// An encryption of zero modulo Q·P, with which anyone can encrypt.
pub struct PublicKey {
    pub(super) context: Arc<Context>,
    pub(super) parts: [RnsPoly; 2],
}

impl PublicKey {
    /// Draws a public key of `secret`.
    pub fn generate<R: RngCore + CryptoRng>(secret: &SecretKey, rng: &mut R) -> Self {
        let context = Arc::clone(secret.context());
        Self { parts: encrypt_zero(&context, &secret.poly, context.top_level(), rng), context }
    }

    /// Bytes of the key's residues.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(RnsPoly::bytes).sum()
    }

    /// Encrypts at the plaintext's level.
    ///
    /// (b·u + e_0, a·u + e_1) is made modulo q_0 … q_l·P and divided by P with rounding, then the plaintext is added:
    /// the noise that is left is that of the rounding, of variance (h + 1)/12.
    ///
    /// # Errors
    /// [`Error::Input`] for a plaintext of another modulus chain.
    pub fn encrypt<R: RngCore + CryptoRng>(&self, plaintext: &Plaintext, rng: &mut R) -> Result<Ciphertext> {
        let context = &self.context;
        context.check_chain("the plaintext", &plaintext.chain)?;
        let (level, degree) = (plaintext.level, context.degree());
        let primes = context.primes_and_special(level);
        let ephemeral = Zeroizing::new(RnsPoly::from_small(&ternary(degree, rng), &primes));
        let mut part = |key: &RnsPoly| {
            let mut part = RnsPoly::from_small(&error(degree, rng), &primes);
            part.for_each_limb(|limb, residues| {
                let prime = primes[limb];
                let key = key.limb(limb_at(limb, level, context.top_level()));
                let terms = key.iter().zip(ephemeral.limb(limb));
                residues.iter_mut().zip(terms).for_each(|(x, (&k, &u))| *x = prime.add(*x, prime.multiply(k, u)));
            });
            context.by_special().divide(context.all_primes(), &mut part);
            part
        };
        let [body, mask] = &self.parts;
        let mut parts = [part(body), part(mask)];
        parts[0].zip(&plaintext.poly, &primes, Prime::add);
        Ok(Ciphertext { parts, level, scale: plaintext.scale.clone(), chain: Arc::clone(context.shared_chain()) })
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::ModulusChain;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;
    use zeroize::{Zeroize, ZeroizeOnDrop};

    /// Takes only what is overwritten when it is dropped.
    fn wiped(_: &impl ZeroizeOnDrop) {}

    #[test]
    fn what_is_secret_is_wiped_when_it_is_dropped() {
        let context = Context::new(&ModulusChain::generate(4, &[54, 50], &[54]).unwrap()).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let secret = SecretKey::generate(&context, &mut rng);
        wiped(&secret.coefficients);
        wiped(&secret.poly);
        wiped(&ternary(16, &mut rng));
        wiped(&sparse(16, 3, &mut rng));
        wiped(&error(16, &mut rng));
        let mut copy = secret.poly.prefix(2);
        copy.zeroize();
        assert_eq!(copy.limbs(), 0);
    }
}
