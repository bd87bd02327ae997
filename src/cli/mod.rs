//! The command line: one file a command.

mod arguments;
mod calibrate;
mod certify;
mod check;
mod compare;
mod export;
mod fit;
mod layer;
mod plan;
mod precision;
mod progress;
mod report;
mod run;
mod study;
mod survey;
mod train;
mod validate;

use crate::error::Result;
use clap::{CommandFactory, Parser, Subcommand};
use std::io::Write;

/// Plans, proves and runs the polynomial form of PowerSoftmax attention for CKKS.
///
/// PowerSoftmax replaces exp in attention by x^p: y_j = x_j^p / (ε + Σ x_i^p). `polyattn` chooses p, ε, the polynomial
/// for the division, its depth and the CKKS parameters; proves every error that it states; and runs the plan on real
/// ciphertexts.
#[derive(Debug, Parser)]
#[command(name = "polyattn", version, max_term_width = 110, propagate_version = true, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
The main job, on the shipped example:
  polyattn run examples/minilm.toml --out out

Numbers are read exactly: 0.001, 1e-3, 2^-10, 1/3 or 0x1.8p-3.
Data goes to stdout, progress and messages to stderr; `-` names stdin or stdout.
Exit codes: 0 ok; 1 internal error; 2 wrong use or malformed input; 3 not converged, or no plan meets the
specification; 4 not certified, or a check failed; 5 a measurement lies outside its bound.";

#[derive(Debug, Subcommand)]
enum Command {
    Fit(fit::Args),
    Certify(certify::Args),
    Check(check::Args),
    Calibrate(calibrate::Args),
    Plan(plan::Args),
    Compare(compare::Args),
    Validate(validate::Args),
    Export(export::Args),
    Report(report::Args),
    Run(run::Args),
    Study(study::Args),
    Survey(survey::Args),
    Train(train::Args),
    Layer(layer::Args),
    /// Write shell completions to stdout
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the manual page to stdout
    Man,
}

/// Runs the command that was typed.
///
/// # Errors
/// Whatever the command finds; [`crate::Error::exit_code`] is the process's exit code.
pub fn run(cli: &Cli) -> Result<()> {
    match &cli.command {
        Command::Fit(args) => fit::run(args),
        Command::Certify(args) => certify::run(args),
        Command::Check(args) => check::run(args),
        Command::Calibrate(args) => calibrate::run(args),
        Command::Plan(args) => plan::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Validate(args) => validate::run(args),
        Command::Export(args) => export::run(args),
        Command::Report(args) => report::run(args),
        Command::Run(args) => run::run(args),
        Command::Study(args) => study::run(args),
        Command::Survey(args) => survey::run(args),
        Command::Train(args) => train::run(args),
        Command::Layer(args) => layer::run(args),
        Command::Completions { shell } => {
            let mut buffer = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "polyattn", &mut buffer);
            write_stdout(&buffer)
        }
        Command::Man => {
            let mut buffer = Vec::new();
            let rendered = clap_mangen::Man::new(Cli::command()).render(&mut buffer);
            rendered.map_err(|e| crate::Error::internal(e.to_string()))?;
            write_stdout(&buffer)
        }
    }
}

/// Writes to stdout; a reader that closed its end early (`| head`) is no error.
fn write_stdout(bytes: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(e) => Err(crate::Error::input(format!("stdout: cannot write: {e}"))),
        Ok(()) => Ok(()),
    }
}
