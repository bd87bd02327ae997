//! Tables of any function, by the exchange or under constraints by a linear program.

use super::closed_form::log2_float;
use super::lattice::{self, LARGEST_SEARCHED_DEGREE};
use super::remez::{
    Constrained, Constraints, LARGEST_CONSTRAINED_DEGREE, Minimax, Problem, Verdict, Weight, constrained_minimax,
    least_value, lower_bound, minimax, positive_floor, reaches, weighted_error,
};
use super::{DEGREES_FOR_ROUNDING, FitRequest, Goal, Numbers, SMALLEST_ERROR_BITS, not_after_rounding, too_fine};
use crate::error::{Error, Result};
use crate::poly::table::{Exchange, Form, LARGEST_DEGREE, Metric};
use crate::poly::{Basis, Polynomial};
use crate::real::{Exact, dyadic_nearest, float_to_exact};
use crate::target::Parity;
use rug::{Float, Rational};

/// By default rounding changes the error by less than 2^-30 of itself.
const ROUNDING_SHARE_BITS: f64 = 32.0;

/// Up to this degree an exchange takes less time than a bound at the largest degree.
const LARGEST_SHORT_DEGREE: u64 = 128;

/// The best polynomial that a request asks for, rounded.
pub(super) fn numbers(request: &FitRequest, intervals: &[[Exact; 2]], metric: Metric) -> Result<Numbers> {
    let weight = match metric {
        Metric::Absolute => Weight::Absolute,
        Metric::Relative => Weight::Relative,
    };
    check_fixed(&request.constraints, request.scale_bits)?;
    let problem = Problem { function: request.target.function(), intervals, weight, parity: request.parity };
    match &request.goal {
        Goal::Degree(degree) => of_degree(request, &problem, *degree),
        Goal::MaxError(limit) => for_error(request, &problem, limit),
    }
}

fn of_degree(request: &FitRequest, problem: &Problem, degree: u64) -> Result<Numbers> {
    check_parity(request.parity, degree)?;
    super::check_degree(degree)?;
    let found = best(request, problem, degree)?;
    let needed = found.scale_bits(request);
    if needed > 2.0 * SMALLEST_ERROR_BITS {
        return Err(too_fine(degree));
    }
    let bits = request.scale_bits.unwrap_or(needed as u32);
    let (polynomial, error) = rounded(problem, &found, bits, f64::from(bits) < needed)?;
    let exchange = Exchange { levelled_error: super::estimate(&found.best.level), spread: found.best.spread };
    Ok(Numbers {
        form: Form::polynomial(request.basis, polynomial.coefficients, bits)?,
        error,
        method: found.method,
        precision: found.best.precision,
        iterations: found.best.iterations,
        exchange: Some(exchange),
    })
}

/// The best polynomial of a degree before it is rounded.
struct Found {
    best: Minimax,
    /// In the basis that is asked for.
    polynomial: Polynomial,
    fixed: Vec<usize>,
    /// Its least value, where that must be positive.
    least: Option<Float>,
    method: &'static str,
}

/// By the exchange, or where that breaks the constraints by the linear program.
fn best(request: &FitRequest, problem: &Problem, degree: u64) -> Result<Found> {
    let constraints = &request.constraints;
    let floor = constraints.positive.then(|| positive_floor(problem, degree)).transpose()?;
    let least = |best: &Minimax, polynomial: &Polynomial| {
        floor.as_ref().map(|floor| least_value(problem, polynomial, floor, &best.reference)).transpose()
    };
    if constraints.fixed.is_empty() {
        let best = minimax(problem, degree)?;
        let [lo, hi] = problem.hull();
        let coefficients = best.coefficients.iter().map(float_to_exact).collect();
        let chebyshev = Polynomial { basis: Basis::Chebyshev, lo, hi, coefficients };
        let least = least(&best, &chebyshev)?;
        if least.as_ref().is_none_or(|least| *least > 0) {
            let polynomial = if request.basis == Basis::Monomial { chebyshev.to_monomial() } else { chebyshev };
            return Ok(Found { best, polynomial, fixed: Vec::new(), least, method: "remez" });
        }
    }
    let Constrained { best, polynomial } = constrained_minimax(problem, constraints, request.basis, degree)?;
    let least = least(&best, &polynomial)?;
    let fixed = constraints.fixed.iter().map(|(k, _)| *k as usize).collect();
    Ok(Found { best, polynomial, fixed, least, method: "constrained-remez" })
}

/// The better of two roundings to multiples of 2^-bits: coefficient by coefficient, and where that `is_coarse` by a
/// search, with the error that is left.
fn rounded(problem: &Problem, found: &Found, bits: u32, is_coarse: bool) -> Result<(Polynomial, Float)> {
    let Found { best, polynomial: exact, .. } = found;
    let mut candidates = vec![exact.coefficients.iter().map(|c| dyadic_nearest(c, bits)).collect()];
    if is_coarse && exact.degree() as u64 <= LARGEST_SEARCHED_DEGREE {
        candidates.push(lattice::rounded(problem, exact, best, &found.fixed, bits)?);
    }
    let mut smallest: Option<(Polynomial, Float)> = None;
    for coefficients in candidates {
        let polynomial = Polynomial { coefficients, ..exact.clone() };
        if !found.stays_positive(problem, &polynomial)? {
            continue;
        }
        let error = weighted_error(problem, &polynomial, &best.error, &best.reference)?;
        if smallest.as_ref().is_none_or(|(_, least)| error < *least) {
            smallest = Some((polynomial, error));
        }
    }
    smallest.ok_or_else(|| {
        Error::NoSolution(format!(
            "--positive: the best polynomial is positive with exact coefficients, but not when they are rounded to \
             multiples of 2^-{bits}: raise --scale-bits"
        ))
    })
}

