//! Composites of minimax stages: the sign, and with the same stages the inverse square root.
//!
//! A stage takes √w from [t, 1] to [t', 1], and the best one of its degree is the minimax polynomial of the sign on
//! [−1, −t] ∪ [t, 1]; scaled by 1/(1 + E), it leaves t' = (1 − E)/(1 + E). The last one is not scaled. Of all sequences of
//! degrees the one of least depth, then fewest products, is found by going through prefixes in the order of their cost: a
//! prefix that costs no less than another and leaves a smaller t' cannot be part of a better one.
//! (Lee, Lee, No and Kim, "Minimax approximation of sign function by composite polynomial", IEEE TDSC 2022.)

use super::remez::{Minimax, Problem, Weight, minimax, weighted_error};
use super::{FitRequest, Goal, Numbers, SMALLEST_ERROR_BITS, not_after_rounding};
use crate::error::{Error, Result};
use crate::poly::table::{Form, Metric};
use crate::poly::{Basis, Evaluation, LARGEST_STAGE_COUNT, LARGEST_WHOLE_DEGREE, Polynomial, Rule, Stage};
use crate::real::{Exact, decimal_below, dyadic_nearest, float_to_exact, log2};
use crate::target::{Function, InverseSqrt, Parity, Sign, Target};
use rug::{Float, Rational};
use std::collections::BTreeSet;

/// Degrees of stages above this are not tried.
const LARGEST_DEGREE: u64 = 31;
/// Bits by which rounding changes a stage less than the last error.
const GUARD_BITS: f64 = 36.0;
/// By how much, in bits below 1, the search stays below the limit, for what rounding adds.
const LIMIT_BITS: u32 = 24;
/// A stage whose t' is below 2^-20 is not used: the exchange knows 1 − E to 2^-33.
const RANGE_BITS: u32 = 20;
/// Digits of the ends of a range beyond those of the error.
const GUARD_DIGITS: f64 = 25.0;

impl Rule {
    /// The rule whose stages make this function, if one does.
    pub(super) fn of(target: &Target) -> Option<Self> {
        match target {
            Target::Sign(_) => Some(Self::Compose),
            Target::InverseSqrt(_) => Some(Self::Refine),
            _ => None,
        }
    }

    /// The best stage of an odd degree in √w, for s or w in a range.
    fn best(self, degree: u64, (lo, hi): &Range) -> Result<Best> {
        let ends = |lo: Rational, hi: Rational| [Exact(lo), Exact(hi)];
        let (function, degree, weight, parity): (Box<dyn Function>, _, _, _) = match self {
            Self::Compose => (Box::new(Sign), degree, Weight::Absolute, Some(Parity::Odd)),
            Self::Refine => {
                (Box::new(InverseSqrt { epsilon: Rational::new() }), (degree - 1) / 2, Weight::Relative, None)
            }
        };
        let mut intervals = vec![ends(lo.clone(), hi.clone())];
        if self == Self::Compose {
            intervals.insert(0, ends(Rational::from(-hi), Rational::from(-lo)));
        }
        let minimax = minimax(&Problem { function: &*function, intervals: &intervals, weight, parity }, degree)?;
        Ok(Best { function, intervals, weight, parity, minimax })
    }

    /// The range of s or w after a stage that leaves √w in [t, 1].
    fn range(self, t: &Rational, digits: u32) -> Range {
        let low = if self == Self::Compose { t.clone() } else { Rational::from(t.square_ref()) };
        (decimal_below(&low, digits), Rational::from(1))
    }
}

/// An interval of s > 0 (the sign) or of w > 0 (the inverse square root).
type Range = (Rational, Rational);

/// A stage before it is scaled and rounded, with the problem that it solves.
struct Best {
    function: Box<dyn Function>,
    intervals: Vec<[Exact; 2]>,
    weight: Weight<'static>,
    parity: Option<Parity>,
    minimax: Minimax,
}

