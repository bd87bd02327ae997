//! The plan as a document.

use super::ckks::SPARSE_WARNING;
use super::method::Method;
use super::security::{SecurityTable, security};
use super::spec::Spec;
use crate::certify::Certificate;
use crate::circuit::{ModulusChain, Secret};
use crate::document::{Body, Document};
use crate::error::{Error, Result};
use crate::poly::table::Table;
use crate::real::Exact;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What `plan` writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PlanDocument {
    /// The specification, defaults filled in.
    pub spec: Spec,
    /// The chosen plan: fewest bootstraps, then least depth, log N, products and total error.
    pub chosen: Plan,
    /// The best plan of each power that has one.
    pub best_per_p: Vec<Plan>,
    /// The plans that no other beats in depth, products, bootstraps, log QP, error and mass lost at once.
    pub pareto: Vec<Plan>,
    /// How many candidates were looked at.
    pub candidates: u64,
    /// How many fell, by reason.
    pub rejected: BTreeMap<String, u64>,
}

impl Body for PlanDocument {
    const KIND: &'static str = "plan";
}

impl PlanDocument {
    /// What everyone who sees the plan must be told; empty where there is nothing.
    pub fn caveats(&self) -> Vec<String> {
        let chosen = &self.chosen;
        let stand_in = (chosen.refreshed > 0).then(|| {
            format!(
                "NO BOOTSTRAP IS RUN: {} ciphertexts are refreshed between scores and weights; a validation decrypts them, lets \
                 them err by up to 2^-{} and encrypts them anew, which stands in for a bootstrap. The levels that a bootstrap \
                 takes itself are not in log QP",
                chosen.refreshed, self.spec.ckks.bootstrap_bits
            )
        });
        chosen.ckks.warnings().into_iter().chain(stand_in).collect()
    }

    /// Refuses a plan whose parameters are insecure, or that was searched for with insecure ones allowed.
    ///
    /// # Errors
    /// [`Error::NotCertified`] saying how to accept it.
    pub fn refuse_insecure(&self) -> Result<()> {
        self.chosen.ckks.refuse_insecure()?;
        if self.spec.ckks.insecure {
            return Err(Error::NotCertified("the plan was made with --insecure: give --insecure to accept it".into()));
        }
        Ok(())
    }

    /// The hash that a validation refers to: of the plan without any record of validations, since those are evidence
    /// about the plan and no part of it.
    pub fn sha256(&self) -> String {
        let mut bare = self.clone();
        let plans = [&mut bare.chosen].into_iter().chain(&mut bare.best_per_p).chain(&mut bare.pareto);
        plans.for_each(|plan| plan.validation = None);
        Document::new(bare, crate::document::Provenance::new(&(), None)).sha256()
    }
}

/// One plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Plan {
    /// The power.
    pub p: u32,
    /// R.
    pub score_bound: Exact,
    /// ε of this map in all its forms, at the longest length; absent values mean the plain variant.
    pub epsilon: EpsilonForms,
    /// How the row is divided by its sum.
    pub method: Method,
    /// [a, b] of the denominator D; of mean (x/R)^2 where powers are normalised on the way.
    pub domain: [Exact; 2],
    /// b/a, rounded to 17 digits.
    pub kappa: Exact,
    /// Degree of the (last) reciprocal as a polynomial in D.
    pub degree: u64,
    /// Rescalings on the longest path from scores to weights.
    pub depth: u32,
    /// Rescalings of the reciprocal, or of all reciprocals together.
    pub reciprocal_depth: u32,
    /// No polynomial in D = mean (x/R)^p + ε of less depth reaches the target.
    pub depth_lower_bound: u32,
    /// "relative" or "absolute".
    pub lower_bound_metric: String,
    /// Ciphertext × ciphertext products.
    pub products: u32,
    /// Products with plaintexts that cost a level.
    pub plain_products: u32,
    /// Rotations, for the longest length.
    pub rotations: u32,
    /// Bootstraps: ⌈depth/levels_per_bootstrap⌉, as the PowerSoftmax paper counts them; 0 where the specification wants none.
    pub bootstraps: u32,
    /// Ciphertexts that are refreshed between the scores and the weights.
    pub refreshed: u32,
    /// The parameters.
    pub ckks: CkksParameters,
    /// The error budget.
    pub error: ErrorBudget,
    /// Mass that ε takes.
    pub mass_lost: MassLost,
    /// (|x|, smallest gap in |x| above it whose order survives); only where the domain has room for the gap.
    pub order_gap: Vec<[Exact; 2]>,
    /// What the total is made of: the values add up to it exactly.
    pub ledger: Vec<LedgerEntry>,
    /// A bound on the noise of each stage, over all lengths.
    pub stages: Vec<Stage>,
    /// The denominator at which the noise bound is largest.
    pub worst_denominator: f64,
    /// The table of each reciprocal, first to last; of its start, where `steps` follow.
    pub tables: Vec<Document<Table>>,
    /// α of each doubling after the table, where the reciprocal is a polynomial that doublings refine: y ← α(1 + R)y.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Exact>,
    /// The certificates of the tables.
    pub certificates: Vec<Document<Certificate>>,
    /// The record of a run on ciphertexts; null until there is one.
    pub validation: Option<serde_json::Value>,
}

