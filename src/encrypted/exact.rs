//! The circuit in exact arithmetic as a backend: what ciphertexts without noise would hold.

use super::backend::{Backend, Run, RunSeconds, StageValues};
use super::evidence::Evidence;
use super::packing::unpack;
use super::seed::Seed;
use crate::circuit::{PlacedCircuit, evaluate};
use crate::error::Result;
use crate::real::PRECISION;
use rayon::prelude::*;
use rug::{Float, Rational};
use std::time::Instant;

/// No encryption: every row by [`evaluate`], every stage rounded to double precision when it is opened.
#[derive(Debug, Clone, Copy)]
pub struct ExactBackend;

impl Backend for ExactBackend {
    fn name(&self) -> &'static str {
        "exact"
    }

    fn generator(&self, _: Seed) -> &'static str {
        "none: nothing is drawn"
    }

    fn evidence(&self) -> Evidence {
        Evidence::Unencrypted("exact arithmetic")
    }

    fn run(
        &self,
        placed: &PlacedCircuit,
        bound: &Rational,
        batches: &[Vec<f64>],
        _seed: Seed,
        progress: &dyn Fn(usize),
    ) -> Result<(Vec<Run>, RunSeconds)> {
        let began = Instant::now();
        let mut runs = Vec::with_capacity(batches.len());
        for (index, batch) in batches.iter().enumerate() {
            runs.push(run(placed, bound, batch)?);
            progress(index + 1);
        }
        Ok((runs, RunSeconds { keys: 0.0, evaluate: began.elapsed().as_secs_f64() }))
    }
}

fn run(placed: &PlacedCircuit, bound: &Rational, batch: &[f64]) -> Result<Run> {
    let (stride, keys) = (placed.rows(), placed.padded_length() as usize);
    let row = |index: usize| {
        let scores = unpack(batch, stride, index, keys);
        let unit: Vec<Float> = scores.iter().map(|x| Float::with_val(PRECISION, x) / bound).collect();
        evaluate(&placed.circuit, &unit)
    };
    let rows: Vec<Vec<Vec<Float>>> = (0..stride).into_par_iter().map(row).collect::<Result<_>>()?;
    let named = placed.circuit.nodes().iter().zip(&placed.placements).enumerate();
    let stages = named.filter_map(|(node, (operation, place))| {
        // Slot = key·stride + row.
        let slots = (0..keys * stride).map(|slot| {
            let value = rows.get(slot % stride).and_then(|row| row.get(node)).and_then(|keys| keys.get(slot / stride));
            value.map_or(f64::NAN, Float::to_f64)
        });
        let name = operation.stage.clone()?;
        Some(StageValues { name, node, level: place.level, slots: slots.collect() })
    });
    Ok(Run { stages: stages.collect() })
}
