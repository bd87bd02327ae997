//! `polyattn validate`.

use super::arguments::{Output, bits, read_document};
use super::progress::Progress;
use crate::attention::Scores;
use crate::document::{Document, Provenance};
use crate::encrypted::{
    KeyAwareRecord, PowersRecord, ScoresUsed, Seed, Validation, backend, drawn, validate, validate_key_aware,
};
use crate::error::{Error, Result};
use crate::plan::{PlanDocument, Rows, SpecSource, recheck_chosen};
use std::path::{Path, PathBuf};

/// The seed where none is given.
pub(super) const DEFAULT_SEED: u64 = 1;

/// Run a plan on real ciphertexts and compare every slot with its bound
///
/// Without --scores, rows are drawn (seeded) from the plan's domain, its small end included, for each length of the plan.
/// Exit code 5 when an error lies outside the bound.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn plan examples/minilm.toml -o plan.json
  polyattn validate plan.json
  polyattn validate plan.json --scores examples/scores/minilm_l3_h0.npy -o validation.json
  polyattn plan examples/minilm.toml --json | polyattn validate - --backend simulated --json")]
pub struct Args {
    /// The plan (`-`: stdin)
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Real scores in place of drawn ones
    #[arg(long, help_heading = "Scores", value_name = "SCORES.npy")]
    scores: Option<PathBuf>,
    /// One layer of the scores, from 0; all where left out
    #[arg(long, help_heading = "Scores", requires = "scores")]
    layer: Option<usize>,
    /// One head of each layer, from 0; all where left out
    #[arg(long, help_heading = "Scores", requires = "scores")]
    head: Option<usize>,
    /// Seed of keys, noise and drawn scores; 'system' draws keys and noise from the operating system's entropy
    #[arg(long, help_heading = "Run", default_value_t = Seed::Fixed(DEFAULT_SEED), value_name = "N|system")]
    seed: Seed,
    /// What runs the plan. Its circuit on ciphertexts: ckks, this program's own RNS-CKKS layer; seal, Microsoft SEAL through
    /// TenSEAL (needs a Python with tenseal 0.3.18, named by POLYATTN_SEAL_PYTHON where it is not python3). Without encryption,
    /// which validates nothing: simulated, noise drawn from the model; exact, no noise. Only the powers, exactly: bfv, or bfv:B
    /// for scores quantised to B bits (12 where left out)
    #[arg(long, help_heading = "Run", default_value = "ckks", value_name = "NAME")]
    backend: String,
    /// Compare the noise with the bound and the prediction for the key of this run as well, which is known here because the run makes
    /// it from the seed. All other figures hold for any key
    #[arg(long, help_heading = "Run")]
    key_aware: bool,
    /// Accept a plan that was made with --insecure
    #[arg(long)]
    insecure: bool,
    #[command(flatten)]
    output: Output,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let backend = backend(&args.backend)?;
    let plan: Document<PlanDocument> = read_document(&args.plan)?;
    if !args.insecure {
        plan.body.refuse_insecure().map_err(|e| e.at(args.plan.display()))?;
    }
    // Before anything is sized by its numbers.
    recheck_chosen(&plan.body).map_err(|e| e.at(args.plan.display()))?;
    let (sets, scores) = match &args.scores {
        Some(path) => from_file(&plan.body, path, args.layer, args.head)?,
        None => drawn(&plan.body, args.seed).map_err(|e| e.at(args.plan.display()))?,
    };
    let progress = Progress::new();
    progress.step(&format!("seed {}: keys", args.seed));
    let validate = if args.key_aware { validate_key_aware } else { validate };
    let validation = validate(&plan.body, &sets, scores, backend.as_ref(), args.seed, &|m| progress.step(m))?;
    drop(progress);
    let text = summary(&validation) + &warnings(&validation);
    let document = document(validation);
    args.output.write(&document, &text)?;
    document.body.check_bounds()
}

/// The record as a document.
pub(super) fn document(validation: Validation) -> Document<Validation> {
    let config = (&validation.plan_sha256, &validation.backend, &validation.scores, validation.seed);
    let provenance = Provenance::new(&config, validation.seed);
    Document::new(validation, provenance)
}

fn from_file(
    plan: &PlanDocument,
    path: &Path,
    layer: Option<usize>,
    head: Option<usize>,
) -> Result<(Vec<Rows>, ScoresUsed)> {
    let scores = Scores::read(path)?;
    let at = |e: Error| e.at(path.display());
    let rows = Rows::of(&scores, layer, head, plan.spec.attention.causal).map_err(at)?;
    rows.check(&plan.chosen.score_bound.0, plan.spec.attention.length.as_slice()).map_err(at)?;
    let source = SpecSource::with_bound(plan.spec.clone(), plan.chosen.score_bound.0.clone())?;
    let (rows, rows_below) = source.kept(rows);
    let used = ScoresUsed::new(path.display().to_string(), layer, head);
    Ok((vec![rows], ScoresUsed { rows_below, ..used }))
}

/// What must not be overlooked, a line each; `run` has said it of the plan.
fn warnings(validation: &Validation) -> String {
    validation.warnings().into_iter().map(|warning| format!("WARNING      {warning}\n")).collect()
}

/// A validation for people.
pub(super) fn summary(validation: &Validation) -> String {
    let split = if validation.powers.is_some() { "quantising" } else { "approximation" };
    format!(
        "validation   {}{}: {} weights on '{}', seed {}, {:.1} s of evaluation{}\n\
         observed     {} largest error ({split} {}, encryption {}), bound {}, slack {:.2} bits\n\
         order        {} violations\n{}{}",
        caveat(validation),
        validation.verdict,
        validation.slots_checked,
        validation.backend,
        validation.seed_text(),
        validation.seconds.evaluate,
        below(&validation.scores),
        bits(validation.observed_max),
        bits(validation.approximation_max),
        bits(validation.encryption_max),
        bits(validation.bound.to_f64()),
        validation.slack_bits,
        validation.order_violations,
        validation.key_aware.as_ref().map(key_aware).unwrap_or_default(),
        validation.powers.as_ref().map(powers).unwrap_or_default()
    )
}

/// The rows that the plan does not promise to serve, where there are any.
fn below(scores: &ScoresUsed) -> String {
    match scores.rows_below {
        0 => String::new(),
        below => format!("; {below} of {} rows are below smallest_mean_square and were left out", below + scores.rows),
    }
}

/// What must stand before the verdict of a run that validates nothing.
fn caveat(validation: &Validation) -> String {
    validation.caveat().map(|caveat| format!("{caveat}; ")).unwrap_or_default()
}

fn key_aware(record: &KeyAwareRecord) -> String {
    format!(
        "this key     noise bound {} (rigorous, fails with {}), each slot at least {:.2} bits under its own; mean {}, predicted {}\n",
        bits(record.bound),
        bits(record.failure_probability.to_f64()),
        record.closest_slot_bits,
        bits(record.observed_mean),
        bits(record.predicted_mean)
    )
}

fn powers(record: &PowersRecord) -> String {
    let sizes: Vec<String> = record.plaintext_primes.iter().map(|t| format!("2^{:.1}", (*t as f64).log2())).collect();
    let log_q: u32 = record.log_q.iter().sum();
    format!(
        "powers       exact on scores of {} bits: BFV, N = 2^{}, log Q = {log_q}, plaintext primes {}\n",
        record.bits,
        record.log_n,
        sizes.join(", ")
    )
}
