//! The error of a table as a picture: its range in each column of the figure.

use super::number::{self, Towards};
use super::plot::{Axis, BandPlot, Figure, Legend, Plot, Symbol};
use super::{figure, text};
use crate::error::{Error, Result};
use crate::poly::table::{Metric, Table};
use crate::real::{Exact, PRECISION, log2, rational_to_float};
use crate::target::Target;
use rug::{Float, Rational};

/// Columns of the figure.
const COLUMNS: u32 = 338;
/// Places in each column at which the error is computed.
const SAMPLES: u32 = 24;
/// Ratio of the ends from which on the axis is logarithmic.
const LOGARITHMIC: u32 = 8;

/// The places of a figure: the rightmost interval, as x or where that spans orders of magnitude as log2 of x + ε.
struct Places {
    lo: Rational,
    hi: Rational,
    epsilon: Rational,
    is_logarithmic: bool,
}

impl Places {
    fn of(table: &Table) -> Result<Self> {
        let (_, last) = table.hull()?;
        let (lo, hi) = table.intervals.last().map_or((last.clone(), last), |[lo, hi]| (lo.0.clone(), hi.0.clone()));
        let epsilon = table.target.epsilon.0.clone();
        let (a, b) = (Rational::from(&lo + &epsilon), Rational::from(&hi + &epsilon));
        let is_logarithmic = a > 0 && b > a * LOGARITHMIC;
        Ok(Self { lo, hi, epsilon, is_logarithmic })
    }

    /// The axis of a function of this variable.
    fn axis(&self, variable: &str) -> Axis {
        match (self.is_logarithmic, self.epsilon == 0) {
            (false, _) => Axis::linear(variable),
            (true, true) => Axis::log2(format!("{variable}, on a logarithmic axis")),
            (true, false) => Axis::log2(format!("{variable} + ε, on a logarithmic axis")),
        }
    }

    /// The place at a share of the axis, as the figure has it and as x.
    fn place(&self, share: f64) -> (f64, Float) {
        if self.is_logarithmic {
            let [from, to] = [&self.lo, &self.hi].map(|end| log2(&Rational::from(end + &self.epsilon)));
            let log = from + (to - from) * share;
            return (log, Float::with_val(PRECISION, log).exp2() - rational_to_float(&self.epsilon));
        }
        let x = rational_to_float(&Rational::from(&self.hi - &self.lo)) * share + rational_to_float(&self.lo);
        (x.to_f64(), x)
    }
}

/// The least and the largest error in each column, after the doublings by `steps` where there are some.
///
/// # Errors
/// [`crate::Error::Input`] for a table of an unknown function.
fn columns(table: &Table, steps: &[Exact], places: &Places) -> Result<Vec<[f64; 3]>> {
    let (target, r) = (Target::named(&table.target)?, table.function(PRECISION)?);
    let steps: Vec<Float> = steps.iter().map(|alpha| rational_to_float(&alpha.0)).collect();
    let at = |index: u32| {
        // Halves of a step keep clear of the ends, where a rounded place could leave the interval.
        let (_, x) = places.place((f64::from(index) + 0.5) / f64::from(COLUMNS * SAMPLES));
        let f = target.function().value(&x);
        let error = r.value(&x) - &f;
        if table.error.metric == Metric::Relative { doubled(error / f, &steps).to_f64() } else { error.to_f64() }
    };
    let column = |index: u32| {
        let errors = (index * SAMPLES..(index + 1) * SAMPLES).map(at);
        let (least, most) = errors.fold((f64::MAX, f64::MIN), |(l, m), e| (l.min(e), m.max(e)));
        [places.place((f64::from(index) + 0.5) / f64::from(COLUMNS)).0, least, most]
    };
    Ok((0..COLUMNS).map(column).collect())
}

