//! How sharp PowerSoftmax is beside softmax, on real rows.

use serde::{Deserialize, Serialize};

/// Halvings of the interval that holds the fitted inverse temperature: its relative width is then below 2^-50.
const HALVINGS: u32 = 60;
/// The largest inverse temperature tried, times the largest |score|: softmax is one-hot long before it.
const LARGEST_EXPONENT: f64 = 1_048_576.0;

/// PowerSoftmax with an even power p beside softmax, over the rows of one head.
///
/// ε takes no part: it scales all weights of a row alike, and both figures are of weights scaled to the sum 1. What ε costs is
/// the mass lost, a figure of its own.
///
/// # Formula
/// y_j = x_j^p / Σ x_i^p and s_j(β) = exp(β·x_j) / Σ exp(β·x_i), β = 1/temperature. With natural logarithms and 0·ln 0 = 0, the
/// divergence is KL(y ‖ s(β)) = Σ y_j·ln(y_j / s_j(β)), in nats, its mean taken over the rows, at the β ≥ 0 where that mean is
/// least. It is convex in β, with the derivative mean(Σ s_j·x_j − Σ y_j·x_j).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Sharpness {
    /// Share of the rows in which the keys of the largest PowerSoftmax weight are those of the largest softmax weight. An even
    /// power orders |x|: a row agrees exactly when its largest |score| is its largest score and no score is minus that. So the
    /// share is the same for every even p.
    pub top_agreement: f64,
    /// The least mean divergence, in nats.
    pub divergence: f64,
    /// The fitted inverse temperature β; 1 is the model's own softmax. Found to a relative 2^-50.
    pub inverse_temperature: f64,
    /// The mean divergence from the model's own softmax, β = 1, in nats.
    pub divergence_untempered: f64,
    /// Rows compared: those with a score that is not 0.
    pub rows: u64,
}

/// The sharpness of x^p over `rows` of raw scores; `None` where every score is 0.
pub fn sharpness<'a>(rows: impl Iterator<Item = &'a [f64]>, power: u32) -> Option<Sharpness> {
    let rows: Vec<Compared> = rows.filter_map(|scores| Compared::new(scores, power)).collect();
    let largest = rows.iter().map(|row| row.largest_magnitude).fold(0.0, f64::max);
    if rows.is_empty() {
        return None;
    }
    let count = rows.len() as f64;
    let mean = |beta: f64| rows.iter().map(|row| row.divergence(beta)).sum::<f64>() / count;
    let slope = |beta: f64| rows.iter().map(|row| row.slope(beta)).sum::<f64>();
    let beta = root(slope, LARGEST_EXPONENT / largest);
    Some(Sharpness {
        top_agreement: rows.iter().filter(|row| row.top_agrees()).count() as f64 / count,
        divergence: mean(beta),
        inverse_temperature: beta,
        divergence_untempered: mean(1.0),
        rows: rows.len() as u64,
    })
}

/// The β in [0, most] where a nondecreasing `slope` changes sign, or the end of the interval that is nearest to it.
fn root(slope: impl Fn(f64) -> f64, most: f64) -> f64 {
    if slope(0.0) >= 0.0 {
        return 0.0;
    }
    // Doubled from far below, so that the interval's width is relative to the root.
    let mut high = most * f64::from(HALVINGS).exp2().recip();
    while high < most && slope(high) < 0.0 {
        high = (high * 2.0).min(most);
    }
    let mut low = if slope(high) < 0.0 { high } else { high / 2.0 };
    for _ in 0..HALVINGS {
        let middle = low + (high - low) / 2.0;
        if slope(middle) < 0.0 { low = middle } else { high = middle }
    }
    high
}

/// One row with its normalised PowerSoftmax weights.
struct Compared<'a> {
    scores: &'a [f64],
    largest_magnitude: f64,
    largest: f64,
    smallest: f64,
    /// Σ y·x.
    mean_score: f64,
    /// Σ y·ln y.
    negative_entropy: f64,
}

impl<'a> Compared<'a> {
    /// `None` for the row of zeros, which has no weights.
    fn new(scores: &'a [f64], power: u32) -> Option<Self> {
        let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let smallest = scores.iter().copied().fold(f64::INFINITY, f64::min);
        let largest_magnitude = largest.max(-smallest);
        if largest_magnitude.is_nan() || largest_magnitude <= 0.0 {
            return None;
        }
        let unit = |x: &f64| (x / largest_magnitude).powi(power as i32);
        let sum: f64 = scores.iter().map(unit).sum();
        let weighted = scores.iter().map(|x| (unit(x) / sum, x));
        let (mean_score, negative_entropy) = weighted.fold((0.0, 0.0), |(mean, entropy), (y, x)| {
            let term = if y > 0.0 { y * y.ln() } else { 0.0 };
            (mean + y * x, entropy + term)
        });
        Some(Self { scores, largest_magnitude, largest, smallest, mean_score, negative_entropy })
    }

    fn top_agrees(&self) -> bool {
        self.largest > -self.smallest
    }

