//! Observed ranges against domains.

use super::{check, ci, polyattn, read, replace, repository, write};
use serde_json::{Value, json};
use std::path::Path;

#[test]
fn a_range_that_outgrew_the_domain_is_found() {
    let folder = repository();
    replace(folder.path(), "ranges.json", "\"largest_score\": 3.81", "\"largest_score\": 4.02");
    let words =
        ["plans/attention.json: field 'chosen.score_bound'", "4.02", "|x| ≤ 4 only", "score_bound = \"4.02\" or more"];
    ci(folder.path()).failed(4, "range-coverage", &words);

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
    // What must be observed and is not.
    ranges(json!([])).passed();
    let outcome = check(path, &["--ranges", "own.json", "--require", "range"]);
    outcome.failed(4, "range-missing", &["tables/reciprocal.json: no observed range"]);
    let outcome = check(path, &["--require", "range"]);
    assert!(
        outcome.code == 2 && outcome.stderr.contains("--require range: give the observed ranges"),
        "{}",
        outcome.stderr
    );
}

fn read_hash(folder: &Path) -> String {
    let document: Value = serde_json::from_str(check(folder, &["--json"]).passed()).unwrap();
    document["files"][0]["sha256"].as_str().unwrap().to_string()
}
