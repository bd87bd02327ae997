//! Levels and exact scales: solved backwards from the scale of the result.
//!
//! A ciphertext of scale s that is multiplied by another of scale s' and rescaled by the prime q has scale s·s'/q.
//! Through a chain of squarings any deviation of log2 s doubles at each step, so scales pushed forward drift. Here every
//! scale is a monomial κ·s_in^e in the one free scale, that of the scores; the result's scale fixes s_in.
//!
//! A refreshed ciphertext starts a new *segment*, with all levels of the chain before it and a scale of its own. Each segment
//! is solved for itself: what it hands on has the scale of the result, and sits at level 0.

use super::chain::ModulusChain;
use super::graph::{Circuit, NodeId, Op, Visitor};
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
/// [`Error::NoSolution`] when the chain's levels are not those of the longest segment or a scale falls below 2^16.
pub fn place(circuit: &Circuit, chain: &ModulusChain, output_scale: &Float) -> Result<Vec<Placement>> {
    let places = circuit.visit(&mut Places)?;
    let segments = places.last().map_or(0, |place| place.segment + 1);
    let span = |segment| places.iter().filter(|place| place.segment == segment).map(|place| place.spent).max();
    let spans: Vec<usize> = (0..segments).map(|segment| span(segment).unwrap_or(0)).collect();
    let longest = spans.iter().copied().max().unwrap_or(0);
    if chain.levels() != longest {
        return Err(Error::NoSolution(format!(
            "the circuit takes {longest} rescalings in a row, the modulus chain has {}",
            chain.levels()
        )));
    }
    let levels: Vec<usize> = places.iter().map(|place| spans[place.segment] - place.spent).collect();
    let symbolic = circuit.visit(&mut Monomials { levels: &levels, chain })?;
    let entry = |end: usize| {
        let end = symbolic.get(end).ok_or_else(|| Error::internal("an empty circuit has no scale"))?;
        let log2 = (Float::with_val(PRECISION, output_scale.log2_ref()) - &end.log2_factor) / end.exponent;
        Ok(log2.exp2())
    };
    let entries = ends(circuit, &places).into_iter().map(entry).collect::<Result<Vec<Float>>>()?;

    let scales = circuit.visit(&mut Scales { places: &places, entries: &entries, levels: &levels, chain })?;
    let placements: Vec<Placement> =
        scales.into_iter().zip(&levels).map(|(scale, &level)| Placement { level, scale }).collect();
    check(circuit, &placements)?;
    Ok(placements)
}

/// For each segment a node that it hands on: to a refreshment, or as the result. Where it hands on several, they are at one
/// scale: R and z of the composite, whose scales start and go on alike.
fn ends(circuit: &Circuit, places: &[Place]) -> Vec<usize> {
    let result = places.len().saturating_sub(1);
    let mut ends = vec![result; places.last().map_or(0, |place| place.segment + 1)];
    for node in circuit.nodes() {
        if let Op::Refresh(of, _) = node.op {
            ends[places[of.0].segment] = of.0;
        }
    }
    ends
}

/// How far a node is into which segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// Refreshments on the way to it.
    segment: usize,
    /// Rescalings since the last one.
    spent: usize,
}

struct Places;

impl Visitor for Places {
    type Value = Place;
    type Error = Error;

    fn scores(&mut self) -> Result<Place> {
        Ok(Place { segment: 0, spent: 0 })
    }

    fn product(&mut self, _: NodeId, left: &Place, right: &Place) -> Result<Place> {
        if left.segment != right.segment {
            return Err(Error::internal("a product of a refreshed and an older ciphertext"));
        }
        Ok(Place { segment: left.segment, spent: left.spent.max(right.spent) + 1 })
    }

    fn times(&mut self, _: NodeId, value: &Place, _: &Rational) -> Result<Place> {
        Ok(*value)
    }

    fn plus(&mut self, _: NodeId, value: &Place, _: &Rational) -> Result<Place> {
        Ok(*value)
    }

    fn row_sum(&mut self, _: NodeId, value: &Place) -> Result<Place> {
        Ok(*value)
    }

    fn refresh(&mut self, _: NodeId, value: &Place, _: u32) -> Result<Place> {
        Ok(Place { segment: value.segment + 1, spent: 0 })
    }
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

/// 2^log2_factor·s_in^exponent, s_in the scale at the start of the node's segment. The logarithm, since the factor itself, q^-(p·2^k), would overflow any exponent.
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

    fn refresh(&mut self, _: NodeId, _: &Monomial, _: u32) -> Result<Monomial> {
        self.scores()
    }
}

/// The scales themselves, once those at the start of each segment are known.
struct Scales<'a> {
    places: &'a [Place],
    entries: &'a [Float],
    levels: &'a [usize],
    chain: &'a ModulusChain,
}

impl Visitor for Scales<'_> {
    type Value = Float;
    type Error = Error;

    fn scores(&mut self) -> Result<Float> {
        self.entry(0)
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

    fn refresh(&mut self, id: NodeId, _: &Float, _: u32) -> Result<Float> {
        self.entry(self.places.get(id.0).map_or(0, |place| place.segment))
    }
}

impl Scales<'_> {
    fn entry(&self, segment: usize) -> Result<Float> {
        self.entries.get(segment).cloned().ok_or_else(|| Error::internal("a segment without a scale"))
    }
}
