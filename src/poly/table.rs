//! The coefficient table: the document that `fit` writes, `certify` proves and the exports translate.

pub use super::form::Form;
use super::form::validate_growth;
use super::{Evaluation, Polynomial};
use crate::document::{Body, Document, Provenance};
use crate::error::{Error, Result};
use crate::real::Exact;
use rug::Rational;
use serde::{Deserialize, Serialize};

/// The largest degree of a table that is one polynomial.
pub const LARGEST_DEGREE: u64 = 10_000;
/// The largest number of doublings of a composite table.
pub const LARGEST_STEPS: usize = 40;
/// More intervals than this are refused when a table is read.
const LARGEST_INTERVAL_COUNT: usize = 64;

/// A function by name, as tables and certificates carry it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TargetName {
    /// The name, such as `reciprocal`.
    pub name: String,
    /// What is added to x before the function is taken; 0 where nothing is.
    pub epsilon: Exact,
}

/// Which error is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// max |p(x) − f(x)|.
    Absolute,
    /// max |p(x)/f(x) − 1|.
    Relative,
}

impl std::fmt::Display for Metric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Absolute => "absolute",
            Self::Relative => "relative",
        })
    }
}

/// What is known of the error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ErrorStatement {
    /// Which error.
    pub metric: Metric,
    /// The fitter's own figure: an estimate, not a bound.
    pub estimated: Exact,
    /// A proved upper bound.
    pub certified_upper: Option<Exact>,
    /// A proved lower bound.
    pub certified_lower: Option<Exact>,
}

/// How the table was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FitRecord {
    /// The method's name.
    pub method: String,
    /// `converged` in every table that is written.
    pub status: String,
    /// Iterations of an iterative method; 0 for a formula.
    pub iterations: u64,
    /// Bits of the working precision.
    pub precision_bits: u32,
    /// Wall time.
    pub seconds: f64,
    /// How far an exchange has come; `None` for the other methods.
    #[serde(flatten)]
    pub exchange: Option<Exchange>,
}

/// The state in which an exchange ended, before the coefficients were rounded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Exchange {
    /// The levelled error: no polynomial of this degree has a smaller one.
    pub levelled_error: Exact,
    /// The largest error over the levelled one.
    pub spread: f64,
}

/// A coefficient table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Table {
    /// The numbers.
    #[serde(flatten)]
    pub form: Form,
    /// The function that they approximate.
    pub target: TargetName,
    /// Where, in increasing order.
    pub intervals: Vec<[Exact; 2]>,
    /// The degree as a polynomial in x; 2^k − 1 for a composite of k doublings.
    pub degree: u64,
    /// What one evaluation costs.
    pub evaluation: Evaluation,
    /// What is known of the error.
    pub error: ErrorStatement,
    /// Whether the approximation is > 0 on the intervals; `None` where that is not shown.
    pub positive: Option<bool>,
    /// Whether it is strictly monotone there in the direction of the function; `None` where that is not shown.
    pub monotone: Option<bool>,
    /// How it was made.
    pub fit: FitRecord,
}

impl Body for Table {
    const KIND: &'static str = "table";
}

impl Table {
    /// The table's hash as a document.
    pub fn sha256(&self) -> String {
        Document::new(self.clone(), Provenance::new(&(), None)).sha256()
    }

    /// The same table with nothing proved: what `fit` wrote.
    #[must_use]
    pub fn without_proofs(&self) -> Self {
        let error = ErrorStatement { certified_upper: None, certified_lower: None, ..self.error.clone() };
        Self { error, positive: None, monotone: None, ..self.clone() }
    }

    /// The hull of the intervals.
    ///
    /// # Errors
    /// [`Error::Input`] when there is none.
    pub fn hull(&self) -> Result<(Rational, Rational)> {
        match (self.intervals.first(), self.intervals.last()) {
            (Some([lo, _]), Some([_, hi])) => Ok((lo.0.clone(), hi.0.clone())),
            _ => Err(field("intervals", "at least one interval", "none")),
        }
    }

    /// The table as one polynomial; `None` for a composite.
    ///
    /// # Errors
    /// [`Error::Input`] when the table has no interval.
    pub fn polynomial(&self) -> Result<Option<Polynomial>> {
        let (lo, hi) = self.hull()?;
        Ok(match &self.form {
            Form::Polynomial { basis, coefficients, .. } => {
                let coefficients = coefficients.iter().map(|c| c.0.clone()).collect();
                Some(Polynomial { basis: *basis, lo, hi, coefficients })
            }
            Form::Composite { .. } | Form::Stages { .. } => None,
        })
    }

    /// Checks that a table read from a file agrees with itself.
    ///
    /// # Errors
    /// [`Error::Input`] naming the field, what was expected and what was found.
    pub fn validate(&self) -> Result<()> {
        self.form.validate()?;
        validate_intervals(&self.intervals)?;
        validate_growth(&self.form, &self.intervals, &self.target.epsilon)?;
        if self.degree != self.form.degree() {
            return Err(field("degree", format!("{} from the numbers given", self.form.degree()), self.degree));
        }
        let evaluation = self.form.evaluation();
        if self.evaluation != evaluation {
            let text = |e: Evaluation| format!("depth {} and {} products", e.depth, e.products);
            return Err(field("evaluation", text(evaluation), text(self.evaluation)));
        }
        let figures = [
            ("error.estimated", Some(&self.error.estimated)),
            ("error.certified_upper", self.error.certified_upper.as_ref()),
            ("error.certified_lower", self.error.certified_lower.as_ref()),
        ];
        match figures.iter().find_map(|(name, value)| value.filter(|v| ***v < 0).map(|v| (name, v))) {
            Some((name, value)) => Err(field(name, "a number ≥ 0", short(value))),
            None => Ok(()),
        }
    }
}

/// Intervals are not empty, increasing and apart.
///
/// # Errors
/// [`Error::Input`] naming the field.
pub fn validate_intervals(intervals: &[[Exact; 2]]) -> Result<()> {
    if intervals.is_empty() || intervals.len() > LARGEST_INTERVAL_COUNT {
        return Err(field("intervals", format!("1 to {LARGEST_INTERVAL_COUNT} intervals"), intervals.len()));
    }
    for [lo, hi] in intervals {
        if lo >= hi {
            return Err(field("intervals", "lo < hi", format!("[{}, {}]", short(lo), short(hi))));
        }
    }
    let mut neighbours = intervals.iter().zip(intervals.iter().skip(1));
    match neighbours.find(|(a, b)| a[1] >= b[0]) {
        Some((a, b)) => {
            let found = format!("one that ends at {} before one that begins at {}", short(&a[1]), short(&b[0]));
            Err(field("intervals", "increasing intervals that do not touch", found))
        }
        None => Ok(()),
    }
}

pub(super) fn field(name: &str, expected: impl std::fmt::Display, found: impl std::fmt::Display) -> Error {
    Error::input(format!("field '{name}': expected {expected}, found {found}"))
}

/// A number for a message: its first 40 characters.
pub(super) fn short(value: &impl std::fmt::Display) -> String {
    let text = value.to_string();
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
