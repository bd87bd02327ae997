//! Laws of maps from a row of scores to its weights: y_j = x_j^p / (ε + Σ x_i^p), or what computes it nearly.

use super::{Outcome, asked, require};
use crate::attention::{Epsilon, EpsilonForm, RowShape, Variant, order_gap, power, weights};
use crate::error::Result;
use crate::real::Exact;
use proptest::test_runner::TestCaseError;
use rug::Rational;

/// A map from a row of scores, its shape and ε to the weights, in exact arithmetic.
pub type Weights<'a> = dyn Fn(&[Rational], &RowShape, &Epsilon) -> Result<Vec<Rational>> + 'a;

/// A row of scores with all that its weights depend on.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// x_1 … x_n, n ≤ L; what is left to L counts as 0.
    pub scores: Vec<Rational>,
    /// L, R and p, |x| ≤ R.
    pub shape: RowShape,
    /// ε.
    pub epsilon: Epsilon,
}

impl Row {
    /// u_j = (x_j/R)^p.
    fn units(&self) -> Vec<Rational> {
        self.scores.iter().map(|x| power(&Rational::from(x / &self.shape.bound), self.shape.power)).collect()
    }

    /// m = (1/L)·Σ u_j.
    fn mean(&self) -> Rational {
        self.units().into_iter().fold(Rational::new(), |sum, u| sum + u) / self.shape.length
    }

    fn weights(&self, map: &Weights, law: &str) -> std::result::Result<Vec<Rational>, TestCaseError> {
        if self.shape.bound <= 0 || self.shape.length == 0 {
            return Err(TestCaseError::reject("a row has a bound above 0 and a length of 1 or more"));
        }
        let y = asked(map(&self.scores, &self.shape, &self.epsilon), law)?;
        require(y.len() == self.scores.len(), law, || {
            format!("{} scores have {} weights", self.scores.len(), y.len())
        })?;
        Ok(y)
    }

    fn shown(&self) -> String {
        let numbers = |values: &[Rational]| {
            let texts: Vec<String> = values.iter().map(|v| Exact(v.clone()).typed()).collect();
            texts.join(", ")
        };
        let RowShape { length, bound, power } = &self.shape;
        let Epsilon { form, value } = &self.epsilon;
        format!(
            "scores [{}], L = {length}, R = {}, p = {power}, ε = {} ({form:?})",
            numbers(&self.scores),
            Exact(bound.clone()).typed(),
            value.typed()
        )
    }
}

/// The length-agnostic map itself, exactly.
///
/// # Errors
/// Those of [`weights`].
pub fn exact_weights(scores: &[Rational], shape: &RowShape, epsilon: &Epsilon) -> Result<Vec<Rational>> {
    weights(Variant::LengthAgnostic, scores, shape, epsilon)
}

/// 0 ≤ y_j ≤ 1 + δ for every weight, δ the relative error of the division.
///
/// # Errors
/// Where the law does not hold of this row.
pub fn bounded(map: &Weights, row: &Row, delta: &Rational) -> Outcome {
    let y = row.weights(map, "bounded")?;
    let most = Rational::from(delta + 1u32);
    for (j, y) in y.iter().enumerate() {
        require(*y >= 0 && *y <= most, "bounded", || {
            format!("weight {j} is {:e}, expected from 0 to 1 + {:e}; {}", y.to_f64(), delta.to_f64(), row.shown())
        })?;
    }
    Ok(())
}

/// |Σ y_j − m/D| ≤ δ·m/D with D = m + ε_m: the mass of a row is what ε leaves of it.
///
/// # Errors
/// Where the law does not hold of this row.
pub fn mass(map: &Weights, row: &Row, delta: &Rational) -> Outcome {
    let sum = row.weights(map, "mass")?.into_iter().fold(Rational::new(), |sum, y| sum + y);
    let mean = row.mean();
    let denominator = &mean + row.epsilon.unit(&row.shape);
    let expected = if denominator == 0 { Rational::new() } else { mean / denominator };
    require(Rational::from(&sum - &expected).abs() <= Rational::from(delta * &expected), "mass", || {
        format!("Σ y = {:e}, m/D = {:e}; {}", sum.to_f64(), expected.to_f64(), row.shown())
    })
}

/// The weights of c·x under the bound c·R and the same ε in unit form are those of x under R, for c > 0.
///
/// # Errors
/// Where the law does not hold of this row.
pub fn scale_invariant(map: &Weights, row: &Row, factor: &Rational) -> Outcome {
    let unit = |row: &Row| Epsilon { form: EpsilonForm::Unit, value: Exact(row.epsilon.unit(&row.shape)) };
    let shape = RowShape { bound: Rational::from(&row.shape.bound * factor), ..row.shape.clone() };
    let scores = row.scores.iter().map(|x| Rational::from(x * factor)).collect();
    let (row, scaled) = (Row { epsilon: unit(row), ..row.clone() }, Row { scores, shape, epsilon: unit(row) });
    let same = row.weights(map, "scale invariance")? == scaled.weights(map, "scale invariance")?;
    require(same, "scale invariance", || {
        format!("the weights change by the factor {}; {}", Exact(factor.clone()), row.shown())
    })
}

