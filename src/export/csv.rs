//! A table as CSV: what it means in comment lines, then one number a line.

use super::Source;
use super::description::Description;
use super::listing::one_line;
use super::number::decimal;
use super::operation::Operation;
use super::points::points;
use super::recipe::Recipe;
use crate::document::Provenance;
use crate::error::Result;
use crate::poly::table::Form;
use crate::real::Exact;

pub(super) fn write(source: &Source) -> Result<String> {
    let table = &source.table;
    let mut lines = vec![comment("polyattn export", "comment lines begin with '#'; then one number a line")];
    lines.extend(Description::of(source).0.iter().map(|(name, text)| comment(name, text)));
    for (index, [lo, hi]) in table.intervals.iter().enumerate() {
        lines.push(comment(&format!("interval {index}"), &format!("{lo},{hi}")));
    }
    for point in points(table)? {
        lines.push(comment("self-test x,value", &format!("{},{}", point.x, decimal(&point.value))));
    }
    if let Some(plan) = &source.plan {
        lines.extend(recipe(&Recipe::of(plan)?));
    }
    let provenance = Provenance::new(&source.sha256, source.seed);
    lines.push(comment(source.kind, &format!("sha256 {}", source.sha256)));
    let Provenance { polyattn, rug, mpfr, .. } = provenance;
    lines.push(comment("provenance", &format!("polyattn {polyattn}, rug {rug}, MPFR {mpfr}")));
    lines.extend(rows(&table.form));
    Ok(lines.join("\n") + "\n")
}

/// The constants of the doublings after a start, below its coefficients.
pub(super) fn with_steps(csv: &str, steps: &[Exact]) -> String {
    let warning = comment(
        "WARNING",
        "the coefficients are those of a start, not of the reciprocal: with R = 1 - D*y, for each alpha below in order \
         y = alpha*(1 + R)*y with the old R, R = alpha*R^2 - (alpha - 1); y is the value",
    );
    let alpha = |(index, c): (usize, &Exact)| format!("alpha_{},{},{c}\n", index + 1, decimal(c));
    format!("{warning}\n{csv}{}", steps.iter().enumerate().map(alpha).collect::<String>())
}

/// A comment stays one line whatever the text holds.
fn comment(name: &str, text: &str) -> String {
    format!("# {name}: {}", one_line(text))
}

fn recipe(recipe: &Recipe) -> Vec<String> {
    let ckks = &recipe.ckks;
    let mut lines = vec![
        comment("p", &recipe.p.to_string()),
        comment("score bound R", &recipe.score_bound.to_string()),
        comment(
            "error bound of a weight",
            &format!("{} (fails with probability at most {})", recipe.error_bound, recipe.failure_probability),
        ),
        comment(
            "ckks",
            &format!(
                "log2 N = {}, scale 2^{}, log QP {} (log_q {:?}, log_p {:?}), {} bits by {}",
                ckks.log_n,
                ckks.scale_bits,
                ckks.log_qp,
                ckks.log_q,
                ckks.log_p,
                ckks.security_bits,
                ckks.security_source
            ),
        ),
    ];
    for length in &recipe.lengths {
        let keys = length.keys;
        lines.extend(length.start.as_ref().map(|start| {
            let constants = format!("numerator {}, residual {}", start.numerator.decimal, start.residual.decimal);
            comment(&format!("constants for {keys} keys"), &constants)
        }));
        let operation = |(place, operation): (usize, &Operation)| {
            comment(&format!("operation {place} for {keys} keys"), &operation.to_string())
        };
        lines.extend(length.operations.iter().enumerate().map(operation));
    }
    lines.extend(recipe.steps.iter().enumerate().map(|(index, step)| comment(&format!("step {}", index + 1), step)));
    lines
}

fn rows(form: &Form) -> Vec<String> {
    match form {
        Form::Polynomial { coefficients, .. } => {
            let row = |(index, c): (usize, &Exact)| format!("{index},{},{c}", decimal(c));
            ["index,coefficient,exact".to_string()]
                .into_iter()
                .chain(coefficients.iter().enumerate().map(row))
                .collect()
        }
        Form::Composite { start, steps } => {
            let alpha = |(index, c): (usize, &Exact)| format!("alpha_{},{},{c}", index + 1, decimal(c));
            let head = ["constant,value,exact".to_string(), format!("start,{},{start}", decimal(start))];
            head.into_iter().chain(steps.iter().enumerate().map(alpha)).collect()
        }
        Form::Stages { stages, .. } => {
            let head = ["stage,index,coefficient,exact".to_string()];
            let rows = stages.iter().zip(1..).flat_map(|(stage, number)| {
                let row = move |(index, c): (usize, &Exact)| format!("{number},{index},{},{c}", decimal(c));
                stage.coefficients.iter().enumerate().map(row)
            });
            head.into_iter().chain(rows).collect()
        }
    }
}
