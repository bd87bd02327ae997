//! Composites of stages: the range of w after each stage, proved from the range before it.
//!
//! With w = s² (the sign) or w = D·y² (the inverse square root) both rules are w ← w·q(w)², and s or √D·y is √w as long as
//! every q is positive on its range. So two polynomial inequalities a stage, and q > 0, bound the error of the whole:
//! l ≤ w ≤ u at the end is 1 − η ≤ √w ≤ 1 + η.

use super::bernstein::{Sign, nonnegative, positive};
use super::stage_search::{Extremes, preimage};
use super::subject::Segment;
use crate::poly::{Basis, IntegerPolynomial, Polynomial, Rule, Stage};
use crate::real::{Enclosure, decimal_above, dyadic_ceil, dyadic_floor, log2};
use rug::Rational;

/// Bits by which the proved range of w exceeds the one found, after every stage but the last.
const RANGE_BITS: u32 = 48;
/// Bits by which the deviation of w from 1 may exceed the one found after the last stage.
const LAST_RANGE_BITS: u32 = 18;
/// Bits after the point of a range, at most: where the stages make 1 exactly there is nothing to round to.
const MOST_RANGE_BITS: f64 = 4096.0;
/// Coefficients of an image with more bits than this are not computed with: no useful stage has them.
const LONGEST_IMAGE_BITS: u64 = 1 << 17;
/// Attempts to prove a range, each from the point at which the one before it failed.
const ATTEMPTS: usize = 12;
/// Bits of the first enclosure of a value; doubled until it is narrow.
const FIRST_BITS: u32 = 256;
/// More bits than this are not spent on one value.
const MOST_BITS: u32 = 1 << 14;
/// Bits to which a value is known, unless that takes too many.
const VALUE_BITS: f64 = 80.0;
/// Significant digits of a bound.
const UPPER_DIGITS: u32 = 9;

/// The stages as polynomials in w, and the range of w that they begin with.
pub(super) struct Chain {
    rule: Rule,
    q: Vec<Polynomial>,
    start: Segment,
}

impl Chain {
    /// Stages on intervals of x with x + ε > 0, or for the sign with x ≠ 0.
    pub fn new(rule: Rule, stages: &[Stage], segments: &[Segment], epsilon: &Rational) -> Self {
        let w = |x: &Rational| match rule {
            Rule::Compose => Rational::from(x * x),
            Rule::Refine => Rational::from(x + epsilon),
        };
        let places: Vec<Rational> = segments.iter().flat_map(|(lo, hi)| [w(lo), w(hi)]).collect();
        let start =
            (places.iter().min().cloned().unwrap_or_default(), places.iter().max().cloned().unwrap_or_default());
        let q = stages.iter().map(|stage| in_w(rule, stage.polynomial())).collect();
        Self { rule, q, start }
    }

    /// Ranges of w before the first stage and after each one that can be proved, near the true ones.
    pub fn ranges(&self) -> Option<Vec<Segment>> {
        let mut ranges = vec![self.start.clone()];
        for (i, q) in self.q.iter().enumerate() {
            let from = ranges.last()?.clone();
            if size(q, &from) > LONGEST_IMAGE_BITS {
                return None;
            }
            let is_last = i + 1 == self.q.len();
            let step = Step::new(q, &from);
            let mut extremes = Extremes::of(&step.image);
            let proved = (0..ATTEMPTS).find_map(|_| {
                let to = widened(&extremes, is_last);
                match step.fails(&to) {
                    None => Some(Some(to)),
                    Some(Some(u)) if extremes.improve(&step.image, &u) => None,
                    Some(_) => Some(None),
                }
            });
            ranges.push(proved.flatten().filter(|(low, _)| *low > 0)?);
        }
        Some(ranges)
    }

    /// A bound of the error that follows from the last range.
    pub fn upper(ranges: &[Segment]) -> Option<Rational> {
        let (low, high) = ranges.last()?;
        let root = |w: &Rational| Enclosure::around(w, FIRST_BITS + 2 * w.denom().significant_bits()).sqrt();
        let below: Rational = 1 - root(low).lo();
        let above = root(high).hi() - 1u32;
        Some(decimal_above(&below.max(above).max(Rational::new()), UPPER_DIGITS))
    }

    /// Whether these ranges are proved, and bound the error so.
    pub fn shows(&self, ranges: &[Segment], bound: &Rational) -> bool {
        let (Some(first), Some((low, high))) = (ranges.first(), ranges.last()) else { return false };
        let (least, most) = (Rational::from(1 - bound), Rational::from(1 + bound));
        let ends = (least <= 0 || *low >= least.square()) && *high <= most.square();
        ends && ranges.len() == self.q.len() + 1
            && first.0 <= self.start.0
            && self.start.1 <= first.1
            && ranges.iter().all(|(low, high)| *low > 0 && low < high)
            && self.q.iter().zip(ranges).all(|(q, from)| size(q, from) <= LONGEST_IMAGE_BITS)
            && self.are_positive(ranges)
            && self.steps(ranges).all(|(q, from, to)| Step::new(q, from).fails(to).is_none())
    }

