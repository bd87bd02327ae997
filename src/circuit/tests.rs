//! Small circuits, whose costs, scales and ranges are known without the code that computes them.

use super::*;
use crate::poly::{Basis, Polynomial};
use crate::real::PRECISION;
use proptest::prelude::*;
use rug::{Float, Rational};

fn rational(numerator: i32, denominator: i32) -> Rational {
    Rational::from((numerator, denominator))
}

fn scale(bits: u32) -> Float {
    Float::with_val(PRECISION, 1) << bits
}

#[test]
fn an_empty_circuit_has_no_node() {
    let mut circuit = Circuit::default();
    assert!(circuit.is_empty());
    circuit.push(Op::Scores);
    assert!(!circuit.is_empty() && circuit.len() == 1);
}

#[test]
fn the_size_of_a_chain_is_that_of_all_its_primes() {
    let chain = ModulusChain { log_n: 4, q: vec![1 << 10, 1 << 20], p: vec![1 << 7] };
    assert_eq!(chain.log_qp(), 37.0);
    assert_eq!(chain.log2_special(), 7.0);
    assert_eq!(chain.log2_digits(1).collect::<Vec<_>>(), [10.0, 20.0]);
}

/// The largest degree of a cost is not beaten, and every degree is served by one that costs no more.
#[test]
fn largest_degrees_leave_no_cheaper_one_out() {
    let cost = |degree: u32| {
        let c: Vec<Rational> = (1..=degree + 1).map(|k| rational(1, 2 * k as i32 + 1)).collect();
        let mut circuit = Circuit::default();
        let argument = circuit.push(Op::Scores);
        circuit.chebyshev(argument, &c);
        let cost = Cost::of(&circuit, 1);
        (cost.depth, cost.products)
    };
    let costs: Vec<(u32, u32)> = (0..=33).map(cost).collect();
    let no_worse = |one: u32, other: u32| {
        let (one, other) = (costs[one as usize], costs[other as usize]);
        one.0 <= other.0 && one.1 <= other.1
    };
    for most in 1..=32 {
        let listed = largest_degrees_of_each_cost(most);
        let expected: Vec<u32> =
            (1..=most).filter(|&degree| (degree + 1..=most + 1).all(|larger| !no_worse(larger, degree))).collect();
        assert_eq!(listed, expected, "{most}");
    }
}

/// D = 2 + T_1 on [1, 3], and 4/7 − 2/7·T_1 is its best linear reciprocal exactly: 1 − D·y = T_2/7.
#[test]
fn the_residual_of_a_best_start_is_one_chebyshev_polynomial() {
    let division = |c1: Rational| {
        let coefficients = vec![rational(4, 7), c1];
        let start = Polynomial { basis: Basis::Chebyshev, lo: 1.into(), hi: 3.into(), coefficients };
        Division {
            power: 2,
            length: 4,
            epsilon: rational(1, 2),
            start: Start::Polynomial(start),
            steps: vec![Rational::from(1)],
            residuals: vec![0.2, 0.05],
            numerator: Numerator::Separate,
            iteration: Iteration::Goldschmidt,
            segments: None,
        }
    };
    let (best, other) = (division(rational(-2, 7)), division(rational(-2, 7) + rational(1, 1 << 20)));
    let (best, other) = (best.circuit().unwrap(), other.circuit().unwrap());
    // T_2 of the one is a square; the other multiplies D by y.
    assert!(best.len() < other.len(), "{} {}", best.len(), other.len());
    // Weights are u/(L·D) up to the residual T_2²/49.
    let row: Vec<Float> = [0.5, -1.0, 0.25, 1.0].iter().map(|t| Float::with_val(PRECISION, *t)).collect();
    let values = evaluate(&best, &row).unwrap();
    let squares: Vec<f64> = row.iter().map(|t| t.to_f64().powi(2)).collect();
    let d = 0.5 + squares.iter().sum::<f64>() / 4.0;
    for (weight, u) in values.last().unwrap().iter().zip(squares) {
        let exact = u / (4.0 * d);
        let y = d - 2.0;
        let residual = ((2.0 * y * y - 1.0) / 7.0).powi(2);
        assert!((weight.to_f64() - exact * (1.0 - residual)).abs() < 1e-15);
    }
    // What is said of the weights is that they are below 1 + |R|.
    let merged = Division { numerator: Numerator::Merged, ..division(rational(-2, 7)) }.circuit().unwrap();
    let Some(Fact::Range(range)) = &merged.nodes().last().unwrap().fact else {
        panic!("nothing is said of the weights")
    };
    assert_eq!((range.lo, range.hi), (0.0, 1.05f64.next_up()));
}

