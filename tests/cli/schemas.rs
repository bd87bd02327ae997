//! The committed JSON schemas, and documents held against them by Python's `jsonschema`.

use super::examples::run_all;
use super::{files, folder, polyattn, root};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Prints for each file after the folder of schemas its kind and the place of its first fault.
const VALIDATOR: &str = "
import json, pathlib, sys
from jsonschema import Draft202012Validator as Validator
schemas = {}
for path in pathlib.Path(sys.argv[1]).iterdir():
    schema = json.loads(path.read_text())
    Validator.check_schema(schema)
    schemas[path.name.removesuffix('.schema.json')] = Validator(schema)
for path in sys.argv[2:]:
    document = json.loads(pathlib.Path(path).read_text())
    fault = next(schemas[document['kind']].iter_errors(document), None)
    print(document['kind'], 'follows' if fault is None else f'{path}: {fault.json_path}: {fault.message[:200]}', sep='\\t')
";

fn committed() -> PathBuf {
    root().join("docs/schemas")
}

fn kinds() -> BTreeSet<String> {
    polyattn(root(), &["schema"]).good().lines().map(String::from).collect()
}

/// The kind of each document, and what is wrong with it or "follows".
fn verdicts(documents: &[PathBuf]) -> Vec<(String, String)> {
    let python = std::env::var("POLYATTN_SCHEMA_PYTHON").unwrap_or("python3".into());
    let output = Command::new(python).args(["-c", VALIDATOR]).arg(committed()).args(documents).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<_> = text.lines().map(|line| line.split_once('\t').unwrap()).collect();
    assert_eq!(verdicts.len(), documents.len());
    verdicts.into_iter().map(|(kind, verdict)| (kind.to_string(), verdict.to_string())).collect()
}

/// The files below a folder that are documents of a kind that has a schema.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let kinds = kinds();
    let is_document = |path: &PathBuf| {
        let value = fs::read_to_string(path).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let kind = value.filter(|value| value["schema_version"].is_u64());
        kind.is_some_and(|value| value["kind"].as_str().is_some_and(|kind| kinds.contains(kind)))
    };
    files(folder).into_iter().filter(is_document).collect()
}

/// Every document below the folder follows its schema; their kinds.
fn check(folder: &Path) -> BTreeSet<String> {
    let verdicts = verdicts(&documents(folder));
    let faults: Vec<_> = verdicts.iter().filter(|(_, verdict)| verdict != "follows").collect();
    assert!(faults.is_empty(), "{faults:#?}");
    verdicts.into_iter().map(|(kind, _)| kind).collect()
}

#[test]
fn the_committed_schemas_are_those_that_the_program_prints() {
    let folder = tempfile::tempdir().unwrap();
    polyattn(folder.path(), &["schema", "--out", "schemas"]).good();
    let made = folder.path().join("schemas");
    assert_eq!(files(&made).len(), files(&committed()).len());
    for kind in kinds() {
        let name = format!("{kind}.schema.json");
        let [made, committed] = [&made, &committed()].map(|folder| fs::read_to_string(folder.join(&name)).unwrap());
        assert_eq!(made, committed, "{name}: `polyattn schema --out docs/schemas` makes it anew");
        assert_eq!(polyattn(root(), &["schema", &kind]).good(), committed);
    }
}

/// Without a validator: each of the document's own fields is one of its schema's, and each that must be there is.
#[test]
fn a_document_has_the_fields_of_its_schema() {
    let folder = folder();
    let plan: Value = serde_json::from_str(&polyattn(folder.path(), &["plan", "spec.toml", "--json"]).good()).unwrap();
    let text = fs::read_to_string(committed().join("plan.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let names = |fields: &Value| -> BTreeSet<String> { fields.as_object().unwrap().keys().cloned().collect() };
    let required = |schema: &Value| -> BTreeSet<String> {
        schema["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_string()).collect()
    };
    for (document, schema) in [(&plan, &schema), (&plan["chosen"], &schema["$defs"]["Plan"])] {
        let (found, known) = (names(document), names(&schema["properties"]));
        assert!(found.is_subset(&known), "not in the schema: {:?}", found.difference(&known));
        assert!(required(schema).is_subset(&found), "missing: {:?}", required(schema).difference(&found));
    }
}

#[test]
#[ignore = "needs Python with jsonschema: make schemas"]
fn documents_of_every_kind_follow_their_schemas() {
    let mut seen = check(&root().join("docs"));
    seen.extend(check(&root().join("examples/user-repository")));
    run_all(|line| !super::examples::is_long(line), |folder| seen.extend(check(folder)));
    let folder = tempfile::tempdir().unwrap();
    let layers = folder.path().join("layers.json");
    let examples = root().join("examples/layers.toml");
    polyattn(folder.path(), &["layer", examples.to_str().unwrap(), "-o", layers.to_str().unwrap()]).good();
    seen.extend(check(folder.path()));
    seen.extend(exports_and_a_report());
    assert_eq!(seen, kinds());
}

/// A polynomial, a composite, stages and a plan as JSON for other programs, and a report as data.
fn exports_and_a_report() -> BTreeSet<String> {
    let folder = folder();
    let run = |line: &str| polyattn(folder.path(), &line.split(' ').collect::<Vec<_>>()).good();
    run("fit --target reciprocal --interval 1,16 --degree 7 -o polynomial.json");
    run("fit --target reciprocal --interval 1,16 --max-error 2^-10 --method composite -o composite.json");
    run("fit --target sign --interval 2^-4,1 --max-error 2^-4 --method composite -o stages.json");
    run("plan spec.toml -o plan.json");
    for name in ["polynomial", "composite", "stages", "plan"] {
        run(&format!("export {name}.json --to json -o {name}-export.json"));
    }
    run("report plan.json -o report.json");
    check(folder.path())
}

#[test]
#[ignore = "needs Python with jsonschema: make schemas"]
fn a_changed_document_does_not_follow_its_schema() {
    let folder = folder();
    let plan: Value = serde_json::from_str(&polyattn(folder.path(), &["plan", "spec.toml", "--json"]).good()).unwrap();
    let changes: [(&str, Value); 7] = [
        ("/schema_version", 2.into()),
        ("/chosen/depth", "3".into()),
        ("/chosen/error/total", 0.5.into()),
        ("/chosen/error/total", "a half".into()),
        ("/chosen/tables/0/form", "spline".into()),
        ("/spec/attention/variant", "softmax".into()),
        ("/provenance/config_sha256", Value::Null),
    ];
    for (index, (pointer, value)) in changes.into_iter().enumerate() {
        let mut changed = plan.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        let path = folder.path().join(format!("{index}.json"));
        fs::write(&path, changed.to_string()).unwrap();
        assert_ne!(verdicts(&[path])[0].1, "follows", "{pointer}");
    }
}
