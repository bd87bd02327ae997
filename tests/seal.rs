//! The same circuits on this crate's ciphertexts and on Microsoft SEAL. Needs TenSEAL: `make seal`.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::Path;

fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::cargo_bin("polyattn").unwrap().current_dir(folder).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// A plan with one special prime, as SEAL has it, 14 bits above the digits: SEAL takes digits in [0, q) where this crate
/// centres them, and their mean shows in the slots next to X = 1 while it is not small.
fn spec(p: u32, length: u32, variant: &str, depth: usize, extra: &str) -> String {
    let log_q: Vec<&str> = ["54"].into_iter().chain(std::iter::repeat_n("46", depth)).collect();
    format!(
        "[attention]\nvariant = \"{variant}\"\np = {p}\nlength = {length}\nscore_bound = \"4\"\n{extra}\n\
         [target]\nmax_error = \"2^-6\"\n[ckks]\nlog_n = 15\nlog_q = [{}]\nlog_p = [60]\n",
        log_q.join(", ")
    )
}

/// log2 of the largest and of the mean error by encryption, the median of three runs: the largest one is that of the row
/// which the noise of a single slot hits hardest, and differs by half a bit from run to run.
fn errors(folder: &Path, backend: &str) -> [f64; 2] {
    let once = |seed: &str| {
        let arguments = ["validate", "plan.json", "--backend", backend, "--seed", seed, "-o", "validation.json"];
        let (code, stderr) = run(folder, &arguments);
        assert_eq!(code, 0, "{backend}: {stderr}");
        let validation = fs::read_to_string(folder.join("validation.json")).unwrap();
        let validation: Value = serde_json::from_str(&validation).unwrap();
        ["encryption_max", "encryption_mean"].map(|field| validation[field].as_f64().unwrap().log2())
    };
    let runs = ["1", "2", "3"].map(once);
    [0, 1].map(|figure| {
        let mut values = runs.map(|run| run[figure]);
        values.sort_by(f64::total_cmp);
        values[1]
    })
}

#[test]
#[ignore = "needs TenSEAL: make seal"]
fn both_libraries_stay_within_the_bound_and_agree_to_a_bit() {
    let unit = "epsilon = { form = \"unit\", value = \"2^-8\" }";
    let promised = "smallest_mean = \"2^-8\"";
    for (p, length, variant, depth, extra) in [
        (2, 64, "length-agnostic", 8, unit),
        (4, 128, "length-agnostic", 9, unit),
        (4, 256, "lipschitz", 9, unit),
        (6, 64, "stable", 10, unit),
        (8, 64, "length-agnostic", 10, unit),
        (4, 64, "plain", 9, promised),
        (4, 64, "length-agnostic", 9, "causal = true\nepsilon = { form = \"unit\", value = \"2^-8\" }"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("spec.toml"), spec(p, length, variant, depth, extra)).unwrap();
        let (code, stderr) = run(folder.path(), &["plan", "spec.toml", "-o", "plan.json"]);
        assert_eq!(code, 0, "p = {p}, {variant}: {stderr}");
        let (ours, seal) = (errors(folder.path(), "ckks"), errors(folder.path(), "seal"));
        println!(
            "p = {p}, L = {length}, {variant}: log2 of the largest and the mean error {ours:.2?} on ckks, {seal:.2?} on seal"
        );
        assert!((ours[0] - seal[0]).abs() < 1.0 && (ours[1] - seal[1]).abs() < 0.5, "p = {p}, L = {length}, {variant}");
    }
}

#[test]
fn a_python_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("spec.toml"),
        spec(2, 4, "lipschitz", 8, "epsilon = { form = \"unit\", value = \"2^-8\" }"),
    )
    .unwrap();
    let (code, stderr) = run(folder.path(), &["plan", "spec.toml", "-o", "plan.json"]);
    assert_eq!(code, 0, "{stderr}");
    let mut command = Command::cargo_bin("polyattn").unwrap();
    command.current_dir(folder.path()).env("POLYATTN_SEAL_PYTHON", "no-such-python");
    let output = command.args(["validate", "plan.json", "--backend", "seal"]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.contains("no-such-python") && stderr.contains("tenseal"), "{stderr}");
}
