//! Levels and exact scales: solved backwards from the scale of the result.
//!
//! A ciphertext of scale s that is multiplied by another of scale s' and rescaled by the prime q has scale s·s'/q.
//! Through a chain of squarings any deviation of log2 s doubles at each step, so scales pushed forward drift. Here every
//! scale is a monomial in the free scales (see [`monomial`](super::monomial)), of which that of the scores is fixed by the
//! result's.
//!
//! A refreshed ciphertext starts a new *segment*, with all levels of the chain before it and a scale of its own. Each segment
//! is solved for itself: what it hands on has the scale of the result, and sits at level 0.

use super::chain::ModulusChain;
use super::graph::{Circuit, NodeId, Op, Term, Visitor};
use super::monomial::{Solution, magnitude};
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
/// [`Error::NoSolution`] when the chain's levels are not those of the longest segment or a scale falls below 2^16;
/// [`Error::Internal`] for a sum of two ciphertexts whose scales nothing can bring together.
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
    let solution = Solution::of(circuit, &ends(circuit, &places), &levels, chain, output_scale)?;
    let scales = circuit.visit(&mut Scales { places: &places, solution: &solution, levels: &levels, chain })?;
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

impl Place {
    /// The later of two places of one segment.
    fn later(self, other: Self) -> Result<Self> {
        if self.segment != other.segment {
            return Err(Error::internal("a refreshed ciphertext beside an older one"));
        }
        Ok(Self { spent: self.spent.max(other.spent), ..self })
    }

    fn rescaled(self) -> Self {
        Self { spent: self.spent + 1, ..self }
    }
}

struct Places;

impl Visitor for Places {
    type Value = Place;
    type Error = Error;

    fn scores(&mut self) -> Result<Place> {
        Ok(Place { segment: 0, spent: 0 })
    }

    fn product(&mut self, _: NodeId, left: &Place, right: &Place) -> Result<Place> {
        Ok(left.later(*right)?.rescaled())
    }

    fn times(&mut self, _: NodeId, value: &Place, _: &Rational) -> Result<Place> {
        Ok(*value)
    }

    fn plus(&mut self, _: NodeId, value: &Place, _: &Rational) -> Result<Place> {
        Ok(*value)
    }

    fn add(&mut self, _: NodeId, left: &Place, right: &Place) -> Result<Place> {
        left.later(*right)
    }

    fn combination(&mut self, _: NodeId, terms: &[Term<Place>], _: &Rational) -> Result<Place> {
        let first = terms.first().ok_or_else(|| Error::internal("a combination of nothing"))?;
        let latest = terms.iter().try_fold(*first.value, |place, term| place.later(*term.value))?;
        Ok(latest.rescaled())
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

/// The prime that the value at `id` is rescaled by.
pub(super) fn dropped(id: NodeId, levels: &[usize], chain: &ModulusChain) -> Result<u64> {
    let prime = levels.get(id.0).and_then(|level| chain.q.get(level + 1)).copied();
    prime.ok_or_else(|| Error::internal("a rescaling below the last level"))
}

/// The scales themselves, once the free ones are known.
struct Scales<'a> {
    places: &'a [Place],
    solution: &'a Solution,
    levels: &'a [usize],
    chain: &'a ModulusChain,
}

impl Visitor for Scales<'_> {
    type Value = Float;
    type Error = Error;

    fn scores(&mut self) -> Result<Float> {
        self.solution.entry(0)
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

    fn add(&mut self, _: NodeId, left: &Float, _: &Float) -> Result<Float> {
        Ok(left.clone())
    }

    fn combination(&mut self, id: NodeId, _: &[Term<Float>], _: &Rational) -> Result<Float> {
        self.solution.combination(id)
    }

    fn row_sum(&mut self, _: NodeId, value: &Float) -> Result<Float> {
        Ok(value.clone())
    }

    fn refresh(&mut self, id: NodeId, _: &Float, _: u32) -> Result<Float> {
        self.solution.entry(self.places.get(id.0).map_or(0, |place| place.segment))
    }
}
