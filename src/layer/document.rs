//! The plan of layers as a document.

use super::alternation::Alternation;
use super::run::LayerRun;
use super::spec::LayerSpec;
use crate::certify::Certificate;
use crate::document::{Body, Document, Provenance};
use crate::error::{Error, Result};
use crate::plan::{CkksParameters, ErrorBudget, LedgerEntry};
use crate::poly::table::{Metric, Table};
use crate::real::Exact;
use serde::{Deserialize, Serialize};

/// What `layer` writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LayerPlan {
    /// The specification, defaults filled in.
    pub spec: LayerSpec,
    /// One plan for each layer, in the order of the specification.
    pub layers: Vec<PlannedLayer>,
}

impl Body for LayerPlan {
    const KIND: &'static str = "layer-plan";
}

/// The plan of one layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PlannedLayer {
    /// The layer's name.
    pub name: String,
    /// "polynomial" or "composite".
    pub form: String,
    /// Degree as a polynomial in x.
    pub degree: u64,
    /// Rescalings on the longest path from x to the value.
    pub depth: u32,
    /// No polynomial circuit in x of less depth reaches the layer's error by approximation alone.
    pub depth_lower_bound: u32,
    /// What shows that; null where nothing does, and the bound is 0.
    pub alternation: Option<Alternation>,
    /// Ciphertext × ciphertext products.
    pub products: u32,
    /// Products with plaintexts that cost a level.
    pub plain_products: u32,
    /// The parameters.
    pub ckks: CkksParameters,
    /// log2 of the scale of the value, which is less than that of the primes where values are large.
    pub output_scale_bits: u32,
    /// Which error is meant.
    pub metric: Metric,
    /// The error budget; total = approximation + rigorous noise, and no more than the layer allows.
    pub error: ErrorBudget,
    /// What the total is made of: the values add up to it exactly.
    pub ledger: Vec<LedgerEntry>,
    /// An x at which the noise bound is largest.
    pub worst_input: f64,
    /// An x of the domain for slots that hold no other: all slots must hold one, or the modulus may be too small for all.
    pub filler: Exact,
    /// What the search looked at, best first.
    pub considered: Vec<Considered>,
    /// The table.
    pub table: Document<Table>,
    /// Its certificate.
    pub certificate: Document<Certificate>,
    /// The record of a run on ciphertexts; null until there is one.
    pub validation: Option<LayerRun>,
}

/// One table that the search looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Considered {
    /// "polynomial" or "composite".
    pub form: String,
    /// Degree as a polynomial in x; null where there is no table.
    pub degree: Option<u64>,
    /// Rescalings.
    pub depth: Option<u32>,
    /// Ciphertext × ciphertext products.
    pub products: Option<u32>,
    /// log2 N of the smallest ring in which it meets the layer's error.
    pub log_n: Option<u32>,
    /// Its error there, everything included.
    pub total: Option<Exact>,
    /// Why it falls; null for one that meets the layer's error.
    pub reason: Option<String>,
}

impl PlannedLayer {
    /// The hash that a validation refers to: of this layer's plan and specification alone, without the record, whose evidence
    /// about the plan is no part of it.
    pub fn sha256(&self, spec: &LayerSpec) -> String {
        let layer = spec.layer.iter().filter(|layer| layer.name == self.name).cloned().collect();
        let spec = LayerSpec { layer, ckks: spec.ckks.clone() };
        let layers = vec![Self { validation: None, ..self.clone() }];
        Document::new(LayerPlan { spec, layers }, Provenance::new(&(), None)).sha256()
    }
}

impl LayerPlan {
    /// Refuses insecure parameters.
    ///
    /// # Errors
    /// [`Error::NotCertified`] saying how to accept them.
    pub fn refuse_insecure(&self) -> Result<()> {
        self.layers.iter().try_for_each(|layer| layer.ckks.refuse_insecure())?;
        if self.spec.ckks.insecure {
            return Err(Error::NotCertified("the plan was made with --insecure: give --insecure to accept it".into()));
        }
        Ok(())
    }

    /// What everyone who sees the plan must be told, each once; empty where there is nothing.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings: Vec<String> = self.layers.iter().flat_map(|layer| layer.ckks.warnings()).collect();
        warnings.sort();
        warnings.dedup();
        warnings
    }
}
