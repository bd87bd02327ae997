//! Polynomials with exact rational coefficients, in the monomial or the Chebyshev basis.
//!
//! Everything is computed on integers over one common denominator: a table's coefficients are dyadic, and sums of
//! reduced fractions would spend their time on greatest common divisors.

mod dyadic;
mod evaluation;
mod form;
mod function;
mod integer;
mod stages;
pub mod table;

pub use dyadic::Dyadic;
pub use evaluation::{Evaluation, paterson_stockmeyer, with_multiple};
pub use function::{FloatPolynomial, TableFunction};
pub use integer::IntegerPolynomial;
pub(crate) use integer::common_denominator;
pub use stages::{LARGEST_STAGE_COUNT, LARGEST_STAGE_DEGREE, LARGEST_WHOLE_DEGREE, Rule, Stage};

use rug::{Integer, Rational};
use serde::{Deserialize, Serialize};

/// The functions that coefficients multiply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// T_k((2x − lo − hi)/(hi − lo)), with the full c₀: p = c₀ + c₁T₁ + …
    Chebyshev,
    /// x^k.
    Monomial,
}

/// p(x) = Σ c_k·B_k(x), exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct Polynomial {
    /// The functions B_k.
    pub basis: Basis,
    /// Lower end of the interval that the Chebyshev basis maps to −1.
    pub lo: Rational,
    /// Upper end of that interval, mapped to 1.
    pub hi: Rational,
    /// c_0 … c_n.
    pub coefficients: Vec<Rational>,
}

/// The affine map u ↦ (p + q·u)/s with integers, s > 0.
struct AffineMap {
    p: Integer,
    q: Integer,
    s: Integer,
}

impl AffineMap {
    /// u ↦ constant + slope·u.
    fn new(constant: &Rational, slope: &Rational) -> Self {
        let s = Integer::from(constant.denom().lcm_ref(slope.denom()));
        let scaled = |value: &Rational| value.numer() * Integer::from(s.div_exact_ref(value.denom()));
        Self { p: scaled(constant), q: scaled(slope), s: s.clone() }
    }
}

impl Polynomial {
    /// The number of coefficients less one.
    pub fn degree(&self) -> usize {
        self.coefficients.len().saturating_sub(1)
    }

    /// p(x).
    pub fn value(&self, x: &Rational) -> Rational {
        self.substitute(x, &Rational::new()).value(&Rational::new())
    }

    /// The same polynomial in powers of x.
    pub fn to_monomial(&self) -> Self {
        let (zero, one) = (Rational::new(), Rational::from(1));
        let coefficients = self.substitute(&zero, &one).coefficients();
        Self { basis: Basis::Monomial, lo: self.lo.clone(), hi: self.hi.clone(), coefficients }
    }

    /// u ↦ p(lo + (hi − lo)·u): the polynomial on [lo, hi], carried to [0, 1].
    pub fn on_unit(&self, lo: &Rational, hi: &Rational) -> IntegerPolynomial {
        self.substitute(lo, &Rational::from(hi - lo))
    }

    /// u ↦ p(constant + slope·u), by Clenshaw's or Horner's recurrence on polynomials in u.
    fn substitute(&self, constant: &Rational, slope: &Rational) -> IntegerPolynomial {
        let (numerators, denominator) = integer::common_denominator(&self.coefficients);
        let map = match self.basis {
            Basis::Monomial => AffineMap::new(constant, slope),
            Basis::Chebyshev => {
                let width = Rational::from(&self.hi - &self.lo);
                let centre = Rational::from(&self.hi + &self.lo);
                let scale = Rational::from(2 / &width);
                AffineMap::new(&(Rational::from(constant * &scale) - centre / width), &Rational::from(slope * &scale))
            }
        };
        let (sum, power) = match self.basis {
            Basis::Monomial => horner(&numerators, &map),
            Basis::Chebyshev => clenshaw(&numerators, &map),
        };
        IntegerPolynomial::new(sum, denominator * power)
    }
}

/// Σ c_k·y^k·s^n in powers of u for y = (p + qu)/s, and s^n.
///
/// β_k = c_k·s^(n−k) + (p + qu)·β_(k+1), so that no step divides.
fn horner(c: &[Integer], map: &AffineMap) -> (Vec<Integer>, Integer) {
    let mut power = Integer::from(1);
    let mut sum: Vec<Integer> = Vec::new();
    for (k, coefficient) in c.iter().rev().enumerate() {
        if k > 0 {
            power *= &map.s;
            sum = times_affine(&sum, &map.p, &map.q);
        }
        add_constant(&mut sum, Integer::from(coefficient * &power));
    }
    (sum, power)
}

