//! The reciprocal: its domain, its certificate, and its relative error over the domain.

use crate::certify::Certificate;
use crate::document::Document;
use crate::error::Result;
use crate::plan::{Division, Method, Plan};
use crate::poly::table::{Form, Table as Coefficients};
use crate::real::Exact;
use crate::report::curve::Curve;
use crate::report::model::{Block, Section, Table};
use crate::report::number::{self, Towards};
use crate::report::plot::Figure;
use rug::Rational;

pub(super) fn section(plan: &Plan) -> Result<Section> {
    // A plan with a start holds only where every residual after it is below 1, and then y has the sign of 1/D.
    let is_certified = |c: &Document<Certificate>| c.body.positive == Some(true) || plan.method.has_start();
    let positive = plan.certificates.iter().all(is_certified) && !plan.certificates.is_empty();
    let order = match positive {
        true => "Since r(D) > 0, the reciprocal cannot change the order inside a row.",
        false => "r(D) > 0 is NOT certified: where r(D) ≤ 0, the reciprocal breaks the order inside a row.",
    };
    let text = match plan.method {
        Method::Staged => format!(
            "x^{} by {} squarings; after each one the row is divided by its mean or sum S, with r(S) near 1/S. What a row has in \
             common cancels in the next division, so only the last reciprocal's error is the weights'. {order}",
            plan.p,
            plan.tables.len()
        ),
        method => {
            let refined = match plan.steps.len() {
                0 => String::new(),
                steps => format!(" The table is that of its start; {steps} doublings refine it."),
            };
            format!(
                "With u = (x/R)^{} and D = mean u + ε in [a, b], the weights are (u/L)·r(D) with r(D) near 1/D, by {method}.\
                 {refined} {order}",
                plan.p
            )
        }
    };
    let mut blocks = vec![Block::text(text)];
    blocks.extend(figure(plan)?.map(Block::Figure));
    blocks.push(Block::Table(facts(plan)));
    if plan.method == Method::Staged {
        blocks.push(Block::Table(divisions(plan)?));
    }
    let single = plan.tables.len() == 1;
    let numbers = |(index, table): (usize, &Document<Coefficients>)| {
        let which = if single { "the reciprocal".into() } else { format!("division {}", index + 1) };
        Block::Folded(constants(&table.body, &which))
    };
    blocks.extend(plan.tables.iter().enumerate().map(numbers));
    if !plan.steps.is_empty() {
        let alpha = |(i, alpha): (usize, &Exact)| vec![format!("α_{}", i + 1), alpha.to_string()];
        let rows = plan.steps.iter().enumerate().map(alpha).collect();
        blocks.push(Block::Folded(Table::new("The doublings after the start, exactly", &["constant", "value"], rows)));
    }
    Ok(Section { title: "The reciprocal".into(), blocks })
}

/// Each division of a plan with several.
fn divisions(plan: &Plan) -> Result<Table> {
    let row = |(index, table): (usize, &Document<Coefficients>)| {
        let (low, high) = table.body.hull()?;
        let steps = if let Form::Composite { steps, .. } = &table.body.form { steps.len() } else { 0 };
        let upper = plan.certificates.get(index).and_then(|c| c.body.certified_upper.as_ref());
        Ok(vec![
            (index + 1).to_string(),
            format!("{} to {}", number::about(&low), number::about(&high)),
            steps.to_string(),
            upper.map_or("not proved".into(), |e| number::bound(e)),
        ])
    };
    let rows = plan.tables.iter().enumerate().map(row).collect::<Result<_>>()?;
    let heads = ["division", "domain of S", "doublings", "relative error of r, at most (certified)"];
    Ok(Table::new("The divisions, first to last", &heads, rows))
}

