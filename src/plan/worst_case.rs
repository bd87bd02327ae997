//! The deterministic worst case of a plan's noise, on request.

use super::candidate::{Job, decimal_above};
use super::document::{Plan, PlanDocument};
use super::method::Method;
use super::spec::Spec;
use crate::error::{Error, Result};
use crate::noise::worst_case;
use crate::real::Exact;

impl PlanDocument {
    /// States the deterministic worst case of the chosen plan, wherever the plan is listed.
    ///
    /// # Errors
    /// [`Error::NoSolution`] where every rounding in its worst direction leaves no finite bound.
    pub fn state_worst_case(&mut self) -> Result<()> {
        let stated = largest(&self.chosen, &self.spec)?;
        let chosen = self.chosen.clone();
        let listed = self.best_per_p.iter_mut().chain(&mut self.pareto).filter(|plan| **plan == chosen);
        for plan in listed.chain([&mut self.chosen]) {
            plan.error.noise.worst_case = Some(stated.clone());
        }
        Ok(())
    }
}

/// Of a weight of any row, over all lengths.
pub(super) fn largest(plan: &Plan, spec: &Spec) -> Result<Exact> {
    if plan.method == Method::Staged {
        return Err(Error::input("--worst-case: only plans with one division have one"));
    }
    let (job, chain) = (Job::of(plan, spec)?, plan.ckks.chain()?);
    let of_length = |&length: &u32| {
        let placed = job.place(length, &chain, plan.ckks.scale_bits)?;
        worst_case(&placed, &job.row_domain(spec, length)?)
    };
    let each = spec.attention.length.as_slice().iter().map(of_length);
    let none = |e| match e {
        Error::NoSolution(why) => Error::NoSolution(format!("deterministic worst case: {why}")),
        other => other,
    };
    let all = each.collect::<Result<Vec<f64>>>().map_err(none)?;
    Ok(decimal_above(all.into_iter().fold(0.0, f64::max)))
}
