//! What a survey writes.

use crate::attention::Sharpness;
use crate::document::Body;
use crate::encrypted::Validation;
use crate::error::did_you_mean;
use crate::plan::{EpsilonForms, Plan, Spec};
use crate::real::{Exact, log2};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What one plan serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// One head.
    Head,
    /// All chosen heads of a layer.
    Layer,
    /// All chosen heads.
    Model,
}

impl Level {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Layer => "layer",
            Self::Model => "model",
        }
    }
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Head, Self::Layer, Self::Model];
        let found = all.into_iter().find(|level| level.name() == text);
        let meant = || did_you_mean(text, all.map(Level::name));
        found.ok_or_else(|| format!("expected head, layer or model, found '{text}'{}", meant()))
    }
}

/// The document of a survey, whole or in part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Survey {
    /// The specification, defaults filled in.
    pub spec: Spec,
    /// The finest level that was asked for; the coarser ones are there to be compared.
    pub by: Level,
    /// Layers, heads, queries, keys of the scores.
    pub shape: [usize; 4],
    /// SHA-256 of the chosen scores.
    pub scores_sha256: String,
    /// What ran the plans of the finest level, if anything did.
    pub validated_by: Option<ValidatedBy>,
    /// Groups of the whole survey, over all shards.
    pub groups: u64,
    /// Groups that are not in this document: those of other shards, or still to be examined.
    pub missing: u64,
    /// One for each group, finest level first.
    pub rows: Vec<SurveyRow>,
    /// What the groups of the finest level pay for one plan for their layer, or for the model.
    pub sharing: Vec<Sharing>,
    /// What the figures do not promise, in words.
    pub notes: Vec<String>,
}

impl Body for Survey {
    const KIND: &'static str = "survey";
}

/// What runs the plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ValidatedBy {
    /// The backend's name.
    pub backend: String,
    /// Seed of keys and noise.
    pub seed: u64,
}

/// One group of rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SurveyRow {
    /// What it is.
    pub level: Level,
    /// Its layer; all where null.
    pub layer: Option<usize>,
    /// Its head; all where null.
    pub head: Option<usize>,
    /// How many rows of scores it has.
    pub rows: u64,
    /// R: the specification's, or the largest |score| of these rows.
    pub score_bound: Exact,
    /// Rows with a score above R.
    pub rows_above_bound: u64,
    /// One for each power of the specification.
    pub powers: Vec<PowerRow>,
    /// The plan that `plan` chooses for these rows.
    pub chosen: Option<PlanRow>,
    /// Why there is none.
    pub reason: Option<String>,
    /// The chosen plan on ciphertexts, where that was asked for.
    pub validation: Option<ValidationRow>,
    /// Wall time.
    pub seconds: f64,
}

/// One power on one group of rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PowerRow {
    /// The power.
    pub p: u32,
    /// The row means.
    pub means: RowMeans,
    /// Beside softmax; null where every score is 0.
    pub sharpness: Option<Sharpness>,
    /// One for each ε of the specification.
    pub epsilons: Vec<EpsilonRow>,
    /// The best plan of this power.
    pub plan: Option<PlanRow>,
}

/// The row means m = (1/L) Σ (x_i/R)^p.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RowMeans {
    /// log2 of the smallest m; null (here and below) where m is 0.
    pub log2_smallest: Option<f64>,
    /// log2 of the 1 % quantile of m.
    pub log2_low: Option<f64>,
    /// log2 of the median m.
    pub log2_median: Option<f64>,
    /// log2 of the largest m.
    pub log2_largest: Option<f64>,
    /// Rows below the 1 % quantile.
    pub rows_below_low: u64,
    /// Rows below the promised smallest mean, which no plan serves.
    pub rows_below_promise: u64,
}

/// One ε for one power.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EpsilonRow {
    /// ε in unit form, at the longest length.
    pub unit: Exact,
    /// log2 of κ = (1 + ε)/(m_min + ε).
    pub log2_kappa: f64,
    /// What it takes from the rows.
    pub mass_lost: MassLostRow,
}

