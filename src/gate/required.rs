//! What tables and plans must come with, where that is asked for.

use super::Tests;
use super::document::Requirement;
use super::given::{Content, Given};
use super::rule::Rule;
use crate::certify::verify_against;
use crate::encrypted::Validation;
use crate::error::{Error, Result};
use crate::layer::LayerPlan;
use crate::plan::PlanDocument;
use crate::poly::table::Table;

/// Looks at the requirements that a document can meet.
pub(super) fn check(content: &Content, all: &[Given], required: &[Requirement], tests: &mut Tests<'_>) {
    if required.contains(&Requirement::Validation) {
        match content {
            Content::Plan(plan) => tests.run(Rule::ValidationMissing, |_| is_validated(&plan.body, all).map(|()| None)),
            Content::LayerPlan(plan) => tests.run(Rule::ValidationMissing, |_| layers_ran(&plan.body).map(Some)),
            _ => true,
        };
    }
    if let Content::Table(table) = content
        && required.contains(&Requirement::Certificate)
    {
        tests.run(Rule::CertificateMissing, |_| is_certified(&table.body, all).map(Some));
    }
}

/// The record beside a plan that shows its own circuit on ciphertexts and nothing outside its bound, and its file.
pub(super) fn validated_beside<'a>(plan: &PlanDocument, all: &'a [Given]) -> Option<(&'a str, &'a Validation)> {
    let mut beside = all.iter().filter_map(|given| match &given.content {
        Ok(Content::Validation(validation)) => Some((given.name.as_str(), &validation.body)),
        _ => None,
    });
    let holds = |record: &Validation| {
        let checked = record.check_against(plan).and_then(|()| record.check()).and_then(|()| record.check_bounds());
        record.is_on_ciphertexts() && checked.is_ok() && record.ran_every_length(plan)
    };
    beside.find(|(_, record)| holds(record))
}

fn is_validated(plan: &PlanDocument, all: &[Given]) -> Result<()> {
    let own = plan.chosen.validation.as_ref().and_then(|record| serde_json::from_value(record.clone()).ok());
    let ran = own.is_some_and(|record: Validation| record.ran_every_length(plan));
    if ran && Validation::validates(plan) || validated_beside(plan, all).is_some() {
        return Ok(());
    }
    Err(Error::NotCertified(
        "no validation of this plan on ciphertexts is given, for each of its lengths: none is in it or among the files. Run it (polyattn validate) and give \
         the record beside it"
            .into(),
    ))
}

fn layers_ran(plan: &LayerPlan) -> Result<String> {
    match plan.layers.iter().find(|layer| layer.validation.is_none()) {
        None => Ok("every layer validated".into()),
        Some(layer) => Err(Error::NotCertified(format!(
            "layer '{}' has no record of a run on ciphertexts: plan with polyattn layer --run",
            layer.name
        ))),
    }
}

fn is_certified(table: &Table, all: &[Given]) -> Result<String> {
    let mut certificates = all.iter().filter_map(|given| match &given.content {
        Ok(Content::Certificate(certificate)) => Some((&given.name, &certificate.body)),
        _ => None,
    });
    let same = |c: &crate::certify::Certificate| c.target == table.target && c.intervals == table.intervals;
    let found = certificates.find(|(_, c)| same(c) && verify_against(c, table).is_ok());
    match found {
        Some((name, _)) => Ok(format!("certified by {name}")),
        None => Err(Error::NotCertified(
            "no certificate of this table is among the files: make one (polyattn certify) and give it beside it".into(),
        )),
    }
}
