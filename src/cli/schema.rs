//! `polyattn schema`.

use super::style::write_stdout;
use crate::attention::Calibration;
use crate::certify::Certificate;
use crate::compare::Comparison;
use crate::document::{Body, Document, SCHEMA_VERSION, write_whole};
use crate::encrypted::Validation;
use crate::error::{Error, Result, did_you_mean};
use crate::export;
use crate::gate::{Check, Ranges};
use crate::layer::LayerPlan;
use crate::order::Order;
use crate::plan::PlanDocument;
use crate::poly::table::Table;
use crate::report::Report;
use crate::study::{NoiseStudy, PrecisionStudy};
use crate::survey::{Survey, TrainingGoals};
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};
use std::path::PathBuf;

/// A kind of document and how its schema is made.
type Kind = (&'static str, fn() -> Value);

const KINDS: &[Kind] = &[
    kind::<Table>(),
    kind::<Certificate>(),
    kind::<Calibration>(),
    kind::<PlanDocument>(),
    kind::<Validation>(),
    kind::<Comparison>(),
    kind::<LayerPlan>(),
    kind::<Survey>(),
    kind::<TrainingGoals>(),
    kind::<NoiseStudy>(),
    kind::<PrecisionStudy>(),
    kind::<Report>(),
    (export::JSON_KIND, || finished(export::JSON_KIND, export::json_schema(generator()))),
    kind::<Order>(),
    kind::<Check>(),
    (Ranges::KIND, ranges),
];

/// Print the JSON schema of a kind of document
///
/// The schemas (draft 2020-12) are made from the types that write the documents; docs/schemas/ has them as files.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn schema
  polyattn schema plan
  polyattn schema --out schemas")]
pub struct Args {
    /// The kind of document; the kinds are listed where it is left out
    #[arg(value_name = "KIND")]
    kind: Option<String>,
    /// Write the schemas of all kinds to DIR, as KIND.schema.json
    #[arg(long, value_name = "DIR", conflicts_with = "kind")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<()> {
    if let Some(folder) = &args.out {
        std::fs::create_dir_all(folder).map_err(|e| Error::file(folder, "make the folder", e))?;
        return KINDS.iter().try_for_each(|(name, schema)| {
            write_whole(&folder.join(format!("{name}.schema.json")), &text(&schema())?)
        });
    }
    let Some(asked) = &args.kind else {
        let names: String = KINDS.iter().map(|(name, _)| format!("{name}\n")).collect();
        return write_stdout(names.as_bytes());
    };
    let (_, schema) = KINDS.iter().find(|(name, _)| name == asked).ok_or_else(|| unknown(asked))?;
    write_stdout(text(&schema())?.as_bytes())
}

fn unknown(asked: &str) -> Error {
    let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
    let meant = did_you_mean(asked, names.iter().copied());
    Error::input(format!("KIND: expected one of {}, found '{asked}'{meant}", names.join(", ")))
}

const fn kind<T: Body + JsonSchema>() -> Kind {
    (T::KIND, schema::<T>)
}

/// The schema of documents of one kind as they are written.
fn schema<T: Body + JsonSchema>() -> Value {
    finished(T::KIND, generator().into_root_schema_for::<Document<T>>())
}

/// That of range files, which other programs write and this one reads.
fn ranges() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    finished(Ranges::KIND, generator.into_root_schema_for::<Ranges>())
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().for_serialize().into_generator()
}

fn finished(kind: &str, schema: Schema) -> Value {
    let mut schema = schema.to_value();
    if let Some(fields) = schema.pointer_mut("/properties").and_then(Value::as_object_mut) {
        fields.insert("kind".into(), json!({ "const": kind }));
        fields.insert("schema_version".into(), json!({ "const": SCHEMA_VERSION }));
    }
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("title".into(), kind.into());
    }
    schema
}

fn text(schema: &Value) -> Result<String> {
    let text = serde_json::to_string_pretty(schema).map_err(|e| Error::internal(e.to_string()))?;
    Ok(text + "\n")
}
