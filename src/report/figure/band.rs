//! The range of a fast oscillation between two bounds.

use super::{AREA, Area, BOUND, RULE, SOFT, WIDTH, canvas, failed, label, style, write};
use crate::error::Result;
use crate::report::plot::BandPlot;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

pub(super) const HEIGHT: u32 = 240;
const TOP: u32 = 8;
const LEFT: u32 = 88;
const RIGHT: u32 = 14;
const AXIS: u32 = 44;
/// The figure ends this many units above and below 0.
const REACH: f64 = 1.25;

pub(super) fn draw(plot: &BandPlot) -> Result<String> {
    canvas(HEIGHT, |area| paint(area, plot))
}

fn paint(area: &Area, plot: &BandPlot) -> Result<()> {
    let ends = (plot.columns.first(), plot.columns.last());
    let (Some([from, ..]), Some([to, ..])) = ends else { return Ok(()) };
    let scaled = |value: &f64| (value / plot.unit).clamp(-REACH, REACH);
    let mut chart = ChartBuilder::on(area)
        .margin_top(TOP)
        .margin_left(LEFT)
        .margin_right(RIGHT)
        .x_label_area_size(AXIS)
        .build_cartesian_2d(*from..*to, -REACH..REACH)
        .map_err(failed)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .x_labels(6)
        .max_light_lines(0)
        .bold_line_style(RULE)
        .axis_style(RULE)
        .label_style(style(SOFT, HPos::Center, VPos::Top))
        .x_label_formatter(&|place: &f64| label(plot.axis.scale, *place))
        .draw()
        .map_err(failed)?;
    let upper: Vec<(f64, f64)> = plot.columns.iter().map(|[x, _, most]| (*x, scaled(most))).collect();
    let lower: Vec<(f64, f64)> = plot.columns.iter().map(|[x, least, _]| (*x, scaled(least))).collect();
    let outline: Vec<(f64, f64)> = upper.iter().copied().chain(lower.iter().rev().copied()).collect();
    chart.plotting_area().draw(&Polygon::new(outline, AREA.filled())).map_err(failed)?;
    for edge in [upper, lower] {
        chart.draw_series(LineSeries::new(edge, AREA.stroke_width(1))).map_err(failed)?;
    }
    for (level, color) in [(-1.0, BOUND), (0.0, SOFT), (1.0, BOUND)] {
        let line =
            PathElement::new(vec![(*from, level), (*to, level)], color.stroke_width(2 - u32::from(level == 0.0)));
        chart.plotting_area().draw(&line).map_err(failed)?;
        let (_, y) = chart.backend_coord(&(*from, level));
        let bound = plot.unit.log2();
        let text = match level {
            0.0 => "0".to_string(),
            _ => format!("{}2^{bound:.2}", if level < 0.0 { "−" } else { "+" }),
        };
        write(area, &text, &style(color, HPos::Right, VPos::Center), f64::from(LEFT) - 6.0, f64::from(y))?;
    }
    let middle = f64::from(LEFT + WIDTH - RIGHT) / 2.0;
    write(area, &plot.axis.name, &style(SOFT, HPos::Center, VPos::Bottom), middle, f64::from(HEIGHT - 2))
}
