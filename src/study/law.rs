//! The predicted distribution of the largest error of a run, or of a slot, which is the largest of one.

use crate::error::{Error, Result};
use statrs::distribution::{Beta, ContinuousCDF};

/// The confidence of intervals, here and of shares.
pub(super) const CONFIDENCE: f64 = 0.95;
/// Points of the table, evenly on a logarithmic axis.
const POINTS: usize = 300;
/// From and to which multiple of the mean |error|; beyond, a maximum over thousands of slots is as good as impossible.
const RANGE: [f64; 2] = [1.5, 150.0];

/// A distribution on the positive numbers, tabulated as ln(−ln F) over ln t, which is nearly straight.
#[derive(Debug, Clone)]
pub struct MaximumLaw {
    points: Vec<(f64, f64)>,
}

impl MaximumLaw {
    /// From the mean |error| of a slot and the expected number of slots above t, which are taken as independent:
    /// F(t) = exp(−exceeding(t)).
    pub fn new(mean: f64, exceeding: impl Fn(f64) -> f64) -> Self {
        let [law] = Self::several(mean, |t| [exceeding(t)]);
        law
    }

    /// Several laws of which one walk over the slots gives the expected numbers.
    pub(super) fn several<const N: usize>(mean: f64, exceeding: impl Fn(f64) -> [f64; N]) -> [Self; N] {
        let ratio = (RANGE[1] / RANGE[0]).ln();
        let mut laws = [const { Self { points: Vec::new() } }; N];
        for i in 0..POINTS {
            let log_t = (mean * RANGE[0]).ln() + ratio * i as f64 / (POINTS - 1) as f64;
            for (law, exceeding) in laws.iter_mut().zip(exceeding(log_t.exp())) {
                law.points.push((log_t, exceeding.max(f64::MIN_POSITIVE).ln()));
            }
        }
        laws
    }

    /// Pr(largest error ≤ t).
    pub fn cdf(&self, t: f64) -> f64 {
        let log_t = t.ln();
        let above = self.points.partition_point(|point| point.0 < log_t).clamp(1, POINTS - 1);
        let (from, to) = (self.points[above - 1], self.points[above]);
        let log_exceeding = from.1 + (to.1 - from.1) * (log_t - from.0) / (to.0 - from.0);
        (-log_exceeding.exp()).exp()
    }

    /// The t that the largest error exceeds with probability `alpha`.
    pub fn quantile(&self, alpha: f64) -> f64 {
        let wanted = (-(-alpha).ln_1p()).ln();
        let above = self.points.partition_point(|point| point.1 > wanted).clamp(1, POINTS - 1);
        let (from, to) = (self.points[above - 1], self.points[above]);
        (from.0 + (to.0 - from.0) * (wanted - from.1) / (to.1 - from.1)).exp()
    }

    /// Where the `rank`-th largest of `runs` values of this distribution lies with 95 % probability.
    ///
    /// # Formula
    /// Its 1 − F is a variable of Beta(rank, runs − rank + 1).
    ///
    /// # Errors
    /// [`Error::Internal`] unless 1 ≤ `rank` ≤ `runs`.
    pub fn order_statistic(&self, rank: usize, runs: usize) -> Result<[f64; 2]> {
        let half = (1.0 - CONFIDENCE) / 2.0;
        let beta = Beta::new(rank as f64, (runs + 1) as f64 - rank as f64);
        let beta = beta.map_err(|e| Error::internal(format!("value {rank} of {runs}: {e}")))?;
        Ok([1.0 - half, half].map(|probability| self.quantile(beta.inverse_cdf(probability))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn the_largest_of_many_laplace_variables() {
        let slots = 4096.0;
        let law = MaximumLaw::new(1.0, |t| -slots * (-(-t).exp()).ln_1p());
        for alpha in [0.5, 0.1, 0.01, 0.001f64] {
            // t_α = −b·ln(1 − (1 − α)^(1/slots)).
            let exact = -(-((-alpha).ln_1p() / slots).exp_m1()).ln();
            assert_relative_eq!(law.quantile(alpha), exact, max_relative = 1e-4);
            assert_relative_eq!(law.cdf(exact), 1.0 - alpha, max_relative = 1e-4);
        }
    }

    #[test]
    fn the_largest_of_many_runs_is_a_run_with_more_slots() {
        // The largest of n maxima over s slots is a maximum over n·s slots.
        let law = |slots: f64| MaximumLaw::new(1.0, move |t| -slots * (-(-t).exp()).ln_1p());
        let [low, high] = law(4096.0).order_statistic(1, 1000).unwrap();
        let whole = law(4096.0 * 1000.0);
        assert_relative_eq!(low, whole.quantile(0.975), max_relative = 1e-4);
        assert_relative_eq!(high, whole.quantile(0.025), max_relative = 1e-4);
        assert!(law(4096.0).order_statistic(0, 1000).is_err());
    }
}
