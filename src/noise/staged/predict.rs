//! Predictions for given rows of a staged circuit: the first order, with the exact shape of the row.

use super::pull::{Pull, Tally};
use super::stage::{Gains, Stage, StageCell};
use super::sums::{PowerSums, RowSums};
use crate::circuit::PlacedCircuit;
use crate::error::Result;
use crate::noise::predict::StagePrediction;
use crate::noise::sources::Sources;
use crate::noise::tails::SlotNoise;
use crate::real::Interval;
use rayon::prelude::*;

/// As [`predict_slots`](crate::noise::predict_slots), for a circuit with several row sums.
pub(in crate::noise) fn predict_slots(placed: &PlacedCircuit, rows: &[Vec<f64>]) -> Result<Vec<Vec<SlotNoise>>> {
    let model = Model::new(placed)?;
    let last = model.stages.len().saturating_sub(1);
    let of_row = |row: &Vec<f64>| {
        let row = Row::new(&model, row);
        let gains = row.cells.get(last).map(|cell| &cell.gains);
        (0..row.scores).filter_map(|slot| Some(row.slot(last, gains?, slot))).collect()
    };
    Ok(rows.par_iter().map(of_row).collect())
}

/// Rows that the means of stages are predicted from, at most; of more, so many evenly spread. Each slot of each stage of each takes
/// up to a tenth of a millisecond.
const MOST_ROWS: usize = 256;

/// As [`predict_stages`](crate::noise::predict_stages), for a circuit with several row sums; of many rows the mean over some,
/// evenly spread.
pub(in crate::noise) fn predict_stages(placed: &PlacedCircuit, rows: &[Vec<f64>]) -> Result<Vec<StagePrediction>> {
    let model = Model::new(placed)?;
    let every = rows.len().div_ceil(MOST_ROWS).max(1);
    let rows: Vec<Row> = rows.iter().step_by(every).map(|row| Row::new(&model, row)).collect();
    let slots: usize = rows.iter().map(|row| row.scores).sum();
    let named = model.stages.iter().enumerate().flat_map(|(index, stage)| {
        let nodes = stage.circuit.placed.circuit.nodes().iter().enumerate();
        nodes.filter_map(move |(node, operation)| {
            // The input is the result of the normalisation before, and named there.
            (node > 0 || index == 0).then_some((index, node, operation.stage.clone()?))
        })
    });
    let prediction = |(index, node, name): (usize, usize, String)| {
        let sum: f64 = rows.par_iter().map(|row| row.mean_sum(index, node)).sum();
        let node = model.stages[index].circuit.first + node;
        StagePrediction { name, node, mean: sum / slots.max(1) as f64 }
    };
    Ok(named.map(prediction).collect())
}

/// The normalisations with the sources that are expected.
struct Model {
    stages: Vec<Stage>,
    /// Rotations in each round of a row sum.
    rounds: Vec<usize>,
    padded: usize,
}

impl Model {
    fn new(placed: &PlacedCircuit) -> Result<Self> {
        let stages = Stage::all(placed, Sources::expected)?;
        let rounds = placed.rotation_rounds().iter().map(Vec::len).collect();
        Ok(Self { stages, rounds, padded: placed.padded_length() as usize })
    }
}

/// One row: every V in every slot.
struct Row<'a> {
    model: &'a Model,
    scores: usize,
    cells: Vec<StageCell>,
    /// What each normalisation hands on.
    values: Vec<Vec<f64>>,
    sums: Vec<PowerSums>,
    /// |t|.
    input: Vec<f64>,
}

impl<'a> Row<'a> {
    fn new(model: &'a Model, scores: &[f64]) -> Self {
        let input: Vec<f64> = scores.iter().map(|t| t.abs()).collect();
        let mut row =
            Self { model, scores: scores.len(), cells: Vec::new(), values: Vec::new(), sums: Vec::new(), input };
        for stage in &model.stages {
            let w = row.values.last().unwrap_or(&row.input);
            let mean = w.iter().map(|w| w * w).sum::<f64>() / stage.length();
            let cell = stage.cell(Interval::point(mean));
            let ratio = middle(cell.ratio);
            let values: Vec<f64> = w.iter().map(|w| ratio * w * w).collect();
            row.sums.push(PowerSums::new(&values));
            row.values.push(values);
            row.cells.push(cell);
        }
        row
    }

    /// Σ of the predicted mean |error| of a node over the slots of the row.
    fn mean_sum(&self, index: usize, node: usize) -> f64 {
        let stage = &self.model.stages[index];
        let cell = &self.cells[index];
        if node >= stage.sources.u {
            let gains = stage.gains(cell, node);
            return (0..self.scores).map(|slot| self.slot(index, &gains, slot).mean()).sum();
        }
        // The scores: nothing but their own encryption.
        let part = stage.sources.local[node];
        let noise = SlotNoise { keyed: part.keyed, gaussian: part.plain };
        noise.mean() * self.scores as f64
    }

    /// The noise of a node of normalisation `index`, from u on, in one slot.
    fn slot(&self, index: usize, gains: &Gains, slot: usize) -> SlotNoise {
        let mut tally = Tally::default();
        let value = self.values[index].get(slot).copied().unwrap_or(0.0);
        let mut pull = Pull::slot(Interval::point(value), gains.halves);
        for stage in (0..=index).rev() {
            let gains = if stage == index { gains } else { &self.cells[stage].gains };
            let model = self.model;
            let (values, sums) = (&self.values[stage], &self.sums[stage]);
            let sums = RowSums { values, sums, padded: model.padded, rounds: &model.rounds, slot: Some(slot) };
            pull = pull.through(&mut tally, &model.stages[stage], &self.cells[stage], gains, &sums, &[]);
        }
        let noise = tally.noise;
        let keyed = noise.slots.own.min(noise.random.keyed);
        SlotNoise { keyed, gaussian: noise.random.variance() - keyed + noise.bounded_variance }
    }
}

fn middle(interval: Interval) -> f64 {
    0.5 * (interval.lo + interval.hi)
}
