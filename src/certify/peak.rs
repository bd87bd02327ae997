//! Where the error of a polynomial is largest: a search in floating point whose answer is then evaluated exactly.
//!
//! Nothing here needs to be trusted: a point that is not the largest only makes the lower bound lower, and the
//! attempt to prove a bound near it fails.

use super::subject::{Segment, Subject};
use crate::poly::{FloatPolynomial, Polynomial};
use crate::real::dyadic_nearest;
use rug::{Float, Rational};

/// Points per coefficient: at least four on each oscillation of the residual.
const POINTS_PER_COEFFICIENT: usize = 4;
/// Peaks of the grid that are followed.
const CANDIDATES: usize = 12;
/// Times that the step shrinks eightfold around a peak.
const REFINEMENTS: usize = 4;
/// Beyond the bits of the coefficients.
const GUARD_BITS: u32 = 96;
/// More precision than this serves no table that can be certified.
const MOST_BITS: u32 = 65_536;

/// The error of a polynomial on one interval in floating point, over θ in [0, π], x = lo + (hi − lo)·sin²(θ/2).
pub(super) struct ErrorCurve<'a> {
    subject: &'a Subject,
    polynomial: FloatPolynomial,
    coefficients: usize,
    segment: &'a Segment,
    precision: u32,
    /// Bits of the place of a witness in its interval.
    place_bits: u32,
}

impl<'a> ErrorCurve<'a> {
    pub fn new(subject: &'a Subject, polynomial: &Polynomial, segment: &'a Segment) -> Self {
        let size = |c: &Rational| c.numer().significant_bits() + c.denom().significant_bits();
        let longest = polynomial.coefficients.iter().map(size).max().unwrap_or(0);
        let precision = (GUARD_BITS + longest).min(MOST_BITS);
        Self {
            subject,
            polynomial: FloatPolynomial::new(polynomial, precision),
            coefficients: polynomial.coefficients.len(),
            segment,
            precision,
            place_bits: 24 + 2 * polynomial.coefficients.len().ilog2(),
        }
    }

    /// The point with the largest error that the grid and its refinement find.
    pub fn largest(&self) -> Rational {
        let points = POINTS_PER_COEFFICIENT * (self.coefficients + 1);
        let step = std::f64::consts::PI / points as f64;
        let errors: Vec<Float> = (0..=points).map(|j| self.error(j as f64 * step)).collect();
        let mut peaks: Vec<(&Float, usize)> = errors.iter().zip(0..).filter(|&(_, j)| is_peak(&errors, j)).collect();
        peaks.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let refined = peaks.into_iter().take(CANDIDATES).map(|(_, j)| self.climb(j as f64 * step, step));
        let best = refined.max_by(|(a, _), (b, _)| a.total_cmp(b));
        self.place(best.map_or(0.0, |(_, theta)| theta))
    }

    /// The peak near a point of the interval.
    pub fn near(&self, x: &Rational) -> Rational {
        let (lo, hi) = self.segment;
        let share = Rational::from(x - lo) / Rational::from(hi - lo);
        let theta = 2.0 * share.to_f64().clamp(0.0, 1.0).sqrt().asin();
        self.place(self.climb(theta, 0.1 / self.coefficients as f64).1)
    }

    /// Parabolas through three points, ever closer.
    fn climb(&self, theta: f64, step: f64) -> (Float, f64) {
        let mut best = (self.error(theta), theta);
        let mut step = step;
        for _ in 0..REFINEMENTS {
            let (left, right) = (self.error(best.1 - step), self.error(best.1 + step));
            let ratio = |value: &Float| Float::with_val(53, value / &best.0).to_f64();
            let (l, r) = (ratio(&left), ratio(&right));
            let curvature = l + r - 2.0;
            let shift = if curvature < 0.0 { (0.5 * (l - r) / curvature).clamp(-1.0, 1.0) } else { 0.0 };
            let vertex = best.1 + shift * step;
            let tried = [(left, best.1 - step), (right, best.1 + step), (self.error(vertex), vertex)];
            best = tried.into_iter().fold(best, |best, other| if other.0 > best.0 { other } else { best });
            step /= 8.0;
        }
        best
    }

    /// x at an angle, to [`Self::place_bits`] bits of the interval's width.
    fn place(&self, theta: f64) -> Rational {
        let (lo, hi) = self.segment;
        let share = Rational::from_f64((0.5 * theta).sin().powi(2)).unwrap_or_default();
        let share = dyadic_nearest(&share, self.place_bits).max(Rational::new()).min(Rational::from(1));
        Rational::from(hi - lo) * share + lo
    }

    fn error(&self, theta: f64) -> Float {
        let (lo, hi) = self.segment;
        let width = Float::with_val(self.precision, Rational::from(hi - lo));
        let x = width * (0.5 * theta).sin().powi(2) + lo;
        self.subject.estimate(self.polynomial.value(&x), &x)
    }
}

fn is_peak(errors: &[Float], j: usize) -> bool {
    let Some(here) = errors.get(j) else { return false };
    let neighbours = [j.checked_sub(1), Some(j + 1)];
    neighbours.into_iter().flatten().filter_map(|i| errors.get(i)).all(|other| here >= other)
}

