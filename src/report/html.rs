//! A report as one HTML file: no script, no network, figures inline.

use super::figure;
use super::model::{Block, Fact, Figure, Report, Section, Table, Verdict};
use super::text::html as inert;
use crate::document::Provenance;
use crate::error::Result;
use std::fmt::Write;

/// A cell of at most this many characters is kept on one line.
const SHORT: usize = 30;
const STYLE: &str = include_str!("style.css");

pub(super) fn render(report: &Report, provenance: &Provenance) -> Result<String> {
    let title = inert(&report.title);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n"
    );
    page += &banner(report);
    page += &answer(&report.answer);
    page += "</header>\n";
    page += &contents(&report.sections);
    page += "<main>\n";
    let mut figures = 0;
    for (index, part) in report.sections.iter().enumerate() {
        page += &section(index, part, &mut figures)?;
    }
    let (sha, version) = (inert(&report.plan_sha256), inert(&provenance.polyattn));
    page += &format!("</main>\n<footer><p>Plan {sha} · polyattn {version}</p></footer>\n</body>\n</html>\n");
    Ok(page)
}

/// The verdict: its sign and words carry it, its colour repeats it.
fn banner(report: &Report) -> String {
    let (class, sign) = match report.verdict {
        Verdict::Validated => ("good", "✔"),
        Verdict::NotValidated => ("open", "⚠"),
        Verdict::OutsideBound => ("bad", "✘"),
    };
    let mut text = format!(
        "<div class=\"banner {class}\" role=\"status\">\n<p><strong>{sign} {}</strong> {}</p>\n</div>\n",
        report.verdict.shout(),
        inert(&report.statement)
    );
    if !report.warnings.is_empty() {
        text += "<div class=\"banner bad\" role=\"alert\">\n";
        for warning in &report.warnings {
            text += &format!("<p><strong>✘ WARNING</strong> {}</p>\n", inert(warning));
        }
        text += "</div>\n";
    }
    text
}

fn answer(facts: &[Fact]) -> String {
    let mut list = String::from("<dl class=\"answer\">\n");
    for fact in facts {
        let kind = fact.kind.map_or(String::new(), |kind| format!(" <span class=\"kind\">{}</span>", kind.name()));
        let (name, value, note) = (inert(&fact.name), inert(&fact.value), inert(&fact.note));
        list += &format!("<div><dt>{name}{kind}</dt><dd>{value}</dd>");
        if !note.is_empty() {
            list += &format!("<dd class=\"note\">{note}</dd>");
        }
        list += "</div>\n";
    }
    list + "</dl>\n"
}

fn contents(sections: &[Section]) -> String {
    let link =
        |(index, part): (usize, &Section)| format!("<li><a href=\"#s{index}\">{}</a></li>\n", inert(&part.title));
    let links: String = sections.iter().enumerate().map(link).collect();
    format!("<nav aria-label=\"Sections\">\n<ul>\n{links}</ul>\n</nav>\n")
}

fn section(index: usize, part: &Section, figures: &mut usize) -> Result<String> {
    let mut text = format!("<section id=\"s{index}\">\n<h2>{}</h2>\n", inert(&part.title));
    for block in &part.blocks {
        text += &match block {
            Block::Text(words) => format!("<p>{}</p>\n", inert(words)),
            Block::List(points) => list(points),
            Block::Table(content) => table(content),
            Block::Folded(content) => folded(&content.caption, &table(content)),
            Block::Figure(content) => {
                *figures += 1;
                illustrate(content, *figures)?
            }
            Block::Code { caption, text } => folded(caption, &format!("<pre>{}</pre>\n", inert(text))),
        };
    }
    Ok(text + "</section>\n")
}

fn list(points: &[String]) -> String {
    let items: String = points.iter().map(|point| format!("<li>{}</li>\n", inert(point))).collect();
    format!("<ul>\n{items}</ul>\n")
}

fn folded(caption: &str, content: &str) -> String {
    format!("<details>\n<summary>{}</summary>\n{content}</details>\n", inert(caption))
}

fn illustrate(content: &Figure, number: usize) -> Result<String> {
    let Some(drawing) = figure::draw(content, number)? else { return Ok(String::new()) };
    let key = |entry: &super::model::Legend| {
        format!("<li><span aria-hidden=\"true\">{}</span> {}</li>\n", entry.symbol.character(), inert(&entry.text))
    };
    let keys: String = content.legend.iter().map(key).collect();
    let title = inert(&content.title);
    Ok(format!("<figure>\n<figcaption>{title}</figcaption>\n{drawing}\n<ul class=\"key\">\n{keys}</ul>\n</figure>\n"))
}

/// A table in a box of its own that scrolls; whoever uses a keyboard can reach the box.
fn table(content: &Table) -> String {
    let caption = inert(&content.caption);
    let mut text = format!(
        "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\">\n<table>\n\
         <caption><span>{caption}</span></caption>\n<thead><tr>"
    );
    for column in &content.columns {
        let _ = write!(text, "<th scope=\"col\">{}</th>", inert(column));
    }
    text += "</tr></thead>\n<tbody>\n";
    for row in &content.rows {
        text += "<tr>";
        for (index, cell) in row.iter().enumerate() {
            let cell = inert(cell);
            text += &match index {
                0 => format!("<th scope=\"row\">{cell}</th>"),
                _ if cell.chars().count() <= SHORT => format!("<td class=\"short\">{cell}</td>"),
                _ => format!("<td>{cell}</td>"),
            };
        }
        text += "</tr>\n";
    }
    text + "</tbody>\n</table>\n</div>\n"
}
