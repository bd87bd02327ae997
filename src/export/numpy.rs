//! A Python module: floats and NumPy arrays, no import.

use super::Source;
use super::listing::{Syntax, column, header};
use super::number::literal;
use super::row::Row;
use super::subject::{Function, Subject};
use crate::error::Result;
use crate::poly::Basis;

const FUNCTIONS: &str = include_str!("templates/module.py");
const SYNTAX: Syntax = Syntax {
    indent: "    ",
    declare: ["", ""],
    call: "_",
    borrow: "",
    values: ["[", "]"],
    numbers: ["[", "]"],
    end: "",
    comment: " #",
    encodes: false,
};

pub(super) fn write(source: &Source) -> Result<String> {
    let subject = Subject::plain(source)?;
    let library = "Python 3; evaluate takes a float or a NumPy array and needs no import";
    let mut text =
        header(source, "#", &subject.own_lines("a module with coefficients, domain and evaluate(x)", library));
    text += FUNCTIONS;
    text += &format!("\n\ndomain = ({}, {})\n", literal(subject.lo), literal(subject.hi));
    text += &function(&subject.function);
    text += "\n# (x, the table's value, how far evaluate may be from it)\n";
    text += &format!("points = [\n{}]\n", subject.probe_rows(["(", ")"], "    "));
    let rows: String = subject.rows.iter().map(row).collect();
    let tests: Vec<String> = subject.rows.iter().map(|row| row.keys.to_string()).collect();
    Ok(text + &rows + &self_test(&tests))
}

fn function(function: &Function) -> String {
    match function {
        Function::Series(series) => {
            let coefficients = column(series.coefficients.iter().map(|c| c.written), "    ");
            let (basis, value) = match series.basis {
                Basis::Monomial => ("monomial", "_horner(coefficients, x)".into()),
                Basis::Chebyshev => {
                    let [slope, shift] = [&series.slope, &series.shift].map(|c| literal(c.written));
                    ("chebyshev", format!("_clenshaw(coefficients, {slope} * x + {shift})"))
                }
            };
            format!(
                "basis = \"{basis}\"\ncoefficients = [\n{coefficients}]\n\n\ndef evaluate(x):\n    return {value}\n"
            )
        }
        Function::Doublings { start, residual, steps } => format!(
            "# A composite has no coefficients: expanded they would be a number for each of its degree, and ill-conditioned. Its\n\
             # numbers are start, residual (1 - start*epsilon) and the alpha of each doubling.\n\
             coefficients = []\nstart = {}\nresidual = {}\nsteps = [\n{}]\n\n\n\
             def evaluate(x):\n    y, r = start, residual - start * x\n    for alpha in steps:\n        \
             y, r = alpha * (1.0 + r) * y, alpha * (r * r) + (1.0 - alpha)\n    return y\n",
            literal(start.written),
            literal(residual.written),
            column(steps.iter().map(|c| c.written), "    "),
        ),
        Function::Program(program) => {
            let (lines, value) = SYNTAX.lines(program);
            format!(
                "# A composite of stages has no coefficients of its own: they are in the lines of evaluate.\n\
                 coefficients = []\n\n\ndef evaluate(x):\n    v0 = x\n{lines}    return {value}\n"
            )
        }
    }
}

fn row(row: &Row) -> String {
    let (lines, value) = SYNTAX.lines(&row.program);
    let Row { keys, .. } = row;
    format!(
        "\n\ndef weights_{keys}(scores):\n    \"\"\"Weights of rows of {keys} scores: a list, or an array whose last axis they are.\"\"\"\n    \
         v0 = _row(scores)\n{lines}    return _plain({value})\n\n\n\
         scores_{keys} = [\n{}]\n# The exact circuit's weights.\nexpected_{keys} = [\n{}]\ntolerance_{keys} = {}\n",
        column(row.scores.iter().copied(), "    "),
        column(row.weights.iter().copied(), "    "),
        literal(row.tolerance),
    )
}

fn self_test(lengths: &[String]) -> String {
    let rows: String = lengths
        .iter()
        .map(|keys| {
            format!(
                "    for found, expected in zip(weights_{keys}(scores_{keys}), expected_{keys}):\n        \
                 assert abs(found - expected) <= tolerance_{keys}, (found, expected)\n"
            )
        })
        .collect();
    format!(
        "\n\ndef self_test():\n    \"\"\"Raises AssertionError where a value is further from the table's than it may be.\"\"\"\n    \
         for x, value, tolerance in points:\n        assert abs(evaluate(x) - value) <= tolerance, (x, evaluate(x), value)\n{rows}\n\n\
         if __name__ == \"__main__\":\n    self_test()\n"
    )
}
