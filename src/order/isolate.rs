//! The real roots of a square-free polynomial in (0, 1), each in an interval of its own.
//!
//! The number of roots in an open interval is that of the sign changes of the Bernstein coefficients there, or less by an even
//! number (Descartes); where it is 0 or 1 it is exact. Halving ends: around a single root with a disc free of others there is one
//! change (the two-circle theorem). All coefficients are exact integers. (Collins and Akritas 1976; Eigenwillig 2008.)

use super::integers::degree;
use crate::error::{Error, Result};
use rug::{Integer, Rational};

/// Words of 64 bits that are added before the search is given up: some minutes.
const BUDGET: u64 = 1 << 37;

/// Where a root lies.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place {
    /// At this point.
    At(Rational),
    /// Inside this open interval, alone.
    Inside(Rational, Rational),
}

/// Bernstein coefficients, up to a positive factor, on (index/2^level, (index + 1)/2^level).
struct Piece {
    control: Vec<Integer>,
    index: Integer,
    level: u32,
}

/// The places of all roots in (0, 1) in increasing order.
///
/// # Errors
/// [`Error::NoSolution`] when roots lie so close together that finding them apart takes too long.
pub(super) fn isolate(a: &[Integer]) -> Result<Vec<Place>> {
    let mut budget = BUDGET;
    let mut open = vec![Piece { control: control_points(a), index: Integer::new(), level: 0 }];
    let mut places = Vec::new();
    while let Some(piece) = open.pop() {
        match changes(&piece.control) {
            0 => {}
            1 => places.push(Place::Inside(piece.place(0), piece.place(1))),
            _ => {
                let words = piece.control.iter().map(|c| u64::from(c.significant_bits()) / 64 + 1).max().unwrap_or(1);
                let cost = words * (piece.control.len() as u64).pow(2);
                budget = budget.checked_sub(cost).ok_or_else(|| {
                    Error::NoSolution("turning points or zeros lie too close together to be told apart".into())
                })?;
                let [left, right] = piece.halves();
                if right.control.first().is_some_and(|c| *c == 0) {
                    places.push(Place::At(right.place(0)));
                }
                open.push(right);
                open.push(left);
            }
        }
    }
    places.sort_by(|a, b| a.low().cmp(b.low()).then(a.high().cmp(b.high())));
    Ok(places)
}

impl Place {
    fn low(&self) -> &Rational {
        match self {
            Self::At(x) | Self::Inside(x, _) => x,
        }
    }

    fn high(&self) -> &Rational {
        match self {
            Self::At(x) | Self::Inside(_, x) => x,
        }
    }
}

impl Piece {
    /// An end: 0 the lower, 1 the upper.
    fn place(&self, side: u32) -> Rational {
        Rational::from(Integer::from(&self.index + side)) >> self.level
    }

    /// De Casteljau at the middle with sums in the place of averages, every stage but the last brought to the common factor 2^n.
    fn halves(self) -> [Self; 2] {
        let n = degree(&self.control);
        let mut row = self.control;
        let (mut left, mut right) = (Vec::with_capacity(n + 1), Vec::with_capacity(n + 1));
        for stage in 0..=n {
            let shift = (n - stage) as u32;
            left.extend(row.first().map(|c| Integer::from(c << shift)));
            right.extend(row.last().map(|c| Integer::from(c << shift)));
            let mut rest = row.as_mut_slice();
            while let Some((first, after)) = rest.split_first_mut() {
                if let Some(next) = after.first() {
                    *first += next;
                }
                rest = after;
            }
            row.pop();
        }
        right.reverse();
        let index = Integer::from(&self.index << 1);
        let level = self.level + 1;
        let second = Self { control: reduced(right), index: Integer::from(&index + 1), level };
        [Self { control: reduced(left), index, level }, second]
    }
}

/// Without a common power of two.
fn reduced(mut control: Vec<Integer>) -> Vec<Integer> {
    let zeros = control.iter().filter_map(|c| c.find_one(0)).min().unwrap_or(0);
    control.iter_mut().for_each(|c| *c >>= zeros);
    control
}

/// Sign changes, zeros left out.
pub(super) fn changes(control: &[Integer]) -> usize {
    let signs: Vec<bool> = control.iter().filter(|c| **c != 0).map(|c| *c > 0).collect();
    signs.iter().zip(signs.iter().skip(1)).filter(|(a, b)| a != b).count()
}

/// The Bernstein coefficients on [0, 1] times the least common multiple of the binomials.
///
/// Σ a_j·v^j·(1 + v)^(n−j) = Σ C(n, i)·b_i·v^i.
fn control_points(a: &[Integer]) -> Vec<Integer> {
    let n = degree(a) as u32;
    let mut expanded: Vec<Integer> = Vec::with_capacity(a.len());
    for c in a {
        // Times 1 + v, then plus a_j·v^j.
        expanded.push(Integer::new());
        for i in (1..expanded.len()).rev() {
            let (before, from) = expanded.split_at_mut(i);
            if let (Some(below), Some(here)) = (before.last(), from.first_mut()) {
                *here += below;
            }
        }
        if let Some(last) = expanded.last_mut() {
            *last += c;
        }
    }
    let binomials: Vec<Integer> = (0..=n).map(|i| Integer::from(Integer::binomial_u(n, i))).collect();
    let common = binomials.iter().fold(Integer::from(1), |lcm, c| lcm.lcm(c));
    let scaled = |(c, binomial): (Integer, &Integer)| c * Integer::from(common.div_exact_ref(binomial));
    expanded.into_iter().zip(&binomials).map(scaled).collect()
}

#[cfg(test)]
mod tests {
    use super::super::integers::{linear, sign_at, times};
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// A product of linear factors and of one without a root: every root in (0, 1) in one place, in order.
        #[test]
        fn every_root_has_one_place(roots in proptest::collection::btree_set((-30i64..90, 1i64..60), 0..9)) {
            let roots: BTreeSet<Rational> = roots.into_iter().map(Rational::from).collect();
            let none: Vec<Integer> = [1, 0, 1].map(Integer::from).to_vec();
            let product = roots.iter().fold(none, |f, root| times(&f, &linear(root)));
            let inside: Vec<&Rational> = roots.iter().filter(|x| **x > 0 && **x < 1).collect();
            let places = isolate(&product).unwrap();
            prop_assert_eq!(places.len(), inside.len());
            for (place, root) in places.iter().zip(inside) {
                match place {
                    Place::At(x) => prop_assert_eq!(x, root),
                    Place::Inside(low, high) => prop_assert!(low < root && root < high),
                }
            }
        }
    }

    #[test]
    fn irrational_roots_close_together_are_told_apart() {
        // 2^20·u² − 2^20·u + 2^18 − 1: u = 1/2 ± 2^-10; and (u² − 1/2)(u² − 1/2 − 2^-30).
        let close = [(1i64 << 18) - 1, -(1 << 20), 1 << 20].map(Integer::from);
        let places = isolate(&close).unwrap();
        assert_eq!(places.len(), 2);
        let one = [-1i64, 0, 2].map(Integer::from);
        let other = [-(1i64 << 29) - 1, 0, 1 << 30].map(Integer::from);
        let places = isolate(&times(&one, &other)).unwrap();
        assert_eq!(places.len(), 2);
        for (place, factor) in places.iter().zip([&one, &other]) {
            let Place::Inside(low, high) = place else { panic!("{place:?}") };
            assert!(sign_at(factor, low) * sign_at(factor, high) < 0);
        }
    }
}
