//! The sign of a polynomial on (0, 1): where it changes, and the second, independent proof of that.

use super::inequality;
use super::integers::{degree, derivative, exact_quotient, linear, negated, normal, on, primitive, sign_at, times};
use super::isolate::{Place, isolate};
use super::square_free::square_free;
use crate::certify::{self, Sign};
use crate::error::{Error, Result};
use crate::poly::IntegerPolynomial;
use rug::{Integer, Rational};

/// A polynomial other than 0 as u^a·(1 − u)^b·Π f_i^i: what its sign on (0, 1) depends on.
#[derive(Debug, Clone)]
pub(super) struct Factored {
    /// The multiplicities of the roots at 0 and 1.
    pub ends: [u32; 2],
    /// The product of the factors of odd multiplicity, with the sign of the whole: between zeros that is its sign.
    pub odd: Vec<Integer>,
    /// The product of the factors of even multiplicity, where the whole touches 0.
    pub even: Vec<Integer>,
    /// The factors of multiplicity 2 or more.
    pub multiple: Vec<(u32, Vec<Integer>)>,
}

/// A root that is told apart from all others: its interval is a point where it is known exactly.
pub(super) type Root = [Rational; 2];

impl Factored {
    /// By square-free factorisation; `None` for the polynomial 0.
    pub fn of(f: &[Integer]) -> Option<Self> {
        let (ends, rest) = without_ends(f)?;
        let factors = square_free(&rest).into_iter().filter(|(multiplicity, _)| *multiplicity > 1).collect();
        Self::by(ends, &rest, factors)
    }

    /// From stated factors; `None` where they do not divide the polynomial as often as they say, or divide it more often.
    pub fn stated(f: &[Integer], multiple: Vec<(u32, Vec<Integer>)>) -> Option<Self> {
        let (ends, rest) = without_ends(f)?;
        let powers: u64 = multiple.iter().map(|(i, a)| u64::from(*i) * degree(a) as u64).sum();
        if powers > degree(&rest) as u64 || multiple.iter().any(|(i, a)| *i < 2 || degree(a) == 0) {
            return None;
        }
        Self::by(ends, &rest, multiple.into_iter().map(|(i, a)| (i, normal(a))).collect())
    }

    /// What is left of `rest` when the multiple factors are divided out is of multiplicity 1, and has the sign.
    fn by(ends: [u32; 2], rest: &[Integer], multiple: Vec<(u32, Vec<Integer>)>) -> Option<Self> {
        let mut odd = rest.to_vec();
        for (i, factor) in &multiple {
            for _ in 0..*i {
                odd = exact_quotient(&odd, factor)?;
            }
            if exact_quotient(&odd, factor).is_some() {
                return None;
            }
        }
        let mut even = vec![Integer::from(1)];
        for (i, factor) in &multiple {
            let product = if i % 2 == 1 { &mut odd } else { &mut even };
            *product = times(product, factor);
        }
        Some(Self { ends, odd: primitive(odd), even, multiple })
    }

    /// The sign just above 0.
    pub fn first_sign(&self) -> i32 {
        sign_at(&self.odd, &Rational::new())
    }

    /// The places in (0, 1) where the sign changes, in intervals of at most `width`; `guess` may name the exact place in one.
    ///
    /// # Errors
    /// [`Error::NoSolution`] when that takes too long.
    pub fn changes(&self, width: &Rational, guess: impl Fn(&Root) -> Rational) -> Result<Vec<Root>> {
        roots(&self.odd, width, guess)
    }

    /// A place in (0, 1) where the polynomial is 0 and its sign does not change.
    ///
    /// # Errors
    /// As [`Self::changes`].
    pub fn touch(&self, width: &Rational, guess: impl Fn(&Root) -> Rational) -> Result<Option<Root>> {
        Ok(roots(&self.even, width, guess)?.into_iter().next())
    }

    /// Whether `changes` are all the places where the sign changes, one in each interval: by evaluation, and by the certifier's
    /// prover of inequalities, which finds no roots.
    pub fn change_exactly_at(&self, changes: &[Root]) -> bool {
        are_the_roots(&self.odd, changes)
    }

    /// Whether the polynomial does not touch 0 in (0, 1) without changing sign, proved likewise.
    pub fn never_touches(&self) -> bool {
        is_one_signed(&self.even, &Rational::new(), &Rational::from(1))
    }

    /// Whether it is 0 in this interval and does not change sign there, proved likewise.
    pub fn touches(&self, place: &Root) -> bool {
        let signs = place.each_ref().map(|end| sign_at(&self.even, end));
        if place[0] == place[1] { signs[0] == 0 } else { signs[0] * signs[1] < 0 }
    }
}

/// Multiplicities of the roots 0 and 1, and what is left, of which the factor (1 − u)^b, not (u − 1)^b, was taken.
fn without_ends(f: &[Integer]) -> Option<([u32; 2], Vec<Integer>)> {
    let f = primitive(f.to_vec());
    let zeros = f.iter().position(|c| *c != 0)?;
    let mut rest = f.get(zeros..)?.to_vec();
    let mut at_one = 0;
    while sign_at(&rest, &Rational::from(1)) == 0 {
        rest = exact_quotient(&rest, &[Integer::from(1), Integer::from(-1)])?;
        at_one += 1;
    }
    Some(([zeros as u32, at_one], rest))
}

