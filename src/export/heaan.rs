//! A C++ header for HEaaN.
//!
//! HEaaN-math's `evaluateChebyshevExpansion` drops coefficients of at most 1e-8 and wants them divided for its baby steps;
//! `HomEvaluator::mult` rounds a constant that is within 1e-8 of an integer. So polynomials are written out by Paterson and
//! Stockmeyer here, of operations that do neither.

use super::Source;
use super::cpp::{PointsAndTest, literal_list, rows};
use super::function::Series;
use super::listing::header;
use super::openfhe::SYNTAX;
use super::subject::{Function, Subject};
use crate::error::{Error, Result};

const FUNCTIONS: &str = include_str!("templates/heaan.hpp");
const LIBRARY: &str = "HEaaN, C++17; semantics read in the headers of 2021 to 2023 (HomEvaluator.hpp, HEaaN-math's PolynomialEvaluator): \
                       a constant within 1e-8 of an integer is rounded to it by mult, so multWithoutRescale and rescale stand \
                       here; nothing is dropped for being small";
/// HEaaN-math leaves out what is not larger.
const DROPPED: f64 = 1e-8;

pub(super) fn write(source: &Source) -> Result<String> {
    let subject = Subject::straight(source)?;
    let Function::Program(program) = &subject.function else {
        return Err(Error::internal("a function that is no program"));
    };
    let mut own = subject.encrypted_lines("a header with evaluate(eval, x)", LIBRARY);
    let mut coefficients = String::new();
    if let Some(polynomial) = source.table.polynomial()? {
        let series = Series::chebyshev(&polynomial)?;
        own.push(("HEaaN-math", dropped(&series)));
        let numbers: Vec<f64> = series.coefficients.iter().map(|c| c.written).collect();
        coefficients = format!("/// c_0 (full) to c_n, in T_k on [-1, 1].\n{}", literal_list("coefficients", &numbers));
    }
    let (lines, value) = SYNTAX.lines(program);
    let evaluate = format!(
        "\n/// Levels that evaluate takes.\nconstexpr uint32_t depth = {};\n\n/// The table at every slot of x.\n\
         inline Value evaluate(const HEaaN::HomEvaluator& eval, const Value& x) {{\n    const Circuit c{{eval, nullptr, 0, 1}};\n    \
         const Value& v0 = x;\n{lines}    return {value};\n}}\n",
        program.depth()
    );
    let arguments =
        "const HEaaN::HomEvaluator& eval, const Value& v0, const HEaaN::Bootstrapper* bootstrapper = nullptr";
    let row_functions = rows(&subject, &SYNTAX, arguments, "const Circuit c{eval, bootstrapper, {stride}, {padded}};");
    Ok(header(source, "//", &own)
        + FUNCTIONS
        + &coefficients
        + &evaluate
        + &row_functions
        + &PointsAndTest(&subject).to_string()
        + "}  // namespace POLYATTN_NAMESPACE\n#undef POLYATTN_NAMESPACE\n")
}

/// What HEaaN-math would leave out.
fn dropped(series: &Series) -> String {
    let small = series.coefficients.iter().map(|c| c.written.abs()).filter(|c| *c != 0.0 && *c <= DROPPED);
    let (count, total) = small.fold((0u32, 0.0), |(count, total), c| (count + 1, (total + c).next_up()));
    format!(
        "evaluateChebyshevExpansion is not called: it would leave out {count} of these coefficients, which moves the value by up to \
         {total:e}, and takes them divided for its baby steps, not as they are"
    )
}
