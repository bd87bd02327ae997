//! What the error bound is made of, and what would lower it.

use crate::plan::{Dominant, LedgerEntry, PlanDocument, Remedy, dominant};
use crate::real::Exact;
use crate::report::model::{Block, Section, Table};
use crate::report::number::{self, Towards};
use crate::report::plot::{Axis, Figure, Legend, Plot, Row, RowPlot, Symbol};
use rug::Rational;

/// Lines of the ledger of one kind.
pub(in crate::report) struct Group {
    pub name: String,
    pub value: Rational,
    pub lines: usize,
}

pub(super) fn section(plan: &PlanDocument) -> Section {
    let mut blocks = budget(&plan.chosen.ledger, &plan.chosen.error.total, &plan.spec.target.max_error, "a weight");
    let folded = blocks.pop();
    blocks.extend(remedies(plan).map(Block::Table));
    blocks.extend(folded);
    Section { title: "What the error bound is made of".into(), blocks }
}

/// A ledger in words, as a figure, by source and, folded away last, line by line; `value` names what errs.
pub(in crate::report) fn budget(ledger: &[LedgerEntry], total: &Exact, target: &Exact, value: &str) -> Vec<Block> {
    let groups = groups(ledger);
    let mut blocks = Vec::new();
    if let Some(largest) = groups.first().filter(|group| group.value > 0) {
        let share = share(&largest.value, total);
        blocks.push(Block::text(format!("The largest source is {}: {share} of the bound.", largest.name)));
        blocks.push(Block::Figure(figure(&groups, total, target, value)));
    }
    blocks.push(Block::Table(Table::new(
        "The bound by source. The values add up to the total; printed figures are rounded up",
        &["source", "value", "share", "lines"],
        groups.iter().map(|group| row_of(group, total)).chain([total_row(total, ledger.len())]).collect(),
    )));
    let gain = format!("gain to {value}");
    blocks.push(Block::Folded(Table::new(
        "Every line of the ledger. Random sources share their common bound in proportion to their variances",
        &["source", &gain, "value", "share"],
        ledger.iter().map(|entry| line(entry, total)).collect(),
    )));
    blocks
}

/// The lines of each kind added up, largest first. A line's kind is what stands before its place.
pub(in crate::report) fn groups(ledger: &[LedgerEntry]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for entry in ledger {
        let name = entry.source.split([':', '(']).next().unwrap_or_default().trim();
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => {
                group.value += &entry.value.0;
                group.lines += 1;
            }
            None => groups.push(Group { name: name.into(), value: entry.value.0.clone(), lines: 1 }),
        }
    }
    groups.sort_by(|x, y| y.value.cmp(&x.value));
    groups
}

/// What would lower the largest source, as the analyser finds it.
fn remedies(plan: &PlanDocument) -> Option<Table> {
    let dominant = dominant(plan).ok()?;
    let rows: Vec<_> = dominant.remedies.iter().map(|remedy| remedy_row(remedy, &dominant)).collect();
    let now = |figure| number::power_of_two(figure, Towards::Above);
    let source = format!("{}, now {}", dominant.source, now(&dominant.value));
    let total = format!("total, now {}", now(&dominant.total));
    let columns = ["change", &source, &total];
    (!rows.is_empty())
        .then(|| Table::new("What a change would make of the bound, analysed, not guessed", &columns, rows))
}

fn remedy_row(remedy: &Remedy, dominant: &Dominant) -> Vec<String> {
    let [value, total] = match &remedy.outcome {
        Ok(after) => after.each_ref().map(number::bound),
        Err(why) => [format!("not possible: {why}"), number::bound(&dominant.total)],
    };
    vec![remedy.change.clone(), value, total]
}

fn figure(groups: &[Group], total: &Exact, target: &Exact, value_name: &str) -> Figure {
    let shown = groups.iter().filter_map(|group| number::log2_exact(&group.value).map(|log| (group, log)));
    let value = |group: &Group| number::power_of_two(&group.value, Towards::Above);
    let row = |(index, (group, log)): (usize, (&Group, f64))| {
        // The largest is marked by a sign, not by colour.
        let label = if index == 0 { format!("▶ {}", group.name) } else { group.name.clone() };
        Row { label, note: value(group), marks: vec![(Symbol::Bar, log)] }
    };
    let words: Vec<String> = groups.iter().map(|group| format!("{} {}", group.name, value(group))).collect();
    let total_text = number::power_of_two(total, Towards::Above);
    let target_text = number::power_of_two(target, Towards::Below);
    let lines = [(format!("total {total_text}"), total), (format!("target {target_text}"), target)];
    Figure {
        title: "The error bound by source".into(),
        description: format!(
            "Bars on a logarithmic axis, one a source: {}. The total is {total_text}, the target {target_text}.",
            words.join(", ")
        ),
        legend: vec![
            Legend::new(
                Symbol::Bar,
                "share of the bound (approximation: certified; the others: rigorous); ▶ the largest",
            ),
            Legend::new(Symbol::Line, "the total, and the target"),
        ],
        plot: Plot::Rows(RowPlot {
            axis: Axis::log2(format!("error of {value_name}: one step of 2^1 doubles it")),
            rows: shown.enumerate().map(row).collect(),
            lines: lines.into_iter().filter_map(|(text, at)| Some((text, number::log2_exact(&at.0)?))).collect(),
        }),
    }
}

fn row_of(group: &Group, total: &Rational) -> Vec<String> {
    vec![group.name.clone(), number::bound(&group.value), share(&group.value, total), group.lines.to_string()]
}

fn total_row(total: &Rational, lines: usize) -> Vec<String> {
    vec!["total".into(), number::bound(total), "100 %".into(), lines.to_string()]
}

fn line(entry: &LedgerEntry, total: &Rational) -> Vec<String> {
    let gain = number::three_digits(&entry.gain, Towards::Nearest);
    let source = entry.source.trim_end_matches([':', ' ']).to_string();
    vec![source, gain, number::bound(&entry.value), share(&entry.value, total)]
}

/// A value as per cent of the total.
pub(in crate::report) fn share(value: &Rational, total: &Rational) -> String {
    if *value == 0 || *total == 0 {
        return "0".into();
    }
    let share = Rational::from(value / total) * 100;
    if share < Rational::from((1, 100)) {
        "< 0.01 %".into()
    } else {
        format!("{} %", number::three_digits(&share, Towards::Nearest))
    }
}
