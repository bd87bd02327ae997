//! The rules of the gate: what each says, and what to do about it.

use super::ranges::Ranges;
use crate::attention::Calibration;
use crate::certify::Certificate;
use crate::compare::Comparison;
use crate::document::Body;
use crate::encrypted::Validation;
use crate::error::Error;
use crate::layer::LayerPlan;
use crate::order::Order;
use crate::plan::PlanDocument;
use crate::survey::{Survey, TrainingGoals};
use serde::{Deserialize, Serialize};

/// How an error about the record in a plan begins.
const IN_RECORD: &str = "chosen.validation: ";

/// A rule by its name, as documents, JUnit and SARIF carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The file is a whole document of a kind that is known.
    Document,
    /// What a table states is a theorem about its numbers.
    TableBound,
    /// A certificate proves its claim, about the table beside it.
    Certificate,
    /// A certificate is given for the table.
    CertificateMissing,
    /// What a plan states follows from its specification.
    Plan,
    /// The same of a plan of layers.
    LayerPlan,
    /// The same of a survey.
    Survey,
    /// The same of training goals.
    TrainingGoals,
    /// The same of a comparison.
    Comparison,
    /// What an order document states is a theorem about its activation.
    Order,
    /// Parameters have the security that they state, by the table of today.
    SecurityTable,
    /// A record of a run agrees with itself and with its plan.
    Validation,
    /// Everything that a record measured is within its bound.
    ValidationBound,
    /// A plan has a record of a run on ciphertexts.
    ValidationMissing,
    /// A range file says something about what is given.
    Ranges,
    /// What was observed lies in the domain for which the bound holds.
    RangeCoverage,
    /// Observed ranges are given for the table or plan.
    RangeMissing,
    /// An export is of a table or plan that is given.
    ExportSource,
    /// An export says what its table says.
    ExportText,
    /// Nothing that was claimed at the baseline has become worse.
    Drift,
    /// What everyone who sees a document must be told.
    Caveat,
}

/// A rule in words.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// In a line.
    pub short: &'static str,
    /// What is compared with what.
    pub full: &'static str,
    /// What to do where it does not hold.
    pub help: &'static str,
}

impl Rule {
    /// All of them, in the order in which the writers list them.
    pub const ALL: [Self; 21] = [
        Self::Document,
        Self::TableBound,
        Self::Certificate,
        Self::CertificateMissing,
        Self::Plan,
        Self::LayerPlan,
        Self::Survey,
        Self::TrainingGoals,
        Self::Comparison,
        Self::Order,
        Self::SecurityTable,
        Self::Validation,
        Self::ValidationBound,
        Self::ValidationMissing,
        Self::Ranges,
        Self::RangeCoverage,
        Self::RangeMissing,
        Self::ExportSource,
        Self::ExportText,
        Self::Drift,
        Self::Caveat,
    ];

