//! The report of layers: functions of one variable, each in every slot alone.

mod case;
mod chapter;
mod overview;

use super::model::{Report, Section, Subject, Verdict};
use super::sections;
use crate::document::{Document, Provenance};
use crate::error::Result;
use crate::layer::LayerPlan;
use case::Case;

/// The report of a plan of layers: all of them on the first screen, then a chapter for each.
///
/// # Errors
/// [`crate::Error::Input`] for a specification or a table that contradicts itself.
pub fn report_layers(document: &Document<LayerPlan>) -> Result<Document<Report>> {
    let plan = &document.body;
    let cases = plan.spec.layer.iter().zip(&plan.layers).map(|(layer, planned)| Case::new(layer, planned, plan));
    let cases = cases.collect::<Result<Vec<_>>>()?;
    let subject = Subject { name: "Plan of layers".into(), sha256: document.sha256() };
    let provenance = Provenance::new(&subject.sha256, document.provenance.seed);
    let chapters = cases.iter().map(Case::chapter).collect::<Result<Vec<_>>>()?;
    let mut parts = vec![overview::section(&cases)];
    parts.extend(limits(&cases));
    let rows = vec![sections::document("layer-plan", &subject.sha256, &document.provenance)];
    parts.push(Section { title: "Provenance".into(), blocks: vec![sections::documents(rows)] });
    let report = Report {
        title: format!("{} functions on CKKS, each in every slot alone", cases.len()),
        verdict: Verdict::over(cases.iter().map(Case::verdict)),
        statement: statement(&cases),
        warnings: cases.iter().flat_map(Case::warnings).chain(plan.warnings()).collect(),
        answer: cases.iter().map(Case::answer).collect(),
        sections: parts,
        chapters,
        subjects: vec![subject],
    };
    Ok(Document::new(report, provenance))
}

fn statement(cases: &[Case]) -> String {
    let runs = cases.iter().filter(|case| case.run.is_some()).count();
    let slots: u64 = cases.iter().filter_map(|case| case.run).map(|run| run.slots_checked).sum();
    let outside = cases.iter().filter(|case| case.verdict() == Verdict::OutsideBound).count();
    let found = if outside > 0 { format!("{outside} OUTSIDE their bounds") } else { "none outside its bound".into() };
    format!("{runs} of {} layers were run on ciphertexts, {slots} slots compared: {found}.", cases.len())
}

fn limits(cases: &[Case]) -> Option<Section> {
    let failures = cases.iter().map(|case| &case.planned.error.noise.failure_probability);
    let depth =
        "The lower bound of a depth is for polynomial circuits in x; it is no bound for circuits of another kind.";
    Some(sections::assuming("x in the layer's intervals, off by no more than its input_error", failures.max()?, depth))
}
