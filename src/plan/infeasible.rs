//! Why no candidate meets a specification, by how much the nearest ones fail, and what to relax.

use super::judge::Fall;
use super::parameters::{Misfit, ring_for};
use super::relax::{Tried, remedies};
use super::spec::Spec;
use super::ways::LARGEST_POLYNOMIAL;
use crate::error::Error;
use crate::real::log2;
use std::collections::BTreeSet;

/// Says by how much the nearest candidates fail, and what to relax.
pub(super) fn infeasible(spec: &Spec, tried: &[Tried], fallen: &[Fall]) -> Error {
    let nearest = [error(spec, fallen), security(spec, fallen), mass(spec, fallen), levels(fallen)];
    let mut reasons: Vec<String> = nearest.into_iter().flatten().collect();
    let nearest_is_known = !reasons.is_empty();
    let mut kinds = BTreeSet::new();
    for fall in fallen {
        let reason = match fall {
            Fall::Parameters(Misfit::NoRow { log_n }) => format!(
                "the security table has no row for N = 2^{log_n} at {} bits: expected 128, 192 or 256 bits and N up to \
                 2^17 (2018: 128 bits and N up to 2^15)",
                spec.ckks.security_bits
            ),
            Fall::Depth { doublings } => format!("{doublings} doublings do not reach the target"),
            Fall::Unplaced(why) => why.clone(),
            Fall::Degree if nearest_is_known => continue,
            Fall::Degree => format!("one polynomial would need a larger degree than {LARGEST_POLYNOMIAL}"),
            Fall::Beaten | Fall::TooLarge { .. } | Fall::MassLost { .. } | Fall::Parameters(_) => continue,
        };
        if kinds.insert(fall.reason()) {
            reasons.push(reason);
        }
    }
    let mut text = format!("no plan meets the specification:\n  - {}", reasons.join("\n  - "));
    let remedies = remedies(spec, tried, fallen);
    if !remedies.is_empty() {
        text += &format!("\nthere is one with any of these changes:\n  - {}", remedies.join("\n  - "));
    }
    Error::NoSolution(text)
}

/// The least total error.
fn error(spec: &Spec, fallen: &[Fall]) -> Option<String> {
    let target = log2(&spec.target.max_error.0);
    let nearest = fallen.iter().filter_map(|fall| match fall {
        Fall::TooLarge { total, log_n, scale_bits, .. } => Some((total, log_n, scale_bits)),
        _ => None,
    });
    let (total, log_n, scale_bits) = nearest.min()?;
    let total = log2(total);
    Some(format!(
        "the nearest (N = 2^{log_n}, scale 2^{scale_bits}) has a total error of 2^{total:.2}, {:.2} bits above max_error = \
         2^{target:.2}",
        total - target
    ))
}

/// The fewest bits above the security table, and the ring that holds them.
fn security(spec: &Spec, fallen: &[Fall]) -> Option<String> {
    let tightest = fallen.iter().filter_map(|fall| match fall {
        Fall::Parameters(Misfit::Security { log_n, excess, limit }) => Some((*excess, *log_n, *limit)),
        _ => None,
    });
    let (excess, log_n, limit) = tightest.min()?;
    let needed = excess + limit;
    let holds = match ring_for(&spec.ckks, needed) {
        Ok(Some(larger)) => format!("N = 2^{larger} holds log QP = {needed}"),
        _ => format!("no ring that plans are made for holds log QP = {needed}"),
    };
    Some(format!(
        "at N = 2^{log_n} the nearest primes need {excess} bits more than the {limit} that {}-bit security allows; {holds}",
        spec.ckks.security_bits
    ))
}

/// The least mass that any ε takes.
fn mass(spec: &Spec, fallen: &[Fall]) -> Option<String> {
    let most = spec.target.max_mass_lost.as_ref()?;
    let each = fallen.iter().filter_map(|fall| match fall {
        Fall::MassLost { lost, power, epsilon } => Some((lost, power, epsilon)),
        _ => None,
    });
    let (lost, power, epsilon) = each.min_by_key(|(lost, ..)| *lost)?;
    let epsilon = epsilon.as_ref().map(|epsilon| epsilon.value.typed()).unwrap_or_default();
    Some(format!(
        "ε takes {:.2} % of the row at the 1 % quantile, and max_mass_lost allows {:.2} %: the least of those above it, by ε = \
         {epsilon} with p = {power}",
        lost.to_f64() * 100.0,
        most.to_f64() * 100.0
    ))
}

/// The fewest levels that the given primes lack.
fn levels(fallen: &[Fall]) -> Option<String> {
    let missing = fallen.iter().filter_map(|fall| match fall {
        Fall::Parameters(Misfit::Levels { missing }) => Some(*missing),
        _ => None,
    });
    missing.min().map(|missing| format!("the given primes lack {missing} levels"))
}
