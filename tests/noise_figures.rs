//! Figures of the noise that are made on request, and what is said to lower the error bound.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use assert_cmd::Command;
use polyattn::plan::{PlanDocument, Spec, SpecSource, dominant, plan};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Exit code, stdout and stderr of a command.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("polyattn").unwrap().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn spec(epsilon: &str, ckks: &str) -> String {
    format!(
        "[attention]\np = 2\nlength = 16\nscore_bound = \"4\"\nepsilon = {{ form = \"unit\", value = \"{epsilon}\" }}\n\
         [target]\nmax_error = \"2^-4\"\n[ckks]\n{ckks}\n"
    )
}

fn planned(text: &str) -> PlanDocument {
    plan(&SpecSource::new(Spec::from_toml(text).unwrap(), None).unwrap()).unwrap()
}

fn read(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

fn forge(folder: &Path, from: &str, field: &str, value: Value) {
    let mut document = read(folder, from);
    *document.pointer_mut(field).unwrap() = value;
    fs::write(folder.join("forged.json"), document.to_string()).unwrap();
}

#[test]
fn the_deterministic_worst_case_is_stated_on_request_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("spec.toml"), spec("2^-6", "scale_bits = 40")).unwrap();
    let (code, stdout, stderr) = run(path, &["plan", "spec.toml", "-o", "plain.json"]);
    assert!(code == 0 && !stdout.contains("worst case"), "{stdout}{stderr}");
    let field = "/chosen/error/noise/worst_case";
    assert_eq!(read(path, "plain.json").pointer(field), Some(&Value::Null));

    let (code, stdout, stderr) = run(path, &["plan", "spec.toml", "--worst-case", "-o", "plan.json"]);
    assert!(code == 0 && stdout.contains("deterministic worst case"), "{stdout}{stderr}");
    let figure = |name: &str| -> f64 {
        read(path, "plan.json")
            .pointer(&format!("/chosen/error/noise/{name}"))
            .unwrap()
            .as_str()
            .unwrap()
            .parse()
            .unwrap()
    };
    assert!(figure("worst_case") > 64.0 * figure("rigorous"));
    assert_eq!(run(path, &["check", "plain.json", "plan.json"]).0, 0);
    forge(path, "plan.json", field, figure("rigorous").to_string().into());
    let (code, stdout, _) = run(path, &["check", "forged.json"]);
    assert!(code == 4 && stdout.contains("'error'"), "{stdout}");
}

#[test]
fn the_noise_of_one_key_is_stated_on_request_and_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("spec.toml"), spec("2^-6", "scale_bits = 40")).unwrap();
    assert_eq!(run(path, &["plan", "spec.toml", "-o", "plan.json"]).0, 0);
    assert_eq!(run(path, &["validate", "plan.json", "-o", "any.json"]).0, 0);
    assert!(read(path, "any.json").get("key_aware").is_none());
    for backend in ["ckks", "simulated"] {
        let arguments = ["validate", "plan.json", "--key-aware", "--backend", backend, "-o", "known.json"];
        let (code, stdout, stderr) = run(path, &arguments);
        assert!(code == 0 && stdout.contains("this key"), "{stdout}{stderr}");
        let record = read(path, "known.json")["key_aware"].clone();
        let figure = |name: &str| record[name].as_f64().unwrap();
        assert!(figure("violations") == 0.0 && figure("closest_slot_bits") > 0.0, "{record}");
        assert!((figure("predicted_mean") / figure("observed_mean")).log2().abs() < 0.1, "{record}");
        let rigorous: f64 =
            read(path, "plan.json").pointer("/chosen/error/noise/rigorous").unwrap().as_str().unwrap().parse().unwrap();
        assert!(figure("bound") < rigorous, "{record}");
        assert_eq!(run(path, &["check", "plan.json", "known.json"]).0, 0);
    }
    forge(path, "known.json", "/key_aware/violations", 3.into());
    assert_eq!(run(path, &["check", "plan.json", "forged.json"]).0, 4);
    for refused in [&["--backend", "exact"], &["--seed", "system"]] {
        let arguments = [&["validate", "plan.json", "--key-aware"], &refused[..]].concat();
        let (code, _, stderr) = run(path, &arguments);
        assert!(code == 2 && stderr.contains("--key-aware: expected"), "{stderr}");
    }
}

/// What is said of a change is what the plan with that change has.
#[test]
fn remedies_are_what_the_changed_plan_has() {
    let ckks = |scale: u32| format!("log_n = 14\nscale_bits = {scale}");
    let found = dominant(&planned(&spec("2^-6", &ckks(30)))).unwrap();
    let total = |change: &str| {
        let remedy = found.remedies.iter().find(|remedy| remedy.change.starts_with(change)).unwrap();
        remedy.outcome.as_ref().unwrap_or_else(|why| panic!("{change}: {why}"))[1].to_f64()
    };
    let scaled = planned(&spec("2^-6", &ckks(35)));
    let doubled = planned(&spec("2^-5", &ckks(30)));
    for (change, plan) in [("a scale of 2^35", scaled), ("twice the ε", doubled)] {
        let expected = plan.chosen.error.total.to_f64();
        assert!((total(change) / expected - 1.0).abs() < 1e-9, "{change}: {} {expected}", total(change));
    }
    assert!(total("one more doubling") < found.total.to_f64());
    assert!(
        found.share() > 0.3 && found.remedies.is_sorted_by_key(|r| r.outcome.as_ref().map_or(9.0, |o| o[1].to_f64()))
    );
}

/// Primes that the specification gives leave no larger scale, and a ring that is full none either.
#[test]
fn what_the_specification_forbids_is_said() {
    let own = planned(&spec("2^-6", "log_n = 14\nlog_q = [44, 40, 40, 40, 40, 40]\nlog_p = [50]"));
    let words = |plan: &PlanDocument| {
        let found = dominant(plan).unwrap();
        found.remedies.iter().map(|remedy| remedy.in_words(&found)).collect::<Vec<_>>().join("\n")
    };
    assert!(
        words(&own).contains("a larger scale: not possible, the specification gives the primes"),
        "{}",
        words(&own)
    );
}
