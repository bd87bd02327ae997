use super::*;
use crate::fit::{Method, fit};
use crate::poly::table::Table;
use crate::real::parse_exact;
use crate::target::Target;

fn request(name: &str, ends: &[(&str, &str)], goal: Goal) -> FitRequest {
    let end = |text: &str| Exact(parse_exact(text).unwrap());
    FitRequest {
        target: Target::new(name, Rational::new()).unwrap(),
        intervals: ends.iter().map(|(lo, hi)| [end(lo), end(hi)]).collect(),
        goal,
        metric: Some(Metric::Absolute),
        method: Method::Auto,
        basis: Basis::Chebyshev,
        parity: None,
        scale_bits: None,
        constraints: Constraints::default(),
    }
}

fn estimated(table: &Table) -> f64 {
    table.error.estimated.to_f64()
}

/// max |p − f| over a fine grid of every interval.
fn on_a_grid(table: &Table) -> f64 {
    let polynomial = table.polynomial().unwrap().unwrap();
    let target = Target::named(&table.target).unwrap();
    let error = |lo: &Rational, hi: &Rational, i: u32| {
        let angle = std::f64::consts::PI * f64::from(i) / 2000.0;
        let x = Rational::from_f64(0.5 - 0.5 * angle.cos()).unwrap() * Rational::from(hi - lo) + lo;
        let value = target.function().value(&Float::with_val(120, &x));
        (value - polynomial.value(&x)).abs().to_f64()
    };
    let places = table.intervals.iter().flat_map(|[lo, hi]| (0..=2000).map(move |i| (lo, hi, i)));
    places.map(|(lo, hi, i)| error(lo, hi, i)).fold(0.0, f64::max)
}

#[test]
fn the_estimate_is_the_error_of_the_rounded_table() {
    for (name, ends, degree) in [
        ("exp", &[("-8", "0")][..], 9),
        ("gelu-tanh", &[("-8", "8")], 12),
        ("sign", &[("-1", "-1/8"), ("1/8", "1")], 15),
        ("log", &[("1/8", "3"), ("7/2", "4")], 8),
    ] {
        for basis in [Basis::Chebyshev, Basis::Monomial] {
            for scale_bits in [None, Some(40), Some(12)] {
                let asked = FitRequest { basis, scale_bits, ..request(name, ends, Goal::Degree(degree)) };
                let table = fit(&asked).unwrap();
                table.validate().unwrap();
                let (estimate, grid) = (estimated(&table), on_a_grid(&table));
                assert!(grid <= estimate * 1.0001 && estimate <= grid * 1.001, "{name} {basis:?}: {estimate}, {grid}");
            }
        }
    }
}

#[test]
fn the_least_degree_meets_the_goal_and_the_one_below_does_not() {
    let limit = Goal::MaxError(parse_exact("1e-4").unwrap());
    for (name, ends, parity) in [
        ("exp", &[("-8", "0")][..], None),
        ("sign", &[("1/4", "1")], Some(Parity::Odd)),
        ("gelu-erf", &[("-8", "8")], None),
    ] {
        let table = fit(&FitRequest { parity, ..request(name, ends, limit.clone()) }).unwrap();
        assert!(estimated(&table) <= 1e-4);
        let step = if parity.is_some() { 2 } else { 1 };
        let below = FitRequest { parity, ..request(name, ends, Goal::Degree(table.degree - step)) };
        assert!(estimated(&fit(&below).unwrap()) > 1e-4, "{name} {}", table.degree);
    }
}

#[test]
fn an_interval_to_one_side_gets_its_mirror_image_with_the_symmetry() {
    let asked = FitRequest { parity: Some(Parity::Odd), ..request("sign", &[("1/4", "1")], Goal::Degree(15)) };
    let table = fit(&asked).unwrap();
    assert_eq!(table.intervals.len(), 2);
    let both = fit(&request("sign", &[("-1", "-1/4"), ("1/4", "1")], Goal::Degree(15))).unwrap();
    assert_eq!(table.form, both.form);
    let even = FitRequest { goal: Goal::Degree(16), ..asked };
    assert!(fit(&even).unwrap_err().to_string().contains("odd degree"));
}

