//! A layer's circuit on real ciphertexts: every slot against the function and against the bound.

use super::candidate::Candidate;
use super::document::PlannedLayer;
use super::judge::{Judged, sizes};
use super::spec::{Layer, LayerSpec};
use crate::circuit::{Circuit, evaluate};
use crate::encrypted::{Backend, Seed};
use crate::error::{Error, Result};
use crate::plan::ErrorBudget;
use crate::poly::table::Metric;
use crate::real::{Enclosure, Exact, PRECISION, f64_above, f64_below};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use rug::{Float, Rational};
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// Bits to which the function is known in a slot.
const BITS: u32 = 160;
/// Slots that are evaluated exactly at once.
const CHUNK: usize = 128;
/// How near, relatively, arguments are drawn to the one where the noise bound is largest.
const NEAR_WORST: f64 = 1e-3;
/// The stream of the arguments, another than that of the keys.
const STREAM: u64 = u64::MAX;
/// The seed of the arguments where keys come from the operating system.
const DEFAULT_SEED: u64 = 1;

const WITHIN: &str = "within bound";
const OUTSIDE: &str = "outside bound";

/// The record of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LayerRun {
    /// The hash of the layer's plan without this record.
    pub layer_sha256: String,
    /// What ran it.
    pub backend: String,
    /// The seed of keys, noise and arguments; null where keys and noise came from the operating system.
    pub seed: Option<u64>,
    /// What keys and noise were drawn with.
    pub generator: String,
    /// How many slots were compared.
    pub slots_checked: u64,
    /// The largest error of any slot against the function, in the layer's metric.
    pub observed_max: f64,
    /// −log2 of the mean error.
    pub observed_mean_bits: f64,
    /// The largest error by approximation alone: the circuit in exact arithmetic against the function.
    pub approximation_max: f64,
    /// The largest error by encryption alone: the ciphertexts against the circuit in exact arithmetic, errors of the input included.
    pub encryption_max: f64,
    /// The plan's total.
    pub bound: Exact,
    /// log2(bound / observed_max).
    pub slack_bits: f64,
    /// The bound on noise alone over the largest error by encryption, as log2.
    pub noise_slack_bits: f64,
    /// "within bound" where the largest errors are within the total, the certified approximation and the rigorous noise, else
    /// "outside bound".
    pub verdict: String,
    /// Wall time of keys, and of evaluation.
    pub seconds: LayerSeconds,
}

/// Wall time of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LayerSeconds {
    /// Keys.
    pub keys: f64,
    /// Evaluation on ciphertexts.
    pub evaluate: f64,
}

/// The errors of one slot.
struct SlotErrors {
    whole: f64,
    approximation: f64,
    encryption: f64,
}

/// Runs a planned layer on one full ciphertext of arguments, the ends of the intervals among them.
///
/// # Errors
/// The backend's; [`Error::NotCertified`] for a plan whose parameters its specification does not allow. A bound that does not hold
/// is no error here: it is the verdict.
pub fn run_layer(
    spec: &LayerSpec,
    layer: &Layer,
    planned: &PlannedLayer,
    backend: &dyn Backend,
    seed: Seed,
) -> Result<LayerRun> {
    let candidate = Candidate::new(layer, planned.table.body.clone(), planned.certificate.body.clone())?;
    let sizes = sizes(&spec.ckks, planned.ckks.log_n, planned.ckks.scale_bits, candidate.cost.depth)?;
    let sizes = sizes.ok_or_else(|| Error::NotCertified("field 'ckks': the specification does not allow it".into()))?;
    let judged = Judged::new(layer, &spec.ckks, &candidate, sizes)?;
    let mut rng = ChaCha20Rng::seed_from_u64(seed.number().unwrap_or(DEFAULT_SEED));
    rng.set_stream(STREAM);
    let arguments = arguments(layer, planned.worst_input, judged.placed.chain.slots(), &mut rng);
    let input_error = f64_below(&layer.input_error.0);
    let encrypted: Vec<f64> = arguments.iter().map(|x| off_by(*x, input_error, &mut rng)).collect();
    let (runs, seconds) = backend.run(&judged.placed, &layer.bound(), &[encrypted], seed, &|_| {})?;
    let result = runs.last().and_then(|run| run.stages.last());
    let slots = result.map(|stage| stage.slots.as_slice()).unwrap_or_default();
    let errors = compared(layer, &candidate.circuit, &arguments, slots)?;
    Ok(record(spec, planned, backend, seed, &errors, LayerSeconds { keys: seconds.keys, evaluate: seconds.evaluate }))
}

