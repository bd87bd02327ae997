//! What every JSON document has in common: version, kind, provenance, canonical hash, and writing whole or not at all.

#[cfg(feature = "ckks")]
mod difference;
mod unique;

#[cfg(feature = "ckks")]
pub(crate) use difference::first_difference;

use crate::error::{Error, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs::{OpenOptions, Permissions};
use std::io::{Read, Write};
use std::path::Path;
use unique::Unique;

/// The version of every document's layout.
pub const SCHEMA_VERSION: u32 = 1;
/// Documents and specifications larger than this are refused before they are read.
const LARGEST_DOCUMENT: u64 = 256 << 20;
/// JSON of more values is refused before it is parsed: this program writes its long lists as text.
const MOST_VALUES: usize = 1 << 21;

/// The exact version that `Cargo.toml` pins; a test compares the two.
const RUG_VERSION: &str = "1.30.0";

/// Where a document comes from. It takes no part in the document's hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Provenance {
    /// Version of this program.
    pub polyattn: String,
    /// Version of the `rug` crate.
    pub rug: String,
    /// Version of the MPFR library.
    pub mpfr: String,
    /// The seed, where anything was drawn at random.
    pub seed: Option<u64>,
    /// SHA-256 of what was asked for: the specification or the command's arguments.
    pub config_sha256: String,
}

impl Provenance {
    /// Provenance of a document made now from `config`.
    pub fn new(config: &impl Serialize, seed: Option<u64>) -> Self {
        Self {
            polyattn: env!("CARGO_PKG_VERSION").into(),
            rug: RUG_VERSION.into(),
            mpfr: mpfr_version(),
            seed,
            config_sha256: sha256(&canonical(config)),
        }
    }
}

/// This program's version and those of the libraries that its numbers rest on, a line each.
pub fn versions() -> String {
    format!("{}\nrug {RUG_VERSION}\nmpfr {}", env!("CARGO_PKG_VERSION"), mpfr_version())
}

fn mpfr_version() -> String {
    use gmp_mpfr_sys::mpfr::{VERSION_MAJOR, VERSION_MINOR, VERSION_PATCHLEVEL};
    format!("{VERSION_MAJOR}.{VERSION_MINOR}.{VERSION_PATCHLEVEL}")
}

/// A document as it is written: its common fields around its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Document<T> {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The name of the document's kind, as in [`Body::KIND`].
    pub kind: String,
    /// Where it comes from.
    pub provenance: Provenance,
    /// The document's own fields, on the same level as the common ones.
    #[serde(flatten)]
    pub body: T,
}

/// The own fields of one kind of document.
pub trait Body: Serialize + DeserializeOwned {
    /// The value of `kind`.
    const KIND: &'static str;
}

impl<T: Body> Document<T> {
    /// A document around `body`.
    pub fn new(body: T, provenance: Provenance) -> Self {
        Self { schema_version: SCHEMA_VERSION, kind: T::KIND.into(), provenance, body }
    }

    /// Reads a document of this kind from parsed JSON.
    ///
    /// # Errors
    /// [`Error::Input`] naming the field that is missing or of the wrong form, or the kind that was found instead.
    pub fn from_value(value: Value) -> Result<Self> {
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or("nothing");
        if kind != T::KIND {
            return Err(Error::input(format!("field 'kind': expected \"{}\", found \"{kind}\"", T::KIND)));
        }
        let version = value.get("schema_version").and_then(Value::as_u64);
        if version != Some(SCHEMA_VERSION.into()) {
            let found = version.map_or("nothing".into(), |v| v.to_string());
            return Err(Error::input(format!("field 'schema_version': expected {SCHEMA_VERSION}, found {found}")));
        }
        serde_json::from_value(value).map_err(|e| Error::input(format!("not a valid {}: {e}", T::KIND)))
    }

    /// The document's hash: SHA-256 of its canonical form without provenance and times.
    pub fn sha256(&self) -> String {
        sha256(&canonical(self))
    }

    /// The document as indented JSON, ending in a newline.
    ///
    /// # Errors
    /// [`Error::Internal`] if a field has no JSON form, which no document type allows.
    pub fn to_json(&self) -> Result<String> {
        let mut text = serde_json::to_string_pretty(self).map_err(|e| Error::internal(e.to_string()))?;
        text.push('\n');
        Ok(text)
    }
}

/// The canonical form: compact JSON with sorted keys, without any `provenance` and `seconds`.
pub fn canonical(value: &impl Serialize) -> String {
    let mut value = serde_json::to_value(value).unwrap_or(Value::Null);
    remove_unhashed(&mut value);
    value.to_string()
}

fn remove_unhashed(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| name != "provenance" && name != "seconds");
            fields.values_mut().for_each(remove_unhashed);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_unhashed),
        _ => {}
    }
}

