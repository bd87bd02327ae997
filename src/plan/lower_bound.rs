//! The least depth that a polynomial in D can have, proved by Chebyshev's extremal property.
//!
//! A circuit of depth d with one product per rescaling computes a polynomial in D of degree at most 2^d. Among polynomials
//! q of degree ≤ n with q(0) = 1, the one smallest on [a, b] is T_n(φ(D))/T_n(φ(0)); with q = 1 − D·r(D) this bounds the
//! relative error of every r of degree ≤ n − 1 from below by 1/T_n((b + a)/(b − a)).

use crate::attention::RowDomain;
use crate::real::{PRECISION, rational_to_float};
use rug::{Float, Rational};

/// Depths beyond this are not searched: no modulus chain has so many levels.
const LARGEST_DEPTH: u32 = 64;

/// The least relative error of 1/D on [a, b] by a polynomial of degree n − 1.
///
/// # Formula
/// 1/T_n(μ) with μ = (b + a)/(b − a) and T_n(μ) = cosh(n·arcosh μ).
pub fn chebyshev_error(a: &Rational, b: &Rational, n: &Float) -> Float {
    let mu = rational_to_float(&(Rational::from(b + a) / Rational::from(b - a)));
    (mu.acosh() * n).cosh().recip()
}

/// The least depth of a polynomial in D whose relative error on [a, b] is at most `target`.
pub fn relative_lower_bound(a: &Rational, b: &Rational, target: &Rational) -> u32 {
    (0..LARGEST_DEPTH).find(|&d| chebyshev_error(a, b, &degree_plus_one(d)) <= *target).unwrap_or(LARGEST_DEPTH)
}

/// The least depth of a polynomial in D whose error on every weight is at most `target`.
///
/// # Formula
/// A weight is at most w(D) = min(D − ε, 1/L)/D. Where w ≥ c, an error `target` of the weight is a relative error
/// target/c, so c/T_{2^d+1}(μ') ≤ `target` is needed on the subinterval [ε/(1 − c), 1/(L·c)] of the domain, for every c.
/// Any choice of c gives a valid bound; a fine grid of them is tried.
pub fn absolute_lower_bound(domain: &RowDomain, target: &Rational) -> u32 {
    (0..LARGEST_DEPTH).find(|&d| largest_forced_error(domain, d) <= *target).unwrap_or(LARGEST_DEPTH)
}

fn largest_forced_error(domain: &RowDomain, depth: u32) -> Float {
    const GRID: u32 = 400;
    let n = degree_plus_one(depth);
    let (a, b, top) = (domain.a(), domain.b(), domain.largest_weight());
    let mut largest = Float::new(PRECISION);
    for i in 1..GRID {
        let c = &top * Rational::from((i, GRID));
        let low = (&domain.epsilon / (Rational::from(1) - &c)).max(a.clone());
        let high = (Rational::from(&c * domain.length)).recip().min(b.clone());
        if low < high && low > 0 {
            let forced = chebyshev_error(&low, &high, &n) * c;
            if forced > largest {
                largest = forced;
            }
        }
    }
    largest
}

/// 2^d + 1: one more than the degree of r at depth d.
fn degree_plus_one(depth: u32) -> Float {
    (Float::with_val(PRECISION, 1) << depth) + 1u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power_of_two(exponent: i32) -> Rational {
        Rational::from_f64(f64::from(exponent).exp2()).unwrap()
    }

    /// The table of the composite: depth = lower bound at each κ and δ.
    #[test]
    fn relative_bound_agrees_with_the_known_table() {
        for (log_kappa, at_10, at_20) in [(8, 6, 7), (12, 8, 9), (16, 10, 11), (20, 12, 13), (22, 13, 14)] {
            let (a, b) = (power_of_two(-log_kappa), Rational::from(1));
            assert_eq!(relative_lower_bound(&a, &b, &power_of_two(-10)), at_10, "κ = 2^{log_kappa}");
            assert_eq!(relative_lower_bound(&a, &b, &power_of_two(-20)), at_20, "κ = 2^{log_kappa}");
        }
    }

    /// ε_m = 2^-8, L = 128, target 2^-11: the relative bound says 7, yet six doublings reach 2^-11.3 on the weights.
    #[test]
    fn absolute_bound_is_weaker_than_the_relative_one() {
        let domain = RowDomain { length: 128, epsilon: power_of_two(-8), smallest_mean: Rational::new() };
        assert_eq!(relative_lower_bound(&domain.a(), &domain.b(), &power_of_two(-11)), 7);
        let absolute = absolute_lower_bound(&domain, &power_of_two(-11));
        assert!((1..=6).contains(&absolute), "{absolute}");
    }
}
