//! What several commands share: where the result goes, and reading documents.

use super::write_stdout;
use crate::document::{Body, Document, read_json, write_whole};
use crate::error::Result;
use std::path::{Path, PathBuf};

/// Where a document goes.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Output {
    /// Print the JSON document on stdout
    #[arg(long)]
    pub json: bool,
    /// Write the JSON document to FILE, whole or not at all (`-`: stdout)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

impl Output {
    /// Writes the document to where it was asked for; without that, `summary` goes to stdout.
    pub(super) fn write<T: Body>(&self, document: &Document<T>, summary: &str) -> Result<()> {
        let json = document.to_json()?;
        if let Some(path) = &self.output {
            if path == Path::new("-") {
                return write_stdout(json.as_bytes());
            }
            write_whole(path, &json)?;
        }
        if self.json { write_stdout(json.as_bytes()) } else { write_stdout(summary.as_bytes()) }
    }
}

/// Reads a document of one kind; the error names the file.
pub(super) fn read_document<T: Body>(path: &Path) -> Result<Document<T>> {
    Document::from_value(read_json(path)?).map_err(|e| e.at(path.display()))
}

/// 2^-12.34, for people.
pub(super) fn bits(value: f64) -> String {
    if value == 0.0 { "0".into() } else { format!("2^{:.2}", value.log2()) }
}
