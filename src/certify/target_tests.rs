//! Targets other than 1/x, mostly on tables made by interpolation at Chebyshev points, where no fit has a part.

use super::*;
use crate::fit::{FitRequest, Goal, Method, fit};
use crate::poly::Basis;
use crate::poly::table::{FitRecord, Form, TargetName};
use crate::real::{Exact, dyadic_nearest, float_to_exact, parse_exact};
use crate::target::Target;
use rug::float::Constant;
use rug::{Float, Rational};

fn exact(text: &str) -> Exact {
    Exact(parse_exact(text).unwrap())
}

/// The Chebyshev interpolant of `f` on the hull, to `scale` bits, as a table of `target`.
fn interpolated(
    target: &TargetName,
    intervals: &[(&str, &str)],
    degree: usize,
    metric: Metric,
    scale: u32,
    f: impl Fn(&Float) -> Float,
) -> Table {
    let intervals: Vec<[Exact; 2]> = intervals.iter().map(|(lo, hi)| [exact(lo), exact(hi)]).collect();
    let (lo, hi) = (intervals[0][0].0.clone(), intervals[intervals.len() - 1][1].0.clone());
    let (bits, count) = (scale + 64, degree + 1);
    let angle = |m: usize| Float::with_val(bits, Constant::Pi) * m as u32 / (2 * count as u32);
    let node = |j: usize| {
        let half = Float::with_val(bits, Rational::from(&hi - &lo) / 2u32);
        angle(2 * j + 1).cos() * half + Rational::from(&hi + &lo) / 2u32
    };
    let values: Vec<Float> = (0..count).map(|j| f(&node(j))).collect();
    let coefficient = |k: usize| {
        let terms = values.iter().enumerate().map(|(j, v)| angle(k * (2 * j + 1) % (4 * count)).cos() * v);
        let sum = terms.fold(Float::new(bits), |sum, term| sum + term) * if k == 0 { 1u32 } else { 2 } / count as u32;
        dyadic_nearest(&float_to_exact(&sum), scale)
    };
    let form = Form::polynomial(Basis::Chebyshev, (0..count).map(coefficient).collect(), scale).unwrap();
    Table {
        evaluation: form.evaluation(),
        degree: degree as u64,
        target: target.clone(),
        intervals,
        error: ErrorStatement { metric, estimated: exact("1e90"), certified_upper: None, certified_lower: None },
        positive: None,
        monotone: None,
        fit: FitRecord {
            method: "interpolation".into(),
            status: "converged".into(),
            iterations: 0,
            exchange: None,
            precision_bits: bits,
            seconds: 0.0,
        },
        form,
    }
}

/// An interpolant of the function itself.
fn table(name: &str, epsilon: &str, interval: (&str, &str), degree: usize, metric: Metric) -> Table {
    let target = Target::new(name, exact(epsilon).0).unwrap();
    interpolated(&target.name(), &[interval], degree, metric, 60 + 4 * degree as u32, |x| target.function().value(x))
}

/// A polynomial near the sign: the interpolant of a steep hyperbolic tangent.
fn sign(gap: &str, degree: usize) -> Table {
    let target = TargetName { name: "sign".into(), epsilon: exact("0") };
    let (left, steep) = (format!("-{gap}"), Float::with_val(300, 3) / exact(gap).0);
    interpolated(&target, &[("-1", &left), (gap, "1")], degree, Metric::Absolute, 80, |x| (x.clone() * &steep).tanh())
}

fn proved(table: &Table) -> Certified {
    let certified = certify(table).unwrap();
    assert_eq!(certified.certificate.verdict, Verdict::Proved, "{}", certified.certificate.claim.words);
    certified
}

fn gap(c: &Certificate) -> f64 {
    let (upper, lower) = (c.certified_upper.clone().unwrap().0, c.certified_lower.clone().unwrap().0);
    (Rational::from(&upper - &lower) / lower).to_f64()
}

