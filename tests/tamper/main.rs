//! Certificates that were tampered with: none is accepted.
//!
//! A tampered certificate says something false, or no longer shows what it says, or belongs to another table. It is held against the
//! table that it came with, or against a table that was changed in the same way; one whose claim is false whatever the table is also
//! checked alone. Another notation of the same number is no tampering, and neither is other evidence that shows the same claim: random
//! changes, the second test, may leave those, and then the claim must be the one that was proved, or have a lower bound that its witness
//! shows to be larger.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

mod forgery;
#[path = "../fuzz/src/mutate.rs"]
#[allow(dead_code)]
mod mutate;

use forgery::{Forgery, KINDS, Original};
use mutate::{Choices, changed};
use polyattn::certify::{Certificate, verify, verify_against};
use polyattn::document::Document;
use polyattn::poly::table::Table;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const SEED: u64 = 15;
/// Certificates that every run takes: each kind of proof, the small ones.
const QUICK: [&str; 12] = [
    "absolute_e4_d7",
    "relative_e4_d15",
    "relative_e4_d7_monomial",
    "absolute_e4_d15_s30",
    "composite_e4_b10",
    "composite_e8_b20",
    "root_e4_d15",
    "sign_t2_d15",
    "sign_t4_b10",
    "root_e8_b10",
    "exp_d7",
    "tanh_d15",
];

/// The published tables with their certificates.
fn originals(names: impl IntoIterator<Item = String>) -> Vec<Original> {
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("tables");
    let read = |file: &Path| -> Value { serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap() };
    let original = |name: String| {
        let folder = tables.join(&name);
        Original { table: read(&folder.join("table.json")), certificate: read(&folder.join("certificate.json")), name }
    };
    names.into_iter().map(original).collect()
}