/// All ends; then in turn x evenly spread, x that are denser near the ends, each drawn from a part of an interval of its own, and x
/// near the one where the noise bound is largest.
fn arguments(layer: &Layer, worst: f64, slots: usize, rng: &mut ChaCha20Rng) -> Vec<f64> {
    let ends: Vec<(f64, f64)> = layer.interval.iter().map(|[lo, hi]| (f64_above(lo), f64_below(hi))).collect();
    let mut found: Vec<f64> = ends.iter().flat_map(|&(lo, hi)| [lo, hi]).take(slots).collect();
    let left = slots - found.len();
    for index in 0..left {
        let Some(&(lo, hi)) = ends.get(index % ends.len().max(1)) else { break };
        let share = (index as f64 + rng.random::<f64>()) / left as f64;
        let x = match index / ends.len() % 3 {
            0 => lo + (hi - lo) * share,
            1 => lo + (hi - lo) * (1.0 - (PI * share).cos()) / 2.0,
            _ if (lo..=hi).contains(&worst) => worst * (1.0 + NEAR_WORST * rng.random_range(-1.0..=1.0)),
            _ => lo + (hi - lo) * rng.random::<f64>(),
        };
        found.push(x.clamp(lo, hi));
    }
    found
}

/// x with an error of at most `most`.
fn off_by(x: f64, most: f64, rng: &mut ChaCha20Rng) -> f64 {
    let error = most * rng.random_range(-1.0..=1.0);
    let moved = x + error;
    // Rounding must not take it further.
    if (moved - x).abs() <= most { moved } else { x }
}

fn compared(layer: &Layer, circuit: &Circuit, arguments: &[f64], slots: &[f64]) -> Result<Vec<SlotErrors>> {
    if slots.len() != arguments.len() {
        return Err(Error::internal("a run has another number of slots than arguments"));
    }
    let target = layer.target()?;
    let (metric, _) = layer.limit()?;
    let bound = layer.bound();
    let chunk = |(arguments, slots): (&[f64], &[f64])| -> Result<Vec<SlotErrors>> {
        let unit: Vec<Float> = arguments.iter().map(|x| Float::with_val(PRECISION, x) / &bound).collect();
        let values = evaluate(circuit, &unit)?.pop().unwrap_or_default();
        let errors = arguments.iter().zip(slots).zip(values).map(|((x, slot), value)| {
            let x = Enclosure::around(&Rational::from_f64(*x).unwrap_or_default(), BITS);
            let f = target.enclosed().enclose(&x).middle();
            let size = if metric == Metric::Relative { f.clone().abs() } else { Float::with_val(BITS, 1) };
            let distance = |a: &Float, b: &Float| (Float::with_val(BITS, a - b).abs() / &size).to_f64();
            let slot = Float::with_val(BITS, *slot);
            SlotErrors {
                whole: distance(&slot, &f),
                approximation: distance(&value, &f),
                encryption: distance(&slot, &value),
            }
        });
        Ok(errors.collect())
    };
    let parts: Vec<Vec<SlotErrors>> =
        arguments.par_chunks(CHUNK).zip(slots.par_chunks(CHUNK)).map(chunk).collect::<Result<_>>()?;
    Ok(parts.into_iter().flatten().collect())
}

