//! What all systems are compared on: one plan's map, length and domain, the same rows, and where they should be.

use super::system::Reference;
use crate::attention::{Epsilon, EpsilonForm, RowDomain, RowShape, weights};
use crate::circuit::{Circuit, PlacedCircuit, evaluate};
use crate::encrypted::draw_rows;
use crate::error::{Error, Result};
use crate::noise::predict_rows;
use crate::plan::{Job, PlanDocument, Rows, SpecSource};
use crate::real::{Exact, PRECISION, float_to_exact, rational_to_float};
use rayon::prelude::*;
use rug::{Float, Rational};

/// Rows on which errors are measured: at most, at least (corners of the domain come first), and by their scores.
const MOST_ROWS: usize = 32;
const LEAST_ROWS: usize = 6;
const MOST_SCORES: usize = 4096;
/// Errors above 2^1000 are not numbers that anyone compares.
const LARGEST_EXPONENT: i32 = 1000;
/// The seed of rows that are drawn.
const SEED: u64 = 1;
/// Levels between bootstraps where the specification has none: HEaaN's FGb, on which the PowerSoftmax paper runs.
const LEVELS_PER_BOOTSTRAP: u32 = 9;

/// A plan and the rows that systems are compared on.
pub(super) struct Setting {
    pub document: PlanDocument,
    pub job: Job,
    /// Number of keys L.
    pub length: u32,
    /// The domain of D = mean (x/R)^p + ε.
    pub domain: RowDomain,
    /// Relative error that iterations for 1/D are run to.
    pub relative_error: Exact,
    pub levels_per_bootstrap: u32,
    /// Raw scores.
    pub rows: Vec<Vec<f64>>,
    /// In words, where they come from.
    pub rows_source: String,
    power_weights: Vec<Vec<Float>>,
    softmax_weights: Vec<Vec<Float>>,
}

/// A circuit in exact arithmetic on the rows.
pub(super) struct Evaluated {
    /// The weights of each row.
    pub weights: Vec<Vec<Float>>,
    /// A bound on the |value| of each node in any slot of any row.
    pub largest: Vec<f64>,
}

impl Evaluated {
    /// Of one row, from the value of each node in each slot.
    fn of_row(mut values: Vec<Vec<Float>>) -> Result<Self> {
        let largest = |slots: &Vec<Float>| slots.iter().fold(0.0f64, |most, x| most.max(x.to_f64().abs())).next_up();
        let largest = values.iter().map(largest).collect();
        let weights = values.pop().ok_or_else(|| Error::internal("an empty circuit"))?;
        Ok(Self { weights: vec![weights], largest })
    }

    fn joined(mut self, other: Self) -> Self {
        self.weights.extend(other.weights);
        self.largest.iter_mut().zip(other.largest).for_each(|(most, x)| *most = most.max(x));
        self
    }
}

impl Setting {
    /// For rows of `length` keys, or of as many as the scores have, or of the longest length.
    pub(super) fn new(source: &SpecSource, document: PlanDocument, length: Option<u32>) -> Result<Self> {
        let spec = &source.spec;
        let job = Job::of(&document.chosen, spec)?;
        let longest = spec.attention.length.as_slice().iter().copied().max().unwrap_or(1);
        let of_scores = source.rows.as_ref().map(|rows| rows.keys as u32);
        let length = length.or(of_scores).unwrap_or(longest);
        let domain = job.row_domain(spec, length)?;
        let most = (MOST_SCORES / length as usize).clamp(LEAST_ROWS, MOST_ROWS);
        let (rows, rows_source) = match &source.rows {
            Some(scores) => {
                let step = scores.rows.len().div_ceil(most).max(1);
                let some: Vec<_> = scores.rows.iter().step_by(step).cloned().collect();
                let words = format!("of the scores, one in {step}");
                (some, words)
            }
            None => {
                let rows = draw_rows(&domain, job.power, job.bound.to_f64(), most, SEED);
                let first = job.first_domain(spec, length)?;
                let rows = Rows { keys: length as usize, rows };
                // A plan that normalises on the way has a promise of its own.
                let (rows, _) = rows.above(&job.bound, job.first_power(), &first.smallest_mean);
                (rows.rows, format!("drawn from the domain with its corners, seed {SEED}"))
            }
        };
        let shape = job.shape(length)?;
        let epsilon = job.epsilon.clone().unwrap_or(Epsilon { form: EpsilonForm::Sum, value: Exact::default() });
        let exact = |row: &Vec<f64>| power_softmax(row, source, &shape, &epsilon);
        let power_weights = rows.par_iter().map(exact).collect::<Result<_>>()?;
        let softmax_weights = rows.par_iter().map(|row| softmax(row)).collect();
        let target = &spec.target;
        let relative_error = target.relative_error.clone().unwrap_or_else(|| target.max_error.clone());
        let levels = spec.ckks.levels_per_bootstrap;
        let levels_per_bootstrap = if levels > 0 { levels } else { LEVELS_PER_BOOTSTRAP };
        Ok(Self {
            document,
            job,
            length,
            domain,
            relative_error,
            levels_per_bootstrap,
            rows,
            rows_source,
            power_weights,
            softmax_weights,
        })
    }

