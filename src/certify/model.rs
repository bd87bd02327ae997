//! A polynomial with a proved distance from the function: what stands in for a function that is no polynomial.
//!
//! The coefficients are found in floating point and need no trust. The distance is proved from them alone. Let I be
//! the polynomial of degree n that meets f at the n + 1 zeros x_j of T_{n+1}, and Λ the Lebesgue constant of these
//! points, Λ ≤ 1 + (2/π)·ln(n + 1) (Rivlin 1974). Since the model q has degree n, it is its own interpolant, so
//! |f − q| ≤ |f − I| + Λ·max_j |f(x_j) − q(x_j)| and |f − I| ≤ 4·M·r^−n/(r − 1),
//! with M ≥ |f| on an ellipse of radius r on and in which f is analytic (Trefethen, Approximation Theory and
//! Approximation Practice, theorem 8.2; aliasing at the zeros of T_{n+1} loses no more than at its extrema).

use super::subject::Segment;
use crate::poly::{Basis, Dyadic, Polynomial};
use crate::real::{Enclosure, Exact, decimal_above, dyadic_nearest, float_to_exact, log2};
use crate::target::{Enclosed, Rectangle};
use rug::ops::Pow;
use rug::{Float, Integer, Rational};
use serde::{Deserialize, Serialize};

/// Models of a higher degree are not made: the interval is halved instead.
const LARGEST_DEGREE: usize = 512;
/// More precision than this is not spent.
const MOST_BITS: u32 = 4096;
/// Precision beyond that of the distance asked for.
const GUARD_BITS: u32 = 64;
/// Significant digits of the bounds in a model.
const DIGITS: u32 = 9;
/// A radius has at most this many bits: its n-th power is computed.
const LONGEST_RADIUS: u32 = 64;

/// A Chebyshev polynomial q on an interval with |f − q| ≤ remainder, and the numbers that prove it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Model {
    /// The interval that the Chebyshev basis lives on.
    pub interval: [Exact; 2],
    /// c_0 … c_n as m·2^e, c_0 in full.
    pub coefficients: Vec<Dyadic>,
    /// |f − q| is at most this.
    pub remainder: Exact,
    /// r, the sum of the half axes of the ellipse over those of the interval.
    pub radius: Exact,
    /// M, which |f| does not exceed on the ellipse.
    pub magnitude: Exact,
    /// Bits of the intervals that f is evaluated in.
    pub precision_bits: u32,
}

/// Models of f on the pieces of an interval, each within `goal` of it; `None` where that takes too much.
///
/// An interval on which f is not analytic widely enough is halved.
pub(super) fn models(
    f: &dyn Enclosed,
    segment: &Segment,
    goal: impl Fn(&Segment) -> Rational,
    most: usize,
) -> Option<Vec<Model>> {
    let mut open = vec![segment.clone()];
    let mut done = Vec::new();
    if most == 0 {
        return None;
    }
    while let Some((lo, hi)) = open.pop() {
        let piece = (lo, hi);
        match Model::near(f, &piece, &goal(&piece)) {
            Some(model) => done.push(model),
            None if open.len() + done.len() + 2 <= most => {
                let middle = Rational::from(&piece.0 + &piece.1) / 2u32;
                open.push((middle.clone(), piece.1));
                open.push((piece.0, middle));
            }
            None => return None,
        }
    }
    Some(done)
}

impl Model {
    /// A model with a remainder of at most `goal`, where one of a moderate degree exists.
    fn near(f: &dyn Enclosed, (lo, hi): &Segment, goal: &Rational) -> Option<Self> {
        let (radius, magnitude, degree) = radii().filter_map(|r| ellipse(f, (lo, hi), r, goal)).min_by_key(|e| e.2)?;
        let bits = (-log2(goal)).max(0.0) as u32 + GUARD_BITS;
        let precision = bits + (log2(&magnitude).max(0.0) as u32).saturating_add(GUARD_BITS);
        if degree > LARGEST_DEGREE || precision > MOST_BITS {
            return None;
        }
        let nodes = Nodes::new(degree + 1, precision);
        let values: Vec<Float> = nodes.places((lo, hi)).map(|x| f.enclose(&x).middle()).collect();
        let coefficients = (0..=degree).map(|k| nodes.coefficient(&values, k, bits)).collect::<Option<_>>()?;
        let mut model = Self {
            interval: [lo.clone().into(), hi.clone().into()],
            coefficients,
            remainder: Exact::default(),
            radius: radius.into(),
            magnitude: magnitude.into(),
            precision_bits: precision,
        };
        model.remainder = decimal_above(&model.proved_remainder(f)?, DIGITS).into();
        (model.remainder.0 <= *goal).then_some(model)
    }

