//! A polynomial as its residues, one *limb* a prime, in the NTT domain.

use super::prime::Prime;
use super::sampling::Small;
use rand::{CryptoRng, RngCore};
use rayon::prelude::*;
use zeroize::Zeroize;

/// Residues modulo q_0 … q_l, and behind them modulo the special primes where there are any.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct RnsPoly {
    degree: usize,
    residues: Vec<u64>,
}

impl RnsPoly {
    /// The zero polynomial.
    pub(super) fn zero(degree: usize, limbs: usize) -> Self {
        Self { degree, residues: vec![0; degree * limbs] }
    }

    /// A polynomial of small coefficients modulo `primes`, in the NTT domain.
    pub(super) fn from_small(small: &Small, primes: &[&Prime]) -> Self {
        Self::from_signed(small.len(), primes, |prime, i| {
            let x = i64::from(small[i]);
            if x < 0 { prime.value() - x.unsigned_abs() } else { x.unsigned_abs() }
        })
    }

    /// A polynomial whose coefficient i modulo a prime is `residue(prime, i)`, in the NTT domain.
    pub(super) fn from_signed(degree: usize, primes: &[&Prime], residue: impl Fn(&Prime, usize) -> u64 + Sync) -> Self {
        let mut poly = Self::zero(degree, primes.len());
        poly.for_each_limb(|limb, residues| {
            residues.iter_mut().enumerate().for_each(|(i, x)| *x = residue(primes[limb], i));
            primes[limb].forward(residues);
        });
        poly
    }

    /// Residues uniform modulo `primes`.
    pub(super) fn uniform<R: RngCore + CryptoRng>(degree: usize, primes: &[&Prime], rng: &mut R) -> Self {
        // At its final size: growing leaves up to as much again unused.
        let mut residues = Vec::with_capacity(degree * primes.len());
        primes.iter().for_each(|prime| residues.extend(prime.modulus().random_vec(degree, rng)));
        Self { degree, residues }
    }

    /// Number of coefficients.
    pub(super) fn degree(&self) -> usize {
        self.degree
    }

    /// Number of primes.
    pub(super) fn limbs(&self) -> usize {
        self.residues.len() / self.degree
    }

    /// Bytes of the residues.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.residues.as_slice())
    }

    /// The residues modulo prime number `limb`.
    pub(super) fn limb(&self, limb: usize) -> &[u64] {
        &self.residues[limb * self.degree..(limb + 1) * self.degree]
    }

    /// The residues of the limbs `first` to `last`, excluding `last`.
    pub(super) fn span(&self, first: usize, last: usize) -> &[u64] {
        &self.residues[first * self.degree..last * self.degree]
    }

    /// All residues, split before limb number `limb`.
    pub(super) fn split_mut(&mut self, limb: usize) -> (&mut [u64], &mut [u64]) {
        self.residues.split_at_mut(limb * self.degree)
    }

    /// Forgets all but the first `limbs` limbs, and gives their memory back: exact reduction to a smaller modulus.
    pub(super) fn truncate(&mut self, limbs: usize) {
        self.residues.truncate(limbs * self.degree);
        self.residues.shrink_to_fit();
    }

    /// A copy of the first `limbs` limbs.
    pub(super) fn prefix(&self, limbs: usize) -> Self {
        Self { degree: self.degree, residues: self.span(0, limbs).to_vec() }
    }

    /// Runs `action` on every limb, in parallel.
    pub(super) fn for_each_limb(&mut self, action: impl Fn(usize, &mut [u64]) + Sync) {
        self.residues.par_chunks_mut(self.degree).enumerate().for_each(|(limb, residues)| action(limb, residues));
    }

    /// self\[i\] = action(prime, self\[i\], other\[i\]) for every residue.
    pub(super) fn zip(&mut self, other: &Self, primes: &[&Prime], action: impl Fn(&Prime, u64, u64) -> u64 + Sync) {
        self.for_each_limb(|limb, residues| {
            let prime = primes[limb];
            residues.iter_mut().zip(other.limb(limb)).for_each(|(x, &y)| *x = action(prime, *x, y));
        });
    }

    /// self\[i\] = action(prime, self\[i\]) for every residue.
    pub(super) fn map(&mut self, primes: &[&Prime], action: impl Fn(&Prime, u64) -> u64 + Sync) {
        self.for_each_limb(|limb, residues| {
            let prime = primes[limb];
            residues.iter_mut().for_each(|x| *x = action(prime, *x));
        });
    }

    /// The image under a permutation of the NTT's outputs (see [`super::order::Order::permutation`]).
    pub(super) fn permuted(&self, permutation: &[usize]) -> Self {
        let mut image = Self::zero(self.degree, self.limbs());
        image.for_each_limb(|limb, residues| {
            let source = self.limb(limb);
            residues.iter_mut().zip(permutation).for_each(|(x, &j)| *x = source[j]);
        });
        image
    }
}

/// Where limb number `limb` of a polynomial modulo q_0 … q_level and the special primes is found in one modulo
/// q_0 … q_higher and the special primes.
pub(super) fn limb_at(limb: usize, level: usize, higher: usize) -> usize {
    if limb <= level { limb } else { limb + higher - level }
}

impl Zeroize for RnsPoly {
    fn zeroize(&mut self) {
        self.residues.zeroize();
    }
}
