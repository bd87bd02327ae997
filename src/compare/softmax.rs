//! Softmax and what models are trained with in its place, on the same scores.

use super::polynomial::{interpolation, push};
use super::setting::Setting;
use super::system::{Reference, System};
use crate::circuit::{Circuit, NodeId, Op};
use crate::real::{PRECISION, rational_to_float};
use rug::{Float, Rational};

/// NEXUS: exp(x) ≈ (1 + x/2^7)^(2^7), then the sum is divided by 100.
const NEXUS_SQUARINGS: u32 = 7;
const NEXUS_DEPTH: u32 = 16;
/// What NEXUS and HETAL divide the row sum by, and how often each squares the residual.
const RANGE: u32 = 100;
const NEXUS_INVERSE: u32 = 4;
const HETAL_INVERSE: u32 = 16;
const HETAL_EXP_DEGREE: u32 = 8;
/// Degree of polynomials whose degree is not published; THOR's exp has it.
const STAND_IN_DEGREE: u32 = 15;

pub(super) fn systems(setting: &Setting) -> Vec<System> {
    vec![nexus(setting), hetal(setting), cgf(setting), scaled_relu(setting)]
}

fn nexus(setting: &Setting) -> System {
    let mut circuit = Circuit::default();
    let scores = circuit.push(Op::Scores);
    let share = Rational::from(&setting.job.bound >> NEXUS_SQUARINGS);
    let mut exp = circuit.affine(scores, &share, &Rational::from(1));
    for _ in 0..NEXUS_SQUARINGS {
        exp = circuit.push(Op::Product(exp, exp));
    }
    divide(&mut circuit, exp, NEXUS_INVERSE);
    System {
        name: "NEXUS",
        source: "NEXUS, (1 + x/128)^128 and (2 − x)·Π_{i=1..4}(1 + (1 − x)^(2^i)) of the sum times 0.01",
        circuit,
        published_depth: Some(NEXUS_DEPTH),
        reference: Reference::Softmax,
        residual: None,
        note: "its inverse is off by (1 − S/100)^32, S the sum of exponentials: 72 % at S = 1, and it diverges above S = 200. Its 16 \
               levels count products with scalars"
            .into(),
    }
}

fn hetal(setting: &Setting) -> System {
    let bound = &setting.job.bound;
    let exp =
        interpolation(&Rational::from(-bound), bound, HETAL_EXP_DEGREE, |x| Float::with_val(PRECISION, x.exp_ref()));
    let mut circuit = Circuit::default();
    let scores = circuit.push(Op::Scores);
    let exp = push(&mut circuit, scores, bound, &exp);
    divide(&mut circuit, exp, HETAL_INVERSE);
    System {
        name: "HETAL",
        source: "HETAL, inverse 2 − x/R with R = 100 and 16 squarings, exp of degree 8",
        circuit,
        published_depth: None,
        reference: Reference::Softmax,
        residual: None,
        note: "its maximum and domain extension are left out, and the coefficients and interval of its exp are gaps: interpolation on \
               [−R, R] here. The inverse diverges where the sum of exponentials exceeds 200"
            .into(),
    }
}

/// e·0.01·(1 + q)·Π (1 + q^(2^i)), i from 1, with q = 1 − 0.01·Σ e: 1/x by as many squarings of 1 − x.
fn divide(circuit: &mut Circuit, exp: NodeId, squarings: u32) {
    let share = Rational::from((1, RANGE));
    let sum = circuit.push(Op::RowSum(exp));
    let mut residual = circuit.affine(sum, &-share.clone(), &Rational::from(1));
    let mut inverse = circuit.push(Op::Plus(residual, Rational::from(1)));
    for _ in 0..squarings {
        residual = circuit.push(Op::Product(residual, residual));
        let factor = circuit.push(Op::Plus(residual, Rational::from(1)));
        inverse = circuit.push(Op::Product(inverse, factor));
    }
    let weights = circuit.push(Op::Product(exp, inverse));
    circuit.push(Op::Times(weights, share));
}