/// One ε in its three forms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EpsilonForms {
    /// Beside Σ x_i^p.
    pub sum: Option<Exact>,
    /// Beside mean x_i^p.
    pub mean: Option<Exact>,
    /// Beside mean (x_i/R)^p.
    pub unit: Option<Exact>,
}

/// CKKS parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CkksParameters {
    /// log2 N.
    pub log_n: u32,
    /// log2 of the result's scale.
    pub scale_bits: u32,
    /// Bits of q_0, q_1, ….
    pub log_q: Vec<u32>,
    /// Bits of the special primes.
    pub log_p: Vec<u32>,
    /// Their sum, at least log2(QP).
    pub log_qp: u32,
    /// The security that the table gives these parameters; 0 where they are insecure.
    pub security_bits: u32,
    /// The table, or why they are insecure.
    pub security_source: String,
    /// Whether they are above the table, as `--insecure` allows.
    pub insecure: bool,
    /// The distribution of the secret.
    pub secret: Secret,
    /// The primes themselves, q then p, as decimal strings.
    pub primes: Primes,
}

impl CkksParameters {
    /// The primes.
    ///
    /// # Errors
    /// [`Error::Input`] for text that is no number.
    pub fn chain(&self) -> Result<ModulusChain> {
        let read = |primes: &[String], field: &str| -> Result<Vec<u64>> {
            let number = |text: &String| {
                text.parse().map_err(|_| Error::input(format!("field 'ckks.primes.{field}': '{text}' is not a prime")))
            };
            primes.iter().map(number).collect()
        };
        Ok(ModulusChain { log_n: self.log_n, q: read(&self.primes.q, "q")?, p: read(&self.primes.p, "p")? })
    }

    /// Whether the table that they name gives them the security that they state, or they say that they are insecure.
    ///
    /// # Errors
    /// [`Error::NotCertified`] naming the field.
    pub fn check_security(&self) -> Result<()> {
        let fails =
            |field: &str, why: String| Err(Error::NotCertified(format!("field '{field}' does not hold: {why}")));
        let sum = self.log_q.iter().chain(&self.log_p).fold(0u32, |sum, &bits| sum.saturating_add(bits));
        if sum != self.log_qp {
            return fails("ckks.log_qp", format!("log_q and log_p add up to {sum}"));
        }
        if self.insecure {
            let marked = self.security_bits == 0 && self.security_source.starts_with("INSECURE");
            return if marked { Ok(()) } else { fails("ckks.security_bits", "insecure parameters have none".into()) };
        }
        let listed = SecurityTable::ALL.into_iter().find_map(|table| {
            let row = security(table, self.secret, self.log_n, self.security_bits).ok().flatten();
            row.filter(|row| row.source == self.security_source && row.max_log_qp >= self.log_qp)
        });
        match listed {
            Some(_) => Ok(()),
            None => fails("ckks.security_bits", "no table that it names allows these parameters".into()),
        }
    }

    /// Refuses insecure parameters.
    ///
    /// # Errors
    /// [`Error::NotCertified`] saying how to accept them.
    pub fn refuse_insecure(&self) -> Result<()> {
        if self.insecure {
            return Err(Error::NotCertified(format!("{}: give --insecure to accept it", self.security_source)));
        }
        Ok(())
    }

    /// What everyone who sees these parameters must be told; empty where there is nothing.
    pub fn warnings(&self) -> Vec<String> {
        let sparse = (self.secret == Secret::Sparse192).then(|| SPARSE_WARNING.to_string());
        self.insecure.then(|| self.security_source.clone()).into_iter().chain(sparse).collect()
    }
}

/// The primes of a modulus chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Primes {
    /// q_0 to q_L.
    pub q: Vec<String>,
    /// The special primes.
    pub p: Vec<String>,
}

/// The error of a weight, absolute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ErrorBudget {
    /// By approximation: certified.
    pub approximation: Exact,
    /// By encryption.
    pub noise: NoiseFigures,
    /// approximation + rigorous noise.
    pub total: Exact,
}

/// Three figures of three kinds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NoiseFigures {
    /// A bound for any row of the domain.
    pub rigorous: Exact,
    /// With what probability it may fail, over the whole circuit.
    pub failure_probability: Exact,
    /// A heuristic bound at the worst row, failing with probability 10^-3.
    pub probabilistic: Exact,
    /// Predicted mean: over the rows of the scores where there are any, else at the worst row.
    pub predicted: Exact,
    /// The deterministic worst case: no noise exceeds it, whatever is drawn. It chooses nothing and is part of no other figure;
    /// null unless it was asked for.
    #[serde(default)]
    pub worst_case: Option<Exact>,
}

/// Share of a row's mass that ε takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct MassLost {
    /// From the row with one score at R and zeros.
    pub one_hot: Exact,
    /// From the median row of the scores.
    pub median_row: Option<Exact>,
    /// From the row at the 1 % quantile of the scores.
    pub low_row: Option<Exact>,
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LedgerEntry {
    /// The source.
    pub source: String,
    /// Its largest gain to a weight.
    pub gain: Exact,
    /// Its share of the total.
    pub value: Exact,
}

/// One stage's bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// A rigorous bound on its noise, on the stage's own value.
    pub bound: Exact,
}
