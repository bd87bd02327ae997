//! What documents claim: coefficients, parameters, validations, the documents inside them.

use super::{change, ci, nudge, polyattn, read, replace, repository, write};
use serde_json::json;
use std::fs;

/// The last digit of a decimal: it is no longer the number in the other form.
#[test]
fn a_digit_of_a_coefficient_is_found() {
    let folder = repository();
    let coefficient = read(folder.path(), "tables/reciprocal.json")["coefficients"][3].as_str().unwrap().to_string();
    let other = format!("{}4", &coefficient[..coefficient.len() - 1]);
    replace(folder.path(), "tables/reciprocal.json", &coefficient, &other);
    let outcome = ci(folder.path());
    outcome.failed(2, "table-bound", &["tables/reciprocal.json", "'dyadic[3]'", "expected exactly coefficients[3]"]);
}

/// One unit in the last place, in both forms: the bound still holds, and the certificate and the export are of another table.
#[test]
fn a_unit_in_the_last_place_is_found() {
    let folder = repository();
    nudge(folder.path(), "tables/reciprocal.json", 3, 1);
    let outcome = ci(folder.path());
    outcome.failed(4, "certificate", &["certificates/reciprocal.json", "of tables/reciprocal.json", "digit for digit"]);
    outcome.failed(4, "certificate-missing", &["tables/reciprocal.json", "no certificate of this table"]);
    outcome.failed(4, "export-source", &["exports/reciprocal.hpp", "not among the files"]);
    let warned = |line: &str| line.starts_with("WARNING tables/reciprocal.json: its content changed");
    assert!(outcome.stdout.lines().any(warned), "{}", outcome.stdout);
}

/// More than the bound leaves room for: the table's own statement is refuted.
#[test]
fn a_coefficient_beyond_its_bound_is_found() {
    let folder = repository();
    nudge(folder.path(), "tables/reciprocal.json", 1, 10_000_000);
    let words = ["tables/reciprocal.json", "states error.certified_upper", "its error at x = "];
    ci(folder.path()).failed(4, "table-bound", &words);
}

#[test]
fn parameters_under_the_security_table_are_found() {
    let folder = repository();
    change(folder.path(), "plans/attention.json", "/chosen/ckks/log_n", 13.into());
    let words =
        ["plans/attention.json: chosen.ckks", "N = 2^13", "above the 214 bits", "ePrint 2024/463", "128-bit security"];
    ci(folder.path()).failed(4, "security-table", &words);
}

#[test]
fn a_missing_validation_is_found() {
    let folder = repository();
    fs::remove_file(folder.path().join("plans/attention-validation.json")).unwrap();
    let outcome = ci(folder.path());
    outcome.failed(
        4,
        "validation-missing",
        &["plans/attention.json", "no validation of this plan", "polyattn validate"],
    );
    outcome.failed(4, "drift", &["plans/attention-validation.json", "baseline.json has it"]);
    // Without the requirement it is said, and no more.
    let said = polyattn(folder.path(), &["check", "plans/attention.json"]);
    assert!(said.passed().contains("not validated on ciphertexts"), "{}", said.stdout);
}

/// A record that is there and shows something else is none.
#[test]
fn a_validation_of_something_else_does_not_count() {
    for (pointer, value, code) in
        [("/plan_sha256", json!("0".repeat(64)), 4), ("/backend", json!("exact"), 4), ("/observed_max", json!(1.0), 4)]
    {
        let folder = repository();
        change(folder.path(), "plans/attention-validation.json", pointer, value);
        ci(folder.path()).failed(code, "validation-missing", &["plans/attention.json"]);
    }
}

#[test]
fn a_measurement_outside_its_bound_ends_with_5() {
    let folder = repository();
    let mut record = read(folder.path(), "plans/attention-validation.json");
    let bound: f64 = record["bound"].as_str().unwrap().parse().unwrap();
    let observed = 2.0 * bound;
    record["observed_max"] = observed.into();
    record["approximation_max"] = observed.into();
    record["slack_bits"] = (-1.0).into();
    record["verdict"] = "outside bound".into();
    write(folder.path(), "plans/attention-validation.json", &record);
    let outcome = polyattn(folder.path(), &["check", "plans/attention.json", "plans/attention-validation.json"]);
    outcome.failed(5, "validation-bound", &["plans/attention-validation.json", "exceeds the bound"]);
}

/// Documents inside a plan are of their kind and version.
#[test]
fn documents_inside_documents_are_looked_at() {
    for (pointer, value, words) in [
        ("/chosen/tables/0/kind", json!("plan"), "'chosen.tables[0].kind': expected \"table\", found \"plan\""),
        ("/pareto/1/tables/0/schema_version", json!(2), "'pareto[1].tables[0].schema_version': expected 1, found 2"),
        (
            "/chosen/certificates/0/schema_version",
            json!(0),
            "'chosen.certificates[0].schema_version': expected 1, found 0",
        ),
    ] {
        let folder = repository();
        change(folder.path(), "plans/attention.json", pointer, value);
        polyattn(folder.path(), &["check", "plans/attention.json"]).failed(2, "document", &[words]);
    }
    let folder = repository();
    let mut record = read(folder.path(), "plans/attention-validation.json");
    record["schema_version"] = 3.into();
    change(folder.path(), "plans/attention.json", "/chosen/validation", record);
    let words = "'chosen.validation.schema_version': expected 1, found 3";
    polyattn(folder.path(), &["check", "plans/attention.json"]).failed(2, "document", &[words]);
}

