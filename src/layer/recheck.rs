//! Every claim of a plan of layers but what its search passed by, derived again.

use super::candidate::{Candidate, Form};
use super::document::{LayerPlan, PlannedLayer};
use super::judge::{Judged, sizes};
use super::search::write;
use super::spec::{Layer, LayerSpec};
use crate::certify::verify_against;
use crate::error::{Error, Result};
use crate::poly::table::Table;

/// Derives every claim again from the specification, the tables and the points, and checks the records of runs. What the search
/// looked at besides (`considered`) is not.
///
/// # Errors
/// [`Error::Input`] for a document that contradicts itself, [`Error::NotCertified`] naming the layer and the field that does not
/// hold, [`Error::OutsideBound`] for a run outside its bound.
pub fn recheck_layers(plan: &LayerPlan) -> Result<()> {
    plan.spec.check().map_err(|e| e.at("spec"))?;
    let named = plan.layers.iter().map(|layer| &layer.name);
    require(named.eq(plan.spec.layer.iter().map(|layer| &layer.name)), "layers", "not those of the specification")?;
    for (layer, planned) in plan.spec.layer.iter().zip(&plan.layers) {
        recheck(&plan.spec, layer, planned).map_err(|e| e.at(format!("layer '{}'", layer.name)))?;
    }
    Ok(())
}

fn recheck(spec: &LayerSpec, layer: &Layer, planned: &PlannedLayer) -> Result<()> {
    let (table, certificate) = (&planned.table.body, &planned.certificate.body);
    check_table(layer, table)?;
    verify_against(certificate, table).map_err(|e| e.at("certificate"))?;
    let candidate = Candidate::new(layer, table.clone(), certificate.clone())?;
    require(Form::of(layer)?.contains(&candidate.form()), "form", "not one that the layer asks for")?;
    let sizes = sizes(&spec.ckks, planned.ckks.log_n, planned.ckks.scale_bits, candidate.cost.depth)?;
    let Some(sizes) = sizes else { return require(false, "ckks", "the specification does not allow these parameters") };
    let judged = Judged::new(layer, &spec.ckks, &candidate, sizes)
        .map_err(|e| Error::NotCertified(format!("the plan has no bound: {e}")))?;
    require(judged.total <= *layer.limit()?.1, "error.total", "it is above what the layer allows")?;
    check_alternation(layer, planned)?;
    let (bound, alternation) = (planned.depth_lower_bound, planned.alternation.clone());
    let mut fresh = write(layer, &spec.ckks, &judged, bound, alternation, planned.considered.clone())?;
    // Verified on their own; their provenance is another program's business.
    fresh.table = planned.table.clone();
    fresh.certificate = planned.certificate.clone();
    fresh.validation = planned.validation.clone();
    compare(planned, &fresh)?;
    planned.validation.as_ref().map_or(Ok(()), |run| run.check(spec, planned))
}

/// The table must be of the layer's function, on its intervals: a certificate for another one proves nothing here.
fn check_table(layer: &Layer, table: &Table) -> Result<()> {
    table.validate().map_err(|e| e.at("table"))?;
    require(table.target == layer.target()?.name(), "table.target", "not the layer's function")?;
    require(table.error.metric == layer.limit()?.0, "table.error.metric", "not the layer's")?;
    require(table.intervals == layer.interval, "table.intervals", "not the layer's")
}

/// A circuit of depth d has a degree of at most 2^d, so that 2^(bound − 1) must be excluded.
fn check_alternation(layer: &Layer, planned: &PlannedLayer) -> Result<()> {
    let bound = planned.depth_lower_bound;
    require(bound <= planned.depth, "depth_lower_bound", "it is above the depth")?;
    let Some(alternation) = &planned.alternation else {
        return require(bound == 0, "depth_lower_bound", "nothing shows it");
    };
    let excluded = bound.checked_sub(1).and_then(|depth| 1u64.checked_shl(depth));
    require(excluded == Some(alternation.degree), "depth_lower_bound", "the points are for another degree")?;
    alternation.check(layer)?;
    let (_, limit) = layer.limit()?;
    require(alternation.error_at_least > *limit, "alternation.error_at_least", "it is not above the layer's error")
}

/// Field by field, so that the first that differs is named.
fn compare(stated: &PlannedLayer, fresh: &PlannedLayer) -> Result<()> {
    let text = |layer: &PlannedLayer| serde_json::to_value(layer).map_err(|e| Error::internal(e.to_string()));
    let (stated, fresh) = (text(stated)?, text(fresh)?);
    let fields = stated.as_object().into_iter().flatten();
    match fields.into_iter().find(|(name, value)| fresh.get(name.as_str()) != Some(value)) {
        None => Ok(()),
        Some((name, _)) => require(false, name, "another value follows from the specification"),
    }
}

fn require(holds: bool, field: &str, reason: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::NotCertified(format!("field '{field}' does not hold: {reason}"))) }
}
