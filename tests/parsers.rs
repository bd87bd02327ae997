//! Every parser under a few thousand hostile inputs; `make fuzz` gives each a million.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

#[path = "fuzz/src/mutate.rs"]
mod mutate;
#[path = "fuzz/src/parsers.rs"]
mod parsers;
#[path = "fuzz/src/seeds.rs"]
mod seeds;

use mutate::{Seed, input};
use parsers::{NAMES, Places, parser};
use polyattn::document::Document;
use polyattn::encrypted::Validation;
use polyattn::study::NoiseStudy;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SEED: u64 = 15;
const INPUTS: u64 = 2_000;
/// An input that takes longer is called a hang.
const LONGEST: Duration = Duration::from_secs(10);

static MADE: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    seeds::make(Path::new(env!("CARGO_BIN_EXE_polyattn")), folder.path());
    folder
});

fn places() -> Places {
    Places { root: env!("CARGO_MANIFEST_DIR").into(), made: MADE.path().into() }
}

#[test]
fn no_input_is_a_fault_of_the_program() {
    for (stream, name) in NAMES.into_iter().enumerate() {
        let parser = parser(name, &places());
        let mut rng = ChaCha20Rng::seed_from_u64(SEED);
        rng.set_stream(stream as u64);
        let mut valid = 0;
        for _ in 0..INPUTS {
            let mut bytes = vec![0; rng.random_range(0..256)];
            rng.fill(bytes.as_mut_slice());
            let began = Instant::now();
            valid += u64::from(parser.check(&input(&bytes, &parser.seeds)));
            assert!(began.elapsed() < LONGEST, "{name}: {:?}", began.elapsed());
        }
        assert!(valid > 0 && valid < INPUTS, "{name}: {valid} of {INPUTS} inputs are valid");
    }
}

/// What is changed is valid to begin with, or nothing behind the first check would be reached.
#[test]
fn every_seed_is_read() {
    for name in NAMES {
        let parser = parser(name, &places());
        for seed in &parser.seeds {
            let text = match seed {
                Seed::Json(value) => value.to_string().into_bytes(),
                Seed::Toml(value) => toml::to_string(value).unwrap().into_bytes(),
                Seed::Bytes(bytes) | Seed::Sealed(bytes) => bytes.clone(),
            };
            assert!(parser.check(&text), "{name}: {}", String::from_utf8_lossy(&text));
        }
    }
}

fn document(name: &str) -> Value {
    let text = std::fs::read_to_string(MADE.path().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// 2^62 + 1 rows of 4 keys are not 4 weights, as they would be in a product of 64 bits.
#[test]
fn a_record_whose_count_of_slots_overflows_is_refused() {
    let mut value = document("validation");
    value["scores"]["rows"] = json!((1u64 << 62) + 1);
    value["scores"]["lengths"] = json!([4]);
    value["slots_checked"] = json!(4);
    let error = Document::<Validation>::from_value(value).unwrap().body.check().unwrap_err();
    assert!(error.to_string().contains("slots_checked"), "{error}");
}

/// A million runs, named a thousand times in eleven kilobytes, are eight gigabytes.
#[test]
fn runs_of_a_study_are_named_once() {
    let mut value = document("noise-study");
    value["samples"][0]["index"] = "0-1048575 ".repeat(1000).into();
    let error = Document::<NoiseStudy>::from_value(value).unwrap_err();
    assert!(error.to_string().contains("ascending"), "{error}");
    let mut value = document("noise-study");
    value["samples"][0]["sum"] = "1 ".repeat(1_100_000).into();
    let error = Document::<NoiseStudy>::from_value(value).unwrap_err();
    assert!(error.to_string().contains("more than 1048576 figures"), "{error}");
}
