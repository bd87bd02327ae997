//! Finding every local extremum of the weighted error, and which of them the next reference takes.

use super::domain::{Domain, Place};
use super::trial::clenshaw;
use crate::error::Result;
use rayon::prelude::*;
use rug::Float;
use std::f64::consts::PI;

/// Angles nearer than this are one point.
const LEAST_GAP: f64 = 1e-13;
/// The step of a numerical derivative, over the distance that an extremum may move.
const DIFFERENCE: f64 = 1.0 / 256.0;

/// The weighted error at a place, over the levelled one.
#[derive(Debug, Clone, Copy)]
struct Probe {
    place: Place,
    ratio: f64,
    is_reference: bool,
}

/// The largest |error| between two changes of its sign.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peak {
    pub place: Place,
    /// Its error over |h|, with its sign.
    pub ratio: f64,
    /// How far it may still move; 0 at the end of a segment.
    room: f64,
}

/// The extrema of a trial polynomial's error.
pub(super) struct Scan {
    /// In increasing order, of alternating sign.
    pub peaks: Vec<Peak>,
    /// How far the error at the reference is from ±h, over |h|: what rounding does to the polynomial.
    pub deviation: f64,
}

impl Scan {
    /// The largest error over the levelled one.
    pub fn largest(&self) -> f64 {
        self.peaks.iter().map(|peak| peak.ratio.abs()).fold(1.0, f64::max)
    }
}

/// The weighted error of a trial polynomial, over its levelled error.
pub(super) struct Residual<'a> {
    pub domain: &'a Domain<'a>,
    pub coefficients: &'a [Float],
    pub level: &'a Float,
}

impl Residual<'_> {
    /// The error at a place over the levelled one, with the sign that it has beside that.
    pub fn ratio(&self, place: Place) -> Result<f64> {
        let precision = self.level.prec();
        let y = self.domain.y(place);
        let Some(sample) = self.domain.sample(&y, precision)? else { return Ok(0.0) };
        let error = (sample.value - clenshaw(self.coefficients, &y)) * sample.weight;
        Ok((error / self.level).to_f64() * if self.level.is_sign_negative() { -1.0 } else { 1.0 })
    }

    /// Evaluates the error on the reference, `parts` − 1 places between its neighbours, and the ends of every segment,
    /// and improves every extremum by a step of Newton's.
    pub fn scan(&self, reference: &[Place], parts: usize) -> Result<Scan> {
        let probe =
            |(place, is_reference): (Place, bool)| self.ratio(place).map(|ratio| Probe { place, ratio, is_reference });
        let probes = grid(self.domain, reference, parts).into_par_iter().map(probe).collect::<Result<Vec<_>>>()?;
        let at_reference = probes.iter().filter(|probe| probe.is_reference);
        let deviation = at_reference.map(|probe| (probe.ratio.abs() - 1.0).abs()).fold(0.0, f64::max);
        let peaks = peaks(&probes).into_par_iter().map(|peak| self.improved(peak)).collect::<Result<Vec<_>>>()?;
        Ok(Scan { peaks, deviation })
    }

    /// A step of Newton's for the zero of the derivative, by differences over a small part of the room.
    fn improved(&self, peak: Peak) -> Result<Peak> {
        let step = peak.room * DIFFERENCE;
        if step < LEAST_GAP {
            return Ok(peak);
        }
        let at = |angle: f64| self.ratio(Place { angle, ..peak.place });
        let [left, middle, right] = [at(peak.place.angle - step)?, at(peak.place.angle)?, at(peak.place.angle + step)?];
        let (slope, curvature) = ((right - left) / (2.0 * step), (left - 2.0 * middle + right) / (step * step));
        let here = Peak { ratio: middle, ..peak };
        if curvature * middle >= 0.0 {
            return Ok(here);
        }
        let shift = (-slope / curvature).clamp(-peak.room, peak.room);
        let place = Place { angle: peak.place.angle + shift, ..peak.place };
        Ok(Peak { place, ratio: middle + shift * (slope + 0.5 * shift * curvature), ..peak })
    }
}

