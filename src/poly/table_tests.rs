use super::*;
use crate::poly::Basis;
use crate::real::parse_exact;
use proptest::prelude::*;
use serde_json::{Value, json};

fn exact(text: &str) -> Exact {
    Exact(parse_exact(text).unwrap())
}

fn table(form: Form) -> Table {
    Table {
        degree: form.degree(),
        evaluation: form.evaluation(),
        form,
        target: TargetName { name: "reciprocal".into(), epsilon: exact("1/3") },
        intervals: vec![[exact("0"), exact("1")]],
        error: ErrorStatement {
            metric: Metric::Relative,
            estimated: exact("0.5"),
            certified_upper: None,
            certified_lower: None,
        },
        positive: None,
        monotone: Some(false),
        fit: FitRecord {
            method: "closed-form".into(),
            status: "converged".into(),
            iterations: 0,
            precision_bits: 200,
            seconds: 0.25,
            exchange: None,
        },
    }
}

fn polynomial() -> Table {
    let coefficients = ["1.5", "-0.25", "3"].map(|text| parse_exact(text).unwrap()).to_vec();
    table(Form::polynomial(Basis::Chebyshev, coefficients, 2).unwrap())
}

fn composite() -> Table {
    table(Form::Composite { start: exact("1.9"), steps: vec![exact("1.5"), exact("1.25"), exact("1.1")] })
}

fn json_of(table: &Table) -> Value {
    serde_json::to_value(Document::new(table.clone(), Provenance::new(&(), None))).unwrap()
}

fn read(value: Value) -> Result<Table> {
    let table = Document::<Table>::from_value(value)?.body;
    table.validate().map(|()| table)
}

#[test]
fn a_table_is_read_back_as_it_was_written() {
    for table in [polynomial(), composite()] {
        assert_eq!(read(json_of(&table)).unwrap(), table);
    }
}

#[test]
fn the_fields_are_those_of_the_contract() {
    let value = json_of(&polynomial());
    assert_eq!(value["form"], "polynomial");
    assert_eq!(value["basis"], "chebyshev");
    assert_eq!(value["target"], json!({"name": "reciprocal", "epsilon": "1/3"}));
    assert_eq!(value["intervals"], json!([["0", "1"]]));
    assert_eq!(value["coefficients"], json!(["1.5", "-0.25", "3"]));
    assert_eq!(value["dyadic"], json!([["6", -2], ["-1", -2], ["12", -2]]));
    assert_eq!(value["evaluation"], json!({"depth": 1, "products": 1}));
    assert_eq!(value["error"]["certified_upper"], Value::Null);
    let value = json_of(&composite());
    assert_eq!(value["form"], "composite");
    assert_eq!(value["steps"], json!(["1.5", "1.25", "1.1"]));
    assert_eq!(value["degree"], 7);
    assert_eq!(value["evaluation"], json!({"depth": 3, "products": 4}));
}

#[test]
fn every_inconsistency_is_an_error_that_names_its_field() {
    let broken: [(&str, Table, Value); 9] = [
        ("degree", polynomial(), json!(3)),
        ("dyadic", polynomial(), json!([["6", -2]])),
        ("dyadic", polynomial(), json!([["6", -2], ["-1", -2], ["13", -2]])),
        ("coefficients", polynomial(), json!([])),
        ("intervals", polynomial(), json!([["1", "1"]])),
        ("intervals", polynomial(), json!([["0", "2"], ["1", "3"]])),
        ("evaluation", composite(), json!({"depth": 2, "products": 2})),
        ("steps", composite(), json!(["1.5", "-1", "2"])),
        ("start", composite(), json!("0")),
    ];
    for (name, table, replacement) in broken {
        let mut value = json_of(&table);
        value[name] = replacement;
        let error = read(value).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains(name), "{name}: {error}");
    }
}

#[test]
fn a_missing_field_is_named() {
    for name in ["coefficients", "target", "intervals", "degree", "evaluation", "error", "fit"] {
        let mut value = json_of(&polynomial());
        value.as_object_mut().unwrap().remove(name);
        assert!(read(value).unwrap_err().to_string().contains(name), "{name}");
    }
}

#[test]
fn the_hash_forgets_times_only() {
    let table = polynomial();
    let mut slower = table.clone();
    slower.fit.seconds = 99.0;
    assert_eq!(table.sha256(), slower.sha256());
    assert_eq!(table.sha256(), Document::new(table.clone(), Provenance::new(&1, Some(7))).sha256());
    assert_ne!(table.sha256(), table.without_proofs().sha256());
}

proptest! {
    #[test]
    fn any_mutilated_table_is_answered_without_a_panic(cut in 0usize..900, patch in ".{0,6}") {
        let text = json_of(&polynomial()).to_string();
        let kept: String = text.chars().take(cut).collect();
        let rest: String = text.chars().skip(cut + 1).collect();
        if let Ok(value) = serde_json::from_str(&format!("{kept}{patch}{rest}")) {
            let _ = read(value);
        }
    }
}
