//! The search: every candidate that the specification allows, and the rule that chooses.

use super::document::{Plan, PlanDocument};
use super::infeasible::infeasible;
use super::judge::{Candidate, Fall, Merits, Met, Outcome};
use super::map::{Fitted, Map};
use super::method::Method;
use super::parameters::candidates;
use super::relax::Tried;
use super::source::SpecSource;
use super::spec::Spec;
use super::ways::Fits;
use crate::attention::Epsilon;
use crate::error::{Error, Result};
use rayon::prelude::*;
use rug::Rational;
use std::collections::{BTreeMap, BTreeSet};

/// Finds the plans that meet a specification.
///
/// # Errors
/// [`Error::Input`] for a specification that contradicts itself; [`Error::NoSolution`] when no allowed parameters reach
/// the target, saying by how many bits or levels the nearest candidate fails.
pub fn plan(source: &SpecSource) -> Result<PlanDocument> {
    plan_telling(source, &|_| ())
}

/// The same, told method by method how many candidates are judged.
///
/// # Errors
/// As [`plan`].
pub fn plan_telling(source: &SpecSource, tell: &dyn Fn(&str)) -> Result<PlanDocument> {
    search(source, Pruning::On, tell)
}

/// Whether candidates that are known to be beaten are left unanalysed. It changes no plan, only how long the search takes.
#[derive(Clone, Copy, PartialEq)]
enum Pruning {
    On,
    #[cfg(test)]
    Off,
}

fn search(source: &SpecSource, pruning: Pruning, tell: &dyn Fn(&str)) -> Result<PlanDocument> {
    let spec = &source.spec;
    let fits = Fits::default();
    let maps = maps(source, &fits)?;
    let tried: Vec<(&Map, Method)> = maps
        .iter()
        .flat_map(|map| spec.methods(map.power).into_iter().map(move |method| (map, method)))
        .filter(|(map, method)| map.is_staged == (*method == Method::Staged))
        .collect();
    let by = |&(map, method): &(&Map, Method)| if map.falls().is_some() { Ok(Vec::new()) } else { map.by(method) };
    tell(&format!("reciprocals for {} choices of p, ε and method", tried.len()));
    let fitted = tried.par_iter().map(by).collect::<Result<Vec<_>>>()?;

    let mut found = Found::default();
    // Method by method, so that what is left unanalysed does not depend on which thread comes first.
    let methods: BTreeSet<Method> = tried.iter().map(|(_, method)| *method).collect();
    for method in methods {
        let of_method = tried.iter().zip(&fitted).filter(|((_, own), _)| *own == method);
        let of_method: Vec<(&Map, &[Fitted])> = of_method.map(|((map, _), each)| (*map, each.as_slice())).collect();
        let open = found.open(spec, method, &of_method)?;
        tell(&format!("{} candidates: {method}", open.len()));
        found.judge(open, pruning)?;
    }
    if found.met.is_empty() {
        found.nearest()?;
        let tried = tried.iter().zip(&fitted);
        let tried: Vec<Tried> = tried.map(|(&(map, method), fitted)| Tried { map, method, fitted }).collect();
        return Err(infeasible(spec, &tried, &found.fallen));
    }
    found.document(spec)
}

/// Every map that the specification allows.
fn maps<'a>(source: &'a SpecSource, fits: &'a Fits) -> Result<Vec<Map<'a>>> {
    let spec = &source.spec;
    let mut choices: Vec<(u32, Option<Epsilon>, bool)> = Vec::new();
    for &power in spec.attention.p.as_slice() {
        let ways: BTreeSet<bool> = spec.methods(power).into_iter().map(|method| method == Method::Staged).collect();
        for is_staged in ways {
            choices.extend(spec.epsilons().into_iter().map(|epsilon| (power, epsilon, is_staged)));
        }
    }
    choices
        .into_par_iter()
        .map(|(power, epsilon, is_staged)| Map::new(source, power, epsilon, is_staged, fits))
        .collect()
}

