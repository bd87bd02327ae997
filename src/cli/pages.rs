//! `polyattn completions` and `polyattn man`.

use super::Cli;
use super::style::write_stdout;
use crate::error::{Error, Result};
use clap::CommandFactory;
use std::path::PathBuf;

/// Write shell completions to stdout
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn completions bash > polyattn.bash
  polyattn completions zsh > _polyattn")]
pub struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

/// Write the manual page to stdout, or a page for each command to a folder
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  polyattn man > polyattn.1
  polyattn man --out man1")]
pub struct ManArgs {
    /// Write polyattn.1, polyattn-fit.1 and so on to DIR, which is made or reused
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn completions(args: &CompletionsArgs) -> Result<()> {
    let mut buffer = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "polyattn", &mut buffer);
    write_stdout(&buffer)
}

pub(super) fn man(args: &ManArgs) -> Result<()> {
    if let Some(folder) = &args.out {
        std::fs::create_dir_all(folder).map_err(|e| Error::file(folder, "make the folder", e))?;
        let written = clap_mangen::generate_to(Cli::command(), folder);
        return written.map_err(|e| Error::file(folder, "write the pages", e));
    }
    let mut buffer = Vec::new();
    let rendered = clap_mangen::Man::new(Cli::command()).render(&mut buffer);
    rendered.map_err(|e| Error::internal(e.to_string()))?;
    write_stdout(&buffer)
}
