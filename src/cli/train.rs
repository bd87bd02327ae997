//! `polyattn train`.

use super::arguments::{Output, SpecFile, bits};
use super::progress::Progress;
use super::survey::spec_and_scores;
use crate::document::{Document, Provenance};
use crate::error::Result;
use crate::survey::{HeadGoal, TrainingGoal, TrainingGoals};
use std::fmt::Write;
use std::path::PathBuf;

/// Tell those who train what to reach: the ε, R and range of row means that a budget of levels serves
///
/// The inverse of `plan`: for each power the largest κ = b/a that a circuit of so many rescalings, scores to weights, serves at the
/// target, and from it the smallest ε, or beside each ε of the specification the smallest row mean. Each answer is a
/// specification for which `plan` found a plan within the budget. With scores, by which factor the largest |score| of each head must
/// fall. It trains nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn train examples/minilm.toml --levels 9
  polyattn train examples/minilm.toml --levels 12 --set target.max_error=2^-8 -o goals.json")]
pub struct Args {
    #[command(flatten)]
    spec: SpecFile,
    /// Other scores than the specification's
    #[arg(long, value_name = "SCORES.npy")]
    scores: Option<PathBuf>,
    /// Rescalings from scores to weights, at most
    #[arg(long, value_name = "N")]
    levels: u32,
    #[command(flatten)]
    output: Output,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let text = args.spec.read()?;
    let (spec, scores) = spec_and_scores(&text, args.scores.as_deref())?;
    let progress = Progress::new();
    progress.step(&format!("searching within {} levels", args.levels));
    let provenance = Provenance::new(&(&spec, args.levels), None);
    let body = TrainingGoals::find(spec, scores.as_ref(), args.levels).map_err(|e| text.locate(e))?;
    drop(progress);
    let summary = summary(&body);
    args.output.write(&Document::new(body, provenance), &summary)
}

fn summary(goals: &TrainingGoals) -> String {
    let mut text = format!("budget       {} rescalings, R = {}\n", goals.levels, goals.score_bound.to_f64());
    text.extend(goals.goals.iter().map(goal));
    for note in &goals.notes {
        let _ = writeln!(text, "note         {note}");
    }
    text
}

fn goal(goal: &TrainingGoal) -> String {
    let epsilon = goal.epsilon.unit.as_ref().map_or("none".into(), |unit| bits(unit.to_f64()));
    let Some(plan) = &goal.plan else {
        let (p, reason) = (goal.p, goal.reason.as_deref().unwrap_or_default());
        return format!("p = {p:<2}       {}: not met; {reason}\n", goal.free);
    };
    let means = goal.log2_means[0].map_or("0".into(), |log2| format!("2^{log2:.2}"));
    let found = if goal.free == "epsilon" { "smallest ε" } else { "with ε" };
    let mut text = format!(
        "p = {:<2}       {found} = {epsilon} (unit form): every row mean from {means} to 1, κ = 2^{:.2}\n             \
         met by plan: depth {}, N = 2^{}, log QP = {}, error {}\n             binds: {}\n",
        goal.p,
        plan.log2_kappa,
        plan.depth,
        plan.log_n,
        plan.log_qp,
        bits(plan.total.to_f64()),
        goal.binds
    );
    if let Some(bound) = &goal.score_bound_alone {
        let _ = writeln!(text, "             without a smallest mean this ε needs R up to {:.4}", bound.to_f64());
    }
    text.extend(goal.heads.iter().map(head));
    text
}

fn head(head: &HeadGoal) -> String {
    let target = match head.shrink {
        Some(shrink) if shrink > 1.0 => {
            format!(
                "largest |x| {:.2} must fall by {shrink:.2}, to {:.2}",
                head.largest_score,
                head.largest_score / shrink
            )
        }
        Some(_) => format!("largest |x| {:.2} may stay", head.largest_score),
        None => "a row of zeros never reaches the smallest mean".into(),
    };
    let (layer, head, lost) = (head.layer, head.head, head.mass_lost_low * 100.0);
    format!("             layer {layer}, head {head}: {target}; ε takes {lost:.1} % of the 1 % row as it is\n")
}
