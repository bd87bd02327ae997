//! How far apart two points must be for values that err to keep their order.
//!
//! Let h rise strictly on [s, t] (f itself, −f, or f of |x|) and let no computed value be further than e from h. Then
//! h(v + g) − h(v) > 2e keeps the order of v and of every point from v + g on, and no smaller difference does.

use super::Activation;
use super::curve::Curve;
use super::document::{Direction, Gap, GapAt};
use super::inequality::positive;
use crate::certify::Sign;
use crate::poly::IntegerPolynomial;
use crate::real::Exact;
use rug::Rational;

/// Places at which the gap is shown.
const PLACES: u32 = 8;
/// Bits to which the gap at one place is enclosed, relatively.
const BITS: u32 = 30;
/// Bits to which the gap that serves everywhere is enclosed: each is an inequality to be proved.
const BITS_EVERYWHERE: u32 = 10;
/// Halvings after which an enclosure is left as it is: of a gap this small a part of the interval nothing more is said.
const MOST_HALVINGS: u32 = 128;

/// A strictly rising function on [start, end].
pub(super) struct Rising<'a> {
    activation: &'a Activation,
    /// Of the value, −1 where f falls.
    sign: i32,
    /// Of x: −1 where |x| is asked about and the longer side of 0 is the lower one.
    side: i32,
    start: Rational,
    end: Rational,
}

/// The gap in |x| where f orders that across 0, in x where f is monotone.
pub(super) fn gap(curve: &Curve, direction: Direction, orders_magnitude: bool, error: &Exact) -> Option<Gap> {
    let rising = Rising::of(curve, direction, orders_magnitude)?;
    Some(Gap {
        of_magnitude: rising.is_of_magnitude(curve),
        error: error.clone(),
        everywhere: rising.everywhere(error),
        places: rising.places(error).into_iter().map(|v| rising.at(v, error)).collect(),
    })
}

impl<'a> Rising<'a> {
    /// What of f rises; `None` where f orders neither x nor |x|.
    pub fn of(curve: &Curve<'a>, direction: Direction, orders_magnitude: bool) -> Option<Self> {
        let activation = curve.activation;
        let (lo, hi) = (curve.lo.clone(), curve.hi.clone());
        Some(match direction {
            Direction::Increasing => Self { activation, sign: 1, side: 1, start: lo, end: hi },
            Direction::Decreasing => Self { activation, sign: -1, side: 1, start: lo, end: hi },
            Direction::Neither if orders_magnitude => {
                let side = if Rational::from(-&lo) > hi { -1 } else { 1 };
                Self { activation, sign: 1, side, start: Rational::new(), end: hi.max(-lo) }
            }
            Direction::Neither | Direction::Constant => return None,
        })
    }

    /// Whether it is a function of |x|.
    pub fn is_of_magnitude(&self, curve: &Curve) -> bool {
        self.start != curve.lo
    }

    fn width(&self) -> Rational {
        Rational::from(&self.end - &self.start)
    }

    fn holds(&self, v: &Rational) -> bool {
        self.start <= *v && *v <= self.end
    }

    fn value(&self, v: &Rational) -> Rational {
        self.activation.value(&Rational::from(v * self.side)) * self.sign
    }

    /// Where the gap is shown: from which some point is surely told.
    pub fn places(&self, error: &Rational) -> Vec<Rational> {
        let all = (0..PLACES).map(|k| self.width() * k / PLACES + &self.start);
        all.filter(|v| self.keeps(v, &Rational::from(&self.end - v), error)).collect()
    }

    /// Whether the ends, which are furthest apart, are told.
    pub fn tells_any(&self, error: &Rational) -> bool {
        self.keeps(&self.start, &self.width(), error)
    }

    /// Whether v and v + g lie in the interval, g ≥ 0, and h(v + g) − h(v) ≤ 2e.
    pub fn is_too_small(&self, v: &Rational, g: &Rational, error: &Rational) -> bool {
        *g >= 0 && self.holds(v) && self.holds(&Rational::from(v + g)) && !self.keeps(v, g, error)
    }

    /// Whether the upper end of what is stated about one place keeps the order there, and is hardly larger than the lower one.
    pub fn is_least(&self, stated: &GapAt, error: &Rational) -> bool {
        self.keeps(&stated.at, &stated.upper, error) && is_sharp(&stated.lower, &stated.upper, &self.width(), BITS)
    }

    /// Whether h(v + g) − h(v) > 2e.
    fn keeps(&self, v: &Rational, g: &Rational, error: &Rational) -> bool {
        let beyond = Rational::from(v + g);
        self.holds(&beyond) && self.value(&beyond) - self.value(v) > Rational::from(error * 2u32)
    }

    /// Whether h(v + g) − h(v) > 2e for every v from which v + g is in the interval: a polynomial inequality.
    pub fn keeps_everywhere(&self, g: &Rational, error: &Rational) -> Sign {
        let last = Rational::from(&self.end - g);
        if *g <= 0 || last < self.start {
            return Sign::Unknown;
        }
        let along = |from: &Rational, slope: &Rational| {
            let [from, slope] = [from, slope].map(|v| Rational::from(v * self.side));
            let h = self.activation.along(&from, &slope);
            if self.sign < 0 { h.negated() } else { h }
        };
        let slope = Rational::from(&last - &self.start);
        let margin = IntegerPolynomial::affine(&Rational::from(error * -2i32), &Rational::new());
        let above = along(&Rational::from(&self.start + g), &slope);
        positive(&above.plus(&along(&self.start, &slope).negated()).plus(&margin))
    }

    /// The gap at one of the places.
    fn at(&self, v: Rational, error: &Rational) -> GapAt {
        let (mut lower, mut upper) = (Rational::new(), Rational::from(&self.end - &v));
        while !is_sharp(&lower, &upper, &self.width(), BITS) {
            let middle = Rational::from(&lower + &upper) / 2u32;
            if self.keeps(&v, &middle, error) { upper = middle } else { lower = middle }
        }
        GapAt { at: v.into(), lower: lower.into(), upper: upper.into() }
    }

    /// The gap of the worst place, and a place where what is a little smaller does not serve.
    fn everywhere(&self, error: &Rational) -> Option<GapAt> {
        let widest = self.width();
        if !self.tells_any(error) {
            return None;
        }
        let (mut least, mut upper) = (Rational::new(), widest.clone());
        let mut found = GapAt { at: self.start.clone().into(), lower: Exact::default(), upper: Exact::default() };
        while !is_sharp(&least, &upper, &widest, BITS_EVERYWHERE) {
            let middle = Rational::from(&least + &upper) / 2u32;
            match self.keeps_everywhere(&middle, error) {
                Sign::Holds => upper = middle,
                Sign::Fails(u) => {
                    found.at = Exact(Rational::from(&widest - &middle) * u + &self.start);
                    found.lower = Exact(middle.clone());
                    least = middle;
                }
                Sign::Unknown => least = middle,
            }
        }
        found.upper = upper.into();
        Some(found)
    }
}

/// Whether an enclosure has so many bits, or has been halved as often as it is worth.
fn is_sharp(lower: &Rational, upper: &Rational, width: &Rational, bits: u32) -> bool {
    let distance = Rational::from(upper - lower);
    distance <= upper.clone() >> bits || distance <= width.clone() >> MOST_HALVINGS
}
