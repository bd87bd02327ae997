//! Polynomials in powers of u with integer coefficients, as plain lists: exact division, content, products.

use crate::poly::{Basis, IntegerPolynomial, Polynomial};
use rug::{Integer, Rational};

/// Without zeros at the high end and without a common positive factor; the sign stays.
pub(super) fn primitive(mut a: Vec<Integer>) -> Vec<Integer> {
    while a.last().is_some_and(|c| *c == 0) {
        a.pop();
    }
    let content = a.iter().fold(Integer::new(), |gcd, c| gcd.gcd(c));
    if content > 1 {
        a.iter_mut().for_each(|c| c.div_exact_mut(&content));
    }
    a
}

/// The same with a positive highest coefficient.
pub(super) fn normal(a: Vec<Integer>) -> Vec<Integer> {
    let a = primitive(a);
    if a.last().is_some_and(|c| *c < 0) { negated(&a) } else { a }
}

pub(super) fn negated(a: &[Integer]) -> Vec<Integer> {
    a.iter().map(|c| Integer::from(-c)).collect()
}

pub(super) fn degree(a: &[Integer]) -> usize {
    a.len().saturating_sub(1)
}

pub(super) fn derivative(a: &[Integer]) -> Vec<Integer> {
    a.iter().enumerate().skip(1).map(|(i, c)| Integer::from(c * i as u64)).collect()
}

/// a − b without zeros at the high end.
pub(super) fn minus(a: &[Integer], b: &[Integer]) -> Vec<Integer> {
    let mut difference = a.to_vec();
    difference.resize(a.len().max(b.len()), Integer::new());
    difference.iter_mut().zip(b).for_each(|(c, b)| *c -= b);
    while difference.last().is_some_and(|c| *c == 0) {
        difference.pop();
    }
    difference
}

pub(super) fn times(a: &[Integer], b: &[Integer]) -> Vec<Integer> {
    let mut product = vec![Integer::new(); (a.len() + b.len()).saturating_sub(1)];
    for (shift, factor) in b.iter().enumerate() {
        product.iter_mut().skip(shift).zip(a).for_each(|(sum, c)| *sum += c * factor);
    }
    product
}

/// a/b where b ≠ 0 divides a over the integers.
pub(super) fn exact_quotient(a: &[Integer], b: &[Integer]) -> Option<Vec<Integer>> {
    let (lead, rest) = b.split_last()?;
    let mut remainder = a.to_vec();
    let mut quotient = Vec::new();
    while remainder.len() >= b.len() {
        let top = remainder.pop()?;
        if !top.is_divisible(lead) {
            return None;
        }
        let q = top.div_exact(lead);
        let shift = remainder.len() - rest.len();
        remainder.iter_mut().skip(shift).zip(rest).for_each(|(r, c)| *r -= c * &q);
        quotient.push(q);
    }
    quotient.reverse();
    remainder.iter().all(|r| *r == 0).then_some(quotient)
}

/// The sign of the value at a rational place.
pub(super) fn sign_at(a: &[Integer], u: &Rational) -> i32 {
    // s^n·Σ a_i·(p/s)^i by Horner's rule.
    let (mut sum, mut power) = (Integer::new(), Integer::from(1));
    for c in a.iter().rev() {
        sum *= u.numer();
        sum += c * &power;
        power *= u.denom();
    }
    sum.cmp0() as i32
}

/// q·u − p for the place p/q.
pub(super) fn linear(place: &Rational) -> Vec<Integer> {
    vec![Integer::from(-place.numer()), place.denom().clone()]
}

/// The polynomial on [low, high], carried to [0, 1].
pub(super) fn on(a: &[Integer], low: &Rational, high: &Rational) -> IntegerPolynomial {
    let coefficients = a.iter().map(Rational::from).collect();
    Polynomial { basis: Basis::Monomial, lo: Rational::new(), hi: Rational::from(1), coefficients }.on_unit(low, high)
}
