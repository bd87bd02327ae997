//! The certifier's prover of inequalities, on parts of [0, 1] where the whole is too much for it.
//!
//! The prover counts in one small unit of the values at the ends. A polynomial that is much smaller inside than there is lost in that
//! unit; on a part it is held against the values at the ends of the part.

use super::integers::on;
use crate::certify::{self, Sign};
use crate::poly::IntegerPolynomial;
use rug::{Integer, Rational};

/// Averages and words of 64 bits after which an inequality is left open: under a minute.
const BUDGET: u64 = 1 << 32;
/// Halvings that the prover makes before it gives up, about.
const LEVELS: u64 = 80;
/// What a part costs beside its control points.
const PART: u64 = 1 << 19;

/// Whether p > 0 on [0, 1].
pub(super) fn positive(p: &IntegerPolynomial) -> Sign {
    let mut budget = BUDGET;
    let mut open = vec![[Rational::new(), Rational::from(1)]];
    while let Some([low, high]) = open.pop() {
        let part = on(p.numerators(), &low, &high);
        match certify::positive(&part) {
            Sign::Holds => {}
            Sign::Fails(u) => return Sign::Fails(Rational::from(&high - &low) * u + low),
            Sign::Unknown => {
                let Some(rest) = budget.checked_sub(cost(part.numerators())) else { return Sign::Unknown };
                budget = rest;
                let middle = Rational::from(&low + &high) / 2u32;
                open.push([middle.clone(), high]);
                open.push([low, middle]);
            }
        }
    }
    Sign::Holds
}

fn cost(a: &[Integer]) -> u64 {
    let words = a.iter().map(|c| u64::from(c.significant_bits()) / 64).max().unwrap_or(0);
    (a.len() as u64).pow(2) * (LEVELS + words) + PART
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (3u − 1)² + c: the least value lies at no point of subdivision.
    fn lifted(c: Rational) -> IntegerPolynomial {
        let square = IntegerPolynomial::new([1, -6, 9].map(Integer::from).to_vec(), Integer::from(1));
        square.plus(&IntegerPolynomial::affine(&c, &Rational::new()))
    }

    #[test]
    fn small_values_far_below_those_at_the_ends_are_told_from_zero() {
        for bits in [10u32, 100, 400] {
            let small = Rational::from(1) >> bits;
            assert_eq!(positive(&lifted(small.clone())), Sign::Holds, "2^-{bits}");
            let Sign::Fails(u) = positive(&lifted(Rational::from(-&small))) else {
                panic!("−2^-{bits} is not refuted")
            };
            assert!(lifted(-small).value(&u) <= 0);
        }
        assert_eq!(certify::positive(&lifted(Rational::from(1) >> 400)), Sign::Unknown);
        // A double root between the points of subdivision is left open, in time.
        assert_eq!(positive(&lifted(Rational::new())), Sign::Unknown);
    }
}
