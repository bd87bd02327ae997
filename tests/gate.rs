//! The gate on a user's repository in miniature: it passes, and each way of breaking it is told in words.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use assert_cmd::cargo::CommandCargoExt;
use polyattn::real::{Exact, parse_exact};
use serde_json::{Value, json};
use std::collections::BTreeSet;
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

/// The last digit of a decimal: it is no longer the number in the other form.
#[test]
fn a_digit_of_a_coefficient_is_found() {
    let folder = repository();
    let coefficient = read(folder.path(), "tables/reciprocal.json")["coefficients"][3].as_str().unwrap().to_string();
    let other = format!("{}4", &coefficient[..coefficient.len() - 1]);
    replace(folder.path(), "tables/reciprocal.json", &coefficient, &other);
    let outcome = ci(folder.path());
    outcome.failed(2, "table-bound", &["tables/reciprocal.json", "'dyadic[3]'", "expected exactly coefficients[3]"]);
}

/// One unit in the last place, in both forms: the bound still holds, and the certificate and the export are of another table.
#[test]
fn a_unit_in_the_last_place_is_found() {
    let folder = repository();
    nudge(folder.path(), "tables/reciprocal.json", 3, 1);
    let outcome = ci(folder.path());
    outcome.failed(4, "certificate", &["certificates/reciprocal.json", "of tables/reciprocal.json", "digit for digit"]);
    outcome.failed(4, "certificate-missing", &["tables/reciprocal.json", "no certificate of this table"]);
    outcome.failed(4, "export-source", &["exports/reciprocal.hpp", "not among the files"]);
    let warned = |line: &str| line.starts_with("WARNING tables/reciprocal.json: its content changed");
    assert!(outcome.stdout.lines().any(warned), "{}", outcome.stdout);
}

/// More than the bound leaves room for: the table's own statement is refuted.
#[test]
fn a_coefficient_beyond_its_bound_is_found() {
    let folder = repository();
    nudge(folder.path(), "tables/reciprocal.json", 1, 10_000_000);
    let words = ["tables/reciprocal.json", "states error.certified_upper", "its error at x = "];
    ci(folder.path()).failed(4, "table-bound", &words);
}

#[test]
fn a_range_that_outgrew_the_domain_is_found() {
    let folder = repository();
    replace(folder.path(), "ranges.json", "\"largest_score\": 3.81", "\"largest_score\": 4.02");
    let words =
        ["plans/attention.json: field 'chosen.score_bound'", "4.02", "|x| ≤ 4 only", "score_bound = \"4.02\" or more"];
    ci(folder.path()).failed(4, "range-coverage", &words);

    let folder = repository();
    replace(folder.path(), "ranges.json", "41.5", "46.0000001");
    let words = ["tables/reciprocal.json: field 'intervals'", "production, week 21", "[2.9, 46] only", "Fit anew"];
    ci(folder.path()).failed(4, "range-coverage", &words);

    let folder = repository();
    replace(folder.path(), "ranges.json", "0.0274", "0.0156");
    let words = [
        "field 'spec.attention.smallest_mean'",
        "mean (x/4)^2",
        "promises at least 0.015625",
        "smaller attention.smallest_mean",
    ];
    ci(folder.path()).failed(4, "range-coverage", &words);
}

/// The limits themselves are inside, exactly, as decimals and as text.
#[test]
fn a_range_that_fills_the_domain_is_inside() {
    let folder = repository();
    for (from, to) in [("3.81", "4.0"), ("0.0274", "\"1/64\""), ("[3.07, 41.5]", "[2.9, \"46\"]")] {
        replace(folder.path(), "ranges.json", from, to);
    }
    ci(folder.path()).passed();
}

#[test]
fn parameters_under_the_security_table_are_found() {
    let folder = repository();
    change(folder.path(), "plans/attention.json", "/chosen/ckks/log_n", 13.into());
    let words =
        ["plans/attention.json: chosen.ckks", "N = 2^13", "above the 214 bits", "ePrint 2024/463", "128-bit security"];
    ci(folder.path()).failed(4, "security-table", &words);
}

