//! κ, depth, mass lost and divergence of every group of the finest level, by power.

use super::document::{Level, PowerRow, Survey, SurveyRow};
use crate::error::{Error, Result};
use plotters::coord::Shift;
use plotters::prelude::*;

const WIDTH: u32 = 1120;
const PANEL_HEIGHT: u32 = 196;
const LEGEND_HEIGHT: u32 = 34;

const INK: RGBColor = RGBColor(60, 60, 60);
const RULE: RGBColor = RGBColor(205, 205, 205);
/// One for each power, told apart by people who do not see all colours (Okabe and Ito).
const COLOURS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// What one panel shows of a group and a power; `None` where there is nothing, as without a plan.
struct Panel {
    title: &'static str,
    value: fn(&PowerRow) -> Option<f64>,
    /// Labels without decimals.
    whole: bool,
}

const PANELS: [Panel; 4] = [
    Panel { title: "log2 κ of the best plan", value: |p| Some(p.plan.as_ref()?.log2_kappa), whole: true },
    Panel { title: "depth of the best plan", value: |p| Some(f64::from(p.plan.as_ref()?.depth)), whole: true },
    Panel {
        title: "mass lost at the 1 % row, %",
        value: |p| Some(p.plan.as_ref()?.mass_lost_low.as_ref()?.to_f64() * 100.0),
        whole: false,
    },
    Panel { title: "divergence from the fitted softmax, nats", value: |p| Some(p.sharpness?.divergence), whole: false },
];

impl Survey {
    /// The figure as an SVG file.
    ///
    /// # Errors
    /// [`Error::Internal`] when it cannot be drawn.
    pub fn figure(&self) -> Result<String> {
        let rows: Vec<&SurveyRow> = self.rows.iter().filter(|row| row.level == self.by).collect();
        let powers = self.spec.attention.p.as_slice();
        let mut svg = String::new();
        {
            let size = (WIDTH, LEGEND_HEIGHT + PANEL_HEIGHT * PANELS.len() as u32);
            let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
            area.fill(&WHITE).map_err(failed)?;
            let (top, rest) = area.split_vertically(LEGEND_HEIGHT);
            legend(&top, powers, self.by)?;
            for (panel, area) in PANELS.iter().zip(rest.split_evenly((PANELS.len(), 1))) {
                paint(&area, panel, &rows, powers)?;
            }
            area.present().map_err(failed)?;
        }
        Ok(svg)
    }
}

fn colour(index: usize) -> RGBColor {
    COLOURS.get(index % COLOURS.len()).copied().unwrap_or(INK)
}

fn text(size: u32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

fn legend(area: &Area, powers: &[u32], by: Level) -> Result<()> {
    let caption = format!("one point a {} and power; rules part the layers", by.name());
    area.draw(&Text::new(caption, (54, 12), text(13))).map_err(failed)?;
    for (index, p) in powers.iter().enumerate() {
        let x = 430 + 80 * index as i32;
        area.draw(&Circle::new((x, 18), 4, colour(index).filled())).map_err(failed)?;
        area.draw(&Text::new(format!("p = {p}"), (x + 9, 12), text(13))).map_err(failed)?;
    }
    Ok(())
}

fn paint(area: &Area, panel: &Panel, rows: &[&SurveyRow], powers: &[u32]) -> Result<()> {
    let (low, high) = range(panel, rows);
    let mut chart = ChartBuilder::on(area)
        .caption(panel.title, text(14))
        .margin(6)
        .x_label_area_size(30)
        .y_label_area_size(46)
        .build_cartesian_2d(-0.6..rows.len() as f64 - 0.4, low..high)
        .map_err(failed)?;
    let places = usize::from(!panel.whole);
    chart
        .configure_mesh()
        .disable_x_mesh()
        .max_light_lines(0)
        .bold_line_style(RULE)
        .axis_style(RULE)
        .x_labels(0)
        .y_labels(6)
        .label_style(text(11))
        .y_label_formatter(&|y| format!("{y:.places$}"))
        .draw()
        .map_err(failed)?;
    let ends = rows.iter().zip(rows.iter().skip(1)).enumerate().filter(|(_, (row, next))| row.layer != next.layer);
    for (index, _) in ends.filter(|_| rows.iter().any(|row| row.level == Level::Head)) {
        let x = index as f64 + 0.5;
        let line = LineSeries::new([(x, low), (x, high)], RULE.stroke_width(1));
        chart.draw_series(line).map_err(failed)?;
    }
    for (index, p) in powers.iter().enumerate() {
        // Side by side, so that powers of the same value are all seen.
        let shift = (index as f64 - (powers.len() as f64 - 1.0) / 2.0) * 0.18;
        let at = |(place, row): (usize, &&SurveyRow)| {
            let power = row.powers.iter().find(|power| power.p == *p)?;
            Some((place as f64 + shift, (panel.value)(power)?))
        };
        let points = rows.iter().enumerate().filter_map(at);
        chart.draw_series(points.map(|point| Circle::new(point, 3, colour(index).filled()))).map_err(failed)?;
    }
    label(area, rows, |place| chart.backend_coord(&(place, low)))
}

/// What the values of a panel span, with room for the points.
fn range(panel: &Panel, rows: &[&SurveyRow]) -> (f64, f64) {
    let all = rows.iter().flat_map(|row| &row.powers).filter_map(panel.value);
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
    let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
    let margin = ((high - low) * 0.08).max(if panel.whole { 1.0 } else { 1e-3 });
    (if panel.whole { low - margin } else { (low - margin).max(0.0) }, high + margin)
}

/// Names the groups below the axis, and the layers where they begin; `at` is the axis in pixels.
fn label(area: &Area, rows: &[&SurveyRow], at: impl Fn(f64) -> (i32, i32)) -> Result<()> {
    let (left, top) = area.get_base_pixel();
    for (place, row) in rows.iter().enumerate() {
        let (x, y) = at(place as f64);
        let name = name(row);
        let (x, y, width) = (x - left, y - top, name.len() as i32 * 3);
        area.draw(&Text::new(name, (x - width, y + 5), text(10))).map_err(failed)?;
        let begins = place == 0 || rows.get(place - 1).is_none_or(|before| before.layer != row.layer);
        if let (Level::Head, Some(layer), true) = (row.level, row.layer, begins) {
            area.draw(&Text::new(format!("layer {layer}"), (x - 3, y + 17), text(10))).map_err(failed)?;
        }
    }
    Ok(())
}

/// The head's index, or that of the layer where the groups are layers.
fn name(row: &SurveyRow) -> String {
    let index = if row.level == Level::Head { row.head } else { row.layer };
    index.map_or("all".into(), |index| index.to_string())
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("drawing a figure: {error}"))
}
