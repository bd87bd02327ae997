//! Levels and exact scales: solved backwards from the scale of the result.
//!
//! A ciphertext of scale s that is multiplied by another of scale s' and rescaled by the prime q has scale s·s'/q.
//! Through a chain of squarings any deviation of log2 s doubles at each step, so scales pushed forward drift. Here every
//! scale is a monomial κ·s_in^e in the one free scale, that of the scores; the result's scale fixes s_in.

use super::chain::ModulusChain;
use super::cost::depths;
use super::graph::{Circuit, NodeId, Visitor};
use crate::error::{Error, Result};
use crate::real::PRECISION;
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
    let symbolic = circuit.visit(&mut Monomials { levels: &levels, chain })?;
    let result = symbolic.last().ok_or_else(|| Error::internal("an empty circuit has no scale"))?;
    let input = (Float::with_val(PRECISION, output_scale.log2_ref()) - &result.log2_factor) / result.exponent;

    let scales = circuit.visit(&mut Scales { input: input.exp2(), levels: &levels, chain })?;
    let placements: Vec<Placement> =
        scales.into_iter().zip(&levels).map(|(scale, &level)| Placement { level, scale }).collect();
    check(circuit, &placements)?;
    Ok(placements)
}

fn check(circuit: &Circuit, placements: &[Placement]) -> Result<()> {
    for (node, placement) in circuit.nodes().iter().zip(placements) {
        let log2 = placement.scale.clone().log2().to_f64();
        let named = node.stage.as_deref().unwrap_or("an inner value");
        let room = log2.is_finite() && log2 >= SMALLEST_LOG2_SCALE;
        if !room {
            return Err(Error::NoSolution(format!(
                "the scale of {named} falls to 2^{log2:.1}, below 2^{SMALLEST_LOG2_SCALE}: take larger primes"
            )));
        }
    }
    Ok(())
}

/// 2^log2_factor·s_in^exponent. The logarithm, since the factor itself, q^-(p·2^k), would overflow any exponent.
struct Monomial {
    exponent: u64,
    log2_factor: Float,
}

/// The prime that the product at `id` is divided by.
fn dropped(id: NodeId, levels: &[usize], chain: &ModulusChain) -> Result<u64> {
    let prime = levels.get(id.0).and_then(|level| chain.q.get(level + 1)).copied();
    prime.ok_or_else(|| Error::internal("a product below the last level"))
}

/// |constant|, which must not be 0: a ciphertext times 0 has no scale.
fn magnitude(constant: &Rational) -> Result<Float> {
    let magnitude = Float::with_val(PRECISION, constant).abs();
    if magnitude.is_zero() { Err(Error::internal("a product with the constant 0 has no scale")) } else { Ok(magnitude) }
}

struct Monomials<'a> {
    levels: &'a [usize],
    chain: &'a ModulusChain,
}

impl Visitor for Monomials<'_> {
    type Value = Monomial;
    type Error = Error;

    fn scores(&mut self) -> Result<Monomial> {
        Ok(Monomial { exponent: 1, log2_factor: Float::new(PRECISION) })
    }

    fn product(&mut self, id: NodeId, left: &Monomial, right: &Monomial) -> Result<Monomial> {
        let prime = Float::with_val(PRECISION, dropped(id, self.levels, self.chain)?).log2();
        let log2_factor = Float::with_val(PRECISION, &left.log2_factor + &right.log2_factor) - prime;
        Ok(Monomial { exponent: left.exponent + right.exponent, log2_factor })
    }

    fn times(&mut self, _: NodeId, value: &Monomial, constant: &Rational) -> Result<Monomial> {
        let log2_factor = Float::with_val(PRECISION, &value.log2_factor - magnitude(constant)?.log2());
        Ok(Monomial { exponent: value.exponent, log2_factor })
    }

    fn plus(&mut self, _: NodeId, value: &Monomial, _: &Rational) -> Result<Monomial> {
        Ok(Monomial { exponent: value.exponent, log2_factor: value.log2_factor.clone() })
    }

    fn row_sum(&mut self, _: NodeId, value: &Monomial) -> Result<Monomial> {
        Ok(Monomial { exponent: value.exponent, log2_factor: value.log2_factor.clone() })
    }
}

/// The scales themselves, once that of the scores is known.
struct Scales<'a> {
    input: Float,
    levels: &'a [usize],
    chain: &'a ModulusChain,
}

impl Visitor for Scales<'_> {
    type Value = Float;
    type Error = Error;

    fn scores(&mut self) -> Result<Float> {
        Ok(self.input.clone())
    }

    fn product(&mut self, id: NodeId, left: &Float, right: &Float) -> Result<Float> {
        Ok(Float::with_val(PRECISION, left * right) / dropped(id, self.levels, self.chain)?)
    }

    fn times(&mut self, _: NodeId, value: &Float, constant: &Rational) -> Result<Float> {
        Ok(Float::with_val(PRECISION, value / &magnitude(constant)?))
    }

    fn plus(&mut self, _: NodeId, value: &Float, _: &Rational) -> Result<Float> {
        Ok(value.clone())
    }

    fn row_sum(&mut self, _: NodeId, value: &Float) -> Result<Float> {
        Ok(value.clone())
    }
}
