//! Reading what is given: documents of every kind, and exports.

use super::document::Check;
use super::exported::Exported;
use super::nested;
use super::ranges::Ranges;
use super::unread;
use crate::attention::Calibration;
use crate::certify::Certificate;
use crate::compare::Comparison;
use crate::document::{Body, Document, parse_json, read_text, sha256};
use crate::encrypted::Validation;
use crate::error::{Error, Result};
use crate::layer::LayerPlan;
use crate::order::Order;
use crate::plan::PlanDocument;
use crate::poly::table::Table;
use crate::survey::{Survey, TrainingGoals};
use serde_json::Value;
use std::path::{Component, Path, PathBuf};

/// A file that was given, read or not.
#[derive(Debug)]
pub(super) struct Given {
    pub name: String,
    /// Empty where it could not be read.
    pub text: String,
    pub content: Result<Content>,
}

/// What a file holds.
#[derive(Debug)]
pub(super) enum Content {
    Table(Box<Document<Table>>),
    Certificate(Box<Document<Certificate>>),
    Plan(Box<Document<PlanDocument>>),
    Validation(Box<Document<Validation>>),
    LayerPlan(Box<Document<LayerPlan>>),
    Calibration(Box<Document<Calibration>>),
    Survey(Box<Document<Survey>>),
    Goals(Box<Document<TrainingGoals>>),
    Comparison(Box<Document<Comparison>>),
    Order(Box<Document<Order>>),
    Ranges(Box<Ranges>),
    Check(Box<Document<Check>>),
    Export(Exported),
}

const KINDS: &str = "table, certificate, plan, validation, calibration, layer-plan, survey, training-goals, comparison, order, \
                     ranges, check or export";

/// How a file is called wherever it is told of: `./x` and `x` are one file to a baseline, and code scanning knows only the latter.
pub(super) fn name(path: &Path) -> String {
    let plain: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    // What is left of `.` is nothing, and `-` is standard input.
    let is_taken = plain.as_os_str().is_empty() || plain == Path::new("-");
    if is_taken { path.display() } else { plain.display() }.to_string()
}

impl Given {
    /// Reads a file, or standard input for `-`.
    pub(super) fn read(path: &Path) -> Self {
        let name = name(path);
        let path = Path::new(&name);
        match read_text(path) {
            Ok(text) => {
                let content = Content::parse(path, &text);
                Self { name, text, content }
            }
            Err(error) => Self { name, text: String::new(), content: Err(error) },
        }
    }
}

impl Content {
    fn parse(path: &Path, text: &str) -> Result<Self> {
        if Exported::is_program(text) {
            return Ok(Self::Export(Exported::of_program(text)?));
        }
        Self::of_value(parse_json(path, text)?, text)
    }

    fn of_value(value: Value, text: &str) -> Result<Self> {
        fn body<T: Body>(value: Value) -> Result<Box<Document<T>>> {
            unread::read(value).map(Box::new)
        }
        nested::check(&value)?;
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or("nothing");
        match kind {
            Table::KIND => body(value).map(Self::Table),
            Certificate::KIND => body(value).map(Self::Certificate),
            PlanDocument::KIND => body(value).map(Self::Plan),
            Validation::KIND => body(value).map(Self::Validation),
            LayerPlan::KIND => body(value).map(Self::LayerPlan),
            Calibration::KIND => body(value).map(Self::Calibration),
            Survey::KIND => body(value).map(Self::Survey),
            TrainingGoals::KIND => body(value).map(Self::Goals),
            Comparison::KIND => body(value).map(Self::Comparison),
            Order::KIND => body(value).map(Self::Order),
            Ranges::KIND => Ranges::from_value(value).map(|ranges| Self::Ranges(Box::new(ranges))),
            Check::KIND => body(value).map(Self::Check),
            Exported::KIND => Exported::of_json(&value, text).map(Self::Export),
            other => Err(Error::input(format!("field 'kind': expected {KINDS}, found \"{other}\""))),
        }
    }

    /// Its kind.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Table(_) => Table::KIND,
            Self::Certificate(_) => Certificate::KIND,
            Self::Plan(_) => PlanDocument::KIND,
            Self::Validation(_) => Validation::KIND,
            Self::LayerPlan(_) => LayerPlan::KIND,
            Self::Calibration(_) => Calibration::KIND,
            Self::Survey(_) => Survey::KIND,
            Self::Goals(_) => TrainingGoals::KIND,
            Self::Comparison(_) => Comparison::KIND,
            Self::Order(_) => Order::KIND,
            Self::Ranges(_) => Ranges::KIND,
            Self::Check(_) => Check::KIND,
            Self::Export(_) => Exported::KIND,
        }
    }

    /// Its hash: a plan's without records of runs, which are checked on their own; an export's without the lines of versions.
    pub(super) fn sha256(&self) -> String {
        match self {
            Self::Table(it) => it.sha256(),
            Self::Certificate(it) => it.sha256(),
            Self::Plan(it) => it.body.sha256(),
            Self::Validation(it) => it.sha256(),
            Self::LayerPlan(it) => it.sha256(),
            Self::Calibration(it) => it.sha256(),
            Self::Survey(it) => it.sha256(),
            Self::Goals(it) => it.sha256(),
            Self::Comparison(it) => it.sha256(),
            Self::Order(it) => it.sha256(),
            Self::Ranges(it) => sha256(&crate::document::canonical(it)),
            Self::Check(it) => it.sha256(),
            Self::Export(it) => it.sha256(),
        }
    }
}

/// The tables among the files.
pub(super) fn tables(all: &[Given]) -> impl Iterator<Item = &Document<Table>> {
    all.iter().filter_map(|given| if let Ok(Content::Table(table)) = &given.content { Some(&**table) } else { None })
}

/// The plans among the files.
pub(super) fn plans(all: &[Given]) -> impl Iterator<Item = &Document<PlanDocument>> {
    all.iter().filter_map(|given| if let Ok(Content::Plan(plan)) = &given.content { Some(&**plan) } else { None })
}

/// The plans of layers among the files.
pub(super) fn layer_plans(all: &[Given]) -> impl Iterator<Item = &Document<LayerPlan>> {
    all.iter().filter_map(|given| if let Ok(Content::LayerPlan(plan)) = &given.content { Some(&**plan) } else { None })
}
