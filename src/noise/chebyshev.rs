//! Chebyshev polynomials on intervals.

use crate::real::Interval;
use std::f64::consts::PI;

/// What acos, the product with n and cos may err by, over n: a few roundings of a number below π.
const ROUNDING: f64 = 4e-15;

/// {T_n(x) : x in the interval, |x| ≤ 1}: T_n(cos θ) = cos nθ goes from one end to the other, or over an extremum.
pub(super) fn chebyshev(degree: u32, argument: Interval) -> Interval {
    let n = f64::from(degree);
    let angle = |x: f64| n * x.clamp(-1.0, 1.0).acos();
    let (first, last) = (angle(argument.hi), angle(argument.lo));
    let (one, other) = (first.cos(), last.cos());
    let margin = (n + 1.0) * ROUNDING;
    // Extrema are at the multiples of π, the even ones maxima.
    let (lowest, highest) = (((first - margin) / PI).ceil(), ((last + margin) / PI).floor());
    let is_within = |parity: f64| highest - lowest >= 1.0 || (highest >= lowest && lowest.rem_euclid(2.0) == parity);
    let low = if is_within(1.0) { -1.0 } else { (one.min(other) - margin).max(-1.0) };
    let high = if is_within(0.0) { 1.0 } else { (one.max(other) + margin).min(1.0) };
    Interval::new(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Every value by the recurrence lies in the enclosure, which is no wider than the derivative n² allows.
        #[test]
        fn values_by_the_recurrence_lie_inside(n in 1u32..64, low in -1.0f64..1.0, width in 0.0f64..0.1, place in 0.0f64..=1.0) {
            let high = (low + width).min(1.0);
            let enclosure = chebyshev(n, Interval::new(low, high));
            let x = low + place * (high - low);
            let (mut before, mut value) = (1.0, x);
            for _ in 1..n {
                (before, value) = (value, 2.0 * x * value - before);
            }
            prop_assert!(enclosure.lo <= value + 1e-9 && value <= enclosure.hi + 1e-9, "{enclosure:?} {value}");
            let most = f64::from(n).powi(2) * (high - low) + 1e-11;
            prop_assert!(enclosure.hi - enclosure.lo <= most.min(2.0), "{enclosure:?} {most}");
        }
    }
}
