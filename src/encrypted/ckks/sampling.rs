//! What is drawn at random: the ternary secret, the error, uniform residues.
//!
//! Everything is drawn in one thread and in one order, so that a seed fixes every bit.

use crate::error::{Error, Result};
use rand::{CryptoRng, Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use zeroize::Zeroizing;

/// A polynomial of small coefficients.
pub(in crate::encrypted) type Small = Zeroizing<Vec<i8>>;

/// The generator for keys and encryptions that protect anything: ChaCha20 from 256 bits of the operating system's
/// entropy. A generator from a seed is for studies that have to be reproducible, and for nothing else: whoever knows
/// or guesses the seed has the secret key.
///
/// # Errors
/// [`Error::Input`] when the operating system gives no entropy.
pub fn secure_generator() -> Result<ChaCha20Rng> {
    ChaCha20Rng::try_from_os_rng()
        .map_err(|cause| Error::input(format!("the operating system gives no entropy for keys: {cause}")))
}

/// Coefficients uniform in {−1, 0, 1}.
pub(in crate::encrypted) fn ternary<R: RngCore + CryptoRng>(degree: usize, rng: &mut R) -> Small {
    Zeroizing::new((0..degree).map(|_| rng.random_range(-1i8..=1)).collect())
}

/// ±1 at `weight` places, which is at most `degree`, and 0 elsewhere: every such vector is equally likely.
pub(in crate::encrypted) fn sparse<R: RngCore + CryptoRng>(degree: usize, weight: usize, rng: &mut R) -> Small {
    let mut coefficients = Zeroizing::new(vec![0i8; degree]);
    let mut left = weight;
    while left > 0 {
        // A place that is taken is drawn again.
        let place = rng.random_range(0..degree);
        if coefficients[place] == 0 {
            coefficients[place] = if rng.random() { 1 } else { -1 };
            left -= 1;
        }
    }
    coefficients
}

/// Coefficients that are the difference of two sums of 21 bits, of variance [`crate::circuit::ERROR_VARIANCE`].
pub(in crate::encrypted) fn error<R: RngCore + CryptoRng>(degree: usize, rng: &mut R) -> Small {
    const HALF: u64 = (1 << 21) - 1;
    let draw = |bits: u64| (bits & HALF).count_ones() as i8 - ((bits >> 21) & HALF).count_ones() as i8;
    Zeroizing::new((0..degree).map(|_| draw(rng.next_u64())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::ERROR_VARIANCE;

    fn moments(values: &[i8]) -> (f64, f64) {
        let n = values.len() as f64;
        let mean = values.iter().map(|&x| f64::from(x)).sum::<f64>() / n;
        (mean, values.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / n)
    }

    #[test]
    fn means_and_variances_are_those_of_the_distributions() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let (mean, variance) = moments(&ternary(1 << 18, &mut rng));
        assert!(mean.abs() < 0.01 && (variance - 2.0 / 3.0).abs() < 0.01, "{mean} {variance}");
        let (mean, variance) = moments(&error(1 << 18, &mut rng));
        assert!(mean.abs() < 0.04 && (variance - ERROR_VARIANCE).abs() < 0.2, "{mean} {variance}");
    }

    #[test]
    fn a_sparse_vector_has_its_weight_at_uniform_places() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let (degree, weight, draws) = (64, 12, 4000);
        let mut counts = vec![[0u32; 2]; degree];
        for _ in 0..draws {
            let vector = sparse(degree, weight, &mut rng);
            assert_eq!(vector.iter().filter(|&&x| x != 0).count(), weight);
            for (count, &x) in counts.iter_mut().zip(vector.iter()) {
                count[0] += u32::from(x == 1);
                count[1] += u32::from(x == -1);
            }
        }
        // Binomial of 375 each, deviation 18.
        assert!(counts.iter().flatten().all(|count| count.abs_diff(375) < 90), "{counts:?}");
        assert_eq!(sparse(degree, degree, &mut rng).iter().filter(|&&x| x == 0).count(), 0);
    }

    #[test]
    fn two_secure_generators_differ() {
        let draw = || secure_generator().unwrap().next_u64();
        assert_ne!(draw(), draw());
    }
}
