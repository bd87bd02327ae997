use super::*;
use crate::real::parse_exact;
use approx::assert_relative_eq;
use proptest::prelude::*;

fn exact(text: &str) -> Exact {
    Exact(parse_exact(text).unwrap())
}

/// 1/(x + ε) on [lo, hi], relative error, by the closed form.
fn request(epsilon: &str, lo: &str, hi: &str, goal: Goal) -> FitRequest {
    let target = Target::new("reciprocal", exact(epsilon).0).unwrap();
    FitRequest::new(target, [exact(lo).0, exact(hi).0], goal)
}

fn estimated(table: &Table) -> f64 {
    Float::with_val(53, &table.error.estimated.0).to_f64()
}

fn limit(text: &str) -> Goal {
    Goal::MaxError(parse_exact(text).unwrap())
}

/// Sollya 8.0's `remez`.
#[test]
fn errors_are_those_of_sollya() {
    let relative =
        [(7, 0.648375056460796), (15, 0.266135483284542), (31, 0.0367142478576055), (63, 6.74422537081884e-4)];
    for (degree, error) in relative {
        for basis in [Basis::Chebyshev, Basis::Monomial] {
            let table = fit(&FitRequest { basis, ..request("2^-8", "0", "1", Goal::Degree(degree)) }).unwrap();
            assert_relative_eq!(estimated(&table), error, max_relative = 2f64.powi(-30));
        }
    }
    for (degree, error) in [(7, 0.235577921876289), (15, 4.49325935395706e-3), (31, 1.63461427959688e-6)] {
        let metric = Some(Metric::Absolute);
        let table = fit(&FitRequest { metric, ..request("2^-4", "0", "1", Goal::Degree(degree)) }).unwrap();
        assert_relative_eq!(estimated(&table), error, max_relative = 2f64.powi(-30));
    }
}

#[test]
fn a_composite_has_the_best_error_of_its_degree() {
    let composite = |goal| FitRequest { method: Method::Composite, ..request("2^-16", "0", "1", goal) };
    let table = fit(&composite(limit("2^-10"))).unwrap();
    let best = best_error(Metric::Relative, &parse_exact("2^-16").unwrap(), &parse_exact("65537*2^-16").unwrap(), 1023)
        .unwrap();
    assert_relative_eq!(estimated(&table), best.to_f64(), max_relative = 1e-15);
    assert_relative_eq!(estimated(&table).log2(), -10.5, epsilon = 0.05);
    assert_eq!((table.degree, table.evaluation.depth, table.evaluation.products), (1023, 10, 18));
    let of_degree = fit(&composite(Goal::Degree(1023))).unwrap();
    assert_eq!((of_degree.form, of_degree.error), (table.form, table.error));
}

#[test]
fn the_least_degree_meets_the_goal_and_the_one_below_does_not() {
    for basis in [Basis::Chebyshev, Basis::Monomial] {
        let table = fit(&FitRequest { basis, ..request("2^-8", "0", "1", limit("1e-2")) }).unwrap();
        assert!(estimated(&table) <= 1e-2);
        let below = fit(&FitRequest { basis, ..request("2^-8", "0", "1", Goal::Degree(table.degree - 1)) }).unwrap();
        assert!(estimated(&below) > 1e-2);
    }
}

