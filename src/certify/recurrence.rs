//! The residual of a composite, R ← αR² − (α − 1) from R = 1 − cD, on points and on intervals.
//!
//! Each R is a function of the one before, so the image of an interval under a step is that step's exact range, and
//! the only width lost is the outward rounding.

use super::subject::Segment;
use crate::poly::IntegerPolynomial;
use crate::real::{Exact, dyadic_ceil, dyadic_floor, dyadic_nearest, float_to_exact};
use rug::{Float, Rational};

/// Bits after the point beyond twice those of the longest constant: 40 doublings lose 80.
const GUARD_BITS: u32 = 256;

/// The constants of a composite and the rounding of its residual.
pub(super) struct Recurrence {
    start: Rational,
    steps: Vec<Rational>,
    bits: u32,
}

/// The exact ranges, rounded outward, of every residual R of a composite for D in an interval: of 1 − cD, then after each
/// doubling.
pub fn residual_ranges(start: &Exact, steps: &[Exact], interval: &(Rational, Rational)) -> Vec<(Rational, Rational)> {
    Recurrence::new(start, steps, std::slice::from_ref(interval)).residuals((&interval.0, &interval.1))
}

/// A composite as one polynomial in u for D = low + (high − low)·u; its degree is 2^k − 1 for k doublings.
pub fn expanded_composite(start: &Exact, steps: &[Exact], interval: &(Rational, Rational)) -> IntegerPolynomial {
    Recurrence::new(start, steps, std::slice::from_ref(interval)).expanded((&interval.0, &interval.1))
}

impl Recurrence {
    pub fn new(start: &Exact, steps: &[Exact], segments: &[Segment]) -> Self {
        let ends = segments.iter().flat_map(|(lo, hi)| [lo, hi]);
        let numbers = steps.iter().map(|step| &step.0).chain([&start.0]).chain(ends);
        let longest = numbers.map(|n| n.denom().significant_bits()).max().unwrap_or(0);
        let steps = steps.iter().map(|step| step.0.clone()).collect();
        Self { start: start.0.clone(), steps, bits: GUARD_BITS + 2 * longest }
    }

    /// Bits after the point of its ranges.
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// The number of doublings.
    pub fn doublings(&self) -> usize {
        self.steps.len()
    }

    /// The range of the last R for D in an interval.
    pub fn residual(&self, d: (&Rational, &Rational)) -> Segment {
        self.residuals(d).pop().unwrap_or_default()
    }

    /// The ranges of every R, from 1 − cD on.
    fn residuals(&self, (low, high): (&Rational, &Rational)) -> Vec<Segment> {
        let ends = [low, high].map(|d| 1 - Rational::from(&self.start * d));
        let mut range = self.outward(ends);
        let mut ranges = vec![range.clone()];
        for alpha in &self.steps {
            let excess = Rational::from(alpha - 1u32);
            let (least, largest) = square(&range);
            range = self.outward([least, largest].map(|s| s * alpha - &excess));
            ranges.push(range.clone());
        }
        ranges
    }

    fn outward(&self, [one, other]: [Rational; 2]) -> Segment {
        let (low, high) = if one <= other { (one, other) } else { (other, one) };
        (dyadic_floor(&low, self.bits), dyadic_ceil(&high, self.bits))
    }

    /// A D in [low, high] where the last R is near `value`, an end of its range: the steps taken backwards.
    ///
    /// Only a candidate: whoever uses it evaluates there.
    pub fn preimage(&self, value: &Rational, (low, high): (&Rational, &Rational)) -> Rational {
        let ranges = self.residuals((low, high));
        let mut target = value.clone();
        for (alpha, range) in self.steps.iter().zip(&ranges).rev() {
            let square = (target + Rational::from(alpha - 1u32)) / alpha;
            let root = Float::with_val(2 * self.bits, square.max(Rational::new())).sqrt();
            let root = dyadic_nearest(&float_to_exact(&root), self.bits);
            // Of the two roots the one inside the range of this step.
            target = if root <= range.1 { root } else { -root };
        }
        let d = dyadic_nearest(&((1 - target) / &self.start), self.bits);
        d.max(low.clone()).min(high.clone())
    }

    /// The composite as one polynomial in u for D = low + (high − low)·u; its degree is 2^k − 1.
    pub fn expanded(&self, (low, high): (&Rational, &Rational)) -> IntegerPolynomial {
        let constant = |value: &Rational| IntegerPolynomial::affine(value, &Rational::new());
        let one = constant(&Rational::from(1));
        let d = IntegerPolynomial::affine(low, &Rational::from(high - low));
        let mut y = constant(&self.start);
        let mut residual = one.plus(&y.times(&d).negated());
        for alpha in &self.steps {
            y = y.times(&one.plus(&residual)).times(&constant(alpha));
            let shift = constant(&Rational::from(1 - alpha));
            residual = residual.times(&residual).times(&constant(alpha)).plus(&shift);
        }
        y
    }
}

/// {r² : r in range}.
fn square((low, high): &Segment) -> Segment {
    let (a, b) = (Rational::from(low * low), Rational::from(high * high));
    let least = if *low <= 0 && *high >= 0 { Rational::new() } else { a.clone().min(b.clone()) };
    (least, a.max(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact(n: i64, d: i64) -> Exact {
        Exact(Rational::from((n, d)))
    }

    proptest! {
        #[test]
        fn the_residual_is_one_less_d_times_the_expanded_polynomial(
            start in 1i64..200, alphas in proptest::collection::vec(60i64..200, 0..5), n in 0i64..=32, width in 1i64..50,
        ) {
            let steps: Vec<Exact> = alphas.into_iter().map(|a| exact(a, 100)).collect();
            let (low, high) = (Rational::from((1, 3)), Rational::from((1, 3)) + Rational::from((width, 10)));
            let recurrence = Recurrence::new(&exact(start, 100), &steps, &[(low.clone(), high.clone())]);
            let u = Rational::from((n, 32));
            let d = Rational::from(&high - &low) * &u + &low;
            let residual = 1 - recurrence.expanded((&low, &high)).value(&u) * &d;
            let (below, above) = recurrence.residual((&d, &d));
            prop_assert!(below <= residual && residual <= above);
            let (least, largest) = recurrence.residual((&low, &high));
            prop_assert!(least <= below && above <= largest);
        }
    }
}
