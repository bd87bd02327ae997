//! A table of the reciprocal as a map from rows to weights.

use super::attention::Row;
use super::table::value;
use crate::attention::{Epsilon, EpsilonForm, RowShape, power};
use crate::error::{Error, Result};
use crate::poly::table::{Metric, Table};
use crate::real::Exact;
use crate::target::Target;
use rug::Rational;

/// Rows divided by a table of 1/(x + ε_t) on [lo, hi]: y_j = s·u_j·r(lo + s·Σ u_i), u_j = (x_j/R)^p, s = (hi − lo)/L.
///
/// That is (u_j/L)/(ε_m + m) with ε_m = (lo + ε_t)/(hi − lo), so every row of every shape stays on the table's interval.
#[derive(Debug, Clone)]
pub struct TableWeights {
    table: Table,
    lo: Rational,
    hi: Rational,
    /// ε_m.
    epsilon: Rational,
    delta: Rational,
}

impl TableWeights {
    /// The map of a table whose error is proved; `None` where it is no table of the reciprocal on positive numbers, or its relative error
    /// may be 1, which says nothing about weights.
    ///
    /// # Errors
    /// [`Error::Input`] when the table has no proved error.
    pub fn of(table: &Table) -> Result<Option<Self>> {
        let Target::Reciprocal(target) = Target::named(&table.target)? else { return Ok(None) };
        let width = |interval: &&[Exact; 2]| Rational::from(&interval[1].0 - &interval[0].0);
        let Some([lo, hi]) = table.intervals.iter().max_by_key(width) else { return Ok(None) };
        let [least, most] = [lo, hi].map(|x| Rational::from(&x.0 + &target.epsilon));
        if least <= 0 {
            return Ok(None);
        }
        let upper = table.error.certified_upper.as_ref();
        let upper =
            upper.ok_or_else(|| Error::input("field 'error.certified_upper': expected a proved bound, found none"))?;
        let delta = match table.error.metric {
            Metric::Relative => upper.0.clone(),
            Metric::Absolute => Rational::from(&upper.0 * &most),
        };
        if delta >= 1 {
            return Ok(None);
        }
        let epsilon = least / Rational::from(&hi.0 - &lo.0);
        Ok(Some(Self { table: table.clone(), lo: lo.0.clone(), hi: hi.0.clone(), epsilon, delta }))
    }

    /// δ: no r(x) is further from 1/(x + ε_t), relatively.
    pub fn delta(&self) -> &Rational {
        &self.delta
    }

    /// ε, in unit form.
    pub fn epsilon(&self) -> Epsilon {
        Epsilon { form: EpsilonForm::Unit, value: Exact(self.epsilon.clone()) }
    }

    /// The same row with the ε that the table has, in the form that the row had.
    #[must_use]
    pub fn row(&self, row: Row) -> Row {
        let epsilon = self.epsilon().to(row.epsilon.form, &row.shape);
        Row { epsilon, ..row }
    }

    /// The weights of a row.
    ///
    /// # Errors
    /// [`Error::Input`] when ε is not the table's, and those of [`value`].
    pub fn weights(&self, scores: &[Rational], shape: &RowShape, epsilon: &Epsilon) -> Result<Vec<Rational>> {
        let unit = epsilon.unit(shape);
        if unit != self.epsilon {
            let (expected, found) = (Exact(self.epsilon.clone()), Exact(unit));
            return Err(Error::input(format!("epsilon: expected {expected} in unit form, found {found}")));
        }
        let scale = Rational::from(&self.hi - &self.lo) / shape.length;
        let scaled: Vec<Rational> =
            scores.iter().map(|x| power(&Rational::from(x / &shape.bound), shape.power) * &scale).collect();
        let sum = scaled.iter().fold(self.lo.clone(), |sum, u| sum + u);
        let r = value(&self.table, &sum)?;
        Ok(scaled.into_iter().map(|u| u * &r).collect())
    }
}