/// SHA-256 of a text, in lower-case hexadecimal.
pub fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a whole text file, or standard input for `-`.
///
/// # Errors
/// [`Error::Input`] naming the file, when it is missing, too large (over 256 MiB) or not UTF-8.
pub fn read_text(path: &Path) -> Result<String> {
    let read = |source: &mut dyn Read| {
        let mut text = String::new();
        source.take(LARGEST_DOCUMENT + 1).read_to_string(&mut text).map(|_| text)
    };
    let text = if path == Path::new("-") {
        read(&mut std::io::stdin().lock())
    } else {
        std::fs::File::open(path).and_then(|mut file| read(&mut file))
    };
    let text = text.map_err(|e| Error::file(path, "read it", e))?;
    if text.len() as u64 > LARGEST_DOCUMENT {
        return Err(Error::file(path, "read it", "larger than 256 MiB"));
    }
    Ok(text)
}

/// Reads a file (or standard input for `-`) as JSON.
///
/// # Errors
/// [`Error::Input`] naming the file and the line.
pub fn read_json(path: &Path) -> Result<Value> {
    parse_json(path, &read_text(path)?)
}

/// The text of a file as JSON; each object has a field once.
///
/// # Errors
/// As [`read_json`].
pub fn parse_json(path: &Path, text: &str) -> Result<Value> {
    // Each value begins behind one of these, but for those in words, and takes far more memory than its text.
    if text.bytes().filter(|byte| b"[{,".contains(byte)).take(MOST_VALUES).count() == MOST_VALUES {
        return Err(Error::file(path, "parse it as JSON", format!("it has more than {MOST_VALUES} values")));
    }
    let read: serde_json::Result<Unique> = serde_json::from_str(text);
    read.map(|Unique(value)| value).map_err(|e| Error::file(path, "parse it as JSON", e))
}

/// Writes `content` to `path` whole or not at all; `-` is standard output. A device or a pipe is written to, and the file that a
/// symbolic link leads to is the one that is replaced.
///
/// # Errors
/// [`Error::Input`] naming the file; what was there before is then still there.
pub fn write_whole(path: &Path, content: &str) -> Result<()> {
    if path == Path::new("-") {
        return std::io::stdout().lock().write_all(content.as_bytes()).map_err(|e| Error::file(path, "write", e));
    }
    let written = match path.metadata() {
        Ok(found) if !found.is_file() && !found.is_dir() => {
            OpenOptions::new().write(true).open(path).and_then(|mut file| file.write_all(content.as_bytes()))
        }
        Ok(found) => path.canonicalize().and_then(|path| replace(&path, content, Some(found.permissions()))),
        Err(_) => replace(path, content, None),
    };
    written.map_err(|e| Error::file(path, "write it", cause(&e)))
}

/// Why a file could not be written, without the name of the temporary one, which is not the one that was asked for.
fn cause(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" at path ").next().unwrap_or_default().into()
}

/// Puts a new file in the place of `path`, with the permissions of what was there.
fn replace(path: &Path, content: &str, permissions: Option<Permissions>) -> std::io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new().prefix(".polyattn-").tempfile_in(folder)?;
    file.write_all(content.as_bytes())?;
    file.as_file().sync_all()?;
    if let Some(permissions) = permissions.or_else(ordinary) {
        file.as_file().set_permissions(permissions)?;
    }
    file.persist(path).map(|_| ()).map_err(|e| e.error)
}

/// Those of an ordinary file: a temporary one is private to its owner.
fn ordinary() -> Option<Permissions> {
    #[cfg(unix)]
    return Some(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    #[cfg(not(unix))]
    return None;
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_pinned_version_of_rug_is_the_one_in_the_provenance() {
        assert!(include_str!("../Cargo.toml").contains(&format!("rug = {{ version = \"={RUG_VERSION}\"")));
    }

    #[test]
    fn provenance_and_times_take_no_part_in_the_hash() {
        let one = json!({"b": 1, "a": {"seconds": 2.5, "x": [{"provenance": 1, "y": 2}]}});
        let two = json!({"a": {"x": [{"y": 2}], "seconds": 9}, "b": 1});
        assert_eq!(canonical(&one), r#"{"a":{"x":[{"y":2}]},"b":1}"#);
        assert_eq!(canonical(&one), canonical(&two));
    }

    #[test]
    fn the_hash_is_sha256() {
        assert_eq!(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_failed_write_leaves_the_previous_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        write_whole(&path, "first").unwrap();
        let nowhere = folder.path().join("no/such/folder.json");
        let error = write_whole(&nowhere, "second").unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}: cannot write it: ", nowhere.display())), "{error}");
        assert!(!error.contains(".polyattn-"), "it names the temporary file: {error}");
        assert_eq!(read_text(&path).unwrap(), "first");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    /// A pipe or a device must not be replaced by a file: as root that would take /dev/null from everyone.
    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_written_to_and_stays_what_it_is() {
        use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let [pipe, file, link] = ["pipe", "file", "link"].map(|name| folder.path().join(name));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read_to_string(pipe).unwrap()
        });
        write_whole(&pipe, "through").unwrap();
        assert_eq!(reader.join().unwrap(), "through");
        assert!(pipe.metadata().unwrap().file_type().is_fifo());

        write_whole(&file, "first").unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        symlink(&file, &link).unwrap();
        write_whole(&link, "second").unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(read_text(&file).unwrap(), "second");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
