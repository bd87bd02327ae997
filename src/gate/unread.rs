//! What a document holds and nothing reads: a misspelt field, or a claim of another version that nobody would check.

use crate::document::{Body, Document};
use crate::error::{Error, Result};
use serde_json::Value;

/// Not looked at: `provenance` is the writer's, and specifications refuse unknown keys when they are read.
const APART: [&str; 2] = ["provenance", "spec"];

/// Reads a document that has no field which nothing reads.
///
/// # Errors
/// [`Error::Input`] with the path of the first such field, and those of [`Document::from_value`].
pub(super) fn read<T: Body>(value: Value) -> Result<Document<T>> {
    let document = Document::<T>::from_value(value.clone())?;
    let written = serde_json::to_value(&document).map_err(|e| Error::internal(e.to_string()))?;
    match unread(&value, &written) {
        None => Ok(document),
        Some(path) => Err(Error::input(format!(
            "field '{path}': documents of kind \"{}\" have none of this name, or leave it out where it is empty",
            T::KIND
        ))),
    }
}

/// The path of the first field of `found` that `written` lacks.
fn unread(found: &Value, written: &Value) -> Option<String> {
    match (found, written) {
        (Value::Object(found), Value::Object(written)) => {
            found.iter().find_map(|(name, value)| match written.get(name) {
                Some(_) if APART.contains(&name.as_str()) => None,
                Some(written) => unread(value, written).map(|path| join(name, &path)),
                None => Some(name.clone()),
            })
        }
        (Value::Array(found), Value::Array(written)) => {
            let pairs = found.iter().zip(written).enumerate();
            pairs.into_iter().find_map(|(index, (found, written))| {
                unread(found, written).map(|path| join(&format!("[{index}]"), &path))
            })
        }
        _ => None,
    }
}

fn join(name: &str, path: &str) -> String {
    if path.starts_with('[') { format!("{name}{path}") } else { format!("{name}.{path}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_field_that_nothing_reads_is_named_by_its_path() {
        let written = json!({"a": [{"x": 1}, {"x": 2}], "provenance": {}, "spec": {}});
        for (found, path) in [
            (json!({"a": [{"x": 1}, {"x": 2}], "provenance": {"z": 1}, "spec": {"z": 1}}), None),
            (json!({"a": [{"x": 1, "spec": 1}]}), Some("a[0].spec")),
            (json!({"a": [{"x": 1, "y": false}]}), Some("a[0].y")),
            (json!({"a": [{"x": 1}, {"x": 2, "y": 1}]}), Some("a[1].y")),
            (json!({"a": [], "b": {"c": 1}}), Some("b")),
        ] {
            assert_eq!(unread(&found, &written).as_deref(), path);
        }
    }
}
