//! Intervals of multiple-precision floats with outward rounding: every operation contains every exact result.
//!
//! MPFR rounds each elementary function correctly in the direction asked for, so a monotone function of an interval
//! is enclosed by its values at the ends, one rounded down and the other up.

use super::float_to_exact;
use rug::float::{Constant, Round, Special};
use rug::ops::AssignRound;
use rug::{Float, Rational};
use std::cmp::Ordering;
use std::ops::{Add, Mul, Neg, Sub};

/// Numbers beyond 2^this are not made exact, and those within 2^−this of 0 are rounded outward to 0 or to that.
const LARGEST_EXPONENT: i32 = 1 << 20;

/// The closed interval [lo, hi]; both ends have the same precision.
#[derive(Debug, Clone, PartialEq)]
pub struct Enclosure {
    lo: Float,
    hi: Float,
}

/// [`down` rounded down, `up` rounded up]; the whole line where one of them is no number.
fn outward<T>(bits: u32, down: T, up: T) -> Enclosure
where
    Float: AssignRound<T, Round = Round, Ordering = Ordering>,
{
    let lo = Float::with_val_round(bits, down, Round::Down).0;
    let hi = Float::with_val_round(bits, up, Round::Up).0;
    if lo.is_nan() || hi.is_nan() {
        return Enclosure::line(bits);
    }
    Enclosure { lo: -away_from_tiny(-lo), hi: away_from_tiny(hi) }
}

/// The number, or a larger one where it is too near 0.
fn away_from_tiny(value: Float) -> Float {
    if value.get_exp().is_none_or(|exponent| exponent >= -LARGEST_EXPONENT) {
        return value;
    }
    let least = Float::with_val(value.prec(), u32::from(value > 0));
    least >> LARGEST_EXPONENT
}

impl Enclosure {
    /// The tightest interval of `bits` around an exact number.
    pub fn around(value: &Rational, bits: u32) -> Self {
        outward(bits, value, value)
    }

    /// The tightest interval of `bits` around all numbers between two exact ones.
    pub fn between(lo: &Rational, hi: &Rational, bits: u32) -> Self {
        outward(bits, lo, hi)
    }

    /// One float.
    pub fn point(value: &Float) -> Self {
        outward(value.prec(), value, value)
    }

    /// π.
    pub fn pi(bits: u32) -> Self {
        outward(bits, Constant::Pi, Constant::Pi)
    }

    /// cos(2π·k/n).
    pub fn cosine_of_turn(k: u32, n: u32, bits: u32) -> Self {
        let k = Float::with_val(32, k);
        outward(bits, k.cos_u_ref(n), k.cos_u_ref(n))
    }

    /// Bits of both ends.
    pub fn bits(&self) -> u32 {
        self.lo.prec()
    }

    /// Lower end.
    pub fn lo(&self) -> Rational {
        float_to_exact(&self.lo)
    }

    /// Upper end.
    pub fn hi(&self) -> Rational {
        float_to_exact(&self.hi)
    }

    /// Whether both ends are numbers of a size that fits in memory when exact: neither those of a function outside its
    /// domain nor extremely large.
    pub fn is_finite(&self) -> bool {
        let fits = |end: &Float| end.is_zero() || end.get_exp().is_some_and(|e| e <= LARGEST_EXPONENT);
        fits(&self.lo) && fits(&self.hi)
    }

    /// A float inside.
    pub fn middle(&self) -> Float {
        let bits = self.bits();
        let sum = Float::with_val(bits + 1, &self.lo + &self.hi);
        Float::with_val(bits, sum / 2u32)
    }

    /// Whether every number inside is > 0.
    pub fn is_positive(&self) -> bool {
        self.lo > 0
    }

    /// Whether every number inside is < 0.
    pub fn is_negative(&self) -> bool {
        self.hi < 0
    }

