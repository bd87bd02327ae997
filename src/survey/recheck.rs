//! Deriving a survey again from its specification and its figures, without the scores.

use super::document::{PlanRow, PowerRow, Survey, SurveyRow, ValidationRow};
use super::group::{Group, epsilon_row, promise};
use super::notes::notes;
use super::sharing::sharing;
use crate::attention::RowShape;
use crate::document::first_difference;
use crate::encrypted::backend;
use crate::error::{Error, Result};
use crate::plan::{EpsilonChoice, OneOrMany, Spec, SpecSource, plan};
use crate::real::{Exact, f64_above};
use rayon::prelude::*;

/// A mass lost may differ from that of its row mean, whose logarithm is what the document has, by this part.
const ROUNDING: f64 = 1e-9;

/// Checks a survey: its groups, what sharing costs and its notes, and in every row each ε, and each plan, which is searched for and
/// certified anew for its power, ε and R; a validation must be within the plan's bound.
///
/// The row means, the sharpness and why a group has no plan rest on the scores, which the document does not have; they are taken as
/// they are. Returns what was checked, in words.
///
/// # Errors
/// [`Error::NotCertified`] naming the group and the field that does not hold; [`Error::OutsideBound`] where a run lies outside.
pub fn recheck_survey(survey: &Survey) -> Result<String> {
    survey.spec.check().map_err(|e| e.at("spec"))?;
    check_groups(survey)?;
    let at = |row: &SurveyRow| group(row).name();
    survey.rows.iter().try_for_each(|row| check_row(survey, row).map_err(|e| e.at(at(row))))?;
    same("sharing", &survey.sharing, &sharing(survey), "another follows from the rows")?;
    require(survey.notes == notes(survey), "notes", "others follow from the rows")?;
    let plan_again = |row: &SurveyRow| check_plans(&survey.spec, row).map_err(|e| e.at(at(row)));
    survey.rows.par_iter().map(plan_again).collect::<Result<()>>()?;
    let plans = survey.rows.iter().flat_map(|row| &row.powers).filter(|power| power.plan.is_some()).count();
    let ran: Vec<&ValidationRow> = survey.rows.iter().filter_map(|row| row.validation.as_ref()).collect();
    match ran.iter().filter(|run| !run.violations.is_empty()).count() {
        0 => Ok(format!("survey: {plans} plans of {} groups found again; {}", survey.rows.len(), runs(&ran))),
        count => Err(Error::OutsideBound(format!("{count} plans do not hold on their rows"))),
    }
}

fn runs(ran: &[&ValidationRow]) -> String {
    let caveat =
        ran.iter().find_map(|run| run.caveat.as_ref()).map(|caveat| format!(" ({caveat})")).unwrap_or_default();
    format!("{} run, each within its bound{caveat}", ran.len())
}

fn group(row: &SurveyRow) -> Group {
    Group { level: row.level, layer: row.layer, head: row.head }
}

/// Layers and heads that the specification chooses.
fn chosen(survey: &Survey) -> Vec<(usize, usize)> {
    let ([layers, heads, ..], attention) = (survey.shape, &survey.spec.attention);
    let is_chosen = |(layer, head): &(usize, usize)| {
        attention.layer.is_none_or(|l| l == *layer) && attention.head.is_none_or(|h| h == *head)
    };
    (0..layers).flat_map(|layer| (0..heads).map(move |head| (layer, head))).filter(is_chosen).collect()
}

fn check_groups(survey: &Survey) -> Result<()> {
    let groups = Group::all(&chosen(survey), survey.by);
    require(survey.groups == groups.len() as u64, "groups", "not those of the shape and the level")?;
    let found: Vec<Group> = survey.rows.iter().map(group).collect();
    let expected: Vec<Group> = groups.into_iter().filter(|group| found.contains(group)).collect();
    let mut sorted = expected.clone();
    sorted.sort_by_key(|group| (group.level, group.layer, group.head));
    require(found == sorted, "rows", "not groups of this survey, in order and each once")?;
    let missing = survey.groups - found.len() as u64;
    require(survey.missing == missing, "missing", "not the groups that are not here")
}