    /// Σ y·ln(y/s) = Σ y·ln y − β·Σ y·x + ln Σ exp(β·x).
    fn divergence(&self, beta: f64) -> f64 {
        let exponents: f64 = self.scores.iter().map(|x| (beta * (x - self.largest)).exp()).sum();
        // It is at least 0; rounding may say otherwise.
        (self.negative_entropy - beta * (self.mean_score - self.largest) + exponents.ln()).max(0.0)
    }

    /// Its derivative, Σ s·x − Σ y·x.
    fn slope(&self, beta: f64) -> f64 {
        let (mut sum, mut weighted) = (0.0, 0.0);
        for x in self.scores {
            let e = (beta * (x - self.largest)).exp();
            sum += e;
            weighted += e * (x - self.largest);
        }
        weighted / sum - (self.mean_score - self.largest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn of(rows: &[Vec<f64>], power: u32) -> Sharpness {
        sharpness(rows.iter().map(Vec::as_slice), power).unwrap()
    }

    /// y = (4/5, 1/5) is a softmax of (2, 1) itself, at β = ln 4; the divergence at β = 1 is a closed form.
    #[test]
    fn two_keys_are_a_softmax_of_their_own_temperature() {
        let found = of(&[vec![2.0, 1.0]], 2);
        assert_relative_eq!(found.inverse_temperature, 4f64.ln(), max_relative = 1e-12);
        assert!(found.divergence < 1e-15 && found.top_agreement == 1.0);
        let softmax = [1.0 / (1.0 + (-1f64).exp()), 1.0 / (1.0 + 1f64.exp())];
        let expected = 0.8 * (0.8 / softmax[0]).ln() + 0.2 * (0.2 / softmax[1]).ln();
        assert_relative_eq!(found.divergence_untempered, expected, max_relative = 1e-12);
    }

    /// −3 beats 2 and ties with 3 under an even power; softmax orders them the other way.
    #[test]
    fn the_top_key_is_that_of_the_largest_magnitude() {
        let rows = [vec![-3.0, 2.0], vec![3.0, -3.0], vec![-1.0, 2.0], vec![0.0, 0.0]];
        let found = of(&rows, 4);
        assert_eq!((found.top_agreement, found.rows), (1.0 / 3.0, 3));
        assert!(sharpness([[0.0, 0.0].as_slice()].into_iter(), 4).is_none());
    }

    /// Where PowerSoftmax prefers the negative scores, no positive β is better than the uniform weights: KL = ln 2 − H(y).
    #[test]
    fn an_inverse_temperature_is_not_negative() {
        let found = of(&[vec![-2.0, 1.0]], 2);
        let entropy = -(0.8 * 0.8f64.ln() + 0.2 * 0.2f64.ln());
        assert_eq!(found.inverse_temperature, 0.0);
        assert_relative_eq!(found.divergence, 2f64.ln() - entropy, max_relative = 1e-12);
    }

    proptest::proptest! {
        /// No β near the fitted one or anywhere else has a smaller mean divergence.
        #[test]
        fn no_other_temperature_is_nearer(
            rows in proptest::collection::vec(proptest::collection::vec(-5.0f64..9.0, 3..9), 1..5),
            p in 1u32..5,
            other in 0.0f64..10.0,
        ) {
            let found = of(&rows, 2 * p);
            let direct = |beta: f64| rows.iter().map(|row| {
                let powers: Vec<f64> = row.iter().map(|x| x.powi(2 * p as i32)).collect();
                let exponentials: Vec<f64> = row.iter().map(|x| (beta * x).exp()).collect();
                let (sum, total) = (powers.iter().sum::<f64>(), exponentials.iter().sum::<f64>());
                let terms = powers.iter().zip(&exponentials).filter(|(u, _)| **u > 0.0);
                terms.map(|(u, e)| u / sum * ((u / sum).ln() - (e / total).ln())).sum::<f64>()
            }).sum::<f64>() / rows.len() as f64;
            proptest::prop_assert!(found.divergence <= direct(other) + 1e-9);
            proptest::prop_assert!((found.divergence_untempered - direct(1.0)).abs() < 1e-9);
            if found.inverse_temperature < 50.0 {
                proptest::prop_assert!((found.divergence - direct(found.inverse_temperature)).abs() < 1e-9);
            }
        }

        /// A stretched row wants the temperature stretched alike.
        #[test]
        fn temperature_scales_with_the_scores(row in proptest::collection::vec(0.1f64..4.0, 3..9), factor in 0.1f64..10.0) {
            let stretched: Vec<f64> = row.iter().map(|x| x * factor).collect();
            let (one, other) = (of(&[row], 4), of(&[stretched], 4));
            proptest::prop_assert!((one.divergence - other.divergence).abs() < 1e-9);
            let expected = one.inverse_temperature / factor;
            proptest::prop_assert!((other.inverse_temperature - expected).abs() <= 1e-6 * expected.max(1e-6));
        }
    }
}
