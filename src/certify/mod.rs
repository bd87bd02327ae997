//! Exact proofs about a table: its error, positivity and monotonicity.
//!
//! Nothing is shared with the fitter. For 1/D the error is a polynomial inequality, D·r(D) − 1 between −η and η (or
//! ±η·|D|), so a polynomial near the best one is proved by its Chebyshev witness and any other by Bernstein subdivision on
//! integers; a composite by the exact ranges of its residual. 1/√D is the reciprocal of √D, the sign and the rectifier are
//! polynomials on each side of 0, and for every other function a polynomial with a proved distance from it stands in. All
//! give theorems about the real numbers in the table, not about floating-point evaluations of them.

mod bernstein;
mod certificate;
mod coq;
mod inequality;
mod model;
mod peak;
mod prove;
mod recurrence;
mod stage_search;
mod stages;
mod subject;
mod verify;
mod witness;

pub use bernstein::{Sign, nonnegative, positive};
pub use certificate::{Certificate, Claim, Verdict, Witnesses};
pub use coq::coq;
pub use model::Model;
pub use recurrence::{expanded_composite, residual_ranges};
pub use verify::{verify, verify_against};
pub use witness::ChebyshevWitness;

use crate::error::{Error, Result};
use crate::poly::Polynomial;
use crate::poly::table::{ErrorStatement, Metric, Table};
use crate::real::{decimal_above, decimal_below};
use inequality::needs_models;
use peak::{ErrorCurve, shown};
use prove::Property;
use rug::Rational;
use stages::Chain;
use std::time::Instant;
use subject::{Approximation, Segment, Subject};
use witness::ChebyshevResidual;

/// Polynomials above this degree are not certified: the proof would take minutes.
pub const LARGEST_CERTIFIED_DEGREE: u64 = 1023;
/// How far above the lower bound an upper bound is tried, in bits below 1.
const SLACK_BITS: [u32; 4] = [17, 15, 14, 10];
/// The distance of a model from the function, in bits below the largest error found.
const MODEL_BITS: u32 = 21;
/// Models of one table, at most.
const MOST_MODELS: usize = 1024;
/// How far above the lower bound the upper bound of a Chebyshev witness may lie, in bits below 1.
const WITNESS_SLACK_BITS: u32 = 14;
/// Larger points that the prover may come back with before the search is given up.
const LARGEST_CORRECTIONS: usize = 24;
/// Significant digits of a certified upper bound.
const UPPER_DIGITS: u32 = 9;
/// Significant digits of a certified lower bound.
const LOWER_DIGITS: u32 = 12;
/// A table whose estimated error is more than this many 1024ths below the proved lower bound says something false.
const ESTIMATE_TOLERANCE: u32 = 64;

/// A table with its proof.
#[derive(Debug, Clone, PartialEq)]
pub struct Certified {
    /// The table with what was proved filled in.
    pub table: Table,
    /// The proof, which names that table.
    pub certificate: Certificate,
}

/// What was found out about an error.
struct Bounds {
    upper: Option<Rational>,
    lower: Rational,
    witness: Rational,
    models: Vec<Model>,
    chebyshev: Option<ChebyshevWitness>,
    ranges: Vec<Segment>,
}

/// Proves a table's error, positivity and monotonicity.
///
/// A table that cannot be proved, or that states something false, comes back with the verdict
/// [`Verdict::NotProved`] and the reason in its claim.
///
/// # Errors
/// [`Error::Input`] when the table contradicts itself or has a pole in its interval, [`Error::NotCertified`] when it is a
/// polynomial of a degree above [`LARGEST_CERTIFIED_DEGREE`].
pub fn certify(table: &Table) -> Result<Certified> {
    let began = Instant::now();
    table.validate()?;
    let subject = Subject::new(&table.form, &table.target, &table.intervals, table.error.metric)?;
    let bounds = match &subject.approximation {
        Approximation::Polynomial(_) if table.degree > LARGEST_CERTIFIED_DEGREE => {
            return Err(Error::NotCertified(format!(
                "field 'degree': a polynomial is certified up to degree {LARGEST_CERTIFIED_DEGREE}, found {}; a composite \
                 of this degree can be",
                table.degree
            )));
        }
        Approximation::Polynomial(p) => polynomial_bounds(&subject, p),
        Approximation::Composite(_) => composite_bounds(&subject),
        Approximation::Stages(chain) => stage_bounds(&subject, chain),
    };
    let (positive, monotone) = (prove::is_positive(&subject, &bounds.ranges), prove::is_monotone(&subject));
    let failure =
        failure(table, &bounds, positive.answer(), monotone.answer()).or_else(|| sharper(table, &subject, &bounds));
    let upper = bounds.upper.map(Into::into);
    let words = match (&failure, &upper) {
        (None, Some(bound)) => Certificate::words(&subject.target, &table.intervals, subject.metric, bound),
        (reason, _) => reason.clone().unwrap_or_default(),
    };
    let mut proved = Table {
        error: ErrorStatement {
            certified_upper: upper.clone(),
            certified_lower: Some(bounds.lower.clone().into()),
            ..table.error.clone()
        },
        positive: positive.answer(),
        monotone: monotone.answer(),
        ..table.clone()
    };
    if failure.is_some() {
        proved = table.without_proofs();
    }
    let certificate = Certificate {
        table_sha256: proved.sha256(),
        claim: Claim { words, metric: subject.metric, bound: upper.clone() },
        method: inequality::method(&subject, bounds.chebyshev.is_some()).into(),
        verdict: if failure.is_none() { Verdict::Proved } else { Verdict::NotProved },
        certified_upper: upper,
        certified_lower: Some(bounds.lower.into()),
        positive: positive.answer(),
        monotone: monotone.answer(),
        witnesses: Witnesses {
            error: Some(bounds.witness.into()),
            not_positive: positive.witness().map(Into::into),
            not_monotone: monotone.witness().map(|pair| pair.map(Into::into)),
        },
        models: bounds.models,
        chebyshev: bounds.chebyshev,
        ranges: bounds.ranges.into_iter().map(|(low, high)| [low.into(), high.into()]).collect(),
        form: table.form.clone(),
        degree: table.degree,
        target: table.target.clone(),
        intervals: table.intervals.clone(),
        seconds: began.elapsed().as_secs_f64(),
    };
    Ok(Certified { table: proved, certificate })
}