fn facts(plan: &Plan) -> Table {
    let row = |name: &str, value: String, kind: &str| vec![name.to_string(), value, kind.to_string()];
    let [a, b] = &plan.domain;
    let what = if plan.method == Method::Staged { "mean (x/R)^2" } else { "D" };
    let mut rows = vec![
        row(&format!("a, the smallest {what}"), number::about(a), "exact"),
        row(&format!("b, the largest {what}"), number::about(b), "exact"),
        row("κ = b/a", number::about(&plan.kappa), "exact"),
        row("method", plan.method.to_string(), ""),
        row("degree in D", plan.degree.to_string(), ""),
        row("depth (rescalings)", plan.reciprocal_depth.to_string(), ""),
        row("lower bound of that depth", plan.depth_lower_bound.to_string(), "proved"),
        row("error of a weight by approximation, at most", number::bound(&plan.error.approximation), "certified"),
    ];
    let r = if plan.method.has_start() { "the start" } else { "r" };
    if plan.method.has_start() {
        let error = plan.tables.first().and_then(|table| Division::new(&table.body, &plan.steps).ok());
        let error = error.map_or("not proved".into(), |division| number::bound(&Exact(division.error())));
        rows.push(row("relative error of r, after the doublings, at most", error, "certified start, exact doublings"));
        rows.push(row("r > 0 on [a, b]", "yes, by that error".into(), "certified start, exact doublings"));
    }
    if let Some(certificate) = plan.certificates.last() {
        rows.extend(certified(&certificate.body, r));
    }
    Table::new("The reciprocal and what is proved of it", &["quantity", "value", "kind"], rows)
}

fn certified(certificate: &Certificate, r: &str) -> Vec<Vec<String>> {
    let known = |answer: Option<bool>| match answer {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not shown",
    };
    let metric = certificate.claim.metric;
    let upper = certificate.certified_upper.as_ref().map_or("not proved".into(), |e| number::bound(e));
    let lower = certificate.certified_lower.as_ref().map_or("not shown".into(), |e| number::both(e, Towards::Below));
    let verdict = match certificate.verdict {
        crate::certify::Verdict::Proved => "proved",
        crate::certify::Verdict::NotProved => "NOT PROVED",
    };
    let rows = [
        (format!("{metric} error of {r}, at most"), upper, "certified"),
        (format!("{metric} error of {r}, somewhere at least"), lower, "certified"),
        (format!("{r} > 0 on [a, b]"), known(certificate.positive).into(), "certified"),
        (format!("{r} decreases on [a, b]"), known(certificate.monotone).into(), "certified"),
        ("certificate".into(), verdict.into(), certificate.method.as_str()),
    ];
    rows.into_iter().map(|(name, value, kind)| vec![name, value, kind.into()]).collect()
}

fn constants(table: &Coefficients, which: &str) -> Table {
    let row = |name: String, value: &Rational| vec![name, crate::real::Exact(value.clone()).to_string()];
    let rows = match &table.form {
        Form::Composite { start, steps } => {
            let alphas = steps.iter().enumerate().map(|(i, alpha)| row(format!("α_{}", i + 1), alpha));
            [row("c (start)".into(), start)].into_iter().chain(alphas).collect()
        }
        Form::Polynomial { coefficients, .. } => {
            coefficients.iter().enumerate().map(|(k, c)| row(format!("c_{k}"), c)).collect()
        }
        // Not of a reciprocal.
        Form::Stages { .. } => Vec::new(),
    };
    Table::new(&format!("The numbers of {which}, exactly"), &["constant", "value"], rows)
}

/// The error of the last division, which of several is that of the weights.
fn figure(plan: &Plan) -> Result<Option<Figure>> {
    let Some(table) = plan.tables.last().map(|table| &table.body).filter(|t| t.target.name == "reciprocal") else {
        return Ok(None);
    };
    let variable = if plan.method == Method::Staged { "S" } else { "D" };
    let bound = match plan.steps.as_slice() {
        [] => table.error.certified_upper.as_ref().map(|upper| upper.0.clone()),
        steps => Division::new(table, steps).ok().map(|division| division.error()),
    };
    let title = format!("Relative error of the reciprocal, {variable}·r({variable}) − 1, over the domain");
    Curve { title, variable, table, steps: &plan.steps, bound }.figure()
}