/// |y_j − x_j^p/(ε_sum + Σ x_i^p)| ≤ δ·x_j^p/(ε_sum + Σ x_i^p): a mean of x^p with ε in mean form is the sum with ε in sum form.
///
/// # Errors
/// Where the law does not hold of this row.
pub fn length_agnostic(map: &Weights, row: &Row, delta: &Rational) -> Outcome {
    let y = row.weights(map, "length-agnostic identity")?;
    let powers: Vec<Rational> = row.scores.iter().map(|x| power(x, row.shape.power)).collect();
    let denominator = powers.iter().fold(row.epsilon.sum(&row.shape), |sum, u| sum + u);
    for (j, (y, u)) in y.iter().zip(powers).enumerate() {
        let expected = if denominator == 0 { Rational::new() } else { Rational::from(&u / &denominator) };
        require(
            Rational::from(y - &expected).abs() <= Rational::from(delta * &expected),
            "length-agnostic identity",
            || format!("weight {j} is {:e}, x^p/(ε + Σ x^p) is {:e}; {}", y.to_f64(), expected.to_f64(), row.shown()),
        )?;
    }
    Ok(())
}

/// Zeros appended to a row, up to L, change no weight and have the weight 0.
///
/// # Errors
/// Where the law does not hold of this row.
pub fn padding(map: &Weights, row: &Row) -> Outcome {
    let y = row.weights(map, "padding")?;
    let mut padded = row.clone();
    padded.scores.resize(row.shape.length as usize, Rational::new());
    let with_zeros = padded.weights(map, "padding")?;
    let (kept, zeros) = with_zeros.split_at(y.len().min(with_zeros.len()));
    let same = kept == y.as_slice() && zeros.iter().all(|y| *y == 0);
    require(same, "padding", || format!("the weights change with zeros after the scores; {}", row.shown()))
}

/// ε in sum, mean and unit form, each made from the one given, is one ε: converted back it is the same number, and the weights are.
///
/// # Errors
/// Where the law does not hold of this row.
pub fn epsilon_conversion(map: &Weights, row: &Row) -> Outcome {
    let law = "conversion of ε";
    let y = row.weights(map, law)?;
    for form in [EpsilonForm::Sum, EpsilonForm::Mean, EpsilonForm::Unit] {
        let converted = row.epsilon.to(form, &row.shape);
        require(converted.to(row.epsilon.form, &row.shape) == row.epsilon, law, || {
            format!("to {form:?} and back it is another number; {}", row.shown())
        })?;
        let other = Row { epsilon: converted, ..row.clone() }.weights(map, law)?;
        require(other == y, law, || format!("in {form:?} form it gives other weights; {}", row.shown()))?;
    }
    Ok(())
}

/// |x_i| < |x_j| makes y_i < y_j, and |x_i| = |x_j| makes y_i = y_j.
///
/// # Errors
/// Where the law does not hold of this row.
pub fn ordered_by_magnitude(map: &Weights, row: &Row) -> Outcome {
    let y = row.weights(map, "order of |x|")?;
    for (i, (x, y_of_x)) in row.scores.iter().zip(&y).enumerate() {
        for (j, (other, y_of_other)) in row.scores.iter().zip(&y).enumerate() {
            require(x.cmp_abs(other) == y_of_x.cmp(y_of_other), "order of |x|", || {
                format!("weights {i} and {j} are not in the order of |x|; {}", row.shown())
            })?;
        }
    }
    Ok(())
}

/// Where |x_i| ≥ |x_j| + g(|x_j|), g the gap of [`order_gap`], y_i − y_j > 2·error: whatever errors up to `error` do to the weights,
/// the order stays. `delta` is the relative error of the division.
///
/// # Errors
/// Where the law does not hold of this row.
pub fn order_preserved(map: &Weights, row: &Row, error: &Rational, delta: &Rational) -> Outcome {
    let y = row.weights(map, "order up to the gap")?;
    let RowShape { length, bound, power } = &row.shape;
    // y_i − y_j = (u_i − u_j)·r(D)/L with r(D) ≥ (1 − δ)/D, worst at the largest D, 1 + ε_m.
    let largest = (row.epsilon.unit(&row.shape) + 1u32) / Rational::from(1u32 - delta);
    let gap = |v: f64| order_gap(v, error.to_f64(), *length, largest.to_f64(), bound.to_f64(), *power);
    let twice = Rational::from(error * 2u32);
    for (i, (x, y_of_x)) in row.scores.iter().zip(&y).enumerate() {
        for (j, (other, y_of_other)) in row.scores.iter().zip(&y).enumerate() {
            let v = other.to_f64().abs();
            let is_beyond = gap(v).is_some_and(|gap| x.to_f64().abs() >= v + gap);
            require(!is_beyond || Rational::from(y_of_x - y_of_other) > twice, "order up to the gap", || {
                format!("weights {i} and {j} are {:e} and {:e}; {}", y_of_x.to_f64(), y_of_other.to_f64(), row.shown())
            })?;
        }
    }
    Ok(())
}
