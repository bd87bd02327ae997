//! Runs of every method on ciphertexts, and their noise.

use super::setup::{certified_polynomial, composite, cost, domain, newton, placed, polynomial, rows_of, two_to};
use polyattn::circuit::{Division, Numerator, PlacedCircuit, Segments};
use polyattn::encrypted::{Backend, CkksBackend, ExactBackend, SealBackend, Seed, SimulatedBackend, draw_rows};
use polyattn::fit::{FitRequest, Goal, Method, fit};
use polyattn::noise::{analyse, bound_rows, predict_rows, predict_stages};
use rug::Rational;
use std::time::Instant;

/// Every method at toy size.
fn methods() -> Vec<(&'static str, Division)> {
    let limit = || Goal::MaxError(two_to(-5));
    let with = |method, numerator| composite(method, limit(), 4, 8, -3, numerator);
    vec![
        ("composite, separate", with(Method::Composite, Numerator::Separate)),
        ("goldschmidt", with(Method::Goldschmidt, Numerator::Merged)),
        ("goldschmidt from the mean, separate", with(Method::GoldschmidtMean, Numerator::Separate)),
        ("damped", with(Method::Damped, Numerator::Merged)),
        ("newton", newton(with(Method::Composite, Numerator::Separate))),
        ("polynomial of degree 5, certified", certified_polynomial(5, 2, 16, -3)),
        ("polynomial of degree 11", polynomial(11, 0, 2, 8, -5, Numerator::Separate)),
        ("affine start, merged", polynomial(1, 2, 2, 8, -3, Numerator::Merged)),
        ("quadratic start, merged", polynomial(2, 1, 4, 8, -3, Numerator::Merged)),
        ("cubic start, newton", newton(polynomial(3, 2, 2, 8, -3, Numerator::Separate))),
        ("cubic start, separate", polynomial(3, 1, 2, 8, -3, Numerator::Separate)),
        (
            "composite in segments, separate",
            Division {
                segments: Some(Segments { levels: 3, bits: 32 }),
                ..composite(Method::Composite, limit(), 2, 8, -3, Numerator::Separate)
            },
        ),
    ]
}

/// One ciphertext of rows drawn from the domain, key-major, and the rows as t.
fn batch(division: &Division, placed: &PlacedCircuit) -> (Vec<f64>, Vec<Vec<f64>>) {
    let rows = draw_rows(&rows_of(division), division.power, 1.0, placed.rows(), 3);
    let mut slots = vec![0.0; placed.chain.slots()];
    for (row, values) in rows.iter().enumerate() {
        values.iter().enumerate().for_each(|(key, &x)| slots[key * placed.rows() + row] = x);
    }
    (slots, rows)
}

/// The errors of every stage of a run, slot by slot, against the circuit in exact arithmetic.
fn errors(backend: &dyn Backend, placed: &PlacedCircuit, slots: &[f64], seed: u64) -> Vec<(String, Vec<f64>)> {
    let one = Rational::from(1);
    let run = |backend: &dyn Backend| {
        backend.run(placed, &one, &[slots.to_vec()], Seed::Fixed(seed), &|_| {}).unwrap().0.remove(0).stages
    };
    let stages = run(backend).into_iter().zip(run(&ExactBackend));
    let distances = |(seen, exact): (&f64, &f64)| (seen - exact).abs();
    stages.map(|(seen, exact)| (seen.name, seen.slots.iter().zip(&exact.slots).map(distances).collect())).collect()
}

/// On ciphertexts every weight is within the bound of its row, no row's bound is above that of the domain, and the simulated
/// and the encrypted noise are those that are predicted, at every stage.
#[test]
fn every_method_runs_within_its_bound_and_as_predicted() {
    for (name, division) in methods() {
        let placed = placed(&division, 12, 45, &[50, 51]);
        let (slots, rows) = batch(&division, &placed);
        let budget = analyse(&placed, &rows_of(&division), -40.0, 1).unwrap();
        assert!(budget.overflow.is_none(), "{name}: {:?}", budget.overflow);
        let bounds = bound_rows(&placed, &rows, -40.0, 1).unwrap();
        assert!(bounds.iter().all(|bound| *bound <= budget.rigorous * (1.0 + 1e-9)), "{name}");
        let predicted = predict_stages(&placed, &rows).unwrap();
        let seeds = 8;
        let mut means = vec![[0.0; 2]; predicted.len()];
        for (side, backend) in [&CkksBackend as &dyn Backend, &SimulatedBackend].into_iter().enumerate() {
            for seed in 0..seeds {
                let stages = errors(backend, &placed, &slots, seed);
                let (_, weights) = stages.last().unwrap();
                for (slot, error) in weights.iter().enumerate() {
                    let bound = bounds[slot % placed.rows()];
                    assert!(*error <= bound, "{name}: {error:e} above {bound:e}");
                }
                for (mean, (_, errors)) in means.iter_mut().zip(&stages) {
                    mean[side] += errors.iter().sum::<f64>() / errors.len() as f64 / seeds as f64;
                }
            }
        }
        for (stage, [real, simulated]) in predicted.iter().zip(&means) {
            let [real, simulated, predicted] = [*real, *simulated, stage.mean].map(f64::log2);
            let message =
                format!("{name}, {}: {real:.3}, simulated {simulated:.3}, predicted {predicted:.3}", stage.name);
            assert!((simulated - predicted).abs() < 0.1 && (real - predicted).abs() < 0.15, "{message}");
        }
    }
}

