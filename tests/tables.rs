//! The published tables are what `tables/generate` makes, and their certificates are about them.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

use polyattn::certify::{Certificate, certify, coq, verify_against};
use polyattn::document::{Document, read_json};
use polyattn::poly::table::Table;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn published() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tables")
}

/// The names in the list, in order.
fn listed() -> Vec<String> {
    let list = fs::read_to_string(published().join("list.txt")).unwrap();
    let lines = list.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

/// A document without what may differ between two runs.
fn timeless(mut value: Value) -> Value {
    fn strip(value: &mut Value) {
        if let Value::Object(fields) = value {
            fields.remove("seconds");
            fields.remove("provenance");
            fields.values_mut().for_each(strip);
        }
    }
    strip(&mut value);
    value
}

fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn generating_the_tables_again_gives_what_is_published() {
    let fresh = tempfile::tempdir().unwrap();
    let mut generate = Command::new(published().join("generate"));
    let output = generate.arg(fresh.path()).env("POLYATTN", env!("CARGO_BIN_EXE_polyattn")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (tables, proofs) = (fresh.path().join("tables"), fresh.path().join("proofs/certificates"));
    let own = ["README.md", "generate", "list.txt"].map(String::from);
    let expected: BTreeSet<String> = names(&tables).into_iter().chain(own).collect();
    assert_eq!(names(&published()), expected);
    let published_proofs = published().join("../proofs/certificates");
    assert_eq!(names(&published_proofs), names(&proofs));
    for file in names(&proofs) {
        let proof = |folder: &Path| fs::read_to_string(folder.join(&file)).unwrap();
        assert!(proof(&published_proofs) == proof(&proofs), "{file}");
    }
    for name in listed() {
        let (old, new) = (published().join(&name), tables.join(&name));
        assert_eq!(names(&old), names(&new), "{name}");
        for file in names(&old) {
            let (old, new) = (old.join(&file), new.join(&file));
            if file.ends_with(".json") {
                assert_eq!(timeless(read_json(&old).unwrap()), timeless(read_json(&new).unwrap()), "{name}/{file}");
            } else {
                assert_eq!(fs::read_to_string(old).unwrap(), fs::read_to_string(new).unwrap(), "{name}/{file}");
            }
        }
    }
    let index = |folder: &Path| fs::read_to_string(folder.join("index.md")).unwrap();
    assert_eq!(index(&published()), index(&tables));
}

#[test]
fn every_certificate_is_about_its_table_with_little_slack() {
    for name in listed() {
        let read = |file: &str| read_json(&published().join(&name).join(file)).unwrap();
        let table = Document::<Table>::from_value(read("table.json")).unwrap().body;
        let certificate = Document::<Certificate>::from_value(read("certificate.json")).unwrap().body;
        verify_against(&certificate, &table).unwrap_or_else(|e| panic!("{name}: {e}"));
        let (upper, lower) = (certificate.certified_upper.unwrap().0, certificate.certified_lower.unwrap().0);
        assert!((upper - &lower) * 10_000u32 <= lower, "{name}");
    }
}

/// Certifying is deterministic, and a table that states its bound is certified with that bound.
fn certified_again(family: &str) {
    let names: Vec<String> = listed().into_iter().filter(|name| name.starts_with(family)).collect();
    assert!(!names.is_empty(), "{family}");
    for name in names {
        let read = |file: &str| read_json(&published().join(&name).join(file)).unwrap();
        let table = Document::<Table>::from_value(read("table.json")).unwrap().body;
        let before = Document::<Certificate>::from_value(read("certificate.json")).unwrap();
        let mut again = Document::new(certify(&table).unwrap().certificate, before.provenance.clone());
        again.body.table_sha256 = table.without_proofs().sha256();
        assert!(before.sha256() == again.sha256(), "{name}: found {}", again.to_json().unwrap());
        let proof = fs::read_to_string(published().join(format!("../proofs/certificates/{name}.v"))).unwrap();
        assert!(proof == coq(&again.body).unwrap(), "{name}.v");
    }
}

macro_rules! certified_again {
    ($($test:ident: $family:literal),+ $(,)?) => {
        $(#[test]
        fn $test() {
            certified_again($family);
        })+

        #[test]
        fn every_table_is_of_a_family() {
            for name in listed() {
                assert!([$($family),+].iter().any(|family| name.starts_with(family)), "{name}: certified again by no test");
            }
        }
    };
}

certified_again! {
    relative_tables_are_certified_alike: "relative_",
    absolute_tables_are_certified_alike: "absolute_",
    composites_are_certified_alike: "composite_",
    roots_are_certified_alike: "root_",
    signs_are_certified_alike: "sign_",
    exponentials_are_certified_alike: "exp_",
    gelu_by_erf_is_certified_alike: "gelu_erf_",
    gelu_by_tanh_is_certified_alike: "gelu_tanh_",
    sigmoids_are_certified_alike: "sigmoid_",
    tangents_are_certified_alike: "tanh_",
}
