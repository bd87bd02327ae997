//! The least λ with |w·(g − p)| ≤ λ and p ≥ floor at finitely many points, p in the span of a few functions.
//!
//! The dual simplex method: a basis of as many inequalities as there are unknowns holds with equality, and its
//! multipliers are not negative, so its λ is a lower bound. The most violated inequality enters, and the one whose
//! multiplier falls to 0 first leaves. No Haar condition is needed. (Stiefel, *Note on Jordan elimination, linear
//! programming and Tchebycheff approximation*, Numer. Math. 2, 1960.)

use rayon::prelude::*;
use rug::{Assign, Float};

/// By how much of λ an error may exceed λ at a point.
const ERROR_TOLERANCE: f64 = 1e-13;
/// Pivots for each unknown; more are given up.
const PIVOTS_PER_UNKNOWN: usize = 200;

/// What is asked at one point.
pub(super) struct Point {
    /// The functions that span p.
    pub functions: Vec<Float>,
    /// w ≥ 0; where it is 0 only the floor counts.
    pub weight: Float,
    /// g.
    pub value: Float,
    /// What p must not fall below.
    pub floor: Option<Floor>,
}

/// A lower bound of p.
pub(super) struct Floor {
    pub bound: Float,
    /// By how much p may fall below it.
    pub tolerance: Float,
}

/// One of the inequalities of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// w·(g − p) ≤ λ.
    Above,
    /// w·(p − g) ≤ λ.
    Below,
    /// p ≥ floor.
    Floor,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Optimal,
    /// No p keeps to the floors.
    Infeasible,
    /// Rounding or a cycle: more precision may help.
    Stalled,
}

/// A program with its present basis.
pub(super) struct Simplex {
    precision: u32,
    points: Vec<Point>,
    /// The inequalities that hold with equality, by point.
    pub basis: Vec<(usize, Side)>,
    /// The inverse of their matrix, by columns.
    columns: Vec<Vec<Float>>,
    /// The coefficients of p, then λ.
    pub solution: Vec<Float>,
}

impl Simplex {
    /// A program with a basis of inequalities; `None` where they are too few, their matrix is singular to this precision,
    /// or a multiplier is negative.
    pub fn new(points: Vec<Point>, basis: Vec<(usize, Side)>, precision: u32) -> Option<Self> {
        if basis.len() != points.first()?.functions.len() + 1 {
            return None;
        }
        let mut simplex = Self { precision, points, basis, columns: Vec::new(), solution: Vec::new() };
        let rows = simplex.basis.iter().map(|row| simplex.row(*row).map(|(normal, _)| normal));
        simplex.columns = inverse_columns(rows.collect::<Option<_>>()?, precision)?;
        simplex.resolve();
        let multipliers = || simplex.columns.iter().filter_map(|column| column.last());
        let largest = multipliers().fold(Float::new(64), |max, u| max.max(&Float::with_val(64, u)));
        let least = -(largest >> (precision / 2));
        multipliers().all(|u| *u >= least).then_some(simplex)
    }

    /// A program whose basis is a reference: one error more than unknowns, signed so that the multipliers are positive.
    pub fn started(points: Vec<Point>, precision: u32) -> Option<Self> {
        let chosen = independent(&points, precision)?;
        let next = (0..points.len()).find(|i| !chosen.contains(i) && points.get(*i).is_some_and(|p| p.weight > 0))?;
        let rows = chosen.iter().filter_map(|i| points.get(*i)).map(|point| point.functions.clone()).collect();
        let columns = inverse_columns(rows, precision)?;
        let last = &points.get(next)?.functions;
        // The functions at the last point are Σ γ_i·(those at point i); the signs are those of −γ_i and 1.
        let side = |column: &Vec<Float>| if dot(last, column, precision) > 0 { Side::Below } else { Side::Above };
        let mut basis: Vec<_> = chosen.into_iter().zip(columns.iter().map(side)).collect();
        basis.push((next, Side::Above));
        Self::new(points, basis, precision)
    }

    /// λ.
    pub fn level(&self) -> Float {
        self.solution.last().cloned().unwrap_or(Float::new(self.precision))
    }

    /// The largest |w·g|.
    pub fn largest_value(&self) -> Float {
        let size = |point: &Point| Float::with_val(64, &point.value * &point.weight).abs();
        self.points.iter().map(size).fold(Float::new(64), |max, value| max.max(&value))
    }

    /// Adds a point.
    pub fn add(&mut self, point: Point) {
        self.points.push(point);
    }

    /// Exchanges inequalities until all hold.
    pub fn solve(&mut self) -> Outcome {
        for _ in 0..PIVOTS_PER_UNKNOWN * self.basis.len() {
            let Some(entering) = self.most_violated() else {
                self.resolve();
                return Outcome::Optimal;
            };
            if let Some(outcome) = self.exchange(entering) {
                return outcome;
            }
        }
        Outcome::Stalled
    }

