//! A Rust module of plain functions on f64, without dependencies.

use super::Source;
use super::listing::{Syntax, column, header};
use super::number::literal;
use super::row::Row;
use super::subject::{Function, Subject};
use crate::error::Result;
use crate::poly::Basis;

const FUNCTIONS: &str = include_str!("templates/module.rs");
const SYNTAX: Syntax = Syntax {
    indent: "    ",
    declare: ["let ", ""],
    call: "",
    borrow: "&",
    values: ["&[", "]"],
    numbers: ["&[", "]"],
    end: ";",
    comment: "//",
    encodes: false,
};

pub(super) fn write(source: &Source) -> Result<String> {
    let subject = Subject::plain(source)?;
    let own = subject.own_lines("a module with evaluate(x)", "Rust, edition 2018 or later, no dependencies");
    let mut text = header(source, "//", &own);
    text += "#![allow(dead_code, clippy::excessive_precision)]\n\n";
    text += &format!("pub const DOMAIN: [f64; 2] = [{}, {}];\n", literal(subject.lo), literal(subject.hi));
    text += &function(&subject.function);
    text += &format!(
        "\n/// x, the table's value, and how far [`evaluate`] may be from it.\npub const POINTS: [[f64; 3]; {}] = [\n{}];\n",
        subject.probes.len(),
        subject.probe_rows(["[", "]"], "    ")
    );
    text += &subject.rows.iter().map(row).collect::<String>();
    text += &self_test(&subject.rows);
    Ok(text + FUNCTIONS)
}

fn array(name: &str, values: &[f64]) -> String {
    format!("pub const {name}: [f64; {}] = [\n{}];\n", values.len(), column(values.iter().copied(), "    "))
}

fn function(function: &Function) -> String {
    let head = "\npub fn evaluate(x: f64) -> f64 {\n";
    match function {
        Function::Series(series) => {
            let numbers: Vec<f64> = series.coefficients.iter().map(|c| c.written).collect();
            let value = match series.basis {
                Basis::Monomial => "horner(&COEFFICIENTS, x)".into(),
                Basis::Chebyshev => {
                    let [slope, shift] = [&series.slope, &series.shift].map(|c| literal(c.written));
                    format!("clenshaw(&COEFFICIENTS, {slope} * x + {shift})")
                }
            };
            format!("{}{head}    {value}\n}}\n", array("COEFFICIENTS", &numbers))
        }
        Function::Doublings { start, residual, steps } => {
            let numbers: Vec<f64> = steps.iter().map(|c| c.written).collect();
            format!(
                "/// The value of the composite before its doublings, 1 − START·ε, and the α of each doubling.\n\
                 pub const START: f64 = {};\npub const RESIDUAL: f64 = {};\n{}{head}    \
                 let (mut y, mut r) = (START, RESIDUAL - START * x);\n    for alpha in STEPS {{\n        \
                 y = alpha * (1.0 + r) * y;\n        r = alpha * (r * r) + (1.0 - alpha);\n    }}\n    y\n}}\n",
                literal(start.written),
                literal(residual.written),
                array("STEPS", &numbers),
            )
        }
        Function::Program(program) => {
            let (lines, value) = SYNTAX.lines(program);
            format!("{head}    let v0 = vec![x];\n{lines}    {value}[0]\n}}\n")
        }
    }
}

fn row(row: &Row) -> String {
    let (lines, value) = SYNTAX.lines(&row.program);
    let Row { keys, .. } = row;
    format!(
        "\n/// Weights of one row of {keys} scores.\npub fn weights_{keys}(scores: &[f64]) -> Vec<f64> {{\n    \
         let v0 = scores.to_vec();\n{lines}    {value}\n}}\n\n{}{}pub const TOLERANCE_{keys}: f64 = {};\n",
        array(&format!("SCORES_{keys}"), &row.scores),
        array(&format!("WEIGHTS_{keys}"), &row.weights),
        literal(row.tolerance),
    )
}

fn self_test(rows: &[Row]) -> String {
    let rows: String = rows
        .iter()
        .map(|Row { keys, .. }| {
            format!(
                "    for (found, expected) in weights_{keys}(&SCORES_{keys}).iter().zip(WEIGHTS_{keys}) {{\n        \
                 holds(*found, expected, TOLERANCE_{keys})?;\n    }}\n"
            )
        })
        .collect();
    format!(
        "\n/// Whether every value is as near to the table's as it must be.\npub fn self_test() -> Result<(), String> {{\n    \
         for [x, value, tolerance] in POINTS {{\n        holds(evaluate(x), value, tolerance)?;\n    }}\n{rows}    Ok(())\n}}\n"
    )
}
