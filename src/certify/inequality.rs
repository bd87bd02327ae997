//! The polynomials that are ≥ 0 exactly where, or only where, the error is at most a bound.

use super::model::Model;
use super::subject::{Approximation, Segment, Subject};
use crate::poly::table::Metric;
use crate::poly::{Basis, IntegerPolynomial, Polynomial};
use crate::real::{dyadic_ceil, dyadic_floor, float_to_exact, log2};
use crate::target::Target;
use rug::float::Round;
use rug::{Float, Rational};

/// Bits of the square roots at the ends of an interval, beyond twice those of the degree: an error that grows like
/// degree² outside the interval then grows by less than a certificate's slack.
const ROOT_BITS: u32 = 40;

/// Two polynomials in u ∈ [0, 1], and the place x that u stands for.
pub(super) struct Inequalities {
    pub polynomials: [IntegerPolynomial; 2],
    pub place: IntegerPolynomial,
}

/// A polynomial that is within `remainder` of the function on an interval.
struct Piece {
    segment: Segment,
    q: Polynomial,
    remainder: Rational,
}

/// What is to be shown for p to have an error of at most `bound` on every interval.
pub(super) fn inequalities(subject: &Subject, p: &Polynomial, models: &[Model], bound: &Rational) -> Vec<Inequalities> {
    let segments = subject.segments.iter();
    match &subject.target {
        Target::Reciprocal(_) => segments.map(|segment| reciprocal(subject, p, segment, bound)).collect(),
        Target::InverseSqrt(_) => segments.map(|segment| inverse_sqrt(subject, p, segment, bound)).collect(),
        Target::Sign(_) | Target::Relu(_) => {
            segments.map(|segment| near(subject.metric, p, &exact_piece(subject, segment), bound)).collect()
        }
        _ => models.iter().map(|model| near(subject.metric, p, &model.into(), bound)).collect(),
    }
}

/// Whether the function is known only by models.
pub(super) fn needs_models(target: &Target) -> bool {
    !matches!(target, Target::Reciprocal(_) | Target::InverseSqrt(_) | Target::Sign(_) | Target::Relu(_))
}

/// How an upper bound is proved; `witnessed` where the certificate carries a Chebyshev witness.
pub(super) fn method(subject: &Subject, witnessed: bool) -> &'static str {
    match (&subject.approximation, &subject.target) {
        _ if witnessed => "Chebyshev witness",
        (Approximation::Composite(_), _) => "exact range of the residual's recurrence",
        (Approximation::Stages(_), _) => "ranges of the stages, each by Bernstein subdivision over integers",
        (_, Target::InverseSqrt(_)) => "Bernstein subdivision over integers, in the square root",
        (_, target) if needs_models(target) => "Chebyshev models, then Bernstein subdivision over integers",
        _ => "Bernstein subdivision over integers",
    }
}

fn constant(value: &Rational) -> IntegerPolynomial {
    IntegerPolynomial::affine(value, &Rational::new())
}

/// η·M ∓ (D·r − 1), with M = 1 for relative and M = |D| for absolute error.
fn residual(metric: Metric, d: IntegerPolynomial, r: &IntegerPolynomial, bound: &Rational) -> [IntegerPolynomial; 2] {
    let residual = d.times(r).plus(&constant(&Rational::from(-1)));
    let allowed = match metric {
        Metric::Relative => constant(bound),
        Metric::Absolute if d.value(&Rational::new()) < 0 => d.negated().times(&constant(bound)),
        Metric::Absolute => d.times(&constant(bound)),
    };
    [allowed.plus(&residual.negated()), allowed.plus(&residual)]
}

/// 1/D with D = x + ε.
fn reciprocal(subject: &Subject, p: &Polynomial, (lo, hi): &Segment, bound: &Rational) -> Inequalities {
    let width = Rational::from(hi - lo);
    let d = IntegerPolynomial::affine(&subject.denominator(lo), &width);
    let polynomials = residual(subject.metric, d, &p.on_unit(lo, hi), bound);
    Inequalities { polynomials, place: IntegerPolynomial::affine(lo, &width) }
}

