//! What is known of the noise once the key is: the bound and the prediction for the key of this run.

use crate::circuit::PlacedCircuit;
use crate::encrypted::backend::slot_sizes;
use crate::encrypted::seed::Seed;
use crate::error::{Error, Result};
use crate::noise::{GivenKey, given_key};
use crate::plan::{Job, PlanDocument};
use crate::real::{Exact, log2};
use serde::{Deserialize, Serialize};

/// Noise against what the key of the run lets expect, over all weights. No slot has a figure of its own here, because |s(ζ)|² is
/// secret; still, these figures are about one key and belong to studies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct KeyAwareRecord {
    /// A rigorous bound on the noise of a weight of these rows under this key: the largest over the slots.
    pub bound: f64,
    /// With what probability the bounds of all slots may fail, over the noise that is drawn under the key.
    pub failure_probability: Exact,
    /// The least log2 of a slot's own bound over its error.
    pub closest_slot_bits: f64,
    /// Slots outside their own bound.
    pub violations: u64,
    /// Predicted mean |error| under this key.
    pub predicted_mean: f64,
    /// Observed mean |error|.
    pub observed_mean: f64,
}

impl KeyAwareRecord {
    /// Whether a slot is outside its bound just where the nearest is, and no figure is negative or none.
    pub(super) fn is_consistent(&self) -> bool {
        let sizes = [self.bound, self.predicted_mean, self.observed_mean];
        let outside = self.closest_slot_bits < 0.0;
        sizes.iter().all(|x| x.is_finite() && *x >= 0.0) && outside == (self.violations > 0)
    }
}

/// The noise of every row of a set for the key of the run.
pub(super) struct KeyAware {
    rows: Vec<Vec<GivenKey>>,
}

impl KeyAware {
    /// For `rows` of raw scores, in as many ciphertexts as they need.
    pub(super) fn new(
        plan: &PlanDocument,
        job: &Job,
        placed: &PlacedCircuit,
        rows: &[Vec<f64>],
        seed: Seed,
    ) -> Result<Self> {
        if placed.normalisations() > 1 {
            return Err(Error::input("--key-aware: only plans with one division have key-aware figures"));
        }
        let bound = job.bound.to_f64();
        let unit = |x: &f64| (x / bound).clamp(-1.0, 1.0);
        let unit: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().map(unit).collect()).collect();
        let log2_failure = log2(&plan.spec.ckks.failure_probability.0);
        let ciphertexts = rows.len().div_ceil(placed.rows());
        let sizes = slot_sizes(placed, seed)?;
        Ok(Self { rows: given_key(placed, &unit, &sizes, log2_failure, ciphertexts)? })
    }

    /// What is known of one row.
    pub(super) fn row(&self, index: usize) -> &[GivenKey] {
        self.rows.get(index).map_or(&[], Vec::as_slice)
    }
}

/// All rows so far.
#[derive(Default)]
pub(super) struct KeyAwareTally {
    slots: u64,
    bound: f64,
    closest: f64,
    violations: u64,
    predicted: f64,
    observed: f64,
}

impl KeyAwareTally {
    /// Adds the errors by encryption of one row.
    pub(super) fn add(&mut self, errors: &[f64], given: &[GivenKey]) {
        for (error, given) in errors.iter().zip(given) {
            let ratio = error / given.bound;
            self.slots += 1;
            self.bound = self.bound.max(given.bound);
            self.closest = if ratio.is_nan() { f64::INFINITY } else { self.closest.max(ratio) };
            self.violations += u64::from(ratio.is_nan() || ratio > 1.0);
            self.predicted += given.predicted.mean();
            self.observed += error;
        }
    }

    pub(super) fn write(&self, plan: &PlanDocument) -> KeyAwareRecord {
        let mean = |sum: f64| sum / self.slots.max(1) as f64;
        KeyAwareRecord {
            bound: self.bound,
            failure_probability: plan.spec.ckks.failure_probability.clone(),
            closest_slot_bits: -self.closest.clamp(f64::MIN_POSITIVE, f64::MAX).log2(),
            violations: self.violations,
            predicted_mean: mean(self.predicted),
            observed_mean: mean(self.observed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encrypted::backend::{Backend, CkksBackend};
    use crate::encrypted::draw_rows;
    use crate::encrypted::packing::{pack, unpack};
    use crate::noise::{SlotNoise, predict_slots};
    use crate::plan::{Spec, SpecSource, plan};
    use crate::real::PRECISION;
    use rug::Float;

    const RUNS: usize = 24;
    const SPEC: &str = "[attention]\np = 2\nlength = 16\nscore_bound = \"1\"\nepsilon = { form = \"unit\", value = \"2^-4\" }\n\
                        [target]\nmax_error = \"2^-5\"\n[ckks]\nlog_n = 13\nscale_bits = 30\n";

    /// Many ciphertexts of the same rows under one key: no weight leaves the bound for that key, and the mean |error| of each
    /// slot is nearer to what the key lets expect than to what any key does.
    #[test]
    fn the_key_tells_which_slots_are_noisy() {
        let document = plan(&SpecSource::new(Spec::from_toml(SPEC).unwrap(), None).unwrap()).unwrap();
        let job = Job::of(&document.chosen, &document.spec).unwrap();
        let chain = document.chosen.ckks.chain().unwrap();
        let placed = job.place(16, &chain, document.chosen.ckks.scale_bits).unwrap();
        let domain = job.row_domain(&document.spec, 16).unwrap();
        let rows = draw_rows(&domain, job.power, 1.0, placed.rows(), 5);
        let seed = Seed::Fixed(11);
        let known = KeyAware::new(&document, &job, &placed, &rows, seed).unwrap();
        let any: Vec<Vec<SlotNoise>> = predict_slots(&placed, &rows).unwrap();

        let batches = vec![pack(&placed, &rows); RUNS];
        let (runs, _) = CkksBackend.run(&placed, &job.bound, &batches, seed, &|_| {}).unwrap();
        let (mut off_known, mut off_any, mut slots) = (0.0, 0.0, 0.0);
        for (index, row) in rows.iter().enumerate() {
            let unit: Vec<Float> = row.iter().map(|x| Float::with_val(PRECISION, x)).collect();
            let exact = crate::circuit::evaluate(&placed.circuit, &unit).unwrap().pop().unwrap();
            let seen =
                |run: &crate::encrypted::Run| unpack(&run.stages.last().unwrap().slots, placed.rows(), index, 16);
            let seen: Vec<Vec<f64>> = runs.iter().map(seen).collect();
            for (key, exact) in exact.iter().enumerate() {
                let errors: Vec<f64> = seen.iter().map(|slots| (slots[key] - exact.to_f64()).abs()).collect();
                let given = known.row(index)[key];
                assert!(errors.iter().all(|error| *error <= given.bound), "row {index}, key {key}");
                let mean = errors.iter().sum::<f64>() / RUNS as f64;
                off_known += (mean / given.predicted.mean()).log2().abs();
                off_any += (mean / any[index][key].mean()).log2().abs();
                slots += 1.0;
            }
        }
        let (off_known, off_any) = (off_known / slots, off_any / slots);
        println!("off by {off_known:.3} bits in a slot with the key, by {off_any:.3} without");
        // A mean of 24 Gaussian |errors| is off by 0.18 bits in the mean.
        assert!(off_known < 0.22 && off_any > 2.0 * off_known, "{off_known} {off_any}");
    }
}
