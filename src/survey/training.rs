//! What training must reach, as a document: per power the map that a budget of levels serves, per head how far it is from it.

use super::document::PlanRow;
use super::goal::{Budget, Free, largest_bound};
use crate::attention::{Scores, quantile, row_means};
use crate::document::Body;
use crate::error::{Error, Result};
use crate::plan::{EpsilonForms, Rows, Spec};
use crate::real::{Exact, log2};
use rayon::prelude::*;
use rug::Rational;
use serde::{Deserialize, Serialize};

/// Most levels that are asked for: no modulus chain has more.
const MOST_LEVELS: u32 = 64;

/// The document of the inverse question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TrainingGoals {
    /// The specification, defaults filled in.
    pub spec: Spec,
    /// Rescalings from scores to weights, at most.
    pub levels: u32,
    /// R.
    pub score_bound: Exact,
    /// For each power: ε alone, and each ε of the specification with the smallest mean that it needs.
    pub goals: Vec<TrainingGoal>,
    /// What the figures do not promise, in words.
    pub notes: Vec<String>,
}

impl Body for TrainingGoals {
    const KIND: &'static str = "training-goals";
}

/// One map that the budget serves, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TrainingGoal {
    /// The power.
    pub p: u32,
    /// "epsilon": the smallest ε beside the promised smallest mean. "smallest mean": the smallest mean beside a given ε.
    pub free: String,
    /// ε.
    pub epsilon: EpsilonForms,
    /// What every row's mean (1/L) Σ (x_i/R)^p must reach; 0 where ε alone is enough.
    pub smallest_mean: Exact,
    /// The range of the row means, log2: the smallest mean (null for 0) to 1.
    pub log2_means: [Option<f64>; 2],
    /// log2 of the κ that the closed form would allow were there no noise.
    pub log2_kappa_without_noise: Option<f64>,
    /// What keeps κ from being larger.
    pub binds: String,
    /// The largest R at which this ε, in sum or mean form, needs no smallest mean; null where it needs none at the given R.
    pub score_bound_alone: Option<Exact>,
    /// The plan that meets the target within the budget, which `plan` found for this map.
    pub plan: Option<PlanRow>,
    /// Why there is none.
    pub reason: Option<String>,
    /// One for each chosen head, where there are scores.
    pub heads: Vec<HeadGoal>,
}

/// How far one head is from a goal. Its means are in its own R, its largest |score|.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct HeadGoal {
    /// Index of the layer.
    pub layer: usize,
    /// Index of the head.
    pub head: usize,
    /// Its largest |score|.
    pub largest_score: f64,
    /// log2 of its smallest row mean; null for a row of zeros.
    pub log2_smallest: Option<f64>,
    /// log2 of the 1 % quantile of its row means.
    pub log2_low: Option<f64>,
    /// What this ε takes from the row at the 1 % quantile as it is.
    pub mass_lost_low: f64,
    /// The factor by which the largest |score| must fall while the low rows stay as they are, at least 1: then the smallest row
    /// has the smallest mean, and the row at the 1 % quantile loses no more than max_mass_lost, where that is given. Null where
    /// a row of zeros can never.
    pub shrink: Option<f64>,
}

impl TrainingGoals {
    /// Answers for every power and ε of `spec`; `scores` are those that it names.
    ///
    /// # Errors
    /// [`Error::Input`] for a budget outside 1 to 64 and what a specification can have wrong; [`Error::NoSolution`] where no power has
    /// an answer.
    pub fn find(spec: Spec, scores: Option<&Scores>, levels: u32) -> Result<Self> {
        if !(1..=MOST_LEVELS).contains(&levels) {
            return Err(Error::input(format!("--levels: expected 1 to {MOST_LEVELS}, found {levels}")));
        }
        let (attention, causal) = (&spec.attention, spec.attention.causal);
        let chosen =
            scores.map(|scores| scores.select(attention.layer, attention.head)).transpose()?.unwrap_or_default();
        let rows = |(layer, head): &(usize, usize)| match scores {
            Some(scores) => Ok((*layer, *head, Rows::of(scores, Some(*layer), Some(*head), causal)?)),
            None => Err(Error::internal("a head without scores")),
        };
        let heads = chosen.iter().map(rows).collect::<Result<Vec<_>>>()?;
        let largest = heads.iter().map(|(.., rows)| rows.largest()).max();
        let bound = attention.score_bound.clone().map(|bound| bound.0).or(largest).unwrap_or_default();
        let given = spec.epsilons().into_iter().map(Free::SmallestMean);
        let free: Vec<Free> = given.chain(attention.epsilon.iter().map(|_| Free::Epsilon)).collect();
        let asked: Vec<(u32, &Free)> =
            attention.p.as_slice().iter().flat_map(|&p| free.iter().map(move |free| (p, free))).collect();
        let goal = |(power, free): (u32, &Free)| {
            TrainingGoal::find(&Budget { spec: &spec, bound: &bound, power, levels }, free, &heads)
        };
        let goals = asked.into_par_iter().map(goal).collect::<Result<Vec<_>>>()?;
        if let Some(reason) = goals.first().and_then(|goal| goal.reason.as_ref())
            && goals.iter().all(|goal| goal.plan.is_none())
        {
            return Err(Error::NoSolution(format!("no map meets the target within {levels} levels; {reason}")));
        }
        let notes = notes(!heads.is_empty());
        Ok(Self { levels, score_bound: Exact(bound), goals, notes, spec })
    }
}

