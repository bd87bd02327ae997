//! The report of a plan: HTML in one file, Markdown, and JSON, all three from one [`Report`]; and a table's error as a
//! picture.

mod answer;
mod curve;
mod evidence;
mod figure;
mod html;
mod markdown;
mod model;
mod number;
mod sections;
mod text;

#[cfg(test)]
mod tests;

pub use curve::picture;
pub use model::{
    BandPlot, Block, Fact, Figure, Kind, Legend, Plot, Report, Row, RowPlot, Section, Symbol, Table, Verdict,
};

use crate::attention::Calibration;
use crate::document::{Document, Provenance};
use crate::encrypted::Validation;
use crate::error::Result;
use crate::plan::PlanDocument;
use evidence::Evidence;

/// What a report is made from.
#[derive(Debug, Clone, Copy)]
pub struct ReportInput<'a> {
    /// The plan.
    pub plan: &'a Document<PlanDocument>,
    /// Runs on ciphertexts. One whose `plan_sha256` is another plan's is called out and counts for nothing.
    pub validations: &'a [Document<Validation>],
    /// The calibration of the scores, where there is one.
    pub calibration: Option<&'a Document<Calibration>>,
}

/// The report before it is laid out.
///
/// # Errors
/// [`crate::Error::Input`] when the plan's own record of a validation cannot be read.
pub fn report(input: &ReportInput) -> Result<Report> {
    let evidence = Evidence::gather(input)?;
    let plan = &input.plan.body;
    Ok(Report {
        title: answer::title(&plan.chosen),
        verdict: evidence.verdict(),
        statement: evidence.statement(),
        warnings: evidence.warnings().into_iter().chain(answer::unproved(&plan.chosen)).chain(plan.caveats()).collect(),
        answer: answer::facts(plan, &evidence),
        sections: sections::all(input, &evidence)?,
        plan_sha256: plan.sha256(),
    })
}

/// The report as one HTML file that loads nothing and runs nothing.
///
/// # Errors
/// As [`report`].
pub fn html(input: &ReportInput) -> Result<String> {
    html::render(&report(input)?, &input.plan.provenance)
}

/// The report as Markdown; its figures are told in words.
///
/// # Errors
/// As [`report`].
pub fn markdown(input: &ReportInput) -> Result<String> {
    Ok(markdown::render(&report(input)?, &input.plan.provenance))
}

/// The report as a JSON document of kind "report"; its figures are given as data.
///
/// # Errors
/// As [`report`].
pub fn json(input: &ReportInput) -> Result<String> {
    let report = report(input)?;
    let seed = input.plan.provenance.seed;
    let provenance = Provenance::new(&report.plan_sha256, seed);
    Document::new(report, provenance).to_json()
}
