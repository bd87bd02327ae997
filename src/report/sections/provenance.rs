//! What was asked for, and where every document comes from.

use crate::document::Provenance;
use crate::error::{Error, Result};
use crate::report::ReportInput;
use crate::report::model::{Block, Section, Table};

pub(in crate::report) fn section(input: &ReportInput) -> Result<Section> {
    let plan = &input.plan.body;
    let spec = toml::to_string(&plan.spec).map_err(|e| Error::internal(e.to_string()))?;
    let mut rows = vec![row("plan", &plan.sha256(), &input.plan.provenance)];
    rows.extend(plan.chosen.tables.iter().map(|d| row("table", &d.body.sha256(), &d.provenance)));
    rows.extend(plan.chosen.certificates.iter().map(|d| row("certificate", &d.sha256(), &d.provenance)));
    rows.extend(input.validations.iter().map(|d| row("validation", &d.sha256(), &d.provenance)));
    rows.extend(input.calibration.map(|d| row("calibration", &d.sha256(), &d.provenance)));
    rows.extend(input.comparison.map(|d| row("comparison", &d.sha256(), &d.provenance)));
    let primes = |name: &str, primes: &[String]| vec![name.to_string(), primes.join(" ")];
    let modulus = &plan.chosen.ckks.primes;
    Ok(Section {
        title: "Specification and provenance".into(),
        blocks: vec![
            Block::Code { caption: "The specification, defaults filled in".into(), text: spec },
            Block::Folded(Table::new(
                "The primes",
                &["chain", "primes"],
                vec![primes("q_0 … q_L", &modulus.q), primes("special", &modulus.p)],
            )),
            documents(rows),
        ],
    })
}

/// The documents that a report rests on.
pub(in crate::report) fn documents(rows: Vec<Vec<String>>) -> Block {
    Block::Folded(Table::new(
        "Documents",
        &["document", "SHA-256 (without provenance and times)", "polyattn", "rug", "MPFR", "seed", "asked for"],
        rows,
    ))
}

/// One of them.
pub(in crate::report) fn row(name: &str, sha256: &str, provenance: &Provenance) -> Vec<String> {
    vec![
        name.into(),
        sha256.into(),
        provenance.polyattn.clone(),
        provenance.rug.clone(),
        provenance.mpfr.clone(),
        provenance.seed.map_or("none".into(), |seed| seed.to_string()),
        provenance.config_sha256.clone(),
    ]
}
