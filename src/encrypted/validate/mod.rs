//! Validation: the plan's circuit on real ciphertexts, every slot against the exact map and against the bound.

mod consistency;
mod drawn;
mod key_aware;
mod record;
mod reference;
mod tally;

use super::backend::Backend;
use super::evidence::Evidence;
use super::packing::pack;
use super::seed::Seed;
use crate::error::{Error, Result};
use crate::plan::{Job, PlanDocument, Rows, recheck_chosen};
pub use drawn::drawn;
pub use key_aware::KeyAwareRecord;
use key_aware::{KeyAware, KeyAwareTally};
use rayon::prelude::*;
pub use record::{PowersRecord, ScoresUsed, StageRecord, Validation, ValidationSeconds};
use reference::{Reference, RowErrors};
use tally::Tally;

/// Runs the chosen plan on each set of rows (one for each length) and compares every weight.
///
/// # Errors
/// [`Error::Input`] for rows outside the plan's domain or lengths; the backend's errors. A bound that does not hold is no
/// error here: it is the verdict.
pub fn validate(
    plan: &PlanDocument,
    sets: &[Rows],
    scores: ScoresUsed,
    backend: &dyn Backend,
    seed: impl Into<Seed>,
    progress: &dyn Fn(&str),
) -> Result<Validation> {
    compared(plan, sets, scores, backend, seed.into(), false, progress)
}

/// As [`validate`], and compares every weight with what the key of the run lets expect as well.
///
/// # Errors
/// As [`validate`]; [`Error::Input`] for a backend other than `ckks` and `simulated`, whose keys are not known here, and for keys from
/// the operating system's entropy.
pub fn validate_key_aware(
    plan: &PlanDocument,
    sets: &[Rows],
    scores: ScoresUsed,
    backend: &dyn Backend,
    seed: impl Into<Seed>,
    progress: &dyn Fn(&str),
) -> Result<Validation> {
    if !["ckks", "simulated"].contains(&backend.name()) {
        let found = backend.name();
        return Err(Error::input(format!("--key-aware: expected the backend ckks or simulated, found {found}")));
    }
    compared(plan, sets, scores, backend, seed.into(), true, progress)
}

fn compared(
    plan: &PlanDocument,
    sets: &[Rows],
    mut scores: ScoresUsed,
    backend: &dyn Backend,
    seed: Seed,
    key_aware: bool,
    progress: &dyn Fn(&str),
) -> Result<Validation> {
    // Keys are made from the plan's numbers, so they are proved first: a forged plan must not run for hours.
    recheck_chosen(plan)?;
    if sets.iter().all(|set| set.rows.is_empty()) {
        return Err(Error::input("expected at least one row of scores, found none"));
    }
    let chosen = &plan.chosen;
    let job = Job::of(chosen, &plan.spec)?;
    let chain = chosen.ckks.chain()?;
    for set in sets {
        set.check(&job.bound, plan.spec.attention.length.as_slice())?;
        set.check_means(&job.row_domain(&plan.spec, set.keys as u32)?, &job.bound, job.power)?;
        set.check_means(&job.first_domain(&plan.spec, set.keys as u32)?, &job.bound, job.first_power())?;
    }
    let mut tally = Tally::default();
    tally.key_aware = key_aware.then(KeyAwareTally::default);
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
        if !matches!(backend.evidence(), Evidence::Powers(_)) {
            tally.substitution = backend.substitution(&placed)?;
            tally.expect_stages(&placed, &job, &set.rows)?;
            tally.refreshed += u64::from(chosen.refreshed) * runs.len() as u64;
        }
        let given = key_aware.then(|| KeyAware::new(plan, &job, &placed, &set.rows, seed)).transpose()?;
        for (batch, (rows, run)) in batches.iter().zip(&runs).enumerate() {
            let compared: Vec<RowErrors> = rows
                .par_iter()
                .enumerate()
                .map(|(index, row)| reference.compare(row, index, run))
                .collect::<Result<_>>()?;
            for (index, errors) in compared.into_iter().enumerate() {
                if let (Some(tally), Some(given)) = (&mut tally.key_aware, &given) {
                    tally.add(&errors.encryption, given.row(batch * placed.rows() + index));
                }
                tally.add(errors);
            }
        }
    }
    tally.write(plan, backend, scores, seed, seconds)
}
