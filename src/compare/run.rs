//! Every system measured.

use super::document::{Comparison, ComparisonRow, DepthKind, ErrorKind, Measured};
use super::setting::Setting;
use super::system::{Figures, Reference, System};
use super::trial::{Known, Trial};
use super::{power, published, softmax};
use crate::circuit::{Circuit, Cost, NodeId};
use crate::error::{Error, Result};
use crate::plan::{Sizes, SpecSource, plan};
use crate::real::{Exact, float_to_exact, round_decimal};
use rug::{Float, Rational};

/// Above this exp of a score is not a number that any of these systems is for.
const LARGEST_SCORE_BOUND: u32 = 1 << 10;
/// Significant digits of an error.
const DIGITS: u32 = 17;

/// A row of the comparison, and its circuit, or why it cannot be run.
pub(super) struct Examined {
    pub row: ComparisonRow,
    pub trial: std::result::Result<Trial, String>,
}

/// Compares the plan of a specification with published systems. With a seed, every circuit that is in hand is run on ciphertexts of
/// the rows, with keys and noise from it. `progress` is told of each step.
///
/// # Errors
/// [`Error::Input`] for causal rows, which softmax masks by other means than zeros, and for R above 2^10; else as [`plan`], and
/// those of the backend. An error above its bound is none here: it is a verdict.
pub fn compare(source: &SpecSource, run: Option<u64>, progress: &dyn Fn(&str)) -> Result<Comparison> {
    let setting = setting(source, None, progress)?;
    let mut rows = Vec::new();
    for Examined { mut row, trial } in examined(&setting, progress)? {
        if let Some(seed) = run {
            let at = format!("{} on ciphertexts", row.system);
            match ran(&setting, trial, seed, &|| progress(&at)) {
                Ok(measured) => row.measured = Some(measured),
                Err(Error::NoSolution(why)) => row.not_run = Some(why),
                Err(other) => return Err(other.at(row.system)),
            }
        }
        rows.push(row);
    }
    Ok(written(&setting, rows))
}

/// The plan and the rows that systems are compared on: of `length` keys, or as many as the scores have, or of the longest length.
pub(super) fn setting(source: &SpecSource, length: Option<u32>, progress: &dyn Fn(&str)) -> Result<Setting> {
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
    Setting::new(source, plan(source)?, length)
}

/// Every row before anything runs, this project's plan first.
pub(super) fn examined(setting: &Setting, progress: &dyn Fn(&str)) -> Result<Vec<Examined>> {
    let mut rows = vec![of_plan(setting)?];
    for system in power::systems(setting)?.into_iter().chain(softmax::systems(setting)) {
        progress(system.name);
        rows.push(of_system(setting, system)?);
    }
    rows.extend(published::figures().into_iter().map(|figures| of_figures(setting, figures)));
    rows.push(exact());
    Ok(rows)
}

/// The comparison of these rows.
pub(super) fn written(setting: &Setting, rows: Vec<ComparisonRow>) -> Comparison {
    let (a, b) = setting.interval();
    Comparison {
        spec: setting.document.spec.clone(),
        p: setting.job.power,
        score_bound: Exact(setting.job.bound.clone()),
        length: setting.length,
        epsilon: setting.document.chosen.epsilon.clone(),
        kappa: Exact(round_decimal(&(b / a), DIGITS)),
        relative_error: setting.relative_error.clone(),
        levels_per_bootstrap: setting.levels_per_bootstrap,
        rows_measured: setting.rows.len() as u32,
        rows_source: setting.rows_source.clone(),
        warnings: warnings(setting, &rows),
        rows,
    }
}

fn warnings(setting: &Setting, rows: &[ComparisonRow]) -> Vec<String> {
    let refreshed = rows.iter().filter(|row| row.measured.as_ref().is_some_and(|run| run.refreshed > 0));
    let systems: Vec<&str> = refreshed.map(|row| row.system.as_str()).collect();
    let stand_in = (!systems.is_empty()).then(|| {
        format!(
            "NO BOOTSTRAP WAS RUN: between segments ciphertexts were decrypted and encrypted anew with an error of up to 2^-{}, as \
             one may have ({})",
            setting.document.spec.ckks.bootstrap_bits,
            systems.join("; ")
        )
    });
    setting.document.chosen.ckks.warnings().into_iter().chain(stand_in).collect()
}

fn ran(setting: &Setting, trial: std::result::Result<Trial, String>, seed: u64, begins: &dyn Fn()) -> Result<Measured> {
    let trial = trial.map_err(Error::NoSolution)?;
    let bounded = trial.bounded(setting)?;
    begins();
    trial.run(setting, seed, bounded)
}

fn of_plan(setting: &Setting) -> Result<Examined> {
    let chosen = &setting.document.chosen;
    let total = &chosen.error.total;
    let refreshed = match chosen.refreshed {
        0 => String::new(),
        count => format!("; {count} ciphertexts refreshed on the way"),
    };
    let placed = setting.placed_plan()?;
    let row = ComparisonRow {
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
        noise_bits: Some(-largest(&setting.predicted(&placed)?).log2()),
        log_n: Some(chosen.ckks.log_n),
        log_qp: Some(chosen.ckks.log_qp),
        scale_bits: Some(chosen.ckks.scale_bits),
        fits: total.0 <= setting.document.spec.target.max_error.0,
        note: format!(
            "{}; its error is a bound for every row of the domain with the rigorous noise, where the others' are measured{refreshed}",
            chosen.method
        ),
        measured: None,
        not_run: None,
    };
    let evaluated = setting.evaluated(&placed.circuit)?;
    let trial = Trial { placed, evaluated, reference: Reference::Power, known: Known::Total(total.clone()) };
    Ok(Examined { row, trial: Ok(trial) })
}

