//! The result of the gate as a document, which the next run can take as its baseline.

use super::finding::{Finding, Level};
use super::rule::Rule;
use crate::document::Body;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What `check` writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Check {
    /// Whether insecure parameters were accepted.
    pub insecure: bool,
    /// What each table or plan had to come with.
    pub required: Vec<Requirement>,
    /// The range files.
    pub ranges: Vec<String>,
    /// The baseline; null where there was none.
    pub baseline: Option<String>,
    /// What was given, in that order.
    pub files: Vec<CheckedFile>,
    /// What was found, in the order of the files.
    pub findings: Vec<Finding>,
    /// How many of the findings are errors: the gate passes where there are none.
    pub errors: u64,
    /// How many are warnings.
    pub warnings: u64,
    /// How many are notes.
    pub notes: u64,
}

impl Body for Check {
    const KIND: &'static str = "check";
}

/// What a table or a plan has to come with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Requirement {
    /// Each plan with a run on ciphertexts, in itself or beside it.
    Validation,
    /// Each table with a certificate beside it.
    Certificate,
    /// Each table, plan and layer with a range that was observed.
    Range,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CheckedFile {
    /// Its name, as it was given.
    pub file: String,
    /// Its kind; null where it could not be read.
    pub kind: Option<String>,
    /// Its hash: a plan's without records of runs, an export's without its versions; null where it could not be read.
    pub sha256: Option<String>,
    /// "ok" or "failed".
    pub verdict: String,
    /// The rules that were looked at, in that order.
    pub checks: Vec<RuleCheck>,
    /// What it claims, by name; empty where a claim does not hold.
    pub claims: BTreeMap<String, Value>,
}

/// One rule for one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RuleCheck {
    /// The rule.
    pub rule: Rule,
    /// What holds, in words; null where something does not.
    pub words: Option<String>,
    /// Wall time, for the reports of a CI. The document leaves it out: it is committed as a baseline, and its diff is read.
    #[serde(skip)]
    pub seconds: f64,
}

impl CheckedFile {
    /// Whether nothing about it fails the gate.
    pub fn is_ok(&self) -> bool {
        self.verdict == OK
    }

    /// What holds of it, in words.
    pub fn words(&self) -> String {
        let words: Vec<&str> = self.checks.iter().filter_map(|check| check.words.as_deref()).collect();
        words.join("; ")
    }
}

pub(super) const OK: &str = "ok";
pub(super) const FAILED: &str = "failed";

impl Check {
    /// How many findings are of a level.
    pub(super) fn count(findings: &[Finding], level: Level) -> u64 {
        findings.iter().filter(|finding| finding.level == level).count() as u64
    }

    /// The findings about a file.
    pub fn of_file<'a>(&'a self, file: &'a str) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.file == file)
    }

    /// Whether the gate passes: unreadable input first, then false claims, then measurements outside their bound.
    ///
    /// # Errors
    /// That of the first kind of error that was found, saying how many files failed.
    pub fn verdict(&self) -> Result<()> {
        let failed = self.files.iter().filter(|file| !file.is_ok()).count();
        let elsewhere =
            self.findings.iter().any(|f| f.is_error() && !self.files.iter().any(|file| file.file == f.file));
        let beside = if elsewhere { ", and something beside them is wrong" } else { "" };
        let message = format!("{failed} of {} documents failed{beside}", self.files.len());
        let has = |code: u8| self.findings.iter().any(|finding| finding.is_error() && finding.exit_code == code);
        match () {
            () if self.errors == 0 => Ok(()),
            () if has(1) => Err(Error::Internal(message)),
            () if has(2) => Err(Error::Input(message)),
            () if has(5) && !has(4) => Err(Error::OutsideBound(message)),
            () => Err(Error::NotCertified(message)),
        }
    }
}
