//! A specification with the scores that it names.

use super::rows::Rows;
use super::spec::{RowsBelow, SMALLEST_BITS, Spec};
use super::spec_text::SpecText;
use crate::attention::{RowShape, Scores};
use crate::error::{Error, Result};
use crate::real::log2;
use rug::Rational;
use std::path::Path;

/// Score bounds further from 1 are refused: scores are binary64, and their powers must be.
const LARGEST_LOG2_BOUND: f64 = 256.0;

/// A specification with the scores that it names.
#[derive(Debug, Clone)]
pub struct SpecSource {
    /// The specification.
    pub spec: Spec,
    /// The score bound R.
    pub bound: Rational,
    /// The rows of the scores, where there are any.
    pub rows: Option<Rows>,
    /// How many more rows the scores have, which are below `smallest_mean_square` and left out.
    pub skipped: u64,
}

impl SpecSource {
    /// Reads a specification and the scores that it names, whose path is relative to it. With `insecure`, parameters above the
    /// security table are allowed, and small rings.
    ///
    /// # Errors
    /// [`Error::Input`] naming the file and the field.
    pub fn read(path: &Path, insecure: bool) -> Result<Self> {
        Self::from_text(&SpecText::read(Some(path), &[])?, insecure)
    }

    /// The same of a text that was read.
    ///
    /// # Errors
    /// [`Error::Input`] naming the file, the line and the field.
    pub fn from_text(text: &SpecText, insecure: bool) -> Result<Self> {
        let spec = Spec::from_text(text, insecure)?;
        let scores = match &spec.attention.scores {
            Some(file) => Some(Scores::read(&text.folder().join(file))?),
            None => None,
        };
        Self::new(spec, scores.as_ref()).map_err(|e| text.locate(e))
    }

    /// A checked specification with its scores.
    ///
    /// # Errors
    /// [`Error::Input`] for scores above R, of a length that the specification does not list, or all zero.
    pub fn new(spec: Spec, scores: Option<&Scores>) -> Result<Self> {
        let attention = &spec.attention;
        let rows = match scores {
            Some(scores) => Some(Rows::of(scores, attention.layer, attention.head, attention.causal)?),
            None => None,
        };
        let given = attention.score_bound.as_ref().map(|bound| bound.0.clone());
        let bound = given.or_else(|| rows.as_ref().map(Rows::largest)).unwrap_or_default();
        let mut source = Self::with_bound(spec, bound)?;
        if let Some(rows) = &rows {
            let lengths = source.spec.attention.length.as_slice();
            rows.check(&source.bound, lengths).map_err(|e| e.at("attention.scores"))?;
        }
        let kept = rows.map(|rows| source.kept(rows));
        (source.rows, source.skipped) = match kept {
            Some((rows, skipped)) => (Some(rows), skipped),
            None => (None, 0),
        };
        Ok(source)
    }

    /// A checked specification whose score bound is known and whose scores are not.
    ///
    /// # Errors
    /// [`Error::Input`] for a bound that is not positive or so far from 1 that its powers leave binary64.
    pub fn with_bound(spec: Spec, bound: Rational) -> Result<Self> {
        if bound <= 0 {
            return Err(Error::input(
                "attention.scores: every score is 0, so there is no score bound: give score_bound",
            ));
        }
        if log2(&bound).abs() > LARGEST_LOG2_BOUND {
            return Err(Error::input(format!(
                "attention.score_bound: expected 2^-{LARGEST_LOG2_BOUND} to 2^{LARGEST_LOG2_BOUND}, found 2^{:.0}",
                log2(&bound)
            )));
        }
        let source = Self { spec, bound, rows: None, skipped: 0 };
        source.check_ends()?;
        Ok(source)
    }

    /// Refuses ε that are tiny beside R^p, as [`Spec::check`] does those that are tiny themselves.
    fn check_ends(&self) -> Result<()> {
        let longest = self.spec.attention.length.as_slice().iter().max().copied().unwrap_or(1);
        for &p in self.spec.attention.p.as_slice() {
            let shape = RowShape::new(longest, self.bound.clone(), p)?;
            for epsilon in self.spec.epsilons() {
                // A domain that there is none of is refused where it is asked for.
                let end =
                    self.spec.domain(&shape, epsilon.as_ref()).map(|domain| log2(&domain.a())).unwrap_or_default();
                if end < -SMALLEST_BITS {
                    return Err(Error::input(format!(
                        "attention.epsilon: beside mean (x/R)^p with p = {p} the smallest denominator is 2^{end:.0}, expected \
                         at least 2^-{SMALLEST_BITS}: raise it, or promise a smallest_mean"
                    )));
                }
            }
        }
        Ok(())
    }

    /// The rows that a plan is for, and how many are left out as `rows_below` asks.
    pub fn kept(&self, rows: Rows) -> (Rows, u64) {
        match self.spec.attention.rows_below {
            RowsBelow::Refuse => (rows, 0),
            RowsBelow::Skip => rows.above(&self.bound, 2, &self.spec.attention.smallest_mean_square.0),
        }
    }
}
