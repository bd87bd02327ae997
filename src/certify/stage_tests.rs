//! Composites of stages, mostly of Newton's iteration, whose error is known: no fit has a part.

use super::*;
use crate::poly::table::{ErrorStatement, FitRecord, Form, TargetName};
use crate::poly::{Basis, Polynomial, Rule, Stage};
use crate::real::{Exact, parse_exact};
use proptest::prelude::*;
use rug::Rational;

fn exact(text: &str) -> Exact {
    Exact(parse_exact(text).unwrap())
}

/// A table of stages; the estimate is too large to be wrong.
fn table(rule: Rule, stages: Vec<Stage>, name: &str, intervals: &[(&str, &str)]) -> Table {
    let form = Form::Stages { rule, stages };
    let metric = if rule == Rule::Compose { Metric::Absolute } else { Metric::Relative };
    Table {
        degree: form.degree(),
        evaluation: form.evaluation(),
        form,
        target: TargetName { name: name.into(), epsilon: exact("0") },
        intervals: intervals.iter().map(|(lo, hi)| [exact(lo), exact(hi)]).collect(),
        error: ErrorStatement { metric, estimated: exact("1e9"), certified_upper: None, certified_lower: None },
        positive: None,
        monotone: None,
        fit: FitRecord {
            method: "Newton".into(),
            status: "converged".into(),
            iterations: 0,
            exchange: None,
            precision_bits: 0,
            seconds: 0.0,
        },
    }
}

fn stage(coefficients: &[Rational], [lo, hi]: [i32; 2], bits: u32) -> Stage {
    let (lo, hi) = (Rational::from(lo), Rational::from(hi));
    Stage::new(Polynomial { basis: Basis::Monomial, lo, hi, coefficients: coefficients.to_vec() }, bits).unwrap()
}

/// (3 − w)/2, or for the sign s·(3 − s²)/2.
fn newton(rule: Rule) -> Stage {
    let (linear, none) = ([Rational::from((3, 2)), Rational::from((-1, 2))], Rational::new());
    let [a, b] = linear;
    match rule {
        Rule::Refine => stage(&[a, b], [0, 1], 1),
        Rule::Compose => stage(&[none.clone(), a, none, b], [-1, 1], 1),
    }
}

/// √w after k of Newton's steps from s² = w.
fn after(steps: usize, s: &Rational) -> Rational {
    (0..steps).fold(s.clone(), |s, _| (3 - Rational::from(s.square_ref())) * s / 2u32)
}

#[test]
fn newtons_error_is_that_of_the_small_end() {
    for steps in [1, 2, 4, 7] {
        let expected = 1 - after(steps, &Rational::from((1, 8)));
        let refine = table(Rule::Refine, vec![newton(Rule::Refine); steps], "inverse-sqrt", &[("1/64", "1")]);
        let compose =
            table(Rule::Compose, vec![newton(Rule::Compose); steps], "sign", &[("-1", "-0.125"), ("0.125", "1")]);
        for (table, positive) in [(refine, true), (compose, false)] {
            let Certified { table: proved, certificate } = certify(&table).unwrap();
            assert_eq!(certificate.verdict, Verdict::Proved, "{}", certificate.claim.words);
            let (upper, lower) =
                (certificate.certified_upper.clone().unwrap(), certificate.certified_lower.clone().unwrap());
            assert!(lower.0 <= expected && expected <= upper.0, "{lower} ≤ {expected} ≤ {upper}");
            assert!(Rational::from(&upper.0 - &lower.0) <= Rational::from(&lower.0 / 10_000u32), "{lower} {upper}");
            assert_eq!(certificate.positive, Some(positive));
            assert_eq!(certificate.ranges.len(), steps + 1);
            verify_against(&certificate, &proved).unwrap();
        }
    }
}

#[test]
fn tampered_ranges_and_stages_are_refused() {
    let table = table(Rule::Refine, vec![newton(Rule::Refine); 4], "inverse-sqrt", &[("1/64", "1")]);
    let certificate = certify(&table).unwrap().certificate;
    let little = Rational::from(1) >> 20;
    type Tampering<'a> = (&'a str, &'a dyn Fn(&mut Certificate));
    let tamperings: [Tampering; 7] = [
        ("certified_upper", &|c| c.ranges[2][0].0 += &little),
        ("certified_upper", &|c| c.ranges[2][1].0 -= &little),
        ("certified_upper", &|c| c.ranges[0][0] = exact("1/32")),
        ("certified_upper", &|c| c.ranges[4][0] = exact("1/32")),
        ("certified_upper", &|c| drop(c.ranges.pop())),
        ("certified_upper", &|c| c.ranges.clear()),
        ("ranges", &|c| c.ranges = vec![[exact("0"), exact("1")]; 1000]),
    ];
    for (field, tamper) in tamperings {
        let mut changed = certificate.clone();
        tamper(&mut changed);
        let error = verify(&changed).unwrap_err();
        assert!(error.exit_code() == 4 && error.to_string().contains(field), "{error}");
    }
    let mut changed = certificate;
    let Form::Stages { stages, .. } = &mut changed.form else { panic!("not stages") };
    stages[3] = stage(&[Rational::from((3, 2)), Rational::from((-3, 4))], [0, 1], 2);
    assert_eq!(verify(&changed).unwrap_err().exit_code(), 4);
}

