//! Parameters that need to be told about: bootstraps, sparse secrets, and what lies above the security table.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use assert_cmd::Command;
use polyattn::plan::{PlanDocument, Spec, SpecSource, plan};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Exit code, stdout and stderr of a command.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("polyattn").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn spec(attention: &str, ckks: &str) -> String {
    format!(
        "[attention]\nscore_bound = \"4\"\nepsilon = {{ form = \"unit\", value = \"2^-8\" }}\n{attention}\n\
         [target]\nmax_error = \"2^-6\"\n[ckks]\n{ckks}\n"
    )
}

fn planned(text: &str) -> PlanDocument {
    plan(&SpecSource::new(Spec::from_toml(text).unwrap(), None).unwrap()).unwrap()
}

fn read(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

/// Plans with bootstraps in every place between x^p and the weights, and none in the last one.
#[test]
fn segments_hold_on_ciphertexts_and_say_what_they_stand_in_for() {
    for (p, levels) in [(2, 1), (4, 2), (4, 3), (6, 4), (8, 9)] {
        let folder = tempfile::tempdir().unwrap();
        let ckks = format!("levels_per_bootstrap = {levels}\nbootstrap_bits = 30");
        let text = spec(&format!("p = {p}\nlength = 48"), &ckks);
        fs::write(folder.path().join("spec.toml"), &text).unwrap();
        let (code, stdout, stderr) = run(folder.path(), &["plan", "spec.toml", "-o", "plan.json"]);
        assert_eq!(code, 0, "p = {p}, {levels} levels: {stderr}");

        let chosen = read(folder.path(), "plan.json")["chosen"].clone();
        let depth = chosen["depth"].as_u64().unwrap();
        let primes = chosen["ckks"]["primes"]["q"].as_array().unwrap().len() as u64;
        assert_eq!(chosen["bootstraps"], depth.div_ceil(levels), "p = {p}, {levels} levels");
        assert_eq!(primes, depth.min(levels) + 1);
        let sizes = chosen["ckks"]["log_q"].as_array().unwrap().len() as u64;
        assert_eq!(sizes, primes, "log QP counts primes that no segment uses");
        // R and z at every boundary.
        assert_eq!(chosen["refreshed"], 2 * ((depth - 1) / levels));
        assert_eq!(stdout.contains("NO BOOTSTRAP IS RUN"), depth > levels, "{stdout}");

        let arguments = ["validate", "plan.json", "-o", "validation.json"];
        let (code, stdout, stderr) = run(folder.path(), &arguments);
        assert_eq!(code, 0, "p = {p}, {levels} levels: {stderr}");
        assert_eq!(stdout.contains("NO BOOTSTRAP WAS RUN"), depth > levels, "{stdout}");
        let validation = read(folder.path(), "validation.json");
        let refreshed = |stage: &&Value| stage["name"].as_str().unwrap().ends_with("refreshed");
        let stages = validation["stages"].as_array().unwrap();
        assert_eq!(stages.iter().filter(refreshed).count() as u64, 2 * ((depth - 1) / levels));
        let (code, stdout, stderr) = run(folder.path(), &["check", "plan.json", "validation.json"]);
        assert_eq!(code, 0, "p = {p}, {levels} levels: {stderr}");
        let said = stdout.contains("NO BOOTSTRAP IS RUN") && stdout.contains("NO BOOTSTRAP WAS RUN");
        assert_eq!(said, depth > levels, "{stdout}");
        for form in ["csv", "json"] {
            let (code, stdout, _) = run(folder.path(), &["export", "plan.json", "--to", form, "-o", "-"]);
            assert_eq!((code, stdout.contains("NO BOOTSTRAP IS RUN")), (0, depth > levels), "{form}");
        }
    }
}

/// Where bootstraps dominate, their precision is that of the weights.
#[test]
fn ten_bits_more_of_a_bootstrap_are_ten_bits_more_of_the_weights() {
    let noise = |bits: u32| {
        let ckks = format!("scale_bits = 57\nlevels_per_bootstrap = 4\nbootstrap_bits = {bits}");
        planned(&spec("p = 4\nlength = 48", &ckks)).chosen.error.noise
    };
    let (coarse, fine) = (noise(20), noise(30));
    for (coarse, fine) in [(coarse.rigorous, fine.rigorous), (coarse.predicted, fine.predicted)] {
        let gained = (coarse.to_f64() / fine.to_f64()).log2();
        assert!((9.5..10.5).contains(&gained), "{gained}");
    }
}

#[test]
fn bootstraps_that_make_no_sense_are_refused() {
    for (ckks, named) in [
        ("levels_per_bootstrap = 1", "ckks.levels_per_bootstrap: expected 0 or at least 2"),
        ("levels_per_bootstrap = 5\nbootstrap_bits = 60", "ckks.bootstrap_bits: expected 1 to 48, found 60"),
    ] {
        let error = Spec::from_toml(&spec("p = 4\nlength = 48", ckks)).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains(named), "{error}");
    }
}

