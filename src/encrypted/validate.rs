//! Validation: the plan's circuit on real ciphertexts, every slot against the exact map and against the bound.

use super::backend::{Backend, Run, backend};
use super::packing::{pack, unpack};
use crate::attention::{Epsilon, EpsilonForm, RowShape, Variant, weights};
use crate::circuit::{ModulusChain, PlacedCircuit, evaluate};
use crate::document::Body;
use crate::error::{Error, Result};
use crate::plan::{CkksParameters, Job, PlanDocument, Rows, recheck_chosen};
use crate::real::{Exact, PRECISION, f64_above, rational_to_float};
use rayon::prelude::*;
use rug::{Assign, Float, Rational};
use serde::{Deserialize, Serialize};

/// What `validate` writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// The plan's hash.
    pub plan_sha256: String,
    /// What ran it.
    pub backend: String,
    /// At which parameters.
    pub parameters: CkksParameters,
    /// The seed of keys, noise and drawn scores. A seeded generator is for reproducible studies, not for secrets.
    pub seed: u64,
    /// On which scores.
    pub scores: ScoresUsed,
    /// How many weights were compared.
    pub slots_checked: u64,
    /// The largest |error| of any weight against the exact map.
    pub observed_max: f64,
    /// −log2 of the mean |error|.
    pub observed_mean_bits: f64,
    /// The largest |error| by approximation alone: the circuit in exact arithmetic against the exact map.
    pub approximation_max: f64,
    /// The largest |error| by encryption alone: the ciphertexts against the circuit in exact arithmetic.
    pub encryption_max: f64,
    /// The mean |error| by encryption alone.
    pub encryption_mean: f64,
    /// The plan's total.
    pub bound: Exact,
    /// log2(bound / observed_max).
    pub slack_bits: f64,
    /// "within bound" or "outside bound".
    pub verdict: String,
    /// Pairs of a row whose order was reversed although their gap exceeds what the bound allows.
    pub order_violations: u64,
    /// Each named stage against its bound.
    pub stages: Vec<StageRecord>,
    /// Wall time.
    pub seconds: ValidationSeconds,
}

impl Body for Validation {
    const KIND: &'static str = "validation";
}

impl Validation {
    /// Whether every weight and every stage was within its bound.
    pub fn within_bound(&self) -> bool {
        self.verdict == WITHIN
    }

    /// Whether the plan's circuit ran on ciphertexts: only then is the plan validated.
    pub fn is_on_ciphertexts(&self) -> bool {
        self.caveat().is_none()
    }

    /// What has to be said wherever this record is shown; nothing where it validates the plan.
    pub fn caveat(&self) -> Option<String> {
        match backend(&self.backend) {
            Ok(backend) => backend.evidence().caveat(),
            Err(_) => Some(format!("NOT ON CIPHERTEXTS: unknown backend '{}'", self.backend)),
        }
    }

    /// What lies outside its bound, in words; empty for a validation that holds.
    pub fn violations(&self) -> Vec<String> {
        let mut found = Vec::new();
        let exceeds = |observed: f64, bound: &Exact| observed.is_nan() || observed > f64_above(&bound.0);
        let log2 = |x: f64| format!("2^{:.2}", x.log2());
        if exceeds(self.observed_max, &self.bound) {
            found.push(format!(
                "the largest error {} exceeds the bound {}",
                log2(self.observed_max),
                log2(self.bound.to_f64())
            ));
        }
        for stage in self.stages.iter().filter(|s| exceeds(s.observed_max, &s.bound)) {
            let (observed, bound) = (log2(stage.observed_max), log2(stage.bound.to_f64()));
            found.push(format!("stage {}: the error {observed} exceeds the bound {bound}", stage.name));
        }
        if self.order_violations > 0 {
            found.push(format!("{} pairs lost an order that the bound promises to keep", self.order_violations));
        }
        found
    }
}

const WITHIN: &str = "within bound";
const OUTSIDE: &str = "outside bound";

/// The scores of a validation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoresUsed {
    /// The file, or "drawn".
    pub file: String,
    /// One layer, or all.
    pub layer: Option<usize>,
    /// One head, or all.
    pub head: Option<usize>,
    /// Rows, over all lengths.
    pub rows: u64,
    /// Keys of each row, one entry for each length.
    pub lengths: Vec<u32>,
}

/// One stage of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageRecord {
    /// Its name.
    pub name: String,
    /// Its level in the modulus chain.
    pub level: usize,
    /// The largest |error| against the circuit in exact arithmetic.
    pub observed_max: f64,
    /// The plan's bound.
    pub bound: Exact,
}

