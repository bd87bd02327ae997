//! Tables of any function, by the exchange.

use super::remez::{Minimax, Problem, Verdict, Weight, minimax, reaches, weighted_error};
use super::{DEGREES_FOR_ROUNDING, FitRequest, Goal, Numbers, SMALLEST_ERROR_BITS, not_after_rounding, too_fine};
use crate::error::{Error, Result};
use crate::poly::table::{Exchange, Form, LARGEST_DEGREE, Metric};
use crate::poly::{Basis, Polynomial};
use crate::real::{Exact, dyadic_nearest, float_to_exact};
use crate::target::Parity;
use rug::{Float, Rational};

/// By default rounding changes the error by less than 2^-30 of itself.
const ROUNDING_SHARE_BITS: f64 = 32.0;

/// The best polynomial that a request asks for, rounded.
pub(super) fn numbers(request: &FitRequest, intervals: &[[Exact; 2]], metric: Metric) -> Result<Numbers> {
    let weight = match metric {
        Metric::Absolute => Weight::Absolute,
        Metric::Relative => Weight::Relative,
    };
    let problem = Problem { function: request.target.function(), intervals, weight, parity: request.parity };
    match &request.goal {
        Goal::Degree(degree) => of_degree(request, &problem, *degree),
        Goal::MaxError(limit) => for_error(request, &problem, limit),
    }
}

fn of_degree(request: &FitRequest, problem: &Problem, degree: u64) -> Result<Numbers> {
    check_parity(request.parity, degree)?;
    let best = minimax(problem, degree)?;
    let [lo, hi] = problem.hull();
    let needed = scale_bits(&best, request.basis, &lo, &hi);
    if needed > 2.0 * SMALLEST_ERROR_BITS {
        return Err(too_fine(degree));
    }
    let bits = request.scale_bits.unwrap_or(needed as u32);
    let exact = best.coefficients.iter().map(float_to_exact).collect();
    let polynomial = Polynomial { basis: Basis::Chebyshev, lo, hi, coefficients: exact };
    let mut polynomial = if request.basis == Basis::Monomial { polynomial.to_monomial() } else { polynomial };
    for c in &mut polynomial.coefficients {
        *c = dyadic_nearest(c, bits);
    }
    let error = weighted_error(problem, &polynomial, &best.error, &best.reference)?;
    let exchange = Exchange { levelled_error: super::estimate(&best.level), spread: best.spread };
    Ok(Numbers {
        form: Form::polynomial(request.basis, polynomial.coefficients, bits)?,
        error,
        method: "remez",
        precision: best.precision,
        iterations: best.iterations,
        exchange: Some(exchange),
    })
}

fn check_parity(parity: Option<Parity>, degree: u64) -> Result<()> {
    let (name, remainder) = match parity {
        None => return Ok(()),
        Some(Parity::Even) => ("even", 0),
        Some(Parity::Odd) => ("odd", 1),
    };
    if degree % 2 == remainder {
        return Ok(());
    }
    Err(Error::input(format!("--degree: an {name} polynomial has an {name} degree, found {degree}")))
}

/// Bits after the point that leave the error as it is: the weight times Σ |B_k|·2^-(bits+1) is under its 2^-30th part.
fn scale_bits(best: &Minimax, basis: Basis, lo: &Rational, hi: &Rational) -> f64 {
    let log2 = |value: &Float| Float::with_val(64, value.log2_ref()).to_f64();
    let degree = best.coefficients.len() as f64 - 1.0;
    let [lo, hi] = [lo, hi].map(|end| Float::with_val(64, end).abs());
    let largest = lo.max(&hi);
    let power = match basis {
        Basis::Chebyshev => 0.0,
        Basis::Monomial => degree * log2(&largest).max(0.0),
    };
    (log2(&best.weight) + (degree + 1.0).log2() + power - log2(&best.error) + ROUNDING_SHARE_BITS).ceil().max(0.0)
}

/// The least degree whose best error meets the limit, or one or two more where rounding needs them.
fn for_error(request: &FitRequest, problem: &Problem, limit: &Rational) -> Result<Numbers> {
    let (first, step) = match request.parity {
        None => (0, 1),
        Some(Parity::Even) => (0, 2),
        Some(Parity::Odd) => (1, 2),
    };
    let degree = |index: u64| first + step * index;
    let is_enough = |index: u64| Ok(reaches(problem, degree(index), limit)? == Verdict::Below);
    let last = (LARGEST_DEGREE - first) / step;
    let least = least_index(last, is_enough)?.ok_or_else(|| {
        Error::NoSolution(format!(
            "no polynomial of degree {LARGEST_DEGREE} or less has an error of {:.3e} on these intervals: take a smaller \
             interval or a larger error",
            Float::with_val(64, limit).to_f64()
        ))
    })?;
    for index in least..=(least + DEGREES_FOR_ROUNDING).min(last) {
        let numbers = of_degree(request, problem, degree(index))?;
        if numbers.error <= *limit {
            return Ok(numbers);
        }
    }
    let best = minimax(problem, degree(least))?;
    Err(not_after_rounding(&format!("degree {}", degree(least)), &best.error))
}

/// The least index up to `last` for which a property holds that larger ones keep: by doubling, then bisection.
fn least_index(last: u64, mut holds: impl FnMut(u64) -> Result<bool>) -> Result<Option<u64>> {
    let (mut below, mut index) = (0, 1.min(last));
    while !holds(index)? {
        if index == last {
            return Ok(None);
        }
        (below, index) = (index + 1, (2 * index).min(last));
    }
    while below < index {
        let middle = (below + index) / 2;
        if holds(middle)? { index = middle } else { below = middle + 1 }
    }
    Ok(Some(index))
}

#[cfg(test)]
#[path = "general_tests.rs"]
mod tests;
