use super::super::{Weight, least_value, lower_bound, minimax, weighted_error};
use super::*;
use crate::real::parse_exact;
use crate::target::{Function, Parity, Target};
use approx::assert_relative_eq;
use proptest::prelude::*;
use rug::{Float, Rational};

fn intervals(ends: &[(&str, &str)]) -> Vec<[Exact; 2]> {
    let end = |text: &str| Exact(parse_exact(text).unwrap());
    ends.iter().map(|(lo, hi)| [end(lo), end(hi)]).collect()
}

fn target(name: &str, epsilon: &str) -> Target {
    Target::new(name, parse_exact(epsilon).unwrap()).unwrap()
}

fn fixed(values: &[(u64, &str)]) -> Constraints {
    let exact = |text: &str| Exact(parse_exact(text).unwrap());
    Constraints { fixed: values.iter().map(|(k, value)| (*k, exact(value))).collect(), positive: false }
}

const POSITIVE: Constraints = Constraints { fixed: Vec::new(), positive: true };

/// Sollya 8.0: `remez` of f less the fixed part over the list of the other powers of x, quality 1e-12. The last one over
/// √x·x^k, which is the relative error of 1/√x.
#[test]
fn errors_with_fixed_coefficients_are_those_of_sollya() {
    type Case<'a> = (&'a str, (&'a str, &'a str), u64, Option<Parity>, Weight<'a>, &'a [(u64, &'a str)], f64);
    let (absolute, relative) = (Weight::Absolute, Weight::Relative);
    let cases: [Case; 5] = [
        ("exp", ("1/8", "1"), 5, None, absolute, &[(0, "1")], 1.069220595061701e-6),
        ("exp", ("1/8", "1"), 6, None, absolute, &[(0, "1"), (1, "1/2")], 6.626643488632052e-3),
        ("log", ("1/2", "2"), 7, None, absolute, &[(3, "1/4")], 3.006217661687597e-4),
        ("tanh", ("1/8", "2"), 9, Some(Parity::Odd), absolute, &[(1, "1")], 9.571539656087646e-4),
        ("inverse-sqrt", ("1/16", "1"), 4, None, relative, &[(0, "3")], 0.2117036529181259),
    ];
    for (name, ends, degree, parity, weight, values, error) in cases {
        let mirrored = ("-2", "-1/8");
        let ends = if parity.is_some() { intervals(&[mirrored, ends]) } else { intervals(&[ends]) };
        let target = target(name, "0");
        let problem = Problem { function: target.function(), intervals: &ends, weight, parity };
        let constrained = constrained_minimax(&problem, &fixed(values), Basis::Monomial, degree).unwrap();
        assert_relative_eq!(constrained.best.error.to_f64(), error, max_relative = 1e-9);
        for (k, value) in values {
            assert_eq!(constrained.polynomial.coefficients[*k as usize], parse_exact(value).unwrap());
        }
    }
}

/// a·x is nearest to 1 on [1/2, 1] where 1 − a/2 = a − 1.
#[test]
fn a_line_through_the_origin_is_nearest_to_one_at_four_thirds() {
    struct One;
    impl Function for One {
        fn value(&self, x: &Float) -> Float {
            Float::with_val(x.prec(), 1)
        }
    }
    let ends = intervals(&[("1/2", "1")]);
    let problem = Problem { function: &One, intervals: &ends, weight: Weight::Absolute, parity: None };
    let line = constrained_minimax(&problem, &fixed(&[(0, "0")]), Basis::Monomial, 1).unwrap();
    assert_relative_eq!(line.best.error.to_f64(), 1.0 / 3.0, max_relative = 1e-12);
    assert_relative_eq!(line.polynomial.coefficients[1].to_f64(), 4.0 / 3.0, max_relative = 1e-12);
}

/// p(0) = 40 while 1/√(0 + 2^-12) = 64: no coefficient can help, and most multipliers are 0.
#[test]
fn an_error_that_one_point_forces_is_reached_without_going_in_circles() {
    let (target, ends) = (target("inverse-sqrt", "2^-12"), intervals(&[("0", "1")]));
    let problem = Problem { function: target.function(), intervals: &ends, weight: Weight::Relative, parity: None };
    for degree in [23, 31] {
        let forced = constrained_minimax(&problem, &fixed(&[(0, "40")]), Basis::Monomial, degree).unwrap();
        assert_relative_eq!(forced.best.error.to_f64(), 0.375, max_relative = 1e-9);
    }
}

#[test]
fn a_positive_polynomial_costs_error_but_less_than_another_positive_one() {
    for (e, degree) in [(8, 15), (12, 31)] {
        let (target, ends) = (target("reciprocal", &format!("2^-{e}")), intervals(&[("0", "1")]));
        let problem = Problem { function: target.function(), intervals: &ends, weight: Weight::Absolute, parity: None };
        let free = minimax(&problem, degree).unwrap();
        let polynomial = |best: &Minimax| Polynomial {
            basis: Basis::Chebyshev,
            lo: Rational::new(),
            hi: Rational::from(1),
            coefficients: best.coefficients.iter().map(float_to_exact).collect(),
        };
        let unit = Float::with_val(128, 1);
        assert!(least_value(&problem, &polynomial(&free), &unit, &free.reference).unwrap() < 0);
        let Constrained { best, polynomial: positive } =
            constrained_minimax(&problem, &POSITIVE, Basis::Chebyshev, degree).unwrap();
        // The least value of 1/(x + ε) on [0, 1] is about 1.
        let least = least_value(&problem, &positive, &unit, &best.reference).unwrap();
        assert!(least > 2f64.powi(-17) && least < 2f64.powi(-15), "{least}");
        // 1 − D·r ≤ E < 1 makes the best relative one positive.
        let relative = minimax(&Problem { weight: Weight::Relative, ..problem }, degree).unwrap();
        let other = weighted_error(&problem, &polynomial(&relative), &free.error, &relative.reference).unwrap();
        assert!(best.error > free.error && best.error < other, "{} {} {other}", free.error, best.error);
    }
}

#[test]
fn constraints_that_a_problem_cannot_have_are_refused() {
    let (exp, ends) = (target("exp", "0"), intervals(&[("-1", "1")]));
    let problem = Problem { function: exp.function(), intervals: &ends, weight: Weight::Absolute, parity: None };
    let negative = Constraints { positive: true, ..fixed(&[(0, "-8")]) };
    let tanh = target("tanh", "0");
    let odd = Problem { function: tanh.function(), parity: Some(Parity::Odd), ..problem };
    for (problem, constraints, degree, code, text) in [
        (&problem, fixed(&[(9, "1")]), 8, 2, "coefficients 0 to 8, found 9"),
        (&problem, fixed(&[(1, "1"), (1, "2")]), 8, 2, "twice"),
        (&problem, fixed(&[(1, "1")]), 256, 2, "at most 255"),
        (&problem, negative, 8, 3, "keeps the fixed coefficients"),
        (&odd, fixed(&[(2, "1")]), 9, 2, "coefficient 2"),
        (&odd, POSITIVE, 9, 2, "above 0"),
    ] {
        let error = constrained_minimax(problem, &constraints, Basis::Chebyshev, degree).err().unwrap();
        assert!(error.exit_code() == code && error.to_string().contains(text), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn fixing_a_coefficient_where_it_is_anyway_changes_nothing_and_elsewhere_costs_error(
        name in prop_oneof![Just("exp"), Just("sigmoid"), Just("gelu-erf")],
        lo in -40i64..10, width in 5i64..60, degree in 2u64..20, at in 0f64..1.0, shift in 1i64..100,
    ) {
        let target = target(name, "0");
        let ends = [[Exact(Rational::from((lo, 10))), Exact(Rational::from((lo + width, 10)))]];
        let problem = Problem { function: target.function(), intervals: &ends, weight: Weight::Absolute, parity: None };
        let best = minimax(&problem, degree).unwrap();
        let k = (at * (degree + 1) as f64) as u64;
        let value = float_to_exact(&best.coefficients[k as usize]);
        let error = |value: Rational| {
            let constraints = Constraints { fixed: vec![(k, Exact(value))], positive: false };
            constrained_minimax(&problem, &constraints, Basis::Chebyshev, degree).unwrap().best.error
        };
        assert_relative_eq!((error(value.clone()) / &best.error).to_f64(), 1.0, max_relative = 1e-9);
        let moved = error(value + float_to_exact(&best.error) * Rational::from((shift, 50)));
        prop_assert!(moved > Float::with_val(64, &best.error * 1.0000001));
    }

    #[test]
    fn no_bound_exceeds_the_best_error(
        name in prop_oneof![Just("exp"), Just("tanh"), Just("relu"), Just("gelu-tanh")],
        lo in -60i64..-5, width in 61i64..90, degree in 1u64..40,
    ) {
        let target = target(name, "0");
        let ends = [[Exact(Rational::from((lo, 10))), Exact(Rational::from((lo + width, 10)))]];
        let problem = Problem { function: target.function(), intervals: &ends, weight: Weight::Absolute, parity: None };
        let (bound, best) = (lower_bound(&problem, degree).unwrap(), minimax(&problem, degree).unwrap());
        prop_assert!(bound <= best.error, "{bound} {}", best.error);
        // At a kink the kernel says about as much as the exchange.
        prop_assert!(name != "relu" || degree < 8 || bound > Float::with_val(64, &best.error / 4u32), "{bound} {}", best.error);
    }
}