#[test]
fn a_missing_validation_is_found() {
    let folder = repository();
    fs::remove_file(folder.path().join("plans/attention-validation.json")).unwrap();
    let outcome = ci(folder.path());
    outcome.failed(
        4,
        "validation-missing",
        &["plans/attention.json", "no validation of this plan", "polyattn validate"],
    );
    outcome.failed(4, "drift", &["plans/attention-validation.json", "baseline.json has it"]);
    // Without the requirement it is said, and no more.
    let said = polyattn(folder.path(), &["check", "plans/attention.json"]);
    assert!(said.passed().contains("not validated on ciphertexts"), "{}", said.stdout);
}

/// A record that is there and shows something else is none.
#[test]
fn a_validation_of_something_else_does_not_count() {
    for (pointer, value, code) in
        [("/plan_sha256", json!("0".repeat(64)), 4), ("/backend", json!("exact"), 4), ("/observed_max", json!(1.0), 4)]
    {
        let folder = repository();
        change(folder.path(), "plans/attention-validation.json", pointer, value);
        ci(folder.path()).failed(code, "validation-missing", &["plans/attention.json"]);
    }
}

#[test]
fn a_measurement_outside_its_bound_ends_with_5() {
    let folder = repository();
    let mut record = read(folder.path(), "plans/attention-validation.json");
    let bound: f64 = record["bound"].as_str().unwrap().parse().unwrap();
    let observed = 2.0 * bound;
    record["observed_max"] = observed.into();
    record["approximation_max"] = observed.into();
    record["slack_bits"] = (-1.0).into();
    record["verdict"] = "outside bound".into();
    write(folder.path(), "plans/attention-validation.json", &record);
    let outcome = polyattn(folder.path(), &["check", "plans/attention.json", "plans/attention-validation.json"]);
    outcome.failed(5, "validation-bound", &["plans/attention-validation.json", "exceeds the bound"]);
}

/// A digit in an export is found on its line, in every form; another version of this program is not a difference, and is told.
#[test]
fn a_changed_digit_of_an_export_is_found() {
    let folder = repository();
    let table = "tables/reciprocal.json";
    for form in ["openfhe", "lattigo", "heaan", "seal", "numpy", "rust", "json", "csv"] {
        let made = polyattn(folder.path(), &["export", table, "--to", form, "-o", "export.txt"]);
        made.passed();
        assert!(
            polyattn(folder.path(), &["check", table, "export.txt"])
                .passed()
                .contains("every line is that of the table")
        );
        let text = fs::read_to_string(folder.path().join("export.txt")).unwrap();

        let older = text.replace("polyattn 0.1.0, rug 1.30.0", "polyattn 0.0.9, rug 1.29.0");
        let older = older.replace("\"polyattn\": \"0.1.0\"", "\"polyattn\": \"0.0.9\"");
        assert_ne!(older, text, "{form}");
        fs::write(folder.path().join("export.txt"), &older).unwrap();
        let said = polyattn(folder.path(), &["check", table, "export.txt"]);
        assert!(said.passed().contains("written by polyattn 0.0.9"), "{form}: {}", said.stdout);

        // The last line with many digits is a number of the table, or a point of the file's own test.
        let digits = |line: &&str| line.chars().filter(char::is_ascii_digit).count() > 12 && !line.contains("sha256");
        let line = text.lines().rfind(digits).unwrap();
        let number = text.lines().position(|other| other == line).unwrap() + 1;
        let digit = line.rfind(|c: char| c.is_ascii_digit() && c != '9').unwrap();
        let changed = format!("{}9{}", &line[..digit], &line[digit + 1..]);
        fs::write(folder.path().join("export.txt"), text.replacen(line, &changed, 1)).unwrap();
        let outcome = polyattn(folder.path(), &["check", table, "export.txt"]);
        outcome.failed(4, "export-text", &["export.txt", &format!("line {number}: "), "the table gives"]);
    }
}

/// Of a plan too, and of the table inside one.
#[test]
fn exports_of_plans_are_compared() {
    let folder = repository();
    let plan = "plans/attention.json";
    polyattn(folder.path(), &["export", plan, "--to", "rust", "-o", "plan.rs"]).passed();
    let outcome = polyattn(folder.path(), &["check", plan, "plan.rs"]);
    assert!(outcome.passed().contains("every line is that of the plan given"), "{}", outcome.stdout);
    let text = fs::read_to_string(folder.path().join("plan.rs")).unwrap();
    fs::write(folder.path().join("plan.rs"), text + "// more\n").unwrap();
    polyattn(folder.path(), &["check", plan, "plan.rs"]).failed(4, "export-text", &["plan.rs", "found `// more`"]);

    write(folder.path(), "inner.json", &read(folder.path(), plan)["chosen"]["tables"][0]);
    polyattn(folder.path(), &["export", "inner.json", "--to", "numpy", "-o", "inner.py"]).passed();
    polyattn(folder.path(), &["check", plan, "inner.py"]).passed();
    polyattn(folder.path(), &["check", "tables/gelu.json", "inner.py"]).failed(4, "export-source", &["inner.py"]);
}

