//! Staged normalisation from a specification to ciphertexts.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use polyattn::certify::certify;
use polyattn::encrypted::{ScoresUsed, backend, draw_rows, validate};
use polyattn::plan::{Job, Method, PlanDocument, Rows, Spec, SpecSource, plan, recheck};
use polyattn::poly::table::Form;
use polyattn::real::Exact;
use rug::Rational;

/// A specification of rows of 16 keys for a small ring, which is insecure and quick.
fn spec(p: u32, attention: &str, max_error: &str) -> String {
    format!(
        "[attention]\np = {p}\nlength = 16\nscore_bound = \"4\"\n{attention}\n[target]\nmax_error = \"{max_error}\"\n\
         [ckks]\nlog_n = 12\n"
    )
}

const PROMISE: &str = "variant = \"plain\"\nnormalisation = \"staged\"\nsmallest_mean_square = \"2^-6\"";

fn planned(text: &str) -> PlanDocument {
    plan(&SpecSource::new(Spec::from_toml_insecure(text).unwrap(), None).unwrap()).unwrap()
}

fn drawn(document: &PlanDocument, count: usize) -> Vec<Rows> {
    let job = Job::of(&document.chosen, &document.spec).unwrap();
    let domain = job.first_domain(&document.spec, 16).unwrap();
    vec![Rows { keys: 16, rows: draw_rows(&domain, job.first_power(), 4.0, count, 7) }]
}

#[test]
fn staged_plans_hold_on_ciphertexts_and_predict_every_stage() {
    for (p, max_error) in [(4, "2^-10"), (8, "2^-6")] {
        let document = planned(&spec(p, PROMISE, max_error));
        assert_eq!(document.chosen.method, Method::Staged);
        assert_eq!(document.chosen.tables.len() as u32, p.ilog2());
        assert_eq!(document.chosen.depth, p.ilog2() + document.chosen.reciprocal_depth);
        recheck(&document).unwrap();
        let sets = drawn(&document, 128);
        for name in ["ckks", "simulated", "exact"] {
            let used = ScoresUsed::new("drawn", None, None);
            let backend = backend(name).unwrap();
            let record = validate(&document, &sets, used, backend.as_ref(), 5, &|_| ()).unwrap();
            assert_eq!(record.verdict, "within bound", "p = {p}, {name}: {:?}", record.violations());
            assert_eq!(record.order_violations, 0);
            // One key: slots of one row share its luck, so a mean over all of them is a few tenths of a bit from its expectation.
            for stage in record.stages.iter().filter(|_| name != "exact") {
                let bits = (stage.predicted_mean / stage.observed_mean).log2();
                assert!(bits.abs() < 0.4, "p = {p}, {name}, {}: {bits:.2} bits", stage.name);
            }
        }
    }
}

/// Over many keys the predicted mean of the weights' noise is right.
#[test]
fn the_predicted_mean_is_that_of_many_keys() {
    let document = planned(&spec(4, PROMISE, "2^-10"));
    let sets = drawn(&document, 128);
    let backend = backend("simulated").unwrap();
    let (mut observed, mut predicted) = (0.0, 0.0);
    for seed in 1..=12 {
        let used = ScoresUsed::new("drawn", None, None);
        let record = validate(&document, &sets, used, backend.as_ref(), seed, &|_| ()).unwrap();
        let weights = record.stages.last().unwrap();
        observed += weights.observed_mean;
        predicted += weights.predicted_mean;
    }
    let bits: f64 = (predicted / observed).log2();
    println!("predicted over observed mean: {bits:.3} bits");
    assert!(bits.abs() < 0.1, "{bits:.3} bits");
}

/// What cannot be staged is refused with the field that says so.
#[test]
fn impossible_requests_name_their_field() {
    let refused = |text: &str, word: &str| {
        let error = Spec::from_toml_insecure(text).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains(word), "{error}");
    };
    refused(&spec(6, PROMISE, "2^-8"), "attention.p");
    refused(&spec(4, "variant = \"plain\"\nnormalisation = \"staged\"", "2^-8"), "smallest_mean_square");
    refused(&spec(4, "variant = \"plain\"\nsmallest_mean = \"2^-9\"\nrows_below = \"skip\"", "2^-8"), "rows_below");
    let bootstraps = spec(4, PROMISE, "2^-8") + "levels_per_bootstrap = 4\n";
    refused(&bootstraps, "levels_per_bootstrap");
}

