//! What the gate found.

use super::rule::Rule;
use crate::error::Error;
use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The gate fails.
    Error,
    /// Someone should look at it; the gate passes.
    Warning,
    /// Good to know.
    Note,
}

impl Level {
    /// As SARIF writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// One thing that does not hold, or that should be known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Finding {
    /// The rule that found it.
    pub rule: Rule,
    /// How much it matters.
    pub level: Level,
    /// The file, as it was named.
    pub file: String,
    /// The path of the field in the document, such as `chosen.tables[0].degree`; null where it is about the file.
    pub field: Option<String>,
    /// The line of the file, from 1; null where it is not known.
    pub line: Option<u64>,
    /// What was expected, what was found and what to do.
    pub message: String,
    /// The exit code that this finding alone leads to: 2, 4 or 5 for an error, else 0.
    pub exit_code: u8,
}

impl Finding {
    /// An error of the gate: its exit code is that of `error`, its field the one that the message names.
    pub(super) fn of_error(rule: Rule, file: &str, error: &Error) -> Self {
        let message = error.to_string();
        let field = named_field(&message);
        Self { rule, level: Level::Error, file: file.into(), field, line: None, message, exit_code: error.exit_code() }
    }

    /// A claim that does not hold: exit code 4.
    pub(super) fn claim(rule: Rule, file: &str, field: &str, message: String) -> Self {
        Self { field: Some(field.into()), ..Self::of_error(rule, file, &Error::NotCertified(message)) }
    }

    /// What does not fail the gate.
    pub(super) fn told(level: Level, rule: Rule, file: &str, message: String) -> Self {
        Self { rule, level, file: file.into(), field: None, line: None, message, exit_code: 0 }
    }

    /// The same about one field.
    pub(super) fn at(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    /// Whether the gate fails by it.
    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}

/// The path of the field that an error message names: the places before it, each ended by `: `, and the name in `field 'NAME'`.
fn named_field(message: &str) -> Option<String> {
    let is_path = |part: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_.[]".contains(c);
        !part.is_empty() && part.chars().all(allowed) && !part.contains(".json")
    };
    let mut path = Vec::new();
    let mut rest = message;
    loop {
        if let Some(name) = rest.strip_prefix("field '").and_then(|rest| rest.split('\'').next()) {
            path.extend(is_path(name).then_some(name));
            break;
        }
        match rest.split_once(": ") {
            Some((place, after)) if is_path(place) => {
                path.push(place);
                rest = after;
            }
            _ => break,
        }
    }
    (!path.is_empty()).then(|| path.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_the_one_that_the_message_names() {
        for (message, field) in [
            ("field 'degree': expected 15, found 14", Some("degree")),
            ("chosen: tables[0]: field 'intervals' does not hold: not the domain", Some("chosen.tables[0].intervals")),
            ("chosen: ckks: log QP = 421 is above", Some("chosen.ckks")),
            ("a.json: cannot read it: no such file", None),
            ("the fitter says 0.1, which is below the error", None),
            ("layer 'a': field 'form' does not hold: why", None),
        ] {
            assert_eq!(named_field(message).as_deref(), field, "{message}");
        }
    }
}
