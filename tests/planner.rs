//! The search over reciprocal methods: every method from a specification to a plan that holds.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use polyattn::encrypted::{ScoresUsed, backend, draw_rows, validate};
use polyattn::plan::{Job, Method, PlanDocument, Rows, Spec, SpecSource, dominant, plan, recheck};
use polyattn::real::Exact;
use rug::Rational;

/// Rows of 16 keys in a ring that is insecure and quick, divided by `method`.
fn spec(method: &str, more: &str) -> String {
    format!(
        "[attention]\np = 4\nlength = 16\nscore_bound = \"4\"\nreciprocal = {method}\n\
         epsilon = {{ form = \"unit\", value = \"2^-5\" }}\n[target]\nmax_error = \"2^-7\"\n{more}\n[ckks]\nlog_n = 11\n\
         scale_bits = [50]\n"
    )
}

fn planned(text: &str) -> PlanDocument {
    plan(&SpecSource::new(Spec::from_toml_insecure(text).unwrap(), None).unwrap()).unwrap()
}

const METHODS: [(&str, Method); 7] = [
    ("composite", Method::Merged),
    ("composite-separate", Method::Separate),
    ("goldschmidt", Method::Goldschmidt),
    ("goldschmidt-mean", Method::GoldschmidtMean),
    ("polynomial", Method::Polynomial),
    ("start-goldschmidt", Method::StartGoldschmidt),
    ("start-newton", Method::StartNewton),
];

fn by(name: &str) -> PlanDocument {
    planned(&spec(&format!("\"{name}\""), ""))
}

#[test]
fn every_method_makes_plans_that_hold_on_ciphertexts() {
    for (name, method) in METHODS {
        let document = by(name);
        let plan = &document.chosen;
        assert_eq!(plan.method, method);
        assert_eq!(plan.steps.is_empty(), !method.has_start());
        assert!(plan.reciprocal_depth >= plan.depth_lower_bound, "{name}");
        // What computes 1/D to this error has at least that degree, and its depth holds it.
        assert!(plan.degree < 1 << plan.reciprocal_depth, "{name}: degree {}", plan.degree);
        recheck(&document).unwrap();
        let json = serde_json::to_string(&document).unwrap();
        assert_eq!(serde_json::from_str::<PlanDocument>(&json).unwrap(), document);
        // Every change that it advises was analysed.
        assert!(dominant(&document).unwrap().remedies.iter().any(|remedy| remedy.outcome.is_ok()), "{name}");

        let job = Job::of(plan, &document.spec).unwrap();
        let domain = job.first_domain(&document.spec, 16).unwrap();
        let sets = [Rows { keys: 16, rows: draw_rows(&domain, 4, 4.0, 64, 7) }];
        let used = ScoresUsed::new("drawn", None, None);
        let record = validate(&document, &sets, used, backend("ckks").unwrap().as_ref(), 5, &|_| ()).unwrap();
        assert_eq!(record.verdict, "within bound", "{name}: {:?}", record.violations());
        assert_eq!(record.order_violations, 0, "{name}");
    }
}

/// More to choose from is never worse, and the rule of choice is the stated one.
#[test]
fn the_choice_among_all_methods_is_the_best_of_each() {
    let merit = |document: &PlanDocument| {
        let plan = &document.chosen;
        (plan.bootstraps, plan.depth, plan.ckks.log_n, plan.products, plan.error.total.0.clone())
    };
    let best = METHODS.iter().map(|(name, _)| merit(&by(name))).min().unwrap();
    let all = planned(&spec("\"any\"", ""));
    assert_eq!(merit(&all), best);
    recheck(&all).unwrap();
    let listed = METHODS.map(|(name, _)| format!("\"{name}\"")).join(", ");
    assert_eq!(merit(&planned(&spec(&format!("[{listed}]"), ""))), best);
}

