//! From a specification to ciphertexts: the figures that the shipped example promises, and plans of every shape.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use polyattn::attention::Scores;
use polyattn::encrypted::{ScoresUsed, Validation, backend, draw_rows, validate};
use polyattn::plan::{Job, PlanDocument, Rows, Spec, SpecSource, plan, recheck};
use std::path::Path;

fn used() -> ScoresUsed {
    ScoresUsed::new("test", None, None)
}

fn run(document: &PlanDocument, rows: Vec<Rows>) -> Validation {
    validate(document, &rows, used(), backend("ckks").unwrap().as_ref(), 11u64, &|_| {}).unwrap()
}

/// Drawn rows for each length, the domain's corners among them.
fn drawn(document: &PlanDocument) -> Vec<Rows> {
    let job = Job::of(&document.chosen, &document.spec).unwrap();
    let lengths = document.spec.attention.length.as_slice();
    let rows = |&length: &u32| {
        let domain = job.row_domain(&document.spec, length).unwrap();
        Rows { keys: length as usize, rows: draw_rows(&domain, job.power, job.bound.to_f64(), 32, 5) }
    };
    lengths.iter().map(rows).collect()
}

fn holds(document: &PlanDocument, validation: &Validation) {
    assert!(validation.within_bound(), "{validation:#?}");
    assert_eq!(validation.order_violations, 0);
    for stage in &validation.stages {
        assert!(stage.observed_max <= stage.bound.to_f64(), "{stage:?}");
    }
    let rigorous = document.chosen.error.noise.rigorous.to_f64();
    assert!(validation.encryption_max <= rigorous);
    assert!(validation.approximation_max <= document.chosen.error.approximation.to_f64());
}

fn shipped(epsilon: &str, max_error: &str) -> (PlanDocument, Validation) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let text = std::fs::read_to_string(folder.join("minilm.toml")).unwrap();
    let text = text.replace("value = \"2^-16\"", &format!("value = \"{epsilon}\""));
    let text = text.replace("max_error = \"2^-9\"", &format!("max_error = \"{max_error}\""));
    let scores = Scores::read(&folder.join("scores/minilm_l3_h0.npy")).unwrap();
    let source = SpecSource::new(Spec::from_toml(&text).unwrap(), Some(&scores)).unwrap();
    let document = plan(&source).unwrap();
    recheck(&document).unwrap();
    let validation = run(&document, vec![source.rows.unwrap()]);
    holds(&document, &validation);
    (document, validation)
}

#[test]
fn the_shipped_head_takes_depth_twelve() {
    let (document, validation) = shipped("2^-16", "2^-9");
    let chosen = &document.chosen;
    assert_eq!((chosen.depth, chosen.reciprocal_depth, chosen.depth_lower_bound), (12, 10, 10));
    assert_eq!(chosen.lower_bound_metric, "relative");
    assert_eq!((chosen.ckks.log_n, chosen.ckks.security_bits, chosen.bootstraps), (15, 128, 0));
    assert!(chosen.ckks.log_qp <= 868);
    assert_eq!(validation.slots_checked, 128 * 128);
    assert!(validation.observed_max <= 2f64.powi(-12), "{}", validation.observed_max);
    assert!(validation.slack_bits <= 8.0, "{}", validation.slack_bits);
    // The prediction of the mean, on these rows.
    let ratio = chosen.error.noise.predicted.to_f64() / validation.encryption_mean;
    assert!(ratio.log2().abs() <= 0.1, "{}", ratio.log2());
}

#[test]
fn sixteen_times_less_epsilon_takes_depth_fourteen() {
    let (document, validation) = shipped("2^-20", "2^-8");
    let chosen = &document.chosen;
    assert_eq!((chosen.depth, chosen.depth_lower_bound, chosen.ckks.log_n), (14, 12, 15));
    assert!(validation.observed_max <= 2f64.powi(-12), "{}", validation.observed_max);
    assert!(validation.slack_bits <= 8.0, "{}", validation.slack_bits);
}

/// Every power, every variant, lengths that are and are not powers of two, one and several, causal rows.
#[test]
fn plans_of_every_shape_hold_on_ciphertexts() {
    let cases = [
        "p = 2\nlength = 1\nvariant = \"lipschitz\"\nepsilon = { form = \"sum\", value = \"0.1\" }",
        "p = 4\nlength = 3\nvariant = \"stable\"\nepsilon = { form = \"sum\", value = \"1\" }",
        "p = 6\nlength = 100\nepsilon = { form = \"unit\", value = \"2^-9\" }",
        "p = 8\nlength = 256\nepsilon = { form = \"mean\", value = \"64\" }",
        "p = 4\nlength = [16, 24, 64]\nepsilon = { form = \"sum\", value = \"20\" }",
        "p = 2\nlength = 48\ncausal = true\nepsilon = { form = \"sum\", value = \"2\" }",
        "p = 4\nlength = 33\nvariant = \"plain\"\nsmallest_mean_square = \"2^-4\"",
    ];
    for case in cases {
        let text = format!("[attention]\nscore_bound = \"4\"\n{case}\n[target]\nmax_error = \"2^-6\"\n");
        let document = plan(&SpecSource::new(Spec::from_toml(&text).unwrap(), None).unwrap()).unwrap();
        let chosen = &document.chosen;
        let power_depth = 32 - (chosen.p - 1).leading_zeros();
        assert_eq!(chosen.depth, power_depth + chosen.reciprocal_depth, "{case}");
        assert!(chosen.depth_lower_bound <= chosen.reciprocal_depth, "{case}");
        holds(&document, &run(&document, drawn(&document)));
    }
}
