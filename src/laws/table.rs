//! Laws of a table at one place or two.

use super::evaluation::table_value;
use super::{Outcome, asked, require};
use crate::error::{Error, Result};
use crate::poly::table::{Metric, Table};
use crate::real::{Enclosure, Exact};
use crate::target::Target;
use proptest::test_runner::TestCaseError;
use rug::Rational;
use std::cmp::Ordering;

/// Tables are evaluated exactly up to this degree: an exact value has as many digits as the degree times those of the place.
pub const LARGEST_EXACT_DEGREE: u64 = 1 << 14;
/// Bits at which a function is enclosed.
const BITS: u32 = 512;

/// r(x), exactly, by the table's own recursion: Clenshaw, Horner, doublings or stages.
///
/// # Errors
/// [`Error::Input`] for a table of a degree above [`LARGEST_EXACT_DEGREE`] or without an interval.
pub fn value(table: &Table, x: &Rational) -> Result<Rational> {
    if table.degree > LARGEST_EXACT_DEGREE {
        return Err(Error::input(format!(
            "field 'degree': exact values are computed up to degree {LARGEST_EXACT_DEGREE}, found {}",
            table.degree
        )));
    }
    table_value(table, x)
}

/// The interval of the table that holds these places.
fn interval<'a>(table: &'a Table, places: &[&Rational]) -> std::result::Result<&'a [Exact; 2], TestCaseError> {
    let holds = |[lo, hi]: &&[Exact; 2]| places.iter().all(|x| lo.0 <= **x && **x <= hi.0);
    table.intervals.iter().find(holds).ok_or_else(|| TestCaseError::reject("outside the table's intervals"))
}

/// r(x) > 0, of a table that says so.
///
/// # Errors
/// Where the law does not hold, or x is outside the table's intervals.
pub fn positive(table: &Table, x: &Rational) -> Outcome {
    interval(table, &[x])?;
    let r = asked(value(table, x), "positive")?;
    require(r > 0, "positive", || format!("r({}) = {:e}", Exact(x.clone()).typed(), r.to_f64()))
}

/// a < b in one interval makes r run from a to b strictly as the function does, of a table that says so.
///
/// # Errors
/// Where the law does not hold, or a and b are not in one interval, or equal, or the function has no one direction there.
pub fn monotone(table: &Table, a: &Rational, b: &Rational) -> Outcome {
    let (a, b) = if a <= b { (a, b) } else { (b, a) };
    let [lo, hi] = interval(table, &[a, b])?;
    let target = asked(Target::named(&table.target), "monotone")?;
    let direction = target.enclosed().direction(lo, hi).filter(|way| a != b && *way != Ordering::Equal);
    let direction = direction.ok_or_else(|| TestCaseError::reject("the function has no one direction there"))?;
    let [first, second] = [asked(value(table, a), "monotone")?, asked(value(table, b), "monotone")?];
    // `Greater` is a function that rises.
    require(second.cmp(&first) == direction, "monotone", || {
        let [a, b] = [a, b].map(|x| Exact(x.clone()).typed());
        format!("r({a}) = {:e} and r({b}) = {:e}, where the function runs otherwise", first.to_f64(), second.to_f64())
    })
}

/// The error at x is at most the table's `certified_upper`: exactly for 1/(x + ε), and for other functions wherever a tight
/// enclosure of the function refutes it.
///
/// # Errors
/// Where the law does not hold, x is outside the table's intervals, or the table has no proved bound.
pub fn certificate_sound(table: &Table, x: &Rational) -> Outcome {
    let law = "certificate is sound";
    interval(table, &[x])?;
    let upper = table.error.certified_upper.as_ref();
    let upper = asked(upper.ok_or_else(|| Error::input("field 'error.certified_upper': found none")), law)?;
    let r = asked(value(table, x), law)?;
    let error = least_error(&asked(Target::named(&table.target), law)?, table.error.metric, x, &r);
    require(error <= upper.0, law, || {
        format!("the error at x = {} is {:e}, above {:e}", Exact(x.clone()).typed(), error.to_f64(), upper.to_f64())
    })
}

/// A lower bound of the error of r at x; exact for the reciprocal.
fn least_error(target: &Target, metric: Metric, x: &Rational, r: &Rational) -> Rational {
    if let Target::Reciprocal(f) = target {
        let d = Rational::from(x + &f.epsilon);
        let residual = (Rational::from(r * &d) - 1u32).abs();
        return if metric == Metric::Relative { residual } else { residual / d.abs() };
    }
    let f = target.enclosed().enclose(&Enclosure::around(x, BITS));
    if !f.is_finite() {
        return Rational::new();
    }
    let distance = (r - f.hi()).max(f.lo() - r).max(Rational::new());
    let largest = f.abs().hi();
    if metric == Metric::Relative && largest != 0 { distance / largest } else { distance }
}
