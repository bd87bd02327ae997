//! JUnit, SARIF, and the rules in words.

use super::{check, ci, nudge, polyattn, read, replace, repository};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const SUITES: &str = "
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
assert root.tag == 'testsuites'
cases = [case for suite in root.findall('testsuite') for case in suite.findall('testcase')]
failed = [case for case in cases if case.find('failure') is not None or case.find('error') is not None]
for suite in root.findall('testsuite'):
    own = suite.findall('testcase')
    assert int(suite.get('tests')) == len(own)
    assert int(suite.get('failures')) == sum(case.find('failure') is not None for case in own)
    assert int(suite.get('errors')) == sum(case.find('error') is not None for case in own)
assert int(root.get('tests')) == len(cases) and float(root.get('time')) >= 0
for case in failed:
    print(case.get('classname'), case.get('name').split()[0], (case.find('failure') or case).tag)
";

/// A repository with faults of every exit code.
fn broken() -> TempDir {
    let folder = repository();
    let path = folder.path();
    nudge(path, "tables/reciprocal.json", 1, 10_000_000);
    replace(path, "ranges.json", "7.4]", "8.4]");
    fs::write(path.join("tables/a<b&\"c\".json"), "{").unwrap();
    folder
}

#[test]
fn junit_is_xml_with_a_case_for_each_rule() {
    let folder = broken();
    assert_eq!(ci(folder.path()).code, 2);
    let output = Command::new("python3").args(["-c", SUITES, "reports/junit.xml"]).current_dir(folder.path()).output();
    let Ok(output) = output else {
        eprintln!("python3 is missing: the XML was not parsed");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let failed = String::from_utf8(output.stdout).unwrap();
    for line in
        ["tables/reciprocal.json table-bound", "tables/gelu.json range-coverage", "tables/a<b&\"c\".json document"]
    {
        assert!(failed.contains(line), "{line} is not in\n{failed}");
    }
}

#[test]
fn sarif_has_its_required_structure() {
    let folder = broken();
    let outcome = ci(folder.path());
    let log = read(folder.path(), "reports/check.sarif");
    assert_eq!((&log["version"], log["$schema"].as_str().unwrap().contains("sarif-2.1.0")), (&json!("2.1.0"), true));
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len());
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[text]["text"].as_str().unwrap().len() > 10, "{rule}");
        }
    }
    let results = run["results"].as_array().unwrap();
    let failed = outcome.stdout.lines().filter(|line| line.starts_with("FAILED")).count();
    assert_eq!(results.iter().filter(|result| result["level"] == "error").count(), failed);
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte)), "{uri}");
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 1 && result["message"]["text"].is_string());
        assert!(result["partialFingerprints"]["ruleFileField/v1"].is_string());
    }
    // On the line of the field.
    let of_range = results.iter().find(|result| result["ruleId"] == "range-coverage").unwrap();
    let line = of_range["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap() as usize;
    let table = fs::read_to_string(folder.path().join("tables/gelu.json")).unwrap();
    assert!(table.lines().nth(line - 1).unwrap().contains("\"intervals\""), "line {line}");
}

/// Every rule has its row in the documentation.
#[test]
fn the_rules_are_documented() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci.md")).unwrap();
    for rule in polyattn::gate::Rule::ALL {
        assert!(page.contains(&format!("| `{rule}` |")), "docs/ci.md has no row for {rule}");
    }
}

/// An output that cannot be written is named as it was given.
#[test]
fn an_output_that_cannot_be_written_is_named() {
    let folder = repository();
    for option in ["-o", "--junit", "--sarif"] {
        let outcome = check(folder.path(), &[option, "no/such/folder/out.x"]);
        assert_eq!(outcome.code, 2, "{option}");
        assert!(outcome.stderr.contains("no/such/folder/out.x: cannot write it: "), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains(".polyattn-"), "{}", outcome.stderr);
    }
}

/// No command changes its input, and a baseline is not replaced by the run that it judges.
#[test]
fn outputs_do_not_take_the_place_of_inputs() {
    let folder = repository();
    let table = "tables/gelu.json";
    for (arguments, option) in [
        (vec!["--junit", table], "--junit"),
        (vec!["-o", "tables/../tables/gelu.json"], "--output"),
        (vec!["--baseline", "baseline.json", "-o", "baseline.json"], "--output"),
        (vec!["--ranges", "ranges.json", "--sarif", "ranges.json"], "--sarif"),
        (vec!["--junit", "out", "--sarif", "out"], "--sarif"),
    ] {
        let said = polyattn(folder.path(), &[&["check", table], &arguments[..]].concat());
        assert!(said.code == 2 && said.stderr.contains(&format!("{option}: ")), "{arguments:?}: {}", said.stderr);
    }
    polyattn(folder.path(), &["check", table]).passed();
}

/// What stands in a file cannot pass for a line of the gate.
#[test]
fn lines_cannot_be_forged() {
    let folder = repository();
    let forged = r#"{"kind": "x\nok      tables/gelu.json: table", "schema_version": 1}"#;
    fs::write(folder.path().join("forged.json"), forged).unwrap();
    let said = polyattn(folder.path(), &["check", "forged.json"]);
    assert!(said.code == 2 && said.stdout.lines().count() == 1, "{}", said.stdout);
}
