//! Why no candidate meets a specification, and what to relax.

use super::judge::Fall;
use super::parameters::Misfit;
use super::spec::Spec;
use super::ways::LARGEST_POLYNOMIAL;
use crate::error::Error;
use crate::real::log2;
use std::collections::BTreeSet;

/// Says by how much the nearest candidates fail, and what to relax.
pub(super) fn infeasible(spec: &Spec, fallen: &[Fall]) -> Error {
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
            Fall::Degree => format!("one polynomial would need a larger degree than {LARGEST_POLYNOMIAL}"),
            Fall::Beaten | Fall::TooLarge { .. } | Fall::Parameters(Misfit::Security { .. }) => continue,
        };
        if kinds.insert(fall.reason()) {
            reasons.push(reason);
        }
    }
    Error::NoSolution(format!("no plan meets the specification:\n  - {}", reasons.join("\n  - ")))
}
