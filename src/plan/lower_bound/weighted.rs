//! The least error that every polynomial in D leaves on some weight: a weighted Chebyshev problem in closed form.
//!
//! Let H have real coefficients, degree at most 2n and no zero in |z| ≤ 1, and let 2D = lo + hi − (hi − lo)·(z + 1/z)/2. Then
//! M = (zⁿ·H(1/z) + z⁻ⁿ·H(z))/2 is a polynomial in D of degree at most n. On [lo, hi], where z = e^{iθ}, it is |H|·cos Φ with Φ = 0
//! at one end and nπ at the other, so that it is |H| and −|H| in turn at n + 1 points. By de la Vallée Poussin every polynomial q of
//! degree at most n with q(0) = 1 has |q| ≥ |H|/|M(0)| at one of them (Bernstein and Szegő). Where the largest weight w is at least
//! 1/|H|, no r of degree n − 1 leaves an error of the weights below 1/|M(0)|: q = 1 − D·r.
//!
//! The proof in full, and how far from the best polynomial this is: docs/mathematics.md.

use crate::attention::RowDomain;
use crate::real::{Enclosure, PRECISION};
use rug::Rational;

/// Octaves of (lo − ε)/ε at which the foot of w is cut off.
const OCTAVES: std::ops::RangeInclusive<i32> = -20..=8;

/// A function 1/|H| that is not above w on a part [lo, hi] of the domain.
pub(super) struct Minorant {
    /// c with 2D = lo + hi − (hi − lo)·(c + 1/c)/2 at D = 0, |c| < 1.
    origin: Enclosure,
    /// The same at D = ε, where w falls to 0; `None` on the part where w = 1/(L·D).
    foot: Option<Enclosure>,
    /// What stands beside the powers of both in 1/M(0).
    factor: Enclosure,
}

/// Minorants of w(D) = min(D − ε, 1/L)/D, the largest weight of any row with the denominator D.
pub(super) fn minorants(domain: &RowDomain) -> Vec<Minorant> {
    let (a, epsilon) = (domain.a(), &domain.epsilon);
    let mut starts = if a > *epsilon { vec![a.clone()] } else { Vec::new() };
    for octave in OCTAVES {
        let step = |share: u32| Rational::from(epsilon * share) << octave;
        starts.extend([2, 3].map(|share| step(share) + epsilon).into_iter().filter(|lo| *lo > a));
    }
    let with_foot = starts.into_iter().filter_map(|lo| Minorant::with_foot(domain, &lo));
    with_foot.chain(Minorant::tail(domain)).collect()
}

impl Minorant {
    /// |H| = L·D = 1/w on [ε + 1/L, b].
    ///
    /// # Formula
    /// With c for D = 0 and h = (b − lo)/2: H = L·h/(2·c)·(1 − c·z)². H(1/c) = 0, so M(0) = H(c)/(2·cⁿ).
    fn tail(domain: &RowDomain) -> Option<Self> {
        let (b, kink) = (domain.b(), Rational::from((1, domain.length)) + &domain.epsilon);
        let lo = kink.max(domain.a());
        if lo >= b {
            return None;
        }
        let origin = inside(&Rational::new(), &lo, &b);
        let slope = (&one() - &origin.square()).square();
        let size = around(&(Rational::from(&b - &lo) * domain.length / 4u32));
        let factor = &origin * &(&size * &slope).recip();
        Some(Self { origin, foot: None, factor })
    }

