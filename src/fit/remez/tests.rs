use super::*;
use crate::error::Error;
use crate::fit::{best_error, closed_form_absolute};
use crate::poly::table::Metric;
use crate::real::{Exact, parse_exact};
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

fn solve(target: &Target, weight: Weight, ends: &[(&str, &str)], degree: u64) -> Minimax {
    let problem = Problem { function: target.function(), intervals: &intervals(ends), weight, parity: None };
    minimax(&problem, degree).unwrap()
}

fn refused(target: &Target, weight: Weight, parity: Option<Parity>, ends: &[(&str, &str)], degree: u64) -> Error {
    let problem = Problem { function: target.function(), intervals: &intervals(ends), weight, parity };
    minimax(&problem, degree).unwrap_err()
}

/// Sollya 8.0's `remez`, absolute error.
#[test]
fn errors_are_those_of_sollya() {
    type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)], u64, f64);
    let cases: [Case; 7] = [
        ("exp", "0", &[("-8", "0")], 15, 1.46935864558952e-10),
        ("inverse-sqrt", "2^-4", &[("0", "1")], 15, 3.06608563443339e-4),
        ("gelu-tanh", "0", &[("-8", "8")], 8, 0.0952792283151021),
        ("gelu-tanh", "0", &[("-8", "8")], 16, 0.0105558945625142),
        ("gelu-tanh", "0", &[("-8", "8")], 32, 2.76692996358108e-5),
        ("sign", "0", &[("-1", "-1/4"), ("1/4", "1")], 15, 7.91134516623333e-3),
        ("sign", "0", &[("-1", "-1/16"), ("1/16", "1")], 31, 0.0712767074013914),
    ];
    for (name, epsilon, ends, degree, error) in cases {
        let best = solve(&target(name, epsilon), Weight::Absolute, ends, degree);
        // Sollya stops at a relative distance of 1e-11 or so.
        assert_relative_eq!(best.error.to_f64(), error, max_relative = 1e-10);
    }
}

#[test]
fn the_exchange_finds_the_closed_forms() {
    for e in [4, 8, 12] {
        let epsilon = format!("2^-{e}");
        let (a, b) = (parse_exact(&epsilon).unwrap(), parse_exact(&epsilon).unwrap() + 1u32);
        for degree in [0, 1, 7, 31, 63] {
            for (metric, weight) in [(Metric::Relative, Weight::Relative), (Metric::Absolute, Weight::Absolute)] {
                let best = solve(&target("reciprocal", &epsilon), weight, &[("0", "1")], degree);
                let exact = best_error(metric, &a, &b, degree).unwrap();
                assert_relative_eq!((best.error / exact).to_f64(), 1.0, max_relative = 1e-10);
            }
        }
    }
}

#[test]
fn the_coefficients_are_those_of_the_closed_form() {
    let (a, b) = (parse_exact("1/16").unwrap(), parse_exact("17/16").unwrap());
    let best = solve(&target("reciprocal", "1/16"), Weight::Absolute, &[("0", "1")], 15);
    let exact = closed_form_absolute(&a, &b, 15, 100).unwrap();
    for (found, expected) in best.coefficients.iter().zip(&exact.coefficients) {
        assert_relative_eq!(found.to_f64(), expected.to_f64(), epsilon = 1e-12);
    }
}

#[test]
fn a_function_of_the_callers_own_needs_its_value_alone() {
    struct Cube;
    impl Function for Cube {
        fn value(&self, x: &Float) -> Float {
            Float::with_val(x.prec(), x.square_ref()) * x
        }
    }
    let ends = intervals(&[("-1", "1")]);
    let problem = Problem { function: &Cube, intervals: &ends, weight: Weight::Absolute, parity: None };
    // x³ less its best quadratic is T_3/4.
    assert_relative_eq!(minimax(&problem, 2).unwrap().error.to_f64(), 0.25, max_relative = 1e-10);
    let weight = |x: &Float| Float::with_val(x.prec(), x.square_ref()) + 1u32;
    let weighted = minimax(&Problem { weight: Weight::Of(&weight), ..problem }, 2).unwrap();
    assert!(weighted.error > 0.25 && weighted.error < 0.5, "{}", weighted.error);
}

#[test]
fn bounds_without_an_exchange_are_below_the_closed_form_and_often_near_it() {
    let mut near = 0;
    for e in [4, 8, 40, 200] {
        let epsilon = format!("2^-{e}");
        let (a, b) = (parse_exact(&epsilon).unwrap(), parse_exact(&epsilon).unwrap() + 1u32);
        for degree in [0, 1, 15, 31, 100] {
            for (metric, weight) in [(Metric::Relative, Weight::Relative), (Metric::Absolute, Weight::Absolute)] {
                let (target, ends) = (target("reciprocal", &epsilon), intervals(&[("0", "1")]));
                let problem = Problem { function: target.function(), intervals: &ends, weight, parity: None };
                let exact = best_error(metric, &a, &b, degree).unwrap();
                let share = (lower_bound(&problem, degree).unwrap() / exact).to_f64();
                assert!(share <= 1.0 + 1e-12, "{e} {degree} {metric}: {share}");
                near += u32::from(share > 0.3);
            }
        }
    }
    assert!(near >= 10, "{near}");
}

