//! Parts of a domain in the order of the bounds on their noise.

use std::cmp::Ordering;
use std::ops::Deref;

/// A part of a domain with a bound on the noise there, ordered by that bound alone.
pub(super) struct ByBound<T> {
    pub bound: f64,
    part: T,
}

impl<T> ByBound<T> {
    /// A bound that is no number is none.
    pub(super) fn new(bound: f64, part: T) -> Self {
        Self { bound: if bound.is_nan() { f64::INFINITY } else { bound }, part }
    }
}

impl<T> Deref for ByBound<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.part
    }
}

impl<T> Ord for ByBound<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bound.total_cmp(&other.bound)
    }
}

impl<T> PartialOrd for ByBound<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for ByBound<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for ByBound<T> {}
