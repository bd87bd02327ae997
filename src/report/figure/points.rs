//! Series of points over two axes, each with a mark of its own.

use super::{Area, BOUND, MEASURED, RULE, SOFT, WIDTH, canvas, failed, label, mark, style, write};
use crate::error::Result;
use crate::report::plot::{PointPlot, Scale, Series};
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

pub(super) const HEIGHT: u32 = 300;
/// Room for the name of the upright axis and the labels of upright lines.
const TOP: u32 = 40;
const LEFT: u32 = 62;
const RIGHT: u32 = 16;
const AXIS: u32 = 44;

/// A plot with the range of its axes.
pub(super) struct Layout<'a> {
    plot: &'a PointPlot,
    x: (f64, f64),
    y: (f64, f64),
}

impl<'a> Layout<'a> {
    /// `None` where there is no point to show.
    pub(super) fn of(plot: &'a PointPlot) -> Option<Self> {
        let all = |axis: usize| plot.series.iter().flat_map(|s| &s.points).filter_map(move |p| p.get(axis).copied());
        let x = range(all(0).chain(plot.columns.iter().map(|(_, at)| *at)), plot.x.scale)?;
        let y = range(all(1).chain(plot.levels.iter().map(|(_, at)| *at)), plot.y.scale)?;
        Some(Self { plot, x, y })
    }

    pub(super) fn draw(&self) -> Result<String> {
        canvas(HEIGHT, |area| self.paint(area))
    }

    fn paint(&self, area: &Area) -> Result<()> {
        let mut chart = ChartBuilder::on(area)
            .margin_top(TOP)
            .margin_right(RIGHT)
            .x_label_area_size(AXIS)
            .y_label_area_size(LEFT)
            .build_cartesian_2d(self.x.0..self.x.1, self.y.0..self.y.1)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .x_labels(6)
            .y_labels(6)
            .max_light_lines(0)
            .bold_line_style(RULE)
            .axis_style(RULE)
            .label_style(style(SOFT, HPos::Center, VPos::Top))
            .y_label_style(style(SOFT, HPos::Right, VPos::Center))
            .x_label_formatter(&|place: &f64| label(self.plot.x.scale, *place))
            .y_label_formatter(&|place: &f64| label(self.plot.y.scale, *place))
            .draw()
            .map_err(failed)?;
        write(area, &self.plot.y.name, &style(SOFT, HPos::Left, VPos::Top), 4.0, 4.0)?;
        let middle = f64::from(LEFT + WIDTH - RIGHT) / 2.0;
        write(area, &self.plot.x.name, &style(SOFT, HPos::Center, VPos::Bottom), middle, f64::from(HEIGHT - 2))?;
        self.lines(area, &mut chart)?;
        self.plot.series.iter().try_for_each(|series| paint_series(area, &mut chart, series))
    }

    fn lines(&self, area: &Area, chart: &mut Chart) -> Result<()> {
        let line = |chart: &mut Chart, ends: Vec<(f64, f64)>| {
            chart.plotting_area().draw(&PathElement::new(ends, BOUND.stroke_width(2))).map_err(failed)
        };
        for (text, at) in &self.plot.columns {
            line(chart, vec![(*at, self.y.0), (*at, self.y.1)])?;
            let (x, y) = chart.backend_coord(&(*at, self.y.1));
            let (side, shift) = if *at > (self.x.0 + self.x.1) / 2.0 { (HPos::Right, 4) } else { (HPos::Left, -4) };
            write(area, text, &style(BOUND, side, VPos::Bottom), f64::from(x + shift), f64::from(y - 3))?;
        }
        for (text, at) in &self.plot.levels {
            line(chart, vec![(self.x.0, *at), (self.x.1, *at)])?;
            let (x, y) = chart.backend_coord(&(self.x.1, *at));
            write(area, text, &style(BOUND, HPos::Right, VPos::Bottom), f64::from(x - 4), f64::from(y - 3))?;
        }
        Ok(())
    }
}

fn paint_series(area: &Area, chart: &mut Chart, series: &Series) -> Result<()> {
    let points: Vec<(f64, f64)> =
        series.points.iter().filter(|p| p.iter().all(|x| x.is_finite())).map(|[x, y]| (*x, *y)).collect();
    if series.joined {
        chart.draw_series(LineSeries::new(points.clone(), MEASURED.stroke_width(1))).map_err(failed)?;
    }
    points.iter().try_for_each(|point| mark(area, series.symbol, chart.backend_coord(point)))
}

/// What the values span, with room for the marks.
fn range(values: impl Iterator<Item = f64>, scale: Scale) -> Option<(f64, f64)> {
    let finite = values.filter(|value| value.is_finite());
    let (least, most) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, m), x| (l.min(x), m.max(x)));
    if !least.is_finite() {
        return None;
    }
    let room = match scale {
        Scale::Log2 => ((most - least) * 0.06).max(1.0),
        Scale::Count => 1.0,
        Scale::Linear => ((most - least) * 0.06).max((most.abs() * 0.02).max(0.02)),
    };
    Some((least - room, most + room))
}
