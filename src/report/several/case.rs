//! One plan among several.

use crate::error::Result;
use crate::plan::{Plan, PlanDocument};
use crate::report::evidence::Evidence;
use crate::report::model::{Block, Chapter, Fact, Section, Subject};
use crate::report::plot::{Legend, Symbol};
use crate::report::{ReportInput, answer, number, sections};
use rug::Rational;

/// One of the plans: the letter that figures call it by, what else it is called, and what ran.
pub(super) struct Case<'a> {
    pub letter: char,
    pub name: &'a str,
    pub input: &'a ReportInput<'a>,
    pub evidence: Evidence,
}

impl<'a> Case<'a> {
    pub fn new(letter: char, name: &'a str, input: &'a ReportInput<'a>) -> Result<Self> {
        input.check().map_err(|e| e.at(name))?;
        Ok(Self { letter, name, input, evidence: Evidence::gather(input).map_err(|e| e.at(name))? })
    }

    pub fn plan(&self) -> &PlanDocument {
        &self.input.plan.body
    }

    pub fn chosen(&self) -> &Plan {
        &self.plan().chosen
    }

    pub fn title(&self) -> String {
        format!("{}: {}", self.letter, self.name)
    }

    pub fn symbol(&self) -> Symbol {
        Symbol::of_series(self.letter as usize - 'A' as usize)
    }

    pub fn legend(&self) -> Legend {
        Legend::new(self.symbol(), &self.title())
    }

    pub fn total(&self) -> &Rational {
        &self.chosen().error.total.0
    }

    pub fn subject(&self) -> Subject {
        Subject { name: format!("Plan {}", self.title()), sha256: self.plan().sha256() }
    }

    pub fn warnings(&self) -> Vec<String> {
        let warnings = answer::warnings(self.input, &self.evidence);
        warnings.into_iter().map(|warning| format!("{}: {warning}", self.letter)).collect()
    }

    /// The plan on the first screen.
    pub fn answer(&self) -> Fact {
        let plan = self.chosen();
        let verdict = self.evidence.verdict();
        let slack = answer::slack(&self.evidence, self.total()).value;
        Fact::new(
            &self.title(),
            format!("depth {}, error ≤ {}", plan.depth, number::bound(self.total())),
            format!(
                "{} {}, slack {slack}; p = {}, ε = {}, N = 2^{}, scale 2^{}, log QP = {}, {} products, {} bootstraps",
                verdict.sign(),
                verdict.shout(),
                plan.p,
                answer::epsilon(self.plan()).value,
                plan.ckks.log_n,
                plan.ckks.scale_bits,
                plan.ckks.log_qp,
                plan.products,
                plan.bootstraps
            ),
        )
    }

    pub fn chapter(&self) -> Result<Chapter> {
        let facts = answer::facts(self.plan(), &self.evidence);
        let blocks = vec![Block::Text(self.evidence.statement()), Block::Facts(facts)];
        let mut parts = vec![Section { title: "The answer".into(), blocks }];
        parts.extend(sections::budget(self.input, &self.evidence)?);
        parts.extend([sections::limits(self.plan()), sections::provenance(self.input)?]);
        Ok(Chapter { title: format!("Plan {}", self.title()), sections: parts })
    }
}
