//! The least change of one field of a specification with which it has a plan, found by judging candidates under the change.

use super::candidate::Division;
use super::ckks::{Ckks, RINGS};
use super::judge::{Candidate, Fall, Outcome};
use super::map::{Fitted, Map};
use super::method::Method;
use super::parameters::{Sizes, candidates};
use super::spec::Spec;
use super::ways::MOST_DOUBLINGS;
use crate::circuit::depth_of_power;
use crate::real::{Exact, decimal_above, decimal_below};
use rayon::prelude::*;
use rug::Rational;

/// Significant digits of a number that is named.
const DIGITS: u32 = 4;

/// What the search tried: a map, a method, and what the one makes of the other.
pub(super) struct Tried<'a> {
    pub map: &'a Map<'a>,
    pub method: Method,
    pub fitted: &'a [Fitted],
}

/// The changes, each enough by itself. Where there is none, two fields are in the way of each other.
pub(super) fn remedies(spec: &Spec, tried: &[Tried], fallen: &[Fall]) -> Vec<String> {
    let changes =
        [targets(spec, tried, fallen), ring(spec, tried), scale(spec, tried), primes(spec, tried), mass(spec, tried)];
    changes.into_iter().flatten().collect()
}

/// What a candidate that misses a target reaches.
struct Near {
    relative: Rational,
    total: Rational,
}

/// The least max_error or relative_error that some candidate reaches, or where neither alone is enough, both.
fn targets(spec: &Spec, tried: &[Tried], fallen: &[Fall]) -> Option<String> {
    let target = &spec.target;
    let mut near: Vec<Near> = Vec::new();
    for fall in fallen {
        if let Fall::TooLarge { total, relative, .. } = fall {
            near.push(Near { relative: relative.clone(), total: total.clone() });
        }
    }
    for tried in tried.iter().filter(|tried| tried.method == Method::Merged && tried.map.falls().is_none()) {
        near.extend(shallower(spec, tried));
    }
    // An error of 1 is no promise: no weight is larger.
    near.retain(|near| near.total < 1);
    let is_close = |near: &&Near| target.relative_error.as_ref().is_none_or(|most| near.relative <= most.0);
    let is_small = |near: &&Near| near.total <= target.max_error.0;
    let total = near.iter().filter(is_close).map(|near| &near.total).min();
    let relative = near.iter().filter(is_small).map(|near| &near.relative).min();
    let named = |value: &Rational| Exact(decimal_above(value, DIGITS));
    let of_total = total.map(|total| format!("target.max_error to {}", named(total)));
    let of_relative = relative.map(|relative| format!("target.relative_error to {}", named(relative)));
    let change = match (of_total, of_relative) {
        (Some(total), Some(relative)) => format!("{total}, or {relative}"),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => {
            let best = near.iter().min_by_key(|near| &near.total)?;
            let (total, relative) = (named(&best.total), named(&best.relative));
            format!("target.max_error to {total} and target.relative_error to {relative}: one alone is not enough")
        }
    };
    Some(format!("raise {change}"))
}

/// Composites of fewer doublings than the targets ask for, from the most that the parameters have levels for down to where the
/// approximation alone errs by more than the best of them does.
fn shallower(spec: &Spec, tried: &Tried) -> Vec<Near> {
    let map = tried.map;
    let fits = |doublings: &u32| {
        let headroom = vec![0; (1 + depth_of_power(map.power) + doublings) as usize];
        candidates(spec, &headroom).is_ok_and(|all| all.iter().any(Result::is_ok))
    };
    let needed = tried.fitted.first().and_then(|fitted| fitted.job.divisions.first()).map(Division::doublings);
    let below = needed.unwrap_or(MOST_DOUBLINGS);
    let most = (1..below).take_while(fits).last().unwrap_or(0);
    let mut best: Option<Rational> = None;
    let mut near = Vec::new();
    for doublings in (1..=most).rev() {
        let Ok(fitted) = map.composed(doublings) else { break };
        if best.as_ref().is_some_and(|best| *best <= fitted.approximation.0) {
            break;
        }
        let total = |candidate: Candidate| match candidate.analysed() {
            Ok(Ok(met)) => Some(met.total.0),
            Ok(Err(Fall::TooLarge { total, .. })) => Some(total),
            _ => None,
        };
        if let Some(total) = open(spec, map, &fitted).into_par_iter().filter_map(total).min() {
            best = Some(best.map_or(total.clone(), |best| best.min(total.clone())));
            near.push(Near { relative: fitted.relative.clone(), total });
        }
    }
    near
}