/// The composite that a request asks for.
pub(super) fn numbers(request: &FitRequest, rule: Rule, intervals: &[[Exact; 2]], metric: Metric) -> Result<Numbers> {
    let limit = match &request.goal {
        Goal::MaxError(limit) if -log2(limit) < SMALLEST_ERROR_BITS => limit,
        Goal::MaxError(_) => {
            return Err(Error::input(format!(
                "--max-error: expected at least 2^-{SMALLEST_ERROR_BITS} for a composite"
            )));
        }
        Goal::Degree(_) => {
            return Err(Error::input(
                "--degree: a composite of stages is asked for by --max-error, and its degree follows",
            ));
        }
    };
    if rule == Rule::Refine && metric == Metric::Absolute {
        return Err(Error::input("--method composite has a relative error only: ask for --error relative"));
    }
    if request.parity.is_some_and(|parity| rule == Rule::Refine || parity == Parity::Even) {
        return Err(Error::input(
            "--parity: the composite of the sign is odd, that of the inverse square root has none",
        ));
    }
    if !request.constraints.is_none() {
        return Err(Error::input("--fix, --positive: a composite has no constraints, take --method remez"));
    }
    if request.basis == Basis::Monomial {
        return Err(Error::input("--basis: the stages of a composite are in the Chebyshev basis"));
    }
    let start = start(request, rule, intervals)?;
    if *limit >= 1 {
        return Err(Error::input("--max-error: expected less than 1 for a composite"));
    }
    let within = limit - Rational::from(limit >> LIMIT_BITS);
    let degrees = Search { rule, limit: &within, digits: digits(limit) }.degrees(&start)?;
    let (stages, error, precision) = built(request, rule, &degrees, start, limit)?;
    if error > *limit {
        return Err(not_after_rounding(
            &format!("a composite of {} stages", degrees.len()),
            &Float::with_val(64, limit),
        ));
    }
    let form = Form::Stages { rule, stages };
    form.validate()?;
    Ok(Numbers { form, error, method: "composite", precision, iterations: 0, exchange: None })
}

/// The range of s or w that the intervals make.
fn start(request: &FitRequest, rule: Rule, intervals: &[[Exact; 2]]) -> Result<Range> {
    for [lo, hi] in intervals {
        request.target.function().check(lo, hi)?;
    }
    let place = |x: &Exact| match &request.target {
        Target::InverseSqrt(f) => Rational::from(&x.0 + &f.epsilon),
        _ => Rational::from(x.0.abs_ref()),
    };
    let mut places: Vec<Rational> = intervals.iter().flatten().map(place).collect();
    places.sort();
    match (places.first(), places.last()) {
        (Some(lo), Some(hi)) if *lo > 0 => Ok((lo.clone(), hi.clone())),
        _ => Err(Error::input(format!(
            "--interval: a composite of the {} needs an interval that keeps clear of 0",
            if rule == Rule::Compose { "sign" } else { "inverse square root" }
        ))),
    }
}

/// Digits of the ends of a range that change no error above this.
fn digits(limit: &Rational) -> u32 {
    (GUARD_DIGITS - log2(limit) * std::f64::consts::LOG10_2) as u32
}

/// The search for the degrees.
struct Search<'a> {
    rule: Rule,
    limit: &'a Rational,
    digits: u32,
}

/// Degrees with what they cost; whole once the last one meets the limit. Ordered by cost.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Prefix {
    depth: u32,
    products: u64,
    is_unfinished: bool,
    degrees: Vec<u64>,
    t: Rational,
}

impl Search<'_> {
    fn degrees(&self, start: &Range) -> Result<Vec<u64>> {
        let first = Prefix { depth: 0, products: 0, is_unfinished: true, degrees: Vec::new(), t: Rational::new() };
        let mut open = BTreeSet::from([first]);
        let mut largest_t = Rational::from(-1);
        while let Some(prefix) = open.pop_first() {
            if !prefix.is_unfinished {
                return Ok(prefix.degrees);
            }
            if prefix.t <= largest_t || prefix.degrees.len() >= LARGEST_STAGE_COUNT {
                continue;
            }
            let is_first = prefix.degrees.is_empty();
            let range = if is_first { start.clone() } else { self.rule.range(&prefix.t, self.digits) };
            for degree in candidates(self.rule, is_first) {
                let error = match self.rule.best(degree, &range) {
                    Ok(best) => float_to_exact(&best.minimax.error),
                    // Another degree may do.
                    Err(Error::NoSolution(_) | Error::Input(_)) => continue,
                    Err(error) => return Err(error),
                };
                let longer = self.longer(&prefix, degree, error);
                let (is_whole, is_usable) = (!longer.is_unfinished, longer.t.clone() << RANGE_BITS >= 1);
                if is_usable && longer.degrees.iter().product::<u64>() <= LARGEST_WHOLE_DEGREE {
                    open.insert(longer);
                }
                // What follows costs more, as the last stage and so as any.
                if is_whole {
                    break;
                }
            }
            largest_t = prefix.t;
        }
        Err(Error::NoSolution(format!(
            "no composite of stages of degree {LARGEST_DEGREE} or less, and of degree {LARGEST_WHOLE_DEGREE} or less in all, \
             reaches this error on an interval that spans so many orders of magnitude: take a larger error or a smaller \
             interval"
        )))
    }

    fn longer(&self, prefix: &Prefix, degree: u64, error: Rational) -> Prefix {
        let is_last = error <= *self.limit;
        let Evaluation { depth, products } = self.rule.stage_cost(degree, prefix.degrees.is_empty(), is_last);
        let t = Rational::from(1 - &error) / (error + 1u32);
        Prefix {
            depth: prefix.depth + depth,
            products: prefix.products + products,
            is_unfinished: !is_last,
            degrees: prefix.degrees.iter().copied().chain([degree]).collect(),
            t: decimal_below(&t, self.digits),
        }
    }
}

