//! The comparison as Markdown: one line a system, then what must be known to read it.

use super::document::{Comparison, ComparisonRow, DepthKind, ErrorKind, Measured, Scope};
use crate::real::log2;
use std::fmt::Write;

const COLUMNS: [&str; 9] =
    ["system", "depth", "products", "rotations", "bootstraps", "max error", "noise bits", "ring", "fits"];
/// Of a run on ciphertexts.
const RUN_COLUMNS: [&str; 4] =
    ["largest error on ciphertexts", "its bound", "mean noise: observed, predicted", "seconds"];

impl Comparison {
    /// The comparison as a Markdown table, with the notes and the warnings after it.
    pub fn markdown(&self) -> String {
        let mut text = format!(
            "p = {}, R = {}, L = {}, κ = 2^{:.2}, target 2^{:.2}, relative error of iterations 2^{:.2}, {} levels between \
             bootstraps, {} rows ({})\n\n",
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
        let was_run = self.rows.iter().any(|row| row.measured.is_some() || row.not_run.is_some());
        let columns: Vec<&str> = COLUMNS.into_iter().chain(RUN_COLUMNS.into_iter().filter(|_| was_run)).collect();
        let _ = writeln!(text, "| {} |\n|{}", columns.join(" | "), " --- |".repeat(columns.len()));
        for row in &self.rows {
            let cells: Vec<String> =
                cells(row).into_iter().chain(run_cells(row).into_iter().filter(|_| was_run)).collect();
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
        text.push('\n');
        for (number, row) in self.rows.iter().enumerate() {
            let not_run = row.not_run.as_ref().map(|why| format!(". Not run: {why}")).unwrap_or_default();
            let _ = writeln!(text, "{}. {} ({}): {}{not_run}", number + 1, row.system, row.source, row.note);
        }
        text.extend(self.warnings.iter().map(|warning| format!("\nWARNING: {warning}\n")));
        text
    }
}

fn cells(row: &ComparisonRow) -> [String; 9] {
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
    [
        row.system.clone(),
        depth,
        count(row.products),
        count(row.rotations),
        count(row.bootstraps),
        error,
        row.noise_bits.map_or("–".into(), |bits| format!("{bits:.1}")),
        row.log_n.map_or("–".into(), |log_n| format!("2^{log_n}")),
        if row.fits { "yes" } else { "no" }.into(),
    ]
}

fn run_cells(row: &ComparisonRow) -> [String; 4] {
    let Some(run) = &row.measured else { return ["not run", "–", "–", "–"].map(String::from) };
    let Measured { observed_max, bound, bound_over, noise_mean_bits, predicted_mean_bits, .. } = run;
    let over = match bound_over {
        Scope::Domain => "any row",
        Scope::Rows => "these rows",
    };
    let outside = if run.is_within() { "" } else { ", OUTSIDE" };
    [
        format!("2^{:.2}", observed_max.log2()),
        format!("2^{:.2} ({over}{outside})", log2(bound)),
        format!("2^-{noise_mean_bits:.2}, {}", predicted_mean_bits.map_or("–".into(), |bits| format!("2^-{bits:.2}"))),
        format!("{:.1}", run.seconds.evaluate),
    ]
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
