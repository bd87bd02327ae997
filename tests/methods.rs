//! The reciprocal methods as circuits: their values, costs, noise, and runs on ciphertexts.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use polyattn::attention::RowDomain;
use polyattn::certify::{Verdict, certify, coq, residual_ranges};
use polyattn::circuit::{
    Cost, Division, Iteration, ModulusChain, Numerator, Op, PlacedCircuit, Segments, Start, best_steps, evaluate,
    minimax_start,
};
use polyattn::encrypted::{Backend, CkksBackend, ExactBackend, SealBackend, Seed, SimulatedBackend, draw_rows};
use polyattn::fit::{FitRequest, Goal, Method, fit};
use polyattn::noise::{analyse, bound_rows, predict_rows, predict_stages};
use polyattn::poly::table::Form;
use polyattn::poly::{Basis, Polynomial, paterson_stockmeyer};
use polyattn::real::{Exact, PRECISION, f64_above};
use proptest::prelude::*;
use rug::ops::Pow;
use rug::{Float, Rational};
use std::time::Instant;

fn two_to(exponent: i32) -> Rational {
    Rational::from(2).pow(exponent)
}

fn rows_of(division: &Division) -> RowDomain {
    RowDomain { length: division.length, epsilon: division.epsilon.clone(), smallest_mean: Rational::new() }
}

/// [ε, 1 + ε].
fn domain(epsilon: &Rational) -> (Rational, Rational) {
    (epsilon.clone(), Rational::from(epsilon + 1u32))
}

/// A composite with the constants of a fitted table.
fn composite(method: Method, goal: Goal, power: u32, length: u32, log2_epsilon: i32, numerator: Numerator) -> Division {
    let epsilon = two_to(log2_epsilon);
    let (a, b) = domain(&epsilon);
    let Form::Composite { start, steps } =
        fit(&FitRequest::reciprocal(method, a.clone(), b.clone(), goal)).unwrap().form
    else {
        unreachable!("a composite was asked for")
    };
    let ranges = residual_ranges(&start, &steps, &(a, b));
    Division {
        power,
        length,
        epsilon,
        start: Start::Constant(start.0),
        steps: steps.into_iter().map(|alpha| alpha.0).collect(),
        residuals: ranges.into_iter().map(|(low, high)| f64_above(&low.abs().max(high.abs()))).collect(),
        numerator,
        iteration: Iteration::Goldschmidt,
        segments: None,
    }
}

/// The best polynomial of a degree, and doublings after it.
fn polynomial(
    degree: u32,
    doublings: u32,
    power: u32,
    length: u32,
    log2_epsilon: i32,
    numerator: Numerator,
) -> Division {
    let epsilon = two_to(log2_epsilon);
    let (a, b) = domain(&epsilon);
    let (start, error) = minimax_start(&a, &b, degree).unwrap();
    let (steps, residuals) = best_steps(&error, doublings);
    Division {
        power,
        length,
        epsilon,
        start: Start::Polynomial(start),
        steps,
        residuals,
        numerator,
        iteration: Iteration::Goldschmidt,
        segments: None,
    }
}

/// A certified table as a circuit: its coefficients are rounded, its error is proved.
fn certified_polynomial(degree: u64, power: u32, length: u32, log2_epsilon: i32) -> Division {
    let epsilon = two_to(log2_epsilon);
    let (a, b) = domain(&epsilon);
    let certified = certify(&fit(&FitRequest::reciprocal(Method::Auto, a, b, Goal::Degree(degree))).unwrap()).unwrap();
    Division {
        power,
        length,
        epsilon,
        start: Start::Polynomial(certified.table.polynomial().unwrap().unwrap()),
        steps: Vec::new(),
        residuals: vec![f64_above(&certified.certificate.certified_upper.unwrap().0)],
        numerator: Numerator::Separate,
        iteration: Iteration::Goldschmidt,
        segments: None,
    }
}

/// The same with R taken afresh.
fn newton(division: Division) -> Division {
    Division { iteration: Iteration::Newton, numerator: Numerator::Separate, ..division }
}

