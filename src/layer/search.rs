//! From a specification to a plan for each layer: least depth, then fewest products, in the smallest ring.

use super::alternation::{Alternation, lower_bound};
use super::candidate::{Candidate, Form};
use super::document::{Considered, LayerPlan, PlannedLayer};
use super::judge::{Judged, rings, scales, sizes};
use super::spec::{FormChoice, Layer, LayerSpec};
use crate::document::{Document, Provenance};
use crate::error::{Error, Result};
use crate::plan::Ckks;

/// Shares of the error that approximation may take; where noise needs more than the first leaves, the next is tried.
const SHARES: [(u32, u32); 3] = [(15, 16), (3, 4), (1, 2)];

/// Plans every layer; `progress` is called with the name of each before it is.
///
/// # Errors
/// [`Error::Input`] for a specification that contradicts itself; [`Error::NoSolution`] naming a layer that nothing serves, and why.
pub fn plan_layers(spec: &LayerSpec, progress: &dyn Fn(&str)) -> Result<LayerPlan> {
    spec.check()?;
    let planned = |layer: &Layer| {
        progress(&layer.name);
        plan_layer(layer, &spec.ckks).map_err(|e| e.at(format!("layer '{}'", layer.name)))
    };
    let layers = spec.layer.iter().map(planned).collect::<Result<Vec<PlannedLayer>>>()?;
    Ok(LayerPlan { spec: spec.clone(), layers })
}

fn plan_layer(layer: &Layer, ckks: &Ckks) -> Result<PlannedLayer> {
    let mut considered = Vec::new();
    let mut met = Vec::new();
    for form in Form::of(layer)? {
        met.extend(best_of(layer, ckks, form, &mut considered)?);
    }
    let cheapest = met.into_iter().min_by_key(|judged| (judged.candidate.cost.depth, judged.candidate.cost.products));
    let Some(chosen) = cheapest else { return Err(nothing(&considered)) };
    let (bound, alternation) = lower_bound(layer, chosen.candidate.cost.depth)?;
    write(layer, ckks, &chosen, bound, alternation, considered)
}

/// The table of a form with the largest error that, with its noise, meets the layer's.
fn best_of(layer: &Layer, ckks: &Ckks, form: Form, considered: &mut Vec<Considered>) -> Result<Option<Judged>> {
    for share in SHARES {
        let candidate = match form.candidate(layer, share) {
            Ok(candidate) => candidate,
            Err(Error::NoSolution(reason) | Error::NotCertified(reason)) => {
                considered.push(Considered::without(form, reason));
                return Ok(None);
            }
            // Composites are for one interval to one side of a pole; a polynomial may do.
            Err(Error::Input(reason)) if form == Form::Composite && layer.form == FormChoice::Any => {
                considered.push(Considered::without(form, reason));
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let outcome = fitting(layer, ckks, &candidate)?;
        considered.push(row(&candidate, &outcome));
        if let Ok(judged) = outcome {
            return Ok(Some(judged));
        }
    }
    Ok(None)
}

/// The candidate on the largest scale of the smallest ring in which it meets the layer's error; else why the last one tried
/// does not.
fn fitting(layer: &Layer, ckks: &Ckks, candidate: &Candidate) -> Result<std::result::Result<Judged, String>> {
    let (_, limit) = layer.limit()?;
    let (scales, rings) = (scales(ckks), rings(ckks));
    let mut reason = format!(
        "no ring up to N = 2^{} has the log QP that {} rescalings need: raise max_log_n or lower scale_bits",
        rings.end(),
        candidate.cost.depth
    );
    for log_n in rings {
        // A larger scale has less noise, so of a ring only the largest one matters.
        let mut sizes = scales.iter().map(|&bits| sizes(ckks, log_n, bits, candidate.cost.depth));
        let Some(sizes) = sizes.find_map(Result::transpose).transpose()? else { continue };
        let scale = sizes.scale_bits;
        match Judged::new(layer, ckks, candidate, sizes) {
            Ok(judged) if judged.total <= *limit => return Ok(Ok(judged)),
            Ok(judged) => {
                let total = judged.total.to_f64().log2();
                reason =
                    format!("its total error at N = 2^{log_n}, scale 2^{scale}, is 2^{total:.2}, above the layer's");
            }
            Err(Error::NoSolution(why)) => reason = format!("N = 2^{log_n}, scale 2^{scale}: {why}"),
            Err(error) => return Err(error),
        }
    }
    Ok(Err(reason))
}

fn row(candidate: &Candidate, outcome: &std::result::Result<Judged, String>) -> Considered {
    let judged = outcome.as_ref().ok();
    Considered {
        form: candidate.form().name().into(),
        degree: Some(candidate.table.degree),
        depth: Some(candidate.cost.depth),
        products: Some(candidate.cost.products),
        log_n: judged.map(|judged| judged.sizes.log_n),
        total: judged.map(|judged| judged.total.clone()),
        reason: outcome.as_ref().err().cloned(),
    }
}

impl Considered {
    fn without(form: Form, reason: String) -> Self {
        Self {
            form: form.name().into(),
            degree: None,
            depth: None,
            products: None,
            log_n: None,
            total: None,
            reason: Some(reason),
        }
    }
}

/// Why nothing serves a layer: what was said of each form.
fn nothing(considered: &[Considered]) -> Error {
    let reasons = considered.iter().filter_map(|row| Some(format!("{}: {}", row.form, row.reason.as_ref()?)));
    Error::NoSolution(format!("no table meets the error on ciphertexts ({})", reasons.collect::<Vec<_>>().join("; ")))
}

/// The plan of a layer, written down.
pub(super) fn write(
    layer: &Layer,
    ckks: &Ckks,
    chosen: &Judged,
    depth_lower_bound: u32,
    alternation: Option<Alternation>,
    considered: Vec<Considered>,
) -> Result<PlannedLayer> {
    let (candidate, cost) = (&chosen.candidate, chosen.candidate.cost);
    let certified = Provenance::new(layer, None);
    Ok(PlannedLayer {
        name: layer.name.clone(),
        form: candidate.form().name().into(),
        degree: candidate.table.degree,
        depth: cost.depth,
        depth_lower_bound,
        alternation,
        products: cost.products,
        plain_products: cost.plain_products,
        ckks: chosen.parameters(ckks),
        output_scale_bits: chosen.output_scale_bits,
        metric: layer.limit()?.0,
        error: chosen.error(ckks),
        ledger: chosen.ledger.clone(),
        worst_input: chosen.budget.worst_input,
        considered,
        table: Document::new(candidate.table.clone(), certified.clone()),
        certificate: Document::new(candidate.certificate.clone(), certified),
        validation: None,
    })
}
