//! The documentation: links lead somewhere, and every page is in the book.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use clap::Parser;
use polyattn::cli::Cli;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All pages for people.
fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md"), root().join("CONTRIBUTING.md"), root().join("CHANGELOG.md")];
    for folder in ["docs", "proofs", "tables", "examples"] {
        let all = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        pages.extend(all.filter(|path| path.extension().is_some_and(|e| e == "md")));
    }
    assert!(pages.len() > 20, "only {} pages were found", pages.len());
    pages
}

/// What stands in the round brackets of `[…](…)`.
fn links(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link).collect()
}

/// The part of a page's address that leads to a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn has_heading(page: &Path, wanted: &str) -> bool {
    let text = fs::read_to_string(page).unwrap_or_default();
    text.lines().filter(|line| line.starts_with('#')).any(|line| anchor(line.trim_start_matches('#')) == wanted)
}

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    let mut looked_at = 0;
    for page in pages() {
        for link in links(&fs::read_to_string(&page).unwrap()) {
            if link.starts_with("https://") {
                continue;
            }
            looked_at += 1;
            let (file, heading) = link.split_once('#').map_or((link, None), |(file, heading)| (file, Some(heading)));
            let to = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            if !to.exists() || heading.is_some_and(|heading| !has_heading(&to, heading)) {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(looked_at > 60 && broken.is_empty(), "{looked_at} links; broken:\n{}", broken.join("\n"));
}

/// A reader of the book has no files beside it.
#[test]
fn the_book_is_whole() {
    for page in pages().iter().filter(|page| page.parent().unwrap().ends_with("docs")) {
        for link in links(&fs::read_to_string(page).unwrap()) {
            assert!(!link.starts_with("../"), "{}: {link} is not in the book: name it as code", page.display());
        }
    }
}

#[test]
fn every_page_is_in_the_book_once() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let listed: Vec<&str> = links(&summary);
    let once: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(listed.len(), once.len());
    let files =
        fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pages: BTreeSet<String> = files.filter(|name| name.ends_with(".md") && name != "SUMMARY.md").collect();
    assert_eq!(once, pages.iter().map(String::as_str).collect());
}

/// Words as a shell splits them; single and double quotes keep what they hold together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, ' ') => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            (_, c) => word.push(c),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// The commands of a page's indented lines, each up to a comment, a pipe or a redirection. Lines with placeholders, options in brackets
/// or a continuation are no whole commands.
fn commands(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| line.starts_with("    ")).flat_map(|line| line.split(" && "));
    let commands = lines.map(str::trim).filter(|line| line.starts_with("polyattn "));
    let commands = commands.filter_map(|line| line.split(['#', '|', '<', '>']).next());
    commands.filter(|command| !command.contains(['…', '[', '\\']) && !has_placeholder(command)).collect()
}

/// Words in capitals stand for something else.
fn has_placeholder(command: &str) -> bool {
    let is_capital = |part: &str| part.len() > 3 && part.chars().all(|c| c.is_ascii_uppercase());
    command.split([' ', '.', '/', '-']).any(is_capital)
}

/// What is documented is accepted by the command line; what it does is tested with the examples of `--help`, which are run.
#[test]
fn documented_commands_are_accepted() {
    let mut refused = Vec::new();
    let mut looked_at = 0;
    for page in pages() {
        for command in commands(&fs::read_to_string(&page).unwrap()) {
            looked_at += 1;
            if let Err(error) = Cli::try_parse_from(words(command)) {
                refused.push(format!("{}: {command}: {error}", page.display()));
            }
        }
    }
    assert!(looked_at > 40 && refused.is_empty(), "{looked_at} commands; refused:\n{}", refused.join("\n"));
}
