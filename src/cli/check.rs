//! `polyattn check`: a gate for CI.

use super::arguments::Output;
use crate::document::{Document, Provenance, write_whole};
use crate::error::{Error, Result};
use crate::gate::{Request, Requirement, check, junit, sarif, text};
use std::path::{Path, PathBuf};

/// Prove tables, certificates, plans, layer-plans, validations, exports, orders, surveys, goals and comparisons again: for CI
///
/// A table is certified anew; a certificate is re-proved from its own numbers and compared with the tables given beside
/// it; a plan's domain, certificate, security, noise and ledger are derived again from its specification, and so is each layer of a
/// layer-plan; a validation must be within its bound, and for the plan given beside it; an export must be, line by line, what the
/// table or plan given beside it exports today; an order is decided again. Comparisons, surveys and training goals are derived and planned again
/// from their specification, which takes as long as making them did without the runs; what was run must be within its bound, and what
/// rests on scores that the document does not have is taken as it is. Exit code 4 when a claim does not hold, 5 when a
/// measurement is outside its bound. docs/ci.md has the rules, the formats and what to put into a CI.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn plan examples/minilm.toml -o plan.json
  polyattn validate plan.json -o validation.json
  polyattn check plan.json validation.json

  Against what was observed, with reports for a CI and a baseline for the next time:
    polyattn calibrate examples/scores/minilm_l3_h0.npy --p 4 -o calibration.json
    polyattn check plan.json validation.json --require validation --ranges calibration.json \\
        --junit junit.xml --sarif check.sarif -o baseline.json
    polyattn check plan.json validation.json --baseline baseline.json")]
pub struct Args {
    /// Documents of any kinds, and exports (`-`: stdin)
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Accept plans that were made with --insecure, and their validations
    #[arg(long)]
    insecure: bool,
    /// Fail where a plan comes without a run on ciphertexts, a table without its certificate, or any of them without an observed range
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    require: Vec<Requirement>,
    /// Ranges that training or production observed, which domains must cover: a range file (docs/ci.md) or a calibration
    #[arg(long, value_name = "FILE")]
    ranges: Vec<PathBuf>,
    /// The result of an earlier check (-o FILE): fail where a claim became worse since
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the result as JUnit XML, for the test reports of a CI
    #[arg(long, help_heading = "Output", value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write the result as SARIF 2.1.0, for code scanning
    #[arg(long, help_heading = "Output", value_name = "FILE")]
    sarif: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let inputs = args.files.iter().chain(&args.ranges).chain(&args.baseline);
    if inputs.filter(|file| *file == Path::new("-")).count() > 1 {
        return Err(Error::input("FILE: expected '-' (stdin) once, as it can be read only once"));
    }
    refuse_to_overwrite(args)?;
    if args.require.contains(&Requirement::Range) && args.ranges.is_empty() {
        return Err(Error::input("--require range: give the observed ranges with --ranges FILE"));
    }
    let result = check(&Request {
        files: args.files.clone(),
        insecure: args.insecure,
        required: args.require.clone(),
        ranges: args.ranges.clone(),
        baseline: args.baseline.clone(),
    });
    let asked = (&args.files, args.insecure, &args.require, &args.ranges, &args.baseline);
    let document = Document::new(result, Provenance::new(&asked, None));
    args.output.write(&document, &text(&document.body))?;
    if let Some(path) = &args.junit {
        write_whole(path, &junit(&document.body))?;
    }
    if let Some(path) = &args.sarif {
        write_whole(path, &sarif(&document.body)?)?;
    }
    document.body.verdict()
}

/// An output must not take the place of an input, such as its own baseline, or of another output.
fn refuse_to_overwrite(args: &Args) -> Result<()> {
    let place = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let is_kept =
        |path: &&PathBuf| path.as_path() != Path::new("-") && !path.metadata().is_ok_and(|found| !found.is_file());
    let inputs = args.files.iter().chain(&args.ranges).chain(&args.baseline);
    let mut taken: Vec<PathBuf> = inputs.filter(is_kept).map(|path| place(path)).collect();
    for (option, path) in [("--output", &args.output.output), ("--junit", &args.junit), ("--sarif", &args.sarif)] {
        let Some(path) = path.as_ref().filter(is_kept) else { continue };
        if taken.contains(&place(path)) {
            return Err(Error::input(format!(
                "{option}: {} is read or written by this check too: expected another file",
                path.display()
            )));
        }
        taken.push(place(path));
    }
    Ok(())
}
