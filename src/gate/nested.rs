//! Documents inside documents: a plan holds whole tables, certificates and validations.

use crate::certify::Certificate;
use crate::document::{Body, SCHEMA_VERSION};
use crate::encrypted::Validation;
use crate::error::{Error, Result};
use crate::poly::table::Table;
use serde_json::Value;

/// Checks `kind` and `schema_version` of every document inside a document.
///
/// # Errors
/// [`Error::Input`] with the field's path, what was expected and what was found.
pub(super) fn check(document: &Value) -> Result<()> {
    inside(document, "")
}

fn inside(value: &Value, path: &str) -> Result<()> {
    match value {
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            field(name, value, &path)
        }),
        Value::Array(items) => items.iter().enumerate().try_for_each(|(index, item)| {
            let path = format!("{path}[{index}]");
            inside(item, &path)
        }),
        _ => Ok(()),
    }
}

/// A field whose name says which kind of document it holds, or a list of such.
fn field(name: &str, value: &Value, path: &str) -> Result<()> {
    let kind = match name {
        "table" | "tables" => Some(Table::KIND),
        "certificate" | "certificates" => Some(Certificate::KIND),
        "validation" => Some(Validation::KIND),
        _ => None,
    };
    if let Some(kind) = kind {
        let items = value.as_array().map_or_else(|| vec![(path.to_string(), value)], |items| listed(items, path));
        items.into_iter().try_for_each(|(path, item)| header(item, kind, &path))?;
    }
    inside(value, path)
}

fn listed<'a>(items: &'a [Value], path: &str) -> Vec<(String, &'a Value)> {
    items.iter().enumerate().map(|(index, item)| (format!("{path}[{index}]"), item)).collect()
}

/// What stands in the place of a document and has neither field is none, as the record of a layer's run.
fn header(value: &Value, kind: &str, path: &str) -> Result<()> {
    let (found_kind, version) = (value.get("kind"), value.get("schema_version"));
    if found_kind.is_none() && version.is_none() {
        return Ok(());
    }
    let text = |value: Option<&Value>| value.map_or("nothing".into(), Value::to_string);
    if found_kind.and_then(Value::as_str) != Some(kind) {
        let found = text(found_kind);
        return Err(Error::input(format!("field '{path}.kind': expected \"{kind}\", found {found}")));
    }
    if version.and_then(Value::as_u64) != Some(SCHEMA_VERSION.into()) {
        let found = text(version);
        return Err(Error::input(format!("field '{path}.schema_version': expected {SCHEMA_VERSION}, found {found}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_inside_are_of_their_kind_and_version() {
        let plan = |kind: &str, version: u32| {
            json!({"kind": "plan", "chosen": {"tables": [{"kind": "table", "schema_version": 1}],
                "certificates": [{"kind": kind, "schema_version": version}], "validation": null}})
        };
        check(&plan("certificate", 1)).unwrap();
        for (document, path) in [
            (plan("table", 1), "'chosen.certificates[0].kind': expected \"certificate\", found \"table\""),
            (plan("certificate", 2), "'chosen.certificates[0].schema_version': expected 1, found 2"),
            (
                json!({"layers": [{"table": {"schema_version": 1}}]}),
                "'layers[0].table.kind': expected \"table\", found nothing",
            ),
        ] {
            let error = check(&document).unwrap_err();
            assert!(error.exit_code() == 2 && error.to_string().contains(path), "{error}");
        }
    }

    #[test]
    fn the_record_of_a_layers_run_is_no_document() {
        check(&json!({"layers": [{"validation": {"backend": "ckks"}}]})).unwrap();
    }
}