#[test]
fn drift_is_found_and_told_apart_from_progress() {
    let folder = repository();
    let path = folder.path();
    check(path, &["-o", "before.json"]).passed();
    check(path, &["--baseline", "before.json"]).passed();
    let fit = |interval: &str, degree: &str| {
        let arguments =
            ["fit", "--target", "reciprocal", "--interval", interval, "--degree", degree, "-o", "bare.json"];
        polyattn(path, &arguments).passed();
        let arguments =
            ["certify", "bare.json", "--table", "tables/reciprocal.json", "-o", "certificates/reciprocal.json"];
        polyattn(path, &arguments).passed();
        let arguments = ["export", "tables/reciprocal.json", "--to", "openfhe", "-o", "exports/reciprocal.hpp"];
        polyattn(path, &arguments).passed();
        check(path, &[]).passed();
        check(path, &["--baseline", "before.json"])
    };
    let outcome = fit("2.9,46", "14");
    outcome.failed(
        4,
        "drift",
        &["tables/reciprocal.json: bound grew: 0.000543709891 at before.json, now 0.000908282813"],
    );
    assert!(outcome.stdout.contains("note    tables/reciprocal.json: degree is better: 15 at before.json, now 14"));
    let outcome = fit("3,46", "15");
    outcome.failed(
        4,
        "drift",
        &["tables/reciprocal.json: intervals shrank or moved: [[\"2.9\",\"46\"]] at before.json"],
    );
    // A wider domain and one more degree at the same depth: only the bound of the wider domain may count.
    let outcome = fit("2.9,46", "15");
    outcome.passed();
    // Another file beside them is a note, and one that is gone an error.
    let said = check(path, &["tables/gelu.json", "--baseline", "before.json"]);
    assert!(said.passed().contains("note    tables/gelu.json: new since before.json [drift]"), "{}", said.stdout);
    let outcome = polyattn(path, &["check", "tables/reciprocal.json", "--baseline", "before.json"]);
    outcome.failed(4, "drift", &["exports/reciprocal.hpp: before.json has it"]);
    // What is no baseline.
    check(path, &["--baseline", "tables/gelu.json"]).failed(2, "drift", &["expected \"check\", found \"table\""]);
}

/// Other parameters under the same name: keys and ciphertexts that exist do not fit any more.
#[test]
fn other_parameters_are_drift() {
    let folder = repository();
    let path = folder.path();
    let plan = "plans/attention.json";
    polyattn(path, &["check", plan, "-o", "before.json"]).passed();
    let set = ["plan", "plans/attention.toml", "--set", "ckks.scale_bits=50", "-o", plan];
    polyattn(path, &set).passed();
    let outcome = polyattn(path, &["check", plan, "--baseline", "before.json"]);
    outcome.failed(4, "drift", &["plans/attention.json: ckks.scale_bits changed: 45 at before.json, now 50"]);
}

/// The document is the same whenever it is made, but for times.
#[test]
fn the_document_is_deterministic_and_is_its_own_baseline() {
    let folder = repository();
    let mut first = serde_json::from_str::<Value>(check(folder.path(), &["--json"]).passed()).unwrap();
    let mut second = serde_json::from_str::<Value>(check(folder.path(), &["--json"]).passed()).unwrap();
    for document in [&mut first, &mut second] {
        assert_eq!(document["kind"], "check");
        for file in document["files"].as_array_mut().unwrap() {
            file["checks"].as_array_mut().unwrap().iter_mut().for_each(|check| check["seconds"] = Value::Null);
        }
    }
    assert_eq!(first, second);
    assert_eq!(first["files"][0]["claims"]["bound"], "0.000543709891");
}