    /// [a, b] of D.
    pub(super) fn interval(&self) -> (Rational, Rational) {
        (self.domain.a(), self.domain.b())
    }

    /// A circuit on all rows, in exact arithmetic.
    pub(super) fn evaluated(&self, circuit: &Circuit) -> Result<Evaluated> {
        let of_row = |row: &Vec<f64>| Evaluated::of_row(evaluate(circuit, &self.unit(row))?);
        let each = self.rows.par_iter().map(of_row).collect::<Result<Vec<_>>>()?;
        each.into_iter().reduce(Evaluated::joined).ok_or_else(|| Error::internal("a comparison without rows"))
    }

    /// What the weights of each row should be.
    pub(super) fn expected(&self, reference: Reference) -> &[Vec<Float>] {
        match reference {
            Reference::Power => &self.power_weights,
            Reference::Softmax => &self.softmax_weights,
        }
    }

    /// The largest |weight − weight of the reference| over all rows; `None` where it diverges.
    pub(super) fn error(&self, weights: &[Vec<Float>], reference: Reference) -> Option<Rational> {
        let pairs = weights.iter().flatten().zip(self.expected(reference).iter().flatten());
        let all: Vec<Float> = pairs.map(|(y, exact)| Float::with_val(PRECISION, y - exact).abs()).collect();
        let converges = |error: &Float| error.is_finite() && error.get_exp().is_none_or(|e| e < LARGEST_EXPONENT);
        let largest = || all.iter().fold(Float::new(PRECISION), |largest, error| largest.max(error));
        all.iter().all(converges).then(|| float_to_exact(&largest()))
    }

    /// t = x/R of one row.
    fn unit(&self, row: &[f64]) -> Vec<Float> {
        row.iter().map(|x| Float::with_val(PRECISION, x) / &self.job.bound).collect()
    }

    /// The plan's circuit at its own parameters.
    pub(super) fn placed_plan(&self) -> Result<PlacedCircuit> {
        let ckks = &self.document.chosen.ckks;
        self.job.place(self.length, &ckks.chain()?, ckks.scale_bits)
    }

    /// The predicted mean |noise| of a weight of each row.
    ///
    /// # Errors
    /// As [`predict_rows`].
    pub(super) fn predicted(&self, placed: &PlacedCircuit) -> Result<Vec<f64>> {
        let bound = self.job.bound.to_f64();
        let unit = |row: &Vec<f64>| row.iter().map(|x| (x / bound).clamp(-1.0, 1.0)).collect();
        let rows: Vec<Vec<f64>> = self.rows.iter().map(unit).collect();
        Ok(predict_rows(placed, &rows)?.iter().map(|row| row.mean).collect())
    }
}

fn power_softmax(row: &[f64], source: &SpecSource, shape: &RowShape, epsilon: &Epsilon) -> Result<Vec<Float>> {
    let scores: Vec<Rational> = row.iter().map(|&x| Rational::from_f64(x).unwrap_or_default()).collect();
    let exact = weights(source.spec.attention.variant, &scores, shape, epsilon)?;
    Ok(exact.iter().map(rational_to_float).collect())
}

fn softmax(row: &[f64]) -> Vec<Float> {
    let powers: Vec<Float> = row.iter().map(|x| Float::with_val(PRECISION, x).exp()).collect();
    let sum = powers.iter().fold(Float::new(PRECISION), |sum, e| sum + e);
    powers.into_iter().map(|e| e / &sum).collect()
}
