//! The sections of a report on one plan, one file each, in the order of reading.

mod alternatives;
mod kappa;
mod ledger;
mod limits;
mod mass;
mod measured;
mod order;
mod provenance;
mod published;
mod reciprocal;

pub(super) use ledger::{Group, budget as ledger, groups};
pub(super) use limits::{assuming, section as limits};
pub(super) use provenance::{documents, row as document, section as provenance};

use super::ReportInput;
use super::evidence::Evidence;
use super::model::Section;
use crate::error::Result;

/// The budget itself: every section but those on what the bounds assume and where documents come from.
pub(super) fn budget(input: &ReportInput, evidence: &Evidence) -> Result<Vec<Section>> {
    let plan = &input.plan.body;
    let mut sections = vec![
        ledger::section(plan),
        reciprocal::section(&plan.chosen)?,
        measured::section(&plan.chosen, evidence),
        order::section(plan),
        mass::section(plan)?,
        alternatives::section(plan),
        kappa::section(plan, input.calibration.map(|calibration| &calibration.body))?,
    ];
    sections.extend(input.comparison.map(|comparison| published::section(&comparison.body)));
    Ok(sections)
}
