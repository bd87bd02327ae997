//! Builders: x^p by squaring, and the merged composite Chebyshev reciprocal.

use super::cost::depth_of_power;
use super::graph::{Circuit, Fact, NodeId, Op};
use crate::real::Interval;
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
    /// The circuit from t = x/R to the weights.
    ///
    /// # Formula
    /// With u = t^p and D = ε + (1/L) Σ u:
    /// R = 1 − c·D and z = (c/L)·u; then for each α: z ← α(1 + R)z, R ← αR² − (α − 1). Since D·y = 1 − R for
    /// y = z·L/u and u/L ≤ D, 0 ≤ z ≤ 1 + |R| at every step.
    pub fn circuit(&self) -> Circuit {
        let mut circuit = Circuit::default();
        let scores = circuit.push(Op::Scores);
        circuit.name(scores, "scores", None);
        self.append(&mut circuit, scores, "", "weights");
        circuit
    }

    /// Appends the circuit with `input` in the place of t, stages named with `prefix`, its result `result`.
    pub(super) fn append(&self, circuit: &mut Circuit, input: NodeId, prefix: &str, result: &str) -> NodeId {
        let u = push_power(circuit, input, self.power, prefix);
        let sum = circuit.push(Op::RowSum(u));
        circuit.name(sum, format!("{prefix}row sum"), None);

        let gain = Rational::from(&self.start / self.length);
        let residual = circuit.push(Op::Times(sum, -gain.clone()));
        let constant = Rational::from(1) - Rational::from(&self.start * &self.epsilon);
        let mut residual = circuit.push(Op::Plus(residual, constant));
        let mut z = circuit.push(Op::Times(u, gain));
        self.name_both(circuit, 0, residual, z, prefix, "");

        for (step, alpha) in self.steps.iter().enumerate() {
            if let Some(segments) = self.segments_at(step) {
                residual = circuit.push(Op::Refresh(residual, segments.bits));
                z = circuit.push(Op::Refresh(z, segments.bits));
                self.name_both(circuit, step, residual, z, prefix, " refreshed");
            }
            let above = circuit.push(Op::Plus(residual, Rational::from(1)));
            let product = circuit.push(Op::Product(above, z));
            let next_residual = (step + 1 < self.steps.len()).then(|| {
                let square = circuit.push(Op::Product(residual, residual));
                let scaled = circuit.push(Op::Times(square, alpha.clone()));
                circuit.push(Op::Plus(scaled, Rational::from(1) - alpha))
            });
            z = circuit.push(Op::Times(product, alpha.clone()));
            if let Some(next) = next_residual {
                self.name_both(circuit, step + 1, next, z, prefix, "");
                residual = next;
            }
        }
        let bound = self.residuals.get(self.steps.len());
        circuit.name(z, result, bound.map(|r| Fact::Range(Interval::new(0.0, (1.0 + r).next_up()))));
        z
    }

    /// The segments, where one ends before doubling number `step`.
    fn segments_at(&self, step: usize) -> Option<Segments> {
        let depth = depth_of_power(self.power) as usize + step;
        self.segments.filter(|segments| depth.is_multiple_of(segments.levels.max(1) as usize))
    }

    /// Names R and z after `step` doublings (of degree 2^step), with what is known of them.
    fn name_both(&self, circuit: &mut Circuit, step: usize, residual: NodeId, z: NodeId, prefix: &str, suffix: &str) {
        let degree = 1u64 << step.min(63);
        let range = self.residuals.get(step).map(|&r| Fact::Range(Interval::new(-r, r)));
        circuit.name(residual, format!("{prefix}R_{degree}{suffix}"), range);
        let fact = Fact::Numerator { residual, epsilon: self.epsilon.clone() };
        circuit.name(z, format!("{prefix}z_{degree}{suffix}"), Some(fact));
    }
}

/// u = t^p with ⌈log2 p⌉ levels: squares t^(2^i), and the product of those in p's binary form, smallest first.
fn push_power(circuit: &mut Circuit, scores: NodeId, power: u32, prefix: &str) -> NodeId {
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
