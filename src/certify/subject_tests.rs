//! What is evaluated exactly, and proofs that rest on nothing else.

use super::prove::{Property, composite_upper, is_monotone, is_positive};
use super::subject::{Approximation, Subject};
use crate::poly::Dyadic;
use crate::poly::table::{Form, Metric, TargetName};
use crate::poly::{Basis, Polynomial, Rule, Stage};
use crate::real::{Exact, decimal_below, float_to_exact, parse_exact};
use proptest::prelude::*;
use rug::{Float, Rational};

fn exact(text: &str) -> Exact {
    Exact(parse_exact(text).unwrap())
}

fn subject(form: &Form, name: &str, intervals: &[(i32, i32)], metric: Metric) -> Subject {
    let intervals: Vec<[Exact; 2]> = intervals.iter().map(|&(lo, hi)| [Exact(lo.into()), Exact(hi.into())]).collect();
    Subject::new(form, &TargetName { name: name.into(), epsilon: exact("0") }, &intervals, metric).unwrap()
}

fn polynomial(coefficients: &[Rational]) -> Form {
    let dyadic = coefficients.iter().map(|c| Dyadic::at_scale(c, 2000).unwrap()).collect();
    Form::Polynomial { basis: Basis::Monomial, coefficients: coefficients.iter().cloned().map(Exact).collect(), dyadic }
}

fn composite(start: Rational, steps: &[Rational]) -> Form {
    Form::Composite { start: start.into(), steps: steps.iter().cloned().map(Exact).collect() }
}

#[test]
fn intervals_are_divided_at_kinks_inside_them() {
    let divided = |interval: (i32, i32)| {
        let found = subject(&polynomial(&[Rational::new()]), "relu", &[interval], Metric::Absolute).segments;
        found.into_iter().map(|(lo, hi)| (lo.to_f64(), hi.to_f64())).collect::<Vec<_>>()
    };
    assert_eq!(divided((-2, 3)), [(-2.0, 0.0), (0.0, 3.0)]);
    assert_eq!(divided((0, 3)), [(0.0, 3.0)]);
    assert_eq!(divided((-2, 0)), [(-2.0, 0.0)]);
    assert_eq!(divided((1, 3)), [(1.0, 3.0)]);
}

/// A value that meets e^x to hundreds of bits has its tiny error told to sixty of them, whichever side it is on.
#[test]
fn the_error_of_a_value_near_the_function_is_known_to_sixty_bits() {
    let one = Rational::from(1);
    let e = float_to_exact(&Float::with_val(1800, 1).exp());
    for bits in [10u32, 100, 300, 700] {
        let off = one.clone() >> bits;
        for value in [Rational::from(&e + &off), Rational::from(&e - &off)] {
            for metric in [Metric::Absolute, Metric::Relative] {
                let found = subject(&polynomial(std::slice::from_ref(&value)), "exp", &[(0, 1)], metric).error_at(&one);
                let expected = if metric == Metric::Relative { Rational::from(&off / &e) } else { off.clone() };
                // e itself is known to 1800 bits.
                assert!(found <= expected.clone() + (expected.clone() >> 1000), "{bits} bits");
                assert!(Rational::from(&expected - &found) << 59 <= expected, "{bits} bits: {:e}", found.to_f64());
            }
        }
    }
}

/// Where a value is the function there is no error, and the search for one ends.
#[test]
fn a_value_that_is_the_function_has_no_error() {
    let one = Rational::from(1);
    let zero =
        subject(&polynomial(std::slice::from_ref(&one)), "exp", &[(0, 1)], Metric::Relative).error_at(&Rational::new());
    assert_eq!(zero, 0);
    // Where the function is 0 only an absolute error is told.
    let off = subject(&polynomial(&[one.clone() >> 7]), "relu", &[(-1, 1)], Metric::Absolute);
    assert_eq!(off.error_at(&Rational::from(-1)), one >> 7);
}

#[test]
fn a_pair_is_contrary_only_within_one_interval() {
    // x rises, and 1/x falls.
    let rising = subject(&polynomial(&[Rational::new(), 1.into()]), "reciprocal", &[(1, 2), (3, 4)], Metric::Relative);
    let contrary = |x: i32, later: i32| rising.does_not_follow(&x.into(), &later.into());
    assert!(contrary(1, 2) && contrary(3, 4));
    for (x, later) in [(1, 3), (2, 3), (2, 4), (2, 1), (1, 1), (0, 1), (4, 5)] {
        assert!(!contrary(x, later), "{x} {later}");
    }
    let falling = subject(&polynomial(&[9.into(), (-1).into()]), "reciprocal", &[(1, 2)], Metric::Relative);
    assert!(!falling.does_not_follow(&1.into(), &2.into()));
}

/// One doubling far from where it was made: D·r = 1 − R, and |R| grows with D².
#[test]
fn composites_out_of_their_range_change_their_sign() {
    let form = composite(Rational::from((1, 2)), &[Rational::from(1)]);
    // R = (1 − x/2)², and r = (1 − R)/x = 1 − x/4.
    let property = |lo, hi| is_positive(&subject(&form, "reciprocal", &[(lo, hi)], Metric::Relative), &[]);
    assert!(matches!(property(1, 3), Property::Holds));
    assert!(matches!(property(-9, -2), Property::Holds));
    for (lo, hi) in [(1, 4), (1, 9), (4, 9), (5, 9)] {
        let Property::Fails(x) = property(lo, hi) else { panic!("[{lo}, {hi}] is not positive") };
        assert!(x >= 4 && x <= hi, "{x}");
    }
    let negative = composite(Rational::from((-1, 2)), &[Rational::from(1)]);
    // R = (1 + x/2)², and r = −1 − x/4.
    let property = |lo, hi| is_positive(&subject(&negative, "reciprocal", &[(lo, hi)], Metric::Relative), &[]);
    assert!(matches!(property(-9, -5), Property::Holds));
    assert!(matches!(property(-3, -1), Property::Fails(_)));
    assert!(matches!(property(-9, -4), Property::Fails(_)));
    let slope = |lo, hi| is_monotone(&subject(&form, "reciprocal", &[(lo, hi)], Metric::Relative));
    assert!(matches!(slope(1, 3), Property::Holds));
}

