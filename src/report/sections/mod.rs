//! The sections of a report, one file each.

mod alternatives;
mod calibration;
mod ledger;
mod limits;
mod measured;
mod order;
mod provenance;
mod reciprocal;

use super::ReportInput;
use super::evidence::Evidence;
use super::model::Section;
use crate::error::Result;

/// Every section, in the order of reading.
pub(super) fn all(input: &ReportInput, evidence: &Evidence) -> Result<Vec<Section>> {
    let plan = &input.plan.body;
    let mut sections = vec![
        ledger::section(plan),
        reciprocal::section(&plan.chosen)?,
        measured::section(&plan.chosen, evidence),
        order::section(plan),
    ];
    sections.extend(input.calibration.map(|calibration| calibration::section(&calibration.body, plan)));
    sections.push(alternatives::section(plan));
    sections.push(limits::section(plan));
    sections.push(provenance::section(input)?);
    Ok(sections)
}
