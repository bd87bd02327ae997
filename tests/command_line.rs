//! The command line as a script meets it: exit codes, messages, documents.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn polyattn(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("polyattn").unwrap().args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// A `.npy` file with this header, then these bytes.
fn npy(folder: &Path, header: &str, data: &[u8]) -> PathBuf {
    let header = format!("{header:<117}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    let path = folder.join("scores.npy");
    fs::write(&path, bytes).unwrap();
    path
}

fn float32(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|x| x.to_le_bytes()).collect()
}

const FOUR_BY_FOUR: &str = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 4, 4), }";

const SPEC: &str = r#"
[attention]
p = 2
length = 4
scores = "scores.npy"
epsilon = { form = "unit", value = "2^-6" }
[target]
max_error = "2^-5"
"#;

/// A folder with good scores and the specification above, changed.
fn folder(change: impl Fn(String) -> String) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let values: Vec<f32> = (0..16).map(|i| (i as f32 - 8.0) / 4.0).collect();
    npy(folder.path(), FOUR_BY_FOUR, &float32(&values));
    let spec = folder.path().join("spec.toml");
    fs::write(&spec, change(SPEC.into())).unwrap();
    (folder, spec)
}

fn refused(spec: &Path, code: i32, expected: &[&str]) {
    let (found, stdout, stderr) = polyattn(&["plan", spec.to_str().unwrap()]);
    assert_eq!(found, code, "{stderr}");
    assert!(stdout.is_empty(), "{stdout}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    for part in expected {
        assert!(stderr.contains(part), "expected '{part}' in: {stderr}");
    }
}

#[test]
fn run_writes_every_document_and_check_accepts_them() {
    let (folder, spec) = folder(|s| s);
    let out = folder.path().join("out");
    let (code, stdout, stderr) = polyattn(&["run", spec.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("within bound"), "{stdout}");
    assert!(stderr.contains("seed 1"), "the seed is printed: {stderr}");
    let names = ["calibration.json", "plan.json", "table.json", "certificate.json", "validation.json"];
    let paths: Vec<String> = names.iter().map(|n| out.join(n).display().to_string()).collect();
    for (name, path) in names.iter().zip(&paths) {
        let document: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        assert_eq!(document["schema_version"], 1, "{name}");
        assert_eq!(document["kind"], name.trim_end_matches(".json"));
        for field in ["polyattn", "rug", "mpfr", "seed", "config_sha256"] {
            assert!(document["provenance"].get(field).is_some(), "{name}: {field}");
        }
    }
    assert!(out.join("table.csv").exists() && out.join("report.html").exists());
    let mut arguments = vec!["check"];
    arguments.extend(paths.iter().map(String::as_str));
    let (code, stdout, _) = polyattn(&arguments);
    assert_eq!(code, 0, "{stdout}");
    assert_eq!(stdout.lines().filter(|l| l.starts_with("ok")).count(), 5);
}

#[test]
fn the_same_seed_gives_the_same_documents_but_for_times() {
    let (folder, spec) = folder(|s| s);
    let read = |name: &str| -> Vec<Value> {
        let out = folder.path().join(name);
        assert_eq!(polyattn(&["run", spec.to_str().unwrap(), "--out", out.to_str().unwrap(), "--seed", "7"]).0, 0);
        let files = ["plan.json", "table.json", "certificate.json", "validation.json", "calibration.json"];
        files
            .iter()
            .map(|f| without_times(serde_json::from_str(&fs::read_to_string(out.join(f)).unwrap()).unwrap()))
            .collect()
    };
    assert_eq!(read("one"), read("two"));
}

fn without_times(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            fields.remove("seconds");
            fields.values_mut().for_each(|v| *v = without_times(v.take()));
        }
        Value::Array(items) => items.iter_mut().for_each(|v| *v = without_times(v.take())),
        _ => {}
    }
    value
}

#[test]
fn the_ledger_adds_up_to_the_total_to_the_last_digit() {
    let (_folder, spec) = folder(|s| s);
    let (code, stdout, stderr) = polyattn(&["plan", spec.to_str().unwrap(), "--json"]);
    assert_eq!(code, 0, "{stderr}");
    let plan: Value = serde_json::from_str(&stdout).unwrap();
    let exact = |v: &Value| polyattn::real::parse_exact(v.as_str().unwrap()).unwrap();
    let chosen = &plan["chosen"];
    let sum = chosen["ledger"].as_array().unwrap().iter().fold(rug::Rational::new(), |s, l| s + exact(&l["value"]));
    assert_eq!(sum, exact(&chosen["error"]["total"]));
    assert_eq!(
        exact(&chosen["error"]["approximation"]) + exact(&chosen["error"]["noise"]["rigorous"]),
        exact(&chosen["error"]["total"])
    );
    assert!(exact(&chosen["error"]["total"]) <= exact(&plan["spec"]["target"]["max_error"]));
    assert_eq!(chosen["validation"], Value::Null);
}

