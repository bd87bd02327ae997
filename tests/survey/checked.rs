//! `check` of surveys and of the goals of training: what is derived again, and what is refused.

use super::{SPEC, made, scores};
use assert_cmd::Command;
use polyattn::document::read_json;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// `check` of a file, and what it says.
fn check(file: &Path) -> (i32, String) {
    let output = Command::cargo_bin("polyattn").unwrap().arg("check").arg(file).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// Every change to the document at `file` is refused with exit code 4 and the name of a field.
fn changes_are_refused(file: &Path, changes: &[(&str, Value, &str)]) {
    let (code, said) = check(file);
    assert_eq!(code, 0, "{said}");
    let whole = read_json(file).unwrap();
    let changed = file.with_file_name("changed.json");
    for (pointer, value, named) in changes {
        let mut document = whole.clone();
        *document.pointer_mut(pointer).unwrap() = value.clone();
        fs::write(&changed, document.to_string()).unwrap();
        let (code, said) = check(&changed);
        assert!(code == 4 && said.contains(named), "{pointer}: {code} {said}");
    }
}

#[test]
fn a_survey_is_derived_again_without_its_scores() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    scores(folder);
    fs::write(folder.join("spec.toml"), SPEC.replace("length = 8", "length = 8\nlayer = 0")).unwrap();
    made(folder, &["spec.toml", "--validate", "--backend", "exact", "-o", "survey.json"]);
    let changes = [
        ("/groups", 4.into(), "groups"),
        ("/missing", 1.into(), "missing"),
        ("/rows/0/head", 1.into(), "rows"),
        ("/rows/0/rows", 9.into(), "rows"),
        ("/rows/0/score_bound", "0.5".into(), "sharing[0].extra_mass_lost"),
        ("/rows/0/powers/0/epsilons/0/log2_kappa", 3.5.into(), "epsilons[0].log2_kappa"),
        ("/rows/0/powers/0/epsilons/1/mass_lost/low", 0.5.into(), "epsilons[1].mass_lost.low"),
        ("/rows/0/powers/0/plan/depth", 3.into(), "chosen"),
        ("/rows/0/powers/1/plan/depth", 20.into(), "powers[1]: field 'plan.depth'"),
        ("/rows/0/powers/1/plan/total", "0.000001".into(), "powers[1]: field 'plan.total'"),
        ("/rows/0/powers/0/plan/mass_lost_low", "0.000001".into(), "plan.mass_lost_low"),
        ("/rows/0/chosen/products", 1.into(), "chosen"),
        ("/rows/0/reason", "none".into(), "reason"),
        ("/rows/0/validation/slack_bits", 20.0.into(), "validation.slack_bits"),
        ("/rows/0/validation/observed_max", 0.5.into(), "validation"),
        ("/rows/0/validation/caveat", Value::Null, "validation.caveat"),
        ("/rows/0/validation/order_violations", 2.into(), "validation.violations"),
        ("/rows/0/validation", Value::Null, "validation"),
        ("/sharing/0/extra_depth", (-3).into(), "sharing[0].extra_depth"),
        ("/notes", json!([]), "notes"),
    ];
    changes_are_refused(&folder.join("survey.json"), &changes);
    // A run outside its bound that says so is a measurement, not a contradiction.
    let mut document = read_json(&folder.join("survey.json")).unwrap();
    document["rows"][0]["validation"]["violations"] = json!(["2 pairs lost an order"]);
    fs::write(folder.join("outside.json"), document.to_string()).unwrap();
    assert_eq!(check(&folder.join("outside.json")).0, 5);
}

#[test]
fn goals_of_training_are_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    scores(folder);
    let spec = SPEC.replace("2^-8\"]", "2^-7\"]").replace("max_log_n = 14\nscale_bits = 40", "max_log_n = 14");
    fs::write(folder.join("spec.toml"), spec).unwrap();
    let mut command = Command::cargo_bin("polyattn").unwrap();
    command.current_dir(folder).args(["train", "spec.toml", "--levels", "6", "-o", "goals.json"]).assert().success();
    let changes = [
        ("/levels", 7.into(), "goals"),
        ("/goals/0/smallest_mean", "0.5".into(), "heads[0].shrink"),
        ("/goals/0/epsilon/sum", "0.5".into(), "goals[0].epsilon.sum"),
        ("/goals/0/binds", "nothing".into(), "goals[0].binds"),
        ("/goals/0/log2_kappa_without_noise", 30.0.into(), "goals[0].log2_kappa_without_noise"),
        ("/goals/1/plan/total", "0.001".into(), "goals[1].plan.total"),
        ("/goals/0/heads/0/shrink", 1.0.into(), "heads[0].shrink"),
        ("/goals/0/heads/3/mass_lost_low", 0.0.into(), "heads[3].mass_lost_low"),
        ("/notes", json!([]), "notes"),
    ];
    changes_are_refused(&folder.join("goals.json"), &changes);
}