/// On a chain with primes of one size; small rings say nothing of security.
fn placed(division: &Division, log_n: u32, bits: u32, special: &[u32]) -> PlacedCircuit {
    let circuit = division.circuit().unwrap();
    let depth = Cost::of(&circuit, division.length).depth;
    let depth = division.segments.map_or(depth, |segments| depth.min(segments.levels)) as usize;
    let q = [&[bits + 10][..], &vec![bits; depth]].concat();
    let chain = ModulusChain::generate(log_n, &q, special).unwrap();
    PlacedCircuit::new(circuit, chain, division.length, &(Float::with_val(PRECISION, 1) << bits)).unwrap()
}

/// What a division computes, in exact rationals.
fn weights(division: &Division, row: &[Rational]) -> Vec<Rational> {
    let u: Vec<Rational> = row.iter().map(|t| t.clone().pow(division.power)).collect();
    let d = u.iter().fold(Rational::new(), |sum, u| sum + u) / division.length + &division.epsilon;
    let mut y = match &division.start {
        Start::Constant(c) => c.clone(),
        Start::Polynomial(polynomial) => polynomial.value(&d),
    };
    let mut residual = Rational::from(1) - Rational::from(&d * &y);
    for alpha in &division.steps {
        y *= alpha * (residual.clone() + 1u32);
        residual = residual.square() * alpha - (alpha.clone() - 1u32);
    }
    u.into_iter().map(|u| u * &y / division.length).collect()
}

