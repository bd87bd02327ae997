//! What a table means, in words: everything that a reader could otherwise guess wrongly.

use super::Source;
use super::number::DIGITS;
use crate::encrypted::Validation;
use crate::poly::table::{Form, Table};
use crate::poly::{Basis, Rule};
use serde::{Serialize, Serializer};

/// Named sentences in order.
pub(super) struct Description(pub Vec<(&'static str, String)>);

impl Serialize for Description {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, text)| (name, text)))
    }
}

impl Description {
    pub(super) fn of(source: &Source) -> Self {
        let table = &source.table;
        let mut lines = vec![("function", function(table)), ("approximation", approximation(table))];
        let basis = match &table.form {
            Form::Polynomial { basis, .. } => Some(*basis),
            Form::Composite { .. } => None,
            Form::Stages { stages, .. } => stages.first().map(|stage| stage.basis),
        };
        if let Some(basis) = basis {
            lines.push(("basis", basis_rule(basis)));
            lines.push(("c0", c0_rule(basis).into()));
        }
        lines.push(("parity", parity(table)));
        lines.push(("zeros", zeros(&table.form)));
        lines.push(("rounding", rounding()));
        lines.push(("error", error(table)));
        lines.push(("positive", known(table.positive)));
        lines.push(("monotone", known(table.monotone)));
        let (depth, products) = (table.evaluation.depth, table.evaluation.products);
        lines.push(("cost", format!("{depth} rescalings on the longest path, {products} products of two ciphertexts")));
        if let Some(plan) = &source.plan {
            lines.push(("validation", validation(Validation::validates(plan))));
            lines.extend(plan.caveats().into_iter().map(|caveat| ("WARNING", caveat)));
        }
        Self(lines)
    }
}

fn function(table: &Table) -> String {
    let ends = table.intervals.iter().map(|[lo, hi]| format!("[{lo}, {hi}]"));
    let epsilon = if *table.target.epsilon == 0 { "x".into() } else { format!("x + {}", table.target.epsilon) };
    format!("{}({epsilon}) for x in {}", table.target.name, ends.collect::<Vec<_>>().join(" and "))
}

fn approximation(table: &Table) -> String {
    match &table.form {
        Form::Polynomial { .. } => format!("one polynomial of degree {}", table.degree),
        Form::Composite { steps, .. } => format!(
            "composite of {} doublings, degree {}: y = start, R = 1 - start*D with D = x + epsilon; then for each alpha \
             in order: y = alpha*(1 + R)*y with the old R, R = alpha*R^2 - (alpha - 1); y is the value",
            steps.len(),
            table.degree
        ),
        Form::Stages { rule, stages } => {
            let intervals = stages.iter().map(|stage| format!("[{}, {}]", stage.interval[0], stage.interval[1]));
            format!(
                "composite of {} stages, degree {}: {}; the intervals of the stages are {}",
                stages.len(),
                table.degree,
                rule_text(*rule),
                intervals.collect::<Vec<_>>().join(", ")
            )
        }
    }
}

fn rule_text(rule: Rule) -> &'static str {
    match rule {
        Rule::Compose => "s = x, then s = f(s) for the polynomial f of each stage in order; s is the value",
        Rule::Refine => {
            "y = 1 and w = x + epsilon, then for the polynomial q of each stage in order y = y*q(w) and w = w*q(w)^2, both \
             with the old w; y is the value"
        }
    }
}

fn basis_rule(basis: Basis) -> String {
    match basis {
        Basis::Chebyshev => {
            "chebyshev: T_k(t) with t = (2*x - lo - hi)/(hi - lo), lo and hi the ends of the hull of the intervals, or of \
             the stage's own interval; the map is not in the coefficients, the caller applies it"
                .into()
        }
        Basis::Monomial => "monomial: x^k, no map".into(),
    }
}

fn c0_rule(basis: Basis) -> &'static str {
    match basis {
        Basis::Chebyshev => {
            "full c0: the value is c_0 + c_1*T_1 + ...; OpenFHE's EvalChebyshevSeries halves its first coefficient, so give \
             it 2*c_0; Lattigo takes c_0 as it is"
        }
        Basis::Monomial => "full c0: the value is c_0 + c_1*x + ...",
    }
}

/// Odd or even in the basis' own variable.
fn parity(table: &Table) -> String {
    let (coefficients, basis) = match &table.form {
        Form::Polynomial { coefficients, basis, .. } => (coefficients, basis),
        Form::Stages { rule: Rule::Compose, .. } => return "every stage is odd: its even coefficients are 0".into(),
        Form::Composite { .. } | Form::Stages { .. } => return "none is assumed".into(),
    };
    let vanish = |rest: usize| coefficients.iter().skip(rest).step_by(2).all(|c| **c == 0);
    let variable = if *basis == Basis::Chebyshev { "t" } else { "x" };
    match (vanish(1), vanish(0)) {
        (true, _) => format!("even in {variable}: every odd coefficient is 0"),
        (_, true) => format!("odd in {variable}: every even coefficient is 0"),
        _ => format!("neither even nor odd in {variable}"),
    }
}

fn zeros(form: &Form) -> String {
    match form {
        Form::Stages { .. } => "every coefficient of every stage is written, also those that are 0".into(),
        Form::Polynomial { coefficients, .. } => {
            let zeros = coefficients.iter().filter(|c| ***c == 0).count();
            format!("every coefficient is written, {zeros} of them 0; none was dropped for being small")
        }
        Form::Composite { .. } => "no constant is 0".into(),
    }
}

fn rounding() -> String {
    format!(
        "the 'exact' numbers are the table itself; the decimals are the nearest of {DIGITS} significant digits; the error \
         below is of the exact numbers, and a program that rounds them (to binary64, say) computes another table, to be \
         certified anew"
    )
}

fn error(table: &Table) -> String {
    let error = &table.error;
    match &error.certified_upper {
        Some(upper) => format!("certified: {} error at most {upper} on the intervals", error.metric),
        None => format!("NOT CERTIFIED: {} error estimated as {}; run polyattn certify", error.metric, error.estimated),
    }
}

fn known(answer: Option<bool>) -> String {
    match answer {
        Some(true) => "yes, certified".into(),
        Some(false) => "no".into(),
        None => "not shown".into(),
    }
}

fn validation(recorded: bool) -> String {
    if recorded {
        "a run on ciphertexts is recorded in the plan".into()
    } else {
        "NOT VALIDATED: the plan holds no run of its circuit on ciphertexts within its bound".into()
    }
}
