//! The distribution of the noise of a slot, as predictions see it: Laplace over fresh keys, and a Gaussian beside it.

use statrs::function::erf::erfc;
use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

/// Bisections of a quantile: enough for every bit of binary64.
const BISECTIONS: usize = 200;

/// The noise of a slot. Given the key it is Gaussian with variance `keyed`·X + `gaussian`, X the squared size of the key in
/// the slot over its mean. Over fresh keys X is exponential of mean 1, so this is the sum of a Laplace variable of variance
/// `keyed` and an independent Gaussian one of variance `gaussian`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SlotNoise {
    /// Variance of the part whose size follows the key in this slot.
    pub keyed: f64,
    /// Variance of the rest.
    pub gaussian: f64,
}

impl SlotNoise {
    /// Standard deviation over fresh keys.
    pub fn deviation(&self) -> f64 {
        (self.keyed + self.gaussian).sqrt()
    }

    /// E|Z|.
    ///
    /// # Formula
    /// $$\sqrt{\tfrac2\pi} \mathbb{E}\sqrt{V X + W} = \sqrt{\tfrac{2V}{\pi}} \left(\sqrt r + \tfrac{\sqrt\pi}{2} e^r
    /// \operatorname{erfc} \sqrt r\right), \quad r = W/V$$
    pub fn mean(&self) -> f64 {
        let normal = (2.0 / PI).sqrt();
        if self.keyed <= 0.0 {
            return normal * self.gaussian.sqrt();
        }
        let r = self.gaussian / self.keyed;
        normal * self.keyed.sqrt() * (r.sqrt() + PI.sqrt() / 2.0 * scaled_erfc(r.sqrt()))
    }

    /// Pr(|Z| > t), t ≥ 0.
    ///
    /// # Formula
    /// With $b = \sqrt{V/2}$, $\sigma = \sqrt W$ and $a = \sigma/b$:
    /// $$2 Q(t/\sigma) + \tfrac12 e^{a^2/2} \left(e^{-t/b} \operatorname{erfc} \tfrac{a - t/\sigma}{\sqrt2} - e^{t/b}
    /// \operatorname{erfc} \tfrac{a + t/\sigma}{\sqrt2}\right)$$
    pub fn beyond(&self, t: f64) -> f64 {
        let (b, sigma) = ((self.keyed / 2.0).sqrt(), self.gaussian.sqrt());
        if sigma <= 1e-9 * b {
            return if b > 0.0 { (-t / b).exp() } else { 0.0 };
        }
        let normal = erfc(t / sigma * FRAC_1_SQRT_2);
        if b <= 1e-9 * sigma {
            return normal;
        }
        // e^(a²/2 ± t/b)·erfc(x) = e^(−t²/2σ²)·scaled_erfc(x): nothing overflows where x > 0.
        let (a, z) = (sigma / b, t / sigma);
        let (near, far) = ((a - z) / SQRT_2, (a + z) / SQRT_2);
        let shared = (-z * z / 2.0).exp();
        let near = if near > 0.0 { shared * scaled_erfc(near) } else { (a * a / 2.0 - t / b).exp() * erfc(near) };
        normal + 0.5 * (near - shared * scaled_erfc(far))
    }
}

/// The t that the largest of independent slots exceeds with probability `alpha`; 0 for no slots.
///
/// # Formula
/// $$\prod_j \Pr(|Z_j| \le t) = 1 - \alpha$$ by bisection. For n Laplace variables alike that is
/// $-b \ln(1 - (1 - \alpha)^{1/n})$.
pub fn quantile_of_maximum(slots: &[SlotNoise], alpha: f64) -> f64 {
    let wanted = (-alpha).ln_1p();
    let log_inside = |t: f64| slots.iter().map(|slot| (-slot.beyond(t).min(1.0)).ln_1p()).sum::<f64>();
    let largest = slots.iter().map(SlotNoise::deviation).fold(0.0, f64::max);
    // No tail is heavier than that of a Laplace variable of the largest deviation.
    let (mut low, mut high) =
        (0.0, largest * (slots.len().max(1) as f64 / alpha.clamp(1e-300, 1.0)).ln().max(1.0) * 2.0);
    for _ in 0..BISECTIONS {
        let middle = 0.5 * (low + high);
        if log_inside(middle) < wanted {
            low = middle
        } else {
            high = middle
        }
        if high - low <= 1e-12 * high {
            break;
        }
    }
    high
}

/// e^(x²)·erfc(x) for x ≥ 0, which does not overflow.
fn scaled_erfc(x: f64) -> f64 {
    if x < 5.0 {
        return (x * x).exp() * erfc(x);
    }
    // Its continued fraction, 1/√π · 1/(x + (1/2)/(x + (2/2)/(x + …))).
    let tail = (1..=40).rev().fold(x, |tail, k| x + 0.5 * f64::from(k) / tail);
    1.0 / (PI.sqrt() * tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    #[test]
    fn mean_absolute_value_goes_from_laplace_to_gaussian() {
        let mean = |keyed, gaussian| SlotNoise { keyed, gaussian }.mean();
        assert_relative_eq!(mean(2.0, 0.0), 1.0, max_relative = 1e-12);
        assert_relative_eq!(mean(0.0, 1.0), (2.0 / PI).sqrt());
        assert_relative_eq!(mean(1e-9, 1.0), mean(0.0, 1.0), max_relative = 1e-6);
        assert_relative_eq!(mean(1.0, 24.999), mean(1.0, 25.001), max_relative = 1e-4);
    }

    #[test]
    fn the_quantile_of_equal_laplace_slots_is_the_closed_form() {
        for alpha in [0.5f64, 0.1, 1e-3, 1e-9] {
            let slots = vec![SlotNoise { keyed: 2.0, gaussian: 0.0 }; 4096];
            let closed = -(-((-alpha).ln_1p() / 4096.0).exp_m1()).ln();
            assert_relative_eq!(quantile_of_maximum(&slots, alpha), closed, max_relative = 1e-6);
        }
        assert_eq!(quantile_of_maximum(&[], 0.1), 0.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// The tail integrates to the mean: E|Z| = ∫ Pr(|Z| > t) dt.
        #[test]
        fn the_tail_integrates_to_the_mean(log_ratio in -12.0f64..12.0) {
            let slot = SlotNoise { keyed: 1.0, gaussian: log_ratio.exp() };
            let end = 40.0 * slot.deviation();
            let steps = 20_000;
            let width = end / f64::from(steps);
            let sum: f64 = (0..steps).map(|i| slot.beyond((f64::from(i) + 0.5) * width)).sum();
            prop_assert!((sum * width / slot.mean() - 1.0).abs() < 1e-5, "{} {}", sum * width, slot.mean());
        }

        #[test]
        fn the_tail_is_a_falling_probability(log_ratio in -30.0f64..30.0, t in 0.0f64..30.0, step in 0.0f64..3.0) {
            let slot = SlotNoise { keyed: 1.0, gaussian: log_ratio.exp() };
            let unit = slot.deviation();
            let (near, far) = (slot.beyond(t * unit), slot.beyond((t + step) * unit));
            prop_assert!((0.0..=1.0 + 1e-12).contains(&near) && far <= near * (1.0 + 1e-9) + 1e-300, "{near} {far}");
        }
    }
}
