//! The certificate: the document that a second, small program can check without the fitter.

use super::model::Model;
use super::witness::ChebyshevWitness;
use crate::document::Body;
use crate::poly::table::{Form, Metric, TargetName};
use crate::real::Exact;
use crate::target::Target;
use serde::{Deserialize, Serialize};

/// Whether the claim was proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Verdict {
    /// Every part of the claim is a theorem about the numbers in the certificate.
    #[serde(rename = "proved")]
    Proved,
    /// It is not, and `claim.words` says why.
    #[serde(rename = "not proved")]
    NotProved,
}

/// What is claimed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Claim {
    /// In words.
    pub words: String,
    /// Which error is bounded.
    pub metric: Metric,
    /// The bound, the same as `certified_upper`.
    pub bound: Option<Exact>,
}

/// Exact points that show what is not the case; a checker evaluates r there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Witnesses {
    /// x with an error of at least `certified_lower`.
    pub error: Option<Exact>,
    /// x with r(x) ≤ 0, where `positive` is false.
    pub not_positive: Option<Exact>,
    /// x < x' in one interval, not in the order of the function there, where `monotone` is false.
    pub not_monotone: Option<[Exact; 2]>,
}

/// A proof of a table's error, positivity and monotonicity, with the numbers it is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Certificate {
    /// The hash of the table.
    pub table_sha256: String,
    /// What is claimed.
    pub claim: Claim,
    /// How it was proved.
    pub method: String,
    /// Whether it was.
    pub verdict: Verdict,
    /// No error on the intervals is above this.
    pub certified_upper: Option<Exact>,
    /// Some error on the intervals is at least this.
    pub certified_lower: Option<Exact>,
    /// Whether r > 0 on the intervals; `None` where neither that nor the contrary was shown.
    pub positive: Option<bool>,
    /// Whether r runs strictly in the direction of the function on each interval; `None` likewise, and where the function
    /// has no one direction.
    pub monotone: Option<bool>,
    /// Points that show the lower bound and what is false.
    pub witnesses: Witnesses,
    /// Polynomials that stand in for a function that is neither algebraic nor piecewise polynomial.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<Model>,
    /// What shows the upper bound at once; `None` where that takes a search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chebyshev: Option<ChebyshevWitness>,
    /// Of a composite of stages: ranges of w before the first stage and after each one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<[Exact; 2]>,
    /// The numbers of the table.
    #[serde(flatten)]
    pub form: Form,
    /// Their degree as a polynomial in x.
    pub degree: u64,
    /// The function.
    pub target: TargetName,
    /// Where.
    pub intervals: Vec<[Exact; 2]>,
    /// Wall time of the proof.
    pub seconds: f64,
}

impl Body for Certificate {
    const KIND: &'static str = "certificate";
}

impl Certificate {
    /// The claim of a bound in words.
    pub(super) fn words(target: &Target, intervals: &[[Exact; 2]], metric: Metric, bound: &Exact) -> String {
        let places: Vec<String> = intervals.iter().map(|[lo, hi]| format!("[{lo}, {hi}]")).collect();
        let (f, places) = (target.enclosed().formula(), places.join(" ∪ "));
        let claim = |error: String| format!("{error} ≤ {bound} for every real x in {places}");
        match (metric, target) {
            (Metric::Absolute, _) => claim(format!("|r(x) − {f}|")),
            (Metric::Relative, Target::Reciprocal(_)) => claim(format!("|{}·r(x) − 1|", f.trim_start_matches("1/"))),
            (Metric::Relative, _) => claim("|r(x)/f(x) − 1|".into()) + &format!(", where f(x) = {f}"),
        }
    }
}