/// A calibration is a range file: the shipped scores lie in the plan that is made of them, and in no smaller one.
#[test]
fn a_calibration_is_held_against_plans() {
    let folder = repository();
    let scores = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scores/minilm_l3_h0.npy");
    let calibrate = ["calibrate", scores.to_str().unwrap(), "--p", "2", "-o", "calibration.json"];
    polyattn(folder.path(), &calibrate).passed();
    let outcome = polyattn(folder.path(), &["check", "plans/attention.json", "--ranges", "calibration.json"]);
    outcome.failed(4, "range-coverage", &["calibration.json", "minilm_l3_h0.npy, layer 0, head 0", "|x| ≤ 4 only"]);

    let bound = read(folder.path(), "calibration.json")["score_bound"].as_str().unwrap().to_string();
    let bound = format!("attention.score_bound='{bound}'");
    let log2 = read(folder.path(), "calibration.json")["heads"][0]["powers"][0]["log2_smallest"].as_f64().unwrap();
    let check = |mean: f64| {
        let mean = format!("attention.smallest_mean={}", log2.exp2() * mean);
        let set = ["plan", "plans/attention.toml", "--set", &bound, "--set", &mean, "-o", "plan.json"];
        polyattn(folder.path(), &set).passed();
        polyattn(folder.path(), &["check", "plan.json", "--ranges", "calibration.json"])
    };
    assert!(check(0.99).passed().contains("2 ranges of calibration.json inside"));
    check(1.01).failed(4, "range-coverage", &["plan.json: field 'spec.attention.smallest_mean'"]);
}

#[test]
fn a_range_file_that_says_nothing_is_no_gate() {
    let folder = repository();
    let path = folder.path();
    let ranges = |observed: Value| {
        write(path, "own.json", &json!({"schema_version": 1, "kind": "ranges", "observed": observed}));
        check(path, &["--ranges", "own.json"])
    };
    let outcome = ranges(json!([{"for": "tables/reciprocl.json", "argument": [3, 4]}]));
    outcome.failed(2, "ranges", &["own.json: field 'observed[0].for'", "did you mean 'tables/reciprocal.json'?"]);
    let outcome = ranges(json!([{"for": "reciprocal", "largest_score": 3}]));
    outcome.failed(2, "ranges", &["it says nothing about 'reciprocal': expected 'argument'"]);
    ranges(json!([{"for": "reciprocal", "argument": [3, 4], "coment": ""}])).failed(
        2,
        "ranges",
        &["own.json", "coment"],
    );
    // By name, by hash, or for all.
    let hash = read_hash(path);
    for name in ["tables/reciprocal.json", "reciprocal.json", "reciprocal", &hash, &hash[..16]] {
        assert!(
            ranges(json!([{"for": name, "argument": [3, 4]}])).passed().contains("1 range of own.json inside"),
            "{name}"
        );
        ranges(json!([{"for": name, "argument": [1, 4]}])).failed(
            4,
            "range-coverage",
            &["reciprocal.json: field 'intervals'"],
        );
    }
    ranges(json!([{"argument": [1, 4]}])).failed(4, "range-coverage", &["reciprocal.json: field 'intervals'"]);
    // What must be observed and is not.
    ranges(json!([])).passed();
    let outcome = check(path, &["--ranges", "own.json", "--require", "range"]);
    outcome.failed(4, "range-missing", &["tables/reciprocal.json: no observed range"]);
    let outcome = check(path, &["--require", "range"]);
    assert!(
        outcome.code == 2 && outcome.stderr.contains("--require range: give the observed ranges"),
        "{}",
        outcome.stderr
    );
}

fn read_hash(folder: &Path) -> String {
    let document: Value = serde_json::from_str(check(folder, &["--json"]).passed()).unwrap();
    document["files"][0]["sha256"].as_str().unwrap().to_string()
}

