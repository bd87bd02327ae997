//! Monotonicity, order and sign of activations, held against known turning points, exact values and the command line.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use polyattn::attention::order_gap;
use polyattn::document::{Document, read_json};
use polyattn::fit::{FitRequest, Goal, Method, fit};
use polyattn::order::{Activation, Direction, Order, Pair, Question, Values, examine, verify};
use polyattn::poly::table::Table;
use polyattn::real::{Exact, parse_exact};
use polyattn::target::Target;
use proptest::prelude::*;
use rug::ops::Pow;
use rug::{Integer, Rational};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

fn number(text: &str) -> Rational {
    parse_exact(text).unwrap()
}

fn power(power: u32, shift: &str) -> Activation {
    Activation::Power { power, shift: Exact(number(shift)) }
}

fn coefficients(numbers: impl IntoIterator<Item = Rational>) -> Activation {
    Activation::Coefficients(numbers.into_iter().map(Exact).collect())
}

/// The answer, which the checker accepts.
fn order(activation: &Activation, lo: &str, hi: &str) -> Order {
    asked(activation, &Question::new([number(lo), number(hi)]))
}

fn asked(activation: &Activation, question: &Question) -> Order {
    let order = examine(activation, question).unwrap();
    verify(&order).unwrap();
    order
}

/// A pair with the values that are there.
fn is_true(activation: &Activation, pair: &Pair) -> bool {
    pair.points.iter().zip(&pair.values).all(|(x, value)| activation.value(x) == value.0)
}

#[test]
fn even_powers_order_magnitudes_and_odd_ones_change_sign() {
    for p in [2, 4, 6, 64] {
        let even = order(&power(p, "0"), "-3", "2");
        assert!(
            even.magnitude.holds && even.direction == Direction::Neither && even.sign.values == Values::Nonnegative
        );
        // −3 beats 2: the turning point is 0 itself.
        assert!(even.pieces.iter().skip(1).all(|piece| *piece.from[0] == 0 && *piece.from[1] == 0));
        let odd = order(&power(p + 1, "0"), "-3", "2");
        assert_eq!((odd.direction, odd.sign.values, odd.magnitude.holds), (Direction::Increasing, Values::Both, false));
        let pair = odd.magnitude.witness.unwrap();
        assert!(pair.points[0].cmp_abs(&pair.points[1]).is_lt() && pair.values[0] >= pair.values[1]);
    }
}

/// (x + c)^p to the left of −c, to the right, and across.
#[test]
fn shifted_powers_turn_where_they_are_zero() {
    for p in 1..=9 {
        let f = power(p, "1/3");
        let (left, right, across) = (order(&f, "-3", "-1/3"), order(&f, "-1/3", "2"), order(&f, "-3", "2"));
        assert_eq!(right.direction, Direction::Increasing);
        assert_eq!(left.direction, if p % 2 == 0 { Direction::Decreasing } else { Direction::Increasing });
        assert_eq!(right.sign.values, Values::Nonnegative);
        assert!(!across.magnitude.holds);
        if p % 2 == 0 {
            assert_eq!((across.direction, across.sign.values), (Direction::Neither, Values::Nonnegative));
            let turn = &across.pieces[1].from;
            assert!(turn[0] == turn[1] && turn[0].0 == number("-1/3"));
            assert_eq!(across.sign.zero_in, Some([Exact(number("-1/3")), Exact(number("-1/3"))]));
        } else {
            assert_eq!((across.direction, across.sign.values), (Direction::Increasing, Values::Both));
        }
    }
}

#[test]
fn constants_lines_and_zero_are_answered() {
    let flat = order(&coefficients([Rational::from(5)]), "-1", "2");
    assert_eq!((flat.direction, flat.sign.values, flat.pieces.len()), (Direction::Constant, Values::Positive, 0));
    assert!(!flat.magnitude.holds && flat.rises.is_none() && flat.falls.is_none());
    assert_eq!(order(&coefficients([Rational::new()]), "-1", "2").sign.values, Values::Zero);
    let line = order(&coefficients([Rational::from(-1), Rational::from(-2)]), "0", "2");
    assert_eq!((line.direction, line.sign.values), (Direction::Decreasing, Values::Negative));
    // −(x² − 2)² touches 0 at an irrational place.
    let touching = order(&coefficients([-4, 0, 4, 0, -1].map(Rational::from)), "1", "1.5");
    assert_eq!(touching.sign.values, Values::Nonpositive);
    let [low, high] = touching.sign.zero_in.unwrap();
    assert!(low.0.square() < 2 && high.0.square() > 2);
}

