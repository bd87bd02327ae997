//! A Coq file that is being written: definitions, one record, and theorems about it.

use crate::certify::certificate::Certificate;
use crate::real::Exact;
use rug::{Integer, Rational};
use std::fmt::{Display, Write};

/// How a claim is proved whose check has been reduced to a computation: Coq computes once, at Qed.
pub(super) const COMPUTE: &str = "vm_cast_no_check (eq_refl true)";

/// The numerator and the denominator.
pub(super) fn pair(value: &Rational) -> String {
    format!("({}, {})", value.numer(), value.denom())
}

pub(super) struct CoqFile {
    text: String,
    fields: usize,
}

impl CoqFile {
    /// The claim in words, and the checkers that are used.
    pub fn new(c: &Certificate, checkers: &str) -> Self {
        let mut text = String::new();
        let _ = write!(
            text,
            "(** {}\n\n    Degree {}; table sha256 {}.\n    Written from the certificate of the same name: change that, not this. \
             *)\n\nRequire Import Reals ZArith List.\n{checkers}\nImport ListNotations.\nOpen Scope Z_scope.\n",
            c.claim.words, c.degree, c.table_sha256
        );
        Self { text, fields: 0 }
    }

    pub fn into_text(self) -> String {
        self.text
    }

    /// A record, whose fields `write` adds.
    pub fn record(&mut self, name: &str, kind: &str, write: impl FnOnce(&mut Self)) {
        let _ = write!(self.text, "\nDefinition {name} : {kind} := {{|");
        self.fields = 0;
        write(self);
        self.text.push_str("\n|}.\n");
    }

    pub fn field(&mut self, name: &str, value: impl Display) {
        let separator = if self.fields == 0 { "" } else { ";" };
        self.fields += 1;
        let _ = write!(self.text, "{separator}\n  {name} := {value}");
    }

    pub fn list<T>(&mut self, name: &str, values: &[T], text: impl Fn(&T) -> String) {
        let lines: Vec<String> = values.iter().map(text).collect();
        self.field(name, format_args!("[\n    {}]", lines.join(";\n    ")));
    }

    pub fn coefficients(&mut self, numerators: &[Integer], unit: &Integer) {
        self.field("unit", unit);
        self.list("coefficients", numerators, Integer::to_string);
    }

    /// The intervals, and ε after them, over a common denominator.
    pub fn intervals(&mut self, ends: &[Integer]) {
        let pairs: Vec<String> = ends.chunks_exact(2).map(|pair| format!("({}, {})", pair[0], pair[1])).collect();
        self.field("intervals", format_args!("[{}]", pairs.join("; ")));
        if let [epsilon] = ends.chunks_exact(2).remainder() {
            self.field("epsilon", epsilon);
        }
    }

    pub fn bound(&mut self, bound: &Rational) {
        self.field("bound_numerator", bound.numer());
        self.field("bound_denominator", bound.denom());
    }

    pub fn definition(&mut self, name: &str, value: &Exact) {
        let _ = write!(self.text, "\nDefinition {name} : Z * Z := {}.\n", pair(value));
    }

    pub fn theorem(&mut self, name: &str, statement: &str, proof: &str) {
        let _ = write!(self.text, "\nTheorem {name} : {statement}.\nProof. {proof}. Qed.\n");
    }

    /// A check that several theorems rest on.
    pub fn lemma(&mut self, name: &str, statement: &str) {
        let _ = write!(self.text, "\nLemma {name} : {statement}.\nProof. {COMPUTE}. Qed.\n");
    }

    /// The lower bound and the point where it is reached, and what `proof` shows with them.
    pub fn attained(&mut self, c: &Certificate, statement: &str, proof: &str) {
        if let (Some(lower), Some(x)) = (&c.certified_lower, &c.witnesses.error) {
            self.definition("lower", lower);
            self.definition("worst", x);
            self.theorem("error_attained", statement, proof);
        }
    }
}
