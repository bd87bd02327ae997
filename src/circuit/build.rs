//! x^p by squaring, and the merged composite Chebyshev reciprocal.

use super::division::{Builder, Division, Iteration, Numerator, Start};
use super::graph::{Circuit, NodeId, Op};
use rug::Rational;

/// How often a circuit is bootstrapped, and how precisely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    /// Rescalings between two bootstraps; at least ⌈log2 p⌉, so that none falls inside x^p.
    pub levels: u32,
    /// Precision of a bootstrap: no slot errs by more than 2^-bits.
    pub bits: u32,
}

/// The constants of a merged composite circuit for one length.
#[derive(Debug, Clone, PartialEq)]
pub struct MergedComposite {
    /// The even power p.
    pub power: u32,
    /// Number of keys L.
    pub length: u32,
    /// ε beside the unit mean.
    pub epsilon: Rational,
    /// c, the constant first approximation of 1/D.
    pub start: Rational,
    /// α of each doubling, first to last.
    pub steps: Vec<Rational>,
    /// Upper bounds on |R| over the domain: before the first doubling, and after each.
    pub residuals: Vec<f64>,
    /// Where R and z are refreshed; never where there is none.
    pub segments: Option<Segments>,
}

impl MergedComposite {
    /// The circuit from t = x/R to the weights; see [`Division::circuit`].
    pub fn circuit(&self) -> Circuit {
        Builder::new(&self.division(Numerator::Merged)).built()
    }

    /// The same reciprocal in a [`Division`].
    pub fn division(&self, numerator: Numerator) -> Division {
        Division {
            power: self.power,
            length: self.length,
            epsilon: self.epsilon.clone(),
            start: Start::Constant(self.start.clone()),
            steps: self.steps.clone(),
            residuals: self.residuals.clone(),
            numerator,
            iteration: Iteration::Goldschmidt,
            segments: self.segments,
        }
    }
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