/// The smallest ring above those allowed in which there is a plan.
fn ring(spec: &Spec, tried: &[Tried]) -> Option<String> {
    let ckks = &spec.ckks;
    if ckks.log_q.is_some() {
        return None;
    }
    let allowed = ckks.log_n.unwrap_or(ckks.max_log_n);
    let larger = |log_n: u32| {
        let log_n_given = ckks.log_n.map(|_| log_n);
        with(spec, Ckks { log_n: log_n_given, max_log_n: log_n.max(ckks.max_log_n), ..ckks.clone() })
    };
    let sizes = (allowed + 1..=*RINGS.end()).find_map(|log_n| smallest(&larger(log_n), tried))?;
    let field = if ckks.log_n.is_some() { "log_n" } else { "max_log_n" };
    Some(format!("raise ckks.{field} to {}, where log QP = {} is enough", sizes.log_n, sizes.log_qp()))
}

/// The scale with which there is a plan, where the specification names others.
fn scale(spec: &Spec, tried: &[Tried]) -> Option<String> {
    spec.ckks.scale_bits.as_ref()?;
    let sizes = smallest(&with(spec, Ckks { scale_bits: None, ..spec.ckks.clone() }), tried)?;
    Some(format!("take ckks.scale_bits = {} (N = 2^{})", sizes.scale_bits, sizes.log_n))
}

/// The primes with which there is a plan, where the specification gives others.
fn primes(spec: &Spec, tried: &[Tried]) -> Option<String> {
    spec.ckks.log_q.as_ref()?;
    let sizes = smallest(&with(spec, Ckks { log_q: None, log_p: None, ..spec.ckks.clone() }), tried)?;
    Some(format!("take ckks.log_q = {:?} and log_p = {:?}", sizes.log_q, sizes.log_p))
}

/// The least max_mass_lost with which there is a plan, and the ε that would meet the one that is asked for.
fn mass(spec: &Spec, tried: &[Tried]) -> Option<String> {
    let most = spec.target.max_mass_lost.as_ref()?;
    let mut above: Vec<(&Exact, &Tried)> = Vec::new();
    for tried in tried.iter().filter(|tried| tried.map.falls().is_some()) {
        above.extend(tried.map.mass_lost.low_row.as_ref().map(|lost| (lost, tried)));
    }
    above.sort_by_key(|(lost, _)| *lost);
    let has_plan = |tried: &Tried| {
        let fitted = tried.map.by(tried.method).unwrap_or_default();
        smallest(spec, &[Tried { fitted: &fitted, ..*tried }]).is_some()
    };
    let (lost, tried) = above.into_iter().find(|(_, tried)| has_plan(tried))?;
    let mut change = format!("raise target.max_mass_lost to {}", Exact(decimal_above(lost, DIGITS)));
    if let Some(epsilon) = &tried.map.epsilon {
        // ε/(m + ε) = lost gives m, and with it the ε that takes no more than `most`.
        let mean = (Rational::from(1) - &lost.0) / &lost.0 * &epsilon.value.0;
        let allowed = mean * &most.0 / (Rational::from(1) - &most.0);
        let power = tried.map.power;
        let less = Exact(decimal_below(&allowed, DIGITS));
        change += &format!(
            ", which ε = {} takes with p = {power}, or take ε ≤ {less} in the same form",
            epsilon.value.typed()
        );
    }
    Some(change)
}

fn with(spec: &Spec, ckks: Ckks) -> Spec {
    Spec { ckks, ..spec.clone() }
}

/// The candidates of a way to divide that `spec` has parameters for.
fn open<'a>(spec: &Spec, map: &'a Map<'a>, fitted: &'a Fitted) -> Vec<Candidate<'a>> {
    let all = candidates(spec, &fitted.headroom).unwrap_or_default();
    all.into_iter().flatten().map(|sizes| Candidate { map, fitted, sizes }).collect()
}

/// The parameters with the least log QP that `spec` allows and some plan has.
fn smallest(spec: &Spec, tried: &[Tried]) -> Option<Sizes> {
    let all = tried.iter().flat_map(|tried| tried.fitted.iter().map(|fitted| (tried.map, fitted)));
    let open: Vec<Candidate> = all.flat_map(|(map, fitted)| open(spec, map, fitted)).collect();
    let met = |candidate: Candidate| {
        let sizes = candidate.sizes.clone();
        matches!(candidate.judge(&[]), Ok(Outcome::Met(_))).then_some(sizes)
    };
    open.into_par_iter().filter_map(met).min_by_key(Sizes::log_qp)
}