/// The same circuits on Microsoft SEAL.
#[test]
#[ignore = "needs TenSEAL: make seal"]
fn every_method_runs_on_seal_within_its_bound() {
    for (name, division) in methods() {
        let placed = placed(&division, 13, 40, &[60]);
        let (slots, rows) = batch(&division, &placed);
        let bounds = bound_rows(&placed, &rows, -40.0, 1).unwrap();
        let stages = errors(&SealBackend, &placed, &slots, 1);
        let (_, weights) = stages.last().unwrap();
        let over = |(slot, error): (usize, &f64)| error / bounds[slot % placed.rows()];
        let largest = weights.iter().enumerate().map(over).fold(0.0, f64::max);
        println!("{name}: the largest error is {largest:.3} of its bound");
        assert!(largest <= 1.0, "{name}: {largest}");
    }
}

/// Rows of as few scores as make each of a hundred means from ε/16 to 1/2.
fn sparse_rows(division: &Division) -> Vec<Vec<f64>> {
    let smallest = division.epsilon.to_f64() / 16.0;
    let row = |i: u32| {
        let sum = f64::from(division.length) * smallest * (0.5 / smallest).powf(f64::from(i) / 99.0);
        let count = sum.ceil();
        let t = (sum / count).powf(1.0 / f64::from(division.power));
        let mut row = vec![0.0; division.length as usize];
        row.iter_mut().take(count as usize).for_each(|score| *score = t);
        row
    };
    (0..100).map(row).collect()
}

/// The methods side by side at L = 128, p = 4, δ = 2^-20, Δ = 2^45, N = 2^15.
#[test]
#[ignore = "a table: cargo test --release --test methods side_by_side -- --ignored --nocapture"]
fn the_methods_side_by_side() {
    println!(
        "| κ | method | depth | products | plain products | rigorous | predicted | on the worst of these rows | ms | overflow |"
    );
    for log2_kappa in [8, 12, 16] {
        let of = |method, numerator| composite(method, Goal::MaxError(two_to(-20)), 4, 128, -log2_kappa, numerator);
        let mut all = Vec::new();
        for numerator in [Numerator::Merged, Numerator::Separate] {
            for method in [Method::Composite, Method::Damped, Method::Goldschmidt, Method::GoldschmidtMean] {
                all.push((format!("{method:?} {numerator:?}"), of(method, numerator)));
            }
            for degree in [1, 2, 3, 7] {
                let meets = |k: &u32| {
                    let division = polynomial(degree, *k, 4, 128, -log2_kappa, numerator);
                    division.residuals.last().is_some_and(|r| *r <= 2f64.powi(-20))
                };
                let doublings = (0..20).find(meets).unwrap();
                let division = polynomial(degree, doublings, 4, 128, -log2_kappa, numerator);
                all.push((format!("minimax {degree} + {doublings} {numerator:?}"), division));
            }
        }
        all.push(("Newton Separate".into(), newton(of(Method::Composite, Numerator::Separate))));
        let (a, b) = domain(&two_to(-log2_kappa));
        let least = fit(&FitRequest::reciprocal(Method::Auto, a, b, Goal::MaxError(two_to(-20)))).unwrap();
        let degree = least.degree as u32;
        if degree < 1000 {
            let division = polynomial(degree, 0, 4, 128, -log2_kappa, Numerator::Separate);
            all.push((format!("minimax polynomial, degree {degree}"), division));
        }
        for (name, division) in all {
            let (depth, products, plain) = cost(&division);
            let placed = placed(&division, 15, 45, &[60, 60]);
            let began = Instant::now();
            let budget = analyse(&placed, &rows_of(&division), -40.0, 1).unwrap();
            let analysed = began.elapsed().as_secs_f64() * 1e3;
            let seen = predict_rows(&placed, &sparse_rows(&division)).unwrap();
            let worst = seen.iter().map(|row| row.largest_deviation).fold(0.0, f64::max) / std::f64::consts::SQRT_2;
            println!(
                "| 2^{log2_kappa} | {name} | {depth} | {products} | {plain} | 2^{:.1} | 2^{:.1} | 2^{:.1} | {analysed:.2} | {}",
                budget.rigorous.log2(),
                budget.predicted.log2(),
                worst.log2(),
                budget.overflow.unwrap_or_default()
            );
        }
    }
}
