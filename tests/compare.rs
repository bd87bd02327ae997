//! Published methods beside a plan: their own counts, errors by hand, runs on ciphertexts, and the question of the PowerSoftmax paper.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use assert_cmd::Command;
use polyattn::attention::Scores;
use polyattn::circuit::Secret;
use polyattn::compare::{
    Comparison, ComparisonRow, DepthKind, ErrorKind, Measured, Scope, compare, recheck_comparison,
};
use polyattn::document::{Document, read_json};
use polyattn::plan::{Preset, Spec, SpecSource, plan, recheck};
use polyattn::real::Exact;
use rug::Rational;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

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
    // The same circuit by rescalings: x^4, and a level a step.
    assert_eq!(paper.rescalings, Some(2 + 22));
    assert!(paper.note.contains("24 with the numerator merged") && paper.note.contains("25 with it separate"));
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

/// Small rings and short segments, with R so small that every circuit of exponentials converges.
const TOY: &str = r#"
[attention]
p = 2
length = 8
score_bound = "1"
epsilon = { form = "unit", value = "2^-6" }
[target]
max_error = "2^-8"
[ckks]
log_n = 10
scale_bits = 40
levels_per_bootstrap = 5
bootstrap_bits = 30
"#;

static RUN: LazyLock<Comparison> = LazyLock::new(|| {
    let source = SpecSource::new(Spec::from_toml_insecure(TOY).unwrap(), None).unwrap();
    compare(&source, Some(7), &|_| ()).unwrap()
});

fn run<'a>(comparison: &'a Comparison, name: &str) -> &'a Measured {
    row(comparison, name).measured.as_ref().unwrap()
}

/// Every circuit runs, its error is that of exact arithmetic and its noise, and the noise is the predicted one.
#[test]
fn every_circuit_runs_on_ciphertexts_within_its_bound() {
    let comparison = &*RUN;
    assert_eq!(comparison.violations(), Vec::<String>::new());
    for row in &comparison.rows {
        let Some(run) = &row.measured else {
            let without = ["THOR softmax", "Cho et al., normalise-and-square", "exact softmax in plain"];
            assert!(without.contains(&row.system.as_str()) && row.not_run.is_some(), "{}", row.system);
            continue;
        };
        assert_eq!((run.slots_checked, run.seed, run.backend.as_str()), (8 * 32, 7, "ckks"), "{}", row.system);
        assert_eq!(run.verdict, "within bound");
        let noise = (-run.noise_mean_bits).exp2();
        assert!(noise > 2f64.powi(-40) && noise < 2f64.powi(-12), "{}: {noise:e}", row.system);
        match run.predicted_mean_bits {
            Some(bits) => assert!((bits - run.noise_mean_bits).abs() < 0.5, "{}: {bits}", row.system),
            None => assert_eq!(run.bound_over, Scope::Rows),
        }
        if row.max_error_kind == ErrorKind::Measured {
            // No error of a weight is further from that in exact arithmetic than the noise, whose largest is some dozen means.
            assert!((run.observed_max - error(row)).abs() < 64.0 * noise, "{}: {:e}", row.system, run.observed_max);
        }
    }
    // Five levels a segment: the plan and the 22 steps are refreshed, what makes a reciprocal alone is not.
    assert!(run(comparison, "polyattn").refreshed > 0 && run(comparison, "22 Goldschmidt").refreshed > 0);
    let lattigo = row(comparison, "Lattigo");
    assert!(lattigo.measured.as_ref().unwrap().refreshed == 0 && lattigo.note.contains("in one chain"));
    let warnings = comparison.warnings.join("\n");
    assert!(warnings.contains("NO BOOTSTRAP WAS RUN") && warnings.contains("INSECURE"), "{warnings}");
    let text = comparison.markdown();
    assert!(text.contains("largest error on ciphertexts") && text.contains("Not run: figures alone"), "{text}");
}