/// Wall time of a validation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ValidationSeconds {
    /// Keys.
    pub keys: f64,
    /// Evaluation on ciphertexts.
    pub evaluate: f64,
}

/// Runs the chosen plan on each set of rows (one for each length) and compares every weight.
///
/// # Errors
/// [`Error::Input`] for rows outside the plan's domain or lengths; the backend's errors. A bound that does not hold is no
/// error here: it is the verdict.
pub fn validate(
    plan: &PlanDocument,
    sets: &[Rows],
    mut scores: ScoresUsed,
    backend: &dyn Backend,
    seed: u64,
    progress: &dyn Fn(&str),
) -> Result<Validation> {
    // Keys are made from the plan's numbers, so they are proved first: a forged plan must not run for hours.
    recheck_chosen(plan)?;
    if sets.iter().all(|set| set.rows.is_empty()) {
        return Err(Error::input("expected at least one row of scores, found none"));
    }
    let chosen = &plan.chosen;
    let job = Job::of(chosen, &plan.spec)?;
    let chain = chain(&chosen.ckks)?;
    for set in sets {
        set.check(&job.bound, plan.spec.attention.length.as_slice())?;
        set.check_means(&job.row_domain(&plan.spec, set.keys as u32)?, &job.bound, job.power)?;
    }
    let mut tally = Tally::default();
    let mut seconds = ValidationSeconds { keys: 0.0, evaluate: 0.0 };
    scores.rows = sets.iter().map(|set| set.rows.len() as u64).sum();
    scores.lengths = sets.iter().map(|set| set.keys as u32).collect();
    for set in sets {
        let placed = job.place(set.keys as u32, &chain, chosen.ckks.scale_bits)?;
        let reference = Reference::new(plan, &job, &placed)?;
        let batches: Vec<&[Vec<f64>]> = set.rows.chunks(placed.rows()).collect();
        let slots: Vec<Vec<f64>> = batches.iter().map(|rows| pack(&placed, rows)).collect();
        let report = |done: usize| progress(&format!("{done}/{} ciphertexts of {} keys", slots.len(), set.keys));
        let (runs, spent) = backend.run(&placed, &job.bound, &slots, seed, &report)?;
        seconds.keys += spent.keys;
        seconds.evaluate += spent.evaluate;
        for (rows, run) in batches.iter().zip(&runs) {
            let compared: Vec<RowErrors> = rows
                .par_iter()
                .enumerate()
                .map(|(index, row)| reference.compare(row, index, run))
                .collect::<Result<_>>()?;
            compared.into_iter().for_each(|errors| tally.add(errors));
        }
    }
    tally.write(plan, backend.name(), scores, seed, seconds)
}

fn chain(ckks: &CkksParameters) -> Result<ModulusChain> {
    let read = |primes: &[String], field: &str| -> Result<Vec<u64>> {
        let number = |text: &String| {
            text.parse().map_err(|_| Error::input(format!("field 'ckks.primes.{field}': '{text}' is not a prime")))
        };
        primes.iter().map(number).collect()
    };
    Ok(ModulusChain { log_n: ckks.log_n, q: read(&ckks.primes.q, "q")?, p: read(&ckks.primes.p, "p")? })
}

/// The exact map and the circuit in exact arithmetic, for one length.
struct Reference<'a> {
    placed: &'a PlacedCircuit,
    variant: Variant,
    shape: RowShape,
    epsilon: Epsilon,
    /// 2·e·L·b: how much u_i must exceed u_j for their weights to keep the order.
    order_margin: f64,
}

/// What one row showed.
struct RowErrors {
    total: Vec<f64>,
    approximation: f64,
    encryption: Vec<f64>,
    stages: Vec<(String, usize, f64)>,
    order_violations: u64,
}

impl<'a> Reference<'a> {
    fn new(plan: &PlanDocument, job: &Job, placed: &'a PlacedCircuit) -> Result<Self> {
        let none = Epsilon { form: EpsilonForm::Sum, value: Exact::default() };
        let chosen = &plan.chosen;
        let b = f64_above(&job.domain.1);
        Ok(Self {
            placed,
            variant: plan.spec.attention.variant,
            shape: job.shape(placed.length)?,
            epsilon: job.epsilon.clone().unwrap_or(none),
            order_margin: 2.0 * f64_above(&chosen.error.total.0) * f64::from(placed.length) * b,
        })
    }

