//! The Pareto fronts of all plans over each other.

use super::case::Case;
use crate::plan::Plan;
use crate::report::model::{Block, Section};
use crate::report::number;
use crate::report::plot::{Axis, Figure, Legend, Plot, PointPlot, Series, Symbol};

pub(super) fn section(cases: &[Case]) -> Section {
    let point = |plan: &Plan| number::log2_exact(&plan.error.total).map(|log| [f64::from(plan.depth), log]);
    let series = |case: &Case| Series {
        symbol: case.symbol(),
        joined: false,
        points: case.plan().pareto.iter().filter_map(point).collect(),
    };
    let chosen = |case: &Case| format!("{} depth {}", case.letter, case.chosen().depth);
    let words: Vec<String> = cases.iter().map(chosen).collect();
    let mut lines: Vec<(String, f64)> = Vec::new();
    for case in cases {
        let depth = f64::from(case.chosen().depth);
        match lines.iter_mut().find(|(_, at)| *at == depth) {
            Some((text, _)) => *text = format!("{text}, {}", case.letter),
            None => lines.push((case.letter.to_string(), depth)),
        }
    }
    let figure = Figure {
        title: "Depth against error: the Pareto fronts".into(),
        description: format!(
            "One mark a plan that no other of its search beats, a shape for each document; the tables of the chapters have every \
             figure. Chosen: {}.",
            words.join(", ")
        ),
        legend: cases
            .iter()
            .map(|case| {
                Legend::new(case.symbol(), &format!("{} ({} of its front)", case.title(), case.plan().pareto.len()))
            })
            .chain([Legend::new(Symbol::Line, "upright: the depth of each chosen plan, by its letter")])
            .collect(),
        plot: Plot::Points(PointPlot {
            x: Axis::count("depth: rescalings, scores to weights"),
            y: Axis::log2("error bound of a weight (rigorous)"),
            series: cases.iter().map(series).collect(),
            columns: lines,
            levels: Vec::new(),
        }),
    };
    Section { title: "Depth against error".into(), blocks: vec![Block::Figure(figure)] }
}