/// With ε in the exact map, what is left out is in the ledger, and the total is larger by it.
#[test]
fn an_epsilon_that_is_left_out_is_accounted_for() {
    let attention =
        "epsilon = { form = \"unit\", value = \"2^-24\" }\nnormalisation = \"staged\"\nsmallest_mean_square = \"2^-6\"";
    let document = planned(&spec(4, attention, "2^-8"));
    let line = document.chosen.ledger.iter().find(|line| line.source == "ε left out").unwrap();
    // ε/(m + ε) at the smallest mean of (x/R)^4, 2^-12.
    let expected = 2f64.powi(-24) / (2f64.powi(-12) + 2f64.powi(-24));
    assert!((line.value.to_f64() / expected - 1.0).abs() < 1e-9);
    let sets = drawn(&document, 16);
    let backend = backend("exact").unwrap();
    let used = ScoresUsed::new("drawn", None, None);
    let record = validate(&document, &sets, used, backend.as_ref(), 5, &|_| ()).unwrap();
    assert!(record.violations().is_empty(), "{:?}", record.violations());
}

/// Rows that do not fill their padding: 11 keys in 16 slots, and all 16 hold noise.
#[test]
fn padding_carries_noise_that_the_bound_has() {
    let text = spec(4, PROMISE, "2^-10").replace("length = 16", "length = 11");
    let document = planned(&text);
    let job = Job::of(&document.chosen, &document.spec).unwrap();
    let domain = job.first_domain(&document.spec, 11).unwrap();
    let sets = vec![Rows { keys: 11, rows: draw_rows(&domain, 2, 4.0, 128, 3) }];
    for name in ["ckks", "simulated"] {
        let backend = backend(name).unwrap();
        let used = ScoresUsed::new("drawn", None, None);
        let record = validate(&document, &sets, used, backend.as_ref(), 9, &|_| ()).unwrap();
        assert!(record.violations().is_empty(), "{name}: {:?}", record.violations());
    }
}

/// A first division so crude that the sum of a row may be next to 0 leaves no domain to the next, whatever is certified there.
#[test]
fn a_division_that_may_bring_the_row_to_nothing_is_refused() {
    let mut forged = planned(&spec(4, PROMISE, "2^-10"));
    let Form::Composite { steps, .. } = &mut forged.chosen.tables[0].body.form else { panic!("a composite") };
    *steps = vec![Exact(Rational::from((7, 2)))];
    let table = &mut forged.chosen.tables[0].body;
    table.degree = 1;
    (table.evaluation.depth, table.evaluation.products) = (0, 0);
    table.error.estimated = Exact(Rational::from((5, 2)));
    (table.error.certified_upper, table.error.certified_lower) = (None, None);
    (table.positive, table.monotone) = (None, None);
    let certified = certify(table).unwrap();
    assert!(certified.certificate.certified_upper.clone().unwrap() > Exact(Rational::from(1)));
    forged.chosen.tables[0].body = certified.table;
    forged.chosen.certificates[0].body = certified.certificate;
    let error = recheck(&forged).unwrap_err();
    assert!(error.to_string().contains("may err by at most"), "{error}");
}

/// A forged staged plan does not pass.
#[test]
fn forged_staged_plans_are_refused() {
    let honest = planned(&spec(4, PROMISE, "2^-10"));
    let mut swapped = honest.clone();
    swapped.chosen.tables.reverse();
    swapped.chosen.certificates.reverse();
    let mut named = honest.clone();
    named.chosen.method = Method::Merged;
    let mut promised = honest.clone();
    promised.spec.attention.smallest_mean_square = Exact(Rational::from((1, 32)));
    let mut cut = honest.clone();
    cut.chosen.tables.pop();
    for (what, forged) in [("swapped", swapped), ("method", named), ("promise", promised), ("cut", cut)] {
        assert!(recheck(&forged).is_err(), "{what}");
    }
}

/// Rows below the promise are left out where that is asked for, and an error where it is not.
#[test]
fn rows_below_the_promise_are_counted() {
    let spec = |more: &str| Spec::from_toml_insecure(&spec(4, &format!("{PROMISE}\n{more}"), "2^-8")).unwrap();
    let rows = Rows { keys: 16, rows: vec![vec![1.0; 16], vec![0.125; 16], vec![0.5; 16]] };
    let with = |more: &str| SpecSource::with_bound(spec(more), 4.into()).unwrap();
    let (kept, skipped) = with("rows_below = \"skip\"").kept(rows.clone());
    // mean (x/4)^2 is 2^-4, 2^-10 and 2^-6.
    assert_eq!((kept.rows.len(), skipped), (2, 1));
    assert_eq!(with("").kept(rows).0.rows.len(), 3);
}
