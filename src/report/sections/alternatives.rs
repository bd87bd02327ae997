//! What else meets the specification, and why the rest fell.

use crate::plan::{Plan, PlanDocument};
use crate::report::model::{Block, Section, Table};
use crate::report::number::{self, Towards};
use crate::report::plot::{Axis, Figure, Legend, Plot, PointPlot, Series, Symbol};

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
            Block::Figure(front(plan)),
            Block::Table(Table::new("The best plan of each power", &COLUMNS, rows(&plan.best_per_p))),
            Block::Folded(Table::new(
                "The Pareto front: plans that no other beats in depth, products, bootstraps, log QP, error and mass lost at once",
                &COLUMNS,
                rows(&plan.pareto),
            )),
            Block::Table(Table::new("Candidates that fell, by reason", &["reason", "candidates"], fell)),
        ],
    }
}

/// The Pareto front in the plane of depth and error, a mark for each power.
fn front(plan: &PlanDocument) -> Figure {
    let mut powers: Vec<u32> = plan.pareto.iter().map(|other| other.p).collect();
    powers.sort_unstable();
    powers.dedup();
    let point = |plan: &Plan| number::log2_exact(&plan.error.total).map(|log| [f64::from(plan.depth), log]);
    let of = |power: u32| plan.pareto.iter().filter(move |other| other.p == power);
    let series = |(index, &power): (usize, &u32)| Series {
        symbol: Symbol::of_series(index),
        joined: false,
        points: of(power).filter_map(point).collect(),
    };
    let legend = |(index, power): (usize, &u32)| {
        Legend::new(Symbol::of_series(index), &format!("p = {power} ({} of the front)", of(*power).count()))
    };
    let target = &plan.spec.target.max_error.0;
    let target_text = format!("target {}", number::power_of_two(target, Towards::Below));
    let (depth, total) = (plan.chosen.depth, number::power_of_two(&plan.chosen.error.total, Towards::Above));
    Figure {
        title: "The Pareto front: depth against error".into(),
        description: format!(
            "One mark a plan that no other beats, {} in all, its depth to the right and its error bound upwards; the table of \
             the front has every figure. Chosen: depth {depth}, error {total}.",
            plan.pareto.len()
        ),
        legend: powers
            .iter()
            .enumerate()
            .map(legend)
            .chain([Legend::new(Symbol::Line, "the chosen plan's depth (upright) and the target (level)")])
            .collect(),
        plot: Plot::Points(PointPlot {
            x: Axis::count("depth: rescalings, scores to weights"),
            y: Axis::log2("error bound of a weight (rigorous)"),
            series: powers.iter().enumerate().map(series).collect(),
            columns: vec![(format!("chosen: depth {depth}"), f64::from(depth))],
            levels: number::log2_exact(target).map(|log| (target_text, log)).into_iter().collect(),
        }),
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
