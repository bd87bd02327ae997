//! A C++ header for OpenFHE.
//!
//! `EvalChebyshevSeries` takes half of its first coefficient, so that one is written doubled. Its own map of [a, b] to [−1, 1] is
//! left out where a rounds to −1 and b to 1, so the map is made here, for the same level, and the series is asked for on [−1, 1].
//! Its evaluation adds a term of coefficient 1 and divides by what begins with it, and loses the more digits the larger the
//! coefficients are beside 1: from about 8 on the value may be nonsense. So they are written over a power of two, and the value is
//! doubled as often, which takes no level.

use super::Source;
use super::cpp::{PointsAndTest, literal_list, rows};
use super::listing::{Syntax, header};
use super::number::literal;
use super::subject::{Function, Subject};
use crate::circuit::Secret;
use crate::error::{Error, Result};
use crate::plan::PlanDocument;

const FUNCTIONS: &str = include_str!("templates/openfhe.hpp");
const LIBRARY: &str = "OpenFHE, C++17; semantics read in its source of 1.2 to 1.4 (ckksrns-advancedshe.cpp, EvalChebyshevSeries): the \
                       first coefficient counts half, so it is doubled here; FLEXIBLEAUTO, FLEXIBLEAUTOEXT or FIXEDAUTO, which \
                       rescale by themselves";

pub(super) const SYNTAX: Syntax = Syntax {
    indent: "    ",
    declare: ["auto ", ""],
    call: "c.",
    borrow: "",
    values: ["{", "}"],
    numbers: ["{", "}"],
    end: ";",
    comment: "//",
    encodes: true,
};

pub(super) fn write(source: &Source) -> Result<String> {
    let subject = Subject::with_series(source)?;
    let mut own = subject.encrypted_lines("a header with evaluate(x)", LIBRARY);
    own.push((
        "zeros here",
        "zeros at the end are left out, zeros between are kept: EvalChebyshevSeries takes them".into(),
    ));
    if source.plan.is_some() {
        own.push((
            "levels",
            "the circuit's own: no product with a constant is left; OpenFHE chooses primes and scales itself, so the noise is not \
             the plan's"
                .into(),
        ));
    }
    let mut text = header(source, "//", &own) + FUNCTIONS;
    text += &function(&subject.function)?;
    text += &source.plan.as_ref().map(|plan| parameters(plan, &subject)).unwrap_or_default();
    text += &rows(&subject, &SYNTAX, "const Value& v0", "const Circuit c{v0->GetCryptoContext(), {stride}, {padded}};");
    Ok(text + &PointsAndTest(&subject).to_string() + "}  // namespace POLYATTN_NAMESPACE\n#undef POLYATTN_NAMESPACE\n")
}

fn function(function: &Function) -> Result<String> {
    let head = "\n/// The table at every slot of x.\ninline Value evaluate(const Value& x) {\n";
    Ok(match function {
        Function::Series(series) => {
            let (numbers, doublings) = halved(series.coefficients.iter().map(|c| c.written).collect());
            let [slope, shift] = [&series.slope, &series.shift].map(|c| literal(c.written));
            format!(
                "/// 2*c_0, then c_1 and on, all over 2^doublings: EvalChebyshevSeries loses digits where they are large beside 1.\n\
                 constexpr uint32_t doublings = {doublings};\n{}{head}    auto cc = x->GetCryptoContext();\n    \
                 auto t = cc->EvalAdd(cc->EvalMult(x, {slope}), {shift});\n    \
                 auto y = cc->EvalChebyshevSeries(t, coefficients, -1.0, 1.0);\n    \
                 for (uint32_t i = 0; i < doublings; ++i) y = cc->EvalAdd(y, y);\n    return y;\n}}\n",
                literal_list("coefficients", &numbers)
            )
        }
        Function::Program(program) => {
            let (lines, value) = SYNTAX.lines(program);
            format!(
                "\n/// Levels that evaluate takes.\nconstexpr uint32_t depth = {};\n{head}    \
                 const Circuit c{{x->GetCryptoContext(), 0, 1}};\n    auto v0 = x;\n{lines}    return {value};\n}}\n",
                program.depth()
            )
        }
        Function::Doublings { .. } => return Err(Error::internal("a composite that was not written as a program")),
    })
}

/// The series with its first coefficient twice, halved once, and again until no number is above 1/2, without rounding but for what is
/// below every normal number; and how often. Finite numbers stay finite.
fn halved(mut numbers: Vec<f64>) -> (Vec<f64>, u32) {
    numbers.iter_mut().skip(1).for_each(|number| *number /= 2.0);
    let mut halvings = 1;
    while numbers.iter().any(|number| number.abs() > 0.5) {
        numbers.iter_mut().for_each(|number| *number /= 2.0);
        halvings += 1;
    }
    (numbers, halvings)
}

/// The plan's parameters as OpenFHE has them.
fn parameters(plan: &PlanDocument, subject: &Subject) -> String {
    let ckks = &plan.chosen.ckks;
    let depth = subject.rows.iter().map(|row| row.program.depth()).max().unwrap_or(0);
    let secret = match ckks.secret {
        Secret::Ternary => "UNIFORM_TERNARY",
        Secret::Sparse192 => "SPARSE_TERNARY",
    };
    let security = match ckks.security_bits {
        bits @ (128 | 192 | 256) => format!("HEStd_{bits}_classic"),
        _ => "HEStd_NotSet".into(),
    };
    format!(
        "\n/// The plan's ring, scale and depth; OpenFHE refuses them where it needs a larger ring, and bootstrapping needs levels of its own.\n\
         inline lbcrypto::CCParams<lbcrypto::CryptoContextCKKSRNS> parameters() {{\n    \
         lbcrypto::CCParams<lbcrypto::CryptoContextCKKSRNS> p;\n    p.SetSecretKeyDist(lbcrypto::{secret});\n    \
         p.SetSecurityLevel(lbcrypto::{security});\n    p.SetRingDim({});\n    p.SetBatchSize({});\n    \
         p.SetMultiplicativeDepth({depth});\n    p.SetScalingModSize({});\n    p.SetFirstModSize({});\n    \
         p.SetScalingTechnique(lbcrypto::FLEXIBLEAUTO);\n    return p;\n}}\n",
        1u64 << ckks.log_n,
        1u64 << ckks.log_n.saturating_sub(1),
        ckks.scale_bits,
        ckks.log_q.first().copied().unwrap_or(60),
    )
}