fn check_row(survey: &Survey, row: &SurveyRow) -> Result<()> {
    let spec = &survey.spec;
    let given = spec.attention.score_bound.as_ref();
    require(given.is_none_or(|bound| *bound == row.score_bound), "score_bound", "the specification has another")?;
    let heads = chosen(survey)
        .into_iter()
        .filter(|(layer, head)| row.layer.is_none_or(|l| l == *layer) && row.head.is_none_or(|h| h == *head));
    let [.., queries, _] = survey.shape;
    require(row.rows == (heads.count() * queries) as u64, "rows", "not those of the shape")?;
    require(row.rows_above_bound <= row.rows, "rows_above_bound", "more than there are rows")?;
    if row.score_bound.0 > 0 {
        let powers = row.powers.iter().map(|power| power.p);
        require(powers.eq(spec.attention.p.as_slice().iter().copied()), "powers", "not those of the specification")?;
    }
    for (index, power) in row.powers.iter().enumerate() {
        check_power(spec, row, power).map_err(|e| e.at(format!("powers[{index}]")))?;
    }
    check_chosen(row)?;
    check_validation(survey, row)
}

fn check_power(spec: &Spec, row: &SurveyRow, power: &PowerRow) -> Result<()> {
    let means = &power.means;
    let [smallest, low, median, largest] = [means.log2_smallest, means.log2_low, means.log2_median, means.log2_largest]
        .map(|log2| log2.map_or(0.0, f64::exp2));
    require(smallest <= low && low <= median && median <= largest, "means", "they are out of order")?;
    let length = spec.attention.length.as_slice().iter().copied().max().unwrap_or(1);
    let shape = RowShape::new(length, row.score_bound.0.clone(), power.p)?;
    let promise = promise(spec, power.p);
    let epsilons = spec.epsilons();
    let fresh =
        epsilons.iter().flatten().map(|epsilon| epsilon_row(epsilon, &shape, [smallest, low, median], &promise));
    same("epsilons", &power.epsilons, &fresh.collect::<Vec<_>>(), "another follows from ε and the row means")?;
    let Some(stated) = &power.plan else { return Ok(()) };
    let most = spec.target.max_mass_lost.as_ref();
    let kept = most.is_none_or(|most| stated.mass_lost_low.as_ref().is_some_and(|lost| lost <= most));
    require(kept, "plan.mass_lost_low", "above the target's max_mass_lost")?;
    if let (Some(lost), [_]) = (&stated.mass_lost_low, spec.attention.length.as_slice()) {
        let unit = stated.epsilon.unit.as_ref().map_or(0.0, |unit| unit.0.to_f64());
        let follows = (lost.to_f64() - unit / (low + unit)).abs() <= ROUNDING;
        require(follows, "plan.mass_lost_low", "another follows from ε and the row mean")?;
    }
    require(stated.p == power.p, "plan.p", "it is for another power")
}

/// Every plan of a row, searched for and certified anew.
fn check_plans(spec: &Spec, row: &SurveyRow) -> Result<()> {
    for (index, stated) in
        row.powers.iter().enumerate().filter_map(|(index, power)| Some((index, power.plan.as_ref()?)))
    {
        let fresh = planned(spec, &row.score_bound, stated)?;
        same("plan", &PlanRow { mass_lost_low: None, ..stated.clone() }, &fresh, "the search finds another")
            .map_err(|e| e.at(format!("powers[{index}]")))?;
    }
    Ok(())
}

