use super::*;
use crate::fit::{FitRequest, Goal, Method, fit};
use crate::poly::Basis;
use crate::poly::table::{Form, Metric};
use crate::real::{Exact, parse_exact};
use crate::target::Target;
use proptest::prelude::*;

fn exact(text: &str) -> Exact {
    Exact(parse_exact(text).unwrap())
}

fn request(epsilon: &str, degree: u64) -> FitRequest {
    let target = Target::new("reciprocal", exact(epsilon).0).unwrap();
    FitRequest::new(target, [0.into(), 1.into()], Goal::Degree(degree))
}

fn composite(epsilon: &str, degree: u64) -> Table {
    fit(&FitRequest { method: Method::Composite, ..request(epsilon, degree) }).unwrap()
}

fn polynomial(epsilon: &str, degree: u64, metric: Metric) -> Table {
    fit(&FitRequest { metric: Some(metric), ..request(epsilon, degree) }).unwrap()
}

/// The certificate of a table that is expected to be proved.
fn proved(table: &Table) -> Certified {
    let certified = certify(table).unwrap();
    assert_eq!(certified.certificate.verdict, Verdict::Proved, "{}", certified.certificate.claim.words);
    certified
}

fn gap(c: &Certificate) -> f64 {
    let (upper, lower) = (c.certified_upper.clone().unwrap().0, c.certified_lower.clone().unwrap().0);
    (Rational::from(&upper - &lower) / lower).to_f64()
}

#[test]
fn best_polynomials_and_composites_are_proved_within_a_ten_thousandth() {
    let polynomials = [(7, "2^-8"), (15, "2^-8"), (31, "2^-4"), (63, "2^-8"), (15, "2^-40"), (3, "2^-200"), (0, "1")];
    for (degree, epsilon) in polynomials {
        for metric in [Metric::Relative, Metric::Absolute] {
            let table = polynomial(epsilon, degree, metric);
            let Certified { table: filled, certificate } = proved(&table);
            assert!((0.0..1e-4).contains(&gap(&certificate)), "degree {degree}: {}", gap(&certificate));
            assert!(filled.error.certified_upper.clone().unwrap() >= table.error.estimated);
            verify_against(&certificate, &filled).unwrap();
            verify_against(&certificate, &table).unwrap();
        }
    }
    for (degree, epsilon) in [(63, "2^-8"), (1023, "2^-16"), ((1 << 23) - 1, "2^-40"), (0, "1"), (1, "1"), (3, "1")] {
        let Certified { table, certificate } = proved(&composite(epsilon, degree));
        assert!((0.0..1e-9).contains(&gap(&certificate)));
        verify_against(&certificate, &table).unwrap();
        assert_eq!(certificate.positive, Some(true));
    }
}

#[test]
fn other_forms_of_the_table_are_proved_too() {
    let monomial = fit(&FitRequest { basis: Basis::Monomial, ..request("2^-4", 15) }).unwrap();
    let coarse = fit(&FitRequest { scale_bits: Some(10), ..request("2^-4", 15) }).unwrap();
    let mut negative = request("0", 15);
    negative.intervals = vec![[exact("-5/3"), exact("-1/10")]];
    let negative = fit(&negative).unwrap();
    let coarse_composite =
        fit(&FitRequest { scale_bits: Some(12), method: Method::Composite, ..request("2^-4", 31) }).unwrap();
    for table in [&monomial, &coarse, &negative, &coarse_composite] {
        let certified = proved(table);
        assert!(gap(&certified.certificate) < 1e-4);
        verify_against(&certified.certificate, &certified.table).unwrap();
    }
    assert_eq!(proved(&negative).certificate.positive, Some(false));
}

#[test]
fn the_best_polynomial_of_degree_7_is_not_monotone() {
    let table = polynomial("2^-4", 7, Metric::Absolute);
    let certificate = proved(&table).certificate;
    assert_eq!((certificate.positive, certificate.monotone), (Some(true), Some(false)));
    let [x, later] = certificate.witnesses.not_monotone.unwrap();
    let r = table.polynomial().unwrap().unwrap();
    assert!(x < later && r.value(&x) <= r.value(&later));
    assert_eq!(proved(&polynomial("2^-4", 31, Metric::Absolute)).certificate.monotone, Some(true));
    // Both expanded and by the swing of the residual next to b.
    assert_eq!(proved(&composite("2^-4", 63)).certificate.monotone, Some(true));
    assert_eq!(proved(&composite("2^-16", 1023)).certificate.monotone, Some(false));
}

