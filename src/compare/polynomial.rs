//! Interpolation at Chebyshev nodes, as OpenFHE's `EvalChebyshevFunction` does it, and circuits of it.

use crate::circuit::{Circuit, NodeId};
use crate::error::{Error, Result};
use crate::poly::{Basis, Polynomial};
use crate::real::{PRECISION, dyadic_nearest, float_to_exact};
use rug::{Float, Rational, float::Constant};

/// Bits after the point of coefficients.
const COEFFICIENT_BITS: u32 = 160;
/// Bits of the recurrences for coefficients of 1/D.
const RECURRENCE_BITS: u32 = 512;

/// The polynomial of this degree through f at the zeros of T_(degree + 1) on [lo, hi].
pub(super) fn interpolation(lo: &Rational, hi: &Rational, degree: u32, f: impl Fn(&Float) -> Float) -> Polynomial {
    let nodes = degree + 1;
    let pi = Float::with_val(PRECISION, Constant::Pi);
    let angle = |j: u32| Float::with_val(PRECISION, &pi * (2 * j + 1)) / (2 * nodes);
    let middle = Rational::from(lo + hi) / 2u32;
    let half = Rational::from(hi - lo) / 2u32;
    let values: Vec<Float> = (0..nodes).map(|j| f(&(angle(j).cos() * &half + &middle))).collect();
    let coefficient = |k: u32| {
        let term = |(j, value): (u32, &Float)| (angle(j) * k).cos() * value;
        let sum = (0u32..).zip(&values).map(term).fold(Float::new(PRECISION), |sum, term| sum + term);
        let weight = if k == 0 { 1u32 } else { 2 };
        dyadic_nearest(&float_to_exact(&(sum * weight / nodes)), COEFFICIENT_BITS)
    };
    let coefficients = (0..nodes).map(coefficient).collect();
    Polynomial { basis: Basis::Chebyshev, lo: lo.clone(), hi: hi.clone(), coefficients }
}

/// The same for 1/D by its closed form, in linear time.
///
/// # Formula
/// 1 − D·r vanishes at the zeros of T_n, n = degree + 1, and is 1 at 0, so it is T_n(y)/T_n(−μ), μ = (b + a)/(b − a): the
/// polynomial of least relative error. Its coefficients are those of [`minimax_start`](crate::circuit::minimax_start).
///
/// # Errors
/// [`Error::Input`] unless 0 < a < b.
pub(super) fn reciprocal(a: &Rational, b: &Rational, degree: u32) -> Result<Polynomial> {
    if !(*a > 0 && a < b) {
        return Err(Error::input("interpolation of 1/D: expected a domain with 0 < a < b"));
    }
    let width = Rational::from(b - a);
    let mu = Float::with_val(RECURRENCE_BITS, Rational::from(b + a) / &width);
    let twice = Float::with_val(RECURRENCE_BITS, &mu * 2u32);
    // U_(−1) = 0, U_0 = 1, …, U_n; T_n = U_n − μ·U_(n−1).
    let mut second = vec![Float::new(RECURRENCE_BITS), Float::with_val(RECURRENCE_BITS, 1)];
    while second.len() <= degree as usize + 2 {
        if let [.., before, last] = second.as_slice() {
            let next = Float::with_val(RECURRENCE_BITS, &twice * last) - before;
            second.push(next);
        }
    }
    let (Some(last), Some(before)) = (second.pop(), second.last()) else {
        return Err(Error::internal("a recurrence without values"));
    };
    let first = last - Float::with_val(RECURRENCE_BITS, &mu * before);
    let scale = Float::with_val(RECURRENCE_BITS, 4) / first / width;
    let coefficient = |(k, u): (u32, &Float)| {
        let sized = Float::with_val(RECURRENCE_BITS, u * &scale) / if k == 0 { 2u32 } else { 1 };
        let rounded = dyadic_nearest(&float_to_exact(&sized), COEFFICIENT_BITS);
        if k % 2 == 0 { rounded } else { -rounded }
    };
    let coefficients = (0u32..=degree).zip(second.iter().rev()).map(coefficient).collect();
    Ok(Polynomial { basis: Basis::Chebyshev, lo: a.clone(), hi: b.clone(), coefficients })
}

/// `polynomial` of the value of a node, which lies in its interval after x ← factor·value.
pub(super) fn push(circuit: &mut Circuit, of: NodeId, factor: &Rational, polynomial: &Polynomial) -> NodeId {
    let scale = Rational::from(&polynomial.hi - &polynomial.lo).recip() * 2u32;
    let shift = -Rational::from(&scale * &polynomial.lo) - 1u32;
    let argument = circuit.affine(of, &(scale * factor), &shift);
    circuit.chebyshev(argument, &polynomial.coefficients)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::{Op, evaluate, minimax_start};

    #[test]
    fn the_closed_form_interpolates_the_reciprocal() {
        let (a, b) = (Rational::from((1, 8)), Rational::from((9, 8)));
        let closed = reciprocal(&a, &b, 13).unwrap();
        let nodes = interpolation(&a, &b, 13, |x| Float::with_val(PRECISION, x.recip_ref()));
        let exact = minimax_start(&a, &b, 13).unwrap().0;
        for polynomial in [&nodes, &exact] {
            for (c, d) in closed.coefficients.iter().zip(&polynomial.coefficients) {
                assert!(Rational::from(c - d).abs() < Rational::from((1, 1u64 << 62)).square());
            }
        }
        assert_eq!(closed.coefficients.len(), nodes.coefficients.len());
    }

    #[test]
    fn a_circuit_of_an_interpolation_takes_the_value_at_a_node() {
        let (lo, hi) = (Rational::from(-3), Rational::from(5));
        let polynomial = interpolation(&lo, &hi, 8, |x| Float::with_val(PRECISION, x.exp_ref()));
        let mut circuit = Circuit::default();
        let scores = circuit.push(Op::Scores);
        push(&mut circuit, scores, &Rational::from(2), &polynomial);
        // The middle zero of T_9 is 0, where x = 1 = 2·t.
        let t = Float::with_val(PRECISION, 0.5);
        let values = evaluate(&circuit, &[t]).unwrap();
        let error = values.last().unwrap()[0].clone() - Float::with_val(PRECISION, 1).exp();
        assert!(error.abs() < 1e-40);
    }
}
