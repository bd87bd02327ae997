//! Polynomials in powers of u with integer coefficients over one positive denominator.

use rug::{Integer, Rational};

/// (Σ n_i·u^i)/d with d > 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegerPolynomial {
    numerators: Vec<Integer>,
    denominator: Integer,
}

/// The numbers as integers over their least common denominator; by shifts where that is a power of two.
pub(crate) fn common_denominator(values: &[Rational]) -> (Vec<Integer>, Integer) {
    let denominator = values.iter().fold(Integer::from(1), |lcm, value| {
        if lcm.is_divisible(value.denom()) { lcm } else { lcm.lcm(value.denom()) }
    });
    let (dyadic, bits) = (denominator.is_power_of_two(), denominator.significant_bits());
    let scaled = |value: &Rational| {
        if dyadic {
            return Integer::from(value.numer() << (bits - value.denom().significant_bits()));
        }
        Integer::from(denominator.div_exact_ref(value.denom())) * value.numer()
    };
    (values.iter().map(scaled).collect(), denominator)
}

impl IntegerPolynomial {
    /// (Σ n_i·u^i)/d; a negative `denominator` gives its sign to the numerators.
    pub fn new(mut numerators: Vec<Integer>, mut denominator: Integer) -> Self {
        if denominator < 0 {
            denominator = -denominator;
            numerators.iter_mut().for_each(|n| *n = Integer::from(-&*n));
        }
        Self { numerators, denominator }
    }

    /// constant + slope·u.
    pub fn affine(constant: &Rational, slope: &Rational) -> Self {
        let (numerators, denominator) = common_denominator(&[constant.clone(), slope.clone()]);
        Self { numerators, denominator }
    }

    /// n_0 … n_m: the polynomial up to its positive denominator, which no sign depends on.
    pub fn numerators(&self) -> &[Integer] {
        &self.numerators
    }

    /// The coefficients as reduced fractions.
    pub fn coefficients(&self) -> Vec<Rational> {
        self.numerators.iter().map(|n| Rational::from((n, &self.denominator))).collect()
    }

    /// The value at u.
    pub fn value(&self, u: &Rational) -> Rational {
        let (sum, power) = homogeneous_value(&self.numerators, u.numer(), u.denom());
        Rational::from((sum, power * &self.denominator))
    }

    /// The derivative in u.
    #[must_use]
    pub fn derivative(&self) -> Self {
        let terms = self.numerators.iter().enumerate().skip(1);
        Self {
            numerators: terms.map(|(i, n)| Integer::from(n * i as u64)).collect(),
            denominator: self.denominator.clone(),
        }
    }

    /// The product with another polynomial; meant for a factor of small degree.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        let length = (self.numerators.len() + other.numerators.len()).saturating_sub(1);
        let mut product = vec![Integer::new(); length];
        for (shift, factor) in other.numerators.iter().enumerate() {
            for (term, n) in product.iter_mut().skip(shift).zip(&self.numerators) {
                *term += n * factor;
            }
        }
        Self { numerators: product, denominator: Integer::from(&self.denominator * &other.denominator) }
    }

    /// The sum with another polynomial.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let denominator = Integer::from(self.denominator.lcm_ref(&other.denominator));
        let (f, g) = (
            Integer::from(denominator.div_exact_ref(&self.denominator)),
            Integer::from(denominator.div_exact_ref(&other.denominator)),
        );
        let mut numerators: Vec<Integer> = self.numerators.iter().map(|n| Integer::from(n * &f)).collect();
        numerators.resize(self.numerators.len().max(other.numerators.len()), Integer::new());
        for (sum, n) in numerators.iter_mut().zip(&other.numerators) {
            *sum += n * &g;
        }
        Self { numerators, denominator }
    }

    /// The polynomial with the opposite sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        let numerators = self.numerators.iter().map(|n| Integer::from(-n)).collect();
        Self { numerators, denominator: self.denominator.clone() }
    }
}

/// s^m·Σ a_i·(p/s)^i and s^m, without a division.
fn homogeneous_value(a: &[Integer], p: &Integer, s: &Integer) -> (Integer, Integer) {
    let mut power = Integer::from(1);
    let mut sum = Integer::new();
    for (k, term) in a.iter().rev().enumerate() {
        if k > 0 {
            power *= s;
        }
        sum *= p;
        sum += term * &power;
    }
    (sum, power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn polynomial() -> impl Strategy<Value = IntegerPolynomial> {
        (proptest::collection::vec(-99i64..99, 0..7), 1i64..40).prop_map(|(numerators, denominator)| {
            IntegerPolynomial::new(numerators.into_iter().map(Integer::from).collect(), Integer::from(denominator))
        })
    }

    proptest! {
        #[test]
        fn arithmetic_is_that_of_the_values(a in polynomial(), b in polynomial(), n in -50i64..50, d in 1i64..50) {
            let u = Rational::from((n, d));
            prop_assert_eq!(a.times(&b).value(&u), a.value(&u) * b.value(&u));
            prop_assert_eq!(a.plus(&b).value(&u), a.value(&u) + b.value(&u));
            prop_assert_eq!(a.negated().value(&u), -a.value(&u));
            let product_rule = a.derivative().times(&b).plus(&a.times(&b.derivative()));
            prop_assert_eq!(a.times(&b).derivative().value(&u), product_rule.value(&u));
        }
    }
}
