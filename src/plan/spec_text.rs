//! The text of a specification: a TOML file, with settings of single keys laid over it. Errors show the line.

use super::spec_place::{Place, Source, keys_of};
use crate::document::read_text;
use crate::error::{Error, Result, did_you_mean};
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// Longer specifications are refused: as values they take fifty times their size.
const LARGEST_SPECIFICATION: usize = 4 << 20;

/// A specification before its keys are given their meaning.
#[derive(Debug, Clone)]
pub struct SpecText {
    /// The file, then each setting; what stands later wins.
    sources: Vec<Source>,
    /// What paths in it are relative to.
    folder: PathBuf,
    merged: Table,
}

impl SpecText {
    /// Reads a file (`-`: standard input) and lays `settings` over it, each `KEY=VALUE` with a dotted key. A value that is no TOML,
    /// such as `2^-10` or `plain`, is taken as a string. Without a file the settings are the whole specification.
    ///
    /// # Errors
    /// [`Error::Input`] naming the file and the line, or the setting.
    pub fn read(path: Option<&Path>, settings: &[String]) -> Result<Self> {
        let mut sources = Vec::new();
        if let Some(path) = path {
            let text = read_text(path)?;
            if text.len() > LARGEST_SPECIFICATION {
                return Err(Error::file(path, "read it", "a specification larger than 4 MiB"));
            }
            sources.push(Source { name: Some(path.display().to_string()), text });
        }
        for setting in settings {
            sources.push(Source { name: Some(format!("--set {setting}")), text: as_toml(setting)? });
        }
        let folder = path.and_then(Path::parent).unwrap_or(Path::new("")).to_path_buf();
        Self::new(sources, folder)
    }

    /// A specification from TOML text; its paths are relative to the current directory.
    ///
    /// # Errors
    /// [`Error::Input`] naming the line.
    pub fn parse(text: &str) -> Result<Self> {
        Self::new(vec![Source { name: None, text: text.into() }], PathBuf::new())
    }

    fn new(sources: Vec<Source>, folder: PathBuf) -> Result<Self> {
        let mut merged = Table::new();
        for source in &sources {
            let table = toml::from_str(&source.text).map_err(|e| {
                Place { source, span: e.span().unwrap_or_default(), depth: 0, is_value: true }.error(e.message())
            })?;
            lay_over(&mut merged, table);
        }
        Ok(Self { sources, folder, merged })
    }

    /// What paths in it are relative to: the file's folder, or the current directory.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What errors call it: the file where there is one.
    pub fn name(&self) -> &str {
        self.sources.first().and_then(|source| source.name.as_deref()).unwrap_or("the specification")
    }

    /// Whether the key `key` of the table `table` is written.
    pub(super) fn has(&self, table: &str, key: &str) -> bool {
        self.merged.get(table).is_some_and(|table| table.get(key).is_some())
    }

    /// Its keys as the fields of `T`.
    ///
    /// # Errors
    /// [`Error::Input`] naming the line and the key, with the name that was probably meant.
    pub fn fields<T: DeserializeOwned>(&self) -> Result<T> {
        serde_path_to_error::deserialize(Value::Table(self.merged.clone())).map_err(|e| {
            let message = e.inner().message();
            let mut path = e.path().to_string().replace('[', ".").replace([']', '?'], "");
            if let Some(key) = unknown_field(message)
                && path.rsplit('.').next() != Some(key)
            {
                path = format!("{path}.{key}");
            }
            let path = path.trim_start_matches('.');
            let place = if path.is_empty() { String::new() } else { format!("{path}: ") };
            self.locate(Error::input(format!("{place}{message}{}", meant(message))))
        })
    }

    /// Puts the place before an error of input that begins with the name of a key (`attention.p: expected …`): the file's name, the
    /// line and, below the message, the line itself. Where the place is not known, the file's name alone.
    #[must_use]
    pub fn locate(&self, error: Error) -> Error {
        let Error::Input(message) = &error else { return self.named(error) };
        match Place::among(&self.sources, &keys_of(message)) {
            Some(place) => place.error(message),
            None => self.named(error),
        }
    }

    fn named(&self, error: Error) -> Error {
        match self.sources.first() {
            Some(Source { name: None, .. }) => error,
            _ => error.at(self.name()),
        }
    }
}

/// `KEY=VALUE` as TOML.
fn as_toml(setting: &str) -> Result<String> {
    let expected =
        |found: &str| Error::input(format!("--set: expected KEY=VALUE, such as attention.p=4, found {found}"));
    let (key, value) = setting.split_once('=').ok_or_else(|| expected(&format!("'{setting}'")))?;
    let (key, value) = (key.trim(), value.trim());
    let is_key = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if !key.split('.').all(is_key) {
        return Err(expected(&format!("the key '{key}'")));
    }
    let written = format!("{key} = {value}");
    let is_bare = !value.is_empty() && !value.starts_with(['[', '{', '"', '\'']);
    match toml::from_str::<Table>(&written) {
        // A line break in the value must not bring another key.
        Ok(table) if !has_one_key(&table, key) => Err(expected("more than one key")),
        Err(_) if is_bare => Ok(format!("{key} = {}", Value::String(value.into()))),
        _ => Ok(written),
    }
}

/// Whether a table has the dotted key and no other.
fn has_one_key(table: &Table, key: &str) -> bool {
    let (first, rest) = key.split_once('.').map_or((key, None), |(first, rest)| (first, Some(rest)));
    let value = table.get(first).filter(|_| table.len() == 1);
    match rest {
        Some(rest) => value.and_then(Value::as_table).is_some_and(|table| has_one_key(table, rest)),
        None => value.is_some(),
    }
}

/// Lays one table over another, key by key.
fn lay_over(below: &mut Table, above: Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}

/// The key in serde's message about an unknown one.
fn unknown_field(message: &str) -> Option<&str> {
    message.strip_prefix("unknown field `")?.split('`').next()
}

/// The likeliest of the names that serde's message about an unknown one lists.
fn meant(message: &str) -> String {
    if !message.starts_with("unknown field `") && !message.starts_with("unknown variant `") {
        return String::new();
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let word = quoted.next().unwrap_or_default();
    did_you_mean(word, quoted)
}
