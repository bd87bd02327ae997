//! The result for people: a line for each file, and one for each thing that someone should know.

use super::document::{Check, CheckedFile};
use super::finding::{Finding, Level};
use super::rule::Rule;

/// "ok" or "FAILED" for each file, then what is not about one of them.
pub fn text(check: &Check) -> String {
    let of_files: String = check.files.iter().map(|file| of_file(check, file)).collect();
    let is_elsewhere = |finding: &&Finding| !check.files.iter().any(|file| file.file == finding.file);
    let elsewhere: String = check.findings.iter().filter(is_elsewhere).map(line).collect();
    of_files + &elsewhere
}

fn of_file(check: &Check, file: &CheckedFile) -> String {
    let about = || check.of_file(&file.file);
    let is_told_apart = |finding: &&Finding| !finding.is_error() && finding.rule != Rule::Caveat;
    let others: String = about().filter(is_told_apart).map(line).collect();
    if !file.is_ok() {
        return about().filter(|finding| finding.is_error()).map(line).collect::<String>() + &others;
    }
    let caveats = about().filter(|finding| finding.rule == Rule::Caveat);
    let caveats: String = caveats.map(|finding| format!("; WARNING: {}", finding.message)).collect();
    format!("ok      {}: {}\n{others}", printable(&file.file), printable(&(file.words() + &caveats)))
}

fn line(finding: &Finding) -> String {
    let word = match finding.level {
        Level::Error => "FAILED ",
        Level::Warning => "WARNING",
        Level::Note => "note   ",
    };
    format!("{word} {}: {} [{}]\n", printable(&finding.file), printable(&finding.message), finding.rule)
}

/// What a file says must not look like a line of this program, or steer a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.into() }).collect()
}
