//! Specifications by file, by `--set` and by both; errors that show the line.

use super::{Outcome, SPEC, fed, folder, polyattn};
use serde_json::Value;
use std::fs;

/// A document without times, and what hash its configuration has.
fn document(outcome: Outcome) -> (String, Value) {
    let document: Value = serde_json::from_str(&outcome.good()).unwrap();
    (polyattn::document::canonical(&document), document["provenance"]["config_sha256"].clone())
}

/// The specification above with a change.
fn plan(from: &str, to: &str) -> Outcome {
    assert!(SPEC.contains(from), "{from}");
    let folder = folder();
    fs::write(folder.path().join("spec.toml"), SPEC.replacen(from, to, 1)).unwrap();
    polyattn(folder.path(), &["plan", "spec.toml"])
}

#[test]
fn settings_and_a_file_make_the_same_document() {
    let folder = folder();
    let path = folder.path();
    let changed = SPEC.replace("p = 2", "p = 4").replace("2^-5", "2^-4") + "[ckks]\nscale_bits = [45, 50]\n";
    fs::write(path.join("changed.toml"), changed).unwrap();
    let settings = ["--set", "attention.p=4", "--set", "target.max_error=2^-4", "--set", "ckks.scale_bits=[45, 50]"];
    let by_file = document(polyattn(path, &["plan", "changed.toml", "--json"]));
    let by_both = document(polyattn(path, &[&["plan", "spec.toml", "--json"], &settings[..]].concat()));
    assert_eq!(by_file, by_both);
    assert!(by_both.0.contains(r#""p":4,"score_bound":"2""#), "{}", by_both.0);
    let alone = [
        "plan",
        "--json",
        "--set=attention.length=4",
        "--set=attention.score_bound=2",
        "--set=attention.epsilon.form=unit",
        "--set=attention.epsilon.value=2^-6",
    ];
    assert_eq!(by_file, document(polyattn(path, &[&alone[..], &settings[..]].concat())));
    assert_ne!(by_file.1, document(polyattn(path, &["plan", "spec.toml", "--json"])).1);
}

#[test]
fn a_later_setting_wins_and_every_command_with_a_specification_takes_them() {
    let folder = folder();
    let path = folder.path();
    let twice = ["plan", "spec.toml", "--json", "--set", "attention.p=8", "--set", "attention.p=2"];
    assert_eq!(document(polyattn(path, &twice)), document(polyattn(path, &["plan", "spec.toml", "--json"])));
    for command in [
        vec!["run", "spec.toml", "--out", "out"],
        vec!["compare", "spec.toml"],
        vec!["survey", "spec.toml"],
        vec!["train", "spec.toml", "--levels", "9"],
        vec!["layer", "spec.toml"],
    ] {
        let outcome = polyattn(path, &[&command[..], &["--set", "ckks.max_log_n=99"]].concat());
        let place =
            if command[0] == "layer" { "spec.toml:1: attention" } else { "--set ckks.max_log_n=99: ckks.max_log_n" };
        outcome.refused(&[place]);
    }
}

#[test]
fn a_setting_that_is_wrong_is_shown() {
    let folder = folder();
    for (setting, parts) in [
        ("attention.p", vec!["--set: expected KEY=VALUE", "found 'attention.p'"]),
        ("attention.p=4\n[target]\nmax_error=1", vec!["--set: expected KEY=VALUE", "more than one key"]),
        ("=4", vec!["--set: expected KEY=VALUE", "the key ''"]),
        ("attention..p=4", vec!["the key 'attention..p'"]),
        ("attention.p=", vec!["--set attention.p=: "]),
        ("attention.p=[2,", vec!["--set attention.p=[2,: "]),
        ("attention.p=3", vec!["--set attention.p=3: attention", "expected an even number"]),
        ("attention.varient=plain", vec!["--set attention.varient=plain: ", "did you mean 'variant'?"]),
        ("attention=4", vec!["--set attention=4: attention: invalid type"]),
    ] {
        polyattn(folder.path(), &["plan", "spec.toml", "--set", setting]).refused(&parts);
    }
    polyattn(folder.path(), &["plan"]).refused(&["SPEC.toml"]);
}

#[test]
fn an_error_shows_its_line() {
    for (from, to, parts) in [
        ("p = 2", "p = ", vec!["spec.toml:2: ", "\n2 | p = \n"]),
        ("p = 2", "p = 2 3", vec!["spec.toml:2: ", "2 | p = 2 3\n  |     ^^^"]),
        ("p = 2", "p = 3", vec!["spec.toml:2: attention: p: expected an even number", "2 | p = 3\n  | ^^^^^"]),
        ("p = 2", "p = \"two\"", vec!["spec.toml:2: attention.p: ", "2 | p = \"two\""]),
        ("length = 4", "length = 9999", vec!["spec.toml:3: attention.length: expected 1 to 4096", "^^^^^^^^^^^^^"]),
        ("length = 4", "lenght = 4", vec!["spec.toml:3: attention.lenght: unknown field", "did you mean 'length'?"]),
        ("length = 4\n", "", vec!["spec.toml:1: attention: missing field `length`", "1 | [attention]"]),
        ("[target]", "[taget]", vec!["spec.toml:7: taget: unknown field", "did you mean 'target'?"]),
        ("\"2\"", "\"-2\"", vec!["spec.toml:4: attention.score_bound: expected a positive number"]),
        ("\"2\"", "\"2x\"", vec!["spec.toml:4: attention.score_bound: '2x' is not a number"]),
        ("\"2^-6\"", "0", vec!["spec.toml:5: attention.epsilon.value: ", "^^^^^^^^^"]),
        ("\"unit\"", "\"untit\"", vec!["spec.toml:5: attention.epsilon.form: ", "did you mean 'unit'?"]),
        ("\"2^-5\"", "0", vec!["spec.toml:8: target.max_error: expected a positive number"]),
    ] {
        plan(from, to).refused(&parts);
    }
}

#[test]
fn every_misspelt_value_is_put_right() {
    for (key, misspelt, meant) in [
        ("attention.variant", "lenght-agnostic", "length-agnostic"),
        ("attention.normalisation", "stagd", "staged"),
        ("attention.rows_below", "refues", "refuse"),
        ("attention.reciprocal", "start-newtn", "start-newton"),
        ("attention.epsilon.form", "meen", "mean"),
        ("ckks.security_table", "\"2024/436\"", "2024/463"),
        ("ckks.secret", "ternery", "ternary"),
        ("ckks.preset", "FgB", "FGb"),
    ] {
        let setting = format!("{key}={misspelt}");
        let parts = [format!("--set {setting}: {key}: "), format!("did you mean '{meant}'?")];
        polyattn(folder().path(), &["plan", "spec.toml", "--set", &setting])
            .refused(&parts.each_ref().map(String::as_str));
    }
}

/// The last letter of each key twice.
#[test]
fn every_misspelt_key_is_put_right() {
    let keys = [
        (
            "attention",
            "variant p length score_bound scores layer head normalisation reciprocal epsilon smallest_mean rows_below causal",
        ),
        ("target", "max_error relative_error max_mass_lost"),
        (
            "ckks",
            "preset security_bits security_table secret max_log_n levels_per_bootstrap bootstrap_bits scale_bits log_n log_q log_p \
             failure_probability",
        ),
    ];
    let folder = folder();
    for (table, names) in keys {
        for name in names.split_whitespace().filter(|name| name.len() > 1) {
            let setting = format!("{table}.{name}{}=1", &name[name.len() - 1..]);
            let parts = [format!("--set {setting}: "), format!("did you mean '{name}'?")];
            let outcome = polyattn(folder.path(), &["plan", "spec.toml", "--set", &setting]);
            outcome.refused(&parts.each_ref().map(String::as_str));
        }
    }
}

#[test]
fn layers_show_their_line_too() {
    let text = "[[layer]]\nname = \"a\"\ntarget = \"tanh\"\ninterval = [[-1, 1]]\nmax_error = 0.01\n\n\
                [[layer]]\nname = \"b\"\ntarget = \"tnah\"\ninterval = [[-1, 1]]\nmax_error = 0.01\n";
    let folder = folder();
    let layer = |text: &str| fed(folder.path(), &["layer", "-"], text.as_bytes(), &[]);
    layer(text).refused(&["-:9: layer 'b': target: ", "did you mean tanh", "9 | target = \"tnah\""]);
    layer(&text.replace("tnah", "tanh").replace("[[-1, 1]]", "[[1, -1]]")).refused(&["-:4: layer 'a': interval"]);
    layer(&text.replace("max_error", "max_eror")).refused(&["-:5: layer.0.max_eror: unknown field", "'max_error'?"]);
}