/// A misspelt field claims nothing, and one of two that have the same name is read by nobody.
#[test]
fn what_nothing_reads_is_found() {
    for (file, from, to, words) in [
        ("tables/reciprocal.json", "\"degree\"", "\"note\": 1, \"degree\"", "'note'"),
        ("plans/attention.json", "\"kappa\"", "\"kapa\": 1, \"kappa\"", "'chosen.kapa'"),
        ("tables/reciprocal.json", "\"degree\"", "\"degree\": 3, \"degree\"", "field 'degree' stands twice"),
        (
            "certificates/reciprocal.json",
            "\"positive\"",
            "\"positive\": true, \"positive\"",
            "field 'positive' stands twice",
        ),
    ] {
        let folder = repository();
        replace(folder.path(), file, from, to);
        polyattn(folder.path(), &["check", file]).failed(2, "document", &[words]);
    }
    let folder = repository();
    let mut record = read(folder.path(), "plans/attention-validation.json");
    record["largest_eror"] = 1.into();
    change(folder.path(), "plans/attention.json", "/chosen/validation", record);
    let words = ["chosen.validation", "largest_eror"];
    polyattn(folder.path(), &["check", "plans/attention.json"]).failed(2, "plan", &words);
}

/// Of an activation: what the document says is proved again.
#[test]
fn an_order_that_is_not_so_is_found() {
    let folder = tempfile::tempdir().unwrap();
    polyattn(folder.path(), &["order", "--power", "4", "--interval=-3,2", "-o", "order.json"]).passed();
    polyattn(folder.path(), &["check", "order.json"]).passed();
    change(folder.path(), "order.json", "/direction", "increasing".into());
    polyattn(folder.path(), &["check", "order.json"]).failed(4, "order", &["direction", "does not hold"]);
}

/// A run of other rows than the plan's shows nothing about it.
#[test]
fn a_run_of_other_lengths_is_found() {
    let folder = repository();
    let (plan, file) = ("plans/attention.json", "plans/attention-validation.json");
    let rows = read(folder.path(), file)["scores"]["rows"].as_u64().unwrap();
    change(folder.path(), file, "/scores/lengths", json!([7]));
    change(folder.path(), file, "/slots_checked", (7 * rows).into());
    polyattn(folder.path(), &["check", plan, file]).failed(4, "validation", &["'scores.lengths'"]);
    for (lengths, weights, field) in
        [(json!([]), 0, "'scores.lengths'"), (json!([16]), 16 * rows + 1, "'slots_checked'")]
    {
        change(folder.path(), file, "/scores/lengths", lengths);
        change(folder.path(), file, "/slots_checked", weights.into());
        polyattn(folder.path(), &["check", plan, file]).failed(4, "validation", &[field]);
    }
}

#[test]
fn a_record_without_its_plan_is_taken_as_stated_and_says_so() {
    let folder = repository();
    let said = polyattn(folder.path(), &["check", "plans/attention-validation.json"]);
    assert!(said.passed().contains("its plan is not among the files"), "{}", said.stdout);
}

/// Figures of one run cannot contradict each other.
#[test]
fn a_record_that_contradicts_itself_is_found() {
    let file = "plans/attention-validation.json";
    for (pointer, value, field) in [
        ("/observed_mean_bits", json!(-500), "'observed_mean_bits'"),
        ("/stages/0/observed_mean", json!(1), "'stages'"),
        ("/approximation_max", json!(0.25), "'observed_max'"),
    ] {
        let folder = repository();
        change(folder.path(), file, pointer, value);
        polyattn(folder.path(), &["check", "plans/attention.json", file]).failed(4, "validation", &[field]);
    }
}

/// A run without any error, such as one of a backend without noise on exact weights, contradicts nothing.
#[test]
fn a_record_without_any_error_is_consistent() {
    let (folder, file) = (repository(), "plans/attention-validation.json");
    let bound: polyattn::real::Exact = serde_json::from_value(read(folder.path(), file)["bound"].clone()).unwrap();
    for field in ["observed_max", "approximation_max", "encryption_max", "encryption_mean"] {
        change(folder.path(), file, &format!("/{field}"), json!(0.0));
    }
    change(folder.path(), file, "/observed_mean_bits", json!(-f64::MIN_POSITIVE.log2()));
    change(folder.path(), file, "/slack_bits", json!((bound.to_f64() / f64::MIN_POSITIVE).log2()));
    polyattn(folder.path(), &["check", "plans/attention.json", file]).passed();
}