    /// Every q with the range before it and the one after it.
    fn steps<'a>(&'a self, ranges: &'a [Segment]) -> impl Iterator<Item = (&'a Polynomial, &'a Segment, &'a Segment)> {
        self.q.iter().zip(ranges.iter().zip(ranges.iter().skip(1))).map(|(q, (from, to))| (q, from, to))
    }

    /// Whether the whole is odd in x.
    pub fn is_odd(&self) -> bool {
        self.rule == Rule::Compose
    }

    /// Whether every q is > 0 on its range.
    pub fn are_positive(&self, ranges: &[Segment]) -> bool {
        self.q.iter().zip(ranges).all(|(q, (low, high))| matches!(positive(&q.on_unit(low, high)), Sign::Holds))
    }

    /// The value of the whole at x, where D = x + ε; `None` where it is not known to be finite.
    pub fn value(&self, x: &Rational, d: &Rational) -> Option<Segment> {
        let mut bits = FIRST_BITS;
        loop {
            let value = self.enclosed(x, d, bits);
            let is_last = bits >= MOST_BITS;
            if value.is_finite() {
                let (low, high) = (value.lo(), value.hi());
                let width = Rational::from(&high - &low);
                if is_last || log2(&width) + VALUE_BITS < log2(&high) {
                    return Some((low, high));
                }
            } else if is_last {
                return None;
            }
            bits *= 2;
        }
    }

    fn enclosed(&self, x: &Rational, d: &Rational, bits: u32) -> Enclosure {
        let constant = |value: &Rational| Enclosure::around(value, bits);
        let value = |q: &Polynomial, w: &Enclosure| {
            let zero = constant(&Rational::new());
            q.coefficients.iter().rev().fold(zero, |sum, c| &(&sum * w) + &constant(c))
        };
        match self.rule {
            Rule::Compose => self.q.iter().fold(constant(x), |s, q| &s * &value(q, &s.square())),
            Rule::Refine => {
                let start = (constant(&Rational::from(1)), constant(d));
                let step = |(y, w): (Enclosure, Enclosure), q| {
                    let factor = value(q, &w);
                    (&y * &factor, &w * &factor.square())
                };
                self.q.iter().fold(start, step).0
            }
        }
    }

    /// The w at the start whose error is about the largest: a candidate, to be evaluated.
    pub fn worst(&self, ranges: &[Segment]) -> Option<Rational> {
        let mut target: Option<Rational> = None;
        for (q, range) in self.q.iter().zip(ranges).rev() {
            let image = Step::new(q, range).image;
            let extremes = Extremes::of(&image);
            let u = match target {
                None => extremes.furthest_from_one(),
                Some(w) => preimage(&image, &extremes, &w),
            };
            target = Some(Rational::from(&range.1 - &range.0) * u + &range.0);
        }
        target
    }
}

/// q with w·q(w)² = f(√w)², in powers of w.
fn in_w(rule: Rule, stage: Polynomial) -> Polynomial {
    let monomial = if stage.basis == Basis::Monomial { stage } else { stage.to_monomial() };
    match rule {
        Rule::Refine => monomial,
        Rule::Compose => {
            let coefficients = monomial.coefficients.into_iter().skip(1).step_by(2).collect();
            Polynomial { coefficients, ..monomial }
        }
    }
}

/// About how many bits the coefficients of w·q(w)² have on a range.
fn size(q: &Polynomial, (low, high): &Segment) -> u64 {
    let bits = |value: &Rational| u64::from(value.numer().significant_bits() + value.denom().significant_bits());
    let coefficients = q.coefficients.iter().map(bits).max().unwrap_or(0);
    2 * coefficients + (2 * q.degree() as u64 + 1) * (bits(low) + bits(high))
}

/// One stage on a range of w, carried to u in [0, 1].
struct Step {
    /// w·q(w)².
    image: IntegerPolynomial,
}

impl Step {
    fn new(q: &Polynomial, (low, high): &Segment) -> Self {
        let w = IntegerPolynomial::affine(low, &Rational::from(high - low));
        let q = q.on_unit(low, high);
        Self { image: w.times(&q).times(&q) }
    }

    /// Whether the image is not shown to lie in `to`, and if so where it does not.
    fn fails(&self, to: &Segment) -> Option<Option<Rational>> {
        let constant = |value: &Rational| IntegerPolynomial::affine(value, &Rational::new());
        let above = self.image.plus(&constant(&Rational::from(-&to.0)));
        let below = constant(&to.1).plus(&self.image.negated());
        [above, below].iter().find_map(|inequality| match nonnegative(inequality) {
            Sign::Holds => None,
            Sign::Fails(u) => Some(Some(u)),
            Sign::Unknown => Some(None),
        })
    }
}

