//! All layers in one table and two figures.

use super::case::Case;
use crate::report::model::{Block, Section, Table};
use crate::report::number;
use crate::report::plot::{Axis, Figure, Legend, Plot, Row, RowPlot, Symbol};

pub(super) fn section(cases: &[Case]) -> Section {
    let heads = [
        "layer",
        "function",
        "domain",
        "allowed",
        "error bound (rigorous)",
        "observed (measured)",
        "slack",
        "depth",
        "its lower bound",
        "form",
        "degree",
        "products",
        "N",
        "log QP",
    ];
    Section {
        title: "The layers".into(),
        blocks: vec![
            Block::text(
                "Depth counts rescalings on the longest path from x to the value. Its lower bound is for polynomial circuits in x, \
                 by approximation alone.",
            ),
            Block::Figure(errors(cases)),
            Block::Figure(depths(cases)),
            Block::Table(Table::new("The layers", &heads, cases.iter().map(Case::row).collect())),
        ],
    }
}

fn errors(cases: &[Case]) -> Figure {
    let row = |case: &Case| {
        let mark = |symbol, at: Option<f64>| at.map(|at| (symbol, at));
        let marks = [
            mark(Symbol::Disc, case.run.and_then(|run| number::log2_f64(run.observed_max))),
            mark(Symbol::Diamond, number::log2_exact(case.limit)),
            mark(Symbol::Tick, number::log2_exact(case.total())),
        ];
        Row { label: case.planned.name.clone(), note: case.slack(), marks: marks.into_iter().flatten().collect() }
    };
    let words = |case: &Case| {
        format!("{}: bound {}, observed {}", case.planned.name, number::bound(case.total()), case.observed())
    };
    Figure {
        title: "Error of a value: observed, bounded, allowed".into(),
        description: format!("One row a layer. {}.", cases.iter().map(words).collect::<Vec<_>>().join("; ")),
        legend: vec![
            Legend::new(Symbol::Disc, "largest error observed (measured)"),
            Legend::new(Symbol::Tick, "bound (rigorous); at the right the slack between the two"),
            Legend::new(Symbol::Diamond, "allowed"),
        ],
        plot: Plot::Rows(RowPlot {
            axis: Axis::log2("error, absolute or relative as asked for"),
            rows: cases.iter().map(row).collect(),
            lines: Vec::new(),
        }),
    }
}

fn depths(cases: &[Case]) -> Figure {
    let row = |case: &Case| {
        let (depth, least) = (case.planned.depth, case.planned.depth_lower_bound);
        let marks = vec![(Symbol::Bar, f64::from(depth)), (Symbol::Tick, f64::from(least))];
        Row { label: case.planned.name.clone(), note: format!("{depth} (≥ {least})"), marks }
    };
    let words: Vec<String> = cases.iter().map(row).map(|row| format!("{} {}", row.label, row.note)).collect();
    Figure {
        title: "Depth of each layer and its lower bound".into(),
        description: format!("One bar a layer: its depth, and in brackets the least possible. {}.", words.join(", ")),
        legend: vec![
            Legend::new(Symbol::Bar, "depth"),
            Legend::new(Symbol::Tick, "no polynomial circuit in x of less depth is within the error allowed (proved)"),
        ],
        plot: Plot::Rows(RowPlot {
            axis: Axis::count("depth: rescalings"),
            rows: cases.iter().map(row).collect(),
            lines: Vec::new(),
        }),
    }
}
