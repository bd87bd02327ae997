//! What else meets the specification, and why the rest fell.

use crate::plan::{Plan, PlanDocument};
use crate::report::model::{Block, Section, Table};
use crate::report::number;

const COLUMNS: [&str; 12] = [
    "p",
    "ε (unit form)",
    "depth",
    "reciprocal's depth",
    "its lower bound",
    "products",
    "bootstraps",
    "N",
    "scale",
    "log QP",
    "error bound (rigorous)",
    "mass lost, one-hot row",
];

pub(super) fn section(plan: &PlanDocument) -> Section {
    let rejected: u64 = plan.rejected.values().sum();
    let met = plan.candidates.saturating_sub(rejected);
    let fell = plan.rejected.iter().map(|(reason, count)| vec![reason.clone(), count.to_string()]).collect();
    Section {
        title: "Alternatives".into(),
        blocks: vec![
            Block::text(format!(
                "{} candidates were looked at, {met} met every target. Chosen: fewest bootstraps, then least depth, least \
                 N, fewest products, least error. Depth counts rescalings on the longest path, scores to weights.",
                plan.candidates
            )),
            Block::Table(Table::new("The best plan of each power", &COLUMNS, rows(&plan.best_per_p))),
            Block::Table(Table::new(
                "Plans that no other beats in depth, products, bootstraps, log QP, error and mass lost at once",
                &COLUMNS,
                rows(&plan.pareto),
            )),
            Block::Table(Table::new("Candidates that fell, by reason", &["reason", "candidates"], fell)),
        ],
    }
}

fn rows(plans: &[Plan]) -> Vec<Vec<String>> {
    let row = |plan: &Plan| {
        vec![
            plan.p.to_string(),
            plan.epsilon.unit.as_ref().map_or("none".into(), |unit| number::about(unit)),
            plan.depth.to_string(),
            plan.reciprocal_depth.to_string(),
            format!("{} ({})", plan.depth_lower_bound, plan.lower_bound_metric),
            plan.products.to_string(),
            plan.bootstraps.to_string(),
            format!("2^{}", plan.ckks.log_n),
            format!("2^{}", plan.ckks.scale_bits),
            plan.ckks.log_qp.to_string(),
            number::bound(&plan.error.total),
            number::per_cent(&plan.mass_lost.one_hot),
        ]
    };
    plans.iter().map(row).collect()
}
