//! Observed ranges against domains.

use super::{Outcome, change, check, ci, polyattn, read, replace, repository, write};
use serde_json::{Value, json};
use std::path::Path;

#[test]
fn a_range_that_outgrew_the_domain_is_found() {
    let folder = repository();
    replace(folder.path(), "ranges.json", "\"largest_score\": 3.81", "\"largest_score\": 4.02");
    let words =
        ["plans/attention.json: field 'chosen.score_bound'", "4.02", "|x| ≤ 4 only", "score_bound = \"4.02\" or more"];
    ci(folder.path()).failed(4, "range-coverage", &words);

    // Text is exact, beyond the digits of binary64.
    let folder = repository();
    replace(folder.path(), "ranges.json", "3.81", "\"4.00000000000000000001\"");
    ci(folder.path()).failed(4, "range-coverage", &["is 4.00000000000000000001, and the plan holds for |x| ≤ 4 only"]);

    let folder = repository();
    replace(folder.path(), "ranges.json", "41.5", "46.0000001");
    let words = ["tables/reciprocal.json: field 'intervals'", "production, week 21", "[2.9, 46] only", "Fit anew"];
    ci(folder.path()).failed(4, "range-coverage", &words);

    let folder = repository();
    replace(folder.path(), "ranges.json", "0.0274", "0.0156");
    let words = [
        "field 'spec.attention.smallest_mean'",
        "mean (x/4)^2",
        "promises at least 0.015625",
        "smaller attention.smallest_mean",
    ];
    ci(folder.path()).failed(4, "range-coverage", &words);
}

/// The limits themselves are inside, exactly, as decimals and as text.
#[test]
fn a_range_that_fills_the_domain_is_inside() {
    let folder = repository();
    for (from, to) in [("3.81", "4.0"), ("0.0274", "\"1/64\""), ("[3.07, 41.5]", "[2.9, \"46\"]")] {
        replace(folder.path(), "ranges.json", from, to);
    }
    ci(folder.path()).passed();
}

/// A range file names its files as it likes.
#[test]
fn names_in_range_files_are_those_of_files() {
    for name in ["./plans/attention.json", "plans//attention.json", "attention.json", "attention"] {
        let folder = repository();
        replace(folder.path(), "ranges.json", "plans/attention.json", name);
        ci(folder.path()).passed();
    }
}

/// A calibration is a range file: the shipped scores lie in the plan that is made of them, and in no smaller one.
#[test]
fn a_calibration_is_held_against_plans() {
    let folder = repository();
    let scores = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scores/minilm_l3_h0.npy");
    let calibrate = ["calibrate", scores.to_str().unwrap(), "--p", "2", "-o", "calibration.json"];
    polyattn(folder.path(), &calibrate).passed();
    let outcome = polyattn(folder.path(), &["check", "plans/attention.json", "--ranges", "calibration.json"]);
    outcome.failed(4, "range-coverage", &["calibration.json", "minilm_l3_h0.npy, layer 0, head 0", "|x| ≤ 4 only"]);

    let bound = read(folder.path(), "calibration.json")["score_bound"].as_str().unwrap().to_string();
    let bound = format!("attention.score_bound='{bound}'");
    let log2 = read(folder.path(), "calibration.json")["heads"][0]["powers"][0]["log2_smallest"].as_f64().unwrap();
    let check = |mean: f64| {
        let mean = format!("attention.smallest_mean={}", log2.exp2() * mean);
        let set = ["plan", "plans/attention.toml", "--set", &bound, "--set", &mean, "-o", "plan.json"];
        polyattn(folder.path(), &set).passed();
        polyattn(folder.path(), &["check", "plan.json", "--ranges", "calibration.json"])
    };
    assert!(check(0.99).passed().contains("2 ranges of calibration.json inside"));
    check(1.01).failed(4, "range-coverage", &["plan.json: field 'spec.attention.smallest_mean'"]);
}