#[test]
fn impossible_requests_are_answered_with_their_exit_code() {
    let composite = |r: FitRequest| FitRequest { method: Method::Composite, ..r };
    let cases = [
        (request("0", "1", "1", Goal::Degree(5)), 2, "lo < hi"),
        (request("0", "2", "1", Goal::Degree(5)), 2, "lo < hi"),
        (request("0", "0", "1", Goal::Degree(5)), 2, "pole"),
        (request("0", "-1", "1", Goal::Degree(5)), 2, "pole"),
        (request("1", "-1", "1", Goal::Degree(5)), 2, "pole"),
        (request("1", "0", "1", Goal::Degree(1_000_000_000)), 2, "10000"),
        (request("1", "0", "1", limit("0")), 2, "--max-error"),
        (request("1", "0", "1", limit("-1")), 2, "--max-error"),
        (request("2^-40", "0", "1", limit("2^-20")), 3, "degree 10000"),
        (request("2^-10000", "0", "1", limit("1/2")), 3, "degree 10000"),
        (composite(request("2^-8", "0", "1", Goal::Degree(8))), 2, "2^k − 1"),
        (composite(request("2^-8", "0", "1", Goal::Degree(u64::MAX))), 2, "2^k − 1"),
        (composite(request("2^-200", "0", "1", limit("2^-10"))), 3, "40 doublings"),
        (composite(request("1", "0", "1", Goal::Degree((1 << 30) - 1))), 2, "take fewer"),
        (
            FitRequest { metric: Some(Metric::Absolute), ..composite(request("1", "0", "1", Goal::Degree(7))) },
            2,
            "relative",
        ),
        (FitRequest { scale_bits: Some(8), ..request("2^-8", "0", "1", limit("2^-10")) }, 3, "--scale-bits"),
    ];
    for (request, code, text) in cases {
        let error = fit(&request).unwrap_err();
        assert_eq!(error.exit_code(), code, "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
    let mut two = FitRequest { method: Method::ClosedForm, ..request("1", "0", "1", Goal::Degree(3)) };
    two.intervals.push([exact("2"), exact("3")]);
    assert!(fit(&two).unwrap_err().to_string().contains("one interval"));
}

#[test]
fn extreme_requests_have_an_answer() {
    let wide = fit(&request("2^-40", "0", "1", Goal::Degree(63))).unwrap();
    assert!(estimated(&wide) > 0.9 && estimated(&wide) < 1.0);
    let tiny = fit(&request("2^-200", "0", "1", Goal::Degree(15))).unwrap();
    assert!(estimated(&tiny) > 0.99 && estimated(&tiny) <= 1.0);
    let high = fit(&request("2^-16", "0", "1", Goal::Degree(5000))).unwrap();
    assert_relative_eq!(estimated(&high).log2(), -55.3, epsilon = 0.2);
    let wide = FitRequest { method: Method::Composite, ..request("2^-40", "0", "1", limit("2^-20")) };
    assert_eq!(fit(&wide).unwrap().evaluation.depth, 23);
    assert_eq!(fit(&request("1", "0", "1", Goal::Degree(0))).unwrap().degree, 0);
}

/// max |D·r − 1| or |r − 1/D| over a fine grid, exactly.
fn on_a_grid(table: &Table, points: u32) -> f64 {
    let (polynomial, epsilon) = (table.polynomial().unwrap().unwrap(), &table.target.epsilon.0);
    let width = Rational::from(&polynomial.hi - &polynomial.lo);
    let residual = |i: u32| {
        // Denser at the ends, as the extrema are.
        let angle = std::f64::consts::PI * f64::from(i) / f64::from(points);
        let u = Rational::from_f64(0.5 - 0.5 * angle.cos()).unwrap();
        let x = u * &width + &polynomial.lo;
        let d = Rational::from(&x + epsilon);
        let relative = polynomial.value(&x) * &d - 1u32;
        if table.error.metric == Metric::Relative { relative } else { relative / d }
    };
    (0..=points).map(|i| residual(i).to_f64().abs()).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_estimate_is_the_error_of_the_rounded_table(
        near in 1i64..400, width in 1i64..4000, degree in 0u64..20, bits in proptest::option::of(4u32..24),
        metric in prop_oneof![Just(Metric::Relative), Just(Metric::Absolute)],
        basis in prop_oneof![Just(Basis::Chebyshev), Just(Basis::Monomial)], mirrored: bool,
    ) {
        let (mut lo, mut hi) = (Rational::from((near, 1000)), Rational::from((near + width, 1000)));
        if mirrored {
            (lo, hi) = (-hi, -lo);
        }
        let asked = FitRequest {
            intervals: vec![[lo.into(), hi.into()]], metric: Some(metric), basis, scale_bits: bits,
            ..request("0", "1", "2", Goal::Degree(degree))
        };
        let table = fit(&asked).unwrap();
        table.validate().unwrap();
        let (estimate, grid) = (estimated(&table), on_a_grid(&table, 64 * (degree as u32 + 1)));
        prop_assert!(grid <= estimate * 1.01 && estimate <= grid * 1.01, "{} estimated, {} on a grid", estimate, grid);
    }

    #[test]
    fn the_error_falls_with_the_degree_and_rises_with_the_interval(
        near in 1i64..400, width in 1i64..4000, more in 1i64..400, degree in 1u64..60,
        metric in prop_oneof![Just(Metric::Relative), Just(Metric::Absolute)],
    ) {
        let error = |near: i64, far: i64, degree| best_error(metric, &Rational::from(near), &Rational::from(far), degree).unwrap();
        prop_assert!(error(near, near + width, degree) < error(near, near + width, degree - 1));
        prop_assert!(error(near, near + width, degree) < error(near, near + width + more, degree));
    }

    #[test]
    fn a_scaled_interval_scales_the_coefficients_down(
        near in 1i64..400, width in 1i64..4000, scale in 2i64..50, degree in 0u64..30,
    ) {
        let (a, b, s) = (Rational::from(near), Rational::from(near + width), Rational::from(scale));
        let small = closed_form_relative(&a, &b, degree, 80).unwrap();
        let large = closed_form_relative(&Rational::from(&a * &s), &Rational::from(&b * &s), degree, 80).unwrap();
        prop_assert!(Float::with_val(80, &small.error - &large.error).abs() <= 1e-20);
        for (x, y) in small.coefficients.iter().zip(&large.coefficients) {
            prop_assert!(Float::with_val(80, x - Float::with_val(200, y * &s)).abs() <= 1e-20);
        }
    }
}
