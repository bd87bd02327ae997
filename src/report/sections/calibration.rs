//! What the scores ask for: κ by power.

use crate::attention::{Calibration, PowerCalibration};
use crate::plan::PlanDocument;
use crate::report::model::{Block, Figure, Legend, Plot, Row, RowPlot, Section, Symbol, Table};
use crate::report::number;

/// log2 κ of one power over the heads.
struct Spread {
    power: u32,
    all: Quantiles,
    low: Quantiles,
}

/// Least, median and largest over the heads that have a value.
struct Quantiles {
    sorted: Vec<f64>,
    missing: usize,
}

impl Quantiles {
    fn of(values: impl Iterator<Item = Option<f64>>) -> Self {
        let values: Vec<Option<f64>> = values.collect();
        let mut sorted: Vec<f64> = values.iter().flatten().copied().filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        Self { missing: values.len() - sorted.len(), sorted }
    }

    fn text(&self) -> String {
        let middle = self.sorted.get(self.sorted.len() / 2);
        let missing = match self.missing {
            0 => String::new(),
            heads => format!("; no bound in {heads} heads, where a mean is 0"),
        };
        match (self.sorted.first(), middle, self.sorted.last()) {
            (Some(least), Some(middle), Some(most)) => format!("2^{least:.2} … 2^{middle:.2} … 2^{most:.2}{missing}"),
            _ => "no bound: a mean is 0".into(),
        }
    }
}

pub(super) fn section(calibration: &Calibration, plan: &PlanDocument) -> Section {
    let spreads = spreads(calibration);
    let [layers, heads, queries, keys] = calibration.shape;
    let rows = spreads.iter().map(|s| vec![s.power.to_string(), s.all.text(), s.low.text()]).collect();
    let (bound, planned) = (number::short(&calibration.score_bound), number::short(&plan.chosen.score_bound));
    Section {
        title: "What the scores ask for".into(),
        blocks: vec![
            Block::text(format!(
                "Measured on {} (layers × heads × queries × keys: {layers} × {heads} × {queries} × {keys}; heads chosen: \
                 {}): the largest |x| is {bound}, the plan's R is {planned}. κ is what the rows of these scores need when ε is \
                 negligible and each head has its own R; it describes these rows and promises nothing about others.",
                calibration.scores,
                calibration.heads.len()
            )),
            Block::Figure(figure(&spreads)),
            Block::Table(Table::new(
                "κ by power over the heads: least … median … largest (measured)",
                &["p", "every row inside", "1 % of the rows outside"],
                rows,
            )),
        ],
    }
}

fn spreads(calibration: &Calibration) -> Vec<Spread> {
    let mut powers: Vec<u32> = calibration.heads.iter().flat_map(|h| h.powers.iter().map(|p| p.p)).collect();
    powers.sort_unstable();
    powers.dedup();
    let over = |power: u32, figure: fn(&PowerCalibration) -> Option<f64>| {
        Quantiles::of(calibration.heads.iter().flat_map(|h| &h.powers).filter(|p| p.p == power).map(figure))
    };
    let spread =
        |power| Spread { power, all: over(power, |p| p.log2_kappa_all), low: over(power, |p| p.log2_kappa_low) };
    powers.into_iter().map(spread).collect()
}

fn figure(spreads: &[Spread]) -> Figure {
    let row = |spread: &Spread| {
        let all = spread.all.sorted.last().map(|&log| (Symbol::Disc, log));
        let low = spread.low.sorted.last().map(|&log| (Symbol::Ring, log));
        let note = spread.all.sorted.last().map_or("no bound".into(), |log| format!("2^{log:.2}"));
        Row { label: format!("p = {}", spread.power), note, marks: low.into_iter().chain(all).collect() }
    };
    let words: Vec<String> = spreads
        .iter()
        .map(|s| format!("p = {}: {} for every row, {} with 1 % outside", s.power, s.all.text(), s.low.text()))
        .collect();
    Figure {
        title: "κ by power, at the head that needs most".into(),
        description: format!("κ over the heads, least … median … largest. {}.", words.join(". ")),
        legend: vec![
            Legend::new(Symbol::Disc, "every row inside (measured; printed at the right)"),
            Legend::new(Symbol::Ring, "1 % of the rows outside (measured)"),
        ],
        plot: Plot::Rows(RowPlot {
            axis: "κ = b/a".into(),
            rows: spreads.iter().map(row).collect(),
            lines: Vec::new(),
        }),
    }
}
