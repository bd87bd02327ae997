//! The largest errors of the runs over their predicted quantiles.

use super::law::MaximumLaw;
use crate::error::{Error, Result};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Panels side by side, and the size of each.
const COLUMNS: usize = 2;
const PANEL: (u32, u32) = (430, 190);
/// Bits above and below the prediction that a panel shows.
const REACH: f64 = 0.6;
/// Points are at least so far apart, in powers of ten of the share of runs.
const APART: f64 = 0.01;

const INK: RGBColor = RGBColor(60, 60, 60);
const RULE: RGBColor = RGBColor(200, 200, 200);
const BAND: RGBColor = RGBColor(214, 226, 240);
const LINE: RGBColor = RGBColor(20, 80, 160);

/// Runs as points: (−log10 of the share of runs that reach its largest error, bits over the prediction).
pub(super) struct Panel {
    title: String,
    measured: Vec<(f64, f64)>,
    /// Where 95 % of the studies would have it.
    band: Vec<(f64, [f64; 2])>,
}

impl Panel {
    pub(super) fn new(title: String, law: &MaximumLaw, maxima: &[f64]) -> Result<Self> {
        let mut maxima = maxima.to_vec();
        maxima.sort_by(|a, b| b.total_cmp(a));
        let runs = maxima.len();
        let (mut measured, mut band) = (Vec::with_capacity(runs), Vec::with_capacity(runs));
        for (index, maximum) in maxima.iter().enumerate() {
            let share = (index as f64 + 0.5) / runs as f64;
            // Of points closer than a line is wide one is enough.
            if measured.last().is_some_and(|(last, _)| last + share.log10() < APART) {
                continue;
            }
            let bits = |error: f64| (error / law.quantile(share)).log2().clamp(-REACH, REACH);
            measured.push((-share.log10(), bits(*maximum)));
            band.push((-share.log10(), law.order_statistic(index + 1, runs)?.map(bits)));
        }
        Ok(Self { title, measured, band })
    }
}

/// The panels as an SVG file.
pub(super) fn draw(panels: &[Panel]) -> Result<String> {
    let rows = panels.len().div_ceil(COLUMNS);
    let size = (PANEL.0 * COLUMNS as u32, PANEL.1 * rows as u32);
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        for (panel, area) in panels.iter().zip(area.split_evenly((rows, COLUMNS))) {
            paint(&area, panel)?;
        }
        area.present().map_err(failed)?;
    }
    Ok(svg)
}

fn paint(area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>, panel: &Panel) -> Result<()> {
    let Some((right, _)) = panel.measured.first().copied() else { return Ok(()) };
    let text = |size: u32| ("sans-serif", size).into_font().color(&INK);
    let mut chart = ChartBuilder::on(area)
        .caption(&panel.title, text(14))
        .margin(8)
        .x_label_area_size(34)
        .y_label_area_size(44)
        .build_cartesian_2d(0.0..right, -REACH..REACH)
        .map_err(failed)?;
    let axis = text(11).pos(Pos::new(HPos::Center, VPos::Top));
    chart
        .configure_mesh()
        .disable_x_mesh()
        .max_light_lines(0)
        .bold_line_style(RULE)
        .axis_style(RULE)
        .x_labels(4)
        .y_labels(7)
        .label_style(axis)
        .x_label_formatter(&|x| format!("{:.*}", x.round() as usize, 10f64.powf(-x)))
        // Adding 0 takes the sign off −0.
        .y_label_formatter(&|y| format!("{:.1}", (y * 10.0).round() / 10.0 + 0.0))
        .x_desc("share of runs with at least this largest error")
        .y_desc("bits over predicted")
        .draw()
        .map_err(failed)?;
    let upper = panel.band.iter().map(|(x, [_, high])| (*x, *high));
    let lower = panel.band.iter().rev().map(|(x, [low, _])| (*x, *low));
    let outline: Vec<(f64, f64)> = upper.chain(lower).collect();
    chart.plotting_area().draw(&Polygon::new(outline, BAND.filled())).map_err(failed)?;
    chart.draw_series(LineSeries::new([(0.0, 0.0), (right, 0.0)], INK.stroke_width(1))).map_err(failed)?;
    let line = LineSeries::new(panel.measured.iter().copied(), LINE.stroke_width(2));
    chart.draw_series(line).map(drop).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("drawing a figure: {error}"))
}
