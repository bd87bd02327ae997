//! `polyattn export`.

use crate::document::{read_json, write_whole};
use crate::error::Result;
use crate::export::{Format, export};
use std::path::PathBuf;

/// Write a table, or a plan with its circuit, in the form that another program reads
///
/// A header, package, module or recipe for a library, with the certified bound of its literals and points to test it at; a plan
/// brings functions from scores to weights. JSON describes itself, and CSV says the same in its header.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn fit --target reciprocal --epsilon 2^-8 --interval 0,1 --degree 15 -o table.json
  polyattn export table.json --to openfhe -o reciprocal.hpp
  polyattn export table.json --to csv -o table.csv
  polyattn plan examples/minilm.toml -o plan.json
  polyattn export plan.json --to lattigo -o attention.go
  polyattn plan examples/minilm.toml --json | polyattn export - --to json -o reciprocal.json")]
pub struct Args {
    /// A table or a plan (`-`: stdin)
    #[arg(value_name = "TABLE|PLAN")]
    input: PathBuf,
    /// The form
    #[arg(long)]
    to: Format,
    /// Where it goes (`-`: stdout)
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let value = read_json(&args.input)?;
    let text = export(&value, args.to).map_err(|e| e.at(args.input.display()))?;
    write_whole(&args.output, &text)
}