/// The same seed gives the same run; another gives other noise.
#[test]
fn runs_are_drawn_again_from_their_seed() {
    let spec = TOY.replace("levels_per_bootstrap = 5\n", "");
    let source = SpecSource::new(Spec::from_toml_insecure(&spec).unwrap(), None).unwrap();
    let noise = |seed| run(&compare(&source, Some(seed), &|_| ()).unwrap(), "scaled-ReLU").observed_mean_bits.to_bits();
    assert_eq!(noise(1), noise(1));
    assert_ne!(noise(1), noise(2));
}

/// Zeros beside a row are no scores of an exponential.
#[test]
fn rows_that_are_padded_are_run_only_where_zeros_add_nothing() {
    let source = SpecSource::new(Spec::from_toml_insecure(&TOY.replace("length = 8", "length = 6")).unwrap(), None);
    let comparison = compare(&source.unwrap(), Some(1), &|_| ()).unwrap();
    for name in ["polyattn", "22 Goldschmidt", "THOR, over", "Lattigo", "OpenFHE", "Powerformer", "scaled-ReLU"] {
        assert!(run(&comparison, name).slots_checked == 6 * 32, "{name}");
    }
    for name in ["NEXUS", "HETAL", "CGF"] {
        assert!(row(&comparison, name).not_run.as_ref().unwrap().contains("padded with zeros"), "{name}");
    }
}

/// What `check` says of a comparison after a change.
fn verdict(change: impl Fn(&mut Comparison)) -> polyattn::Result<String> {
    let mut comparison = RUN.clone();
    change(&mut comparison);
    recheck_comparison(&comparison)
}

fn measured(comparison: &mut Comparison) -> &mut Measured {
    comparison.rows[1].measured.as_mut().unwrap()
}

#[test]
fn a_comparison_is_derived_again_and_no_field_can_be_changed() {
    let found = verdict(|_| ()).unwrap();
    assert!(found.contains("13 rows derived again") && found.contains("10 run"), "{found}");
    type Change = fn(&mut Comparison);
    let changes: [(&str, Change); 14] = [
        ("rows[1].depth", |c| c.rows[1].depth = Some(20)),
        ("rows[0].max_error", |c| c.rows[0].max_error = Some(Exact(Rational::from((1, 1 << 20))))),
        ("rows[2].noise_bits", |c| c.rows[2].noise_bits = Some(60.0)),
        ("rows[6].fits", |c| c.rows[6].fits = true),
        ("rows", |c| drop(c.rows.remove(3))),
        ("kappa", |c| c.kappa = Exact(Rational::from(2))),
        ("levels_per_bootstrap", |c| c.levels_per_bootstrap = 30),
        ("measured.bound", |c| measured(c).bound = Exact(Rational::from(1))),
        ("measured.refreshed", |c| measured(c).refreshed = 0),
        ("measured.slots_checked", |c| measured(c).slots_checked += 1),
        ("measured.observed_max", |c| measured(c).observed_max = f64::NAN),
        ("measured.verdict", |c| measured(c).observed_max = 1.0),
        ("not_run", |c| c.rows[1].measured = None),
        ("warnings", |c| c.warnings.clear()),
    ];
    for (field, change) in changes {
        let error = verdict(change).unwrap_err();
        assert!(error.exit_code() == 4 && error.to_string().contains(&format!("'{field}'")), "{field}: {error}");
    }
    // An error above its bound that says so is no contradiction, but a measurement outside its bound.
    let outside = verdict(|c| {
        measured(c).observed_max = 1.0;
        measured(c).verdict = "outside bound".into();
    });
    assert_eq!(outside.unwrap_err().exit_code(), 5);
}

