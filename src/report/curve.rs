//! The error of a table as a picture: its range in each column of the figure.

use super::model::BandPlot;
use super::number::{self, Towards};
use super::{figure, text};
use crate::error::{Error, Result};
use crate::poly::table::{Metric, Table};
use crate::real::{Exact, PRECISION, log2, rational_to_float};
use crate::target::Target;
use rug::{Float, Rational};

/// Columns of the figure.
pub(super) const COLUMNS: u32 = 338;
/// Places in each column at which the error is computed.
pub(super) const SAMPLES: u32 = 24;
/// Ratio of the ends from which on the axis is logarithmic.
const LOGARITHMIC: u32 = 8;

/// The horizontal axis: the rightmost interval, as x or where that spans orders of magnitude as log2 of x + ε.
pub(super) struct Axis {
    lo: Rational,
    hi: Rational,
    epsilon: Rational,
    pub logarithmic: bool,
}

impl Axis {
    pub fn of(table: &Table) -> Result<Self> {
        let (_, last) = table.hull()?;
        let (lo, hi) = table.intervals.last().map_or((last.clone(), last), |[lo, hi]| (lo.0.clone(), hi.0.clone()));
        let epsilon = table.target.epsilon.0.clone();
        let (a, b) = (Rational::from(&lo + &epsilon), Rational::from(&hi + &epsilon));
        let logarithmic = a > 0 && b > a * LOGARITHMIC;
        Ok(Self { lo, hi, epsilon, logarithmic })
    }

    /// What it shows.
    pub fn name(&self) -> String {
        let variable = if self.epsilon == 0 { "x" } else { "D = x + ε" };
        match self.logarithmic {
            true => format!("{variable}, on a logarithmic axis"),
            false => "x".into(),
        }
    }

    /// The place at a share of the axis, as the figure has it and as x.
    fn place(&self, share: f64) -> (f64, Float) {
        if self.logarithmic {
            let [from, to] = [&self.lo, &self.hi].map(|end| log2(&Rational::from(end + &self.epsilon)));
            let log = from + (to - from) * share;
            return (log, Float::with_val(PRECISION, log).exp2() - rational_to_float(&self.epsilon));
        }
        let x = rational_to_float(&Rational::from(&self.hi - &self.lo)) * share + rational_to_float(&self.lo);
        (x.to_f64(), x)
    }
}

/// The least and the largest error in each column.
///
/// # Errors
/// [`crate::Error::Input`] for a table of an unknown function.
pub(super) fn columns(table: &Table, axis: &Axis) -> Result<Vec<[f64; 3]>> {
    let (target, r) = (Target::named(&table.target)?, table.function(PRECISION)?);
    let at = |index: u32| {
        // Halves of a step keep clear of the ends, where a rounded place could leave the interval.
        let (_, x) = axis.place((f64::from(index) + 0.5) / f64::from(COLUMNS * SAMPLES));
        let f = target.function().value(&x);
        let error = r.value(&x) - &f;
        if table.error.metric == Metric::Relative { (error / f).to_f64() } else { error.to_f64() }
    };
    let column = |index: u32| {
        let errors = (index * SAMPLES..(index + 1) * SAMPLES).map(at);
        let (least, most) = errors.fold((f64::MAX, f64::MIN), |(l, m), e| (l.min(e), m.max(e)));
        [axis.place((f64::from(index) + 0.5) / f64::from(COLUMNS)).0, least, most]
    };
    Ok((0..COLUMNS).map(column).collect())
}

/// The largest |error| of the columns.
pub(super) fn largest(columns: &[[f64; 3]]) -> f64 {
    columns.iter().flat_map(|[_, least, most]| [least.abs(), most.abs()]).fold(0.0, f64::max)
}

/// The error of a table over its rightmost interval as one SVG file: the range in each column, and the certified bound, or
/// where there is none the estimated error.
///
/// # Errors
/// [`crate::Error::Input`] when the table contradicts itself.
pub fn picture(table: &Table) -> Result<String> {
    table.validate()?;
    let axis = Axis::of(table)?;
    let columns = columns(table, &axis)?;
    let (bound, kind) = match &table.error.certified_upper {
        Some(upper) => (upper, "certified bound"),
        None => (&table.error.estimated, "estimated error, not certified"),
    };
    let places: Vec<String> = table.intervals.iter().map(|[lo, hi]| format!("[{lo}, {hi}]")).collect();
    let function = match *table.target.epsilon == 0 {
        true => table.target.name.clone(),
        false => {
            format!("{}, ε = {}", table.target.name, number::power_of_two(&table.target.epsilon, Towards::Nearest))
        }
    };
    let title = format!("{function} on {}: {} error, degree {}", places.join(" ∪ "), table.error.metric, table.degree);
    let description =
        format!("The lines above and below 0 are the {kind}, {}.", number::bound(&Exact(bound.0.clone())));
    let unit = bound.to_f64();
    if !unit.is_normal() {
        return Err(Error::input("field 'error': too small to be drawn, below 2^-1022"));
    }
    let plot = BandPlot { axis: axis.name(), logarithmic: axis.logarithmic, unit, unit_name: kind.into(), columns };
    figure::standalone(&plot, &text::html(&title), &text::html(&description))
}
