//! Parameters against the security table that this program has now.

use super::given::Content;
use crate::error::{Error, Result};
use crate::plan::{CkksParameters, SecurityTable, security};

/// Checks every parameter set of a document; `None` where it has none.
///
/// # Errors
/// [`Error::NotCertified`] with the field, what the table allows and what to do.
pub(super) fn check(content: &Content) -> Result<Option<String>> {
    let sets = parameters(content);
    let Some((_, first)) = sets.first() else { return Ok(None) };
    for (field, ckks) in &sets {
        check_one(ckks).map_err(|e| e.at(field))?;
    }
    let first = format!("N = 2^{}, log QP = {}, {}", first.log_n, first.log_qp, first.security_source);
    Ok(Some(first))
}

/// The parameter sets of a document, each with the path of its field.
fn parameters(content: &Content) -> Vec<(String, &CkksParameters)> {
    match content {
        Content::Plan(plan) => {
            let named = |name: &'static str, plans: &'_ [crate::plan::Plan]| -> Vec<String> {
                (0..plans.len()).map(|index| format!("{name}[{index}].ckks")).collect()
            };
            let plan = &plan.body;
            let names = [named("best_per_p", &plan.best_per_p), named("pareto", &plan.pareto)].concat();
            let others = plan.best_per_p.iter().chain(&plan.pareto).map(|plan| &plan.ckks);
            [("chosen.ckks".to_string(), &plan.chosen.ckks)].into_iter().chain(names.into_iter().zip(others)).collect()
        }
        Content::LayerPlan(plan) => {
            let layers = plan.body.layers.iter().enumerate();
            layers.map(|(index, layer)| (format!("layers[{index}].ckks"), &layer.ckks)).collect()
        }
        Content::Validation(validation) => vec![("parameters".into(), &validation.body.parameters)],
        _ => Vec::new(),
    }
}

fn check_one(ckks: &CkksParameters) -> Result<()> {
    let Err(error) = ckks.check_security() else { return Ok(()) };
    let row = SecurityTable::ALL.into_iter().find_map(|table| {
        let row = security(table, ckks.secret, ckks.log_n, ckks.security_bits).ok().flatten();
        row.filter(|row| row.source == ckks.security_source)
    });
    match row {
        Some(row) if row.max_log_qp < ckks.log_qp => Err(Error::NotCertified(format!(
            "field 'log_qp' does not hold: log QP = {} at N = 2^{} is above the {} bits that {} allows today for {}-bit security: plan \
             anew (no table that it names allows these parameters)",
            ckks.log_qp, ckks.log_n, row.max_log_qp, row.source, ckks.security_bits
        ))),
        // The set is named by the place, whatever it is called there.
        _ => Err(Error::NotCertified(error.to_string().replace("'ckks.", "'"))),
    }
}
