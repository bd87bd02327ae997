//! What a table may claim: everything up to what is proved, and nothing beyond it.

use super::*;
use crate::fit::{FitRequest, Goal, Method, fit};
use crate::poly::Basis;
use crate::real::{Exact, parse_exact};
use crate::target::Target;

fn exact(text: &str) -> Exact {
    Exact(parse_exact(text).unwrap())
}

fn fitted(name: &str, epsilon: &str, intervals: &[(&str, &str)], degree: u64, metric: Option<Metric>) -> FitRequest {
    let intervals: Vec<[Exact; 2]> = intervals.iter().map(|(lo, hi)| [exact(lo), exact(hi)]).collect();
    let (target, first) = (Target::new(name, exact(epsilon).0).unwrap(), intervals[0].clone().map(|end| end.0));
    FitRequest { intervals, metric, ..FitRequest::new(target, first, Goal::Degree(degree)) }
}

fn proved(table: &Table) -> Certified {
    let certified = certify(table).unwrap();
    assert_eq!(certified.certificate.verdict, Verdict::Proved, "{}", certified.certificate.claim.words);
    certified
}

fn refused(table: &Table, word: &str) {
    let certificate = certify(table).unwrap().certificate;
    assert_eq!(certificate.verdict, Verdict::NotProved, "{word}");
    assert!(certificate.claim.words.contains(word), "{}", certificate.claim.words);
}

fn claiming(table: &Table, upper: &Rational, lower: &Rational) -> Table {
    let mut claimed = table.clone();
    claimed.error.certified_upper = Some(upper.clone().into());
    claimed.error.certified_lower = Some(lower.clone().into());
    claimed
}

/// A table of each way to prove a bound.
fn each_kind() -> Vec<Table> {
    let unit = [("0", "1")];
    let composite = FitRequest { method: Method::Composite, ..fitted("reciprocal", "2^-6", &unit, 31, None) };
    let coarse = FitRequest { scale_bits: Some(12), ..fitted("reciprocal", "2^-4", &unit, 15, None) };
    let stages = |name: &str, epsilon: &str, intervals: &[(&str, &str)]| FitRequest {
        method: Method::Composite,
        goal: Goal::MaxError(exact("2^-10").0),
        ..fitted(name, epsilon, intervals, 0, None)
    };
    let requests = [
        fitted("reciprocal", "2^-4", &unit, 15, None),
        fitted("reciprocal", "2^-4", &unit, 9, Some(Metric::Absolute)),
        coarse,
        composite,
        stages("inverse-sqrt", "2^-8", &unit),
        stages("sign", "0", &[("-1", "-1/8"), ("1/8", "1")]),
        fitted("inverse-sqrt", "2^-4", &unit, 9, None),
        fitted("sign", "0", &[("-1", "-1/8"), ("1/8", "1")], 9, None),
        fitted("exp", "0", &[("-4", "0")], 7, None),
        fitted("tanh", "0", &[("-2", "2")], 9, None),
    ];
    requests.iter().map(|request| fit(request).unwrap()).collect()
}

#[test]
fn a_table_may_claim_what_is_proved_and_no_more() {
    for table in each_kind() {
        let name = format!("{} of degree {}", table.target.name, table.degree);
        let certificate = proved(&table).certificate;
        let (upper, lower) = (certificate.certified_upper.unwrap().0, certificate.certified_lower.unwrap().0);
        assert!(lower < upper, "{name}");
        proved(&claiming(&table, &upper, &lower));
        proved(&claiming(&table, &(upper.clone() * 2u32), &(lower.clone() / 2u32)));
        // No error is as small as its own lower bound: that is rounded down.
        refused(&claiming(&table, &lower, &lower), "error.certified_upper");
        refused(&claiming(&table, &upper, &upper), "error.certified_lower");
        // A bound between the two is shown, or is not believed.
        let middle = Rational::from(&upper + &lower) / 2u32;
        let between = certify(&claiming(&table, &middle, &lower)).unwrap();
        let mut sharper = between.certificate;
        let is_proved = sharper.verdict == Verdict::Proved;
        assert!(is_proved || sharper.claim.words.contains("error.certified_upper"), "{name}: {}", sharper.claim.words);
        // What is believed is shown by a certificate of that bound, unless another proof than its witness showed it.
        if is_proved && sharper.chebyshev.is_none() {
            let subject = Subject::new(&table.form, &table.target, &table.intervals, table.error.metric).unwrap();
            sharper.claim.words =
                Certificate::words(&subject.target, &table.intervals, subject.metric, &middle.clone().into());
            sharper.claim.bound = Some(middle.clone().into());
            sharper.certified_upper = Some(middle.into());
            verify(&sharper).unwrap();
        }
    }
}

