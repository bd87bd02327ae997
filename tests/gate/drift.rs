//! Against a baseline.

use super::{check, polyattn, repository};
use serde_json::Value;

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

/// The document is the same whenever it is made, but for times.
#[test]
fn the_document_is_deterministic_and_is_its_own_baseline() {
    let folder = repository();
    let mut first = serde_json::from_str::<Value>(check(folder.path(), &["--json"]).passed()).unwrap();
    let mut second = serde_json::from_str::<Value>(check(folder.path(), &["--json"]).passed()).unwrap();
    for document in [&mut first, &mut second] {
        assert_eq!(document["kind"], "check");
        for file in document["files"].as_array_mut().unwrap() {
            file["checks"].as_array_mut().unwrap().iter_mut().for_each(|check| check["seconds"] = Value::Null);
        }
    }
    assert_eq!(first, second);
    assert_eq!(first["files"][0]["claims"]["bound"], "0.000543709891");
}
