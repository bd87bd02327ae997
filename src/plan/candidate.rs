//! One candidate, from its constants to its circuits and its error.

use super::ckks::Ckks;
use super::document::Plan;
use super::method::Method;
use super::source::SpecSource;
use super::spec::Spec;
use crate::attention::{Epsilon, RowDomain, RowShape};
use crate::certify::residual_ranges;
use crate::circuit::{self, Circuit, Cost, ModulusChain, PlacedCircuit, Secret, Segments, StagedComposite, Start};
use crate::document::Document;
use crate::error::{Error, Result};
use crate::poly::table::{Form, Table};
use crate::real::{Exact, PRECISION, dyadic_ceil, f64_above, float_to_exact, log2, round_decimal};
use rug::{Float, Rational};

/// Bits after the point of a bound on a residual.
const RESIDUAL_BITS: u32 = 400;
/// Digits of the α of doublings after a start.
const STEP_DIGITS: u32 = 40;
/// Bits of t there: t − 1 is as small as 1/κ, and κ is below 2^900.
const STEP_PRECISION: u32 = 1200;

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
    /// The first approximation of the reciprocal.
    pub start: Start,
    /// α of each doubling.
    pub steps: Vec<Rational>,
    /// Upper bounds on |1 − D·y| over the domain: before the first doubling, and after each.
    pub residuals: Vec<Rational>,
    /// [a, b] over all lengths.
    pub domain: (Rational, Rational),
}

impl Division {
    /// The division by a table: a composite, or a certified polynomial that doublings by `steps` refine.
    ///
    /// # Errors
    /// [`Error::Input`] for a table of another form, for a polynomial whose error is not certified and for steps after a composite.
    pub fn new(table: &Table, steps: &[Exact]) -> Result<Self> {
        let domain = table.hull()?;
        match (&table.form, table.polynomial()?) {
            (Form::Composite { start, steps: own }, _) if steps.is_empty() => {
                let ranges = residual_ranges(start, own, &domain).into_iter();
                let residuals = ranges.map(|(low, high)| low.abs().max(high.abs())).collect();
                let steps = own.iter().map(|alpha| alpha.0.clone()).collect();
                Ok(Self { start: Start::Constant(start.0.clone()), steps, residuals, domain })
            }
            (Form::Polynomial { .. }, Some(polynomial)) => {
                let certified = table.error.certified_upper.as_ref();
                let first =
                    certified.ok_or_else(|| Error::input("field 'error.certified_upper': a number is needed"))?;
                let steps: Vec<Rational> = steps.iter().map(|alpha| alpha.0.clone()).collect();
                let residuals = refined(first, &steps)?;
                Ok(Self { start: Start::Polynomial(polynomial), steps, residuals, domain })
            }
            _ => Err(Error::input(
                "field 'form': a composite or a polynomial is needed, and 'steps' for a polynomial alone",
            )),
        }
    }

    /// Doublings, or steps of another iteration.
    pub fn doublings(&self) -> u32 {
        self.steps.len() as u32
    }

    /// The largest relative error of the reciprocal.
    pub fn error(&self) -> Rational {
        self.residuals.last().cloned().unwrap_or_default()
    }
}

/// The largest |R| before the first doubling and after each, from |R| ≤ `first`. All are below 1, so that y has the sign of 1/D.
///
/// # Formula
/// R' = αR² − (α − 1) is monotone in R², so it lies between 1 − α and αM² + 1 − α where |R| ≤ M.
fn refined(first: &Rational, steps: &[Rational]) -> Result<Vec<Rational>> {
    let below_one = |residual: Rational, name: &str| {
        let fails = || Error::NotCertified(format!("field '{name}' does not hold: the residual may reach 1"));
        if residual < 1 { Ok(residual) } else { Err(fails()) }
    };
    let mut largest = below_one(first.clone(), "error.certified_upper")?;
    let mut residuals = vec![largest.clone()];
    for alpha in steps {
        let at_zero = Rational::from(1) - alpha;
        let at_most = largest.square() * alpha + &at_zero;
        // Rounded up: squared again and again, exact numbers would grow without end.
        largest = below_one(dyadic_ceil(&at_zero.abs().max(at_most.abs()), RESIDUAL_BITS), "steps")?;
        residuals.push(largest.clone());
    }
    Ok(residuals)
}

