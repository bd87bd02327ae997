//! The backends beside this crate's own ciphertexts: simulated noise against them, exact powers, and what neither proves.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use assert_cmd::Command;
use polyattn::attention::{Epsilon, EpsilonForm, RowDomain, RowShape, Variant, weights};
use polyattn::circuit::{Division, Iteration, ModulusChain, Numerator, PlacedCircuit, Segments, Start, evaluate};
use polyattn::encrypted::{
    Backend, BfvBackend, CkksBackend, Evidence, Quantiser, Run, RunSeconds, ScoresUsed, Seed, SimulatedBackend,
    Validation, draw_rows, validate,
};
use polyattn::noise::predict_stages;
use polyattn::plan::{Job, PlanDocument, Rows, Spec, SpecSource, plan};
use polyattn::real::{Exact, PRECISION};
use rug::{Float, Integer, Rational};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const BOUND: f64 = 4.0;

/// The merged composite for D in [ε, 1 + ε], its constants by the textbook recurrence in binary64.
fn composite(power: u32, length: u32, epsilon: f64, doublings: usize) -> Division {
    let mut t = 1.0 + 2.0 * epsilon;
    let mut steps = Vec::new();
    for _ in 0..doublings {
        let doubled = 2.0 * t * t - 1.0;
        steps.push(Rational::from_f64(2.0 * t * t / doubled).unwrap());
        t = doubled;
    }
    Division {
        power,
        length,
        epsilon: Rational::from_f64(epsilon).unwrap(),
        start: Start::Constant(Rational::from_f64(2.0 / (1.0 + 2.0 * epsilon)).unwrap()),
        steps,
        residuals: Vec::new(),
        numerator: Numerator::Merged,
        iteration: Iteration::Goldschmidt,
        segments: None,
    }
}

/// On a toy chain, far too short in its ring to say anything of security.
fn placed(circuit: &Division, log_n: u32, bits: u32, special: &[u32]) -> PlacedCircuit {
    let depth = circuit.power.next_power_of_two().trailing_zeros() as usize + circuit.steps.len();
    let depth = circuit.segments.map_or(depth, |segments| depth.min(segments.levels as usize));
    let q = [&[bits + 4][..], &vec![bits; depth]].concat();
    let chain = ModulusChain::generate(log_n, &q, special).unwrap();
    PlacedCircuit::new(circuit.circuit().unwrap(), chain, circuit.length, &(Float::with_val(PRECISION, 1) << bits))
        .unwrap()
}

/// One ciphertext of rows drawn from the circuit's domain, key-major.
fn batch(circuit: &Division, placed: &PlacedCircuit) -> Vec<f64> {
    let domain = RowDomain { length: circuit.length, epsilon: circuit.epsilon.clone(), smallest_mean: Rational::new() };
    let rows = draw_rows(&domain, circuit.power, BOUND, placed.rows(), 3);
    let mut slots = vec![0.0; placed.chain.slots()];
    for (row, values) in rows.iter().enumerate() {
        values.iter().enumerate().for_each(|(key, &x)| slots[key * placed.rows() + row] = x);
    }
    slots
}

/// log2 of the mean |error| over the seeds at every stage, and the mean over the seeds of log2 of the largest.
fn errors(backend: &dyn Backend, placed: &PlacedCircuit, batch: &[f64], seeds: u64) -> BTreeMap<String, [f64; 2]> {
    let bound = Rational::from_f64(BOUND).unwrap();
    let truth = exact(placed, batch);
    let mut sums: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    for seed in 0..seeds {
        let (runs, _) = backend.run(placed, &bound, &[batch.to_vec()], Seed::Fixed(seed), &|_| {}).unwrap();
        for stage in &runs[0].stages {
            let error = |(seen, exact): (&f64, &Float)| (Float::with_val(PRECISION, *seen) - exact).to_f64().abs();
            let errors: Vec<f64> = stage.slots.iter().zip(&truth[stage.node]).map(error).collect();
            let [mean, largest] = sums.entry(stage.name.clone()).or_default();
            *mean += errors.iter().sum::<f64>() / errors.len() as f64;
            *largest += errors.iter().copied().fold(0.0, f64::max).log2();
        }
    }
    let seeds = seeds as f64;
    sums.into_iter().map(|(name, [mean, largest])| (name, [(mean / seeds).log2(), largest / seeds])).collect()
}