/// exp(x − μ − σ²/2 − ln L) with the row's mean and variance.
fn cgf(setting: &Setting) -> System {
    let bound = &setting.job.bound;
    let share = Rational::from((1, setting.length));
    let log_length = Float::with_val(PRECISION, setting.length).ln();
    // By Popoviciu σ² ≤ R², and |x − μ| ≤ 2R; the polynomial is of all but the constant.
    let (low, high) =
        (-Rational::from(bound * 2u32) - Rational::from(bound.square_ref()) / 2u32, Rational::from(bound * 2u32));
    let exp = |z: &Float| Float::with_val(PRECISION, z - &log_length).exp();
    let exp = interpolation(&low, &high, STAND_IN_DEGREE, exp);
    let mut circuit = Circuit::default();
    let scores = circuit.push(Op::Scores);
    let x = circuit.affine(scores, bound, &Rational::new());
    let sum = circuit.push(Op::RowSum(x));
    let negative = circuit.push(Op::Times(sum, Rational::from(-1)));
    // L·x − Σx: ciphertexts are added at one scale, at which x and the mean are not.
    let repeated = multiple(&mut circuit, x, setting.length);
    let difference = circuit.push(Op::Add(repeated, negative));
    let centred = circuit.push(Op::Times(difference, share.clone()));
    let square = circuit.push(Op::Product(centred, centred));
    let squares = circuit.push(Op::RowSum(square));
    let half_variance = circuit.push(Op::Times(squares, -share / 2u32));
    // Brought to the scale of the variance beside the square, so it costs no further level.
    let centred = circuit.push(Op::Combination(vec![(centred, Rational::from(1))], Rational::new()));
    let argument = circuit.push(Op::Add(centred, half_variance));
    push(&mut circuit, argument, &Rational::from(1), &exp);
    System {
        name: "CGF-softmax",
        source: "CGF-softmax, arXiv 2602.01621",
        circuit,
        published_depth: None,
        reference: Reference::Softmax,
        residual: None,
        note: format!(
            "no division: the sum of exponentials by its second cumulant, so rows far from Gaussian err whatever the depth. Degree and \
             interval of its exp are gaps: interpolation of degree {STAND_IN_DEGREE} on all that |x| ≤ R allows"
        ),
    }
}

/// n·v by doublings, n from 1.
fn multiple(circuit: &mut Circuit, of: NodeId, n: u32) -> NodeId {
    let bits = (0..n.ilog2()).rev().map(|bit| n >> bit & 1 == 1);
    bits.fold(of, |sum, is_odd| {
        let double = circuit.push(Op::Add(sum, sum));
        if is_odd { circuit.push(Op::Add(double, of)) } else { double }
    })
}

/// ReLU(x)/√L.
fn scaled_relu(setting: &Setting) -> System {
    let bound = &setting.job.bound;
    let root = rational_to_float(&Rational::from(setting.length)).sqrt();
    let relu =
        |x: &Float| if x.is_sign_positive() { Float::with_val(PRECISION, x / &root) } else { Float::new(PRECISION) };
    let relu = interpolation(&Rational::from(-bound), bound, STAND_IN_DEGREE, relu);
    let mut circuit = Circuit::default();
    let scores = circuit.push(Op::Scores);
    push(&mut circuit, scores, bound, &relu);
    System {
        name: "scaled-ReLU attention",
        source: "Zimerman et al., ICML 2024, ReLU(x)/√L",
        circuit,
        published_depth: None,
        reference: Reference::Softmax,
        residual: None,
        note: format!(
            "no division, and no softmax: a model is trained for it, so its error here is what an untrained one would meet. Its \
             polynomial for ReLU is a gap: interpolation of degree {STAND_IN_DEGREE} on [−R, R]"
        ),
    }
}
