//! The tail of a noise that follows the keys of one slot or of many.
//!
//! A slot's noise is proportional to the squared size of the keys in the slots that it comes from. In one slot that size is
//! exponential at worst, and the noise Laplace; over many slots it averages out, and the noise is nearly Gaussian. For
//! coefficients that are independent and strictly sub-Gaussian the slots may be taken as independent, though they are not
//! (`docs/noise.md` has the proof).

use super::model::RandomPart;
use std::f64::consts::LN_2;

/// Newton steps for λ; each gives a valid bound, and after these it is the best to a few parts in a thousand.
const STEPS: usize = 4;

/// Keyed noise from slots of which none has more than a known share.
///
/// Shares b_i ≤ `largest` with sum `total` have Σ −ln(1 − μb_i) ≤ −(`total`/`largest`)·ln(1 − μ·`largest`), because
/// −ln(1 − μb)/b grows with b.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct KeyedPart {
    /// The variance over fresh keys, of all slots together.
    pub total: f64,
    /// The most of it that one slot has.
    pub largest: f64,
}

impl KeyedPart {
    /// `slots` slots alike, or 1.
    pub fn alike(each: f64, slots: f64) -> Self {
        Self { total: each * slots, largest: each }
    }

    /// The factor's exponent, and 0 for no noise.
    fn count(self) -> f64 {
        if self.largest > 0.0 { self.total / self.largest } else { 0.0 }
    }
}

/// A bound t with Pr(|noise| ≥ t) ≤ 2^log2_failure for a noise that follows one slot's keys.
pub fn tail(noise: RandomPart, log2_failure: f64) -> f64 {
    tail_over_slots(noise.plain, &[KeyedPart::alike(noise.keyed, 1.0)], log2_failure)
}

/// A bound t with Pr(|noise| ≥ t) ≤ 2^log2_failure for a noise of variance `plain` beside keyed parts, no two of which share
/// a slot of the same key.
///
/// # Formula
/// Pr ≤ 2·exp(−λt + λ²A/2)·Π(1 − μB_i)^-n_i for every λ = √(2μ), 0 < μ < 1/max B_i, A the plain part and n_i slots of share
/// B_i; so t = (ln 2 − ln failure − Σ n_i ln(1 − μB_i))/λ + λA/2. Any λ gives a valid bound; the one taken is near the best.
pub fn tail_over_slots(plain: f64, keyed: &[KeyedPart], log2_failure: f64) -> f64 {
    let total: f64 = keyed.iter().map(|part| part.total).sum();
    if plain + total <= 0.0 {
        return 0.0;
    }
    if !(plain + total).is_finite() {
        return f64::INFINITY;
    }
    let log_count = LN_2 * (1.0 - log2_failure);
    let mu = near_best(plain, keyed, log_count);
    let lambda = (2.0 * mu).sqrt();
    let keys: f64 = keyed.iter().map(|part| part.count() * (-mu * part.largest).ln_1p()).sum();
    // A dozen roundings of binary64 lie behind t.
    ((log_count - keys) / lambda + lambda * plain / 2.0) * (1.0 + 1e-12)
}