#[test]
fn a_range_file_that_says_nothing_is_no_gate() {
    let folder = repository();
    let path = folder.path();
    let ranges = |observed: Value| {
        write(path, "own.json", &json!({"schema_version": 1, "kind": "ranges", "observed": observed}));
        check(path, &["--ranges", "own.json"])
    };
    let outcome = ranges(json!([{"for": "tables/reciprocl.json", "argument": [3, 4]}]));
    outcome.failed(2, "ranges", &["own.json: field 'observed[0].for'", "did you mean 'tables/reciprocal.json'?"]);
    let outcome = ranges(json!([{"for": "reciprocal", "largest_score": 3}]));
    outcome.failed(2, "ranges", &["it says nothing about 'reciprocal': expected 'argument'"]);
    ranges(json!([{"for": "reciprocal", "argument": [3, 4], "coment": ""}])).failed(
        2,
        "ranges",
        &["own.json", "coment"],
    );
    // By name, by hash, or for all.
    let hash = read_hash(path);
    for name in ["tables/reciprocal.json", "reciprocal.json", "reciprocal", &hash, &hash[..16]] {
        assert!(
            ranges(json!([{"for": name, "argument": [3, 4]}])).passed().contains("1 range of own.json inside"),
            "{name}"
        );
        ranges(json!([{"for": name, "argument": [1, 4]}])).failed(
            4,
            "range-coverage",
            &["reciprocal.json: field 'intervals'"],
        );
    }
    ranges(json!([{"argument": [1, 4]}])).failed(4, "range-coverage", &["reciprocal.json: field 'intervals'"]);
    let outcome = check(path, &["--require", "range"]);
    assert!(
        outcome.code == 2 && outcome.stderr.contains("--require range: give the observed ranges"),
        "{}",
        outcome.stderr
    );
}

const PLAN: &str = "plans/attention.json";

/// The gate on one file with a range file of these entries.
fn observed(folder: &Path, file: &str, observed: Value, more: &[&str]) -> Outcome {
    write(folder, "own.json", &json!({"schema_version": 1, "kind": "ranges", "observed": observed}));
    polyattn(folder, &[&["check", file, "--ranges", "own.json"], more].concat())
}

#[test]
fn entries_that_observe_nothing_are_refused() {
    let folder = repository();
    for (file, entries, words) in [
        (PLAN, json!([]), "own.json: field 'observed': expected at least one entry"),
        (PLAN, json!([{"source": "x"}]), "own.json: field 'observed[0]': expected 'largest_score'"),
        (
            PLAN,
            json!([{"largest_score": 3, "smallest_mean_square": 0.3, "count": 0}]),
            "'observed[0].count': expected at least 1",
        ),
        (PLAN, json!([{"largest_score": 3}, {"argument": [3, 4]}]), "field 'observed[1]': it was held against nothing"),
        ("tables/reciprocal.json", json!([{"largest_score": 3}]), "field 'observed[0]': it was held against nothing"),
        (PLAN, json!([{"for": null, "largest_score": 3}]), "field 'observed[0].for': invalid type: null"),
        (PLAN, json!([{"argument": null, "largest_score": 3}]), "field 'observed[0].argument': invalid type: null"),
        (
            PLAN,
            json!([{"largest_score": null, "smallest_mean_square": 1}]),
            "'observed[0].largest_score': expected a number, in JSON or as text, found null",
        ),
        (
            PLAN,
            json!([{"largest_score": true}]),
            "'observed[0].largest_score': expected a number, in JSON or as text, found true",
        ),
    ] {
        observed(folder.path(), file, entries, &[]).failed(2, "ranges", &[words]);
    }
}

