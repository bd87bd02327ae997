//! What sharing one plan costs.

use super::document::{Level, PlanRow, Sharing, Survey, SurveyRow};
use crate::real::log2;

/// Every group of the finest level beside the coarser groups that it belongs to, where both have a plan.
pub(super) fn sharing(survey: &Survey) -> Vec<Sharing> {
    let own = survey.rows.iter().filter(|row| row.level == survey.by);
    let shared = |row: &SurveyRow| {
        let coarser = survey.rows.iter().filter(|other| other.level > survey.by);
        let joins = |other: &&SurveyRow| other.level == Level::Model || other.layer == row.layer;
        coarser.filter(joins).cloned().collect::<Vec<_>>()
    };
    own.flat_map(|row| shared(row).into_iter().filter_map(|other| cost(row, &other))).collect()
}

fn cost(row: &SurveyRow, shared: &SurveyRow) -> Option<Sharing> {
    let (own, other) = (row.chosen.as_ref()?, shared.chosen.as_ref()?);
    let lost = |plan: &PlanRow, bound: &SurveyRow| mass_lost(row, plan, bound);
    Some(Sharing {
        layer: row.layer,
        head: row.head,
        with: shared.level,
        extra_depth: i64::from(other.depth) - i64::from(own.depth),
        extra_log_n: i64::from(other.log_n) - i64::from(own.log_n),
        extra_error_bits: log2(&other.total.0) - log2(&own.total.0),
        extra_mass_lost: lost(other, shared).zip(lost(own, row)).map(|(shared, own)| shared - own),
    })
}

/// What `plan`, whose R is that of `planned`, takes from the row of `row` at its 1 % quantile.
///
/// # Formula
/// m' = m·(R/R')^p for the row's mean under the plan's R', then ε'/(m' + ε'), ε' in unit form.
fn mass_lost(row: &SurveyRow, plan: &PlanRow, planned: &SurveyRow) -> Option<f64> {
    let epsilon = plan.epsilon.unit.as_ref().map_or(0.0, |unit| unit.0.to_f64());
    let log2_low = row.powers.iter().find(|power| power.p == plan.p)?.means.log2_low?;
    let scale = log2(&row.score_bound.0) - log2(&planned.score_bound.0);
    let mean = (log2_low + f64::from(plan.p) * scale).exp2();
    Some(epsilon / (mean + epsilon))
}
