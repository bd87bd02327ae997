//! The merged PowerSoftmax circuit, p = 4 on 64 keys, on rows that include the domain's small end.

use super::law::MaximumLaw;
use super::subject::{Sample, Subject};
use crate::attention::{Epsilon, EpsilonForm, RowDomain, RowShape};
use crate::circuit::{ModulusChain, PlacedCircuit, evaluate};
use crate::encrypted::{Backend, CkksBackend, Seed, draw_rows};
use crate::error::{Error, Result};
use crate::fit::{FitRequest, fit};
use crate::noise::{SlotNoise, bound_rows, predict_slots};
use crate::plan::{Ckks, Job};
use crate::real::{Exact, PRECISION};
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rug::{Float, Rational};

const POWER: u32 = 4;
const LENGTH: u32 = 64;
/// ε in unit form is 2^this.
const LOG2_EPSILON: u32 = 8;
const DOUBLINGS: u32 = 6;
/// log2 N.
const LOG_N: u32 = 14;
const SCALE_BITS: u32 = 40;
/// 128 bits of security (ePrint 2024/463: log QP ≤ 430), depth 8.
const LOG_Q: [u32; 9] = [44, 40, 40, 40, 40, 40, 40, 40, 40];
const LOG_P: [u32; 1] = [60];
const LOG2_FAILURE: f64 = -40.0;
/// The seed of the rows, which are the same in every run.
const ROWS_SEED: u64 = 1;

/// The circuit, its rows and what is predicted for them.
pub(super) struct MergedCircuit {
    placed: PlacedCircuit,
    score_bound: Rational,
    /// Raw scores, slot = key·rows + row.
    slots: Vec<f64>,
    /// The weights by the circuit in exact arithmetic.
    exact: Vec<f64>,
    /// The predicted noise of every weight, row by row.
    predictions: Vec<SlotNoise>,
    /// The rigorous bound of each row.
    bounds: Vec<f64>,
}

impl MergedCircuit {
    pub(super) fn new() -> Result<Self> {
        let epsilon = Epsilon { form: EpsilonForm::Unit, value: Exact(Rational::from((1, 1u32 << LOG2_EPSILON))) };
        let shape = RowShape::new(LENGTH, Rational::from(1), POWER)?;
        let domain = RowDomain::new(&shape, Some(&epsilon), &Rational::new())?;
        let table = fit(&FitRequest::composite_reciprocal(domain.a(), domain.b(), DOUBLINGS))?;
        let job = Job::new(POWER, shape.bound.clone(), Some(epsilon), &table, &Ckks::default())?;
        let placed = job.place(LENGTH, &ModulusChain::generate(LOG_N, &LOG_Q, &LOG_P)?, SCALE_BITS)?;

        let rows = draw_rows(&domain, POWER, 1.0, placed.rows(), ROWS_SEED);
        let (mut slots, mut exact) = (vec![0.0; placed.chain.slots()], vec![0.0; placed.chain.slots()]);
        for (row, scores) in rows.iter().enumerate() {
            let unit: Vec<Float> = scores.iter().map(|x| Float::with_val(PRECISION, x)).collect();
            let values = evaluate(&placed.circuit, &unit)?;
            let weights = values.last().ok_or_else(|| Error::internal("an empty circuit"))?;
            let own = |packed: &mut [f64], values: &mut dyn Iterator<Item = f64>| {
                packed.iter_mut().skip(row).step_by(rows.len()).zip(values).for_each(|(slot, value)| *slot = value);
            };
            own(&mut slots, &mut scores.iter().copied());
            own(&mut exact, &mut weights.iter().map(Float::to_f64));
        }
        let predictions = predict_slots(&placed, &rows)?.concat();
        let bounds = bound_rows(&placed, &rows, LOG2_FAILURE, 1)?;
        Ok(Self { placed, score_bound: shape.bound, slots, exact, predictions, bounds })
    }
}

impl Subject for MergedCircuit {
    fn what(&self) -> String {
        format!("merged circuit, p = {POWER}, L = {LENGTH}")
    }

    fn log_n(&self) -> u32 {
        LOG_N
    }

    fn scale_bits(&self) -> u32 {
        SCALE_BITS
    }

    fn slots(&self) -> usize {
        self.slots.len()
    }

    fn observe(&self, rng: &mut ChaCha20Rng) -> Result<Sample> {
        let batch = std::slice::from_ref(&self.slots);
        let (runs, _) = CkksBackend.run(&self.placed, &self.score_bound, batch, Seed::Fixed(rng.random()), &|_| {})?;
        let weights = runs.first().and_then(|run| run.stages.last());
        let weights = weights.ok_or_else(|| Error::internal("a run without weights"))?;
        let errors = weights.slots.iter().zip(&self.exact).map(|(seen, exact)| seen - exact);
        let errors = errors.zip(self.bounds.iter().copied().cycle());
        Ok(Sample::of(errors))
    }

    fn predicted_mean(&self) -> Result<f64> {
        Ok(self.predictions.iter().map(SlotNoise::mean).sum::<f64>() / self.predictions.len() as f64)
    }

    /// Slots are taken as independent.
    fn law(&self) -> Result<MaximumLaw> {
        let exceeding = |t: f64| self.predictions.iter().map(|slot| -(-slot.beyond(t)).ln_1p()).sum();
        Ok(MaximumLaw::new(self.predicted_mean()?, exceeding))
    }

    fn bound(&self) -> Result<f64> {
        Ok(self.bounds.iter().copied().fold(0.0, f64::max))
    }
}
