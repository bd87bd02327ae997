//! The command line as a whole: laws over all of its commands.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

mod examples;
mod help;
mod schemas;
mod settings;
mod streams;

use clap::CommandFactory;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_polyattn");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A specification whose plan is found at once.
const SPEC: &str = r#"[attention]
p = 2
length = 4
score_bound = "2"
epsilon = { form = "unit", value = "2^-6" }

[target]
max_error = "2^-5"
"#;

/// A folder with that specification in spec.toml.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("spec.toml"), SPEC).unwrap();
    folder
}

/// Exit code, stdout and stderr.
struct Outcome {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Outcome {
    /// Exit code 0, or the test fails with what was said.
    fn good(self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self.stdout
    }

    /// Exit code 2, nothing on stdout, and every part on stderr.
    fn refused(self, parts: &[&str]) {
        assert_eq!((self.code, self.stdout.as_str()), (2, ""), "{}", self.stderr);
        for part in parts {
            assert!(self.stderr.contains(part), "expected '{part}' in: {}", self.stderr);
        }
    }
}

fn polyattn(folder: &Path, arguments: &[&str]) -> Outcome {
    fed(folder, arguments, b"", &[])
}

/// Runs a command with something on stdin and in the environment.
fn fed(folder: &Path, arguments: &[&str], stdin: &[u8], environment: &[(&str, &str)]) -> Outcome {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).current_dir(folder).envs(environment.iter().copied());
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    // A command that refuses its arguments reads nothing.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Outcome { code: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Every command by the words that call it, the whole program first.
fn commands() -> Vec<(Vec<String>, clap::Command)> {
    fn below(path: &[String], command: clap::Command, found: &mut Vec<(Vec<String>, clap::Command)>) {
        found.push((path.to_vec(), command.clone()));
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            below(&[path, &[inner.get_name().to_string()]].concat(), inner.clone(), found);
        }
    }
    let mut found = Vec::new();
    below(&[], polyattn::cli::Cli::command(), &mut found);
    assert!(found.len() > 20, "only {} commands were found", found.len());
    found
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() && !path.is_symlink() { files(&path) } else { vec![path] }).collect()
}
