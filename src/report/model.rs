//! What a report says, before it is laid out: HTML, Markdown and JSON are three renderings of one [`Report`].

use crate::document::Body;
use serde::{Deserialize, Serialize};

/// A report: the answer first, then what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The answer in a line.
    pub title: String,
    /// Whether ciphertexts bore the plan out.
    pub verdict: Verdict,
    /// What the verdict rests on.
    pub statement: String,
    /// What a reader must not overlook.
    pub warnings: Vec<String>,
    /// The figures of the first screen.
    pub answer: Vec<Fact>,
    /// Everything else.
    pub sections: Vec<Section>,
    /// The hash of the plan, as validations name it.
    pub plan_sha256: String,
}

impl Body for Report {
    const KIND: &'static str = "report";
}

/// What validations say about the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// Its content in order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Block {
    /// A paragraph.
    Text(String),
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

/// A figure: its data and its alternative in words. Numbers on logarithmic axes are given as log2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What it shows.
    pub title: String,
    /// The same in words, for a reader who does not see it.
    pub description: String,
    /// What each symbol means.
    pub legend: Vec<Legend>,
    /// The data.
    pub plot: Plot,
}

/// The meaning of a symbol.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Legend {
    /// The symbol.
    pub symbol: Symbol,
    /// Its meaning.
    pub text: String,
}

impl Legend {
    pub(super) fn new(symbol: Symbol, text: &str) -> Self {
        Self { symbol, text: text.into() }
    }
}

/// Marks differ in shape, not in colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Symbol {
    /// A filled disc: what was measured.
    Disc,
    /// A ring: what was predicted.
    Ring,
    /// An upright tick: a bound.
    Tick,
    /// A bar from the axis.
    Bar,
    /// A line across the figure.
    Line,
    /// A filled area.
    Area,
}

impl Symbol {
    /// The symbol as a character.
    pub fn character(self) -> char {
        match self {
            Self::Disc => '●',
            Self::Ring => '○',
            Self::Tick => '┃',
            Self::Bar => '▬',
            Self::Line => '│',
            Self::Area => '▒',
        }
    }
}

/// The data of a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plot {
    /// Named rows along a log2 axis.
    Rows(RowPlot),
    /// The range of a fast oscillation between two bounds.
    Band(BandPlot),
}

/// Named rows along a common log2 axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowPlot {
    /// What the axis shows.
    pub axis: String,
    /// The rows, from above.
    pub rows: Vec<Row>,
    /// Lines across all rows: what is written there and where.
    pub lines: Vec<(String, f64)>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its name.
    pub label: String,
    /// What is printed at its end.
    pub note: String,
    /// Symbols and where they stand.
    pub marks: Vec<(Symbol, f64)>,
}

/// An oscillation as its range in each column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BandPlot {
    /// What the horizontal axis shows.
    pub axis: String,
    /// Whether the places are given as their log2.
    pub logarithmic: bool,
    /// The half-height of the figure's unit: the bound that the values are divided by.
    pub unit: f64,
    /// What the unit is called.
    pub unit_name: String,
    /// The place, least and largest value there.
    pub columns: Vec<[f64; 3]>,
}
