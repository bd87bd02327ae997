//! `polyattn report`.

use super::arguments::read_document;
use crate::document::write_whole;
use crate::encrypted::Validation;
use crate::error::{Error, Result};
use crate::plan::PlanDocument;
use crate::report::{ReportInput, html, json, markdown};
use std::path::PathBuf;

/// Write a plan's error budget for people: HTML (one file, no network), Markdown or JSON
///
/// The form follows the ending of FILE. A plan without a validation is shown as not validated.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn report plan.json validation.json -o report.html
  polyattn report plan.json -o report.md")]
pub struct Args {
    /// The plan
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Validations of it
    #[arg(value_name = "VALIDATION")]
    validations: Vec<PathBuf>,
    /// report.html, report.md or report.json
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let plan = read_document::<PlanDocument>(&args.plan)?;
    let validations =
        args.validations.iter().map(|path| read_document::<Validation>(path)).collect::<Result<Vec<_>>>()?;
    let input = ReportInput { plan: &plan, validations: &validations, calibration: None };
    let text = match args.output.extension().and_then(|e| e.to_str()) {
        Some("html" | "htm") => html(&input),
        Some("md") => markdown(&input),
        Some("json") => json(&input),
        _ => Err(Error::input(format!("{}: expected a name ending in .html, .md or .json", args.output.display()))),
    }?;
    write_whole(&args.output, &text)
}
