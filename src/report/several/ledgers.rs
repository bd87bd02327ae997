//! The ledgers by kind of source, a column a plan.

use super::case::Case;
use super::columns;
use crate::report::model::{Block, Section, Table};
use crate::report::plot::{Axis, Figure, Plot, Row, RowPlot};
use crate::report::{number, sections};
use rug::Rational;

pub(super) fn section(cases: &[Case]) -> Section {
    let ledgers: Vec<_> = cases.iter().map(|case| sections::groups(&case.chosen().ledger)).collect();
    let mut kinds: Vec<&String> = Vec::new();
    for group in ledgers.iter().flatten() {
        if !kinds.contains(&&group.name) {
            kinds.push(&group.name);
        }
    }
    let value = |ledger: &[sections::Group], kind: &str| {
        ledger.iter().find(|group| group.name == *kind).map(|group| group.value.clone())
    };
    let text = |value: Option<Rational>| value.map_or("–".into(), |value| number::bound(&value));
    let row = |kind: &&String| {
        let values = ledgers.iter().map(|ledger| text(value(ledger, kind)));
        [(*kind).clone()].into_iter().chain(values).collect::<Vec<_>>()
    };
    let totals = cases.iter().map(|case| number::bound(case.total()));
    let total = ["total".to_string()].into_iter().chain(totals).collect();
    let marks = |kind: &&String| {
        let mark = |(case, ledger): (&Case, &Vec<_>)| Some((case.symbol(), number::log2_exact(&value(ledger, kind)?)?));
        cases.iter().zip(&ledgers).filter_map(mark).collect::<Vec<_>>()
    };
    let bars = kinds.iter().map(|kind| Row { label: (*kind).clone(), note: String::new(), marks: marks(kind) });
    let table = Table {
        caption: "The bounds by source; the values of a column add up to its total".into(),
        columns: columns("source", cases),
        rows: kinds.iter().map(row).chain([total]).collect(),
    };
    let figure = Figure {
        title: "The error bounds by source".into(),
        description: "One row a source, one mark a plan; the table below has every value.".into(),
        legend: cases.iter().map(Case::legend).collect(),
        plot: Plot::Rows(RowPlot {
            axis: Axis::log2("share of the error bound of a weight"),
            rows: bars.filter(|row| !row.marks.is_empty()).collect(),
            lines: Vec::new(),
        }),
    };
    Section {
        title: "What the error bounds are made of".into(),
        blocks: vec![Block::Figure(figure), Block::Table(table)],
    }
}
