//! The Coq files of `proofs/certificates/` say, number by number, what the certificates in `tables/` say.

#![allow(clippy::unwrap_used, clippy::panic)] // a test fails by panicking

use polyattn::certify::{Certificate, coq, verify};
use polyattn::document::{Document, read_json};
use polyattn::real::parse_exact;
use rug::{Integer, Rational};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The fields of each kind of record, sorted; all are compared but for the rounding unit `one`.
const WITNESSED: [&str; 12] = [
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
const SUBDIVIDED: [&str; 9] = [
    "base",
    "bound_denominator",
    "bound_numerator",
    "chebyshev",
    "coefficients",
    "epsilon",
    "intervals",
    "scale",
    "unit",
];
const MODELLED: [&str; 13] = [
    "bound_denominator",
    "bound_numerator",
    "coefficients",
    "halvings",
    "hi",
    "lo",
    "model_degree",
    "model_unit",
    "pieces",
    "scale",
    "step_denominator",
    "step_numerator",
    "unit",
];
const STAGES: [&str; 8] =
    ["bound_denominator", "bound_numerator", "epsilon", "intervals", "made_by", "ranges", "scale", "stages"];
const STAGE: [&str; 6] = ["basis_hi", "basis_lo", "basis_scale", "chebyshev", "coefficients", "unit"];

/// The Coq files, by name.
fn proofs() -> BTreeMap<String, PathBuf> {
    entries("proofs/certificates").filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), path))).collect()
}

/// The certificates of the published tables, by name.
fn certificates() -> BTreeMap<String, PathBuf> {
    let folders = entries("tables").filter(|path| path.is_dir());
    folders.filter_map(|path| Some((path.file_name()?.to_str()?.to_owned(), path.join("certificate.json")))).collect()
}

fn entries(folder: &str) -> impl Iterator<Item = PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()))
}

/// The values in the fields of every Coq record, and of every pair that is defined; those of the record `certified` go by
/// their own names, others by `record.field`. The reader knows nothing of the writer.
fn record(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut fields = BTreeMap::new();
    for definition in text.split("\nDefinition ").skip(1) {
        let (name, rest) = definition.split_once(' ').unwrap();
        let (_, body) = rest.split_once(":=").unwrap();
        let (body, _) = body.split_once(".\n").unwrap();
        let words: Vec<&str> = body
            .split(|c: char| c.is_whitespace() || "[](){|},;".contains(c))
            .filter(|word| !word.is_empty())
            .collect();
        let mut field = name.to_owned();
        for (i, word) in words.iter().enumerate() {
            if words.get(i + 1) == Some(&":=") {
                field = if name == "certified" { (*word).to_owned() } else { format!("{name}.{word}") };
            } else if *word != ":=" {
                let value = word.strip_suffix("%nat").unwrap_or(word);
                fields.entry(field.clone()).or_insert_with(Vec::new).push(value.to_owned());
            }
        }
    }
    fields
}

struct Compared {
    fields: BTreeMap<String, Vec<String>>,
    json: Value,
    numbers: usize,
}

impl Compared {
    fn new(text: &str, json: &Value) -> Self {
        Self { fields: record(text), json: json.clone(), numbers: 0 }
    }

    fn word(&self, name: &str) -> &str {
        match self.fields.get(name).map(Vec::as_slice) {
            Some([one]) => one,
            other => panic!("field {name}: {other:?}"),
        }
    }

    fn integer(&self, name: &str) -> Integer {
        self.word(name).parse().unwrap()
    }

    fn integers(&self, name: &str) -> Vec<Integer> {
        self.fields[name].iter().map(|word| word.parse().unwrap()).collect()
    }

    fn exact(&self, pointer: &str) -> Rational {
        let text = self.json.pointer(pointer).and_then(Value::as_str);
        parse_exact(text.unwrap_or_else(|| panic!("no text at {pointer}"))).unwrap_or_else(|e| panic!("{pointer}: {e}"))
    }

