//! What runs on ciphertexts say about a plan, and which runs are of another plan.

use super::ReportInput;
use super::model::Verdict;
use super::number;
use crate::document::Document;
use crate::encrypted::Validation;
use crate::error::{Error, Result};
use crate::plan::PlanDocument;
use crate::real::f64_above;
use serde_json::Value;

/// The validations of a plan, sorted by whether they are of this plan.
pub(super) struct Evidence {
    /// Runs of this plan.
    pub runs: Vec<Validation>,
    /// What is to be said of runs of this plan that were not of its circuit on ciphertexts: they count for nothing.
    pub caveats: Vec<String>,
    /// Hashes of other plans for which validations were given.
    pub strangers: Vec<String>,
    /// Everything that lies outside its bound, in words.
    pub violations: Vec<String>,
}

impl Evidence {
    /// Reads the validations given and the plan's own record.
    pub(super) fn gather(input: &ReportInput) -> Result<Self> {
        let plan = &input.plan.body;
        let sha256 = plan.sha256();
        let mut all: Vec<Validation> = input.validations.iter().map(|v| v.body.clone()).collect();
        if let Some(record) = &plan.chosen.validation {
            let record = read_record(record)?;
            if !all.contains(&record) {
                all.push(record);
            }
        }
        let (runs, strangers): (Vec<_>, Vec<_>) = all.into_iter().partition(|v| v.plan_sha256 == sha256);
        let (runs, others): (Vec<_>, Vec<_>) = runs.into_iter().partition(Validation::is_on_ciphertexts);
        let violations = runs.iter().flat_map(|run| violations(run, plan)).collect();
        let caveats = others.iter().filter_map(Validation::caveat).collect();
        Ok(Self { runs, caveats, strangers: strangers.into_iter().map(|v| v.plan_sha256).collect(), violations })
    }

    /// The verdict over all runs.
    pub(super) fn verdict(&self) -> Verdict {
        Verdict::of(self.runs.len(), !self.violations.is_empty())
    }

    /// The verdict in a sentence.
    pub(super) fn statement(&self) -> String {
        match self.verdict() {
            Verdict::NotValidated => {
                "No run of this plan on ciphertexts is recorded here. Its bounds are derived, not \
                                      observed: run polyattn validate."
                    .into()
            }
            Verdict::OutsideBound => "A measurement on ciphertexts lies above its bound. Do not use this plan.".into(),
            Verdict::Validated => {
                let weights: u64 = self.runs.iter().map(|run| run.slots_checked).sum();
                let runs = if self.runs.len() == 1 { "One run".into() } else { format!("{} runs", self.runs.len()) };
                format!("{runs} of this plan on ciphertexts, {weights} weights compared, every one within the bound.")
            }
        }
    }

    /// Sentences that a reader must not overlook.
    pub(super) fn warnings(&self) -> Vec<String> {
        let stranger = |sha: &String| {
            format!("A validation given here is of another plan (plan_sha256 {sha}); it says nothing about this one.")
        };
        let caveat = |caveat: &String| format!("A run given here does not validate this plan. {caveat}.");
        let others = self.strangers.iter().map(stranger).chain(self.caveats.iter().map(caveat));
        self.violations.iter().cloned().chain(others).collect()
    }

    /// The largest value of a figure over all runs; NaN if one is, `None` without runs.
    pub(super) fn largest(&self, figure: impl Fn(&Validation) -> f64) -> Option<f64> {
        let larger = |most: f64, x: f64| if x.is_nan() || x > most { x } else { most };
        self.runs.iter().map(figure).reduce(larger)
    }
}

fn read_record(record: &Value) -> Result<Validation> {
    if record.get("kind").is_some() {
        return Ok(Document::<Validation>::from_value(record.clone()).map_err(|e| e.at("field 'validation'"))?.body);
    }
    serde_json::from_value(record.clone()).map_err(|e| Error::input(format!("field 'validation': {e}")))
}

/// What one run shows to be outside its bound. The run's own verdict is not taken on trust.
fn violations(run: &Validation, plan: &PlanDocument) -> Vec<String> {
    let mut found = Vec::new();
    let total = &plan.chosen.error.total.0;
    // A comparison with NaN is false, so a NaN counts as outside.
    let holds = |observed: f64, bound: f64| observed <= bound;
    if !run.within_bound() || !holds(run.observed_max, f64_above(total)) {
        let (seen, most) = (number::measured(run.observed_max), number::bound(total));
        found.push(format!("A weight was off by {seen}, outside the bound {most} (seed {}).", run.seed_text()));
    }
    for stage in run.stages.iter().filter(|stage| stage.bound.0 > 0) {
        if !holds(stage.observed_max, f64_above(&stage.bound.0)) {
            let (seen, most) = (number::measured(stage.observed_max), number::bound(&stage.bound.0));
            found.push(format!(
                "Stage {} was off by {seen}, outside its bound {most} (seed {}).",
                stage.name,
                run.seed_text()
            ));
        }
    }
    if run.order_violations > 0 {
        let pairs = run.order_violations;
        found.push(format!(
            "{pairs} pairs of weights lost an order that the bound promises (seed {}).",
            run.seed_text()
        ));
    }
    found
}
