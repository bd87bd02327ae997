//! Every system measured.

use super::document::{Comparison, ComparisonRow, DepthKind, ErrorKind};
use super::setting::Setting;
use super::system::{Figures, Reference, System};
use super::{power, published, softmax};
use crate::circuit::Cost;
use crate::error::{Error, Result};
use crate::plan::{SpecSource, plan};
use crate::real::{Exact, float_to_exact, round_decimal};
use rug::{Float, Rational};

/// Above this exp of a score is not a number that any of these systems is for.
const LARGEST_SCORE_BOUND: u32 = 1 << 10;
/// Significant digits of an error.
const DIGITS: u32 = 17;

/// Compares the plan of a specification with published systems; `progress` is told of each.
///
/// # Errors
/// [`Error::Input`] for causal rows, which softmax masks by other means than zeros, and for R above 2^10; else as [`plan`].
pub fn compare(source: &SpecSource, progress: &dyn Fn(&str)) -> Result<Comparison> {
    if source.spec.attention.causal {
        return Err(Error::input(
            "attention.causal: expected false, found true: softmax masks by −∞ and not by 0, so systems are compared on whole rows",
        ));
    }
    if source.bound > LARGEST_SCORE_BOUND {
        return Err(Error::input(format!(
            "attention.score_bound: expected at most {LARGEST_SCORE_BOUND} to compare with softmax, found {}",
            source.bound.to_f64()
        )));
    }
    progress("searching for a plan");
    let setting = Setting::new(source, plan(source)?)?;
    let mut rows = vec![of_plan(&setting)?];
    for system in power::systems(&setting)?.into_iter().chain(softmax::systems(&setting)) {
        progress(system.name);
        rows.push(of_system(&setting, system)?);
    }
    rows.extend(published::figures().into_iter().map(|figures| of_figures(&setting, figures)));
    rows.push(exact());
    let (a, b) = setting.interval();
    Ok(Comparison {
        spec: source.spec.clone(),
        p: setting.job.power,
        score_bound: Exact(setting.job.bound.clone()),
        length: setting.length,
        epsilon: setting.document.chosen.epsilon.clone(),
        kappa: Exact(round_decimal(&(b / a), DIGITS)),
        relative_error: setting.relative_error.clone(),
        levels_per_bootstrap: setting.levels_per_bootstrap,
        rows_measured: setting.rows.len() as u32,
        rows_source: setting.rows_source.clone(),
        rows,
    })
}

fn of_plan(setting: &Setting) -> Result<ComparisonRow> {
    let chosen = &setting.document.chosen;
    let total = &chosen.error.total;
    let refreshed = match chosen.refreshed {
        0 => String::new(),
        count => format!("; {count} ciphertexts refreshed on the way"),
    };
    Ok(ComparisonRow {
        system: "polyattn plan".into(),
        source: "this project".into(),
        depth: Some(chosen.depth),
        depth_kind: DepthKind::Circuit,
        rescalings: Some(chosen.depth),
        products: Some(chosen.products),
        plain_products: Some(chosen.plain_products),
        rotations: Some(chosen.rotations),
        bootstraps: Some(chosen.depth.div_ceil(setting.levels_per_bootstrap)),
        max_error: Some(total.clone()),
        max_error_kind: ErrorKind::Certified,
        reference: Reference::Power.name().into(),
        noise_bits: Some(-setting.noise_of_plan()?.log2()),
        log_n: Some(chosen.ckks.log_n),
        log_qp: Some(chosen.ckks.log_qp),
        fits: total.0 <= setting.document.spec.target.max_error.0,
        note: format!(
            "{}; its error is a bound for every row of the domain with the rigorous noise, where the others' are measured{refreshed}",
            chosen.method
        ),
    })
}

fn of_system(setting: &Setting, system: System) -> Result<ComparisonRow> {
    let cost = Cost::of(&system.circuit, setting.length);
    let depth = system.published_depth.unwrap_or(cost.depth);
    let error = setting.error(&system.circuit, system.reference)?;
    let mut note = system.note;
    let segment = setting.job.segments.filter(|_| cost.refreshed > 0).map(|segments| segments.levels);
    let ring = setting.ring(segment.map_or(cost.depth, |levels| levels.min(cost.depth)))?;
    let noise = match &ring {
        _ if !system.analysed => {
            note += "; noise is predicted for powers and one row sum only";
            None
        }
        None => {
            note += "; no noise: no ring of the security table carries its levels at the plan's scale";
            None
        }
        Some(ring) => match setting.noise(system.circuit, ring) {
            Ok(noise) => Some(noise),
            Err(Error::NoSolution(why)) => {
                note += &format!("; no noise: {why}");
                None
            }
            Err(other) => return Err(other),
        },
    };
    if error.is_none() {
        note += "; it diverges on these rows";
    }
    let total = error.as_ref().zip(noise.map_or(Some(Rational::new()), Rational::from_f64)).map(|(e, n)| n + e);
    Ok(ComparisonRow {
        system: system.name.into(),
        source: system.source.into(),
        depth: Some(depth),
        depth_kind: if system.published_depth.is_some() { DepthKind::Published } else { DepthKind::Circuit },
        rescalings: Some(cost.depth),
        products: Some(cost.products),
        plain_products: Some(cost.plain_products),
        rotations: Some(cost.rotations),
        bootstraps: Some(depth.div_ceil(setting.levels_per_bootstrap)),
        max_error: error.map(|error| Exact(round_decimal(&error, DIGITS))),
        max_error_kind: ErrorKind::Measured,
        reference: system.reference.name().into(),
        noise_bits: noise.map(|noise| -noise.log2()).filter(|bits| bits.is_finite()),
        log_n: ring.as_ref().map(|ring| ring.sizes.log_n),
        log_qp: ring.as_ref().map(|ring| ring.sizes.log_qp()),
        fits: total.is_some_and(|total| total <= setting.document.spec.target.max_error.0),
        note,
    })
}

fn of_figures(setting: &Setting, figures: Figures) -> ComparisonRow {
    let error = Float::with_val(64, -Rational::from(&figures.error_bits.0)).exp2();
    let error = Exact(round_decimal(&float_to_exact(&error), DIGITS));
    let fits = error.0 <= setting.document.spec.target.max_error.0;
    ComparisonRow {
        system: figures.name.into(),
        source: figures.source.into(),
        depth: figures.depth,
        depth_kind: if figures.depth.is_some() { DepthKind::Published } else { DepthKind::None },
        rescalings: None,
        products: figures.products,
        plain_products: None,
        rotations: figures.rotations,
        bootstraps: figures.bootstraps,
        max_error: Some(error),
        max_error_kind: ErrorKind::Published,
        reference: Reference::Softmax.name().into(),
        noise_bits: None,
        log_n: None,
        log_qp: None,
        fits,
        note: figures.note,
    }
}

/// What cannot be run on ciphertexts as it is.
fn exact() -> ComparisonRow {
    ComparisonRow {
        system: "exact softmax in plain".into(),
        source: "definition".into(),
        depth: Some(0),
        depth_kind: DepthKind::Circuit,
        rescalings: Some(0),
        products: Some(0),
        plain_products: Some(0),
        rotations: Some(0),
        bootstraps: Some(0),
        max_error: Some(Exact::default()),
        max_error_kind: ErrorKind::Exact,
        reference: Reference::Softmax.name().into(),
        noise_bits: None,
        log_n: None,
        log_qp: None,
        fits: true,
        note: "the reference of the softmax rows; nothing is encrypted".into(),
    }
}
