//! The reciprocal: its domain, its certificate, and its relative error over the domain.

use crate::certify::Certificate;
use crate::document::Document;
use crate::error::Result;
use crate::plan::{Division, Method, Plan};
use crate::poly::table::{Form, Table as Coefficients};
use crate::real::{Exact, PRECISION};
use crate::report::curve::{Axis, COLUMNS, SAMPLES, columns, largest};
use crate::report::model::{BandPlot, Block, Figure, Legend, Plot, Section, Symbol, Table};
use crate::report::number::{self, Towards};
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
    // Of several divisions the last one's error is that of the weights; a start's is not.
    if let Some(table) = plan.tables.last().filter(|_| plan.steps.is_empty()) {
        blocks.extend(figure(&table.body)?.map(Block::Figure));
    }
    blocks.push(Block::Table(facts(plan)));
    if plan.method == Method::Staged {
        blocks.push(Block::Table(divisions(plan)?));
    }
    blocks.extend(plan.tables.iter().map(|table| Block::Folded(constants(&table.body))));
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

fn constants(table: &Coefficients) -> Table {
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
    Table::new("The numbers of the reciprocal, exactly", &["constant", "value"], rows)
}

fn figure(table: &Coefficients) -> Result<Option<Figure>> {
    let (lo, hi) = table.hull()?;
    let lo = Rational::from(&lo + &table.target.epsilon.0);
    if lo <= 0 || table.target.name != "reciprocal" {
        return Ok(None);
    }
    let axis = Axis::of(table)?;
    let columns = columns(table, &axis)?;
    let sampled = largest(&columns);
    let upper = table.error.certified_upper.as_ref();
    let (unit, unit_name) = match upper {
        Some(upper) => (upper.to_f64(), format!("certified bound {}", number::bound(upper))),
        None => (sampled, format!("largest value sampled, {}", number::measured(sampled))),
    };
    if !unit.is_normal() {
        return Ok(None);
    }
    Ok(Some(Figure {
        title: "Relative error of the reciprocal, D·r(D) − 1, over the domain".into(),
        description: format!(
            "The error swings between −2^{:.2} and 2^{0:.2} over the whole domain from D = {} to D = {}; the lines are \
             the {unit_name}, above and below 0. The largest value sampled is {}.",
            unit.log2(),
            number::power_of_two(&lo, Towards::Nearest),
            number::power_of_two(&hi, Towards::Nearest),
            number::measured(sampled)
        ),
        legend: vec![
            Legend::new(
                Symbol::Area,
                &format!(
                    "range of the error in each column, from {} points in {PRECISION} bits: a picture, not a proof",
                    COLUMNS * SAMPLES
                ),
            ),
            Legend::new(Symbol::Line, &format!("±{unit_name}")),
        ],
        plot: Plot::Band(BandPlot { axis: axis.name(), logarithmic: axis.logarithmic, unit, unit_name, columns }),
    }))
}
