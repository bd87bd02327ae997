//! `polyattn report`.

use super::arguments::read_document;
use crate::attention::Calibration;
use crate::document::{Body, Document, read_json, write_whole};
use crate::encrypted::Validation;
use crate::error::{Error, Result};
use crate::plan::{PlanDocument, recheck_chosen};
use crate::poly::table::Table;
use crate::report::{ReportInput, html, json, markdown, picture};
use serde_json::Value;
use std::path::PathBuf;

/// Write a plan's error budget for people: HTML (one file, no network), Markdown or JSON; or a table's error as a picture
///
/// The form follows the ending of FILE: .html, .md or .json for a plan, .svg for a table. A plan without a validation is
/// shown as not validated.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn plan examples/minilm.toml -o plan.json
  polyattn calibrate examples/scores/minilm_l3_h0.npy -o calibration.json
  polyattn report plan.json calibration.json -o report.html
  polyattn report plan.json -o report.md

  A table's error as a picture:
    polyattn fit --target tanh --interval=-4,4 --degree 15 -o table.json
    polyattn report table.json -o error.svg")]
pub struct Args {
    /// The plan, or a table
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Validations of it; a calibration of its scores may stand among them
    #[arg(value_name = "VALIDATION")]
    evidence: Vec<PathBuf>,
    /// report.html, report.md or report.json; for a table error.svg
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let ending = args.output.extension().and_then(|e| e.to_str());
    if ending == Some("svg") {
        if let Some(path) = args.evidence.first() {
            return Err(Error::input(format!("{}: a table's picture takes no validations", path.display())));
        }
        let table = read_document::<Table>(&args.plan)?;
        return write_whole(&args.output, &picture(&table.body).map_err(|e| e.at(args.plan.display()))?);
    }
    let plan = read_document::<PlanDocument>(&args.plan)?;
    // A report is believed, so nothing is reported that does not hold.
    recheck_chosen(&plan.body).map_err(|e| e.at(args.plan.display()))?;
    let (mut validations, mut calibration) = (Vec::new(), None);
    for path in &args.evidence {
        let value = read_json(path)?;
        let at = |e: Error| e.at(path.display());
        if value.get("kind").and_then(Value::as_str) == Some(Calibration::KIND) {
            calibration = Some(Document::from_value(value).map_err(at)?);
        } else {
            validations.push(Document::<Validation>::from_value(value).map_err(at)?);
        }
    }
    let input = ReportInput { plan: &plan, validations: &validations, calibration: calibration.as_ref() };
    let text = match ending {
        Some("html" | "htm") => html(&input),
        Some("md") => markdown(&input),
        Some("json") => json(&input),
        _ => Err(Error::input(format!(
            "{}: expected a name ending in .html, .md or .json, or for a table in .svg",
            args.output.display()
        ))),
    }?;
    write_whole(&args.output, &text)
}
