//! The backends beside this crate's own ciphertexts: simulated noise against them.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use polyattn::attention::RowDomain;
use polyattn::circuit::{MergedComposite, ModulusChain, PlacedCircuit, evaluate};
use polyattn::encrypted::{Backend, CkksBackend, SimulatedBackend, draw_rows};
use polyattn::real::PRECISION;
use rug::{Float, Rational};
use std::collections::BTreeMap;

const BOUND: f64 = 4.0;

/// The merged composite for D in [ε, 1 + ε], its constants by the textbook recurrence in binary64.
fn composite(power: u32, length: u32, epsilon: f64, doublings: usize) -> MergedComposite {
    let mut t = 1.0 + 2.0 * epsilon;
    let mut steps = Vec::new();
    for _ in 0..doublings {
        let doubled = 2.0 * t * t - 1.0;
        steps.push(Rational::from_f64(2.0 * t * t / doubled).unwrap());
        t = doubled;
    }
    MergedComposite {
        power,
        length,
        epsilon: Rational::from_f64(epsilon).unwrap(),
        start: Rational::from_f64(2.0 / (1.0 + 2.0 * epsilon)).unwrap(),
        steps,
        residuals: Vec::new(),
    }
}

/// On a toy chain, far too short in its ring to say anything of security.
fn placed(circuit: &MergedComposite, log_n: u32, bits: u32, special: &[u32]) -> PlacedCircuit {
    let depth = circuit.power.next_power_of_two().trailing_zeros() as usize + circuit.steps.len();
    let q = [&[bits + 4][..], &vec![bits; depth]].concat();
    let chain = ModulusChain::generate(log_n, &q, special).unwrap();
    PlacedCircuit::new(circuit.circuit(), chain, circuit.length, &(Float::with_val(PRECISION, 1) << bits)).unwrap()
}

/// One ciphertext of rows drawn from the circuit's domain, key-major.
fn batch(circuit: &MergedComposite, placed: &PlacedCircuit) -> Vec<f64> {
    let domain = RowDomain { length: circuit.length, epsilon: circuit.epsilon.clone(), smallest_mean: Rational::new() };
    let rows = draw_rows(&domain, circuit.power, BOUND, placed.rows(), 3);
    let mut slots = vec![0.0; placed.chain.slots()];
    for (row, values) in rows.iter().enumerate() {
        values.iter().enumerate().for_each(|(key, &x)| slots[key * placed.rows() + row] = x);
    }
    slots
}

/// log2 of the mean and of the largest |error| at every stage, each averaged over the seeds.
fn errors(backend: &dyn Backend, placed: &PlacedCircuit, batch: &[f64], seeds: u64) -> BTreeMap<String, [f64; 2]> {
    let bound = Rational::from_f64(BOUND).unwrap();
    let truth = exact(placed, batch);
    let mut found: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for seed in 0..seeds {
        let (runs, _) = backend.run(placed, &bound, &[batch.to_vec()], seed, &|_| {}).unwrap();
        for stage in &runs[0].stages {
            let errors = stage.slots.iter().zip(&truth[stage.node]);
            let errors: Vec<f64> =
                errors.map(|(seen, exact)| (Float::with_val(PRECISION, *seen) - exact).to_f64().abs()).collect();
            let entry = sums.entry(stage.name.clone()).or_default();
            entry.0 += errors.iter().sum::<f64>() / errors.len() as f64;
            entry.1 += errors.iter().copied().fold(0.0, f64::max).log2();
        }
    }
    for (name, (mean, largest)) in sums {
        found.insert(name, [(mean / seeds as f64).log2(), largest / seeds as f64]);
    }
    found
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

#[test]
fn simulated_noise_is_that_of_ciphertexts_at_every_stage() {
    // Special primes below, like and above the digits; digits of one, two and three primes.
    for (power, length, log_n, special, doublings, seeds) in [
        (2, 4, 13, &[50][..], 3, 24),
        (4, 8, 13, &[46, 55], 3, 24),
        (8, 4, 13, &[49, 50, 51], 2, 24),
        (4, 16, 14, &[60], 2, 24),
    ] {
        let circuit = composite(power, length, 0.125, doublings);
        let placed = placed(&circuit, log_n, 50, special);
        let batch = batch(&circuit, &placed);
        let real = errors(&CkksBackend, &placed, &batch, seeds);
        let simulated = errors(&SimulatedBackend, &placed, &batch, seeds);
        assert_eq!(real.len(), simulated.len());
        for (stage, [mean, largest]) in &real {
            let [drawn_mean, drawn_largest] = simulated[stage];
            println!(
                "p = {power}, {stage}: {mean:.3} {drawn_mean:.3} {:.3}   {largest:.2} {drawn_largest:.2} {:.3}",
                drawn_mean - mean,
                drawn_largest - largest
            );
        }
    }
}
