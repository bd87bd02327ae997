//! Inputs for parsers: valid documents with a few changes, and bytes of no form at all. All choices are read from the bytes of the
//! fuzzer, so that it can steer them.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// A valid document.
#[derive(Debug, Clone)]
pub enum Seed {
    /// Changed value by value or byte by byte.
    Json(Value),
    /// A TOML file as its value, likewise.
    Toml(Value),
    /// Changed byte by byte.
    Bytes(Vec<u8>),
    /// Likewise, with the SHA-256 at its end taken anew.
    Sealed(Vec<u8>),
}

/// Bytes of one seal.
const SEAL: usize = 32;
/// Pieces of numbers, of TOML and of NumPy's headers.
const WORDS: &[&str] = &[
    "e",
    "E",
    "^",
    "/",
    "*",
    "-",
    "+",
    ".",
    "0x",
    "p",
    "2^",
    "1/0",
    "0/0",
    "e20000",
    "e-20000",
    "^-20000",
    "^99999999999",
    "nan",
    "inf",
    "9007199254740993",
    "18446744073709551616",
    "-1",
    "1e400",
    "[[",
    "]]",
    "{",
    "}",
    "\"",
    "'",
    "=",
    "\n",
    "#",
    "[attention]",
    "(1, 1, 50000, 50000)",
    "(0,)",
    "'<f8'",
    "'|O'",
    "'>f4'",
    "True",
    "'fortran_order'",
    "'shape'",
    "\u{0}",
    "\u{e9}",
    "\u{1d7d8}",
];
/// Numbers and texts at the edges of what any field can be.
const TEXTS: &[&str] = &[
    "",
    "0",
    "-0",
    "-1",
    "1",
    "1/3",
    "1e20000",
    "-1e20000",
    "1e-20000",
    "2^20000",
    "2^-20000",
    "1e99999999",
    "1/0",
    "nan",
    "inf",
    "x",
    "0.1",
    "0x1p-1074",
    "9007199254740993",
    "18446744073709551616",
    "1000000000000",
    "3/7",
    "chebyshev",
    "monomial",
    "polynomial",
    "composite",
    "stages",
    "staged",
    "reciprocal",
    "sign",
    "exp",
    "plain",
    "absolute",
    "relative",
    "proved",
    "ckks",
    "\u{0}\u{fffd}",
];

/// What the fuzzer's bytes choose; behind their end, a fixed sequence that depends on them.
pub struct Choices<'a> {
    bytes: &'a [u8],
    state: u64,
}

impl<'a> Choices<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        // FNV-1a.
        let hash = |state: u64, byte: &u8| (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        Self { bytes, state: bytes.iter().take(64).fold(0xcbf2_9ce4_8422_2325, hash) }
    }

    fn word(&mut self) -> u64 {
        if let Some((first, rest)) = self.bytes.split_first_chunk::<4>() {
            self.bytes = rest;
            return u32::from_le_bytes(*first).into();
        }
        // SplitMix64.
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.word() % end as u64) as usize }
    }

    fn of<'b, T>(&mut self, list: &'b [T]) -> &'b T {
        &list[self.below(list.len())]
    }
}

/// An input: one in eight is the fuzzer's own bytes, the others are a seed with one to four changes.
pub fn input(bytes: &[u8], seeds: &[Seed]) -> Vec<u8> {
    let choices = &mut Choices::new(bytes);
    if choices.below(8) == 0 {
        return choices.bytes.to_vec();
    }
    let seed = choices.of(seeds).clone();
    let by_value = choices.below(4) != 0;
    let changes = 1 + choices.below(4);
    match seed {
        Seed::Json(value) if by_value => changed(value, changes, choices).to_string().into_bytes(),
        Seed::Json(value) => scrambled(value.to_string().into_bytes(), changes, choices),
        Seed::Toml(value) if by_value => as_toml(&changed(value, changes, choices)),
        Seed::Toml(value) => scrambled(as_toml(&value), changes, choices),
        Seed::Bytes(bytes) => scrambled(bytes, changes, choices),
        Seed::Sealed(mut bytes) => {
            bytes.truncate(bytes.len().saturating_sub(SEAL));
            let mut bytes = scrambled(bytes, changes, choices);
            let seal = Sha256::digest(&bytes);
            bytes.extend(seal);
            bytes
        }
    }
}

/// TOML has no null.
fn as_toml(value: &Value) -> Vec<u8> {
    fn without_null(value: &Value) -> Value {
        match value {
            Value::Null => Value::String("null".into()),
            Value::Array(items) => items.iter().map(without_null).collect(),
            Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), without_null(value))).collect(),
            other => other.clone(),
        }
    }
    toml::to_string(&without_null(value)).unwrap_or_else(|_| value.to_string()).into_bytes()
}

