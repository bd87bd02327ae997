//! Specifications that no plan meets: what is said to be enough is enough, and a hundredth less of it is not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking

use polyattn::attention::Scores;
use polyattn::plan::{PlanDocument, Spec, SpecSource, plan};
use polyattn::real::parse_exact;
use rug::Rational;
use std::path::Path;

fn spec(attention: &str, target: &str, ckks: &str) -> String {
    format!("[attention]\nlength = 16\n{attention}\n[target]\n{target}\n[ckks]\n{ckks}\n")
}

const ROWS: &str = "p = 2\nscore_bound = \"1\"\nepsilon = { form = \"unit\", value = \"2^-6\" }";

fn planned(text: &str) -> polyattn::Result<PlanDocument> {
    let spec = Spec::from_toml(text)?;
    let scores = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scores/minilm_l3_h0.npy");
    let scores = spec.attention.scores.is_some().then(|| Scores::read(&scores)).transpose()?;
    plan(&SpecSource::new(spec, scores.as_ref())?)
}

fn refused(text: &str) -> polyattn::Error {
    // A whole plan would be too much to print.
    planned(text).map(|_| ()).expect_err("it has a plan")
}

/// What is said, with exit code 3.
fn refusal(text: &str) -> String {
    let error = refused(text);
    assert_eq!(error.exit_code(), 3, "{error}");
    println!("{error}\n");
    error.to_string()
}

/// The number that follows some words.
fn named(said: &str, words: &str) -> Rational {
    let after = said.split(words).nth(1).unwrap_or_else(|| panic!("'{words}' is not in: {said}"));
    let number: String = after.chars().take_while(|c| c.is_ascii_digit() || *c == '.' || *c == '/').collect();
    parse_exact(number.trim_end_matches('.')).unwrap()
}

fn hundredth_less(value: &Rational) -> Rational {
    value * Rational::from((99, 100))
}

/// The noise of every scale is above the target.
#[test]
fn the_least_max_error_is_named() {
    let of = |error: &str| spec(ROWS, &format!("max_error = \"{error}\""), "max_log_n = 14");
    let said = refusal(&of("2^-60"));
    assert!(said.contains("bits above max_error = 2^-60"), "{said}");
    let least = named(&said, "raise target.max_error to ");
    assert!(planned(&of(&least.to_string())).is_ok());
    assert!(planned(&of(&hundredth_less(&least).to_string())).is_err());
}

/// So many doublings do not fit: more error of the reciprocal, or a larger ring.
#[test]
fn the_least_relative_error_and_ring_are_named() {
    let of = |relative: &str, log_n: u32| {
        let target = format!("max_error = \"2^-2\"\nrelative_error = \"{relative}\"");
        spec(ROWS, &target, &format!("max_log_n = {log_n}"))
    };
    let said = refusal(&of("2^-40", 13));
    assert!(said.contains("bits more than the 214 that 128-bit security allows; N = 2^14 holds log QP = "), "{said}");
    let least = named(&said, "target.relative_error to ");
    assert!(planned(&of(&least.to_string(), 13)).is_ok());
    assert!(planned(&of(&hundredth_less(&least).to_string(), 13)).is_err());
    assert_eq!(named(&said, "raise ckks.max_log_n to "), 14);
    assert!(planned(&of("2^-40", 14)).is_ok());
}

/// A small relative error takes more levels than N = 2^13 has at any scale with little noise: each target alone may stay.
#[test]
fn targets_that_contradict_each_other_are_relaxed_together() {
    let of = |relative: &str, error: &str| {
        let target = format!("max_error = \"{error}\"\nrelative_error = \"{relative}\"");
        spec(ROWS, &target, "max_log_n = 13")
    };
    let said = refusal(&of("2^-40", "2^-60"));
    assert!(said.contains("one alone is not enough"), "{said}");
    let error = named(&said, "raise target.max_error to ").to_string();
    let relative = named(&said, "target.relative_error to ").to_string();
    assert!(planned(&of(&relative, &error)).is_ok());
    assert!(planned(&of("2^-40", &error)).is_err() && planned(&of(&relative, "2^-60")).is_err());
}

