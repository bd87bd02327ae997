//! Figures as inline SVG whose colours follow the page's theme.

mod band;
mod points;
mod rows;

use super::plot::{BandPlot, Figure, Plot, Scale, Symbol};
use super::text::html as inert;
use crate::error::{Error, Result};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{RGBColor, TextStyle};

/// Width of every figure in its own units. Small, so that text stays readable where the page is 360 px wide.
const WIDTH: u32 = 440;
/// Size of the text in those units.
const TEXT: f64 = 13.0;
/// Width of a character of that text, generously.
const CHARACTER: f64 = 7.8;

/// Colours that stand for the page's: plotters writes them literally, and [`themed`] puts the page's variables there.
const INK: RGBColor = RGBColor(1, 1, 1);
const SOFT: RGBColor = RGBColor(1, 1, 2);
const RULE: RGBColor = RGBColor(1, 1, 3);
const BAR: RGBColor = RGBColor(1, 1, 4);
const MEASURED: RGBColor = RGBColor(1, 1, 5);
const BOUND: RGBColor = RGBColor(1, 1, 6);
const AREA: RGBColor = RGBColor(1, 1, 7);

const THEME: [(&str, &str); 7] = [
    ("#010101", "var(--ink)"),
    ("#010102", "var(--soft)"),
    ("#010103", "var(--rule)"),
    ("#010104", "var(--bar)"),
    ("#010105", "var(--measured)"),
    ("#010106", "var(--bound)"),
    ("#010107", "var(--area)"),
];

/// The figure as an `<svg>` with its alternative in words; `None` where there is nothing to draw.
pub(super) fn draw(figure: &Figure, number: usize) -> Result<Option<String>> {
    let (height, drawing) = match &figure.plot {
        Plot::Rows(plot) => match rows::Layout::of(plot) {
            Some(layout) => (layout.height(), layout.draw()?),
            None => return Ok(None),
        },
        Plot::Band(plot) if plot.columns.len() > 1 => (band::HEIGHT, band::draw(plot)?),
        Plot::Band(_) => return Ok(None),
        Plot::Points(plot) => match points::Layout::of(plot) {
            Some(layout) => (points::HEIGHT, layout.draw()?),
            None => return Ok(None),
        },
    };
    let (title, description) = (inert(&figure.title), inert(&figure.description));
    Ok(Some(format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-labelledby=\"f{number}t f{number}d\">\n\
         <title id=\"f{number}t\">{title}</title>\n<desc id=\"f{number}d\">{description}</desc>\n{}</svg>",
        themed(&drawing)
    )))
}

/// A band as an SVG file of its own; it brings the page's colours with it, dark ones where the reader prefers them.
pub(super) fn standalone(plot: &BandPlot, title: &str, description: &str) -> Result<String> {
    let height = band::HEIGHT;
    let (style, _) = include_str!("../style.css").split_once("* {").unwrap_or_default();
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" font-family=\"sans-serif\">\n\
         <style>{style}</style>\n<title>{title}</title>\n<desc>{description}</desc>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"var(--paper)\"/>\n{}</svg>\n",
        themed(&band::draw(plot)?)
    ))
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// What `paint` draws on an area of this height, without the `<svg>` tags around it.
fn canvas(height: u32, paint: impl Fn(&Area) -> Result<()>) -> Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        paint(&area)?;
        area.present().map_err(failed)?;
    }
    let inner = svg.split_once('>').map_or("", |(_, rest)| rest);
    Ok(inner.trim().trim_end_matches("</svg>").to_string())
}

fn themed(svg: &str) -> String {
    let plain = svg.replace(" opacity=\"1\"", "").replace(" font-family=\"sans-serif\"", "");
    THEME
        .iter()
        .fold(plain, |text, (literal, variable)| text.replace(&format!("\"{literal}\""), &format!("\"{variable}\"")))
}

fn style(color: RGBColor, horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    // The backend divides sizes by 1.24.
    ("sans-serif", TEXT * 1.24).into_font().color(&color).pos(Pos::new(horizontal, vertical))
}

fn write(area: &Area, text: &str, style: &TextStyle<'_>, x: f64, y: f64) -> Result<()> {
    area.draw_text(text, style, (x.round() as i32, y.round() as i32)).map_err(failed)
}

/// A mark with its centre at a pixel. Marks of different meaning differ in shape.
fn mark(area: &Area, symbol: Symbol, (x, y): (i32, i32)) -> Result<()> {
    let corners = |offsets: &[(i32, i32)]| offsets.iter().map(|(dx, dy)| (x + dx, y + dy)).collect::<Vec<_>>();
    let filled = |offsets: &[(i32, i32)]| area.draw(&Polygon::new(corners(offsets), MEASURED.filled()));
    match symbol {
        Symbol::Ring => area.draw(&Circle::new((x, y), 6, INK.stroke_width(2))),
        Symbol::Cross => area.draw(&Cross::new((x, y), 4, INK.stroke_width(2))),
        Symbol::Square => filled(&[(-4, -4), (4, -4), (4, 4), (-4, 4)]),
        Symbol::Triangle => filled(&[(-5, 4), (5, 4), (0, -5)]),
        Symbol::Diamond => filled(&[(-6, 0), (0, -6), (6, 0), (0, 6)]),
        Symbol::Tick | Symbol::Line => area.draw(&PathElement::new(corners(&[(0, -9), (0, 9)]), BOUND.stroke_width(3))),
        Symbol::Disc | Symbol::Bar | Symbol::Area => area.draw(&Circle::new((x, y), 5, MEASURED.filled())),
    }
    .map_err(failed)
}

/// The label of a place on an axis.
fn label(scale: Scale, place: f64) -> String {
    // + 0 turns −0 into 0.
    let rounded = (place * 100.0).round() / 100.0 + 0.0;
    match scale {
        Scale::Log2 => format!("2^{rounded}"),
        Scale::Linear => rounded.to_string(),
        // Between whole numbers there is nothing to read.
        Scale::Count if rounded.fract() != 0.0 => String::new(),
        Scale::Count => rounded.to_string(),
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("drawing a figure: {error}"))
}
