//! A whole model in one run: shards, merging, resuming, rows without a plan, and what sharing costs.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

use assert_cmd::Command;
use polyattn::attention::{Scores, calibrate};
use polyattn::document::{Document, read_json};
use polyattn::plan::{Spec, SpecSource, plan};
use polyattn::survey::{Level, PlanRow, Survey};
use std::fs;
use std::path::Path;

/// Two layers of two heads of eight keys; the last head's scores are a hundred times as large in one row as in the others.
fn scores(folder: &Path) -> Scores {
    let score = |i: usize| {
        let wild = if (192..200).contains(&i) { 100.0 } else { 1.0 };
        f64::from((i as u32 * 2_654_435_761) >> 12) / f64::from(1u32 << 20) * wild - 0.25
    };
    let values: Vec<f64> = (0..256).map(score).collect();
    let file = fs::File::create(folder.join("scores.npy")).unwrap();
    write_npy(file, &[2, 2, 8, 8], &values);
    Scores::new([2, 2, 8, 8], values).unwrap()
}

fn write_npy(file: fs::File, shape: &[u64], values: &[f64]) {
    use npyz::WriterBuilder;
    let mut writer = npyz::WriteOptions::new().default_dtype().shape(shape).writer(file).begin_nd().unwrap();
    writer.extend(values.iter().copied()).unwrap();
    writer.finish().unwrap();
}

const SPEC: &str = r#"
[attention]
p = [2, 4]
length = 8
scores = "scores.npy"
epsilon = { form = "unit", value = ["2^-4", "2^-8"] }
[target]
max_error = "2^-8"
max_mass_lost = "0.2"
[ckks]
max_log_n = 14
scale_bits = 40
"#;

fn survey(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::cargo_bin("polyattn").unwrap();
    let output = command.current_dir(folder).arg("survey").args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn made(folder: &Path, arguments: &[&str]) {
    let (code, stderr) = survey(folder, arguments);
    assert_eq!(code, 0, "{stderr}");
}

fn refused(folder: &Path, arguments: &[&str], parts: &[&str]) {
    let (code, stderr) = survey(folder, arguments);
    assert_eq!(code, 2, "{stderr}");
    assert!(parts.iter().all(|part| stderr.contains(part)), "{stderr}");
}

fn body(folder: &Path, file: &str) -> Survey {
    Document::from_value(read_json(&folder.join(file)).unwrap()).unwrap().body
}

/// A survey without its times.
fn timeless(mut survey: Survey) -> Survey {
    for row in &mut survey.rows {
        row.seconds = 0.0;
        row.validation.iter_mut().for_each(|run| run.seconds = 0.0);
    }
    survey
}

#[test]
fn shards_merge_into_the_survey_that_one_machine_makes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let scores = scores(folder);
    fs::write(folder.join("spec.toml"), SPEC).unwrap();
    made(folder, &["spec.toml", "-o", "whole.json", "--plot", "plot.svg", "--table", "table.md"]);
    for (shard, file, missing) in [("1/2", "one.json", 3), ("2/2", "two.json", 4)] {
        made(folder, &["spec.toml", "--shard", shard, "-o", file]);
        assert_eq!(body(folder, file).missing, missing);
    }
    made(folder, &["merge", "two.json", "one.json", "-o", "merged.json"]);
    let whole = timeless(body(folder, "whole.json"));
    assert_eq!(timeless(body(folder, "merged.json")), whole);
    // A survey that has some of its groups is continued; one that has all of them is left as it is.
    made(folder, &["spec.toml", "-o", "two.json"]);
    assert_eq!(timeless(body(folder, "two.json")), whole);
    let before = fs::read_to_string(folder.join("whole.json")).unwrap();
    made(folder, &["spec.toml", "-o", "whole.json"]);
    assert_eq!(fs::read_to_string(folder.join("whole.json")).unwrap(), before);
    let plot = fs::read_to_string(folder.join("plot.svg")).unwrap();
    assert!(plot.starts_with("<svg") && plot.contains("depth of the best plan") && !plot.contains("NaN"));

    every_group_has_its_own_plan(&whole, &scores);
    sharing_is_the_difference_of_two_plans(&whole);
    misfits_are_refused(folder);
}

