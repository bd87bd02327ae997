//! What a document claims, by name: what the next run is held against.

use super::given::Content;
use crate::certify::Certificate;
use crate::compare::Comparison;
use crate::encrypted::Validation;
use crate::layer::LayerPlan;
use crate::order::Order;
use crate::plan::{CkksParameters, PlanDocument};
use crate::poly::table::Table;
use crate::real::Exact;
use crate::survey::{PlanRow, Survey, TrainingGoals};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Claims by name.
pub(super) type Facts = BTreeMap<String, Value>;

/// The claims of a document; empty for one that only other rules look at.
pub(super) fn of(content: &Content) -> Facts {
    match content {
        Content::Table(table) => of_table(&table.body, ""),
        Content::Certificate(certificate) => of_certificate(&certificate.body),
        Content::Plan(plan) => of_plan(&plan.body),
        Content::Validation(validation) => of_validation(&validation.body),
        Content::LayerPlan(plan) => of_layers(&plan.body),
        Content::Order(order) => of_order(&order.body),
        Content::Survey(survey) => of_survey(&survey.body),
        Content::Goals(goals) => of_goals(&goals.body),
        Content::Comparison(comparison) => of_comparison(&comparison.body),
        Content::Export(export) => named([("form", json!(format!("{:?}", export.format)))]),
        _ => Facts::new(),
    }
}

fn named<const N: usize>(fields: [(&str, Value); N]) -> Facts {
    fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
}

fn below(place: &str, facts: Facts) -> Facts {
    facts.into_iter().map(|(name, value)| (format!("{place}{name}"), value)).collect()
}

fn of_table(table: &Table, place: &str) -> Facts {
    let facts = named([
        ("function", json!(table.target.name)),
        ("epsilon", json!(table.target.epsilon)),
        ("intervals", json!(table.intervals)),
        ("metric", json!(table.error.metric)),
        ("bound", json!(bound_of(table))),
        ("degree", json!(table.degree)),
        ("depth", json!(table.evaluation.depth)),
        ("products", json!(table.evaluation.products)),
        ("positive", json!(table.positive)),
        ("monotone", json!(table.monotone)),
    ]);
    below(place, facts)
}

/// The bound that the table states; null where it states none.
fn bound_of(table: &Table) -> Option<&Exact> {
    table.error.certified_upper.as_ref()
}

fn of_certificate(certificate: &Certificate) -> Facts {
    named([
        ("function", json!(certificate.target.name)),
        ("epsilon", json!(certificate.target.epsilon)),
        ("intervals", json!(certificate.intervals)),
        ("metric", json!(certificate.claim.metric)),
        ("bound", json!(certificate.certified_upper)),
        ("positive", json!(certificate.positive)),
        ("monotone", json!(certificate.monotone)),
    ])
}

fn of_plan(document: &PlanDocument) -> Facts {
    let attention = &document.spec.attention;
    let plan = &document.chosen;
    let mut facts = named([
        ("p", json!(plan.p)),
        ("variant", json!(attention.variant)),
        ("lengths", json!(attention.length.as_slice())),
        ("causal", json!(attention.causal)),
        ("epsilon", json!(plan.epsilon)),
        ("score_bound", json!(plan.score_bound)),
        ("smallest_mean", json!(attention.smallest_mean)),
        ("smallest_mean_square", json!(attention.smallest_mean_square)),
        ("bound", json!(plan.error.total)),
        ("depth", json!(plan.depth)),
        ("products", json!(plan.products)),
        ("rotations", json!(plan.rotations)),
        ("bootstraps", json!(plan.bootstraps)),
        ("validated", json!(Validation::validates(document))),
    ]);
    facts.extend(of_parameters(&plan.ckks, "ckks."));
    facts
}

fn of_parameters(ckks: &CkksParameters, place: &str) -> Facts {
    let facts = named([
        ("log_n", json!(ckks.log_n)),
        ("scale_bits", json!(ckks.scale_bits)),
        ("primes", json!(ckks.primes)),
        ("secret", json!(ckks.secret)),
        ("security_bits", json!(ckks.security_bits)),
    ]);
    below(place, facts)
}

fn of_validation(validation: &Validation) -> Facts {
    let mut facts = named([
        ("backend", json!(validation.backend)),
        ("bound", json!(validation.bound)),
        ("slots_checked", json!(validation.slots_checked)),
    ]);
    facts.extend(of_parameters(&validation.parameters, "parameters."));
    facts
}

