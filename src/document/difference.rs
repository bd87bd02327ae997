//! Where two documents differ.

use serde::Serialize;
use serde_json::Value;

/// Figures of binary64 that are derived again may differ by rounding: by no more than this part of them.
const ROUNDING: f64 = 1e-9;

/// The path of the first field that `stated` and `derived` have different values in; fields named in `skipped`, at any depth, are not
/// looked at.
pub(crate) fn first_difference(stated: &impl Serialize, derived: &impl Serialize, skipped: &[&str]) -> Option<String> {
    let value = |it: serde_json::Result<Value>| it.unwrap_or(Value::Null);
    difference(&value(serde_json::to_value(stated)), &value(serde_json::to_value(derived)), skipped)
}

fn difference(stated: &Value, derived: &Value, skipped: &[&str]) -> Option<String> {
    let inside = |name: String, stated: &Value, derived: &Value| {
        let path = difference(stated, derived, skipped)?;
        let dot = if path.is_empty() || path.starts_with('[') { "" } else { "." };
        Some(format!("{name}{dot}{path}"))
    };
    match (stated, derived) {
        (Value::Object(one), Value::Object(other)) => {
            let names = one.keys().chain(other.keys()).filter(|name| !skipped.contains(&name.as_str()));
            let of =
                |fields: &serde_json::Map<String, Value>, name: &str| fields.get(name).cloned().unwrap_or_default();
            names.into_iter().find_map(|name| inside(name.clone(), &of(one, name), &of(other, name)))
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let pairs = one.iter().zip(other).enumerate();
            pairs.into_iter().find_map(|(index, (one, other))| inside(format!("[{index}]"), one, other))
        }
        (Value::Number(one), Value::Number(other)) if one.is_f64() || other.is_f64() => {
            let same =
                one.as_f64().zip(other.as_f64()).is_some_and(|(x, y)| (x - y).abs() <= ROUNDING * x.abs().max(y.abs()));
            (!same).then(String::new)
        }
        _ => (stated != derived).then(String::new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_difference_is_named_by_its_path() {
        let one = json!({"a": [{"x": 1, "y": "2"}, {"x": 0.5}], "b": null});
        assert_eq!(first_difference(&one, &one, &[]), None);
        let nearly = json!({"a": [{"x": 1, "y": "2"}, {"x": 0.500_000_000_1}], "b": null});
        assert_eq!(first_difference(&one, &nearly, &[]), None);
        let other = json!({"a": [{"x": 1, "y": "2"}, {"x": 0.501}], "b": null});
        assert_eq!(first_difference(&one, &other, &[]), Some("a[1].x".into()));
        assert_eq!(first_difference(&one, &other, &["x"]), None);
        let shorter = json!({"a": [], "c": 1});
        assert_eq!(first_difference(&one, &shorter, &[]), Some("a".into()));
        assert_eq!(first_difference(&one, &shorter, &["a"]), Some("c".into()));
        assert_eq!(first_difference(&json!({"n": 3}), &json!({"n": 4}), &[]), Some("n".into()));
    }
}
