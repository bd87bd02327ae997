//! Crash safety: outputs are written whole or not at all. A full disk and a killed process leave the previous file, and what was
//! interrupted is continued to the result that an uninterrupted run has.

#![cfg(unix)]
#![allow(clippy::unwrap_used)] // a test fails by panicking

use polyattn::document::canonical;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_polyattn");

const SPEC: &str = "[attention]\np = 2\nlength = 4\nscore_bound = \"2\"\nepsilon = { form = \"unit\", value = \"2^-6\" }\n\
                    [target]\nmax_error = \"2^-5\"\n[ckks]\nmax_log_n = 14\n";

fn polyattn(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn good(folder: &Path, arguments: &[&str]) {
    let output = polyattn(folder, arguments).stderr(Stdio::piped()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spec.toml"), SPEC).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

/// A document without times.
fn settled(file: &Path) -> String {
    canonical(&serde_json::from_str::<Value>(&fs::read_to_string(file).unwrap()).unwrap())
}

/// Runs the program where no file may grow beyond `blocks` of 512 bytes: what a full disk is to it.
fn on_a_full_disk(folder: &Path, blocks: u32, arguments: &[&str]) -> Output {
    // Without the signal, so that writing fails as it does on a full disk.
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    Command::new("sh").args(["-c", &script, PROGRAM]).args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn a_full_disk_leaves_the_previous_file_and_no_other() {
    let folder = folder();
    let path = folder.path();
    good(path, &["plan", "spec.toml", "-o", "plan.json"]);
    good(path, &["fit", "--target", "exp", "--interval", "0,1", "--degree", "31", "-o", "table.json"]);
    good(path, &["certify", "table.json", "-o", "certificate.json"]);
    good(path, &["run", "spec.toml", "--out", "out"]);
    good(path, &["export", "table.json", "--to", "csv", "-o", "export.csv"]);
    good(path, &["report", "plan.json", "-o", "report.html"]);
    let before = |file: &str| fs::read(path.join(file)).unwrap();
    for (file, arguments) in [
        ("plan.json", vec!["plan", "spec.toml", "-o", "plan.json"]),
        ("table.json", vec!["fit", "--target", "tanh", "--interval", "0,1", "--degree", "31", "-o", "table.json"]),
        ("certificate.json", vec!["certify", "table.json", "-o", "certificate.json"]),
        ("export.csv", vec!["export", "table.json", "--to", "csv", "-o", "export.csv"]),
        ("report.html", vec!["report", "plan.json", "-o", "report.html"]),
        ("out/plan.json", vec!["run", "spec.toml", "--out", "out", "--set", "target.max_error=2^-6"]),
    ] {
        for blocks in [0, 2] {
            let (content, listed) = (before(file), (names(path), names(&path.join("out"))));
            let output = on_a_full_disk(path, blocks, &arguments);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}, {blocks} blocks: {said}");
            let name = Path::new(file).file_name().unwrap().to_str().unwrap();
            assert!(said.contains(name) && !said.contains("panicked"), "{arguments:?}, {blocks} blocks: {said}");
            assert_eq!(before(file), content, "{arguments:?}, {blocks} blocks");
            assert_eq!(
                (names(path), names(&path.join("out"))),
                listed,
                "{arguments:?}, {blocks} blocks: nothing is left over"
            );
        }
    }
}

/// Starts a command and kills it after a while; whether it was still running.
fn killed(command: &mut Command, after: Duration) -> bool {
    let mut child = command.spawn().unwrap();
    std::thread::sleep(after);
    let was_running = child.try_wait().unwrap().is_none();
    if was_running {
        child.kill().unwrap();
    }
    child.wait().unwrap();
    was_running
}

/// How long a command takes.
fn duration(command: &mut Command) -> Duration {
    let began = Instant::now();
    assert!(command.status().unwrap().success());
    began.elapsed()
}

#[test]
fn a_killed_process_leaves_whole_files() {
    let folder = folder();
    let path = folder.path();
    let run = |error: &str| {
        let error = format!("target.max_error={error}");
        polyattn(path, &["run", "spec.toml", "--out", "out", "--backend", "exact", "--set", &error])
    };
    let took = duration(&mut run("2^-5"));
    let files = names(&path.join("out"));
    let mut killed_count = 0;
    for round in 0..16u32 {
        // Most of the writing is near the end.
        let after = took.mul_f64(f64::from(round + 1) / 13.0);
        killed_count += u32::from(killed(&mut run(if round % 2 == 0 { "2^-6" } else { "2^-5" }), after));
        for file in files.iter().filter(|file| file.ends_with(".json")) {
            settled(&path.join("out").join(file));
        }
        assert!(fs::read_to_string(path.join("out/report.html")).unwrap().trim_end().ends_with("</html>"));
    }
    assert!(killed_count >= 5, "{killed_count} of 16 were still running");
    // What the killed ones left behind is in nobody's way.
    good(path, &["run", "spec.toml", "--out", "out", "--backend", "exact"]);
    let kept: Vec<String> =
        names(&path.join("out")).into_iter().filter(|name| !name.starts_with(".polyattn-")).collect();
    assert_eq!(kept, files);
    good(path, &["check", "out/plan.json", "out/table.json", "out/certificate.json"]);
}

/// Kills a command that continues its file, again and again, then lets it finish: the same as in one go, but for times.
fn continued(path: &Path, arguments: &[&str], signal: &str, pauses: &[u64]) -> u32 {
    let in_one_go = [arguments, &["-o", "whole.json"]].concat();
    let in_parts = [arguments, &["-o", "parts.json"]].concat();
    good(path, &in_one_go);
    let mut interrupted = 0;
    for &pause in pauses {
        let mut child = polyattn(path, &in_parts).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(pause));
        if child.try_wait().unwrap().is_none() {
            interrupted += 1;
            let id = child.id().to_string();
            assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        }
        child.wait().unwrap();
        if path.join("parts.json").exists() {
            settled(&path.join("parts.json"));
        }
    }
    good(path, &in_parts);
    assert_eq!(settled(&path.join("parts.json")), settled(&path.join("whole.json")), "{arguments:?}");
    interrupted
}

#[test]
fn an_interrupted_grid_is_continued_to_the_same_result() {
    for signal in ["KILL", "INT"] {
        let folder = folder();
        let arguments =
            ["study", "precision", "--log-n", "12", "--depth", "1,2", "--scale", "25,30", "--insecure", "--runs", "2"];
        let interrupted = continued(folder.path(), &arguments, signal, &[30, 60, 90, 120]);
        assert!(interrupted > 0, "{signal}");
    }
}

/// Long jobs bring their file up to date every twenty seconds; half of one, made as a shard, stands for what was kept so far.
fn continued_from_half(path: &Path, arguments: &[&str]) {
    let to = |file| [arguments, &["-o", file]].concat();
    good(path, &[arguments, &["--shard", "1/2", "-o", "parts.json"]].concat());
    let half = settled(&path.join("parts.json"));
    let took = duration(&mut polyattn(path, &to("whole.json")));
    let mut interrupted = 0;
    for part in [0.1, 0.3, 0.5] {
        if killed(&mut polyattn(path, &to("parts.json")), took.mul_f64(part / 2.0)) {
            assert_eq!(settled(&path.join("parts.json")), half, "{arguments:?}");
            interrupted += 1;
        }
    }
    assert!(interrupted > 0, "{arguments:?}");
    good(path, &to("parts.json"));
    assert_ne!(settled(&path.join("parts.json")), half);
    assert_eq!(settled(&path.join("parts.json")), settled(&path.join("whole.json")), "{arguments:?}");
}

#[test]
fn an_interrupted_study_is_continued_to_the_same_result() {
    continued_from_half(
        folder().path(),
        &["study", "noise", "--only", "encryption", "--only", "rescaling", "--runs", "40"],
    );
}

#[test]
fn an_interrupted_survey_is_continued_to_the_same_result() {
    let folder = folder();
    let header = format!("{:<117}\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 6, 4, 4), }");
    let values = (0..96i16).flat_map(|i| (f32::from(i % 17 - 8) / 4.0).to_le_bytes());
    let npy = [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header.as_bytes()].concat();
    fs::write(folder.path().join("scores.npy"), npy.into_iter().chain(values).collect::<Vec<u8>>()).unwrap();
    continued_from_half(folder.path(), &["survey", "spec.toml", "--scores", "scores.npy"]);
}
