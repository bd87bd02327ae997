//! Where a polynomial on [0, 1] is least and greatest: a search in floating point.
//!
//! Nothing here needs to be trusted: a range that is too small is refused by the proof.

use crate::poly::IntegerPolynomial;
use crate::real::{dyadic_nearest, float_to_exact};
use rug::{Float, Rational};

/// Points per degree.
const POINTS: usize = 16;
/// Times that the step around an extremum shrinks eightfold.
const REFINEMENTS: usize = 12;
/// Bits beyond those of the coefficients.
const GUARD_BITS: u32 = 192;
/// More precision than this serves no search.
const MOST_BITS: u32 = 1 << 13;
/// Bits of a place in [0, 1].
const PLACE_BITS: u32 = 160;

/// The extrema of a polynomial on [0, 1] and their places.
pub(super) struct Extremes {
    /// The least value found.
    pub low: Rational,
    /// The greatest value found.
    pub high: Rational,
    low_at: Rational,
    high_at: Rational,
}

impl Extremes {
    pub fn of(p: &IntegerPolynomial) -> Self {
        let curve = Curve::new(p);
        let count = POINTS * (p.numerators().len() + 1);
        let step = std::f64::consts::PI / count as f64;
        let samples: Vec<(Float, f64)> = (0..=count).map(|j| j as f64 * step).map(|t| (curve.at(t), t)).collect();
        let by_value = |a: &&(Float, f64), b: &&(Float, f64)| a.0.total_cmp(&b.0);
        let angle = |sample: Option<&(Float, f64)>| sample.map_or(0.0, |(_, angle)| *angle);
        let (low, low_at) = curve.climb(angle(samples.iter().min_by(by_value)), step, -1);
        let (high, high_at) = curve.climb(angle(samples.iter().max_by(by_value)), step, 1);
        Self { low, high, low_at, high_at }
    }

    /// Takes in the extrema near u; whether one of them is beyond those known.
    pub fn improve(&mut self, p: &IntegerPolynomial, u: &Rational) -> bool {
        let angle = 2.0 * u.to_f64().clamp(0.0, 1.0).sqrt().asin();
        let curve = Curve::new(p);
        let step = 1.0 / (POINTS * (p.numerators().len() + 1)) as f64;
        let (low, low_at) = curve.climb(angle, step, -1);
        let (high, high_at) = curve.climb(angle, step, 1);
        let improves = (low < self.low, high > self.high);
        if improves.0 {
            (self.low, self.low_at) = (low, low_at);
        }
        if improves.1 {
            (self.high, self.high_at) = (high, high_at);
        }
        improves.0 || improves.1
    }

    /// Where the value is further from 1.
    pub fn furthest_from_one(&self) -> Rational {
        let (below, above) = (Rational::from(1 - &self.low), Rational::from(&self.high - 1u32));
        if above > below { self.high_at.clone() } else { self.low_at.clone() }
    }
}

/// A place between the extrema where the polynomial is about `value`, by bisection.
pub(super) fn preimage(p: &IntegerPolynomial, extremes: &Extremes, value: &Rational) -> Rational {
    let curve = Curve::new(p);
    let (mut low, mut high) = (extremes.low_at.clone(), extremes.high_at.clone());
    for _ in 0..PLACE_BITS {
        let middle = Rational::from(&low + &high) >> 1;
        if curve.value(&Float::with_val(curve.precision, &middle)) < *value { low = middle } else { high = middle }
    }
    dyadic_nearest(&low, PLACE_BITS)
}

/// A polynomial over the angle θ, u = sin²(θ/2), which is even where the extrema crowd.
struct Curve {
    coefficients: Vec<Float>,
    precision: u32,
}

impl Curve {
    fn new(p: &IntegerPolynomial) -> Self {
        let coefficients = p.coefficients();
        let bits = |c: &Rational| c.numer().significant_bits() + c.denom().significant_bits();
        let precision = (GUARD_BITS + coefficients.iter().map(bits).max().unwrap_or(0)).min(MOST_BITS);
        Self { coefficients: coefficients.iter().map(|c| Float::with_val(precision, c)).collect(), precision }
    }

    fn value(&self, u: &Float) -> Float {
        self.coefficients.iter().rev().fold(Float::new(self.precision), |sum, c| sum * u + c)
    }

    fn at(&self, angle: f64) -> Float {
        self.value(&self.place(&Float::with_val(self.precision, angle)))
    }

    /// The place of an angle; that one needs no more bits than a place has.
    fn place(&self, angle: &Float) -> Float {
        let sine = Float::with_val(PLACE_BITS + GUARD_BITS, angle / 2u32).sin();
        Float::with_val(self.precision, sine.square_ref())
    }

    /// The extremum near an angle, upwards or downwards, by parabolas through ever closer points: value and place.
    fn climb(&self, angle: f64, step: f64, direction: i32) -> (Rational, Rational) {
        let towards = |angle: &Float| self.value(&self.place(angle)) * direction;
        let angle = Float::with_val(self.precision, angle);
        let mut best = (towards(&angle), angle);
        let mut step = Float::with_val(self.precision, step);
        for _ in 0..REFINEMENTS {
            let (left, right) =
                (Float::with_val(self.precision, &best.1 - &step), Float::with_val(self.precision, &best.1 + &step));
            let values = (towards(&left), towards(&right));
            let curvature = Float::with_val(self.precision, &values.0 + &values.1)
                - Float::with_val(self.precision, &best.0 * 2u32);
            let slope = Float::with_val(self.precision, &values.0 - &values.1) / 2u32;
            let mut tried = vec![(values.0, left), (values.1, right)];
            if curvature < 0 {
                let vertex = Float::with_val(self.precision, &best.1 + slope / curvature * &step);
                tried.push((towards(&vertex), vertex));
            }
            best = tried.into_iter().fold(best, |best, other| if other.0 > best.0 { other } else { best });
            step /= 8u32;
        }
        let place = dyadic_nearest(&float_to_exact(&self.place(&best.1)), PLACE_BITS);
        (float_to_exact(&(best.0 * direction)), place)
    }
}
