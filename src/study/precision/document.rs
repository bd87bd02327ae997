//! What the study of precision writes, and its tables.

use super::{PrecisionCell, Sequence};
use crate::document::Body;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PrecisionStudy {
    /// Runs of each cell, each on fresh keys.
    pub runs: u64,
    /// The seed.
    pub seed: u64,
    /// The cells that were measured, ascending.
    pub rows: Vec<PrecisionRow>,
    /// The cells that were not, ascending.
    pub left_out: Vec<LeftOut>,
}

impl Body for PrecisionStudy {
    const KIND: &'static str = "precision-study";
}

/// A cell that was measured. Bits are −log2 of an absolute error of a slot's value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PrecisionRow {
    /// Which cell.
    #[serde(flatten)]
    pub cell: PrecisionCell,
    /// Bits of q_0, q_1, ….
    pub log_q: Vec<u32>,
    /// Bits of each special prime.
    pub log_p: Vec<u32>,
    /// Their sum.
    pub log_qp: u32,
    /// 128, or 0 above the security table.
    pub security_bits: u32,
    /// Of the predicted mean |error|.
    pub predicted_mean_bits: f64,
    /// Of the mean |error| over slots and runs.
    pub measured_mean_bits: f64,
    /// Of the median that is predicted for the largest |error| over slots and runs.
    pub predicted_largest_bits: f64,
    /// Of the largest |error| over slots and runs.
    pub measured_largest_bits: f64,
    /// Wall time of its runs.
    pub seconds: f64,
}

/// A cell that was not measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LeftOut {
    /// Which cell.
    #[serde(flatten)]
    pub cell: PrecisionCell,
    /// Why.
    pub reason: Reason,
}

/// Why a cell is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// Its log QP is above the security table.
    Security,
    /// Its largest error is predicted above 1/8, where the first order of the errors is no prediction any more.
    Noise,
}

/// What the tables say of themselves.
const LEGEND: &str = "\
Bits of the mean \\|error\\|, predicted / measured; in brackets those of the largest. –: not within 128 bits of security; \
*: measured all the same, insecure; noise: the largest error is predicted above 1/8.\n";

impl PrecisionStudy {
    /// Whether a cell is in the document.
    pub(super) fn has(&self, cell: PrecisionCell) -> bool {
        self.rows.iter().any(|row| row.cell == cell) || self.left_out.iter().any(|left| left.cell == cell)
    }

    /// Puts the cells in order.
    pub(super) fn sort(&mut self) {
        self.rows.sort_by_key(|row| row.cell);
        self.left_out.sort_by_key(|left| left.cell);
    }

    /// Refuses a study of other runs.
    pub(super) fn check(&self, runs: u64, seed: u64) -> Result<()> {
        if (self.runs, self.seed) == (runs, seed) {
            return Ok(());
        }
        Err(Error::input(format!(
            "a study of {} runs a cell from seed {}, expected {runs} runs from seed {seed}",
            self.runs, self.seed
        )))
    }

    /// Every cell, ascending.
    fn cells(&self) -> BTreeSet<PrecisionCell> {
        self.rows.iter().map(|row| row.cell).chain(self.left_out.iter().map(|left| left.cell)).collect()
    }

    /// One Markdown table for each sequence and ring: depth downwards, scale across.
    pub fn markdown(&self) -> String {
        let cells = self.cells();
        let tables: BTreeSet<(Sequence, u32)> = cells.iter().map(|cell| (cell.sequence, cell.log_n)).collect();
        let mut text = LEGEND.to_string();
        for (sequence, log_n) in tables {
            let inside = |cell: &&PrecisionCell| (cell.sequence, cell.log_n) == (sequence, log_n);
            let scales: BTreeSet<u32> = cells.iter().filter(inside).map(|cell| cell.scale_bits).collect();
            let depths: BTreeSet<u32> = cells.iter().filter(inside).map(|cell| cell.depth).collect();
            let heads: String = scales.iter().map(|scale| format!(" Δ = 2^{scale} |")).collect();
            let _ = write!(text, "\n### {}, N = 2^{log_n}\n\n| depth |{heads}\n", sequence.name());
            let _ = writeln!(text, "| --- |{}", " --- |".repeat(scales.len()));
            for depth in depths {
                let at = |&scale_bits| PrecisionCell { sequence, log_n, depth, scale_bits };
                let line: String = scales.iter().map(|scale| format!(" {} |", self.entry(at(scale)))).collect();
                let _ = writeln!(text, "| {depth} |{line}");
            }
        }
        text
    }

    /// What a table says of one cell; nothing of one that was not asked for.
    fn entry(&self, cell: PrecisionCell) -> String {
        if let Some(row) = self.rows.iter().find(|row| row.cell == cell) {
            return format!(
                "{:.2} / {:.2} ({:.1} / {:.1}){}",
                row.predicted_mean_bits,
                row.measured_mean_bits,
                row.predicted_largest_bits,
                row.measured_largest_bits,
                if row.security_bits == 0 { "*" } else { "" }
            );
        }
        match self.left_out.iter().find(|left| left.cell == cell).map(|left| left.reason) {
            Some(Reason::Security) => "–".into(),
            Some(Reason::Noise) => "noise".into(),
            None => String::new(),
        }
    }
}