fn all() -> Vec<String> {
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("tables");
    let folders = fs::read_dir(tables).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let mut names: Vec<String> = folders.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn certificate(value: &Value) -> polyattn::Result<Certificate> {
    Ok(Document::from_value(value.clone())?.body)
}

fn table(value: &Value) -> polyattn::Result<Table> {
    Ok(Document::from_value(value.clone())?.body)
}

/// What the checker says to a certificate beside a table.
fn checked(certificate_value: &Value, table_value: &Value) -> polyattn::Result<()> {
    verify_against(&certificate(certificate_value)?, &table(table_value)?)
}

fn generator(stream: usize) -> ChaCha20Rng {
    let mut rng = ChaCha20Rng::seed_from_u64(SEED);
    rng.set_stream(stream as u64);
    rng
}

/// Tampers `count` times: how many of each kind were refused, and those that were accepted.
fn tampered(originals: &[Original], count: usize) -> (BTreeMap<&'static str, usize>, Vec<String>) {
    let attempt = |index: usize| {
        let rng = &mut generator(index);
        // Not every kind fits every certificate.
        (0..1000).find_map(|_| {
            let (kind, forge) = KINDS[(index + rng.random_range(0..2)) % KINDS.len()];
            let original = &originals[rng.random_range(0..originals.len())];
            let other = &originals[rng.random_range(0..originals.len())];
            let forgery = forge(original, other, rng)?;
            Some((kind, original.name.clone(), forgery))
        })
    };
    let outcomes: Vec<(&str, Option<String>)> = (0..count)
        .into_par_iter()
        .map(|index| {
            let (kind, name, forgery) = attempt(index).unwrap();
            let accepted = accepted(&forgery).then(|| format!("{index}: {kind} of {name}: {}", forgery.certificate));
            (kind, accepted)
        })
        .collect();
    let mut kinds = BTreeMap::new();
    outcomes.iter().for_each(|(kind, _)| *kinds.entry(*kind).or_insert(0) += 1);
    (kinds, outcomes.into_iter().filter_map(|(_, accepted)| accepted).collect())
}

fn accepted(forgery: &Forgery) -> bool {
    let alone = || forgery.is_false && certificate(&forgery.certificate).is_ok_and(|c| verify(&c).is_ok());
    checked(&forgery.certificate, &forgery.table).is_ok() || alone()
}

fn none_is_accepted(originals: &[Original], count: usize) {
    originals.iter().for_each(|o| checked(&o.certificate, &o.table).unwrap_or_else(|e| panic!("{}: {e}", o.name)));
    let (kinds, accepted) = tampered(originals, count);
    kinds.iter().for_each(|(kind, refused)| println!("{refused:>6}  {kind}"));
    println!("{count:>6}  tampered certificates from seed {SEED}, {} accepted", accepted.len());
    assert_eq!(kinds.len(), KINDS.len(), "every kind is tried");
    assert!(accepted.is_empty(), "{}", accepted.join("\n"));
}

/// A weaker bound that is stated alike in table and certificate is true, and accepted: what is refused is refused for what it says.
#[test]
fn a_true_claim_that_was_made_by_the_same_means_is_accepted() {
    for original in originals(QUICK.map(String::from)) {
        let forgery = forgery::weaker(&original).unwrap();
        checked(&forgery.certificate, &forgery.table).unwrap_or_else(|e| panic!("{}: {e}", original.name));
    }
}

#[test]
fn no_tampered_certificate_is_accepted() {
    none_is_accepted(&originals(QUICK.map(String::from)), 600);
}

#[test]
#[ignore = "ten thousand, of all published tables: make tamper"]
fn no_tampered_certificate_of_any_table_is_accepted() {
    none_is_accepted(&originals(all()), 10_000);
}

/// A certificate without what shows its claim, without what is not hashed, and without the lower bound, which a witness may show to be
/// larger.
fn claim(value: &Value) -> Value {
    let mut value = value.clone();
    let fields = value.as_object_mut().unwrap();
    for name in ["witnesses", "models", "chebyshev", "ranges", "seconds", "provenance", "certified_lower"] {
        fields.remove(name);
    }
    value
}

/// Random changes: how many were refused, were the same after all, or show the same claim by other evidence.
fn changes(originals: &[Original], count: usize) -> [usize; 3] {
    let outcomes: Vec<usize> = (0..count)
        .into_par_iter()
        .map(|index| {
            let rng = &mut generator(index);
            let original = &originals[rng.random_range(0..originals.len())];
            let mut bytes = [0u8; 128];
            rng.fill(&mut bytes);
            let changed = changed(original.certificate.clone(), rng.random_range(1..4), &mut Choices::new(&bytes));
            let Ok(read) = certificate(&changed) else { return 0 };
            if verify_against(&read, &table(&original.table).unwrap()).is_err() {
                return 0;
            }
            let first = certificate(&original.certificate).unwrap();
            // Written again, so that notations are the same.
            let claims = [&read, &first]
                .map(|c| claim(&serde_json::to_value(Document::new(c.clone(), original.provenance())).unwrap()));
            assert_eq!(claims[0], claims[1], "change {index} of {} is accepted", original.name);
            let [lower, least, most] = [&read.certified_lower, &first.certified_lower, &first.certified_upper];
            assert!(lower >= least && lower <= most, "change {index} of {} is accepted", original.name);
            let timeless = Certificate { seconds: first.seconds, ..read };
            if timeless == first { 1 } else { 2 }
        })
        .collect();
    [0, 1, 2].map(|outcome| outcomes.iter().filter(|o| **o == outcome).count())
}

fn random_changes(originals: &[Original], count: usize) {
    let [refused, same, shown] = changes(originals, count);
    println!(
        "{count} random changes from seed {SEED}: {refused} refused, {same} change nothing, {shown} leave the claim, or a larger lower bound, and show it"
    );
    assert!(refused * 2 > count, "{refused} of {count} refused");
}

#[test]
fn what_is_accepted_after_random_changes_is_the_claim_that_was_proved() {
    random_changes(&originals(QUICK.map(String::from)), 2_000);
}

#[test]
#[ignore = "a hundred thousand, of all published tables: make tamper"]
fn what_is_accepted_after_random_changes_of_any_table_is_the_claim_that_was_proved() {
    random_changes(&originals(all()), 100_000);
}
