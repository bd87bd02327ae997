//! What the bounds assume, and what this program is not for.

use crate::plan::PlanDocument;
use crate::report::model::{Block, Section};
use crate::report::number::{self, Towards};

pub(super) fn section(plan: &PlanDocument) -> Section {
    let failure = number::power_of_two(&plan.chosen.error.noise.failure_probability.0, Towards::Above);
    let r = number::short(&plan.chosen.score_bound);
    let points = [
        format!("The rows are those of the domain: |x| ≤ R = {r}, and a mean not below what the specification promises."),
        format!(
            "The rigorous bound assumes that, given the keys, the roundings of encryption, key switching and rescaling and \
             the digits of key switching are independent and uniform. Under that it fails with probability at most \
             {failure} over the whole circuit on one ciphertext."
        ),
        "The certified figures assume nothing: they are theorems about the numbers of the table.".into(),
        "The probabilistic figure is heuristic (no second order, a Laplace tail); the predicted figure is a mean. Neither \
         is a bound."
            .into(),
        "The lower bound of the depth is for the reciprocal as a polynomial in D, in the metric that stands beside it; it \
         is no bound for every conceivable circuit from scores to weights."
            .into(),
        "The CKKS layer of polyattn is for validation and has not been audited: no constant-time promise, and its \
         generator is seeded for reproducible studies, not for secrets."
            .into(),
        "Do not share decrypted CKKS results: they carry the noise, and with it information about the secret key \
         (IND-CPA-D)."
            .into(),
    ];
    Section { title: "Assumptions and limits".into(), blocks: vec![Block::List(points.into())] }
}
