//! `polyattn compare`.

use super::arguments::Output;
use super::progress::Progress;
use crate::compare::compare;
use crate::document::{Document, Provenance};
use crate::error::Result;
use crate::plan::SpecSource;
use std::path::PathBuf;

/// Set published methods beside the plan of a specification: depth, products, bootstraps, error, noise
///
/// The same rows, length, range and target for all. Systems are built as circuits from their published constants; what is not
/// published is named. Errors of PowerSoftmax systems are from exact PowerSoftmax, those of softmax systems from exact softmax.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn compare examples/paper.toml
  polyattn compare spec.toml --json -o comparison.json")]
pub struct Args {
    /// The specification
    #[arg(value_name = "SPEC.toml")]
    spec: PathBuf,
    #[command(flatten)]
    output: Output,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let source = SpecSource::read(&args.spec, false)?;
    let progress = Progress::new();
    let body = compare(&source, &|system| progress.step(system)).map_err(|e| e.at(args.spec.display()))?;
    drop(progress);
    let provenance = Provenance::new(&body.spec, None);
    let table = body.markdown();
    args.output.write(&Document::new(body, provenance), &table)
}
