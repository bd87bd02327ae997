//! The interval that the denominator of a row can reach, and the mass that ε takes.

use super::{Epsilon, RowShape};
use crate::error::{Error, Result};
use crate::real::Exact;
use rug::Rational;

/// The proven range of D = m + ε_m, m = (1/L) Σ (x_i/R)^p, over every row with |x_i| ≤ R and m ≥ m_min.
#[derive(Debug, Clone, PartialEq)]
pub struct RowDomain {
    /// Number of keys L.
    pub length: u32,
    /// ε in unit form.
    pub epsilon: Rational,
    /// Smallest mean m_min: 0, or what was promised.
    pub smallest_mean: Rational,
}

impl RowDomain {
    /// The domain of rows of `shape` under ε (`None` for the plain variant), given the promised smallest mean.
    ///
    /// # Errors
    /// [`Error::Input`] for ε ≤ 0, for a promise outside [0, 1], and for the plain variant without a promise.
    pub fn new(shape: &RowShape, epsilon: Option<&Epsilon>, smallest_mean: &Rational) -> Result<Self> {
        if *smallest_mean < 0 || *smallest_mean >= 1 {
            let found = Exact(smallest_mean.clone());
            return Err(Error::input(format!("smallest_mean: expected a number in [0, 1), found {found}")));
        }
        let unit = match epsilon {
            Some(epsilon) if epsilon.value.0 <= 0 => {
                return Err(Error::input(format!("epsilon: expected a positive number, found {}", epsilon.value)));
            }
            Some(epsilon) => epsilon.unit(shape),
            None if *smallest_mean == 0 => {
                return Err(Error::input(
                    "variant = \"plain\" has no ε, so nothing keeps the denominator from 0: promise a positive \
                     smallest_mean or smallest_mean_square, or choose another variant",
                ));
            }
            None => Rational::new(),
        };
        Ok(Self { length: shape.length, epsilon: unit, smallest_mean: smallest_mean.clone() })
    }

    /// The smallest D, a = m_min + ε_m.
    pub fn a(&self) -> Rational {
        Rational::from(&self.smallest_mean + &self.epsilon)
    }

    /// The largest D, b = 1 + ε_m.
    pub fn b(&self) -> Rational {
        Rational::from(&self.epsilon + 1u32)
    }

    /// The mass that a row of mean `m` loses to ε: 1 − Σ y_j = ε_m / (m + ε_m).
    pub fn mass_lost(&self, m: &Rational) -> Rational {
        let denominator = Rational::from(m + &self.epsilon);
        if denominator == 0 { Rational::from(1) } else { Rational::from(&self.epsilon / &denominator) }
    }

    /// The mass that the one-hot row (one score at R, the others 0) loses: there m = 1/L.
    pub fn mass_lost_one_hot(&self) -> Rational {
        self.mass_lost(&Rational::from((1, self.length)))
    }

    /// The largest weight of any row, 1/(L·D) at the least D at which a single score may be R: with m = 1/L where the
    /// promise allows it, else with m = m_min.
    pub fn largest_weight(&self) -> Rational {
        let mean = Rational::from((1, self.length)).max(self.smallest_mean.clone());
        ((mean + &self.epsilon) * self.length).recip()
    }
}