/// A little more than the range found, with few digits: a part of w, or at the end of the distance of w from 1.
fn widened(extremes: &Extremes, is_last: bool) -> Segment {
    let (low, high) = (&extremes.low, &extremes.high);
    let distance = Rational::from(1 - low).max(Rational::from(high - 1u32));
    let slack = |w: &Rational| if is_last { distance.clone() >> LAST_RANGE_BITS } else { w.clone() >> RANGE_BITS };
    let outer = (low - slack(low), high + slack(high));
    let bits = |w: &Rational| (2.0 - log2(&slack(w)).min(0.0)).min(MOST_RANGE_BITS) as u32;
    (dyadic_floor(&outer.0, bits(low)), dyadic_ceil(&outer.1, bits(high)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chain() -> Chain {
        // Newton's iteration for 1/√w on w in [1/4, 3/2].
        let q = Polynomial {
            basis: Basis::Monomial,
            lo: Rational::new(),
            hi: Rational::from(1),
            coefficients: vec![Rational::from((3, 2)), Rational::from((-1, 2))],
        };
        let start = (Rational::from((1, 4)), Rational::from((3, 2)));
        Chain { rule: Rule::Refine, q: vec![q.clone(), q], start }
    }

    /// l ≤ w ≤ u is |√w − 1| ≤ max(1 − √l, √u − 1), however near 1 that is.
    #[test]
    fn the_bound_is_that_of_the_last_range() {
        let upper = |low: Rational, high: Rational| Chain::upper(&[(low, high)]).unwrap();
        let one = Rational::from(1);
        assert_eq!(upper(Rational::from((1, 4)), Rational::from(4)), 1);
        assert_eq!(upper(Rational::from((1, 16)), Rational::from((9, 4))), Rational::from((3, 4)));
        for bits in [60u32, 500, 3000] {
            let off = one.clone() >> bits;
            for (low, high) in [(one.clone() - &off, one.clone()), (one.clone(), one.clone() + &off)] {
                let found = upper(low, high) << (bits + 1);
                assert!((found.to_f64() - 1.0).abs() < 1e-8, "2^-{bits}: {}", found.to_f64());
            }
        }
    }

    #[test]
    fn ranges_that_are_found_are_shown_and_no_others() {
        let chain = chain();
        let ranges = chain.ranges().unwrap();
        let bound = Chain::upper(&ranges).unwrap();
        assert!(chain.shows(&ranges, &bound) && chain.shows(&ranges, &Rational::from(2)));
        assert!(!chain.shows(&ranges, &(bound.clone() / 2u32)));
        // Exactly what the last range allows.
        let (low, high) = (Rational::from((9, 16)), Rational::from((25, 16)));
        let mut wide = ranges.clone();
        wide[2] = (low.clone(), high);
        assert!(chain.shows(&wide, &Rational::from((1, 4))));
        assert!(!chain.shows(&wide, &Rational::from((249, 1000))));
        let refused = |change: &dyn Fn(&mut Vec<Segment>)| {
            let mut changed = wide.clone();
            change(&mut changed);
            assert!(!chain.shows(&changed, &Rational::from(5)), "{changed:?}");
        };
        refused(&|ranges| drop(ranges.pop()));
        refused(&|ranges| ranges.push(ranges[2].clone()));
        refused(&Vec::clear);
        for stage in 0..3 {
            refused(&|ranges| ranges[stage] = (ranges[stage].1.clone(), ranges[stage].0.clone()));
            refused(&|ranges| ranges[stage].1 = ranges[stage].0.clone());
            refused(&|ranges| ranges[stage].0 = Rational::new());
            refused(&|ranges| ranges[stage].0 = -ranges[stage].0.clone());
        }
        refused(&|ranges| ranges[0].0 = Rational::from((1, 2)));
        refused(&|ranges| ranges[0].1 = Rational::from(1));
        refused(&|ranges| ranges[1].1 = (ranges[1].0.clone() + &ranges[1].1) / 2u32);
        refused(&|ranges| ranges[2].0 = (ranges[2].0.clone() + &ranges[2].1) / 2u32);
        // q is 0 at w = 3.
        refused(&|ranges| ranges[0].1 = Rational::from(3));
        assert!(chain.are_positive(&ranges) && !chain.are_positive(&[(Rational::from(1), Rational::from(3))]));
    }

    proptest! {
        /// The length that limits what is computed is about that of the image's coefficients.
        #[test]
        fn the_size_is_that_of_the_image(
            numerators in prop::collection::vec(-1_000_000i64..1_000_000, 1..6), long in 1u32..200, ends in 0u32..200,
        ) {
            let unit = Rational::from((1, 3)) >> long;
            let coefficients = numerators.iter().map(|n| Rational::from(*n) + &unit).collect();
            let (lo, hi) = (Rational::new(), Rational::from(1));
            let q = Polynomial { basis: Basis::Monomial, lo, hi, coefficients };
            let from = (Rational::from(1) + (Rational::from((1, 7)) >> ends), Rational::from(2) + (Rational::from((1, 5)) >> ends));
            let image = Step::new(&q, &from).image.coefficients();
            let bits = |value: &Rational| u64::from(value.numer().significant_bits() + value.denom().significant_bits());
            let longest = image.iter().map(bits).max().unwrap_or(0);
            let size = size(&q, &from);
            prop_assert!(longest <= 3 * size && size <= 8 * longest, "{longest} {size}");
        }
    }
}