#[test]
fn the_record_says_how_the_exchange_ended() {
    let table = fit(&request("exp", &[("-1", "1")], Goal::Degree(5))).unwrap();
    let value = serde_json::to_value(&table).unwrap();
    assert_eq!((value["fit"]["method"].as_str(), value["fit"]["status"].as_str()), (Some("remez"), Some("converged")));
    assert!(value["fit"]["iterations"].as_u64().unwrap() > 1);
    assert!(value["fit"]["spread"].as_f64().unwrap() < 1.0 + 1e-9);
    assert!(value["fit"]["levelled_error"].is_string());
    assert_eq!(serde_json::from_value::<Table>(value).unwrap(), table);
}

#[test]
fn the_reciprocal_goes_by_its_formula_unless_the_exchange_is_asked_for() {
    let asked = |method| FitRequest { method, ..request("reciprocal", &[("1/8", "1")], Goal::Degree(9)) };
    let (formula, exchange) = (fit(&asked(Method::Auto)).unwrap(), fit(&asked(Method::Remez)).unwrap());
    assert_eq!((formula.fit.method.as_str(), exchange.fit.method.as_str()), ("closed-form", "remez"));
    approx::assert_relative_eq!(estimated(&formula), estimated(&exchange), max_relative = 1e-9);
}

/// (the best error, that of coefficients rounded one by one, that of the table).
fn roundings(name: &str, ends: &[(&str, &str)], degree: u64, basis: Basis, bits: u32) -> [f64; 3] {
    let asked = FitRequest { basis, scale_bits: Some(bits), ..request(name, ends, Goal::Degree(degree)) };
    let function = asked.target.function();
    let problem = Problem { function, intervals: &asked.intervals, weight: Weight::Absolute, parity: None };
    let best = minimax(&problem, degree).unwrap();
    let [lo, hi] = problem.hull();
    let coefficients = best.coefficients.iter().map(float_to_exact).collect();
    let mut plain = Polynomial { basis: Basis::Chebyshev, lo, hi, coefficients };
    if basis == Basis::Monomial {
        plain = plain.to_monomial();
    }
    for c in &mut plain.coefficients {
        *c = dyadic_nearest(c, bits);
    }
    let plain = weighted_error(&problem, &plain, &best.error, &best.reference).unwrap();
    [best.error.to_f64(), plain.to_f64(), estimated(&fit(&asked).unwrap())]
}

#[test]
fn a_coarse_scale_is_searched_for_coefficients_near_the_best() {
    // (function, intervals, degree, basis, bits, what the search gains at least)
    for (name, ends, degree, basis, bits, gain) in [
        ("exp", &[("1/4", "1/2")][..], 5, Basis::Monomial, 16, 3.0),
        ("exp", &[("-8", "0")], 9, Basis::Monomial, 24, 1.0),
        ("exp", &[("-8", "0")], 9, Basis::Chebyshev, 14, 1.0),
        ("gelu-tanh", &[("-8", "8")], 16, Basis::Monomial, 40, 1.0),
        ("sign", &[("-1", "-1/4"), ("1/4", "1")], 15, Basis::Chebyshev, 8, 1.0),
    ] {
        let [best, plain, table] = roundings(name, ends, degree, basis, bits);
        println!("{name} {basis:?} {bits}: {best:e} {plain:e} {table:e}");
        assert!(best <= table && table * gain <= plain, "{name} {basis:?}: {best} {plain} {table}");
    }
}

fn number(text: &str) -> Rational {
    parse_exact(text).unwrap()
}

#[test]
fn an_error_that_no_degree_reaches_is_refused_with_a_bound() {
    let gap = [("-1", "-2^-12"), ("2^-12", "1")];
    for (name, ends, limit) in [("relu", &[("-1", "1")][..], "2^-20"), ("sign", &gap, "2^-40")] {
        let error = fit(&request(name, ends, Goal::MaxError(number(limit)))).unwrap_err();
        assert_eq!(error.exit_code(), 3);
        assert!(error.to_string().contains("has an error of") && error.to_string().contains("or more"), "{error}");
    }
    let reached = fit(&request("relu", &[("-1", "1")], Goal::MaxError(number("2^-6")))).unwrap();
    assert!(estimated(&reached) <= 2f64.powi(-6));
}

