//! One prime of the chain: its arithmetic, its NTT, and the inner loops that run on one residue polynomial.

use crate::error::{Error, Result};
use fhe_math::ntt::NttOperator;
use fhe_math::zq::Modulus;

/// How many products of two residues a 128-bit accumulator holds: residues have at most 62 bits.
pub(super) const LAZY_TERMS: usize = 16;
/// Coefficients that the inner loops accumulate at a time.
const BLOCK: usize = 64;

/// A constant prepared for Shoup's modular product.
#[derive(Debug, Clone, Copy)]
pub(super) struct Factor {
    value: u64,
    shoup: u64,
}

/// A prime with what its arithmetic and its transform need.
pub(super) struct Prime {
    value: u64,
    modulus: Modulus,
    ntt: NttOperator,
    /// ⌊2^64/p⌋.
    ratio: u64,
    /// 2^64 mod p.
    wrap: Factor,
}

impl Prime {
    /// The prime `value` for polynomials of degree `degree`.
    pub(super) fn new(value: u64, degree: usize) -> Result<Self> {
        let unfit = || {
            let order = 2 * degree;
            Error::input(format!(
                "modulus chain: {value} is not a prime below 2^62 that is 1 mod {order}; generate the chain for this ring"
            ))
        };
        let modulus = Modulus::new(value).map_err(|_| unfit())?;
        let ntt = NttOperator::new(&modulus, degree).ok_or_else(unfit)?;
        let ratio = ((1u128 << 64) / u128::from(value)) as u64;
        let wrap = ((1u128 << 64) % u128::from(value)) as u64;
        let wrap = Factor { value: wrap, shoup: modulus.shoup(wrap) };
        Ok(Self { value, modulus, ntt, ratio, wrap })
    }

    /// The prime itself.
    pub(super) fn value(&self) -> u64 {
        self.value
    }

    /// The arithmetic on whole vectors.
    pub(super) fn modulus(&self) -> &Modulus {
        &self.modulus
    }

    /// Bytes of the tables of the transform: fhe-math keeps four of N words, and tfhe-ntt below it four more.
    pub(super) fn bytes(degree: usize) -> usize {
        8 * degree * size_of::<u64>()
    }

    /// Coefficients to the NTT domain, in place.
    pub(super) fn forward(&self, limb: &mut [u64]) {
        self.ntt.forward(limb);
    }

    /// The NTT domain to coefficients, in place.
    pub(super) fn backward(&self, limb: &mut [u64]) {
        self.ntt.backward(limb);
    }

    /// `value` mod p, prepared for [`Prime::times`].
    pub(super) fn factor(&self, value: u64) -> Factor {
        let value = self.reduce(u128::from(value));
        Factor { value, shoup: self.modulus.shoup(value) }
    }

    /// The inverse of a nonzero residue, by Fermat.
    pub(super) fn inverse(&self, value: u64) -> u64 {
        self.modulus.pow(value, self.value - 2)
    }

    /// The product of `values` mod p.
    pub(super) fn product(&self, values: impl Iterator<Item = u64>) -> u64 {
        values.fold(1, |product, value| self.multiply(product, self.reduce(u128::from(value))))
    }

    /// x < 2p to x mod p.
    #[inline]
    fn once(&self, x: u64) -> u64 {
        x.min(x.wrapping_sub(self.value))
    }

    /// x mod p for any x: the upper word by Shoup's product with 2^64 mod p, the lower by Barrett.
    #[inline]
    pub(super) fn reduce(&self, x: u128) -> u64 {
        let (high, low) = ((x >> 64) as u64, x as u64);
        let quotient = ((u128::from(low) * u128::from(self.ratio)) >> 64) as u64;
        // Each part lies below 2p, and 4p below 2^64.
        let sum = low.wrapping_sub(quotient.wrapping_mul(self.value)) + self.lazy_times(high, self.wrap);
        self.once(sum.min(sum.wrapping_sub(2 * self.value)))
    }

    /// A signed number mod p.
    #[inline]
    pub(super) fn reduce_signed(&self, x: i128) -> u64 {
        let magnitude = self.reduce(x.unsigned_abs());
        if x < 0 { self.negate(magnitude) } else { magnitude }
    }

    #[inline]
    pub(super) fn multiply(&self, a: u64, b: u64) -> u64 {
        self.reduce(u128::from(a) * u128::from(b))
    }

    #[inline]
    pub(super) fn add(&self, a: u64, b: u64) -> u64 {
        self.once(a + b)
    }

    #[inline]
    pub(super) fn subtract(&self, a: u64, b: u64) -> u64 {
        self.once(a + self.value - b)
    }

    #[inline]
    pub(super) fn negate(&self, a: u64) -> u64 {
        self.once(self.value - a)
    }

    /// a·factor mod p, for any 64-bit a.
    #[inline]
    pub(super) fn times(&self, a: u64, factor: Factor) -> u64 {
        self.once(self.lazy_times(a, factor))
    }