/// A document that names scores does not have them: the plan and all counts are derived again, and no more.
#[test]
fn a_comparison_on_scores_is_derived_again_without_them() {
    let score = |i: u32| f64::from((i * 2_654_435_761u32) >> 12) / f64::from(1u32 << 20) * 2.0 - 1.0;
    let scores = Scores::new([1, 1, 8, 8], (0..64).map(|i| score(i + 1)).collect()).unwrap();
    let text = TOY
        .replace("score_bound = \"1\"", "scores = \"scores.npy\"")
        .replace("p = 2", "p = [2, 4]")
        .replace("\"2^-6\"", "[\"2^-4\", \"2^-6\"]")
        .replace("[ckks]", "max_mass_lost = \"0.1\"\n[ckks]");
    let source = SpecSource::new(Spec::from_toml_insecure(&text).unwrap(), Some(&scores)).unwrap();
    let comparison = compare(&source, Some(3), &|_| ()).unwrap();
    assert_eq!((comparison.rows_measured, comparison.violations().len()), (8, 0));
    let found = recheck_comparison(&comparison).unwrap();
    assert!(found.contains("what rests on the scores is taken as it is"), "{found}");
    type Change = fn(&mut Comparison);
    let changes: [(&str, Change); 4] = [
        ("rows[1].depth", |c| c.rows[1].depth = Some(20)),
        ("max_error", |c| c.rows[0].max_error = Some(Exact(Rational::from((1, 1 << 20))))),
        ("p", |c| c.p = 6),
        ("measured.verdict", |c| c.rows[0].measured.as_mut().unwrap().observed_max = 1.0),
    ];
    for (field, change) in changes {
        let mut changed = comparison.clone();
        change(&mut changed);
        let error = recheck_comparison(&changed).unwrap_err();
        assert!(error.exit_code() == 4 && error.to_string().contains(&format!("'{field}'")), "{field}: {error}");
    }
}

/// What no ring carries meets no target.
#[test]
fn a_circuit_without_a_ring_does_not_fit() {
    let text =
        SMALL.replace("2^-6", "1/4").replace("2^-8", "2^-4").replace("scale_bits = 40", "log_n = 13\nscale_bits = 30");
    let comparison = of(&text).unwrap();
    assert!(row(&comparison, "polyattn").fits);
    let paper = row(&comparison, "22 Goldschmidt");
    assert!(error(paper) < 2f64.powi(-4) && paper.log_n.is_none() && !paper.fits && paper.note.contains("no ring"));
}

