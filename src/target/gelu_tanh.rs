//! GELU in the form that most models use, by tanh. (Hendrycks and Gimpel, arXiv:1606.08415.)

use super::enclosed::{constant, gelu_direction, logistic_magnitude};
use super::function::within;
use super::sigmoid::{curvature, sigmoid, slope};
use super::{Enclosed, Function, Rectangle};
use crate::real::Enclosure;
use rug::float::Constant;
use rug::{Float, Rational};
use std::cmp::Ordering;

/// Bits beyond those of the argument: σ(v) has a relative error |v| times that of v.
const GUARD_BITS: u32 = 32;
/// The coefficient of x³, over [`UNIT`].
const CUBIC: u32 = 44_715;
const UNIT: u32 = 1_000_000;

/// x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))) = x·σ(v), v = √(8/π)·(x + 0.044715·x³).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GeluTanh;

impl GeluTanh {
    /// The name in tables and on the command line.
    pub const NAME: &str = "gelu-tanh";
}

/// √(8/π)·(a + 0.044715·b).
fn cubic(precision: u32, a: &Float, b: &Float) -> Float {
    let pi = Float::with_val(precision, Constant::Pi);
    let sum = Float::with_val(precision, b * CUBIC) / UNIT + a;
    sum * (Float::with_val(precision, 8) / pi).sqrt()
}

/// x with guard bits, v, v′ and v″.
fn inner(x: &Float) -> [Float; 4] {
    let precision = x.prec() + GUARD_BITS;
    let x = Float::with_val(precision, x);
    let square = Float::with_val(precision, x.square_ref());
    let v = cubic(precision, &x, &Float::with_val(precision, &square * &x));
    let first = cubic(precision, &Float::with_val(precision, 1), &(square * 3u32));
    let second = cubic(precision, &Float::new(precision), &Float::with_val(precision, &x * 6u32));
    [x, v, first, second]
}

impl Function for GeluTanh {
    fn value(&self, x: &Float) -> Float {
        let [wide, v, ..] = inner(x);
        Float::with_val(x.prec(), sigmoid(&v) * wide)
    }

    /// σ(v) + x·σ′(v)·v′.
    fn derivative(&self, x: &Float) -> Option<Float> {
        let [wide, v, first, _] = inner(x);
        Some(Float::with_val(x.prec(), sigmoid(&v) + slope(&v) * wide * first))
    }

    /// 2σ′(v)·v′ + x·(σ″(v)·v′² + σ′(v)·v″).
    fn second_derivative(&self, x: &Float) -> Option<Float> {
        let [wide, v, first, second] = inner(x);
        let outer = slope(&v);
        let bend = curvature(&v) * first.clone().square() + second * &outer;
        Some(Float::with_val(x.prec(), outer * first * 2u32 + wide * bend))
    }

    fn zero_in(&self, lo: &Rational, hi: &Rational) -> Option<Rational> {
        within(Rational::new(), lo, hi)
    }
}

/// √(8/π).
fn factor(like: &Enclosure) -> Enclosure {
    (&constant((8, 1), like) * &Enclosure::pi(like.bits()).recip()).sqrt()
}

impl Enclosed for GeluTanh {
    /// x·σ(v).
    fn enclose(&self, x: &Enclosure) -> Enclosure {
        let cubic = constant((CUBIC as i32, UNIT), x);
        let v = &(&factor(x) * x) * &(&constant((1, 1), x) + &(&cubic * &x.square()));
        x * &v.logistic()
    }

    /// |z|·|σ(v)| with the real and imaginary parts of v in z = x ± iy: a factor times x·(1 + c(x² − 3y²)) and
    /// y·(1 + c(3x² − y²)).
    fn magnitude(&self, z: &Rectangle) -> Option<Enclosure> {
        let (one, three) = (constant((1, 1), &z.re), constant((3, 1), &z.re));
        let cubic = constant((CUBIC as i32, UNIT), &z.re);
        let (x, y) = (z.re.square(), z.im.square());
        let along = &one + &(&cubic * &(&x - &(&three * &y)));
        let across = &one + &(&cubic * &(&(&three * &x) - &y));
        let factor = factor(&z.re);
        let v = Rectangle { re: &(&factor * &z.re) * &along, im: (&(&factor * &z.im) * &across).abs() };
        Some(&z.modulus() * &logistic_magnitude(&v)?)
    }

    fn direction(&self, lo: &Rational, hi: &Rational) -> Option<Ordering> {
        gelu_direction(lo, hi)
    }

    fn formula(&self) -> String {
        "x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))".into()
    }
}
