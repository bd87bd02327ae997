//! The report of a plan, of several plans side by side, or of layers: HTML in one file, Markdown, and JSON, all three from one
//! [`Report`]; and a table's error as a picture.

mod answer;
mod curve;
mod evidence;
mod figure;
mod html;
mod layers;
mod markdown;
mod model;
mod number;
mod plot;
mod sections;
mod several;
mod text;

#[cfg(test)]
mod tests;

pub use curve::picture;
pub use layers::report_layers;
pub use model::{Block, Chapter, Fact, Kind, Report, Section, Subject, Table, Verdict};
pub use plot::{Axis, BandPlot, Figure, Legend, Plot, PointPlot, Row, RowPlot, Scale, Series, Symbol};
pub use several::report_several;

use crate::attention::Calibration;
use crate::compare::Comparison;
use crate::document::{Document, Provenance};
use crate::encrypted::Validation;
use crate::error::{Error, Result};
use crate::plan::PlanDocument;
use evidence::Evidence;

/// What a report of one plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct ReportInput<'a> {
    /// The plan.
    pub plan: &'a Document<PlanDocument>,
    /// Runs on ciphertexts. One whose `plan_sha256` is another plan's is called out and counts for nothing.
    pub validations: &'a [Document<Validation>],
    /// The calibration of the scores, where there is one.
    pub calibration: Option<&'a Document<Calibration>>,
    /// Published methods beside the plan, where there is a comparison of its specification.
    pub comparison: Option<&'a Document<Comparison>>,
}

impl ReportInput<'_> {
    /// # Errors
    /// [`Error::Input`] for a comparison of another specification than the plan's.
    fn check(&self) -> Result<()> {
        match self.comparison {
            Some(comparison) if comparison.body.spec != self.plan.body.spec => {
                Err(Error::input("the comparison is of another specification than the plan"))
            }
            _ => Ok(()),
        }
    }
}

/// The report of one plan before it is laid out. As JSON it is a document of kind "report", its figures given as data.
///
/// # Errors
/// [`crate::Error::Input`] when the plan's own record of a validation cannot be read, or the comparison is of another
/// specification.
pub fn report(input: &ReportInput) -> Result<Document<Report>> {
    input.check()?;
    let evidence = Evidence::gather(input)?;
    let plan = &input.plan.body;
    let mut sections = sections::budget(input, &evidence)?;
    sections.extend([sections::limits(plan), sections::provenance(input)?]);
    let subject = Subject { name: "Plan".into(), sha256: plan.sha256() };
    let provenance = Provenance::new(&subject.sha256, input.plan.provenance.seed);
    let report = Report {
        title: answer::title(&plan.chosen),
        verdict: evidence.verdict(),
        statement: evidence.statement(),
        warnings: answer::warnings(input, &evidence),
        answer: answer::facts(plan, &evidence),
        sections,
        chapters: Vec::new(),
        subjects: vec![subject],
    };
    Ok(Document::new(report, provenance))
}

/// A report as one HTML file that loads nothing and runs nothing.
///
/// # Errors
/// [`crate::Error::Internal`] where a figure cannot be drawn.
pub fn html(report: &Document<Report>) -> Result<String> {
    html::render(&report.body, &report.provenance)
}

/// A report as Markdown; its figures are told in words.
pub fn markdown(report: &Document<Report>) -> String {
    markdown::render(&report.body, &report.provenance)
}
