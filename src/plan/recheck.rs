//! Proving a plan again: everything that it states is derived anew from its specification and its numbers.

use super::document::{Plan, PlanDocument};
use super::judge::Candidate;
use super::map::{Fitted, Map};
use super::method::Method;
use super::parameters::{Sizes, candidates, limit};
use super::source::SpecSource;
use super::spec::Spec;
use super::ways::{Fits, LARGEST_POLYNOMIAL, MOST_DOUBLINGS, STARTS, Way};
use super::worst_case;
use crate::attention::Epsilon;
use crate::certify::{Certificate, verify_against};
use crate::error::{Error, Result};
use crate::poly::table::{Form, Metric, Table};
use crate::target::{Reciprocal, Target};
use rug::Rational;

/// Checks every plan of a document against its specification, and the choice among them.
///
/// What depends on scores that are not in the document is taken as it is: `mass_lost` of the median and the low row, and
/// the predicted mean where the specification names scores. Records of validations are checked as validations.
///
/// # Errors
/// [`Error::NotCertified`] naming the plan and the field that does not hold; [`Error::Input`] for a malformed one.
pub fn recheck(document: &PlanDocument) -> Result<()> {
    recheck_chosen(document)?;
    let chosen = Plan { validation: None, ..document.chosen.clone() };
    for (name, plans) in [("best_per_p", &document.best_per_p), ("pareto", &document.pareto)] {
        for (index, plan) in plans.iter().enumerate() {
            let at = |e: Error| e.at(format!("{name}[{index}]"));
            recheck_one(plan, &document.spec).map_err(at)?;
            let better = merit(plan) < merit(&chosen);
            require(!better, "chosen", "the rule of choice prefers this one").map_err(at)?;
        }
        let listed = plans.iter().any(|plan| Plan { validation: None, ..plan.clone() } == chosen);
        require(listed, name, "the chosen plan is not among them")?;
    }
    Ok(())
}

/// Checks the chosen plan alone.
///
/// # Errors
/// As [`recheck`].
pub fn recheck_chosen(document: &PlanDocument) -> Result<()> {
    document.spec.check().map_err(|e| e.at("spec"))?;
    recheck_one(&document.chosen, &document.spec).map_err(|e| e.at("chosen"))
}

/// Fewest bootstraps, then least depth, log N, products, total error.
fn merit(plan: &Plan) -> (u32, u32, u32, u32, &Rational) {
    (plan.bootstraps, plan.depth, plan.ckks.log_n, plan.products, &plan.error.total.0)
}

fn recheck_one(plan: &Plan, spec: &Spec) -> Result<()> {
    let given = spec.attention.score_bound.as_ref();
    require(given.is_none_or(|bound| *bound == plan.score_bound), "score_bound", "the specification has another")?;
    require(spec.attention.p.as_slice().contains(&plan.p), "p", "the specification does not list it")?;
    let source = SpecSource::with_bound(spec.clone(), plan.score_bound.0.clone())?;
    require(spec.methods(plan.p).contains(&plan.method), "method", "the specification does not ask for it")?;
    let fits = Fits::default();
    let map = Map::new(&source, plan.p, epsilon(plan, &source)?, plan.method == Method::Staged, &fits)?;

    let divisions = plan.method.divisions(plan.p)? as usize;
    if plan.tables.len() != divisions || plan.certificates.len() != divisions {
        return Err(Error::input(format!("fields 'tables', 'certificates': expected {divisions} each")));
    }
    let certificates: Vec<&Certificate> = plan.certificates.iter().map(|certificate| &certificate.body).collect();
    let domains = map.division_domains(&certificates)?;
    let tables: Vec<&Table> = plan.tables.iter().map(|table| &table.body).collect();
    for (index, ((table, certificate), domain)) in tables.iter().zip(&certificates).zip(&domains).enumerate() {
        check_table(plan, table, domain).map_err(|e| e.at(format!("tables[{index}]")))?;
        verify_against(certificate, table).map_err(|e| e.at(format!("certificates[{index}]")))?;
    }
    let owned = |table: &&Table| Table::clone(table);
    let (tables, certificates) = (tables.iter().map(owned).collect(), certificates.into_iter().cloned().collect());
    let fitted = map.fitted(plan.method, Way { tables, certificates, steps: plan.steps.clone() })?;
    check_targets(plan, &fitted, spec)?;

    let sizes = sizes(plan, spec)?;
    let allowed = candidates(spec, &fitted.headroom)?.contains(&Ok(sizes.clone()));
    require(allowed, "ckks", "the specification does not allow these parameters at this depth")?;
    let met = Candidate { map: &map, fitted: &fitted, sizes }.analysed()?;
    let met = met.map_err(|fall| Error::NotCertified(format!("it falls: {}", fall.reason())))?;
    let mut fresh = met.write()?;
    if plan.error.noise.worst_case.is_some() {
        fresh.error.noise.worst_case = Some(worst_case::largest(plan, spec)?);
    }
    compare(plan, fresh)
}

/// The table must be a composite for 1/D on the division's own domain: a certificate for another function proves nothing here.
fn check_table(plan: &Plan, table: &Table, [a, b]: &[Rational; 2]) -> Result<()> {
    table.validate()?;
    check_form(plan, &table.form)?;
    let target = Target::Reciprocal(Reciprocal::default()).name();
    require(table.target == target, "target", "the reciprocal of D itself is needed")?;
    require(table.error.metric == Metric::Relative, "error.metric", "a relative error is needed")?;
    let intervals = [[a.clone().into(), b.clone().into()]];
    require(table.intervals == intervals, "intervals", "not the domain that the specification gives")
}

