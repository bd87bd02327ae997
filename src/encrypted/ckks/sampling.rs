//! What is drawn at random: the ternary secret, the error, uniform residues.
//!
//! Everything is drawn in one thread and in one order, so that a seed fixes every bit.

use rand::{CryptoRng, Rng, RngCore};
use zeroize::Zeroizing;

/// A polynomial of small coefficients.
pub(in crate::encrypted) type Small = Zeroizing<Vec<i8>>;

/// Coefficients uniform in {−1, 0, 1}.
pub(in crate::encrypted) fn ternary<R: RngCore + CryptoRng>(degree: usize, rng: &mut R) -> Small {
    Zeroizing::new((0..degree).map(|_| rng.random_range(-1i8..=1)).collect())
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
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

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
}
