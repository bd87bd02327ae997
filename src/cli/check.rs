//! `polyattn check`: a gate for CI.

use super::style::print;
use super::validate as validate_command;
use crate::attention::Calibration;
use crate::certify::{Certificate, Verdict, certify, verify, verify_against};
use crate::compare::{Comparison, recheck_comparison};
use crate::document::{Body, Document, read_json};
use crate::encrypted::Validation;
use crate::error::{Error, Result};
use crate::layer::{LayerPlan, recheck_layers};
use crate::plan::{PlanDocument, Spec, recheck};
use crate::poly::table::Table;
use crate::survey::{Survey, TrainingGoals, recheck_goals, recheck_survey};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Prove tables, certificates, plans, validations, surveys, goals and comparisons again: for CI
///
/// A table is certified anew; a certificate is re-proved from its own numbers and compared with the tables given beside
/// it; a plan's domain, certificate, security, noise and ledger are derived again from its specification; a validation
/// must be within its bound, and for the plan given beside it. Comparisons, surveys and training goals are derived and planned again
/// from their specification, which takes as long as making them did without the runs; what was run must be within its bound, and what
/// rests on scores that the document does not have is taken as it is. Exit code 4 when a claim does not hold, 5 when a
/// measurement is outside its bound.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn plan examples/minilm.toml -o plan.json
  polyattn validate plan.json -o validation.json
  polyattn check plan.json validation.json")]
pub struct Args {
    /// Documents, of any kinds (`-`: stdin)
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Accept plans that were made with --insecure, and their validations
    #[arg(long)]
    insecure: bool,
}

/// A document of any kind.
enum Checked {
    Table(Box<Document<Table>>),
    Certificate(Box<Document<Certificate>>),
    Plan(Box<Document<PlanDocument>>),
    Validation(Box<Document<Validation>>),
    LayerPlan(Box<Document<LayerPlan>>),
    Calibration,
    Survey(Box<Document<Survey>>),
    Goals(Box<Document<TrainingGoals>>),
    Comparison(Box<Document<Comparison>>),
}

pub(super) fn run(args: &Args) -> Result<()> {
    if args.files.iter().filter(|file| *file == Path::new("-")).count() > 1 {
        return Err(Error::input("FILE: expected '-' (stdin) once, as it can be read only once"));
    }
    let read: Vec<Result<Checked>> = args.files.iter().map(|path| Checked::read(path)).collect();
    let documents: Vec<&Checked> = read.iter().filter_map(|d| d.as_ref().ok()).collect();
    let mut failures = Vec::new();
    for (path, document) in args.files.iter().zip(&read) {
        let outcome = match document {
            Ok(document) => document.check(&documents, args.insecure),
            Err(error) => Err(error.clone()),
        };
        let line = match outcome {
            Ok(what) => format!("ok      {}: {what}\n", path.display()),
            Err(error) => {
                let line = format!("FAILED  {}: {error}\n", path.display());
                failures.push(error);
                line
            }
        };
        print(&line)?;
    }
    summary(&failures, args.files.len())
}

/// Unreadable input first, then false claims, then measurements outside their bound.
fn summary(failures: &[Error], files: usize) -> Result<()> {
    let message = format!("{} of {files} documents failed", failures.len());
    let has = |code: u8| failures.iter().any(|e| e.exit_code() == code);
    match () {
        () if failures.is_empty() => Ok(()),
        () if has(2) => Err(Error::Input(message)),
        () if has(5) && !has(4) => Err(Error::OutsideBound(message)),
        () => Err(Error::NotCertified(message)),
    }
}

impl Checked {
    fn read(path: &Path) -> Result<Self> {
        fn body<T: Body>(value: Value) -> Result<Box<Document<T>>> {
            Document::from_value(value).map(Box::new)
        }
        let value = read_json(path)?;
        match value.get("kind").and_then(Value::as_str).unwrap_or("nothing") {
            Table::KIND => body(value).map(Self::Table),
            Certificate::KIND => body(value).map(Self::Certificate),
            PlanDocument::KIND => body(value).map(Self::Plan),
            Validation::KIND => body(value).map(Self::Validation),
            LayerPlan::KIND => body(value).map(Self::LayerPlan),
            Calibration::KIND => body::<Calibration>(value).map(|_| Self::Calibration),
            Survey::KIND => body(value).map(Self::Survey),
            TrainingGoals::KIND => body(value).map(Self::Goals),
            Comparison::KIND => body(value).map(Self::Comparison),
            other => Err(Error::input(format!(
                "field 'kind': expected table, certificate, plan, validation, calibration, layer-plan, survey, training-goals or \
                 comparison, found \"{other}\""
            ))),
        }
    }

