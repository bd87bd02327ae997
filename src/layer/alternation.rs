//! How deep any circuit must be: no polynomial of a degree comes near enough.
//!
//! On points x_0 < … < x_(m−1) the divided difference Σ λ_j·p(x_j), λ_j = Π_(i≠j) 1/(x_j − x_i), is 0 for every polynomial of
//! degree m − 2 or less, and the signs of λ_j alternate. So Σ λ_j·f(x_j) = Σ λ_j·(f − p)(x_j), and with |f − p| ≤ E/w
//! everywhere E ≥ |Σ λ_j·f(x_j)| / Σ |λ_j|/w(x_j) (de la Vallée Poussin). Any points give a valid bound; those where the best
//! polynomial has its extrema give its error. They are found by the exchange and rounded, and then everything is enclosed.

use super::candidate::problem;
use super::spec::Layer;
use crate::error::{Error, Result};
use crate::fit::remez::minimax;
use crate::poly::table::Metric;
use crate::real::{Enclosure, Exact, decimal_below, float_to_exact, log2, round_decimal};
use rayon::prelude::*;
use rug::Rational;
use serde::{Deserialize, Serialize};

/// Polynomials of a larger degree than this are not excluded: the exchange would take minutes.
const LARGEST_LOG2_DEGREE: u32 = 11;
/// Bits of the enclosures beyond those of the error.
const GUARD_BITS: u32 = 160;
/// Significant digits of the points, and of the bound.
const POINT_DIGITS: u32 = 24;
const BOUND_DIGITS: u32 = 9;
/// A symmetric function has a point or two more than degree + 2; more are not looked at in a document.
const MOST_SPARE: u64 = 4;

/// Points that show that no polynomial of a degree has a small error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Alternation {
    /// The degree.
    pub degree: u64,
    /// No polynomial of this degree or less has a smaller error on the intervals.
    pub error_at_least: Exact,
    /// Where, in increasing order; at least degree + 2.
    pub points: Vec<Exact>,
}

/// The largest d, up to `depth`, for which it is shown that no circuit of less depth reaches the layer's limit, and what shows it.
///
/// A circuit of depth d computes a polynomial of degree at most 2^d.
pub(super) fn lower_bound(layer: &Layer, depth: u32) -> Result<(u32, Option<Alternation>)> {
    let (_, limit) = layer.limit()?;
    for shallower in (0..depth.min(LARGEST_LOG2_DEGREE + 1)).rev() {
        match Alternation::find(layer, 1 << shallower) {
            Ok(found) if found.error_at_least > *limit => return Ok((shallower + 1, Some(found))),
            // Of a degree that has a better polynomial, or whose exchange does not converge.
            Ok(_) | Err(Error::NoSolution(_) | Error::Input(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((0, None))
}

impl Alternation {
    /// The points of the best polynomial of a degree, and the bound that they show.
    fn find(layer: &Layer, degree: u64) -> Result<Self> {
        let target = layer.target()?;
        let reference = minimax(&problem(layer, &target)?, degree)?.reference;
        let mut points: Vec<Exact> =
            reference.iter().map(|x| inside(&round_decimal(&float_to_exact(x), POINT_DIGITS), layer)).collect();
        points.sort();
        points.dedup();
        let mut found = Self { degree, error_at_least: Exact::default(), points };
        found.error_at_least = Exact(decimal_below(&found.proved(layer)?, BOUND_DIGITS));
        Ok(found)
    }

    /// Checks the bound that is stated.
    ///
    /// # Errors
    /// [`Error::NotCertified`] when the points do not show it.
    pub(super) fn check(&self, layer: &Layer) -> Result<()> {
        let proved = self.proved(layer).map_err(|e| Error::NotCertified(format!("field 'alternation': {e}")))?;
        if self.error_at_least.0 > proved {
            return Err(Error::NotCertified(
                "field 'alternation.error_at_least' does not hold: its points show less".into(),
            ));
        }
        Ok(())
    }

    /// A number that the error of every polynomial of the degree is not below.
    fn proved(&self, layer: &Layer) -> Result<Rational> {
        let count = self.points.len();
        let is_inside = |x: &Exact| layer.interval.iter().any(|[lo, hi]| lo <= x && x <= hi);
        let increases = self.points.iter().zip(self.points.iter().skip(1)).all(|(x, next)| x < next);
        let least = self.degree.min(1 << LARGEST_LOG2_DEGREE) + 2;
        let counted = self.degree < least && (least..=least + MOST_SPARE).contains(&(count as u64));
        if !counted || !increases || !self.points.iter().all(is_inside) {
            return Err(Error::input(
                "points: expected degree + 2 of them or a few more, increasing, inside the intervals",
            ));
        }
        let (metric, limit) = layer.limit()?;
        let bits = GUARD_BITS + (-log2(limit)).max(0.0) as u32;
        let target = layer.target()?;
        let around = |x: &Rational| Enclosure::around(x, bits);
        let weights = self.weights(bits);
        let zero = || around(&Rational::new());
        let term = |(j, (x, weight)): (usize, (&Exact, &Enclosure))| {
            let f = target.enclosed().enclose(&around(x));
            let value = &f * weight;
            let size = if metric == Metric::Relative { value.abs() } else { weight.clone() };
            (if j % 2 == 0 { value } else { -&value }, size)
        };
        let terms = self.points.iter().zip(&weights).enumerate().map(term);
        let (sum, size) = terms.fold((zero(), zero()), |(sum, size), (value, part)| (&sum + &value, &size + &part));
        let ratio = &sum.abs() * &size.recip();
        if ratio.is_finite() {
            Ok(ratio.lo())
        } else {
            Err(Error::input("points: the function is not enclosed on them"))
        }
    }

    /// |λ_j|, all times one factor that keeps them from growing with the degree.
    fn weights(&self, bits: u32) -> Vec<Enclosure> {
        let ends = self.points.first().zip(self.points.last());
        let width = ends.map_or_else(Rational::new, |(first, last)| Rational::from(&last.0 - &first.0));
        // A quarter of the width is the capacity of an interval.
        let scale = Enclosure::around(&(Rational::from(4) / width), bits);
        let points: Vec<Enclosure> = self.points.iter().map(|x| &Enclosure::around(x, bits) * &scale).collect();
        let one = Enclosure::around(&Rational::from(1), bits);
        let weight = |j: usize, x: &Enclosure| {
            let others = points.iter().enumerate().filter(|(i, _)| *i != j);
            others.fold(one.clone(), |product, (_, other)| &product * &(x - other).abs()).recip()
        };
        points.par_iter().enumerate().map(|(j, x)| weight(j, x)).collect()
    }
}

/// A point of the intervals at x or where rounding has taken it from.
fn inside(x: &Rational, layer: &Layer) -> Exact {
    let clamped = layer.interval.iter().map(|[lo, hi]| x.clone().max(lo.0.clone()).min(hi.0.clone()));
    let distance = |y: &Rational| Rational::from(y - x).abs();
    Exact(clamped.min_by_key(distance).unwrap_or_default())
}