/// The table must be what the method is named for, and small enough to be checked in a moment.
fn check_form(plan: &Plan, form: &Form) -> Result<()> {
    let (method, steps) = (plan.method, plan.steps.len() as u32);
    let (degree, is_refined) = (form.degree(), steps > 0);
    let fits = match form {
        Form::Polynomial { .. } if method == Method::Polynomial => {
            degree <= u64::from(LARGEST_POLYNOMIAL) && !is_refined
        }
        Form::Polynomial { .. } => {
            method.has_start()
                && STARTS.iter().any(|&start| degree == u64::from(start))
                && (1..=MOST_DOUBLINGS).contains(&steps)
        }
        Form::Composite { .. } if method == Method::Polynomial || method.has_start() => false,
        Form::Composite { steps: own, .. } => {
            let is_goldschmidt = matches!(method, Method::Goldschmidt | Method::GoldschmidtMean);
            !is_refined && (!is_goldschmidt || own.iter().all(|alpha| alpha.0 == 1))
        }
        Form::Stages { .. } => false,
    };
    require(fits, "form", "not a table of the plan's method")
}

fn check_targets(plan: &Plan, fitted: &Fitted, spec: &Spec) -> Result<()> {
    let of_scores = plan.mass_lost.low_row.is_some() || plan.mass_lost.median_row.is_some();
    require(!of_scores || spec.attention.scores.is_some(), "mass_lost", "the specification has no scores")?;
    let relative = spec.target.relative_error.as_ref();
    let met = relative.is_none_or(|most| fitted.relative <= most.0);
    require(met, "spec.target.relative_error", "the table's certified error is above it")?;
    let lost = plan.mass_lost.low_row.as_ref();
    let met = spec.target.max_mass_lost.as_ref().is_none_or(|most| lost.is_some_and(|lost| lost <= most));
    require(met, "spec.target.max_mass_lost", "mass_lost.low_row is above it")
}

/// Field by field, so that the first that differs is named.
fn compare(plan: &Plan, mut fresh: Plan) -> Result<()> {
    require(plan.error.total == fresh.error.total, "error.total", "the analyser finds another")?;
    let sum = plan.ledger.iter().fold(Rational::new(), |sum, line| sum + &line.value.0);
    require(sum == plan.error.total.0, "ledger", "its values do not add up to error.total")?;
    require(plan.ckks.primes == fresh.ckks.primes, "ckks.primes", "not the primes of these sizes")?;

    fresh.mass_lost.median_row = plan.mass_lost.median_row.clone();
    fresh.mass_lost.low_row = plan.mass_lost.low_row.clone();
    if plan.mass_lost.low_row.is_some() {
        fresh.error.noise.predicted = plan.error.noise.predicted.clone();
    }
    fresh.validation = plan.validation.clone();
    // Verified on their own; their provenance is another program's business.
    fresh.tables = plan.tables.clone();
    fresh.certificates = plan.certificates.clone();
    let text = |plan: &Plan| serde_json::to_value(plan).map_err(|e| Error::internal(e.to_string()));
    let (stated, found) = (text(plan)?, text(&fresh)?);
    let fields = stated.as_object().into_iter().flatten();
    let differing = fields.into_iter().find(|(name, value)| found.get(name.as_str()) != Some(value));
    match differing {
        None => Ok(()),
        Some((name, _)) => require(false, name, "another value follows from the specification"),
    }
}

/// The ε of the specification that the plan is for.
pub(super) fn epsilon(plan: &Plan, source: &SpecSource) -> Result<Option<Epsilon>> {
    let shape = super::candidate::longest_shape(source, plan.p)?;
    let unit = plan.epsilon.unit.as_ref().map(|e| &e.0);
    let same = |e: &Option<Epsilon>| e.as_ref().map(|e| e.unit(&shape)).as_ref() == unit;
    let found = source.spec.epsilons().into_iter().find(same);
    found.ok_or_else(|| Error::NotCertified("field 'epsilon' does not hold: the specification does not list it".into()))
}

/// The plan's parameters, against the table of today.
pub(super) fn sizes(plan: &Plan, spec: &Spec) -> Result<Sizes> {
    let ckks = &plan.ckks;
    let security = limit(&spec.ckks, ckks.log_n)?
        .ok_or_else(|| Error::NotCertified("ckks.log_n: the security table has no row for it".into()))?;
    let sizes = Sizes {
        log_n: ckks.log_n,
        scale_bits: ckks.scale_bits,
        log_q: ckks.log_q.clone(),
        log_p: ckks.log_p.clone(),
        security,
    };
    let (log_qp, most) = (sizes.log_qp(), sizes.security.max_log_qp);
    if !sizes.is_secure() && !spec.ckks.insecure {
        return Err(Error::NotCertified(format!(
            "ckks: log QP = {log_qp} is above the {most} bits that {} allows for {}-bit security at N = 2^{}",
            sizes.security.source, spec.ckks.security_bits, ckks.log_n
        )));
    }
    Ok(sizes)
}

fn require(holds: bool, field: &str, reason: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::NotCertified(format!("field '{field}' does not hold: {reason}"))) }
}
