//! The Chebyshev witness: an upper bound of a reciprocal table's error in three integers.
//!
//! In the Chebyshev basis the residual D·r − 1 of a near-best table is K·T_{n+1} (relative error) or
//! K·(T_{n+1} − 2a·T_n + a²·T_{n−1}) (absolute error) and very little else. On [−1, 1] the first is at most |K|, the
//! second at most |K|·(1 − 2ay + a²), and the rest at most the sum of its absolute coefficients; so the claim is an
//! inequality between affine functions of y, which holds when it holds at y = ±1.
//!
//! The witness needs no trust: whatever its integers are, the rest is computed exactly from the table, and what comes
//! out is a bound. `proofs/checker/Witness.v` proves that in Coq for the same arithmetic.

use super::subject::{Approximation, Subject};
use crate::poly::table::Metric;
use crate::poly::{Basis, Polynomial, common_denominator};
use crate::target::Target;
use rug::{Complete, Integer, Rational};
use serde::{Deserialize, Serialize};

/// Bits of a beyond those of κ.
const GUARD_BITS: u32 = 64;

/// What the residual nearly is: K·(T_{n+1} − 2a·T_n + a²·T_{n−1}) with a = A/B.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ChebyshevWitness {
    /// A.
    #[serde(with = "text")]
    #[schemars(with = "String")]
    pub a: Integer,
    /// B, not 0.
    #[serde(with = "text")]
    #[schemars(with = "String")]
    pub b: Integer,
    /// K in units of 1/(4su), s the common denominator of the hull's ends and ε, u that of the coefficients.
    #[serde(with = "text")]
    #[schemars(with = "String")]
    pub k: Integer,
}

/// The residual of a table as 4su·(D·r − 1) = Σ e_j·T_j(y) with integers.
#[derive(Debug)]
pub(super) struct ChebyshevResidual {
    e: Vec<Integer>,
    metric: Metric,
    /// 4su.
    full: Integer,
    /// u.
    unit: Integer,
    /// 2s·D at y = −1 and y = 1.
    ends: [Integer; 2],
}

impl ChebyshevResidual {
    /// The residual of what is to be certified, where it is a table that this proof can be about.
    pub fn of(subject: &Subject) -> Option<Self> {
        match (&subject.approximation, &subject.target) {
            (Approximation::Polynomial(p), Target::Reciprocal(reciprocal)) => {
                Self::new(p, &reciprocal.epsilon, subject.metric)
            }
            _ => None,
        }
    }

    /// The residual of a table in the Chebyshev basis of degree ≥ 1 whose hull keeps clear of the pole.
    fn new(p: &Polynomial, epsilon: &Rational, metric: Metric) -> Option<Self> {
        if p.basis != Basis::Chebyshev || p.coefficients.len() < 2 {
            return None;
        }
        let (ends, s) = common_denominator(&[p.lo.clone(), p.hi.clone(), epsilon.clone()]);
        let [lo, hi, epsilon] = <[Integer; 3]>::try_from(ends).ok()?;
        // 2s·D = centre + width·y.
        let (centre, width) = ((&lo + &hi).complete() + epsilon * 2u32, hi - lo);
        let ends = [(&centre - &width).complete(), (&centre + &width).complete()];
        if ends.iter().any(|end| *end == 0) || ends[0].is_negative() != ends[1].is_negative() {
            return None;
        }
        let (m, unit) = common_denominator(&p.coefficients);
        let full: Integer = (&s * &unit).complete() * 4u32;
        let e = residual(&m, &centre, &width, &full);
        Some(Self { e, metric, full, unit, ends })
    }

    /// The witness that the last coefficients suggest.
    pub fn witness(&self) -> ChebyshevWitness {
        let (mut a, mut b, mut k) = (Integer::new(), Integer::from(1), Integer::new());
        if let [.., second, last] = self.e.as_slice() {
            k = last.clone();
            if self.metric == Metric::Absolute && k != 0 {
                // e_n = −2a·e_{n+1}.
                let [low, high] = self.ends.each_ref().map(Integer::significant_bits);
                let bits = GUARD_BITS + low.abs_diff(high);
                a = (-second.clone() << bits).div_rem_round((last * 2u32).complete()).0;
                b <<= bits;
            }
        }
        ChebyshevWitness { a, b, k }
    }

