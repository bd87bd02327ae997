//! A candidate that met its targets, written down as a plan.

use super::candidate::{Division, decimal, decimal_above, longest, longest_shape};
use super::document::{CkksParameters, EpsilonForms, ErrorBudget, LedgerEntry, NoiseFigures, Plan, Stage};
use super::judge::{Candidate, Met};
use super::map::{Fitted, Map};
use super::method::Method;
use crate::attention::order_gap;
use crate::circuit::{Numerator, depth_of_power};
use crate::document::{Document, Provenance};
use crate::error::Result;
use crate::noise::{StageBound, predict_rows, stage_bounds};
use crate::real::{Exact, ceil_decimal, f64_above, log2, round_decimal};
use rug::Rational;

/// Shares of R at which the order gap is reported.
const GAP_SHARES: [(u32, u32); 8] = [(0, 1), (1, 16), (1, 8), (1, 4), (1, 2), (5, 8), (3, 4), (7, 8)];

pub(super) fn plan(met: &Met) -> Result<Plan> {
    let Candidate { map, fitted, .. } = met.candidate.clone();
    let spec = &map.source.spec;
    let (depth_lower_bound, metric) = map.lower_bound();
    let [a, b] = &map.domain;
    let doublings: Vec<u32> = fitted.job.divisions.iter().map(|division| division.steps.len() as u32).collect();
    let certified = Provenance::new(&(a.to_string(), b.to_string(), &doublings), None);
    let approximation = &fitted.approximation.0 + ceil_decimal(&map.left_out(), 30);
    Ok(Plan {
        p: map.power,
        score_bound: Exact(map.source.bound.clone()),
        epsilon: epsilon_forms(met)?,
        method: fitted.job.method,
        domain: [Exact(a.clone()), Exact(b.clone())],
        kappa: Exact(round_decimal(&Rational::from(b / a), 17)),
        degree: degree(fitted),
        depth: fitted.cost.depth,
        reciprocal_depth: reciprocal_depth(map, fitted),
        depth_lower_bound,
        lower_bound_metric: metric.into(),
        products: fitted.cost.products,
        plain_products: fitted.cost.plain_products,
        rotations: fitted.cost.rotations,
        bootstraps: spec.ckks.bootstraps(fitted.cost.depth),
        refreshed: fitted.cost.refreshed,
        ckks: parameters(met)?,
        error: ErrorBudget {
            approximation: Exact(approximation.clone()),
            noise: NoiseFigures {
                rigorous: Exact(Rational::from(&met.total.0 - &approximation)),
                failure_probability: spec.ckks.failure_probability.clone(),
                probabilistic: decimal_above(met.budget.probabilistic),
                predicted: decimal(predicted(met)?),
                worst_case: None,
            },
            total: met.total.clone(),
        },
        mass_lost: map.mass_lost.clone(),
        order_gap: order_gaps(met),
        ledger: ledger(met),
        stages: stages(met)?,
        worst_denominator: met.budget.worst_denominator,
        tables: fitted.tables.iter().map(|table| Document::new(table.clone(), certified.clone())).collect(),
        steps: fitted.steps.clone(),
        certificates: fitted.certificates.iter().map(|proof| Document::new(proof.clone(), certified.clone())).collect(),
        validation: None,
    })
}

/// Of the last reciprocal, as a polynomial in D: each doubling takes a residual of degree n to one of degree 2n.
fn degree(fitted: &Fitted) -> u64 {
    let table = fitted.tables.last().map_or(0, |table| table.degree);
    (table.saturating_add(1) << fitted.steps.len().min(40)) - 1
}

/// Rescalings from D to 1/D, or of all reciprocals together.
fn reciprocal_depth(map: &Map, fitted: &Fitted) -> u32 {
    let method = fitted.job.method;
    if method == Method::Staged {
        return fitted.job.divisions.iter().map(Division::doublings).sum();
    }
    let product = u32::from(method.numerator() == Numerator::Separate);
    fitted.cost.depth.saturating_sub(depth_of_power(map.power) + product)
}

fn epsilon_forms(met: &Met) -> Result<EpsilonForms> {
    let shape = longest_shape(met.candidate.map.source, met.candidate.map.power)?;
    let form = |value: fn(&crate::attention::Epsilon, &crate::attention::RowShape) -> Rational| {
        met.candidate.map.epsilon.as_ref().map(|e| Exact(value(e, &shape)))
    };
    use crate::attention::Epsilon;
    Ok(EpsilonForms { sum: form(Epsilon::sum), mean: form(Epsilon::mean), unit: form(Epsilon::unit) })
}