    /// a·factor mod p, below 2p.
    #[inline]
    fn lazy_times(&self, a: u64, factor: Factor) -> u64 {
        let quotient = ((u128::from(a) * u128::from(factor.shoup)) >> 64) as u64;
        a.wrapping_mul(factor.value).wrapping_sub(quotient.wrapping_mul(self.value))
    }

    /// out = Σ_r rows\[r\]·constants\[r\] mod p; at most [`LAZY_TERMS`] rows.
    pub(super) fn combine(&self, out: &mut [u64], rows: &[&[u64]], constants: &[u64]) {
        debug_assert!(rows.len() <= LAZY_TERMS);
        for (block, out) in out.chunks_mut(BLOCK).enumerate() {
            let span = block * BLOCK..block * BLOCK + out.len();
            let mut sums = [0u128; BLOCK];
            for (row, &constant) in rows.iter().zip(constants) {
                for (sum, &x) in sums.iter_mut().zip(&row[span.clone()]) {
                    *sum += u128::from(x) * u128::from(constant);
                }
            }
            for (x, &sum) in out.iter_mut().zip(&sums) {
                *x = self.reduce(sum);
            }
        }
    }

    /// out = start·factor + Σ_r rows\[r\]·keys\[r\] mod p.
    pub(super) fn inner_product(
        &self,
        out: &mut [u64],
        start: Option<(&[u64], u64)>,
        rows: &[&[u64]],
        keys: &[&[u64]],
    ) {
        self.inner_product_blocks(out.len(), start, rows, keys, |first, sums| {
            out[first..].iter_mut().zip(sums).for_each(|(x, &sum)| *x = self.reduce(sum));
        });
    }

    /// start·factor + Σ_r rows\[r\]·keys\[r\], not yet reduced, given to `take` in blocks, each with the index of its
    /// first value.
    #[inline]
    pub(super) fn inner_product_blocks(
        &self,
        degree: usize,
        start: Option<(&[u64], u64)>,
        rows: &[&[u64]],
        keys: &[&[u64]],
        mut take: impl FnMut(usize, &[u128]),
    ) {
        for first in (0..degree).step_by(BLOCK) {
            let span = first..degree.min(first + BLOCK);
            let mut sums = [0u128; BLOCK];
            if let Some((start, factor)) = start {
                for (sum, &x) in sums.iter_mut().zip(&start[span.clone()]) {
                    *sum = u128::from(x) * u128::from(factor);
                }
            }
            for (terms, (row, key)) in rows.iter().zip(keys).enumerate() {
                if terms % (LAZY_TERMS - 1) == LAZY_TERMS - 2 {
                    sums.iter_mut().for_each(|sum| *sum = u128::from(self.reduce(*sum)));
                }
                for ((sum, &x), &k) in sums.iter_mut().zip(&row[span.clone()]).zip(&key[span.clone()]) {
                    *sum += u128::from(x) * u128::from(k);
                }
            }
            take(first, &sums[..span.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn primes() -> Vec<Prime> {
        [1153, 1_125_899_906_826_241, 4_611_686_018_326_724_609].map(|p| Prime::new(p, 32).unwrap()).into()
    }

    proptest! {
        #[test]
        fn arithmetic_agrees_with_wide_integers(x: u128, a: u64, b: u64) {
            for prime in primes() {
                let p = u128::from(prime.value());
                prop_assert_eq!(u128::from(prime.reduce(x)), x % p);
                let signed = x as i128;
                prop_assert_eq!(i128::from(prime.reduce_signed(signed)), signed.rem_euclid(p as i128));
                let (a, b) = (prime.reduce(a.into()), prime.reduce(b.into()));
                let (wide_a, wide_b) = (u128::from(a), u128::from(b));
                prop_assert_eq!(u128::from(prime.multiply(a, b)), wide_a * wide_b % p);
                prop_assert_eq!(u128::from(prime.times(a, prime.factor(b))), wide_a * wide_b % p);
                prop_assert_eq!(u128::from(prime.add(a, b)), (wide_a + wide_b) % p);
                prop_assert_eq!(u128::from(prime.subtract(a, b)), (wide_a + p - wide_b) % p);
                prop_assert_eq!(u128::from(prime.negate(a)), (p - wide_a) % p);
            }
        }
    }

    #[test]
    fn long_sums_of_the_largest_residues_do_not_overflow() {
        for prime in primes() {
            let top = prime.value() - 1;
            let rows = vec![vec![top; 100]; 40];
            let rows: Vec<&[u64]> = rows.iter().map(Vec::as_slice).collect();
            let mut out = vec![0; 100];
            prime.inner_product(&mut out, Some((rows[0], top)), &rows, &rows);
            assert!(out.iter().all(|&x| x == 41 % prime.value()));
            prime.combine(&mut out, &rows[..LAZY_TERMS], &[top; LAZY_TERMS]);
            assert!(out.iter().all(|&x| x == 16));
        }
    }

    #[test]
    fn a_modulus_that_does_not_fit_the_ring_is_refused() {
        assert_eq!(Prime::new(1151, 32).err().map(|e| e.exit_code()), Some(2));
        assert!(Prime::new(u64::MAX, 32).is_err());
    }
}
