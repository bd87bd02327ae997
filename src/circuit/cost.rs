//! What a circuit costs: depth, products, rotations.

use super::graph::{Circuit, NodeId, Op, Term, Visitor};
use rug::Rational;
use std::convert::Infallible;

/// Counts of a circuit on one ciphertext of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Rescalings on the longest path from the scores to the weights.
    pub depth: u32,
    /// Ciphertext × ciphertext products.
    pub products: u32,
    /// Products with a plaintext that cost a level: the terms of combinations (other constants are free: they change the scale).
    pub plain_products: u32,
    /// Rotations: log2 of the padded length for each row sum.
    pub rotations: u32,
    /// Ciphertexts refreshed on the way.
    pub refreshed: u32,
}

impl Cost {
    /// The cost of `circuit` on rows of `length` keys.
    pub fn of(circuit: &Circuit, length: u32) -> Self {
        let count = |wanted: fn(&Op) -> bool| circuit.nodes().iter().filter(|n| wanted(&n.op)).count() as u32;
        Self {
            depth: depths(circuit).last().copied().unwrap_or(0),
            products: count(|op| matches!(op, Op::Product(..))),
            plain_products: circuit.nodes().iter().map(|node| terms(&node.op)).sum(),
            rotations: count(|op| matches!(op, Op::RowSum(_))) * padded_length(length).trailing_zeros(),
            refreshed: count(|op| matches!(op, Op::Refresh(..))),
        }
    }
}

fn terms(op: &Op) -> u32 {
    if let Op::Combination(terms, _) = op { terms.len() as u32 } else { 0 }
}

/// Rescalings of x^p: ⌈log2 p⌉.
pub fn depth_of_power(power: u32) -> u32 {
    power.next_power_of_two().trailing_zeros()
}

/// The power of two that a row of `length` keys is padded to.
pub fn padded_length(length: u32) -> u32 {
    length.next_power_of_two()
}

/// Rescalings on the longest path to each node.
pub fn depths(circuit: &Circuit) -> Vec<u32> {
    match circuit.visit(&mut Depths) {
        Ok(depths) => depths,
        Err(never) => match never {},
    }
}

struct Depths;

impl Visitor for Depths {
    type Value = u32;
    type Error = Infallible;

    fn scores(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }
    fn product(&mut self, _: NodeId, left: &u32, right: &u32) -> Result<u32, Infallible> {
        Ok(left.max(right) + 1)
    }
    fn times(&mut self, _: NodeId, value: &u32, _: &Rational) -> Result<u32, Infallible> {
        Ok(*value)
    }
    fn plus(&mut self, _: NodeId, value: &u32, _: &Rational) -> Result<u32, Infallible> {
        Ok(*value)
    }
    fn add(&mut self, _: NodeId, left: &u32, right: &u32) -> Result<u32, Infallible> {
        Ok(*left.max(right))
    }
    fn combination(&mut self, _: NodeId, terms: &[Term<u32>], _: &Rational) -> Result<u32, Infallible> {
        Ok(terms.iter().map(|term| *term.value).max().unwrap_or(0) + 1)
    }
    fn row_sum(&mut self, _: NodeId, value: &u32) -> Result<u32, Infallible> {
        Ok(*value)
    }
    fn refresh(&mut self, _: NodeId, value: &u32, _: u32) -> Result<u32, Infallible> {
        Ok(*value)
    }
}