#[test]
fn the_least_missing_levels_and_the_primes_are_named() {
    let of = |primes: &str| spec(ROWS, "max_error = \"2^-5\"", &format!("log_n = 15\n{primes}"));
    let said = refusal(&of("log_q = [54, 50, 50]\nlog_p = [60]"));
    // Depth 1 for x^2, and the fewest doublings are as many as the levels that are there and those that lack.
    let missing = named(&said, "the given primes lack ").to_f64() as usize;
    let enough = format!("log_q = [54{}]\nlog_p = [60]", ", 50".repeat(2 + missing));
    let short = format!("log_q = [54{}]\nlog_p = [60]", ", 50".repeat(1 + missing));
    assert!(planned(&of(&enough)).is_ok() && planned(&of(&short)).is_err());
    let primes = said.split("take ckks.").nth(1).unwrap().lines().next().unwrap().replace(" and ", "\n");
    assert!(planned(&of(&primes)).is_ok(), "{primes}");
}

#[test]
fn the_scale_is_named() {
    let of = |scale: &str| spec(ROWS, "max_error = \"2^-16\"", &format!("max_log_n = 15\nscale_bits = {scale}"));
    let said = refusal(&of("30"));
    let scale = named(&said, "take ckks.scale_bits = ").to_string();
    assert!(planned(&of(&scale)).is_ok());
}

/// Of two ε the one that takes less is named, and the ε that takes as little as is asked for.
#[test]
fn the_least_mass_lost_is_named() {
    let of = |epsilon: &str, lost: &str| {
        format!(
            "[attention]\nlength = 128\np = 4\nscores = \"minilm_l3_h0.npy\"\n\
             epsilon = {{ form = \"unit\", value = [{epsilon}] }}\n[target]\nmax_error = \"2^-8\"\nmax_mass_lost = \"{lost}\"\n"
        )
    };
    let listed = "\"2^-4\", \"2^-10\"";
    let said = refusal(&of(listed, "0.001"));
    assert!(said.contains("ε = 2^-10 with p = 4"), "{said}");
    let least = named(&said, "raise target.max_mass_lost to ");
    assert!(planned(&of(listed, &least.to_string())).is_ok());
    assert!(planned(&of(listed, &hundredth_less(&least).to_string())).is_err());
    let epsilon = named(&said, "take ε ≤ ");
    let plan = planned(&of(&format!("\"{epsilon}\""), "0.001")).unwrap();
    assert!(plan.chosen.mass_lost.low_row.unwrap().0 <= Rational::from((1, 1000)));
}

/// Targets below everything that tables are written for are targets that nothing meets.
#[test]
fn hopeless_targets_are_refused_as_such() {
    for target in ["max_error = \"2^-300\"", "max_error = \"2^-5\"\nrelative_error = \"2^-20000\""] {
        for method in ["tables", "any"] {
            let rows = format!("{}\nreciprocal = \"{method}\"", ROWS.replace("2^-6", "1/8"));
            let said = refusal(&spec(&rows, target, ""));
            assert!(said.contains("no plan meets the specification") && !said.contains("take fewer"), "{said}");
        }
    }
}

/// A weight is never off by more than 1: what promises no less is not advised.
#[test]
fn no_target_of_one_is_advised() {
    let said = refusal(&spec(&ROWS.replace("2^-6", "2^-100"), "max_error = \"2^-5\"", "log_n = 13"));
    assert!(!said.contains("max_error to 1"), "{said}");
}

#[test]
fn an_empty_list_of_scales_is_refused() {
    let error = refused(&spec(ROWS, "max_error = \"2^-5\"", "scale_bits = []"));
    assert!(error.exit_code() == 2 && error.to_string().contains("ckks.scale_bits"), "{error}");
}