/// Tables of every kind of proof, of a degree.
fn tables(degree: usize) -> Vec<Table> {
    use Metric::{Absolute, Relative};
    vec![
        table("inverse-sqrt", "2^-8", ("0", "1"), degree, Relative),
        table("inverse-sqrt", "0", ("1/3", "7"), degree, Absolute),
        table("exp", "0", ("-8", "0"), degree, Absolute),
        table("exp", "0", ("-20", "1/3"), degree, Relative),
        table("log", "0", ("1/1000", "2"), degree, Absolute),
        table("log", "0", ("1/50", "1/2"), degree, Relative),
        table("sigmoid", "0", ("-8", "8"), degree, Relative),
        table("tanh", "0", ("-4", "5"), degree, Absolute),
        table("gelu-erf", "0", ("-8", "8"), degree, Absolute),
        table("gelu-tanh", "0", ("-8", "8"), degree, Absolute),
        table("gelu-tanh", "0", ("-3", "-1"), degree, Relative),
        table("relu", "0", ("-1", "2"), degree, Absolute),
        sign("1/4", degree),
    ]
}

#[test]
fn every_target_is_proved_within_a_ten_thousandth() {
    for degree in [0, 7, 63] {
        for table in tables(degree) {
            let Certified { table: filled, certificate } = proved(&table);
            let name = &certificate.target.name;
            assert!((0.0..1e-4).contains(&gap(&certificate)), "{name} {degree}: {}", gap(&certificate));
            assert!(certificate.seconds < 10.0, "{name} {degree}: {} s", certificate.seconds);
            verify_against(&certificate, &filled).unwrap();
            verify_against(&certificate, &table).unwrap();
        }
    }
}

#[test]
fn no_point_has_a_larger_error_and_the_witness_has_the_lower_one() {
    for table in [tables(9), tables(22)].concat() {
        let c = proved(&table).certificate;
        let (p, target) = (table.polynomial().unwrap().unwrap(), Target::named(&table.target).unwrap());
        let error = |x: &Rational| {
            let f = target.function().value(&Float::with_val(500, x));
            let distance = (Float::with_val(500, p.value(x)) - &f).abs();
            if table.error.metric == Metric::Relative { distance / f.abs() } else { distance }
        };
        let (upper, lower) = (c.certified_upper.unwrap().0, c.certified_lower.unwrap().0);
        for [lo, hi] in &table.intervals {
            for j in 0..=997u32 {
                let x = Rational::from(&hi.0 - &lo.0) * Rational::from((j, 997)) + &lo.0;
                assert!(error(&x) <= upper, "{} at {x}", table.target.name);
            }
        }
        assert!(error(&c.witnesses.error.unwrap()) >= lower);
    }
}

#[test]
fn signs_and_directions_are_those_of_the_polynomial() {
    let properties = |table: &Table| {
        let c = proved(table).certificate;
        (c.positive, c.monotone)
    };
    let of = |name, interval, degree| table(name, "0", interval, degree, Metric::Absolute);
    assert_eq!(properties(&of("exp", ("-8", "0"), 31)), (Some(true), Some(true)));
    assert_eq!(properties(&of("log", ("1/10", "1/2"), 31)), (Some(false), Some(true)));
    assert_eq!(properties(&of("inverse-sqrt", ("1", "2"), 15)), (Some(true), Some(true)));
    assert_eq!(properties(&of("tanh", ("1/10", "8"), 9)), (Some(true), Some(false)));
    // GELU falls and rises; it has a direction on either side of −0.752.
    assert_eq!(properties(&of("gelu-erf", ("-2", "2"), 31)), (Some(false), None));
    assert_eq!(properties(&of("gelu-erf", ("-2", "-1"), 15)), (Some(false), Some(true)));
    assert_eq!(properties(&of("gelu-tanh", ("0.1", "2"), 15)), (Some(true), Some(true)));
    assert_eq!(properties(&of("relu", ("-1", "1"), 15)).1, None);
    assert_eq!(properties(&sign("1/4", 15)), (Some(false), None));
}

