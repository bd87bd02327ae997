//! The search: every candidate that the specification allows, and the rule that chooses.

use super::candidate::longest;
use super::document::{Plan, PlanDocument};
use super::judge::{Fall, Merits, Met};
use super::map::{Fitted, Map};
use super::method::Method;
use super::parameters::{Misfit, Sizes, candidates};
use super::source::SpecSource;
use super::spec::Spec;
use crate::attention::Epsilon;
use crate::error::{Error, Result};
use crate::real::log2;
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

/// Says by how much the nearest candidates fail, and what to relax.
fn infeasible(spec: &Spec, fallen: &[Fall]) -> Error {
    let mut reasons: Vec<String> = Vec::new();
    let target = log2(&spec.target.max_error.0);
    let nearest = fallen.iter().filter_map(|fall| match fall {
        Fall::TooLarge { log2_total, log_n, scale_bits } => Some((*log2_total, *log_n, *scale_bits)),
        _ => None,
    });
    if let Some((total, log_n, scale_bits)) = nearest.min_by(|x, y| x.0.total_cmp(&y.0)) {
        reasons.push(format!(
            "the nearest (N = 2^{log_n}, scale 2^{scale_bits}) has a total error of 2^{total:.2}, {:.2} bits above \
             max_error = 2^{target:.2}: raise max_error or ε, or allow a larger max_log_n or scale",
            total - target
        ));
    }
    let tightest = fallen.iter().filter_map(|fall| match fall {
        Fall::Parameters(Misfit::Security { log_n, excess, limit }) => Some((*excess, *log_n, *limit)),
        _ => None,
    });
    if let Some((excess, log_n, limit)) = tightest.min() {
        reasons.push(format!(
            "at N = 2^{log_n} the primes of the smallest scale need {excess} bits more than the {limit} that \
             {}-bit security allows: raise max_log_n or ε, or lower the scale",
            spec.ckks.security_bits
        ));
    }
    let mut kinds = BTreeSet::new();
    for fall in fallen {
        let reason = match fall {
            Fall::Parameters(Misfit::Levels { missing }) => format!("the given primes lack {missing} levels"),
            Fall::Parameters(Misfit::NoRow { log_n }) => format!(
                "the security table has no row for N = 2^{log_n} at {} bits: expected 128, 192 or 256 bits and N up to \
                 2^17 (2018: 128 bits and N up to 2^15)",
                spec.ckks.security_bits
            ),
            Fall::MassLost { lost } => format!("ε takes {:.2} % of the row at the 1 % quantile", lost * 100.0),
            Fall::Depth { doublings } => format!("{doublings} doublings do not reach the target"),
            Fall::Unplaced(why) => why.clone(),
            Fall::TooLarge { .. } | Fall::Parameters(Misfit::Security { .. }) => continue,
        };
        if kinds.insert(fall.reason()) {
            reasons.push(reason);
        }
    }
    Error::NoSolution(format!("no plan meets the specification:\n  - {}", reasons.join("\n  - ")))
}
