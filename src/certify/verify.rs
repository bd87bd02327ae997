//! The checker: re-proves a certificate from its own numbers, without any search.

use super::MOST_MODELS;
use super::certificate::{Certificate, Verdict};
use super::inequality::{self, needs_models};
use super::model::Model;
use super::prove::{self, Property};
use super::subject::{Approximation, Segment, Subject};
use super::witness::ChebyshevResidual;
use crate::error::{Error, Result};
use crate::poly::LARGEST_STAGE_COUNT;
use crate::poly::table::{ErrorStatement, Table};
use crate::real::Exact;

/// Proves every part of a certificate again.
///
/// # Errors
/// [`Error::NotCertified`] naming the field that does not hold, [`Error::Input`] when the numbers are not those of any
/// table.
pub fn verify(certificate: &Certificate) -> Result<()> {
    let c = certificate;
    let subject = Subject::new(&c.form, &c.target, &c.intervals, c.claim.metric)?;
    require(c.verdict == Verdict::Proved, "verdict", || format!("it is \"not proved\": {}", c.claim.words))?;
    require(c.degree == c.form.degree(), "degree", || format!("the numbers have degree {}", c.form.degree()))?;
    let upper = present(c.certified_upper.as_ref(), "certified_upper")?;
    let lower = present(c.certified_lower.as_ref(), "certified_lower")?;
    let witness = present(c.witnesses.error.as_ref(), "witnesses.error")?;
    require(c.claim.bound.as_ref() == Some(upper), "claim.bound", || "it is not certified_upper".into())?;
    let words = Certificate::words(&subject.target, &c.intervals, c.claim.metric, upper);
    require(c.claim.words == words, "claim.words", || format!("they do not say what is proved: {words}"))?;
    require(c.method == inequality::method(&subject, c.chebyshev.is_some()), "method", || {
        "it is not the one that proves this".into()
    })?;
    verify_models(&c.models, &subject)?;
    require(c.ranges.len() <= LARGEST_STAGE_COUNT + 1, "ranges", || "there are more than any table needs".into())?;
    let ranges: Vec<Segment> = c.ranges.iter().map(|[low, high]| (low.0.clone(), high.0.clone())).collect();
    let shown = match (&c.chebyshev, &subject.approximation) {
        (Some(witness), _) => {
            let residual = ChebyshevResidual::of(&subject);
            residual.and_then(|r| r.upper(witness)).is_some_and(|bound| bound <= **upper)
        }
        (None, Approximation::Polynomial(p)) => {
            matches!(prove::within(&subject, p, &c.models, upper), Property::Holds)
        }
        (None, Approximation::Composite(_)) => prove::composite_upper(&subject) <= upper.0,
        (None, Approximation::Stages(chain)) => chain.shows(&ranges, upper),
    };
    require(shown, "certified_upper", || "the error is not shown to stay below it".into())?;
    require(subject.holds(witness) && subject.error_at(witness) >= lower.0, "certified_lower", || {
        "the error at witnesses.error is below it".into()
    })?;
    verify_positive(c, &subject, &ranges)?;
    verify_monotone(c, &subject)
}

/// Proves a certificate again and compares it with the table it is about.
///
/// The certificate names the table as it was given to the certifier; that table with the proof filled in, or without
/// it, is the same one.
///
/// # Errors
/// As [`verify`]; [`Error::NotCertified`] also when the table is another one or claims more than was proved.
pub fn verify_against(certificate: &Certificate, table: &Table) -> Result<()> {
    let c = certificate;
    table.validate()?;
    let same = |holds: bool, name: &str| require(holds, name, || "the table has another".into());
    same(c.form == table.form, "coefficients or steps")?;
    same(c.target == table.target, "target")?;
    same(c.intervals == table.intervals, "intervals")?;
    same(c.claim.metric == table.error.metric, "claim.metric")?;
    same(follows(c.certified_upper.as_ref(), table.error.certified_upper.as_ref()), "certified_upper")?;
    same(follows(table.error.certified_lower.as_ref(), c.certified_lower.as_ref()), "certified_lower")?;
    same(agrees(table.positive.as_ref(), c.positive.as_ref()), "positive")?;
    same(agrees(table.monotone.as_ref(), c.monotone.as_ref()), "monotone")?;
    let forms = [table.clone(), table.without_proofs(), filled(table, c)];
    same(forms.iter().any(|t| t.sha256() == c.table_sha256), "table_sha256")?;
    verify(c)
}

