//! The predicted distribution of the noise in one slot.

use crate::noise::SlotNoise;
use statrs::function::erf::erfc;
use std::f64::consts::{FRAC_PI_2, PI, SQRT_2};

/// Nodes of the midpoint rule for the mean.
const NODES: usize = 400;
/// Newton steps for the saddlepoint, each guarded by bisection.
const MOST_STEPS: usize = 100;

/// A sum of independent variables of mean 0: a Gaussian one, and Laplace ones.
///
/// Given the keys a slot's noise is Gaussian, with a variance that is proportional to |s(ζ)|², which over fresh keys is an
/// exponential variable: that is a Laplace variable for each slot whose key takes part.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LaplaceSum {
    /// The variance of the Gaussian part.
    pub gaussian: f64,
    /// The variance of each Laplace variable, and how many of that variance there are.
    pub laplace: Vec<(f64, f64)>,
}

impl From<SlotNoise> for LaplaceSum {
    fn from(slot: SlotNoise) -> Self {
        Self { gaussian: slot.gaussian, laplace: vec![(slot.keyed, 1.0)] }
    }
}

impl LaplaceSum {
    /// As one Laplace variable beside a Gaussian one, which has closed forms; nothing where there are several.
    fn slot(&self) -> Option<SlotNoise> {
        match self.laplace.as_slice() {
            [] => Some(SlotNoise { keyed: 0.0, gaussian: self.gaussian }),
            &[(keyed, 1.0)] => Some(SlotNoise { keyed, gaussian: self.gaussian }),
            _ => None,
        }
    }

    /// The variance.
    pub fn variance(&self) -> f64 {
        self.gaussian + self.laplace.iter().map(|(variance, count)| variance * count).sum::<f64>()
    }

    /// E|Z|.
    ///
    /// # Formula
    /// Of several Laplace variables: (2/π) ∫ (1 − φ(u))/u² du over u > 0, with φ(u) = exp(−Wu²/2)·Π(1 + Vu²/2)^-n the characteristic function, W the
    /// Gaussian variance and n Laplace variables of variance V; taken at u = tan θ/σ.
    pub fn mean_absolute(&self) -> f64 {
        self.slot().map_or_else(|| self.mean_of_several(), |slot| slot.mean())
    }

    fn mean_of_several(&self) -> f64 {
        let variance = self.variance();
        let integrand = |theta: f64| {
            let half_square = theta.tan().powi(2) / variance / 2.0;
            let laplace: f64 = self.laplace.iter().map(|(v, n)| n * (v * half_square).ln_1p()).sum();
            -(-self.gaussian * half_square - laplace).exp_m1() / theta.sin().powi(2)
        };
        let step = FRAC_PI_2 / NODES as f64;
        let sum: f64 = (0..NODES).map(|i| integrand((i as f64 + 0.5) * step)).sum();
        if variance > 0.0 { 2.0 / PI * variance.sqrt() * sum * step } else { 0.0 }
    }

    /// Pr(|Z| > t). Of several Laplace variables for t above the standard deviation, by the saddlepoint formula of Lugannani and
    /// Rice (1980), whose relative error is a few per cent at most for these variables.
    pub fn tail(&self, t: f64) -> f64 {
        self.slot().map_or_else(|| self.tail_of_several(t), |slot| slot.beyond(t))
    }

    fn tail_of_several(&self, t: f64) -> f64 {
        if self.variance() <= 0.0 {
            return 0.0;
        }
        let u = self.saddlepoint(t);
        let w = (2.0 * (u * t - self.cumulant(u))).sqrt();
        let v = u * self.curvature(u).sqrt();
        let density = (-w * w / 2.0).exp() / (2.0 * PI).sqrt();
        (erfc(w / SQRT_2) + 2.0 * density * (1.0 / v - 1.0 / w)).clamp(0.0, 1.0)
    }

    /// K(u) = ln E exp(uZ) = Wu²/2 − Σ n·ln(1 − Vu²/2).
    fn cumulant(&self, u: f64) -> f64 {
        let laplace: f64 = self.laplace.iter().map(|(v, n)| n * (-v * u * u / 2.0).ln_1p()).sum();
        self.gaussian * u * u / 2.0 - laplace
    }

