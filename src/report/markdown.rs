//! A report as Markdown (GitHub's tables).

use super::model::{Block, Fact, Report, Section, Table};
use super::text::{markdown as inert, printable};
use crate::document::Provenance;

pub(super) fn render(report: &Report, provenance: &Provenance) -> String {
    let mut parts = vec![
        format!("# {}", inert(&report.title)),
        format!("**{}**: {}", report.verdict.shout(), inert(&report.statement)),
    ];
    parts.extend(report.warnings.iter().map(|warning| format!("**WARNING**: {}", inert(warning))));
    parts.push(answer(&report.answer));
    parts.extend(report.sections.iter().map(|part| section(part, "##")));
    for chapter in &report.chapters {
        parts.push(format!("## {}", inert(&chapter.title)));
        parts.extend(chapter.sections.iter().map(|part| section(part, "###")));
    }
    parts.extend(report.subjects.iter().map(|s| format!("{} {}", inert(&s.name), inert(&s.sha256))));
    parts.push(format!("polyattn {}", inert(&provenance.polyattn)));
    parts.join("\n\n") + "\n"
}

fn answer(facts: &[Fact]) -> String {
    let row = |fact: &Fact| {
        let kind = fact.kind.map_or("", |kind| kind.name());
        vec![fact.name.clone(), fact.value.clone(), kind.into(), fact.note.clone()]
    };
    rows(&["", "value", "kind", "note"].map(String::from), &facts.iter().map(row).collect::<Vec<_>>())
}

fn section(section: &Section, heading: &str) -> String {
    let blocks = section.blocks.iter().map(block);
    let mut parts = vec![format!("{heading} {}", inert(&section.title))];
    parts.extend(blocks);
    parts.join("\n\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Text(text) => inert(text),
        Block::Facts(facts) => answer(facts),
        Block::List(points) => points.iter().map(|p| format!("- {}", inert(p))).collect::<Vec<_>>().join("\n"),
        Block::Table(table) | Block::Folded(table) => captioned(table),
        Block::Figure(figure) => format!("*{}.* {}", inert(&figure.title), inert(&figure.description)),
        Block::Code { caption, text } => {
            let lines: String =
                text.lines().map(|line| format!("    {}\n", printable(line).collect::<String>())).collect();
            format!("{}:\n\n{}", inert(caption), lines.trim_end())
        }
    }
}

fn captioned(table: &Table) -> String {
    format!("{}:\n\n{}", inert(&table.caption), rows(&table.columns, &table.rows))
}

fn rows(columns: &[String], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |", cells.iter().map(|c| inert(c)).collect::<Vec<_>>().join(" | "));
    let rule = format!("|{}", " --- |".repeat(columns.len()));
    let lines: Vec<String> = [line(columns), rule].into_iter().chain(rows.iter().map(|row| line(row))).collect();
    lines.join("\n")
}
