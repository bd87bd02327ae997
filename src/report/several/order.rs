//! The order that survives, a curve a plan.

use super::case::Case;
use crate::real::Exact;
use crate::report::model::{Block, Section, Table};
use crate::report::number::{self, Towards};
use crate::report::plot::{Axis, Figure, Plot, PointPlot, Series};

pub(super) fn section(cases: &[Case]) -> Section {
    let point = |[x, gap]: &[Exact; 2]| Some([x.to_f64(), number::log2_exact(gap)?]);
    let series = |case: &Case| Series {
        symbol: case.symbol(),
        joined: true,
        points: case.chosen().order_gap.iter().filter_map(point).collect(),
    };
    let at = |gap: Option<&[Exact; 2]>| {
        gap.map_or("none within R".into(), |[_, gap]| number::three_digits(gap, Towards::Above))
    };
    let row = |case: &Case| {
        let gaps = &case.chosen().order_gap;
        let r = number::short(&case.chosen().score_bound);
        vec![case.title(), r, at(gaps.first()), at(gaps.last())]
    };
    let largest = |case: &Case| case.chosen().order_gap.last().map_or("none".into(), |[x, _]| number::short(x));
    let figure = Figure {
        title: "The gap in |x| that keeps its order".into(),
        description:
            "One falling curve a plan: at each |x| the smallest gap above it whose order survives. Its ends are in the \
                      table, every point in the chapters."
                .into(),
        legend: cases.iter().map(Case::legend).collect(),
        plot: Plot::Points(PointPlot {
            x: Axis::linear("|x| of the smaller score"),
            y: Axis::log2("smallest gap that surely keeps its order"),
            series: cases.iter().map(series).collect(),
            columns: Vec::new(),
            levels: Vec::new(),
        }),
    };
    let heads = ["plan", "R", "gap at the smallest |x|", "gap at the largest |x|", "that |x|"];
    let rows = cases.iter().map(|case| row(case).into_iter().chain([largest(case)]).collect()).collect();
    let table = Table::new(
        "Where two scores of a row differ in |x| by more than the gap, their weights keep the order",
        &heads,
        rows,
    );
    Section {
        title: "The order that survives, by plan".into(),
        blocks: vec![Block::Figure(figure), Block::Table(table)],
    }
}
