//! The fitter and the certifier beside Sollya: `make sollya`. The program installs nothing; Sollya comes from apt.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

use polyattn::certify::certify;
use polyattn::fit::{FitRequest, Goal, Method, fit};
use polyattn::poly::table::{Metric, Table};
use polyattn::real::parse_exact;
use polyattn::target::Target;
use rug::Rational;
use std::io::Write;
use std::process::{Command, Stdio};

/// Sollya's remez stops within this of the best error.
const QUALITY: &str = "2^(-60)";
/// The errors of two fitters may differ by this.
const DIFFERENCE: f64 = 1e-9;

/// A function as this program and as Sollya call it, and the intervals on which it is tried.
type Tried = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

const FUNCTIONS: [Tried; 10] = [
    ("reciprocal", "2^-4", "1/(x + 2^(-4))", &[("0", "1"), ("1/3", "7")]),
    ("reciprocal", "0", "1/x", &[("2.9", "46"), ("-8", "-1/2")]),
    ("inverse-sqrt", "2^-6", "1/sqrt(x + 2^(-6))", &[("0", "1"), ("2", "100")]),
    ("exp", "0", "exp(x)", &[("-8", "0"), ("-1", "3")]),
    ("log", "0", "log(x)", &[("1/8", "1"), ("3", "50")]),
    ("sigmoid", "0", "1/(1 + exp(-x))", &[("-6", "6"), ("0", "10")]),
    ("tanh", "0", "tanh(x)", &[("-3", "3"), ("1/2", "4")]),
    ("gelu-erf", "0", "x/2*(1 + erf(x/sqrt(2)))", &[("-5", "5"), ("-8", "1")]),
    ("gelu-tanh", "0", "x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))", &[("-5", "5"), ("-1", "6")]),
    ("sigmoid", "0", "1/(1 + exp(-x))", &[("-20", "-3"), ("3", "4")]),
];

