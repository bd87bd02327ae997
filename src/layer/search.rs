//! From a specification to a plan for each layer: least depth, then fewest products, in the smallest ring.

use super::alternation::{Alternation, lower_bound};
use super::candidate::{Candidate, Form};
use super::document::{Considered, LayerPlan, PlannedLayer};
use super::judge::{Judged, rings, scales, sizes};
use super::spec::{FormChoice, Layer, LayerSpec};
use crate::document::{Document, Provenance};
use crate::error::{Error, Result};
use crate::plan::{Ckks, LARGEST_PRIME_BITS};
use crate::poly::table::Metric;
use crate::real::{Enclosure, Exact, log2};
use rug::Float;

/// Shares of the error that approximation may take; where noise needs more than the first leaves, the next is tried.
const SHARES: [(u32, u32); 3] = [(15, 16), (3, 4), (1, 2)];

/// Bits of sizes of the function of which only the first are needed.
const SIZE_BITS: u32 = 64;

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
    check_steepness(layer)?;
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

/// Refuses a relative error that no scale leaves at the small end of a function that is much larger elsewhere, before a table of a
/// high degree is fitted: with a value of |f| at a scale below q_0 the last rescaling alone is off by half of 1/scale.
fn check_steepness(layer: &Layer) -> Result<()> {
    let (Metric::Relative, limit) = layer.limit()? else { return Ok(()) };
    let target = layer.target()?;
    let size = |x: &Exact| target.enclosed().enclose(&Enclosure::around(x, SIZE_BITS)).abs().middle();
    let mut sizes: Vec<Float> = layer.interval.iter().flatten().map(size).filter(|size| size.is_finite()).collect();
    sizes.sort_by(Float::total_cmp);
    let (Some(least), Some(largest)) = (sizes.first(), sizes.last()) else { return Ok(()) };
    let ratio = log2_of(largest) - log2_of(least);
    if ratio <= f64::from(LARGEST_PRIME_BITS) + log2(limit) {
        return Ok(());
    }
    Err(Error::NoSolution(format!(
        "relative_error: the function is 2^{ratio:.0} times larger at one end than at another, and q_0 has {LARGEST_PRIME_BITS} bits: \
         no scale leaves a relative error of 2^{:.2} where it is small; give max_error, or narrow the interval",
        log2(limit)
    )))
}

fn log2_of(size: &Float) -> f64 {
    size.clone().log2().to_f64()
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
        match outcome {
            Ok(judged) => return Ok(Some(judged)),
            // A smaller share of the error takes a larger degree, which has no place either.
            Err(Misfit::Place(_)) => return Ok(None),
            Err(Misfit::Noise(_)) => {}
        }
    }
    Ok(None)
}

/// Why a table serves no ring.
enum Misfit {
    /// In some ring it has a place, but its noise is too large in all.
    Noise(String),
    /// It has no place in any.
    Place(String),
}

impl Misfit {
    fn reason(&self) -> &str {
        match self {
            Self::Noise(reason) | Self::Place(reason) => reason,
        }
    }
}

/// The candidate on the largest scale of the smallest ring in which it meets the layer's error; else why the last one tried
/// does not.
fn fitting(layer: &Layer, ckks: &Ckks, candidate: &Candidate) -> Result<std::result::Result<Judged, Misfit>> {
    let (_, limit) = layer.limit()?;
    let (scales, rings) = (scales(ckks), rings(ckks));
    let mut misfit = Misfit::Place(format!(
        "no ring up to N = 2^{} has the log QP that {} rescalings need: raise max_log_n or lower scale_bits",
        rings.end(),
        candidate.cost.depth
    ));
    for log_n in rings {
        // A larger scale has less noise, so of a ring only the largest one matters.
        let mut sizes = scales.iter().map(|&bits| sizes(ckks, log_n, bits, candidate.cost.depth));
        let Some(sizes) = sizes.find_map(Result::transpose).transpose()? else { continue };
        let scale = sizes.scale_bits;
        match Judged::new(layer, ckks, candidate, sizes) {
            Ok(judged) if judged.total <= *limit => return Ok(Ok(judged)),
            Ok(judged) => {
                let total = judged.total.to_f64().log2();
                misfit = Misfit::Noise(format!(
                    "its total error at N = 2^{log_n}, scale 2^{scale}, is 2^{total:.2}, above the layer's"
                ));
            }
            Err(Error::NoSolution(why)) if matches!(misfit, Misfit::Place(_)) => {
                misfit = Misfit::Place(format!("N = 2^{log_n}, scale 2^{scale}: {why}"));
            }
            Err(Error::NoSolution(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Err(misfit))
}

fn row(candidate: &Candidate, outcome: &std::result::Result<Judged, Misfit>) -> Considered {
    let judged = outcome.as_ref().ok();
    Considered {
        form: candidate.form().name().into(),
        degree: Some(candidate.table.degree),
        depth: Some(candidate.cost.depth),
        products: Some(candidate.cost.products),
        log_n: judged.map(|judged| judged.sizes.log_n),
        total: judged.map(|judged| judged.total.clone()),
        reason: outcome.as_ref().err().map(|misfit| misfit.reason().to_string()),
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
        filler: layer.filler(),
        considered,
        table: Document::new(candidate.table.clone(), certified.clone()),
        certificate: Document::new(candidate.certificate.clone(), certified),
        validation: None,
    })
}