fn numerators() -> impl Strategy<Value = Numerator> {
    prop_oneof![Just(Numerator::Merged), Just(Numerator::Separate)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Every circuit computes its formula, whatever the constants.
    #[test]
    fn a_circuit_computes_its_formula(
        numerator in numerators(), power in prop_oneof![Just(2u32), Just(4), Just(6)],
        start in prop::collection::vec(-64i64..64, 1..34), alphas in prop::collection::vec(32i64..128, 0..4),
        scores in prop::collection::vec(-16i64..=16, 1..6), levels in prop::option::of(3u32..6), afresh in any::<bool>(),
    ) {
        let start: Vec<Rational> = start.into_iter().map(|c| Rational::from((c, 16))).collect();
        prop_assume!(start.len() == 1 || start[1..].iter().any(|c| *c != 0));
        let (lo, hi) = domain(&two_to(-4));
        let first = match start.as_slice() {
            [c] => Start::Constant(Rational::from(c.abs_ref()) + 1u32),
            _ => Start::Polynomial(Polynomial { basis: Basis::Chebyshev, lo, hi, coefficients: start }),
        };
        let division = Division {
            power, length: scores.len() as u32, epsilon: two_to(-4), start: first,
            steps: alphas.into_iter().map(|a| Rational::from((a, 64))).collect(), residuals: Vec::new(), numerator,
            iteration: Iteration::Goldschmidt, segments: levels.map(|levels| Segments { levels, bits: 30 }),
        };
        let division = if afresh { Division { segments: None, ..newton(division) } } else { division };
        let row: Vec<Rational> = scores.into_iter().map(|t| Rational::from((t, 16))).collect();
        let floats: Vec<Float> = row.iter().map(|t| Float::with_val(PRECISION, t)).collect();
        let computed = evaluate(&division.circuit().unwrap(), &floats).unwrap().pop().unwrap();
        for (seen, exact) in computed.iter().zip(weights(&division, &row)) {
            let error = (Float::with_val(PRECISION, seen) - &exact).abs();
            prop_assert!(error <= Float::with_val(PRECISION, exact.abs() + 1u32) >> 190, "{error:e}");
        }
    }

    /// The exact minimax start is that of the formula: D·r = 1 − T_n/T_n(−μ), largest at the ends.
    #[test]
    fn the_minimax_start_levels_its_residual(degree in 0u32..12, log2_epsilon in -12i32..0, place in 0i64..=64) {
        let (a, b) = domain(&two_to(log2_epsilon));
        let (start, error) = minimax_start(&a, &b, degree).unwrap();
        let residual = |d: &Rational| Rational::from(1) - start.value(d) * d;
        prop_assert_eq!(residual(&a), error.clone());
        prop_assert_eq!(residual(&b).abs(), error.clone());
        let d = Rational::from(&b - &a) * Rational::from((place, 64)) + &a;
        prop_assert!(residual(&d).abs() <= error);
    }
}

/// Depth and products from scores to weights of a row at p = 4, L = 128.
fn cost(division: &Division) -> (u32, u32, u32) {
    let cost = Cost::of(&division.circuit().unwrap(), division.length);
    (cost.depth, cost.products, cost.plain_products)
}

#[test]
fn costs_are_those_of_the_formulas() {
    for doublings in 2..12u32 {
        let goal = || Goal::Degree((1 << doublings) - 1);
        for method in [Method::Composite, Method::Goldschmidt, Method::GoldschmidtMean] {
            let merged = composite(method, goal(), 4, 128, -8, Numerator::Merged);
            let separate = composite(method, goal(), 4, 128, -8, Numerator::Separate);
            // ⌈log2 p⌉ levels and products for x^4; then k and 2k − 1, or k + 1 and 2k − 2 + 1.
            assert_eq!(cost(&merged), (2 + doublings, 2 + 2 * doublings - 1, 0));
            assert_eq!(cost(&separate), (2 + doublings + 1, 2 + 2 * doublings - 1, 0));
            // Two levels a doubling, but for the first, which is affine.
            assert_eq!(cost(&newton(separate)), (2 + 2 * (doublings - 1) + 1, 2 + 2 * doublings - 1, 0));
        }
    }
}

/// (degree, depth, products, products with plaintexts) of r(D) alone.
const POLYNOMIALS: [(u32, u32, u32, u32); 8] = [
    (1, 0, 0, 0),
    (2, 1, 1, 0),
    (3, 2, 2, 2),
    (5, 3, 3, 4),
    (7, 3, 5, 4),
    (15, 4, 8, 11),
    (31, 5, 13, 23),
    (63, 6, 18, 56),
];

#[test]
fn polynomials_cost_what_paterson_and_stockmeyer_say() {
    for (degree, depth, products, plain) in POLYNOMIALS {
        let found = cost(&polynomial(degree, 0, 4, 128, -8, Numerator::Separate));
        // x^4 before it, u·y after it.
        assert_eq!(found, (2 + depth + 1, 2 + products + 1, plain), "degree {degree}");
        let free_constants = paterson_stockmeyer(u64::from(degree));
        assert!(u64::from(products) >= free_constants.products, "{free_constants:?}");
    }
}

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

/// The two sides of every sum are at one scale, and no scale is far from the size of the primes.
#[test]
fn sums_join_ciphertexts_of_one_scale() {
    for degree in [3, 5, 7, 11, 15, 31, 63] {
        let placed = placed(&polynomial(degree, 0, 4, 128, -8, Numerator::Separate), 15, 45, &[60]);
        let mut sums = 0;
        for (node, place) in placed.circuit.nodes().iter().zip(&placed.placements) {
            if let Op::Add(left, right) = node.op {
                let [left, right] = [left, right].map(|of| &placed.placements[of.index()].scale);
                let ratio = Float::with_val(PRECISION, left / right) - 1u32;
                assert!(ratio.abs() < 2f64.powi(-200), "degree {degree}");
                sums += 1;
            }
            if node.stage.as_deref().is_some_and(|name| name.starts_with("T_")) {
                let log2 = place.scale.clone().log2().to_f64();
                assert!((log2 - 45.0).abs() < 8.0, "degree {degree}, {:?}: 2^{log2}", node.stage);
            }
        }
        assert!(sums > 0);
    }
}

#[test]
fn what_no_circuit_can_be_made_of_is_refused() {
    let mut division = polynomial(3, 0, 4, 8, -3, Numerator::Separate);
    let Start::Polynomial(start) = &mut division.start else { unreachable!() };
    start.basis = Basis::Monomial;
    assert_eq!(division.circuit().unwrap_err().exit_code(), 2);
    let merged = polynomial(1, 2, 4, 8, -3, Numerator::Merged);
    let cut = polynomial(1, 2, 4, 8, -3, Numerator::Separate);
    let cut = Division { segments: Some(Segments { levels: 3, bits: 30 }), ..cut };
    for refused in [merged, cut] {
        let error = Division { iteration: Iteration::Newton, ..refused }.circuit().unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains("Newton"), "{error}");
    }
    assert_eq!(minimax_start(&Rational::from(1), &Rational::from(1), 3).unwrap_err().exit_code(), 2);
}

