//! The minimum Rust that the manifest states: no dependency asks for more, and the pages say the same. That the code itself asks for
//! no more is clippy's part (`incompatible_msrv`), and `make msrv`'s.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test fails by panicking

use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// "1.89" and "1.89.0" alike.
fn version(text: &str) -> (u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap());
    (parts.next().unwrap(), parts.next().unwrap_or(0))
}

fn packages() -> Vec<Value> {
    let arguments = ["metadata", "--format-version", "1", "--locked"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

#[test]
fn no_dependency_asks_for_a_later_rust() {
    let stated = version(env!("CARGO_PKG_RUST_VERSION"));
    let asking: Vec<(String, (u32, u32))> = packages()
        .iter()
        .filter_map(|package| Some((package["name"].as_str()?.into(), version(package["rust_version"].as_str()?))))
        .collect();
    assert!(asking.len() > 100, "only {} packages state one", asking.len());
    let later: Vec<_> = asking.iter().filter(|(_, asked)| *asked > stated).collect();
    assert!(later.is_empty(), "the manifest states {stated:?}, but: {later:?}");
}

#[test]
fn the_pages_state_it() {
    for page in ["README.md", "docs/start.md"] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
        let versions: Vec<&str> = text
            .split("Rust ")
            .skip(1)
            .filter_map(|after| after.trim_start_matches('(').split([' ', ',']).next())
            .collect();
        let stated = versions.iter().filter(|word| word.starts_with("1.")).collect::<Vec<_>>();
        assert!(!stated.is_empty(), "{page}");
        assert!(stated.iter().all(|found| **found == env!("CARGO_PKG_RUST_VERSION")), "{page}: {stated:?}");
    }
    let makefile = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Makefile")).unwrap();
    assert!(makefile.contains(concat!("cargo +", env!("CARGO_PKG_RUST_VERSION"), " check ")));
}
