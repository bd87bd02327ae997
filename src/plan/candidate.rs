//! One candidate, from its constants to its circuits and its error.

use super::ckks::Ckks;
use super::document::Plan;
use super::method::Method;
use super::source::SpecSource;
use super::spec::Spec;
use crate::attention::{Epsilon, RowDomain, RowShape};
use crate::certify::residual_ranges;
use crate::circuit::{
    Circuit, MergedComposite, ModulusChain, PlacedCircuit, Secret, Segments, StagedComposite, depth_of_power,
};
use crate::error::{Error, Result};
use crate::poly::table::{Form, Table};
use crate::real::{Exact, PRECISION, f64_above, log2};
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
    /// How it divides.
    pub method: Method,
    /// The divisions, first to last.
    pub divisions: Vec<Division>,
    /// Where circuits are refreshed, if they are.
    pub segments: Option<Segments>,
    /// The distribution of the secret.
    pub secret: Secret,
}

/// One division by a row sum, or by the mean of a row.
#[derive(Debug, Clone)]
pub struct Division {
    /// c of the composite.
    pub start: Exact,
    /// α of each doubling.
    pub steps: Vec<Exact>,
    /// [a, b] over all lengths.
    pub domain: (Rational, Rational),
}

impl Division {
    fn new(table: &Table) -> Result<Self> {
        let Form::Composite { start, steps } = &table.form else {
            return Err(Error::internal("the merged circuit needs a composite table"));
        };
        Ok(Self { start: start.clone(), steps: steps.clone(), domain: table.hull()? })
    }
}

