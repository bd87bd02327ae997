//! An activation on one interval: exact values, and the polynomial in u from 0 to 1 over it.

use super::Activation;
use super::document::{Factor, Pair};
use super::integers::primitive;
use super::signs::{Factored, Root};
use crate::poly::IntegerPolynomial;
use crate::real::Exact;
use rug::{Integer, Rational};

pub(super) struct Curve<'a> {
    pub activation: &'a Activation,
    pub lo: Rational,
    pub hi: Rational,
    polynomial: IntegerPolynomial,
}

impl<'a> Curve<'a> {
    pub fn new(activation: &'a Activation, [lo, hi]: &[Exact; 2]) -> Self {
        let (lo, hi) = (lo.0.clone(), hi.0.clone());
        let polynomial = activation.along(&lo, &Rational::from(&hi - &lo));
        Self { activation, lo, hi, polynomial }
    }

    /// f up to a positive factor, in powers of u.
    pub fn numerators(&self) -> Vec<Integer> {
        primitive(self.polynomial.numerators().to_vec())
    }

    /// f' likewise.
    pub fn slope(&self) -> Vec<Integer> {
        primitive(self.polynomial.derivative().numerators().to_vec())
    }

    /// x for u.
    pub fn x(&self, u: &Rational) -> Rational {
        Rational::from(&self.hi - &self.lo) * u + &self.lo
    }

    /// u for x.
    pub fn u(&self, x: &Rational) -> Rational {
        Rational::from(x - &self.lo) / Rational::from(&self.hi - &self.lo)
    }

    /// f(x), exactly.
    pub fn value(&self, x: &Rational) -> Rational {
        self.polynomial.value(&self.u(x))
    }

    pub fn holds(&self, x: &Rational) -> bool {
        self.lo <= *x && *x <= self.hi
    }

    /// The points with the values there.
    pub fn pair(&self, a: Rational, b: Rational) -> Pair {
        let values = [&a, &b].map(|x| Exact(self.value(x)));
        Pair { points: [Exact(a), Exact(b)], values }
    }

    /// The u of the simplest x inside an interval of u: the root there, where that is a short fraction.
    pub fn simplest_in(&self, root: &Root) -> Rational {
        self.u(&simplest(&self.x(&root[0]), &self.x(&root[1])))
    }

    pub fn in_x(&self, root: &Root) -> [Exact; 2] {
        root.each_ref().map(|u| Exact(self.x(u)))
    }

    pub fn in_u(&self, place: &[Exact; 2]) -> Root {
        place.each_ref().map(|x| self.u(x))
    }
}

/// The multiple factors as a document has them.
pub(super) fn stated(factored: &Factored) -> Vec<Factor> {
    let exact = |a: &[Integer]| a.iter().map(|c| Exact(Rational::from(c))).collect();
    let factors = factored.multiple.iter();
    factors.map(|(multiplicity, a)| Factor { multiplicity: *multiplicity, coefficients: exact(a) }).collect()
}

/// The fraction of the least denominator in [low, high], low < high, and of these the nearest to 0.
pub(super) fn simplest(low: &Rational, high: &Rational) -> Rational {
    if *low <= 0 && *high >= 0 {
        return Rational::new();
    }
    if *high < 0 {
        return -simplest(&Rational::from(-high), &Rational::from(-low));
    }
    let [(mut a, mut b), (mut c, mut d)] = [low, high].map(|end| end.clone().into_numer_denom());
    // Convergents of the terms that both ends share, then the least integer between a/b and c/d.
    let (mut before, mut last) = ([Integer::new(), Integer::from(1)], [Integer::from(1), Integer::new()]);
    loop {
        let (whole, rest) = a.div_rem_floor(b.clone());
        let next = |term: &Integer| [0, 1].map(|i: usize| Integer::from(term * &last[i]) + &before[i]);
        let least = if rest == 0 { whole.clone() } else { Integer::from(&whole + 1) };
        if Integer::from(&least * &d) <= c {
            let [numerator, denominator] = next(&least);
            return Rational::from((numerator, denominator));
        }
        (before, last) = (last.clone(), next(&whole));
        c -= whole * &d;
        (a, b, c, d) = (d, c, b, rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_fraction_in_the_interval_is_simpler(n in -400i64..400, d in 1i64..60, width in 1i64..60, other in 1i64..60) {
            let low = Rational::from((n, d));
            let high = &low + Rational::from((width, 700));
            let found = simplest(&low, &high);
            prop_assert!(low <= found && found <= high);
            let denominator = Integer::from(other);
            if denominator < *found.denom() {
                let least = Rational::from((Integer::from(Rational::from(&low * &denominator).ceil_ref()), denominator));
                prop_assert!(least > high);
            }
        }
    }

    /// As many terms of a continued fraction as anyone can write.
    #[test]
    fn golden_ends_share_thousands_of_terms() {
        let golden =
            |n: u32| Rational::from((Integer::from(Integer::fibonacci(n)), Integer::from(Integer::fibonacci(n + 1))));
        let mut ends = [golden(40_000), golden(40_001)];
        ends.sort();
        let found = simplest(&ends[0], &ends[1]);
        assert!(ends[0] <= found && found <= ends[1]);
        assert_eq!(found, golden(40_000));
    }
}
