//! The command line: one file a command.

mod arguments;
mod calibrate;
mod certify;
mod check;
mod compare;
mod export;
mod fit;
mod layer;
mod order;
mod pages;
mod plan;
mod precision;
mod progress;
mod report;
mod run;
mod schema;
mod study;
mod style;
mod survey;
mod train;
mod validate;

pub use style::print_error;

use crate::document::versions;
use crate::error::Result;
use clap::{Parser, Subcommand};
use std::sync::LazyLock;

/// Plans, proves and runs the polynomial form of PowerSoftmax attention for CKKS.
///
/// PowerSoftmax replaces exp in attention by x^p: y_j = x_j^p / (ε + Σ x_i^p). `polyattn` chooses p, ε, the polynomial
/// for the division, its depth and the CKKS parameters; proves every error that it states; and runs the plan on real
/// ciphertexts.
#[derive(Debug, Parser)]
#[command(
    name = "polyattn",
    version,
    long_version = VERSIONS.as_str(),
    max_term_width = 110,
    propagate_version = true,
    arg_required_else_help = true,
    styles = style::HELP,
    after_help = FIRST,
    after_long_help = LAST
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

static VERSIONS: LazyLock<String> = LazyLock::new(versions);

const FIRST: &str = "\
Type this first, the main job on the shipped example:
  polyattn run examples/minilm.toml --out out

`polyattn COMMAND --help` shows examples of each command; `polyattn --help` the exit codes.";

const LAST: &str = "\
Examples:
  The main job, on the shipped example:
    polyattn run examples/minilm.toml --out out

  A coefficient table, and the proof of its error:
    polyattn fit --target gelu-erf --interval=-8,8 --degree 31 -o table.json
    polyattn certify table.json

Numbers are read exactly: 0.001, 1e-3, 2^-10, 1/3 or 0x1.8p-3.
Data goes to stdout, progress and messages to stderr; `-` names stdin or stdout.
Colours go to terminals only; NO_COLOR turns them off, CLICOLOR_FORCE=1 on.

Exit codes:
  0  ok
  1  internal error: a bug
  2  wrong use, unreadable or malformed input, an impossible request
  3  not converged, or no plan meets the specification
  4  not certified, or a check failed
  5  a measurement lies outside its bound";

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Args),
    Fit(fit::Args),
    Certify(certify::Args),
    Check(check::Args),
    Calibrate(calibrate::Args),
    Plan(plan::Args),
    Validate(validate::Args),
    Compare(compare::Args),
    Export(export::Args),
    Report(report::Args),
    Study(study::Args),
    Survey(survey::Args),
    Train(train::Args),
    Layer(layer::Args),
    Order(order::Args),
    Schema(schema::Args),
    Completions(pages::CompletionsArgs),
    Man(pages::ManArgs),
}

/// Runs the command that was typed.
///
/// # Errors
/// Whatever the command finds; [`crate::Error::exit_code`] is the process's exit code.
pub fn run(cli: &Cli) -> Result<()> {
    match &cli.command {
        Command::Run(args) => run::run(args),
        Command::Fit(args) => fit::run(args),
        Command::Certify(args) => certify::run(args),
        Command::Check(args) => check::run(args),
        Command::Calibrate(args) => calibrate::run(args),
        Command::Plan(args) => plan::run(args),
        Command::Validate(args) => validate::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Export(args) => export::run(args),
        Command::Report(args) => report::run(args),
        Command::Study(args) => study::run(args),
        Command::Survey(args) => survey::run(args),
        Command::Train(args) => train::run(args),
        Command::Layer(args) => layer::run(args),
        Command::Order(args) => order::run(args),
        Command::Schema(args) => schema::run(args),
        Command::Completions(args) => pages::completions(args),
        Command::Man(args) => pages::man(args),
    }
}