/// The plan of a head is the one that `plan` finds for it alone, and its means are those of `calibrate`.
fn every_group_has_its_own_plan(survey: &Survey, scores: &Scores) {
    let levels: Vec<Level> = survey.rows.iter().map(|row| row.level).collect();
    assert_eq!(levels, [[Level::Head; 4].as_slice(), &[Level::Layer; 2], &[Level::Model]].concat());
    for row in &survey.rows {
        let mut spec = Spec::from_toml(SPEC).unwrap();
        (spec.attention.layer, spec.attention.head) = (row.layer, row.head);
        match plan(&SpecSource::new(spec, Some(scores)).unwrap()) {
            Ok(alone) => assert_eq!(row.chosen, Some(PlanRow::from(&alone.chosen))),
            Err(error) => assert_eq!(row.reason, Some(error.to_string())),
        }
        if row.level == Level::Head {
            let calibration = calibrate("", scores, row.layer, row.head, &[2, 4]).unwrap();
            let [head] = calibration.heads.as_slice() else { panic!("one head") };
            assert_eq!((row.rows, &row.score_bound), (8, &head.score_bound));
            for (power, expected) in row.powers.iter().zip(&head.powers) {
                assert_eq!((power.p, power.means.log2_low), (expected.p, expected.log2_low));
                for epsilon in &power.epsilons {
                    let (e, m) = (epsilon.unit.0.to_f64(), expected.log2_smallest.unwrap().exp2());
                    assert!((epsilon.mass_lost.most - e / (e + m)).abs() < 1e-12);
                    assert!((epsilon.log2_kappa - ((1.0 + e) / e).log2()).abs() < 1e-9);
                }
            }
        }
    }
    let without: Vec<_> = survey.rows.iter().filter(|row| row.chosen.is_none()).collect();
    assert!(!without.is_empty() && without.len() < survey.rows.len(), "a head without a plan is a row like the others");
    assert!(without.iter().all(|row| row.reason.as_ref().unwrap().contains("ε takes")));
}

fn sharing_is_the_difference_of_two_plans(survey: &Survey) {
    assert!(!survey.sharing.is_empty());
    for sharing in &survey.sharing {
        let own = survey.rows.iter().find(|r| (r.level, r.layer, r.head) == (Level::Head, sharing.layer, sharing.head));
        let shared =
            survey.rows.iter().find(|r| r.level == sharing.with && (r.layer.is_none() || r.layer == sharing.layer));
        let (own, shared) = (own.unwrap().chosen.as_ref().unwrap(), shared.unwrap().chosen.as_ref().unwrap());
        assert_eq!(sharing.extra_depth, i64::from(shared.depth) - i64::from(own.depth));
        assert_eq!(sharing.extra_log_n, i64::from(shared.log_n) - i64::from(own.log_n));
    }
}

fn misfits_are_refused(folder: &Path) {
    refused(folder, &["spec.toml", "--by", "layer", "-o", "whole.json"], &["whole.json", "each head", "each layer"]);
    refused(folder, &["spec.toml", "--validate", "-o", "whole.json"], &["whole.json", "validate"]);
    refused(folder, &["spec.toml", "--by", "row"], &["head, layer or model", "row"]);
    refused(folder, &["spec.toml", "--shard", "3/2"], &["3/2", "I from 1 to N"]);
    fs::write(folder.join("other.toml"), SPEC.replace("2^-8\"\n", "2^-9\"\n")).unwrap();
    refused(folder, &["other.toml", "-o", "whole.json"], &["whole.json", "another specification"]);
    let none = SPEC.replace("scores = \"scores.npy\"", "score_bound = 4").replace("max_mass_lost = \"0.2\"", "");
    fs::write(folder.join("none.toml"), none).unwrap();
    refused(folder, &["none.toml"], &["none.toml", "attention.scores", "--scores"]);
    let mut value = read_json(&folder.join("one.json")).unwrap();
    value["rows"][0]["rows"] = 9.into();
    fs::write(folder.join("other.json"), value.to_string()).unwrap();
    refused(folder, &["merge", "one.json", "other.json", "-o", "-"], &["layer 0, head 0 differs"]);
    value["rows"][0]["head"] = 7.into();
    fs::write(folder.join("other.json"), value.to_string()).unwrap();
    refused(folder, &["spec.toml", "-o", "other.json"], &["other.json", "'rows'"]);
}

/// Chosen heads only, their plans run; what runs nothing on ciphertexts says so.
#[test]
fn plans_are_run_on_their_own_rows() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    scores(folder);
    let chosen = SPEC.replace("length = 8", "length = 8\nlayer = 0");
    fs::write(folder.join("spec.toml"), chosen).unwrap();
    made(folder, &["spec.toml", "--validate", "--backend", "exact", "-o", "run.json", "--table", "table.md"]);
    let survey = body(folder, "run.json");
    let levels: Vec<Level> = survey.rows.iter().map(|row| row.level).collect();
    assert_eq!(levels, [Level::Head, Level::Head, Level::Layer], "one layer is no model beside itself");
    for row in &survey.rows {
        assert_eq!(row.validation.is_some(), row.level == Level::Head);
        if let Some(run) = &row.validation {
            assert_eq!((run.slots_checked, run.order_violations, run.violations.len()), (64, 0, 0));
            assert!(run.slack_bits > 0.0 && run.observed_max > 0.0 && run.caveat.is_some());
        }
    }
    assert!(fs::read_to_string(folder.join("table.md")).unwrap().contains("NOT ON CIPHERTEXTS"));
    refused(folder, &["spec.toml", "--validate", "--backend", "none"], &["none"]);
}
