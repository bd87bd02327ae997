//! The proofs themselves: each takes the numbers and a claim, and is used by the certifier and by the checker.

use super::bernstein::{Sign, nonnegative, positive};
use super::peak::{last_swing, rising_pair};
use super::subject::{Approximation, Segment, Subject, error_inequalities};
use super::witness::ChebyshevResidual;
use crate::poly::IntegerPolynomial;
use rug::Rational;

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

/// Whether the error is at most `bound` on every interval; a polynomial that fails is answered with a point.
pub(super) fn within(subject: &Subject, bound: &Rational) -> Property<Option<Rational>> {
    for segment in &subject.segments {
        let answer = match &subject.approximation {
            Approximation::Polynomial(p) => {
                first_failure(error_inequalities(subject, p, segment, bound).iter().map(nonnegative), segment)
            }
            Approximation::Composite(_) if composite_upper(subject) <= *bound => Property::Holds,
            Approximation::Composite(_) => Property::Fails(None),
        };
        if !matches!(answer, Property::Holds) {
            return answer;
        }
    }
    Property::Holds
}

fn first_failure(signs: impl Iterator<Item = Sign>, (lo, hi): &Segment) -> Property<Option<Rational>> {
    for sign in signs {
        match sign {
            Sign::Holds => {}
            Sign::Fails(u) => return Property::Fails(Some(u * Rational::from(hi - lo) + lo)),
            Sign::Unknown => return Property::Unknown,
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

/// Whether r > 0 on every interval.
pub(super) fn is_positive(subject: &Subject) -> Property<Rational> {
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
        };
        if !matches!(answer, Property::Holds) {
            return answer;
        }
    }
    Property::Holds
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
    let suspect = recurrence.preimage(&worst, (&a, &b)) - &subject.reciprocal.epsilon;
    let mut suspects = [suspect, lo.clone(), hi.clone()].into_iter();
    suspects.find(|x| subject.is_not_positive_at(x)).map_or(Property::Unknown, Property::Fails)
}

/// Whether r decreases strictly on every interval, as 1/(x + ε) does.
pub(super) fn is_monotone(subject: &Subject) -> Property<[Rational; 2]> {
    if ChebyshevResidual::of(subject).is_some_and(|residual| residual.is_decreasing()) {
        return Property::Holds;
    }
    for segment in &subject.segments {
        let answer = match &subject.approximation {
            Approximation::Polynomial(p) => descends(subject, p.on_unit(&segment.0, &segment.1), segment),
            Approximation::Composite(recurrence) => {
                let pair = last_swing(subject, recurrence.doublings(), segment);
                if subject.does_not_decrease(&pair[0], &pair[1]) {
                    return Property::Fails(pair);
                }
                if recurrence.doublings() > LARGEST_EXPANSION {
                    return Property::Unknown;
                }
                let (a, b) = (subject.denominator(&segment.0), subject.denominator(&segment.1));
                descends(subject, recurrence.expanded((&a, &b)), segment)
            }
        };
        if !matches!(answer, Property::Holds) {
            return answer;
        }
    }
    Property::Holds
}

fn descends(subject: &Subject, r: IntegerPolynomial, segment: &Segment) -> Property<[Rational; 2]> {
    let (lo, hi) = segment;
    match positive(&r.derivative().negated()) {
        Sign::Holds => Property::Holds,
        Sign::Fails(u) => {
            let x = u * Rational::from(hi - lo) + lo;
            rising_pair(subject, &x, segment).map_or(Property::Unknown, Property::Fails)
        }
        Sign::Unknown => Property::Unknown,
    }
}
