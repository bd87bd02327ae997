//! What a validation records.

use super::key_aware::KeyAwareRecord;
use crate::document::Body;
use crate::encrypted::backend::backend;
use crate::encrypted::bfv::Parameters;
use crate::encrypted::quantiser::Quantiser;
use crate::encrypted::seed::Seed;
use crate::error::{Error, Result};
use crate::plan::{CkksParameters, PlanDocument};
use crate::real::{Exact, f64_above};
use serde::{Deserialize, Serialize};

/// What `validate` writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Validation {
    /// The plan's hash.
    pub plan_sha256: String,
    /// What ran it.
    pub backend: String,
    /// At which parameters.
    pub parameters: CkksParameters,
    /// The seed of keys, noise and drawn scores; null where keys and noise came from the operating system, and drawn scores
    /// from the seed that is the default.
    pub seed: Option<u64>,
    /// What keys and noise were drawn with.
    pub generator: String,
    /// What ran in place of the plan's primes, where they did not run themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substitution: Option<String>,
    /// On which scores.
    pub scores: ScoresUsed,
    /// How many weights were compared.
    pub slots_checked: u64,
    /// The largest |error| of any weight against the exact map.
    pub observed_max: f64,
    /// −log2 of the mean |error|.
    pub observed_mean_bits: f64,
    /// The largest |error| by approximation alone: the circuit in exact arithmetic against the exact map. Where only powers
    /// ran, by quantising alone: the exact map of the quantised scores against that of the scores.
    pub approximation_max: f64,
    /// The largest |error| by encryption alone: the ciphertexts against the circuit (or the exact map of the quantised
    /// scores) in exact arithmetic.
    pub encryption_max: f64,
    /// The mean |error| by encryption alone.
    pub encryption_mean: f64,
    /// The plan's total.
    pub bound: Exact,
    /// log2(bound / observed_max).
    pub slack_bits: f64,
    /// "within bound" or "outside bound".
    pub verdict: String,
    /// Pairs of a row whose order was reversed although their gap exceeds what the bound allows. Where only powers ran, all
    /// pairs whose order, or tie, differs from that of the quantised |scores|.
    pub order_violations: u64,
    /// Ciphertexts that were decrypted and encrypted anew on the way, in place of a bootstrap.
    pub refreshed: u64,
    /// Each named stage against its bound; none where only powers ran.
    pub stages: Vec<StageRecord>,
    /// The noise against the bound and the prediction for the key of the run, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_aware: Option<KeyAwareRecord>,
    /// What ran in place of the circuit, where only powers ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub powers: Option<PowersRecord>,
    /// Wall time.
    pub seconds: ValidationSeconds,
}

impl Body for Validation {
    const KIND: &'static str = "validation";
}

impl Validation {
    /// Whether every weight and every stage was within its bound.
    pub fn within_bound(&self) -> bool {
        self.verdict == WITHIN
    }

    /// The seed in words.
    pub fn seed_text(&self) -> String {
        self.seed.map_or(Seed::System, Seed::Fixed).to_string()
    }

    /// Whether the plan's circuit ran on ciphertexts: only then is the plan validated.
    pub fn is_on_ciphertexts(&self) -> bool {
        self.caveat().is_none()
    }

    /// Whether the record in `plan` shows its own circuit on ciphertexts and nothing outside its bound.
    pub fn validates(plan: &PlanDocument) -> bool {
        let record = plan.chosen.validation.as_ref();
        let record = record.and_then(|record| serde_json::from_value::<Self>(record.clone()).ok());
        let holds = |run: Self| run.is_on_ciphertexts() && run.violations().is_empty();
        record.is_some_and(|run| run.plan_sha256 == plan.sha256() && holds(run))
    }

    /// What everyone who sees the record must be told; empty where there is nothing.
    pub fn warnings(&self) -> Vec<String> {
        let stand_in = (self.refreshed > 0).then(|| {
            format!(
                "NO BOOTSTRAP WAS RUN: {} ciphertexts were decrypted and encrypted anew with the error that one may have",
                self.refreshed
            )
        });
        self.parameters.warnings().into_iter().chain(self.substitution.clone()).chain(stand_in).collect()
    }

