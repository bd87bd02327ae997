//! stdin, stdout and stderr.

use super::{fed, folder, polyattn, root};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// What a command prints where stdin is one file and where the file is named.
fn both_ways(folder: &Path, file: &str, arguments: &[&str]) -> [String; 2] {
    let content = fs::read(folder.join(file)).unwrap();
    let place = arguments.iter().position(|argument| *argument == "-").unwrap();
    let named = |name: &str| {
        let mut arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        arguments[place] = name.into();
        arguments
    };
    let run = |arguments: &[String], stdin: &[u8]| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        fed(folder, &arguments, stdin, &[]).good()
    };
    [run(&named("-"), &content), run(&named(file), b"")]
}

/// A document without what changes from run to run.
fn settled(text: &str) -> String {
    let document: Value = serde_json::from_str(text).unwrap();
    polyattn::document::canonical(&document)
}

#[test]
fn every_reader_takes_its_document_from_stdin() {
    let folder = folder();
    let path = folder.path();
    polyattn(path, &["plan", "spec.toml", "-o", "plan.json"]).good();
    let fit = ["fit", "--target", "exp", "--interval=-1,1", "--degree", "5", "-o", "table.json"];
    polyattn(path, &fit).good();
    polyattn(path, &["validate", "plan.json", "--backend", "exact", "-o", "validation.json"]).good();
    for (file, arguments) in [
        ("spec.toml", vec!["plan", "-", "--json"]),
        ("spec.toml", vec!["train", "-", "--levels", "9", "--json"]),
        ("table.json", vec!["certify", "-", "--json"]),
        ("plan.json", vec!["validate", "-", "--backend", "exact", "--json"]),
    ] {
        let [from_stdin, from_file] = both_ways(path, file, &arguments);
        assert_eq!(settled(&from_stdin), settled(&from_file), "{arguments:?}");
    }
    for (file, arguments) in [
        ("table.json", vec!["export", "-", "--to", "json", "-o", "-"]),
        ("plan.json", vec!["export", "-", "--to", "csv", "-o", "-"]),
        ("table.json", vec!["check", "-"]),
    ] {
        let [from_stdin, from_file] = both_ways(path, file, &arguments);
        let unnamed = from_file.replace(file, "-");
        assert_eq!(from_stdin, unnamed, "{arguments:?}");
    }
    polyattn(path, &["check", "-", "table.json", "-"]).refused(&["expected '-' (stdin) once"]);
    let [report, _] = both_ways(path, "plan.json", &["report", "-", "-o", "report.md"]);
    assert_eq!(report, "");
    assert!(fs::read_to_string(path.join("report.md")).unwrap().contains("plan"));
}

#[test]
fn scores_come_from_stdin_as_they_come_from_a_file() {
    let scores = root().join("examples/scores");
    let [from_stdin, from_file] = both_ways(&scores, "minilm_l3_h0.npy", &["calibrate", "-", "--json"]);
    assert_eq!(settled(&from_stdin), settled(&from_file.replace("minilm_l3_h0.npy", "-")));
    fed(root(), &["calibrate", "-"], b"\x93NUMPY", &[]).refused(&["-: cannot read its .npy header"]);
}

#[test]
fn paths_in_a_specification_from_stdin_are_relative_to_the_current_directory() {
    let spec = fs::read_to_string(root().join("examples/minilm.toml")).unwrap();
    let arguments = ["plan", "-", "--json", "--set", "target.max_error=2^-6"];
    fed(&root().join("examples"), &arguments, spec.as_bytes(), &[]).good();
    fed(root(), &arguments, spec.as_bytes(), &[]).refused(&["scores/minilm_l3_h0.npy", "cannot read"]);
}

#[test]
fn stdout_has_the_document_alone() {
    let folder = folder();
    for arguments in [
        vec!["plan", "spec.toml", "--json"],
        vec!["plan", "spec.toml", "-o", "-"],
        vec!["plan", "spec.toml", "--json", "-o", "-"],
        vec!["plan", "spec.toml", "--json", "-o", "plan.json"],
        vec!["run", "spec.toml", "--out", "out", "--backend", "exact", "--json"],
        vec!["fit", "--target", "exp", "--interval=-1,1", "--degree", "5", "--json", "-o", "-"],
        vec!["study", "noise", "--runs", "1", "--only", "encryption", "--json"],
    ] {
        let printed = polyattn(folder.path(), &arguments).good();
        let document: Value =
            serde_json::from_str(&printed).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {printed}"));
        assert_eq!(document["schema_version"], 1);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = folder();
    let line = format!(
        "for i in 1 2 3; do '{}' plan spec.toml --json | head -c 1 > first; done; exit ${{PIPESTATUS[0]}}",
        super::PROGRAM
    );
    let output =
        std::process::Command::new("bash").args(["-o", "pipefail", "-c", &line]).current_dir(folder.path()).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
