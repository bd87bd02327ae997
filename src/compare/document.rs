//! The comparison as a document.

use crate::document::Body;
use crate::encrypted::ValidationSeconds;
use crate::plan::{EpsilonForms, Spec};
use crate::real::{Exact, f64_above};
use serde::{Deserialize, Serialize};

/// What `compare` writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Comparison {
    /// The specification, defaults filled in.
    pub spec: Spec,
    /// The power of the plan, which every system that has one takes.
    pub p: u32,
    /// R.
    pub score_bound: Exact,
    /// Number of keys L.
    pub length: u32,
    /// ε of the plan in all its forms.
    pub epsilon: EpsilonForms,
    /// b/a of the denominator mean (x/R)^p + ε, rounded to 17 digits.
    pub kappa: Exact,
    /// Relative error that iterations for 1/D are run to: the target's `relative_error`, or its `max_error` where there is none.
    pub relative_error: Exact,
    /// Levels between bootstraps that bootstraps are counted by.
    pub levels_per_bootstrap: u32,
    /// Rows on which errors are measured.
    pub rows_measured: u32,
    /// Where they come from.
    pub rows_source: String,
    /// One for each system, this project's plan first.
    pub rows: Vec<ComparisonRow>,
    /// What everyone who sees the figures must be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl Body for Comparison {
    const KIND: &'static str = "comparison";
}

/// One system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ComparisonRow {
    /// Its name.
    pub system: String,
    /// Where its constants are published.
    pub source: String,
    /// Levels from scores to weights; null where neither published nor to be had from a circuit.
    pub depth: Option<u32>,
    /// By whose count.
    pub depth_kind: DepthKind,
    /// Rescalings of the circuit built here; null where there is none.
    pub rescalings: Option<u32>,
    /// Ciphertext × ciphertext products.
    pub products: Option<u32>,
    /// Products with plaintexts that cost a level.
    pub plain_products: Option<u32>,
    /// Rotations.
    pub rotations: Option<u32>,
    /// ⌈depth/levels_per_bootstrap⌉, or as published.
    pub bootstraps: Option<u32>,
    /// Largest absolute error of a weight, encryption left out but for the plan's own.
    pub max_error: Option<Exact>,
    /// What kind of figure that is.
    pub max_error_kind: ErrorKind,
    /// The exact map that the error is measured from.
    pub reference: String,
    /// −log2 of the predicted mean |noise| of a weight in the row where it is largest; null where it is not predicted.
    pub noise_bits: Option<f64>,
    /// log2 of the smallest ring whose security table carries the circuit, at the plan's scale or the largest below it; null
    /// where none does.
    pub log_n: Option<u32>,
    /// log QP there.
    pub log_qp: Option<u32>,
    /// log2 of the scale there.
    #[serde(default)]
    pub scale_bits: Option<u32>,
    /// Whether error and predicted noise together are within the target's `max_error`.
    pub fits: bool,
    /// What must be known to read the row: gaps above all.
    pub note: String,
    /// What a run on ciphertexts showed, where one was asked for and the circuit can be run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
    /// Why there was none, where one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_run: Option<String>,
}

/// A system's circuit on ciphertexts of the rows that errors are measured on, against its reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Measured {
    /// What ran it.
    pub backend: String,
    /// The seed of keys and noise.
    pub seed: u64,
    /// Weights compared.
    pub slots_checked: u64,
    /// Ciphertexts that were decrypted and encrypted anew on the way, in place of a bootstrap.
    pub refreshed: u64,
    /// The largest |error| of a weight against the reference.
    pub observed_max: f64,
    /// −log2 of the mean of that |error|.
    pub observed_mean_bits: f64,
    /// −log2 of the mean |noise|: the ciphertexts against the circuit in exact arithmetic.
    pub noise_mean_bits: f64,
    /// The same as predicted for these rows; null where it is not predicted.
    pub predicted_mean_bits: Option<f64>,
    /// A bound on the error of any weight, the rigorous noise included.
    pub bound: Exact,
    /// Of which rows.
    pub bound_over: Scope,
    /// "within bound" or "outside bound".
    pub verdict: String,
    /// Wall time.
    pub seconds: ValidationSeconds,
}

/// The rows that a bound is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Every row of the domain.
    Domain,
    /// Those that were run.
    Rows,
}

/// Whose count a depth is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DepthKind {
    /// Rescalings on the longest path of the circuit built here.
    Circuit,
    /// The system's own count.
    Published,
    /// There is none.
    None,
}

/// What kind of figure a largest error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ErrorKind {
    /// A bound for every row of the domain, noise included.
    Certified,
    /// The largest over the rows measured, in exact arithmetic.
    Measured,
    /// As published, on the publication's own inputs.
    Published,
    /// The reference itself.
    Exact,
}

impl Comparison {
    /// What was run and lies outside its bound, in words.
    pub fn violations(&self) -> Vec<String> {
        let outside = |row: &ComparisonRow| {
            let run = row.measured.as_ref()?;
            (!run.is_within())
                .then(|| format!("{}: the largest error {:e}, above its bound", row.system, run.observed_max))
        };
        self.rows.iter().filter_map(outside).collect()
    }
}

impl Measured {
    /// Whether no error exceeds the bound.
    pub fn is_within(&self) -> bool {
        self.observed_max <= f64_above(&self.bound.0)
    }
}
