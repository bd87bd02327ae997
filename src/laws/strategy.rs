//! Strategies for what the laws speak about. All numbers are exact; what shrinks, shrinks towards short ones.

use super::attention::Row;
use crate::attention::{Epsilon, EpsilonForm, RowDomain, RowShape};
use crate::certify::{Certified, Verdict, certify};
use crate::fit::{FitRequest, Goal, Method, fit};
use crate::poly::table::Table;
use crate::real::{Exact, dyadic_nearest};
use crate::target::Target;
use proptest::prelude::*;
use proptest::sample::select;
use rug::{Float, Rational};

/// Steps of a score within its bound.
const SCORE_STEPS: i64 = 64;
/// Steps of a place within its interval.
const PLACE_STEPS: i64 = 1 << 20;
/// Bits of floating point in which awkward places are looked for.
const SEARCH_BITS: u32 = 192;
/// Bits of an awkward place within its interval.
const PLACE_BITS: u32 = 40;
/// The largest length of a row drawn.
const LARGEST_LENGTH: u32 = 12;
/// The largest degree of a polynomial table drawn.
const LARGEST_TABLE_DEGREE: u64 = 7;

/// Scores: multiples of R/64 in [−R, R].
pub fn scores(bound: Rational) -> impl Strategy<Value = Rational> {
    (-SCORE_STEPS..=SCORE_STEPS).prop_map(move |n| Rational::from(&bound * n) / SCORE_STEPS)
}

/// L from 1 to 12, R from 1/8 to 16, p = 2, 4, 6 or 8.
pub fn shapes() -> impl Strategy<Value = RowShape> {
    (1..=LARGEST_LENGTH, 1i64..=128, select(vec![2u32, 4, 6, 8])).prop_map(|(length, eighths, power)| RowShape {
        length,
        bound: Rational::from((eighths, 8)),
        power,
    })
}

/// ε from 10^-5 to 10^-2 in one of its three forms.
pub fn epsilons() -> impl Strategy<Value = Epsilon> {
    let forms = select(vec![EpsilonForm::Sum, EpsilonForm::Mean, EpsilonForm::Unit]);
    (forms, 1i64..=1000).prop_map(|(form, n)| Epsilon { form, value: Exact(Rational::from((n, 100_000))) })
}

/// Domains of D, with a promised smallest mean or none.
pub fn domains() -> impl Strategy<Value = RowDomain> {
    let promise = prop_oneof![Just(Rational::new()), (1i64..100).prop_map(|n| Rational::from((n, 100)))];
    (shapes(), epsilons(), promise).prop_map(|(shape, epsilon, smallest_mean)| RowDomain {
        length: shape.length,
        epsilon: epsilon.unit(&shape),
        smallest_mean,
    })
}

/// Rows: of zeros, with one score at a bound, of ties, of tiny scores, all at the bounds, shorter than L, and any.
pub fn rows() -> impl Strategy<Value = Row> {
    (shapes(), epsilons()).prop_flat_map(|(shape, epsilon)| {
        row_scores(&shape).prop_map(move |scores| Row { scores, shape: shape.clone(), epsilon: epsilon.clone() })
    })
}

/// The scores of a row of this shape.
pub fn row_scores(shape: &RowShape) -> impl Strategy<Value = Vec<Rational>> + use<> {
    let length = shape.length as usize;
    let bound = shape.bound.clone();
    let of = |score: BoxedStrategy<Rational>| prop::collection::vec(score, length).boxed();
    let at_bound = select(vec![bound.clone(), Rational::from(-&bound)]).boxed();
    let one = (0..length, at_bound.clone()).prop_map(move |(place, score)| {
        let mut row = vec![Rational::new(); length];
        row.iter_mut().skip(place).take(1).for_each(|x| *x = score.clone());
        row
    });
    let tied = scores(bound.clone())
        .prop_flat_map(move |x| prop::collection::vec(select(vec![x.clone(), -x, Rational::new()]), length));
    let tiny = scores(Rational::from(&bound >> 20u32)).boxed();
    let any = scores(bound.clone()).boxed();
    let shorter = prop::collection::vec(any.clone(), 1..=length);
    prop_oneof![
        1 => Just(vec![Rational::new(); length]),
        2 => one,
        2 => tied,
        1 => of(tiny),
        1 => of(at_bound),
        3 => of(any),
        2 => shorter,
    ]
}

/// Places in the intervals of a table: the ends, where its error is about 0 or largest, and any, as dyadic parts of an interval.
pub fn points(table: &Table) -> BoxedStrategy<Rational> {
    let intervals: Vec<[Exact; 2]> = table.intervals.clone();
    let awkward = awkward_places(table);
    let any = (select(intervals), 0..=PLACE_STEPS)
        .prop_map(|([lo, hi], n)| Rational::from(&hi.0 - &lo.0) * Rational::from((n, PLACE_STEPS)) + &lo.0);
    prop_oneof![1 => select(awkward), 2 => any].boxed()
}