    /// What has to be said wherever this record is shown; nothing where it validates the plan.
    pub fn caveat(&self) -> Option<String> {
        match backend(&self.backend) {
            Ok(backend) => backend.evidence().caveat(),
            Err(_) => Some(format!("NOT ON CIPHERTEXTS: unknown backend '{}'", self.backend)),
        }
    }

    /// Whether everything that was measured is within its bound.
    ///
    /// # Errors
    /// [`Error::OutsideBound`] with what is not.
    pub fn check_bounds(&self) -> Result<()> {
        let violations = self.violations();
        if violations.is_empty() {
            return Ok(());
        }
        Err(Error::OutsideBound(format!("the plan does not hold on these scores: {}", violations.join("; "))))
    }

    /// What lies outside its bound, in words; empty for a validation that holds.
    pub fn violations(&self) -> Vec<String> {
        let mut found = Vec::new();
        let exceeds = |observed: f64, bound: &Exact| observed.is_nan() || observed > f64_above(&bound.0);
        let log2 = |x: f64| format!("2^{:.2}", x.log2());
        if exceeds(self.observed_max, &self.bound) {
            found.push(format!(
                "the largest error {} exceeds the bound {}",
                log2(self.observed_max),
                log2(self.bound.to_f64())
            ));
        }
        for stage in self.stages.iter().filter(|s| exceeds(s.observed_max, &s.bound)) {
            let (observed, bound) = (log2(stage.observed_max), log2(stage.bound.to_f64()));
            found.push(format!("stage {}: the error {observed} exceeds the bound {bound}", stage.name));
        }
        if let Some(outside) = self.key_aware.as_ref().map(|record| record.violations).filter(|count| *count > 0) {
            found.push(format!("{outside} weights exceed the bound for the key of this run"));
        }
        if self.order_violations > 0 {
            let promise = if self.powers.is_some() { "exact powers keep" } else { "the bound promises to keep" };
            found.push(format!("{} pairs lost an order that {promise}", self.order_violations));
        }
        found
    }
}

pub(super) const WITHIN: &str = "within bound";
pub(super) const OUTSIDE: &str = "outside bound";

/// The scores of a validation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ScoresUsed {
    /// The file, or "drawn".
    pub file: String,
    /// One layer, or all.
    pub layer: Option<usize>,
    /// One head, or all.
    pub head: Option<usize>,
    /// Rows, over all lengths.
    pub rows: u64,
    /// Rows that were left out, being below the plan's `smallest_mean_square`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rows_below: u64,
    /// Keys of each row, one entry for each length.
    pub lengths: Vec<u32>,
}

impl ScoresUsed {
    /// The scores of a file, or "drawn"; how many rows they have is known after the run.
    pub fn new(file: impl Into<String>, layer: Option<usize>, head: Option<usize>) -> Self {
        Self { file: file.into(), layer, head, rows: 0, rows_below: 0, lengths: Vec::new() }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // what serde calls
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// One stage of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StageRecord {
    /// Its name.
    pub name: String,
    /// Its level in the modulus chain.
    pub level: usize,
    /// The largest |error| against the circuit in exact arithmetic.
    pub observed_max: f64,
    /// The mean |error|.
    pub observed_mean: f64,
    /// The mean |error| that was predicted for these rows.
    pub predicted_mean: f64,
    /// The plan's bound.
    pub bound: Exact,
}

/// Powers of quantised scores under BFV.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PowersRecord {
    /// Bits of a quantised score, the sign among them.
    pub bits: u32,
    /// log2 of the ring's degree.
    pub log_n: u32,
    /// Bits of each prime of the ciphertext modulus.
    pub log_q: Vec<u32>,
    /// The plaintext primes, below 2^53.
    pub plaintext_primes: Vec<u64>,
}

impl PowersRecord {
    /// Of x^`power`.
    pub(super) fn new(power: u32, quantiser: Quantiser) -> Result<Self> {
        let Parameters { degree, moduli, plaintext_primes } = Parameters::choose(power, quantiser)?;
        let log_q = moduli.iter().map(|q| q.ilog2() + 1).collect();
        Ok(Self { bits: quantiser.bits(), log_n: degree.ilog2(), log_q, plaintext_primes })
    }
}

/// Wall time of a validation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ValidationSeconds {
    /// Keys.
    pub keys: f64,
    /// Evaluation on ciphertexts.
    pub evaluate: f64,
}
