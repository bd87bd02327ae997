//! PowerSoftmax by other reciprocals than the plan's, on the plan's domain and to its relative error.

use super::polynomial::reciprocal;
use super::setting::Setting;
use super::system::{Reference, System};
use crate::certify::residual_ranges;
use crate::circuit::{Circuit, Cost, Division, Iteration, Numerator, Op, Start, depth_of_power};
use crate::error::{Error, Result};
use crate::plan::chebyshev_error;
use crate::real::{Exact, PRECISION, dyadic_floor, dyadic_nearest, f64_above, log2};
use rug::{Float, Rational};

/// Goldschmidt steps of the PowerSoftmax paper.
const PAPER_STEPS: usize = 22;
/// Levels that it counts besides: two for x^4, three for products with scalars.
const PAPER_SCALARS: u32 = 3;
/// Degrees and depths that OpenFHE's documentation lists for its Chebyshev series.
const OPENFHE_DEPTHS: [(u32, u32); 9] =
    [(5, 4), (13, 5), (27, 6), (59, 7), (119, 8), (247, 9), (495, 10), (1007, 11), (2031, 12)];
/// By how much one of Lattigo's compressions shrinks the interval, and its levels.
const LATTIGO_COMPRESSION: f64 = 2.45;
const LATTIGO_LEVELS: u32 = 3;
/// More steps than any modulus chain has levels.
const MOST_STEPS: usize = 60;
/// Bits after the point of derived constants.
const CONSTANT_BITS: u32 = 160;

const POWER_SOFTMAX: &str = "PowerSoftmax, arXiv 2410.09457 and its authors' answers to reviewers";

pub(super) fn systems(setting: &Setting) -> Result<Vec<System>> {
    Ok(vec![paper(setting)?, thor(setting)?, lattigo(setting)?, openfhe(setting)?, powerformer(setting)])
}

fn paper(setting: &Setting) -> Result<System> {
    let (_, b) = setting.interval();
    let steps = vec![Rational::from(1); PAPER_STEPS];
    let of = |numerator| iterated(setting, &b.clone().recip(), &steps, numerator);
    let ((separate, _), (merged, residual)) = (of(Numerator::Separate)?, of(Numerator::Merged)?);
    let rescalings = |circuit: &Circuit| Cost::of(circuit, setting.length).depth;
    let power = depth_of_power(setting.job.power);
    let depth = power + PAPER_STEPS as u32 + PAPER_SCALARS;
    let note = format!(
        "depth {depth} by the paper's count: {power} for x^{} + {PAPER_STEPS} Goldschmidt steps + {PAPER_SCALARS} products with \
         scalars; by rescalings, where scalars cost none, {} with the numerator merged, as built here, since its count has no \
         level for a product after the steps, and {} with it separate. Its start is not published: 1/b here",
        setting.job.power,
        rescalings(&merged),
        rescalings(&separate)
    );
    Ok(System {
        name: "PowerSoftmax, 22 Goldschmidt steps",
        source: POWER_SOFTMAX,
        circuit: merged,
        published_depth: Some(depth),
        reference: Reference::Power,
        residual: Some(residual),
        note,
    })
}

/// The relaxation k = 2/(1 + ε) and ε ← kε(2 − kε) from ε = a/b until 1 − ε is the relative error; as residuals R = 1 − k·D·y
/// those are the composite's constants, but for the last step, which leaves 1 − R² as it is.
fn thor(setting: &Setting) -> Result<System> {
    let (a, b) = setting.interval();
    let rounded = |value: Rational| dyadic_nearest(&value, CONSTANT_BITS);
    let relaxation = |low: &Rational| rounded(Rational::from(2) / Rational::from(low + 1u32));
    let mut low = dyadic_floor(&Rational::from(&a / &b), CONSTANT_BITS);
    let first = relaxation(&low);
    let start = rounded(Rational::from(&first / &b));
    let (mut factor, mut steps) = (first, Vec::new());
    while steps.len() < MOST_STEPS {
        let moved = Rational::from(&factor * &low);
        low = dyadic_floor(&(Rational::from(2u32 - &moved) * &moved), CONSTANT_BITS);
        if Rational::from(1u32 - &low) <= setting.relative_error.0 {
            steps.push(Rational::from(1));
            break;
        }
        factor = relaxation(&low);
        steps.push(factor.clone());
    }
    let note = format!(
        "{} iterations from ε = 2^{:.2} to this target's relative error; relaxed, its constants are those of the composite but in \
         the last step. Published from 2^-11 and 2^-18; the α of its runs is a gap",
        steps.len(),
        log2(&Rational::from(&a / &b))
    );
    let (circuit, residual) = iterated(setting, &start, &steps, Numerator::Separate)?;
    Ok(System {
        name: "THOR, over-relaxed inverse",
        source: "THOR, adaptive successive over-relaxation",
        circuit,
        published_depth: None,
        reference: Reference::Power,
        residual: Some(residual),
        note,
    })
}

