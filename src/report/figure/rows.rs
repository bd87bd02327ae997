//! Named rows along an axis: bars and marks, each row's label at its left and note at its right.

use super::{Area, BAR, BOUND, CHARACTER, INK, RULE, SOFT, WIDTH, canvas, failed, label, mark, style, write};
use crate::error::Result;
use crate::report::plot::{Row, RowPlot, Scale, Symbol};
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Height of a row.
const ROW: u32 = 22;
/// Height of the label of a line across.
const LINE: u32 = 17;
/// Height of the axis with its labels.
const AXIS: u32 = 44;
/// Width of a label of the axis.
const LABEL: u32 = 46;
/// The longest name of a row, in characters.
const LONGEST: usize = 24;

/// A plot with what its size follows from.
pub(super) struct Layout<'a> {
    plot: &'a RowPlot,
    low: f64,
    high: f64,
    left: u32,
    right: u32,
}

impl<'a> Layout<'a> {
    /// `None` where no row has anything to show.
    pub(super) fn of(plot: &'a RowPlot) -> Option<Self> {
        let marks = plot.rows.iter().flat_map(|row| row.marks.iter().map(|(_, at)| *at));
        let all: Vec<f64> = marks.chain(plot.lines.iter().map(|(_, at)| *at)).filter(|at| at.is_finite()).collect();
        let (least, most) = all.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, m), &x| (l.min(x), m.max(x)));
        if !least.is_finite() || plot.rows.is_empty() {
            return None;
        }
        // Some room at both ends; bars begin at the left one.
        let room = ((most - least) * 0.06).max(0.5);
        let width = |texts: &mut dyn Iterator<Item = &String>| {
            let longest = texts.map(|text| text.chars().count().min(LONGEST)).max().unwrap_or(0);
            (longest as f64 * CHARACTER) as u32 + 10
        };
        // Bars of counts begin at 0.
        let low = if plot.axis.scale == Scale::Count { 0.0 } else { (least - room).floor() };
        Some(Self {
            plot,
            low,
            high: (most + room).ceil(),
            left: width(&mut plot.rows.iter().map(|row| &row.label)),
            right: width(&mut plot.rows.iter().map(|row| &row.note)),
        })
    }

    fn top(&self) -> u32 {
        self.plot.lines.len() as u32 * LINE + 6
    }

    pub(super) fn height(&self) -> u32 {
        self.top() + self.plot.rows.len() as u32 * ROW + AXIS
    }

    pub(super) fn draw(&self) -> Result<String> {
        canvas(self.height(), |area| self.paint(area))
    }

    fn paint(&self, area: &Area) -> Result<()> {
        let count = self.plot.rows.len() as f64;
        let mut chart = ChartBuilder::on(area)
            .margin_top(self.top())
            .margin_left(self.left)
            .margin_right(self.right)
            .x_label_area_size(AXIS)
            .build_cartesian_2d(self.low..self.high, count..0.0)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .x_labels(self.labels())
            .max_light_lines(0)
            .bold_line_style(RULE)
            .axis_style(RULE)
            .label_style(style(SOFT, HPos::Center, VPos::Top))
            .x_label_formatter(&|place: &f64| label(self.plot.axis.scale, *place))
            .draw()
            .map_err(failed)?;
        write(
            area,
            &self.plot.axis.name,
            &style(SOFT, HPos::Center, VPos::Bottom),
            self.axis_middle(),
            f64::from(self.height() - 2),
        )?;
        for (index, row) in self.plot.rows.iter().enumerate() {
            self.paint_row(area, &mut chart, row, index)?;
        }
        self.lines()
            .into_iter()
            .enumerate()
            .try_for_each(|(index, line)| self.paint_line(area, &mut chart, line, index))
    }

    /// The lines across, outermost first: labels turn inwards, so that no line then crosses the label of another.
    fn lines(&self) -> Vec<&'a (String, f64)> {
        let middle = (self.low + self.high) / 2.0;
        let mut lines: Vec<_> = self.plot.lines.iter().collect();
        lines.sort_by(|x, y| (y.1 - middle).abs().total_cmp(&(x.1 - middle).abs()));
        lines
    }

    /// As many labels as fit side by side.
    fn labels(&self) -> usize {
        (WIDTH.saturating_sub(self.left + self.right) / LABEL).clamp(2, 6) as usize
    }

    /// The middle of the figure, where a text as long as the axis' name fits.
    fn axis_middle(&self) -> f64 {
        let half = self.plot.axis.name.chars().count() as f64 * CHARACTER / 2.0;
        let middle = f64::from(self.left + WIDTH - self.right) / 2.0;
        middle.clamp(half.min(f64::from(WIDTH) / 2.0), (f64::from(WIDTH) - half).max(f64::from(WIDTH) / 2.0))
    }

    fn paint_row(&self, area: &Area, chart: &mut Chart, row: &Row, index: usize) -> Result<()> {
        let middle = index as f64 + 0.5;
        let y = f64::from(self.top()) + middle * f64::from(ROW);
        write(area, &cut(&row.label), &style(INK, HPos::Right, VPos::Center), f64::from(self.left) - 6.0, y)?;
        let end = f64::from(WIDTH - self.right) + 6.0;
        write(area, &cut(&row.note), &style(INK, HPos::Left, VPos::Center), end, y)?;
        let guide = PathElement::new(vec![(self.low, middle), (self.high, middle)], RULE);
        chart.plotting_area().draw(&guide).map_err(failed)?;
        let finite = row.marks.iter().filter(|(_, at)| at.is_finite());
        finite.into_iter().try_for_each(|&(symbol, at)| match symbol {
            Symbol::Bar => {
                let bar = Rectangle::new([(self.low, middle - 0.32), (at, middle + 0.32)], BAR.filled());
                chart.plotting_area().draw(&bar).map_err(failed)
            }
            _ => mark(area, symbol, chart.backend_coord(&(at, middle))),
        })
    }

    /// A line across all rows with its label above, turned inwards.
    fn paint_line(&self, area: &Area, chart: &mut Chart, (text, at): &(String, f64), index: usize) -> Result<()> {
        let bottom = self.plot.rows.len() as f64;
        let top = chart.backend_coord(&(*at, 0.0));
        let height = f64::from(index as u32 * LINE + LINE);
        let path = PathElement::new(vec![(*at, 0.0), (*at, bottom)], BOUND.stroke_width(2));
        chart.plotting_area().draw(&path).map_err(failed)?;
        let stem = PathElement::new(vec![(top.0, height as i32 - 12), top], BOUND.stroke_width(2));
        area.draw(&stem).map_err(failed)?;
        let (side, x) =
            if *at > (self.low + self.high) / 2.0 { (HPos::Right, top.0 - 5) } else { (HPos::Left, top.0 + 5) };
        write(area, text, &style(BOUND, side, VPos::Bottom), f64::from(x), height)
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_string(),
    }
}