impl TrainingGoal {
    fn find(budget: &Budget, free: &Free, heads: &[(usize, usize, Rows)]) -> Result<Self> {
        let mut goal = Self::unreached(budget, free)?;
        match budget.reach(free) {
            Ok(reach) => {
                if let Free::SmallestMean(Some(epsilon)) = free
                    && reach.smallest_mean.0 > 0
                {
                    // κ = (1 + ε)/ε of an ε that is alone.
                    let needed = (reach.plan.log2_kappa.exp2() - 1.0).recip();
                    let needed = Rational::from_f64(needed).unwrap_or_default();
                    goal.score_bound_alone = largest_bound(epsilon, &budget.shape()?, &needed);
                }
                goal.epsilon = reach.epsilon;
                goal.log2_means = [Some(log2(&reach.smallest_mean.0)).filter(|log2| log2.is_finite()), Some(0.0)];
                goal.smallest_mean = reach.smallest_mean;
                goal.log2_kappa_without_noise = Some(reach.log2_kappa_without_noise);
                goal.binds = reach.binds.into();
                goal.plan = Some(reach.plan);
                goal.heads =
                    heads.iter().map(|(layer, head, rows)| goal.head(budget.spec, *layer, *head, rows)).collect();
            }
            Err(Error::NoSolution(why)) => goal.reason = Some(why),
            Err(other) => return Err(other),
        }
        Ok(goal)
    }

    fn unreached(budget: &Budget, free: &Free) -> Result<Self> {
        let shape = budget.shape()?;
        let given = match free {
            Free::SmallestMean(epsilon) => epsilon.as_ref(),
            Free::Epsilon => None,
        };
        Ok(Self {
            p: budget.power,
            free: if *free == Free::Epsilon { "epsilon" } else { "smallest mean" }.into(),
            epsilon: EpsilonForms {
                sum: given.map(|e| Exact(e.sum(&shape))),
                mean: given.map(|e| Exact(e.mean(&shape))),
                unit: given.map(|e| Exact(e.unit(&shape))),
            },
            smallest_mean: Exact::default(),
            log2_means: [None, Some(0.0)],
            log2_kappa_without_noise: None,
            binds: String::new(),
            score_bound_alone: None,
            plan: None,
            reason: None,
            heads: Vec::new(),
        })
    }

    fn head(&self, spec: &Spec, layer: usize, head: usize, rows: &Rows) -> HeadGoal {
        let largest_score = rows.largest().to_f64();
        let means = row_means(rows.rows.iter().map(Vec::as_slice), largest_score, self.p);
        let (smallest, low) = (quantile(&means, 0.0), quantile(&means, 0.01));
        self.head_of(spec, (layer, head), largest_score, [smallest, low])
    }

    /// The same from the head's largest |score|, its smallest row mean and that at the 1 % quantile.
    pub(super) fn head_of(
        &self,
        spec: &Spec,
        (layer, head): (usize, usize),
        largest_score: f64,
        [smallest, low]: [f64; 2],
    ) -> HeadGoal {
        let epsilon = self.epsilon.unit.as_ref().map_or(0.0, |unit| unit.0.to_f64());
        let promised = self.smallest_mean.0.to_f64();
        let wanted = spec.target.max_mass_lost.as_ref().map_or(0.0, |most| epsilon * (1.0 / most.0.to_f64() - 1.0));
        let factor =
            |wanted: f64, mean: f64| if wanted > 0.0 { (wanted / mean).powf(f64::from(self.p).recip()) } else { 1.0 };
        let shrink = factor(promised, smallest).max(factor(wanted.max(promised), low)).max(1.0);
        let log2 = |mean: f64| Some(mean.log2()).filter(|log2| log2.is_finite());
        HeadGoal {
            layer,
            head,
            largest_score,
            log2_smallest: log2(smallest),
            log2_low: log2(low),
            mass_lost_low: epsilon / (low + epsilon),
            shrink: Some(shrink).filter(|shrink| shrink.is_finite()),
        }
    }
}

pub(super) fn notes(with_heads: bool) -> Vec<String> {
    let mut notes = vec![
        "A smallest mean is a promise about every row that will ever be encrypted: outside it nothing is promised. Training can aim \
         at it; only a check of the rows can show it. An ε alone needs no such promise, and costs mass instead."
            .to_string(),
    ];
    if with_heads {
        notes.push(
            "The factors of the heads are those of the given rows: the 1 % quantile and the smallest row of another text may lie \
             lower. They suppose that the largest scores fall and the low rows stay; a score that all rows share as a factor \
             changes nothing in unit form."
                .into(),
        );
    }
    notes
}