/// Rounding outward keeps the ends of an enclosure in order, on both sides of the pole.
#[test]
fn enclosures_of_composites_are_in_order() {
    for sign in [1, -1] {
        let form = composite(Rational::from((sign, 3)), &vec![Rational::from((1023, 1024)); 12]);
        let intervals = if sign > 0 { (1, 5) } else { (-5, -1) };
        let subject = subject(&form, "reciprocal", &[intervals], Metric::Relative);
        for x in [(7, 3), (22, 7), (31, 7)] {
            let (low, high) = subject.value(&(Rational::from(x) * sign)).unwrap();
            assert!(low < high, "{sign} {x:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever a composite's numbers are, no point of the interval has a larger residual than the proved range, and its value lies in
    /// what is said of it.
    #[test]
    fn no_point_leaves_the_range_of_a_composite(
        start in 1i32..40, steps in prop::collection::vec(900i32..1400, 0..4), lo in 1i32..6, width in 1i32..8, at in 0i32..=16,
        negative in any::<bool>(),
    ) {
        let sign = if negative { -1 } else { 1 };
        let steps: Vec<Rational> = steps.into_iter().map(|step| Rational::from((step, 1024))).collect();
        let start = Rational::from((sign * start, 64));
        let (lo, hi) = if negative { (-lo - width, -lo) } else { (lo, lo + width) };
        let subject = subject(&composite(start.clone(), &steps), "reciprocal", &[(lo, hi)], Metric::Relative);
        let x = Rational::from((hi - lo, 16)) * at + lo;
        let mut residual: Rational = 1 - Rational::from(&start * &x);
        for step in &steps {
            residual = Rational::from(residual.square_ref()) * step - Rational::from(step - 1u32);
        }
        let upper = composite_upper(&subject);
        prop_assert!(residual.clone().abs() <= upper);
        // The bound is no other than that of a range which an end or the middle attains.
        let (low, high) = subject.value(&x).unwrap();
        let value = (1 - residual.clone()) / &x;
        prop_assert!(low <= value && value <= high && (high.clone() - &low).to_f64() <= 1e-12 * high.to_f64().abs().max(1.0));
        prop_assert!(subject.error_at(&x) <= residual.clone().abs());
        prop_assert!(residual.abs() - subject.error_at(&x) <= Rational::from(1) >> 40);
    }
}

/// q that loses four hundred bits of w.
fn cancelling(rule: Rule) -> (Form, Rational, Rational) {
    let (x, large) = (Rational::from((1, 3)), Rational::from(1) << 400);
    // q(w) = 2^400·w − c, with c near 2^400·w from below: its value is in (0, 1].
    let w = if rule == Rule::Compose { Rational::from(x.square_ref()) } else { x.clone() };
    let c = decimal_below(&Rational::from(&w * &large), 2000).floor();
    let q = Rational::from(&w * &large) - &c;
    let coefficients = match rule {
        Rule::Refine => vec![-c, large],
        Rule::Compose => vec![Rational::new(), -c, Rational::new(), large],
    };
    let whole = Polynomial { basis: Basis::Monomial, lo: (-1).into(), hi: 1.into(), coefficients };
    let value = if rule == Rule::Compose { q * &x } else { q };
    (Form::Stages { rule, stages: vec![Stage::new(whole, 0).unwrap()] }, x, value)
}

/// The value of stages is enclosed to eighty bits, however many bits they lose on the way.
#[test]
fn values_of_stages_are_enclosed_narrowly() {
    for (rule, name) in [(Rule::Compose, "sign"), (Rule::Refine, "inverse-sqrt")] {
        let (form, x, expected) = cancelling(rule);
        let intervals = [[exact("1/4"), exact("1")]];
        let metric = if rule == Rule::Compose { Metric::Absolute } else { Metric::Relative };
        let target = TargetName { name: name.into(), epsilon: exact("0") };
        let subject = Subject::new(&form, &target, &intervals, metric).unwrap();
        assert!(matches!(subject.approximation, Approximation::Stages(_)));
        let (low, high) = subject.value(&x).unwrap();
        assert!(low <= expected && expected <= high, "{name}");
        assert!((Rational::from(&high - &low) << 79) < expected, "{name}: {:e}", (high - low).to_f64());
        // What a value is off by is told from it.
        let error = subject.error_at(&x);
        let distance = match rule {
            Rule::Compose => {
                let distance: Rational = 1 - expected;
                distance.abs()
            }
            Rule::Refine => {
                let root = Rational::from((1, 3)).to_f64().sqrt();
                Rational::from_f64((expected.to_f64() * root - 1.0).abs()).unwrap()
            }
        };
        assert!((error.to_f64() / distance.to_f64() - 1.0).abs() < 1e-9, "{name}");
    }
}