    /// |H| ≥ D·√((D − ε)² + 1/L²)·L/(D − ε) ≥ 1/w on [lo, b].
    ///
    /// # Formula
    /// With c₀, c₁, c₂ for D = 0, ε and ε + i/L, h = (b − lo)/2, G = (1 − c₂z)(1 − c̄₂z) and m = n − 1:
    /// H = L·h·c₁/(2·c₀·|c₂|)·(1 − c₀z)²·G·[(1 − (c₁z)^m)/((1 − c₁z)(1 − c₁^m))]². H(1/c₀) = 0, so M(0) = H(c₀)/(2·c₀ⁿ).
    fn with_foot(domain: &RowDomain, lo: &Rational) -> Option<Self> {
        let (b, epsilon) = (domain.b(), &domain.epsilon);
        if *lo >= b {
            return None;
        }
        let (origin, foot) = (inside(&Rational::new(), lo, &b), inside(epsilon, lo, &b));
        let (real, modulus) = complex_inside(epsilon, &Rational::from((1, domain.length)), lo, &b);
        let square = modulus.square();
        let kink = &(&one() - &(&twice(&real) * &origin)) + &(&square * &origin.square());
        let slope = (&(&one() - &(&origin * &foot)) * &(&one() - &origin.square()).recip()).square();
        let size = &around(&(Rational::from(&b - lo) * domain.length / 2u32)) * &foot;
        let factor = &(&twice(&(&origin * &modulus)) * &slope) * &(&size * &kink).recip();
        Some(Self { origin, foot: Some(foot), factor })
    }

    /// Whether every polynomial r of degree at most n − 1, n ≥ 2, leaves an error above `target` on some weight.
    pub(super) fn exceeds(&self, n: u64, target: &Rational) -> bool {
        self.forced(n).lo() > *target
    }

    /// 1/M(0), which is not above the largest error of the weights by any polynomial r of degree at most n − 1, n ≥ 2.
    pub(super) fn forced(&self, n: u64) -> Enclosure {
        let bound = &twice(&power(&self.origin, n)) * &self.factor;
        let Some(foot) = &self.foot else { return bound };
        let without = |c: &Enclosure| &one() - &power(c, n - 1);
        &bound * &(&without(foot) * &without(&(foot * &self.origin)).recip()).square()
    }
}

/// c = S − √(S² − 1), S = (lo + hi − 2·point)/(hi − lo), for a point below lo.
fn inside(point: &Rational, lo: &Rational, hi: &Rational) -> Enclosure {
    let gap = Rational::from(lo - point) / Rational::from(hi - lo);
    // S = 1 + 2·gap, and so c = 1/(√gap + √(1 + gap))².
    let root = |value: &Rational| around(value).sqrt();
    (&root(&gap) + &root(&Rational::from(&gap + 1u32))).square().recip()
}

/// Re c and |c| for the point real + i·imaginary.
///
/// # Formula
/// S, the sum of its distances to both ends over hi − lo, gives |c| = S − √(S² − 1), and X = (lo + hi − 2·real)/(hi − lo) gives
/// Re c = 2·X·|c|²/(1 + |c|²).
fn complex_inside(real: &Rational, imaginary: &Rational, lo: &Rational, hi: &Rational) -> (Enclosure, Enclosure) {
    let distance = |end: &Rational| around(&(Rational::from(end - real).square() + imaginary.clone().square())).sqrt();
    let length = Rational::from(hi - lo);
    let sum = &(&distance(lo) + &distance(hi)) * &around(&length.clone().recip());
    let modulus = (&sum + &(&sum.square() - &one()).sqrt()).recip();
    let square = modulus.square();
    let x = around(&((Rational::from(lo + hi) - Rational::from(real * 2u32)) / length));
    (&twice(&(&x * &square)) * &(&one() + &square).recip(), modulus)
}

fn around(value: &Rational) -> Enclosure {
    Enclosure::around(value, PRECISION)
}

fn one() -> Enclosure {
    around(&Rational::from(1))
}

fn twice(value: &Enclosure) -> Enclosure {
    value + value
}

/// base^exponent by squarings.
fn power(base: &Enclosure, exponent: u64) -> Enclosure {
    let bits = u64::BITS - exponent.leading_zeros();
    (0..bits).rev().fold(one(), |result, bit| {
        let square = result.square();
        if exponent >> bit & 1 == 1 { &square * base } else { square }
    })
}
