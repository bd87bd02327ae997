//! One candidate, from its constants to its circuits and its error.

use super::ckks::Ckks;
use super::document::Plan;
use super::spec::{Spec, SpecSource};
use crate::attention::{Epsilon, RowDomain, RowShape};
use crate::certify::residual_ranges;
use crate::circuit::{MergedComposite, ModulusChain, PlacedCircuit, Secret, Segments};
use crate::error::{Error, Result};
use crate::poly::table::{Form, Table};
use crate::real::{Exact, PRECISION, f64_above};
use rug::{Float, Rational};

/// Everything that the circuits of one plan are built from.
#[derive(Debug, Clone)]
pub struct Job {
    /// The even power p.
    pub power: u32,
    /// R.
    pub bound: Rational,
    /// ε, or `None` for the plain variant.
    pub epsilon: Option<Epsilon>,
    /// c of the composite.
    pub start: Exact,
    /// α of each doubling.
    pub steps: Vec<Exact>,
    /// [a, b] over all lengths.
    pub domain: (Rational, Rational),
    /// Where circuits are refreshed, if they are.
    pub segments: Option<Segments>,
    /// The distribution of the secret.
    pub secret: Secret,
}

impl Job {
    /// The job of a candidate.
    ///
    /// # Errors
    /// [`Error::Internal`] for a table that is no composite.
    pub fn new(power: u32, bound: Rational, epsilon: Option<Epsilon>, table: &Table, ckks: &Ckks) -> Result<Self> {
        let Form::Composite { start, steps } = &table.form else {
            return Err(Error::internal("the merged circuit needs a composite table"));
        };
        Ok(Self {
            power,
            bound,
            epsilon,
            start: start.clone(),
            steps: steps.clone(),
            domain: table.hull()?,
            segments: ckks.segments(),
            secret: ckks.secret,
        })
    }

    /// The job of a plan that was read from a document.
    ///
    /// # Errors
    /// [`Error::Input`] for a plan without a table.
    pub fn of(plan: &Plan, spec: &Spec) -> Result<Self> {
        let table =
            plan.tables.first().ok_or_else(|| Error::input("field 'tables': expected one table, found none"))?;
        let epsilon = match (&spec.attention.epsilon, &plan.epsilon.unit) {
            (Some(choice), Some(unit)) => {
                let shape = RowShape::new(longest(spec), plan.score_bound.0.clone(), plan.p)?;
                let unit = Epsilon { form: crate::attention::EpsilonForm::Unit, value: unit.clone() };
                Some(unit.to(choice.form, &shape))
            }
            _ => None,
        };
        Self::new(plan.p, plan.score_bound.0.clone(), epsilon, &table.body, &spec.ckks)
    }

    /// The row shape for one length.
    ///
    /// # Errors
    /// [`Error::Input`] as [`RowShape::new`].
    pub fn shape(&self, length: u32) -> Result<RowShape> {
        RowShape::new(length, self.bound.clone(), self.power)
    }

    /// The merged circuit for rows of one length.
    ///
    /// # Errors
    /// [`Error::Input`] as [`RowShape::new`].
    pub fn circuit(&self, length: u32) -> Result<MergedComposite> {
        let shape = self.shape(length)?;
        let ranges = residual_ranges(&self.start, &self.steps, &self.domain);
        let residuals = ranges.into_iter().map(|(low, high)| f64_above(&low.abs().max(high.abs()))).collect();
        Ok(MergedComposite {
            power: self.power,
            length,
            epsilon: self.epsilon.as_ref().map(|e| e.unit(&shape)).unwrap_or_default(),
            start: self.start.0.clone(),
            steps: self.steps.iter().map(|alpha| alpha.0.clone()).collect(),
            residuals,
            segments: self.segments,
        })
    }

    /// The circuit placed on `chain`, its result at scale 2^scale_bits.
    ///
    /// # Errors
    /// As [`PlacedCircuit::new`].
    pub fn place(&self, length: u32, chain: &ModulusChain, scale_bits: u32) -> Result<PlacedCircuit> {
        let scale = Float::with_val(PRECISION, 1) << scale_bits;
        let placed = PlacedCircuit::new(self.circuit(length)?.circuit(), chain.clone(), length, &scale)?;
        Ok(placed.with_secret(self.secret))
    }

    /// The rows' domain for one length.
    ///
    /// # Errors
    /// As [`Spec::domain`].
    pub fn row_domain(&self, spec: &Spec, length: u32) -> Result<RowDomain> {
        spec.domain(&self.shape(length)?, self.epsilon.as_ref())
    }
}

/// The longest length of a specification.
pub(super) fn longest(spec: &Spec) -> u32 {
    spec.attention.length.as_slice().iter().copied().max().unwrap_or(1)
}

/// The row shape at the longest length, where a plan states its ε in all forms.
pub(super) fn longest_shape(source: &SpecSource, power: u32) -> Result<RowShape> {
    RowShape::new(longest(&source.spec), source.bound.clone(), power)
}

/// A bound of binary64 as an exact decimal that is not below it.
pub(super) fn decimal_above(value: f64) -> Exact {
    Exact(crate::real::ceil_decimal(&Rational::from_f64(value).unwrap_or_default(), 30))
}

/// A figure of binary64 as a decimal of 17 digits.
pub(super) fn decimal(value: f64) -> Exact {
    Exact(crate::real::round_decimal(&Rational::from_f64(value).unwrap_or_default(), 17))
}
