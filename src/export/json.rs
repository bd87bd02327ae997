//! A table as one JSON document that describes itself.

use super::description::Description;
use super::number::decimal;
use super::points::points;
use super::recipe::{Constant, Recipe};
use super::{JSON_KIND, Source};
use crate::document::{Provenance, SCHEMA_VERSION};
use crate::error::{Error, Result};
use crate::poly::table::{ErrorStatement, Form, TargetName};
use crate::poly::{Basis, Dyadic, Evaluation, Rule};
use crate::real::Exact;
use serde::Serialize;

/// A table, and what a plan is beside it.
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct Export<'a> {
    schema_version: u32,
    kind: &'static str,
    provenance: Provenance,
    source: Origin<'a>,
    target: &'a TargetName,
    intervals: &'a [[Exact; 2]],
    #[serde(flatten)]
    numbers: Numbers<'a>,
    degree: u64,
    evaluation: Evaluation,
    error: &'a ErrorStatement,
    positive: Option<bool>,
    monotone: Option<bool>,
    #[schemars(with = "std::collections::BTreeMap<String, String>")]
    description: Description,
    self_test: Vec<SelfTest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Recipe>,
}

#[derive(Serialize, schemars::JsonSchema)]
struct Origin<'a> {
    kind: &'a str,
    sha256: &'a str,
}

#[derive(Serialize, schemars::JsonSchema)]
#[serde(tag = "form", rename_all = "lowercase")]
enum Numbers<'a> {
    Polynomial {
        basis: Basis,
        coefficients: Vec<Coefficient<'a>>,
    },
    Composite {
        start: Constant,
        steps: Vec<Constant>,
    },
    #[serde(rename = "composite")]
    Stages {
        rule: Rule,
        stages: Vec<StageNumbers<'a>>,
    },
}

#[derive(Serialize, schemars::JsonSchema)]
struct StageNumbers<'a> {
    basis: Basis,
    interval: &'a [Exact; 2],
    coefficients: Vec<Coefficient<'a>>,
}

#[derive(Serialize, schemars::JsonSchema)]
struct Coefficient<'a> {
    index: usize,
    decimal: String,
    exact: &'a Exact,
    dyadic: &'a Dyadic,
}

#[derive(Serialize, schemars::JsonSchema)]
struct SelfTest {
    x: Exact,
    value: String,
}

pub(super) fn write(source: &Source) -> Result<String> {
    let table = &source.table;
    let export = Export {
        schema_version: SCHEMA_VERSION,
        kind: JSON_KIND,
        provenance: Provenance::new(&source.sha256, source.seed),
        source: Origin { kind: source.kind, sha256: &source.sha256 },
        target: &table.target,
        intervals: &table.intervals,
        numbers: numbers(&table.form),
        degree: table.degree,
        evaluation: table.evaluation,
        error: &table.error,
        positive: table.positive,
        monotone: table.monotone,
        description: Description::of(source),
        self_test: points(table)?.into_iter().map(|p| SelfTest { x: p.x, value: decimal(&p.value) }).collect(),
        plan: source.plan.as_ref().map(Recipe::of).transpose()?,
    };
    let mut text = serde_json::to_string_pretty(&export).map_err(|e| Error::internal(e.to_string()))?;
    text.push('\n');
    Ok(text)
}

fn numbers(form: &Form) -> Numbers<'_> {
    match form {
        Form::Polynomial { basis, coefficients, dyadic } => {
            Numbers::Polynomial { basis: *basis, coefficients: listed(coefficients, dyadic) }
        }
        Form::Stages { rule, stages } => {
            let numbers = stages.iter().map(|stage| StageNumbers {
                basis: stage.basis,
                interval: &stage.interval,
                coefficients: listed(&stage.coefficients, &stage.dyadic),
            });
            Numbers::Stages { rule: *rule, stages: numbers.collect() }
        }
        Form::Composite { start, steps } => Numbers::Composite {
            start: Constant::new(start),
            steps: steps.iter().map(|alpha| Constant::new(alpha)).collect(),
        },
    }
}

fn listed<'a>(coefficients: &'a [Exact], dyadic: &'a [Dyadic]) -> Vec<Coefficient<'a>> {
    let pairs = coefficients.iter().zip(dyadic).enumerate();
    pairs.map(|(index, (exact, dyadic))| Coefficient { index, decimal: decimal(exact), exact, dyadic }).collect()
}
