//! The claims of each document, proved or derived again.

use super::given::{Content, Given, plans};
use super::required::validated_beside;
use super::unread;
use crate::certify::{Certificate, Verdict, certify, verify, verify_against};
use crate::compare::recheck_comparison;
use crate::encrypted::Validation;
use crate::error::{Error, Result};
use crate::layer::{LayerPlan, recheck_layers};
use crate::order;
use crate::plan::{PlanDocument, Spec, recheck};
use crate::poly::table::Table;
use crate::real::Exact;
use crate::survey::{recheck_goals, recheck_survey};

/// What holds of a document.
#[derive(Debug)]
pub(super) struct Held {
    pub words: String,
    /// The bound that was proved, of a table.
    pub bound: Option<Exact>,
}

/// Proves or derives every claim again.
///
/// # Errors
/// The first that does not hold, with its field.
pub(super) fn check(content: &Content, all: &[Given]) -> Result<Held> {
    let words = match content {
        Content::Table(table) => return check_table(&table.body),
        Content::Certificate(certificate) => check_certificate(&certificate.body, all),
        Content::Plan(plan) => check_plan(&plan.body, all),
        Content::Validation(validation) => check_validation(&validation.body, all),
        Content::Survey(survey) => recheck_survey(&survey.body),
        Content::Goals(goals) => recheck_goals(&goals.body),
        Content::Comparison(comparison) => recheck_comparison(&comparison.body),
        Content::LayerPlan(plan) => check_layers(&plan.body),
        Content::Order(it) => {
            order::verify(&it.body).map(|()| format!("order: every part of {} proved again", it.body.formula))
        }
        Content::Calibration(_) => Ok("calibration: readable; it claims nothing".into()),
        Content::Ranges(_) => Ok("ranges: readable; --ranges holds tables and plans against them".into()),
        Content::Check(_) => Ok("check: readable; --baseline holds files against it".into()),
        Content::Export(_) => Ok("export: readable".into()),
    };
    words.map(|words| Held { words, bound: None })
}

/// What everyone who sees the document must be told.
pub(super) fn caveats(content: &Content) -> Vec<String> {
    match content {
        Content::Plan(plan) => plan.body.caveats(),
        Content::Validation(validation) => validation.body.warnings(),
        Content::Comparison(comparison) => comparison.body.warnings.clone(),
        Content::Survey(survey) => survey.body.spec.ckks.warnings(),
        Content::Goals(goals) => goals.body.spec.ckks.warnings(),
        Content::LayerPlan(plan) => plan.body.warnings(),
        _ => Vec::new(),
    }
}

/// Refuses what was made with insecure parameters allowed.
///
/// # Errors
/// [`Error::NotCertified`] saying how to accept it.
pub(super) fn refuse_insecure(content: &Content) -> Result<()> {
    match content {
        Content::Plan(plan) => plan.body.refuse_insecure(),
        Content::LayerPlan(plan) => plan.body.refuse_insecure(),
        Content::Validation(validation) => validation.body.parameters.refuse_insecure(),
        Content::Survey(survey) => refuse_insecure_spec(&survey.body.spec),
        Content::Goals(goals) => refuse_insecure_spec(&goals.body.spec),
        Content::Comparison(comparison) => refuse_insecure_spec(&comparison.body.spec),
        _ => Ok(()),
    }
}

fn refuse_insecure_spec(spec: &Spec) -> Result<()> {
    if spec.ckks.insecure {
        return Err(Error::NotCertified("it was made with --insecure: give --insecure to accept it".into()));
    }
    Ok(())
}

fn check_table(table: &Table) -> Result<Held> {
    let certificate = certify(table)?.certificate;
    match certificate.verdict {
        Verdict::Proved => {
            Ok(Held { words: format!("table: {}", certificate.claim.words), bound: certificate.certified_upper })
        }
        Verdict::NotProved => Err(Error::NotCertified(certificate.claim.words)),
    }
}

fn check_certificate(certificate: &Certificate, all: &[Given]) -> Result<String> {
    let given: Vec<(&str, &Table)> = all.iter().filter_map(named_table).collect();
    if given.is_empty() { verify(certificate) } else { verify_against_one(certificate, &given) }?;
    Ok(format!("certificate: {}", certificate.claim.words))
}

fn named_table(given: &Given) -> Option<(&str, &Table)> {
    if let Ok(Content::Table(table)) = &given.content { Some((&given.name, &table.body)) } else { None }
}

/// One of the tables must be the one that the certificate is about; where none is, what keeps the nearest from being it.
fn verify_against_one(certificate: &Certificate, tables: &[(&str, &Table)]) -> Result<()> {
    let is_like = |table: &Table| table.target == certificate.target && table.intervals == certificate.intervals;
    // The nearest first: it proves the certificate, or is worth a word.
    let (like, other): (Vec<_>, Vec<_>) = tables.iter().partition(|(_, table)| is_like(table));
    let mut first = None;
    for (name, table) in like.into_iter().chain(other) {
        let Err(error) = verify_against(certificate, table) else { return Ok(()) };
        first.get_or_insert((name, error));
    }
    match first {
        Some((name, Error::NotCertified(text))) => {
            Err(Error::NotCertified(format!("{text} (of {name}; a certificate is of one table, digit for digit)")))
        }
        Some((_, error)) => Err(error),
        None => Ok(()),
    }
}

fn check_validation(validation: &Validation, all: &[Given]) -> Result<String> {
    let mut given = plans(all).map(|plan| &plan.body).peekable();
    if given.peek().is_some() {
        let plan = given.find(|plan| plan.sha256() == validation.plan_sha256).ok_or_else(|| {
            Error::NotCertified("field 'plan_sha256' does not hold: it is not the hash of any plan given".into())
        })?;
        validation.check_against(plan)?;
    }
    check_evidence(validation)?;
    let caveat = validation.caveat().map(|caveat| format!("{caveat}; ")).unwrap_or_default();
    let alone = if plans(all).next().is_none() {
        "; its plan is not among the files, the bound is taken as stated"
    } else {
        ""
    };
    Ok(format!("validation: {caveat}{}, slack {:.2} bits{alone}", validation.verdict, validation.slack_bits))
}

/// A plan's claims, and the record of its validation where it has one.
fn check_plan(plan: &PlanDocument, all: &[Given]) -> Result<String> {
    recheck(plan)?;
    let Some(record) = &plan.chosen.validation else {
        return Ok(match validated_beside(plan, all) {
            Some((file, _)) => format!("plan: every claim derived again; validated by {file}"),
            None => "plan: every claim derived again; not validated on ciphertexts".into(),
        });
    };
    let at = |e: Error| e.at("chosen.validation");
    let record = unread::read::<Validation>(record.clone()).map_err(at)?.body;
    record.check_against(plan).map_err(at)?;
    check_evidence(&record).map_err(at)?;
    Ok(match record.caveat() {
        None => format!("plan: every claim derived again; validated, slack {:.2} bits", record.slack_bits),
        Some(caveat) => format!("plan: every claim derived again; not validated on ciphertexts (its record: {caveat})"),
    })
}

/// A plan of layers, and the records of their runs where there are any.
fn check_layers(plan: &LayerPlan) -> Result<String> {
    recheck_layers(plan)?;
    let run = plan.layers.iter().filter(|layer| layer.validation.is_some()).count();
    let count = plan.layers.len();
    Ok(format!("layer-plan: every claim of {count} layers derived again; {run} validated on ciphertexts"))
}

/// The record must not contradict itself, and must show what a plan needs.
fn check_evidence(validation: &Validation) -> Result<()> {
    validation.check()?;
    validation.check_bounds()
}