/// What has become of the candidates so far.
#[derive(Default)]
struct Found<'a> {
    candidates: u64,
    met: Vec<(Merits, Box<Met<'a>>)>,
    fallen: Vec<Fall>,
    /// Above the target by at least what is said.
    over: Vec<(Rational, Candidate<'a>)>,
}

impl<'a> Found<'a> {
    /// All candidates of one method with parameters; those that have none have fallen.
    fn open(
        &mut self,
        spec: &Spec,
        method: Method,
        each: &[(&'a Map<'a>, &'a [Fitted])],
    ) -> Result<Vec<Candidate<'a>>> {
        let mut open = Vec::new();
        let before = self.fallen.len();
        for (map, all) in each {
            if all.is_empty() {
                self.fallen.push(map.falls().unwrap_or_else(|| Fall::unreached(method)));
            }
            for fitted in *all {
                for sizes in candidates(spec, &fitted.headroom)? {
                    match sizes {
                        Ok(sizes) => open.push(Candidate { map, fitted, sizes }),
                        Err(misfit) => self.fallen.push(Fall::Parameters(misfit)),
                    }
                }
            }
        }
        self.candidates += (open.len() + self.fallen.len() - before) as u64;
        Ok(open)
    }

    fn judge(&mut self, open: Vec<Candidate<'a>>, pruning: Pruning) -> Result<()> {
        let rivals: Vec<Merits> = match pruning {
            Pruning::On => self.met.iter().map(|(merits, _)| merits.clone()).collect(),
            #[cfg(test)]
            Pruning::Off => Vec::new(),
        };
        let judged = open.into_par_iter().map(|candidate| candidate.judge(&rivals)).collect::<Result<Vec<_>>>()?;
        for outcome in judged {
            match outcome {
                Outcome::Met(met) => self.met.push((met.merits(), met)),
                Outcome::Fell(fall) => self.fallen.push(fall),
                Outcome::Over(least, candidate) => self.over.push((least, candidate)),
            }
        }
        Ok(())
    }

    /// Analyses those above the target until the one with the least total error is found.
    fn nearest(&mut self) -> Result<()> {
        self.over.sort_by(|(x, _), (y, _)| x.cmp(y));
        let mut nearest: Option<Rational> = None;
        for (least, candidate) in std::mem::take(&mut self.over) {
            if nearest.as_ref().is_some_and(|nearest| least > *nearest) {
                break;
            }
            if let Err(fall) = candidate.analysed()? {
                if let Fall::TooLarge { total, .. } = &fall {
                    nearest = Some(nearest.map_or(total.clone(), |nearest| nearest.min(total.clone())));
                }
                self.fallen.push(fall);
            }
        }
        Ok(())
    }

    /// The plans, by the stated rule.
    fn document(mut self, spec: &Spec) -> Result<PlanDocument> {
        self.met.sort_by(|(x, _), (y, _)| x.order(y));
        let met = &self.met;
        let powers = spec.attention.p.as_slice();
        let best = powers.iter().filter_map(|&p| met.iter().position(|(merits, _)| merits.power == p));
        let best_per_p: Vec<usize> = best.collect();
        let pareto = front(met.iter().map(|(merits, _)| merits));
        // A plan that is in several lists is written once: its predictions take time.
        let wanted: BTreeSet<usize> =
            [0].into_iter().chain(best_per_p.iter().copied()).chain(pareto.iter().copied()).collect();
        let write = |&index: &usize| Ok((index, met[index].1.write()?));
        let written = wanted.par_iter().map(write).collect::<Result<BTreeMap<usize, Plan>>>()?;
        let all = |indices: &[usize]| indices.iter().filter_map(|index| written.get(index).cloned()).collect();
        let mut rejected: BTreeMap<String, u64> = BTreeMap::new();
        let over = self.over.iter().map(|_| Fall::OVER);
        for reason in self.fallen.iter().map(Fall::reason).chain(over) {
            *rejected.entry(reason.to_string()).or_insert(0) += 1;
        }
        Ok(PlanDocument {
            spec: spec.clone(),
            chosen: written.get(&0).cloned().ok_or_else(|| Error::internal("the chosen plan was not written"))?,
            best_per_p: all(&best_per_p),
            pareto: all(&pareto),
            candidates: self.candidates,
            rejected,
        })
    }
}

/// Those that no other beats, in order.
fn front<'a>(all: impl Iterator<Item = &'a Merits>) -> Vec<usize> {
    let mut front: Vec<(usize, &Merits)> = Vec::new();
    for (index, merits) in all.enumerate() {
        // What beats one that is beaten itself beats this one too.
        if !front.iter().any(|(_, other)| other.beats(merits)) {
            front.retain(|(_, other)| !merits.beats(other));
            front.push((index, merits));
        }
    }
    front.into_iter().map(|(index, _)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(attention: &str, rest: &str) -> SpecSource {
        let text = format!("[attention]\n{attention}\nreciprocal = \"any\"\nscore_bound = \"4\"\n{rest}");
        SpecSource::new(Spec::from_toml(&text).unwrap(), None).unwrap()
    }

    /// What is left unanalysed would have been in no list.
    #[test]
    fn pruning_changes_no_plan() {
        let specs = [
            (
                "p = [2, 4]\nlength = 64\nepsilon = { form = \"unit\", value = [\"2^-3\", \"2^-6\"] }",
                "[target]\nmax_error = \"2^-8\"\n[ckks]\nscale_bits = [35, 45]\nmax_log_n = 15",
            ),
            (
                "p = 4\nlength = [16, 64]\nepsilon = { form = \"unit\", value = \"2^-8\" }",
                "[target]\nmax_error = \"2^-7\"\nrelative_error = \"2^-8\"\n[ckks]\nscale_bits = [40]\nmax_log_n = 16\n\
                 levels_per_bootstrap = 7",
            ),
            (
                "p = 2\nlength = 128\nvariant = \"plain\"\nsmallest_mean = \"1/16\"",
                "[target]\nmax_error = \"2^-9\"\n[ckks]\nmax_log_n = 15",
            ),
        ];
        for (attention, rest) in specs {
            let source = source(attention, rest);
            let pruned = plan(&source).unwrap();
            let all = search(&source, Pruning::Off, &|_| ()).unwrap();
            assert!(
                pruned.rejected.keys().any(|reason| *reason == Fall::Beaten.reason()),
                "{attention}: nothing was pruned"
            );
            assert!(!all.rejected.keys().any(|reason| *reason == Fall::Beaten.reason()));
            assert_eq!(pruned.candidates, all.candidates);
            // The hash leaves out times.
            let pruned = PlanDocument { rejected: all.rejected.clone(), ..pruned };
            assert_eq!(pruned.sha256(), all.sha256(), "{attention}");
        }
    }
}
