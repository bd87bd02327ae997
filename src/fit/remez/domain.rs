//! Where the error counts, in the variable that the exchange works in.
//!
//! Without parity that variable is x. An even polynomial is q(x²) and an odd one x·q(x²), so with parity it is t = x²
//! and q approximates f(√t), or f(√t)/√t under √t times the weight. Either way its hull is mapped to y ∈ [−1, 1].

use super::{Problem, Weight};
use crate::error::{Error, Result};
use crate::target::{Function, Parity};
use rug::{Float, Rational};

/// Bits of y where the intervals end at the ends of the hull, which are then exact.
const SHORT_PLACE_BITS: u32 = 64;
/// Bits of y elsewhere: ends and gaps down to 2^-128 of the hull are resolved.
const LONG_PLACE_BITS: u32 = 192;

/// Added and taken away again, it rounds |y| ≤ 1 to a multiple of 4 units of the last place of 1.
const GRID_OFFSET: u32 = 3;

/// A point of a segment: y = middle − half·cos(angle).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub segment: usize,
    /// From 0 at the left end to π at the right one.
    pub angle: f64,
}

/// An interval of y on which the error is smooth.
#[derive(Debug, Clone)]
pub(super) struct Segment {
    pub middle: Float,
    pub half: Float,
}

/// The approximated function at a point, and the weight of the error there.
#[derive(Debug, Clone)]
pub(in crate::fit) struct Sample {
    pub value: Float,
    pub weight: Float,
}

/// A problem in the variable of the exchange.
pub(super) struct Domain<'a> {
    function: &'a dyn Function,
    weight: Weight<'a>,
    pub parity: Option<Parity>,
    hull: [Rational; 2],
    /// The largest x.
    pub largest: Rational,
    /// In increasing order; neighbours touch where the function has a kink.
    pub segments: Vec<Segment>,
    /// Whether the segments leave no gap in the hull.
    pub is_whole: bool,
}

impl<'a> Domain<'a> {
    /// Checks the problem and carries it to y.
    pub fn new(problem: &Problem<'a>, degree: u64) -> Result<Self> {
        let parity = problem.usable_parity(degree)?;
        Self::folded(problem, parity)
    }

    /// The domain in x itself, for a problem that has been checked.
    pub fn without_parity(problem: &Problem<'a>) -> Result<Self> {
        Self::folded(problem, None)
    }

    /// The domain in x², or in x without parity.
    pub fn folded(problem: &Problem<'a>, parity: Option<Parity>) -> Result<Self> {
        let pieces = problem.pieces(parity);
        let last = pieces.last().map(|[_, hi]| hi.clone()).unwrap_or_default();
        let first = pieces.first().map(|[lo, _]| lo.clone()).unwrap_or_default();
        let hull = if parity.is_some() { [Rational::new(), last] } else { [first.clone(), last] };
        let neighbours = pieces.iter().zip(pieces.iter().skip(1));
        let is_whole = first == hull[0] && neighbours.clone().all(|(a, b)| a[1] == b[0]);
        let bits = if is_whole && pieces.len() == 1 { SHORT_PLACE_BITS } else { LONG_PLACE_BITS };
        let segments = pieces.iter().map(|piece| Segment::new(piece, &hull, bits)).collect();
        let [_, largest] = problem.hull();
        Ok(Self { function: problem.function, weight: problem.weight, parity, hull, largest, segments, is_whole })
    }

    /// The coefficients of q when p has at most this degree.
    pub fn unknowns(&self, degree: u64) -> usize {
        let count = match self.parity {
            None => degree + 1,
            Some(Parity::Even) => degree / 2 + 1,
            Some(Parity::Odd) => degree.div_ceil(2),
        };
        count.max(1) as usize
    }

    /// y at a place.
    pub fn y(&self, place: Place) -> Float {
        let Some(segment) = self.segments.get(place.segment) else { return Float::new(SHORT_PLACE_BITS) };
        let bits = segment.half.prec();
        // The ends are met exactly.
        let cosine = if place.angle >= std::f64::consts::PI { -1.0 } else { place.angle.cos() };
        let y = &segment.middle - Float::with_val(bits, &segment.half * cosine);
        // On a grid of fixed step, so that differences of places are exact.
        Float::with_val(bits, y) + GRID_OFFSET - GRID_OFFSET
    }

    /// y at x, without parity.
    pub fn y_of(&self, x: &Float) -> Float {
        let [lo, hi] = &self.hull;
        let offset = Float::with_val(x.prec().max(LONG_PLACE_BITS), x - lo);
        offset * 2u32 / Rational::from(hi - lo) - 1u32
    }

    /// x at y, to `precision` bits.
    pub fn x(&self, y: &Float, precision: u32) -> Float {
        let [lo, hi] = &self.hull;
        let half_width = Float::with_val(precision, Rational::from(hi - lo) / 2u32);
        let variable = half_width * Float::with_val(precision, y + 1u32) + lo;
        if self.parity.is_some() { variable.max(&Float::new(precision)).sqrt() } else { variable }
    }

    /// Places in x with their mirror images where there is a parity.
    pub fn mirrored(&self, mut places: Vec<Float>) -> Vec<Float> {
        if self.parity.is_some() {
            let images: Vec<Float> = places.iter().filter(|x| !x.is_zero()).map(|x| -x.clone()).collect();
            places.extend(images);
        }
        places.sort_by(Float::total_cmp);
        places
    }

    /// The weight of the error f − p at y.
    pub fn weight(&self, y: &Float, precision: u32) -> Float {
        let x = self.x(y, precision);
        self.weight.at(&x, &self.function.value(&x))
    }

    /// What q approximates at y; `None` where its weight is 0.
    pub fn sample(&self, y: &Float, precision: u32) -> Result<Option<Sample>> {
        let x = self.x(y, precision);
        let odd = self.parity == Some(Parity::Odd);
        if odd && x.is_zero() {
            return Ok(None);
        }
        let Sample { mut value, mut weight } = self.function_at(&x)?;
        if odd {
            value /= &x;
            weight *= &x;
        }
        Ok((!weight.is_zero()).then_some(Sample { value, weight }))
    }

    /// The function and the weight of its error at x.
    pub fn function_at(&self, x: &Float) -> Result<Sample> {
        let value = self.function.value(x);
        let weight = self.weight.at(x, &value);
        if !value.is_finite() || !weight.is_finite() || weight < 0 {
            let (f, w) = (value.to_f64(), weight.to_f64());
            let x = x.to_f64();
            return Err(Error::input(format!(
                "at x = {x:e} the function is {f:e} and the weight of its error {w:e}: expected a finite function and a \
                 finite weight ≥ 0 on the whole interval"
            )));
        }
        Ok(Sample { value, weight })
    }
}

impl Segment {
    fn new([lo, hi]: &[Rational; 2], [start, end]: &[Rational; 2], bits: u32) -> Self {
        let width = Rational::from(end - start);
        let to_y = |sum: Rational, offset: Rational| Float::with_val(bits, (sum - offset) / &width);
        Self { middle: to_y(Rational::from(lo + hi), Rational::from(start + end)), half: to_y(hi.clone(), lo.clone()) }
    }
}
