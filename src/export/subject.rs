//! What an export in a programming language is made of, whatever the language.

use super::Source;
use super::function::{Series, circuit, distances, doublings, program};
use super::number::{literal, nearest};
use super::points::points;
use super::program::{Constant, Program};
use super::rounding::{Distance, ROUNDING};
use super::row::{Row, rows};
use crate::error::{Error, Result};
use crate::poly::table::{Form, Metric, Table};
use crate::real::{Enclosure, Exact, Interval, decimal_above, f64_above, f64_below};
use rug::Rational;

/// How a language evaluates a table.
pub(super) enum Function {
    Series(Series),
    /// The start, 1 − start·ε, and α of each doubling.
    Doublings {
        start: Constant,
        residual: Constant,
        steps: Vec<Constant>,
    },
    Program(Program),
}

impl Function {
    fn constants(&self) -> Vec<&Constant> {
        match self {
            Self::Series(series) => series.coefficients.iter().chain([&series.slope, &series.shift]).collect(),
            Self::Doublings { start, residual, steps } => steps.iter().chain([start, residual]).collect(),
            Self::Program(program) => program.constants(),
        }
    }
}

/// A place, the exact value of the table there, and how far binary64 may be from it with the numbers as written.
pub(super) struct Probe {
    pub x: f64,
    pub value: f64,
    pub tolerance: f64,
}

/// Everything that a language needs.
pub(super) struct Subject {
    pub function: Function,
    pub lo: f64,
    pub hi: f64,
    pub probes: Vec<Probe>,
    /// What rounding does to the error, in words.
    pub written: String,
    /// Of a plan: its circuit for each length.
    pub rows: Vec<Row>,
}

/// Bits of enclosures of the function's size.
const BITS: u32 = 128;
/// Scales that an operation rounds: its own, those of its operands, and that of a constant.
pub(super) const SCALES_SET: f64 = 4.0;
/// Digits of a stated bound.
const DIGITS: u32 = 6;

impl Subject {
    /// For programs on plain numbers: the table's own numbers.
    pub(super) fn plain(source: &Source) -> Result<Self> {
        let table = &source.table;
        let function = match (&table.form, table.polynomial()?) {
            (_, Some(polynomial)) => Function::Series(Series::of(&polynomial)),
            (Form::Composite { steps, .. }, _) if steps.is_empty() => {
                return Err(Error::input(
                    "field 'steps': expected at least one doubling, found none: it is a constant",
                ));
            }
            (Form::Composite { start, steps }, _) => Function::Doublings {
                start: Constant::new(start.0.clone()),
                residual: Constant::new(Rational::from(1) - Rational::from(&start.0 * &table.target.epsilon.0)),
                steps: steps.iter().map(|alpha| Constant::new(alpha.0.clone())).collect(),
            },
            _ => Function::Program(program(table)?),
        };
        Self::new(source, function, ROUNDING)
    }

    /// For libraries that evaluate Chebyshev series on ciphertexts.
    pub(super) fn with_series(source: &Source) -> Result<Self> {
        match source.table.polynomial()? {
            Some(polynomial) => Self::new(source, Function::Series(Series::chebyshev(&polynomial)?), ROUNDING),
            None => Self::straight(source),
        }
    }

    /// For libraries that only add and multiply.
    pub(super) fn straight(source: &Source) -> Result<Self> {
        Self::new(source, Function::Program(program(&source.table)?), ROUNDING)
    }

    /// For a library that sets scales: each operation sets one, rounded to binary64, from two that were.
    pub(super) fn as_planned(source: &Source) -> Result<Self> {
        let (circuit, bound) = circuit(&source.table)?;
        Self::new(source, Function::Program(Program::as_planned(&circuit, &bound)?), SCALES_SET * ROUNDING)
    }

    fn new(source: &Source, function: Function, unit: f64) -> Result<Self> {
        let table = &source.table;
        if function.constants().iter().any(|constant| !constant.written.is_finite()) {
            return Err(Error::input(
                "the table has numbers, or needs numbers, that binary64 does not hold: take the exact ones of --to json",
            ));
        }
        let (lo, hi) = table.hull()?;
        let whole = Interval::new(f64::NEG_INFINITY, f64::INFINITY);
        let distances = match &function {
            Function::Series(series) => vec![(whole, series.distance())],
            Function::Program(program) => distances(program, table, unit)?,
            Function::Doublings { .. } => match &table.form {
                Form::Composite { start, steps } => {
                    distances(&doublings(start, steps, &table.target.epsilon), table, unit)?
                }
                _ => Vec::new(),
            },
        };
        let here = |x: f64| {
            let inside = distances.iter().filter(|(piece, _)| piece.lo <= x && x <= piece.hi);
            inside.fold(0.0f64, |largest, (_, distance)| largest.max(distance.binary64))
        };
        let probe = |(x, value): (Exact, Rational)| {
            let (x, value) = (nearest(&x), nearest(&value));
            Probe { x, value, tolerance: here(x) + value.abs() * f64::EPSILON }
        };
        let probes = points(table)?.into_iter().map(|point| probe((point.x, point.value))).collect();
        let written = written(table, &distances);
        let rows = source.plan.as_ref().map(rows).transpose()?.unwrap_or_default();
        // Inside: outside nothing is promised.
        Ok(Self { function, lo: f64_above(&lo), hi: f64_below(&hi), probes, written, rows })
    }

