//! Several plans side by side, then each by itself.

mod case;
mod front;
mod ledgers;
mod order;
mod side_by_side;

use super::ReportInput;
use super::model::{Report, Subject, Verdict};
use super::plot::Symbol;
use crate::document::{Document, Provenance};
use crate::error::{Error, Result};
use crate::plan::PlanDocument;
use crate::real::Exact;
use case::Case;

/// The report of several plans: their figures side by side, then a chapter for each. A plan is called by a letter and its name.
///
/// # Errors
/// As [`super::report`]; [`Error::Input`] for fewer than two plans or more than there are marks that differ in shape.
pub fn report_several(plans: &[(String, ReportInput)]) -> Result<Document<Report>> {
    let most = Symbol::OF_SERIES.len();
    if !(2..=most).contains(&plans.len()) {
        return Err(Error::input(format!("expected 2 to {most} plans side by side, found {}", plans.len())));
    }
    let cases = ('A'..).zip(plans).map(|(letter, (name, input))| Case::new(letter, name, input));
    let cases = cases.collect::<Result<Vec<_>>>()?;
    let subjects: Vec<Subject> = cases.iter().map(Case::subject).collect();
    let hashes: Vec<&String> = subjects.iter().map(|subject| &subject.sha256).collect();
    let provenance = Provenance::new(&hashes, None);
    let verdict = Verdict::over(cases.iter().map(|case| case.evidence.verdict()));
    let report = Report {
        title: format!("{} plans for PowerSoftmax attention on CKKS, side by side", cases.len()),
        verdict,
        statement: statement(&cases),
        warnings: different_tasks(&cases).into_iter().chain(cases.iter().flat_map(Case::warnings)).collect(),
        answer: cases.iter().map(Case::answer).collect(),
        sections: vec![
            side_by_side::section(&cases),
            ledgers::section(&cases),
            front::section(&cases),
            order::section(&cases),
        ],
        chapters: cases.iter().map(Case::chapter).collect::<Result<_>>()?,
        subjects,
    };
    Ok(Document::new(report, provenance))
}

fn statement(cases: &[Case]) -> String {
    let of = |wanted: Verdict| {
        let letters: Vec<String> =
            cases.iter().filter(|case| case.evidence.verdict() == wanted).map(|case| case.letter.to_string()).collect();
        (!letters.is_empty()).then(|| format!("{} {}", wanted.shout().to_lowercase(), letters.join(", ")))
    };
    let all = [Verdict::Validated, Verdict::NotValidated, Verdict::OutsideBound];
    let parts: Vec<String> = all.into_iter().filter_map(of).collect();
    format!("On ciphertexts: {}.", parts.join("; "))
}

/// Plans for different tasks can be set side by side; which is better is then not a matter of their figures alone.
fn different_tasks(cases: &[Case]) -> Option<String> {
    let (first, rest) = cases.split_first()?;
    let differs =
        |same: fn(&PlanDocument, &PlanDocument) -> bool| rest.iter().any(|case| !same(first.plan(), case.plan()));
    let names = [
        ("the score bound R", differs(|x, y| x.chosen.score_bound == y.chosen.score_bound)),
        ("the lengths", differs(|x, y| x.spec.attention.length == y.spec.attention.length)),
        ("causal rows", differs(|x, y| x.spec.attention.causal == y.spec.attention.causal)),
        ("the smallest mean promised", differs(|x, y| promised(x) == promised(y))),
        ("the target of the error", differs(|x, y| x.spec.target.max_error == y.spec.target.max_error)),
    ];
    let names: Vec<&str> = names.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect();
    let differ = names.join(", ");
    (!names.is_empty()).then(|| {
        format!("These plans are not for the same task: they differ in {differ}. Weigh that before their figures.")
    })
}

fn promised(plan: &PlanDocument) -> (&Exact, &Exact) {
    (&plan.spec.attention.smallest_mean, &plan.spec.attention.smallest_mean_square)
}

/// The heads of a table with a column a plan.
fn columns(first: &str, cases: &[Case]) -> Vec<String> {
    [first.to_string()].into_iter().chain(cases.iter().map(Case::title)).collect()
}