/// The primitive of Π (x − r)^k, from 0.
fn with_turning_points(roots: &BTreeMap<Rational, u32>) -> Activation {
    let mut slope = vec![Rational::from(1)];
    for (root, multiplicity) in roots {
        for _ in 0..*multiplicity {
            let mut product = vec![Rational::new(); slope.len() + 1];
            for (i, c) in slope.iter().enumerate() {
                product[i + 1] += c;
                product[i] -= Rational::from(c * root);
            }
            slope = product;
        }
    }
    let integrated = slope.into_iter().zip(1u32..).map(|(c, k)| c / k);
    coefficients([Rational::new()].into_iter().chain(integrated))
}

fn small() -> impl Strategy<Value = Rational> {
    (-24i64..24, 1i64..9).prop_map(Rational::from)
}

proptest! {
    /// Known turning points are found, in order and with their multiplicity: one of even multiplicity is none.
    #[test]
    fn known_turning_points_are_found(
        roots in proptest::collection::btree_map(small(), 1u32..4, 0..6), lo in small(), width in 1i64..30,
    ) {
        let hi = &lo + Rational::from((width, 4));
        let f = with_turning_points(&roots);
        let order = asked(&f, &Question::new([lo.clone(), hi.clone()]));
        let turns: Vec<&Rational> =
            roots.iter().filter(|(x, k)| **k % 2 == 1 && lo < **x && **x < hi).map(|(x, _)| x).collect();
        prop_assert_eq!(order.pieces.len(), turns.len() + 1);
        for (piece, turn) in order.pieces.iter().skip(1).zip(turns) {
            prop_assert!(piece.from[0].0 <= *turn && *turn <= piece.from[1].0);
        }
        // The sign of f' just above lo is that of the roots beyond it.
        let beyond: u32 = roots.iter().filter(|(x, _)| **x > lo).map(|(_, k)| k).sum();
        let first = if beyond.is_multiple_of(2) { Direction::Increasing } else { Direction::Decreasing };
        prop_assert_eq!(order.pieces[0].direction, first);
    }

    /// Any polynomial: what is claimed holds at any two points, and what refutes is true.
    #[test]
    fn an_answer_is_true_at_any_two_points(
        numbers in proptest::collection::vec(-12i64..12, 1..8), lo in small(), width in 1i64..30, even in any::<bool>(),
        (n, m) in (0i64..=64, 0i64..=64),
    ) {
        let zeros = if even { 2 } else { 1 };
        let f = coefficients(numbers.iter().enumerate().flat_map(|(i, c)| {
            [Rational::from(*c)].into_iter().chain((1..zeros).map(|_| Rational::new())).take(if i + 1 == numbers.len() { 1 } else { zeros })
        }));
        let hi = &lo + Rational::from((width, 4));
        let order = asked(&f, &Question::new([lo.clone(), hi.clone()]));
        let at = |n: i64| Rational::from(&hi - &lo) * Rational::from((n, 64)) + &lo;
        let (a, b) = (at(n.min(m)), at(n.max(m)));
        let (first, second) = (f.value(&a), f.value(&b));
        if a < b {
            match order.direction {
                Direction::Increasing => prop_assert!(first < second),
                Direction::Decreasing => prop_assert!(first > second),
                Direction::Constant => prop_assert_eq!(&first, &second),
                Direction::Neither => {}
            }
        }
        if order.magnitude.holds {
            prop_assert_eq!(a.cmp_abs(&b), first.cmp(&second));
        }
        match order.sign.values {
            Values::Positive => prop_assert!(first > 0),
            Values::Nonnegative => prop_assert!(first >= 0),
            Values::Zero => prop_assert_eq!(first, 0),
            Values::Nonpositive => prop_assert!(first <= 0),
            Values::Negative => prop_assert!(first < 0),
            Values::Both => {}
        }
        let pairs = [&order.rises, &order.falls, &order.magnitude.witness];
        prop_assert!(pairs.into_iter().flatten().all(|pair| is_true(&f, pair)));
        prop_assert_eq!(order.direction == Direction::Neither, order.rises.is_some() && order.falls.is_some());
    }

    /// Values that err by e keep the order beyond the gap and may lose it before, wherever one asks.
    #[test]
    fn the_gap_is_large_enough_and_hardly_larger(p in 1u32..5, (e, bound) in (1i64..200, 1i64..20), n in 0i64..=64) {
        let f = power(2 * p, "0");
        let (error, bound) = (Rational::from((e, 1000)), Rational::from((bound, 4)));
        let mut question = Question::new([Rational::from(-&bound), bound.clone()]);
        question.error = Some(Exact(error.clone()));
        let gap = asked(&f, &question).gap.unwrap();
        let rises = |v: &Rational, g: &Rational| f.value(&Rational::from(v + g)) - f.value(v);
        let twice = Rational::from(&error * 2u32);
        for at in &gap.places {
            prop_assert!(rises(&at.at, &at.upper) > twice && rises(&at.at, &at.lower) <= twice);
            prop_assert!(Rational::from(&at.upper.0 - &at.lower.0) <= Rational::from(&at.upper.0 >> 30u32));
        }
        prop_assert_eq!(gap.everywhere.is_some(), Rational::from((&bound).pow(2 * p)) > twice);
        if let Some(everywhere) = gap.everywhere {
            let v = Rational::from(&bound - &everywhere.upper.0) * Rational::from((n, 64));
            prop_assert!(rises(&v, &everywhere.upper) > twice);
            prop_assert!(rises(&everywhere.at, &everywhere.lower) <= twice);
        }
    }

    /// The gap of attention weights is that of (x/R)^p at the error e·L·b, and never below it.
    #[test]
    fn the_gap_of_weights_is_the_gap_of_powers(p in 1u32..5, e in 1i64..100, length in 1u32..200) {
        let (error, bound, largest) = (e as f64 * 2f64.powi(-24), 4u32, 1.0625);
        let mut question = Question::new([Rational::from(-4), Rational::from(4)]);
        let margin = Rational::from_f64(error * f64::from(length) * largest).unwrap() * Integer::from(bound).pow(2 * p);
        question.error = Some(Exact(margin));
        let gap = asked(&power(2 * p, "0"), &question).gap.unwrap();
        for at in gap.places {
            let float = order_gap(at.at.to_f64(), error, length, largest, f64::from(bound), 2 * p).unwrap();
            prop_assert!(Rational::from_f64(float).unwrap() >= at.lower.0);
            prop_assert!(float <= at.upper.to_f64() * (1.0 + 1e-6) + 1e-8);
        }
    }
}