/// 1/2 errs by 1/2 at both ends of [1, 3], and by no more between them.
#[test]
fn a_bound_that_is_attained_is_proved() {
    let table = fit(&fitted("reciprocal", "0", &[("1", "3")], 0, None)).unwrap();
    let half = Rational::from((1, 2));
    proved(&claiming(&table, &half, &half));
    let less = &half - Rational::from((1, 1u64 << 60));
    refused(&claiming(&table, &less, &less), "error.certified_upper");
}

/// A bound below the one that the search rounds up to, but not below the error, is shown on request.
#[test]
fn a_bound_nearer_than_the_slack_is_proved() {
    let request = FitRequest { basis: Basis::Monomial, ..fitted("reciprocal", "1/4", &[("0", "1")], 5, None) };
    let table = fit(&request).unwrap();
    let certificate = proved(&table).certificate;
    assert!(certificate.method.contains("Bernstein"), "{}", certificate.method);
    let (upper, lower) = (certificate.certified_upper.unwrap().0, certificate.certified_lower.unwrap().0);
    proved(&claiming(&table, &(Rational::from(&upper + &lower) / 2u32), &lower));
}

#[test]
fn negative_denominators_are_proved_in_both_metrics() {
    for metric in [Metric::Relative, Metric::Absolute] {
        for basis in [Basis::Chebyshev, Basis::Monomial] {
            let request = FitRequest { basis, ..fitted("reciprocal", "0", &[("-5/3", "-1/10")], 11, Some(metric)) };
            let table = fit(&request).unwrap();
            let certified = proved(&table);
            verify_against(&certified.certificate, &certified.table).unwrap();
            let error = certified.certificate.certified_upper.unwrap().0;
            refused(&claiming(&table, &(error.clone() / 2u32), &Rational::new()), "error.certified_upper");
        }
    }
}

/// What is proved on an interval is proved on parts of it, and Coq's file is about those parts.
#[test]
fn parts_of_an_interval_have_the_proof_of_the_whole() {
    let parts = vec![[exact("0"), exact("1/4")], [exact("1/2"), exact("1")]];
    let composite =
        fit(&FitRequest { method: Method::Composite, ..fitted("reciprocal", "2^-4", &[("0", "1")], 31, None) });
    let polynomial = fit(&fitted("reciprocal", "2^-4", &[("0", "1")], 15, None)).unwrap();
    let in_parts = |table: &Table| proved(&Table { intervals: parts.clone(), ..table.clone() }).certificate;
    let of_composite = in_parts(&composite.unwrap());
    verify(&of_composite).unwrap();
    let error = coq(&of_composite).unwrap_err();
    assert!(error.exit_code() == 2 && error.to_string().contains("one interval"), "{error}");
    let of_polynomial = in_parts(&polynomial);
    verify(&of_polynomial).unwrap();
    let text = coq(&of_polynomial).unwrap();
    let said: String = text.split_whitespace().collect();
    assert!(said.contains("intervals:=[(0,1);(2,4)]") || said.contains("intervals:=[(0,4);(8,16)]"), "{text}");
    // The witness of the whole serves for its parts, but Coq's theorem is about one interval.
    assert!(!text.contains("PolyAttn.Witness"), "{text}");
}

