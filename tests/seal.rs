//! The same circuits on this crate's ciphertexts and on Microsoft SEAL. Needs TenSEAL: `make seal`.

#![allow(clippy::unwrap_used)] // a test fails by panicking

mod shapes;

use assert_cmd::Command;
use serde_json::Value;
use shapes::grid;
use std::fs;
use std::path::Path;
use std::time::Instant;

fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::cargo_bin("polyattn").unwrap().current_dir(folder).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// A plan with one special prime, as SEAL has it, 14 bits or more above the digits: SEAL takes digits in [0, q) where this
/// crate centres them, and their mean shows in the slots next to X = 1 while it is not small. Depth 8 in N = 2^14.
fn spec(attention: &str) -> String {
    let log_q = [&["48"][..], &["40"; 8]].concat().join(", ");
    format!("{attention}[target]\nmax_error = \"2^-8\"\n[ckks]\nlog_n = 14\nlog_q = [{log_q}]\nlog_p = [60]\n")
}

/// log2 of the largest and of the mean error by encryption, the median of three runs: the largest one is that of the row
/// which the noise of a single slot hits hardest, and differs by half a bit from run to run.
fn errors(folder: &Path, backend: &str, seed: usize) -> [f64; 2] {
    let once = |seed: usize| {
        let seed = seed.to_string();
        let arguments = ["validate", "plan.json", "--backend", backend, "--seed", &seed, "-o", "validation.json"];
        let (code, stderr) = run(folder, &arguments);
        assert_eq!(code, 0, "{backend}: {stderr}");
        let validation = fs::read_to_string(folder.join("validation.json")).unwrap();
        let validation: Value = serde_json::from_str(&validation).unwrap();
        ["encryption_max", "encryption_mean"].map(|field| validation[field].as_f64().unwrap().log2())
    };
    let runs = [seed, seed + 1, seed + 2].map(once);
    [0, 1].map(|figure| {
        let mut values = runs.map(|run| run[figure]);
        values.sort_by(f64::total_cmp);
        values[1]
    })
}

#[test]
#[ignore = "needs TenSEAL: make seal"]
fn both_libraries_stay_within_the_bound_and_agree_to_a_bit() {
    for (cell, seed) in grid(-6).iter().zip((1..).step_by(3)) {
        let began = Instant::now();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("spec.toml"), spec(&cell.attention)).unwrap();
        let (code, stderr) = run(folder.path(), &["plan", "spec.toml", "-o", "plan.json"]);
        assert_eq!(code, 0, "{}: {stderr}", cell.name());
        let (ours, seal) = (errors(folder.path(), "ckks", seed), errors(folder.path(), "seal", seed));
        println!(
            "{}: log2 of the largest and the mean error {ours:.2?} on ckks, {seal:.2?} on seal; {:.1} s",
            cell.name(),
            began.elapsed().as_secs_f64()
        );
        assert!((ours[0] - seal[0]).abs() < 1.0 && (ours[1] - seal[1]).abs() < 0.5, "{}", cell.name());
    }
}

#[test]
fn a_python_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spec.toml"), spec(&grid(-6)[0].attention)).unwrap();
    let (code, stderr) = run(folder.path(), &["plan", "spec.toml", "-o", "plan.json"]);
    assert_eq!(code, 0, "{stderr}");
    let mut command = Command::cargo_bin("polyattn").unwrap();
    command.current_dir(folder.path()).env("POLYATTN_SEAL_PYTHON", "no-such-python");
    let output = command.args(["validate", "plan.json", "--backend", "seal"]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.contains("no-such-python") && stderr.contains("tenseal"), "{stderr}");
}
