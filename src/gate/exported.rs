//! Exports: recognised by their header, made again from the table or plan that they name, and compared line by line.

use super::finding::{Finding, Level};
use super::given::{Given, layer_plans, plans, tables};
use super::rule::Rule;
use crate::document::{Document, sha256};
use crate::error::{Error, Result};
use crate::export::{Format, export};
use crate::poly::table::Table;
use serde_json::Value;

/// How the first line of every export but JSON begins, after its comment sign.
const TITLE: &str = "polyattn export: ";
/// How a line names the version that wrote it.
const PROVENANCE: &str = "provenance: polyattn ";
/// Characters of a line that a message shows.
const LONGEST: usize = 100;

/// An export as it was found.
#[derive(Debug)]
pub(super) struct Exported {
    pub format: Format,
    /// The hash of the table or plan that it is of.
    pub source: String,
    /// The program that wrote it.
    pub version: String,
    lines: Vec<String>,
}

impl Exported {
    pub(super) const KIND: &'static str = "export";

    /// Whether a text is an export for a program or CSV.
    pub(super) fn is_program(text: &str) -> bool {
        text.lines().next().and_then(uncommented).is_some_and(|line| line.starts_with(TITLE))
    }

    /// Reads the header of an export for a program.
    ///
    /// # Errors
    /// [`Error::Input`] for a header that lacks what every export says.
    pub(super) fn of_program(text: &str) -> Result<Self> {
        plain(text)?;
        let header: Vec<&str> = text.lines().map_while(uncommented).collect();
        let after = |name: &str| header.iter().find_map(|line| line.strip_prefix(name));
        let lacks = |what: &str| Error::input(format!("the header of this export lacks {what}: export it anew"));
        let source =
            after("table: sha256 ").or_else(|| after("plan: sha256 ")).ok_or_else(|| lacks("the table's hash"))?;
        let version =
            after(PROVENANCE).and_then(|rest| rest.split(',').next()).ok_or_else(|| lacks("its provenance"))?;
        let format = format_of(after("library: ")).ok_or_else(|| lacks("a library that is known"))?;
        Ok(Self { format, source: source.into(), version: version.into(), lines: owned(text) })
    }

    /// Reads an export that is JSON.
    ///
    /// # Errors
    /// [`Error::Input`] naming the field that is missing.
    pub(super) fn of_json(value: &Value, text: &str) -> Result<Self> {
        plain(text)?;
        let field = |pointer: &str| {
            let found = value.pointer(pointer).and_then(Value::as_str).map(String::from);
            let name = pointer.trim_start_matches('/').replace('/', ".");
            found.ok_or_else(|| Error::input(format!("field '{name}': expected text, found nothing")))
        };
        let (source, version) = (field("/source/sha256")?, field("/provenance/polyattn")?);
        Ok(Self { format: Format::Json, source, version, lines: owned(text) })
    }