/// Why the verdict is "not proved", if it is.
fn failure(table: &Table, bounds: &Bounds, positive: Option<bool>, monotone: Option<bool>) -> Option<String> {
    if bounds.upper.is_none() {
        return Some("no upper bound near the largest error found could be proved".into());
    }
    let tolerated = Rational::from((1024 - ESTIMATE_TOLERANCE, 1024)) * &bounds.lower;
    let stated = [
        ("error.estimated", Some(&table.error.estimated), &tolerated),
        ("error.certified_upper", table.error.certified_upper.as_ref(), &bounds.lower),
    ];
    for (name, value, least) in stated {
        if let Some(value) = value.filter(|value| value.0 < *least) {
            return Some(format!(
                "the table states {name} = {}, but its error at x = {} is at least {}",
                shown(value),
                shown(&bounds.witness),
                shown(&bounds.lower)
            ));
        }
    }
    let properties = [("positive", table.positive, positive), ("monotone", table.monotone, monotone)];
    let contrary = properties.iter().find(|(_, stated, found)| stated.is_some() && found.is_some() && stated != found);
    contrary.map(|(name, stated, _)| {
        format!("the table states {name} = {}, but the contrary is proved", stated.unwrap_or_default())
    })
}

/// A bound that the table states and that neither follows from those proved nor can be proved itself.
fn sharper(table: &Table, subject: &Subject, bounds: &Bounds) -> Option<String> {
    let (upper, lower) = (table.error.certified_upper.as_ref(), table.error.certified_lower.as_ref());
    let is_shown = |stated: &Rational| match &subject.approximation {
        Approximation::Polynomial(p) => {
            let witnessed = bounds.chebyshev.as_ref().and_then(|w| ChebyshevResidual::of(subject)?.upper(w));
            witnessed.is_some_and(|bound| bound <= *stated)
                || matches!(prove::within(subject, p, &bounds.models, stated), Property::Holds)
        }
        Approximation::Composite(_) => prove::composite_upper(subject) <= *stated,
        Approximation::Stages(chain) => chain.shows(&bounds.ranges, stated),
    };
    let unproved = |name: &str, value: &Rational, proved: &Rational| {
        let (value, proved) = (shown(value), shown(proved));
        format!("the table states error.{name} = {value}, which is not proved; what is proved is {proved}")
    };
    let proved = bounds.upper.as_ref()?;
    if let Some(stated) = upper.filter(|stated| stated.0 < *proved && !is_shown(stated)) {
        return Some(unproved("certified_upper", stated, proved));
    }
    let stated = lower.filter(|stated| stated.0 > bounds.lower)?;
    Some(unproved("certified_lower", stated, &bounds.lower))
}

