//! Speed of making, proving and checking tables: `cargo bench --bench tables`. The slack that each proof leaves is printed.

#![allow(clippy::expect_used, missing_docs)] // a benchmark fails by panicking

use criterion::{Criterion, criterion_group, criterion_main};
use polyattn::certify::{certify, verify};
use polyattn::document::{Document, Provenance, write_whole};
use polyattn::fit::{Constraints, FitRequest, Goal, Method, fit};
use polyattn::gate::{Request, check};
use polyattn::poly::Basis;
use polyattn::poly::table::Metric;
use polyattn::real::{Exact, parse_exact};
use polyattn::target::Target;
use std::hint::black_box;
use std::time::Duration;

struct Case {
    name: &'static str,
    target: &'static str,
    epsilon: &'static str,
    intervals: &'static [[&'static str; 2]],
    goal: Goal,
    metric: Option<Metric>,
    method: Method,
}

fn cases() -> Vec<Case> {
    let unit: &[[&str; 2]] = &[["0", "1"]];
    let case = |name, target, epsilon, intervals, degree| Case {
        name,
        target,
        epsilon,
        intervals,
        goal: Goal::Degree(degree),
        metric: None,
        method: Method::Remez,
    };
    let reciprocal = |name, degree| case(name, "reciprocal", "2^-12", unit, degree);
    vec![
        reciprocal("reciprocal 63", 63),
        reciprocal("reciprocal 255", 255),
        reciprocal("reciprocal 1023", 1023),
        Case { metric: Some(Metric::Absolute), ..reciprocal("reciprocal 1023 absolute", 1023) },
        case("inverse-sqrt 63", "inverse-sqrt", "2^-12", unit, 63),
        case("inverse-sqrt 1023", "inverse-sqrt", "2^-12", unit, 1023),
        case("exp 63", "exp", "0", &[["-8", "0"]], 63),
        case("gelu-erf 63", "gelu-erf", "0", &[["-8", "8"]], 63),
        case("gelu-tanh 63", "gelu-tanh", "0", &[["-8", "8"]], 63),
        case("sign 63", "sign", "0", &[["-1", "-2^-4"], ["2^-4", "1"]], 63),
        case("sign 127", "sign", "0", &[["-1", "-2^-4"], ["2^-4", "1"]], 127),
        Case {
            goal: Goal::MaxError(parse_exact("2^-20").expect("a number")),
            method: Method::Composite,
            ..case("sign by stages", "sign", "0", &[["-1", "-2^-16"], ["2^-16", "1"]], 0)
        },
    ]
}

fn request(case: &Case) -> FitRequest {
    let exact = |text: &str| Exact(parse_exact(text).expect("a number"));
    FitRequest {
        target: Target::new(case.target, exact(case.epsilon).0).expect("a target"),
        intervals: case.intervals.iter().map(|ends| ends.map(exact)).collect(),
        goal: case.goal.clone(),
        metric: case.metric,
        method: case.method,
        basis: Basis::Chebyshev,
        parity: None,
        scale_bits: None,
        constraints: Constraints::default(),
    }
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tables");
    group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2));
    for case in cases() {
        let request = request(&case);
        let table = fit(&request).expect("it converges");
        let certificate = certify(&table).expect("it is of an allowed degree").certificate;
        let (upper, lower) = (certificate.certified_upper.clone(), certificate.certified_lower.clone());
        let (upper, lower) = (upper.expect("proved").to_f64(), lower.expect("proved").to_f64());
        println!(
            "{}: error at most {upper:.6e}, slack {:.1e}, {} bits",
            case.name,
            upper / lower - 1.0,
            table.fit.precision_bits
        );
        group.bench_function(format!("fit {}", case.name), |b| b.iter(|| fit(black_box(&request))));
        group.bench_function(format!("certify {}", case.name), |b| b.iter(|| certify(black_box(&table))));
        group.bench_function(format!("check {}", case.name), |b| b.iter(|| verify(black_box(&certificate))));
    }
    group.finish();
}

/// A hundred tables of degree 31, of eight functions, each on an interval of its own, through the gate.
fn gate_of_a_hundred(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let functions = ["reciprocal", "inverse-sqrt", "log", "exp", "sigmoid", "tanh", "gelu-erf", "gelu-tanh"];
    let write = |index: usize| {
        let name = functions[index % functions.len()];
        let target = Target::new(name, 0.into()).expect("a target");
        let low = if ["reciprocal", "inverse-sqrt", "log"].contains(&name) { 1 } else { -4 };
        let interval = [low.into(), (400 + index as i64, 100).into()];
        let table = fit(&FitRequest::new(target, interval, Goal::Degree(31))).expect("it converges");
        let path = folder.path().join(format!("{index}.json"));
        let document = Document::new(table, Provenance::new(&(), None));
        write_whole(&path, &document.to_json().expect("JSON")).expect("written");
        path
    };
    let request = Request { files: (0..100).map(write).collect(), ..Request::default() };
    let mut group = criterion.benchmark_group("gate");
    group.sample_size(10).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(20));
    group.bench_function("a hundred tables of degree 31", |b| {
        b.iter(|| assert_eq!(check(black_box(&request)).errors, 0))
    });
    group.finish();
}

criterion_group!(group, benches, gate_of_a_hundred);
criterion_main!(group);