    pub(super) fn sha256(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|line| without_version(line)).collect();
        sha256(&lines.join("\n"))
    }

    /// Makes the export again and compares.
    pub(super) fn check(&self, file: &str, all: &[Given]) -> std::result::Result<String, Vec<Finding>> {
        let fails = |error: &Error| vec![Finding::of_error(Rule::ExportSource, file, error)];
        let source = self.found(all).map_err(|e| fails(&e))?;
        let source = source.ok_or_else(|| fails(&Error::NotCertified(format!(
            "it was exported from the table or plan with sha256 {}, which is not among the files: give that beside it, or export \
             anew from the one that took its place",
            self.source
        ))))?;
        let text = export(&source, self.format).map_err(|e| fails(&e))?;
        let kind = source.get("kind").and_then(Value::as_str).unwrap_or_default();
        match self.difference(&text) {
            None => Ok(format!("export: every line is that of the {kind} given{}", self.other_version())),
            Some((line, message)) => {
                let line = Some(line);
                Err(vec![Finding { line, ..Finding::of_error(Rule::ExportText, file, &Error::NotCertified(message)) }])
            }
        }
    }

    /// What should be known about an export that holds.
    pub(super) fn notes(&self, file: &str) -> Option<Finding> {
        let other = self.other_version();
        (!other.is_empty())
            .then(|| Finding::told(Level::Note, Rule::ExportText, file, format!("the export was{other}")))
    }

    fn other_version(&self) -> String {
        let own = env!("CARGO_PKG_VERSION");
        if self.version == own {
            String::new()
        } else {
            format!(" written by polyattn {}, this is {own}", self.version)
        }
    }

    /// The table or plan that it is of; a table may have been exported before it was proved, or out of a plan.
    fn found(&self, all: &[Given]) -> Result<Option<Value>> {
        let value = |document: serde_json::Result<Value>| document.map_err(|e| Error::internal(e.to_string()));
        if let Some(plan) = plans(all).find(|plan| plan.body.sha256() == self.source) {
            return value(serde_json::to_value(plan)).map(Some);
        }
        let of_plans = plans(all).flat_map(|plan| &plan.body.chosen.tables);
        let of_layers = layer_plans(all).flat_map(|plan| plan.body.layers.iter().map(|layer| &layer.table));
        for table in tables(all).chain(of_plans).chain(of_layers) {
            let bare = || Document { body: table.body.without_proofs(), ..table.clone() };
            let is_it = |table: &Document<Table>| table.body.sha256() == self.source;
            let found = if is_it(table) { Some(table.clone()) } else { Some(bare()).filter(is_it) };
            if let Some(found) = found {
                return value(serde_json::to_value(found)).map(Some);
            }
        }
        Ok(None)
    }

    /// The first line that is not the one that the table gives, lines of versions left out, and what to say of it.
    fn difference(&self, text: &str) -> Option<(u64, String)> {
        let expected = owned(text);
        let count = self.lines.len().max(expected.len());
        let pair = |index: usize| (self.lines.get(index), expected.get(index));
        let differs = |index: &usize| {
            let (found, wanted) = pair(*index);
            found.map(|line| without_version(line)) != wanted.map(|line| without_version(line))
        };
        let index = (0..count).find(differs)?;
        let (found, wanted) = pair(index);
        let mut others = (index + 1..count).filter(differs).count();
        if self.lines.len() != expected.len() {
            others = 0; // what follows an added line is moved, not changed
        }
        let (found, wanted) = around(found.map_or("nothing", |s| s), wanted.map_or("nothing", |s| s));
        let more = if others > 0 { format!(" ({others} more lines differ)") } else { String::new() };
        Some((
            index as u64 + 1,
            format!(
                "line {}: the table gives `{wanted}`, found `{found}`{more}: the file was edited or its table was changed{}; export \
                 anew",
                index + 1,
                self.other_version()
            ),
        ))
    }
}

/// Refuses characters that end a line for some readers and not for others.
fn plain(text: &str) -> Result<()> {
    let is_stray = |line: &str| line.chars().any(|c| c.is_control() && c != '\t');
    match text.lines().position(is_stray) {
        None => Ok(()),
        Some(index) => Err(Error::NotCertified(format!(
            "line {}: a control character, which no export has: the file was edited; export anew",
            index + 1
        ))),
    }
}

fn owned(text: &str) -> Vec<String> {
    text.lines().map(String::from).collect()
}

fn uncommented(line: &str) -> Option<&str> {
    line.strip_prefix("// ").or_else(|| line.strip_prefix("# "))
}

/// The form, by the library that the header names; CSV names none.
fn format_of(library: Option<&str>) -> Option<Format> {
    let Some(library) = library else { return Some(Format::Csv) };
    let names = [
        ("OpenFHE", Format::Openfhe),
        ("Lattigo", Format::Lattigo),
        ("HEaaN", Format::Heaan),
        ("Microsoft SEAL", Format::Seal),
        ("Python", Format::Numpy),
        ("Rust", Format::Rust),
    ];
    names.into_iter().find_map(|(name, format)| library.starts_with(name).then_some(format))
}