    /// By how much the basis misses its equalities: errors over λ, floors over their tolerance.
    pub fn deviation(&self) -> f64 {
        let level = self.level().abs();
        let miss = |row: &(usize, Side)| {
            let (normal, bound) = self.row(*row)?;
            let miss = dot(&normal, &self.solution, self.precision) - bound;
            let unit = match (row.1, self.points.get(row.0)?.floor.as_ref()) {
                (Side::Floor, Some(floor)) => floor.tolerance.clone(),
                _ => level.clone(),
            };
            Some((miss / unit).to_f64().abs())
        };
        self.basis.par_iter().map(|row| miss(row).unwrap_or(f64::NAN)).reduce(|| 0.0, f64::max)
    }

    /// normal·(coefficients, λ) ≥ bound.
    fn row(&self, (index, side): (usize, Side)) -> Option<(Vec<Float>, Float)> {
        let point = self.points.get(index)?;
        let (factor, bound) = match side {
            Side::Above => (point.weight.clone(), &point.value),
            Side::Below => (-point.weight.clone(), &point.value),
            Side::Floor => (Float::with_val(self.precision, 1), &point.floor.as_ref()?.bound),
        };
        let last = Float::with_val(self.precision, u32::from(side != Side::Floor));
        let normal = point.functions.iter().map(|f| Float::with_val(self.precision, f * &factor));
        Some((normal.chain(std::iter::once(last)).collect(), factor * bound))
    }

    /// The solution from the inverse.
    fn resolve(&mut self) {
        let mut solution = vec![Float::new(self.precision); self.basis.len()];
        for (row, column) in self.basis.iter().zip(&self.columns) {
            if let Some((_, bound)) = self.row(*row) {
                add_multiple(&mut solution, column, &bound);
            }
        }
        self.solution = solution;
    }

    fn most_violated(&self) -> Option<(usize, Side)> {
        let level = self.level();
        let violated = self.points.par_iter().enumerate().filter_map(|(i, point)| {
            let (side, excess) = violation(point, &self.solution, &level, self.precision)?;
            Some(((i, side), excess))
        });
        violated.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(row, _)| row)
    }

    /// The inequality enters; `None` where one left for it.
    fn exchange(&mut self, entering: (usize, Side)) -> Option<Outcome> {
        let Some((normal, bound)) = self.row(entering) else { return Some(Outcome::Stalled) };
        let shares: Vec<Float> = self.columns.par_iter().map(|column| dot(&normal, column, self.precision)).collect();
        let Some(leaving) = self.leaving(&shares) else { return Some(Outcome::Infeasible) };
        let share = shares.get(leaving)?;
        let mut column = std::mem::take(self.columns.get_mut(leaving)?);
        for entry in &mut column {
            *entry /= share;
        }
        self.columns.par_iter_mut().zip(&shares).for_each(|(other, share)| {
            add_multiple(other, &column, &Float::with_val(share.prec(), -share));
        });
        let gap = bound - dot(&normal, &self.solution, self.precision);
        add_multiple(&mut self.solution, &column, &gap);
        *self.columns.get_mut(leaving)? = column;
        *self.basis.get_mut(leaving)? = entering;
        None
    }

    /// The inequality whose multiplier falls to 0 first. Ties go by the other rows of the inverse in turn, as they would
    /// if the objective were λ and a vanishing share of each coefficient; so the exchange does not go in circles.
    fn leaving(&self, shares: &[Float]) -> Option<usize> {
        let negligible = |values: &mut dyn Iterator<Item = &Float>| -> Float {
            values.fold(Float::new(64), |max, v| max.max(&Float::with_val(64, v.abs_ref()))) >> (self.precision / 2)
        };
        let least = negligible(&mut shares.iter());
        let falling = shares.iter().enumerate().filter(|(_, share)| **share > least);
        let mut candidates: Vec<(usize, &Float)> = falling.collect();
        for k in (0..self.basis.len()).rev() {
            if candidates.len() < 2 {
                break;
            }
            let least = negligible(&mut self.columns.iter().filter_map(|column| column.get(k)));
            let ratio = |(i, share): &(usize, &Float)| {
                let entry = self.columns.get(*i).and_then(|column| column.get(k)).filter(|e| *e.as_abs() > least);
                entry.map_or(Float::new(self.precision), |entry| Float::with_val(self.precision, entry / *share))
            };
            let smallest = candidates.iter().map(ratio).reduce(|a, b| a.min(&b))?;
            candidates.retain(|candidate| ratio(candidate) == smallest);
        }
        candidates.first().map(|(i, _)| *i)
    }
}