/// Share of a row's mass that ε takes, ε/(m + ε).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct MassLostRow {
    /// From the median row.
    pub median: f64,
    /// From the row at the 1 % quantile of the means.
    pub low: f64,
    /// From the smallest row: the most that any of these rows loses.
    pub most: f64,
}

/// What matters of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PlanRow {
    /// The power.
    pub p: u32,
    /// ε.
    pub epsilon: EpsilonForms,
    /// log2 κ.
    pub log2_kappa: f64,
    /// Rescalings on the longest path from scores to weights.
    pub depth: u32,
    /// Rescalings of the reciprocal.
    pub reciprocal_depth: u32,
    /// The least that any polynomial in D needs for the target.
    pub depth_lower_bound: u32,
    /// Ciphertext × ciphertext products.
    pub products: u32,
    /// ⌈depth/levels⌉; 0 without bootstraps.
    pub bootstraps: u32,
    /// log2 N.
    pub log_n: u32,
    /// log2 of the scale.
    pub scale_bits: u32,
    /// Bits of all primes.
    pub log_qp: u32,
    /// Bound on the error of any weight, everything included.
    pub total: Exact,
    /// What ε takes from the row at the 1 % quantile.
    pub mass_lost_low: Option<Exact>,
    /// (|x|, smallest gap in |x| above it whose order survives).
    pub order_gap: Vec<[Exact; 2]>,
}

impl From<&Plan> for PlanRow {
    fn from(plan: &Plan) -> Self {
        Self {
            p: plan.p,
            epsilon: plan.epsilon.clone(),
            log2_kappa: log2(&plan.kappa.0),
            depth: plan.depth,
            reciprocal_depth: plan.reciprocal_depth,
            depth_lower_bound: plan.depth_lower_bound,
            products: plan.products,
            bootstraps: plan.bootstraps,
            log_n: plan.ckks.log_n,
            scale_bits: plan.ckks.scale_bits,
            log_qp: plan.ckks.log_qp,
            total: plan.error.total.clone(),
            mass_lost_low: plan.mass_lost.low_row.clone(),
            order_gap: plan.order_gap.clone(),
        }
    }
}

/// What matters of a validation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ValidationRow {
    /// "within bound" or "outside bound".
    pub verdict: String,
    /// What must be said where the run validates nothing.
    pub caveat: Option<String>,
    /// The hash of the plan that ran.
    pub plan_sha256: String,
    /// Weights compared.
    pub slots_checked: u64,
    /// The largest |error| of a weight against the exact map.
    pub observed_max: f64,
    /// log2(bound / observed_max).
    pub slack_bits: f64,
    /// Pairs whose order the bound promises to keep and that lost it.
    pub order_violations: u64,
    /// What lies outside its bound, in words.
    pub violations: Vec<String>,
    /// Wall time on ciphertexts.
    pub seconds: f64,
}

impl From<&Validation> for ValidationRow {
    fn from(run: &Validation) -> Self {
        Self {
            verdict: run.verdict.clone(),
            caveat: run.caveat(),
            plan_sha256: run.plan_sha256.clone(),
            slots_checked: run.slots_checked,
            observed_max: run.observed_max,
            slack_bits: run.slack_bits,
            order_violations: run.order_violations,
            violations: run.violations(),
            seconds: run.seconds.evaluate,
        }
    }
}

/// What a group pays for a plan that it shares; positive is worse than its own plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Sharing {
    /// The group.
    pub layer: Option<usize>,
    /// The group.
    pub head: Option<usize>,
    /// With whom it shares.
    pub with: Level,
    /// Depth of the shared plan less that of its own.
    pub extra_depth: i64,
    /// log2 N likewise.
    pub extra_log_n: i64,
    /// log2 of the shared plan's error bound over its own.
    pub extra_error_bits: f64,
    /// Mass lost at the group's own row at the 1 % quantile, under the shared plan less under its own.
    pub extra_mass_lost: Option<f64>,
}
