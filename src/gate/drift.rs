//! What has changed since the baseline. All is deterministic, so there is no tolerance.

use super::document::{Check, CheckedFile};
use super::finding::{Finding, Level};
use super::rule::Rule;
use crate::error::Error;
use crate::real::Exact;
use serde_json::Value;

/// Longest value that a message shows.
const LONGEST: usize = 80;

/// When a claim is no worse than it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trend {
    /// Where it is at most what it was: bounds and costs.
    Less,
    /// Where it is at least what it was: what is served.
    More,
    /// Where the intervals hold those that were.
    Wider,
    /// Where it is still true, or was not shown before.
    True,
    /// Where it is the same: another value is another function, map or parameter set.
    Same,
}

/// How a claim may change.
#[derive(Debug, PartialEq, Eq)]
enum Change {
    None,
    Better,
    Worse(&'static str),
}

/// Compares what is claimed now with the baseline; a file whose claims do not hold has its errors already.
pub(super) fn check(baseline: &Check, name: &str, now: &[CheckedFile]) -> Vec<Finding> {
    let mut found = Vec::new();
    for old in &baseline.files {
        match now.iter().find(|file| file.file == old.file) {
            None => {
                let message = format!("{name} has it, and it is not among the files: it vanished, or was not given");
                found.push(Finding::of_error(Rule::Drift, &old.file, &Error::NotCertified(message)));
            }
            Some(file) => found.extend(compare(old, file, name)),
        }
    }
    let is_new = |file: &&CheckedFile| !baseline.files.iter().any(|old| old.file == file.file);
    let new = now.iter().filter(is_new);
    found.extend(new.map(|file| Finding::told(Level::Note, Rule::Drift, &file.file, format!("new since {name}"))));
    found
}

fn compare(old: &CheckedFile, now: &CheckedFile, baseline: &str) -> Vec<Finding> {
    if !now.claims_hold() {
        return Vec::new();
    }
    if old.kind != now.kind {
        let kind = |file: &CheckedFile| file.kind.clone().unwrap_or_else(|| "file that could not be read".into());
        let message = format!("{baseline} has a {} here, found a {}", kind(old), kind(now));
        return vec![Finding::claim(Rule::Drift, &now.file, "kind", message)];
    }
    if !old.held() || old.claims.is_empty() && !now.claims.is_empty() {
        let message = format!("{baseline} was written when this file failed, or has no claims of it: make it anew");
        return vec![Finding::of_error(Rule::Drift, &now.file, &Error::NotCertified(message))];
    }
    if old.sha256 == now.sha256 && old.claims == now.claims {
        return Vec::new();
    }
    let mut found = Vec::new();
    // A later version may claim more than the one that made the baseline.
    for (name, before) in &old.claims {
        let after = now.claims.get(name).unwrap_or(&Value::Null);
        let said = |what: &str| format!("{name} {what}: {} at {baseline}, now {}", short(before), short(after));
        match change(trend(name), before, after) {
            Change::None => {}
            Change::Better => {
                let note = Finding::told(Level::Note, Rule::Drift, &now.file, said("is better"));
                found.push(note.at(name));
            }
            Change::Worse(how) => {
                let message = format!("{}; where that is meant, write the baseline anew", said(how));
                found.push(Finding::claim(Rule::Drift, &now.file, name, message));
            }
        }
    }
    if found.is_empty() && old.sha256 != now.sha256 {
        let message = format!(
            "its content changed since {baseline} (sha256 {} then, {} now), none of its claims did",
            hash(old),
            hash(now)
        );
        found.push(Finding::told(Level::Warning, Rule::Drift, &now.file, message));
    }
    found
}

fn trend(name: &str) -> Trend {
    match name.rsplit('.').next().unwrap_or(name) {
        "bound"
        | "depth"
        | "products"
        | "rotations"
        | "bootstraps"
        | "degree"
        | "smallest_mean"
        | "smallest_mean_square" => Trend::Less,
        "score_bound" | "security_bits" | "slots_checked" => Trend::More,
        "intervals" => Trend::Wider,
        "positive" | "monotone" | "validated" | "orders_magnitude" | "fits" => Trend::True,
        _ => Trend::Same,
    }
}

fn change(trend: Trend, old: &Value, now: &Value) -> Change {
    if old == now {
        return Change::None;
    }
    let numbers = number(old).zip(number(now));
    match (trend, numbers) {
        (Trend::Less | Trend::More, Some((old, now))) if old == now => Change::None,
        (Trend::Less, Some((old, now))) if now < old => Change::Better,
        (Trend::Less, Some(_)) => Change::Worse("grew"),
        (Trend::More, Some((old, now))) if now > old => Change::Better,
        (Trend::More, Some(_)) => Change::Worse("shrank"),
        // A bound, or a whole plan, where there was none.
        (Trend::Less | Trend::More | Trend::Same, None) if old.is_null() => Change::Better,
        (Trend::Less | Trend::More, None) if now.is_null() => Change::Worse("is gone"),
        (Trend::Wider, _) if holds_all(now, old) => Change::Better,
        (Trend::Wider, _) => Change::Worse("shrank or moved"),
        (Trend::True, _) if *old == Value::Bool(true) => Change::Worse("is no longer shown"),
        (Trend::True, _) => Change::Better,
        _ => Change::Worse("changed"),
    }
}

fn number(value: &Value) -> Option<Exact> {
    match value {
        Value::String(text) => crate::real::parse_exact(text).ok().map(Exact),
        Value::Number(number) => crate::real::parse_exact(&number.to_string()).ok().map(Exact),
        _ => None,
    }
}

/// Whether each interval of `inner` lies in one of `outer`.
fn holds_all(outer: &Value, inner: &Value) -> bool {
    let read = |value: &Value| serde_json::from_value::<Vec<[Exact; 2]>>(value.clone()).unwrap_or_default();
    let (outer, inner) = (read(outer), read(inner));
    let is_held = |[low, high]: &[Exact; 2]| outer.iter().any(|[from, to]| from <= low && high <= to);
    !inner.is_empty() && inner.iter().all(is_held)
}

fn short(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), String::from);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn hash(file: &CheckedFile) -> &str {
    file.sha256.as_deref().and_then(|hash| hash.get(..12)).unwrap_or("nothing")
}