#[test]
fn a_changed_document_fails_the_check() {
    let (folder, spec) = folder(|s| s);
    let out = folder.path().join("out");
    assert_eq!(polyattn(&["run", spec.to_str().unwrap(), "--out", out.to_str().unwrap()]).0, 0);
    let check_changed = |name: &str, change: &dyn Fn(&mut Value)| {
        let mut document: Value = serde_json::from_str(&fs::read_to_string(out.join(name)).unwrap()).unwrap();
        change(&mut document);
        let path = folder.path().join("changed.json");
        fs::write(&path, document.to_string()).unwrap();
        let plan = out.join("plan.json");
        let (code, stdout, _) = polyattn(&["check", plan.to_str().unwrap(), path.to_str().unwrap()]);
        assert!(!stdout.contains("panicked"));
        code
    };
    let halve = |value: &mut Value| {
        let half = polyattn::real::parse_exact(value.as_str().unwrap()).unwrap() / 2;
        *value = polyattn::real::Exact(half).to_string().into();
    };
    assert_eq!(check_changed("plan.json", &|p| halve(&mut p["chosen"]["error"]["total"])), 4);
    assert_eq!(check_changed("plan.json", &|p| halve(&mut p["chosen"]["ledger"][0]["value"])), 4);
    assert_eq!(check_changed("plan.json", &|p| p["chosen"]["depth"] = 1.into()), 4);
    assert_eq!(check_changed("plan.json", &|p| halve(&mut p["chosen"]["domain"][0])), 4);
    assert_eq!(check_changed("plan.json", &|p| p["chosen"]["ckks"]["log_n"] = 13.into()), 4);
    assert_eq!(check_changed("plan.json", &|p| p["chosen"]["ckks"]["primes"]["q"][0] = "97".into()), 4);
    // A certificate for another function proves nothing about 1/D, and a plan must keep its specification's targets.
    assert_eq!(check_changed("plan.json", &|p| p["chosen"]["tables"][0]["target"]["epsilon"] = "1".into()), 4);
    assert_eq!(check_changed("plan.json", &|p| p["spec"]["target"]["relative_error"] = "2^-50".into()), 4);
    assert_eq!(check_changed("plan.json", &|p| p["spec"]["ckks"]["scale_bits"] = 33.into()), 4);
    assert_eq!(
        check_changed("plan.json", &|p| p["chosen"]["error"]["noise"]["failure_probability"] = "2^-80".into()),
        4
    );
    assert_eq!(check_changed("plan.json", &|p| p["chosen"]["order_gap"] = Value::Array(Vec::new())), 4);
    assert_eq!(check_changed("plan.json", &|p| p["best_per_p"] = Value::Array(Vec::new())), 4);
    assert_eq!(check_changed("plan.json", &|p| p["chosen"]["validation"]["observed_max"] = 1.0.into()), 4);
    assert_eq!(check_changed("plan.json", &|p| p["chosen"]["validation"]["slots_checked"] = 0.into()), 4);
    let stage = |v: &mut Value| v["stages"][3]["observed_max"] = 1.0.into();
    assert_eq!(check_changed("validation.json", &stage), 4);
    assert_eq!(check_changed("certificate.json", &|c| halve(&mut c["certified_upper"])), 4);
    assert_eq!(check_changed("table.json", &|t| halve(&mut t["error"]["certified_upper"])), 4);
    assert_eq!(check_changed("table.json", &|t| t["steps"][0] = "1.5".into()), 4);
    assert_eq!(check_changed("validation.json", &|v| v["plan_sha256"] = "0".into()), 4);
    assert_eq!(check_changed("validation.json", &|v| v["observed_max"] = 1.0.into()), 4);
    let outside = |v: &mut Value| {
        let bound = polyattn::real::parse_exact(v["bound"].as_str().unwrap()).unwrap().to_f64();
        v["observed_max"] = 1.0.into();
        v["encryption_max"] = 1.0.into();
        v["slack_bits"] = bound.log2().into();
        v["verdict"] = "outside bound".into();
    };
    assert_eq!(check_changed("validation.json", &outside), 5);
    assert_eq!(check_changed("validation.json", &|v| v["kind"] = "nonsense".into()), 2);
}