/// The odd degrees for which no larger one costs as little, whether the stage is the last or not; by what they cost as the
/// last one.
fn candidates(rule: Rule, is_first: bool) -> Vec<u64> {
    let cost = |degree, is_last| {
        let Evaluation { depth, products } = rule.stage_cost(degree, is_first, is_last);
        (depth, products)
    };
    let replaces = |other: u64, degree: u64| {
        [false, true].into_iter().all(|is_last| {
            let (a, b) = (cost(other, is_last), cost(degree, is_last));
            a.0 <= b.0 && a.1 <= b.1
        })
    };
    let odd = || (3..=LARGEST_DEGREE).step_by(2);
    let mut kept: Vec<u64> = odd().filter(|&d| !odd().any(|other| other > d && replaces(other, d))).collect();
    kept.sort_by_key(|&degree| cost(degree, true));
    kept
}

/// The stages of these degrees, each made for the range that the rounded ones before it leave; the error, and the largest
/// working precision.
fn built(
    request: &FitRequest,
    rule: Rule,
    degrees: &[u64],
    start: Range,
    limit: &Rational,
) -> Result<(Vec<Stage>, Float, u32)> {
    let (mut stages, mut error, mut precision) = (Vec::new(), Float::new(64), 0);
    let mut range = start;
    for (i, &degree) in degrees.iter().enumerate() {
        let best = rule.best(degree, &range)?;
        let size = if rule == Rule::Compose { Rational::from(1) } else { range.1.clone().max(Rational::from(1)) };
        let least = 1 - float_to_exact(&best.minimax.error);
        let needed = GUARD_BITS + (degree as f64).log2() + log2(&size) - log2(limit) - log2(&least);
        let bits = request.scale_bits.unwrap_or(needed.ceil() as u32);
        // What rounding adds to √w: half a unit a coefficient.
        let change = (Rational::from(best.minimax.coefficients.len()) * size) >> (bits + 1);
        precision = precision.max(best.minimax.precision);
        let is_last = i + 1 == degrees.len();
        let factor = if is_last { Rational::from(1) } else { (1 - change.clone()) / (2 - least.clone()) };
        let polynomial = best.rounded(&factor, bits);
        let t = Rational::from(&factor * &least) - change;
        if factor <= 0 || t <= 0 {
            return Err(Error::NoSolution(format!(
                "stage {} does not survive rounding to multiples of 2^-{bits}: raise --scale-bits",
                i + 1
            )));
        }
        if is_last {
            error = best.error(&polynomial)?;
        }
        stages.push(Stage::new(polynomial, bits)?);
        range = rule.range(&t, digits(limit));
    }
    Ok((stages, error, precision))
}

impl Best {
    fn problem(&self) -> Problem<'_> {
        Problem { function: &*self.function, intervals: &self.intervals, weight: self.weight, parity: self.parity }
    }

    /// The polynomial times a factor, rounded to multiples of 2^-bits.
    fn rounded(&self, factor: &Rational, bits: u32) -> Polynomial {
        let [lo, hi] = self.problem().hull();
        let round = |c: &Float| dyadic_nearest(&(float_to_exact(c) * factor), bits);
        Polynomial {
            basis: Basis::Chebyshev,
            lo,
            hi,
            coefficients: self.minimax.coefficients.iter().map(round).collect(),
        }
    }

    fn error(&self, polynomial: &Polynomial) -> Result<Float> {
        weighted_error(&self.problem(), polynomial, &self.minimax.error, &self.minimax.reference)
    }
}

#[cfg(test)]
#[path = "stages_tests.rs"]
mod tests;
