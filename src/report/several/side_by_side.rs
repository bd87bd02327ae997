//! Every figure of the first screens, a column a plan.

use super::case::Case;
use super::columns;
use crate::plan::Plan;
use crate::real::Exact;
use crate::report::answer;
use crate::report::model::{Block, Fact, Section, Table};
use crate::report::number::{self, Towards};
use crate::report::plot::{Axis, Figure, Legend, Plot, Row, RowPlot, Symbol};

pub(super) fn section(cases: &[Case]) -> Section {
    let facts: Vec<Vec<Fact>> = cases.iter().map(|case| answer::facts(case.plan(), &case.evidence)).collect();
    let names = facts.first().into_iter().flatten().map(|fact| &fact.name);
    let value =
        |of: &[Fact], name: &str| of.iter().find(|fact| fact.name == *name).map_or("–".into(), |f| f.value.clone());
    let row = |name: &String| [name.clone()].into_iter().chain(facts.iter().map(|of| value(of, name))).collect();
    let of_plan = |name: &str, figure: &dyn Fn(&Plan) -> String| {
        [name.to_string()].into_iter().chain(cases.iter().map(|case| figure(case.chosen()))).collect::<Vec<_>>()
    };
    let more = [
        of_plan("κ of the first division", &|plan| number::power_of_two(&plan.kappa, Towards::Nearest)),
        of_plan("Depth of the reciprocal", &|plan| plan.reciprocal_depth.to_string()),
        of_plan("Its lower bound", &|plan| format!("{} ({})", plan.depth_lower_bound, plan.lower_bound_metric)),
        of_plan("Method", &|plan| plan.method.to_string()),
        of_plan("Mass lost, one score at R", &|plan| number::per_cent(&plan.mass_lost.one_hot)),
        of_plan("Mass lost, row at the 1 % quantile", &|plan| mass(plan.mass_lost.low_row.as_ref())),
        of_plan("Mass lost, median row", &|plan| mass(plan.mass_lost.median_row.as_ref())),
    ];
    let rows = names.map(row).chain(more).collect();
    let caption = "The plans, a column each; how each figure is meant stands in the plan's own chapter".to_string();
    Section {
        title: "Side by side".into(),
        blocks: vec![
            Block::text(
                "A plan with another p or ε computes another map; the error of each is from its own exact map. The first plan by \
                 the rule of the search has the fewest bootstraps, then the least depth, N, products and error.",
            ),
            Block::Figure(totals(cases)),
            Block::Table(Table { caption, columns: columns("figure", cases), rows }),
        ],
    }
}

fn mass(share: Option<&Exact>) -> String {
    share.map_or("unknown: no scores".into(), |share| number::per_cent(share))
}

fn totals(cases: &[Case]) -> Figure {
    let row = |case: &Case| {
        let seen = case.evidence.largest(|run| run.observed_max).and_then(number::log2_f64);
        let mark = |symbol, at: Option<f64>| at.map(|at| (symbol, at));
        let marks = [
            mark(Symbol::Disc, seen),
            mark(Symbol::Diamond, number::log2_exact(&case.plan().spec.target.max_error)),
            mark(Symbol::Tick, number::log2_exact(case.total())),
        ];
        Row {
            label: format!("{}: depth {}", case.letter, case.chosen().depth),
            note: number::power_of_two(case.total(), Towards::Above),
            marks: marks.into_iter().flatten().collect(),
        }
    };
    let words = |case: &Case| {
        let seen = answer::observed(&case.evidence).value;
        let target = number::power_of_two(&case.plan().spec.target.max_error, Towards::Below);
        format!("{} bound {}, observed {seen}, target {target}", case.letter, number::bound(case.total()))
    };
    let words: Vec<String> = cases.iter().map(words).collect();
    Figure {
        title: "Error of a weight: observed, bounded, allowed".into(),
        description: format!("One row a plan: {}.", words.join("; ")),
        legend: vec![
            Legend::new(Symbol::Disc, "largest error observed (measured)"),
            Legend::new(Symbol::Tick, "bound (rigorous; printed at the right)"),
            Legend::new(Symbol::Diamond, "the plan's target"),
        ],
        plot: Plot::Rows(RowPlot {
            axis: Axis::log2("absolute error of a weight"),
            rows: cases.iter().map(row).collect(),
            lines: Vec::new(),
        }),
    }
}