fn table(name: &str) -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tables").join(name).join("table.json");
    Document::from_value(read_json(&path).unwrap()).unwrap().body
}

/// The certifier says the same of the published tables, by other inequalities.
#[test]
fn tables_run_as_their_certificates_say() {
    for name in
        ["relative_e4_d7", "relative_e4_d7_monomial", "relative_e4_d31", "composite_e4_b10", "root_e4_d15", "exp_d15"]
    {
        let table = table(name);
        let f = Activation::from(&table);
        let [lo, hi] = f.own_interval().unwrap();
        let order = asked(&f, &Question::new([lo.0, hi.0]));
        let way = if name.starts_with("exp") { Direction::Increasing } else { Direction::Decreasing };
        assert_eq!(table.monotone, Some(order.direction == way), "{name}");
        assert_eq!(table.positive, Some(order.sign.values == Values::Positive), "{name}");
    }
}

/// The sign's composite of stages and the root's: odd and even parts, values of the whole.
#[test]
fn composites_of_stages_are_multiplied_out() {
    let sign = Activation::from(&table("sign_t4_b10"));
    let order = order(&sign, "0.5", "1");
    assert!(order.direction == Direction::Neither && order.sign.values == Values::Positive);
    let x = number("0.75");
    assert!((sign.value(&x) - 1u32).abs() < Rational::from((1, 512)));
    assert_eq!(sign.value(&Rational::from(-&x)), -sign.value(&x));
    let root = Activation::from(&table("root_e8_b10"));
    let d = number("0.5") + Rational::from((1, 256));
    assert!((root.value(&number("0.5")).square() * d - 1u32).abs() < Rational::from((1, 256)));
}