fn of_system(setting: &Setting, mut system: System) -> Result<Examined> {
    name_result(&mut system.circuit);
    let evaluated = setting.evaluated(&system.circuit)?;
    let error = setting.error(&evaluated.weights, system.reference);
    let carried = setting.carried(&system.circuit)?;
    let sizes = carried.as_ref().ok().map(|carried| carried.sizes.clone());
    let (noise, why) = match (&carried, system.residual) {
        (_, None) => (None, Some("noise is predicted for powers and one row sum only".into())),
        (Err(why), _) => (None, Some(format!("no noise: {why}"))),
        (Ok(carried), Some(_)) => (Some(largest(&setting.predicted(&carried.placed)?)), None),
    };
    let levels = setting.job.segments.map(|segments| segments.levels);
    let cost = Cost::of(&system.circuit, setting.length);
    let whole = levels
        .filter(|levels| cost.refreshed == 0 && cost.depth > *levels)
        .map(|_| format!("placed with all its {} levels in one chain, without bootstraps", cost.depth));
    let diverges = error.is_none().then(|| "it diverges on these rows".to_string());
    let note =
        [Some(system.note.clone()), whole, why, diverges.clone()].into_iter().flatten().collect::<Vec<_>>().join("; ");
    let row = row_of(setting, &system, &Figured { error: error.as_ref(), noise, note });
    let row = ComparisonRow {
        fits: row.fits && carried.is_ok(),
        log_n: sizes.as_ref().map(|sizes| sizes.log_n),
        log_qp: sizes.as_ref().map(Sizes::log_qp),
        scale_bits: sizes.as_ref().map(|sizes| sizes.scale_bits),
        ..row
    };
    let trial = match (carried, error) {
        (Err(why), _) => Err(why),
        (Ok(_), None) => Err(diverges.unwrap_or_default()),
        (Ok(carried), Some(error)) => {
            let known = system.residual.map_or(Known::Rows(error), Known::Residual);
            Ok(Trial { placed: carried.placed, evaluated, reference: system.reference, known })
        }
    };
    // Where noise is not predicted, a bound on these rows stands in.
    let unpredicted = row.fits && row.noise_bits.is_none();
    let fits = match &trial {
        Ok(trial) if unpredicted => is_bounded(trial, setting)?,
        _ => row.fits,
    };
    Ok(Examined { row: ComparisonRow { fits, ..row }, trial })
}

/// Whether a circuit's error on the rows, the rigorous noise included, is within the target.
fn is_bounded(trial: &Trial, setting: &Setting) -> Result<bool> {
    match trial.bounded(setting) {
        Ok(bounded) => Ok(bounded.bound <= setting.document.spec.target.max_error),
        Err(Error::NoSolution(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What was found of a system.
struct Figured<'a> {
    error: Option<&'a Rational>,
    /// The largest predicted mean |noise| of a row.
    noise: Option<f64>,
    note: String,
}

fn row_of(setting: &Setting, system: &System, figured: &Figured) -> ComparisonRow {
    let cost = Cost::of(&system.circuit, setting.length);
    let depth = system.published_depth.unwrap_or(cost.depth);
    let noise = figured.noise;
    let total = figured.error.zip(noise.map_or(Some(Rational::new()), Rational::from_f64)).map(|(e, n)| n + e);
    ComparisonRow {
        system: system.name.into(),
        source: system.source.into(),
        depth: Some(depth),
        depth_kind: if system.published_depth.is_some() { DepthKind::Published } else { DepthKind::Circuit },
        rescalings: Some(cost.depth),
        products: Some(cost.products),
        plain_products: Some(cost.plain_products),
        rotations: Some(cost.rotations),
        bootstraps: Some(depth.div_ceil(setting.levels_per_bootstrap)),
        max_error: figured.error.map(|error| Exact(round_decimal(error, DIGITS))),
        max_error_kind: ErrorKind::Measured,
        reference: system.reference.name().into(),
        noise_bits: noise.map(|noise| -noise.log2()).filter(|bits| bits.is_finite()),
        log_n: None,
        log_qp: None,
        scale_bits: None,
        fits: total.is_some_and(|total| total <= setting.document.spec.target.max_error.0),
        note: figured.note.clone(),
        measured: None,
        not_run: None,
    }
}

/// A run opens named stages, the weights last.
fn name_result(circuit: &mut Circuit) {
    let last = circuit.len().saturating_sub(1);
    if circuit.nodes().last().is_some_and(|node| node.stage.is_none()) {
        circuit.name(NodeId(last), "weights", None);
    }
}

fn largest(rows: &[f64]) -> f64 {
    rows.iter().copied().fold(0.0, f64::max)
}

fn of_figures(setting: &Setting, figures: Figures) -> Examined {
    let error = Float::with_val(64, -Rational::from(&figures.error_bits.0)).exp2();
    let error = Exact(round_decimal(&float_to_exact(&error), DIGITS));
    let fits = error.0 <= setting.document.spec.target.max_error.0;
    let row = ComparisonRow {
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
        scale_bits: None,
        fits,
        note: figures.note,
        measured: None,
        not_run: None,
    };
    Examined { row, trial: Err("figures alone are published, and not every constant that a circuit needs".into()) }
}

/// What cannot be run on ciphertexts as it is.
fn exact() -> Examined {
    let row = ComparisonRow {
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
        scale_bits: None,
        fits: true,
        note: "the reference of the softmax rows; nothing is encrypted".into(),
        measured: None,
        not_run: None,
    };
    Examined { row, trial: Err("exp and a division are no operations on ciphertexts: there is no circuit".into()) }
}
