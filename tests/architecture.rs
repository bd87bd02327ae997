//! The arrows between modules go one way.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use std::fs;
use std::path::{Path, PathBuf};

/// Modules from the bottom up; those in one group do not use each other.
const LAYERS: [&[&str]; 14] = [
    &["error"],
    &["real"],
    &["document"],
    &["poly"],
    &["target"],
    &["fit", "certify"],
    &["attention", "order"],
    &["circuit"],
    &["noise"],
    &["plan"],
    &["encrypted"],
    &["study", "survey", "compare", "layer"],
    &["export", "report", "laws"],
    &["gate"],
];

fn layer(module: &str) -> usize {
    LAYERS.iter().position(|group| group.contains(&module)).unwrap_or(LAYERS.len())
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The modules that a file's code names by `crate::`, comments and test modules left out.
fn used(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let word = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let names = code.split("crate::").skip(1).map(word);
    names.filter(|name| LAYERS.iter().any(|group| group.contains(&name.as_str())) || name == "cli").collect()
}

#[test]
fn arrows_between_modules_go_down() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 40, "only {} files were found", files.len());
    let mut upward = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&root).unwrap();
        let module = relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_string();
        let is_test = relative.iter().any(|part| part.to_str().unwrap().contains("tests"));
        if ["lib", "main", "cli"].contains(&module.as_str()) || is_test {
            continue;
        }
        for other in used(&fs::read_to_string(&file).unwrap()) {
            if other != module && layer(&other) >= layer(&module) {
                upward.push(format!("{} uses {other}", relative.display()));
            }
        }
    }
    assert!(upward.is_empty(), "{upward:#?}");
}
