//! What a report says, before it is laid out: HTML, Markdown and JSON are three renderings of one [`Report`].

use super::plot::Figure;
use crate::document::Body;
use serde::{Deserialize, Serialize};

/// A report: the answer first, then what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Report {
    /// The answer in a line.
    pub title: String,
    /// Whether ciphertexts bore the plan out; of several plans, every one.
    pub verdict: Verdict,
    /// What the verdict rests on.
    pub statement: String,
    /// What a reader must not overlook.
    pub warnings: Vec<String>,
    /// The figures of the first screen.
    pub answer: Vec<Fact>,
    /// What it rests on; of several plans, what they are side by side.
    pub sections: Vec<Section>,
    /// Each plan by itself, where there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chapters: Vec<Chapter>,
    /// What the report is of.
    pub subjects: Vec<Subject>,
}

/// What a report is of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Subject {
    /// What the report calls it.
    pub name: String,
    /// Its hash, of a plan as validations name it.
    pub sha256: String,
}

/// One of several plans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Chapter {
    /// The heading.
    pub title: String,
    /// Its parts.
    pub sections: Vec<Section>,
}

impl Body for Report {
    const KIND: &'static str = "report";
}

/// What validations say about the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Verdict {
    /// At least one run on ciphertexts, all within the bounds.
    #[serde(rename = "validated")]
    Validated,
    /// No run of this plan.
    #[serde(rename = "not validated")]
    NotValidated,
    /// A measurement above its bound.
    #[serde(rename = "outside bound")]
    OutsideBound,
}

impl Verdict {
    /// Of so many runs, and whether anything lay outside its bound: one violation outweighs any number of good runs.
    pub(super) fn of(runs: usize, outside: bool) -> Self {
        match (outside, runs) {
            (true, _) => Self::OutsideBound,
            (false, 0) => Self::NotValidated,
            (false, _) => Self::Validated,
        }
    }

    /// The verdict over several: that of the worst.
    pub(super) fn over(verdicts: impl Iterator<Item = Self>) -> Self {
        let rank = |verdict: &Self| match verdict {
            Self::Validated => 0,
            Self::NotValidated => 1,
            Self::OutsideBound => 2,
        };
        verdicts.max_by_key(rank).unwrap_or(Self::NotValidated)
    }

    /// A sign that stands for it beside its words.
    pub fn sign(self) -> char {
        match self {
            Self::Validated => '✔',
            Self::NotValidated => '⚠',
            Self::OutsideBound => '✘',
        }
    }

    /// The verdict in capitals.
    pub fn shout(self) -> &'static str {
        match self {
            Self::Validated => "VALIDATED",
            Self::NotValidated => "NOT VALIDATED",
            Self::OutsideBound => "OUTSIDE BOUND",
        }
    }
}

/// What sort of figure a number is. They are never mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Proved by a certificate.
    Certified,
    /// A bound that fails with at most the stated probability.
    Rigorous,
    /// A heuristic bound.
    Probabilistic,
    /// An expected value.
    Predicted,
    /// Seen on ciphertexts or on scores.
    Measured,
}

impl Kind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Certified => "certified",
            Self::Rigorous => "rigorous",
            Self::Probabilistic => "probabilistic",
            Self::Predicted => "predicted",
            Self::Measured => "measured",
        }
    }
}

/// One line of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// Its value, as it is printed everywhere.
    pub value: String,
    /// What sort of figure it is, where that needs saying.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kind: Option<Kind>,
    /// What else a reader needs.
    pub note: String,
}

impl Fact {
    pub(super) fn new(name: &str, value: impl Into<String>, note: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), kind: None, note: note.into() }
    }

    pub(super) fn of_kind(self, kind: Kind) -> Self {
        Self { kind: Some(kind), ..self }
    }
}

/// A part of the report under a heading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// Its content in order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// Figures, as on the first screen.
    Facts(Vec<Fact>),
    /// Points of a list.
    List(Vec<String>),
    /// A table.
    Table(Table),
    /// A table that is folded away until asked for.
    Folded(Table),
    /// A figure.
    Figure(Figure),
    /// Text to be shown letter by letter, folded away.
    Code {
        /// What it is.
        caption: String,
        /// The text.
        text: String,
    },
}

impl Block {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// A table of printed values; the first column names the row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// The heads of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(caption: &str, columns: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self { caption: caption.into(), columns: columns.iter().map(|&c| c.into()).collect(), rows }
    }
}