/// Σ c_k·T_k(y)·s^n in powers of u for y = (p + qu)/s, and s^n.
///
/// Clenshaw's β_k = c_k + 2y·β_(k+1) − β_(k+2), carried as s^(n−k)·β_k.
fn clenshaw(c: &[Integer], map: &AffineMap) -> (Vec<Integer>, Integer) {
    let (mut next, mut after) = (Vec::new(), Vec::new());
    let mut power = Integer::from(1);
    let square = Integer::from(map.s.square_ref());
    for (k, coefficient) in c.iter().enumerate().rev() {
        if k + 1 < c.len() {
            power *= &map.s;
        }
        // The last step takes y·β_1, not 2y·β_1: c₀ is full.
        let factor = if k == 0 { 1 } else { 2 };
        let mut sum = times_affine(&next, &Integer::from(&map.p * factor), &Integer::from(&map.q * factor));
        add_constant(&mut sum, Integer::from(coefficient * &power));
        for (term, old) in sum.iter_mut().zip(&after) {
            *term -= Integer::from(old * &square);
        }
        (after, next) = (next, sum);
    }
    (next, power)
}

/// (p + q·u)·a(u).
fn times_affine(a: &[Integer], p: &Integer, q: &Integer) -> Vec<Integer> {
    let mut product: Vec<Integer> = a.iter().map(|term| Integer::from(term * p)).collect();
    if *q != 0 && !a.is_empty() {
        product.push(Integer::new());
        for (term, shifted) in product.iter_mut().skip(1).zip(a) {
            *term += shifted * q;
        }
    }
    product
}

fn add_constant(a: &mut Vec<Integer>, constant: Integer) {
    match a.first_mut() {
        Some(first) => *first += constant,
        None => a.push(constant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rational() -> impl Strategy<Value = Rational> {
        (-1000i64..1000, 1i64..60).prop_map(Rational::from)
    }

    fn polynomial(basis: Basis) -> impl Strategy<Value = Polynomial> {
        (rational(), 1i64..50, proptest::collection::vec(rational(), 1..9)).prop_map(
            move |(lo, width, coefficients)| {
                let hi = &lo + Rational::from((width, 7));
                Polynomial { basis, lo, hi, coefficients }
            },
        )
    }

    /// The defining three-term recurrence, term by term.
    fn by_definition(p: &Polynomial, x: &Rational) -> Rational {
        let y = match p.basis {
            Basis::Monomial => x.clone(),
            Basis::Chebyshev => (Rational::from(x * 2) - &p.lo - &p.hi) / Rational::from(&p.hi - &p.lo),
        };
        let (mut now, mut next) = (Rational::from(1), y.clone());
        let mut sum = Rational::new();
        for c in &p.coefficients {
            sum += Rational::from(c * &now);
            let after = match p.basis {
                Basis::Monomial => Rational::from(&next * &y),
                Basis::Chebyshev => Rational::from(&next * &y) * 2 - &now,
            };
            (now, next) = (next, after);
        }
        sum
    }

    proptest! {
        #[test]
        fn the_value_is_the_sum_of_the_basis_functions(
            c in polynomial(Basis::Chebyshev), m in polynomial(Basis::Monomial), x in rational(),
        ) {
            prop_assert_eq!(c.value(&x), by_definition(&c, &x));
            prop_assert_eq!(m.value(&x), by_definition(&m, &x));
        }

        #[test]
        fn changing_the_basis_or_the_interval_does_not_change_the_polynomial(
            p in polynomial(Basis::Chebyshev), x in rational(), u in rational(),
        ) {
            let monomial = p.to_monomial();
            prop_assert_eq!(p.value(&x), monomial.value(&x));
            let (lo, hi) = (Rational::from(-3), Rational::from((7, 2)));
            let place = Rational::from(&hi - &lo) * &u + &lo;
            prop_assert_eq!(p.on_unit(&lo, &hi).value(&u), p.value(&place));
            prop_assert_eq!(monomial.on_unit(&lo, &hi).value(&u), p.value(&place));
        }
    }
}