#[test]
fn a_stage_that_changes_sign_is_not_proved() {
    // q(w) = 1/2 − w is 0 inside the range.
    let bad = stage(&[Rational::from((1, 2)), Rational::from(-1)], [0, 1], 1);
    let certified = certify(&table(Rule::Refine, vec![bad], "inverse-sqrt", &[("1/64", "1")])).unwrap();
    assert_eq!(certified.certificate.verdict, Verdict::NotProved);
}

#[test]
fn stages_of_another_function_or_metric_are_refused() {
    let refine = |name| table(Rule::Refine, vec![newton(Rule::Refine)], name, &[("1/64", "1")]);
    let mut absolute = refine("inverse-sqrt");
    absolute.error.metric = Metric::Absolute;
    let compose = table(Rule::Compose, vec![newton(Rule::Compose)], "tanh", &[("1/64", "1")]);
    for (table, field) in
        [(refine("sign"), "rule"), (refine("reciprocal"), "rule"), (compose, "rule"), (absolute, "metric")]
    {
        let error = certify(&table).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains(field), "{error}");
    }
}

/// s·q(s²) for q(w) = c·(9w − 1)² + 1, which no interval arithmetic near s = −1/3 can see to be positive.
fn hidden(exponent: u32) -> Stage {
    let c = Rational::from(1) << exponent;
    let none = Rational::new();
    let odd = [Rational::from(&c + 1u32), Rational::from(&c * -18), Rational::from(&c * 81)];
    let [a, b, d] = odd;
    stage(&[none.clone(), a, none.clone(), b, none, d], [-1, 1], 0)
}

#[test]
fn the_sign_of_a_negative_number_is_never_positive() {
    for exponent in [20, 2_000, 20_000] {
        let mut table = table(Rule::Compose, vec![hidden(exponent)], "sign", &[("-1", "-1/2")]);
        let near = Rational::from((-1, 3));
        table.intervals = vec![[Exact(near.clone()), Exact(near + (Rational::from(1) >> (exponent / 2 + 50)))]];
        if let Ok(certified) = certify(&table) {
            assert_ne!(certified.certificate.positive, Some(true), "2^{exponent}");
        }
    }
}

#[test]
fn stages_beyond_all_measure_are_not_proved_and_do_not_hang() {
    let explosive = || {
        let mut coefficients = vec![Rational::new(); 64];
        coefficients[1] = Rational::from(1);
        coefficients[63] = Rational::from(1024);
        stage(&coefficients, [-1, 1], 0)
    };
    for count in [3, 6, 7] {
        let table = table(Rule::Compose, vec![explosive(); count], "sign", &[("1/2", "1")]);
        match certify(&table) {
            Ok(certified) => assert_eq!(certified.certificate.verdict, Verdict::NotProved),
            Err(error) => assert_ne!(error.exit_code(), 1, "{error}"),
        }
    }
}

#[test]
fn a_sharper_bound_than_can_be_proved_is_not_believed() {
    let mut table = table(Rule::Refine, vec![newton(Rule::Refine); 4], "inverse-sqrt", &[("1/64", "1")]);
    let upper = certify(&table).unwrap().certificate.certified_upper.unwrap();
    table.error.certified_upper = Some(upper.clone());
    assert_eq!(certify(&table).unwrap().certificate.verdict, Verdict::Proved);
    // Below what is proved, above the error that was found.
    table.error.certified_upper = Some(Exact(&upper.0 - Rational::from(&upper.0 >> 19)));
    let certificate = certify(&table).unwrap().certificate;
    assert_eq!(certificate.verdict, Verdict::NotProved);
    assert!(certificate.claim.words.contains("certified_upper"), "{}", certificate.claim.words);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Any stages, on points in exact arithmetic: no error there is above a proved bound.
    #[test]
    fn no_point_is_above_a_proved_bound(
        coefficients in proptest::collection::vec((-40i32..40, -20i32..20), 1..4), places in proptest::collection::vec(0u32..=1000, 20),
    ) {
        let stages = coefficients.iter().map(|(a, b)| {
            let off = |n: i32| Rational::from((n, 256));
            stage(&[Rational::from((3, 2)) + off(*a), Rational::from((-1, 2)) + off(*b)], [0, 1], 8)
        });
        let table = table(Rule::Refine, stages.collect(), "inverse-sqrt", &[("1/16", "1")]);
        let certificate = certify(&table).unwrap().certificate;
        prop_assume!(certificate.verdict == Verdict::Proved);
        let upper = certificate.certified_upper.unwrap();
        for place in places {
            let s = Rational::from((1, 4)) + Rational::from((3 * place, 4000));
            let start = (Rational::from(1), Rational::from(s.square_ref()));
            let (y, _) = coefficients.iter().fold(start, |(y, w), (a, b)| {
                let q = Rational::from((384 + a, 256)) + Rational::from((-128 + b, 256)) * &w;
                (y * &q, w * q.square())
            });
            prop_assert!((s * y - 1u32).abs() <= upper.0);
        }
    }
}

/// x may be negative where x + ε is not: the inverse square root is positive there.
#[test]
fn refined_stages_are_positive_at_negative_places() {
    let stages = vec![newton(Rule::Refine); 3];
    let mut table = table(Rule::Refine, stages, "inverse-sqrt", &[("-3/4", "0")]);
    table.target.epsilon = exact("1");
    let certificate = certify(&table).unwrap().certificate;
    assert_eq!(certificate.verdict, Verdict::Proved, "{}", certificate.claim.words);
    assert_eq!(certificate.positive, Some(true));
    verify(&certificate).unwrap();
}