/// What a table leaves open agrees with anything.
fn agrees<T: PartialEq>(stated: Option<&T>, proved: Option<&T>) -> bool {
    stated.is_none() || stated == proved
}

/// A bound that is not stated, or no sharper than the one that was proved: no larger below, no smaller above.
fn follows(smaller: Option<&Exact>, larger: Option<&Exact>) -> bool {
    smaller.zip(larger).is_none_or(|(smaller, larger)| smaller <= larger)
}

fn filled(table: &Table, c: &Certificate) -> Table {
    let error = ErrorStatement {
        certified_upper: c.certified_upper.clone(),
        certified_lower: c.certified_lower.clone(),
        ..table.error.clone()
    };
    Table { error, positive: c.positive, monotone: c.monotone, ..table.clone() }
}

/// The models stand for the function on exactly the intervals of the claim, and keep the distance that they state.
fn verify_models(models: &[Model], subject: &Subject) -> Result<()> {
    require(models.len() <= MOST_MODELS, "models", || format!("there are more than {MOST_MODELS}"))?;
    let mut rest = models.iter();
    let segments = if needs_models(&subject.target) { subject.segments.as_slice() } else { &[] };
    for (lo, hi) in segments {
        let mut reached = lo.clone();
        while reached != *hi {
            let next = rest.next().filter(|model| {
                model.interval[0].0 == reached && subject.holds(&model.interval[1]) && model.interval[1].0 <= *hi
            });
            require(next.is_some_and(|model| model.holds(subject.target.enclosed())), "models", || {
                format!(
                    "the one that should begin at x = {reached} is missing, ends too late or is further from the \
                         function than it states"
                )
            })?;
            reached = next.map_or_else(|| hi.clone(), |model| model.interval[1].0.clone());
        }
    }
    require(rest.next().is_none(), "models", || "there are more than the intervals need".into())
}

fn verify_positive(c: &Certificate, subject: &Subject, ranges: &[Segment]) -> Result<()> {
    let holds = match (c.positive, &c.witnesses.not_positive) {
        (None, _) => true,
        (Some(true), _) => matches!(prove::is_positive(subject, ranges), Property::Holds),
        (Some(false), witness) => witness.as_ref().is_some_and(|x| subject.is_not_positive_at(x)),
    };
    require(holds, "positive", || "it is not shown".into())?;
    let names_no_point = c.positive == Some(false) || c.witnesses.not_positive.is_none();
    require(names_no_point, "witnesses.not_positive", || "expected null where positive is not false".into())
}

fn verify_monotone(c: &Certificate, subject: &Subject) -> Result<()> {
    let holds = match (c.monotone, &c.witnesses.not_monotone) {
        (None, _) => true,
        (Some(true), _) => matches!(prove::is_monotone(subject), Property::Holds),
        (Some(false), witness) => witness.as_ref().is_some_and(|[x, later]| subject.does_not_follow(x, later)),
    };
    require(holds, "monotone", || "it is not shown".into())?;
    let names_no_points = c.monotone == Some(false) || c.witnesses.not_monotone.is_none();
    require(names_no_points, "witnesses.not_monotone", || "expected null where monotone is not false".into())
}

fn present<'a>(value: Option<&'a Exact>, name: &str) -> Result<&'a Exact> {
    value.ok_or_else(|| Error::NotCertified(format!("field '{name}' does not hold: a proved certificate has one")))
}

fn require(holds: bool, name: &str, why: impl FnOnce() -> String) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::NotCertified(format!("field '{name}' does not hold: {}", why()))) }
}
