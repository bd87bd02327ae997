//! Answers that are hard to prove or to write, and documents that say what is not so.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use super::*;
use crate::real::parse_exact;
use serde_json::{Value, from_value, json, to_value};

fn number(text: &str) -> Exact {
    Exact(parse_exact(text).unwrap())
}

fn coefficients(text: &str) -> Activation {
    Activation::Coefficients(text.split(',').map(number).collect())
}

fn power(power: u32, shift: &str) -> Activation {
    Activation::Power { power, shift: number(shift) }
}

fn question(lo: &str, hi: &str, error: Option<&str>) -> Question {
    Question { error: error.map(number), ..Question::new([number(lo).0, number(hi).0]) }
}

/// The answer, which the checker accepts.
fn asked(activation: &Activation, question: &Question) -> Order {
    let order = examine(activation, question).unwrap();
    verify(&order).unwrap();
    order
}

/// (x² + 1/4)^20, multiplied out.
fn twentieth_power() -> Activation {
    let square = crate::poly::IntegerPolynomial::new([1, 0, 4].map(rug::Integer::from).to_vec(), rug::Integer::from(4));
    let product = (1..20).fold(square.clone(), |product, _| product.times(&square));
    Activation::Coefficients(product.coefficients().into_iter().map(Exact).collect())
}

#[test]
fn values_far_below_those_at_the_ends_are_proved() {
    let sixteenth = format!("1e-5{},1", ",0".repeat(15));
    for (f, lo, hi) in [
        (coefficients("2^-100,0,1"), "-1", "1"),
        (coefficients(&sixteenth), "-128", "128"),
        (twentieth_power(), "-4", "4"),
    ] {
        let order = asked(&f, &question(lo, hi, None));
        assert!(order.sign.values == Values::Positive && order.magnitude.holds, "{}", order.formula);
    }
    let cubic = asked(&coefficients("0,2^-100,0,1"), &question("-1", "1", None));
    assert_eq!((cubic.direction, cubic.sign.values), (Direction::Increasing, Values::Both));
}

/// x^99 is steepest at the ends: the worst place is the middle, where (g/2)^99 = E.
#[test]
fn the_gap_of_a_high_power_is_the_least() {
    let gap = asked(&power(99, "0"), &question("-3", "3", Some("0.001"))).gap.unwrap();
    let everywhere = gap.everywhere.unwrap();
    let least = 2.0 * 0.001f64.powf(1.0 / 99.0);
    assert!(everywhere.lower.to_f64() <= least && least <= everywhere.upper.to_f64());
    assert!(everywhere.upper.to_f64() - everywhere.lower.to_f64() < 0.003 * least);
}

#[test]
fn an_odd_part_of_next_to_nothing_is_refuted_in_no_time() {
    let began = std::time::Instant::now();
    let f = format!("0,2^-2000{},1", ",0".repeat(298));
    let order = asked(&coefficients(&f), &question("-1", "1", None));
    let pair = order.magnitude.witness.unwrap();
    assert!(pair.points[0].cmp_abs(&pair.points[1]).is_lt() && pair.values[0] >= pair.values[1]);
    assert!(began.elapsed().as_secs() < 20);
}

#[test]
fn zeros_at_the_high_end_are_no_degree() {
    let order = asked(&coefficients("1,0,0"), &question("0", "1", None));
    assert_eq!((order.degree, order.direction), (0, Direction::Constant));
    assert_eq!(asked(&coefficients("0,0"), &question("0", "1", None)).sign.values, Values::Zero);
}

#[test]
fn what_no_document_could_hold_is_refused() {
    let refused = |f: &Activation, question: &Question, part: &str| {
        let error = examine(f, question).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains(part), "{error}");
    };
    refused(&power(5, "2^-20000"), &question("0", "1", None), "too long for a document");
    let sharp = Question { width: number("2^-6000"), ..question("-3", "3", None) };
    refused(&power(99, "0"), &sharp, "width: expected at least 2^-5295 of the interval at degree 99");
    assert_eq!(power(3, "2^-20000").formula(), "(x + 2^-20000)^3");
    assert_eq!(power(3, "-1/3").formula(), "(x − 1/3)^3");
    assert_eq!(power(3, "1/3^200").formula(), "(x + c)^3");
}

/// The places of all parts of a document.
fn places(value: &Value, at: &str) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, inner)| (name.clone(), inner)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, inner)| (index.to_string(), inner)).collect(),
        _ => Vec::new(),
    };
    let below = inner.iter().flat_map(|(name, inner)| places(inner, &format!("{at}/{name}")));
    std::iter::once(at.to_string()).chain(below).collect()
}

/// What else could stand in a place: nothing, another number, another word, other points.
fn others(part: &Value, whole: &Value) -> Vec<Value> {
    let mut others =
        vec![json!(null), json!([]), json!(true), json!(false), json!("1000"), json!("-1000"), json!("elsewhere")];
    others.extend(["increasing", "decreasing", "constant", "neither"].map(Value::from));
    others.extend(["positive", "nonnegative", "zero", "nonpositive", "negative", "both"].map(Value::from));
    others.extend([json!(["0", "0"]), json!(["1", "1"]), json!(["1000", "1001"])]);
    others.extend(part.as_u64().map(|n| json!(n + 1)));
    others.extend(part.as_u64().and_then(|n| n.checked_sub(1)).map(Value::from));
    if part.is_null() {
        others.extend([json!("0"), json!("1"), whole["rises"].clone(), whole["falls"].clone()]);
    }
    others.retain(|other| other != part);
    others
}

/// No part of a document can say anything else, but the seconds that it took; and a gap that is not there was not asked for.
#[test]
fn every_part_that_is_changed_is_refused() {
    let mut tried = 0;
    for (f, lo, hi) in [
        (power(4, "0"), "-2", "2"),
        (coefficients("0,-1,0,1/3"), "-2", "2"),
        (coefficients("1,0,1"), "-2", "2"),
        (coefficients("0,-1"), "1", "2"),
    ] {
        for error in [None, Some("0.01"), Some("1000")] {
            let whole = to_value(asked(&f, &question(lo, hi, error))).unwrap();
            for place in places(&whole, "").into_iter().filter(|place| place != "/seconds") {
                let part = whole.pointer(&place).unwrap();
                for other in others(part, &whole).into_iter().filter(|other| place != "/gap" || !other.is_null()) {
                    let mut changed = whole.clone();
                    *changed.pointer_mut(&place).unwrap() = other.clone();
                    let accepted = from_value::<Order>(changed).is_ok_and(|order| verify(&order).is_ok());
                    assert!(!accepted, "{} with {error:?}: {place} = {other}", whole["formula"]);
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 5000, "{tried}");
    let mut zero = asked(&coefficients("0"), &question("1", "2", None));
    zero.sign.zero_in = Some([number("1000"), number("1001")]);
    assert!(verify(&zero).is_err());
}

#[test]
fn a_gap_is_held_to_its_places_and_its_lower_end() {
    let order = asked(&power(2, "0"), &question("-2", "2", Some("0.01")));
    type Change = fn(&mut Gap);
    let changes: [Change; 5] = [
        |gap| drop(gap.places.pop()),
        |gap| gap.places.swap(0, 1),
        |gap| (gap.everywhere, gap.places) = (None, Vec::new()),
        |gap| gap.places[0].lower = Exact::default(),
        |gap| gap.everywhere.iter_mut().for_each(|at| at.lower = at.upper.clone()),
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut changed = order.clone();
        change(changed.gap.as_mut().unwrap());
        assert!(verify(&changed).unwrap_err().to_string().contains("field 'gap'"), "{index}");
    }
}
