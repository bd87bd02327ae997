//! Speed of what the planner does many times: certify a composite, analyse a circuit, search a specification.

#![allow(clippy::expect_used, missing_docs)] // a benchmark fails by panicking

use criterion::{Criterion, criterion_group, criterion_main};
use polyattn::circuit::ModulusChain;
use polyattn::noise::analyse;
use polyattn::plan::{Job, Spec, SpecSource, plan};
use std::hint::black_box;

const SPEC: &str = r#"
[attention]
p = 4
length = 128
score_bound = "12"
epsilon = { form = "unit", value = "2^-16" }
[target]
max_error = "2^-9"
relative_error = "2^-10"
"#;

/// 4 powers, 8 values of ε, 6 methods, 4 scales, 4 rings.
const SWEEP: &str = r#"
[attention]
p = [2, 4, 6, 8]
length = 128
score_bound = "4"
reciprocal = ["composite", "composite-separate", "polynomial", "goldschmidt", "goldschmidt-mean", "start-goldschmidt"]
epsilon = { form = "unit", value = ["2^-3", "2^-4", "2^-6", "2^-8", "2^-10", "2^-12", "2^-14", "2^-16"] }
[target]
max_error = "2^-10"
[ckks]
scale_bits = [40, 45, 50, 55]
max_log_n = 16
"#;

fn sweep(criterion: &mut Criterion) {
    let source = SpecSource::new(Spec::from_toml(SWEEP).expect("the specification is good"), None);
    let source = source.expect("it has a bound");
    let mut group = criterion.benchmark_group("sweep");
    group.sample_size(10);
    group.bench_function("4 p, 8 ε, 6 methods, 4 scales, 4 rings", |b| b.iter(|| plan(black_box(&source))));
    group.finish();
}

fn benches(criterion: &mut Criterion) {
    let source =
        SpecSource::new(Spec::from_toml(SPEC).expect("the specification is good"), None).expect("it has a bound");
    let document = plan(&source).expect("a plan exists");
    let chosen = &document.chosen;
    let job = Job::of(chosen, &document.spec).expect("the plan has a table");
    let ckks = &chosen.ckks;
    let chain = ModulusChain::generate(ckks.log_n, &ckks.log_q, &ckks.log_p).expect("the primes exist");
    let placed = job.place(128, &chain, ckks.scale_bits).expect("the circuit fits");
    let domain = job.row_domain(&document.spec, 128).expect("the domain is good");

    let table = &chosen.tables[0].body;
    criterion.bench_function("certify composite k=10", |b| b.iter(|| polyattn::certify::certify(black_box(table))));
    criterion.bench_function("analyse noise depth 12", |b| b.iter(|| analyse(black_box(&placed), &domain, -40.0, 1)));
    criterion.bench_function("plan one power", |b| b.iter(|| plan(black_box(&source))));
}

criterion_group!(group, benches, sweep);
criterion_main!(group);
