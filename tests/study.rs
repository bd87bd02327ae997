//! The coverage experiment as a command: shards, merging, resuming, and its figures.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use assert_cmd::Command;
use polyattn::document::{Document, read_json};
use polyattn::study::{NoiseStudy, PrecisionStudy};
use std::fs;
use std::path::Path;

fn study(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::cargo_bin("polyattn").unwrap();
    let output = command.current_dir(folder).arg("study").args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn made(folder: &Path, arguments: &[&str]) {
    let (code, stderr) = study(folder, arguments);
    assert_eq!(code, 0, "{stderr}");
}

fn refused(folder: &Path, arguments: &[&str], parts: &[&str]) {
    let (code, stderr) = study(folder, arguments);
    assert_eq!(code, 2, "{stderr}");
    assert!(parts.iter().all(|part| stderr.contains(part)), "{stderr}");
}

/// A study's text without its times.
fn timeless(folder: &Path, file: &str) -> String {
    let text = fs::read_to_string(folder.join(file)).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("\"seconds\"")).collect();
    assert_eq!(lines.len() + 1, text.lines().count(), "one time is left out");
    lines.join("\n")
}

fn body(folder: &Path, file: &str) -> NoiseStudy {
    Document::from_value(read_json(&folder.join(file)).unwrap()).unwrap().body
}

#[test]
fn shards_merge_into_the_study_that_one_machine_makes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    made(folder, &["noise", "--runs", "3", "--seed", "3", "-o", "whole.json"]);
    for (shard, file, missing) in [("1/2", "one.json", 1), ("2/2", "two.json", 2)] {
        made(folder, &["noise", "--runs", "3", "--seed", "3", "--shard", shard, "-o", file]);
        assert_eq!(body(folder, file).missing, missing);
    }
    made(folder, &["merge", "two.json", "one.json", "-o", "merged.json", "--plot", "plot.svg"]);
    let plot = fs::read_to_string(folder.join("plot.svg")).unwrap();
    assert!(plot.starts_with("<svg") && plot.contains("product with relinearisation") && !plot.contains("NaN"));
    assert_eq!(timeless(folder, "merged.json"), timeless(folder, "whole.json"));
    // A study that has some of its runs is continued; one that has all of them is left as it is.
    made(folder, &["noise", "--runs", "3", "--seed", "3", "-o", "two.json"]);
    assert_eq!(timeless(folder, "two.json"), timeless(folder, "whole.json"));
    let before = fs::read_to_string(folder.join("whole.json")).unwrap();
    made(folder, &["noise", "--runs", "3", "--seed", "3", "-o", "whole.json"]);
    assert_eq!(fs::read_to_string(folder.join("whole.json")).unwrap(), before);

    figures_hold(&body(folder, "whole.json"));
    assert!(!before.contains("null"));
    misfits_are_refused(folder);
}

fn figures_hold(study: &NoiseStudy) {
    assert_eq!((study.runs, study.missing, study.rows.len()), (3, 0, 10));
    for row in &study.rows {
        assert_eq!((row.runs, row.rigorous_violations), (3, 0), "{}", row.what);
        let off = (row.predicted_mean_bits - row.measured_mean_bits).abs();
        // Of a row mean only 64 slots a run are compared: four deviations of their mean.
        assert!(off <= if row.what == "row mean" { 0.32 } else { 0.05 }, "{}: {off} bits", row.what);
        assert!(row.rigorous_slack_bits > 0.0 && row.closest_slot_bits > 0.0, "{}", row.what);
        let [low, high] = row.coverage.interval;
        assert!(low <= row.coverage.observed && row.coverage.observed <= high, "{}", row.what);
        assert!(row.quantiles.is_empty(), "three runs have none beyond the quantile at 0.1");
        // Of a tenth of 192 slots or more.
        let tenth = &row.slot_quantiles[0];
        assert!((0.05..0.2).contains(&tenth.observed), "{}: {}", row.what, tenth.observed);
        for q in &row.slot_quantiles {
            assert!(q.interval[0] <= q.observed && q.observed <= q.interval[1] && q.bits.is_finite(), "{}", row.what);
        }
    }
}

/// Changes one figure of a list of the first subject, which is the study of encoding.
fn forge(folder: &Path, from: &str, list: &str, change: fn(&mut Vec<String>)) {
    let text = fs::read_to_string(folder.join(from)).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let figures = &mut value["samples"][0][list];
    let mut changed: Vec<String> = figures.as_str().unwrap().split(' ').map(String::from).collect();
    change(&mut changed);
    *figures = changed.join(" ").into();
    fs::write(folder.join("other.json"), value.to_string()).unwrap();
}

