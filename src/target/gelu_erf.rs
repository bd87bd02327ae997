//! GELU by its definition, the error function. (Hendrycks and Gimpel, arXiv:1606.08415.)

use super::enclosed::{constant, gelu_direction};
use super::function::within;
use super::{Enclosed, Function, Rectangle};
use crate::real::Enclosure;
use rug::float::Constant;
use rug::{Float, Rational};
use std::cmp::Ordering;

/// Bits beyond those of the argument: erfc of y has a relative error 2y² times that of y.
const GUARD_BITS: u32 = 32;

/// x·Φ(x), Φ(x) = erfc(−x/√2)/2 the normal distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GeluErf;

impl GeluErf {
    /// The name in tables and on the command line.
    pub const NAME: &str = "gelu-erf";
}

/// Φ(x), by erfc so that the left tail keeps its digits.
fn normal(x: &Float) -> Float {
    let root = Float::with_val(x.prec() + GUARD_BITS, 2).sqrt();
    Float::with_val(x.prec(), (-(x / root)).erfc() / 2u32)
}

/// φ(x) = Φ′(x) = e^(−x²/2)/√(2π).
fn density(x: &Float) -> Float {
    let precision = x.prec() + GUARD_BITS;
    let exponent: Float = -(Float::with_val(precision, x.square_ref()) / 2u32);
    let scale = (Float::with_val(precision, Constant::Pi) * 2u32).sqrt();
    Float::with_val(x.prec(), exponent.exp() / scale)
}

impl Function for GeluErf {
    fn value(&self, x: &Float) -> Float {
        normal(x) * x
    }

    /// Φ + x·φ.
    fn derivative(&self, x: &Float) -> Option<Float> {
        Some(normal(x) + density(x) * x)
    }

    /// (2 − x²)·φ.
    fn second_derivative(&self, x: &Float) -> Option<Float> {
        Some((2 - x.clone().square()) * density(x))
    }

    fn zero_in(&self, lo: &Rational, hi: &Rational) -> Option<Rational> {
        within(Rational::new(), lo, hi)
    }
}

impl Enclosed for GeluErf {
    /// x/2·erfc(−x/√2).
    fn enclose(&self, x: &Enclosure) -> Enclosure {
        let half = constant((1, 2), x);
        let argument = &(-x) * &half.sqrt();
        &(x * &half) * &argument.erfc()
    }

    /// |z|·(1 + 2/5·y·e^((y² − x²)/2)) for z = x ± iy.
    ///
    /// From erf(x + iy) − erf(x) = 2i/√π·∫₀^y e^(−(x + it)²) dt, which is at most 2/√π·y·e^(y² − x²), at z/√2, and
    /// 1/√(2π) < 2/5.
    fn magnitude(&self, z: &Rectangle) -> Option<Enclosure> {
        let exponent = &(&z.im.square() - &z.re.square()) * &constant((1, 2), &z.re);
        let excess = &(&constant((2, 5), &z.re) * &z.im) * &exponent.exp();
        Some(&z.modulus() * &(&constant((1, 1), &z.re) + &excess))
    }

    fn direction(&self, lo: &Rational, hi: &Rational) -> Option<Ordering> {
        gelu_direction(lo, hi)
    }

    fn formula(&self) -> String {
        "x/2·(1 + erf(x/√2))".into()
    }
}
