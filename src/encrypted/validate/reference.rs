//! What one row should be, and how far a run is from it.

use crate::attention::{Epsilon, EpsilonForm, RowShape, Variant, weights};
use crate::circuit::{PlacedCircuit, evaluate};
use crate::encrypted::backend::{Run, StageValues};
use crate::encrypted::evidence::Evidence;
use crate::encrypted::packing::unpack;
use crate::error::{Error, Result};
use crate::plan::{Job, PlanDocument};
use crate::real::{Exact, PRECISION, f64_above, rational_to_float};
use rug::{Assign, Float, Integer, Rational};

/// The exact map and what was run of it in exact arithmetic, for one length.
pub(super) struct Reference<'a> {
    placed: &'a PlacedCircuit,
    variant: Variant,
    shape: RowShape,
    epsilon: Epsilon,
    /// 2·e·L·b: how much u_i must exceed u_j for their weights to keep the order.
    order_margin: f64,
    evidence: Evidence,
}

/// What one row showed.
pub(super) struct RowErrors {
    pub total: Vec<f64>,
    pub approximation: f64,
    pub encryption: Vec<f64>,
    pub stages: Vec<StageErrors>,
    pub order_violations: u64,
}

/// What one row showed at one stage.
pub(super) struct StageErrors {
    pub name: String,
    pub max: f64,
    pub sum: f64,
}

impl<'a> Reference<'a> {
    pub(super) fn new(plan: &PlanDocument, job: &Job, placed: &'a PlacedCircuit, evidence: Evidence) -> Result<Self> {
        let none = Epsilon { form: EpsilonForm::Sum, value: Exact::default() };
        let chosen = &plan.chosen;
        let b = f64_above(&job.row_domain(&plan.spec, placed.length)?.b());
        Ok(Self {
            placed,
            variant: plan.spec.attention.variant,
            shape: job.shape(placed.length)?,
            epsilon: job.epsilon.clone().unwrap_or(none),
            order_margin: 2.0 * f64_above(&chosen.error.total.0) * f64::from(placed.length) * b,
            evidence,
        })
    }

    pub(super) fn compare(&self, row: &[f64], index: usize, run: &Run) -> Result<RowErrors> {
        let stride = self.placed.rows();
        let scores: Vec<Rational> = row.iter().map(|&x| Rational::from_f64(x).unwrap_or_default()).collect();
        let unit: Vec<Rational> = scores.iter().map(|x| Rational::from(x / &self.shape.bound)).collect();
        let exact = self.weights(&scores)?;
        let last = run.stages.last().ok_or_else(|| Error::internal("a run without stages"))?;
        let seen = unpack(&last.slots, stride, index, row.len());
        let (computed, stages, order_violations) = match self.evidence {
            Evidence::Powers(quantiser) => {
                let integers: Vec<Integer> = unit.iter().map(|t| quantiser.quantise(t)).collect();
                let step = Rational::from(&self.shape.bound / quantiser.largest());
                let quantised: Vec<Rational> = integers.iter().map(|n| Rational::from(&step * n)).collect();
                (self.weights(&quantised)?, Vec::new(), broken_orders(&integers, &seen))
            }
            Evidence::Ciphertexts | Evidence::Unencrypted(_) => {
                let t: Vec<Float> = unit.iter().map(rational_to_float).collect();
                let mut circuit = evaluate(&self.placed.circuit, &t)?;
                let stages = stage_errors(run, &circuit, |slots| unpack(slots, stride, index, row.len()))?;
                let computed = circuit.pop().ok_or_else(|| Error::internal("an empty circuit"))?;
                (computed, stages, self.order_violations(&t, &seen))
            }
        };
        Ok(RowErrors {
            total: distances(&seen, &exact),
            approximation: largest(&distances(&computed, &exact)),
            encryption: distances(&seen, &computed),
            stages,
            order_violations,
        })
    }

    /// The exact map.
    fn weights(&self, scores: &[Rational]) -> Result<Vec<Float>> {
        let exact = weights(self.variant, scores, &self.shape, &self.epsilon)?;
        Ok(exact.iter().map(rational_to_float).collect())
    }

    fn order_violations(&self, unit: &[Float], seen: &[f64]) -> u64 {
        let power = self.shape.power as i32;
        let u: Vec<f64> = unit.iter().map(|t| t.to_f64().powi(power)).collect();
        let reversed = |i: usize| {
            let above = u.iter().zip(seen).filter(|&(uj, yj)| u[i] - uj > self.order_margin && seen[i] <= *yj);
            above.count() as u64
        };
        (0..u.len().min(seen.len())).map(reversed).sum()
    }
}

/// The errors of each stage in one row, against the circuit's nodes in exact arithmetic.
fn stage_errors(run: &Run, circuit: &[Vec<Float>], row: impl Fn(&[f64]) -> Vec<f64>) -> Result<Vec<StageErrors>> {
    let error = |stage: &StageValues| {
        let truth = circuit.get(stage.node).ok_or_else(|| Error::internal("a stage without a node"))?;
        let errors = distances(&row(&stage.slots), truth);
        Ok(StageErrors { name: stage.name.clone(), max: largest(&errors), sum: errors.iter().sum() })
    };
    run.stages.iter().map(error).collect()
}

/// Pairs whose weights are not ordered, or tied, as the |integers| are. Distinct powers of integers below 2^31 differ by
/// more than rounding to doubles takes away, so doubles show every order.
fn broken_orders(integers: &[Integer], seen: &[f64]) -> u64 {
    let pairs: Vec<(&Integer, &f64)> = integers.iter().zip(seen).collect();
    let broken = |(i, (n, y)): (usize, &(&Integer, &f64))| {
        let later = pairs.iter().skip(i + 1);
        later.filter(|(m, z)| y.partial_cmp(z) != Some(n.cmp_abs(m))).count() as u64
    };
    pairs.iter().enumerate().map(broken).sum()
}

fn distances<T>(seen: &[T], truth: &[Float]) -> Vec<f64>
where
    Float: Assign<T>,
    T: Clone,
{
    let distance = |(x, y): (&T, &Float)| (Float::with_val(PRECISION, x.clone()) - y).abs().to_f64();
    seen.iter().zip(truth).map(distance).collect()
}

/// The largest, and NaN if one is: a NaN must not pass for a small error.
pub(super) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, &x| if x.is_nan() || x > largest { x } else { largest })
}