/// Every node's exact value in every slot.
fn exact(placed: &PlacedCircuit, batch: &[f64]) -> Vec<Vec<Float>> {
    let stride = placed.rows();
    let row = |row: usize| {
        let unit: Vec<Float> =
            batch.iter().skip(row).step_by(stride).map(|x| Float::with_val(PRECISION, x / BOUND)).collect();
        evaluate(&placed.circuit, &unit).unwrap()
    };
    let rows: Vec<Vec<Vec<Float>>> = (0..stride).map(row).collect();
    let slots = |node: usize| (0..batch.len()).map(|slot| rows[slot % stride][node][slot / stride].clone()).collect();
    (0..placed.circuit.len()).map(slots).collect()
}

/// log2 of the mean |error| that is predicted for every stage.
fn predicted(circuit: &Division, placed: &PlacedCircuit, batch: &[f64]) -> BTreeMap<String, f64> {
    let row = |row: usize| {
        let keys = batch.iter().skip(row).step_by(placed.rows()).take(circuit.length as usize);
        keys.map(|x| x / BOUND).collect::<Vec<f64>>()
    };
    let rows: Vec<Vec<f64>> = (0..placed.rows()).map(row).collect();
    predict_stages(placed, &rows).unwrap().into_iter().map(|stage| (stage.name, stage.mean.log2())).collect()
}

#[test]
fn simulated_noise_is_that_of_ciphertexts_at_every_stage() {
    // Special primes below, like and above the digits; digits of one, two and three primes.
    let bootstrapped = Some(Segments { levels: 3, bits: 30 });
    for (power, length, log_n, special, doublings, segments) in [
        (2, 4, 13, &[50][..], 3, None),
        (4, 8, 13, &[46, 55], 3, None),
        (8, 4, 13, &[49, 50, 51], 2, None),
        (4, 16, 14, &[60], 2, None),
        (2, 16, 13, &[55], 4, bootstrapped),
    ] {
        let seeds = 12;
        let circuit = Division { segments, ..composite(power, length, 0.125, doublings) };
        let placed = placed(&circuit, log_n, 50, special);
        let batch = batch(&circuit, &placed);
        let real = errors(&CkksBackend, &placed, &batch, seeds);
        let simulated = errors(&SimulatedBackend, &placed, &batch, seeds);
        let predicted = predicted(&circuit, &placed, &batch);
        assert_eq!(real.len(), simulated.len());
        for (stage, [mean, largest]) in &real {
            let [drawn_mean, drawn_largest] = simulated[stage];
            let message =
                format!("p = {power}, {stage}: {mean:.3} and {drawn_mean:.3}, {largest:.2} and {drawn_largest:.2}");
            assert!((mean - drawn_mean).abs() < 0.05 && (largest - drawn_largest).abs() < 0.5, "{message}");
            let predicted = predicted[stage];
            assert!(
                (mean - predicted).abs() < 0.1,
                "p = {power}, {stage}: {mean:.3} measured, {predicted:.3} predicted"
            );
        }
    }
}