/// R is squared: the certified error is that of the formula, and the file for Coq says so.
#[test]
fn goldschmidt_tables_are_certified() {
    for (method, log2_epsilon) in [(Method::Goldschmidt, -8), (Method::GoldschmidtMean, -8), (Method::Goldschmidt, -16)]
    {
        let (a, b) = domain(&two_to(log2_epsilon));
        let table = fit(&FitRequest::reciprocal(method, a.clone(), b.clone(), Goal::MaxError(two_to(-20)))).unwrap();
        let certified = certify(&table).unwrap();
        let certificate = &certified.certificate;
        assert_eq!(certificate.verdict, Verdict::Proved);
        assert_eq!(certified.table.positive, Some(true));
        let Form::Composite { start, steps } = &table.form else { unreachable!() };
        assert!(steps.iter().all(|alpha| alpha.0 == 1));
        let residual = |d: &Rational| Float::with_val(400, 1 - Rational::from(&start.0 * d)).abs();
        let formula = residual(&a).max(&residual(&b)).pow(1u64 << steps.len());
        let upper = Float::with_val(400, &certificate.certified_upper.as_ref().unwrap().0);
        let excess = Float::with_val(400, &upper / &formula) - 1u32;
        assert!(excess >= 0 && excess < 1e-6, "{excess:e}");
        let fewer = residual(&a).max(&residual(&b)).pow(1u64 << (steps.len() - 1));
        assert!(fewer > 2f64.powi(-20), "a doubling less would do");
        let file = coq(certificate).unwrap();
        assert!(file.contains("Require Import PolyAttn.CompositeRange.") && file.contains("(1, 1)"), "{file}");
    }
}

/// As many doublings as the composite of least error, steps that are smaller, and the error that was asked for.
#[test]
fn a_damped_composite_meets_its_error_with_the_least_steps() {
    for log2_epsilon in [-8, -12, -16] {
        let (a, b) = domain(&two_to(log2_epsilon));
        let fitted =
            |method| fit(&FitRequest::reciprocal(method, a.clone(), b.clone(), Goal::MaxError(two_to(-20)))).unwrap();
        let (best, damped) = (fitted(Method::Composite), fitted(Method::Damped));
        assert_eq!(best.degree, damped.degree);
        let upper = certify(&damped).unwrap().certificate.certified_upper.unwrap();
        assert!(upper.0 <= two_to(-20) && upper.0 > two_to(-21), "{}", f64_above(&upper.0));
        let constants = |form: &Form| match form {
            Form::Composite { start, steps } => [vec![start.clone()], steps.clone()].concat(),
            _ => unreachable!(),
        };
        let (best, damped): (Vec<Exact>, Vec<Exact>) = (constants(&best.form), constants(&damped.form));
        assert!(damped[..2].iter().zip(&best).all(|(damped, best)| damped < best));
    }
    let (a, b) = domain(&two_to(-8));
    let error = fit(&FitRequest::reciprocal(Method::Damped, a, b, Goal::Degree(127))).unwrap_err();
    assert!(error.exit_code() == 2 && error.to_string().contains("--max-error"), "{error}");
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
#[ignore = "a table: cargo test --release --test methods the_methods_side_by_side -- --ignored --nocapture"]
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
