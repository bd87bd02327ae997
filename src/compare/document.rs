//! The comparison as a document, and its table.

use crate::document::Body;
use crate::plan::{EpsilonForms, Spec};
use crate::real::{Exact, log2};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// What `compare` writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
}

impl Body for Comparison {
    const KIND: &'static str = "comparison";
}

/// One system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// log2 of the smallest ring whose security table carries the circuit, at the plan's scale; null where none does.
    pub log_n: Option<u32>,
    /// log QP there.
    pub log_qp: Option<u32>,
    /// Whether error and predicted noise together are within the target's `max_error`.
    pub fits: bool,
    /// What must be known to read the row: gaps above all.
    pub note: String,
}

/// Whose count a depth is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The comparison as a Markdown table, with the notes after it.
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "p = {}, R = {}, L = {}, κ = 2^{:.2}, target 2^{:.2}, relative error of iterations 2^{:.2}, {} levels between \
             bootstraps, {} rows ({})\n\n\
             | system | depth | products | rotations | bootstraps | max error | noise bits | ring | fits |\n\
             | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n",
            self.p,
            self.score_bound.to_f64(),
            self.length,
            log2(&self.kappa),
            log2(&self.spec.target.max_error),
            log2(&self.relative_error),
            self.levels_per_bootstrap,
            self.rows_measured,
            self.rows_source
        );
        text.extend(self.rows.iter().map(line));
        text.push('\n');
        for (number, row) in self.rows.iter().enumerate() {
            let _ = writeln!(text, "{}. {} ({}): {}", number + 1, row.system, row.source, row.note);
        }
        text
    }
}

fn line(row: &ComparisonRow) -> String {
    let count = |value: Option<u32>| value.map_or("–".into(), |value| value.to_string());
    let depth = match (row.depth_kind, row.rescalings) {
        (DepthKind::Published, Some(ours)) => format!("{} (published; {ours} rescalings)", count(row.depth)),
        (DepthKind::Published, None) => format!("{} (published)", count(row.depth)),
        (DepthKind::Circuit | DepthKind::None, _) => count(row.depth),
    };
    let error = match &row.max_error {
        None => "–".into(),
        Some(error) if error.0 == 0 => "0 (exact)".into(),
        Some(error) => format!("2^{:.2} ({})", log2(error), row.max_error_kind.word()),
    };
    format!(
        "| {} | {depth} | {} | {} | {} | {error} | {} | {} | {} |\n",
        row.system,
        count(row.products),
        count(row.rotations),
        count(row.bootstraps),
        row.noise_bits.map_or("–".into(), |bits| format!("{bits:.1}")),
        row.log_n.map_or("–".into(), |log_n| format!("2^{log_n}")),
        if row.fits { "yes" } else { "no" }
    )
}

impl ErrorKind {
    fn word(self) -> &'static str {
        match self {
            Self::Certified => "certified",
            Self::Measured => "measured",
            Self::Published => "published",
            Self::Exact => "exact",
        }
    }
}