fn misfits_are_refused(folder: &Path) {
    refused(folder, &["noise", "--runs", "2", "--seed", "3", "-o", "whole.json"], &["whole.json", "3 runs", "2 runs"]);
    refused(folder, &["noise", "--runs", "3", "--seed", "4", "-o", "whole.json"], &["whole.json", "seed 3", "seed 4"]);
    refused(folder, &["noise", "--shard", "3/2"], &["3/2", "I from 1 to N"]);
    refused(folder, &["noise", "--runs", "0"], &["--runs", "found 0"]);
    refused(
        folder,
        &["noise", "--only", "rotatoin"],
        &["--only", "'rotatoin'", "did you mean 'rotation'?", "row mean"],
    );
    // A run that differs between shards, and lists that do not belong together.
    forge(folder, "one.json", "sum", |figures| figures[1] = "1".into());
    refused(folder, &["merge", "one.json", "other.json", "-o", "-"], &["run 2 of encoding differs"]);
    forge(folder, "one.json", "sum", Vec::clear);
    refused(folder, &["merge", "other.json", "-o", "-"], &["'samples'", "encoding"]);
    // The first run of each subject is made again, and every figure of it must be the same.
    let why = ["run 0 of encoding comes out differently"];
    forge(folder, "one.json", "maximum", |figures| figures[0] = "1".into());
    refused(folder, &["merge", "one.json", "other.json", "-o", "-"], &why);
    forge(folder, "one.json", "beyond", |figures| figures[0] = "400/40/3".into());
    refused(folder, &["noise", "--runs", "3", "--seed", "3", "-o", "other.json"], &why);
    // A study of fewer runs is extended, here of one subject.
    made(folder, &["noise", "--runs", "4", "--seed", "3", "--only", "encoding", "-o", "whole.json"]);
    let extended = body(folder, "whole.json");
    assert_eq!((extended.runs, extended.missing), (4, 1));
    assert!(extended.rows.iter().all(|row| row.runs == if row.what == "encoding" { 4 } else { 3 }));
}

#[test]
fn cells_of_precision_are_added_to_those_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let ask = |scales| ["precision", "--log-n", "13", "--depth", "1,2,30", "--scale", scales, "-o", "cells.json"];
    let cells =
        || -> PrecisionStudy { Document::from_value(read_json(&folder.join("cells.json")).unwrap()).unwrap().body };
    made(folder, &ask("30"));
    let first = cells();
    assert_eq!((first.rows.len(), first.left_out.len()), (4, 2), "thirty steps are not secure at N = 2^13");
    made(folder, &ask("40"));
    let both = cells();
    assert_eq!((both.rows.len(), both.left_out.len()), (8, 4));
    assert!(first.rows.iter().all(|row| both.rows.contains(row)), "what was there is kept, its times too");
    for row in &both.rows {
        let off = (row.predicted_mean_bits - row.measured_mean_bits).abs();
        assert!(off <= 0.1 && row.security_bits == 128, "{:?}: {off} bits", row.cell);
    }

    refused(folder, &["precision", "--runs", "3", "-o", "cells.json"], &["cells.json", "2 runs", "3 runs"]);
    refused(folder, &["precision", "--depth", "65"], &["--depth", "from 1 to 64", "65"]);
    refused(folder, &["precision", "--scale", "60"], &["--scale", "from 25 to 57", "60"]);
    refused(folder, &["precision", "--runs", "0"], &["--runs", "found 0"]);
}

/// The tables in the documentation are those of the study beside it, and it holds what is said of it.
#[test]
fn shipped_tables_of_precision_are_those_of_the_shipped_study() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let value = read_json(&docs.join("precision.json")).unwrap();
    let study: PrecisionStudy = Document::from_value(value).unwrap().body;
    assert!(fs::read_to_string(docs.join("precision.md")).unwrap().contains(&study.markdown()));
    for row in &study.rows {
        let off = (row.predicted_mean_bits - row.measured_mean_bits).abs();
        assert!(off <= 0.1 && row.security_bits == 128, "{:?}: {off} bits", row.cell);
    }
}

/// Every primitive over ten thousand fresh keys, the circuit over a hundred or more: means, tails and bounds.
#[test]
fn the_shipped_study_holds() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/noise-study.json");
    let study: NoiseStudy = Document::from_value(read_json(&file).unwrap()).unwrap().body;
    assert_eq!(study.rows.len(), 10);
    for row in &study.rows {
        let circuit = row.what.starts_with("merged circuit");
        let (runs, mean, slack) = if circuit { (100, 0.1, 4.0) } else { (10_000, 0.05, 2.0) };
        let off = (row.predicted_mean_bits - row.measured_mean_bits).abs();
        assert!(row.runs >= runs && off <= mean, "{}: {off} bits", row.what);
        for q in &row.quantiles {
            let bits = (q.measured / q.predicted).log2().abs();
            assert!(bits <= 0.1, "{} at {}: {bits} bits", row.what, q.alpha);
        }
        assert!(row.slot_quantiles.iter().all(|q| q.bits.abs() <= 0.1), "{}", row.what);
        assert!(row.rigorous_violations == 0 && row.closest_slot_bits > 0.0, "{}", row.what);
        assert!(row.rigorous_slack_bits <= slack && row.closest_slot_bits <= slack, "{}", row.what);
    }
}

/// Every power at every depth, with its mean predicted and no weight outside its bound.
#[test]
fn the_shipped_study_of_circuits_holds() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/noise-circuits.json");
    let study: NoiseStudy = Document::from_value(read_json(&file).unwrap()).unwrap().body;
    assert_eq!((study.circuits, study.rows.len(), study.missing), (true, 24, 0));
    for row in &study.rows {
        let off = (row.predicted_mean_bits - row.measured_mean_bits).abs();
        assert!(off <= 0.1 && row.rigorous_violations == 0, "{}: {off} bits", row.what);
    }
}
