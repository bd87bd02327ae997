//! Rows drawn from a plan's domain, its small end included.

use crate::attention::RowDomain;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

/// Draws `count` rows of raw scores within |x| ≤ `bound` whose mean (x/R)^p lies in the domain.
///
/// The first rows are its corners: all scores at R, one score at R, the smallest mean (a zero row where it is 0), and rows
/// whose mean is near ε, where the relative noise of the weights is largest. The others have a mean drawn evenly on a
/// logarithmic axis and a random share of zeros.
pub fn draw_rows(domain: &RowDomain, power: u32, bound: f64, count: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    // A stream of its own for each length, and another than that of the keys.
    rng.set_stream(u64::MAX - u64::from(domain.length));
    let length = domain.length as usize;
    let (epsilon, smallest) = (domain.epsilon.to_f64(), domain.smallest_mean.to_f64());
    let lowest = smallest.max(epsilon / 64.0).clamp(f64::MIN_POSITIVE, 1.0);
    // The single score that gives the row the mean m, or R where that is too much to ask of it.
    let lone = |m: f64| (m * length as f64).min(1.0).powf(1.0 / f64::from(power));
    (0..count)
        .map(|index| {
            let unit = match index {
                0 => vec![1.0; length],
                1 if smallest < 0.999 / length as f64 => one_hot(length, 1.0),
                2 => level(length, smallest, power),
                // Rounding must not take these below the promise.
                3 if smallest < (0.999 * epsilon).min(0.999 / length as f64) => one_hot(length, lone(epsilon)),
                4 if smallest < 0.999 * epsilon => level(length, epsilon.min(1.0), power),
                _ => {
                    let mean = (lowest.ln() * rng.random::<f64>()).exp().clamp(lowest, 1.0);
                    pattern(&mut rng, length, mean, power, smallest)
                }
            };
            let signed = unit.into_iter().map(|t| if rng.random() { t * bound } else { -t * bound });
            signed.map(|x| x.clamp(-bound, bound)).collect()
        })
        .collect()
}

fn one_hot(length: usize, top: f64) -> Vec<f64> {
    (0..length).map(|key| if key == length / 2 { top } else { 0.0 }).collect()
}

/// All scores alike, with this mean; a hair more, so that rounding does not take it below.
fn level(length: usize, mean: f64, power: u32) -> Vec<f64> {
    vec![(mean.powf(1.0 / f64::from(power)) * (1.0 + 1e-14)).min(1.0); length]
}

/// A random row scaled to a mean; the level row where clipping at R would take it below the smallest mean.
fn pattern(rng: &mut ChaCha20Rng, length: usize, mean: f64, power: u32, smallest: f64) -> Vec<f64> {
    let density: f64 = rng.random_range(0.02..1.0);
    let raw: Vec<f64> =
        (0..length).map(|_| if rng.random::<f64>() < density { rng.random::<f64>() } else { 0.0 }).collect();
    let power_mean = |row: &[f64]| row.iter().map(|t| t.powi(power as i32)).sum::<f64>() / length as f64;
    let scale = (mean / power_mean(&raw).max(f64::MIN_POSITIVE)).powf(1.0 / f64::from(power));
    let row: Vec<f64> = raw.iter().map(|t| (t * scale).min(1.0)).collect();
    if power_mean(&row) > smallest * (1.0 + 1e-9) { row } else { level(length, mean.max(smallest), power) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rug::Rational;

    proptest! {
        #[test]
        fn drawn_rows_lie_in_the_domain(
            length in 1u32..200, half_power in 1u32..5, log_epsilon in -24i32..900, log_smallest in proptest::option::of(-20i32..-1), seed: u64,
        ) {
            let two = |e: i32| Rational::from_f64(f64::from(e).exp2()).unwrap();
            let smallest_mean = log_smallest.map_or_else(Rational::new, two);
            let domain = RowDomain { length, epsilon: two(log_epsilon), smallest_mean };
            let power = 2 * half_power;
            for row in draw_rows(&domain, power, 3.5, 20, seed) {
                prop_assert_eq!(row.len(), length as usize);
                prop_assert!(row.iter().all(|x| x.abs() <= 3.5));
                let mean = row.iter().map(|x| (x / 3.5).powi(power as i32)).sum::<f64>() / f64::from(length);
                prop_assert!(mean >= domain.smallest_mean.to_f64() * (1.0 - 1e-12) && mean <= 1.0 + 1e-12);
            }
        }
    }
}
