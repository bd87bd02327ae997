//! A bound on the noise of every named stage, over a whole domain or on given rows; the deterministic worst case.

use super::budget::{check_domain, per_event};
use super::cell::Cell;
use super::pass::Pass;
use super::sources::Sources;
use super::staged;
use super::worst::{Cells, cover, grid};
use crate::attention::RowDomain;
use crate::circuit::PlacedCircuit;
use crate::error::{Error, Result};
use rayon::prelude::*;

/// Cells a binary order of magnitude of D.
const CELLS_PER_OCTAVE: f64 = 8.0;

/// A bound on the noise of one stage, over the whole domain.
#[derive(Debug, Clone, PartialEq)]
pub struct StageBound {
    /// The stage.
    pub name: String,
    /// The node that holds it.
    pub node: usize,
    /// The bound, on the stage's own value.
    pub bound: f64,
}

/// Bounds the noise of every named stage over `domain`. They, and the bound of [`analyse`](super::analyse), fail together with
/// probability at most 2^`log2_failure` in a run of `ciphertexts` ciphertexts.
///
/// # Errors
/// As [`analyse`](super::analyse).
pub fn stage_bounds(
    placed: &PlacedCircuit,
    domain: &RowDomain,
    log2_failure: f64,
    ciphertexts: usize,
) -> Result<Vec<StageBound>> {
    if placed.normalisations() > 1 {
        return staged::stage_bounds(placed, domain, log2_failure, ciphertexts);
    }
    let sources = Sources::bounding(placed, per_event(placed, log2_failure, ciphertexts))?;
    check_domain(domain)?;
    let rows = Cells::new(placed, &sources, domain);
    let cells = grid(domain, CELLS_PER_OCTAVE).into_par_iter();
    let of_cell = |(low, high)| stages(placed, &sources, &Pass::new(placed, &sources, rows.between(low, high)));
    let largest = cells.map(of_cell).reduce(Vec::new, |x, y| match (x.is_empty(), y.is_empty()) {
        (true, _) => y,
        (_, true) => x,
        // A NaN stays one.
        _ => x.iter().zip(&y).map(|(&x, &y)| if y.is_nan() || y > x { y } else { x }).collect(),
    });
    let named = placed.circuit.nodes().iter().enumerate().filter_map(|(node, n)| Some((node, n.stage.clone()?)));
    named.zip(largest).map(|((node, name), bound)| Ok(StageBound { name, node, bound: finite(bound)? })).collect()
}

/// The bound of each named stage in one cell: the adjoint's from the row sum on, and where it is smaller the one propagated
/// forwards.
fn stages(placed: &PlacedCircuit, sources: &Sources, pass: &Pass) -> Vec<f64> {
    let named = placed.circuit.nodes().iter().enumerate().filter(|(_, node)| node.stage.is_some());
    let bound = |(node, _): (usize, _)| {
        let forwards = pass.bounds[node];
        if node <= sources.sum { forwards } else { forwards.min(pass.noise(node).bound()) }
    };
    named.map(bound).collect()
}

/// A rigorous bound on the noise of the weights of each of `rows` (t = x/R): no weight of any of them errs more, but with
/// probability at most 2^`log2_failure` in a run of `ciphertexts` ciphertexts.
///
/// # Errors
/// [`Error::Input`] for a row of more than L scores, or one that is not in [−1, 1]; else as [`analyse`](super::analyse).
pub fn bound_rows(
    placed: &PlacedCircuit,
    rows: &[Vec<f64>],
    log2_failure: f64,
    ciphertexts: usize,
) -> Result<Vec<f64>> {
    let sources = Sources::bounding(placed, per_event(placed, log2_failure, ciphertexts))?;
    check_rows(placed, rows)?;
    let bound = |row: &Vec<f64>| Pass::new(placed, &sources, Cell::of_row(row, placed, &sources)).of_weights().bound();
    rows.par_iter().map(|row| finite(bound(row))).collect()
}

/// Refuses rows of more than L scores, and scores that are not in [−1, 1].
pub(super) fn check_rows(placed: &PlacedCircuit, rows: &[Vec<f64>]) -> Result<()> {
    let outside = |row: &Vec<f64>| row.len() > placed.length as usize || !row.iter().all(|t| t.abs() <= 1.0);
    match rows.iter().position(outside) {
        None => Ok(()),
        Some(row) => {
            let most = placed.length;
            Err(Error::input(format!("row {row}: expected at most {most} scores t = x/R, each in [-1, 1]")))
        }
    }
}

/// A bound that is none, where the noise swamps every value.
pub(super) fn finite(bound: f64) -> Result<f64> {
    if bound.is_finite() {
        Ok(bound)
    } else {
        Err(Error::NoSolution("the noise has no finite bound: the scale is too small".into()))
    }
}

/// The deterministic worst case over `domain`: no weight errs more, whatever is drawn. No probability, no independence, and so
/// no use for choosing parameters: every rounding is at its largest, in the worst direction.
///
/// # Errors
/// As [`analyse`](super::analyse).
pub fn worst_case(placed: &PlacedCircuit, domain: &RowDomain) -> Result<f64> {
    let sources = Sources::worst_case(placed)?;
    check_domain(domain)?;
    let cells = cover(placed, &sources, domain);
    let worst = cells.last().ok_or_else(|| Error::internal("an empty domain has no noise"))?;
    finite(worst.bound)
}