/// The best plan for the power and ε of a plan, without the scores.
fn planned(spec: &Spec, bound: &Exact, stated: &PlanRow) -> Result<PlanRow> {
    let shape =
        RowShape::new(spec.attention.length.as_slice().iter().copied().max().unwrap_or(1), bound.0.clone(), stated.p)?;
    let unit = stated.epsilon.unit.as_ref();
    let listed =
        spec.epsilons().into_iter().find(|e| e.as_ref().map(|e| e.unit(&shape)).as_ref() == unit.map(|unit| &unit.0));
    let Some(epsilon) = listed else { return Err(unproved("plan.epsilon", "the specification does not list it")) };
    let mut spec = spec.clone();
    let attention = &mut spec.attention;
    attention.p = OneOrMany::One(stated.p);
    attention.epsilon = epsilon.map(|e| EpsilonChoice { form: e.form, value: OneOrMany::One(e.value) });
    (attention.scores, attention.layer, attention.head) = (None, None, None);
    spec.target.max_mass_lost = None;
    match plan(&SpecSource::with_bound(spec, bound.0.clone())?) {
        Ok(document) => Ok(PlanRow::from(&document.chosen)),
        Err(Error::NoSolution(why)) => Err(unproved("plan", &format!("the search finds none: {why}"))),
        Err(other) => Err(other),
    }
}

/// The plan of the row is the best of its powers.
fn check_chosen(row: &SurveyRow) -> Result<()> {
    let merit = |plan: &PlanRow| (plan.bootstraps, plan.depth, plan.log_n, plan.products, plan.total.0.clone());
    let plans = || row.powers.iter().filter_map(|power| power.plan.as_ref());
    let best = plans().map(merit).min();
    require(row.chosen.is_some() != row.reason.is_some(), "reason", "a plan or a reason is needed, and not both")?;
    let is_one = row.chosen.as_ref().is_none_or(|chosen| plans().any(|plan| plan == chosen));
    require(is_one, "chosen", "not the plan of any power")?;
    require(row.chosen.as_ref().map(merit) == best, "chosen", "the rule of choice prefers another")
}

fn check_validation(survey: &Survey, row: &SurveyRow) -> Result<()> {
    let by = survey.validated_by.as_ref().filter(|_| row.level == survey.by);
    let (Some(by), Some(plan)) = (by, &row.chosen) else {
        return require(row.validation.is_none(), "validation", "this survey runs no plan of this row");
    };
    let Some(run) = &row.validation else { return Err(unproved("validation", "this survey runs this plan")) };
    let bound = f64_above(&plan.total.0);
    let slack = (bound / run.observed_max.max(f64::MIN_POSITIVE)).log2();
    let caveat = backend(&by.backend)?.evidence().caveat();
    let [.., keys] = survey.shape;
    let slots = row.rows * keys as u64;
    let is_error = run.observed_max.is_finite() && run.observed_max >= 0.0;
    let inside = run.observed_max <= bound;
    let within = run.verdict == "within bound";
    require(is_error, "validation.observed_max", "an error is no number, or below 0")?;
    require(
        run.slots_checked > 0 && run.slots_checked <= slots,
        "validation.slots_checked",
        "not weights of these rows",
    )?;
    require((run.slack_bits - slack).abs() <= 1e-6, "validation.slack_bits", "not that of the bound and the error")?;
    require(run.caveat == caveat, "validation.caveat", "not that of the backend")?;
    require(inside || !within, "validation.verdict", "the error is above the plan's bound")?;
    let silent = run.violations.is_empty();
    require(!silent || within && run.order_violations == 0, "validation.violations", "they do not say what is outside")
}

fn same<T: serde::Serialize>(field: &str, stated: &T, fresh: &T, reason: &str) -> Result<()> {
    match first_difference(stated, fresh, &["mass_lost_low"]) {
        None => Ok(()),
        Some(path) if path.is_empty() || path.starts_with('[') => Err(unproved(&format!("{field}{path}"), reason)),
        Some(path) => Err(unproved(&format!("{field}.{path}"), reason)),
    }
}

fn require(holds: bool, field: &str, reason: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(unproved(field, reason)) }
}

fn unproved(field: &str, reason: &str) -> Error {
    Error::NotCertified(format!("field '{field}' does not hold: {reason}"))
}
