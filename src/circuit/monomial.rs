//! Scales as monomials in the free scales, and the free scales solved.
//!
//! Free are the scale at the start of each segment and that of each combination, whose plaintexts may have any. A sum of two
//! ciphertexts is one equation: it fixes the scale of the last combination in it. What stays free of the combinations gets
//! the size of the prime that it is rescaled by, and the scale at the start of a segment is fixed by that at its end.

use super::chain::ModulusChain;
use super::graph::{Circuit, NodeId, Term, Visitor};
use super::scale::dropped;
use crate::error::{Error, Result};
use crate::real::PRECISION;
use rug::{Float, Rational};
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Logarithms of scales that differ by less are equal.
const SAME_LOG2: f64 = 1e-50;

/// A free scale. The last in this order is solved for first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Free {
    /// At the start of a segment.
    Entry,
    /// Of the combination at a node.
    Combination(usize),
}

/// 2^log2_factor·Π s^exponent over free scales s. The logarithm, since the factor itself, q^-(p·2^k), would overflow any
/// exponent.
#[derive(Debug, Clone)]
struct Monomial {
    exponents: BTreeMap<Free, i64>,
    log2_factor: Float,
}

impl Monomial {
    fn free(scale: Free) -> Self {
        Self { exponents: BTreeMap::from([(scale, 1)]), log2_factor: Float::new(PRECISION) }
    }

    /// self·other^power.
    fn times(mut self, other: &Self, power: i64) -> Self {
        for (scale, exponent) in &other.exponents {
            let sum = self.exponents.entry(*scale).or_default();
            *sum += exponent * power;
            if *sum == 0 {
                self.exponents.remove(scale);
            }
        }
        self.log2_factor += Float::with_val(PRECISION, &other.log2_factor * power);
        self
    }

    fn over(mut self, log2_divisor: &Float) -> Self {
        self.log2_factor -= log2_divisor;
        self
    }

    /// With every solved scale replaced.
    fn reduced(mut self, solved: &BTreeMap<Free, Monomial>) -> Self {
        while let Some((scale, replacement)) =
            self.exponents.keys().rev().find_map(|scale| Some((*scale, solved.get(scale)?)))
        {
            let power = self.exponents.remove(&scale).unwrap_or(0);
            self = self.times(replacement, power);
        }
        self
    }
}

/// |constant|, which must not be 0: a ciphertext times 0 has no scale.
pub(super) fn magnitude(constant: &Rational) -> Result<Float> {
    let magnitude = Float::with_val(PRECISION, constant).abs();
    if magnitude.is_zero() { Err(Error::internal("a product with the constant 0 has no scale")) } else { Ok(magnitude) }
}

/// log2 of primes and constants that were asked for lately: a search places the same circuits on dozens of chains of the same
/// primes, and most of that time went into logarithms.
static LOG2: LazyLock<Mutex<BTreeMap<Rational, Float>>> = LazyLock::new(Mutex::default);
/// So many are kept.
const MOST_LOGARITHMS: usize = 1 << 13;

/// log2 of a positive number.
fn log2(value: &Rational) -> Float {
    // A thread that panicked left whole logarithms behind.
    let lock = || LOG2.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lock().get(value) {
        return known.clone();
    }
    let logarithm = Float::with_val(PRECISION, value).log2();
    let mut known = lock();
    if known.len() >= MOST_LOGARITHMS {
        known.clear();
    }
    known.insert(value.clone(), logarithm.clone());
    logarithm
}

fn log2_magnitude(constant: &Rational) -> Result<Float> {
    magnitude(constant).map(|_| log2(&constant.clone().abs()))
}

/// The free scales.
pub(super) struct Solution {
    entries: Vec<Float>,
    combinations: BTreeMap<usize, Float>,
}

impl Solution {
    /// Solves for them, with the scale `output` at the end of each segment.
    pub(super) fn of(
        circuit: &Circuit,
        ends: &[usize],
        levels: &[usize],
        chain: &ModulusChain,
        output: &Float,
    ) -> Result<Self> {
        let mut monomials = Monomials { levels, chain, solved: BTreeMap::new(), segments: BTreeMap::new() };
        let scales = circuit.visit(&mut monomials)?;
        let nominal = |node: usize| Ok(log2(&dropped(NodeId(node), levels, chain)?.into()));
        let log2_output = Float::with_val(PRECISION, output.log2_ref());
        let entry = |end: &usize| -> Result<Float> {
            let end = scales.get(*end).ok_or_else(|| Error::internal("an empty circuit has no scale"))?;
            let mut log2 = log2_output.clone();
            let mut exponent = 0;
            let end = end.scale.clone().reduced(&monomials.solved);
            log2 -= &end.log2_factor;
            for (scale, power) in &end.exponents {
                match scale {
                    Free::Entry => exponent = *power,
                    Free::Combination(node) => log2 -= nominal(*node)? * *power,
                }
            }
            if exponent == 0 { Err(Error::internal("a result whose scale is fixed")) } else { Ok(log2 / exponent) }
        };
        let entries = ends.iter().map(entry).collect::<Result<Vec<Float>>>()?;
        let combination = |(&node, &segment): (&usize, &usize)| -> Result<(usize, Float)> {
            let scale = Monomial::free(Free::Combination(node)).reduced(&monomials.solved);
            let mut log2 = scale.log2_factor;
            for (free, power) in &scale.exponents {
                log2 += match free {
                    Free::Entry => entries.get(segment).map_or_else(|| Float::new(PRECISION), |s| s.clone() * *power),
                    Free::Combination(node) => nominal(*node)? * *power,
                };
            }
            Ok((node, log2.exp2()))
        };
        let combinations = monomials.segments.iter().map(combination).collect::<Result<_>>()?;
        Ok(Self { entries: entries.into_iter().map(Float::exp2).collect(), combinations })
    }

