//! One group of rows examined: its means, its sharpness, its plan, and the plan on ciphertexts.

use super::document::{EpsilonRow, Level, MassLostRow, PlanRow, PowerRow, RowMeans, SurveyRow, ValidationRow};
use crate::attention::{Epsilon, RowShape, Scores, quantile, sharpness};
use crate::encrypted::{Backend, ScoresUsed, validate};
use crate::error::{Error, Result};
use crate::plan::{PlanDocument, Rows, Spec, SpecSource, plan};
use crate::real::{Exact, f64_above, log2};
use rug::Rational;
use rug::ops::Pow;
use std::time::Instant;

/// A group of rows that one plan serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    pub level: Level,
    pub layer: Option<usize>,
    pub head: Option<usize>,
}

/// A group with its plan, before anything ran.
pub(super) struct Examined {
    pub row: SurveyRow,
    plan: Option<PlanDocument>,
    rows: Rows,
}

impl Group {
    /// Every group of the chosen heads, those of `by` first. A coarser group is there where it joins several finer ones.
    pub(super) fn all(chosen: &[(usize, usize)], by: Level) -> Vec<Self> {
        let mut layers: Vec<usize> = chosen.iter().map(|(layer, _)| *layer).collect();
        layers.dedup();
        let one_head = |layer: usize| {
            let mut heads = chosen.iter().filter(|(l, _)| *l == layer);
            heads.next().filter(|_| heads.next().is_none()).map(|(_, head)| *head)
        };
        let head = |(layer, head): &(usize, usize)| Self { level: Level::Head, layer: Some(*layer), head: Some(*head) };
        let layer = |&layer: &usize| Self { level: Level::Layer, layer: Some(layer), head: one_head(layer) };
        let mut groups: Vec<Self> = Vec::new();
        if by == Level::Head {
            groups.extend(chosen.iter().map(head));
        }
        groups.extend(
            layers.iter().filter(|&&l| by == Level::Layer || by == Level::Head && one_head(l).is_none()).map(layer),
        );
        if by == Level::Model || layers.len() > 1 {
            let common = chosen.iter().all(|(_, head)| Some(*head) == chosen.first().map(|(_, h)| *h));
            let head = chosen.first().map(|(_, head)| *head).filter(|_| common);
            let layer = layers.first().copied().filter(|_| layers.len() == 1);
            groups.push(Self { level: Level::Model, layer, head });
        }
        groups
    }

    /// The group in words.
    pub(super) fn name(self) -> String {
        match (self.level, self.layer, self.head) {
            (Level::Head, Some(layer), Some(head)) => format!("layer {layer}, head {head}"),
            (Level::Layer, Some(layer), _) => format!("layer {layer}"),
            _ => "the whole model".into(),
        }
    }

    pub(super) fn is_of(self, row: &SurveyRow) -> bool {
        (self.level, self.layer, self.head) == (row.level, row.layer, row.head)
    }

    /// Calibrates and plans. A group that no plan serves says why.
    pub(super) fn examine(self, spec: &Spec, scores: &Scores) -> Result<Examined> {
        let began = Instant::now();
        let mut spec = spec.clone();
        (spec.attention.layer, spec.attention.head) = (self.layer, self.head);
        let attention = &spec.attention;
        let rows = Rows::of(scores, self.layer, self.head, attention.causal)?;
        let bound = attention.score_bound.clone().map_or_else(|| rows.largest(), |bound| bound.0);
        let mut row = SurveyRow {
            level: self.level,
            layer: self.layer,
            head: self.head,
            rows: rows.rows.len() as u64,
            score_bound: Exact(bound.clone()),
            rows_above_bound: rows_above(&rows, &bound),
            powers: Vec::new(),
            chosen: None,
            reason: None,
            validation: None,
            seconds: 0.0,
        };
        if bound > 0 {
            let power = |&p: &u32| power_row(&spec, &rows, &bound, p);
            row.powers = attention.p.as_slice().iter().map(power).collect::<Result<_>>()?;
        }
        let plan = match SpecSource::new(spec, Some(scores)).and_then(|source| plan(&source)) {
            Ok(document) => Some(document),
            Err(Error::NoSolution(why) | Error::Input(why)) => {
                row.reason = Some(why);
                None
            }
            Err(other) => return Err(other),
        };
        if let Some(document) = &plan {
            row.chosen = Some(PlanRow::from(&document.chosen));
            for power in &mut row.powers {
                power.plan = document.best_per_p.iter().find(|best| best.p == power.p).map(PlanRow::from);
            }
        }
        row.seconds = began.elapsed().as_secs_f64();
        Ok(Examined { row, plan, rows })
    }
}

