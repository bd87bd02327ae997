//! Deriving a comparison again from its specification, and holding what was run against its bounds.

use super::document::{Comparison, ComparisonRow, Measured};
use super::run::{Examined, examined, setting, written};
use super::setting::Setting;
use super::trial::{Trial, WITHIN};
use crate::attention::EpsilonForm;
use crate::circuit::Cost;
use crate::document::first_difference;
use crate::encrypted::{Backend, CkksBackend};
use crate::error::{Error, Result};
use crate::plan::{EpsilonChoice, OneOrMany, SpecSource};
use crate::real::f64_above;

/// What is of one run, and held against its bound in place of being made again.
const OF_A_RUN: [&str; 3] = ["measured", "not_run", "warnings"];
/// What rests on rows, which a document that names scores does not have.
const OF_ROWS: [&str; 7] = ["spec", "max_error", "noise_bits", "fits", "note", "rows_measured", "rows_source"];

/// Checks a comparison: every row is derived anew from the specification and compared field by field, every bound of a run is
/// analysed anew, and every error observed must lie within it. It cannot tell whether a run took place.
///
/// Where the specification names scores, which the document does not hold, what rests on them is taken as it is; the plan and all
/// counts are derived anew. Returns what was checked, in words.
///
/// # Errors
/// [`Error::NotCertified`] naming the field that does not hold; [`Error::OutsideBound`] for a run outside its bound.
pub fn recheck_comparison(stated: &Comparison) -> Result<String> {
    stated.spec.check().map_err(|e| e.at("spec"))?;
    let on_scores = stated.spec.attention.scores.is_some();
    let setting = setting(&source(stated)?, Some(stated.length), &|_| ())?;
    let examined = examined(&setting, &|_| ())?;
    let fresh = written(&setting, examined.iter().map(|examined| examined.row.clone()).collect());
    let skipped: Vec<&str> = OF_A_RUN.into_iter().chain(OF_ROWS.into_iter().filter(|_| on_scores)).collect();
    differs(stated, &fresh, &skipped)?;
    if let (Some(of_plan), Some(fresh)) = (stated.rows.first(), fresh.rows.first()) {
        // The plan's error is a bound for any row, and so is its verdict.
        let skipped: Vec<&str> = OF_A_RUN.into_iter().chain(["noise_bits"].into_iter().filter(|_| on_scores)).collect();
        differs(of_plan, fresh, &skipped).map_err(|e| e.at(&of_plan.system))?;
    }
    let was_run = stated.rows.iter().any(|row| row.measured.is_some() || row.not_run.is_some());
    if was_run {
        for (row, examined) in stated.rows.iter().zip(&examined) {
            check_run(stated, row, examined, &setting).map_err(|e| e.at(&row.system))?;
        }
    }
    let rewritten = written(&setting, stated.rows.clone());
    require(stated.warnings == rewritten.warnings, "warnings", "others follow from what was run")?;
    match stated.violations().as_slice() {
        [] => Ok(summary(stated, on_scores)),
        outside => Err(Error::OutsideBound(outside.join("; "))),
    }
}

/// The specification, with the map that was chosen where it was chosen by scores.
fn source(stated: &Comparison) -> Result<SpecSource> {
    let mut spec = stated.spec.clone();
    let attention = &mut spec.attention;
    let given = attention.score_bound.as_ref();
    require(given.is_none_or(|bound| *bound == stated.score_bound), "score_bound", "the specification has another")?;
    let lengths = attention.length.as_slice();
    require(lengths.contains(&stated.length), "length", "the specification does not list it")?;
    if attention.scores.take().is_some() {
        require(attention.p.as_slice().contains(&stated.p), "p", "the specification does not list it")?;
        attention.p = OneOrMany::One(stated.p);
        attention.epsilon = attention.epsilon.take().map(|choice| chosen(&choice, stated)).transpose()?;
        (attention.layer, attention.head) = (None, None);
        spec.target.max_mass_lost = None;
    }
    SpecSource::with_bound(spec, stated.score_bound.0.clone())
}

/// The ε of a choice that a comparison is for.
fn chosen(choice: &EpsilonChoice, stated: &Comparison) -> Result<EpsilonChoice> {
    let value = match choice.form {
        EpsilonForm::Sum => &stated.epsilon.sum,
        EpsilonForm::Mean => &stated.epsilon.mean,
        EpsilonForm::Unit => &stated.epsilon.unit,
    };
    let listed = value.as_ref().filter(|value| choice.value.as_slice().contains(value));
    let listed = listed.ok_or_else(|| unproved("epsilon", "the specification does not list it"))?;
    Ok(EpsilonChoice { form: choice.form, value: OneOrMany::One(listed.clone()) })
}

