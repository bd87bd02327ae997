//! Deriving the goals of training again.

use super::training::{HeadGoal, TrainingGoal, TrainingGoals, notes};
use crate::document::first_difference;
use crate::error::{Error, Result};

/// Checks goals: every map is searched for and planned anew from the specification and the budget, and what follows for each head is
/// computed anew from its largest |score| and its row means, which are taken as they are. Returns what was checked, in words.
///
/// # Errors
/// [`Error::NotCertified`] naming the field that does not hold.
pub fn recheck_goals(stated: &TrainingGoals) -> Result<String> {
    stated.spec.check().map_err(|e| e.at("spec"))?;
    let given = stated.spec.attention.score_bound.as_ref();
    if given.is_some_and(|bound| *bound != stated.score_bound) {
        return Err(unproved("score_bound", "the specification has another"));
    }
    for (index, goal) in stated.goals.iter().enumerate() {
        check_heads(stated, goal).map_err(|e| e.at(format!("goals[{index}]")))?;
    }
    let mut spec = stated.spec.clone();
    let attention = &mut spec.attention;
    attention.score_bound = Some(stated.score_bound.clone());
    (attention.scores, attention.layer, attention.head) = (None, None, None);
    let mut fresh = TrainingGoals::find(spec, None, stated.levels).map_err(|e| match e {
        Error::Internal(_) => e,
        other => Error::NotCertified(format!("no goal follows from the specification: {other}")),
    })?;
    fresh.spec = stated.spec.clone();
    fresh.notes = notes(stated.goals.iter().any(|goal| !goal.heads.is_empty()));
    if let Some(field) = first_difference(stated, &fresh, &["heads"]) {
        return Err(unproved(&field, "another value follows from the specification"));
    }
    Ok(format!(
        "training-goals: {} goals derived and planned again within {} levels",
        stated.goals.len(),
        stated.levels
    ))
}

fn check_heads(stated: &TrainingGoals, goal: &TrainingGoal) -> Result<()> {
    let mean = |log2: Option<f64>| log2.map_or(0.0, f64::exp2);
    let derive = |head: &HeadGoal| {
        let means = [mean(head.log2_smallest), mean(head.log2_low)];
        goal.head_of(&stated.spec, (head.layer, head.head), head.largest_score, means)
    };
    let fresh: Vec<HeadGoal> = goal.heads.iter().map(derive).collect();
    match first_difference(&goal.heads, &fresh, &[]) {
        None => Ok(()),
        Some(field) => Err(unproved(&format!("heads{field}"), "another value follows from its row means")),
    }
}

fn unproved(field: &str, reason: &str) -> Error {
    Error::NotCertified(format!("field '{field}' does not hold: {reason}"))
}