    /// {|x|}.
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.lo >= 0 {
            self.clone()
        } else if self.hi <= 0 {
            -self
        } else {
            let mut hi = Float::with_val(self.bits(), -&self.lo);
            hi.max_mut(&self.hi);
            Self { lo: Float::new(self.bits()), hi }
        }
    }

    /// {max(x, 0)}.
    #[must_use]
    pub fn positive_part(&self) -> Self {
        let zero = Float::new(self.bits());
        let part = |end: &Float| if *end > 0 { end.clone() } else { zero.clone() };
        Self { lo: part(&self.lo), hi: part(&self.hi) }
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub fn hull(&self, other: &Self) -> Self {
        let lo = if other.lo < self.lo { &other.lo } else { &self.lo };
        outward(self.bits(), lo, if other.hi > self.hi { &other.hi } else { &self.hi })
    }

    /// {x²}, which does not go below 0.
    #[must_use]
    pub fn square(&self) -> Self {
        let abs = self.abs();
        outward(self.bits(), abs.lo.square_ref(), abs.hi.square_ref())
    }

    /// {1/x}; the whole line where 0 is inside.
    #[must_use]
    pub fn recip(&self) -> Self {
        if self.is_positive() || self.is_negative() {
            outward(self.bits(), self.hi.recip_ref(), self.lo.recip_ref())
        } else {
            Self::line(self.bits())
        }
    }

    /// {√x}; the whole line where a negative number is inside.
    #[must_use]
    pub fn sqrt(&self) -> Self {
        if self.lo >= 0 {
            outward(self.bits(), self.lo.sqrt_ref(), self.hi.sqrt_ref())
        } else {
            Self::line(self.bits())
        }
    }

    /// {exp x}.
    #[must_use]
    pub fn exp(&self) -> Self {
        outward(self.bits(), self.lo.exp_ref(), self.hi.exp_ref())
    }

    /// {ln x}; the whole line where a number ≤ 0 is inside.
    #[must_use]
    pub fn ln(&self) -> Self {
        if self.is_positive() {
            outward(self.bits(), self.lo.ln_ref(), self.hi.ln_ref())
        } else {
            Self::line(self.bits())
        }
    }

    /// {tanh x}.
    #[must_use]
    pub fn tanh(&self) -> Self {
        outward(self.bits(), self.lo.tanh_ref(), self.hi.tanh_ref())
    }

    /// {1 − erf x}, without cancellation.
    ///
    /// Where it is far below the precision it is only known to lie between 0 and e^(−x²): more digits take minutes.
    #[must_use]
    pub fn erfc(&self) -> Self {
        let bits = self.bits();
        if self.lo > 0 && Float::with_val(64, self.lo.square_ref()) > 2 * bits {
            let bound = (-&self.square()).exp();
            return Self { lo: Float::new(bits), hi: bound.hi };
        }
        outward(bits, self.hi.erfc_ref(), self.lo.erfc_ref())
    }

    /// The logistic function {1/(1 + e^−x)}, without cancellation.
    #[must_use]
    pub fn logistic(&self) -> Self {
        let one = Self::around(&Rational::from(1), self.bits());
        (&one + &(-self).exp()).recip()
    }

    /// All numbers: nothing is known.
    fn line(bits: u32) -> Self {
        Self { lo: Float::with_val(bits, Special::NegInfinity), hi: Float::with_val(bits, Special::Infinity) }
    }
}

impl Add for &Enclosure {
    type Output = Enclosure;
    fn add(self, other: Self) -> Enclosure {
        outward(self.bits(), &self.lo + &other.lo, &self.hi + &other.hi)
    }
}

impl Sub for &Enclosure {
    type Output = Enclosure;
    fn sub(self, other: Self) -> Enclosure {
        outward(self.bits(), &self.lo - &other.hi, &self.hi - &other.lo)
    }
}

impl Neg for &Enclosure {
    type Output = Enclosure;
    fn neg(self) -> Enclosure {
        outward(self.bits(), -&self.hi, -&self.lo)
    }
}

impl Mul for &Enclosure {
    type Output = Enclosure;
    fn mul(self, other: Self) -> Enclosure {
        let bits = self.bits();
        if !self.is_finite() || !other.is_finite() {
            return Enclosure::line(bits);
        }
        let pairs = [(&self.lo, &other.hi), (&self.hi, &other.lo), (&self.hi, &other.hi)];
        let first = outward(bits, &self.lo * &other.lo, &self.lo * &other.lo);
        pairs.into_iter().fold(first, |hull, (a, b)| hull.hull(&outward(bits, a * b, a * b)))
    }
}

#[cfg(test)]
#[path = "enclosure_tests.rs"]
mod tests;
