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