/// α of each of `doublings` doublings that keep a residual of at most `first` as small as they can, rounded.
///
/// # Formula
/// t ← 2t² − 1 and α = 2t²/(2t² − 1) = 1 + 1/(2t² − 1), from t = 1/`first`.
pub(super) fn doublings_after(first: &Rational, doublings: u32) -> Vec<Exact> {
    let mut t = Float::with_val(STEP_PRECISION, first).recip();
    let step = |_| {
        t = t.clone().square() * 2u32 - 1u32;
        let alpha = Float::with_val(STEP_PRECISION, t.recip_ref()) + 1u32;
        Exact(round_decimal(&float_to_exact(&alpha), STEP_DIGITS))
    };
    (0..doublings).map(step).collect()
}

impl Job {
    /// The job of a candidate with these divisions.
    ///
    /// # Errors
    /// [`Error::Internal`] for as many divisions as its method does not have.
    pub fn new(
        power: u32,
        bound: Rational,
        epsilon: Option<Epsilon>,
        method: Method,
        divisions: Vec<Division>,
        ckks: &Ckks,
    ) -> Result<Self> {
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
        let division = |table: &Document<Table>| Division::new(&table.body, &plan.steps);
        let divisions = plan.tables.iter().map(division).collect::<Result<_>>()?;
        Self::new(plan.p, plan.score_bound.0.clone(), epsilon, plan.method, divisions, &spec.ckks)
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
    pub fn each_division(&self, length: u32) -> Result<Vec<circuit::Division>> {
        let shape = self.shape(length)?;
        let epsilon = self.epsilon.as_ref().map(|e| e.unit(&shape)).unwrap_or_default();
        let division = |(index, division): (usize, &Division)| {
            let (power, epsilon) = match self.method {
                Method::Staged => (2, Rational::new()),
                _ => (self.power, epsilon.clone()),
            };
            // The first divides by a mean. The others divide by a sum, which is L times the mean.
            let start = match &division.start {
                Start::Constant(c) if index > 0 => Start::Constant(Rational::from(c * length)),
                start => start.clone(),
            };
            circuit::Division {
                power,
                length,
                epsilon,
                start,
                steps: division.steps.clone(),
                residuals: division.residuals.iter().map(f64_above).collect(),
                numerator: self.method.numerator(),
                iteration: self.method.iteration(),
                segments: self.segments,
            }
        };
        Ok(self.divisions.iter().enumerate().map(division).collect())
    }

    /// The circuit for rows of one length.
    ///
    /// # Errors
    /// As [`Job::each_division`] and [`circuit::Division::circuit`].
    pub fn circuit(&self, length: u32) -> Result<Circuit> {
        let stages = self.each_division(length)?;
        match (self.method, stages.as_slice()) {
            (Method::Staged, _) => Ok(StagedComposite { stages }.circuit()),
            (_, [only]) => only.circuit(),
            _ => Err(Error::internal("one division is needed")),
        }
    }

    /// By how many bits the scale should exceed that of the result, at the scores and after each rescaling: as many as noise there is
    /// amplified by.
    ///
    /// # Formula
    /// Noise in R grows fourfold in each doubling until R is small, after about ½·log2 κ of them, and what a division but the last
    /// hands on is amplified by about 2√L in each division after it. Where there is one division, one scale does.
    ///
    /// # Errors
    /// As [`Job::circuit`].
    pub fn headroom(&self, length: u32) -> Result<Vec<u32>> {
        if self.method != Method::Staged {
            return Ok(vec![0; 1 + Cost::of(&self.circuit(length)?, length).depth as usize]);
        }
        let mut bits = Vec::new();
        for (index, division) in self.divisions.iter().enumerate() {
            let after = (self.divisions.len() - 1 - index) as f64;
            let carried = after * (1.0 + 0.5 * f64::from(length).log2());
            let slow = 0.5 * (log2(&division.domain.1) - log2(&division.domain.0));
            let doublings = 0..=division.steps.len();
            bits.extend(doublings.map(|m| (carried + 2.0 * (slow - m as f64).max(0.0)).round() as u32));
        }
        Ok(bits.first().copied().into_iter().chain(bits).collect())
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
            Method::Staged => spec.square_domain(length),
            _ => self.row_domain(spec, length),
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
