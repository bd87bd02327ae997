//! What is to be approximated, where, and which error counts.

use crate::error::{Error, Result};
use crate::real::Exact;
use crate::target::{Function, Parity};
use rug::{Float, Rational};

/// What multiplies the error f − p.
#[derive(Clone, Copy)]
pub enum Weight<'a> {
    /// 1.
    Absolute,
    /// 1/|f(x)|.
    Relative,
    /// A function ≥ 0 of x.
    Of(&'a (dyn Fn(&Float) -> Float + Sync)),
}

impl Weight<'_> {
    /// The weight at x, where the function has a value.
    pub(super) fn at(&self, x: &Float, value: &Float) -> Float {
        match self {
            Weight::Absolute => Float::with_val(x.prec(), 1),
            Weight::Relative => Float::with_val(x.prec(), value.recip_ref()).abs(),
            Weight::Of(weight) => weight(x),
        }
    }
}

/// What is asked of [`super::minimax`].
#[derive(Clone, Copy)]
pub struct Problem<'a> {
    /// f.
    pub function: &'a dyn Function,
    /// Where, in increasing order.
    pub intervals: &'a [[Exact; 2]],
    /// Which error.
    pub weight: Weight<'a>,
    /// The symmetry that p must have; where `None`, p gets it from a symmetric problem by itself.
    pub parity: Option<Parity>,
}

impl Problem<'_> {
    /// The ends of the smallest interval that holds all of them.
    pub(in crate::fit) fn hull(&self) -> [Rational; 2] {
        let end = |interval: Option<&[Exact; 2]>, i: usize| {
            interval.and_then(|ends| ends.get(i)).map(|end| end.0.clone()).unwrap_or_default()
        };
        [end(self.intervals.first(), 0), end(self.intervals.last(), 1)]
    }

    /// Whether −x lies in the intervals with every x.
    fn is_symmetric(&self) -> bool {
        let mirrored = self.intervals.iter().rev();
        self.intervals.iter().zip(mirrored).all(|(a, b)| *a[0] == Rational::from(-&*b[1]))
    }

    /// Refuses places where the function, its relative error or its symmetry is not defined, and finds the symmetry that
    /// the best polynomial has: being unique, it has that of the problem.
    pub(super) fn usable_parity(&self, degree: u64) -> Result<Option<Parity>> {
        for [lo, hi] in self.intervals {
            self.function.check(lo, hi)?;
        }
        let parity = self.function.parity().filter(|_| self.is_symmetric() && !matches!(self.weight, Weight::Of(_)));
        if self.parity.is_some() && self.parity != self.function.parity() {
            return Err(Error::input("--parity: the function does not have this symmetry; leave it out"));
        }
        if self.parity.is_some() && !self.is_symmetric() {
            return Err(Error::input("--parity: expected intervals that are symmetric about 0, or to one side of it"));
        }
        if self.parity == Some(Parity::Odd) && degree == 0 {
            return Err(Error::input("--degree: an odd polynomial has degree 1 at least, found 0"));
        }
        // The best constant for an odd function is 0, which is no odd polynomial of degree 0 but a constant.
        let parity = self.parity.or(parity.filter(|_| degree > 0));
        let zeros = self.intervals.iter().filter_map(|[lo, hi]| self.function.zero_in(lo, hi)).find(|zero| {
            // An odd polynomial is 0 where an odd function is.
            !(parity == Some(Parity::Odd) && *zero == 0)
        });
        match (zeros, self.weight) {
            (Some(zero), Weight::Relative) => Err(Error::input(format!(
                "the function is 0 at x = {}, where its relative error is not defined: take --error absolute, or an \
                 interval without it",
                Exact(zero)
            ))),
            _ => Ok(parity),
        }
    }

    /// The intervals of x, or of x² where there is a parity, cut at the kinks of the function.
    pub(super) fn pieces(&self, parity: Option<Parity>) -> Vec<[Rational; 2]> {
        let mut pieces = Vec::new();
        for [lo, hi] in self.intervals.iter().filter(|[_, hi]| parity.is_none() || hi.0 > 0) {
            let fold = |x: Rational| if parity.is_some() { x.square() } else { x };
            let start = if parity.is_some() { lo.0.clone().max(Rational::new()) } else { lo.0.clone() };
            let mut cuts: Vec<Rational> =
                self.function.kinks().into_iter().filter(|k| *k > start && *k < hi.0).collect();
            cuts.extend([start, hi.0.clone()]);
            cuts.sort();
            pieces.extend(cuts.windows(2).filter_map(|cut| match cut {
                [a, b] => Some([fold(a.clone()), fold(b.clone())]),
                _ => None,
            }));
        }
        pieces
    }
}