fn record(
    spec: &LayerSpec,
    planned: &PlannedLayer,
    backend: &dyn Backend,
    seed: Seed,
    errors: &[SlotErrors],
    seconds: LayerSeconds,
) -> LayerRun {
    // A NaN is larger than every number.
    let larger = |x: f64, y: f64| if y.is_nan() || y > x { y } else { x };
    let largest = |part: fn(&SlotErrors) -> f64| errors.iter().map(part).fold(0.0, larger);
    let observed_max = largest(|e| e.whole);
    let approximation_max = largest(|e| e.approximation);
    let encryption_max = largest(|e| e.encryption);
    let mean = errors.iter().map(|e| e.whole).sum::<f64>() / errors.len().max(1) as f64;
    let bound = planned.error.total.clone();
    LayerRun {
        layer_sha256: planned.sha256(spec),
        backend: backend.name().into(),
        seed: seed.number(),
        generator: backend.generator(seed).into(),
        slots_checked: errors.len() as u64,
        observed_max,
        observed_mean_bits: -mean.log2(),
        approximation_max,
        encryption_max,
        slack_bits: slack(&bound, observed_max),
        noise_slack_bits: slack(&planned.error.noise.rigorous, encryption_max),
        verdict: if holds(planned, observed_max, approximation_max, encryption_max) { WITHIN } else { OUTSIDE }.into(),
        bound,
        seconds,
    }
}

/// Whether the errors are within the total and within both parts of it: most of the total is often approximation, beside which
/// noise far above its own bound would not be seen.
fn holds(planned: &PlannedLayer, observed: f64, approximation: f64, encryption: f64) -> bool {
    let ErrorBudget { approximation: certified, noise, total } = &planned.error;
    // Errors are rounded to the nearest float, so one at its bound may lie above the bound rounded down.
    observed <= f64_below(total) && approximation <= f64_above(certified) && encryption <= f64_above(&noise.rigorous)
}

fn slack(bound: &Exact, observed: f64) -> f64 {
    (f64_above(bound) / observed.max(f64::MIN_POSITIVE)).log2()
}

impl LayerRun {
    /// Whether every slot was within its bound.
    pub fn within_bound(&self) -> bool {
        self.verdict == WITHIN
    }

    /// Checks the record against itself and the plan that it is of. It cannot tell whether a run took place.
    ///
    /// # Errors
    /// [`Error::NotCertified`] naming the field that does not hold; [`Error::OutsideBound`] for a run outside its bound.
    pub(super) fn check(&self, spec: &LayerSpec, planned: &PlannedLayer) -> Result<()> {
        let (observed, approximation, encryption) = (self.observed_max, self.approximation_max, self.encryption_max);
        let sizes = [observed, approximation, encryption];
        let sum = (approximation + encryption) * (1.0 + 1e-9);
        let noise = slack(&planned.error.noise.rigorous, encryption);
        let claims = [
            ("layer_sha256", self.layer_sha256 == planned.sha256(spec)),
            ("backend", self.backend == "ckks"),
            ("slots_checked", self.slots_checked == 1 << (planned.ckks.log_n - 1)),
            ("observed_max", sizes.iter().all(|x| *x >= 0.0) && observed <= sum),
            ("bound", self.bound == planned.error.total),
            ("slack_bits", (self.slack_bits - slack(&self.bound, observed)).abs() <= 1e-6),
            ("noise_slack_bits", (self.noise_slack_bits - noise).abs() <= 1e-6),
            // A mean is at most the largest, up to rounding.
            ("observed_mean_bits", -self.observed_mean_bits <= observed.max(f64::MIN_POSITIVE).log2() + 1e-9),
            ("seconds", self.seconds.keys >= 0.0 && self.seconds.evaluate >= 0.0),
            ("verdict", self.within_bound() == holds(planned, observed, approximation, encryption)),
        ];
        if let Some((field, _)) = claims.iter().find(|(_, holds)| !holds) {
            return Err(Error::NotCertified(format!("field 'validation.{field}' does not hold")));
        }
        if !self.within_bound() {
            return Err(Error::OutsideBound(format!("layer '{}': its record is outside the bound", planned.name)));
        }
        Ok(())
    }
}
