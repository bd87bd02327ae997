//! Rows of raw scores that a plan is made for or run on.

use crate::attention::{RowDomain, Scores, power, row_means};
use crate::error::{Error, Result};
use rug::Rational;
use rug::ops::Pow;

/// Rows of raw scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// Number of keys in each row, which is also L.
    pub keys: usize,
    /// The rows; masked scores are 0.
    pub rows: Vec<Vec<f64>>,
}

impl Rows {
    /// The rows of the chosen heads of `scores`, masked where `causal`.
    ///
    /// # Errors
    /// [`Error::Input`] when there is no such layer or head.
    pub fn of(scores: &Scores, layer: Option<usize>, head: Option<usize>, causal: bool) -> Result<Self> {
        let mut rows = Vec::new();
        for (layer, head) in scores.select(layer, head)? {
            for (query, row) in scores.head(layer, head)?.rows().enumerate() {
                let seen = |key: usize| !causal || key <= query;
                rows.push(row.iter().enumerate().map(|(key, &x)| if seen(key) { x } else { 0.0 }).collect());
            }
        }
        Ok(Self { keys: scores.shape[3], rows })
    }

    /// The largest |score|, exactly.
    pub fn largest(&self) -> Rational {
        let largest = self.rows.iter().flatten().fold(0.0f64, |largest, x| largest.max(x.abs()));
        Rational::from_f64(largest).unwrap_or_default()
    }

    /// The row means (1/L) Σ (x/R)^p in ascending order.
    pub fn means(&self, bound: f64, p: u32) -> Vec<f64> {
        row_means(self.rows.iter().map(Vec::as_slice), bound, p)
    }

    /// The rows whose mean (x/R)^p, exactly, is at least `smallest`, and the number of the others.
    pub fn above(self, bound: &Rational, p: u32, smallest: &Rational) -> (Self, u64) {
        let least = least_sum(self.keys, bound, p, smallest);
        let all = self.rows.len();
        let rows: Vec<Vec<f64>> = self.rows.into_iter().filter(|row| sum_of_powers(row, p) >= least).collect();
        let skipped = (all - rows.len()) as u64;
        (Self { rows, ..self }, skipped)
    }

    /// Refuses rows whose mean (x/R)^p, exactly, is below what was promised.
    ///
    /// # Errors
    /// [`Error::Input`] naming the row.
    pub fn check_means(&self, domain: &RowDomain, bound: &Rational, p: u32) -> Result<()> {
        if domain.smallest_mean == 0 {
            return Ok(());
        }
        let least = least_sum(self.keys, bound, p, &domain.smallest_mean);
        match self.rows.iter().position(|row| sum_of_powers(row, p) < least) {
            None => Ok(()),
            Some(row) => Err(Error::input(format!(
                "row {row}: mean((x/R)^{p}) is below the promised smallest mean 2^{:.2}: promise less",
                crate::real::log2(&domain.smallest_mean)
            ))),
        }
    }

    /// Refuses rows that `bound` or one of `lengths` does not admit.
    ///
    /// # Errors
    /// [`Error::Input`] naming the score or the length.
    pub fn check(&self, bound: &Rational, lengths: &[u32]) -> Result<()> {
        if !lengths.iter().any(|&l| l as usize == self.keys) {
            return Err(Error::input(format!(
                "the scores have rows of {} keys, length = {lengths:?}: add {} to length or name other scores",
                self.keys, self.keys
            )));
        }
        let above = |x: &f64| Rational::from_f64(*x).is_none_or(|x| x.cmp_abs(bound).is_gt());
        for (index, row) in self.rows.iter().enumerate() {
            if let Some(key) = row.iter().position(above) {
                return Err(Error::input(format!(
                    "row {index}, key {key}: the score {} exceeds the score bound R = {}: raise score_bound",
                    row.get(key).copied().unwrap_or_default(),
                    bound.to_f64()
                )));
            }
        }
        Ok(())
    }
}

/// m_min·L·R^p, to be compared with Σ x^p: no division.
fn least_sum(keys: usize, bound: &Rational, p: u32, smallest: &Rational) -> Rational {
    Rational::from(bound.pow(p)) * keys as u64 * smallest
}

/// Σ x^p, exactly.
fn sum_of_powers(row: &[f64], p: u32) -> Rational {
    let exact = row.iter().map(|&x| power(&Rational::from_f64(x).unwrap_or_default(), p));
    exact.fold(Rational::new(), |sum, u| sum + u)
}