/// μ near the one with the least t.
///
/// # Formula
/// ∂t/∂λ = 0 where Σ n_i (2μB_i/(1 − μB_i) + ln(1 − μB_i)) + Aμ = ln 2 − ln failure. In w = μ/(1 − μ·max B), which takes every
/// positive value, the left side is nearly linear, so Newton's steps converge at once.
fn near_best(plain: f64, keyed: &[KeyedPart], log_count: f64) -> f64 {
    let widest = keyed.iter().map(|part| part.largest).fold(0.0, f64::max);
    let total: f64 = keyed.iter().map(|part| part.total).sum();
    let mu = |w: f64| w / (1.0 + widest * w);
    let mut w = log_count / (plain + 2.0 * total);
    for _ in 0..STEPS {
        let (mut value, mut slope) = (plain * mu(w) - log_count, plain);
        for part in keyed {
            let x = mu(w) * part.largest;
            value += part.count() * (2.0 * x / (1.0 - x) + (-x).ln_1p());
            slope += part.total * (1.0 + x) / (1.0 - x).powi(2);
        }
        w = (w - value * (1.0 + widest * w).powi(2) / slope).max(w / 2.0);
    }
    mu(w)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use proptest::prelude::*;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha20Rng;
    use std::f64::consts::PI;

    #[test]
    fn without_keyed_part_the_tail_is_the_gaussian_chernoff_bound() {
        let t = tail(RandomPart { plain: 4.0, keyed: 0.0 }, -40.0);
        assert_relative_eq!(t, 2.0 * (2.0 * 41.0 * LN_2).sqrt(), max_relative = 1e-9);
    }

    #[test]
    fn with_keyed_part_the_tail_is_close_to_the_laplace_quantile() {
        // A Laplace variable of variance B has Pr(|X| ≥ t) = exp(−t·√(2/B)).
        let t = tail(RandomPart { plain: 0.0, keyed: 2.0 }, -55.0);
        let laplace = 55.0 * LN_2;
        assert!(t > laplace && t < 1.15 * laplace, "{t} against {laplace}");
    }

    #[test]
    fn over_many_slots_the_tail_becomes_gaussian() {
        let gaussian = (2.0 * 61.0 * LN_2).sqrt();
        for (slots, above) in [(1.0, 3.7), (64.0, 1.15), (1e6, 1.000_1)] {
            let t = tail_over_slots(0.0, &[KeyedPart::alike(1.0 / slots, slots)], -60.0);
            assert!(t > gaussian && t < above * gaussian, "{slots}: {t} against {gaussian}");
        }
    }

    /// The sum of n Laplace variables alike has, for n = 2, Pr(|X| ≥ t) = (1 + t/2b)·e^(−t/b).
    #[test]
    fn two_slots_have_at_least_the_tail_of_two_laplace_variables() {
        for log2_failure in [-10.0, -40.0, -80.0] {
            let t = tail_over_slots(0.0, &[KeyedPart::alike(2.0, 2.0)], log2_failure);
            let exact = |t: f64| (1.0 + t / 2.0) * (-t).exp();
            assert!(exact(t) < log2_failure.exp2() && exact(0.7 * t) > log2_failure.exp2(), "{log2_failure}: {t}");
        }
    }

    proptest! {
        /// λ is near the best: no other gives a bound that is smaller by a part in a hundred.
        #[test]
        fn no_other_exponent_is_much_better(
            logs in prop::array::uniform5(-20.0f64..20.0), more in 0.0f64..10.0, log2_failure in -200.0f64..-20.0
        ) {
            let [plain, own, largest, ..] = logs.map(f64::exp2);
            let keyed = [KeyedPart::alike(own, 1.0), KeyedPart::alike(largest, more.exp2())];
            let t = tail_over_slots(plain, &keyed, log2_failure);
            let pole = 1.0 / own.max(largest);
            let log_count = LN_2 * (1.0 - log2_failure);
            for step in 1..400 {
                let mu = pole / (1.0 + (f64::from(step - 300) / 8.0).exp2().recip());
                let lambda = (2.0 * mu).sqrt();
                let logs: f64 = keyed.iter().map(|part| part.count() * (-mu * part.largest).ln_1p()).sum();
                let other = (log_count - logs) / lambda + lambda * plain / 2.0;
                prop_assert!(t <= 1.01 * other, "{t} {other} at {mu}");
            }
        }

        /// Shares below the largest are covered, and splitting noise over more slots never makes the bound larger.
        #[test]
        fn unequal_shares_are_covered(shares in prop::collection::vec(0.0f64..1.0, 1..40), plain in 0.0f64..4.0) {
            let each: Vec<KeyedPart> = shares.iter().map(|&share| KeyedPart::alike(share, 1.0)).collect();
            let total: f64 = shares.iter().sum();
            let largest = shares.iter().copied().fold(0.0, f64::max);
            let exact = tail_over_slots(plain, &each, -60.0);
            let covered = tail_over_slots(plain, &[KeyedPart { total, largest }], -60.0);
            let one = tail(RandomPart { plain, keyed: total }, -60.0);
            prop_assert!(exact <= 1.001 * covered && covered <= 1.001 * one, "{exact} {covered} {one}");
        }
    }

    /// What the proof rests on: over all slots, one of each conjugate pair, the real and the imaginary parts of the powers of
    /// ζ are orthogonal vectors of squared length N/2.
    #[test]
    fn real_and_imaginary_parts_of_all_slots_are_orthogonal() {
        let degree = 64usize;
        let angle = |slot: usize, power: usize| PI * ((2 * slot + 1) * power % (2 * degree)) as f64 / degree as f64;
        let real = |slot| (0..degree).map(|k| angle(slot, k).cos()).collect::<Vec<_>>();
        let imaginary = |slot| (0..degree).map(|k| angle(slot, k).sin()).collect::<Vec<_>>();
        let vectors: Vec<Vec<f64>> = (0..degree / 2).flat_map(|slot| [real(slot), imaginary(slot)]).collect();
        for (i, x) in vectors.iter().enumerate() {
            for (j, y) in vectors.iter().enumerate() {
                let product: f64 = x.iter().zip(y).map(|(x, y)| x * y).sum();
                let expected = if i == j { degree as f64 / 2.0 } else { 0.0 };
                assert!((product - expected).abs() < 1e-10, "{i} {j}: {product}");
            }
        }
    }

    /// E exp(Σ μ_i |s(ζ_i)|²) over all 3^8 ternary keys of N = 8, against the product over slots.
    #[test]
    fn slots_of_a_ternary_key_are_no_worse_than_independent() {
        let degree = 8usize;
        let mean = 2.0 * degree as f64 / 3.0;
        let size = |key: &[f64], slot: usize| {
            let angle = |k: usize| PI * ((2 * slot + 1) * k) as f64 / degree as f64;
            let sum = |part: fn(f64) -> f64| key.iter().enumerate().map(|(k, s)| s * part(angle(k))).sum::<f64>();
            sum(f64::cos).powi(2) + sum(f64::sin).powi(2)
        };
        let keys: Vec<Vec<f64>> = (0..3usize.pow(8))
            .map(|index| (0..degree as u32).map(|k| (index / 3usize.pow(k) % 3) as f64 - 1.0).collect())
            .collect();
        let sizes: Vec<[f64; 4]> = keys.iter().map(|key| std::array::from_fn(|slot| size(key, slot))).collect();
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for _ in 0..200 {
            let mu: [f64; 4] = std::array::from_fn(|_| rng.random_range(0.0..0.99) / mean);
            let exponent = |sizes: &[f64; 4]| sizes.iter().zip(&mu).map(|(x, mu)| x * mu).sum::<f64>().exp();
            let expected = sizes.iter().map(exponent).sum::<f64>() / sizes.len() as f64;
            let product: f64 = mu.iter().map(|mu| 1.0 / (1.0 - mu * mean)).product();
            assert!(expected <= product, "{expected} {product} for {mu:?}");
        }
    }
}
