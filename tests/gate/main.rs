//! The gate on a user's repository in miniature: it passes, and each way of breaking it is told in words.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

mod claims;
mod drift;
mod exports;
mod ranges;
mod writers;

use assert_cmd::cargo::CommandCargoExt;
use polyattn::real::{Exact, parse_exact};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What the gate said.
struct Outcome {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Outcome {
    /// The gate failed with this exit code, by this rule, in a line with these words.
    #[track_caller]
    fn failed(&self, code: i32, rule: &str, words: &[&str]) {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        let is_it = |line: &&str| line.starts_with("FAILED  ") && line.ends_with(&format!("[{rule}]"));
        let told = self.stdout.lines().filter(is_it).any(|line| words.iter().all(|word| line.contains(word)));
        assert!(told, "no line of {rule} with {words:?}:\n{}", self.stdout);
    }

    #[track_caller]
    fn passed(&self) -> &str {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        &self.stdout
    }
}

fn run(command: &mut Command, folder: &Path) -> Outcome {
    let output = command.current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Outcome { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn program() -> PathBuf {
    Command::cargo_bin("polyattn").unwrap().get_program().into()
}

fn polyattn(folder: &Path, arguments: &[&str]) -> Outcome {
    run(Command::new(program()).args(arguments), folder)
}

/// The repository's own CI, without the tests of its own that need a compiler.
fn ci(folder: &Path) -> Outcome {
    run(Command::new("sh").arg("ci.sh").env("POLYATTN", program()), folder)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name());
        let is_rust = ["Cargo.toml", "Cargo.lock", "tests", "target"].iter().any(|skipped| name == *skipped);
        match path.is_dir() {
            _ if is_rust => {}
            true => copy(&path, &to.join(name)),
            false => drop(fs::copy(path, to.join(name)).unwrap()),
        }
    }
}

/// A copy of the repository.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/user-repository"), folder.path());
    folder
}

fn read(folder: &Path, file: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join(file)).unwrap()).unwrap()
}

/// Writes a document with the fields in the order of the alphabet: what it says stays the same.
fn write(folder: &Path, file: &str, value: &Value) {
    fs::write(folder.join(file), serde_json::to_string_pretty(value).unwrap()).unwrap();
}

/// Changes one field of a document.
fn change(folder: &Path, file: &str, pointer: &str, value: Value) {
    let mut document = read(folder, file);
    *document.pointer_mut(pointer).expect(pointer) = value;
    write(folder, file, &document);
}

/// Puts another text in the place of one that is there.
fn replace(folder: &Path, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(folder.join(file)).unwrap();
    assert!(text.contains(from), "{file} lacks {from}");
    fs::write(folder.join(file), text.replacen(from, to, 1)).unwrap();
}

/// Adds to the mantissa of a coefficient, in both of its forms.
fn nudge(folder: &Path, file: &str, index: usize, by: i64) {
    let mut table = read(folder, file);
    let [mantissa, exponent] = [0, 1].map(|part| table["dyadic"][index][part].clone());
    let mantissa: i64 = mantissa.as_str().unwrap().parse::<i64>().unwrap() + by;
    let value = parse_exact(&format!("{mantissa}")).unwrap() * parse_exact(&format!("2^{exponent}")).unwrap();
    table["dyadic"][index][0] = mantissa.to_string().into();
    table["coefficients"][index] = Exact(value).to_string().into();
    write(folder, file, &table);
}

/// All files of a small gate, without the baseline.
fn files() -> Vec<&'static str> {
    vec!["tables/reciprocal.json", "certificates/reciprocal.json", "exports/reciprocal.hpp"]
}

fn check(folder: &Path, more: &[&str]) -> Outcome {
    polyattn(folder, &[&["check"], files().as_slice(), more].concat())
}

#[test]
fn the_repository_passes_its_own_ci() {
    let folder = repository();
    let outcome = ci(folder.path());
    let said = outcome.passed();
    assert!(said.lines().all(|line| line.starts_with("ok      ")), "{said}");
    for word in
        ["plans/attention.json", "validated by plans/attention-validation.json", "2 ranges of ranges.json inside"]
    {
        assert!(said.contains(word), "no {word} in\n{said}");
    }
    // The repository's baseline is the result of this very check.
    let [junit, sarif] =
        ["reports/junit.xml", "reports/check.sarif"].map(|file| fs::read_to_string(folder.path().join(file)));
    assert!(junit.unwrap().contains("failures=\"0\"") && sarif.unwrap().contains("\"results\": []"));
}