/// The lines that Sollya prints for a script.
fn sollya(script: &str) -> Vec<String> {
    let mut command = Command::new("sollya");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap_or_else(|e| panic!("sollya: {e}"));
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    output.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// An exact number as Sollya reads it.
fn number(value: &Rational) -> String {
    format!("({}/{})", value.numer(), value.denom())
}

/// The exact coefficients of a Chebyshev table in powers of x, by the recurrence T_{k+1} = 2y·T_k − T_{k−1}.
fn monomial(table: &Table) -> Vec<Rational> {
    let polynomial = table.polynomial().unwrap().unwrap();
    let (lo, hi) = (&polynomial.lo, &polynomial.hi);
    let slope = 2 / Rational::from(hi - lo);
    let shift = -Rational::from(lo + hi) / Rational::from(hi - lo);
    let count = polynomial.coefficients.len();
    let zero = vec![Rational::new(); count];
    let by_y = |t: &[Rational]| -> Vec<Rational> {
        let before = |k: usize| k.checked_sub(1).and_then(|k| t.get(k)).cloned().unwrap_or_default();
        (0..count).map(|k| Rational::from(&t[k] * &shift) + before(k) * &slope).collect()
    };
    let mut sum = zero.clone();
    let (mut t, mut before) = (zero.clone(), zero);
    t[0] = Rational::from(1);
    for (k, c) in polynomial.coefficients.iter().enumerate() {
        sum.iter_mut().zip(&t).for_each(|(sum, t)| *sum += Rational::from(c * t));
        let factor = if k == 0 { 1 } else { 2 };
        let next = by_y(&t).into_iter().zip(&before).map(|(y, before)| y * factor - before).collect();
        before = std::mem::replace(&mut t, next);
    }
    sum
}

struct Case {
    name: &'static str,
    epsilon: &'static str,
    formula: &'static str,
    ends: [Rational; 2],
    metric: Metric,
    degree: u64,
}

fn cases() -> impl Iterator<Item = Case> {
    let all = FUNCTIONS.into_iter().flat_map(|f| f.3.iter().map(move |ends| (f, *ends)));
    all.flat_map(|((name, epsilon, formula, _), (lo, hi))| {
        let ends = [lo, hi].map(|end| parse_exact(end).unwrap());
        // A relative error is not defined where the function is 0, and Sollya's weight for it is 1/f.
        let has_zero = matches!(name, "log" | "tanh" | "gelu-erf" | "gelu-tanh") && ends[0] <= 1;
        let metrics = if has_zero { vec![Metric::Absolute] } else { vec![Metric::Absolute, Metric::Relative] };
        metrics.into_iter().flat_map(move |metric| {
            let ends = ends.clone();
            [3, 8, 15, 24].map(move |degree| Case { name, epsilon, formula, ends: ends.clone(), metric, degree })
        })
    })
}

impl Case {
    fn fitted(&self) -> Table {
        let target = Target::new(self.name, parse_exact(self.epsilon).unwrap()).unwrap();
        let request = FitRequest::new(target, self.ends.clone(), Goal::Degree(self.degree));
        fit(&FitRequest { metric: Some(self.metric), method: Method::Remez, ..request }).unwrap()
    }

    fn interval(&self) -> String {
        format!("[{}; {}]", number(&self.ends[0]), number(&self.ends[1]))
    }

    /// The error of Sollya's best polynomial.
    fn best(&self) -> f64 {
        let (f, weight) = match self.metric {
            Metric::Absolute => (self.formula.to_owned(), "1".into()),
            Metric::Relative => ("1".into(), format!("1/({})", self.formula)),
        };
        let (degree, interval) = (self.degree, self.interval());
        let script = format!(
            "prec = 400!; display = decimal!; f = {f}; w = {weight}; p = remez(f, {degree}, {interval}, w, {QUALITY});\n\
             e = dirtyinfnorm(p*w - f, {interval}); prec = 60!; print(e);\n"
        );
        let printed = sollya(&script);
        printed.last().and_then(|line| line.parse().ok()).unwrap_or_else(|| panic!("{printed:?} to {script}"))
    }

    /// An interval around the largest error of the table's polynomial, by Sollya's rigorous supnorm.
    fn supnorm(&self, table: &Table) -> Option<[f64; 2]> {
        let metric = if self.metric == Metric::Absolute { "absolute" } else { "relative" };
        let horner = monomial(table).iter().rev().fold("0".to_owned(), |p, c| format!("{} + x*({p})", number(c)));
        let script = format!(
            "prec = 500!; display = decimal!; p = {horner}; r = supnorm(p, {}, {}, {metric}, 2^(-20));\n\
             prec = 60!; print(inf(r)); print(sup(r));\n",
            self.formula,
            self.interval(),
        );
        let numbers: Vec<f64> = sollya(&script).iter().filter_map(|line| line.parse().ok()).collect();
        match numbers[..] {
            [low, high] if low.is_finite() && high.is_finite() => Some([low, high]),
            _ => None,
        }
    }
}

#[test]
#[ignore = "needs Sollya: make sollya"]
fn the_best_errors_are_those_of_sollya() {
    let mut compared = 0;
    for case in cases() {
        let ours = case.fitted().error.estimated.to_f64();
        let theirs = case.best();
        let what = format!("{} on {} {:?} degree {}", case.formula, case.interval(), case.metric, case.degree);
        println!("{what}: {ours:.12e} {theirs:.12e}");
        assert!((ours / theirs - 1.0).abs() < DIFFERENCE, "{what}: ours {ours:e}, Sollya's {theirs:e}");
        compared += 1;
    }
    println!("{compared} best errors agree within {DIFFERENCE:e}");
    assert!(compared >= 100, "{compared}");
}

#[test]
#[ignore = "needs Sollya: make sollya"]
fn proved_bounds_are_met_by_sollyas_supnorm() {
    let (mut compared, mut silent) = (0, 0);
    // Of GELU by tanh Sollya's supnorm takes many minutes.
    for case in cases().filter(|case| case.degree == 8 && case.name != "gelu-tanh") {
        let certified = certify(&case.fitted()).unwrap().table;
        let what = format!("{} on {} {:?} degree {}", case.formula, case.interval(), case.metric, case.degree);
        let (Some(lower), Some(upper)) = (&certified.error.certified_lower, &certified.error.certified_upper) else {
            panic!("{what}: not proved");
        };
        let Some([low, high]) = case.supnorm(&certified) else {
            println!("{what}: no answer");
            silent += 1;
            continue;
        };
        println!("{what}: ours [{:.9e}, {:.9e}], Sollya's [{low:.9e}, {high:.9e}]", lower.to_f64(), upper.to_f64());
        // Both enclose the largest error, so they have a number in common, up to the rounding of what is printed.
        let rounding = 1.0 + 1e-15;
        assert!(lower.to_f64() <= high * rounding && low <= upper.to_f64() * rounding, "{what}");
        compared += 1;
    }
    println!("{compared} proved enclosures meet Sollya's; {silent} without an answer");
    assert!(compared >= 27, "{compared}");
}