    /// The bound that a witness shows; `None` where it is not one at all.
    pub fn upper(&self, witness: &ChebyshevWitness) -> Option<Rational> {
        let ChebyshevWitness { a, b, k } = witness;
        if *b == 0 {
            return None;
        }
        let rest = self.rest(witness);
        let square = b.square_ref().complete();
        let sides = [(a + b).complete(), (b - a).complete()];
        let bounds = sides.into_iter().zip(&self.ends).map(|(side, end)| {
            let size = side.square() * &*k.as_abs() + &rest;
            Rational::from((size, self.allowed(end) * &square))
        });
        bounds.max()
    }

    /// 4su·|D·r − 1| at an end of the hull where the error is 1.
    fn allowed(&self, end: &Integer) -> Integer {
        match self.metric {
            Metric::Relative => self.full.clone(),
            Metric::Absolute => (&*end.as_abs() * &self.unit).complete() * 2u32,
        }
    }

    /// Whether |D·r − 1| < 1 and D > 0: r > 0 on the hull.
    pub fn is_positive(&self) -> bool {
        self.ends.iter().all(|end| *end > 0) && self.norm(|_| Integer::from(1)) < self.full
    }

    /// Whether r decreases strictly on the hull.
    ///
    /// With ρ = D·r − 1, r' = (ρ'·D − (1 + ρ))/D² < 0 where |ρ'|·|D| < 1 − |ρ|; and |T_j'| ≤ j².
    pub fn is_decreasing(&self) -> bool {
        // Twice that of `new`: 2s·(D(hi) − D(lo)); so |ρ'|·|D| ≤ slope/full · 4s/width · max|2sD|/2s.
        let width = (&self.ends[1] - &self.ends[0]).complete();
        let [low, high] = self.ends.each_ref().map(|end| end.abs_ref().complete());
        let slope = self.norm(|j| Integer::from(j) * j);
        slope * low.max(high) * 2u32 < (&self.full - self.norm(|_| Integer::from(1))) * width
    }

    /// Σ weight(j)·|e_j|.
    fn norm(&self, weight: impl Fn(u64) -> Integer) -> Integer {
        self.e.iter().zip(0u64..).fold(Integer::new(), |sum, (e, j)| sum + weight(j) * &*e.as_abs())
    }

    /// Σ |B²·e_j − w_j| for w = K·(B²·T_{n+1} − 2AB·T_n + A²·T_{n−1}).
    fn rest(&self, ChebyshevWitness { a, b, k }: &ChebyshevWitness) -> Integer {
        let square = b.square_ref().complete();
        let w = [(k * &square).complete(), (a * b).complete() * k * -2i32, a.square_ref().complete() * k];
        let (head, tail) = self.e.split_at(self.e.len().saturating_sub(w.len()));
        let sum = head.iter().fold(Integer::new(), |mut sum, e| {
            sum += &*e.as_abs();
            sum
        });
        let left = |(e, w): (&Integer, &Integer)| ((e * &square).complete() - w).abs();
        tail.iter().rev().zip(&w).fold(sum * &square, |sum, pair| sum + left(pair))
    }
}

/// 2(centre + width·y)·Σ m_j·T_j(y) − full in the Chebyshev basis: 2y·T_j = T_{j+1} + T_{j−1}.
fn residual(m: &[Integer], centre: &Integer, width: &Integer, full: &Integer) -> Vec<Integer> {
    let zero = Integer::new();
    let at = |j: usize| m.get(j).unwrap_or(&zero);
    let double = (centre * 2u32).complete();
    let mut e: Vec<Integer> = (0..=m.len())
        .map(|j| {
            let mut sum = at(j + 1).clone();
            if let Some(before) = j.checked_sub(1) {
                sum += at(before);
            }
            if j == 1 {
                sum += at(0);
            }
            sum * width + &double * at(j)
        })
        .collect();
    if let Some(constant) = e.first_mut() {
        *constant -= full;
    }
    e
}

/// Integers as decimal text.
mod text {
    use rug::Integer;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Longer ones are refused: no table that can be certified needs them.
    const LONGEST: usize = 65_536;