/// T_70 has no part in the measures that foresee the precision for 65 coefficients, and its best error is 1.
#[test]
fn an_error_that_is_not_foreseen_is_found() {
    struct Wave;
    impl Function for Wave {
        fn value(&self, x: &Float) -> Float {
            (x.clone().acos() * 70u32).cos()
        }
    }
    let ends = intervals(&[("-1", "1")]);
    let problem = Problem { function: &Wave, intervals: &ends, weight: Weight::Absolute, parity: None };
    assert_relative_eq!(minimax(&problem, 64).unwrap().error.to_f64(), 1.0, max_relative = 1e-9);
}

#[test]
fn symmetric_problems_have_symmetric_solutions() {
    let two = [("-1", "-1/8"), ("1/8", "1")];
    let sign = solve(&target("sign", "0"), Weight::Absolute, &two, 20);
    assert_eq!(sign.parity, Some(Parity::Odd));
    assert_eq!(sign.coefficients.len(), 21);
    assert!(sign.coefficients.iter().step_by(2).all(Float::is_zero));
    let odd = solve(&target("sign", "0"), Weight::Absolute, &two, 19);
    assert_eq!(sign.error, odd.error);
    // The same without being told: the odd part is found by the exchange on both intervals.
    struct Plain;
    impl Function for Plain {
        fn value(&self, x: &Float) -> Float {
            x.clone().signum()
        }
    }
    let ends = intervals(&two);
    let problem = Problem { function: &Plain, intervals: &ends, weight: Weight::Absolute, parity: None };
    let plain = minimax(&problem, 19).unwrap();
    assert_relative_eq!(plain.error.to_f64(), odd.error.to_f64(), max_relative = 1e-9);
}

/// f less a line, with or without a word on the symmetry that this has.
struct Remainder<'a> {
    function: &'a dyn Function,
    /// Its value at 0 and its slope.
    line: [f64; 2],
    parity: Option<Parity>,
}

impl Function for Remainder<'_> {
    fn value(&self, x: &Float) -> Float {
        let [constant, slope] = self.line;
        self.function.value(x) - constant - Float::with_val(x.prec(), x * slope)
    }
    fn parity(&self) -> Option<Parity> {
        self.parity
    }
}

/// The best polynomial of a function that is affine plus even (odd) is affine plus even (odd): an odd (even) degree is no
/// better than the one below, and the exchange in x², where the symmetry is known, finds the same error with half the
/// points. Where it is not known, the error may have more extrema than a reference, and two equal ones with no change of
/// sign between, as that of gelu-tanh of degree 22 on [−4, 4] has about 0.
#[test]
fn degrees_that_symmetry_makes_equal_have_equal_errors() {
    let (even, odd) = (Some(Parity::Even), Some(Parity::Odd));
    let cases = [
        ("gelu-tanh", [0.0, 0.5], even),
        ("gelu-erf", [0.0, 0.5], even),
        ("sigmoid", [0.5, 0.0], odd),
        ("tanh", [0.0, 0.0], odd),
        ("exp", [0.0, 0.0], None),
    ];
    for ((name, line, parity), end) in cases.into_iter().flat_map(|case| ["1", "4", "15/2"].map(|end| (case, end))) {
        let target = target(name, "0");
        let lo = format!("-{end}");
        let ends = intervals(&[(&lo, end)]);
        let best = |function: &dyn Function, degree: u64| {
            let problem = Problem { function, intervals: &ends, weight: Weight::Absolute, parity: None };
            minimax(&problem, degree).unwrap_or_else(|e| panic!("{name} on ±{end}, degree {degree}: {e}"))
        };
        let whole = Remainder { function: target.function(), line: [0.0, 0.0], parity: None };
        let folded = Remainder { function: target.function(), line, parity };
        let mut below = best(&whole, 1);
        for degree in 2..=40 {
            let here = best(&whole, degree);
            let repeats = parity == if degree % 2 == 0 { odd } else { even };
            if repeats {
                assert_relative_eq!(here.error.to_f64(), below.error.to_f64(), max_relative = 1e-9);
            } else {
                assert!(here.error < below.level, "{name} on ±{end}, degree {degree}");
            }
            if parity.is_some() {
                let folded = best(&folded, degree);
                assert_eq!(folded.parity, parity);
                assert_relative_eq!(here.error.to_f64(), folded.error.to_f64(), max_relative = 1e-9);
            }
            below = here;
        }
    }
}

