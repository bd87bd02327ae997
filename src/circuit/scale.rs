//! Levels and exact scales: solved backwards from the scale of the result.
//!
//! A ciphertext of scale s that is multiplied by another of scale s' and rescaled by the prime q has scale s·s'/q.
//! Through a chain of squarings any deviation of log2 s doubles at each step, so scales pushed forward drift. Here every
//! scale is a monomial κ·s_in^e in the one free scale, that of the scores; the result's scale fixes s_in.

use super::chain::ModulusChain;
use super::cost::depths;
use super::graph::{Circuit, NodeId, Op, Visitor};
use crate::error::{Error, Result};
use crate::real::PRECISION;
use rug::ops::Pow;
use rug::{Float, Rational};

/// Scales below this leave no room for a value beside the noise of rescaling.
const SMALLEST_LOG2_SCALE: f64 = 16.0;

/// Where a node's ciphertext sits in the modulus chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Placement {
    /// Number of rescalings still possible: its modulus is q_0 … q_level.
    pub level: usize,
    /// Its exact scale Δ: the polynomial holds Δ times the value.
    pub scale: Float,
}

/// Places every node of `circuit` on `chain` so that the result has the scale `output_scale` at level 0.
///
/// # Errors
/// [`Error::NoSolution`] when the chain's levels are not the circuit's depth or a scale falls below 2^16.
pub fn place(circuit: &Circuit, chain: &ModulusChain, output_scale: &Float) -> Result<Vec<Placement>> {
    let depths = depths(circuit);
    let depth = depths.last().copied().unwrap_or(0) as usize;
    if chain.levels() != depth {
        return Err(Error::NoSolution(format!(
            "the circuit takes {depth} rescalings, the modulus chain has {}",
            chain.levels()
        )));
    }
    let levels: Vec<usize> = depths.iter().map(|&d| depth - d as usize).collect();
    let solver = |input: Monomial| Scales { input, levels: &levels, chain };
    let unit = Monomial { exponent: 1, factor: Float::with_val(PRECISION, 1) };
    let symbolic = circuit.visit(&mut solver(unit))?;
    let result = symbolic.last().ok_or_else(|| Error::internal("an empty circuit has no scale"))?;
    let ratio = Float::with_val(PRECISION, output_scale / &result.factor);
    let input = ratio.pow(Float::with_val(PRECISION, 1) / result.exponent);

    let exact = Monomial { exponent: 0, factor: input };
    let scales = circuit.visit(&mut solver(exact))?;
    let placements: Vec<Placement> =
        scales.into_iter().zip(&levels).map(|(s, &level)| Placement { level, scale: s.factor }).collect();
    check(circuit, &placements)?;
    Ok(placements)
}

fn check(circuit: &Circuit, placements: &[Placement]) -> Result<()> {
    for (node, placement) in circuit.nodes().iter().zip(placements) {
        let log2 = placement.scale.clone().log2().to_f64();
        let named = node.stage.as_deref().unwrap_or("an inner value");
        if !matches!(node.op, Op::Plus(..)) && log2.is_nan() | (log2 < SMALLEST_LOG2_SCALE) {
            return Err(Error::NoSolution(format!(
                "the scale of {named} falls to 2^{log2:.1}, below 2^{SMALLEST_LOG2_SCALE}: take larger primes"
            )));
        }
    }
    Ok(())
}

/// factor·s_in^exponent.
#[derive(Debug, Clone)]
struct Monomial {
    exponent: u64,
    factor: Float,
}

struct Scales<'a> {
    input: Monomial,
    levels: &'a [usize],
    chain: &'a ModulusChain,
}

impl Visitor for Scales<'_> {
    type Value = Monomial;
    type Error = Error;

    fn scores(&mut self) -> Result<Monomial> {
        Ok(self.input.clone())
    }

    fn product(&mut self, id: NodeId, left: &Monomial, right: &Monomial) -> Result<Monomial> {
        let dropped = self.levels.get(id.0).and_then(|level| self.chain.q.get(level + 1));
        let prime = dropped.ok_or_else(|| Error::internal("a product below the last level"))?;
        let factor = Float::with_val(PRECISION, &left.factor * &right.factor) / *prime;
        Ok(Monomial { exponent: left.exponent + right.exponent, factor })
    }

    fn times(&mut self, _: NodeId, value: &Monomial, constant: &Rational) -> Result<Monomial> {
        let magnitude = Rational::from(constant.abs_ref());
        if magnitude == 0 {
            return Err(Error::internal("a product with the constant 0 has no scale"));
        }
        Ok(Monomial { exponent: value.exponent, factor: Float::with_val(PRECISION, &value.factor / &magnitude) })
    }

    fn plus(&mut self, _: NodeId, value: &Monomial, _: &Rational) -> Result<Monomial> {
        Ok(value.clone())
    }

    fn row_sum(&mut self, _: NodeId, value: &Monomial) -> Result<Monomial> {
        Ok(value.clone())
    }
}
