//! Parts of the analysis at the edges of what they hold.

use super::budget::{check_domain, needs};
use super::by_bound::ByBound;
use super::cell::Cell;
use super::sources::Sources;
use super::*;
use crate::attention::RowDomain;
use crate::circuit::{Circuit, ModulusChain, Op, PlacedCircuit, Placement, SlotFunction, Slotwise};
use crate::poly::{Basis, Polynomial};
use crate::real::PRECISION;
use proptest::prelude::*;
use rug::{Float, Rational};

fn scale(bits: u32) -> Float {
    Float::with_val(PRECISION, 1) << bits
}

/// Weights of fourth powers, by two doublings.
fn placed(length: u32) -> PlacedCircuit {
    let division = crate::circuit::Division {
        power: 4,
        length,
        epsilon: Rational::from((1, 16)),
        start: crate::circuit::Start::Constant(Rational::from((32, 17))),
        steps: vec![Rational::from(1); 2],
        residuals: vec![0.9, 0.81, 0.66],
        numerator: crate::circuit::Numerator::Merged,
        iteration: crate::circuit::Iteration::Goldschmidt,
        segments: None,
    };
    let circuit = division.circuit().unwrap();
    let depth = crate::circuit::Cost::of(&circuit, length).depth as usize;
    let mut q = vec![50];
    q.extend(vec![45; depth]);
    PlacedCircuit::new(circuit, ModulusChain::generate(12, &q, &[54]).unwrap(), length, &scale(45)).unwrap()
}

#[test]
fn parts_are_ordered_by_their_bound_alone() {
    let part = |bound: f64, name: &'static str| ByBound::new(bound, name);
    assert!(part(1.0, "a") == part(1.0, "b") && part(1.0, "a") != part(2.0, "a"));
    assert!(part(1.0, "a") < part(2.0, "a") && part(f64::NAN, "a").bound == f64::INFINITY);
}

/// A value needs its own bits, those of its scale and one for the sign.
#[test]
fn what_a_value_needs_is_compared_with_its_modulus() {
    let mut circuit = Circuit::default();
    let scores = circuit.push(Op::Scores);
    circuit.push(Op::Product(scores, scores));
    let chain = ModulusChain { log_n: 12, q: vec![1 << 50, 1 << 40], p: vec![1 << 54] };
    let placed = PlacedCircuit::new(circuit, chain, 1, &scale(40)).unwrap();
    for (level, bits, fits) in [(0, 8.9, true), (0, 9.1, false), (1, 48.9, true), (1, 49.1, false)] {
        let place = Placement { level, scale: scale(40) };
        let need = needs(&placed, &place, f64::exp2(bits), "the value");
        assert_eq!(need.is_none(), fits, "level {level}, {bits} bits: {need:?}");
    }
    let place = Placement { level: 0, scale: scale(40) };
    assert!(needs(&placed, &place, f64::exp2(9.0), "x").is_some() && needs(&placed, &place, f64::NAN, "x").is_some());
    assert_eq!(needs(&placed, &place, 0.0, "x"), None);
}

/// Weights of at most 1, and a little noise, need the bits of their scale and one more.
#[test]
fn weights_need_one_bit_beside_their_scale() {
    let domain = RowDomain { length: 4, epsilon: Rational::from((1, 16)), smallest_mean: Rational::new() };
    let overflow = |bits: f64| {
        let mut placed = placed(4);
        placed.chain.q[0] = bits.exp2() as u64;
        analyse(&placed, &domain, -40.0, 1).unwrap().overflow
    };
    assert_eq!(overflow(47.0), None);
    assert!(overflow(45.5).is_some_and(|said| said.contains("its level has 45.5")));
}

#[test]
fn denominators_that_binary64_cannot_invert_are_refused() {
    let domain =
        |bits: u32| RowDomain { length: 4, epsilon: Rational::from(1) >> bits, smallest_mean: Rational::new() };
    let refused = |bits| check_domain(&domain(bits)).is_err();
    assert!(!refused(20) && !refused(500) && refused(1000) && refused(1100));
    // The limit itself is allowed.
    let first = (500..1000).find(|&bits| refused(bits)).unwrap();
    let said = check_domain(&domain(first)).unwrap_err().to_string();
    assert!(said.contains(&format!("below 2^-{}", first - 1)), "{said}");
    assert!(analyse(&placed(4), &domain(first), -40.0, 1).is_err());
}

/// 6x − 2x² is at most 9/2 between its ends, and there needs 40 + 1 + log2(9/2) = 43.17 bits.
#[test]
fn values_of_functions_that_overflow_are_found_wherever_they_are_largest() {
    let coefficients = vec![Rational::from(0), Rational::from(6), Rational::from(-2)];
    let whole = Polynomial { basis: Basis::Monomial, lo: Rational::new(), hi: Rational::from(3), coefficients };
    let function = SlotFunction::Polynomial(whole);
    let circuit = Slotwise { bound: Rational::from(3), epsilon: Rational::new(), function }.circuit().unwrap();
    let depth = *crate::circuit::depths(&circuit).last().unwrap() as usize;
    let analysed = |log2_q0: f64, intervals: &[[Rational; 2]]| {
        let mut q = vec![44];
        q.extend(vec![40; depth]);
        let chain = ModulusChain::generate(12, &q, &[54]).unwrap();
        let mut placed = PlacedCircuit::new(circuit.clone(), chain, 1, &scale(40)).unwrap();
        placed.chain.q[0] = log2_q0.exp2() as u64;
        let (bound, none) = (Rational::from(3), Rational::new());
        let domain = SlotDomain { intervals, bound: &bound, input_error: &none, weight: &|_| 1.0 };
        analyse_slots(&placed, &domain, -40.0, 1).unwrap()
    };
    let whole = [[Rational::new(), Rational::from(3)]];
    let parts = [
        [Rational::new(), Rational::from((1, 4))],
        [Rational::from((5, 4)), Rational::from((7, 4))],
        [Rational::from((11, 4)), Rational::from(3)],
    ];
    for intervals in [&whole[..], &parts[..]] {
        assert_eq!(analysed(43.4, intervals).overflow, None);
        let said = analysed(43.1, intervals).overflow.unwrap();
        assert!(said.contains("needs 43.2 bits of modulus, its level has 43.1"), "{said}");
    }
}

proptest! {
    /// The mean of a row lies in its cell, and so does each slot's own score, rounding and all.
    #[test]
    fn a_row_lies_in_its_cell(row in prop::collection::vec(-1.0f64..1.0, 1..8), length in 8u32..20) {
        let placed = placed(length);
        let sources = Sources::bounding(&placed, -60.0).unwrap();
        let cell = Cell::of_row(&row, &placed, &sources);
        let exact = |t: &f64| Rational::from_f64(*t).unwrap().square().square();
        let mean = row.iter().map(exact).fold(Rational::new(), |sum, u| sum + u) / length;
        let [lo, hi] = [cell.mean.lo, cell.mean.hi].map(|end| Rational::from_f64(end).unwrap());
        prop_assert!(lo <= mean && mean <= hi && hi.to_f64() <= lo.to_f64() * (1.0 + 1e-11));
        for t in &row {
            let own = cell.at(t.abs()).own;
            prop_assert!(own.lo < t.abs() || *t == 0.0);
            prop_assert!(t.abs() < own.hi || own.hi == 1.0);
            prop_assert!(own.hi - own.lo <= 1e-11 && cell.own.hi >= t.abs());
        }
        prop_assert!(cell.own.hi <= row.iter().fold(0.0f64, |largest, t| largest.max(t.abs())) * (1.0 + 1e-11));
    }
}