    /// Whether everything that the model says is true.
    pub fn holds(&self, f: &dyn Enclosed) -> bool {
        let [lo, hi] = &self.interval;
        let short = self.radius.numer().significant_bits().max(self.radius.denom().significant_bits());
        let affordable = (1..=LARGEST_DEGREE + 1).contains(&self.coefficients.len())
            && (1..=MOST_BITS).contains(&self.precision_bits)
            && short <= LONGEST_RADIUS;
        if !affordable || lo >= hi || *self.radius <= 1 {
            return false;
        }
        let bound = f.magnitude(&Rectangle::around_ellipse(lo, hi, &self.radius)).filter(Enclosure::is_finite);
        bound.is_some_and(|m| m.hi() <= self.magnitude.0)
            && self.proved_remainder(f).is_some_and(|proved| proved <= self.remainder.0)
    }

    /// The bound of |f − q| that follows from the magnitude stated.
    fn proved_remainder(&self, f: &dyn Enclosed) -> Option<Rational> {
        let [lo, hi] = &self.interval;
        let count = self.coefficients.len();
        let nodes = Nodes::new(count, self.precision_bits);
        let around = |c: &Dyadic| Enclosure::around(&c.value(), self.precision_bits);
        let coefficients: Vec<Enclosure> = self.coefficients.iter().map(around).collect();
        let mut largest = Rational::new();
        for (j, x) in nodes.places((lo, hi)).enumerate() {
            let distance = (&f.enclose(&x) - &nodes.sum(&coefficients, j)).abs();
            if !distance.is_finite() {
                return None;
            }
            largest = largest.max(distance.hi());
        }
        // (2/π)·ln(n + 1) < log2(n + 1)/2, and bit lengths bound the logarithm.
        let lebesgue = 1 + Rational::from((usize::BITS - count.leading_zeros(), 2));
        Some(tail(&self.magnitude, &self.radius, count - 1) + lebesgue * largest)
    }

    /// q.
    pub fn polynomial(&self) -> Polynomial {
        Polynomial {
            basis: Basis::Chebyshev,
            lo: self.interval[0].0.clone(),
            hi: self.interval[1].0.clone(),
            coefficients: self.coefficients.iter().map(Dyadic::value).collect(),
        }
    }
}

/// 4·M·r^−n/(r − 1).
fn tail(magnitude: &Rational, r: &Rational, n: usize) -> Rational {
    Rational::from(magnitude * 4) / (r.clone().pow(n as u32) * Rational::from(r - 1u32))
}

/// Radii to choose from, from 1 + 2^−6 to 769, eight in each octave of r − 1.
fn radii() -> impl Iterator<Item = Rational> {
    (-6i32..10).flat_map(|octave| (8u32..16).map(move |k| 1 + (Rational::from((k, 8u32)) << octave)))
}

/// The radius, the magnitude on its ellipse and the degree at which half the goal is left for the rest.
fn ellipse(
    f: &dyn Enclosed,
    (lo, hi): (&Rational, &Rational),
    r: Rational,
    goal: &Rational,
) -> Option<(Rational, Rational, usize)> {
    let bound = f.magnitude(&Rectangle::around_ellipse(lo, hi, &r)).filter(Enclosure::is_finite)?;
    let magnitude = decimal_above(&bound.hi(), DIGITS);
    if magnitude == 0 || *goal == 0 {
        return None;
    }
    let octaves = log2(&magnitude) + 3.0 - log2(goal) - log2(&Rational::from(&r - 1u32));
    let degree = (octaves / log2(&r)).ceil().max(0.0) as usize + 1;
    Some((r, magnitude, degree))
}

/// The zeros y_j = cos(π(2j + 1)/2K) of T_K, and T_k(y_j) = cos(πk(2j + 1)/2K), enclosed.
struct Nodes {
    count: usize,
    bits: u32,
    /// cos(π·m/2K) for m = 0 … 4K − 1.
    cosines: Vec<Enclosure>,
}

impl Nodes {
    fn new(count: usize, bits: u32) -> Self {
        let turn = 4 * count as u32;
        Self { count, bits, cosines: (0..turn).map(|m| Enclosure::cosine_of_turn(m, turn, bits)).collect() }
    }

    /// T_k(y_j).
    fn chebyshev(&self, k: usize, j: usize) -> &Enclosure {
        &self.cosines[k * (2 * j + 1) % self.cosines.len()]
    }

