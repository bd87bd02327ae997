//! Prediction of the noise on given rows: the first order, with the exact shape of the row.

use super::slot::{gains, values};
use super::sources::{Size, Sources};
use super::staged;
use super::tails::SlotNoise;
use crate::circuit::PlacedCircuit;
use crate::error::Result;
use rayon::prelude::*;

/// The predicted noise of one row's weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RowPrediction {
    /// Mean over keys of the predicted mean |error|.
    pub mean: f64,
    /// Largest standard deviation of any key's weight.
    pub largest_deviation: f64,
}

/// The predicted noise of one named stage.
#[derive(Debug, Clone, PartialEq)]
pub struct StagePrediction {
    /// The stage.
    pub name: String,
    /// The node that holds it.
    pub node: usize,
    /// The mean |error| over all slots of all rows.
    pub mean: f64,
}

/// Predicts the noise of the weights of each row of `rows` (t = x/R, at most L a row).
///
/// # Errors
/// As [`analyse`](super::analyse) for a circuit that it cannot analyse.
pub fn predict_rows(placed: &PlacedCircuit, rows: &[Vec<f64>]) -> Result<Vec<RowPrediction>> {
    let of_row = |slots: Vec<SlotNoise>| RowPrediction {
        mean: slots.iter().map(SlotNoise::mean).sum::<f64>() / slots.len().max(1) as f64,
        largest_deviation: slots.iter().map(SlotNoise::deviation).fold(0.0, f64::max),
    };
    Ok(predict_slots(placed, rows)?.into_iter().map(of_row).collect())
}

/// The distribution of the noise of every weight of each row.
///
/// # Errors
/// As [`predict_rows`].
pub fn predict_slots(placed: &PlacedCircuit, rows: &[Vec<f64>]) -> Result<Vec<Vec<SlotNoise>>> {
    if placed.normalisations() > 1 {
        return staged::predict_slots(placed, rows);
    }
    let sources = Sources::expected(placed)?;
    let result = placed.circuit.len().saturating_sub(1);
    Ok(rows.par_iter().map(|row| Row::new(placed, &sources, row).slots(result)).collect())
}

/// Predicts the noise of every named stage over all rows.
///
/// # Errors
/// As [`predict_rows`].
pub fn predict_stages(placed: &PlacedCircuit, rows: &[Vec<f64>]) -> Result<Vec<StagePrediction>> {
    if placed.normalisations() > 1 {
        return staged::predict_stages(placed, rows);
    }
    let sources = Sources::expected(placed)?;
    let rows: Vec<Row> = rows.iter().map(|row| Row::new(placed, &sources, row)).collect();
    let slots: usize = rows.iter().map(|row| row.scores.len()).sum();
    let named: Vec<(usize, &str)> = (placed.circuit.nodes().iter().enumerate())
        .filter_map(|(node, operation)| Some((node, operation.stage.as_deref()?)))
        .collect();
    let stage = |&(node, name): &(usize, &str)| {
        let sum = |row: &Row| row.slots(node).iter().map(SlotNoise::mean).sum::<f64>();
        let mean = rows.iter().map(sum).sum::<f64>() / slots.max(1) as f64;
        StagePrediction { name: name.into(), node, mean }
    };
    Ok(named.par_iter().map(stage).collect())
}

/// One row, and what of it every slot needs.
pub(super) struct Row<'a> {
    placed: &'a PlacedCircuit,
    sources: &'a Sources,
    scores: &'a [f64],
    mean: f64,
    /// For each node of x^p, Σ_i (∂u_i/∂node_i)² over the row, padding included.
    squares: Vec<f64>,
}

impl<'a> Row<'a> {
    pub(super) fn new(placed: &'a PlacedCircuit, sources: &'a Sources, scores: &'a [f64]) -> Self {
        let mut row = Self { placed, sources, scores, mean: 0.0, squares: Vec::new() };
        let power = row.power() as i32;
        row.mean = scores.iter().map(|t| t.powi(power)).sum::<f64>() / f64::from(placed.length);
        let padding = f64::from(placed.padded_length()) - scores.len() as f64;
        let squares = |node: usize| {
            scores.iter().map(|&t| sources.derivative(node, t).powi(2)).sum::<f64>()
                + padding * sources.derivative(node, 0.0).powi(2)
        };
        row.squares = (0..=sources.u).map(squares).collect();
        row
    }

    fn power(&self) -> u32 {
        self.sources.power()
    }

    fn slots(&self, target: usize) -> Vec<SlotNoise> {
        self.scores.iter().map(|t| self.slot(target, t.abs())).collect()
    }

    /// Of `target`, in a slot: ∂/∂node within the slot, and ∂/∂(row sum).
    pub(super) fn gains(&self, target: usize, own: f64) -> (Vec<f64>, f64) {
        let (placed, sources) = (self.placed, self.sources);
        let gains = gains(placed, sources, &values(placed, sources, self.mean, own), target);
        let through_sum = gains.get(sources.sum).copied().unwrap_or(0.0);
        (gains, through_sum)
    }

    /// Σ (∂u_i/∂node)² over the other slots of the row, for one with |t| = `own`; 0 behind u.
    pub(super) fn elsewhere(&self, node: usize, own: f64) -> f64 {
        let all = self.squares.get(node).copied().unwrap_or(0.0);
        if node <= self.sources.u { (all - self.sources.derivative(node, own).powi(2)).max(0.0) } else { 0.0 }
    }

    /// The noise of `target` in a slot: that of the slot's own sources, whose sizes share the key's |s(ζ)|² there, and that of
    /// the other slots of the row, which is a sum of many.
    fn slot(&self, target: usize, own: f64) -> SlotNoise {
        let (placed, sources) = (self.placed, self.sources);
        let values = values(placed, sources, self.mean, own);
        let gains = gains(placed, sources, &values, target);
        let through_sum = gains.get(sources.sum).copied().unwrap_or(0.0);
        let mut noise = SlotNoise::default();
        for source in sources.list.iter().filter(|source| source.node <= target || source.node <= sources.u) {
            let value = source.times.map_or(1.0, |node| values[node]);
            let gain = gains.get(source.node).copied().unwrap_or(0.0) * value;
            let (plain, keyed) = match source.size {
                Size::Random(part) => (part.plain, part.keyed),
                Size::Bounded { variance, .. } => (variance, 0.0),
                Size::Spread(part) => {
                    noise.gaussian += part.variance() * gain * gain;
                    continue;
                }
            };
            // In the slot itself both ways add up before they are squared.
            let derivative = sources.derivative(source.node, own);
            let here = (gain + through_sum * derivative).powi(2);
            noise.keyed += keyed * here;
            noise.gaussian += plain * here;
            if source.node <= sources.u {
                noise.gaussian += (plain + keyed) * through_sum * through_sum * self.elsewhere(source.node, own);
            }
        }
        noise
    }
}
