//! The weighted error of any polynomial, such as one with rounded coefficients.

use super::domain::{Domain, Place, Sample};
use super::maxima::{extrema, fine_grid, maxima};
use super::problem::Problem;
use super::scan::Residual;
use super::start::locate;
use super::trial::{Nodes, clenshaw};
use crate::error::Result;
use crate::poly::{Basis, Polynomial};
use rug::{Float, Rational};

/// Places of each segment for each degree.
const PARTS_PER_DEGREE: usize = 4;

/// The largest weighted error, which is estimated to be about `expected` with extrema near `reference`.
///
/// # Errors
/// As [`super::minimax`].
pub(in crate::fit) fn weighted_error(
    problem: &Problem,
    polynomial: &Polynomial,
    expected: &Float,
    reference: &[Float],
) -> Result<Float> {
    let domain = Domain::without_parity(problem)?;
    let coefficients = chebyshev_coefficients(polynomial, expected.prec());
    let residual = Residual { domain: &domain, coefficients: &coefficients, level: expected };
    let extrema = extrema(&around(&domain, polynomial, reference), 0.0, |place| residual.ratio(place))?;
    let largest = extrema.iter().map(|(_, ratio)| ratio.abs()).fold(0.0, f64::max);
    Ok(Float::with_val(expected.prec(), expected * largest))
}

/// The least value of a polynomial on the intervals, estimated; `unit` is a number > 0 of about its size.
///
/// # Errors
/// As [`super::minimax`].
pub(in crate::fit) fn least_value(
    problem: &Problem,
    polynomial: &Polynomial,
    unit: &Float,
    reference: &[Float],
) -> Result<Float> {
    let domain = Domain::without_parity(problem)?;
    let coefficients = chebyshev_coefficients(polynomial, unit.prec());
    let minima = maxima(&around(&domain, polynomial, reference), f64::NEG_INFINITY, |place| {
        Ok(-(clenshaw(&coefficients, &domain.y(place)) / unit).to_f64())
    })?;
    let least = minima.iter().map(|(_, value)| -value).fold(f64::INFINITY, f64::min);
    Ok(Float::with_val(unit.prec(), unit * least))
}

/// Places around a reference, as dense as the extrema of a polynomial.
fn around(domain: &Domain, polynomial: &Polynomial, reference: &[Float]) -> Vec<Place> {
    let places: Vec<Place> = reference.iter().map(|x| locate(&domain.segments, &domain.y_of(x))).collect();
    fine_grid(domain, PARTS_PER_DEGREE * (polynomial.degree() + 1), &places)
}

/// The function and its weight at about `count` points, as dense as the extrema of a polynomial are.
///
/// # Errors
/// As [`super::minimax`].
pub(in crate::fit) fn samples(problem: &Problem, count: usize, precision: u32) -> Result<Vec<(Float, Sample)>> {
    let domain = Domain::without_parity(problem)?;
    let parts = count / domain.segments.len().max(1) + 4;
    let mut points = Vec::with_capacity(count);
    for segment in 0..domain.segments.len() {
        for j in 0..=parts {
            let y = domain.y(Place { segment, angle: std::f64::consts::PI * j as f64 / parts as f64 });
            if let Some(sample) = domain.sample(&y, precision)? {
                points.push((domain.x(&y, precision), sample));
            }
        }
    }
    Ok(points)
}

/// The coefficients c_k of T_k on the polynomial's interval.
pub(super) fn chebyshev_coefficients(polynomial: &Polynomial, precision: u32) -> Vec<Float> {
    let convert = |c: &Rational| Float::with_val(precision, c);
    if polynomial.basis == Basis::Chebyshev {
        return polynomial.coefficients.iter().map(convert).collect();
    }
    // Powers of x cancel: as many more bits as the largest term is long.
    let [lo, hi] = [&polynomial.lo, &polynomial.hi].map(|x| Float::with_val(64, x));
    let largest = Float::with_val(64, lo.abs_ref()).max(&Float::with_val(64, hi.abs_ref()));
    let (mut power, mut size) = (Float::with_val(64, 1), Float::with_val(64, 1));
    for c in &polynomial.coefficients {
        size = size.max(&Float::with_val(64, Float::with_val(64, c).abs() * &power));
        power *= &largest;
    }
    let wide = precision + size.log2().to_f64() as u32 + 32;
    let terms: Vec<Float> = polynomial.coefficients.iter().map(|c| Float::with_val(wide, c)).collect();
    let half_width = Float::with_val(wide, Rational::from(&polynomial.hi - &polynomial.lo) / 2u32);
    let nodes = Nodes::new(terms.len(), wide);
    let value = |y: &Float| {
        let x = Float::with_val(wide, y + 1u32) * &half_width + &polynomial.lo;
        terms.iter().rev().fold(Float::new(wide), |sum, c| sum * &x + c)
    };
    let values: Vec<Float> = nodes.all().iter().map(value).collect();
    nodes.transform(&values).into_iter().map(|c| Float::with_val(precision, c)).collect()
}
