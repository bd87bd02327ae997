//! The search: every candidate that the specification allows, its error, and the rule that chooses.

use super::candidate::{Job, decimal, decimal_above, longest};
use super::document::{
    CkksParameters, EpsilonForms, ErrorBudget, LedgerEntry, MassLost, NoiseFigures, Plan, PlanDocument, Primes, Stage,
};
use super::lower_bound::{absolute_lower_bound, relative_lower_bound};
use super::parameters::{Misfit, Sizes, candidates};
use super::spec::{Spec, SpecSource};
use crate::attention::{Epsilon, RowDomain, order_gap};
use crate::certify::{Certificate, certify};
use crate::circuit::{Cost, ModulusChain, PlacedCircuit};
use crate::document::{Document, Provenance};
use crate::error::{Error, Result};
use crate::fit::composite;
use crate::noise::{NoiseBudget, analyse, predict_rows};
use crate::poly::Table;
use crate::real::{Exact, ceil_decimal, log2, round_decimal};
use rayon::prelude::*;
use rug::Rational;
use std::collections::BTreeMap;

/// Doublings tried beyond the least that the approximation needs, to leave room for noise.
const SPARE_DOUBLINGS: u32 = 2;
/// More doublings than any modulus chain has levels.
const MOST_DOUBLINGS: u32 = 40;

/// Finds the plans that meet a specification.
///
/// # Errors
/// [`Error::Input`] for a specification that contradicts itself; [`Error::NoSolution`] when no allowed parameters reach
/// the target, saying by how many bits or levels the nearest candidate fails.
pub fn plan(source: &SpecSource) -> Result<PlanDocument> {
    let spec = &source.spec;
    let powers = spec.attention.p.as_slice();
    let choices: Vec<(u32, Option<Epsilon>)> =
        powers.iter().flat_map(|&p| spec.epsilons().into_iter().map(move |e| (p, e))).collect();
    let maps = choices.into_par_iter().map(|(p, epsilon)| Map::new(source, p, epsilon)).collect::<Result<Vec<_>>>()?;

    let outcomes: Vec<Outcome> = maps
        .par_iter()
        .map(|map| map.candidates().map(|c| c.into_par_iter().map(|c| c.judge()).collect::<Result<Vec<_>>>()))
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .collect::<Result<Vec<Vec<_>>>>()?
        .into_iter()
        .flatten()
        .collect();
    let candidates = outcomes.len() as u64;
    let mut rejected: BTreeMap<String, u64> = BTreeMap::new();
    let (mut met, mut fallen) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Outcome::Met(candidate) => met.push(*candidate),
            Outcome::Fell(fall) => {
                *rejected.entry(fall.reason().into()).or_default() += 1;
                fallen.push(fall);
            }
        }
    }
    met.sort_by(|x, y| x.rank().partial_cmp(&y.rank()).unwrap_or(std::cmp::Ordering::Equal));
    let chosen = met.first().ok_or_else(|| infeasible(spec, &fallen))?.write()?;
    let best_per_p = powers
        .iter()
        .filter_map(|&p| met.iter().find(|m| m.candidate.map.job_power() == p))
        .map(Evaluated::write)
        .collect::<Result<_>>()?;
    let pareto = met.iter().filter(|m| !met.iter().any(|other| other.beats(m))).map(Evaluated::write);
    let pareto = pareto.collect::<Result<_>>()?;
    Ok(PlanDocument { spec: spec.clone(), chosen, best_per_p, pareto, candidates, rejected })
}

/// One map from scores to weights: a power and an ε.
struct Map<'a> {
    source: &'a SpecSource,
    power: u32,
    epsilon: Option<Epsilon>,
    /// The row domain of each length.
    domains: Vec<RowDomain>,
    /// [a, b] over all lengths.
    domain: [Rational; 2],
    /// Row means of the scores, ascending.
    means: Option<Vec<f64>>,
}

impl<'a> Map<'a> {
    fn new(source: &'a SpecSource, power: u32, epsilon: Option<Epsilon>) -> Result<Self> {
        let spec = &source.spec;
        let lengths = spec.attention.length.as_slice();
        let domain = |&length: &u32| {
            let shape = crate::attention::RowShape::new(length, source.bound.clone(), power)?;
            spec.domain(&shape, epsilon.as_ref())
        };
        let domains = lengths.iter().map(domain).collect::<Result<Vec<_>>>()?;
        let a = domains.iter().map(RowDomain::a).min().unwrap_or_default();
        let b = domains.iter().map(RowDomain::b).max().unwrap_or_default();
        let means = source.rows.as_ref().map(|rows| rows.means(source.bound.to_f64(), power));
        if let Some(smallest) = means.as_ref().and_then(|m| m.first())
            && domains.iter().any(|d| *smallest < d.smallest_mean.to_f64() * (1.0 - 1e-12))
        {
            return Err(Error::input(format!(
                "attention.scores: at p = {power} a row has mean((x/R)^p) = 2^{:.2}, below the promised smallest mean: \
                 promise less",
                smallest.log2()
            )));
        }
        Ok(Self { source, power, epsilon, domains, domain: [a, b], means })
    }

    fn job_power(&self) -> u32 {
        self.power
    }

