//! Finding every local extremum of the weighted error, and which of them the next reference takes.

use super::domain::{Domain, Place};
use super::maxima::climb;
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
    /// and improves every extremum.
    pub fn scan(&self, reference: &[Place], parts: usize) -> Result<Scan> {
        let probe =
            |(place, is_reference): (Place, bool)| self.ratio(place).map(|ratio| Probe { place, ratio, is_reference });
        let probes = grid(self.domain, reference, parts).into_par_iter().map(probe).collect::<Result<Vec<_>>>()?;
        let at_reference = probes.iter().filter(|probe| probe.is_reference);
        let deviation = at_reference.map(|probe| (probe.ratio.abs() - 1.0).abs()).fold(0.0, f64::max);
        let peaks = summits(&probes).par_iter().map(|summit| self.improved(summit)).collect::<Result<Vec<_>>>()?;
        Ok(Scan { peaks: alternating(peaks), deviation })
    }

    /// The extremum near a summit.
    ///
    /// From a place of the reference, which is near, by Newton's step; from others by steps that never lose height, as a
    /// parabola through coarse probes may end in the dip between two maxima.
    fn improved(&self, Summit { probe, neighbours }: &Summit) -> Result<Peak> {
        let Some([left, right]) = neighbours else { return Ok(Peak { place: probe.place, ratio: probe.ratio }) };
        if probe.is_reference {
            let (before, after) = (probe.place.angle - left.place.angle, right.place.angle - probe.place.angle);
            return self.newton(probe, before.min(after) / 2.0);
        }
        let sign = probe.ratio.signum();
        let bracket = [left, probe, right].map(|probe| (probe.place, probe.ratio * sign));
        let (place, height) = climb(bracket, |place| Ok(self.ratio(place)? * sign))?;
        Ok(Peak { place, ratio: height * sign })
    }

    /// A step of Newton's of at most `room` for the zero of the derivative, by differences over a small part of it.
    fn newton(&self, probe: &Probe, room: f64) -> Result<Peak> {
        let Probe { place, ratio, .. } = *probe;
        let step = room * DIFFERENCE;
        if step < LEAST_GAP {
            return Ok(Peak { place, ratio });
        }
        let at = |angle: f64| self.ratio(Place { angle, ..place });
        let (left, right) = (at(place.angle - step)?, at(place.angle + step)?);
        let (slope, curvature) = ((right - left) / (2.0 * step), (left - 2.0 * ratio + right) / (step * step));
        if curvature * ratio >= 0.0 {
            return Ok(Peak { place, ratio });
        }
        let shift = (-slope / curvature).clamp(-room, room);
        let place = Place { angle: place.angle + shift, ..place };
        Ok(Peak { place, ratio: ratio + shift * (slope + 0.5 * shift * curvature) })
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

/// A probe that no neighbour of its sign exceeds.
struct Summit {
    probe: Probe,
    /// `None` at the end of a segment.
    neighbours: Option<[Probe; 2]>,
}

/// Every one, since two maxima between two changes of sign may be equal, or nearly so.
fn summits(probes: &[Probe]) -> Vec<Summit> {
    let summit = |(i, probe): (usize, &Probe)| {
        let neighbour = |j: Option<usize>| {
            j.and_then(|j| probes.get(j)).filter(|p| p.place.segment == probe.place.segment).copied()
        };
        let (left, right) = (neighbour(i.checked_sub(1)), neighbour(i.checked_add(1)));
        let is_lower = |other: Probe| other.ratio * probe.ratio.signum() <= probe.ratio.abs();
        let is_summit = probe.ratio != 0.0 && [left, right].into_iter().flatten().all(is_lower);
        is_summit.then(|| Summit { probe: *probe, neighbours: left.zip(right).map(|(left, right)| [left, right]) })
    };
    probes.iter().enumerate().filter_map(summit).collect()
}

/// The largest of each run of peaks with the same sign.
fn alternating(all: Vec<Peak>) -> Vec<Peak> {
    let mut peaks: Vec<Peak> = Vec::new();
    for peak in all {
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