/// 1/√D = 1/t with D = t²: the reciprocal again, of t, and p a polynomial of twice the degree in t.
///
/// The ends √a and √b are rounded outward.
fn inverse_sqrt(subject: &Subject, p: &Polynomial, (lo, hi): &Segment, bound: &Rational) -> Inequalities {
    let epsilon = subject.epsilon();
    let (one, zero) = (Rational::from(1), Rational::new());
    let (start, end) = roots(&subject.denominator(lo), &subject.denominator(hi), p.degree());
    let in_t = |even: Vec<Rational>| {
        let mut coefficients: Vec<Rational> = even.into_iter().flat_map(|c| [c, Rational::new()]).collect();
        coefficients.pop();
        let whole = Polynomial { basis: Basis::Monomial, lo: zero.clone(), hi: one.clone(), coefficients };
        whole.on_unit(&start, &end)
    };
    // Powers of D: u ↦ p(−ε + u).
    let r = in_t(p.on_unit(&Rational::from(-&epsilon), &(1 - epsilon.clone())).coefficients());
    let t = IntegerPolynomial::affine(&start, &Rational::from(&end - &start));
    let place = in_t(vec![-epsilon, one.clone()]);
    Inequalities { polynomials: residual(subject.metric, t, &r, bound), place }
}

/// √a rounded down and √b rounded up, so little that a polynomial of this degree hardly grows there.
fn roots(a: &Rational, b: &Rational, degree: usize) -> (Rational, Rational) {
    let bits = ROOT_BITS + 2 * (degree + 1).ilog2() + (log2(b).max(0.0) / 2.0) as u32 + (-log2(a)).max(0.0) as u32;
    let root = |value: &Rational, round| {
        let value = Float::with_val_round(2 * bits + 64, value, round).0;
        float_to_exact(&Float::with_val_round(2 * bits + 64, value.sqrt_ref(), round).0)
    };
    (dyadic_floor(&root(a, Round::Down), bits), dyadic_ceil(&root(b, Round::Up), bits))
}

/// The sign and the rectifier are polynomials on each side of 0.
fn exact_piece(subject: &Subject, segment: &Segment) -> Piece {
    let right = segment.0 >= 0;
    let coefficients = match (&subject.target, right) {
        (Target::Relu(_), false) => vec![Rational::new()],
        (Target::Relu(_), true) => vec![Rational::new(), Rational::from(1)],
        (_, false) => vec![Rational::from(-1)],
        (_, true) => vec![Rational::from(1)],
    };
    let (lo, hi) = segment.clone();
    let q = Polynomial { basis: Basis::Monomial, lo, hi, coefficients };
    Piece { segment: segment.clone(), q, remainder: Rational::new() }
}

impl From<&Model> for Piece {
    fn from(model: &Model) -> Self {
        let q = model.polynomial();
        Self { segment: (q.lo.clone(), q.hi.clone()), q, remainder: model.remainder.0.clone() }
    }
}

