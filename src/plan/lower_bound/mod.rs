//! The least depth that a polynomial in D can have, proved by the extremal property of Chebyshev's polynomials.
//!
//! A circuit of depth d with one product per rescaling computes a polynomial in D of degree at most 2^d. Among polynomials
//! q of degree ≤ n with q(0) = 1, the one smallest on [a, b] is T_n(φ(D))/T_n(φ(0)); with q = 1 − D·r(D) this bounds the
//! relative error of every r of degree ≤ n − 1 from below by 1/T_n((b + a)/(b − a)). An error of the weights is bounded in the same
//! way under a weight ([`forced_weight_error`]).

mod weighted;

use crate::attention::RowDomain;
use crate::real::{PRECISION, rational_to_float};
use rug::{Float, Rational};
use weighted::minorants;

/// Depths beyond this are not searched: no modulus chain has so many levels.
const LARGEST_DEPTH: u32 = 63;

/// The least relative error of 1/D on [a, b] by a polynomial of degree n − 1.
///
/// # Formula
/// $$\frac{1}{T_n(\mu)}, \quad \mu = \frac{b + a}{b - a}, \quad T_n(\mu) = \cosh(n \operatorname{arcosh} \mu)$$
pub fn chebyshev_error(a: &Rational, b: &Rational, n: &Float) -> Float {
    let mu = rational_to_float(&(Rational::from(b + a) / Rational::from(b - a)));
    (mu.acosh() * n).cosh().recip()
}

/// The least depth of a polynomial in D whose relative error on [a, b] is at most `target`.
pub fn relative_lower_bound(a: &Rational, b: &Rational, target: &Rational) -> u32 {
    (0..LARGEST_DEPTH).find(|&d| chebyshev_error(a, b, &degree_plus_one(d)) <= *target).unwrap_or(LARGEST_DEPTH)
}

/// The least depth of a polynomial in D whose error on every weight is at most `target`: of a smaller depth, none is.
pub fn absolute_lower_bound(domain: &RowDomain, target: &Rational) -> u32 {
    let minorants = minorants(domain);
    let is_short = |&depth: &u32| minorants.iter().any(|minorant| minorant.exceeds((1 << depth) + 1, target));
    (0..LARGEST_DEPTH).find(|depth| !is_short(depth)).unwrap_or(LARGEST_DEPTH)
}

/// An error that every polynomial r in D of degree at most n − 1, n ≥ 2, leaves on some weight (u/L)·r of some row, rounded down.
pub fn forced_weight_error(domain: &RowDomain, n: u64) -> Rational {
    let errors = minorants(domain).into_iter().map(|minorant| minorant.forced(n.max(2)).lo());
    errors.max().unwrap_or_default()
}

/// 2^d + 1: one more than the degree of r at depth d.
fn degree_plus_one(depth: u32) -> Float {
    (Float::with_val(PRECISION, 1) << depth) + 1u32
}

#[cfg(test)]
mod tests;
