//! What all systems are compared on: one plan's map, length and domain, the same rows, and where they should be.

use super::system::Reference;
use crate::attention::{Epsilon, EpsilonForm, RowDomain, RowShape, weights};
use crate::circuit::{Circuit, PlacedCircuit, evaluate};
use crate::encrypted::draw_rows;
use crate::error::{Error, Result};
use crate::noise::predict_rows;
use crate::plan::{Job, PlanDocument, Sizes, SpecSource};
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
/// The smallest ring that parameters are looked for in, as log2 N.
const SMALLEST_RING: u32 = 13;

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

/// Parameters that carry a circuit.
pub(super) struct Ring {
    pub sizes: Sizes,
    pub levels: u32,
}

impl Setting {
    pub(super) fn new(source: &SpecSource, document: PlanDocument) -> Result<Self> {
        let spec = &source.spec;
        let job = Job::of(&document.chosen, spec)?;
        let longest = spec.attention.length.as_slice().iter().copied().max().unwrap_or(1);
        let length = source.rows.as_ref().map_or(longest, |rows| rows.keys as u32);
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
                (rows, format!("drawn from the domain with its corners, seed {SEED}"))
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

    /// The largest |weight of the circuit − weight of the reference| over all rows, in exact arithmetic; `None` where it diverges.
    pub(super) fn error(&self, circuit: &Circuit, reference: Reference) -> Result<Option<Rational>> {
        let expected = match reference {
            Reference::Power => &self.power_weights,
            Reference::Softmax => &self.softmax_weights,
        };
        let of_row = |(row, expected): (&Vec<f64>, &Vec<Float>)| -> Result<Vec<Float>> {
            let values = evaluate(circuit, &self.unit(row))?;
            let found = values.last().ok_or_else(|| Error::internal("an empty circuit"))?;
            Ok(found.iter().zip(expected).map(|(y, exact)| Float::with_val(PRECISION, y - exact).abs()).collect())
        };
        let all = self.rows.par_iter().zip(expected).map(of_row).collect::<Result<Vec<_>>>()?.concat();
        let converges = |error: &Float| error.is_finite() && error.get_exp().is_none_or(|e| e < LARGEST_EXPONENT);
        let largest = || all.iter().fold(Float::new(PRECISION), |largest, error| largest.max(error));
        Ok(all.iter().all(converges).then(|| float_to_exact(&largest())))
    }

    /// t = x/R of one row.
    fn unit(&self, row: &[f64]) -> Vec<Float> {
        row.iter().map(|x| Float::with_val(PRECISION, x) / &self.job.bound).collect()
    }

    /// The smallest ring whose security table carries so many levels at the plan's scale; `None` where none does.
    pub(super) fn ring(&self, levels: u32) -> Result<Option<Ring>> {
        let ckks = &self.document.spec.ckks;
        for log_n in SMALLEST_RING..=ckks.max_log_n {
            let extra = vec![0; levels as usize];
            let sizes = Sizes::of_ring(ckks, log_n, self.document.chosen.ckks.scale_bits, extra)?;
            if let Some(sizes) = sizes.filter(Sizes::is_secure) {
                return Ok(Some(Ring { sizes, levels }));
            }
        }
        Ok(None)
    }

    /// The predicted mean |noise| of a weight in the row where it is largest, of a circuit in a ring.
    ///
    /// # Errors
    /// As [`PlacedCircuit::new`] and [`predict_rows`].
    pub(super) fn noise(&self, circuit: Circuit, ring: &Ring) -> Result<f64> {
        let scale = Float::with_val(PRECISION, 1) << ring.sizes.scale_bits;
        let placed = PlacedCircuit::new(circuit, ring.sizes.chain(ring.levels)?, self.length, &scale)?;
        self.predicted(&placed.with_secret(self.job.secret))
    }

    /// The same for the plan at its own parameters.
    pub(super) fn noise_of_plan(&self) -> Result<f64> {
        let ckks = &self.document.chosen.ckks;
        self.predicted(&self.job.place(self.length, &ckks.chain()?, ckks.scale_bits)?)
    }

    fn predicted(&self, placed: &PlacedCircuit) -> Result<f64> {
        let bound = self.job.bound.to_f64();
        let unit = |row: &Vec<f64>| row.iter().map(|x| (x / bound).clamp(-1.0, 1.0)).collect();
        let rows: Vec<Vec<f64>> = self.rows.iter().map(unit).collect();
        Ok(predict_rows(placed, &rows)?.iter().map(|row| row.mean).fold(0.0, f64::max))
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