#[test]
fn scores_outside_the_plan_are_refused() {
    let (folder, spec) = folder(|s| s);
    let plan = folder.path().join("plan.json");
    assert_eq!(polyattn(&["plan", spec.to_str().unwrap(), "-o", plan.to_str().unwrap()]).0, 0);
    let values: Vec<f32> = (0..16).map(|i| i as f32).collect();
    let scores = npy(folder.path(), FOUR_BY_FOUR, &float32(&values));
    let (code, _, stderr) = polyattn(&["validate", plan.to_str().unwrap(), "--scores", scores.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(stderr.contains("exceeds the score bound R = 2"), "{stderr}");
    assert!(stderr.contains("row 0, key 3"), "{stderr}");
}

#[test]
fn bad_scores_are_refused_by_name() {
    let (folder, spec) = folder(|s| s);
    let path = folder.path();
    fs::remove_file(path.join("scores.npy")).unwrap();
    refused(&spec, 2, &["scores.npy", "cannot read"]);
    npy(path, FOUR_BY_FOUR, &float32(&[1.0; 7]));
    refused(&spec, 2, &["scores.npy", "expected [1, 1, 4, 4] scores"]);
    npy(path, &FOUR_BY_FOUR.replace("<f4", "<i4"), &float32(&[1.0; 16]));
    refused(&spec, 2, &["scores.npy", "float32 or float64", "i4"]);
    npy(path, &FOUR_BY_FOUR.replace("(1, 1, 4, 4)", "(4, 4)"), &float32(&[1.0; 16]));
    refused(&spec, 2, &["scores.npy", "4 axes", "[4, 4]"]);
    npy(path, &FOUR_BY_FOUR.replace("(1, 1, 4, 4)", "(1, 1, 4000000, 4000000)"), &float32(&[1.0; 16]));
    refused(&spec, 2, &["scores.npy", "a file of"]);
    npy(path, &FOUR_BY_FOUR.replace("False", "True"), &float32(&[1.0; 16]));
    refused(&spec, 2, &["scores.npy", "C order"]);
    for bad in [f32::NAN, f32::INFINITY] {
        let mut values = [1.0f32; 16];
        values[6] = bad;
        npy(path, FOUR_BY_FOUR, &float32(&values));
        refused(&spec, 2, &["scores.npy", "query 1, key 2"]);
    }
    npy(path, FOUR_BY_FOUR, &float32(&[0.0; 16]));
    refused(&spec, 2, &["every score is 0"]);
    fs::write(path.join("scores.npy"), b"not numpy at all").unwrap();
    refused(&spec, 2, &["scores.npy", "header"]);
}

#[test]
fn bad_specifications_are_refused_with_the_field() {
    let cases: [(&str, &str, i32, &[&str]); 20] = [
        ("p = 2", "p = 0", 2, &["p: expected an even number", "found 0"]),
        ("p = 2", "p = 3", 2, &["found 3", "odd"]),
        ("p = 2", "p = []", 2, &["attention.p", "expected 1 to 64 values, found 0"]),
        ("p = 2", "p = -2", 2, &["p = -2"]),
        ("length = 4", "length = 0", 2, &["attention.length", "found 0"]),
        ("length = 4", "length = [8]", 2, &["rows of 4 keys", "add 4 to length"]),
        ("length = 4", "length = 4\nlenght = 5", 2, &["lenght", "unknown field"]),
        ("2^-6", "0", 2, &["epsilon", "positive"]),
        ("2^-6", "-1e-3", 2, &["epsilon", "positive"]),
        ("2^-6", "abc", 2, &["'abc' is not a number"]),
        ("\"unit\"", "\"row\"", 2, &["unknown variant `row`"]),
        ("epsilon", "variant = \"plain\"\nepsilon", 2, &["attention.epsilon", "plain"]),
        ("epsilon = { form = \"unit\", value = \"2^-6\" }", "", 2, &["attention.epsilon is missing"]),
        ("epsilon = { form = \"unit\", value = \"2^-6\" }", "variant = \"plain\"", 2, &["smallest_mean"]),
        ("length = 4", "length = 4\nscore_bound = \"1\"", 2, &["exceeds the score bound R = 1"]),
        ("length = 4", "length = 4\nsmallest_mean = \"0.9\"", 2, &["below the promised smallest mean"]),
        ("length = 4", "length = 4\nsmallest_mean_square = \"-0.5\"", 2, &["smallest_mean_square", "[0, 1)"]),
        ("2^-6", "2^-2000", 3, &["no plan meets", "40 doublings do not reach the target"]),
        ("length = 4", "length = 4\nlayer = 9", 2, &["layer < 1"]),
        ("[target]\n", "[target]\nrelative_error = \"0\"\n", 2, &["target.relative_error", "positive"]),
    ];
    for (from, to, code, expected) in cases {
        let (_folder, spec) = folder(|s| s.replacen(from, to, 1));
        refused(&spec, code, expected);
    }
}

#[test]
fn an_unreachable_target_says_by_how_much_it_is_missed() {
    let (_folder, spec) = folder(|s| s.replace("\"2^-5\"", "\"2^-60\""));
    refused(&spec, 3, &["no plan meets the specification", "bits above max_error = 2^-60"]);
    let (_folder, spec) = folder(|s| s.replace("2^-6", "2^-40") + "[ckks]\nmax_log_n = 13\n");
    refused(&spec, 3, &["no plan meets the specification", "bits more than the 214"]);
    let own = "[ckks]\nlog_n = 14\nlog_q = [54, 50, 50]\nlog_p = [60]\n";
    let (_folder, spec) = folder(|s| s + own);
    refused(&spec, 3, &["the given primes lack", "levels"]);
}

#[test]
fn files_that_cannot_be_read_are_named() {
    for arguments in [
        vec!["plan", "no-such.toml"],
        vec!["validate", "no-such.json"],
        vec!["report", "no-such.json", "-o", "x.html"],
        vec!["export", "no-such.json", "--to", "csv", "-o", "-"],
        vec!["certify", "no-such.json"],
        vec!["check", "no-such.json"],
        vec!["calibrate", "no-such.npy"],
    ] {
        let (code, stdout, stderr) = polyattn(&arguments);
        assert_eq!(code, 2, "{arguments:?}: {stderr}");
        assert!(format!("{stdout}{stderr}").contains("no-such"), "{arguments:?}: {stderr}");
    }
}

#[test]
fn every_command_explains_itself() {
    let (code, help, _) = polyattn(&["--help"]);
    assert_eq!(code, 0);
    for command in ["fit", "certify", "check", "calibrate", "plan", "validate", "export", "report", "run"] {
        assert!(help.contains(command), "{command}");
        let (code, text, _) = polyattn(&[command, "--help"]);
        assert_eq!(code, 0);
        assert!(text.contains("Example"), "{command} --help shows no example");
    }
    assert_eq!(polyattn(&["completions", "bash"]).0, 0);
    assert!(polyattn(&["man"]).1.contains(".TH polyattn"));
    assert_eq!(polyattn(&["no-such-command"]).0, 2);
}

/// A plan's numbers are proved before keys and rows are sized by them.
#[test]
fn a_hostile_plan_is_refused_before_it_is_run() {
    let (folder, spec) = folder(|s| s);
    let path = folder.path().join("plan.json");
    assert_eq!(polyattn(&["plan", spec.to_str().unwrap(), "-o", path.to_str().unwrap()]).0, 0);
    let plan: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let changes: [&dyn Fn(&mut Value); 7] = [
        &|p| p["chosen"]["ckks"]["log_n"] = 60.into(),
        &|p| p["spec"]["attention"]["length"] = 4_000_000_000u64.into(),
        &|p| p["spec"]["attention"]["length"] = Value::Array(Vec::new()),
        &|p| p["chosen"]["tables"][0]["steps"] = vec!["1e4000"; 40].into(),
        &|p| p["chosen"]["tables"][0]["start"] = "0".into(),
        &|p| p["chosen"]["ckks"]["primes"]["q"] = Value::Array(Vec::new()),
        &|p| p["chosen"]["score_bound"] = "1e400".into(),
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut changed = plan.clone();
        change(&mut changed);
        fs::write(&path, changed.to_string()).unwrap();
        let (code, _, stderr) = polyattn(&["validate", path.to_str().unwrap()]);
        assert!(code == 2 || code == 4, "change {index}: exit {code}: {stderr}");
    }
}

/// The README shows what the main job prints today, but for its seconds.
#[test]
fn the_readme_shows_what_the_main_job_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let shown = readme.split("and prints\n\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let shown: Vec<String> = shown.lines().map(|line| line.trim_start().to_string()).collect();

    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::cargo_bin("polyattn").unwrap();
    command.current_dir(folder.path()).arg("run").arg(root.join("examples/minilm.toml")).args(["--out", "out"]);
    let printed = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let without_seconds = |line: &str| match line.split_once(", seed 1, ") {
        Some((before, _)) => before.to_string(),
        None => line.trim_start().to_string(),
    };
    let printed: Vec<String> = printed.lines().map(without_seconds).collect();
    assert_eq!(shown.iter().map(|line| without_seconds(line)).collect::<Vec<_>>(), printed);
}