    pub fn serialize<S: Serializer>(value: &Integer, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Integer, D::Error> {
        let text = String::deserialize(deserializer)?;
        let short = Some(&text).filter(|text| text.len() <= LONGEST);
        let value = short.and_then(|text| Integer::from_str_radix(text, 10).ok());
        value.ok_or_else(|| D::Error::custom(format!("expected a decimal integer of at most {LONGEST} digits as text")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poly::table::{Form, TargetName};
    use crate::real::Exact;
    use proptest::prelude::*;

    /// A table Σ c_j/64·T_j on [lo, lo + width], all in tenths.
    fn subject(c: &[i64], lo: i64, width: i64, epsilon: i64, metric: Metric) -> Option<Subject> {
        let tenths = |n: i64| Exact(Rational::from((n, 10)));
        let coefficients = c.iter().map(|&c| Rational::from((c, 64))).collect();
        let form = Form::polynomial(Basis::Chebyshev, coefficients, 6).unwrap();
        let target = TargetName { name: "reciprocal".into(), epsilon: tenths(epsilon) };
        Subject::new(&form, &target, &[[tenths(lo), tenths(lo + width)]], metric).ok()
    }

    proptest! {
        #[test]
        fn whatever_the_witness_what_it_shows_is_true(
            c in proptest::collection::vec(-200i64..200, 2..8), lo in -30i64..30, width in 1i64..40, epsilon in -9i64..9,
            metric in prop_oneof![Just(Metric::Relative), Just(Metric::Absolute)], own in any::<bool>(),
            (a, b, k) in (-60i64..60, -60i64..60, -100_000i64..100_000), place in 0i64..200,
            step in 1i64..=200,
        ) {
            let Some(subject) = subject(&c, lo, width, epsilon, metric) else { return Ok(()) };
            let residual = ChebyshevResidual::of(&subject).unwrap();
            let witness = ChebyshevWitness { a: a.into(), b: b.into(), k: k.into() };
            let witness = if own { residual.witness() } else { witness };
            let Some(upper) = residual.upper(&witness) else {
                prop_assert_eq!(b, 0);
                return Ok(());
            };
            let (low, high) = subject.segments[0].clone();
            let x = Rational::from(&high - &low) * Rational::from((place, 200)) + &low;
            prop_assert!(subject.error_at(&x) <= upper);
            if residual.is_positive() {
                prop_assert!(subject.value(&x).unwrap().0 > 0);
            }
            if residual.is_decreasing() {
                let later = Rational::from(&high - &low) * Rational::from(((place + step).min(200), 200)) + &low;
                prop_assert!(subject.value(&x).unwrap().0 > subject.value(&later).unwrap().1);
            }
        }
    }

    /// Its residual is below 0.1, and yet it turns upward near 1.
    #[test]
    fn a_quadratic_that_turns_upward_is_not_called_decreasing() {
        let turning = subject(&[96, -64, 19], 0, 10, 3, Metric::Relative).unwrap();
        assert!(turning.value(&turning.segments[0].1) > turning.value(&Rational::from((9, 10))));
        assert!(ChebyshevResidual::of(&turning).is_some_and(|r| r.is_positive() && !r.is_decreasing()));
    }

    #[test]
    fn only_chebyshev_tables_away_from_the_pole_have_a_residual() {
        assert!(subject(&[1, 2], 1, 5, 0, Metric::Relative).is_some_and(|s| ChebyshevResidual::of(&s).is_some()));
        assert!(subject(&[1], 1, 5, 0, Metric::Relative).is_some_and(|s| ChebyshevResidual::of(&s).is_none()));
        assert!(subject(&[1, 2], -1, 5, 0, Metric::Relative).is_none());
    }

    #[test]
    fn a_witness_is_text_and_nothing_else() {
        let witness = ChebyshevWitness { a: (-3).into(), b: 4.into(), k: Integer::from(1) << 80 };
        let text = serde_json::to_string(&witness).unwrap();
        assert_eq!(text, r#"{"a":"-3","b":"4","k":"1208925819614629174706176"}"#);
        assert_eq!(serde_json::from_str::<ChebyshevWitness>(&text).unwrap(), witness);
        for wrong in [r#"{"a":"x","b":"4","k":"1"}"#, r#"{"a":1,"b":"4","k":"1"}"#, r#"{"a":"1","b":"4"}"#] {
            assert!(serde_json::from_str::<ChebyshevWitness>(wrong).is_err());
        }
    }
}
