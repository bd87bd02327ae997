//! The result as SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format), which code hosts show beside the lines of a change.

use super::document::Check;
use super::finding::{Finding, Level};
use super::rule::{Rule, Words};
use crate::document::sha256;
use crate::error::{Error, Result};
use serde_json::{Map, Value, json};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// SARIF 2.1.0: every rule with its description and its help, and a result for each finding.
///
/// # Errors
/// [`Error::Internal`] if it has no JSON form, which no finding allows.
pub fn sarif(check: &Check) -> Result<String> {
    let rules: Vec<Value> = Rule::ALL.into_iter().map(rule).collect();
    let results: Vec<Value> = check.findings.iter().map(result).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "polyattn",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "automationDetails": {"id": "polyattn-check/"},
            "invocations": [{"executionSuccessful": true, "exitCode": check.verdict().err().map_or(0, |e| e.exit_code())}],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    let text = serde_json::to_string_pretty(&log).map_err(|e| Error::internal(e.to_string()))?;
    Ok(text + "\n")
}

fn rule(rule: Rule) -> Value {
    let Words { short, full, help } = rule.words();
    let level = if rule == Rule::Caveat { Level::Warning } else { Level::Error };
    json!({
        "id": rule.id(),
        "name": camel(rule.id()),
        "shortDescription": {"text": short},
        "fullDescription": {"text": full},
        "help": {"text": help, "markdown": help},
        "defaultConfiguration": {"level": level.name()},
    })
}

fn result(finding: &Finding) -> Value {
    let index = Rule::ALL.iter().position(|rule| *rule == finding.rule);
    // The same finding has the same fingerprint whatever the numbers in its message are.
    let field = finding.field.as_deref().unwrap_or_default();
    let print = sha256(&format!("{}\n{}\n{field}", finding.rule, finding.file));
    let mut location = Map::new();
    let region = json!({"startLine": finding.line.unwrap_or(1)});
    location.insert("physicalLocation".into(), json!({"artifactLocation": artifact(&finding.file), "region": region}));
    if !field.is_empty() {
        location.insert("logicalLocations".into(), json!([{"fullyQualifiedName": field}]));
    }
    json!({
        "ruleId": finding.rule.id(),
        "ruleIndex": index,
        "level": finding.level.name(),
        "message": {"text": format!("{}: {}", finding.file, finding.message)},
        "locations": [location],
        "partialFingerprints": {"ruleFileField/v1": print},
    })
}

/// A file as a URI: relative to the root of the sources, or absolute.
fn artifact(file: &str) -> Value {
    let file = file.replace('\\', "/");
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(byte);
    let encode = |byte: u8| if is_plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    let uri: String = file.bytes().map(encode).collect();
    if uri.starts_with('/') {
        json!({"uri": format!("file://{uri}")})
    } else {
        json!({"uri": uri, "uriBaseId": "%SRCROOT%"})
    }
}

fn camel(id: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
    };
    id.split('-').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_uris() {
        assert_eq!(artifact("plans/a b#1.json"), json!({"uri": "plans/a%20b%231.json", "uriBaseId": "%SRCROOT%"}));
        assert_eq!(artifact("/data/ü.json"), json!({"uri": "file:///data/%C3%BC.json"}));
        assert_eq!(camel("table-bound"), "TableBound");
    }
}
