//! Named figures, a line each, and their record.

use serde_json::Value;
use std::fmt::Write;
use std::path::Path;

/// Figures of binary64 may differ between machines by this part of them: their logarithms do in the last places.
const ROUNDING: f64 = 1e-9;

/// Named figures in order.
#[derive(Default)]
pub struct Listing(Vec<(String, String)>);

impl Listing {
    /// A figure in words.
    pub fn words(&mut self, name: &str, words: &str) {
        self.0.push((name.into(), words.into()));
    }

    /// A number, to the digits that are compared.
    pub fn number(&mut self, name: &str, value: f64) {
        self.0.push((name.into(), format!("{value:.11e}")));
    }

    /// Every field of a document by its path.
    pub fn fields(&mut self, path: &str, value: &Value) {
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, value)| self.fields(&format!("{path}.{name}"), value))
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, item)| self.fields(&format!("{path}[{index}]"), item));
            }
            Value::String(text) => self.words(path, text),
            other => self.words(path, &other.to_string()),
        }
    }

    /// Holds the figures against the record of this name, or writes it where that is asked for.
    pub fn compare(&self, name: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/record/{name}.txt"));
        if std::env::var("POLYATTN_RECORD").is_ok_and(|what| what == "write") {
            let mut text = String::new();
            self.0.iter().for_each(|(name, figure)| writeln!(text, "{name} = {figure}").unwrap());
            return std::fs::write(path, text).unwrap();
        }
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let recorded: Vec<(&str, &str)> = text.lines().map(|line| line.split_once(" = ").unwrap()).collect();
        for ((name, figure), (old_name, old)) in self.0.iter().zip(&recorded) {
            assert!(name == old_name, "{}: expected {old_name}, found {name}", path.display());
            assert!(is_alike(figure, old), "{}: {name}: {old} on record, found {figure}", path.display());
        }
        assert_eq!(self.0.len(), recorded.len(), "{}", path.display());
    }
}

fn is_alike(one: &str, other: &str) -> bool {
    let numbers = one.parse::<f64>().ok().zip(other.parse::<f64>().ok());
    one == other || numbers.is_some_and(|(x, y)| (x - y).abs() <= ROUNDING * x.abs().max(y.abs()))
}