/// (mean x²)^(p/2) ≤ mean x^p ≤ max |x|^p: numbers that no scores have are refused.
#[test]
fn entries_that_contradict_themselves_are_refused() {
    let folder = repository();
    let check = |means: Value| {
        let mut entry = json!({"for": "attention", "largest_score": 3.8, "score_bound": 4});
        entry.as_object_mut().unwrap().extend(means.as_object().unwrap().clone());
        observed(folder.path(), PLAN, json!([entry]), &[])
    };
    let mean = |p: u32, value: f64| json!({"p": p, "value": value});
    for (means, words) in [
        (
            json!({"smallest_mean": [mean(2, 0.5), mean(2, 0.001)]}),
            "smallest_mean[1].p': expected each power once, found 2",
        ),
        (json!({"smallest_mean": [mean(3, 0.5)]}), "smallest_mean[0].p': expected an even power from 2 to 64, found 3"),
        (
            json!({"smallest_mean": [mean(2, 50.0)]}),
            "smallest_mean[0].value': the mean x^2 of raw scores would be 8.000000e2",
        ),
        (
            json!({"smallest_mean_square": 0.91}),
            "smallest_mean_square': the mean x^2 of raw scores would be 1.456000e1",
        ),
        (json!({"largest_score": 0, "smallest_mean_square": 0.3}), "smallest_mean_square': the mean x^2"),
        (
            json!({"smallest_mean": [mean(4, 0.24), mean(2, 0.5)]}),
            "smallest_mean[0].value': expected at least the mean of squares",
        ),
        (
            json!({"smallest_mean": [mean(4, 0.24)], "smallest_mean_square": 0.5}),
            "smallest_mean[0].value': expected at least",
        ),
    ] {
        check(means).failed(2, "ranges", &["own.json: field 'observed[0].", words]);
    }
    // Rows of equal |x|, where both are equal but for the digits that were written.
    check(json!({"smallest_mean": [mean(2, 0.9025), mean(4, 0.8145)]})).passed();
    // Of two that are stated, the worse one counts.
    for means in [
        json!({"smallest_mean": [mean(2, 0.5)], "smallest_mean_square": 0.0001}),
        json!({"smallest_mean": [mean(2, 0.0001)], "smallest_mean_square": 0.5}),
    ] {
        check(means).failed(4, "range-coverage", &["is 1.000000e-4 as mean (x/4)^2", "promises at least 0.015625"]);
    }
}

/// What an entry leaves open is a warning, and an error where ranges are required.
#[test]
fn a_plan_is_covered_by_its_bound_and_its_promises() {
    let folder = repository();
    let (bound, means) = ("add an entry with 'largest_score'", "add an entry with 'smallest_mean' for p = 2");
    for (entry, open) in [
        (json!({"smallest_mean": [{"p": 2, "value": 1}]}), vec![bound]),
        (json!({"largest_score": 3}), vec![means]),
        (json!({"argument": [1, 1]}), vec![bound, means]),
        (json!({"largest_score": 3, "smallest_mean_square": 1}), vec![]),
    ] {
        let mut entry = entry;
        entry["for"] = "attention".into();
        let outcome = observed(folder.path(), PLAN, json!([entry]), &[]);
        let warnings = outcome.passed().lines().filter(|line| line.starts_with("WARNING plans/attention.json: field"));
        assert_eq!(warnings.count(), open.len(), "{}", outcome.stdout);
        let outcome = observed(folder.path(), PLAN, json!([entry]), &["--require", "range"]);
        assert_eq!(outcome.stdout.matches("[range-missing]").count(), open.len(), "{}", outcome.stdout);
        open.iter().for_each(|words| outcome.failed(4, "range-missing", &[PLAN, words]));
    }
    // Together they are enough.
    let entries = json!([{"largest_score": 3}, {"smallest_mean_square": 1}]);
    observed(folder.path(), PLAN, entries, &["--require", "range"]).passed();
    let outcome = observed(folder.path(), "tables/gelu.json", json!([{"argument": [0, 1]}]), &["--require", "range"]);
    outcome.passed();
}

