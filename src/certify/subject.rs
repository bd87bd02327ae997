//! What is certified: the numbers of a table, and the exact inequalities that say how good they are.

use super::recurrence::Recurrence;
use super::stages::Chain;
use crate::error::{Error, Result};
use crate::poly::table::{Form, Metric, TargetName, validate_intervals};
use crate::poly::{Polynomial, Rule};
use crate::real::{Enclosure, Exact, dyadic_nearest, float_to_exact, log2};
use crate::target::Target;
use rug::{Float, Rational};
use std::cmp::Ordering;

/// Bits at which a function is first enclosed at a point; doubled until its error there is known well enough.
const FIRST_BITS: u32 = 128;
/// More bits than this are not spent on one point.
const MOST_BITS: u32 = 1 << 15;
/// Bits to which the error at a point is known, unless that takes too many.
const ERROR_BITS: f64 = 60.0;
/// Degree times bits of a place, at most: an exact value has that many digits, and one polynomial that many a
/// coefficient.
const LONGEST_VALUE_BITS: u64 = 1 << 19;

/// Bits of a place that is only near the worst one.
const PLACE_BITS: u32 = 160;

/// A closed interval of x.
pub(super) type Segment = (Rational, Rational);

/// An approximation r of a function f on intervals where f is defined.
pub(super) struct Subject {
    pub approximation: Approximation,
    pub target: Target,
    /// The intervals, divided where f has a kink.
    pub segments: Vec<Segment>,
    pub metric: Metric,
}

pub(super) enum Approximation {
    Polynomial(Polynomial),
    Composite(Recurrence),
    Stages(Chain),
}

impl Subject {
    /// From the fields that tables and certificates share.
    pub fn new(form: &Form, target: &TargetName, intervals: &[[Exact; 2]], metric: Metric) -> Result<Self> {
        form.validate()?;
        validate_intervals(intervals)?;
        let target = Target::named(target)?;
        for [lo, hi] in intervals {
            check(&target, lo, hi, metric)?;
        }
        let whole: Vec<Segment> = intervals.iter().map(|[lo, hi]| (lo.0.clone(), hi.0.clone())).collect();
        let approximation = match form {
            Form::Polynomial { basis, coefficients, .. } => {
                let coefficients = coefficients.iter().map(|c| c.0.clone()).collect();
                let (lo, hi) = (hull_end(whole.first(), |s| &s.0), hull_end(whole.last(), |s| &s.1));
                Approximation::Polynomial(Polynomial { basis: *basis, lo, hi, coefficients })
            }
            Form::Composite { .. } if metric == Metric::Absolute => {
                return Err(Error::input(
                    "field 'error.metric': a composite states its relative error, found absolute",
                ));
            }
            Form::Composite { .. } if !matches!(target, Target::Reciprocal(_)) => {
                return Err(Error::input("field 'form': a composite approximates the reciprocal alone"));
            }
            Form::Composite { start, steps } => Approximation::Composite(Recurrence::new(start, steps, &whole)),
            Form::Stages { rule, stages } => {
                check_rule(*rule, &target, metric)?;
                Approximation::Stages(Chain::new(*rule, stages, &whole, &epsilon(&target)))
            }
        };
        let kinks = target.function().kinks();
        let segments = whole.into_iter().flat_map(|segment| divided(segment, &kinks)).collect();
        Self { approximation, target, segments, metric }.with_short_places()
    }

    /// Refuses places with more digits than exact evaluation can carry.
    fn with_short_places(self) -> Result<Self> {
        let ends_are_short = self.segments.iter().all(|(lo, hi)| self.is_short(lo) && self.is_short(hi));
        if ends_are_short && self.is_short(&self.epsilon()) {
            return Ok(self);
        }
        Err(Error::NotCertified(
            "field 'intervals' or 'target.epsilon': too many digits for exact evaluation at this degree".into(),
        ))
    }