/// T_n turns n − 1 times, between 1 and −1.
#[test]
fn chebyshev_polynomials_turn_as_often_as_they_can() {
    for n in [5usize, 64, 127] {
        let (mut now, mut next) = (vec![Integer::from(1)], vec![Integer::new(), Integer::from(1)]);
        for _ in 1..n {
            let mut after: Vec<Integer> =
                [Integer::new()].into_iter().chain(next.iter().map(|c| Integer::from(c * 2))).collect();
            after.iter_mut().zip(&now).for_each(|(c, old)| *c -= old);
            (now, next) = (next, after);
        }
        let order = order(&coefficients(next.iter().map(Rational::from)), "-1", "1");
        assert_eq!(order.pieces.len(), n);
        let turn = (std::f64::consts::PI / n as f64).cos();
        let last = &order.pieces[n - 1].from;
        assert!(last[0].to_f64() <= turn + 1e-15 && turn - 1e-15 <= last[1].to_f64());
    }
}

#[test]
fn long_powers_take_no_time() {
    let began = std::time::Instant::now();
    let odd = order(&power(255, "1/3"), "-3", "3");
    assert_eq!((odd.direction, odd.sign.values), (Direction::Increasing, Values::Both));
    assert!(order(&power(254, "0"), "-3", "3").magnitude.holds);
    assert!(began.elapsed().as_secs() < 10);
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let refused = |f: &Activation, lo: &str, hi: &str, part: &str| {
        let error = examine(f, &Question::new([number(lo), number(hi)])).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains(part), "{error}");
    };
    refused(&power(512, "0"), "0", "1", "degree: expected at most 511, found 512");
    refused(&power(2, "0"), "1", "1", "interval: expected lo < hi");
    refused(&power(500, "2^-2000"), "0", "1", "bits at degree 500");
    refused(&coefficients([]), "0", "1", "coefficients: expected at least one");
    refused(&Activation::from(&table("relative_e4_d7")), "0", "2", "interval: expected one inside [0, 1]");
    let mut question = Question::new([number("0"), number("1")]);
    question.error = Some(Exact(number("-1")));
    assert!(examine(&power(2, "0"), &question).unwrap_err().to_string().contains("error: expected a positive"));
}

/// Every part of a document that is changed is noticed.
#[test]
fn a_changed_answer_is_refused() {
    let mut question = Question::new([number("-2"), number("2")]);
    // x³/3 − x, and (x² − 1)², which touches 0 twice.
    let cubic = asked(&coefficients(["0", "-1", "0", "1/3"].map(number)), &question);
    let touching = asked(&coefficients([1, 0, -2, 0, 1].map(Rational::from)), &question);
    question.error = Some(Exact(number("0.01")));
    let even = asked(&power(2, "0"), &question);
    let third = || Some(Exact(number("1/3")));
    type Change = Box<dyn Fn(&mut Order)>;
    let changes: Vec<(&Order, Change, &str)> = vec![
        (&cubic, Box::new(|o| o.direction = Direction::Increasing), "direction"),
        (&cubic, Box::new(|o| o.degree = 4), "degree"),
        (&cubic, Box::new(|o| o.formula = "x".into()), "formula"),
        (&cubic, Box::new(|o| drop(o.pieces.pop())), "pieces"),
        (&cubic, Box::new(|o| o.pieces.iter_mut().for_each(|p| p.direction = Direction::Increasing)), "pieces"),
        (&cubic, Box::new(|o| o.pieces[1].from[1] = Exact(number("-0.99"))), "pieces"),
        (&cubic, Box::new(|o| o.rises = None), "rises"),
        (&cubic, Box::new(|o| o.falls.as_mut().unwrap().values[0] = Exact(number("7"))), "falls"),
        (&cubic, Box::new(|o| o.falls.as_mut().unwrap().points.swap(0, 1)), "falls"),
        (&cubic, Box::new(|o| o.sign.values = Values::Positive), "sign.values"),
        (&cubic, Box::new(|o| o.sign.negative_at = Some(Exact(number("2")))), "sign.negative_at"),
        (&cubic, Box::new(|o| o.magnitude.holds = true), "magnitude.holds"),
        (&cubic, Box::new(|o| o.magnitude.witness = o.rises.clone()), "magnitude.witness"),
        (&touching, Box::new(|o| o.sign.values = Values::Positive), "sign.values"),
        (&touching, Box::new(move |o| o.sign.zero_in = Some([third().unwrap(), third().unwrap()])), "sign.values"),
        (&touching, Box::new(|o| o.proof.function.clear()), "sign.values"),
        (&touching, Box::new(|o| o.proof.function[0].multiplicity = 3), "proof"),
        (&even, Box::new(|o| o.gap.as_mut().unwrap().error = Exact(number("0.02"))), "gap"),
        (&even, Box::new(|o| o.gap.as_mut().unwrap().of_magnitude = false), "gap"),
        (&even, Box::new(|o| o.gap.as_mut().unwrap().places[1].upper = Exact(number("2^-20"))), "gap"),
        (&even, Box::new(|o| o.gap.as_mut().unwrap().everywhere.as_mut().unwrap().lower = Exact(number("1"))), "gap"),
        (&even, Box::new(|o| o.interval[0] = Exact(number("-1"))), ""),
    ];
    for (index, (of, change, field)) in changes.iter().enumerate() {
        let mut changed = (*of).clone();
        change(&mut changed);
        let error = verify(&changed).expect_err(&format!("change {index}, of {field}"));
        assert!(error.exit_code() == 4 && error.to_string().contains(&format!("field '{field}")), "{index}: {error}");
    }
}

