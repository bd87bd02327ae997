//! The search: every candidate that the specification allows, and the rule that chooses.

use super::candidate::longest;
use super::document::{Plan, PlanDocument};
use super::infeasible::infeasible;
use super::judge::{Fall, Merits, Met};
use super::map::{Fitted, Map};
use super::method::Method;
use super::parameters::{Sizes, candidates};
use super::source::SpecSource;
use crate::attention::Epsilon;
use crate::error::{Error, Result};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Finds the plans that meet a specification.
///
/// # Errors
/// [`Error::Input`] for a specification that contradicts itself; [`Error::NoSolution`] when no allowed parameters reach
/// the target, saying by how many bits or levels the nearest candidate fails.
pub fn plan(source: &SpecSource) -> Result<PlanDocument> {
    let spec = &source.spec;
    let powers = spec.attention.p.as_slice();
    let mut choices: Vec<(u32, Option<Epsilon>, Method)> = Vec::new();
    for &p in powers {
        for method in spec.methods(p) {
            choices.extend(spec.epsilons().into_iter().map(|epsilon| (p, epsilon, method)));
        }
    }
    let map = |(p, epsilon, method)| Map::new(source, p, epsilon, method);
    let maps = choices.into_iter().map(map).collect::<Result<Vec<_>>>()?;
    let composites = maps.par_iter().map(Map::composites).collect::<Result<Vec<_>>>()?;

    let mut fallen: Vec<Fall> = Vec::new();
    let mut open: Vec<(&Map, &Fitted, Sizes)> = Vec::new();
    for (map, composites) in maps.iter().zip(&composites) {
        match composites {
            Err(fall) => fallen.push(fall.clone()),
            Ok(fitted) => {
                for fitted in fitted {
                    for sizes in candidates(spec, &fitted.job.headroom(longest(spec)))? {
                        match sizes {
                            Ok(sizes) => open.push((map, fitted, sizes)),
                            Err(misfit) => fallen.push(Fall::Parameters(misfit)),
                        }
                    }
                }
            }
        }
    }
    let count = (open.len() + fallen.len()) as u64;
    let judged = open.into_par_iter().map(|(m, f, s)| Met::judge(m, f, s)).collect::<Result<Vec<_>>>()?;
    let mut met = Vec::new();
    for outcome in judged {
        match outcome {
            Ok(candidate) => met.push((candidate.merits(), candidate)),
            Err(fall) => fallen.push(fall),
        }
    }
    met.sort_by(|(x, _), (y, _)| x.order(y));

    if met.is_empty() {
        return Err(infeasible(spec, &fallen));
    }
    let best_per_p = powers.iter().filter_map(|&p| met.iter().position(|(_, m)| m.map.power == p));
    let best_per_p: Vec<usize> = best_per_p.collect();
    let beaten = |merits: &Merits| met.iter().any(|(other, _)| other.beats(merits));
    let pareto: Vec<usize> = (0..met.len()).filter(|&index| !beaten(&met[index].0)).collect();
    // A plan that is in several lists is written once: its predictions take time.
    let wanted: BTreeSet<usize> =
        [0].into_iter().chain(best_per_p.iter().copied()).chain(pareto.iter().copied()).collect();
    let write = |&index: &usize| Ok((index, met[index].1.write()?));
    let written = wanted.par_iter().map(write).collect::<Result<BTreeMap<usize, Plan>>>()?;
    let all = |indices: &[usize]| indices.iter().filter_map(|index| written.get(index).cloned()).collect();
    Ok(PlanDocument {
        spec: spec.clone(),
        chosen: written.get(&0).cloned().ok_or_else(|| Error::internal("the chosen plan was not written"))?,
        best_per_p: all(&best_per_p),
        pareto: all(&pareto),
        candidates: count,
        rejected: fallen.iter().fold(BTreeMap::new(), |mut counts, fall| {
            *counts.entry(fall.reason().to_string()).or_insert(0) += 1;
            counts
        }),
    })
}
