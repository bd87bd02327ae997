//! The attention weights of one row, exactly, in the four variants.

use super::epsilon::check_power;
use super::{Epsilon, RowShape};
use crate::error::{Error, Result};
use rug::Rational;
use rug::ops::Pow;
use serde::{Deserialize, Serialize};

/// How the row is normalised (Power-Softmax, arXiv 2410.09457).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// x_j^p / Σ x_i^p; undefined on the all-zero row.
    Plain,
    /// x_j^p / (ε + Σ x_i^p), ε in sum form (§4.2).
    Lipschitz,
    /// (x_j/R)^p / (ε_R + Σ (x_i/R)^p): the training form with the public bound R in the place of the maximum.
    Stable,
    /// (x_j^p/L) / (ε' + mean x_i^p), ε' in mean form (Eq 8).
    LengthAgnostic,
}

/// x^p for an even p.
pub fn power(x: &Rational, p: u32) -> Rational {
    Rational::from(x.pow(p))
}

/// The weights y_1 … y_L of one row of scores, exactly; each formula is computed as it is written in [`Variant`].
///
/// `epsilon` is ignored by [`Variant::Plain`]. `shape.length` is L, which may exceed the number of scores given (the
/// rest are masked or zero and add nothing).
///
/// # Errors
/// [`Error::Input`] for an odd or zero power, more scores than L, a score above R, a negative ε, and a row whose
/// denominator is zero.
pub fn weights(variant: Variant, scores: &[Rational], shape: &RowShape, epsilon: &Epsilon) -> Result<Vec<Rational>> {
    check_power(shape.power)?;
    if scores.len() > shape.length as usize {
        return Err(Error::input(format!("expected at most L = {} scores, found {}", shape.length, scores.len())));
    }
    if let Some(score) = scores.iter().find(|x| x.cmp_abs(&shape.bound).is_gt()) {
        return Err(Error::input(format!("score {} exceeds the bound R = {}", score.to_f64(), shape.bound.to_f64())));
    }
    if variant != Variant::Plain && epsilon.value.0 < 0 {
        return Err(Error::input(format!("epsilon: expected a number ≥ 0, found {}", epsilon.value)));
    }
    let (p, l) = (shape.power, shape.length);
    let (numerators, floor): (Vec<Rational>, Rational) = match variant {
        Variant::Plain => (scores.iter().map(|x| power(x, p)).collect(), Rational::new()),
        Variant::Lipschitz => (scores.iter().map(|x| power(x, p)).collect(), epsilon.sum(shape)),
        Variant::Stable => {
            let scaled = scores.iter().map(|x| power(&Rational::from(x / &shape.bound), p)).collect();
            (scaled, epsilon.sum(shape) / shape.bound_power())
        }
        Variant::LengthAgnostic => (scores.iter().map(|x| power(x, p) / l).collect(), epsilon.mean(shape)),
    };
    let denominator = numerators.iter().fold(floor, |sum, u| sum + u);
    if denominator == 0 {
        return Err(Error::input("the row's denominator is zero: all scores are 0 and there is no ε"));
    }
    Ok(numerators.into_iter().map(|u| u / &denominator).collect())
}
