//! Local maxima of any function of places, where neither their number nor their order is known beforehand.

use super::domain::{Domain, Place};
use crate::error::Result;
use rayon::prelude::*;
use std::f64::consts::PI;

/// Angles nearer than this are one place.
const LEAST_GAP: f64 = 1e-13;
/// Steps towards each maximum.
const STEPS: usize = 8;
/// A step that gains less, relatively, is the last.
const LEAST_GAIN: f64 = 1e-14;

/// A place and the value there.
type Probe = (Place, f64);

/// `parts` + 1 places of every segment, as dense as the extrema of a polynomial, and others.
pub(super) fn grid(domain: &Domain, parts: usize, others: &[Place]) -> Vec<Place> {
    let regular = |segment: usize| {
        (0..=parts).map(move |j| Place { segment, angle: if j == parts { PI } else { PI * j as f64 / parts as f64 } })
    };
    let mut grid: Vec<Place> = (0..domain.segments.len()).flat_map(regular).chain(others.iter().copied()).collect();
    grid.sort_by(|a, b| a.segment.cmp(&b.segment).then(a.angle.total_cmp(&b.angle)));
    // The later of two goes, unless it is the end of its segment.
    grid.dedup_by(|b, a| a.segment == b.segment && b.angle - a.angle < LEAST_GAP && b.angle < PI);
    grid
}

/// The same with the places halfway between.
pub(super) fn fine_grid(domain: &Domain, parts: usize, others: &[Place]) -> Vec<Place> {
    let grid = grid(domain, parts, others);
    let neighbours = grid.iter().zip(grid.iter().skip(1)).filter(|(a, b)| a.segment == b.segment);
    let halfway: Vec<Place> = neighbours.map(|(a, b)| Place { angle: (a.angle + b.angle) / 2.0, ..*a }).collect();
    self::grid(domain, parts, &[grid, halfway].concat())
}

/// The local maxima of |value| over `least`, with the sign of the value.
pub(super) fn extrema<F>(grid: &[Place], least: f64, value: F) -> Result<Vec<Probe>>
where
    F: Fn(Place) -> Result<f64> + Sync,
{
    let probes = probes(grid, &value)?;
    let negated: Vec<Probe> = probes.iter().map(|(place, value)| (*place, -value)).collect();
    let mut found = climbed(&probes, least, &value)?;
    let below = climbed(&negated, least, &|place| Ok(-value(place)?))?;
    found.extend(below.into_iter().map(|(place, value)| (place, -value)));
    Ok(found)
}

/// The local maxima over `least`.
pub(super) fn maxima<F>(grid: &[Place], least: f64, value: F) -> Result<Vec<Probe>>
where
    F: Fn(Place) -> Result<f64> + Sync,
{
    climbed(&probes(grid, &value)?, least, &value)
}

fn probes<F>(grid: &[Place], value: &F) -> Result<Vec<Probe>>
where
    F: Fn(Place) -> Result<f64> + Sync,
{
    grid.par_iter().map(|place| Ok((*place, value(*place)?))).collect()
}

/// The probes that their neighbours do not exceed, each improved between these.
fn climbed<F>(probes: &[Probe], least: f64, value: &F) -> Result<Vec<Probe>>
where
    F: Fn(Place) -> Result<f64> + Sync,
{
    let climbed = (0..probes.len()).into_par_iter().filter_map(|i| {
        let middle = probes.get(i)?;
        let neighbour = |j: Option<usize>| j.and_then(|j| probes.get(j)).filter(|p| p.0.segment == middle.0.segment);
        let (left, right) = (neighbour(i.checked_sub(1)), neighbour(i.checked_add(1)));
        let is_largest = [left, right].into_iter().flatten().all(|other| other.1 <= middle.1);
        is_largest.then(|| match (left, right) {
            (Some(left), Some(right)) => climb([*left, *middle, *right], value),
            _ => Ok(*middle),
        })
    });
    let mut found = climbed.collect::<Result<Vec<_>>>()?;
    found.retain(|(_, value)| *value > least);
    Ok(found)
}

/// Successive parabolas through a place and a lower one on each side.
pub(super) fn climb(mut bracket: [Probe; 3], value: impl Fn(Place) -> Result<f64>) -> Result<Probe> {
    for _ in 0..STEPS {
        let [left, middle, right] = bracket;
        let Some(angle) = vertex(bracket).filter(|angle| (angle - middle.0.angle).abs() > LEAST_GAP) else { break };
        let place = Place { angle, ..middle.0 };
        let next = (place, value(place)?);
        let is_left = angle < middle.0.angle;
        bracket = match (next.1 > middle.1, is_left) {
            (true, true) => [left, next, middle],
            (true, false) => [middle, next, right],
            (false, true) => [next, middle, right],
            (false, false) => [left, middle, next],
        };
        if (next.1 - middle.1).abs() <= LEAST_GAIN * middle.1.abs() {
            break;
        }
    }
    Ok(bracket[1])
}

/// Where the parabola through three places is largest.
fn vertex([left, middle, right]: [Probe; 3]) -> Option<f64> {
    let (before, after) = (middle.0.angle - left.0.angle, right.0.angle - middle.0.angle);
    let slopes = ((middle.1 - left.1) / before, (right.1 - middle.1) / after);
    let curvature = (slopes.1 - slopes.0) / (before + after);
    let slope = (slopes.0 * after + slopes.1 * before) / (before + after);
    let shift = -slope / (2.0 * curvature);
    (curvature < 0.0 && shift.is_finite()).then(|| middle.0.angle + shift.clamp(-before / 2.0, after / 2.0))
}
