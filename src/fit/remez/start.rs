//! Where the exchange starts: as many points as it needs, as dense as the extrema of the best error will be.

use super::domain::{Domain, Place, Segment};
use crate::target::Parity;
use rug::Float;
use std::f64::consts::PI;

/// Candidates of each segment for each point asked for.
const CANDIDATES_PER_POINT: usize = 3;

/// `count` places in increasing order.
///
/// On one interval the extrema of the Chebyshev polynomial of degree `count` − 1; on several Leja points, which fill any
/// set with its equilibrium density (Leja, Ann. Polon. Math. 4, 1957).
pub(super) fn reference(domain: &Domain, count: usize) -> Vec<Place> {
    if domain.is_whole {
        let steps = match domain.parity {
            // The positive extrema of T_(2·count − 1) in x: at 0 an odd polynomial has no error.
            Some(Parity::Odd) => (1..2 * count).step_by(2).map(|j| j as f64 / (2 * count - 1) as f64).collect(),
            _ => (0..count).map(|j| j as f64 / (count - 1).max(1) as f64).collect::<Vec<f64>>(),
        };
        let place = |step: &f64| match domain.segments.as_slice() {
            [_] => Place { segment: 0, angle: PI * step },
            segments => locate(segments, &Float::with_val(64, -(PI * step).cos())),
        };
        return steps.iter().map(place).collect();
    }
    match domain.segments.as_slice() {
        [_] => (0..count).map(|j| Place { segment: 0, angle: PI * j as f64 / (count - 1).max(1) as f64 }).collect(),
        segments => leja(segments, count),
    }
}

/// The place of y, or the end of a segment that is nearest above it.
pub(super) fn locate(segments: &[Segment], y: &Float) -> Place {
    // (middle − y)/half is the cosine of the angle.
    let cosine = |s: &Segment| Float::with_val(s.half.prec(), &s.middle - y).to_f64() / s.half.to_f64();
    let segment = segments.iter().position(|s| cosine(s) >= -1.0).unwrap_or(segments.len().saturating_sub(1));
    let cosine = segments.get(segment).map_or(1.0, cosine);
    Place { segment, angle: cosine.clamp(-1.0, 1.0).acos() }
}

/// Each point is the candidate with the largest product of distances from those before it.
fn leja(segments: &[Segment], count: usize) -> Vec<Place> {
    let last = CANDIDATES_PER_POINT * count;
    let mut candidates: Vec<(Place, f64, f64)> = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        for j in 0..=last {
            let angle = PI * j as f64 / last as f64;
            let y = segment.middle.to_f64() - segment.half.to_f64() * angle.cos();
            candidates.push((Place { segment: index, angle }, y, 0.0));
        }
    }
    let mut chosen = Vec::with_capacity(count);
    let mut next = candidates.first().map(|(place, y, _)| (*place, *y));
    while let Some((place, y)) = next.filter(|_| chosen.len() < count) {
        chosen.push(place);
        for (_, other, score) in &mut candidates {
            *score += (*other - y).abs().ln();
        }
        next = candidates.iter().max_by(|a, b| a.2.total_cmp(&b.2)).map(|(place, y, _)| (*place, *y));
    }
    chosen.sort_by(|a, b| (a.segment, a.angle).partial_cmp(&(b.segment, b.angle)).unwrap_or(std::cmp::Ordering::Equal));
    chosen
}