#[test]
fn a_seed_fixes_every_bit_of_a_simulation() {
    let circuit = composite(4, 8, 0.125, 2);
    let placed = placed(&circuit, 13, 50, &[55]);
    let batch = batch(&circuit, &placed);
    let bound = Rational::from_f64(BOUND).unwrap();
    let run = |seed| {
        SimulatedBackend.run(&placed, &bound, std::slice::from_ref(&batch), Seed::Fixed(seed), &|_| {}).unwrap().0
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn a_chain_that_cannot_switch_keys_is_refused_by_both() {
    let circuit = composite(2, 4, 0.125, 1);
    let mut placed = placed(&circuit, 13, 50, &[55]);
    placed.chain.p.clear();
    for backend in [&CkksBackend as &dyn Backend, &SimulatedBackend] {
        let error = backend.run(&placed, &Rational::from(4), &[vec![0.0]], Seed::Fixed(1), &|_| {}).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains("p has 0 primes"), "{error}");
    }
}

const SPEC: &str = "[attention]\np = 4\nlength = 16\nscore_bound = \"4\"\nepsilon = { form = \"unit\", value = \"2^-6\" }\n\
                    [target]\nmax_error = \"2^-7\"\n";

fn planned() -> PlanDocument {
    plan(&SpecSource::new(Spec::from_toml(SPEC).unwrap(), None).unwrap()).unwrap()
}

fn rows(document: &PlanDocument) -> Vec<Rows> {
    let job = Job::of(&document.chosen, &document.spec).unwrap();
    let domain = job.row_domain(&document.spec, 16).unwrap();
    let mut rows = draw_rows(&domain, job.power, BOUND, 40, 9);
    // Ties before and after quantising, across signs, and at the corners.
    rows.push((0..16).map(|i| [4.0, -4.0, 0.0, -0.0, 1.0, -1.0, 1.0001, 2.5][i % 8]).collect());
    vec![Rows { keys: 16, rows }]
}

fn record(document: &PlanDocument, backend: &dyn Backend) -> Validation {
    let used = ScoresUsed::new("test", None, None);
    validate(document, &rows(document), used, backend, 1, &|_| {}).unwrap()
}

/// round(2047·x/R)^4 in integers, and the weights as exact rationals.
fn quantised_weights(row: &[f64]) -> Vec<Rational> {
    let integers: Vec<Integer> = row.iter().map(|x| Integer::from((x / BOUND * 2047.0).round() as i64)).collect();
    let powers: Vec<Integer> = integers.iter().map(|n| Integer::from(n * n).square()).collect();
    let sum: Integer = powers.iter().sum();
    // ε beside the unit mean is 2^-6.
    let denominator = Rational::from((16, 64)) * Integer::from(2047u32).square().square() + sum;
    powers.into_iter().map(|u| Rational::from(u) / &denominator).collect()
}

#[test]
fn powers_by_bfv_leave_the_error_of_quantising_alone() {
    let document = planned();
    let record = record(&document, &BfvBackend::default());
    assert!(record.stages.is_empty() && !record.is_on_ciphertexts());
    assert_eq!((record.order_violations, record.slots_checked), (0, 41 * 16));
    // The weights are rounded to doubles, once.
    assert!(record.encryption_max <= 2f64.powi(-54), "{}", record.encryption_max);
    assert!((record.observed_max - record.approximation_max).abs() <= 2f64.powi(-53));
    let sets = rows(&document);
    let expected = sets[0].rows.iter().flat_map(|row| {
        let scores: Vec<Rational> = row.iter().map(|&x| Rational::from_f64(x).unwrap()).collect();
        let shape = RowShape::new(16, Rational::from(4), 4).unwrap();
        let epsilon =
            Epsilon { form: EpsilonForm::Unit, value: polyattn::real::parse_exact("2^-6").map(Exact).unwrap() };
        let exact = weights(Variant::LengthAgnostic, &scores, &shape, &epsilon).unwrap();
        quantised_weights(row).into_iter().zip(exact).map(|(y, x)| (y - x).abs().to_f64()).collect::<Vec<_>>()
    });
    let expected = expected.fold(0.0, f64::max);
    assert!((record.observed_max / expected - 1.0).abs() < 1e-9, "{} against {expected}", record.observed_max);
    let powers = record.powers.as_ref().unwrap();
    assert_eq!(powers.bits, 12);
    let product: Integer = powers.plaintext_primes.iter().map(|&t| Integer::from(t)).product();
    assert!(product > Integer::from(2047).square().square());
    // Four bits more, a sixteenth of the error.
    let finer = self::record(&document, &BfvBackend::new(Quantiser::new(16).unwrap()));
    let gain = (record.observed_max / finer.observed_max).log2();
    assert!((gain - 4.0).abs() < 1.0 && finer.order_violations == 0, "{gain}");
}

/// Runs one backend, spoils its weights, and claims the evidence of another.
struct Spoiled<'a> {
    ran: BfvBackend,
    claimed: Evidence,
    spoil: &'a dyn Fn(&mut [f64]),
}

impl Backend for Spoiled<'_> {
    fn name(&self) -> &'static str {
        "bfv"
    }

    fn evidence(&self) -> Evidence {
        self.claimed
    }

    fn run(
        &self,
        placed: &PlacedCircuit,
        bound: &Rational,
        batches: &[Vec<f64>],
        seed: Seed,
        progress: &dyn Fn(usize),
    ) -> polyattn::error::Result<(Vec<Run>, RunSeconds)> {
        let (mut runs, seconds) = self.ran.run(placed, bound, batches, seed, progress)?;
        runs.iter_mut().flat_map(|run| &mut run.stages).for_each(|stage| (self.spoil)(&mut stage.slots));
        Ok((runs, seconds))
    }
}

