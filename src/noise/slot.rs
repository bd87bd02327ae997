//! One slot of one row in binary64: values forwards, gains backwards. For predictions; bounds enclose instead (`pass`).

use super::sources::Sources;
use crate::circuit::{NodeId, Op, PlacedCircuit};

/// The value of every node in a slot with |t| = `own`, in a row whose mean of u is `mean`.
pub(super) fn values(placed: &PlacedCircuit, sources: &Sources, mean: f64, own: f64) -> Vec<f64> {
    let nodes = placed.circuit.nodes();
    let mut values: Vec<f64> = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        values.push(match &node.op {
            Op::Scores => own,
            Op::Product(a, b) => values[a.index()] * values[b.index()],
            Op::Times(of, _) => values[of.index()] * sources.constants[index].hi,
            Op::Plus(of, _) => values[of.index()] + sources.constants[index].hi,
            Op::Add(a, b) => values[a.index()] + values[b.index()],
            Op::Combination(terms, _) => {
                let terms = terms.iter().zip(&sources.coefficients[index]);
                sources.constants[index].hi + terms.map(|((of, _), c)| values[of.index()] * c.hi).sum::<f64>()
            }
            Op::RowSum(_) => mean * f64::from(placed.length),
            Op::Refresh(of, _) => values[of.index()],
        });
    }
    values
}

/// ∂target/∂node for every node, within the slot: what comes through the row sum stops there.
pub(super) fn gains(placed: &PlacedCircuit, sources: &Sources, values: &[f64], target: usize) -> Vec<f64> {
    let nodes = placed.circuit.nodes();
    let mut gains = vec![0.0; target + 1];
    gains[target] = 1.0;
    for (index, node) in nodes.iter().enumerate().take(target + 1).rev() {
        let gain = gains[index];
        match &node.op {
            Op::Product(NodeId(a), NodeId(b)) => {
                gains[*a] += gain * values[*b];
                gains[*b] += gain * values[*a];
            }
            Op::Times(of, _) => gains[of.index()] += gain * sources.constants[index].hi,
            Op::Plus(of, _) | Op::Refresh(of, _) => gains[of.index()] += gain,
            Op::Add(NodeId(a), NodeId(b)) => {
                gains[*a] += gain;
                gains[*b] += gain;
            }
            Op::Combination(terms, _) => {
                let terms = terms.iter().zip(&sources.coefficients[index]);
                terms.for_each(|((of, _), c)| gains[of.index()] += gain * c.hi);
            }
            Op::RowSum(_) | Op::Scores => {}
        }
    }
    gains
}