#[test]
fn hard_cases_have_a_clear_outcome() {
    let exp = target("exp", "0");
    assert_relative_eq!(solve(&exp, Weight::Absolute, &[("-1", "1")], 0).error.to_f64(), 1f64.sinh(), epsilon = 1e-9);
    let wide = solve(&target("reciprocal", "2^-40"), Weight::Relative, &[("0", "1")], 63);
    assert!(wide.error > 0.9 && wide.error < 1.0);
    let tiny = solve(&target("inverse-sqrt", "2^-200"), Weight::Absolute, &[("0", "1")], 15);
    assert_relative_eq!(tiny.error.to_f64(), 2f64.powi(99), max_relative = 1e-3);
    let kink = solve(&target("relu", "0"), Weight::Absolute, &[("-1", "2")], 63);
    assert!(kink.error > 1e-3 && kink.error < 1e-2, "{}", kink.error);
    let flat = refused(&target("relu", "0"), Weight::Absolute, None, &[("1", "2")], 3);
    assert!(flat.exit_code() == 2 && flat.to_string().contains("such a polynomial itself"), "{flat}");
    let cases = [
        (target("sign", "0"), Weight::Absolute, None, [("-1", "1")], 5, "gap"),
        (target("log", "0"), Weight::Relative, None, [("1/2", "2")], 5, "relative error is not defined"),
        (target("exp", "0"), Weight::Absolute, Some(Parity::Odd), [("-1", "1")], 5, "symmetry"),
        (target("tanh", "0"), Weight::Absolute, Some(Parity::Odd), [("-1", "2")], 5, "symmetric"),
        (target("tanh", "0"), Weight::Absolute, Some(Parity::Odd), [("-1", "1")], 0, "degree 1"),
        (target("exp", "0"), Weight::Absolute, None, [("-1", "1")], 10_001, "10000"),
    ];
    for (target, weight, parity, ends, degree, text) in cases {
        let error = refused(&target, weight, parity, &ends, degree);
        assert_eq!(error.exit_code(), 2, "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
}

/// f − p at x by definition, from the Chebyshev coefficients.
fn error_at(target: &Target, best: &Minimax, [lo, hi]: &[Rational; 2], x: &Float) -> Float {
    let y = Float::with_val(x.prec(), x - lo) * 2u32 / Rational::from(hi - lo) - 1u32;
    target.function().value(x) - super::trial::clenshaw(&best.coefficients, &y)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_error_alternates_and_is_nowhere_larger(
        name in prop_oneof![Just("exp"), Just("sigmoid"), Just("gelu-erf"), Just("tanh"), Just("gelu-tanh"), Just("relu")],
        lo in -60i64..20, width in 5i64..80, degree in 1u64..25, at in 0f64..1.0,
    ) {
        let target = target(name, "0");
        let ends = [Rational::from((lo, 10)), Rational::from((lo + width, 10))];
        // There the function is a straight line.
        prop_assume!(name != "relu" || (lo < 0 && lo + width > 0));
        let place = [[Exact(ends[0].clone()), Exact(ends[1].clone())]];
        let problem = Problem { function: target.function(), intervals: &place, weight: Weight::Absolute, parity: None };
        let best = minimax(&problem, degree).unwrap();
        prop_assert!(best.reference.len() as u64 >= degree + 2);
        let mut before = Float::new(64);
        for x in &best.reference {
            let error = error_at(&target, &best, &ends, x);
            prop_assert!((error.clone().abs() / &best.error - 1u32).abs() < 1e-8);
            prop_assert!(before.is_zero() || before.is_sign_negative() != error.is_sign_negative());
            before = error;
        }
        let x = Float::with_val(best.precision, Rational::from(&ends[1] - &ends[0])) * at + &ends[0];
        prop_assert!(error_at(&target, &best, &ends, &x).abs() <= best.error * 1.00000001);
    }

    #[test]
    fn a_scaled_interval_scales_the_problem(
        lo in 1i64..50, width in 5i64..80, factor in 2i64..9, degree in 1u64..20,
    ) {
        let target = target("inverse-sqrt", "0");
        let solve = |scale: i64| {
            let end = |x: i64| Exact(Rational::from((x * scale, 10)));
            let place = [[end(lo), end(lo + width)]];
            let problem = Problem { function: target.function(), intervals: &place, weight: Weight::Relative, parity: None };
            minimax(&problem, degree).unwrap().error.to_f64()
        };
        approx::assert_relative_eq!(solve(1), solve(factor), max_relative = 1e-9);
    }

    #[test]
    fn the_error_falls_with_the_degree(lo in -40i64..0, width in 5i64..80, degree in 1u64..20) {
        let place = [[Exact(Rational::from((lo, 10))), Exact(Rational::from((lo + width, 10)))]];
        let target = target("exp", "0");
        let problem = Problem { function: target.function(), intervals: &place, weight: Weight::Absolute, parity: None };
        prop_assert!(minimax(&problem, degree).unwrap().error < minimax(&problem, degree - 1).unwrap().level);
    }
}