/// A plan of layers is called by its file or its hash, and each layer by its name; each layer must be observed.
#[test]
fn every_layer_is_covered() {
    let folder = repository();
    let path = folder.path();
    let layer = |name: &str| {
        format!(
            "[[layer]]\nname = \"{name}\"\ntarget = \"reciprocal\"\ninterval = [[\"1\", \"2\"]]\nrelative_error = \"2^-8\"\n"
        )
    };
    std::fs::write(path.join("layers.toml"), layer("first") + &layer("second")).unwrap();
    polyattn(path, &["layer", "layers.toml", "-o", "layers.json"]).passed();
    let required = |name: &str, argument: [f64; 2]| {
        observed(path, "layers.json", json!([{"for": name, "argument": argument}]), &["--require", "range"])
    };
    let outcome = required("first", [1.0, 2.0]);
    outcome.failed(
        4,
        "range-missing",
        &["layers.json: no observed range", "layers[1].table.intervals", "layer 'second'"],
    );
    assert!(!outcome.stdout.contains("layer 'first'"), "{}", outcome.stdout);
    let document: Value = serde_json::from_str(polyattn(path, &["check", "layers.json", "--json"]).passed()).unwrap();
    let hash = document["files"][0]["sha256"].as_str().unwrap();
    for name in ["layers.json", "layers", hash, &hash[..12]] {
        assert!(required(name, [1.0, 2.0]).passed().contains("2 ranges of own.json inside"), "{name}");
        required(name, [1.0, 2.5]).failed(
            4,
            "range-coverage",
            &["field 'layers[1].table.intervals'", "the layer 'second'"],
        );
    }
}

/// A calibration is looked at like any other range file, and its own fields are named.
#[test]
fn a_calibration_that_no_scores_have_is_refused() {
    let folder = repository();
    let path = folder.path();
    let scores = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scores/minilm_l3_h0.npy");
    polyattn(path, &["calibrate", scores.to_str().unwrap(), "--p", "2,4", "-o", "whole.json"]).passed();
    for (pointer, value, words) in [
        ("/score_bound", json!("-3"), "field 'score_bound': expected that of the largest head"),
        ("/heads/0/score_bound", json!("-3"), "field 'score_bound': expected that of the largest head, -3"),
        ("/heads", json!([]), "field 'heads': expected at least one head"),
        (
            "/heads/0/powers/0/log2_smallest",
            json!(1e8),
            "'heads[0].powers[0].log2_smallest': expected the logarithm of a mean",
        ),
        (
            "/heads/0/powers/1/log2_smallest",
            json!(14.9),
            "'heads[0].powers[1].log2_smallest': expected the logarithm of a mean",
        ),
        ("/heads/0/powers/0/log2_smallest", json!(-20001.0), "-20000 to 0, found -20001"),
        ("/heads/0/powers/1/log2_smallest", json!(-100.0), "expected at least the mean of squares to the power 2"),
        ("/heads/0/powers/1/p", json!(2), "expected each power once, found 2 again"),
        ("/shape/2", json!(0), "expected at least 1, found 0"),
    ] {
        std::fs::copy(path.join("whole.json"), path.join("broken.json")).unwrap();
        change(path, "broken.json", pointer, value);
        polyattn(path, &["check", PLAN, "--ranges", "broken.json"]).failed(2, "ranges", &["broken.json: ", words]);
    }
    change(path, "whole.json", "/score_bound", json!("-3"));
    change(path, "whole.json", "/heads/0/score_bound", json!("-3"));
    let outcome = polyattn(path, &["check", PLAN, "--ranges", "whole.json"]);
    outcome.failed(2, "ranges", &["field 'heads[0].score_bound': expected a number above 0, found -3"]);
}

fn read_hash(folder: &Path) -> String {
    let document: Value = serde_json::from_str(check(folder, &["--json"]).passed()).unwrap();
    document["files"][0]["sha256"].as_str().unwrap().to_string()
}
