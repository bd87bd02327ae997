//! The `polyattn` command.

use clap::Parser;
use polyattn::cli::{Cli, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("polyattn: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