    /// ε; 0 where the function has none.
    pub fn epsilon(&self) -> Rational {
        epsilon(&self.target)
    }

    /// x + ε.
    pub fn denominator(&self, x: &Rational) -> Rational {
        x + self.epsilon()
    }

    /// Whether an exact value at x has a length that can be computed with.
    fn is_short(&self, x: &Rational) -> bool {
        let degree = match &self.approximation {
            Approximation::Polynomial(p) => p.degree() as u64,
            // Its values are rounded outward at every step.
            Approximation::Composite(_) | Approximation::Stages(_) => 1,
        };
        let bits = x.numer().significant_bits().max(x.denom().significant_bits());
        degree * u64::from(bits) <= LONGEST_VALUE_BITS
    }

    /// Whether x lies in one of the intervals, and can be computed with.
    pub fn holds(&self, x: &Rational) -> bool {
        self.is_short(x) && self.segments.iter().any(|(lo, hi)| lo <= x && x <= hi)
    }

    /// An enclosure of r(x): a single point for a polynomial; `None` where none is known.
    pub fn value(&self, x: &Rational) -> Option<Segment> {
        Some(match &self.approximation {
            Approximation::Polynomial(p) => {
                let value = p.value(x);
                (value.clone(), value)
            }
            Approximation::Composite(recurrence) => {
                let d = self.denominator(x);
                let (low, high) = recurrence.residual((&d, &d));
                let (one, other) = ((1 - high) / &d, (1 - low) / &d);
                if one <= other { (one, other) } else { (other, one) }
            }
            Approximation::Stages(chain) => return chain.value(x, &self.denominator(x)),
        })
    }

    /// The places in the intervals where a chain of stages begins with about this w.
    pub fn places_of_w(&self, w: &Rational) -> Vec<Rational> {
        let bits = PLACE_BITS + (-log2(w)).max(0.0) as u32;
        let places = match &self.target {
            Target::Sign(_) => {
                let root = float_to_exact(&Float::with_val(2 * bits, w).sqrt());
                vec![root.clone(), -root]
            }
            _ => vec![w - self.epsilon()],
        };
        let places = places.into_iter().map(|x| dyadic_nearest(&x, bits));
        places.filter(|x| self.segments.iter().any(|(lo, hi)| lo <= x && x <= hi)).collect()
    }

    /// A lower bound of the error at x in the metric: exact for the reciprocal, otherwise within rounding.
    pub fn error_at(&self, x: &Rational) -> Rational {
        match (&self.approximation, &self.target) {
            (Approximation::Composite(recurrence), _) => {
                let d = self.denominator(x);
                least_magnitude(recurrence.residual((&d, &d)))
            }
            (Approximation::Polynomial(p), Target::Reciprocal(_)) => {
                let d = self.denominator(x);
                let residual = (p.value(x) * &d - 1u32).abs();
                if self.metric == Metric::Relative { residual } else { residual / d.abs() }
            }
            (Approximation::Polynomial(p), _) => {
                let value = p.value(x);
                self.enclosed_error(&(value.clone(), value), x)
            }
            (Approximation::Stages(chain), _) => {
                let value = chain.value(x, &self.denominator(x));
                value.map(|value| self.enclosed_error(&value, x)).unwrap_or_default()
            }
        }
    }

    /// A lower bound of the error of an enclosed value at x, from ever tighter enclosures of f(x).
    fn enclosed_error(&self, value: &Segment, x: &Rational) -> Rational {
        let mut bits = FIRST_BITS;
        loop {
            let f = self.target.enclosed().enclose(&Enclosure::around(x, bits));
            if f.is_finite() {
                let (low, high) = (&value.0 - f.hi(), &value.1 - f.lo());
                let width = f.hi() - f.lo();
                let distance = least_magnitude((low, high));
                if bits >= MOST_BITS || log2(&width) + ERROR_BITS < log2(&distance) {
                    let largest = f.abs().hi();
                    return match self.metric {
                        Metric::Relative if largest != 0 => distance / largest,
                        _ => distance,
                    };
                }
            } else if bits >= MOST_BITS {
                return Rational::new();
            }
            bits *= 2;
        }
    }