/// The relative error −R of a reciprocal after doublings, R ← αR² − (α − 1).
fn doubled(error: Float, steps: &[Float]) -> Float {
    let one = |alpha: &Float| Float::with_val(PRECISION, alpha - 1u32);
    steps.iter().fold(error, |error, alpha| one(alpha) - error.square() * alpha)
}

/// The largest |error| of the columns.
fn largest(columns: &[[f64; 3]]) -> f64 {
    columns.iter().flat_map(|[_, least, most]| [least.abs(), most.abs()]).fold(0.0, f64::max)
}

/// What a figure of an error is of.
pub(super) struct Curve<'a> {
    /// What it shows.
    pub title: String,
    /// The name of the function's argument.
    pub variable: &'a str,
    pub table: &'a Table,
    /// α of the doublings after the table.
    pub steps: &'a [Exact],
    /// A proved bound on the error, where there is one.
    pub bound: Option<Rational>,
}

impl Curve<'_> {
    /// The error over the rightmost interval of the table; `None` where it cannot be drawn.
    pub(super) fn figure(&self) -> Result<Option<Figure>> {
        let places = Places::of(self.table)?;
        let columns = columns(self.table, self.steps, &places)?;
        let sampled = largest(&columns);
        let (unit, unit_name) = match &self.bound {
            Some(bound) => (bound.to_f64(), format!("certified bound {}", number::bound(bound))),
            None => (sampled, format!("largest value sampled, {}", number::measured(sampled))),
        };
        if !unit.is_normal() {
            return Ok(None);
        }
        let side = if self.table.intervals.len() > 1 { " of the rightmost interval" } else { "" };
        let [from, to] = [&places.lo, &places.hi].map(|end| number::short(&Exact(end.clone())));
        Ok(Some(Figure {
            title: self.title.clone(),
            description: format!(
                "The error from {variable} = {from} to {variable} = {to}{side}, between two lines at ±{unit_name}. The largest \
                 value sampled is {}.",
                number::measured(sampled),
                variable = self.variable
            ),
            legend: vec![
                Legend::new(
                    Symbol::Area,
                    &format!(
                        "range of the error in each column, from {} points in {PRECISION} bits: a picture, not a proof",
                        COLUMNS * SAMPLES
                    ),
                ),
                Legend::new(Symbol::Line, &format!("level lines: ±{unit_name}")),
            ],
            plot: Plot::Band(BandPlot { axis: places.axis(self.variable), unit, unit_name, columns }),
        }))
    }
}

/// The error of a table over its rightmost interval as one SVG file: the range in each column, and the certified bound, or
/// where there is none the estimated error.
///
/// # Errors
/// [`crate::Error::Input`] when the table contradicts itself.
pub fn picture(table: &Table) -> Result<String> {
    table.validate()?;
    let places = Places::of(table)?;
    let columns = columns(table, &[], &places)?;
    let (bound, kind) = match &table.error.certified_upper {
        Some(upper) => (upper, "certified bound"),
        None => (&table.error.estimated, "estimated error, not certified"),
    };
    let intervals: Vec<String> = table.intervals.iter().map(|[lo, hi]| format!("[{lo}, {hi}]")).collect();
    let function = match *table.target.epsilon == 0 {
        true => table.target.name.clone(),
        false => {
            format!("{}, ε = {}", table.target.name, number::power_of_two(&table.target.epsilon, Towards::Nearest))
        }
    };
    let title =
        format!("{function} on {}: {} error, degree {}", intervals.join(" ∪ "), table.error.metric, table.degree);
    let description =
        format!("The lines above and below 0 are the {kind}, {}.", number::bound(&Exact(bound.0.clone())));
    let unit = bound.to_f64();
    if !unit.is_normal() {
        return Err(Error::input("field 'error': too small to be drawn, below 2^-1022"));
    }
    let plot = BandPlot { axis: places.axis("x"), unit, unit_name: kind.into(), columns };
    figure::standalone(&plot, &text::html(&title), &text::html(&description))
}