    fn slope(&self, u: f64) -> f64 {
        self.gaussian * u + self.laplace.iter().map(|(v, n)| n * v * u / (1.0 - v * u * u / 2.0)).sum::<f64>()
    }

    fn curvature(&self, u: f64) -> f64 {
        let term = |&(v, n): &(f64, f64)| n * v * (1.0 + v * u * u / 2.0) / (1.0 - v * u * u / 2.0).powi(2);
        self.gaussian + self.laplace.iter().map(term).sum::<f64>()
    }

    /// The u > 0 with K'(u) = t; K' grows from 0 to ∞ (where a Laplace variable takes part, at √(2/V)).
    fn saddlepoint(&self, t: f64) -> f64 {
        let largest = self.laplace.iter().fold(0.0f64, |largest, (v, _)| largest.max(*v));
        // Not above t/Var, since K'(u) ≥ u·Var.
        let mut high = (t / self.variance()).min((2.0 / largest).sqrt());
        let mut low = 0.0;
        let mut u = high / 2.0;
        for _ in 0..MOST_STEPS {
            let excess = self.slope(u) - t;
            if excess.abs() <= 1e-12 * t {
                break;
            }
            if excess > 0.0 {
                high = u
            } else {
                low = u
            }
            let newton = u - excess / self.curvature(u);
            u = if low < newton && newton < high { newton } else { 0.5 * (low + high) };
        }
        u
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn laplace() -> LaplaceSum {
        LaplaceSum { gaussian: 0.0, laplace: vec![(2.0, 1.0)] }
    }

    #[test]
    fn means_are_those_of_the_closed_forms() {
        let gaussian = LaplaceSum { gaussian: 4.0, laplace: Vec::new() };
        for mean in [LaplaceSum::mean_absolute, LaplaceSum::mean_of_several] {
            assert_relative_eq!(mean(&gaussian), 2.0 * (2.0 / PI).sqrt(), max_relative = 1e-6);
            assert_relative_eq!(mean(&laplace()), 1.0, max_relative = 1e-6);
        }
        // |X + Y| of two Laplace variables of scale 1 has the density (1 + t)·exp(−t)/2.
        let two = LaplaceSum { gaussian: 0.0, laplace: vec![(2.0, 2.0)] };
        assert_relative_eq!(two.mean_absolute(), 1.5, max_relative = 1e-6);
    }

    #[test]
    fn tails_are_those_of_the_closed_forms() {
        let gaussian = LaplaceSum { gaussian: 4.0, laplace: Vec::new() };
        let two = LaplaceSum { gaussian: 0.0, laplace: vec![(2.0, 2.0)] };
        for t in [2.0, 5.0, 10.0, 20.0f64] {
            assert_relative_eq!(gaussian.tail(t), erfc(t / 8f64.sqrt()), max_relative = 1e-6);
            assert_relative_eq!(gaussian.tail_of_several(t), erfc(t / 8f64.sqrt()), max_relative = 1e-6);
            assert_relative_eq!(laplace().tail(t), (-t).exp(), max_relative = 1e-12);
            assert_relative_eq!(laplace().tail_of_several(t), (-t).exp(), max_relative = 0.05);
            assert_relative_eq!(two.tail(t), (1.0 + t / 2.0) * (-t).exp(), max_relative = 0.05);
        }
    }

    #[test]
    fn a_laplace_and_a_gaussian_variable_add_up() {
        // Pr(X + Y > t), X Laplace of scale 1, Y Gaussian of variance 1 (Reed and Jorgensen 2004).
        let upper = |x: f64| 0.5 * erfc(x / SQRT_2);
        let exact = |t: f64| {
            let half = 0.5 * 0.5f64.exp();
            2.0 * (upper(t) + half * ((-t).exp() * upper(1.0 - t) - t.exp() * upper(t + 1.0)))
        };
        let noise = LaplaceSum { gaussian: 1.0, laplace: vec![(2.0, 1.0)] };
        for t in [2.0, 6.0, 15.0] {
            assert_relative_eq!(noise.tail(t), exact(t), max_relative = 1e-9);
            assert_relative_eq!(noise.tail_of_several(t), exact(t), max_relative = 0.05);
        }
    }
}