/// A polynomial that is carried to a wider interval is the same one; one that lives on such an interval stays as it is.
#[test]
fn a_polynomial_on_a_wider_interval_is_the_same() {
    let coefficients = vec![rational(2, 5), rational(-3, 7), rational(1, 9), rational(4, 11)];
    for basis in [Basis::Monomial, Basis::Chebyshev] {
        let p = Polynomial { basis, lo: rational(-1, 2), hi: rational(3, 2), coefficients: coefficients.clone() };
        for (low, high) in [(-1, 1), (0, 1), (0, 2), (-3, 5)] {
            let (low, high) = (Rational::from(low), Rational::from(high));
            let wide = chebyshev_on(&p, &low, &high).unwrap();
            assert_eq!(wide.basis, Basis::Chebyshev);
            assert_eq!((&wide.lo, &wide.hi), (&low.clone().min(p.lo.clone()), &high.clone().max(p.hi.clone())));
            for step in -4..=4 {
                assert_eq!(wide.value(&rational(step, 2)), p.value(&rational(step, 2)));
            }
        }
        let inside = chebyshev_on(&p, &p.lo, &p.hi).unwrap();
        assert!(basis == Basis::Monomial || inside == p);
    }
    let constant =
        Polynomial { basis: Basis::Chebyshev, lo: 0.into(), hi: 1.into(), coefficients: vec![1.into(), 0.into()] };
    assert_eq!(chebyshev_on(&constant, &0.into(), &1.into()).unwrap_err().exit_code(), 2);
}

/// A sum of equal scales is placed, and one of t and 3t, which nothing brings to one scale, is not.
#[test]
fn sums_have_one_scale() {
    let chain = ModulusChain::generate(13, &[50, 40], &[50]).unwrap();
    let placed = |factor: Option<Rational>| {
        let mut circuit = Circuit::default();
        let scores = circuit.push(Op::Scores);
        let square = circuit.push(Op::Product(scores, scores));
        let other = factor.map_or(square, |factor| circuit.push(Op::Times(square, factor)));
        circuit.push(Op::Add(square, other));
        place(&circuit, &chain, &scale(40))
    };
    placed(None).unwrap();
    placed(Some(Rational::from(1))).unwrap();
    placed(Some(Rational::from(-1))).unwrap();
    for factor in [rational(3, 1), rational(1, 3), rational(1025, 1024)] {
        assert!(placed(Some(factor)).unwrap_err().to_string().contains("one scale"));
    }
}

