//! What a study writes: its samples, and what they say beside the predictions.

use super::law::{CONFIDENCE, MaximumLaw};
use super::prediction::{ALPHAS, Prediction};
use super::sample::{Sample, figures, runs};
use super::subject::Subject;
use crate::document::Body;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use statrs::distribution::{Beta, ChiSquared, ContinuousCDF};

/// The share of runs that a predicted quantile is to cover.
const NOMINAL_COVERAGE: f64 = 0.99;
/// Cells of equal probability in the χ² test, at most, and the least number of runs expected in each.
const MOST_CELLS: usize = 20;
const LEAST_EXPECTED: usize = 5;
/// No ring has more slots.
const MOST_SLOTS: u64 = 1 << 16;

/// The document of a study, whole or in part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NoiseStudy {
    /// Which way of drawing made it: another version of this program may draw otherwise.
    #[serde(default)]
    pub recipe: u32,
    /// Runs that were asked for, over all shards.
    pub runs: u64,
    /// The seed.
    pub seed: u64,
    /// Whether the subjects are merged circuits of several p and depths.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub circuits: bool,
    /// Runs that the subject with the fewest lacks: those of other shards, or still to be made.
    pub missing: u64,
    /// One for each subject that has runs.
    pub rows: Vec<StudyRow>,
    /// What was observed, in the order of the subjects.
    pub samples: Vec<Samples>,
    /// Wall time of all runs.
    pub seconds: f64,
}

impl Body for NoiseStudy {
    const KIND: &'static str = "noise-study";
}

/// The runs of one subject, ascending; each list is one string.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Samples {
    /// The primitive or circuit.
    pub what: String,
    /// Index of each run.
    #[serde(with = "runs")]
    #[schemars(with = "String")]
    pub index: Vec<u64>,
    /// Σ |error| over the slots.
    #[serde(with = "figures")]
    #[schemars(with = "String")]
    pub sum: Vec<f64>,
    /// The largest |error|.
    #[serde(with = "figures")]
    #[schemars(with = "String")]
    pub maximum: Vec<f64>,
    /// The largest |error| of a slot over the rigorous bound for its own inputs.
    #[serde(with = "figures")]
    #[schemars(with = "String")]
    pub closest: Vec<f64>,
    /// Slots beyond the predicted quantiles of a slot's error.
    #[serde(with = "figures")]
    #[schemars(with = "String")]
    pub beyond: Vec<[u64; ALPHAS.len()]>,
    /// Slots outside the rigorous bound.
    #[serde(with = "figures")]
    #[schemars(with = "String")]
    pub violations: Vec<u64>,
}

/// One subject: predictions and measurements. Errors are absolute, on the slots' values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StudyRow {
    /// The primitive or circuit.
    pub what: String,
    /// log2 N.
    pub log_n: u32,
    /// log2 of the scale.
    pub scale_bits: u32,
    /// Runs, each on fresh keys.
    pub runs: u64,
    /// −log2 of the predicted mean |error|.
    pub predicted_mean_bits: f64,
    /// −log2 of the mean |error| over slots and runs.
    pub measured_mean_bits: f64,
    /// Of the largest error of a run.
    pub quantiles: Vec<Quantile>,
    /// Of the error of a slot, over all slots of all runs.
    pub slot_quantiles: Vec<SlotQuantile>,
    /// How many runs a predicted quantile covers.
    pub coverage: Coverage,
    /// Of the largest errors of the runs, with their predicted distribution.
    pub goodness_of_fit: GoodnessOfFit,
    /// Slots outside the rigorous bound.
    pub rigorous_violations: u64,
    /// log2 of the bound at the largest inputs studied over the largest error observed.
    pub rigorous_slack_bits: f64,
    /// The least log2 of a slot's bound, at its own inputs, over its error.
    pub closest_slot_bits: f64,
}

/// The error that the largest one of a run exceeds with probability α.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Quantile {
    /// α.
    pub alpha: f64,
    /// As predicted.
    pub predicted: f64,
    /// As measured: the largest error that α of the runs reach.
    pub measured: f64,
    /// Where 95 % of all studies of so many runs would measure it, if the prediction is right.
    pub interval: [f64; 2],
}

/// The error that a slot exceeds with probability α, over all slots and messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SlotQuantile {
    /// α.
    pub alpha: f64,
    /// As predicted.
    pub predicted: f64,
    /// The share of the slots that exceed it.
    pub observed: f64,
    /// The Clopper–Pearson interval of that share, with 95 % confidence. It takes slots as independent, which those of one row of a
    /// circuit are not.
    pub interval: [f64; 2],
    /// By how many bits errors are larger than predicted: those of the observed share, predicted, against the quantile.
    pub bits: f64,
}

