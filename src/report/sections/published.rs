//! Published methods on the rows of the plan, as a comparison found them.

use crate::compare::{Comparison, ComparisonRow, DepthKind, ErrorKind, Scope};
use crate::real::log2;
use crate::report::model::{Block, Section, Table};
use crate::report::number::{self, Towards};
use crate::report::plot::{Axis, Figure, Legend, Plot, Row, RowPlot, Symbol};

const COLUMNS: [&str; 10] = [
    "system",
    "depth",
    "products",
    "rotations",
    "bootstraps",
    "largest error of a weight",
    "mean noise (predicted)",
    "N",
    "within the target",
    "on ciphertexts",
];
const UNKNOWN: &str = "not known";

pub(super) fn section(comparison: &Comparison) -> Section {
    let settings = format!(
        "The same rows ({}, {} of them), p = {}, L = {}, ε and target for all: κ = {}, iterations run to a relative error of {}, {} \
         levels between bootstraps (0: none are counted). The plan's error is a bound for every row of its domain, the others' are \
         measured on these rows or as published.",
        comparison.rows_source,
        comparison.rows_measured,
        comparison.p,
        comparison.length,
        number::power_of_two(&comparison.kappa, Towards::Nearest),
        number::power_of_two(&comparison.relative_error, Towards::Nearest),
        comparison.levels_per_bootstrap
    );
    let notes = |row: &ComparisonRow| {
        let not_run = row.not_run.as_ref().map_or(String::new(), |why| format!("; not run: {why}"));
        vec![row.system.clone(), row.source.clone(), row.reference.clone(), format!("{}{not_run}", row.note)]
    };
    Section {
        title: "Beside published methods".into(),
        blocks: vec![
            Block::Text(settings),
            Block::Figure(figure(comparison)),
            Block::Table(Table::new("The systems", &COLUMNS, comparison.rows.iter().map(cells).collect())),
            Block::Folded(Table::new(
                "What must be known to read each row",
                &["system", "source", "errors are from", "note"],
                comparison.rows.iter().map(notes).collect(),
            )),
        ],
    }
}

fn cells(row: &ComparisonRow) -> Vec<String> {
    let count = |value: Option<u32>| value.map_or(UNKNOWN.into(), |value| value.to_string());
    let error = match &row.max_error {
        None => UNKNOWN.into(),
        Some(error) if error.0 == 0 => "0 (exact)".into(),
        Some(error) if row.max_error_kind == ErrorKind::Certified => format!("{} (bound)", number::bound(error)),
        Some(error) => format!("{} ({})", number::about(error), kind(row.max_error_kind)),
    };
    vec![
        row.system.clone(),
        depth(row),
        count(row.products),
        count(row.rotations),
        count(row.bootstraps),
        error,
        row.noise_bits.map_or(UNKNOWN.into(), |bits| format!("2^{:.2}", -bits)),
        row.log_n.map_or(UNKNOWN.into(), |log_n| format!("2^{log_n}")),
        if row.fits { "yes" } else { "no" }.into(),
        run(row),
    ]
}

fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Certified => "certified",
        ErrorKind::Measured => "measured",
        ErrorKind::Published => "published",
        ErrorKind::Exact => "exact",
    }
}

fn depth(row: &ComparisonRow) -> String {
    match (row.depth, row.depth_kind, row.rescalings) {
        (None, ..) => UNKNOWN.into(),
        (Some(depth), DepthKind::Published, Some(ours)) => format!("{depth} (published; {ours} rescalings)"),
        (Some(depth), DepthKind::Published, None) => format!("{depth} (published)"),
        (Some(depth), ..) => depth.to_string(),
    }
}

fn run(row: &ComparisonRow) -> String {
    let Some(run) = &row.measured else { return "not run".into() };
    let outside = if run.is_within() { "" } else { "OUTSIDE BOUND: " };
    let over = match run.bound_over {
        Scope::Domain => "any row",
        Scope::Rows => "these rows",
    };
    let (seen, bound) = (number::measured(run.observed_max), number::power_of_two(&run.bound, Towards::Above));
    format!("{outside}{seen}, bound for {over} {bound}, {:.1} s", run.seconds.evaluate)
}

fn figure(comparison: &Comparison) -> Figure {
    let row = |row: &ComparisonRow| Row {
        label: row.system.clone(),
        note: match (row.depth, &row.max_error) {
            (None, _) => UNKNOWN.into(),
            (Some(depth), Some(error)) if error.0 > 0 => format!("{depth}; 2^{:.1}", log2(error)),
            (Some(depth), Some(_)) => format!("{depth}; exact"),
            (Some(depth), None) => format!("{depth}; diverges"),
        },
        marks: row.depth.map(|depth| (Symbol::Bar, f64::from(depth))).into_iter().collect(),
    };
    let words: Vec<String> = comparison.rows.iter().map(row).map(|row| format!("{} {}", row.label, row.note)).collect();
    Figure {
        title: "Depth of each system".into(),
        description: format!("One bar a system: its depth, then its largest error. {}.", words.join(", ")),
        legend: vec![Legend::new(
            Symbol::Bar,
            "levels from scores to weights, by the system's own count where it has one; at the right the depth, then the largest \
             error of a weight",
        )],
        plot: Plot::Rows(RowPlot {
            axis: Axis::count("depth"),
            rows: comparison.rows.iter().map(row).collect(),
            lines: Vec::new(),
        }),
    }
}