/// Where the function of a Coq file is not what its checkers are about, that is said.
#[test]
fn coq_files_are_refused_where_no_checker_is() {
    for (name, epsilon, interval, metric, part) in [
        ("reciprocal", "0", ("-3", "-1"), None, "x + ε > 0"),
        ("inverse-sqrt", "1", ("0", "1"), Some(Metric::Absolute), "relative error"),
        ("exp", "0", ("-1", "1"), None, "x ≤ 0"),
        ("log", "0", ("1", "2"), None, "another function"),
    ] {
        let certificate = proved(&fit(&fitted(name, epsilon, &[interval], 5, metric)).unwrap()).certificate;
        let error = coq(&certificate).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains(part), "{name}: {error}");
    }
}

/// A point that is named as a counterexample to what is proved contradicts it.
#[test]
fn no_point_is_named_against_what_is_proved() {
    let table = fit(&fitted("reciprocal", "1/4", &[("0", "1")], 15, None)).unwrap();
    let certificate = proved(&table).certificate;
    assert_eq!((certificate.positive, certificate.monotone), (Some(true), Some(true)));
    for change in [
        |c: &mut Certificate| c.witnesses.not_positive = Some(exact("1/2")),
        |c: &mut Certificate| c.witnesses.not_monotone = Some([exact("1/4"), exact("1/2")]),
        |c: &mut Certificate| (c.positive, c.witnesses.not_positive) = (None, Some(exact("1/2"))),
        |c: &mut Certificate| (c.monotone, c.witnesses.not_monotone) = (None, Some([exact("1/4"), exact("1/2")])),
        |c: &mut Certificate| c.positive = Some(false),
        |c: &mut Certificate| c.monotone = Some(false),
    ] {
        let mut changed = certificate.clone();
        change(&mut changed);
        assert_eq!(verify(&changed).unwrap_err().exit_code(), 4);
    }
}

/// The checker refuses more models than it allows, on however many intervals.
#[test]
fn models_are_counted_over_all_intervals() {
    let request = fitted("log", "0", &[("1/1048576", "1"), ("2", "1048576")], 3, Some(Metric::Absolute));
    let intervals = &request.intervals;
    let form = fit(&FitRequest { intervals: vec![[exact("1"), exact("2")]], ..request.clone() }).unwrap().form;
    let subject = Subject::new(&form, &request.target.name(), intervals, Metric::Absolute).unwrap();
    let error = Rational::from(1) >> 60;
    let needed = models(&subject, &error, MOST_MODELS).unwrap().len();
    assert!(needed > 4, "{needed}");
    assert_eq!(models(&subject, &error, needed).map(|models| models.len()), Some(needed));
    for fewer in 0..needed {
        assert!(models(&subject, &error, fewer).is_none(), "{fewer}");
    }
}

/// Models stand on the whole interval, end to end: none may be missing, moved, doubled or out of its place.
#[test]
fn models_that_leave_a_part_out_are_refused() {
    let table = fit(&fitted("log", "0", &[("1/4096", "2")], 9, Some(Metric::Absolute))).unwrap();
    let certificate = proved(&table).certificate;
    let count = certificate.models.len();
    assert!(count > 2, "{count}");
    verify(&certificate).unwrap();
    let refused = |what: &str, change: &dyn Fn(&mut Vec<Model>)| {
        let mut changed = certificate.clone();
        change(&mut changed.models);
        let error = verify(&changed).unwrap_err().to_string();
        assert!(error.contains("'models'"), "{what}: {error}");
    };
    for place in 0..count {
        refused("missing", &|models| drop(models.remove(place)));
        refused("doubled", &|models| models.insert(place, models[place].clone()));
        refused("swapped", &|models| models.swap(place, (place + 1) % count));
    }
    refused("none", &Vec::clear);
    refused("beyond the end", &|models| {
        let beyond = models[count - 1].interval.clone();
        models[count - 1].interval[1] = Exact(beyond[1].0.clone() + Rational::from((1, 1024)));
    });
}