/// Two places in one interval of a table, the first below the second.
pub fn pairs(table: &Table) -> BoxedStrategy<(Rational, Rational)> {
    let places = (select(table.intervals.clone()), 0..PLACE_STEPS, 1..=PLACE_STEPS);
    let pair = places.prop_map(|([lo, hi], n, step)| {
        let width = Rational::from(&hi.0 - &lo.0);
        let at = |n: i64| &width * Rational::from((n, PLACE_STEPS)) + &lo.0;
        (at(n), at((n + step).min(PLACE_STEPS)))
    });
    let holds = |pair: &(Rational, Rational), [lo, hi]: &[Exact; 2]| lo.0 <= pair.0 && pair.1 <= hi.0;
    let awkward = awkward_places(table);
    let neighbours = awkward.iter().cloned().zip(awkward.iter().skip(1).cloned());
    let near: Vec<_> = neighbours
        .filter(|pair| pair.0 < pair.1 && table.intervals.iter().any(|interval| holds(pair, interval)))
        .collect();
    if near.is_empty() { pair.boxed() } else { prop_oneof![1 => select(near), 2 => pair].boxed() }
}

/// The ends, and where a search over four places a coefficient finds the error about 0 or largest.
fn awkward_places(table: &Table) -> Vec<Rational> {
    let mut places: Vec<Rational> = table.intervals.iter().flatten().map(|x| x.0.clone()).collect();
    let functions = (Target::named(&table.target), table.function(SEARCH_BITS));
    let (Ok(target), Ok(function)) = functions else { return places };
    let steps = 4 * (table.degree.min(512) + 2);
    for [lo, hi] in &table.intervals {
        let at = |j: u64| {
            let share = (0.5 * std::f64::consts::PI * j as f64 / steps as f64).sin().powi(2);
            let share = dyadic_nearest(&Rational::from_f64(share).unwrap_or_default(), PLACE_BITS);
            Rational::from(&hi.0 - &lo.0) * share + &lo.0
        };
        let error = |x: &Rational| {
            let x = Float::with_val(SEARCH_BITS, x);
            function.value(&x) - target.function().value(&x)
        };
        let grid: Vec<(Rational, Float)> = (0..=steps).map(at).map(|x| (x.clone(), error(&x))).collect();
        for three in grid.windows(3) {
            let [(before, e), (x, here), (_, after)] = three else { continue };
            if e.is_sign_positive() != here.is_sign_positive() {
                places.push(Rational::from(before + x) / 2u32);
            } else if here.clone().abs() >= e.clone().abs() && here.clone().abs() >= after.clone().abs() {
                places.push(x.clone());
            }
        }
    }
    places.sort();
    places.dedup();
    places
}

/// Small certified tables, fitted as they are drawn: polynomials of degree 1 to 7 of 1/x, 1/(x + ε), 1/√x, exp, sigmoid, tanh and
/// GELU, and composites of 1/x of two or three doublings; with their certificates.
pub fn tables() -> impl Strategy<Value = Certified> {
    let smooth = (select(vec!["exp", "sigmoid", "tanh", "gelu-erf"]), 1..=LARGEST_TABLE_DEGREE, -4i64..4, 1i64..6)
        .prop_map(|(name, degree, lo, width)| {
            let target = Target::new(name, Rational::new())?;
            let interval = [Rational::from((lo, 2)), Rational::from((lo + width, 2))];
            fit(&FitRequest::new(target, interval, Goal::Degree(degree)))
        });
    let with_pole = (select(vec!["reciprocal", "inverse-sqrt"]), 1..=LARGEST_TABLE_DEGREE, 0i64..8, 1i64..12, 1i64..9)
        .prop_map(|(name, degree, lo, width, epsilon)| {
            let target = Target::new(name, Rational::from((epsilon, 4)))?;
            let interval = [Rational::from((lo, 4)), Rational::from((lo + width, 4))];
            fit(&FitRequest::new(target, interval, Goal::Degree(degree)))
        });
    let composite = (1i64..8, 1i64..20, 2u32..=3).prop_map(|(a, width, doublings)| {
        let (a, b) = (Rational::from((a, 8)), Rational::from((a + width, 8)));
        let goal = Goal::Degree((1 << doublings) - 1);
        fit(&FitRequest::reciprocal(Method::Composite, a, b, goal))
    });
    prop_oneof![2 => smooth, 2 => with_pole, 1 => composite].prop_filter_map("a table that is proved", |table| {
        let certified = table.and_then(|table| certify(&table)).ok()?;
        (certified.certificate.verdict == Verdict::Proved).then_some(certified)
    })
}

/// Circuits of small certified tables.
#[cfg(feature = "ckks")]
pub fn circuits() -> impl Strategy<Value = super::TableCircuit> {
    tables().prop_filter_map("a table with a circuit", |certified| {
        super::TableCircuit::of(&certified.table, &certified.certificate).ok()
    })
}
