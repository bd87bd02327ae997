//! What the figures of a survey do not promise.

use super::document::{PlanRow, PowerRow, Survey, SurveyRow};

/// What the figures do not promise, with the numbers of the finest level.
pub(super) fn notes(survey: &Survey) -> Vec<String> {
    let finest = || survey.rows.iter().filter(|row| row.level == survey.by);
    let rows: u64 = finest().map(|row| row.rows).sum();
    let above: u64 = finest().map(|row| row.rows_above_bound).sum();
    let bound = match survey.spec.attention.score_bound {
        Some(_) => format!(
            "R is the specification's: {above} of the {rows} rows have a score above it, and no plan serves those."
        ),
        None => format!(
            "R is the largest |score| of these {rows} rows, so none of them lies outside. Another text may \
             exceed it, and then nothing is promised for that row."
        ),
    };
    let mut notes = vec![bound];
    if survey.spec.attention.epsilon.is_some() {
        let below: u64 = finest().filter_map(of_chosen).map(|power| power.means.rows_below_low).sum();
        notes.push(format!(
            "Mass lost is that of the row at the 1 % quantile of its group's means, a quantile of these rows alone. \
             Rows of the planned groups that lie below it and lose more: {below}. They are inside the domain: their \
             weights keep the error bound, against the map with this ε."
        ));
    }
    let promised: u64 = finest().filter_map(|row| row.powers.iter().map(|p| p.means.rows_below_promise).max()).sum();
    if survey.spec.attention.smallest_mean.0 > 0 || survey.spec.attention.smallest_mean_square.0 > 0 {
        notes.push(format!(
            "The promised smallest mean is not met by {promised} of the {rows} rows at the worst power: no plan serves \
             those, and nothing shows that other texts keep the promise."
        ));
    }
    notes
}

/// The power of the chosen plan.
fn of_chosen(row: &SurveyRow) -> Option<&PowerRow> {
    let plan: &PlanRow = row.chosen.as_ref()?;
    row.powers.iter().find(|power| power.p == plan.p)
}
