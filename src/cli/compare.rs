//! `polyattn compare`.

use super::arguments::{Output, SpecFile};
use super::progress::Progress;
use super::validate::DEFAULT_SEED;
use crate::compare::compare;
use crate::document::{Document, Provenance};
use crate::error::{Error, Result};
use crate::plan::SpecSource;

/// Set published methods beside the plan of a specification: depth, products, bootstraps, error, noise
///
/// The same rows, length, range and target for all. Systems are built as circuits from their published constants; what is not
/// published is named. Errors of PowerSoftmax systems are from exact PowerSoftmax, those of softmax systems from exact softmax.
/// With --run every circuit runs on ciphertexts of this program's own CKKS; exit code 5 when an error lies outside its bound.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn compare examples/paper.toml
  polyattn compare examples/paper.toml --run
  polyattn compare examples/paper.toml --set attention.p=2 --json")]
pub struct Args {
    #[command(flatten)]
    spec: SpecFile,
    /// Run every system whose circuit is in hand on ciphertexts of the rows, and hold its error against its bound
    #[arg(long, help_heading = "Run")]
    run: bool,
    /// Seed of keys and noise
    #[arg(long, help_heading = "Run", value_name = "N", default_value_t = DEFAULT_SEED, requires = "run")]
    seed: u64,
    #[command(flatten)]
    output: Output,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let text = args.spec.read()?;
    let source = SpecSource::from_text(&text, false)?;
    let progress = Progress::new();
    let seed = args.run.then_some(args.seed);
    let body = compare(&source, seed, &|step| progress.step(step)).map_err(|e| text.locate(e))?;
    drop(progress);
    let provenance = Provenance::new(&(&body.spec, seed), seed);
    let (table, outside) = (body.markdown(), body.violations());
    args.output.write(&Document::new(body, provenance), &table)?;
    if outside.is_empty() { Ok(()) } else { Err(Error::OutsideBound(outside.join("; "))) }
}
