//! Ranges, quantiles and the ratio κ that real scores ask for, per power.

use super::epsilon::check_power;
use super::{HeadScores, Scores};
use crate::document::Body;
use crate::error::{Error, Result};
use crate::real::Exact;
use serde::{Deserialize, Serialize};

/// What `calibrate` finds in a file of scores. It describes these rows and promises nothing about others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Calibration {
    /// The file, as it was named.
    pub scores: String,
    /// Number of layers, heads, queries, keys in the file.
    pub shape: [usize; 4],
    /// The largest |score| over the chosen heads, exactly: a score bound R that serves them all.
    pub score_bound: Exact,
    /// One entry for each chosen head.
    pub heads: Vec<HeadCalibration>,
}

impl Body for Calibration {
    const KIND: &'static str = "calibration";
}

/// One head's range and row means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct HeadCalibration {
    /// Index of the layer.
    pub layer: usize,
    /// Index of the head.
    pub head: usize,
    /// Smallest score.
    pub smallest: f64,
    /// Largest score.
    pub largest: f64,
    /// The head's own R: its largest |score|, exactly.
    pub score_bound: Exact,
    /// Row means for each power.
    pub powers: Vec<PowerCalibration>,
}

/// The row means m = (1/L) Σ (x_i/R)^p of one head, R its own largest |score|.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PowerCalibration {
    /// The power.
    pub p: u32,
    /// log2 of the smallest m; `None` (here and below) where m is 0.
    pub log2_smallest: Option<f64>,
    /// log2 of the 1 % quantile of m.
    pub log2_low: Option<f64>,
    /// log2 of the median m.
    pub log2_median: Option<f64>,
    /// log2 of the largest m.
    pub log2_largest: Option<f64>,
    /// log2 κ when every row must lie inside and ε is negligible: −log2 of the smallest m.
    pub log2_kappa_all: Option<f64>,
    /// log2 κ when 1 % of the rows may lie outside.
    pub log2_kappa_low: Option<f64>,
}

/// Calibrates the chosen heads of `scores` for each power.
///
/// # Errors
/// [`Error::Input`] for a power that is zero or odd, an unknown layer or head, and a head without any nonzero score.
pub fn calibrate(
    name: &str,
    scores: &Scores,
    layer: Option<usize>,
    head: Option<usize>,
    powers: &[u32],
) -> Result<Calibration> {
    powers.iter().try_for_each(|&p| check_power(p))?;
    let heads = scores
        .select(layer, head)?
        .into_iter()
        .map(|(layer, head)| calibrate_head(layer, head, scores.head(layer, head)?, powers))
        .collect::<Result<Vec<_>>>()?;
    let bound = heads.iter().map(|h| h.score_bound.clone()).max().unwrap_or_default();
    Ok(Calibration { scores: name.into(), shape: scores.shape, score_bound: bound, heads })
}

fn calibrate_head(layer: usize, head: usize, scores: HeadScores, powers: &[u32]) -> Result<HeadCalibration> {
    let bound = scores.largest();
    let score_bound = Exact::from_f64(bound)
        .filter(|bound| bound.0 > 0)
        .ok_or_else(|| Error::input(format!("layer {layer}, head {head}: every score is 0, so there is no range")))?;
    let all = || scores.rows().flatten().copied();
    let powers = powers.iter().map(|&p| calibrate_power(p, bound, scores)).collect();
    Ok(HeadCalibration {
        layer,
        head,
        smallest: all().fold(f64::INFINITY, f64::min),
        largest: all().fold(f64::NEG_INFINITY, f64::max),
        score_bound,
        powers,
    })
}

fn calibrate_power(p: u32, bound: f64, scores: HeadScores) -> PowerCalibration {
    let means = row_means(scores.rows(), bound, p);
    let at = |share: f64| Some(quantile(&means, share).log2()).filter(|log| log.is_finite());
    PowerCalibration {
        p,
        log2_smallest: at(0.0),
        log2_low: at(0.01),
        log2_median: at(0.5),
        log2_largest: at(1.0),
        log2_kappa_all: at(0.0).map(|log| -log),
        log2_kappa_low: at(0.01).map(|log| -log),
    }
}

/// The row means (1/L) Σ (x/R)^p of rows of L scores, in ascending order.
pub(crate) fn row_means<'a>(rows: impl Iterator<Item = &'a [f64]>, bound: f64, p: u32) -> Vec<f64> {
    let mean = |row: &[f64]| row.iter().map(|x| (x / bound).powi(p as i32)).sum::<f64>() / row.len() as f64;
    let mut means: Vec<f64> = rows.map(mean).collect();
    means.sort_by(f64::total_cmp);
    means
}

/// The value that `share` of the sorted values do not exceed (nearest rank).
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}
