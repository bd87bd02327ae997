//! Validation: the plan's circuit on real ciphertexts, every slot against the exact map and against the bound.

mod record;
mod reference;

use super::backend::Backend;
use super::evidence::Evidence;
use super::packing::pack;
use crate::circuit::ModulusChain;
use crate::error::{Error, Result};
use crate::plan::{CkksParameters, Job, PlanDocument, Rows, recheck_chosen};
use crate::real::f64_above;
use rayon::prelude::*;
use record::{OUTSIDE, WITHIN};
pub use record::{PowersRecord, ScoresUsed, StageRecord, Validation, ValidationSeconds};
use reference::{Reference, RowErrors, largest};

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
        let reference = Reference::new(plan, &job, &placed, backend.evidence())?;
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
    tally.write(plan, backend, scores, seed, seconds)
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
        backend: &dyn Backend,
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
        let powers = match backend.evidence() {
            Evidence::Powers(quantiser) => Some(PowersRecord::new(chosen.p, quantiser)?),
            Evidence::Ciphertexts | Evidence::Unencrypted(_) => None,
        };
        let mut validation = Validation {
            plan_sha256: plan.sha256(),
            backend: backend.name().into(),
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
