//! Whether a record contradicts itself, or the plan that it is of. It cannot tell whether a run took place.

use super::key_aware::KeyAwareRecord;
use super::record::Validation;
use crate::encrypted::backend::backend;
use crate::encrypted::evidence::Evidence;
use crate::encrypted::seed::Seed;
use crate::error::{Error, Result};
use crate::plan::PlanDocument;
use crate::real::f64_above;

impl Validation {
    /// Checks the record against itself.
    ///
    /// # Errors
    /// [`Error::NotCertified`] naming the field that does not hold.
    pub fn check(&self) -> Result<()> {
        let backend = backend(&self.backend).map_err(|e| e.at("field 'backend'"))?;
        let seed = self.seed.map_or(Seed::System, Seed::Fixed);
        let powers = matches!(backend.evidence(), Evidence::Powers(_));
        let errors = [self.observed_max, self.approximation_max, self.encryption_max, self.encryption_mean];
        let of_stages = self.stages.iter().flat_map(|s| [s.observed_max, s.observed_mean, s.predicted_mean]);
        let slack = (f64_above(&self.bound.0) / self.observed_max.max(f64::MIN_POSITIVE)).log2();
        // Each error is at most the sum of its two parts, up to rounding.
        let sum = (self.approximation_max + self.encryption_max) * (1.0 + 1e-9);
        let apart = (self.approximation_max - self.encryption_max).abs() * (1.0 - 1e-9);
        let counted = self.counts_its_weights();
        let outside = Self { order_violations: 0, ..self.clone() };
        let claims = [
            ("slots_checked", self.slots_checked > 0 && counted, "not the number of weights in the rows"),
            (
                "observed_max",
                errors.into_iter().chain(of_stages).all(|x| x >= 0.0),
                "an error is no number, or below 0",
            ),
            ("observed_max", self.observed_max <= sum, "more than approximation and encryption together"),
            ("observed_max", self.observed_max >= apart, "less than what approximation and encryption differ by"),
            (
                "observed_mean_bits",
                self.observed_mean_bits >= -self.observed_max.max(f64::MIN_POSITIVE).log2() - 1e-6,
                "a mean above the largest error",
            ),
            (
                "stages",
                self.stages.iter().all(|s| s.observed_mean <= s.observed_max * (1.0 + 1e-9)),
                "a mean above the largest error",
            ),
            ("slack_bits", (self.slack_bits - slack).abs() <= 1e-6, "not that of the bound and the error observed"),
            ("verdict", outside.violations().is_empty() == self.within_bound(), "it contradicts the errors and bounds"),
            ("powers", powers == self.powers.is_some(), "they are recorded where only powers ran, and nowhere else"),
            ("stages", powers == self.stages.is_empty(), "a run of the circuit opens every stage"),
            (
                "key_aware",
                self.key_aware.as_ref().is_none_or(KeyAwareRecord::is_consistent),
                "its figures contradict each other",
            ),
            ("generator", self.generator == backend.generator(seed), "not that of the backend and the seed"),
        ];
        first_that_fails(&claims)?;
        self.parameters.check_security().map_err(|e| e.at("field 'parameters'"))
    }

    /// Checks the record against the plan whose hash it names.
    ///
    /// # Errors
    /// [`Error::NotCertified`] naming the field that does not hold.
    pub fn check_against(&self, plan: &PlanDocument) -> Result<()> {
        let chosen = &plan.chosen;
        let stages_of_plan = chosen.stages.iter().map(|s| (&s.name, &s.bound));
        let stages = self.stages.iter().map(|s| (&s.name, &s.bound)).eq(stages_of_plan);
        let ran = self.powers.is_none();
        let lengths = plan.spec.attention.length.as_slice();
        let drawn = self.scores.file == "drawn";
        let of_plan = self.scores.lengths.iter().all(|length| lengths.contains(length));
        let claims = [
            ("plan_sha256", self.plan_sha256 == plan.sha256(), "it is for another plan"),
            ("bound", self.bound == chosen.error.total, ELSE),
            ("parameters", self.parameters == chosen.ckks, ELSE),
            ("scores.lengths", of_plan && (!drawn || self.ran_every_length(plan)), ELSE),
            ("stages", stages || !ran, ELSE),
            ("refreshed", (self.refreshed > 0) == (ran && chosen.refreshed > 0), ELSE),
        ];
        first_that_fails(&claims)
    }

    /// Whether rows of every length of the plan were run.
    pub fn ran_every_length(&self, plan: &PlanDocument) -> bool {
        plan.spec.attention.length.as_slice().iter().all(|length| self.scores.lengths.contains(length))
    }

    /// Whether as many weights were checked as rows of these lengths have.
    fn counts_its_weights(&self) -> bool {
        let weights = |length: &u32| self.scores.rows.checked_mul(u64::from(*length));
        let lengths = &self.scores.lengths;
        let (least, most) = (lengths.iter().min().and_then(weights), lengths.iter().max().and_then(weights));
        self.scores.rows > 0
            && least.zip(most).is_some_and(|(least, most)| (least..=most).contains(&self.slots_checked))
    }
}

const ELSE: &str = "the plan has something else there";

fn first_that_fails(claims: &[(&str, bool, &str)]) -> Result<()> {
    match claims.iter().find(|(_, holds, _)| !holds) {
        None => Ok(()),
        Some((field, _, why)) => Err(Error::NotCertified(format!("field '{field}' does not hold: {why}"))),
    }
}
