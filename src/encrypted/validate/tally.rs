//! The errors of all rows, and the record that they make.

use super::key_aware::KeyAwareTally;
use super::record::{OUTSIDE, PowersRecord, ScoresUsed, StageRecord, Validation, ValidationSeconds, WITHIN};
use super::reference::{RowErrors, StageErrors, largest};
use crate::circuit::PlacedCircuit;
use crate::encrypted::backend::Backend;
use crate::encrypted::evidence::Evidence;
use crate::encrypted::seed::Seed;
use crate::error::{Error, Result};
use crate::noise::predict_stages;
use crate::plan::{Job, PlanDocument};
use crate::real::f64_above;

/// The errors of all rows so far.
#[derive(Default)]
pub(super) struct Tally {
    slots: u64,
    total_max: f64,
    total_sum: f64,
    approximation_max: f64,
    encryption_max: f64,
    encryption_sum: f64,
    order_violations: u64,
    stages: Vec<StageTally>,
    /// Errors against what the key lets expect, where that was asked for.
    pub key_aware: Option<KeyAwareTally>,
    /// Ciphertexts that were refreshed.
    pub refreshed: u64,
    /// What ran in place of the plan's primes.
    pub substitution: Option<String>,
}

/// One stage of all rows so far.
struct StageTally {
    name: String,
    level: usize,
    max: f64,
    sum: f64,
    /// The sum of the |errors| that were predicted.
    predicted: f64,
}

impl Tally {
    /// Adds the errors that are predicted at each stage of `rows`.
    pub(super) fn expect_stages(&mut self, placed: &PlacedCircuit, job: &Job, rows: &[Vec<f64>]) -> Result<()> {
        let bound = job.bound.to_f64();
        let unit: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().map(|x| x / bound).collect()).collect();
        let slots: usize = rows.iter().map(Vec::len).sum();
        for stage in predict_stages(placed, &unit)? {
            let predicted = stage.mean * slots as f64;
            match self.stages.iter_mut().find(|known| known.name == stage.name) {
                Some(known) => known.predicted += predicted,
                None => {
                    let level = placed.placements.get(stage.node).map_or(0, |place| place.level);
                    self.stages.push(StageTally { name: stage.name, level, max: 0.0, sum: 0.0, predicted });
                }
            }
        }
        Ok(())
    }

    pub(super) fn add(&mut self, row: RowErrors) {
        self.slots += row.total.len() as u64;
        self.total_max = largest(&[self.total_max, largest(&row.total)]);
        self.total_sum += row.total.iter().sum::<f64>();
        self.approximation_max = largest(&[self.approximation_max, row.approximation]);
        self.encryption_max = largest(&[self.encryption_max, largest(&row.encryption)]);
        self.encryption_sum += row.encryption.iter().sum::<f64>();
        self.order_violations += row.order_violations;
        for StageErrors { name, max, sum } in row.stages {
            if let Some(stage) = self.stages.iter_mut().find(|known| known.name == name) {
                stage.max = largest(&[stage.max, max]);
                stage.sum += sum;
            }
        }
    }

    pub(super) fn write(
        self,
        plan: &PlanDocument,
        backend: &dyn Backend,
        scores: ScoresUsed,
        seed: Seed,
        seconds: ValidationSeconds,
    ) -> Result<Validation> {
        let chosen = &plan.chosen;
        let slots = self.slots.max(1) as f64;
        let mean = |sum: f64| sum / slots;
        let stage = |stage: StageTally| {
            let StageTally { name, level, max, sum, predicted } = stage;
            let planned = chosen.stages.iter().find(|s| s.name == name);
            let bound = planned.ok_or_else(|| Error::internal(format!("stage {name} has no bound")))?.bound.clone();
            let (observed_mean, predicted_mean) = (mean(sum), mean(predicted));
            Ok(StageRecord { name, level, observed_max: max, observed_mean, predicted_mean, bound })
        };
        let stages = self.stages.into_iter().map(stage).collect::<Result<_>>()?;
        let powers = match backend.evidence() {
            Evidence::Powers(quantiser) => Some(PowersRecord::new(chosen.p, quantiser)?),
            Evidence::Ciphertexts | Evidence::Unencrypted(_) => None,
        };
        let mut validation = Validation {
            plan_sha256: plan.sha256(),
            backend: backend.name().into(),
            parameters: chosen.ckks.clone(),
            seed: seed.number(),
            generator: backend.generator(seed).into(),
            substitution: self.substitution,
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
            refreshed: self.refreshed,
            stages,
            key_aware: self.key_aware.map(|tally| tally.write(plan)),
            powers,
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
