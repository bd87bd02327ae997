//! Which order of the scores survives, and how much mass ε takes.

use crate::plan::PlanDocument;
use crate::real::Exact;
use crate::report::model::{Block, Figure, Legend, Plot, Row, RowPlot, Section, Symbol, Table};
use crate::report::number::{self, Towards};

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
    blocks.push(Block::Table(mass(plan)));
    Section { title: "Order and mass".into(), blocks }
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
            axis: "gap in |x|".into(),
            rows: gaps.iter().map(row).collect(),
            lines: Vec::new(),
        }),
    }
}

fn mass(plan: &PlanDocument) -> Table {
    let lost = &plan.chosen.mass_lost;
    let text = |share: &Option<Exact>| share.as_ref().map_or("unknown: no scores".into(), |s| number::per_cent(s));
    let target = plan.spec.target.max_mass_lost.as_ref();
    let row = |name: &str, share: String, note: String| vec![name.to_string(), share, note];
    let most = target.map_or("no target".into(), |most| format!("target: at most {}", number::per_cent(most)));
    Table::new(
        "Share of a row's mass that ε takes: the weights of the row sum to 1 less this",
        &["row", "mass lost", "note"],
        vec![
            row("one score at R, the others 0", number::per_cent(&lost.one_hot), "exact, at the worst length".into()),
            row("median row of the scores", text(&lost.median_row), String::new()),
            row("row at the 1 % quantile of the scores", text(&lost.low_row), most),
        ],
    )
}