#[test]
fn wrong_quantising_and_a_broken_tie_are_seen() {
    let document = planned();
    let powers = |bits| Evidence::Powers(Quantiser::new(bits).unwrap());
    let spoiled = |claimed, spoil| record(&document, &Spoiled { ran: BfvBackend::default(), claimed, spoil });
    let right = spoiled(powers(12), &|_| {});
    assert!(right.order_violations == 0 && right.violations().is_empty(), "{:?}", right.violations());
    // 12 bits where 16 are claimed: the weights are not those of the claim, and ties appear.
    let coarse = spoiled(powers(16), &|_| {});
    assert!(coarse.encryption_max > 2f64.powi(-16) && coarse.order_violations > 0, "{coarse:?}");
    // One last bit parts the equal weights of a level row.
    let parted = spoiled(powers(12), &|slots| slots[0] = slots[0].next_up());
    assert_eq!(parted.order_violations, 15);
    assert!(parted.violations().iter().any(|words| words.contains("15 pairs")));
    let lost = spoiled(powers(12), &|slots| slots[0] = f64::NAN);
    assert!(!lost.within_bound() && lost.order_violations == 15);
}

#[test]
fn rows_that_vanish_by_quantising_need_an_epsilon() {
    let mut circuit = composite(2, 4, 0.125, 1);
    let bound = Rational::from_f64(BOUND).unwrap();
    let run = |circuit: &Division| {
        let placed = placed(circuit, 13, 50, &[55]);
        let tiny = vec![1e-9; placed.chain.slots()];
        BfvBackend::default().run(&placed, &bound, &[tiny], Seed::Fixed(1), &|_| {})
    };
    let (runs, _) = run(&circuit).unwrap();
    assert!(runs[0].stages[0].slots.iter().all(|&y| y == 0.0));
    circuit.epsilon = Rational::new();
    let error = run(&circuit).unwrap_err();
    assert!(error.exit_code() == 2 && error.to_string().contains("row 0 are 0 at 12 bits"), "{error}");
}

/// Exit code, stdout and stderr.
fn polyattn(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("polyattn").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn nothing_but_the_circuit_on_ciphertexts_counts_as_a_validation() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("spec.toml"), SPEC).unwrap();
    for (backend, caveat) in [
        ("simulated", "NOT ON CIPHERTEXTS: simulated noise"),
        ("exact", "NOT ON CIPHERTEXTS: exact arithmetic"),
        ("bfv", "NOT THIS CIRCUIT: powers of quantised scores by BFV, division in the clear"),
    ] {
        let (code, stdout, stderr) = polyattn(folder, &["run", "spec.toml", "--out", "out", "--backend", backend]);
        assert_eq!(code, 0, "{backend}: {stderr}");
        assert!(stdout.contains("NOT VALIDATED on ciphertexts") && stdout.contains(caveat), "{stdout}");
        let report = fs::read_to_string(folder.join("out/report.html")).unwrap();
        assert!(report.contains("NOT VALIDATED") && report.contains(caveat), "{backend}");
        let (code, stdout, _) = polyattn(folder, &["check", "out/plan.json", "out/validation.json"]);
        assert!(code == 0 && stdout.contains("not validated on ciphertexts"), "{stdout}");
        assert_eq!(stdout.matches(caveat).count(), 2, "{stdout}");
        assert_eq!(polyattn(folder, &["export", "out/plan.json", "--to", "csv", "-o", "table.csv"]).0, 0);
        assert!(fs::read_to_string(folder.join("table.csv")).unwrap().contains("NOT VALIDATED"), "{backend}");
    }
    let validate = |backend: &str| polyattn(folder, &["validate", "out/plan.json", "--backend", backend]);
    for backend in ["simulated", "bfv"] {
        let (code, stdout, stderr) = validate(backend);
        assert!(code == 0 && stdout.contains("; within bound"), "{stdout}{stderr}");
    }
    let (code, _, stderr) = validate("bfv:3");
    assert!(code == 5 && stderr.contains("exceeds the bound"), "{stderr}");
    for (backend, expected) in [("bfv:1", "2 to 32 bits"), ("bfv:x", "found 'x'"), ("bgv", "bfv, bfv:BITS, ckks")] {
        let (code, _, stderr) = validate(backend);
        assert!(code == 2 && stderr.contains(expected), "{stderr}");
    }
}