fn of_layers(plan: &LayerPlan) -> Facts {
    let of_layer = |layer: &crate::layer::PlannedLayer| {
        let mut facts = of_table(&layer.table.body, "");
        facts.extend(named([
            ("bound", json!(layer.error.total)),
            ("depth", json!(layer.depth)),
            ("products", json!(layer.products)),
            ("validated", json!(layer.validation.is_some())),
        ]));
        facts.extend(of_parameters(&layer.ckks, "ckks."));
        below(&format!("layers.{}.", layer.name), facts)
    };
    plan.layers.iter().flat_map(of_layer).collect()
}

fn of_order(order: &Order) -> Facts {
    let gap = order.gap.as_ref();
    named([
        ("formula", json!(order.formula)),
        ("intervals", json!([order.interval])),
        ("direction", json!(order.direction)),
        ("orders_magnitude", json!(order.magnitude.holds)),
        ("sign", json!(order.sign.values)),
        ("gap.error", json!(gap.map(|gap| &gap.error))),
        ("gap.bound", json!(gap.and_then(|gap| gap.everywhere.as_ref()).map(|at| &at.upper))),
    ])
}

/// Of each group the plan that was chosen for it.
fn of_survey(survey: &Survey) -> Facts {
    let of_row = |row: &crate::survey::SurveyRow| {
        let place = [("layer", row.layer), ("head", row.head)];
        let place =
            place.into_iter().filter_map(|(name, index)| Some(format!("{name}_{}.", index?))).collect::<String>();
        let mut facts = of_plan_row(row.chosen.as_ref());
        facts.insert("score_bound".into(), json!(row.score_bound));
        facts.insert("validated".into(), json!(row.validation.is_some()));
        below(&format!("{}.{place}", row.level.name()), facts)
    };
    survey.rows.iter().flat_map(of_row).collect()
}

/// Of each power and what was given with it: the goal, and the plan that meets it.
fn of_goals(goals: &TrainingGoals) -> Facts {
    let of_goal = |goal: &crate::survey::TrainingGoal| {
        let mut facts = of_plan_row(goal.plan.as_ref());
        facts.insert("smallest_mean".into(), json!(goal.smallest_mean));
        let given = if goal.free == "epsilon" { Some(&goal.smallest_mean) } else { goal.epsilon.unit.as_ref() };
        let given = given.map(ToString::to_string).unwrap_or_default();
        below(&format!("p = {}, {} beside {given}.", goal.p, goal.free), facts)
    };
    let of_all = named([("score_bound", json!(goals.score_bound)), ("levels", json!(goals.levels))]);
    goals.goals.iter().flat_map(of_goal).chain(of_all).collect()
}

fn of_plan_row(plan: Option<&PlanRow>) -> Facts {
    named([
        ("p", json!(plan.map(|plan| plan.p))),
        ("epsilon", json!(plan.map(|plan| &plan.epsilon))),
        ("bound", json!(plan.map(|plan| &plan.total))),
        ("depth", json!(plan.map(|plan| plan.depth))),
        ("products", json!(plan.map(|plan| plan.products))),
        ("bootstraps", json!(plan.map(|plan| plan.bootstraps))),
        ("log_n", json!(plan.map(|plan| plan.log_n))),
        ("scale_bits", json!(plan.map(|plan| plan.scale_bits))),
    ])
}

fn of_comparison(comparison: &Comparison) -> Facts {
    let of_row = |row: &crate::compare::ComparisonRow| {
        let facts = named([
            ("bound", json!(row.max_error)),
            ("depth", json!(row.depth)),
            ("products", json!(row.products)),
            ("rotations", json!(row.rotations)),
            ("bootstraps", json!(row.bootstraps)),
            ("log_n", json!(row.log_n)),
            ("fits", json!(row.fits)),
        ]);
        below(&format!("{}.", row.system.replace('.', "_")), facts)
    };
    let of_all = named([
        ("p", json!(comparison.p)),
        ("lengths", json!([comparison.length])),
        ("score_bound", json!(comparison.score_bound)),
        ("epsilon", json!(comparison.epsilon)),
        ("kappa", json!(comparison.kappa)),
        ("relative_error", json!(comparison.relative_error)),
    ]);
    comparison.rows.iter().flat_map(of_row).chain(of_all).collect()
}