/// A fixed coefficient is a number that a table with these bits holds exactly.
fn check_fixed(constraints: &Constraints, scale_bits: Option<u32>) -> Result<()> {
    if constraints.largest_index() > LARGEST_CONSTRAINED_DEGREE {
        return Err(Error::input(format!(
            "--fix: expected a coefficient up to {LARGEST_CONSTRAINED_DEGREE}, found {}",
            constraints.largest_index()
        )));
    }
    let is_held = |value: &Exact| match scale_bits {
        Some(bits) => dyadic_nearest(value, bits) == value.0,
        None => value.denom().is_power_of_two(),
    };
    let Some((k, value)) = constraints.fixed.iter().find(|(_, value)| !is_held(value)) else { return Ok(()) };
    let expected =
        scale_bits.map_or("a power of two".into(), |bits| format!("a power of two up to 2^{bits} (--scale-bits)"));
    Err(Error::input(format!(
        "--fix: expected a fraction whose denominator is {expected}, as tables hold no other numbers, found {value} for \
         coefficient {k}"
    )))
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

impl Found {
    /// Bits after the point that leave the error as it is, the polynomial positive and fixed coefficients exact.
    ///
    /// The weight times Σ |B_k|·2^-(bits+1) is under the error's 2^-30th part, and without the weight under half of the
    /// least value.
    fn scale_bits(&self, request: &FitRequest) -> f64 {
        let Polynomial { basis, lo, hi, .. } = &self.polynomial;
        let degree = self.polynomial.degree() as f64;
        let [lo, hi] = [lo, hi].map(|end| Float::with_val(64, end).abs());
        let power = match basis {
            Basis::Chebyshev => 0.0,
            Basis::Monomial => degree * log2_float(&lo.max(&hi)).max(0.0),
        };
        let change = (degree + 1.0).log2() + power;
        let best = &self.best;
        let for_error = change + log2_float(&best.weight) - log2_float(&best.error) + ROUNDING_SHARE_BITS;
        let for_sign = self.least.as_ref().map_or(0.0, |least| change - log2_float(least));
        let exponents = request.constraints.fixed.iter().map(|(_, value)| value.denom().significant_bits() - 1);
        for_error.max(for_sign).ceil().max(f64::from(exponents.max().unwrap_or(0)))
    }

    /// Whether a rounding of the polynomial is positive where that is asked for.
    fn stays_positive(&self, problem: &Problem, rounded: &Polynomial) -> Result<bool> {
        let Some(least) = self.least.as_ref() else { return Ok(true) };
        Ok(least_value(problem, rounded, least, &self.best.reference)? > 0)
    }
}

/// The least degree whose best error meets the limit, or one or two more where rounding needs them.
fn for_error(request: &FitRequest, problem: &Problem, limit: &Rational) -> Result<Numbers> {
    let (first, step) = match request.parity {
        None => (0, 1),
        Some(Parity::Even) => (0, 2),
        Some(Parity::Odd) => (1, 2),
    };
    let largest = if request.constraints.fixed.is_empty() { LARGEST_DEGREE } else { LARGEST_CONSTRAINED_DEGREE };
    let last = (largest - first) / step;
    let degree = |index: u64| first + step * index;
    let mut search = Search { request, problem, limit, last: degree(last), is_bounded: false, below: Float::new(64) };
    let Some(least) = least_index(last, |index| search.is_enough(degree(index)))? else {
        return Err(search.not_reached());
    };
    for index in least..=(least + DEGREES_FOR_ROUNDING).min(last) {
        let numbers = of_degree(request, problem, degree(index))?;
        if numbers.error <= *limit {
            return Ok(numbers);
        }
    }
    let unrounded = best(request, problem, degree(least))?.best.error;
    Err(not_after_rounding(&format!("degree {}", degree(least)), &unrounded))
}

/// A search for the least degree that meets a limit.
struct Search<'a> {
    request: &'a FitRequest,
    problem: &'a Problem<'a>,
    limit: &'a Rational,
    /// The largest degree.
    last: u64,
    /// Whether the largest degree has been bounded.
    is_bounded: bool,
    /// What the best error of the degree tried last is not below.
    below: Float,
}

impl Search<'_> {
    fn is_enough(&mut self, degree: u64) -> Result<bool> {
        let constraints = &self.request.constraints;
        // Before the long exchanges, whether a bound refuses even the largest degree without one.
        if degree > LARGEST_SHORT_DEGREE && !self.is_bounded {
            self.is_bounded = true;
            self.below = lower_bound(self.problem, self.last)?;
            if self.below > *self.limit {
                return Err(self.not_reached());
            }
        }
        if degree < constraints.largest_index() {
            return Ok(false);
        }
        self.below = match reaches(self.problem, degree, self.limit)? {
            Verdict::Below if constraints.is_none() => return Ok(true),
            Verdict::Below => best(self.request, self.problem, degree)?.best.level,
            Verdict::Above(bound) => bound,
        };
        Ok(self.below <= *self.limit)
    }

    fn not_reached(&self) -> Error {
        Error::NoSolution(format!(
            "no polynomial of degree {} or less has an error of {:.3e} on these intervals: the best of degree {0} has \
             {:.3e} or more; take smaller intervals or a larger error",
            self.last,
            Float::with_val(64, self.limit).to_f64(),
            self.below.to_f64()
        ))
    }
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
