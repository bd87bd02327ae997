//! Tables and plans for other programs: every number exactly, as a decimal or as a program's own literal, and everything that
//! goes silently wrong elsewhere (basis, interval, rule for c₀, parity, zeros, rounding) said in words.

mod cpp;
mod csv;
mod description;
mod function;
mod heaan;
mod json;
mod lattigo;
mod listing;
mod number;
mod numpy;
mod openfhe;
mod operation;
mod points;
mod program;
mod recipe;
mod rounding;
mod row;
mod rust;
mod seal;
mod subject;

#[cfg(test)]
mod tests;

use crate::certify::{Verdict, certify};
use crate::document::{Body, Document};
use crate::error::{Error, Result};
use crate::plan::{PlanDocument, recheck_chosen};
use crate::poly::table::Table;
use crate::real::Exact;
use schemars::Schema;
use schemars::generate::SchemaGenerator;
use serde_json::Value;

/// The form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// A header for OpenFHE, C++.
    Openfhe,
    /// A package for Lattigo, Go.
    Lattigo,
    /// A header for HEaaN, C++.
    Heaan,
    /// A recipe for Microsoft SEAL, with a Python program that follows it.
    Seal,
    /// A Python module for floats and NumPy arrays.
    Numpy,
    /// A Rust module of plain functions.
    Rust,
    /// One JSON document that describes itself.
    Json,
    /// Comment lines beginning with `#`, then one number a line.
    Csv,
}

/// What documents of [`Format::Json`] are called.
pub const JSON_KIND: &str = "export";

/// The schema of documents of [`Format::Json`].
pub fn json_schema(generator: SchemaGenerator) -> Schema {
    generator.into_root_schema_for::<json::Export>()
}

/// A table, or the table of a plan's chosen candidate, as text in another form.
///
/// # Errors
/// [`Error::Input`] for a document that is neither, or one that contradicts itself; [`Error::NotCertified`] for a plan whose
/// claims do not hold.
pub fn export(value: &Value, format: Format) -> Result<String> {
    let source = Source::read(value)?;
    match format {
        Format::Openfhe => openfhe::write(&source),
        Format::Lattigo => lattigo::write(&source),
        Format::Heaan => heaan::write(&source),
        Format::Seal => seal::write(&source),
        Format::Numpy => numpy::write(&source),
        Format::Rust => rust::write(&source),
        Format::Json => json::write(&source),
        Format::Csv => csv::write(&source),
    }
}

/// The table of a start as CSV, with the doublings after it: without them it is no reciprocal.
///
/// # Errors
/// As [`export`].
pub fn export_start(value: &Value, steps: &[Exact]) -> Result<String> {
    Ok(csv::with_steps(&csv::write(&Source::read(value)?)?, steps))
}

/// What is exported.
struct Source {
    kind: &'static str,
    sha256: String,
    seed: Option<u64>,
    table: Table,
    /// The plan around the table, where it came in one.
    plan: Option<PlanDocument>,
}

impl Source {
    fn read(value: &Value) -> Result<Self> {
        let source = match value.get("kind").and_then(Value::as_str) {
            Some(PlanDocument::KIND) => Self::of_plan(Document::from_value(value.clone())?)?,
            Some(Table::KIND) => {
                let document = Document::<Table>::from_value(value.clone())?;
                check_claims(&document.body)?;
                let (sha256, seed) = (document.body.sha256(), document.provenance.seed);
                Self { kind: Table::KIND, sha256, seed, table: document.body, plan: None }
            }
            other => {
                let found = other.unwrap_or("nothing");
                return Err(Error::input(format!("field 'kind': expected \"table\" or \"plan\", found \"{found}\"")));
            }
        };
        source.table.validate()?;
        Ok(source)
    }

    fn of_plan(document: Document<PlanDocument>) -> Result<Self> {
        let (plan, seed) = (document.body, document.provenance.seed);
        // What is exported is believed elsewhere, the security that it states above all.
        recheck_chosen(&plan)?;
        let table = plan.chosen.tables.first();
        let table = table.ok_or_else(|| Error::input("field 'chosen.tables': expected one table, found none"))?;
        Ok(Self { kind: PlanDocument::KIND, sha256: plan.sha256(), seed, table: table.body.clone(), plan: Some(plan) })
    }
}

/// What a table states of its error is believed elsewhere, so it is proved again.
fn check_claims(table: &Table) -> Result<()> {
    table.validate()?;
    let claims = [table.error.certified_upper.is_some(), table.error.certified_lower.is_some()];
    if !claims.contains(&true) && table.positive.is_none() && table.monotone.is_none() {
        return Ok(());
    }
    let certificate = certify(table)?.certificate;
    match certificate.verdict {
        Verdict::Proved => Ok(()),
        Verdict::NotProved => Err(Error::NotCertified(certificate.claim.words)),
    }
}