/// How many runs stay within the quantile that was predicted for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Coverage {
    /// The share predicted.
    pub nominal: f64,
    /// The share observed.
    pub observed: f64,
    /// The Clopper–Pearson interval of the share, with 95 % confidence.
    pub interval: [f64; 2],
}

/// The χ² test of Pearson, over cells of equal probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct GoodnessOfFit {
    /// Σ (observed − expected)²/expected.
    pub statistic: f64,
    /// Cells − 1.
    pub degrees_of_freedom: u64,
    /// The probability of at least such a statistic under the predicted distribution.
    pub p_value: f64,
}

impl Samples {
    pub(super) fn new(what: String) -> Self {
        Self {
            what,
            index: Vec::new(),
            sum: Vec::new(),
            maximum: Vec::new(),
            closest: Vec::new(),
            beyond: Vec::new(),
            violations: Vec::new(),
        }
    }

    /// Puts a run in its place; one that is there already must be the same.
    pub(super) fn insert(&mut self, run: u64, sample: Sample) -> Result<()> {
        match self.index.binary_search(&run) {
            Ok(place) if self.at(place) == Some((run, sample)) => Ok(()),
            Ok(_) => Err(Error::input(format!("run {run} of {} differs between the studies", self.what))),
            Err(place) => {
                self.index.insert(place, run);
                self.sum.insert(place, sample.sum);
                self.maximum.insert(place, sample.maximum);
                self.closest.insert(place, sample.closest);
                self.beyond.insert(place, sample.beyond);
                self.violations.insert(place, sample.violations);
                Ok(())
            }
        }
    }

    pub(super) fn has(&self, run: u64) -> bool {
        self.index.binary_search(&run).is_ok()
    }

    fn at(&self, place: usize) -> Option<(u64, Sample)> {
        let sample = Sample {
            sum: *self.sum.get(place)?,
            maximum: *self.maximum.get(place)?,
            closest: *self.closest.get(place)?,
            beyond: *self.beyond.get(place)?,
            violations: *self.violations.get(place)?,
        };
        Some((*self.index.get(place)?, sample))
    }

    /// The first run that is here.
    pub(super) fn first(&self) -> Option<(u64, Sample)> {
        self.at(0)
    }

    /// The runs with their samples.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, Sample)> + '_ {
        (0..self.index.len()).filter_map(|place| self.at(place))
    }

    /// Refuses lists that do not belong together, which only a document that was changed can have.
    pub(super) fn check(&self, runs: u64) -> Result<()> {
        let count = self.index.len();
        let lists = [self.sum.len(), self.maximum.len(), self.closest.len(), self.beyond.len(), self.violations.len()];
        let same = lists == [count; 5];
        let ascending = self.index.is_sorted_by(|a, b| a < b) && self.index.last().is_none_or(|&last| last < runs);
        let sizes = self.sum.iter().chain(&self.maximum).chain(&self.closest).all(|x| x.is_finite() && *x >= 0.0);
        // A slot outside its bound is nearer to it than 1, up to rounding, and the other way round; no run is without any error.
        let mut nearest = self.closest.iter().zip(&self.violations);
        let together = nearest.all(|(&closest, &count)| if count > 0 { closest >= 1.0 } else { closest <= 1.0 });
        let counts = self.beyond.iter().flatten().chain(&self.violations);
        let counted = counts.into_iter().all(|count| *count <= MOST_SLOTS) && self.maximum.iter().all(|x| *x > 0.0);
        if same && ascending && sizes && together && counted {
            return Ok(());
        }
        Err(Error::input(format!("field 'samples': the runs of '{}' are not a list of runs below {runs}", self.what)))
    }
}

impl StudyRow {
    /// What the samples of a subject say; there must be some.
    pub(super) fn new(subject: &dyn Subject, predicted: &Prediction, samples: &Samples) -> Result<Self> {
        let runs = samples.index.len();
        let slots = runs * subject.slots();
        let law = &predicted.of_run;
        let mut maxima = samples.maximum.clone();
        maxima.sort_by(f64::total_cmp);
        let largest = maxima.last().copied().unwrap_or_default();
        let limit = law.quantile(1.0 - NOMINAL_COVERAGE);
        let covered = maxima.iter().filter(|&&maximum| maximum <= limit).count();
        let mean = samples.sum.iter().sum::<f64>() / slots as f64;
        Ok(Self {
            what: subject.what(),
            log_n: subject.log_n(),
            scale_bits: subject.scale_bits(),
            runs: runs as u64,
            predicted_mean_bits: -predicted.mean.log2(),
            measured_mean_bits: -mean.log2(),
            quantiles: quantiles(law, &maxima)?,
            slot_quantiles: slot_quantiles(predicted, samples, slots)?,
            coverage: Coverage {
                nominal: NOMINAL_COVERAGE,
                observed: covered as f64 / runs as f64,
                interval: clopper_pearson(covered, runs)?,
            },
            goodness_of_fit: goodness_of_fit(&maxima.iter().map(|&maximum| law.cdf(maximum)).collect::<Vec<_>>())?,
            rigorous_violations: samples.violations.iter().sum(),
            rigorous_slack_bits: (subject.bound()? / largest).log2(),
            closest_slot_bits: -samples.closest.iter().copied().fold(0.0, f64::max).log2(),
        })
    }
}

