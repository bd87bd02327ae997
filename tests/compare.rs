//! Published methods beside a plan: their own counts, errors by hand, and the question of the PowerSoftmax paper.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use assert_cmd::Command;
use polyattn::compare::{Comparison, ComparisonRow, DepthKind, ErrorKind, compare};
use polyattn::document::{Document, read_json};
use polyattn::plan::{Spec, SpecSource};
use rug::Rational;
use std::fs;

fn of(spec: &str) -> polyattn::Result<Comparison> {
    let source = SpecSource::new(Spec::from_toml(spec)?, None)?;
    compare(&source, None, &|_| ())
}

fn row<'a>(comparison: &'a Comparison, name: &str) -> &'a ComparisonRow {
    comparison.rows.iter().find(|row| row.system.contains(name)).unwrap()
}

fn error(row: &ComparisonRow) -> f64 {
    row.max_error.as_ref().unwrap().to_f64()
}

const SMALL: &str = r#"
[attention]
p = 2
length = 8
score_bound = "1"
epsilon = { form = "unit", value = "2^-6" }
[target]
max_error = "2^-8"
[ckks]
scale_bits = 40
"#;

#[test]
fn compare_answers_the_question_of_the_paper() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("comparison.json");
    let arguments = ["compare", "examples/paper.toml", "-o", file.to_str().unwrap()];
    Command::cargo_bin("polyattn").unwrap().args(arguments).assert().success();
    let document: Document<Comparison> = Document::from_value(read_json(&file).unwrap()).unwrap();
    assert_eq!(document.to_json().unwrap(), fs::read_to_string(&file).unwrap());

    let comparison = &document.body;
    let (ours, paper) = (row(comparison, "polyattn"), row(comparison, "22 Goldschmidt"));
    assert_eq!((comparison.levels_per_bootstrap, comparison.p, comparison.length), (9, 4, 128));
    assert_eq!((ours.depth, ours.bootstraps), (Some(14), Some(2)));
    assert_eq!((paper.depth, paper.bootstraps, paper.depth_kind), (Some(27), Some(3), DepthKind::Published));
    // The same circuit by rescalings: x^4, a level a step, the numerator.
    assert_eq!(paper.rescalings, Some(2 + 22 + 1));
    assert!(paper.note.contains("24 with the numerator merged and 25"));
    assert!(ours.fits && paper.fits);
    // κ = 1 + R^4/ε = 256001, and 22 steps leave (1 − 1/κ)^(2^22) of it.
    assert_eq!(comparison.kappa.0, Rational::from(256_001));
    assert!(error(paper) < 2f64.powi(-23), "{}", error(paper));

    // THOR's iteration is the composite's but for the numerator, which stays separate.
    let thor = row(comparison, "THOR, over-relaxed");
    assert_eq!(thor.depth, Some(15));
    // No degree of OpenFHE's list reaches 2^-20 at this κ; degree 2031 takes twelve levels.
    let openfhe = row(comparison, "EvalDivide");
    assert_eq!(openfhe.depth, Some(2 + 12 + 1));
    assert!(openfhe.note.contains("degree 2031") && error(openfhe) > 2f64.powi(-20));
    assert_eq!(row(comparison, "NEXUS").depth, Some(16));
    assert!(!row(comparison, "NEXUS").fits, "the sum of exponentials is far above 200");
}

#[test]
fn compare_measures_what_formulas_give() {
    let comparison = of(SMALL).unwrap();
    assert_eq!(comparison.levels_per_bootstrap, 9);
    let names =
        ["polyattn", "PowerSoftmax", "THOR", "NEXUS", "Cho", "HETAL", "Lattigo", "OpenFHE", "CGF", "Powerformer"];
    for name in names.into_iter().chain(["scaled-ReLU", "exact softmax"]) {
        let row = row(&comparison, name);
        assert!(!row.source.is_empty() && !row.note.is_empty(), "{name}");
        if row.max_error_kind == ErrorKind::Measured && row.fits {
            assert!(error(row) <= 2f64.powi(-8), "{name}");
        }
    }
    for name in ["polyattn", "PowerSoftmax", "THOR, over", "Lattigo", "OpenFHE"] {
        let row = row(&comparison, name);
        assert!(row.fits && row.noise_bits.unwrap() > 10.0 && row.reference == "PowerSoftmax", "{name}");
    }
    // Every row of ones is among the rows: there S = 8e, and NEXUS is off by (1 − S/100)^32 of 1/8, but for its exp's error.
    let (nexus, sum) = (row(&comparison, "NEXUS"), 8.0 * 1f64.exp());
    assert!(error(nexus) > (1.0 - sum / 100.0).powi(32) / 8.0 && !nexus.fits);
    // HETAL squares the same residual sixteen times: what is left is its exp.
    assert!(error(row(&comparison, "HETAL")) < 1e-6);
    let softmax = row(&comparison, "exact softmax");
    assert_eq!((error(softmax), softmax.depth, softmax.fits), (0.0, Some(0), true));
}

#[test]
fn compare_refuses_what_it_cannot_compare() {
    let causal = of(&SMALL.replace("length = 8", "length = 8\ncausal = true")).unwrap_err();
    assert!(causal.exit_code() == 2 && causal.to_string().contains("attention.causal"), "{causal}");
    let large = of(&SMALL.replace("\"1\"", "\"2^11\"")).unwrap_err();
    assert!(large.exit_code() == 2 && large.to_string().contains("attention.score_bound"), "{large}");
    let hopeless = of(&SMALL.replace("2^-8", "2^-300")).unwrap_err();
    assert_eq!(hopeless.exit_code(), 3, "{hopeless}");
}