impl Examined {
    /// Runs the plan, where there is one, on the group's own rows.
    pub(super) fn validated(mut self, backend: &dyn Backend, seed: u64) -> Result<SurveyRow> {
        if let Some(plan) = &self.plan {
            let file = plan.spec.attention.scores.as_ref().map_or("scores".into(), |file| file.display().to_string());
            let (layer, head) = (self.row.layer, self.row.head);
            let used = ScoresUsed::new(file, layer, head);
            let run = validate(plan, std::slice::from_ref(&self.rows), used, backend, seed, &|_| ())?;
            self.row.validation = Some(ValidationRow::from(&run));
        }
        Ok(self.row)
    }
}

fn rows_above(rows: &Rows, bound: &Rational) -> u64 {
    let above = |x: &f64| Rational::from_f64(*x).is_none_or(|x| x.cmp_abs(bound).is_gt());
    rows.rows.iter().filter(|row| row.iter().any(above)).count() as u64
}

fn power_row(spec: &Spec, rows: &Rows, bound: &Rational, p: u32) -> Result<PowerRow> {
    let attention = &spec.attention;
    let means = rows.means(bound.to_f64(), p);
    let promise = promise(spec, p);
    // A masked score is no score: softmax would give it weight.
    let seen = |(query, row): (usize, &'_ Vec<f64>)| if attention.causal { query % rows.keys + 1 } else { row.len() };
    let visible = rows.rows.iter().enumerate().map(|(query, row)| row.get(..seen((query, row))).unwrap_or(row));
    let sharpness = sharpness(visible, p);
    let length = attention.length.as_slice().iter().copied().max().unwrap_or(1);
    let shape = RowShape::new(length, bound.clone(), p)?;
    let epsilons = spec.epsilons();
    let [smallest, low, median] = [0.0, 0.01, 0.5].map(|share| quantile(&means, share));
    let row = |epsilon: &Epsilon| epsilon_row(epsilon, &shape, [smallest, low, median], &promise);
    let epsilons = epsilons.iter().flatten().map(row);
    Ok(PowerRow {
        p,
        means: row_means(&means, f64_above(&promise)),
        sharpness,
        epsilons: epsilons.collect(),
        plan: None,
    })
}

/// Of ascending means.
fn row_means(means: &[f64], promise: f64) -> RowMeans {
    let at = |share: f64| Some(quantile(means, share).log2()).filter(|log| log.is_finite());
    let below = |limit: f64| means.partition_point(|m| *m < limit) as u64;
    RowMeans {
        log2_smallest: at(0.0),
        log2_low: at(0.01),
        log2_median: at(0.5),
        log2_largest: at(1.0),
        rows_below_low: below(quantile(means, 0.01)),
        rows_below_promise: below(promise),
    }
}

/// One ε beside the smallest row mean, that at the 1 % quantile and the median.
pub(super) fn epsilon_row(epsilon: &Epsilon, shape: &RowShape, means: [f64; 3], promise: &Rational) -> EpsilonRow {
    let unit = epsilon.unit(shape);
    let [most, low, median] = means.map(|mean| unit.to_f64() / (mean + unit.to_f64()));
    let kappa = Rational::from(&unit + 1u32) / Rational::from(&unit + promise);
    EpsilonRow { log2_kappa: log2(&kappa), mass_lost: MassLostRow { median, low, most }, unit: Exact(unit) }
}

/// What is promised of mean (x/R)^p.
pub(super) fn promise(spec: &Spec, p: u32) -> Rational {
    spec.attention.smallest_mean_square.0.clone().pow(p / 2).max(spec.attention.smallest_mean.0.clone())
}