    /// The scale at the start of a segment.
    pub(super) fn entry(&self, segment: usize) -> Result<Float> {
        self.entries.get(segment).cloned().ok_or_else(|| Error::internal("a segment without a scale"))
    }

    /// The scale of the combination at a node.
    pub(super) fn combination(&self, id: NodeId) -> Result<Float> {
        self.combinations.get(&id.0).cloned().ok_or_else(|| Error::internal("a combination without a scale"))
    }
}

/// A scale, and the segment that its entry is that of.
#[derive(Debug, Clone)]
struct Scaled {
    segment: usize,
    scale: Monomial,
}

impl Scaled {
    fn with(&self, scale: Monomial) -> Self {
        Self { segment: self.segment, scale }
    }
}

struct Monomials<'a> {
    levels: &'a [usize],
    chain: &'a ModulusChain,
    /// What sums have fixed.
    solved: BTreeMap<Free, Monomial>,
    /// The segment of every combination.
    segments: BTreeMap<usize, usize>,
}

impl Visitor for Monomials<'_> {
    type Value = Scaled;
    type Error = Error;

    fn scores(&mut self) -> Result<Scaled> {
        Ok(Scaled { segment: 0, scale: Monomial::free(Free::Entry) })
    }

    fn product(&mut self, id: NodeId, left: &Scaled, right: &Scaled) -> Result<Scaled> {
        let prime = log2(&dropped(id, self.levels, self.chain)?.into());
        Ok(left.with(left.scale.clone().times(&right.scale, 1).over(&prime)))
    }

    fn times(&mut self, _: NodeId, value: &Scaled, constant: &Rational) -> Result<Scaled> {
        Ok(value.with(value.scale.clone().over(&log2_magnitude(constant)?)))
    }

    fn plus(&mut self, _: NodeId, value: &Scaled, _: &Rational) -> Result<Scaled> {
        Ok(value.clone())
    }

    /// left/right = 1 is solved for the last combination in it.
    fn add(&mut self, _: NodeId, left: &Scaled, right: &Scaled) -> Result<Scaled> {
        let mut ratio = left.scale.clone().times(&right.scale, -1).reduced(&self.solved);
        let is_combination = |(scale, _): &(&Free, &i64)| **scale != Free::Entry;
        match ratio.exponents.iter().next_back().filter(is_combination).map(|(&scale, &power)| (scale, power)) {
            Some((scale, power @ (1 | -1))) => {
                ratio.exponents.remove(&scale);
                let one = Monomial { exponents: BTreeMap::new(), log2_factor: Float::new(PRECISION) };
                self.solved.insert(scale, one.times(&ratio, -power));
                Ok(left.clone())
            }
            None if ratio.exponents.is_empty() && ratio.log2_factor.clone().abs() < SAME_LOG2 => Ok(left.clone()),
            _ => Err(Error::internal("a sum of two ciphertexts that nothing brings to one scale")),
        }
    }

    fn combination(&mut self, id: NodeId, terms: &[Term<Scaled>], _: &Rational) -> Result<Scaled> {
        let segment = terms.first().map_or(0, |term| term.value.segment);
        self.segments.insert(id.0, segment);
        Ok(Scaled { segment, scale: Monomial::free(Free::Combination(id.0)) })
    }

    fn row_sum(&mut self, _: NodeId, value: &Scaled) -> Result<Scaled> {
        Ok(value.clone())
    }

    fn refresh(&mut self, _: NodeId, value: &Scaled, _: u32) -> Result<Scaled> {
        Ok(Scaled { segment: value.segment + 1, scale: Monomial::free(Free::Entry) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::{Op, place};

    /// t² + t: both scales are fixed, whatever the input's is.
    #[test]
    fn a_sum_that_nothing_brings_to_one_scale_is_refused() {
        let mut circuit = Circuit::default();
        let scores = circuit.push(Op::Scores);
        let square = circuit.push(Op::Product(scores, scores));
        circuit.push(Op::Add(square, scores));
        let chain = ModulusChain::generate(13, &[50, 40], &[50]).unwrap();
        let error = place(&circuit, &chain, &(Float::with_val(PRECISION, 1) << 40)).unwrap_err();
        assert!(error.to_string().contains("one scale"), "{error}");
    }

    /// t² + (t·1): the combination takes the scale of the square, which the result's fixes.
    #[test]
    fn a_combination_takes_the_scale_of_what_it_is_added_to() {
        let mut circuit = Circuit::default();
        let scores = circuit.push(Op::Scores);
        let square = circuit.push(Op::Product(scores, scores));
        let same = circuit.push(Op::Combination(vec![(scores, Rational::from(1))], Rational::new()));
        circuit.push(Op::Add(square, same));
        let chain = ModulusChain::generate(13, &[50, 40], &[50]).unwrap();
        let output = Float::with_val(PRECISION, 1) << 38;
        let placements = place(&circuit, &chain, &output).unwrap();
        let input = Float::with_val(PRECISION, &output * chain.q[1]).sqrt();
        for (placement, expected) in placements.iter().zip([&input, &output, &output, &output]) {
            let ratio = Float::with_val(PRECISION, &placement.scale / expected) - 1u32;
            assert!(ratio.abs() < 2f64.powi(-240));
        }
    }
}
