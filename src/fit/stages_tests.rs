use super::*;
use crate::fit::{Constraints, Method, fit};
use crate::poly::table::Table;

fn request(name: &str, lo: Rational, hi: Rational, limit: Rational) -> FitRequest {
    let target = Target::new(name, Rational::new()).unwrap();
    FitRequest { method: Method::Composite, ..FitRequest::new(target, [lo, hi], Goal::MaxError(limit)) }
}

fn power(exponent: i32) -> Rational {
    Rational::from(1) << exponent
}

fn stages(table: &Table) -> (Rule, &[Stage]) {
    match &table.form {
        Form::Stages { rule, stages } => (*rule, stages),
        other => panic!("{other:?}"),
    }
}

/// The cost and the error of a sequence of degrees, without rounding.
fn followed(rule: Rule, degrees: &[u64], start: &Range) -> ((u32, u64), Rational) {
    let (mut range, mut cost, mut error) = (start.clone(), (0, 0), Rational::from(1));
    for (i, &degree) in degrees.iter().enumerate() {
        error = float_to_exact(&rule.best(degree, &range).unwrap().minimax.error);
        let Evaluation { depth, products } = rule.stage_cost(degree, i == 0, i + 1 == degrees.len());
        cost = (cost.0 + depth, cost.1 + products);
        range = rule.range(&(Rational::from(1 - &error) / Rational::from(1 + &error)), 40);
    }
    (cost, error)
}

#[test]
fn the_degrees_are_the_cheapest_of_all_sequences() {
    let degrees: Vec<u64> = (3..=LARGEST_DEGREE).step_by(2).collect();
    let unit = |low: i32| (power(low), power(0));
    // In the last of these the best last stage has a degree that no other place would take.
    let wide = (Rational::from(1), Rational::from(20));
    for (rule, start, limit) in [
        (Rule::Compose, unit(-3), power(-10)),
        (Rule::Refine, unit(-6), power(-10)),
        (Rule::Refine, wide, Rational::from((21279, 1_000_000))),
    ] {
        let found = Search { rule, limit: &limit, digits: 40 }.degrees(&start).unwrap();
        let (least, error) = followed(rule, &found, &start);
        assert!(error <= limit);
        let mut sequences: Vec<Vec<u64>> = vec![Vec::new()];
        while let Some(sequence) = sequences.pop() {
            for &degree in &degrees {
                let longer = [sequence.as_slice(), &[degree]].concat();
                let (cost, error) = followed(rule, &longer, &start);
                if cost < least {
                    assert!(error > limit, "{rule:?} {longer:?} costs {cost:?}, {found:?} costs {least:?}");
                    sequences.push(longer);
                }
            }
        }
    }
}

#[test]
fn the_sign_and_the_inverse_square_root_have_the_same_errors() {
    let degrees = [3, 7, 5];
    let (_, sign) = followed(Rule::Compose, &degrees, &(power(-4), power(0)));
    let (_, root) = followed(Rule::Refine, &degrees, &(power(-8), power(0)));
    let ratio = (sign / root).to_f64();
    assert!((ratio - 1.0).abs() < 1e-8, "{ratio}");
}

#[test]
fn one_stage_is_the_minimax_polynomial() {
    let composite = fit(&request("inverse-sqrt", power(-2), power(0), power(-6))).unwrap();
    let (_, all) = stages(&composite);
    assert_eq!(all.len(), 1);
    let degree = all[0].coefficients.len() as u64 - 1;
    let goal = FitRequest {
        method: Method::Remez,
        goal: Goal::Degree(degree),
        ..request("inverse-sqrt", power(-2), power(0), power(-6))
    };
    let ratio = fit(&goal).unwrap().error.estimated.to_f64() / composite.error.estimated.to_f64();
    assert!((ratio - 1.0).abs() < 1e-8, "{ratio}");
}

#[test]
fn stages_map_their_intervals_into_the_next_one() {
    let table = fit(&request("sign", power(-8), power(0), power(-12))).unwrap();
    let (_, all) = stages(&table);
    assert!(all.len() > 1);
    for stage in all {
        let p = stage.polynomial();
        let is_last = stage == all.last().unwrap();
        for i in 0..=200 {
            let value = p.value(&Rational::from((i, 200))).abs();
            assert!(is_last || value <= 1, "{value} at {i}/200");
        }
    }
}

#[test]
fn few_bits_make_a_larger_error_or_are_refused() {
    let table = |bits| fit(&FitRequest { scale_bits: Some(bits), ..request("sign", power(-4), power(0), power(-9)) });
    let fine = fit(&request("sign", power(-4), power(0), power(-9))).unwrap().error.estimated;
    let coarse = table(22).unwrap();
    assert!(coarse.error.estimated.0 >= fine.0);
    assert!(stages(&coarse).1.iter().flat_map(|stage| &stage.dyadic).all(|d| d.exponent == -22));
    assert_eq!(table(4).unwrap_err().exit_code(), 3);
}

#[test]
fn small_errors_are_reached_and_too_wide_intervals_refused() {
    let fine = fit(&request("sign", power(-8), power(0), power(-200))).unwrap();
    assert!(fine.error.estimated.0 <= power(-200));
    for (name, low) in [("sign", -36), ("sign", -200), ("inverse-sqrt", -80), ("inverse-sqrt", -1000)] {
        let error = fit(&request(name, power(low), power(0), power(-8))).unwrap_err();
        assert_eq!(error.exit_code(), 3, "{name} 2^{low}: {error}");
    }
}

#[test]
fn what_cannot_be_is_refused_with_the_option() {
    let sign = || request("sign", power(-4), power(0), power(-9));
    let across = vec![[Exact(power(0) * -1), Exact(power(0))]];
    for (request, words) in [
        (FitRequest { goal: Goal::Degree(7), ..sign() }, "--degree"),
        (FitRequest { basis: Basis::Monomial, ..sign() }, "--basis"),
        (FitRequest { constraints: Constraints { positive: true, ..Constraints::default() }, ..sign() }, "--positive"),
        (FitRequest { parity: Some(Parity::Even), ..sign() }, "--parity"),
        (FitRequest { goal: Goal::MaxError(power(0)), ..sign() }, "--max-error"),
        (FitRequest { goal: Goal::MaxError(power(-20_000)), ..sign() }, "--max-error"),
        (FitRequest { intervals: across, ..sign() }, "0"),
        (
            FitRequest { metric: Some(Metric::Absolute), ..request("inverse-sqrt", power(-4), power(0), power(-9)) },
            "--error",
        ),
    ] {
        let error = fit(&request).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains(words), "{error}");
    }
}