#[test]
fn scales_that_hold_nothing_are_refused() {
    let chain = ModulusChain::generate(13, &[50, 40], &[50]).unwrap();
    let mut circuit = Circuit::default();
    let scores = circuit.push(Op::Scores);
    let square = circuit.push(Op::Product(scores, scores));
    circuit.name(square, "square", None);
    assert!(place(&circuit, &chain, &scale(40)).is_ok());
    let error = place(&circuit, &chain, &(scale(0) >> 30)).unwrap_err().to_string();
    assert!(error.contains("the scale of") && error.contains("falls to"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// The plaintexts of a combination bring each term to one scale, that of the combination before it is rescaled.
    #[test]
    fn coefficients_are_encoded_so_that_terms_meet(degree in 3u32..20, bits in 30u32..50) {
        let c: Vec<Rational> = (1..=degree + 1).map(|k| rational(1, k as i32)).collect();
        let mut circuit = Circuit::default();
        let argument = circuit.push(Op::Scores);
        circuit.chebyshev(argument, &c);
        let depth = Cost::of(&circuit, 1).depth as usize;
        let mut q = vec![bits + 5];
        q.extend(vec![bits; depth]);
        let chain = ModulusChain::generate(11, &q, &[54]).unwrap();
        let placed = PlacedCircuit::new(circuit, chain, 1, &scale(bits)).unwrap();
        let mut combinations = 0;
        for (index, node) in placed.circuit.nodes().iter().enumerate() {
            let Op::Combination(terms, _) = &node.op else { continue };
            combinations += 1;
            let place = &placed.placements[index];
            for (of, _) in terms {
                let plaintext = placed.coefficient_scale(index, *of).unwrap();
                let product = Float::with_val(PRECISION, &plaintext * &placed.placements[of.index()].scale);
                let rescaled = product / placed.chain.q[place.level + 1];
                let ratio = Float::with_val(PRECISION, rescaled / &place.scale) - 1u32;
                prop_assert!(ratio.abs() < 1e-60);
            }
        }
        prop_assert!(combinations > 0);
    }

    /// The time of a switch is that of its parts, each in proportion to the ring.
    #[test]
    fn times_add_up(transforms in 0usize..50, products in 0usize..50, conversions in 0usize..50, log_n in 10u32..17) {
        let cost = |transforms, products, conversions| LimbCounts { transforms, products, conversions }.cost(log_n);
        let ring = f64::from(log_n).exp2();
        prop_assert_eq!(cost(0, 1, 0), ring);
        prop_assert_eq!(cost(0, 0, 1), ring * CONVERSION);
        prop_assert_eq!(cost(1, 0, 0), ring * (TRANSFORM_LAYER * f64::from(log_n)));
        let sum = transforms as f64 * cost(1, 0, 0) + products as f64 * cost(0, 1, 0) + conversions as f64 * cost(0, 0, 1);
        let whole = cost(transforms, products, conversions);
        prop_assert!((whole - sum).abs() <= 1e-12 * sum.max(1.0));
    }
}

/// A later normalisation is told by the square that it begins with; one that begins with anything else is refused.
#[test]
fn normalisations_begin_with_squares() {
    let placed = |second: fn(NodeId, NodeId) -> Op| {
        let mut circuit = Circuit::default();
        let scores = circuit.push(Op::Scores);
        let square = circuit.push(Op::Product(scores, scores));
        let sum = circuit.push(Op::RowSum(square));
        let weights = circuit.push(Op::Product(square, sum));
        let again = circuit.push(second(weights, sum));
        circuit.push(Op::RowSum(again));
        let depth = *depths(&circuit).last().unwrap() as usize;
        let chain = ModulusChain::generate(11, &vec![45; depth + 1], &[54]).unwrap();
        PlacedCircuit::new(circuit, chain, 4, &scale(40)).unwrap()
    };
    assert_eq!(placed(|weights, _| Op::Product(weights, weights)).stages().unwrap().len(), 2);
    for other in [|weights, sum| Op::Product(weights, sum), |_, sum| Op::Product(sum, sum)] {
        assert_eq!(placed(other).stages().unwrap_err().exit_code(), 1);
    }
}

/// What is said of a node holds of its value wherever the function is asked for.
#[test]
fn facts_of_functions_hold() {
    use crate::certify::certify;
    use crate::fit::{FitRequest, Goal, Method, fit};
    use crate::real::Exact;
    use crate::target::Target;
    let exact = |(n, d): (i32, i32)| Exact(rational(n, d));
    let cases = [
        ("reciprocal", rational(1, 8), vec![[(0, 1), (2, 1)]]),
        ("inverse-sqrt", rational(1, 64), vec![[(0, 1), (1, 1)]]),
        ("sign", Rational::new(), vec![[(-1, 1), (-1, 16)], [(1, 16), (1, 1)]]),
    ];
    for (name, epsilon, intervals) in cases {
        let intervals: Vec<[Exact; 2]> = intervals.iter().map(|ends| ends.map(exact)).collect();
        let first = intervals[0].clone().map(|end| end.0);
        let target = Target::new(name, epsilon).unwrap();
        let request = FitRequest {
            intervals: intervals.clone(),
            method: Method::Composite,
            ..FitRequest::new(target, first, Goal::MaxError(rational(1, 4096)))
        };
        let certified = certify(&fit(&request).unwrap()).unwrap();
        let bound = rational(2, 1);
        let circuit = Slotwise::of(&certified.table, &certified.certificate, bound.clone()).unwrap().circuit().unwrap();
        let mut ranges = 0;
        for [lo, hi] in &intervals {
            for step in 0..=64 {
                let x = Rational::from(&hi.0 - &lo.0) * rational(step, 64) + &lo.0;
                let values = evaluate(&circuit, &[Float::with_val(PRECISION, Rational::from(&x / &bound))]).unwrap();
                for (node, value) in circuit.nodes().iter().zip(values) {
                    if let Some(Fact::Range(range)) = &node.fact {
                        let value = value[0].to_f64();
                        let slack = 1e-12 * value.abs().max(1e-12);
                        assert!(
                            range.lo - slack <= value && value <= range.hi + slack,
                            "{name}: {:?}: {value} {range:?}",
                            node.stage
                        );
                        ranges += 1;
                    }
                }
            }
        }
        assert!(ranges > 0 || name == "sign", "{name}");
    }
}
