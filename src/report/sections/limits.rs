//! What the bounds assume, and what this program is not for.

use crate::plan::PlanDocument;
use crate::real::Exact;
use crate::report::model::{Block, Section};
use crate::report::number::{self, Towards};

/// Of one plan.
pub(in crate::report) fn section(plan: &PlanDocument) -> Section {
    let r = number::short(&plan.chosen.score_bound);
    let depth = "The lower bound of the depth is for the reciprocal as a polynomial in D, in the metric that stands beside it; it \
                 is no bound for every conceivable circuit from scores to weights.";
    let rows = format!("|x| ≤ R = {r}, and a mean not below what the specification promises");
    assuming(&rows, &plan.chosen.error.noise.failure_probability, depth)
}

/// Of any circuit: what its inputs are, with what probability its rigorous bound fails, and what its lower bound is not.
pub(in crate::report) fn assuming(inputs: &str, failure: &Exact, depth: &str) -> Section {
    let failure = number::power_of_two(failure, Towards::Above);
    let points = [
        format!("The inputs are those of the domain: {inputs}."),
        format!(
            "The rigorous bound assumes that, given the keys, the roundings of encryption, key switching and rescaling and \
             the digits of key switching are independent and uniform. Under that it fails with probability at most \
             {failure} over the whole circuit on one ciphertext."
        ),
        "The certified figures assume nothing: they are theorems about the numbers of the table.".into(),
        "The probabilistic figure is heuristic (no second order, a Laplace tail); the predicted figure is a mean. Neither \
         is a bound."
            .into(),
        depth.into(),
        "The CKKS layer of polyattn is for validation and has not been audited: no constant-time promise, and its \
         generator is seeded for reproducible studies, not for secrets."
            .into(),
        "Do not share decrypted CKKS results: they carry the noise, and with it information about the secret key \
         (IND-CPA-D)."
            .into(),
    ];
    Section { title: "Assumptions and limits".into(), blocks: vec![Block::List(points.into())] }
}
