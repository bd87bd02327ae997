//! The circuit around a plan's table: its constants for each length, its levels and scales, and what to do in words.

use super::number::decimal;
use crate::circuit::{Division, ModulusChain, Numerator, Start, padded_length};
use crate::error::{Error, Result};
use crate::plan::{CkksParameters, EpsilonForms, Job, PlanDocument};
use crate::real::{Exact, float_to_exact};
use rug::Rational;
use serde::Serialize;

/// Everything of a plan that a program needs beside the table.
#[derive(Serialize)]
pub(super) struct Recipe {
    pub p: u32,
    pub score_bound: Exact,
    pub epsilon: EpsilonForms,
    pub error_bound: Exact,
    pub failure_probability: Exact,
    pub ckks: CkksParameters,
    pub lengths: Vec<Length>,
    pub steps: Vec<String>,
}

/// What depends on the length of a row.
#[derive(Serialize)]
pub(super) struct Length {
    pub keys: u32,
    pub padded_keys: u32,
    pub rows_per_ciphertext: u64,
    /// z_1 = numerator·u.
    pub numerator: Constant,
    /// R_1 = residual − numerator·Σu.
    pub residual: Constant,
    pub stages: Vec<Stage>,
}

/// A number in both forms.
#[derive(Serialize)]
pub(super) struct Constant {
    pub decimal: String,
    pub exact: Exact,
}

/// Where a named value sits in the modulus chain.
#[derive(Serialize)]
pub(super) struct Stage {
    pub name: String,
    pub level: usize,
    pub scale: String,
}

impl Constant {
    pub(super) fn new(value: &Rational) -> Self {
        Self { decimal: decimal(value), exact: Exact(value.clone()) }
    }
}

impl Recipe {
    pub(super) fn of(plan: &PlanDocument) -> Result<Self> {
        let chosen = &plan.chosen;
        let job = Job::of(chosen, &plan.spec)?;
        let chain = chosen.ckks.chain()?;
        let lengths = plan.spec.attention.length.as_slice();
        Ok(Self {
            p: chosen.p,
            score_bound: chosen.score_bound.clone(),
            epsilon: chosen.epsilon.clone(),
            error_bound: chosen.error.total.clone(),
            failure_probability: chosen.error.noise.failure_probability.clone(),
            ckks: chosen.ckks.clone(),
            lengths: lengths
                .iter()
                .map(|&keys| length(&job, &chain, keys, chosen.ckks.scale_bits))
                .collect::<Result<_>>()?,
            steps: steps(chosen.p, chosen.refreshed > 0, chosen.method.numerator()),
        })
    }
}

fn length(job: &Job, chain: &ModulusChain, keys: u32, scale_bits: u32) -> Result<Length> {
    let divisions = job.each_division(keys)?;
    let (start, epsilon) = match divisions.as_slice() {
        [Division { start: Start::Constant(start), epsilon, .. }] => (start, epsilon),
        _ => {
            let where_from = match job.method.has_start() {
                true => {
                    "'chosen.tables' has the start and 'chosen.steps' the doublings after it; `run` writes both as table.csv"
                }
                false => "export the documents in 'chosen.tables' one by one",
            };
            return Err(Error::input(format!(
                "field 'chosen.method': plans by \"{}\" have no recipe: {where_from}",
                job.method
            )));
        }
    };
    let placed = job.place(keys, chain, scale_bits)?;
    let nodes = placed.circuit.nodes().iter().zip(&placed.placements);
    let stage = |(node, place): (&crate::circuit::Node, &crate::circuit::Placement)| {
        let scale = decimal(&float_to_exact(&place.scale));
        node.stage.clone().map(|name| Stage { name, level: place.level, scale })
    };
    Ok(Length {
        keys,
        padded_keys: padded_length(keys),
        rows_per_ciphertext: placed.rows() as u64,
        numerator: Constant::new(&Rational::from(start / keys)),
        residual: Constant::new(&(Rational::from(1) - Rational::from(start * epsilon))),
        stages: nodes.filter_map(stage).collect(),
    })
}

fn steps(p: u32, is_refreshed: bool, numerator: Numerator) -> Vec<String> {
    let refresh = "where 'stages' has values refreshed, bootstrap them before the next step";
    let refresh = is_refreshed.then(|| refresh.to_string());
    let [start, doubling, last] = match numerator {
        Numerator::Merged => [
            "R = residual - numerator*S and z = numerator*u",
            "for each alpha in order: z = alpha*(1 + R)*z with the old R, then R = alpha*R^2 - (alpha - 1); the last R is not needed",
            "z holds the weights",
        ],
        Numerator::Separate => [
            "R = residual - numerator*S and y = the table's start, a constant",
            "for each alpha in order: y = alpha*(1 + R)*y with the old R, then R = alpha*R^2 - (alpha - 1); the last R is not needed",
            "u*y/keys holds the weights",
        ],
    };
    let steps = [
        "pad each row of scores with zeros to padded_keys; slot = key*rows_per_ciphertext + row".to_string(),
        "divide the scores by score_bound (by encoding at another scale: no level) and encrypt at the first stage's scale"
            .into(),
        format!("u = t^{p} by squaring, one rescaling each"),
        "S = sum of u over the keys of the row, by rotations by rows_per_ciphertext*2^i for each i below \
         log2(padded_keys)"
            .into(),
        start.into(),
        doubling.into(),
        last.into(),
        "constants cost no level: a ciphertext times a real number is the same ciphertext under another scale; drop one \
         prime after each product of two ciphertexts, and keep the scales of 'stages'"
            .into(),
    ];
    steps.into_iter().chain(refresh).collect()
}