fn parameters(met: &Met) -> Result<CkksParameters> {
    let (sizes, ckks) = (&met.candidate.sizes, &met.candidate.map.source.spec.ckks);
    let insecure = !sizes.is_secure();
    let security_source = match (insecure, sizes.security.max_log_qp) {
        (false, _) => sizes.security.source.clone(),
        (true, 0) => format!("INSECURE: no table has N = 2^{} at {} bits", sizes.log_n, ckks.security_bits),
        (true, most) => format!(
            "INSECURE: log QP = {} is above the {most} bits that {} allows for {} bits",
            sizes.log_qp(),
            sizes.security.source,
            ckks.security_bits
        ),
    };
    Ok(CkksParameters {
        log_n: sizes.log_n,
        scale_bits: sizes.scale_bits,
        log_q: sizes.log_q.clone(),
        log_p: sizes.log_p.clone(),
        log_qp: sizes.log_qp(),
        security_bits: if insecure { 0 } else { ckks.security_bits },
        security_source,
        insecure,
        secret: ckks.secret,
        primes: met.candidate.primes()?,
    })
}

/// Rows of a plan with several divisions that its predicted mean is taken over, at most.
const MOST_ROWS: usize = 256;

/// Over the rows of the scores where there are any, else at the worst row of the domain.
fn predicted(met: &Met) -> Result<f64> {
    let map = met.candidate.map;
    let Some(rows) = &map.source.rows else { return Ok(met.budget.predicted) };
    let Some(placed) = met.placed.iter().find(|p| p.length as usize == rows.keys) else {
        return Ok(met.budget.predicted);
    };
    let bound = map.source.bound.to_f64();
    // Rows of several divisions take long: of many, some, evenly spread.
    let every = if map.is_staged { rows.rows.len().div_ceil(MOST_ROWS).max(1) } else { 1 };
    let some = rows.rows.iter().step_by(every);
    let unit: Vec<Vec<f64>> = some.map(|row| row.iter().map(|x| x / bound).collect()).collect();
    let predictions = predict_rows(placed, &unit)?;
    Ok(predictions.iter().map(|row| row.mean).sum::<f64>() / predictions.len().max(1) as f64)
}

/// The largest bound of each stage over all lengths.
fn stages(met: &Met) -> Result<Vec<Stage>> {
    let log2_failure = log2(&met.candidate.map.source.spec.ckks.failure_probability.0);
    let each = met.placed.iter().zip(&met.candidate.map.first_domains);
    let mut largest: Vec<StageBound> = Vec::new();
    for (placed, domain) in each {
        let bounds = stage_bounds(placed, domain, log2_failure, 1)?;
        largest.resize(bounds.len(), StageBound { name: String::new(), node: 0, bound: 0.0 });
        for (most, stage) in largest.iter_mut().zip(bounds) {
            *most = StageBound { bound: stage.bound.max(most.bound), ..stage };
        }
    }
    Ok(largest.into_iter().map(|s| Stage { name: s.name, bound: decimal_above(s.bound) }).collect())
}

fn order_gaps(met: &Met) -> Vec<[Exact; 2]> {
    let bound = met.candidate.map.source.bound.to_f64();
    let (b, error) = (f64_above(&met.candidate.map.denominator[1]), f64_above(&met.total.0));
    let length = longest(&met.candidate.map.source.spec);
    GAP_SHARES
        .iter()
        .filter_map(|&(n, d)| {
            let v = bound * f64::from(n) / f64::from(d);
            order_gap(v, error, length, b, bound, met.candidate.map.power).map(|gap| [decimal(v), decimal_above(gap)])
        })
        .collect()
}

/// Every source, and the lines that are exactly zero here, so that a reader sees that they were thought of.
fn ledger(met: &Met) -> Vec<LedgerEntry> {
    let entry = |(source, gain, value): &(String, f64, Exact)| LedgerEntry {
        source: source.clone(),
        gain: decimal(*gain),
        value: value.clone(),
    };
    let zero = |source: &str| LedgerEntry { source: source.into(), gain: Exact::default(), value: Exact::default() };
    let absent = [
        zero("scale mismatch (none: no two scales are added)"),
        zero("range overflow (none: every value was checked against its modulus)"),
    ];
    met.ledger.iter().map(entry).chain(absent).collect()
}