#[test]
fn a_small_error_of_a_smooth_function_is_not_refused() {
    for (name, ends) in [("exp", [("-8", "0")]), ("gelu-erf", [("-8", "8")])] {
        let table = fit(&request(name, &ends, Goal::MaxError(number("2^-40")))).unwrap();
        assert!(estimated(&table) <= 2f64.powi(-40) && table.degree < 100, "{name} {}", table.degree);
    }
}

#[test]
fn errors_too_small_to_be_written_are_refused() {
    let narrow = [("-2^-10", "2^-10")];
    let error = fit(&request("exp", &narrow, Goal::Degree(2000))).unwrap_err();
    assert!(error.exit_code() == 2 && error.to_string().contains("2^-16384"), "{error}");
    // By the exchange; the closed form takes a fraction of a second.
    let slow = FitRequest { method: Method::Remez, ..request("reciprocal", &[("1/2", "1")], Goal::Degree(5000)) };
    let error = fit(&slow).unwrap_err();
    assert!(error.exit_code() == 2 && error.to_string().contains("closed-form"), "{error}");
}

#[test]
fn fixed_coefficients_stay_what_they_are_when_the_others_are_rounded() {
    for basis in [Basis::Chebyshev, Basis::Monomial] {
        for scale_bits in [None, Some(16), Some(40)] {
            let constraints =
                Constraints { fixed: vec![(0, number("1.25").into()), (3, number("2^-10").into())], positive: false };
            let asked =
                FitRequest { basis, scale_bits, constraints, ..request("exp", &[("-1/2", "1")], Goal::Degree(8)) };
            let table = fit(&asked).unwrap();
            let Form::Polynomial { coefficients, .. } = &table.form else { panic!("no polynomial") };
            assert_eq!((&coefficients[0].0, &coefficients[3].0), (&number("1.25"), &number("2^-10")));
            let (estimate, grid) = (estimated(&table), on_a_grid(&table));
            assert!(
                grid <= estimate * 1.0001 && estimate <= grid * 1.001,
                "{basis:?} {scale_bits:?}: {estimate}, {grid}"
            );
        }
    }
}

#[test]
fn a_fixed_coefficient_that_no_table_holds_is_refused() {
    for (value, scale_bits, text) in [("1/3", None, "1/3"), ("2^-9", Some(8), "2^8")] {
        let constraints = Constraints { fixed: vec![(0, number(value).into())], positive: false };
        let asked = FitRequest { constraints, scale_bits, ..request("exp", &[("0", "1")], Goal::Degree(3)) };
        let error = fit(&asked).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains(text), "{error}");
    }
}

#[test]
fn a_positive_table_is_positive_or_refused() {
    let constraints = Constraints { positive: true, ..Constraints::default() };
    let positive = |degree, scale_bits| {
        let constraints = constraints.clone();
        FitRequest { constraints, scale_bits, ..request("exp", &[("-30", "0")], Goal::Degree(degree)) }
    };
    for bits in [None, Some(60)] {
        let table = fit(&positive(9, bits)).unwrap();
        let polynomial = table.polynomial().unwrap().unwrap();
        let x = |i: i32| Rational::from((-30 * i, 3000));
        assert!((0..=3000).all(|i| polynomial.value(&x(i)) > 0));
    }
    let coarse = fit(&positive(9, Some(30))).unwrap_err();
    assert!(coarse.exit_code() == 3 && coarse.to_string().contains("--scale-bits"), "{coarse}");
    // Where the best polynomial is positive by itself, it is what is asked for.
    let free = fit(&request("exp", &[("-1", "0")], Goal::Degree(9))).unwrap();
    let asked = FitRequest { constraints, ..request("exp", &[("-1", "0")], Goal::Degree(9)) };
    approx::assert_relative_eq!(estimated(&fit(&asked).unwrap()), estimated(&free), max_relative = 1e-9);
}

#[test]
fn the_least_degree_under_constraints_meets_the_goal_and_the_one_below_does_not() {
    let constraints = Constraints { fixed: vec![(0, number("1").into())], positive: true };
    let asked = |goal| FitRequest {
        constraints: constraints.clone(),
        basis: Basis::Monomial,
        ..request("exp", &[("-8", "0")], goal)
    };
    let table = fit(&asked(Goal::MaxError(number("1e-3")))).unwrap();
    assert!(estimated(&table) <= 1e-3);
    assert!(estimated(&fit(&asked(Goal::Degree(table.degree - 1))).unwrap()) > 1e-3);
}