    /// Its name.
    pub fn id(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::TableBound => "table-bound",
            Self::Certificate => Certificate::KIND,
            Self::CertificateMissing => "certificate-missing",
            Self::Plan => PlanDocument::KIND,
            Self::LayerPlan => LayerPlan::KIND,
            Self::Survey => Survey::KIND,
            Self::TrainingGoals => TrainingGoals::KIND,
            Self::Comparison => Comparison::KIND,
            Self::Order => Order::KIND,
            Self::SecurityTable => "security-table",
            Self::Validation => Validation::KIND,
            Self::ValidationBound => "validation-bound",
            Self::ValidationMissing => "validation-missing",
            Self::Ranges => "ranges",
            Self::RangeCoverage => "range-coverage",
            Self::RangeMissing => "range-missing",
            Self::ExportSource => "export-source",
            Self::ExportText => "export-text",
            Self::Drift => "drift",
            Self::Caveat => "caveat",
        }
    }

    /// What it says and what to do.
    pub fn words(self) -> Words {
        let (short, full, help) = match self {
            Self::Document => (
                "The file is a whole document of a known kind",
                "The file can be read, is JSON (or an export), has a kind and a schema_version that this program knows, and so \
                 do the documents nested in it.",
                "Write the file anew with the command that made it, or take it off the list.",
            ),
            Self::TableBound => (
                "The bound of a table is proved again",
                "The error, positivity and monotonicity that a table states are proved from its exact numbers; nothing that \
                 made the table takes part in the proof.",
                "A coefficient, an interval or the stated bound was changed. Take the table back from version control, or fit \
                 and certify it anew: polyattn fit, polyattn certify.",
            ),
            Self::Certificate => (
                "A certificate proves its claim about the table beside it",
                "Every part of the certificate is proved again from its own numbers; where tables are given, one of them must be \
                 the table that it is about, digit for digit.",
                "Certify the table anew: polyattn certify TABLE -o CERTIFICATE. Where the table was changed by mistake, take it \
                 back from version control.",
            ),
            Self::CertificateMissing => (
                "A table comes with its certificate",
                "With --require certificate each table that is given must have a certificate among the files that proves it.",
                "polyattn certify TABLE -o CERTIFICATE, and give both to the gate.",
            ),
            Self::Plan => (
                "What a plan states follows from its specification",
                "Domain, tables, certificates, parameters, noise, ledger and the choice among the candidates are derived again \
                 from the specification in the plan and compared field by field.",
                "Plan anew: polyattn plan SPEC.toml -o PLAN, then validate it.",
            ),
            Self::LayerPlan => (
                "What a plan of layers states follows from its specification",
                "Each layer's table, certificate, parameters, noise and record are derived or checked again.",
                "Plan anew: polyattn layer SPEC.toml -o FILE.",
            ),
            Self::Survey => (
                "What a survey states follows from its specification",
                "Each head is planned again from the ranges in the survey; what was run must be within its bound.",
                "Make the survey anew: polyattn survey.",
            ),
            Self::Order => (
                "What an order document states is a theorem about its activation",
                "Pieces, witnesses, sign, order of |x| and gap are proved again from the activation, without looking for roots.",
                "Make the document anew: polyattn order.",
            ),
            Self::TrainingGoals => (
                "What training goals state follows from their specification",
                "Each goal is planned again.",
                "Make the goals anew: polyattn train.",
            ),
            Self::Comparison => (
                "What a comparison states follows from its specification",
                "Each row that is derived is derived again; what was run must be within its bound.",
                "Make the comparison anew: polyattn compare.",
            ),
            Self::SecurityTable => (
                "Parameters have the security that they state, by the table of today",
                "log QP of every parameter set is held against the table of this program's version, for the ring, the secret \
                 and the security stated; parameters made with --insecure need --insecure.",
                "Plan anew under the table of today; ciphertexts and keys under the old parameters are weaker than stated.",
            ),
            Self::Validation => (
                "A record of a run agrees with itself and with its plan",
                "Its figures must not contradict each other, and its plan, bound, parameters and stages must be those of the \
                 plan that is given (or that holds the record).",
                "Run the plan anew: polyattn validate PLAN -o VALIDATION.",
            ),
            Self::ValidationBound => (
                "Everything that a run measured is within its bound",
                "The largest error of any weight and of any stage, and the order of the weights, against what the plan promises.",
                "The plan does not hold on these scores. Look at the ranges first; if the scores lie inside the domain, please \
                 report it.",
            ),
            Self::ValidationMissing => (
                "A plan has a record of a run on ciphertexts",
                "With --require validation each plan, and each layer of a plan of layers, must have a record of its own circuit \
                 on ciphertexts, in itself or among the files.",
                "polyattn validate PLAN -o VALIDATION, and give both to the gate.",
            ),
            Self::Ranges => (
                "A range file can be read, and what it names is given",
                "Each entry of the range file must be of a table, a plan or a layer that is given, say something about it, and not \
                 contradict itself.",
                "Correct the field that is named, or give the file that 'for' names; docs/ci.md has the format.",
            ),
            Self::RangeCoverage => (
                "What was observed lies in the domain for which the bound holds",
                "The largest |score|, the smallest row means and the arguments that training or production saw, against the score \
                 bound, the promised means and the intervals of plans and tables.",
                "Outside its domain nothing bounds the error, and values may outgrow the modulus. Plan or fit anew for the range \
                 observed, or keep scores inside by the range loss or by clipping.",
            ),
            Self::RangeMissing => (
                "Observed ranges are given for each table and plan",
                "With --require range an argument must be observed for each table and each layer, and for each plan the largest |score| \
                 and the row means that it promises.",
                "Let the training or monitoring job write an entry for it.",
            ),
            Self::ExportSource => (
                "An export is of a table or plan that is given",
                "The hash in the header of the export must be that of a table or plan among the files.",
                "Export the table anew (polyattn export), or give the table that the export names.",
            ),
            Self::ExportText => (
                "An export says what its table says, digit for digit",
                "The table is exported again in the same form and compared line by line; lines that state versions are left out.",
                "Export anew: polyattn export TABLE --to FORM -o FILE. Do not edit exports.",
            ),
            Self::Drift => (
                "Nothing that was claimed at the baseline has become worse",
                "Bounds, costs, domains and parameters of each file against those in the committed result of an earlier check, \
                 without any tolerance.",
                "Where the change is meant, write the baseline anew with polyattn check … -o FILE and commit it; the change is then \
                 in the diff.",
            ),
            Self::Caveat => (
                "What everyone who sees the document must be told",
                "Sparse secrets, insecure parameters that were accepted, and bootstraps that were stood in for.",
                "Nothing has to be done for the gate to pass; know what you rely on.",
            ),
        };
        Words { short, full, help }
    }

    /// The rule that says whether the claims of a kind of document hold.
    pub(super) fn of_kind(kind: &str) -> Self {
        match kind {
            crate::poly::table::Table::KIND => Self::TableBound,
            // They claim nothing.
            Calibration::KIND | Ranges::KIND => Self::Document,
            _ => Self::ALL.into_iter().find(|rule| rule.id() == kind).unwrap_or(Self::Document),
        }
    }

    /// Whether the claims that a baseline keeps rest on it.
    pub(super) fn is_of_claims(self) -> bool {
        let others = [
            Self::CertificateMissing,
            Self::ValidationMissing,
            Self::Ranges,
            Self::RangeCoverage,
            Self::RangeMissing,
            Self::Drift,
            Self::Caveat,
        ];
        !others.contains(&self)
    }

    /// The rule by which an error found while looking at this one is known.
    pub(super) fn of_error(self, error: &Error) -> Self {
        match error {
            Error::OutsideBound(_) => Self::ValidationBound,
            Error::NotCertified(text) if self == Self::Plan && text.starts_with(IN_RECORD) => Self::Validation,
            _ => self,
        }
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_written_by_its_name() {
        for rule in Rule::ALL {
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.id());
            let Words { short, full, help } = rule.words();
            assert!(!short.ends_with('.') && full.ends_with('.') && help.ends_with('.'), "{rule}");
        }
        assert_eq!(Rule::of_kind("table"), Rule::TableBound);
        assert_eq!(Rule::of_kind("layer-plan"), Rule::LayerPlan);
        assert_eq!(Rule::of_kind("calibration"), Rule::Document);
        assert_eq!(Rule::of_kind("ranges"), Rule::Document);
    }
}