impl Job {
    /// The job of a candidate that divides by these tables.
    ///
    /// # Errors
    /// [`Error::Internal`] for a table that is no composite, and for none.
    pub fn new<'a>(
        power: u32,
        bound: Rational,
        epsilon: Option<Epsilon>,
        method: Method,
        tables: impl IntoIterator<Item = &'a Table>,
        ckks: &Ckks,
    ) -> Result<Self> {
        let divisions = tables.into_iter().map(Division::new).collect::<Result<Vec<_>>>()?;
        if divisions.len() as u32 != method.divisions(power)? {
            return Err(Error::internal("as many tables as divisions are needed"));
        }
        let (segments, secret) = (ckks.segments(), ckks.secret);
        Ok(Self { power, bound, epsilon, method, divisions, segments, secret })
    }

    /// The job of a plan that was read from a document.
    ///
    /// # Errors
    /// [`Error::Input`] for a plan without its tables.
    pub fn of(plan: &Plan, spec: &Spec) -> Result<Self> {
        let (expected, found) = (plan.method.divisions(plan.p)?, plan.tables.len());
        if expected as usize != found {
            return Err(Error::input(format!("field 'tables': expected {expected}, found {found}")));
        }
        let epsilon = match (&spec.attention.epsilon, &plan.epsilon.unit) {
            (Some(choice), Some(unit)) => {
                let shape = RowShape::new(longest(spec), plan.score_bound.0.clone(), plan.p)?;
                let unit = Epsilon { form: crate::attention::EpsilonForm::Unit, value: unit.clone() };
                Some(unit.to(choice.form, &shape))
            }
            _ => None,
        };
        let tables = plan.tables.iter().map(|table| &table.body);
        Self::new(plan.p, plan.score_bound.0.clone(), epsilon, plan.method, tables, &spec.ckks)
    }

    /// The row shape for one length.
    ///
    /// # Errors
    /// [`Error::Input`] as [`RowShape::new`].
    pub fn shape(&self, length: u32) -> Result<RowShape> {
        RowShape::new(length, self.bound.clone(), self.power)
    }

    /// Each division for rows of one length.
    ///
    /// # Errors
    /// [`Error::Input`] as [`RowShape::new`].
    pub fn composites(&self, length: u32) -> Result<Vec<MergedComposite>> {
        let shape = self.shape(length)?;
        let epsilon = self.epsilon.as_ref().map(|e| e.unit(&shape)).unwrap_or_default();
        let composite = |(index, division): (usize, &Division)| {
            let Division { start, steps, domain } = division;
            let ranges = residual_ranges(start, steps, domain);
            let (power, epsilon) = match self.method {
                Method::Merged => (self.power, epsilon.clone()),
                Method::Staged => (2, Rational::new()),
            };
            // The first divides by a mean. The others divide by a sum, which is L times the mean.
            let share = if index == 0 { 1 } else { length };
            MergedComposite {
                power,
                length,
                epsilon,
                start: Rational::from(&start.0 * share),
                steps: steps.iter().map(|alpha| alpha.0.clone()).collect(),
                residuals: ranges.into_iter().map(|(low, high)| f64_above(&low.abs().max(high.abs()))).collect(),
                segments: self.segments,
            }
        };
        Ok(self.divisions.iter().enumerate().map(composite).collect())
    }

    /// The circuit for rows of one length.
    ///
    /// # Errors
    /// As [`Job::composites`].
    pub fn circuit(&self, length: u32) -> Result<Circuit> {
        let stages = self.composites(length)?;
        match (self.method, stages.as_slice()) {
            (Method::Merged, [only]) => Ok(only.circuit()),
            (Method::Staged, _) => Ok(StagedComposite { stages }.circuit()),
            _ => Err(Error::internal("one division is needed")),
        }
    }

    /// By how many bits the scale should exceed that of the result, at the scores and after each rescaling: as many as noise there is
    /// amplified by.
    ///
    /// # Formula
    /// Noise in R grows fourfold in each doubling until R is small, after about ½·log2 κ of them, and what a division but the last
    /// hands on is amplified by about 2√L in each division after it. Where there is one division, one scale does.
    pub fn headroom(&self, length: u32) -> Vec<u32> {
        if let (Method::Merged, [only]) = (self.method, self.divisions.as_slice()) {
            return vec![0; 1 + depth_of_power(self.power) as usize + only.steps.len()];
        }
        let mut bits = Vec::new();
        for (index, division) in self.divisions.iter().enumerate() {
            let after = (self.divisions.len() - 1 - index) as f64;
            let carried = after * (1.0 + 0.5 * f64::from(length).log2());
            let slow = 0.5 * (log2(&division.domain.1) - log2(&division.domain.0));
            let doublings = 0..=division.steps.len();
            bits.extend(doublings.map(|m| (carried + 2.0 * (slow - m as f64).max(0.0)).round() as u32));
        }
        bits.first().copied().into_iter().chain(bits).collect()
    }

    /// The circuit placed on `chain`, its result at scale 2^scale_bits.
    ///
    /// # Errors
    /// As [`PlacedCircuit::new`].
    pub fn place(&self, length: u32, chain: &ModulusChain, scale_bits: u32) -> Result<PlacedCircuit> {
        let scale = Float::with_val(PRECISION, 1) << scale_bits;
        let placed = PlacedCircuit::new(self.circuit(length)?, chain.clone(), length, &scale)?;
        Ok(placed.with_secret(self.secret))
    }

    /// The rows' domain for one length.
    ///
    /// # Errors
    /// As [`Spec::domain`].
    pub fn row_domain(&self, spec: &Spec, length: u32) -> Result<RowDomain> {
        spec.domain(&self.shape(length)?, self.epsilon.as_ref())
    }

    /// The power whose row mean or sum is divided by first.
    pub fn first_power(&self) -> u32 {
        if self.method == Method::Staged { 2 } else { self.power }
    }

    /// The domain of the first row mean for one length: of the mean of (x/R)^p, where powers are normalised on the way of (x/R)².
    ///
    /// # Errors
    /// As [`Spec::domain`].
    pub fn first_domain(&self, spec: &Spec, length: u32) -> Result<RowDomain> {
        match self.method {
            Method::Merged => self.row_domain(spec, length),
            Method::Staged => spec.square_domain(length),
        }
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
