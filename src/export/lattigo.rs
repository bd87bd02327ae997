//! A Go package for Lattigo.
//!
//! Lattigo's polynomial evaluator takes the full c_0 and leaves the map of the interval to [−1, 1] to its caller: here it is
//! part of `Evaluate`.

use super::Source;
use super::listing::{Syntax, column, header};
use super::number::literal;
use super::program::Program;
use super::row::Row;
use super::subject::{Function, Subject};
use crate::error::{Error, Result};
use crate::plan::CkksParameters;

const FUNCTIONS: &str = include_str!("templates/lattigo.go");
const LIBRARY: &str = "Lattigo v6, Go; semantics read in its source of v5.0 to v6.1 (circuits/ckks/polynomial, schemes/ckks): the full c_0 \
                       is taken, and the caller applies slope*x + shift before the series, which Evaluate does; coefficients that are \
                       0 cost nothing there";
const SYNTAX: Syntax = Syntax {
    indent: "\t",
    declare: ["", " :"],
    call: "c.",
    borrow: "",
    values: ["[]*rlwe.Ciphertext{", "}"],
    numbers: ["[]float64{", "}"],
    end: "",
    comment: "//",
    encodes: true,
};

pub(super) fn write(source: &Source) -> Result<String> {
    let subject = Subject::with_series(source)?;
    let is_series = matches!(subject.function, Function::Series(_));
    let mut own = subject.encrypted_lines("a package with Evaluate", LIBRARY);
    if source.plan.is_some() {
        own.push((
            "scales",
            "Parameters has the plan's primes; Lattigo follows the scales itself, near the plan's but not equal, so its noise bound is a \
             guide here"
                .into(),
        ));
    }
    let mut text = header(source, "//", &own) + "\npackage polyattn\n\n" + &imports(is_series) + FUNCTIONS;
    text += &function(&subject.function)?;
    text += &source.plan.as_ref().map(|plan| parameters(&plan.chosen.ckks)).unwrap_or_default();
    text += &subject.rows.iter().map(row).collect::<String>();
    text += &format!(
        "\n// Points has x, the table's value, and how far binary64 may be from it.\nvar Points = [][3]float64{{\n{}}}\n",
        subject.probe_rows(["{", "}"], "\t")
    );
    Ok(text)
}

fn imports(is_series: bool) -> String {
    let series = if is_series { "\t\"github.com/tuneinsight/lattigo/v6/circuits/ckks/polynomial\"\n" } else { "" };
    let bignum = if is_series { "\t\"github.com/tuneinsight/lattigo/v6/utils/bignum\"\n" } else { "" };
    format!(
        "import (\n\t\"errors\"\n\t\"math\"\n\n{series}\t\"github.com/tuneinsight/lattigo/v6/core/rlwe\"\n\
         \t\"github.com/tuneinsight/lattigo/v6/schemes/ckks\"\n{bignum})\n\n"
    )
}

/// A program's lines, with Go's name for a row sum.
fn lines(program: &Program) -> (String, String) {
    let (lines, value) = SYNTAX.lines(program);
    (lines.replace("c.row_sum(", "c.rowSum("), value)
}

fn function(function: &Function) -> Result<String> {
    let head = "\n// Evaluate is the table at every slot of x.\n\
                func Evaluate(params ckks.Parameters, eval *ckks.Evaluator, x *rlwe.Ciphertext) (*rlwe.Ciphertext, error) {\n\
                \tc := &circuit{eval: eval, padded: 1}\n";
    Ok(match function {
        Function::Series(series) => {
            let numbers = column(series.coefficients.iter().map(|c| c.written), "\t");
            let [slope, shift] = [&series.slope, &series.shift].map(|c| literal(c.written));
            format!(
                "\n// Coefficients are c_0 (full) to c_n.\nvar Coefficients = []float64{{\n{numbers}}}\n{head}\
                 \tt := c.plus(c.scaled(x, {slope}), {shift})\n\tif c.err != nil {{\n\t\treturn nil, c.err\n\t}}\n\
                 \tseries := bignum.NewPolynomial(bignum.Chebyshev, Coefficients, [2]float64{{-1, 1}})\n\
                 \treturn polynomial.NewEvaluator(params, eval).Evaluate(t, series, params.DefaultScale())\n}}\n"
            )
        }
        Function::Program(program) => {
            let (lines, value) = lines(program);
            format!(
                "\n// Depth counts the levels that Evaluate takes.\nconst Depth = {}\n{head}\tv0 := x\n{lines}\
                 \treturn {value}, c.err\n}}\n",
                program.depth()
            )
        }
        Function::Doublings { .. } => return Err(Error::internal("a composite that was not written as a program")),
    })
}

/// The plan's ring and primes.
fn parameters(ckks: &CkksParameters) -> String {
    let list = |primes: &[String]| primes.join(", ");
    format!(
        "\n// Parameters are the plan's: {}, secret {}. Bootstrapping needs more primes.\nvar Parameters = ckks.ParametersLiteral{{\n\
         \tLogN:            {},\n\tQ:               []uint64{{{}}},\n\tP:               []uint64{{{}}},\n\
         \tLogDefaultScale: {},\n}}\n",
        ckks.security_source,
        ckks.secret.name(),
        ckks.log_n,
        list(&ckks.primes.q),
        list(&ckks.primes.p),
        ckks.scale_bits
    )
}

fn row(row: &Row) -> String {
    let (lines, value) = lines(&row.program);
    let Row { keys, padded, stride, .. } = row;
    let column = |values: &[f64]| column(values.iter().copied(), "\t");
    format!(
        "\n// Layout{keys} packs rows of {keys} scores; make keys for rotations by {stride}*2^i, i below {}.\n\
         var Layout{keys} = Layout{{{keys}, {padded}, {stride}, {}}}\n\n// Depth{keys} counts levels between bootstraps.\n\
         const Depth{keys} = {}\n\n// Weights{keys} takes packed scores to weights; bootstrapper may be nil where nothing is refreshed.\n\
         func Weights{keys}(eval *ckks.Evaluator, bootstrapper Bootstrapper, v0 *rlwe.Ciphertext) (*rlwe.Ciphertext, error) {{\n\
         \tc := &circuit{{eval: eval, bootstrapper: bootstrapper, stride: {stride}, padded: {padded}}}\n{lines}\
         \treturn {value}, c.err\n}}\n\nvar Scores{keys} = []float64{{\n{}}}\n\nvar Expected{keys} = []float64{{\n{}}}\n\n\
         const Tolerance{keys} = {}\n",
        padded.trailing_zeros(),
        literal(row.factor),
        row.program.depth(),
        column(&row.scores),
        column(&row.weights),
        literal(row.tolerance),
    )
}