/// Documents inside a plan are of their kind and version.
#[test]
fn documents_inside_documents_are_looked_at() {
    for (pointer, value, words) in [
        ("/chosen/tables/0/kind", json!("plan"), "'chosen.tables[0].kind': expected \"table\", found \"plan\""),
        ("/pareto/1/tables/0/schema_version", json!(2), "'pareto[1].tables[0].schema_version': expected 1, found 2"),
        (
            "/chosen/certificates/0/schema_version",
            json!(0),
            "'chosen.certificates[0].schema_version': expected 1, found 0",
        ),
    ] {
        let folder = repository();
        change(folder.path(), "plans/attention.json", pointer, value);
        polyattn(folder.path(), &["check", "plans/attention.json"]).failed(2, "document", &[words]);
    }
    let folder = repository();
    let mut record = read(folder.path(), "plans/attention-validation.json");
    record["schema_version"] = 3.into();
    change(folder.path(), "plans/attention.json", "/chosen/validation", record);
    let words = "'chosen.validation.schema_version': expected 1, found 3";
    polyattn(folder.path(), &["check", "plans/attention.json"]).failed(2, "document", &[words]);
}

/// An output that cannot be written is named as it was given.
#[test]
fn an_output_that_cannot_be_written_is_named() {
    let folder = repository();
    for option in ["-o", "--junit", "--sarif"] {
        let outcome = check(folder.path(), &[option, "no/such/folder/out.x"]);
        assert_eq!(outcome.code, 2, "{option}");
        assert!(outcome.stderr.contains("no/such/folder/out.x: cannot write it: "), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains(".polyattn-"), "{}", outcome.stderr);
    }
}

const SUITES: &str = "
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag == 'testsuites'
cases = [case for suite in root.findall('testsuite') for case in suite.findall('testcase')]
failed = [case for case in cases if case.find('failure') is not None or case.find('error') is not None]
for suite in root.findall('testsuite'):
    own = suite.findall('testcase')
    assert int(suite.get('tests')) == len(own)
    assert int(suite.get('failures')) == sum(case.find('failure') is not None for case in own)
    assert int(suite.get('errors')) == sum(case.find('error') is not None for case in own)
assert int(root.get('tests')) == len(cases) and float(root.get('time')) >= 0
for case in failed:
    print(case.get('classname'), case.get('name').split()[0], (case.find('failure') or case).tag)
";

/// A repository with faults of every exit code.
fn broken() -> TempDir {
    let folder = repository();
    let path = folder.path();
    nudge(path, "tables/reciprocal.json", 1, 10_000_000);
    replace(path, "ranges.json", "7.4]", "8.4]");
    fs::write(path.join("tables/a<b&\"c\".json"), "{").unwrap();
    folder
}

#[test]
fn junit_is_xml_with_a_case_for_each_rule() {
    let folder = broken();
    assert_eq!(ci(folder.path()).code, 2);
    let output = Command::new("python3").args(["-c", SUITES, "reports/junit.xml"]).current_dir(folder.path()).output();
    let Ok(output) = output else {
        eprintln!("python3 is missing: the XML was not parsed");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let failed = String::from_utf8(output.stdout).unwrap();
    for line in
        ["tables/reciprocal.json table-bound", "tables/gelu.json range-coverage", "tables/a<b&\"c\".json document"]
    {
        assert!(failed.contains(line), "{line} is not in\n{failed}");
    }
}

#[test]
fn sarif_has_its_required_structure() {
    let folder = broken();
    let outcome = ci(folder.path());
    let log = read(folder.path(), "reports/check.sarif");
    assert_eq!((&log["version"], log["$schema"].as_str().unwrap().contains("sarif-2.1.0")), (&json!("2.1.0"), true));
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len());
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[text]["text"].as_str().unwrap().len() > 10, "{rule}");
        }
    }
    let results = run["results"].as_array().unwrap();
    let failed = outcome.stdout.lines().filter(|line| line.starts_with("FAILED")).count();
    assert_eq!(results.iter().filter(|result| result["level"] == "error").count(), failed);
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)), "{uri}");
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 1 && result["message"]["text"].is_string());
        assert!(result["partialFingerprints"]["ruleFileField/v1"].is_string());
    }
    // On the line of the field.
    let of_range = results.iter().find(|result| result["ruleId"] == "range-coverage").unwrap();
    let line = of_range["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap() as usize;
    let table = fs::read_to_string(folder.path().join("tables/gelu.json")).unwrap();
    assert!(table.lines().nth(line - 1).unwrap().contains("\"intervals\""), "line {line}");
}

/// Every rule has its row in the documentation.
#[test]
fn the_rules_are_documented() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci.md")).unwrap();
    for rule in polyattn::gate::Rule::ALL {
        assert!(page.contains(&format!("| `{rule}` |")), "docs/ci.md has no row for {rule}");
    }
}