#[test]
fn a_peak_between_the_points_of_a_grid_is_found() {
    // Twenty points across a step that is a hundred times narrower than their distance.
    let mut table = table("sigmoid", "0", ("-1000", "1100"), 9, Metric::Absolute);
    let (p, f) = (table.polynomial().unwrap().unwrap(), Target::named(&table.target).unwrap());
    let error = |j: i32| {
        let x = Rational::from(-1000 + 105 * j);
        (Float::with_val(200, p.value(&x)) - f.function().value(&Float::with_val(200, &x))).abs()
    };
    let largest = (0..=20).map(error).fold(Float::new(200), |a, b| if b > a { b } else { a });
    table.error.estimated = Exact(float_to_exact(&largest));
    let certificate = certify(&table).unwrap().certificate;
    assert!(gap(&certificate) < 1e-4);
    assert_eq!(certificate.verdict, Verdict::NotProved);
    assert!(certificate.claim.words.contains("error.estimated"), "{}", certificate.claim.words);
}

type Tampering = (&'static str, fn(&mut Certificate));

fn scaled(value: &mut Exact, thousandths: i32) {
    *value = (value.0.clone() * Rational::from((thousandths, 1000))).into();
}

/// Every way in which the models of a certificate are falsified.
fn tamperings() -> Vec<Tampering> {
    vec![
        ("remainder", |c| scaled(&mut c.models[0].remainder, 999)),
        ("magnitude", |c| scaled(&mut c.models[0].magnitude, 999)),
        ("larger ellipse", |c| scaled(&mut c.models[0].radius, 1100)),
        ("smaller ellipse", |c| scaled(&mut c.models[0].radius, 990)),
        ("no ellipse", |c| c.models[0].radius = exact("1")),
        ("precision", |c| c.models[0].precision_bits = 24),
        ("too much precision", |c| c.models[0].precision_bits = u32::MAX),
        ("coefficient", |c| c.models[0].coefficients[0].mantissa += 1u32 << 31),
        ("degree of the model", |c| drop(c.models[0].coefficients.pop())),
        ("no coefficients", |c| c.models[0].coefficients.clear()),
        ("start of a piece", |c| scaled(&mut c.models[0].interval[0], 999)),
        ("end of a piece", |c| scaled(&mut c.models[0].interval[1], 999)),
        ("a piece too few", |c| drop(c.models.pop())),
        ("a piece too many", |c| c.models.push(c.models[0].clone())),
        ("another function", |c| c.target.name = "tanh".into()),
        ("method", |c| c.method = "because I say so".into()),
        ("witness", |c| c.witnesses.error = Some(exact("-9"))),
    ]
}

#[test]
fn a_tampered_model_is_refused() {
    for table in [
        table("gelu-tanh", "0", ("-8", "7"), 20, Metric::Absolute),
        table("exp", "0", ("-8", "-1"), 12, Metric::Relative),
    ] {
        let certificate = proved(&table).certificate;
        verify(&certificate).unwrap();
        for (name, tamper) in tamperings() {
            let mut changed = certificate.clone();
            tamper(&mut changed);
            assert!(verify(&changed).is_err(), "{} {name}", table.target.name);
        }
    }
}

#[test]
fn a_claim_below_the_error_is_refused() {
    for table in tables(15) {
        let mut c = proved(&table).certificate;
        let bound = Exact(c.certified_lower.clone().unwrap().0 * Rational::from((999, 1000)));
        let f = Target::named(&c.target).unwrap();
        c.claim.words = Certificate::words(&f, &c.intervals, c.claim.metric, &bound);
        (c.claim.bound, c.certified_upper) = (Some(bound.clone()), Some(bound));
        let error = verify(&c).unwrap_err();
        assert!(error.to_string().contains("certified_upper"), "{} {error}", c.target.name);
        let mut c = proved(&table).certificate;
        c.certified_lower = c.certified_lower.map(|l| (l.0 * Rational::from((1001, 1000))).into());
        assert!(verify(&c).unwrap_err().to_string().contains("certified_lower"), "{}", c.target.name);
    }
}

#[test]
fn what_has_no_error_to_certify_is_refused_with_its_reason() {
    let refused = |table: &Table, code, text: &str| {
        let error = certify(table).unwrap_err();
        assert_eq!(error.exit_code(), code);
        assert!(error.to_string().contains(text), "{error}");
    };
    let relative = |name, interval| table(name, "0", interval, 7, Metric::Relative);
    refused(&relative("gelu-erf", ("-1", "1")), 2, "where the function is 0");
    refused(&relative("relu", ("-2", "-1")), 2, "where the function is 0");
    let mut touching = sign("1/4", 7);
    touching.intervals = vec![[exact("-1"), exact("1")]];
    refused(&touching, 2, "the sign jumps");
    let mut logarithm = table("log", "0", ("1", "2"), 7, Metric::Absolute);
    logarithm.intervals = vec![[exact("0"), exact("2")]];
    refused(&logarithm, 2, "needs x > 0");
    let mut composite = table("exp", "0", ("0", "1"), 1, Metric::Relative);
    composite.form = Form::Composite { start: exact("1"), steps: vec![exact("1")] };
    composite.evaluation = composite.form.evaluation();
    refused(&composite, 2, "approximates the reciprocal alone");
}

#[test]
fn extreme_ranges_have_a_clear_outcome() {
    use Metric::{Absolute, Relative};
    for table in [
        table("inverse-sqrt", "2^-200", ("0", "1"), 31, Absolute),
        table("exp", "0", ("-100", "0"), 31, Relative),
        table("log", "0", ("2^-40", "1"), 31, Absolute),
        table("gelu-erf", "0", ("-100", "100"), 7, Absolute),
        table("tanh", "0", ("1/10", "50"), 31, Relative),
        table("exp", "0", ("-1000000000", "0"), 7, Absolute),
        table("tanh", "0", ("-1000000", "1000000"), 7, Absolute),
    ] {
        assert!(gap(&proved(&table).certificate) < 1e-4, "{}", table.target.name);
    }
    let huge = certify(&table("exp", "0", ("0", "1000000000"), 7, Absolute)).unwrap().certificate;
    assert_eq!((huge.verdict, huge.certified_upper), (Verdict::NotProved, None));
}

/// The best polynomial by the exchange.
fn best(name: &str, epsilon: &str, intervals: &[(&str, &str)], degree: u64, metric: Metric) -> Table {
    fit(&FitRequest {
        target: Target::new(name, exact(epsilon).0).unwrap(),
        intervals: intervals.iter().map(|(lo, hi)| [exact(lo), exact(hi)]).collect(),
        goal: Goal::Degree(degree),
        metric: Some(metric),
        method: Method::Auto,
        basis: Basis::Chebyshev,
        parity: None,
        scale_bits: None,
        constraints: crate::fit::Constraints::default(),
    })
    .unwrap()
}

#[test]
fn best_polynomials_of_every_function_are_proved() {
    use Metric::{Absolute, Relative};
    let gap_around_zero: [(&str, &str); 2] = [("-1", "-1/16"), ("1/16", "1")];
    for table in [
        best("inverse-sqrt", "2^-4", &[("0", "1")], 15, Absolute),
        best("inverse-sqrt", "2^-12", &[("0", "1")], 31, Relative),
        best("exp", "0", &[("-8", "0")], 31, Absolute),
        best("log", "0", &[("1/20", "1/2")], 15, Relative),
        best("sigmoid", "0", &[("-8", "8")], 15, Absolute),
        best("tanh", "0", &[("-4", "4")], 15, Absolute),
        best("gelu-erf", "0", &[("-8", "8")], 32, Absolute),
        best("gelu-tanh", "0", &[("-8", "8")], 32, Absolute),
        best("relu", "0", &[("-1", "1")], 15, Absolute),
        best("sign", "0", &gap_around_zero, 31, Absolute),
    ] {
        let certified = proved(&table);
        let name = &table.target.name;
        assert!((0.0..1e-4).contains(&gap(&certified.certificate)), "{name}: {}", gap(&certified.certificate));
        verify_against(&certified.certificate, &certified.table).unwrap();
        // The error equioscillates: the estimate is the true error but for the rounding of the coefficients.
        let upper = certified.certificate.certified_upper.unwrap().0;
        let excess = (upper / table.error.estimated.0.clone()).to_f64() - 1.0;
        assert!(excess.abs() < 2e-5, "{name}: {excess}");
    }
}
