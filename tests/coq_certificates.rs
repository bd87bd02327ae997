//! The Coq files of `proofs/certificates/` say, number by number, what the certificates beside them say.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

use polyattn::certify::{Certificate, coq, verify};
use polyattn::document::{Document, read_json};
use polyattn::real::parse_exact;
use rug::{Integer, Rational};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The fields of the two kinds of record, sorted; all are compared but for the rounding unit `one`.
const POLYNOMIAL: [&str; 12] = [
    "bound_denominator",
    "bound_numerator",
    "coefficients",
    "degree",
    "epsilon",
    "hi",
    "lo",
    "scale",
    "unit",
    "witness_a",
    "witness_b",
    "witness_k",
];
const COMPOSITE: [&str; 9] =
    ["bound_denominator", "bound_numerator", "epsilon", "hi", "lo", "one", "scale", "start", "steps"];

/// The files with an extension, by name.
fn files(extension: &str) -> BTreeMap<String, PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("proofs/certificates");
    let paths = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let named = |path: PathBuf| Some((path.file_stem()?.to_str()?.to_owned(), path));
    paths.filter(|path| path.extension().is_some_and(|e| e == extension)).filter_map(named).collect()
}

/// Every integer in the fields of a Coq record, in order, and in the pairs defined after it; the reader knows nothing of
/// the writer.
fn record(text: &str) -> BTreeMap<String, Vec<Integer>> {
    let (body, rest) = text.split_once("{|").and_then(|(_, rest)| rest.split_once("|}")).unwrap_or_default();
    let pairs = rest.lines().filter_map(|line| line.strip_prefix("Definition ")?.strip_suffix('.'));
    let body = pairs.fold(body.to_owned(), |body, pair| body + "\n" + &pair.replace(": Z * Z ", ""));
    let mut fields = BTreeMap::new();
    let mut name = String::new();
    for word in body.split(|c: char| c.is_whitespace() || "[](),;".contains(c)).filter(|word| !word.is_empty()) {
        let number = word.strip_suffix("%nat").unwrap_or(word);
        match Integer::from_str_radix(number, 10) {
            Ok(number) => fields.entry(name.clone()).or_insert_with(Vec::new).push(number),
            Err(_) if word != ":=" => name = word.to_owned(),
            Err(_) => {}
        }
    }
    fields
}

struct Compared {
    fields: BTreeMap<String, Vec<Integer>>,
    json: Value,
    numbers: usize,
}

impl Compared {
    fn integer(&self, name: &str) -> &Integer {
        match self.fields.get(name).map(Vec::as_slice) {
            Some([one]) => one,
            other => panic!("field {name}: {other:?}"),
        }
    }

    fn exact(&self, pointer: &str) -> Rational {
        let text = self.json.pointer(pointer).and_then(Value::as_str);
        parse_exact(text.unwrap_or_else(|| panic!("no text at {pointer}"))).unwrap_or_else(|e| panic!("{pointer}: {e}"))
    }

    fn same(&mut self, numerator: &Integer, denominator: &Integer, pointer: &str) {
        assert_eq!(Rational::from((numerator, denominator)), self.exact(pointer), "{pointer}");
        self.numbers += 1;
    }

    fn same_fraction(&mut self, numerator: &str, denominator: &str, pointer: &str) {
        let (n, d) = (self.integer(numerator).clone(), self.integer(denominator).clone());
        self.same(&n, &d, pointer);
    }

    /// The points, where the certificate has them and only there.
    fn compare_points(&mut self) {
        let points = [
            ("lower", "/certified_lower"),
            ("worst", "/witnesses/error"),
            ("negative", "/witnesses/not_positive"),
            ("earlier", "/witnesses/not_monotone/0"),
            ("later", "/witnesses/not_monotone/1"),
        ];
        for (name, pointer) in points {
            match self.fields.remove(name) {
                Some(pair) => self.same(&pair[0], &pair[1], pointer),
                None => assert!(self.json.pointer(pointer).is_none_or(Value::is_null), "{pointer}"),
            }
        }
    }

    /// Everything that both kinds have, then what each has.
    fn compare(&mut self) {
        self.compare_points();
        for (field, pointer) in [("lo", "/intervals/0/0"), ("hi", "/intervals/0/1"), ("epsilon", "/target/epsilon")] {
            self.same_fraction(field, "scale", pointer);
        }
        self.same_fraction("bound_numerator", "bound_denominator", "/certified_upper");
        if self.json.get("form").and_then(Value::as_str) == Some("composite") {
            let start = self.fields["start"].clone();
            self.same(&start[0], &start[1], "/start");
            for (j, pair) in self.fields["steps"].clone().chunks(2).enumerate() {
                self.same(&pair[0], &pair[1], &format!("/steps/{j}"));
            }
            assert_eq!(self.json["steps"].as_array().map(Vec::len), Some(self.fields["steps"].len() / 2));
            return;
        }
        let (unit, one) = (self.integer("unit").clone(), Integer::from(1));
        for (j, c) in self.fields["coefficients"].clone().iter().enumerate() {
            self.same(c, &unit, &format!("/coefficients/{j}"));
        }
        assert_eq!(self.json["coefficients"].as_array().map(Vec::len), Some(self.fields["coefficients"].len()));
        for name in ["a", "b", "k"] {
            let value = self.integer(&format!("witness_{name}")).clone();
            self.same(&value, &one, &format!("/chebyshev/{name}"));
        }
        assert_eq!(self.json["degree"].as_u64(), self.integer("degree").to_u64());
    }
}

#[test]
fn every_coq_file_has_the_numbers_of_its_certificate() {
    let (proofs, certificates) = (files("v"), files("json"));
    assert!(proofs.len() >= 10);
    assert!(proofs.keys().eq(certificates.keys()));
    for (name, path) in &certificates {
        let json = read_json(path).unwrap();
        let text = fs::read_to_string(&proofs[name]).unwrap();
        let mut compared = Compared { fields: record(&text), json: json.clone(), numbers: 0 };
        compared.compare();
        let names: Vec<&str> = compared.fields.keys().map(String::as_str).collect();
        assert!(names == POLYNOMIAL || names == COMPOSITE, "{name}: {names:?}");
        let (least, coefficients) = (8, compared.fields.get("coefficients").map_or(0, Vec::len));
        assert!(compared.numbers >= least + coefficients, "{name}");

        // What the theorems say is fixed text, so the file is the one that would be written now.
        let certificate = Document::<Certificate>::from_value(json).unwrap().body;
        verify(&certificate).unwrap();
        assert!(coq(&certificate).unwrap() == text, "{name}.v: run proofs/generate");
    }
}

#[test]
fn a_changed_number_is_noticed() {
    let (name, path) = files("v").into_iter().find(|(name, _)| name.starts_with("relative")).unwrap();
    let text = fs::read_to_string(path).unwrap();
    let json = read_json(&files("json")[&name]).unwrap();
    let c = record(&text)["coefficients"][3].to_string();
    let changed = text.replace(&format!("{c};"), &format!("{c}1;"));
    assert_ne!(text, changed);
    let compare = move || Compared { fields: record(&changed), json, numbers: 0 }.compare();
    assert!(std::panic::catch_unwind(compare).is_err());
}
