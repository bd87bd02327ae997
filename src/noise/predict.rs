//! Prediction of the noise on given rows: the first order, with the exact shape of the row.

use super::model::RandomPart;
use super::pass::{Cell, gains};
use super::sources::{Size, Sources};
use crate::circuit::PlacedCircuit;
use crate::error::Result;
use crate::real::Interval;
use rayon::prelude::*;
use statrs::function::erf::erfc;

/// The predicted noise of one row's weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowPrediction {
    /// Mean over keys of the predicted mean |error|.
    pub mean: f64,
    /// Largest standard deviation of any key's weight.
    pub largest_deviation: f64,
}

/// Predicts the noise of each row of `rows` (t = x/R, at most L a row).
///
/// # Errors
/// As [`analyse`](super::analyse) for a circuit that it cannot analyse.
pub fn predict_rows(placed: &PlacedCircuit, rows: &[Vec<f64>]) -> Result<Vec<RowPrediction>> {
    let sources = Sources::expected(placed)?;
    Ok(rows.par_iter().map(|row| predict_row(placed, &sources, row)).collect())
}

fn predict_row(placed: &PlacedCircuit, sources: &Sources, row: &[f64]) -> RowPrediction {
    let power = sources.powers[sources.u].map_or(2, |u| u.exponent) as i32;
    let mean = row.iter().map(|t| t.powi(power)).sum::<f64>() / f64::from(placed.length);
    let mut sum = 0.0;
    let mut largest: f64 = 0.0;
    // What comes through the row sum differs from slot to slot only by the gain, so the sums are taken once.
    let spread: Vec<f64> = (0..=sources.u).map(|node| sum_of_squares(placed, sources, row, node)).collect();
    for &t in row {
        let cell = Cell { mean: Interval::point(mean), own: Interval::point(t.abs()) };
        let (own, shared) = split_variance(placed, sources, cell, &spread);
        sum += mean_absolute(own.keyed, own.plain + shared.variance());
        largest = largest.max((own.variance() + shared.variance()).sqrt());
    }
    RowPrediction { mean: sum / row.len().max(1) as f64, largest_deviation: largest }
}

/// Σ_i (∂u_i/∂node_i)² over the row, padding included.
fn sum_of_squares(placed: &PlacedCircuit, sources: &Sources, row: &[f64], node: usize) -> f64 {
    let power = sources.powers[sources.u].map_or(2, |u| u.exponent);
    sources.powers[node].map_or(0.0, |p| match (power - p.exponent) as i32 {
        0 => p.factor * p.factor * f64::from(placed.padded_length()),
        r => row.iter().map(|t| (p.factor * t.powi(r)).powi(2)).sum(),
    })
}

/// Variance from the slot's own noise, and from the noise of the whole row that all its slots share.
fn split_variance(placed: &PlacedCircuit, sources: &Sources, cell: Cell, spread: &[f64]) -> (RandomPart, RandomPart) {
    let power = sources.powers[sources.u].map_or(2, |u| u.exponent);
    let gains = gains(placed, sources, cell);
    let (mut own, mut shared) = (RandomPart::default(), RandomPart::default());
    for source in &sources.list {
        let (part, is_spread) = match source.size {
            Size::Random(part) => (part, false),
            Size::Spread(part) => (part, true),
            Size::Bounded { variance, .. } => (RandomPart { plain: variance, keyed: 0.0 }, false),
        };
        match sources.powers[source.node] {
            _ if is_spread => shared = shared.plus(part.scaled(gains.sum.powi(2))),
            Some(p) => {
                let derivative = p.factor * cell.own.hi.powi((power - p.exponent) as i32);
                own = own.plus(part.scaled((gains.own * derivative).powi(2)));
                shared = shared.plus(part.scaled(gains.sum.powi(2) * spread[source.node]));
            }
            None => own = own.plus(part.scaled(gains.direct[source.node].magnitude().powi(2))),
        }
    }
    (own, shared)
}

/// E|Z| for Z of variance V·X + W given X, X exponential of mean 1, Z Gaussian given X.
///
/// # Formula
/// √(2/π)·E√(VX + W) = √(2V/π)·(√r + (√π/2)·e^r·erfc(√r)) with r = W/V.
pub(super) fn mean_absolute(own: f64, shared: f64) -> f64 {
    let gaussian = (2.0 / std::f64::consts::PI).sqrt();
    if own <= 0.0 {
        return gaussian * shared.sqrt();
    }
    let r = shared / own;
    // e^r·erfc(√r) would overflow; there its share is below 2 %, and the expansion 1/√(πr)·(1 − 1/2r) is closer yet.
    let rest = if r > 30.0 {
        (1.0 - 0.5 / r) / (2.0 * r.sqrt())
    } else {
        std::f64::consts::PI.sqrt() / 2.0 * r.exp() * erfc(r.sqrt())
    };
    gaussian * own.sqrt() * (r.sqrt() + rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn mean_absolute_value_goes_from_laplace_to_gaussian() {
        assert_relative_eq!(mean_absolute(2.0, 0.0), 1.0, max_relative = 1e-12);
        assert_relative_eq!(mean_absolute(0.0, 1.0), (2.0 / std::f64::consts::PI).sqrt());
        assert_relative_eq!(mean_absolute(1e-9, 1.0), mean_absolute(0.0, 1.0), max_relative = 1e-6);
        assert_relative_eq!(mean_absolute(1.0, 29.999), mean_absolute(1.0, 30.001), max_relative = 2e-4);
    }
}
