//! What several commands share: where the specification comes from, where the result goes, and reading documents.

use super::style::{print, write_stdout};
use crate::document::{Body, Document, read_json, write_whole};
use crate::error::Result;
use crate::plan::SpecText;
use std::path::{Path, PathBuf};

/// The specification: a file, settings, or both.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct SpecFile {
    /// The specification (`-`: stdin, paths in it then relative to the current directory); docs/specification.md lists its keys
    #[arg(value_name = "SPEC.toml", required_unless_present = "settings")]
    path: Option<PathBuf>,
    /// Give a key of the specification a value, over what the file says: attention.p=4, target.max_error=2^-10,
    /// 'attention.length=[64,128]'. The value is TOML, or a word or number without quotes. May be given several times, and without
    /// any file
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
}

impl SpecFile {
    pub(super) fn read(&self) -> Result<SpecText> {
        SpecText::read(self.path.as_deref(), &self.settings)
    }
}

/// Where a document goes.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Output {
    /// Print the JSON document on stdout, and nothing else there
    #[arg(long, help_heading = "Output")]
    pub json: bool,
    /// Write the JSON document to FILE, whole or not at all (`-`: stdout)
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
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
        if self.json { write_stdout(json.as_bytes()) } else { print(summary) }
    }

    /// The file that it goes to, where that is one.
    pub(super) fn file(&self) -> Option<&Path> {
        self.output.as_deref().filter(|file| *file != Path::new("-"))
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