#[test]
fn a_polynomial_that_becomes_negative_is_refuted_at_a_point() {
    let table = polynomial("2^-8", 3, Metric::Absolute);
    let certificate = proved(&table).certificate;
    assert_eq!(certificate.positive, Some(false));
    let x = certificate.witnesses.not_positive.unwrap();
    assert!(table.polynomial().unwrap().unwrap().value(&x) <= 0);
}

#[test]
fn a_table_that_states_something_false_is_not_proved() {
    type Change = fn(&mut Table, Option<Exact>);
    let table = polynomial("2^-4", 15, Metric::Relative);
    let small = Some(exact("1e-6"));
    let states = |change: Change| {
        let mut table = table.clone();
        change(&mut table, small.clone());
        certify(&table).unwrap().certificate
    };
    let false_statements: [(&str, Change); 4] = [
        ("error.estimated", |t, e| t.error.estimated = e.unwrap_or_default()),
        ("error.certified_upper", |t, e| t.error.certified_upper = e),
        ("positive", |t, _| t.positive = Some(false)),
        ("monotone", |t, _| t.monotone = t.monotone.or(Some(false))),
    ];
    for (name, change) in false_statements {
        let certificate = states(change);
        let contrary = if name == "monotone" { certificate.monotone == Some(true) } else { true };
        assert_eq!(certificate.verdict == Verdict::NotProved, contrary, "{name}");
        if contrary {
            assert!(certificate.claim.words.contains(name), "{}", certificate.claim.words);
            assert_eq!(verify(&certificate).unwrap_err().exit_code(), 4);
        }
    }
}

#[test]
fn a_coefficient_that_was_changed_shows_in_the_estimate() {
    let mut table = polynomial("2^-4", 15, Metric::Relative);
    if let Form::Polynomial { coefficients, dyadic, .. } = &mut table.form {
        coefficients[3] = exact("0");
        dyadic[3].mantissa = 0.into();
    }
    assert_eq!(certify(&table).unwrap().certificate.verdict, Verdict::NotProved);
}

#[test]
fn what_cannot_be_certified_is_refused() {
    let large = polynomial("2^-8", LARGEST_CERTIFIED_DEGREE + 1, Metric::Relative);
    assert_eq!(certify(&large).unwrap_err().exit_code(), 4);
    let mut pole = polynomial("2^-8", 7, Metric::Relative);
    pole.target.epsilon = exact("-1/2");
    assert!(certify(&pole).unwrap_err().to_string().contains("pole"));
    let mut long = fit(&FitRequest { basis: Basis::Monomial, ..request("2^-8", 100) }).unwrap();
    long.intervals = vec![[exact("2^-10000"), exact("1")]];
    assert!(certify(&long).unwrap_err().to_string().contains("too many digits"));
    let mut absolute = composite("2^-8", 7);
    absolute.error.metric = Metric::Absolute;
    assert_eq!(certify(&absolute).unwrap_err().exit_code(), 2);
}

