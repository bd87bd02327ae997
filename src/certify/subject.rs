//! What is certified: the numbers of a table, and the exact inequalities that say how good they are.

use super::recurrence::Recurrence;
use crate::error::{Error, Result};
use crate::poly::table::{Form, Metric, TargetName, validate_intervals};
use crate::poly::{IntegerPolynomial, Polynomial};
use crate::real::Exact;
use crate::target::{Reciprocal, Target};
use rug::Rational;

/// Degree times bits of a place, at most: an exact value has that many digits, and one polynomial that many a
/// coefficient.
const LONGEST_VALUE_BITS: u64 = 1 << 19;

/// A closed interval of x.
pub(super) type Segment = (Rational, Rational);

/// An approximation r of 1/(x + ε) on intervals that keep clear of the pole.
pub(super) struct Subject {
    pub approximation: Approximation,
    pub reciprocal: Reciprocal,
    pub segments: Vec<Segment>,
    pub metric: Metric,
}

pub(super) enum Approximation {
    Polynomial(Polynomial),
    Composite(Recurrence),
}

impl Subject {
    /// From the fields that tables and certificates share.
    pub fn new(form: &Form, target: &TargetName, intervals: &[[Exact; 2]], metric: Metric) -> Result<Self> {
        form.validate()?;
        validate_intervals(intervals)?;
        let Target::Reciprocal(reciprocal) = Target::named(target)? else {
            let name = &target.name;
            return Err(Error::NotCertified(format!(
                "field 'target': tables of the reciprocal are certified so far, not those of {name}"
            )));
        };
        let segments: Vec<Segment> = intervals.iter().map(|[lo, hi]| (lo.0.clone(), hi.0.clone())).collect();
        for (lo, hi) in &segments {
            reciprocal.denominators(lo, hi)?;
        }
        let approximation = match form {
            Form::Polynomial { basis, coefficients, .. } => {
                let coefficients = coefficients.iter().map(|c| c.0.clone()).collect();
                let (lo, hi) = (hull_end(segments.first(), |s| &s.0), hull_end(segments.last(), |s| &s.1));
                Approximation::Polynomial(Polynomial { basis: *basis, lo, hi, coefficients })
            }
            Form::Composite { .. } if metric == Metric::Absolute => {
                return Err(Error::input(
                    "field 'error.metric': a composite states its relative error, found absolute",
                ));
            }
            Form::Composite { start, steps } => Approximation::Composite(Recurrence::new(start, steps, &segments)),
        };
        Self { approximation, reciprocal, segments, metric }.with_short_places()
    }

    /// Refuses places with more digits than exact evaluation can carry.
    fn with_short_places(self) -> Result<Self> {
        let ends_are_short = self.segments.iter().all(|(lo, hi)| self.is_short(lo) && self.is_short(hi));
        if ends_are_short && self.is_short(&self.reciprocal.epsilon) {
            return Ok(self);
        }
        Err(Error::NotCertified(
            "field 'intervals' or 'target.epsilon': too many digits for exact evaluation at this degree".into(),
        ))
    }

    /// x + ε.
    pub fn denominator(&self, x: &Rational) -> Rational {
        Rational::from(x + &self.reciprocal.epsilon)
    }

    /// Whether an exact value at x has a length that can be computed with.
    fn is_short(&self, x: &Rational) -> bool {
        let degree = match &self.approximation {
            Approximation::Polynomial(p) => p.degree() as u64,
            // Its values are rounded outward at every step.
            Approximation::Composite(_) => 1,
        };
        let bits = x.numer().significant_bits().max(x.denom().significant_bits());
        degree * u64::from(bits) <= LONGEST_VALUE_BITS
    }

    /// Whether x lies in one of the intervals, and can be computed with.
    pub fn holds(&self, x: &Rational) -> bool {
        self.is_short(x) && self.segments.iter().any(|(lo, hi)| lo <= x && x <= hi)
    }

    /// An enclosure of r(x): a single point for a polynomial.
    pub fn value(&self, x: &Rational) -> Segment {
        let d = self.denominator(x);
        match &self.approximation {
            Approximation::Polynomial(p) => {
                let value = p.value(x);
                (value.clone(), value)
            }
            Approximation::Composite(recurrence) => {
                let (low, high) = recurrence.residual((&d, &d));
                let (one, other) = ((1 - high) / &d, (1 - low) / &d);
                if one <= other { (one, other) } else { (other, one) }
            }
        }
    }

    /// A lower bound, within rounding exact, of the error at x in the metric.
    pub fn error_at(&self, x: &Rational) -> Rational {
        let d = self.denominator(x);
        match &self.approximation {
            Approximation::Polynomial(p) => {
                let residual = (p.value(x) * &d - 1u32).abs();
                if self.metric == Metric::Relative { residual } else { residual / d.abs() }
            }
            Approximation::Composite(recurrence) => least_magnitude(recurrence.residual((&d, &d))),
        }
    }

    /// Whether r(x) ≤ 0, proved.
    pub fn is_not_positive_at(&self, x: &Rational) -> bool {
        self.holds(x) && self.value(x).1 <= 0
    }

    /// Whether x < x' and r(x) ≤ r(x'), proved: r is not strictly decreasing, as 1/(x + ε) is.
    pub fn does_not_decrease(&self, x: &Rational, later: &Rational) -> bool {
        let same_segment = self.holds(x)
            && self.holds(later)
            && self.segments.iter().any(|(lo, hi)| lo <= x && x < later && later <= hi);
        same_segment && self.value(x).1 <= self.value(later).0
    }
}

fn hull_end(segment: Option<&Segment>, end: impl Fn(&Segment) -> &Rational) -> Rational {
    segment.map(|s| end(s).clone()).unwrap_or_default()
}

/// min |v| over an interval.
fn least_magnitude((low, high): Segment) -> Rational {
    if low > 0 {
        low
    } else if high < 0 {
        -high
    } else {
        Rational::new()
    }
}

/// The two polynomials in u ∈ [0, 1] that are ≥ 0 exactly where the error on an interval is at most `bound`.
///
/// η·M − (D·r − 1) and η·M + (D·r − 1), with M = 1 for relative and M = |D| for absolute error.
pub(super) fn error_inequalities(
    subject: &Subject,
    p: &Polynomial,
    (lo, hi): &Segment,
    bound: &Rational,
) -> [IntegerPolynomial; 2] {
    let constant = |value: &Rational| IntegerPolynomial::affine(value, &Rational::new());
    let start = subject.denominator(lo);
    let d = IntegerPolynomial::affine(&start, &Rational::from(hi - lo));
    let residual = d.times(&p.on_unit(lo, hi)).plus(&constant(&Rational::from(-1)));
    let allowed = match subject.metric {
        Metric::Relative => constant(bound),
        Metric::Absolute if start < 0 => d.negated().times(&constant(bound)),
        Metric::Absolute => d.times(&constant(bound)),
    };
    [allowed.plus(&residual.negated()), allowed.plus(&residual)]
}