/// Exact evaluation gives the lower bound, and a little more is then proved to be an upper one.
///
/// Where the proof fails it fails at a point with a larger error, and the search goes on from there.
fn polynomial_bounds(subject: &Subject, p: &Polynomial) -> Bounds {
    let curves: Vec<ErrorCurve> = subject.segments.iter().map(|segment| ErrorCurve::new(subject, p, segment)).collect();
    let candidates = curves.iter().map(ErrorCurve::largest).map(|x| (subject.error_at(&x), x));
    let (mut lower, mut witness) = candidates.max().unwrap_or_default();
    if let Some((bound, chebyshev)) = witnessed(subject, &lower) {
        let lower = decimal_below(&lower, LOWER_DIGITS);
        return Bounds {
            upper: Some(bound),
            lower,
            witness,
            models: Vec::new(),
            chebyshev: Some(chebyshev),
            ranges: Vec::new(),
        };
    }
    let mut upper = None;
    let models = models(subject, &lower, MOST_MODELS);
    let mut slacks = SLACK_BITS.into_iter();
    let mut slack = slacks.next().filter(|_| models.is_some());
    let models = models.unwrap_or_default();
    for _ in 0..LARGEST_CORRECTIONS {
        let Some(bits) = slack else { break };
        let bound = decimal_above(&(Rational::from(&lower >> bits) + &lower), UPPER_DIGITS);
        match prove::within(subject, p, &models, &bound) {
            Property::Holds => {
                upper = Some(bound);
                break;
            }
            Property::Fails(Some(x)) => match larger_error(subject, &curves, &x).filter(|(error, _)| *error > lower) {
                Some(better) => (lower, witness) = better,
                // Of a model, or beyond a rounded end.
                None => slack = slacks.next(),
            },
            Property::Fails(None) | Property::Unknown => slack = slacks.next(),
        }
    }
    Bounds { upper, lower: decimal_below(&lower, LOWER_DIGITS), witness, models, chebyshev: None, ranges: Vec::new() }
}

/// The error at x or at the peak near it, whichever is larger.
fn larger_error(subject: &Subject, curves: &[ErrorCurve], x: &Rational) -> Option<(Rational, Rational)> {
    let (_, curve) = subject.segments.iter().zip(curves).find(|((lo, hi), _)| lo <= x && x <= hi)?;
    [x.clone(), curve.near(x)].map(|x| (subject.error_at(&x), x)).into_iter().max()
}

/// Models much nearer to the function than `error`, at most `most` on all intervals; none where the function needs none.
fn models(subject: &Subject, error: &Rational, most: usize) -> Option<Vec<Model>> {
    if !needs_models(&subject.target) {
        return Some(Vec::new());
    }
    let f = subject.target.enclosed();
    let goal = |(lo, hi): &Segment| {
        let share = error.clone() >> MODEL_BITS;
        match subject.metric {
            Metric::Absolute => share,
            // Of a part of |f|, however large the error is.
            Metric::Relative => {
                share.min(Rational::from(1) >> MODEL_BITS) * subject.size_at(lo).min(subject.size_at(hi))
            }
        }
    };
    let mut all = Vec::new();
    for segment in &subject.segments {
        all.extend(model::models(f, segment, goal, most - all.len())?);
    }
    Some(all)
}

/// The bound of the residual's own Chebyshev witness, where it is near the lower one.
fn witnessed(subject: &Subject, lower: &Rational) -> Option<(Rational, ChebyshevWitness)> {
    let residual = ChebyshevResidual::of(subject)?;
    let witness = residual.witness();
    let bound = decimal_above(&residual.upper(&witness)?, UPPER_DIGITS);
    (bound <= Rational::from(lower >> WITNESS_SLACK_BITS) + lower).then_some((bound, witness))
}

/// The range of the residual is exact but for its outward rounding; an end of it is attained.
fn composite_bounds(subject: &Subject) -> Bounds {
    let upper = decimal_above(&prove::composite_upper(subject), LOWER_DIGITS);
    let ends = subject.segments.iter().flat_map(|(lo, hi)| [lo.clone(), hi.clone()]);
    let inner =
        prove::composite_ranges(subject).into_iter().zip(&subject.segments).filter_map(|((low, high), segment)| {
            let Approximation::Composite(recurrence) = &subject.approximation else { return None };
            let extreme = if Rational::from(-&low) > high { low } else { high };
            let denominators = (subject.denominator(&segment.0), subject.denominator(&segment.1));
            let d = recurrence.preimage(&extreme, (&denominators.0, &denominators.1));
            Some(d - subject.epsilon())
        });
    let (lower, witness) = ends.chain(inner).map(|x| (subject.error_at(&x), x)).max().unwrap_or_default();
    Bounds {
        upper: Some(upper),
        lower: decimal_below(&lower, LOWER_DIGITS),
        witness,
        models: Vec::new(),
        chebyshev: None,
        ranges: Vec::new(),
    }
}

/// The ranges of w give the upper bound; the lower one is attained where the last w is furthest from 1.
fn stage_bounds(subject: &Subject, chain: &Chain) -> Bounds {
    let ranges = chain.ranges().filter(|ranges| chain.are_positive(ranges)).unwrap_or_default();
    let upper = Chain::upper(&ranges);
    let ends = subject.segments.iter().flat_map(|(lo, hi)| [lo.clone(), hi.clone()]);
    let inner = chain.worst(&ranges).into_iter().flat_map(|w| subject.places_of_w(&w));
    let (lower, witness) = ends.chain(inner).map(|x| (subject.error_at(&x), x)).max().unwrap_or_default();
    let lower = decimal_below(&lower, LOWER_DIGITS);
    Bounds { upper, lower, witness, models: Vec::new(), chebyshev: None, ranges }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod claim_tests;

#[cfg(test)]
mod stage_tests;

#[cfg(test)]
mod subject_tests;

#[cfg(test)]
mod target_tests;