impl CheckedFile {
    /// Whether it was read and every rule that was looked at holds.
    fn held(&self) -> bool {
        self.sha256.is_some() && self.checks.iter().all(|check| check.words.is_some())
    }

    /// Whether its claims were looked at and hold.
    fn claims_hold(&self) -> bool {
        self.sha256.is_some() && self.checks.iter().all(|check| !check.rule.is_of_claims() || check.words.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn worse_and_better_are_told_apart() {
        let is = |name: &str, old: Value, now: Value| change(trend(name), &old, &now);
        let worse = |change: Change| matches!(change, Change::Worse(_));
        assert!(worse(is("bound", json!("0.001"), json!("0.0010000001"))));
        assert_eq!(is("bound", json!("0.001"), json!("1/1000")), Change::None);
        assert_eq!(is("bound", json!("0.001"), json!("0.0009")), Change::Better);
        assert_eq!(is("bound", Value::Null, json!("0.0009")), Change::Better);
        assert!(worse(is("bound", json!("0.0009"), Value::Null)));
        assert!(worse(is("depth", json!(5), json!(6))));
        assert!(worse(is("score_bound", json!("4"), json!("3.9"))));
        assert_eq!(is("layers.a.score_bound", json!("4"), json!("5")), Change::Better);
        assert_eq!(is("intervals", json!([["1", "2"]]), json!([["0.5", "3"]])), Change::Better);
        assert!(worse(is("intervals", json!([["1", "2"]]), json!([["1.5", "3"]]))));
        assert!(worse(is("intervals", json!([["1", "2"]]), Value::Null)));
        assert!(worse(is("positive", json!(true), Value::Null)));
        assert_eq!(is("positive", Value::Null, json!(true)), Change::Better);
        assert!(worse(is("orders_magnitude", json!(true), json!(false))));
        assert!(worse(is("gap.bound", json!("1/8"), json!("1/4"))));
        assert!(worse(is("sign", json!("positive"), json!("both"))));
        // A plan where there was none, and none where there was one.
        assert_eq!(is("model.log_n", Value::Null, json!(14)), Change::Better);
        assert!(worse(is("model.log_n", json!(14), Value::Null)));
        assert!(worse(is("ckks.log_n", json!(14), json!(13))));
        assert!(worse(is("ckks.security_bits", json!(128), json!(0))));
        assert!(worse(is("ckks.primes", json!({"q": ["1"]}), json!({"q": ["2"]}))));
    }
}
