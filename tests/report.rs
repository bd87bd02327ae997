//! `polyattn report` as a user meets it: which documents it takes, and what it refuses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

use assert_cmd::Command;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

fn polyattn(arguments: &[&str]) -> (i32, String) {
    let output = Command::cargo_bin("polyattn").unwrap().args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn succeed(arguments: &[&str]) {
    let (code, stderr) = polyattn(arguments);
    assert_eq!(code, 0, "{arguments:?}: {stderr}");
}

fn spec(p: u32, max_error: &str, more: &str) -> String {
    format!(
        "[attention]\np = {p}\nlength = 8\nscore_bound = \"2\"\nepsilon = {{ form = \"unit\", value = \"2^-4\" }}\n{more}\n\
         [target]\nmax_error = \"{max_error}\"\n"
    )
}

const LAYERS: &str =
    "[[layer]]\nname = \"exp\"\ntarget = \"exp\"\ninterval = [[\"-2\", \"0\"]]\nmax_error = \"2^-6\"\n";

/// Documents of every kind, made once.
fn documents() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        for (name, text) in [
            ("one", spec(2, "2^-5", "")),
            ("two", spec(4, "2^-5", "")),
            ("start", spec(4, "2^-5", "reciprocal = \"start-goldschmidt\"")),
        ] {
            fs::write(at(&format!("{name}.toml")), text).unwrap();
            succeed(&["plan", &at(&format!("{name}.toml")), "-o", &at(&format!("{name}.json"))]);
        }
        fs::write(at("layers.toml"), LAYERS).unwrap();
        succeed(&["validate", &at("one.json"), "-o", &at("run.json")]);
        succeed(&["compare", &at("one.toml"), "-o", &at("comparison.json")]);
        succeed(&["layer", &at("layers.toml"), "-o", &at("layers.json")]);
        let scores = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scores/minilm_l3_h0.npy");
        succeed(&["calibrate", scores.to_str().unwrap(), "-o", &at("calibration.json")]);
        let plan = read(&folder.path().join("one.json"));
        fs::write(at("table.json"), plan["chosen"]["tables"][0].to_string()).unwrap();
        fs::write(at("certificate.json"), plan["chosen"]["certificates"][0].to_string()).unwrap();
        folder
    });
    folder.path()
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn report(names: &[&str], output: &Path) -> (i32, String) {
    let paths: Vec<String> = names.iter().map(|name| documents().join(name).display().to_string()).collect();
    let mut arguments = vec!["report"];
    arguments.extend(paths.iter().map(String::as_str));
    arguments.extend(["-o", output.to_str().unwrap()]);
    polyattn(&arguments)
}

fn reported(names: &[&str], ending: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join(format!("report.{ending}"));
    let (code, stderr) = report(names, &output);
    assert_eq!(code, 0, "{names:?}: {stderr}");
    fs::read_to_string(output).unwrap()
}

/// A document with one field changed, under a name of its own.
fn forged(name: &str, pointer: &str, value: Value) -> PathBuf {
    let mut document = read(&documents().join(name));
    *document.pointer_mut(pointer).unwrap_or_else(|| panic!("{name} has no {pointer}")) = value;
    let path = documents().join(format!("forged{}-{name}", pointer.replace('/', "-")));
    fs::write(&path, document.to_string()).unwrap();
    path
}

