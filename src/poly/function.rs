//! A table as a function on floating-point numbers, for pictures and self-tests: nothing is proved with it.

use super::form::Form;
use super::table::Table;
use super::{Basis, Polynomial, Rule};
use crate::error::Result;
use rug::{Float, Rational};

/// A polynomial with coefficients of some precision, evaluated by Clenshaw's or Horner's recurrence.
#[derive(Debug, Clone)]
pub struct FloatPolynomial {
    basis: Basis,
    width: Float,
    centre: Float,
    coefficients: Vec<Float>,
    bits: u32,
}

impl FloatPolynomial {
    /// The polynomial to a precision of `bits`.
    pub fn new(p: &Polynomial, bits: u32) -> Self {
        Self {
            basis: p.basis,
            width: Float::with_val(bits, Rational::from(&p.hi - &p.lo)),
            centre: Float::with_val(bits, Rational::from(&p.hi + &p.lo)),
            coefficients: p.coefficients.iter().map(|c| Float::with_val(bits, c)).collect(),
            bits,
        }
    }

    /// p(x), rounded at every step.
    pub fn value(&self, x: &Float) -> Float {
        let mut next = Float::new(self.bits);
        if self.basis == Basis::Monomial {
            for c in self.coefficients.iter().rev() {
                next *= x;
                next += c;
            }
            return next;
        }
        let double = (Float::with_val(self.bits, x * 2u32) - &self.centre) * 2u32 / &self.width;
        let mut after = Float::new(self.bits);
        for c in self.coefficients.iter().rev() {
            let sum = Float::with_val(self.bits, &double * &next) - &after + c;
            (after, next) = (next, sum);
        }
        next - double * after / 2u32
    }
}

/// A table as a function.
#[derive(Debug, Clone)]
pub struct TableFunction {
    numbers: Numbers,
    epsilon: Rational,
    bits: u32,
}

#[derive(Debug, Clone)]
enum Numbers {
    Polynomial(FloatPolynomial),
    Doublings { start: Float, steps: Vec<Float> },
    Stages(Rule, Vec<FloatPolynomial>),
}

impl Table {
    /// The table as a function that computes in `bits` bits.
    ///
    /// # Errors
    /// [`crate::error::Error::Input`] when the table has no interval.
    pub fn function(&self, bits: u32) -> Result<TableFunction> {
        let float = |value: &Rational| Float::with_val(bits, value);
        let (lo, hi) = self.hull()?;
        let numbers = match &self.form {
            Form::Polynomial { basis, coefficients, .. } => {
                let coefficients = coefficients.iter().map(|c| c.0.clone()).collect();
                Numbers::Polynomial(FloatPolynomial::new(&Polynomial { basis: *basis, lo, hi, coefficients }, bits))
            }
            Form::Composite { start, steps } => {
                Numbers::Doublings { start: float(start), steps: steps.iter().map(|alpha| float(alpha)).collect() }
            }
            Form::Stages { rule, stages } => {
                let stages = stages.iter().map(|stage| FloatPolynomial::new(&stage.polynomial(), bits));
                Numbers::Stages(*rule, stages.collect())
            }
        };
        Ok(TableFunction { numbers, epsilon: self.target.epsilon.0.clone(), bits })
    }
}

impl TableFunction {
    /// r(x), rounded at every step.
    pub fn value(&self, x: &Float) -> Float {
        let float = |value: u32| Float::with_val(self.bits, value);
        let d = Float::with_val(self.bits, x + &self.epsilon);
        match &self.numbers {
            Numbers::Polynomial(p) => p.value(x),
            Numbers::Doublings { start, steps } => {
                let (mut y, mut r) = (start.clone(), float(1) - Float::with_val(self.bits, start * &d));
                for alpha in steps {
                    y *= Float::with_val(self.bits, &r + 1u32) * alpha;
                    r = Float::with_val(self.bits, r.square_ref()) * alpha - Float::with_val(self.bits, alpha - 1u32);
                }
                y
            }
            Numbers::Stages(Rule::Compose, stages) => stages.iter().fold(d, |s, f| f.value(&s)),
            Numbers::Stages(Rule::Refine, stages) => {
                let (mut y, mut w) = (float(1), d);
                for q in stages {
                    let factor = q.value(&w);
                    y *= &factor;
                    w *= factor.square();
                }
                y
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_float_polynomial_is_the_exact_one_but_for_rounding(
            numbers in proptest::collection::vec(-1000i32..1000, 1..20), n in -64i32..=64, monomial in any::<bool>(),
        ) {
            let basis = if monomial { Basis::Monomial } else { Basis::Chebyshev };
            let coefficients = numbers.into_iter().map(|c| Rational::from((c, 8))).collect();
            let p = Polynomial { basis, lo: Rational::from((-1, 3)), hi: Rational::from(2), coefficients };
            let x = Rational::from((n, 64));
            let value = FloatPolynomial::new(&p, 256).value(&Float::with_val(256, &x));
            let exact = p.value(&x);
            let distance = (value.to_rational().unwrap() - exact).abs();
            prop_assert!(distance < Rational::from(1) >> 180, "{}", distance.to_f64());
        }
    }
}