/// A document with changes to its values.
pub fn changed(mut value: Value, changes: usize, choices: &mut Choices) -> Value {
    for _ in 0..changes {
        let count = nodes(&value);
        let other = choices.below(count);
        let donor = node(&mut value, &mut { other }).map(|donor| donor.clone());
        let mut place = choices.below(count);
        if let Some(found) = node(&mut value, &mut place) {
            change(found, donor.unwrap_or_default(), choices);
        }
    }
    value
}

/// How many values there are in a value, itself among them.
fn nodes(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(nodes).sum(),
        Value::Object(fields) => fields.values().map(nodes).sum(),
        _ => 0,
    }
}

/// The value that `left` others come before.
fn node<'a>(value: &'a mut Value, left: &mut usize) -> Option<&'a mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| node(item, left)),
        Value::Object(fields) => fields.values_mut().find_map(|field| node(field, left)),
        _ => None,
    }
}

fn change(value: &mut Value, donor: Value, choices: &mut Choices) {
    match (choices.below(4), &mut *value) {
        (0, _) => *value = donor,
        (_, Value::Array(items)) => change_list(items, donor, choices),
        (_, Value::Object(fields)) => change_fields(fields, donor, choices),
        (1, Value::String(text)) => {
            let bytes = scrambled(std::mem::take(text).into_bytes(), 1, choices);
            *text = String::from_utf8_lossy(&bytes).into_owned();
        }
        _ => *value = edge(choices),
    }
}

fn change_list(items: &mut Vec<Value>, donor: Value, choices: &mut Choices) {
    let (one, other) = (choices.below(items.len()), choices.below(items.len()));
    match choices.below(6) {
        0 => items.truncate(one),
        1 => items.push(donor),
        2 if !items.is_empty() => items.swap(one, other),
        3 if !items.is_empty() => drop(items.remove(one)),
        4 if !items.is_empty() => items.insert(one, items[other].clone()),
        _ => *items = items.iter().cycle().take(8 * items.len()).cloned().collect(),
    }
}

fn change_fields(fields: &mut Map<String, Value>, donor: Value, choices: &mut Choices) {
    let names: Vec<String> = fields.keys().cloned().collect();
    if names.is_empty() {
        return;
    }
    let (one, other) = (choices.of(&names).clone(), choices.of(&names).clone());
    match choices.below(4) {
        0 => drop(fields.remove(&one)),
        1 => drop(fields.insert(one + "_", donor)),
        2 => drop(fields.insert(one, edge(choices))),
        _ => {
            let (a, b) = (fields[&one].clone(), fields[&other].clone());
            fields.insert(one, b);
            fields.insert(other, a);
        }
    }
}

/// A value at the edge of its type.
fn edge(choices: &mut Choices) -> Value {
    match choices.below(12) {
        0 => Value::Null,
        1 => Value::Bool(choices.below(2) == 1),
        2 => (1u64 << choices.below(64)).into(),
        3 => (-(1i64 << choices.below(63))).into(),
        4 => u64::MAX.into(),
        5 => f64::MAX.into(),
        6 => (choices.below(40) as f64 - 20.5).into(),
        7 => Value::Array(Vec::new()),
        8 => Value::Object(Map::new()),
        9 => "9".repeat(choices.below(20_000)).into(),
        _ => (*choices.of(TEXTS)).into(),
    }
}

/// Bytes with changes.
pub fn scrambled(mut bytes: Vec<u8>, changes: usize, choices: &mut Choices) -> Vec<u8> {
    for _ in 0..changes {
        let (from, length) = (choices.below(bytes.len()), 1 + choices.below(16));
        let to = (from + length).min(bytes.len());
        let span = bytes[from..to].to_vec();
        match choices.below(8) {
            0 if !bytes.is_empty() => bytes[from] ^= 1 << choices.below(8),
            1 if !bytes.is_empty() => bytes[from] = choices.below(256) as u8,
            2 => drop(bytes.splice(from..from, choices.of(WORDS).bytes())),
            3 => drop(bytes.drain(from..to)),
            4 => drop(bytes.splice(from..from, span.repeat(1 + choices.below(4)))),
            5 => {
                let number = [0, 1, u64::MAX, 1 << 31, u64::MAX >> 1, 1 << 40][choices.below(6)].to_le_bytes();
                bytes.iter_mut().skip(from).zip(number).take(length.min(8)).for_each(|(byte, new)| *byte = new);
            }
            6 => {
                let into = choices.below(bytes.len());
                drop(bytes.splice(into..into, span));
            }
            _ => bytes.truncate(from),
        }
    }
    bytes
}