/// What was run, or why it was not, against what the analyser says of its circuit.
fn check_run(stated: &Comparison, row: &ComparisonRow, examined: &Examined, setting: &Setting) -> Result<()> {
    let on_scores = stated.spec.attention.scores.is_some();
    let bounded = match &examined.trial {
        Ok(trial) => trial.bounded(setting).map(|bounded| (trial, bounded)),
        Err(why) => Err(Error::NoSolution(why.clone())),
    };
    match (&row.measured, &row.not_run, bounded) {
        (Some(run), None, Ok((trial, bounded))) => {
            check_figures(stated, run, trial)?;
            if on_scores {
                return Ok(());
            }
            require(run.bound == bounded.bound, "measured.bound", "the analyser finds another")?;
            require(run.bound_over == bounded.over, "measured.bound_over", "the analyser's is for other rows")?;
            let bits = bounded.predicted.map(|mean| -mean.log2());
            let same = first_difference(&run.predicted_mean_bits, &bits, &[]).is_none();
            require(same, "measured.predicted_mean_bits", "another value follows from the circuit")
        }
        (None, Some(why), Err(Error::NoSolution(found))) if on_scores || *why == found => Ok(()),
        (_, _, Err(other)) if !matches!(other, Error::NoSolution(_)) => Err(other),
        _ if on_scores => Ok(()),
        (Some(_), ..) => Err(unproved("measured", "this circuit cannot be run")),
        _ => Err(unproved("not_run", "not what keeps the circuit from being run")),
    }
}

/// A record must not contradict itself.
fn check_figures(stated: &Comparison, run: &Measured, trial: &Trial) -> Result<()> {
    let slots = u64::from(stated.rows_measured) * u64::from(stated.length);
    let ciphertexts = (stated.rows_measured as usize).div_ceil(trial.placed.rows()) as u64;
    let refreshed = u64::from(Cost::of(&trial.placed.circuit, stated.length).refreshed) * ciphertexts;
    let is_error = run.observed_max.is_finite() && run.observed_max >= 0.0;
    // A mean is at most the largest, up to rounding.
    let mean_is_below = -run.observed_mean_bits <= run.observed_max.max(f64::MIN_POSITIVE).log2() + 1e-9;
    require(run.backend == CkksBackend.name(), "measured.backend", "systems are run on another")?;
    require(run.slots_checked == slots, "measured.slots_checked", "not the number of weights in the rows")?;
    require(run.refreshed == refreshed, "measured.refreshed", "not what the circuit refreshes")?;
    require(is_error, "measured.observed_max", "an error is no number, or below 0")?;
    require(mean_is_below, "measured.observed_mean_bits", "the mean is above the largest error")?;
    // What is noise and no error is approximation, and that is within the bound.
    let noise_is_below = (-run.noise_mean_bits).exp2() <= (run.observed_max + f64_above(&run.bound)) * (1.0 + 1e-9);
    require(
        noise_is_below,
        "measured.noise_mean_bits",
        "the mean noise is above the largest error and the bound together",
    )?;
    require(run.seconds.keys >= 0.0 && run.seconds.evaluate >= 0.0, "measured.seconds", "a time is below 0")?;
    let agrees = (run.verdict == WITHIN) == run.is_within();
    require(agrees, "measured.verdict", "it contradicts the error and the bound")
}

fn summary(stated: &Comparison, on_scores: bool) -> String {
    let ran = stated.rows.iter().filter(|row| row.measured.is_some()).count();
    let run = if ran > 0 { format!("; {ran} run, each within its bound") } else { String::new() };
    let scores = if on_scores { "; what rests on the scores is taken as it is" } else { "" };
    format!("comparison: {} rows derived again{run}{scores}", stated.rows.len())
}

fn differs<T: serde::Serialize>(stated: &T, fresh: &T, skipped: &[&str]) -> Result<()> {
    match first_difference(stated, fresh, skipped) {
        None => Ok(()),
        Some(field) => Err(unproved(&field, "another value follows from the specification")),
    }
}

fn require(holds: bool, field: &str, reason: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(unproved(field, reason)) }
}

fn unproved(field: &str, reason: &str) -> Error {
    Error::NotCertified(format!("field '{field}' does not hold: {reason}"))
}