    fn check(&self, all: &[&Self], insecure: bool) -> Result<String> {
        if !insecure {
            self.refuse_insecure()?;
        }
        let checked = self.check_claims(all)?;
        let warnings = match self {
            Self::Plan(plan) => plan.body.caveats(),
            Self::Validation(validation) => validation.body.warnings(),
            Self::Comparison(comparison) => comparison.body.warnings.clone(),
            Self::Survey(survey) => survey.body.spec.ckks.warnings(),
            Self::Goals(goals) => goals.body.spec.ckks.warnings(),
            Self::LayerPlan(plan) => plan.body.warnings(),
            Self::Table(_) | Self::Certificate(_) | Self::Calibration => Vec::new(),
        };
        Ok(warnings.into_iter().fold(checked, |text, warning| text + "; WARNING: " + &warning))
    }

    fn refuse_insecure(&self) -> Result<()> {
        match self {
            Self::Plan(plan) => plan.body.refuse_insecure(),
            Self::LayerPlan(plan) => plan.body.refuse_insecure(),
            Self::Validation(validation) => validation.body.parameters.refuse_insecure(),
            Self::Survey(survey) => refuse_insecure(&survey.body.spec),
            Self::Goals(goals) => refuse_insecure(&goals.body.spec),
            Self::Comparison(comparison) => refuse_insecure(&comparison.body.spec),
            Self::Table(_) | Self::Certificate(_) | Self::Calibration => Ok(()),
        }
    }

    fn check_claims(&self, all: &[&Self]) -> Result<String> {
        match self {
            Self::Table(table) => check_table(&table.body),
            Self::Certificate(certificate) => check_certificate(&certificate.body, all),
            Self::Plan(plan) => check_plan(&plan.body),
            Self::Validation(validation) => check_validation(&validation.body, all),
            Self::Survey(survey) => recheck_survey(&survey.body),
            Self::Goals(goals) => recheck_goals(&goals.body),
            Self::Comparison(comparison) => recheck_comparison(&comparison.body),
            Self::LayerPlan(plan) => check_layers(&plan.body),
            Self::Calibration => Ok("calibration: readable; it claims nothing".into()),
        }
    }
}

fn refuse_insecure(spec: &Spec) -> Result<()> {
    if spec.ckks.insecure {
        return Err(Error::NotCertified("it was made with --insecure: give --insecure to accept it".into()));
    }
    Ok(())
}

fn check_table(table: &Table) -> Result<String> {
    let certificate = certify(table)?.certificate;
    match certificate.verdict {
        Verdict::Proved => Ok(format!("table: {}", certificate.claim.words)),
        Verdict::NotProved => Err(Error::NotCertified(certificate.claim.words)),
    }
}

fn check_certificate(certificate: &Certificate, all: &[&Checked]) -> Result<String> {
    let mut tables = all.iter().filter_map(|d| if let Checked::Table(t) = d { Some(&t.body) } else { None }).peekable();
    if tables.peek().is_none() {
        verify(certificate)?;
    } else {
        let outcomes: Vec<Result<()>> = tables.map(|table| verify_against(certificate, table)).collect();
        if let Some(first) = outcomes.iter().find_map(|o| o.as_ref().err())
            && outcomes.iter().all(Result::is_err)
        {
            return Err(first.clone());
        }
    }
    Ok(format!("certificate: {}", certificate.claim.words))
}

fn check_validation(validation: &Validation, all: &[&Checked]) -> Result<String> {
    let mut plans = all.iter().filter_map(|d| if let Checked::Plan(p) = d { Some(&p.body) } else { None }).peekable();
    if plans.peek().is_some() {
        let plan = plans.find(|plan| plan.sha256() == validation.plan_sha256).ok_or_else(|| {
            Error::NotCertified("field 'plan_sha256' does not hold: it is not the hash of any plan given".into())
        })?;
        validation.check_against(plan)?;
    }
    check_evidence(validation)?;
    let caveat = validate_command::caveat(validation);
    Ok(format!("validation: {caveat}{}, slack {:.2} bits", validation.verdict, validation.slack_bits))
}

/// A plan's claims, and the record of its validation where it has one.
fn check_plan(plan: &PlanDocument) -> Result<String> {
    recheck(plan)?;
    let Some(record) = &plan.chosen.validation else {
        return Ok("plan: every claim derived again; not validated on ciphertexts".into());
    };
    let at = |e: Error| e.at("chosen.validation");
    let record = Document::<Validation>::from_value(record.clone()).map_err(at)?.body;
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
    validate_command::verdict(validation)
}