    /// The largest weight of any row: what turns a relative error of the reciprocal into an absolute one.
    fn largest_weight(&self) -> Rational {
        self.domains.iter().map(RowDomain::largest_weight).max().unwrap_or_default()
    }

    fn mass_lost(&self) -> MassLost {
        let share = |m: f64| {
            let m = Rational::from_f64(m).unwrap_or_default();
            self.domains.iter().map(|d| d.mass_lost(&m)).max().map(|lost| Exact(round_decimal(&lost, 17)))
        };
        let at = |q: f64| self.means.as_ref().and_then(|means| share(crate::attention::quantile(means, q)));
        let one_hot = self.domains.iter().map(RowDomain::mass_lost_one_hot).max().unwrap_or_default();
        MassLost { one_hot: Exact(round_decimal(&one_hot, 17)), median_row: at(0.5), low_row: at(0.01) }
    }

    /// The candidates of this map: each allowed number of doublings with each allowed parameter set.
    fn candidates(&self) -> Result<Vec<Candidate<'_>>> {
        let spec = &self.source.spec;
        let [a, b] = &self.domain;
        let mass_lost = self.mass_lost();
        if let (Some(most), Some(lost)) = (&spec.target.max_mass_lost, &mass_lost.low_row)
            && lost.0 > most.0
        {
            let fall = Fall::MassLost { lost: lost.0.to_f64() };
            return Ok(vec![Candidate { map: self, fitted: None, sizes: Err(fall) }]);
        }
        let Some((least, _)) = self.least_doublings()? else {
            let fall = Fall::Depth { doublings: MOST_DOUBLINGS };
            return Ok(vec![Candidate { map: self, fitted: None, sizes: Err(fall) }]);
        };
        let mut all = Vec::new();
        for doublings in least..=(least + SPARE_DOUBLINGS).min(MOST_DOUBLINGS) {
            let certified = certify(&composite(a, b, doublings)?)?;
            let approximation = Rational::from(&certified.upper()?.0 * self.largest_weight());
            let job = Job::new(self.power, self.source.bound.clone(), self.epsilon.clone(), &certified.table)?;
            let cost = Cost::of(&job.circuit(longest(spec))?.circuit(), longest(spec));
            let fitted = std::sync::Arc::new(Fitted {
                table: certified.table,
                certificate: certified.certificate,
                approximation: Exact(ceil_decimal(&approximation, 30)),
                job,
                cost,
                doublings,
            });
            for sizes in candidates(spec, cost.depth)? {
                let fitted = Some(fitted.clone());
                all.push(Candidate { map: self, fitted, sizes: sizes.map_err(Fall::Parameters) });
            }
        }
        Ok(all)
    }

    /// The least number of doublings whose certified error leaves room under the targets.
    fn least_doublings(&self) -> Result<Option<(u32, Rational)>> {
        let target = &self.source.spec.target;
        let [a, b] = &self.domain;
        for doublings in 1..=MOST_DOUBLINGS {
            let table = composite(a, b, doublings)?;
            let estimated = &table.error.estimated.0;
            let relative_met = target.relative_error.as_ref().is_none_or(|most| *estimated <= most.0);
            if relative_met && Rational::from(estimated * self.largest_weight()) < target.max_error.0 {
                let upper = certify(&table)?.upper()?.0.clone();
                let relative_met = target.relative_error.as_ref().is_none_or(|most| upper <= most.0);
                if relative_met {
                    return Ok(Some((doublings, upper)));
                }
            }
        }
        Ok(None)
    }

    fn lower_bound(&self) -> (u32, &'static str) {
        let target = &self.source.spec.target;
        let [a, b] = &self.domain;
        match &target.relative_error {
            Some(relative) => (relative_lower_bound(a, b, &relative.0), "relative"),
            None => {
                let each = self.domains.iter().map(|d| absolute_lower_bound(d, &target.max_error.0));
                (each.max().unwrap_or(0), "absolute")
            }
        }
    }
}

/// A composite with its certificate and what its circuit costs.
struct Fitted {
    table: Table,
    certificate: Certificate,
    approximation: Exact,
    job: Job,
    cost: Cost,
    doublings: u32,
}

/// A map, a composite and a parameter set.
struct Candidate<'a> {
    map: &'a Map<'a>,
    fitted: Option<std::sync::Arc<Fitted>>,
    sizes: std::result::Result<Sizes, Fall>,
}

/// Why a candidate fell.
#[derive(Debug, Clone, PartialEq)]
enum Fall {
    Parameters(Misfit),
    MassLost { lost: f64 },
    Depth { doublings: u32 },
    Primes(String),
    Noise(String),
    Error { total: f64, log_n: u32, scale_bits: u32 },
}

impl Fall {
    fn reason(&self) -> &'static str {
        match self {
            Self::Parameters(Misfit::Security { .. }) => "log QP above the security table",
            Self::Parameters(Misfit::Levels { .. }) => "more levels than the given primes",
            Self::Parameters(Misfit::NoRow { .. }) => "no row in the security table",
            Self::MassLost { .. } => "mass lost above max_mass_lost",
            Self::Depth { .. } => "approximation error above the target at every depth",
            Self::Primes(_) => "no such primes",
            Self::Noise(_) => "no scale or no finite noise bound",
            Self::Error { .. } => "total error above max_error",
        }
    }
}

enum Outcome {
    Met(Box<Evaluated>),
    Fell(Fall),
}