/// The worst violated inequality of a point, in units of λ; `None` where all hold.
fn violation(point: &Point, solution: &[Float], level: &Float, precision: u32) -> Option<(Side, f64)> {
    let polynomial = dot(&point.functions, solution, precision);
    let unit = Float::with_val(64, level.abs_ref());
    if let Some(floor) = &point.floor {
        let lacking = Float::with_val(precision, &floor.bound - &polynomial);
        if lacking > floor.tolerance {
            let weight = if point.weight.is_zero() { Float::with_val(64, 1) } else { point.weight.clone() };
            return Some((Side::Floor, (lacking * weight / unit).to_f64()));
        }
    }
    let error = Float::with_val(precision, &point.value - &polynomial) * &point.weight;
    let side = if error.is_sign_negative() { Side::Below } else { Side::Above };
    let excess = ((error.abs() - level) / unit).to_f64();
    (!point.weight.is_zero() && excess > ERROR_TOLERANCE).then_some((side, excess))
}

/// Σ a_i·b_i over the shorter of the two.
pub(super) fn dot(a: &[Float], b: &[Float], precision: u32) -> Float {
    let (mut sum, mut product) = (Float::new(precision), Float::new(precision));
    for (x, y) in a.iter().zip(b) {
        product.assign(x * y);
        sum += &product;
    }
    sum
}

fn add_multiple(to: &mut [Float], column: &[Float], factor: &Float) {
    let mut product = Float::new(factor.prec());
    for (entry, other) in to.iter_mut().zip(column) {
        product.assign(other * factor);
        *entry += &product;
    }
}

/// As many points of positive weight as there are functions, at which these are independent: by elimination.
fn independent(points: &[Point], precision: u32) -> Option<Vec<usize>> {
    let weighted = points.iter().enumerate().filter(|(_, point)| point.weight > 0);
    let (mut indices, mut rows): (Vec<usize>, Vec<Vec<Float>>) =
        weighted.map(|(i, point)| (i, point.functions.clone())).unzip();
    let count = rows.first().map_or(0, Vec::len);
    let mut chosen = Vec::with_capacity(count);
    for k in 0..count {
        let largest = largest_entry(&rows, 0, k)?;
        chosen.push(indices.swap_remove(largest));
        let row = with_unit_head(rows.swap_remove(largest), k)?;
        eliminate(&mut rows, &row, k, precision);
    }
    Some(chosen)
}

/// The columns of the inverse of a matrix of rows, by Gauss and Jordan; `None` where it is singular.
fn inverse_columns(rows: Vec<Vec<Float>>, precision: u32) -> Option<Vec<Vec<Float>>> {
    let count = rows.len();
    let unit = |i: usize| (0..count).map(move |j| Float::with_val(precision, u32::from(i == j)));
    let mut rows: Vec<Vec<Float>> =
        rows.into_iter().enumerate().map(|(i, row)| row.into_iter().chain(unit(i)).collect()).collect();
    for k in 0..count {
        let largest = largest_entry(&rows, k, k)?;
        rows.swap(k, largest);
        let row = with_unit_head(std::mem::take(rows.get_mut(k)?), k)?;
        eliminate(&mut rows, &row, k, precision);
        *rows.get_mut(k)? = row;
    }
    let column = |j: usize| rows.iter().map(|row| row.get(count + j).cloned()).collect::<Option<Vec<_>>>();
    (0..count).map(column).collect()
}

/// The row from `first` on with the largest entry in column k.
fn largest_entry(rows: &[Vec<Float>], first: usize, k: usize) -> Option<usize> {
    let entry = |i: &usize| rows.get(*i).and_then(|row| row.get(k));
    (first..rows.len()).max_by(|a, b| match (entry(a), entry(b)) {
        (Some(a), Some(b)) => a.as_abs().total_cmp(&b.as_abs()),
        _ => std::cmp::Ordering::Equal,
    })
}

/// The row over its entry in column k.
fn with_unit_head(mut row: Vec<Float>, k: usize) -> Option<Vec<Float>> {
    let head = row.get(k).filter(|head| !head.is_zero())?.clone();
    row.iter_mut().for_each(|entry| *entry /= &head);
    Some(row)
}

/// Takes multiples of a row with unit head from the others, so that their column k becomes 0.
fn eliminate(rows: &mut [Vec<Float>], row: &[Float], k: usize, precision: u32) {
    rows.par_iter_mut().for_each(|other| {
        let factor = other.get(k).map(|entry| Float::with_val(precision, -entry));
        if let (Some(factor), Some(to), Some(from)) = (factor, other.get_mut(k..), row.get(k..)) {
            add_multiple(to, from, &factor);
        }
    });
}
