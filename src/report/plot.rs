//! Figures as data: what is drawn, and the same in words.

use serde::{Deserialize, Serialize};

/// A figure: its data and its alternative in words. Numbers on logarithmic axes are given as log2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Symbol {
    /// A filled disc: what was measured.
    Disc,
    /// A ring: what was predicted.
    Ring,
    /// A cross: a measured mean.
    Cross,
    /// An upright tick: a bound.
    Tick,
    /// A filled square.
    Square,
    /// A filled triangle.
    Triangle,
    /// A filled diamond.
    Diamond,
    /// A bar from the axis.
    Bar,
    /// A line across the figure.
    Line,
    /// A filled area.
    Area,
}

impl Symbol {
    /// What series of one figure are told apart by, whatever their colour.
    pub(super) const OF_SERIES: [Self; 6] =
        [Self::Disc, Self::Square, Self::Triangle, Self::Diamond, Self::Ring, Self::Cross];

    /// The symbol of the series with this index.
    pub(super) fn of_series(index: usize) -> Self {
        Self::OF_SERIES.get(index % Self::OF_SERIES.len()).copied().unwrap_or(Self::Disc)
    }
    /// The symbol as a character.
    pub fn character(self) -> char {
        match self {
            Self::Disc => '●',
            Self::Ring => '○',
            Self::Cross => '✕',
            Self::Square => '■',
            Self::Triangle => '▲',
            Self::Diamond => '◆',
            Self::Tick => '┃',
            Self::Bar => '▬',
            Self::Line => '│',
            Self::Area => '▒',
        }
    }
}

/// The data of a figure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Plot {
    /// Named rows along an axis.
    Rows(RowPlot),
    /// The range of a fast oscillation between two bounds.
    Band(BandPlot),
    /// Series of points over two axes.
    Points(PointPlot),
}

/// What an axis shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Axis {
    /// The quantity.
    pub name: String,
    /// How its values are given.
    pub scale: Scale,
}

/// How the values of an axis are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// As log2 of the quantity.
    Log2,
    /// As they are.
    Linear,
    /// As they are, whole numbers.
    Count,
}

impl Axis {
    pub(super) fn log2(name: impl Into<String>) -> Self {
        Self { name: name.into(), scale: Scale::Log2 }
    }

    pub(super) fn count(name: impl Into<String>) -> Self {
        Self { name: name.into(), scale: Scale::Count }
    }

    pub(super) fn linear(name: impl Into<String>) -> Self {
        Self { name: name.into(), scale: Scale::Linear }
    }
}

/// Named rows along a common axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RowPlot {
    /// The axis.
    pub axis: Axis,
    /// The rows, from above.
    pub rows: Vec<Row>,
    /// Lines across all rows: what is written there and where.
    pub lines: Vec<(String, f64)>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Row {
    /// Its name.
    pub label: String,
    /// What is printed at its end.
    pub note: String,
    /// Symbols and where they stand.
    pub marks: Vec<(Symbol, f64)>,
}

/// An oscillation as its range in each column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BandPlot {
    /// The horizontal axis.
    pub axis: Axis,
    /// The half-height of the figure's unit: the bound that the values are divided by.
    pub unit: f64,
    /// What the unit is called.
    pub unit_name: String,
    /// The place, least and largest value there.
    pub columns: Vec<[f64; 3]>,
}

/// Series of points over two axes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PointPlot {
    /// The horizontal axis.
    pub x: Axis,
    /// The upright axis.
    pub y: Axis,
    /// The series.
    pub series: Vec<Series>,
    /// Upright lines: what is written there and where.
    pub columns: Vec<(String, f64)>,
    /// Level lines: what is written there and where.
    pub levels: Vec<(String, f64)>,
}

/// One series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Series {
    /// Its mark, which no other series of the figure has.
    pub symbol: Symbol,
    /// Whether its points are joined.
    pub joined: bool,
    /// Its points, x and y.
    pub points: Vec<[f64; 2]>,
}