    /// About |f(x)|.
    pub fn size_at(&self, x: &Rational) -> Rational {
        self.target.enclosed().enclose(&Enclosure::around(x, FIRST_BITS)).abs().lo()
    }

    /// Whether r(x) ≤ 0, proved.
    pub fn is_not_positive_at(&self, x: &Rational) -> bool {
        self.holds(x) && self.value(x).is_some_and(|(_, high)| high <= 0)
    }

    /// How f runs on the interval of this set that x lies in.
    pub fn direction(&self, (lo, hi): &Segment) -> Option<Ordering> {
        self.target.enclosed().direction(lo, hi)
    }

    /// Whether x < x' in one interval and r does not go from x to x' as f does, proved.
    pub fn does_not_follow(&self, x: &Rational, later: &Rational) -> bool {
        let inside = |(lo, hi): &&Segment| lo <= x && x < later && later <= hi;
        let Some(segment) = self.segments.iter().find(inside).filter(|_| self.holds(x) && self.holds(later)) else {
            return false;
        };
        match self.direction(segment) {
            Some(direction) => self.value(x).zip(self.value(later)).is_some_and(|(first, second)| match direction {
                Ordering::Less => first.1 <= second.0,
                Ordering::Greater => first.0 >= second.1,
                Ordering::Equal => false,
            }),
            None => false,
        }
    }

    /// The error of a value at x in floating point: for a search, not for a proof.
    pub fn estimate(&self, value: Float, x: &Float) -> Float {
        let f = self.target.enclosed().enclose(&Enclosure::point(x)).middle();
        let distance = (value - &f).abs();
        if self.metric == Metric::Relative { distance / f.abs() } else { distance }
    }
}

/// ε; 0 where the function has none.
fn epsilon(target: &Target) -> Rational {
    match target {
        Target::Reciprocal(f) => f.epsilon.clone(),
        Target::InverseSqrt(f) => f.epsilon.clone(),
        _ => Rational::new(),
    }
}

/// Refuses stages that make another function or another error than is meant.
fn check_rule(rule: Rule, target: &Target, metric: Metric) -> Result<()> {
    match (rule, target) {
        (Rule::Compose, Target::Sign(_)) => Ok(()),
        (Rule::Refine, Target::InverseSqrt(_)) if metric == Metric::Relative => Ok(()),
        (Rule::Refine, Target::InverseSqrt(_)) => Err(Error::input(
            "field 'error.metric': a composite of the inverse square root states its relative error, found absolute",
        )),
        (Rule::Compose, _) => Err(Error::input("field 'rule': stages that are composed make the sign alone")),
        (Rule::Refine, _) => Err(Error::input("field 'rule': stages that refine make the inverse square root alone")),
    }
}

/// Refuses intervals on which f or the error is not defined.
fn check(target: &Target, lo: &Rational, hi: &Rational, metric: Metric) -> Result<()> {
    target.function().check(lo, hi)?;
    match target.function().zero_in(lo, hi).filter(|_| metric == Metric::Relative) {
        Some(zero) => Err(Error::input(format!(
            "field 'error.metric': the relative error is not defined where the function is 0, at x = {}, found relative",
            Exact(zero)
        ))),
        None => Ok(()),
    }
}

/// The parts of an interval between kinks.
fn divided((lo, hi): Segment, kinks: &[Rational]) -> Vec<Segment> {
    let mut places: Vec<Rational> = kinks.iter().filter(|kink| lo < **kink && **kink < hi).cloned().collect();
    places.extend([lo, hi]);
    places.sort();
    places.iter().cloned().zip(places.iter().skip(1).cloned()).collect()
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