fn lattigo(setting: &Setting) -> Result<System> {
    let (a, b) = setting.interval();
    // Up to 2 the iteration converges from 1.
    let start = if b < 2 { Rational::from(1) } else { b.clone().recip() };
    let residual = (1u32 - Rational::from(&start * &a)).max(Rational::from(&start * &b) - 1u32);
    let log2_residual = (residual.to_f64() - 1.0).ln_1p() / std::f64::consts::LN_2;
    let steps = (log2(&setting.relative_error) / log2_residual).log2().ceil().clamp(1.0, MOST_STEPS as f64);
    let raw = setting.job.shape(setting.length)?.bound_power() * &b;
    let compressions = (log2(&raw) / LATTIGO_COMPRESSION.log2()).ceil().max(0.0) as u32;
    let note = format!(
        "Goldschmidt from 1 on D in unit form, which lies in (0, 2) and so needs no compression; on mean x^{} as it is, up to \
         2^{:.1}, {compressions} compressions by {LATTIGO_COMPRESSION} would add {} levels",
        setting.job.power,
        log2(&raw),
        compressions * LATTIGO_LEVELS
    );
    let steps = vec![Rational::from(1); steps as usize];
    let (circuit, residual) = iterated(setting, &start, &steps, Numerator::Separate)?;
    Ok(System {
        name: "Lattigo inverse",
        source: "Lattigo, circuits/ckks/inverse",
        circuit,
        published_depth: None,
        reference: Reference::Power,
        residual: Some(residual),
        note,
    })
}

fn openfhe(setting: &Setting) -> Result<System> {
    let (a, b) = setting.interval();
    let error = |degree: u32| chebyshev_error(&a, &b, &Float::with_val(PRECISION, degree + 1));
    let enough = OPENFHE_DEPTHS.iter().find(|(degree, _)| error(*degree) <= setting.relative_error.0);
    let largest = OPENFHE_DEPTHS.last().copied().unwrap_or_default();
    let (degree, depth) = enough.copied().unwrap_or(largest);
    let reached = error(degree);
    let short = if enough.is_some() { "" } else { ", more than asked: no degree that it lists reaches it" };
    let note = format!(
        "interpolation of degree {degree}, the least of those that its documentation lists a depth for, {depth} levels here; its \
         relative error is 2^{:.2}{short}. Interpolation of 1/x at Chebyshev nodes is the best polynomial by relative error",
        Float::with_val(64, reached.log2_ref()).to_f64()
    );
    let polynomial = reciprocal(&a, &b, degree)?;
    let residual = reached.to_f64().next_up();
    let division = division(setting, Start::Polynomial(polynomial), Vec::new(), vec![residual], Numerator::Separate);
    Ok(System {
        name: "OpenFHE EvalDivide",
        source: "OpenFHE, EvalDivide and its table of depths",
        circuit: division.circuit()?,
        published_depth: Some(depth_of_power(setting.job.power) + depth + 1),
        reference: Reference::Power,
        residual: Some(residual),
        note,
    })
}

/// x^p over a constant: the mean of the rows' denominators.
fn powerformer(setting: &Setting) -> System {
    let (bound, power) = (setting.job.bound.to_f64(), setting.job.power);
    let sum = |row: &Vec<f64>| row.iter().map(|x| (x / bound).powi(power as i32)).sum::<f64>();
    let mean = setting.rows.iter().map(sum).sum::<f64>() / setting.rows.len().max(1) as f64;
    let epsilon = Rational::from(&setting.domain.epsilon * setting.length);
    let constant = Rational::from_f64(mean).unwrap_or_default() + epsilon;
    let mut circuit = Circuit::default();
    let scores = circuit.push(Op::Scores);
    let u = circuit.power(scores, power);
    circuit.push(Op::Times(u, constant.recip()));
    System {
        name: "Powerformer BPMax",
        source: "Powerformer, (x + c)^p / R_d",
        circuit,
        published_depth: None,
        reference: Reference::Power,
        residual: None,
        note: "no division: a model is retrained for it, so its error here is what leaving the division out costs an untrained \
               one. Its c and R_d come from training and are gaps: c = 0 here, and R_d the mean denominator of the rows measured"
            .into(),
    }
}

/// The division by iteration from a constant, and a bound on what it leaves of the residual.
fn iterated(setting: &Setting, start: &Rational, steps: &[Rational], numerator: Numerator) -> Result<(Circuit, f64)> {
    let exact: Vec<Exact> = steps.iter().cloned().map(Exact).collect();
    let ranges = residual_ranges(&Exact(start.clone()), &exact, &setting.interval());
    let residuals: Vec<f64> =
        ranges.iter().map(|(low, high)| f64_above(&low.clone().abs().max(high.clone().abs()))).collect();
    let last = residuals.last().copied().ok_or_else(|| Error::internal("an iteration without a residual"))?;
    let start = Start::Constant(start.clone());
    Ok((division(setting, start, steps.to_vec(), residuals, numerator).circuit()?, last))
}

/// In segments only where the numerator is merged: a bootstrap takes values near 1, and a reciprocal alone reaches 1/a.
fn division(
    setting: &Setting,
    start: Start,
    steps: Vec<Rational>,
    residuals: Vec<f64>,
    numerator: Numerator,
) -> Division {
    Division {
        power: setting.job.power,
        length: setting.length,
        epsilon: setting.domain.epsilon.clone(),
        start,
        steps,
        residuals,
        numerator,
        iteration: Iteration::Goldschmidt,
        segments: setting.job.segments.filter(|_| numerator == Numerator::Merged),
    }
}