/// One falsification, by name.
type Tampering = (&'static str, fn(&mut Certificate));

/// Every way in which one certificate is falsified.
fn tamperings() -> Vec<Tampering> {
    fn scale(value: &mut Option<Exact>, numerator: i32) {
        let factor = Rational::from((numerator, 1000));
        *value = value.take().map(|v| (v.0 * factor).into());
    }
    vec![
        ("upper", |c| {
            scale(&mut c.certified_upper, 999);
            c.claim.bound = c.certified_upper.clone();
            if let Some(bound) = &c.claim.bound {
                c.claim.words =
                    Certificate::words(&Target::named(&c.target).unwrap(), &c.intervals, c.claim.metric, bound);
            }
        }),
        ("bound", |c| scale(&mut c.claim.bound, 999)),
        ("lower", |c| scale(&mut c.certified_lower, 1001)),
        ("no upper", |c| c.certified_upper = None),
        ("witness", |c| c.witnesses.error = Some(exact("7"))),
        ("words", |c| c.claim.words = "all is well".into()),
        ("verdict", |c| c.verdict = Verdict::NotProved),
        ("positive", |c| c.positive = c.positive.map(|p| !p)),
        ("monotone", |c| c.monotone = c.monotone.map(|m| !m)),
        ("degree", |c| c.degree += 1),
        ("epsilon", |c| c.target.epsilon = (c.target.epsilon.0.clone() * Rational::from((9, 10))).into()),
        ("interval", |c| c.intervals = vec![[exact("0"), exact("1.01")]]),
        ("metric", |c| {
            c.claim.metric = if c.claim.metric == Metric::Relative { Metric::Absolute } else { Metric::Relative }
        }),
        ("sign", |c| match &mut c.form {
            Form::Polynomial { coefficients, dyadic, .. } => {
                coefficients[0] = (-coefficients[0].0.clone()).into();
                dyadic[0].mantissa = -dyadic[0].mantissa.clone();
            }
            Form::Composite { start, .. } => *start = (-start.0.clone()).into(),
            Form::Stages { .. } => unreachable!("stage_tests.rs has these"),
        }),
        ("number", |c| match &mut c.form {
            Form::Polynomial { coefficients, dyadic, .. } => {
                dyadic[1].mantissa = dyadic[1].mantissa.clone() * 11 / 10;
                coefficients[1] = dyadic[1].value().into();
            }
            Form::Composite { steps, .. } => steps[1] = (steps[1].0.clone() * Rational::from((1001, 1000))).into(),
            Form::Stages { .. } => unreachable!("stage_tests.rs has these"),
        }),
    ]
}

#[test]
fn a_tampered_certificate_is_refused() {
    let tables = [
        polynomial("2^-4", 15, Metric::Relative),
        polynomial("2^-4", 15, Metric::Absolute),
        polynomial("2^-8", 3, Metric::Absolute),
        polynomial("2^-8", 127, Metric::Absolute),
        composite("2^-8", 63),
        composite("2^-16", 1023),
    ];
    for table in &tables {
        let certificate = proved(table).certificate;
        verify(&certificate).unwrap();
        for (name, tamper) in tamperings() {
            let mut changed = certificate.clone();
            tamper(&mut changed);
            if changed != certificate {
                assert!(verify(&changed).is_err(), "{name} of degree {}", table.degree);
            }
        }
    }
}

#[test]
fn a_tampered_witness_shows_nothing_false() {
    type Change = fn(&mut ChebyshevWitness);
    let changes: [(&str, Change); 6] = [
        ("k halved", |w| w.k >>= 1),
        ("k doubled", |w| w.k <<= 1),
        ("k negated", |w| w.k = (-&w.k).into()),
        ("a shifted", |w| w.a += &w.b),
        ("b negated", |w| w.b = (-w.b.clone()) * 2),
        ("b zero", |w| w.b = 0.into()),
    ];
    for metric in [Metric::Relative, Metric::Absolute] {
        let certificate = proved(&polynomial("2^-8", 31, metric)).certificate;
        for (name, change) in &changes {
            let mut changed = certificate.clone();
            change(changed.chebyshev.as_mut().unwrap());
            // Relative: A is 0, and what K lacks is in the rest with the same weight.
            let harmless = metric == Metric::Relative && ["k halved", "b negated"].contains(name);
            assert_eq!(verify(&changed).is_err(), !harmless, "{name}");
        }
        // Without it the bound is proved the long way, where it leaves room for that.
        let mut without = certificate.clone();
        without.chebyshev = None;
        without.method = "Bernstein subdivision over integers".into();
        verify(&without).unwrap();
    }
    // A table that is far from the best one has none.
    let mut worse = polynomial("2^-8", 31, Metric::Relative);
    if let Form::Polynomial { coefficients, dyadic, .. } = &mut worse.form {
        dyadic[3].mantissa += 1 << 30;
        coefficients[3] = dyadic[3].value().into();
    }
    worse.error.estimated = exact("1");
    let certificate = proved(&worse).certificate;
    assert_eq!(
        (certificate.chebyshev.is_none(), certificate.method.as_str()),
        (true, "Bernstein subdivision over integers")
    );
}

#[test]
fn a_certificate_belongs_to_its_table() {
    let table = polynomial("2^-4", 15, Metric::Relative);
    let certificate = proved(&table).certificate;
    for change in [
        |t: &mut Table| t.error.estimated = exact("0.25"),
        |t: &mut Table| t.error.certified_upper = Some(exact("0.0000001")),
        |t: &mut Table| t.error.certified_lower = Some(exact("0.25")),
        |t: &mut Table| t.positive = Some(false),
        |t: &mut Table| t.intervals = vec![[exact("0"), exact("0.5")]],
    ] {
        let mut other = table.clone();
        change(&mut other);
        assert_eq!(verify_against(&certificate, &other).unwrap_err().exit_code(), 4);
    }
    let neighbour = polynomial("2^-4", 14, Metric::Relative);
    assert_eq!(verify_against(&certificate, &neighbour).unwrap_err().exit_code(), 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn no_point_has_a_larger_error_than_the_certified_one(
        degree in 0u64..20, bits in proptest::option::of(4u32..30), near in 1i64..60,
        metric in prop_oneof![Just(Metric::Relative), Just(Metric::Absolute)],
        places in proptest::collection::vec(0i64..=10_000, 20),
    ) {
        let epsilon = format!("{near}/100");
        let asked = FitRequest { metric: Some(metric), scale_bits: bits, ..request(&epsilon, degree) };
        let table = fit(&asked).unwrap();
        let certificate = proved(&table).certificate;
        let (r, epsilon) = (table.polynomial().unwrap().unwrap(), exact(&epsilon).0);
        let (upper, lower) = (certificate.certified_upper.unwrap(), certificate.certified_lower.unwrap());
        prop_assert!(lower <= upper);
        let mut before: Option<(Rational, Rational)> = None;
        let mut places = places;
        places.sort_unstable();
        places.dedup();
        for place in places {
            let x = Rational::from((place, 10_000));
            let (d, value) = (Rational::from(&x + &epsilon), r.value(&x));
            let residual = (Rational::from(&value * &d) - 1u32).abs();
            let error = if metric == Metric::Relative { residual } else { residual / d };
            prop_assert!(error <= upper.0);
            if certificate.positive == Some(true) {
                prop_assert!(value > 0);
            }
            if let (Some((_, previous)), Some(true)) = (&before, certificate.monotone) {
                prop_assert!(value < *previous);
            }
            before = Some((x, value));
        }
    }

    #[test]
    fn the_residual_equioscillates(degree in 0u64..24, near in 1i64..60) {
        let table = fit(&request(&format!("{near}/100"), degree)).unwrap();
        let (r, d0) = (table.polynomial().unwrap().unwrap(), Rational::from((near, 100)));
        let error = table.error.estimated.0.to_f64();
        let n = degree as f64 + 1.0;
        for j in 0..=degree + 1 {
            let x = Rational::from_f64(0.5 - 0.5 * (std::f64::consts::PI * j as f64 / n).cos()).unwrap();
            let residual = (r.value(&x) * Rational::from(&x + &d0) - 1u32).to_f64();
            let sign = if j % 2 == 0 { -1.0 } else { 1.0 };
            prop_assert!((residual / error - sign).abs() < 1e-6, "{} at {}", residual / error, j);
        }
    }
}

/// Doublings whose residual outgrows every number are refused before anything is multiplied out.
#[test]
fn a_residual_without_end_is_refused() {
    let request = FitRequest::composite_reciprocal(Rational::from((1, 100)), Rational::from(1), 4);
    let mut table = fit(&request).unwrap();
    table.form = Form::Composite { start: Exact(Rational::from(2)), steps: vec![Exact(Rational::from(3)); 40] };
    table.degree = table.form.degree();
    table.evaluation = table.form.evaluation();
    let error = certify(&table).unwrap_err();
    assert!(error.exit_code() == 2 && error.to_string().contains("steps["), "{error}");
}