#[test]
fn sparse_secrets_are_less_noisy_and_flagged() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        |secret: &str| spec("p = 4\nlength = 48", &format!("log_n = 15\nscale_bits = 40\nsecret = \"{secret}\""));
    let noise = |secret: &str| planned(&text(secret)).chosen.error.noise;
    let (ternary, sparse) = (noise("ternary"), noise("sparse-192"));
    // h is 192 in place of 2N/3.
    let expected = (2.0 * 32768.0 / 3.0 / 192.0f64).sqrt().log2();
    let gained = (ternary.predicted.to_f64() / sparse.predicted.to_f64()).log2();
    assert!((gained - expected).abs() < 0.1, "{gained} {expected}");
    assert!(sparse.rigorous.0 < ternary.rigorous.0);

    fs::write(folder.path().join("spec.toml"), text("sparse-192")).unwrap();
    let (code, stdout, stderr) = run(folder.path(), &["plan", "spec.toml", "-o", "plan.json"]);
    assert!(code == 0 && stdout.contains("SPARSE SECRET"), "{stdout}{stderr}");
    assert_eq!(read(folder.path(), "plan.json")["chosen"]["ckks"]["secret"], "sparse-192");
    let (code, stdout, stderr) = run(folder.path(), &["validate", "plan.json", "-o", "validation.json"]);
    assert!(code == 0 && stdout.contains("SPARSE SECRET"), "{stdout}{stderr}");
}

/// 200 bits too many for N = 2^13.
const ABOVE: &str = "log_n = 13\nlog_q = [54, 50, 50, 50, 50, 50, 50, 50]\nlog_p = [60]";

#[test]
fn what_is_above_the_security_table_needs_the_flag_and_is_marked_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("spec.toml"), spec("p = 2\nlength = 16", ABOVE)).unwrap();
    let (code, _, stderr) = run(path, &["plan", "spec.toml"]);
    assert!(code == 3 && stderr.contains("bits more than the 214 that 128-bit security allows"), "{stderr}");

    let (code, stdout, stderr) = run(path, &["plan", "spec.toml", "--insecure", "-o", "plan.json"]);
    assert!(code == 0 && stdout.contains("WARNING      INSECURE: log QP = "), "{stdout}{stderr}");
    let ckks = read(path, "plan.json")["chosen"]["ckks"].clone();
    assert_eq!((&ckks["insecure"], &ckks["security_bits"]), (&Value::Bool(true), &Value::from(0)));

    let (code, _, stderr) = run(path, &["validate", "plan.json"]);
    assert!(code == 4 && stderr.contains("give --insecure to accept it"), "{stderr}");
    let (code, stdout, stderr) = run(path, &["validate", "plan.json", "--insecure", "-o", "validation.json"]);
    assert!(code == 0 && stdout.contains("WARNING      INSECURE"), "{stdout}{stderr}");
    for file in ["plan.json", "validation.json"] {
        let (code, stdout, _) = run(path, &["check", file]);
        assert!(code == 4 && stdout.contains("give --insecure"), "{stdout}");
        let (code, stdout, _) = run(path, &["check", "--insecure", file]);
        assert!(code == 0 && stdout.contains("WARNING: INSECURE"), "{stdout}");
    }
    for report in ["report.html", "report.md", "report.json"] {
        assert_eq!(run(path, &["report", "plan.json", "validation.json", "-o", report]).0, 0);
        assert!(fs::read_to_string(path.join(report)).unwrap().contains("INSECURE"), "{report}");
    }
    for form in ["csv", "json"] {
        let (code, stdout, _) = run(path, &["export", "plan.json", "--to", form, "-o", "-"]);
        assert!(code == 0 && stdout.contains("WARNING") && stdout.contains("INSECURE: log QP"), "{stdout}");
    }
    let (code, _, stderr) = run(path, &["run", "spec.toml", "--insecure", "--out", "out"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(fs::read_to_string(path.join("out/report.html")).unwrap().contains("INSECURE"));
}

/// The plan's own mark counts for nothing: it is derived again.
#[test]
fn a_mark_that_was_taken_off_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("spec.toml"), spec("p = 2\nlength = 16", ABOVE)).unwrap();
    assert_eq!(run(path, &["plan", "spec.toml", "--insecure", "-o", "plan.json"]).0, 0);
    let text = fs::read_to_string(path.join("plan.json")).unwrap();
    for (from, to) in
        [("\"insecure\": true", "\"insecure\": false"), ("\"security_bits\": 0", "\"security_bits\": 128")]
    {
        assert!(text.contains(from));
        fs::write(path.join("forged.json"), text.replace(from, to)).unwrap();
        for arguments in [
            &["check", "forged.json"][..],
            &["check", "--insecure", "forged.json"],
            &["validate", "--insecure", "forged.json"],
            &["export", "forged.json", "--to", "csv", "-o", "-"],
            &["report", "forged.json", "-o", "forged.html"],
        ] {
            assert_eq!(run(path, arguments).0, 4, "{from}: {arguments:?}");
        }
    }
}

