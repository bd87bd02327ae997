//! The proofs themselves: each takes the numbers and a claim, and is used by the certifier and by the checker.

use super::bernstein::{Sign, nonnegative, positive};
use super::inequality::{Inequalities, inequalities};
use super::model::Model;
use super::peak::{contrary_pair, last_swing};
use super::stages::Chain;
use super::subject::{Approximation, Segment, Subject};
use super::witness::ChebyshevResidual;
use crate::poly::{IntegerPolynomial, Polynomial};
use rug::Rational;
use std::cmp::Ordering;

/// Composites of at most this many doublings are expanded to show that they are monotone.
const LARGEST_EXPANSION: usize = 7;

/// What is known about a property of r, with the points that refute it.
pub(super) enum Property<W> {
    Holds,
    Fails(W),
    Unknown,
}

impl<W> Property<W> {
    pub fn answer(&self) -> Option<bool> {
        match self {
            Self::Holds => Some(true),
            Self::Fails(_) => Some(false),
            Self::Unknown => None,
        }
    }

    pub fn witness(self) -> Option<W> {
        if let Self::Fails(witness) = self { Some(witness) } else { None }
    }
}

/// Whether the error of a polynomial is at most `bound` on every interval; one that may fail is answered with a point.
pub(super) fn within(
    subject: &Subject,
    p: &Polynomial,
    models: &[Model],
    bound: &Rational,
) -> Property<Option<Rational>> {
    for Inequalities { polynomials, place } in inequalities(subject, p, models, bound) {
        for polynomial in &polynomials {
            match nonnegative(polynomial) {
                Sign::Holds => {}
                Sign::Fails(u) => return Property::Fails(Some(place.value(&u))),
                Sign::Unknown => return Property::Unknown,
            }
        }
    }
    Property::Holds
}

/// The ranges of a composite's residual, one for each interval.
pub(super) fn composite_ranges(subject: &Subject) -> Vec<Segment> {
    let Approximation::Composite(recurrence) = &subject.approximation else { return Vec::new() };
    let denominators = subject.segments.iter().map(|(lo, hi)| (subject.denominator(lo), subject.denominator(hi)));
    denominators.map(|(a, b)| recurrence.residual((&a, &b))).collect()
}

/// The largest |R| of a composite.
pub(super) fn composite_upper(subject: &Subject) -> Rational {
    let ranges = composite_ranges(subject).into_iter();
    ranges.fold(Rational::new(), |max, (low, high)| max.max((-low).max(high)))
}

/// Whether r > 0 on every interval; of a composite of stages from its proved ranges.
pub(super) fn is_positive(subject: &Subject, ranges: &[Segment]) -> Property<Rational> {
    if ChebyshevResidual::of(subject).is_some_and(|residual| residual.is_positive()) {
        return Property::Holds;
    }
    for segment in &subject.segments {
        let answer = match &subject.approximation {
            Approximation::Polynomial(p) => match positive(&p.on_unit(&segment.0, &segment.1)) {
                Sign::Holds => Property::Holds,
                Sign::Fails(u) => Property::Fails(u * Rational::from(&segment.1 - &segment.0) + &segment.0),
                Sign::Unknown => Property::Unknown,
            },
            Approximation::Composite(_) => composite_is_positive(subject, segment),
            Approximation::Stages(chain) => stages_are_positive(subject, chain, ranges, segment),
        };
        if !matches!(answer, Property::Holds) {
            return answer;
        }
    }
    Property::Holds
}

/// As long as every q is positive on proved ranges, the sign has that of x, and the inverse square root is positive.
fn stages_are_positive(subject: &Subject, chain: &Chain, ranges: &[Segment], (lo, _): &Segment) -> Property<Rational> {
    match () {
        () if subject.is_not_positive_at(lo) => Property::Fails(lo.clone()),
        () if chain.is_odd() && *lo < 0 => Property::Unknown,
        () if !ranges.is_empty() && chain.are_positive(ranges) => Property::Holds,
        () => Property::Unknown,
    }
}

/// D·r = 1 − R: the sign of r is that of 1 − R for D > 0, the opposite for D < 0.
fn composite_is_positive(subject: &Subject, segment: &Segment) -> Property<Rational> {
    let Approximation::Composite(recurrence) = &subject.approximation else { return Property::Unknown };
    let (lo, hi) = segment;
    let (a, b) = (subject.denominator(lo), subject.denominator(hi));
    let (low, high) = recurrence.residual((&a, &b));
    let (holds, worst) = if a > 0 { (high < 1, high) } else { (low > 1, low) };
    if holds {
        return Property::Holds;
    }
    let suspect = recurrence.preimage(&worst, (&a, &b)) - subject.epsilon();
    let mut suspects = [suspect, lo.clone(), hi.clone()].into_iter();
    suspects.find(|x| subject.is_not_positive_at(x)).map_or(Property::Unknown, Property::Fails)
}

/// Whether r runs strictly in the direction of the function on every interval.
pub(super) fn is_monotone(subject: &Subject) -> Property<[Rational; 2]> {
    if ChebyshevResidual::of(subject).is_some_and(|residual| residual.is_decreasing()) {
        return Property::Holds;
    }
    for segment in &subject.segments {
        let answer = match (&subject.approximation, subject.direction(segment)) {
            (_, None) | (Approximation::Stages(_), _) => Property::Unknown,
            (Approximation::Polynomial(p), Some(direction)) => {
                follows(subject, &p.on_unit(&segment.0, &segment.1), direction, segment)
            }
            (Approximation::Composite(recurrence), Some(direction)) => {
                let pair = last_swing(subject, recurrence.doublings(), segment);
                if subject.does_not_follow(&pair[0], &pair[1]) {
                    return Property::Fails(pair);
                }
                if recurrence.doublings() > LARGEST_EXPANSION {
                    return Property::Unknown;
                }
                let (a, b) = (subject.denominator(&segment.0), subject.denominator(&segment.1));
                follows(subject, &recurrence.expanded((&a, &b)), direction, segment)
            }
        };
        if !matches!(answer, Property::Holds) {
            return answer;
        }
    }
    Property::Holds
}

fn follows(
    subject: &Subject,
    r: &IntegerPolynomial,
    direction: Ordering,
    segment: &Segment,
) -> Property<[Rational; 2]> {
    let (lo, hi) = segment;
    let slope = if direction == Ordering::Less { r.derivative().negated() } else { r.derivative() };
    match positive(&slope) {
        Sign::Holds => Property::Holds,
        Sign::Fails(u) => {
            let x = u * Rational::from(hi - lo) + lo;
            contrary_pair(subject, &x, segment).map_or(Property::Unknown, Property::Fails)
        }
        Sign::Unknown => Property::Unknown,
    }
}
