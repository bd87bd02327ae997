//! The merged PowerSoftmax circuit on 64 keys, on rows that include the domain's small end.

use super::laplace_sum::LaplaceSum;
use super::subject::Subject;
use crate::attention::{Epsilon, EpsilonForm, RowDomain, RowShape};
use crate::circuit::{ModulusChain, PlacedCircuit, depth_of_power, evaluate};
use crate::encrypted::{Backend, CkksBackend, Seed, draw_rows};
use crate::error::{Error, Result};
use crate::fit::{FitRequest, fit};
use crate::noise::{SlotNoise, bound_rows, predict_slots};
use crate::plan::{Ckks, Division, Job, Method};
use crate::real::{Exact, PRECISION};
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rug::{Float, Rational};

/// Keys of a row.
const LENGTH: u32 = 64;
/// Bits of P.
const LOG_P: [u32; 1] = [60];
const LOG2_FAILURE: f64 = -40.0;
/// The seed of the rows, which are the same in every run.
const ROWS_SEED: u64 = 1;

/// Which merged circuit, on which parameters: 128 bits of security by ePrint 2024/463.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// p.
    pub power: u32,
    /// k.
    pub doublings: u32,
    /// log2 N.
    pub log_n: u32,
    /// log2 of the scale, and bits of a rescaling prime.
    pub scale_bits: u32,
}

impl Shape {
    /// The circuit beside the primitives: depth 8, log QP ≤ 430.
    pub(super) const DEFAULT: Self = Self { power: 4, doublings: 6, log_n: 14, scale_bits: 40 };

    /// The circuits of the study of circuits: what fits N = 2^14, and deep ones at N = 2^15 (log QP ≤ 868).
    pub(super) fn circuits() -> impl Iterator<Item = Self> {
        let rings = [(14, 40, [3, 4, 5]), (15, 50, [8, 10, 12])];
        let of_ring = |(log_n, scale_bits, doublings): (u32, u32, [u32; 3])| {
            doublings
                .into_iter()
                .flat_map(move |doublings| [2, 4, 6, 8].map(|power| Self { power, doublings, log_n, scale_bits }))
        };
        rings.into_iter().flat_map(of_ring)
    }

    /// log2 1/ε, ε in unit form: the approximation is then off by about 2^-10, relatively, for every k.
    fn log2_epsilon(self) -> u32 {
        2 * self.doublings - 4
    }

    /// q_0 with four bits of headroom, a prime of the scale for each level, one special prime.
    fn chain(self) -> Result<ModulusChain> {
        let depth = depth_of_power(self.power) + self.doublings;
        let mut log_q = vec![self.scale_bits + 4];
        log_q.extend(std::iter::repeat_n(self.scale_bits, depth as usize));
        ModulusChain::generate(self.log_n, &log_q, &LOG_P)
    }
}

/// The circuit, its rows and what is predicted for them.
pub(super) struct MergedCircuit {
    shape: Shape,
    what: String,
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
    pub(super) fn new(shape: Shape, what: String) -> Result<Self> {
        let epsilon = Exact(Rational::from((1, 1u64 << shape.log2_epsilon())));
        let epsilon = Epsilon { form: EpsilonForm::Unit, value: epsilon };
        let row = RowShape::new(LENGTH, Rational::from(1), shape.power)?;
        let domain = RowDomain::new(&row, Some(&epsilon), &Rational::new())?;
        let table = fit(&FitRequest::composite_reciprocal(domain.a(), domain.b(), shape.doublings))?;
        let divisions = vec![Division::new(&table, &[])?];
        let bound = row.bound.clone();
        let job = Job::new(shape.power, bound, Some(epsilon), Method::Merged, divisions, &Ckks::default())?;
        let placed = job.place(LENGTH, &shape.chain()?, shape.scale_bits)?;

        let rows = draw_rows(&domain, shape.power, 1.0, placed.rows(), ROWS_SEED);
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
        Ok(Self { placed, shape, what, score_bound: row.bound, slots, exact, predictions, bounds })
    }
}

impl Subject for MergedCircuit {
    fn what(&self) -> String {
        self.what.clone()
    }

    fn log_n(&self) -> u32 {
        self.shape.log_n
    }

    fn scale_bits(&self) -> u32 {
        self.shape.scale_bits
    }

    fn slots(&self) -> usize {
        self.slots.len()
    }

    fn observe(&self, rng: &mut ChaCha20Rng) -> Result<Vec<(f64, f64)>> {
        let batch = std::slice::from_ref(&self.slots);
        let (runs, _) = CkksBackend.run(&self.placed, &self.score_bound, batch, Seed::Fixed(rng.random()), &|_| {})?;
        let weights = runs.first().and_then(|run| run.stages.last());
        let weights = weights.ok_or_else(|| Error::internal("a run without weights"))?;
        let errors = weights.slots.iter().zip(&self.exact).map(|(seen, exact)| seen - exact);
        Ok(errors.zip(self.bounds.iter().copied().cycle()).collect())
    }

    fn noises(&self) -> Result<Vec<(f64, LaplaceSum)>> {
        let share = 1.0 / self.predictions.len() as f64;
        Ok(self.predictions.iter().map(|&slot| (share, slot.into())).collect())
    }

    fn bound(&self) -> Result<f64> {
        Ok(self.bounds.iter().copied().fold(0.0, f64::max))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::Secret;
    use crate::plan::{SecurityTable, security};

    #[test]
    fn circuits_have_128_bits_of_security_and_several_depths() {
        let mut depths = Vec::new();
        for shape in Shape::circuits().chain([Shape::DEFAULT]) {
            let chain = shape.chain().unwrap();
            let limit = security(SecurityTable::Guidelines2024, Secret::Ternary, shape.log_n, 128).unwrap().unwrap();
            assert!(chain.log_qp() <= f64::from(limit.max_log_qp), "{shape:?}");
            depths.push(chain.levels());
        }
        assert_eq!((depths.len(), depths.iter().min(), depths.iter().max()), (25, Some(&4), Some(&15)));
    }
}