/// Of the largest errors of the runs, ascending; only where there are runs enough to have one beyond.
fn quantiles(law: &MaximumLaw, maxima: &[f64]) -> Result<Vec<Quantile>> {
    let runs = maxima.len();
    let quantile = |(alpha, rank): (f64, usize)| {
        let measured = maxima.get(runs - rank).copied().unwrap_or_default();
        Ok(Quantile { alpha, predicted: law.quantile(alpha), measured, interval: law.order_statistic(rank, runs)? })
    };
    let ranks = ALPHAS.into_iter().map(|alpha| (alpha, (alpha * runs as f64).round() as usize));
    ranks.filter(|&(_, rank)| rank >= 1).map(quantile).collect()
}

/// Of the errors of all slots.
fn slot_quantiles(predicted: &Prediction, samples: &Samples, slots: usize) -> Result<Vec<SlotQuantile>> {
    let law = &predicted.of_slot;
    let quantile = |(at, (alpha, t)): (usize, (f64, f64))| {
        let count: u64 = samples.beyond.iter().filter_map(|counts| counts.get(at)).sum();
        let observed = count as f64 / slots as f64;
        // None at all beyond: as if it were one.
        let bits = (t / law.quantile(observed.max(1.0 / slots as f64))).log2();
        Ok(SlotQuantile { alpha, predicted: t, observed, interval: clopper_pearson(count as usize, slots)?, bits })
    };
    ALPHAS.into_iter().zip(predicted.slot_quantiles).enumerate().map(quantile).collect()
}

/// The exact interval of a share, of which `hits` of `trials` were observed.
///
/// # Formula
/// The α/2 quantile of Beta(h, n − h + 1) and the 1 − α/2 quantile of Beta(h + 1, n − h); 0 and 1 at the ends.
fn clopper_pearson(hits: usize, trials: usize) -> Result<[f64; 2]> {
    let (h, n, half) = (hits as f64, trials as f64, (1.0 - CONFIDENCE) / 2.0);
    let beta = |a: f64, b: f64| Beta::new(a, b).map_err(|e| Error::internal(e.to_string()));
    let low = if hits == 0 { 0.0 } else { beta(h, n - h + 1.0)?.inverse_cdf(half) };
    let high = if hits == trials { 1.0 } else { beta(h + 1.0, n - h)?.inverse_cdf(1.0 - half) };
    Ok([low, high])
}

/// Of values of their own predicted distribution function, which are then uniform on [0, 1].
fn goodness_of_fit(values: &[f64]) -> Result<GoodnessOfFit> {
    let cells = (values.len() / LEAST_EXPECTED).clamp(2, MOST_CELLS);
    let expected = values.len() as f64 / cells as f64;
    let mut counts = vec![0.0; cells];
    for value in values {
        let cell = ((value * cells as f64) as usize).min(cells - 1);
        counts[cell] += 1.0;
    }
    let statistic = counts.iter().map(|count: &f64| (count - expected).powi(2) / expected).sum();
    let degrees_of_freedom = cells as u64 - 1;
    let law = ChiSquared::new(degrees_of_freedom as f64).map_err(|e| Error::internal(e.to_string()))?;
    Ok(GoodnessOfFit { statistic, degrees_of_freedom, p_value: law.sf(statistic) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    #[test]
    fn the_interval_is_that_of_the_binomial_distribution() {
        // Closed forms at the ends, and the tables of Clopper and Pearson (1934) for 5 of 10.
        assert_relative_eq!(clopper_pearson(0, 10).unwrap()[1], 1.0 - 0.025f64.powf(0.1), max_relative = 1e-9);
        assert_relative_eq!(clopper_pearson(10, 10).unwrap()[0], 0.025f64.powf(0.1), max_relative = 1e-9);
        let [low, high] = clopper_pearson(5, 10).unwrap();
        assert!((low - 0.187).abs() < 5e-4 && (high - 0.813).abs() < 5e-4, "{low} {high}");
    }

    #[test]
    fn the_test_tells_a_uniform_sample_from_another() {
        let sample = |power: f64| (0..1000).map(|i| ((f64::from(i) + 0.5) / 1000.0).powf(power)).collect::<Vec<_>>();
        assert!(goodness_of_fit(&sample(1.0)).unwrap().p_value > 0.99);
        assert!(goodness_of_fit(&sample(1.5)).unwrap().p_value < 0.01);
    }
}
