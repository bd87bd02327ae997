//! What the error bound is made of, and what would lower it.

use crate::plan::{LedgerEntry, PlanDocument, dominant};
use crate::report::model::{Block, Figure, Legend, Plot, Row, RowPlot, Section, Symbol, Table};
use crate::report::number::{self, Towards};
use rug::Rational;

/// Lines of the ledger of one kind.
struct Group {
    name: String,
    value: Rational,
    lines: usize,
}

pub(super) fn section(plan: &PlanDocument) -> Section {
    let ledger = &plan.chosen.ledger;
    let total = &plan.chosen.error.total.0;
    let groups = groups(ledger);
    let mut blocks = Vec::new();
    if let Some(largest) = groups.first().filter(|group| group.value > 0) {
        let share = share(&largest.value, total);
        let remedies = remedies(plan);
        blocks.push(Block::text(format!("The largest source is {}: {share} of the bound.{remedies}", largest.name)));
        blocks.push(Block::Figure(figure(plan, &groups)));
    }
    blocks.push(Block::Table(Table::new(
        "The bound by source. The values add up to the total; printed figures are rounded up",
        &["source", "value", "share", "lines"],
        groups.iter().map(|group| row_of(group, total)).chain([total_row(total, ledger.len())]).collect(),
    )));
    blocks.push(Block::Folded(Table::new(
        "Every line of the ledger. Random sources share their common bound in proportion to their variances",
        &["source", "gain to a weight", "value", "share"],
        ledger.iter().map(|entry| line(entry, total)).collect(),
    )));
    Section { title: "What the error bound is made of".into(), blocks }
}

/// The lines of each kind added up, largest first. A line's kind is what stands before its place.
fn groups(ledger: &[LedgerEntry]) -> Vec<Group> {
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
fn remedies(plan: &PlanDocument) -> String {
    let Ok(dominant) = dominant(plan) else { return String::new() };
    let each: Vec<String> = dominant.remedies.iter().map(|remedy| remedy.in_words(&dominant)).collect();
    format!(" What a change would make of it, analysed: {}.", each.join("; "))
}

fn figure(plan: &PlanDocument, groups: &[Group]) -> Figure {
    let shown = groups.iter().filter_map(|group| number::log2_exact(&group.value).map(|log| (group, log)));
    let value = |group: &Group| number::power_of_two(&group.value, Towards::Above);
    let row = |(index, (group, log)): (usize, (&Group, f64))| {
        // The largest is marked by a sign, not by colour.
        let label = if index == 0 { format!("▶ {}", group.name) } else { group.name.clone() };
        Row { label, note: value(group), marks: vec![(Symbol::Bar, log)] }
    };
    let words: Vec<String> = groups.iter().map(|group| format!("{} {}", group.name, value(group))).collect();
    let total = &plan.chosen.error.total.0;
    let target = &plan.spec.target.max_error.0;
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
            axis: "absolute error of a weight: one step of 2^1 doubles it".into(),
            rows: shown.enumerate().map(row).collect(),
            lines: lines.into_iter().filter_map(|(text, at)| Some((text, number::log2_exact(at)?))).collect(),
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

fn share(value: &Rational, total: &Rational) -> String {
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
