//! What a proof needs to know of a function: enclosures that are sure, of its values and of its size around them.

use crate::real::{Enclosure, Exact};
use rug::Rational;
use std::cmp::Ordering;

/// Bits at which a size is bounded; it needs no more than its first digits.
const BITS: u32 = 64;

/// A function that can be enclosed. Nothing here is shared with the values that a fit asks for.
pub trait Enclosed {
    /// An interval that holds f(x) for every x in `x`; not finite where f may be undefined.
    fn enclose(&self, x: &Enclosure) -> Enclosure;

    /// A number that |f(z)| does not exceed for z in the rectangle, on which f is then analytic; `None` where that is
    /// not shown.
    fn magnitude(&self, _z: &Rectangle) -> Option<Enclosure> {
        None
    }

    /// How f runs on [lo, hi]: `Less` where it falls strictly, `Greater` where it rises strictly; `None` where it does
    /// neither.
    fn direction(&self, lo: &Rational, hi: &Rational) -> Option<Ordering>;

    /// f(x) in words.
    fn formula(&self) -> String;
}

/// The complex numbers z with Re z in an interval and |Im z| at most a bound.
#[derive(Debug, Clone)]
pub struct Rectangle {
    /// Re z.
    pub re: Enclosure,
    /// [0, largest Im z].
    pub im: Enclosure,
}

impl Rectangle {
    /// The smallest rectangle around the ellipse with foci `lo` and `hi` whose half axes are (hi − lo)/4·(r ± 1/r).
    pub fn around_ellipse(lo: &Rational, hi: &Rational, r: &Rational) -> Self {
        let quarter = Rational::from(hi - lo) / 4u32;
        let (sum, difference) = (r + r.clone().recip(), r - r.clone().recip());
        let centre = Rational::from(hi + lo) / 2u32;
        let (across, up) = (sum * &quarter, difference * quarter);
        Self {
            re: Enclosure::between(&Rational::from(&centre - &across), &(centre + across), BITS),
            im: Enclosure::between(&Rational::new(), &up, BITS),
        }
    }

    /// {|z|}.
    pub fn modulus(&self) -> Enclosure {
        (&self.re.square() + &self.im.square()).sqrt()
    }

    /// Whether |Im z| ≤ bound.
    pub fn is_flat(&self, bound: (u32, u32)) -> bool {
        self.im.hi() <= Rational::from(bound)
    }
}

/// An enclosure of one number.
pub(super) fn constant(value: (i32, u32), like: &Enclosure) -> Enclosure {
    Enclosure::around(&Rational::from(value), like.bits())
}

/// How both forms of GELU run: they fall up to their only extremum and rise from there.
///
/// x·σ(v) with σ(v) between 0 and 1 has the slope σ·(1 + x·v′·σ(−v)); for x < 0, |x|·v′·σ(|v|) grows with |x|, is 0.9953
/// at −3/4 and 1.0144 at −19/25. For Φ(x) + x·φ(x) the values there are 0.00077 and −0.0035, and its derivative
/// (2 − x²)·φ(x) is negative only where |x| > √2.
pub(super) fn gelu_direction(lo: &Rational, hi: &Rational) -> Option<Ordering> {
    match () {
        () if *lo >= Rational::from((-3, 4)) => Some(Ordering::Greater),
        () if *hi <= Rational::from((-19, 25)) => Some(Ordering::Less),
        () => None,
    }
}

/// x + ε, in words.
pub(super) fn shifted(epsilon: &Rational) -> String {
    if *epsilon == 0 { "x".into() } else { format!("(x + {})", Exact(epsilon.clone())) }
}

/// A bound of |1/(1 + e^−z)|.
///
/// Where |Im z| ≤ π/2, Re e^−z ≥ 0 and so |1 + e^−z| ≥ max(1, |e^−z|). To the right of 0, |1 + e^−z| ≥ 1 − e^(−Re z); to
/// the left of it 1/(1 + e^−z) = e^z/(1 + e^z), whose denominator is at least 1 − e^(Re z).
pub(super) fn logistic_magnitude(z: &Rectangle) -> Option<Enclosure> {
    let one = constant((1, 1), &z.re);
    let grown = z.re.exp();
    if z.is_flat((3, 2)) {
        // min(1, e^(Re z)), at its largest.
        return Some(if z.re.is_negative() { grown } else { one });
    }
    if z.re.is_positive() {
        return Some((&one - &(-&z.re).exp()).recip());
    }
    z.re.is_negative().then(|| &grown * &(&one - &grown).recip())
}

#[cfg(test)]
#[path = "enclosed_tests.rs"]
mod tests;
