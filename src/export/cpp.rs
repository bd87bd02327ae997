//! What the C++ headers have in common.

use super::listing::{Syntax, column};
use super::number::literal;
use super::row::Row;
use super::subject::Subject;
use std::fmt;

/// A constant vector of numbers.
pub(super) fn literal_list(name: &str, values: &[f64]) -> String {
    format!("inline const std::vector<double> {name} = {{\n{}}};\n", column(values.iter().copied(), "    "))
}

/// One function from scores to weights for each length, with what it needs of the row.
pub(super) fn rows(subject: &Subject, syntax: &Syntax, arguments: &str, circuit: &str) -> String {
    subject.rows.iter().map(|row| function(row, syntax, arguments, circuit)).collect()
}

fn function(row: &Row, syntax: &Syntax, arguments: &str, circuit: &str) -> String {
    let (lines, value) = syntax.lines(&row.program);
    let Row { keys, padded, stride, .. } = row;
    let circuit = circuit.replace("{stride}", &stride.to_string()).replace("{padded}", &padded.to_string());
    format!(
        "\n/// Rows of {keys} scores, {stride} in a ciphertext: pack them with layout_{keys}, and make keys for rotations by\n\
         /// {stride}*2^i, i below {}.\nconstexpr Layout layout_{keys} = {{{keys}, {padded}, {stride}, {}}};\n\
         constexpr uint32_t depth_{keys} = {};\ninline Value weights_{keys}({arguments}) {{\n    {circuit}\n{lines}    \
         return {value};\n}}\n{}{}constexpr double tolerance_{keys} = {};\n",
        padded.trailing_zeros(),
        literal(row.factor),
        row.program.depth(),
        literal_list(&format!("scores_{keys}"), &row.scores),
        literal_list(&format!("expected_{keys}"), &row.weights),
        literal(row.tolerance),
    )
}

/// The points of the self-test and the test.
pub(super) struct PointsAndTest<'a>(pub &'a Subject);

impl fmt::Display for PointsAndTest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\n/// x, the table's value, and how far binary64 may be from it.\ninline const std::vector<Point> points = {{\n{}}};\n\n\
             /// The largest distance from the table at the points. `run` encrypts a vector, evaluates, and decrypts.\n\
             template <class Run>\ndouble self_test(Run run) {{\n    std::vector<double> x;\n    \
             for (const auto& point : points) x.push_back(point.x);\n    const std::vector<double> found = run(x);\n    \
             double largest = 0.0;\n    for (size_t i = 0; i < points.size(); ++i)\n        \
             largest = std::fmax(largest, std::fabs(found.at(i) - points[i].value));\n    return largest;\n}}\n",
            self.0.probe_rows(["{", "}"], "    ")
        )
    }
}