/// A line without the versions that it states, where it states nothing else.
fn without_version(line: &str) -> &str {
    let is_version = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || ".+-".contains(c));
    let in_comment = uncommented(line).and_then(|line| line.strip_prefix(PROVENANCE)).is_some_and(|rest| {
        let parts: Vec<&str> = rest.split(", ").collect();
        matches!(parts[..], [own, rug, mpfr] if is_version(own)
            && rug.strip_prefix("rug ").is_some_and(is_version)
            && mpfr.strip_prefix("MPFR ").is_some_and(is_version))
    });
    let in_json = ["\"polyattn\": \"", "\"rug\": \"", "\"mpfr\": \""].iter().any(|name| {
        let value = line.trim_start().strip_prefix(name).map(|rest| rest.trim_end_matches(','));
        value.and_then(|rest| rest.strip_suffix('"')).is_some_and(is_version)
    });
    if in_comment || in_json { "" } else { line }
}

/// The part of two lines in which they differ, with some of what stands before.
fn around(found: &str, wanted: &str) -> (String, String) {
    let same = found.chars().zip(wanted.chars()).take_while(|(a, b)| a == b).count();
    let cut = |text: &str| {
        let skipped = (same + LONGEST / 2).saturating_sub(LONGEST);
        let (before, after) = (if skipped > 0 { "…" } else { "" }, text.chars().skip(skipped));
        let shown: String = after.take(LONGEST).collect();
        let rest = if text.chars().count() > skipped + LONGEST { "…" } else { "" };
        format!("{before}{}{rest}", shown.trim())
    };
    (cut(found), cut(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Provenance;

    #[test]
    fn every_form_is_recognised_by_its_header() {
        let table = crate::fit::fit(&crate::fit::FitRequest::new(
            crate::target::Target::new("reciprocal", 0.into()).unwrap(),
            [1.into(), 2.into()],
            crate::fit::Goal::Degree(7),
        ))
        .unwrap();
        let document = serde_json::to_value(Document::new(table.clone(), Provenance::new(&(), None))).unwrap();
        for format in [
            Format::Openfhe,
            Format::Lattigo,
            Format::Heaan,
            Format::Seal,
            Format::Numpy,
            Format::Rust,
            Format::Csv,
            Format::Json,
        ] {
            let text = export(&document, format).unwrap();
            let read = if format == Format::Json {
                assert!(!Exported::is_program(&text));
                Exported::of_json(&serde_json::from_str(&text).unwrap(), &text).unwrap()
            } else {
                assert!(Exported::is_program(&text), "{format:?}");
                Exported::of_program(&text).unwrap()
            };
            assert_eq!((read.format, &read.source), (format, &table.sha256()));
            assert_eq!(read.version, env!("CARGO_PKG_VERSION"));
            assert_eq!(read.difference(&text), None);
            // Another version of this program and of its libraries changes nothing, and is said.
            let older = text.replace(&format!("polyattn {}", read.version), "polyattn 0.0.7");
            let older = older.replace("\"polyattn\": \"0.1.0\"", "\"polyattn\": \"0.0.7\"");
            assert_ne!(older, text);
            assert_eq!(read.sha256(), Exported { lines: owned(&older), ..read }.sha256());
        }
    }

    #[test]
    fn a_changed_line_is_shown_where_it_differs() {
        let long = "x".repeat(300);
        let (found, wanted) = around(&format!("{long}1{long}"), &format!("{long}2{long}"));
        assert!(found.contains("x1x") && wanted.contains("x2x") && found.chars().count() < 110, "{found}");
        assert_eq!(around("  a1,", "  a2,"), ("a1,".into(), "a2,".into()));
    }
}
