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

/// Runs of each to begin with, and where their medians are further apart, until there are so many.
const RUNS: std::ops::RangeInclusive<usize> = 3..=15;

/// log2 of the largest and of the mean error by encryption in one run.
fn errors(folder: &Path, backend: &str, seed: usize) -> [f64; 2] {
    let seed = seed.to_string();
    let arguments = ["validate", "plan.json", "--backend", backend, "--seed", &seed, "-o", "validation.json"];
    let (code, stderr) = run(folder, &arguments);
    assert_eq!(code, 0, "{backend}: {stderr}");
    let validation = fs::read_to_string(folder.join("validation.json")).unwrap();
    let validation: Value = serde_json::from_str(&validation).unwrap();
    ["encryption_max", "encryption_mean"].map(|field| validation[field].as_f64().unwrap().log2())
}

fn medians(runs: &[[f64; 2]]) -> [f64; 2] {
    [0, 1].map(|figure| {
        let mut values: Vec<f64> = runs.iter().map(|run| run[figure]).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    })
}

/// The medians of both libraries. The largest error of a run is that of the row which the noise of a single slot hits hardest,
/// and differs by half a bit from run to run; SEAL's is a little larger, since it rounds every rotation of a row sum. So where
/// three runs do not show agreement more are made.
fn both(folder: &Path, seed: usize) -> ([f64; 2], [f64; 2], usize) {
    let (mut ours, mut seal) = (Vec::new(), Vec::new());
    for count in 1..=*RUNS.end() {
        ours.push(errors(folder, "ckks", seed + count));
        seal.push(errors(folder, "seal", seed + count));
        let (ours, seal) = (medians(&ours), medians(&seal));
        if (count >= *RUNS.start() && count % 2 == 1 && (ours[0] - seal[0]).abs() < 1.0) || count == *RUNS.end() {
            return (ours, seal, count);
        }
    }
    unreachable!("the last count returns")
}

#[test]
#[ignore = "needs TenSEAL: make seal"]
fn both_libraries_stay_within_the_bound_and_agree_to_a_bit() {
    for (cell, seed) in grid(-6).iter().zip((0..).step_by(15)) {
        let began = Instant::now();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("spec.toml"), spec(&cell.attention)).unwrap();
        let (code, stderr) = run(folder.path(), &["plan", "spec.toml", "-o", "plan.json"]);
        assert_eq!(code, 0, "{}: {stderr}", cell.name());
        let (ours, seal, runs) = both(folder.path(), seed);
        println!(
            "{}: log2 of the largest and the mean error {ours:.2?} on ckks, {seal:.2?} on seal, {runs} runs; {:.1} s",
            cell.name(),
            began.elapsed().as_secs_f64()
        );
        assert!((ours[0] - seal[0]).abs() < 1.0 && (ours[1] - seal[1]).abs() < 0.2, "{}", cell.name());
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
