//! The reciprocal methods as circuits: their values, costs, noise, and runs on ciphertexts.

#![allow(clippy::unwrap_used)] // a test fails by panicking

mod runs;
mod setup;

use polyattn::certify::{Verdict, certify, coq};
use polyattn::circuit::{Division, Iteration, Numerator, Op, Segments, Start, evaluate, minimax_start};
use polyattn::fit::{FitRequest, Goal, Method, fit};
use polyattn::poly::table::Form;
use polyattn::poly::{Basis, Polynomial, paterson_stockmeyer};
use polyattn::real::{Exact, PRECISION, f64_above};
use proptest::prelude::*;
use rug::ops::Pow;
use rug::{Float, Rational};
use setup::{composite, cost, domain, newton, placed, polynomial, two_to};

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