/// η·M − ρ ∓ (p − q) for |f − q| ≤ ρ, with M = 1 for absolute and M = |q| − ρ ≤ |f| for relative error.
fn near(metric: Metric, p: &Polynomial, piece: &Piece, bound: &Rational) -> Inequalities {
    let (lo, hi) = &piece.segment;
    let (r, q) = (p.on_unit(lo, hi), piece.q.on_unit(lo, hi));
    let difference = r.plus(&q.negated());
    let least = match metric {
        Metric::Absolute => constant(&Rational::from(1)),
        Metric::Relative => {
            let size = if q.value(&Rational::from((1, 2))) < 0 { q.negated() } else { q };
            size.plus(&constant(&Rational::from(-&piece.remainder)))
        }
    };
    let allowed = least.times(&constant(bound)).plus(&constant(&Rational::from(-&piece.remainder)));
    Inequalities {
        polynomials: [allowed.plus(&difference.negated()), allowed.plus(&difference)],
        place: IntegerPolynomial::affine(lo, &Rational::from(hi - lo)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rational(numerator: i32, denominator: i32) -> Rational {
        Rational::from((numerator, denominator))
    }

    fn piece(lo: i32, hi: i32, coefficients: &[Rational], remainder: Rational) -> Piece {
        let segment = (Rational::from(lo), Rational::from(hi));
        let (basis, lo, hi) = (Basis::Monomial, segment.0.clone(), segment.1.clone());
        Piece { segment, q: Polynomial { basis, lo, hi, coefficients: coefficients.to_vec() }, remainder }
    }

    /// The values of the two polynomials at u, over their common positive factor.
    fn values(of: &Inequalities, u: &Rational) -> [Rational; 2] {
        of.polynomials.each_ref().map(|p| p.value(u))
    }

    proptest! {
        /// η·M − ρ ∓ (p − q), with M = |q| − ρ or 1, at the place that u stands for.
        #[test]
        fn what_is_shown_near_a_model_is_the_inequality(
            q0 in -9i32..9, q1 in -3i32..3, p0 in -9i32..9, remainder in 0i32..8, u in 0i32..=8, relative in any::<bool>(),
        ) {
            let (lo, hi) = (2, 5);
            // q has one sign.
            let sign = if q0 < 0 { -1 } else { 1 };
            let q = [rational(q0 + 20 * sign, 1), rational(q1, 1)];
            let piece = piece(lo, hi, &q, rational(remainder, 16));
            let p = Polynomial { basis: Basis::Monomial, lo: lo.into(), hi: hi.into(), coefficients: vec![rational(p0, 3)] };
            let metric = if relative { Metric::Relative } else { Metric::Absolute };
            let (bound, u) = (rational(5, 7), rational(u, 8));
            let shown = near(metric, &p, &piece, &bound);
            let x = Rational::from(3) * &u + 2u32;
            let at = Rational::from(&q[1] * &x) + &q[0];
            let least = if relative { at.clone().abs() - rational(remainder, 16) } else { Rational::from(1) };
            let allowed = least * &bound - rational(remainder, 16);
            let difference = rational(p0, 3) - at;
            let expected = [Rational::from(&allowed - &difference), allowed + difference];
            prop_assert_eq!(values(&shown, &u), expected);
            prop_assert_eq!(shown.place.value(&u), x);
        }

        /// η·M ∓ (D·r − 1) on intervals of either sign.
        #[test]
        fn what_is_shown_of_the_reciprocal_is_the_inequality(
            lo in 1i32..20, width in 1i32..9, r0 in -9i32..9, r1 in -9i32..9, u in 0i32..=8, negative in any::<bool>(),
            relative in any::<bool>(),
        ) {
            let (lo, hi) = if negative { (-lo - width, -lo) } else { (lo, lo + width) };
            let d = IntegerPolynomial::affine(&lo.into(), &width.into());
            let r = IntegerPolynomial::affine(&rational(r0, 5), &rational(r1, 5));
            let metric = if relative { Metric::Relative } else { Metric::Absolute };
            let (bound, u) = (rational(3, 11), rational(u, 8));
            let shown = residual(metric, d, &r, &bound).map(|p| p.value(&u));
            let x = Rational::from(hi - lo) * &u + lo;
            let residual = &x * (rational(r0, 5) + rational(r1, 5) * &u) - 1u32;
            let allowed = if relative { bound } else { bound * x.abs() };
            prop_assert_eq!(shown, [Rational::from(&allowed - &residual), allowed + residual]);
        }

        /// The roots are rounded outward, and by less than a polynomial of the degree notices.
        #[test]
        fn roots_are_rounded_outward_and_little(low in -300i32..0, high in 0i32..300, share in 1u32..9, degree in 0usize..600) {
            let power = |bits: i32| if bits < 0 { rational(1, 1) >> bits.unsigned_abs() } else { rational(1, 1) << bits.unsigned_abs() };
            let (a, b) = (power(low) * rational(share as i32, 9), power(high) * rational(9, share as i32));
            let (start, end) = roots(&a, &b, degree);
            let (start, end) = (start.square(), end.square());
            prop_assert!(start <= a && b <= end);
            let allowed = Rational::from((1, (degree as u64 + 1).pow(2))) >> (ROOT_BITS - 4);
            prop_assert!((a.clone() - start) / a <= allowed && (end - &b) / b <= allowed);
        }
    }
}
