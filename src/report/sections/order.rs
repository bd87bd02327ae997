//! Which order of the scores survives.

use crate::plan::PlanDocument;
use crate::real::Exact;
use crate::report::model::{Block, Section, Table};
use crate::report::number::{self, Towards};
use crate::report::plot::{Axis, Figure, Legend, Plot, Row, RowPlot, Symbol};

pub(super) fn section(plan: &PlanDocument) -> Section {
    let mut blocks = vec![Block::text(
        "Even powers order |x|. Where two scores of a row differ in |x| by more than the gap, their weights keep the order \
         for every row of the domain; the gap is widest near 0, where x^p is flat.",
    )];
    let gaps = &plan.chosen.order_gap;
    if gaps.is_empty() {
        blocks.push(Block::text("At this error no gap within R is sure to keep the order."));
    } else {
        blocks.push(Block::Figure(figure(gaps)));
        blocks.push(Block::Folded(Table::new(
            "The smallest gap in |x| whose order survives (rigorous)",
            &["|x| of the smaller", "gap above it"],
            gaps.iter().map(|[x, gap]| vec![at(x), number::three_digits(gap, Towards::Above)]).collect(),
        )));
    }
    Section { title: "The order that survives".into(), blocks }
}

fn at(x: &Exact) -> String {
    number::three_digits(x, Towards::Nearest)
}

fn figure(gaps: &[[Exact; 2]]) -> Figure {
    let row = |[x, gap]: &[Exact; 2]| Row {
        label: format!("|x| = {}", at(x)),
        note: number::three_digits(gap, Towards::Above),
        marks: number::log2_exact(gap).map(|log| (Symbol::Tick, log)).into_iter().collect(),
    };
    let words: Vec<String> = gaps.iter().map(row).map(|r| format!("{} gap {}", r.label, r.note)).collect();
    Figure {
        title: "The gap in |x| that keeps its order".into(),
        description: format!("At each |x| the smallest gap whose order survives: {}.", words.join(", ")),
        legend: vec![Legend::new(
            Symbol::Tick,
            "smallest gap that surely keeps its order (rigorous), printed at the right",
        )],
        plot: Plot::Rows(RowPlot {
            axis: Axis::log2("gap in |x|"),
            rows: gaps.iter().map(row).collect(),
            lines: Vec::new(),
        }),
    }
}