    fn length(&self, pointer: &str) -> usize {
        self.json.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("no list at {pointer}")).len()
    }

    fn same(&mut self, numerator: &Integer, denominator: &Integer, pointer: &str) {
        assert_eq!(Rational::from((numerator, denominator)), self.exact(pointer), "{pointer}");
        self.numbers += 1;
    }

    fn same_fraction(&mut self, numerator: &str, denominator: &str, pointer: &str) {
        self.same(&self.integer(numerator), &self.integer(denominator), pointer);
    }

    fn same_word(&self, field: &str, pointer: &str, meanings: [(&str, &str); 2]) {
        let word = self.json.pointer(pointer).and_then(Value::as_str);
        assert!(meanings.contains(&(self.word(field), word.unwrap_or_default())), "{field}: {word:?}");
    }

    /// Coefficients over their unit, in a basis where the record names one.
    fn compare_polynomial(&mut self, record: &str, pointer: &str) {
        let unit = self.integer(&format!("{record}unit"));
        let coefficients = self.integers(&format!("{record}coefficients"));
        for (j, c) in coefficients.iter().enumerate() {
            self.same(c, &unit, &format!("{pointer}/coefficients/{j}"));
        }
        assert_eq!(self.length(&format!("{pointer}/coefficients")), coefficients.len());
        let basis = format!("{record}chebyshev");
        if self.fields.contains_key(&basis) {
            self.same_word(&basis, &format!("{pointer}/basis"), [("true", "chebyshev"), ("false", "monomial")]);
        }
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
            if self.fields.contains_key(name) {
                let pair = self.integers(name);
                self.same(&pair[0], &pair[1], pointer);
                self.fields.remove(name);
            } else {
                // Where models stand in, Coq is told of the error alone.
                let told = !self.fields.contains_key("model_unit") || ["lower", "worst"].contains(&name);
                assert!(!told || self.json.pointer(pointer).is_none_or(Value::is_null), "{pointer}");
            }
        }
    }

    /// One interval by its ends, or a list of them.
    fn compare_intervals(&mut self) {
        let ends = if self.fields.contains_key("lo") {
            vec![self.integer("lo"), self.integer("hi")]
        } else {
            self.integers("intervals")
        };
        let scale = self.integer("scale");
        for (j, end) in ends.iter().enumerate() {
            self.same(end, &scale, &format!("/intervals/{}/{}", j / 2, j % 2));
        }
        assert_eq!(2 * self.length("/intervals"), ends.len());
        if self.fields.contains_key("base") {
            let base = self.integers("base");
            assert_eq!(base, [ends[0].clone(), ends[ends.len() - 1].clone()]);
        }
    }

    /// Everything that all kinds have, then what each has.
    fn compare(&mut self) {
        self.compare_points();
        self.compare_intervals();
        if self.fields.contains_key("epsilon") {
            self.same_fraction("epsilon", "scale", "/target/epsilon");
        } else {
            self.same(&Integer::new(), &Integer::from(1), "/target/epsilon");
        }
        self.same_fraction("bound_numerator", "bound_denominator", "/certified_upper");
        if self.fields.contains_key("stages") {
            self.compare_stages();
        } else if self.json["form"] == "composite" {
            self.compare_doublings();
        } else {
            self.compare_polynomial("", "");
        }
        if self.fields.contains_key("witness_k") {
            for name in ["a", "b", "k"] {
                let value = self.integer(&format!("witness_{name}"));
                self.same(&value, &Integer::from(1), &format!("/chebyshev/{name}"));
            }
            assert_eq!(self.json["degree"].as_u64(), self.integer("degree").to_u64());
        }
    }

    fn compare_doublings(&mut self) {
        let (start, steps) = (self.integers("start"), self.integers("steps"));
        self.same(&start[0], &start[1], "/start");
        for (j, pair) in steps.chunks(2).enumerate() {
            self.same(&pair[0], &pair[1], &format!("/steps/{j}"));
        }
        assert_eq!(2 * self.length("/steps"), steps.len());
    }

    fn compare_stages(&mut self) {
        self.same_word("made_by", "/rule", [("compose_odd", "compose"), ("refine", "refine")]);
        let names = self.fields["stages"].clone();
        assert_eq!(self.length("/stages"), names.len());
        for (i, name) in names.iter().enumerate() {
            let (record, pointer) = (format!("{name}."), format!("/stages/{i}"));
            for (j, end) in ["basis_lo", "basis_hi"].iter().enumerate() {
                self.same_fraction(
                    &format!("{record}{end}"),
                    &format!("{record}basis_scale"),
                    &format!("{pointer}/interval/{j}"),
                );
            }
            self.compare_polynomial(&record, &pointer);
            let of_stage: Vec<String> =
                self.fields.keys().filter(|field| field.starts_with(&record)).cloned().collect();
            assert!(of_stage.iter().map(|field| field.replace(&record, "")).eq(STAGE), "{of_stage:?}");
            self.fields.retain(|field, _| !field.starts_with(&record));
        }
        let ranges = self.integers("ranges");
        for (j, range) in ranges.chunks(3).enumerate() {
            self.same(&range[0], &range[2], &format!("/ranges/{j}/0"));
            self.same(&range[1], &range[2], &format!("/ranges/{j}/1"));
        }
        assert_eq!(3 * self.length("/ranges"), ranges.len());
    }
}

