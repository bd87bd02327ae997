//! The first screen: what was chosen, what it costs, and how far it may be trusted.

use super::ReportInput;
use super::evidence::Evidence;
use super::model::{Fact, Kind};
use super::number::{self, Towards};
use crate::attention::EpsilonForm;
use crate::certify::Verdict;
use crate::plan::{Plan, PlanDocument};
use crate::real::{Exact, f64_above};
use rug::Rational;

pub(super) fn title(plan: &Plan) -> String {
    format!("PowerSoftmax attention for CKKS: p = {}, depth {}", plan.p, plan.depth)
}

/// What a reader must not overlook: what the runs show, what is unproved, and what a plan or a comparison says of itself.
pub(super) fn warnings(input: &ReportInput, evidence: &Evidence) -> Vec<String> {
    let plan = &input.plan.body;
    let compared = input.comparison.into_iter().flat_map(|comparison| {
        let outside = |words: &String| format!("Outside its bound on ciphertexts: {words}.");
        let body = &comparison.body;
        body.violations().iter().map(outside).chain(body.warnings.iter().cloned()).collect::<Vec<_>>()
    });
    let of_plan = unproved(&plan.chosen).into_iter().chain(plan.caveats());
    evidence.warnings().into_iter().chain(of_plan).chain(compared).collect()
}

/// What a plan states without a proof.
fn unproved(plan: &Plan) -> Vec<String> {
    let missing = plan.certificates.is_empty();
    let missing = missing.then_some("The plan has no certificate: its approximation error is unproved.");
    let failed = plan.certificates.iter().any(|c| c.body.verdict != Verdict::Proved);
    let failed =
        failed.then_some("A certificate of the plan says \"not proved\": its approximation error is unproved.");
    missing.into_iter().chain(failed).map(String::from).collect()
}

pub(super) fn facts(plan: &PlanDocument, evidence: &Evidence) -> Vec<Fact> {
    let chosen = &plan.chosen;
    let ckks = &chosen.ckks;
    let total = &chosen.error.total.0;
    let failure = number::power_of_two(&chosen.error.noise.failure_probability.0, Towards::Above);
    vec![
        Fact::new(
            "Error bound",
            number::bound(total),
            format!(
                "absolute, of any weight of any row of the domain; the target was {}; fails with probability ≤ {failure}",
                number::both(&plan.spec.target.max_error.0, Towards::Below)
            ),
        )
        .of_kind(Kind::Rigorous),
        observed(evidence),
        slack(evidence, total),
        Fact::new("Depth", chosen.depth.to_string(), depth_note(chosen)),
        Fact::new(
            "Power p",
            chosen.p.to_string(),
            "even: it orders |x|, so −3 beats 2 and −1 ties with 1".to_string(),
        ),
        epsilon(plan),
        Fact::new(
            "Ring degree N",
            format!("2^{} = {}", ckks.log_n, 1u64 << ckks.log_n.min(63)),
            format!("{} slots; scale 2^{}", (1u64 << ckks.log_n.min(63)) / 2, ckks.scale_bits),
        ),
        Fact::new("Security", format!("{} bits", ckks.security_bits), ckks.security_source.clone()),
        Fact::new("log QP", format!("{} bits", ckks.log_qp), primes_note(chosen)),
        Fact::new(
            "Work per ciphertext",
            format!("{} products", chosen.products),
            format!(
                "of two ciphertexts; {} rotations, {} products with plaintexts that cost a level, {} bootstraps",
                chosen.rotations, chosen.plain_products, chosen.bootstraps
            ),
        ),
    ]
}

pub(super) fn observed(evidence: &Evidence) -> Fact {
    match evidence.largest(|run| run.observed_max) {
        Some(most) => {
            let note = "the largest |error| of any weight compared, against the exact map";
            Fact::new("Largest error observed", number::measured(most), note).of_kind(Kind::Measured)
        }
        None => Fact::new("Largest error observed", "none: not validated", "no run on ciphertexts is recorded"),
    }
}

pub(super) fn slack(evidence: &Evidence, total: &Rational) -> Fact {
    match evidence.largest(|run| run.observed_max) {
        Some(most) => {
            let slack = number::bits((f64_above(total) / most).log2());
            Fact::new("Slack", slack, "log2 of bound over observation").of_kind(Kind::Measured)
        }
        None => Fact::new("Slack", "unknown: not validated", ""),
    }
}

/// ⌈log2 p⌉: the rescalings of x^p.
pub(super) fn power_depth(p: u32) -> u32 {
    p.max(1).next_power_of_two().trailing_zeros()
}

/// Depth beside its lower bound, which names its metric.
fn depth_note(plan: &Plan) -> String {
    let power = power_depth(plan.p);
    let least = plan.depth_lower_bound + power;
    let sum = format!("{} for the reciprocal + {power} for x^{}", plan.depth_lower_bound, plan.p);
    let comparison = if plan.depth == least {
        format!("depth {} = lower bound {sum}", plan.depth)
    } else {
        format!("depth {}; lower bound {least} = {sum}", plan.depth)
    };
    let metric = match plan.lower_bound_metric.as_str() {
        "relative" => "the relative error of the reciprocal as a polynomial in D".to_string(),
        "absolute" => "the absolute error of the weights, the reciprocal a polynomial in D".to_string(),
        other => other.to_string(),
    };
    format!("rescalings on the longest path, scores to weights; {comparison} (metric: {metric})")
}

pub(super) fn epsilon(plan: &PlanDocument) -> Fact {
    let forms = &plan.chosen.epsilon;
    let Some(choice) = &plan.spec.attention.epsilon else {
        return Fact::new("ε", "none", "the plain variant: rows must keep the promised smallest mean");
    };
    let all = [("sum", &forms.sum), ("mean", &forms.mean), ("unit", &forms.unit)];
    let given = form_name(choice.form);
    let text = |value: &Option<Exact>| value.as_ref().map_or("none".into(), number::short);
    let value = all.iter().find(|(name, _)| *name == given).map_or("none".into(), |(_, value)| text(value));
    let others = all.iter().filter(|(name, _)| *name != given);
    let others: Vec<String> = others.map(|(name, value)| format!("{} in {name} form", text(value))).collect();
    let meaning = match choice.form {
        EpsilonForm::Sum => "beside Σ x^p",
        EpsilonForm::Mean => "beside mean x^p",
        EpsilonForm::Unit => "beside mean (x/R)^p",
    };
    let lengths = plan.spec.attention.length.as_slice();
    let longest = lengths.iter().max().copied().unwrap_or(0);
    Fact::new(
        "ε",
        format!("{value}, {given} form"),
        format!("{meaning}; the same map at L = {longest}: {}", others.join(", ")),
    )
}

pub(super) fn form_name(form: EpsilonForm) -> &'static str {
    match form {
        EpsilonForm::Sum => "sum",
        EpsilonForm::Mean => "mean",
        EpsilonForm::Unit => "unit",
    }
}

fn primes_note(plan: &Plan) -> String {
    let list = |bits: &[u32]| {
        let runs = bits.chunk_by(|x, y| x == y).map(|run| match run {
            [one] => one.to_string(),
            _ => format!("{} × {}", run.len(), run.first().copied().unwrap_or_default()),
        });
        runs.collect::<Vec<_>>().join(" + ")
    };
    format!("primes of {} bits, special primes of {} bits", list(&plan.ckks.log_q), list(&plan.ckks.log_p))
}