fn example(change: impl Fn(String) -> String) -> String {
    change(fs::read_to_string(root().join("examples/paper.toml")).unwrap())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// The paper's question within HEaaN's parameter set.
#[test]
fn a_preset_fixes_what_is_published_of_it() {
    let text = example(|text| text.replace("levels_per_bootstrap = 9", "preset = \"FGb\""));
    let spec = Spec::from_toml(&text).unwrap();
    assert_eq!(spec.ckks.preset, Some(Preset::FGb));
    assert_eq!((spec.ckks.log_n, spec.ckks.secret, spec.ckks.security_bits), (Some(16), Secret::Sparse192, 128));
    let document = plan(&SpecSource::new(spec, None).unwrap()).unwrap();
    recheck(&document).unwrap();
    let ckks = &document.chosen.ckks;
    // The table that this program has for sparse secrets allows less than the 1555 bits of the set.
    assert!(ckks.log_n == 16 && ckks.log_qp <= 1481 && ckks.secret == Secret::Sparse192 && ckks.log_q.len() == 10);
    assert_eq!((document.chosen.depth, document.chosen.bootstraps), (14, 2));
    assert!(document.caveats().iter().any(|caveat| caveat.contains("SPARSE SECRET")));
    let comparison = of(&text).unwrap();
    assert_eq!(
        (row(&comparison, "polyattn").bootstraps, row(&comparison, "22 Goldschmidt").bootstraps),
        (Some(2), Some(3))
    );
    assert!(comparison.rows.iter().all(|row| row.log_n.is_none_or(|log_n| log_n == 16)));
    assert!(comparison.warnings.iter().any(|warning| warning.contains("SPARSE SECRET")));
}

#[test]
fn a_key_that_contradicts_the_preset_is_refused() {
    let with = |keys: &str| {
        Spec::from_toml(&example(|text| text.replace("levels_per_bootstrap = 9", &format!("preset = \"FGb\"\n{keys}"))))
    };
    assert_eq!(with("log_n = 16\nsecret = \"sparse-192\"").unwrap().ckks, with("").unwrap().ckks);
    for keys in
        ["log_n = 15", "max_log_n = 15", "secret = \"ternary\"", "security_bits = 192", "levels_per_bootstrap = 0"]
    {
        let error = with(keys).unwrap_err();
        let key = keys.split(' ').next().unwrap();
        let text = error.to_string();
        assert!(
            error.exit_code() == 2 && text.contains(&format!("ckks.{key}")) && text.contains("preset = \"FGb\""),
            "{text}"
        );
    }
    let unknown = with("")
        .map(|_| ())
        .and(Spec::from_toml(&example(|t| t.replace("levels_per_bootstrap = 9", "preset = \"FGc\""))));
    assert!(unknown.unwrap_err().to_string().contains("FGc"));
    let insecure = example(|text| text.replace("levels_per_bootstrap = 9", "preset = \"FGb\""));
    assert!(Spec::from_toml_insecure(&insecure).unwrap_err().to_string().contains("--insecure"));
}

/// The shipped comparison is that of the documentation, and every claim of it is derived again.
#[test]
fn the_shipped_comparison_holds() {
    let file = root().join("docs/comparison.json");
    let document: Document<Comparison> = Document::from_value(read_json(&file).unwrap()).unwrap();
    let documented = fs::read_to_string(root().join("docs/comparison.md")).unwrap();
    let text = document.body.markdown();
    for line in text.lines().filter(|line| line.starts_with('|')) {
        assert!(documented.contains(line), "docs/comparison.md lacks: {line}");
    }
    let checked = Command::cargo_bin("polyattn").unwrap().arg("check").arg(&file).output().unwrap();
    let said = String::from_utf8(checked.stdout).unwrap();
    assert!(checked.status.success() && said.contains("8 run, each within its bound"), "{said}");
    let values = row(&document.body, "NEXUS").not_run.as_ref().unwrap();
    assert!(values.contains("does not fit into the modulus"), "{values}");
    assert!(said.contains("WARNING: NO BOOTSTRAP WAS RUN"), "{said}");
}

/// Depth 14 against 27, two bootstraps against three, both on ciphertexts, at 128 bits.
#[test]
#[ignore = "minutes: make paper"]
fn the_question_of_the_paper_on_ciphertexts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("comparison.json");
    let arguments = ["compare", "examples/paper.toml", "--run", "--seed", "2", "-o", file.to_str().unwrap()];
    let output = Command::cargo_bin("polyattn").unwrap().args(arguments).output().unwrap();
    println!("{}", String::from_utf8(output.stdout).unwrap());
    assert!(output.status.success());
    let comparison = Document::<Comparison>::from_value(read_json(&file).unwrap()).unwrap().body;
    let (ours, paper) = (row(&comparison, "polyattn"), row(&comparison, "22 Goldschmidt"));
    assert_eq!((ours.depth, ours.bootstraps, paper.depth, paper.bootstraps), (Some(14), Some(2), Some(27), Some(3)));
    // Two segments and three: R and z are refreshed once and twice.
    assert_eq!((run(&comparison, "polyattn").refreshed, run(&comparison, "22 Goldschmidt").refreshed), (2, 4));
    for name in ["polyattn", "22 Goldschmidt", "THOR, over", "Lattigo", "OpenFHE"] {
        let run = run(&comparison, name);
        let bits = run.predicted_mean_bits.unwrap();
        assert!(run.verdict == "within bound" && (bits - run.noise_mean_bits).abs() < 0.5, "{name}: {run:?}");
    }
    Command::cargo_bin("polyattn").unwrap().arg("check").arg(&file).assert().success();
}