fn polyattn(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_polyattn")).arg("order").args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn expectations_decide_the_exit_code() {
    for (arguments, code, part) in [
        (vec!["--power=4", "--interval=-3,2", "--expect=order-of-magnitude", "--expect=nonnegative"], 0, ""),
        (vec!["--power=3", "--interval=-3,2", "--expect=increasing"], 0, ""),
        (vec!["--power=4", "--interval=-3,2", "--expect=increasing"], 4, "not increasing: f(-3) = 81 > f(0) = 0"),
        (vec!["--power=4", "--interval=-3,2", "--expect=decreasing"], 4, "not decreasing: f(0) = 0 < f(2) = 16"),
        (vec!["--power=4", "--interval=-3,2", "--expect=positive"], 4, "not positive: f is 0 at 0"),
        (vec!["--power=3", "--interval=-3,2", "--expect=nonnegative"], 4, "not nonnegative: f(-3) < 0"),
        (vec!["--power=3", "--interval=-3,2", "--expect=order-of-magnitude"], 4, "does not order |x|: f("),
        (vec!["--coefficients=7", "--interval=0,1", "--expect=increasing"], 4, "not increasing: it is constant"),
        (vec!["--power=3"], 2, "--interval: expected LO,HI"),
        (vec!["--power=3", "--interval=1"], 2, "--interval: expected LO,HI (such as"),
        (vec!["--power=3", "--interval=1,x"], 2, "--interval: 'x' is not a number"),
        (vec!["--power=3", "--coefficients=1", "--interval=0,1"], 2, "cannot be used with"),
        (vec!["--interval=0,1"], 2, "required"),
        (vec!["--power=999", "--interval=0,1"], 2, "expected at most 511"),
        (vec!["--power=3", "--interval=0,1", "--expect=monotone"], 2, "possible values"),
    ] {
        let (found, _, stderr) = polyattn(&arguments);
        assert!(found == code && stderr.contains(part), "{arguments:?}: {found}: {stderr}");
    }
}

#[test]
fn a_document_is_written_read_and_proved_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("order.json");
    let file = file.to_str().unwrap();
    let (code, _, stderr) = polyattn(&["--power=4", "--interval=-3,2", "--error=0.01", "-o", file]);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(polyattn(&["--check", file, "--expect=order-of-magnitude"]).0, 0);
    let changed = std::fs::read_to_string(file).unwrap().replace("\"neither\"", "\"increasing\"");
    std::fs::write(file, changed).unwrap();
    let (code, _, stderr) = polyattn(&["--check", file]);
    assert!(code == 4 && stderr.contains("field 'direction' does not hold"), "{stderr}");
}

/// A wide fit of the reciprocal that turns: the witness is true of the table's own function.
#[test]
fn a_table_that_turns_is_refuted_by_two_points() {
    let target = Target::new("reciprocal", Rational::from((1, 1024))).unwrap();
    let request = FitRequest::new(target, [Rational::new(), Rational::from(1)], Goal::Degree(15));
    for method in [Method::Auto, Method::Composite] {
        let table = fit(&FitRequest { method, ..request.clone() }).unwrap();
        let f = Activation::from(&table);
        let order = order(&f, "0", "1");
        assert_eq!(order.direction, Direction::Neither);
        let value = |x: &Exact| table.function(256).unwrap().value(&rug::Float::with_val(256, &x.0)).to_f64();
        let rises = order.rises.unwrap();
        assert!(rises.points[0] < rises.points[1] && value(&rises.points[0]) < value(&rises.points[1]));
    }
}
