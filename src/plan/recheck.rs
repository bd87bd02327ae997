//! Proving a plan again: everything that it states is derived anew from its specification and its numbers.

use super::document::{Plan, PlanDocument};
use super::judge::Met;
use super::map::Map;
use super::parameters::Sizes;
use super::security::security;
use super::spec::{Spec, SpecSource};
use crate::attention::Epsilon;
use crate::certify::verify_against;
use crate::error::{Error, Result};
use rug::Rational;

/// Checks every plan of a document against its specification.
///
/// # Errors
/// [`Error::NotCertified`] naming the plan and the field that does not hold; [`Error::Input`] for a malformed one.
pub fn recheck(document: &PlanDocument) -> Result<()> {
    document.spec.check()?;
    recheck_one(&document.chosen, &document.spec).map_err(|e| e.at("chosen"))?;
    for (name, plans) in [("best_per_p", &document.best_per_p), ("pareto", &document.pareto)] {
        for (index, plan) in plans.iter().enumerate() {
            recheck_one(plan, &document.spec).map_err(|e| e.at(format!("{name}[{index}]")))?;
        }
    }
    Ok(())
}

fn recheck_one(plan: &Plan, spec: &Spec) -> Result<()> {
    let source = SpecSource { spec: spec.clone(), bound: plan.score_bound.0.clone(), rows: None };
    require(spec.attention.p.as_slice().contains(&plan.p), "p", "the specification does not list it")?;
    let given = spec.attention.score_bound.as_ref();
    require(given.is_none_or(|bound| *bound == plan.score_bound), "score_bound", "the specification has another")?;
    let map = Map::new(&source, plan.p, epsilon(plan, &source)?)?;
    require(map.domain == plan.domain.clone().map(|end| end.0), "domain", "the specification gives another")?;

    let ([table], [certificate]) = (plan.tables.as_slice(), plan.certificates.as_slice()) else {
        return Err(Error::input("fields 'tables', 'certificates': expected one each"));
    };
    verify_against(&certificate.body, &table.body).map_err(|e| e.at("certificates[0]"))?;
    let fitted = map.fitted(table.body.clone(), certificate.body.clone())?;
    require(fitted.table.intervals == [plan.domain.clone()], "tables[0].intervals", "not the plan's domain")?;
    require(fitted.approximation == plan.error.approximation, "error.approximation", "not what the table gives")?;
    require(fitted.cost.depth == plan.depth, "depth", "not the circuit's")?;
    require(fitted.cost.products == plan.products, "products", "not the circuit's")?;
    require(map.lower_bound() == (plan.depth_lower_bound, metric(plan)?), "depth_lower_bound", "another is proved")?;

    let met = Met::judge(&map, &fitted, sizes(plan, spec)?)?;
    let met = met.map_err(|fall| Error::NotCertified(format!("it falls: {}", fall.reason())))?;
    require(met.total == plan.error.total, "error.total", "the analyser finds another")?;
    let sum = plan.ledger.iter().fold(Rational::new(), |sum, line| sum + &line.value.0);
    require(sum == plan.error.total.0, "ledger", "its values do not add up to error.total")?;
    let parts = &plan.error.approximation.0 + plan.error.noise.rigorous.0.clone();
    require(parts == plan.error.total.0, "error", "total is not approximation + rigorous noise")?;
    require(met.primes()? == plan.ckks.primes, "ckks.primes", "not the primes of these sizes")
}

/// The ε of the specification that the plan is for.
fn epsilon(plan: &Plan, source: &SpecSource) -> Result<Option<Epsilon>> {
    let shape = super::candidate::longest_shape(source, plan.p)?;
    let unit = plan.epsilon.unit.as_ref().map(|e| &e.0);
    let same = |e: &Option<Epsilon>| e.as_ref().map(|e| e.unit(&shape)).as_ref() == unit;
    let found = source.spec.epsilons().into_iter().find(same);
    found.ok_or_else(|| Error::NotCertified("epsilon: the specification does not list it".into()))
}

fn metric(plan: &Plan) -> Result<&'static str> {
    match plan.lower_bound_metric.as_str() {
        "relative" => Ok("relative"),
        "absolute" => Ok("absolute"),
        other => {
            Err(Error::input(format!("field 'lower_bound_metric': expected relative or absolute, found '{other}'")))
        }
    }
}

/// The plan's parameters, against the table of today.
fn sizes(plan: &Plan, spec: &Spec) -> Result<Sizes> {
    let ckks = &plan.ckks;
    let row = security(spec.ckks.security_table, ckks.log_n, spec.ckks.security_bits)?;
    let security = row.ok_or_else(|| Error::NotCertified("ckks.log_n: the security table has no row for it".into()))?;
    let sizes = Sizes {
        log_n: ckks.log_n,
        scale_bits: ckks.scale_bits,
        log_q: ckks.log_q.clone(),
        log_p: ckks.log_p.clone(),
        security,
    };
    let most = sizes.security.max_log_qp;
    if sizes.log_qp() > most {
        return Err(Error::NotCertified(format!(
            "ckks: log QP = {} is above the {most} bits that {} allows for {}-bit security at N = 2^{}",
            sizes.log_qp(),
            sizes.security.source,
            spec.ckks.security_bits,
            ckks.log_n
        )));
    }
    require(ckks.security_bits == spec.ckks.security_bits, "ckks.security_bits", "not the specification's")?;
    require(ckks.log_qp == sizes.log_qp(), "ckks.log_qp", "not the sum of the primes' sizes")?;
    Ok(sizes)
}

fn require(holds: bool, field: &str, reason: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::NotCertified(format!("field '{field}' does not hold: {reason}"))) }
}