/// What is left out unless it is asked for is what has no table of its own.
#[test]
fn plans_have_whole_tables_unless_a_start_is_asked_for() {
    let spec = |reciprocal: &str| {
        let text = spec("\"any\"", "").replace("reciprocal = \"any\"\n", reciprocal);
        Spec::from_toml_insecure(&text).unwrap()
    };
    assert!(spec("").methods(4).iter().all(|method| !method.has_start()));
    assert_eq!(spec("").methods(4), spec("reciprocal = \"tables\"\n").methods(4));
    assert_eq!(spec("reciprocal = \"any\"\n").methods(4).len(), METHODS.len());
}

#[test]
fn forged_methods_are_refused() {
    let refused = |what: &str, forged: &PlanDocument| {
        let error = recheck(forged).expect_err(what);
        assert_eq!(error.exit_code(), 4, "{what}: {error}");
    };
    let composite =
        planned(&spec("\"any\"", "").replace("\"any\"", "[\"composite\", \"composite-separate\", \"goldschmidt\"]"));
    for method in [Method::Separate, Method::Goldschmidt, Method::Polynomial, Method::StartGoldschmidt] {
        let mut forged = composite.clone();
        forged.chosen.method = method;
        refused("method", &forged);
    }
    let honest = by("start-goldschmidt");
    let mut finer = honest.clone();
    finer.chosen.tables[0].body.error.certified_upper = Some(Exact(Rational::from((1, 1 << 20))));
    refused("the start's error", &finer);
    let mut more = honest.clone();
    more.chosen.steps.push(Exact(Rational::from(1)));
    refused("a doubling more", &more);
    let mut fewer = honest.clone();
    fewer.chosen.steps.clear();
    refused("no doubling", &fewer);
    let mut other = honest;
    other.chosen.steps[0] = Exact(Rational::from((3, 2)));
    refused("another α", &other);
}

/// What cannot be is refused with the key that says so.
#[test]
fn impossible_requests_name_their_key() {
    let refused = |text: &str, word: &str| {
        let error = Spec::from_toml_insecure(text).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains(word), "{error}");
    };
    refused(&spec("\"newton\"", ""), "reciprocal");
    refused(&spec("[\"composite\", \"composite\"]", ""), "attention.reciprocal");
    refused(&(spec("\"start-newton\"", "") + "levels_per_bootstrap = 4\n"), "attention.reciprocal");
    let staged = spec("\"goldschmidt\"", "")
        .replace("score_bound", "normalisation = \"staged\"\nsmallest_mean_square = \"2^-4\"\nscore_bound");
    refused(&staged, "attention.reciprocal");
}

/// A start whose doublings may turn the sign of the reciprocal, or let its residual grow, is no plan, and is refused at once.
#[test]
fn doublings_that_leave_no_reciprocal_are_refused() {
    let honest = by("start-goldschmidt");
    for alpha in [(-1, 2), (0, 1), (2, 1), (3, 1), (1_000_000, 1)] {
        for count in [1, honest.chosen.steps.len(), 40] {
            let mut forged = honest.clone();
            forged.chosen.steps = vec![Exact(Rational::from(alpha)); count];
            let error = recheck(&forged).unwrap_err();
            assert!(error.exit_code() == 4 && error.to_string().contains("steps"), "{alpha:?}, {count}: {error}");
        }
    }
}

/// Small ε ask for many doublings after a start, and the certified error of some starts is 1 there; what is found or not is said
/// in a moment.
#[test]
fn starts_are_found_for_any_epsilon() {
    for bits in [20, 60, 140, 400] {
        let text = spec("\"start-goldschmidt\"", "relative_error = \"1/4\"")
            .replace("2^-5", &format!("2^-{bits}"))
            .replace("2^-7", "0.9");
        match plan(&SpecSource::new(Spec::from_toml_insecure(&text).unwrap(), None).unwrap()) {
            Ok(document) => recheck(&document).unwrap(),
            Err(error) => assert_eq!(error.exit_code(), 3, "ε = 2^-{bits}: {error}"),
        }
    }
}
