//! A report as one HTML file: no script, no network, figures inline.

use super::figure;
use super::model::{Block, Chapter, Fact, Report, Section, Table, Verdict};
use super::plot::{Figure, Legend};
use super::text::html as inert;
use crate::document::Provenance;
use crate::error::Result;
use std::fmt::Write;

/// A cell of at most this many characters is kept on one line.
const SHORT: usize = 30;
/// A head of more characters is given room, so that it does not become a tower of words.
const HEAD: usize = 14;
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
    page += &contents(report);
    page += "<main>\n";
    let mut figures = 0;
    for (index, part) in report.sections.iter().enumerate() {
        page += &section(part, &format!("s{index}"), 2, &mut figures)?;
    }
    for (index, part) in report.chapters.iter().enumerate() {
        page += &chapter(part, index, &mut figures)?;
    }
    page += "</main>\n<footer>\n";
    for subject in &report.subjects {
        page += &format!("<p>{} {}</p>\n", inert(&subject.name), inert(&subject.sha256));
    }
    page += &format!("<p>polyattn {}</p>\n</footer>\n</body>\n</html>\n", inert(&provenance.polyattn));
    Ok(page)
}

/// The verdict: its sign and words carry it, its colour repeats it.
fn banner(report: &Report) -> String {
    let class = match report.verdict {
        Verdict::Validated => "good",
        Verdict::NotValidated => "open",
        Verdict::OutsideBound => "bad",
    };
    let mut text = format!(
        "<div class=\"banner {class}\" role=\"status\">\n<p><strong>{} {}</strong> {}</p>\n</div>\n",
        report.verdict.sign(),
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

fn contents(report: &Report) -> String {
    let link = |id: String, title: &str| format!("<li><a href=\"#{id}\">{}</a></li>\n", inert(title));
    let sections = report.sections.iter().enumerate().map(|(index, part)| link(format!("s{index}"), &part.title));
    let chapters = report.chapters.iter().enumerate().map(|(index, part)| link(format!("c{index}"), &part.title));
    let links: String = sections.chain(chapters).collect();
    format!("<nav aria-label=\"Sections\">\n<ul>\n{links}</ul>\n</nav>\n")
}

fn chapter(part: &Chapter, index: usize, figures: &mut usize) -> Result<String> {
    let title = inert(&part.title);
    let mut text = format!("<section id=\"c{index}\" class=\"chapter\">\n<h2>{title}</h2>\n");
    for (place, section_of) in part.sections.iter().enumerate() {
        text += &section(section_of, &format!("c{index}s{place}"), 3, figures)?;
    }
    Ok(text + "</section>\n")
}

fn section(part: &Section, id: &str, level: u8, figures: &mut usize) -> Result<String> {
    let mut text = format!("<section id=\"{id}\">\n<h{level}>{}</h{level}>\n", inert(&part.title));
    for block in &part.blocks {
        text += &match block {
            Block::Text(words) => format!("<p>{}</p>\n", inert(words)),
            Block::Facts(facts) => answer(facts),
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
    let key = |entry: &Legend| {
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
        let _ = write!(text, "<th scope=\"col\"{}>{}</th>", long(column), inert(column));
    }
    text += "</tr></thead>\n<tbody>\n";
    for row in &content.rows {
        text += "<tr>";
        for (index, cell) in row.iter().enumerate() {
            text += &match (index, inert(cell)) {
                (0, cell) => format!("<th scope=\"row\"{}>{cell}</th>", long(&cell)),
                (_, cell) if cell.chars().count() <= SHORT => format!("<td class=\"short\">{cell}</td>"),
                (_, cell) => format!("<td>{cell}</td>"),
            };
        }
        text += "</tr>\n";
    }
    text + "</tbody>\n</table>\n</div>\n"
}

/// The class of a head that needs room.
fn long(text: &str) -> &'static str {
    if text.chars().count() > HEAD { " class=\"long\"" } else { "" }
}