    /// What every header in a language begins with.
    pub(super) fn own_lines(&self, title: &str, library: &str) -> Vec<(&'static str, String)> {
        let mut lines = vec![
            ("polyattn export", title.into()),
            ("library", library.into()),
            ("literals", "the nearest binary64 of each constant, in 17 significant digits".into()),
            ("as written", self.written.clone()),
            ("domain", "outside the intervals nothing bounds the value".into()),
        ];
        lines.extend(self.rows.iter().map(|row| ("circuit", row.describe())));
        lines
    }

    /// The same for a language whose values are ciphertexts.
    pub(super) fn encrypted_lines(&self, title: &str, library: &str) -> Vec<(&'static str, String)> {
        let slots = "every slot must hold an x inside, the unused ones too: outside, a value may outgrow the modulus and spoil all slots";
        let mut lines = self.own_lines(title, library);
        lines.push(("slots", slots.into()));
        lines
    }

    /// The probes as rows of three numbers.
    pub(super) fn probe_rows(&self, [open, close]: [&str; 2], indent: &str) -> String {
        let row = |p: &Probe| {
            let [x, value, tolerance] = [p.x, p.value, p.tolerance].map(literal);
            format!("{indent}{open}{x}, {value}, {tolerance}{close},\n")
        };
        self.probes.iter().map(row).collect()
    }
}

/// The certified bound of the numbers as written, where the table has one.
fn written(table: &Table, distances: &[(Interval, Distance)]) -> String {
    let relative = table.error.metric == Metric::Relative && inverse_size(table, &Interval::ZERO).is_some();
    let largest = distances.iter().fold(Distance::default(), |largest, (piece, distance)| {
        largest.larger(if relative {
            distance.times(inverse_size(table, piece).unwrap_or(f64::INFINITY))
        } else {
            *distance
        })
    });
    let bound = |value: f64| Exact(decimal_above(&Rational::from_f64(value).unwrap_or_default(), DIGITS));
    let (added, computed) = (bound(largest.constants), bound(largest.binary64));
    if !(largest.constants.is_finite() && largest.binary64.is_finite()) {
        return "NO BOUND: rounding the constants to binary64 may change the value by more than can be bounded; take the exact \
                numbers of --to json"
            .into();
    }
    let metric = table.error.metric;
    match &table.error.certified_upper {
        Some(upper) if relative || metric == Metric::Absolute => format!(
            "certified for these literals: {metric} error at most {}, of which rounding the constants takes at most {added}; \
             evaluation in binary64 included, at most {}",
            Exact(decimal_above(&Rational::from(&upper.0 + &added.0), DIGITS)),
            Exact(decimal_above(&Rational::from(&upper.0 + &computed.0), DIGITS)),
        ),
        Some(upper) => format!(
            "certified for these literals: error at most {upper} of the function's size plus {added}; evaluation in binary64 \
             included, plus {computed}"
        ),
        None => format!(
            "rounding the constants moves the value by at most {added}, evaluation in binary64 included by at most {computed}; \
             the table itself is NOT CERTIFIED"
        ),
    }
}

/// The largest 1/|f| on a piece: what an absolute distance is multiplied by to be a relative one.
fn inverse_size(table: &Table, piece: &Interval) -> Option<f64> {
    let (lo, hi) = table.hull().ok()?;
    let infinite = |end: f64| if end < 0.0 { lo.clone() } else { hi.clone() };
    let inside = |end: f64| Rational::from_f64(end).unwrap_or_else(|| infinite(end));
    let ends = [inside(piece.lo).max(lo.clone()), inside(piece.hi).min(hi.clone())];
    let sizes = ends.map(|end| (end + &table.target.epsilon.0).abs());
    let largest = sizes.into_iter().fold(Rational::new(), Rational::max);
    match table.target.name.as_str() {
        "reciprocal" => Some(f64_above(&largest)),
        "inverse-sqrt" => Some(f64_above(&Enclosure::around(&largest, BITS).sqrt().hi())),
        _ => None,
    }
}