    /// x_j = (lo + hi)/2 + (hi − lo)/2·y_j.
    fn places<'a>(&'a self, (lo, hi): (&Rational, &Rational)) -> impl Iterator<Item = Enclosure> + 'a {
        let centre = Enclosure::around(&(Rational::from(lo + hi) / 2u32), self.bits);
        let half = Enclosure::around(&(Rational::from(hi - lo) / 2u32), self.bits);
        (0..self.count).map(move |j| &centre + &(&half * self.chebyshev(1, j)))
    }

    /// Σ c_k·T_k(y_j).
    fn sum(&self, coefficients: &[Enclosure], j: usize) -> Enclosure {
        let zero = Enclosure::around(&Rational::new(), self.bits);
        let terms = coefficients.iter().enumerate().map(|(k, c)| c * self.chebyshev(k, j));
        terms.fold(zero, |sum, term| &sum + &term)
    }

    /// The k-th coefficient of the interpolant, 2/K·Σ f(x_j)·T_k(y_j), to `scale` bits; half of that for k = 0.
    fn coefficient(&self, values: &[Float], k: usize, scale: u32) -> Option<Dyadic> {
        let products =
            values.iter().enumerate().map(|(j, f)| Float::with_val(self.bits, f * self.chebyshev(k, j).middle()));
        let sum = products.fold(Float::new(self.bits), |sum, term| sum + term);
        let factor = Rational::from((if k == 0 { 1 } else { 2 }, Integer::from(self.count)));
        Dyadic::at_scale(&dyadic_nearest(&(float_to_exact(&sum) * factor), scale), scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::real::parse_exact;
    use crate::target::Target;

    fn segment(lo: &str, hi: &str) -> Segment {
        (parse_exact(lo).unwrap(), parse_exact(hi).unwrap())
    }

    fn power(bits: u32) -> Rational {
        Rational::from(1) >> bits
    }

    fn logarithm() -> Target {
        Target::new("log", Rational::new()).unwrap()
    }

    /// As many as allowed are made, and no more: the checker refuses more.
    #[test]
    fn pieces_are_at_most_as_many_as_allowed() {
        let (target, whole) = (logarithm(), segment("1/1048576", "2"));
        assert_eq!(models(target.enclosed(), &segment("1", "2"), |_| power(10), 0), None);
        let made = |most| models(target.enclosed(), &whole, |_| power(100), most);
        let needed = made(64).unwrap();
        assert!((4..64).contains(&needed.len()), "{}", needed.len());
        assert_eq!(made(needed.len()), Some(needed.clone()));
        assert_eq!(made(needed.len() - 1), None);
        let mut reached = whole.0.clone();
        for model in &needed {
            assert_eq!(model.interval[0].0, reached);
            assert!(model.holds(target.enclosed()) && model.remainder.0 <= power(100));
            reached.clone_from(&model.interval[1].0);
        }
        assert_eq!(reached, whole.1);
    }

    /// A model that is off by 1/8 everywhere: the interpolation of that distance may be as large as the Lebesgue constant allows.
    #[test]
    fn the_remainder_allows_for_what_happens_between_the_points() {
        let target = Target::new("exp", Rational::new()).unwrap();
        let (f, whole) = (target.enclosed(), segment("-1", "0"));
        let model = Model::near(f, &whole, &power(30)).unwrap();
        let mut off = model.clone();
        let eighth = Rational::from((1, 8));
        off.coefficients[0] = Dyadic::at_scale(&(model.coefficients[0].value() + &eighth), 200).unwrap();
        let count = off.coefficients.len() as f64;
        let proved = off.proved_remainder(f).unwrap().to_f64();
        let lebesgue = 1.0 + std::f64::consts::FRAC_2_PI * count.ln();
        assert!((lebesgue..=2.0 + count.log2() / 2.0).contains(&(8.0 * proved)), "{proved} for {count} points");
        // What it then states, and no less, holds.
        let states = |remainder: Rational| Model { remainder: remainder.into(), ..off.clone() }.holds(f);
        assert!(states(off.proved_remainder(f).unwrap()) && !states(eighth));
    }

    /// The tail is that of theorem 8.2, in the numbers that the model states.
    #[test]
    fn a_model_that_states_too_little_does_not_hold() {
        let target = Target::new("tanh", Rational::new()).unwrap();
        let f = target.enclosed();
        let model = Model::near(f, &segment("-1", "1/2"), &power(40)).unwrap();
        assert!(model.holds(f));
        assert_eq!(tail(&Rational::from(3), &Rational::from(2), 4), Rational::from((12, 16)));
        let short = |change: fn(&mut Model)| {
            let mut changed = model.clone();
            change(&mut changed);
            changed.holds(f)
        };
        assert!(!short(|m| m.remainder = Exact(m.remainder.0.clone() / 2u32)));
        assert!(!short(|m| m.magnitude = Exact(m.magnitude.0.clone() / 2u32)));
        assert!(!short(|m| m.magnitude = Exact(m.magnitude.0.clone() * 1024u32)));
        assert!(!short(|m| m.radius = Exact(Rational::from(1))));
        assert!(!short(|m| m.radius = Exact(Rational::from((1, 2)))));
        assert!(!short(|m| m.radius = Exact(Rational::from(64))));
        // A radius of many digits, which takes long to raise to a power.
        assert!(!short(|m| m.radius = Exact(m.radius.0.clone() - power(80))));
        assert!(!short(|m| m.interval.swap(0, 1)));
        assert!(!short(|m| m.interval[1] = m.interval[0].clone()));
        assert!(!short(|m| m.coefficients.clear()));
        assert!(!short(|m| m.precision_bits = 0));
        assert!(!short(|m| m.precision_bits = MOST_BITS + 1));
        assert!(!short(|m| m
            .coefficients
            .extend(vec![Dyadic::at_scale(&Rational::new(), 0).unwrap(); LARGEST_DEGREE + 1])));
    }
}
