//! A system's circuit on ciphertexts.

use super::document::{Measured, Scope};
use super::forwards::Forwards;
use super::setting::{Evaluated, Setting};
use super::system::Reference;
use crate::circuit::{Cost, Op, PlacedCircuit};
use crate::encrypted::{Backend, CkksBackend, Run, Seed, ValidationSeconds, pack, unpack};
use crate::error::{Error, Result};
use crate::noise::analyse;
use crate::real::{Exact, PRECISION, ceil_decimal, log2};
use rug::{Assign, Float, Rational};

/// Digits after the point of a bound.
const PLACES: u32 = 30;
pub(super) const WITHIN: &str = "within bound";
pub(super) const OUTSIDE: &str = "outside bound";

/// A circuit that can be run, and what it computes in exact arithmetic.
pub(super) struct Trial {
    pub placed: PlacedCircuit,
    pub evaluated: Evaluated,
    pub reference: Reference,
    pub known: Known,
}

/// What the bound on a weight's error is made of.
pub(super) enum Known {
    /// The plan's own total.
    Total(Exact),
    /// |1 − D·y| on the whole domain, beside the analyser's noise there.
    Residual(f64),
    /// The largest error on the rows in exact arithmetic, beside the noise from node to node.
    Rows(Rational),
}

/// A bound on the error of any weight, noise included.
#[derive(Debug, PartialEq)]
pub(super) struct Bounded {
    pub bound: Exact,
    pub over: Scope,
    /// The predicted mean |noise|.
    pub predicted: Option<f64>,
}

impl Trial {
    /// The analysed bound.
    ///
    /// # Errors
    /// [`Error::NoSolution`] where there is none: the circuit must not be run.
    pub(super) fn bounded(&self, setting: &Setting) -> Result<Bounded> {
        let log2_failure = log2(&setting.document.spec.ckks.failure_probability);
        let (bound, over) = match &self.known {
            Known::Total(total) => (total.0.clone(), Scope::Domain),
            Known::Residual(residual) => {
                let budget = analyse(&self.placed, &setting.domain, log2_failure, self.ciphertexts(setting))?;
                if let Some(overflow) = budget.overflow {
                    return Err(Error::NoSolution(overflow));
                }
                (exact(*residual)? * setting.domain.largest_weight() + exact(budget.rigorous)?, Scope::Domain)
            }
            Known::Rows(error) => {
                self.check_padding()?;
                let largest = &self.evaluated.largest;
                let forwards = Forwards::new(&self.placed, largest, log2_failure, self.ciphertexts(setting));
                (exact(forwards.bound()?)? + error, Scope::Rows)
            }
        };
        let predicted = match &self.known {
            Known::Rows(_) => None,
            Known::Total(_) | Known::Residual(_) => {
                let rows = setting.predicted(&self.placed)?;
                Some(rows.iter().sum::<f64>() / rows.len().max(1) as f64)
            }
        };
        Ok(Bounded { bound: Exact(ceil_decimal(&bound, PLACES)), over, predicted })
    }

    /// Zeros beside a row add nothing to a sum of powers; to one of exponentials they do.
    fn check_padding(&self) -> Result<()> {
        let length = self.placed.length;
        let has_sum = self.placed.circuit.nodes().iter().any(|node| matches!(node.op, Op::RowSum(_)));
        if !has_sum || length == self.placed.padded_length() {
            return Ok(());
        }
        Err(Error::NoSolution(format!("rows of {length} keys are padded with zeros, which its row sums would count")))
    }

    fn ciphertexts(&self, setting: &Setting) -> usize {
        setting.rows.len().div_ceil(self.placed.rows())
    }

    /// Runs it on the rows of the setting.
    pub(super) fn run(&self, setting: &Setting, seed: u64, bounded: Bounded) -> Result<Measured> {
        let batches: Vec<Vec<f64>> =
            setting.rows.chunks(self.placed.rows()).map(|rows| pack(&self.placed, rows)).collect();
        let bound = &setting.job.bound;
        let (runs, spent) = CkksBackend.run(&self.placed, bound, &batches, Seed::Fixed(seed), &|_| {})?;
        let errors = self.distances(setting.expected(self.reference), &runs)?;
        let noise = self.distances(&self.evaluated.weights, &runs)?;
        let refreshed = Cost::of(&self.placed.circuit, self.placed.length).refreshed;
        let mut measured = Measured {
            backend: CkksBackend.name().into(),
            seed,
            slots_checked: errors.len() as u64,
            refreshed: u64::from(refreshed) * runs.len() as u64,
            // A NaN must not pass for a small error.
            observed_max: errors.iter().fold(0.0, |most, &x| if x.is_nan() || x > most { x } else { most }),
            observed_mean_bits: mean_bits(&errors),
            noise_mean_bits: mean_bits(&noise),
            predicted_mean_bits: bounded.predicted.map(|mean| -mean.log2()),
            bound: bounded.bound,
            bound_over: bounded.over,
            verdict: OUTSIDE.into(),
            seconds: ValidationSeconds { keys: spent.keys, evaluate: spent.evaluate },
        };
        if measured.is_within() {
            measured.verdict = WITHIN.into();
        }
        Ok(measured)
    }

    /// |weight − expected| of every weight of every row.
    fn distances(&self, expected: &[Vec<Float>], runs: &[Run]) -> Result<Vec<f64>> {
        let stride = self.placed.rows();
        let mut distances = Vec::new();
        for (run, rows) in runs.iter().zip(expected.chunks(stride)) {
            let weights = run.stages.last().ok_or_else(|| Error::internal("a run without weights"))?;
            for (index, row) in rows.iter().enumerate() {
                let seen = unpack(&weights.slots, stride, index, row.len());
                let mut difference = Float::new(PRECISION);
                distances.extend(seen.iter().zip(row).map(|(seen, exact)| {
                    difference.assign(seen - exact);
                    difference.to_f64().abs()
                }));
            }
        }
        Ok(distances)
    }
}

fn mean_bits(errors: &[f64]) -> f64 {
    -(errors.iter().sum::<f64>() / errors.len().max(1) as f64).max(f64::MIN_POSITIVE).log2()
}

fn exact(bound: f64) -> Result<Rational> {
    Rational::from_f64(bound).ok_or_else(|| Error::NoSolution("the noise has no finite bound".into()))
}