#[test]
fn every_coq_file_has_the_numbers_of_its_certificate() {
    let (proofs, certificates) = (proofs(), certificates());
    assert!(proofs.len() >= 10);
    assert!(proofs.keys().eq(certificates.keys()));
    for (name, path) in &certificates {
        let json = read_json(path).unwrap();
        let text = fs::read_to_string(&proofs[name]).unwrap();
        let mut compared = Compared::new(&text, &json);
        compared.compare();
        let names: Vec<&str> = compared.fields.keys().map(String::as_str).collect();
        assert!(
            [&WITNESSED[..], &COMPOSITE, &SUBDIVIDED, &STAGES, &MODELLED].contains(&names.as_slice()),
            "{name}: {names:?}"
        );
        let (least, coefficients) = (6, compared.fields.get("coefficients").map_or(0, Vec::len));
        assert!(compared.numbers >= least + coefficients, "{name}");

        // What the theorems say is fixed text, so the file is the one that would be written now.
        let certificate = Document::<Certificate>::from_value(json).unwrap().body;
        verify(&certificate).unwrap();
        assert!(coq(&certificate).unwrap() == text, "{name}.v: run proofs/generate");
    }
}

/// The first file of a kind, by a text in it, and its certificate.
fn first(kind: &str) -> (String, Value) {
    let texts = proofs().into_iter().map(|(name, path)| (name, fs::read_to_string(path).unwrap()));
    let (name, text) = texts.into_iter().find(|(_, text)| text.contains(kind)).unwrap_or_else(|| panic!("no {kind}"));
    (text, read_json(&certificates()[&name]).unwrap())
}

/// A text with a digit more in the number after `before`.
fn changed(text: &str, before: &str) -> String {
    let (head, tail) = text.split_once(before).unwrap_or_else(|| panic!("no {before}"));
    let end = tail.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap();
    let (number, rest) = tail.split_at(end);
    format!("{head}{before}{number}1{rest}")
}

#[test]
fn a_changed_number_is_noticed() {
    let places = [
        ("apply relative_sound", "coefficients := [\n    "),
        ("PolyAttn.AlgebraicShape PolyAttn", "coefficients := [\n    "),
        ("apply (sign_sound", "intervals := [("),
        ("apply (sign_sound", "base := ("),
        ("apply (inverse_sqrt_sound", "lower : Z * Z := ("),
        ("made_by := compose_odd", "ranges := [\n    ("),
        ("made_by := compose_odd", "basis_hi := "),
        ("PolyAttn.Exponential", "bound_numerator := "),
        ("PolyAttn.Gelu", "coefficients := [\n    "),
        ("PolyAttn.Riccati", "worst : Z * Z := ("),
        ("made_by := refine", "coefficients := [\n    "),
    ];
    for (kind, before) in places {
        let (text, json) = first(kind);
        let text = changed(&text, before);
        let compare = move || Compared::new(&text, &json).compare();
        assert!(std::panic::catch_unwind(compare).is_err(), "{kind}: {before}");
    }
}

#[test]
fn another_basis_is_noticed() {
    let (text, json) = first("chebyshev := false");
    Compared::new(&text, &json).compare();
    let other = text.replace("chebyshev := false", "chebyshev := true");
    assert_ne!(text, other);
    assert!(std::panic::catch_unwind(move || Compared::new(&other, &json).compare()).is_err());
}