/// The roots in (0, 1) of a square-free polynomial that is not 0 at the ends, with gaps between their intervals.
fn roots(a: &[Integer], width: &Rational, guess: impl Fn(&Root) -> Rational) -> Result<Vec<Root>> {
    let internal = || Error::internal("a root does not divide its polynomial");
    let mut rest = a.to_vec();
    let divide = |rest: &mut Vec<Integer>, x: &Rational| {
        *rest = exact_quotient(rest, &linear(x)).ok_or_else(internal)?;
        Ok::<_, Error>([x.clone(), x.clone()])
    };
    let (mut exact, mut enclosed) = (Vec::new(), Vec::new());
    for place in isolate(a)? {
        match place {
            Place::At(x) => exact.push(divide(&mut rest, &x)?),
            Place::Inside(low, high) => enclosed.push([low, high]),
        }
    }
    let mut found = Vec::new();
    for mut root in enclosed {
        while Rational::from(&root[1] - &root[0]) > *width {
            halve(&rest, &mut root);
        }
        let x = guess(&root);
        let is_root = root[0] < x && x < root[1] && sign_at(&rest, &x) == 0;
        found.push(if is_root { divide(&mut rest, &x)? } else { root });
    }
    found.extend(exact);
    found.sort();
    let slope = derivative(&rest);
    for root in found.iter_mut().filter(|root| root[0] != root[1]) {
        while root[0] != root[1] && !is_plainly_one_signed(&slope, &root[0], &root[1]) {
            halve(&rest, root);
        }
    }
    while let Some(i) = touching(&found) {
        found.iter_mut().skip(i.saturating_sub(1)).take(2).for_each(|root| halve(&rest, root));
    }
    Ok(found)
}

/// The first interval that touches the one before it, or 0; one that touches 1 otherwise.
fn touching(roots: &[Root]) -> Option<usize> {
    let (zero, one) = (Rational::new(), Rational::from(1));
    let before = std::iter::once(&zero).chain(roots.iter().map(|root| &root[1]));
    let found = before.zip(roots).position(|(before, root)| *before >= root[0]);
    found.or_else(|| roots.last().filter(|root| root[1] >= one).map(|_| roots.len() - 1))
}

/// Half of an interval about one root; a point where the middle is the root.
fn halve(a: &[Integer], root: &mut Root) {
    if root[0] == root[1] {
        return;
    }
    let middle = Rational::from(&root[0] + &root[1]) / 2u32;
    match sign_at(a, &middle) {
        0 => *root = [middle.clone(), middle],
        sign if sign == sign_at(a, &root[0]) => root[0] = middle,
        _ => root[1] = middle,
    }
}

/// Whether these are all the roots of a polynomial in (0, 1), one in each interval, and its sign changes at each.
fn are_the_roots(a: &[Integer], roots: &[Root]) -> bool {
    let (zero, one) = (Rational::new(), Rational::from(1));
    if touching(roots).is_some() || roots.iter().any(|root| root[0] > root[1]) {
        return false;
    }
    let (exact, enclosed): (Vec<&Root>, Vec<&Root>) = roots.iter().partition(|root| root[0] == root[1]);
    let divided = exact.iter().try_fold(a.to_vec(), |rest, root| exact_quotient(&rest, &linear(&root[0])));
    let Some(rest) = divided else { return false };
    let slope = derivative(&rest);
    let each_once = enclosed.iter().all(|root| {
        sign_at(&rest, &root[0]) * sign_at(&rest, &root[1]) < 0 && is_one_signed(&slope, &root[0], &root[1])
    });
    let from = std::iter::once(&zero).chain(enclosed.iter().map(|root| &root[1]));
    let to = enclosed.iter().map(|root| &root[0]).chain([&one]);
    each_once && from.zip(to).all(|(from, to)| is_one_signed(&rest, from, to))
}

/// Whether a polynomial is not 0 on a closed interval, proved.
fn is_one_signed(a: &[Integer], low: &Rational, high: &Rational) -> bool {
    upward(a, low, high).is_some_and(|p| inequality::positive(&p) == Sign::Holds)
}

/// The same on an interval that can as well be halved: what takes parts to prove is not.
fn is_plainly_one_signed(a: &[Integer], low: &Rational, high: &Rational) -> bool {
    upward(a, low, high).is_some_and(|p| certify::positive(&p) == Sign::Holds)
}

/// The polynomial or its negative on [low, high], so that it is positive at `low`; `None` where it is 0 there.
fn upward(a: &[Integer], low: &Rational, high: &Rational) -> Option<IntegerPolynomial> {
    match sign_at(a, low) {
        0 => None,
        sign if sign < 0 => Some(on(&negated(a), low, high)),
        _ => Some(on(a, low, high)),
    }
}

#[cfg(test)]
#[path = "signs_tests.rs"]
mod tests;