/// The places of a scan in increasing order, and whether each belongs to the reference.
fn grid(domain: &Domain, reference: &[Place], parts: usize) -> Vec<(Place, bool)> {
    let mut grid = Vec::new();
    for segment in 0..domain.segments.len() {
        let own = reference.iter().filter(|place| place.segment == segment).map(|place| (place.angle, true));
        let mut knots: Vec<(f64, bool)> = own.collect();
        if knots.first().is_none_or(|(angle, _)| *angle > LEAST_GAP) {
            knots.insert(0, (0.0, false));
        }
        if knots.last().is_none_or(|(angle, _)| *angle < PI - LEAST_GAP) {
            knots.push((PI, false));
        }
        for (i, (angle, is_reference)) in knots.iter().enumerate() {
            grid.push((Place { segment, angle: *angle }, *is_reference));
            let Some((next, _)) = knots.get(i + 1) else { continue };
            for part in 1..parts {
                let angle = angle + (next - angle) * part as f64 / parts as f64;
                grid.push((Place { segment, angle }, false));
            }
        }
    }
    grid
}

/// One peak for each run of probes with the same sign.
fn peaks(probes: &[Probe]) -> Vec<Peak> {
    let mut peaks: Vec<Peak> = Vec::new();
    for (i, probe) in probes.iter().enumerate().filter(|(_, probe)| probe.ratio != 0.0) {
        let neighbour =
            |j: Option<usize>| j.and_then(|j| probes.get(j)).filter(|p| p.place.segment == probe.place.segment);
        let peak = refined(neighbour(i.checked_sub(1)), probe, neighbour(i.checked_add(1)));
        match peaks.last_mut() {
            Some(last) if (last.ratio > 0.0) == (peak.ratio > 0.0) => {
                if peak.ratio.abs() > last.ratio.abs() {
                    *last = peak;
                }
            }
            _ => peaks.push(peak),
        }
    }
    peaks
}

/// A probe with its neighbours: where it is the largest, the vertex of the parabola through all three.
///
/// A place of the reference stays, as it is nearer to the extremum than a parabola over half an oscillation can tell.
fn refined(left: Option<&Probe>, middle: &Probe, right: Option<&Probe>) -> Peak {
    let plain = Peak { place: middle.place, ratio: middle.ratio, room: 0.0 };
    let (Some(left), Some(right)) = (left, right) else { return plain };
    let (before, after) = (middle.place.angle - left.place.angle, right.place.angle - middle.place.angle);
    let room = before.min(after) / 2.0;
    if middle.ratio.abs() < left.ratio.abs().max(right.ratio.abs()) || room < LEAST_GAP {
        return plain;
    }
    if middle.is_reference {
        return Peak { room, ..plain };
    }
    let slopes = ((middle.ratio - left.ratio) / before, (right.ratio - middle.ratio) / after);
    let curvature = (slopes.1 - slopes.0) / (before + after);
    let slope = (slopes.0 * after + slopes.1 * before) / (before + after);
    let shift = if curvature == 0.0 { 0.0 } else { (-slope / (2.0 * curvature)).clamp(-room, room) };
    Peak { place: Place { angle: middle.place.angle + shift, ..middle.place }, room, ..plain }
}

/// Leaves `count` peaks that alternate and keep the largest: the smallest go, from inside in pairs.
pub(super) fn trim(mut peaks: Vec<Peak>, count: usize) -> Vec<Peak> {
    while peaks.len() > count {
        let size = |i: usize| peaks.get(i).map_or(f64::INFINITY, |peak| peak.ratio.abs());
        let last = peaks.len() - 1;
        let smallest = (0..=last).min_by(|a, b| size(*a).total_cmp(&size(*b))).unwrap_or(last);
        if peaks.len() == count + 1 || smallest == 0 || smallest == last {
            peaks.remove(if smallest == last || (smallest != 0 && size(last) < size(0)) { last } else { 0 });
        } else {
            let other = if size(smallest - 1) < size(smallest + 1) { smallest - 1 } else { smallest };
            let first = other.min(smallest);
            peaks.drain(first..first + 2);
        }
    }
    peaks
}