/// A pair near `x` between which a polynomial whose slope at x is not that of the function does not follow it,
/// closing in on x from both sides.
pub(super) fn contrary_pair(subject: &Subject, x: &Rational, (lo, hi): &Segment) -> Option<[Rational; 2]> {
    let width = Rational::from(hi - lo);
    (1..64).find_map(|halvings| {
        let step = width.clone() >> halvings;
        let (left, right) = (Rational::from(x - &step).max(lo.clone()), Rational::from(x + &step).min(hi.clone()));
        let pairs = [[left.clone(), x.clone()], [x.clone(), right.clone()], [left, right]];
        pairs.into_iter().find(|[a, b]| subject.does_not_follow(a, b))
    })
}

/// The pair next to the far end of |D| where the residual of a composite swings from its greatest to its least value.
///
/// There 1 − R rises while 1/D hardly falls: y = cos(2π/2^k) and cos(π/2^k).
pub(super) fn last_swing(subject: &Subject, doublings: usize, (lo, hi): &Segment) -> [Rational; 2] {
    let width = Rational::from(hi - lo);
    let far_is_high = subject.denominator(lo) > 0;
    let mut pair = [2.0, 1.0].map(|swings| {
        let sine = (swings * std::f64::consts::PI * 0.5f64.powi(doublings as i32 + 1)).sin();
        let share = Rational::from_f64(sine * sine).unwrap_or_default() * &width;
        if far_is_high { hi - share } else { lo + share }
    });
    pair.sort();
    pair
}

/// A float as the decimal that a message shows.
pub(super) fn shown(value: &Rational) -> String {
    format!("{:.6e}", Float::with_val(64, value).to_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certify::subject::Approximation;
    use crate::fit::{FitRequest, Goal, Method, fit};
    use crate::poly::table::Metric;
    use crate::target::Target;

    fn request(name: &str, [lo, hi]: [i32; 2], degree: u64, method: Method) -> FitRequest {
        let target = Target::new(name, Rational::new()).unwrap();
        FitRequest { method, ..FitRequest::new(target, [lo.into(), hi.into()], Goal::Degree(degree)) }
    }

    fn subject(request: &FitRequest) -> Subject {
        let table = fit(request).unwrap();
        Subject::new(&table.form, &table.target, &table.intervals, Metric::Relative).unwrap()
    }

    /// A best polynomial of degree n has n + 2 peaks. Each is found from places around it, and none is higher than the largest.
    #[test]
    fn every_peak_is_found_from_around_it() {
        let subject = subject(&request("exp", [-3, 1], 6, Method::Remez));
        let Approximation::Polynomial(p) = &subject.approximation else { unreachable!("a polynomial was asked for") };
        let segment = &subject.segments[0];
        let curve = ErrorCurve::new(&subject, p, segment);
        let error = |x: &Rational| subject.error_at(x).to_f64();
        let place = |step: u32| Rational::from((step, 2000u32)) * 4u32 - 3u32;
        let errors: Vec<f64> = (0..=2000).map(|step| error(&place(step))).collect();
        let largest = error(&curve.largest());
        assert!(errors.iter().all(|e| *e <= largest * (1.0 + 1e-12)), "{largest:e}");
        let peaks: Vec<u32> = (1..2000u32)
            .filter(|&step| (step - 1..=step + 1).all(|other| errors[other as usize] <= errors[step as usize]))
            .collect();
        assert_eq!(peaks.len(), 6, "{peaks:?}");
        for step in peaks {
            for from in [step - 5, step, step + 5] {
                let found = curve.near(&place(from));
                assert!(error(&found) >= errors[step as usize], "from {from} at {step}");
                assert!((found - place(step)).abs() <= Rational::from((1, 50)), "from {from} at {step}");
            }
        }
        for end in [&segment.0, &segment.1] {
            assert_eq!(curve.near(end), *end);
        }
    }

    /// Where the residual of a composite swings for the last time it goes from its greatest to its least value.
    #[test]
    fn the_last_swing_goes_through_the_whole_range() {
        for interval in [[1, 200], [-200, -1]] {
            let subject = subject(&request("reciprocal", interval, 15, Method::Composite));
            let segment = &subject.segments[0];
            let [first, second] = last_swing(&subject, 4, segment);
            assert!(segment.0 < first && first < second && second < segment.1);
            let residual = |x: &Rational| {
                let (low, high) = subject.value(x).unwrap();
                ((low + high) / 2u32 * x - 1u32).to_f64()
            };
            let (one, other) = (residual(&first), residual(&second));
            let worst = subject.error_at(&segment.0).to_f64();
            assert!(one * other < 0.0, "{one:e} {other:e}");
            for swing in [one, other] {
                assert!((swing.abs() / worst - 1.0).abs() < 1e-3, "{swing:e} {worst:e}");
            }
        }
    }

    #[test]
    fn messages_show_seven_digits() {
        assert_eq!(shown(&Rational::from((1, 3))), "3.333333e-1");
    }

    #[test]
    fn peaks_are_not_below_their_neighbours() {
        let errors: Vec<Float> = [3, 1, 2, 2, 0, 4].iter().map(|e| Float::with_val(53, *e)).collect();
        let peaks: Vec<usize> = (0..8).filter(|&j| is_peak(&errors, j)).collect();
        assert_eq!(peaks, [0, 2, 3, 5]);
    }
}
