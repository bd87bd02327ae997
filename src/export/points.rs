//! Points at which a reader can test what was read.

use crate::error::Result;
use crate::poly::table::{Form, Table};
use crate::poly::{Rule, Stage};
use crate::real::{Exact, PRECISION, dyadic_nearest, f64_above, f64_below, float_to_exact, log2, rational_to_float};
use rug::{Float, Rational};

/// Points for each interval, its ends included.
const POINTS: u32 = 9;

/// A place, exactly representable in binary64, and the table's value there.
pub(super) struct Point {
    pub x: Exact,
    /// Exact for a polynomial; computed in [`PRECISION`] bits for a composite.
    pub value: Rational,
}

pub(super) fn points(table: &Table) -> Result<Vec<Point>> {
    let value = value(table)?;
    let places = table.intervals.iter().flat_map(|[lo, hi]| places(&lo.0, &hi.0));
    Ok(places.map(|x| Point { value: value(&x), x: Exact(x) }).collect())
}

/// The table as a function.
pub(super) fn value(table: &Table) -> Result<impl Fn(&Rational) -> Rational> {
    let polynomial = table.polynomial()?;
    Ok(move |x: &Rational| match (&table.form, &polynomial) {
        (Form::Composite { start, steps }, _) => {
            let d = rational_to_float(&Rational::from(x + &table.target.epsilon.0));
            composite(&d, start, steps)
        }
        (Form::Stages { rule, stages }, _) => {
            let d = rational_to_float(&Rational::from(x + &table.target.epsilon.0));
            float_to_exact(&staged(*rule, stages, &d))
        }
        (_, Some(polynomial)) => polynomial.value(x),
        _ => Rational::new(),
    })
}

fn composite(d: &Float, start: &Rational, steps: &[Exact]) -> Rational {
    let mut y = rational_to_float(start);
    let mut r = Float::with_val(PRECISION, 1) - Float::with_val(PRECISION, &y * d);
    for alpha in steps {
        let alpha = rational_to_float(alpha);
        y *= Float::with_val(PRECISION, &r + 1u32) * &alpha;
        r = Float::with_val(PRECISION, r.square_ref()) * &alpha - (alpha - 1u32);
    }
    float_to_exact(&y)
}

fn staged(rule: Rule, stages: &[Stage], d: &Float) -> Float {
    let value = |stage: &Stage, x: &Float| rational_to_float(&stage.polynomial().value(&float_to_exact(x)));
    match rule {
        Rule::Compose => stages.iter().fold(d.clone(), |s, stage| value(stage, &s)),
        Rule::Refine => {
            let start = (Float::with_val(PRECISION, 1), d.clone());
            let step = |(y, w): (Float, Float), stage| {
                let q = value(stage, &w);
                (y * &q, w * q.square())
            };
            stages.iter().fold(start, step).0
        }
    }
}

/// The ends, moved inwards to the next float, and points between with few bits; even on a logarithmic axis where the
/// interval spans orders of magnitude.
fn places(lo: &Rational, hi: &Rational) -> Vec<Rational> {
    let exact = |x: f64| Rational::from_f64(x).unwrap_or_default();
    let inner = (1..POINTS - 1).map(|i| {
        let share = Rational::from((i, POINTS - 1));
        if *lo > 0 && Rational::from(hi / lo) > 8 {
            let log = log2(lo) + (log2(hi) - log2(lo)) * share.to_f64();
            few_bits(&exact(log.exp2()))
        } else {
            few_bits(&(Rational::from(hi - lo) * share + lo))
        }
    });
    let all = [exact(f64_above(lo))].into_iter().chain(inner).chain([exact(f64_below(hi))]);
    all.filter(|x| lo <= x && x <= hi).collect()
}

fn few_bits(x: &Rational) -> Rational {
    let magnitude = log2(x);
    if *x == 0 { Rational::new() } else { dyadic_nearest(x, (12.0 - magnitude).clamp(0.0, 1000.0) as u32) }
}
