//! x^p by squaring.

use super::graph::{Circuit, NodeId, Op};

/// How often a circuit is bootstrapped, and how precisely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    /// Rescalings between two bootstraps; at least ⌈log2 p⌉, so that none falls inside x^p.
    pub levels: u32,
    /// Precision of a bootstrap: no slot errs by more than 2^-bits.
    pub bits: u32,
}

impl Circuit {
    /// The power of a node's value, with ⌈log2 p⌉ levels.
    pub(crate) fn power(&mut self, of: NodeId, power: u32) -> NodeId {
        push_power(self, of, power, "")
    }
}

/// u = t^p with ⌈log2 p⌉ levels: squares t^(2^i), and the product of those in p's binary form, smallest first.
pub(super) fn push_power(circuit: &mut Circuit, scores: NodeId, power: u32, prefix: &str) -> NodeId {
    let mut square = scores;
    let mut product: Option<(NodeId, u32)> = None;
    for bit in 0..u32::BITS - power.leading_zeros() {
        if bit > 0 {
            square = circuit.push(Op::Product(square, square));
            circuit.name(square, format!("{prefix}x^{}", 1u32 << bit), None);
        }
        if power >> bit & 1 == 1 {
            product = Some(match product {
                None => (square, 1 << bit),
                Some((lower, exponent)) => {
                    let joined = circuit.push(Op::Product(lower, square));
                    let exponent = exponent + (1 << bit);
                    circuit.name(joined, format!("{prefix}x^{exponent}"), None);
                    (joined, exponent)
                }
            });
        }
    }
    product.map_or(scores, |(node, _)| node)
}
