//! The circuit around a plan's table: its constants for each length, its levels and scales, and what to do in words.

use super::number::decimal;
use super::operation::Operation;
use crate::circuit::{Division, ModulusChain, Node, Numerator, Placement, Start, padded_length};
use crate::error::Result;
use crate::plan::{CkksParameters, EpsilonForms, Job, PlanDocument};
use crate::real::{Exact, float_to_exact};
use rug::Rational;
use serde::Serialize;

/// Everything of a plan that a program needs beside the table.
#[derive(Serialize, schemars::JsonSchema)]
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
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct Length {
    pub keys: u32,
    pub padded_keys: u32,
    pub rows_per_ciphertext: u64,
    /// z_1 = numerator·u and R_1 = residual − numerator·Σu, where there is one division that starts from a constant.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub start: Option<FirstStep>,
    pub stages: Vec<Stage>,
    pub operations: Vec<Operation>,
}

/// The constants of the first step of a composite.
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct FirstStep {
    pub numerator: Constant,
    pub residual: Constant,
}

/// A number in both forms.
#[derive(Serialize, schemars::JsonSchema)]
pub(super) struct Constant {
    pub decimal: String,
    pub exact: Exact,
}

/// Where a named value sits in the modulus chain.
#[derive(Serialize, schemars::JsonSchema)]
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
            steps: match job.divisions.as_slice() {
                [division] if matches!(division.start, Start::Constant(_)) => {
                    steps(chosen.p, chosen.refreshed > 0, chosen.method.numerator())
                }
                _ => operations(chosen.refreshed > 0),
            },
        })
    }
}

fn length(job: &Job, chain: &ModulusChain, keys: u32, scale_bits: u32) -> Result<Length> {
    let start = match job.each_division(keys)?.as_slice() {
        [Division { start: Start::Constant(start), epsilon, .. }] => Some(FirstStep {
            numerator: Constant::new(&Rational::from(start / keys)),
            residual: Constant::new(&(Rational::from(1) - Rational::from(start * epsilon))),
        }),
        _ => None,
    };
    let placed = job.place(keys, chain, scale_bits)?;
    let nodes = placed.circuit.nodes().iter().zip(&placed.placements);
    let stage = |(node, place): (&Node, &Placement)| {
        let scale = decimal(&float_to_exact(&place.scale));
        node.stage.clone().map(|name| Stage { name, level: place.level, scale })
    };
    Ok(Length {
        keys,
        padded_keys: padded_length(keys),
        rows_per_ciphertext: placed.rows() as u64,
        start,
        stages: nodes.clone().filter_map(stage).collect(),
        operations: nodes.map(|(node, place)| Operation::new(node, place)).collect(),
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
        format!("u = t^{p} by squaring, one rescaling each"),
        "S = sum of u over the keys of the row, by rotations by rows_per_ciphertext*2^i for each i below \
         log2(padded_keys)"
            .into(),
        start.into(),
        doubling.into(),
        last.into(),
    ];
    packing().into_iter().chain(steps).chain([constants()]).chain(refresh).collect()
}

/// Where one division from a constant is not all.
fn operations(is_refreshed: bool) -> Vec<String> {
    let follow = "follow 'operations' in order: each names earlier operations by their place from 0, and says its level and the \
                  scale of its result; the last holds the weights";
    let refresh = "bootstrap at each operation \"refresh\"".to_string();
    let refresh = is_refreshed.then_some(refresh);
    packing().into_iter().chain([follow.to_string(), constants()]).chain(refresh).collect()
}

fn packing() -> [String; 2] {
    [
        "pad each row of scores with zeros to padded_keys; slot = key*rows_per_ciphertext + row".into(),
        "divide the scores by score_bound (by encoding at another scale: no level) and encrypt at the first stage's scale"
            .into(),
    ]
}

fn constants() -> String {
    "constants cost no level: a ciphertext times a real number is the same ciphertext under another scale; drop one prime after \
     each product of two ciphertexts and each combination, and keep the scales of 'stages' and 'operations'"
        .into()
}