/// A record alone, without its plan, cannot claim a security that no table gives, nor contradict itself.
#[test]
fn records_that_contradict_themselves_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("spec.toml"), spec("p = 2\nlength = 16", ABOVE)).unwrap();
    assert_eq!(run(path, &["plan", "spec.toml", "--insecure", "-o", "plan.json"]).0, 0);
    assert_eq!(run(path, &["validate", "plan.json", "--insecure", "-o", "validation.json"]).0, 0);
    let record = read(path, "validation.json");
    let check = |files: &[&str]| run(path, &[&["check", "--insecure"], files].concat());
    assert_eq!(check(&["plan.json", "validation.json"]).0, 0);
    let half = |field: &str| Value::from(record[field].as_f64().unwrap() / 2.0);
    let cases: [(&str, Value); 13] = [
        ("/parameters/insecure", Value::Bool(false)),
        ("/parameters/security_bits", Value::from(128)),
        ("/parameters/log_qp", Value::from(200)),
        ("/slots_checked", Value::from(1)),
        ("/observed_max", Value::from(-1.0)),
        ("/observed_max", half("observed_max")),
        ("/encryption_max", Value::from(-1e9)),
        ("/slack_bits", Value::from(99.0)),
        ("/verdict", Value::from("outside bound")),
        ("/stages", Value::Array(Vec::new())),
        ("/stages/1/bound", Value::from("1")),
        ("/generator", Value::from("dice")),
        ("/refreshed", Value::from(7)),
    ];
    for (field, value) in cases {
        let mut forged = record.clone();
        *forged.pointer_mut(field).unwrap() = value.clone();
        fs::write(path.join("forged.json"), forged.to_string()).unwrap();
        let (code, stdout, stderr) = check(&["plan.json", "forged.json"]);
        assert_eq!(code, 4, "{field} = {value}: {stdout}{stderr}");
    }
    let mut forged = record.clone();
    forged["parameters"]["insecure"] = Value::Bool(false);
    forged["parameters"]["security_bits"] = Value::from(128);
    forged["parameters"]["security_source"] = Value::from("ePrint 2024/463 table 5.2");
    fs::write(path.join("forged.json"), forged.to_string()).unwrap();
    let (code, stdout, _) = run(path, &["check", "forged.json"]);
    assert!(code == 4 && stdout.contains("no table that it names allows"), "{stdout}");
}

#[test]
fn another_plans_record_validates_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for (name, length) in [("one", 8), ("two", 16)] {
        let text = spec(&format!("p = 2\nlength = {length}"), "scale_bits = 40");
        fs::write(path.join(format!("{name}.toml")), text).unwrap();
        assert_eq!(run(path, &["run", &format!("{name}.toml"), "--out", name]).0, 0);
    }
    let export = |file: &str| run(path, &["export", file, "--to", "csv", "-o", "-"]).1;
    assert!(export("one/plan.json").contains("a run on ciphertexts is recorded"));
    let mut crossed = read(path, "one/plan.json");
    crossed["chosen"]["validation"] = read(path, "two/plan.json")["chosen"]["validation"].clone();
    fs::write(path.join("crossed.json"), crossed.to_string()).unwrap();
    assert!(export("crossed.json").contains("NOT VALIDATED"));
}

#[test]
fn what_cannot_run_is_not_planned() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for (attention, ckks, code, said) in [
        ("p = 2\nlength = 1024", "log_n = 10\nscale_bits = 40".to_string(), 3, "does not fit into the 512 slots"),
        (
            "p = 2\nlength = 16",
            format!("{}\nlog_p = [{}]", "log_n = 13\nlog_q = [54, 50]", "50,".repeat(15)),
            2,
            "ckks.log_p",
        ),
        ("p = 2\nlength = [16, 32, 16]", "log_n = 13".to_string(), 2, "attention.length: value 3 is there twice"),
    ] {
        fs::write(path.join("spec.toml"), spec(attention, &ckks)).unwrap();
        let (found, _, stderr) = run(path, &["plan", "spec.toml", "--insecure"]);
        assert!(found == code && stderr.contains(said), "{found} {stderr}");
    }
}

#[test]
fn a_specification_cannot_give_the_flag_itself() {
    let error = Spec::from_toml(&spec("p = 2\nlength = 16", "insecure = true\nlog_n = 13")).unwrap_err();
    assert!(error.to_string().contains("give --insecure to the command"), "{error}");
    let small = spec("p = 2\nlength = 16", "log_n = 11");
    assert!(Spec::from_toml(&small).unwrap_err().to_string().contains("expected log2 N from 13 to 16"));
    assert_eq!(Spec::from_toml_insecure(&small).unwrap().ckks.log_n, Some(11));
    let unnamed = Spec::from_toml_insecure(&spec("p = 2\nlength = 16", "")).unwrap_err();
    assert!(unnamed.to_string().contains("ckks.log_n: name the ring"), "{unnamed}");
}
