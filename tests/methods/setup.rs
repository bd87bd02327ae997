//! Divisions by every method.

use polyattn::attention::RowDomain;
use polyattn::certify::{certify, residual_ranges};
use polyattn::circuit::{
    Cost, Division, Iteration, ModulusChain, Numerator, PlacedCircuit, Start, best_steps, minimax_start,
};
use polyattn::fit::{FitRequest, Goal, Method, fit};
use polyattn::poly::table::Form;
use polyattn::real::{PRECISION, f64_above};
use rug::ops::Pow;
use rug::{Float, Rational};

pub fn two_to(exponent: i32) -> Rational {
    Rational::from(2).pow(exponent)
}

pub fn rows_of(division: &Division) -> RowDomain {
    RowDomain { length: division.length, epsilon: division.epsilon.clone(), smallest_mean: Rational::new() }
}

/// [ε, 1 + ε].
pub fn domain(epsilon: &Rational) -> (Rational, Rational) {
    (epsilon.clone(), Rational::from(epsilon + 1u32))
}

/// A composite with the constants of a fitted table.
pub fn composite(
    method: Method,
    goal: Goal,
    power: u32,
    length: u32,
    log2_epsilon: i32,
    numerator: Numerator,
) -> Division {
    let epsilon = two_to(log2_epsilon);
    let (a, b) = domain(&epsilon);
    let Form::Composite { start, steps } =
        fit(&FitRequest::reciprocal(method, a.clone(), b.clone(), goal)).unwrap().form
    else {
        unreachable!("a composite was asked for")
    };
    let ranges = residual_ranges(&start, &steps, &(a, b));
    Division {
        power,
        length,
        epsilon,
        start: Start::Constant(start.0),
        steps: steps.into_iter().map(|alpha| alpha.0).collect(),
        residuals: ranges.into_iter().map(|(low, high)| f64_above(&low.abs().max(high.abs()))).collect(),
        numerator,
        iteration: Iteration::Goldschmidt,
        segments: None,
    }
}

/// The best polynomial of a degree, and doublings after it.
pub fn polynomial(
    degree: u32,
    doublings: u32,
    power: u32,
    length: u32,
    log2_epsilon: i32,
    numerator: Numerator,
) -> Division {
    let epsilon = two_to(log2_epsilon);
    let (a, b) = domain(&epsilon);
    let (start, error) = minimax_start(&a, &b, degree).unwrap();
    let (steps, residuals) = best_steps(&error, doublings);
    Division {
        power,
        length,
        epsilon,
        start: Start::Polynomial(start),
        steps,
        residuals,
        numerator,
        iteration: Iteration::Goldschmidt,
        segments: None,
    }
}

/// A certified table as a circuit: its coefficients are rounded, its error is proved.
pub fn certified_polynomial(degree: u64, power: u32, length: u32, log2_epsilon: i32) -> Division {
    let epsilon = two_to(log2_epsilon);
    let (a, b) = domain(&epsilon);
    let certified = certify(&fit(&FitRequest::reciprocal(Method::Auto, a, b, Goal::Degree(degree))).unwrap()).unwrap();
    Division {
        power,
        length,
        epsilon,
        start: Start::Polynomial(certified.table.polynomial().unwrap().unwrap()),
        steps: Vec::new(),
        residuals: vec![f64_above(&certified.certificate.certified_upper.unwrap().0)],
        numerator: Numerator::Separate,
        iteration: Iteration::Goldschmidt,
        segments: None,
    }
}

/// The same with R taken afresh.
pub fn newton(division: Division) -> Division {
    Division { iteration: Iteration::Newton, numerator: Numerator::Separate, ..division }
}

/// On a chain with primes of one size; small rings say nothing of security.
pub fn placed(division: &Division, log_n: u32, bits: u32, special: &[u32]) -> PlacedCircuit {
    let circuit = division.circuit().unwrap();
    let depth = Cost::of(&circuit, division.length).depth;
    let depth = division.segments.map_or(depth, |segments| depth.min(segments.levels)) as usize;
    let q = [&[bits + 10][..], &vec![bits; depth]].concat();
    let chain = ModulusChain::generate(log_n, &q, special).unwrap();
    PlacedCircuit::new(circuit, chain, division.length, &(Float::with_val(PRECISION, 1) << bits)).unwrap()
}

/// Depth and products from scores to weights of a row at p = 4, L = 128.
pub fn cost(division: &Division) -> (u32, u32, u32) {
    let cost = Cost::of(&division.circuit().unwrap(), division.length);
    (cost.depth, cost.products, cost.plain_products)
}