    fn compare(&self, row: &[f64], index: usize, run: &Run) -> Result<RowErrors> {
        let stride = self.placed.rows();
        let scores: Vec<Rational> = row.iter().map(|&x| Rational::from_f64(x).unwrap_or_default()).collect();
        let exact = weights(self.variant, &scores, &self.shape, &self.epsilon)?;
        let exact: Vec<Float> = exact.iter().map(rational_to_float).collect();
        let unit: Vec<Float> = scores.iter().map(|x| Float::with_val(PRECISION, x) / &self.shape.bound).collect();
        let circuit = evaluate(&self.placed.circuit, &unit)?;
        let computed = circuit.last().ok_or_else(|| Error::internal("an empty circuit"))?;

        let mut stages = Vec::with_capacity(run.stages.len());
        let mut seen = Vec::new();
        for stage in &run.stages {
            let values = unpack(&stage.slots, stride, index, row.len());
            let truth = circuit.get(stage.node).ok_or_else(|| Error::internal("a stage without a node"))?;
            stages.push((stage.name.clone(), stage.level, largest(&distances(&values, truth))));
            seen = values;
        }
        Ok(RowErrors {
            total: distances(&seen, &exact),
            approximation: largest(&distances(computed, &exact)),
            encryption: distances(&seen, computed),
            stages,
            order_violations: self.order_violations(&unit, &seen),
        })
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

fn distances<T>(seen: &[T], truth: &[Float]) -> Vec<f64>
where
    Float: Assign<T>,
    T: Clone,
{
    let distance = |(x, y): (&T, &Float)| (Float::with_val(PRECISION, x.clone()) - y).abs().to_f64();
    seen.iter().zip(truth).map(distance).collect()
}

/// The largest, and NaN if one is: a NaN must not pass for a small error.
fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |largest, &x| if x.is_nan() || x > largest { x } else { largest })
}

/// The errors of all rows so far.
#[derive(Default)]
struct Tally {
    slots: u64,
    total_max: f64,
    total_sum: f64,
    approximation_max: f64,
    encryption_max: f64,
    encryption_sum: f64,
    order_violations: u64,
    stages: Vec<(String, usize, f64)>,
}

impl Tally {
    fn add(&mut self, row: RowErrors) {
        self.slots += row.total.len() as u64;
        self.total_max = largest(&[self.total_max, largest(&row.total)]);
        self.total_sum += row.total.iter().sum::<f64>();
        self.approximation_max = largest(&[self.approximation_max, row.approximation]);
        self.encryption_max = largest(&[self.encryption_max, largest(&row.encryption)]);
        self.encryption_sum += row.encryption.iter().sum::<f64>();
        self.order_violations += row.order_violations;
        for (name, level, error) in row.stages {
            match self.stages.iter_mut().find(|(known, ..)| *known == name) {
                Some((.., most)) => *most = largest(&[*most, error]),
                None => self.stages.push((name, level, error)),
            }
        }
    }

    fn write(
        self,
        plan: &PlanDocument,
        backend: &str,
        scores: ScoresUsed,
        seed: u64,
        seconds: ValidationSeconds,
    ) -> Result<Validation> {
        let chosen = &plan.chosen;
        let slots = self.slots.max(1) as f64;
        let mean = |sum: f64| sum / slots;
        let stage = |(name, level, observed_max): (String, usize, f64)| {
            let planned = chosen.stages.iter().find(|s| s.name == name);
            let bound = planned.ok_or_else(|| Error::internal(format!("stage {name} has no bound")))?.bound.clone();
            Ok(StageRecord { name, level, observed_max, bound })
        };
        let stages = self.stages.into_iter().map(stage).collect::<Result<_>>()?;
        let mut validation = Validation {
            plan_sha256: plan.sha256(),
            backend: backend.into(),
            parameters: chosen.ckks.clone(),
            seed,
            scores,
            slots_checked: self.slots,
            observed_max: self.total_max,
            observed_mean_bits: -mean(self.total_sum).max(f64::MIN_POSITIVE).log2(),
            approximation_max: self.approximation_max,
            encryption_max: self.encryption_max,
            encryption_mean: mean(self.encryption_sum),
            bound: chosen.error.total.clone(),
            slack_bits: (f64_above(&chosen.error.total.0) / self.total_max.max(f64::MIN_POSITIVE)).log2(),
            verdict: OUTSIDE.into(),
            order_violations: self.order_violations,
            stages,
            seconds,
        };
        // The order has a figure of its own; the verdict is about errors.
        let outside = Validation { order_violations: 0, ..validation.clone() };
        if outside.violations().is_empty() {
            validation.verdict = WITHIN.into();
        }
        Ok(validation)
    }
}