#[test]
fn everything_that_is_known_of_a_plan_is_in_its_report() {
    let names = ["one.json", "run.json", "calibration.json", "comparison.json"];
    let html = reported(&names, "html");
    for part in [
        "VALIDATED",
        "Error bound",
        "Mass lost against ε",
        "The Pareto front",
        "κ by power",
        "Beside published methods",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let json: Value = serde_json::from_str(&reported(&names, "json")).unwrap();
    assert_eq!((json["kind"].as_str(), json["verdict"].as_str()), (Some("report"), Some("validated")));
    let markdown = reported(&names, "md");
    let rows = read(&documents().join("comparison.json"))["rows"].as_array().unwrap().clone();
    for system in rows.iter().map(|row| row["system"].as_str().unwrap()) {
        assert!(html.contains(system) && markdown.contains(system), "{system}");
    }
}

#[test]
fn plans_stand_side_by_side_in_any_order_of_documents() {
    let json: Value =
        serde_json::from_str(&reported(&["run.json", "two.json", "one.json", "comparison.json", "start.json"], "json"))
            .unwrap();
    let chapters = json["chapters"].as_array().unwrap();
    assert_eq!(chapters.len(), 3);
    let has = |chapter: &Value, title: &str| {
        chapter["sections"].as_array().unwrap().iter().any(|section| section["title"] == title)
    };
    // The comparison is of the second plan's specification, the run of that plan.
    let compared: Vec<bool> = chapters.iter().map(|chapter| has(chapter, "Beside published methods")).collect();
    assert_eq!(compared, [false, true, false]);
    assert!(json["statement"].as_str().unwrap().contains("validated B; not validated A, C"), "{}", json["statement"]);
}

#[test]
fn layers_have_a_report_of_their_own() {
    let html = reported(&["layers.json"], "html");
    for part in [
        "NOT VALIDATED",
        "Depth of each layer and its lower bound",
        "What the error bound is made of",
        "exp on [-2, 0]",
    ] {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn a_document_that_cannot_be_used_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&[&str], &str, &[&str]); 14] = [
        (&["certificate.json"], "html", &["certificate.json: field 'kind'", "found \"certificate\""]),
        (&["one.json", "table.json"], "html", &["table.json: a table is drawn as a picture"]),
        (&["one.json", "one.toml"], "html", &["one.toml", "cannot parse it as JSON"]),
        (&["run.json"], "html", &["there is no plan among the documents"]),
        (&["one.json", "one.json"], "html", &["one.json: the same plan as"]),
        (&["one.json", "calibration.json", "calibration.json"], "md", &["calibration.json", "expected one"]),
        (&["layers.json", "one.json"], "html", &["layers.json: a layer-plan is reported alone"]),
        (&["layers.json", "layers.json"], "html", &["layers.json", "expected one"]),
        (&["two.json", "comparison.json"], "html", &["comparison.json: field 'spec'", "specification of a plan given"]),
        (&["two.json", "start.json", "run.json"], "html", &["run.json: field 'plan_sha256'", "one of the plans given"]),
        (&["one.json"], "svg", &["one.json: field 'kind': expected \"table\", found \"plan\""]),
        (&["table.json", "one.json"], "svg", &["of one table, found 2"]),
        (&["one.json"], "pdf", &["expected a name ending in .html, .md or .json"]),
        (&["no-such.json"], "html", &["no-such.json: cannot read it"]),
    ];
    for (names, ending, expected) in cases {
        let output = folder.path().join(format!("report.{ending}"));
        let (code, stderr) = report(names, &output);
        assert_eq!(code, 2, "{names:?}: {stderr}");
        for part in expected {
            assert!(stderr.contains(part), "{names:?}: '{part}' is not in: {stderr}");
        }
        assert!(!output.exists(), "{names:?}");
    }
}

/// A document, the field that is changed and what it says then, what is given beside it, the exit code and part of the message.
type Forgery = (&'static str, &'static str, Value, &'static [&'static str], i32, &'static str);

#[test]
fn nothing_forged_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let mut record = read(&documents().join("run.json"));
    record["observed_max"] = json!(1e-300);
    let cases: [Forgery; 12] = [
        ("one.json", "/chosen/validation", record, &[], 4, "chosen.validation: field 'observed_max'"),
        ("one.json", "/chosen/error/total", json!("2^-30"), &[], 4, "does not hold"),
        ("one.json", "/pareto/0/depth", json!(1), &[], 4, "pareto[0]"),
        ("one.json", "/chosen/depth_lower_bound", json!(0), &[], 4, "depth_lower_bound"),
        ("one.json", "/chosen/error/total", json!("NaN"), &[], 2, "NaN"),
        ("one.json", "/chosen/worst_denominator", json!("NaN"), &[], 2, "not a valid plan"),
        ("one.json", "/chosen/kappa", json!("1e999999999"), &[], 2, "not a valid plan"),
        ("run.json", "/observed_max", json!("NaN"), &["one.json"], 2, "not a valid validation"),
        ("run.json", "/observed_max", json!(1e-300), &["one.json"], 4, "observed_max"),
        ("run.json", "/bound", json!("1"), &["one.json"], 4, "does not hold"),
        ("comparison.json", "/rows/1/depth", json!(3), &["one.json"], 4, "depth"),
        ("layers.json", "/layers/0/error/total", json!("2^-30"), &[], 4, "layer 'exp'"),
    ];
    for (name, pointer, value, others, expected, part) in cases {
        let path = forged(name, pointer, value);
        let file = path.file_name().unwrap().to_str().unwrap().to_string();
        let names: Vec<&str> = others.iter().copied().chain([file.as_str()]).collect();
        let output = folder.path().join("report.html");
        let (code, stderr) = report(&names, &output);
        assert_eq!(code, expected, "{name} {pointer}: {stderr}");
        assert!(stderr.contains(&file) && stderr.contains(part), "{name} {pointer}: '{part}' is not in: {stderr}");
        assert!(!output.exists());
    }
}
