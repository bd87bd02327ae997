//! A whole model in one run: for every head (or layer, or the model) its ranges, its sharpness beside softmax, a plan of its own,
//! and what it costs to share one plan.
//!
//! And the inverse question: what training must reach for a budget of levels.
//!
//! Every group of rows is examined by itself, so that shards can be run anywhere and merged.

mod document;
#[cfg(feature = "plots")]
mod figure;
mod goal;
mod group;
mod markdown;
mod notes;
mod recheck;
mod recheck_goals;
mod run;
mod sharing;
mod training;

pub use document::{
    EpsilonRow, Level, MassLostRow, PlanRow, PowerRow, RowMeans, Sharing, Survey, SurveyRow, ValidatedBy, ValidationRow,
};
pub use recheck::recheck_survey;
pub use recheck_goals::recheck_goals;
pub use run::{SurveyRun, merge};
pub use training::{HeadGoal, TrainingGoal, TrainingGoals};
