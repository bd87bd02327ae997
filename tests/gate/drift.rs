//! Against a baseline.

use super::{change, check, files, polyattn, repository, write};
use serde_json::{Value, json};

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

/// What a search says of each group, and what an activation does, is held against the baseline too.
#[test]
fn surveys_and_orders_drift() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let scores = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/scores/minilm_l3_h0.npy");
    let spec = |max_error: &str| {
        let spec = format!(
            "[attention]\np = 2\nlength = 128\nscores = \"{scores}\"\nscore_bound = \"14\"\n\
             epsilon = {{ form = \"unit\", value = \"2^-6\" }}\n[target]\nmax_error = \"{max_error}\"\n[ckks]\nscale_bits = 45\n"
        );
        std::fs::write(path.join("spec.toml"), spec).unwrap();
        // One of another specification would not be continued.
        let _ = std::fs::remove_file(path.join("survey.json"));
        polyattn(path, &["survey", "spec.toml", "--by", "model", "-o", "survey.json"]).passed();
    };
    let order = |coefficients: &str| {
        let activation = format!("--coefficients={coefficients}");
        polyattn(path, &["order", &activation, "--interval=-1,1", "-o", "order.json"]).passed();
    };
    let check = |more: &[&str]| polyattn(path, &[&["check", "survey.json", "order.json"], more].concat());
    spec("2^-6");
    order("0,1,0,1");
    check(&["-o", "before.json"]).passed();
    check(&["--baseline", "before.json"]).passed();
    spec("2^-9");
    order("0,-1,0,1");
    let outcome = check(&["--baseline", "before.json"]);
    outcome.failed(4, "drift", &["survey.json: model.layer_0.head_0.depth grew: 5 at before.json"]);
    outcome.failed(4, "drift", &["order.json: direction changed: increasing at before.json, now neither"]);
}

/// A baseline that a failing run wrote says nothing of the file that failed, whatever the file's hash.
#[test]
fn a_baseline_of_what_failed_is_none() {
    let folder = repository();
    let path = folder.path();
    let table = "tables/reciprocal.json";
    let ranges = json!({"schema_version": 1, "kind": "ranges", "observed": [{"argument": [1, 4]}]});
    write(path, "own.json", &ranges);
    polyattn(path, &["check", table, "--ranges", "own.json", "-o", "before.json"]).failed(
        4,
        "range-coverage",
        &[table],
    );
    let now = || polyattn(path, &["check", table, "--baseline", "before.json"]);
    now().failed(4, "drift", &[table, "before.json was written when this file failed", "make it anew"]);
    for (pointer, value, words) in [
        ("/files/0/kind", json!("certificate"), "before.json has a certificate here, found a table"),
        ("/files/0/checks/0/words", Value::Null, "before.json was written when this file failed"),
        ("/files/0/sha256", Value::Null, "before.json was written when this file failed"),
        ("/files/0/claims", json!({}), "or has no claims of it: make it anew"),
    ] {
        polyattn(path, &["check", table, "-o", "before.json"]).passed();
        now().passed();
        change(path, "before.json", pointer, value);
        now().failed(4, "drift", &[table, words]);
    }
}

/// The document is the same whenever it is made, to the byte, and from wherever in the folder its files are named.
#[test]
fn the_document_is_deterministic_and_is_its_own_baseline() {
    let folder = repository();
    let path = folder.path();
    let first = check(path, &["--json"]).passed().to_string();
    assert_eq!(first, check(path, &["--json"]).passed());
    let document: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(document["kind"], "check");
    assert_eq!(document["files"][0]["claims"]["bound"], "0.000543709891");
    std::fs::write(path.join("before.json"), first).unwrap();
    let dotted: Vec<String> = files().iter().map(|file| format!("./{file}")).collect();
    let dotted: Vec<&str> = dotted.iter().map(String::as_str).collect();
    let outcome = polyattn(path, &[&["check", "--baseline", "./before.json"], dotted.as_slice()].concat());
    assert!(!outcome.passed().contains("note "), "{}", outcome.stdout);
}
