//! Coefficients on the grid of a scale whose error stays near the unrounded best.
//!
//! Rounding each coefficient by itself adds up to half a unit of each basis function. Here the highest coefficient is
//! rounded first and the others are fitted anew to what it has left, and so on downwards: Babai's nearest plane in the
//! lattice that the scaled basis functions span (Brisebarre and Chevillard, *Efficient polynomial L∞-approximations*,
//! ARITH 18, 2007, without their reduction of the basis). A descent in the largest error follows.

use super::remez::{Minimax, Problem, samples};
use crate::error::Result;
use crate::poly::{Basis, Polynomial};
use crate::target::Parity;
use rayon::prelude::*;
use rug::{Float, Integer, Rational};

/// Higher degrees are rounded coefficient by coefficient: the search grows with the cube of the degree.
pub(super) const LARGEST_SEARCHED_DEGREE: u64 = 127;
/// Points for each coefficient.
const POINTS_PER_COEFFICIENT: usize = 5;
/// Rounds of the descent.
const LARGEST_ROUNDS: usize = 100;
/// Bits for each degree that the powers of x may cancel.
const BITS_PER_POWER: u32 = 8;

/// The scaled basis functions on points, times the weight and over the best error.
struct Lattice {
    columns: Vec<Vec<Float>>,
    /// The best polynomial's weighted error on the points, over its largest.
    residual: Vec<Float>,
    precision: u32,
}

/// The best polynomial's coefficients, in the basis of `exact`, as multiples of 2^-bits; those that are `fixed` stay.
///
/// # Errors
/// As [`super::remez::minimax`].
pub(super) fn rounded(
    problem: &Problem,
    exact: &Polynomial,
    best: &Minimax,
    fixed: &[usize],
    bits: u32,
) -> Result<Vec<Rational>> {
    let step = if best.parity.is_some() { 2 } else { 1 };
    let first = usize::from(best.parity == Some(Parity::Odd));
    let free: Vec<usize> = (first..exact.coefficients.len()).step_by(step).filter(|k| !fixed.contains(k)).collect();
    let lattice = Lattice::new(problem, exact, best, &free, bits)?;
    let scaled = free.iter().filter_map(|k| exact.coefficients.get(*k));
    let scaled: Vec<Float> = scaled.map(|c| Float::with_val(lattice.precision, c) << bits).collect();
    let integers = lattice.descended(&scaled, lattice.nearest_plane(&scaled));
    let mut coefficients = vec![Rational::new(); exact.coefficients.len()];
    for k in fixed {
        if let (Some(c), Some(value)) = (coefficients.get_mut(*k), exact.coefficients.get(*k)) {
            c.clone_from(value);
        }
    }
    for (k, integer) in free.iter().zip(integers) {
        if let Some(c) = coefficients.get_mut(*k) {
            *c = Rational::from(integer) >> bits;
        }
    }
    Ok(coefficients)
}

impl Lattice {
    fn new(problem: &Problem, exact: &Polynomial, best: &Minimax, free: &[usize], bits: u32) -> Result<Self> {
        let degree = exact.degree();
        let extra = if exact.basis == Basis::Monomial { BITS_PER_POWER * degree as u32 } else { 0 };
        let precision = best.precision + extra;
        let points = samples(problem, POINTS_PER_COEFFICIENT * (degree + 1), precision)?;
        let coefficients: Vec<Float> = exact.coefficients.iter().map(|c| Float::with_val(precision, c)).collect();
        let mut columns = vec![Vec::with_capacity(points.len()); free.len()];
        let mut residual = Vec::with_capacity(points.len());
        for (x, sample) in points {
            let scale = sample.weight / &best.error;
            let basis = basis_values(exact, &x);
            let sum = basis.iter().zip(&coefficients).fold(Float::new(precision), |sum, (b, c)| sum + b.clone() * c);
            residual.push((sample.value - sum) * &scale);
            for (column, value) in columns.iter_mut().zip(free.iter().filter_map(|k| basis.get(*k))) {
                column.push(Float::with_val(precision, value * &scale) >> bits);
            }
        }
        Ok(Self { columns, residual, precision })
    }

    /// Rounds from the last coefficient to the first, each after what the later ones have moved.
    fn nearest_plane(&self, scaled: &[Float]) -> Vec<Integer> {
        let triangle = self.triangle();
        let mut integers = vec![Integer::new(); scaled.len()];
        let mut left: Vec<Float> = Vec::new();
        for (k, row) in triangle.iter().enumerate().rev() {
            // R_kj/R_kk for j > k, beside what each later coefficient has lost, in reverse.
            let moved =
                row.iter().rev().zip(&left).fold(Float::new(self.precision), |sum, (r, lost)| sum + r.clone() * lost);
            let (Some(c), Some(integer)) = (scaled.get(k), integers.get_mut(k)) else { continue };
            let nearest = Float::with_val(self.precision, c + moved).to_integer().unwrap_or_default();
            left.push(Float::with_val(self.precision, c - &nearest));
            *integer = nearest;
        }
        integers
    }

    /// R_kj/R_kk for j > k, A = QR, by modified Gram–Schmidt.
    fn triangle(&self) -> Vec<Vec<Float>> {
        let mut columns = self.columns.clone();
        let mut rows = Vec::with_capacity(columns.len());
        while !columns.is_empty() {
            let pivot = columns.remove(0);
            let norm = dot(&pivot, &pivot, self.precision);
            let project = |column: &mut Vec<Float>| {
                let share = dot(&pivot, column, self.precision) / &norm;
                for (value, p) in column.iter_mut().zip(&pivot) {
                    *value -= Float::with_val(self.precision, p * &share);
                }
                share
            };
            rows.push(columns.par_iter_mut().map(project).collect());
        }
        rows
    }

    /// Single steps of one or two coefficients, as long as they lower the largest error.
    fn descended(&self, scaled: &[Float], mut integers: Vec<Integer>) -> Vec<Integer> {
        let columns: Vec<Vec<f64>> = self.columns.iter().map(|c| c.iter().map(Float::to_f64).collect()).collect();
        let mut errors = self.errors(scaled, &integers);
        for _ in 0..LARGEST_ROUNDS {
            let Some(steps) = best_move(&columns, &errors) else { break };
            for (k, step) in steps {
                if let (Some(integer), Some(column)) = (integers.get_mut(k), columns.get(k)) {
                    *integer += step as i32;
                    errors.iter_mut().zip(column).for_each(|(error, value)| *error -= step * value);
                }
            }
        }
        integers
    }

    /// The weighted error on the points, over the best one.
    fn errors(&self, scaled: &[Float], integers: &[Integer]) -> Vec<f64> {
        let mut errors = self.residual.clone();
        for ((column, c), integer) in self.columns.iter().zip(scaled).zip(integers) {
            let change = Float::with_val(self.precision, c - integer);
            errors
                .iter_mut()
                .zip(column)
                .for_each(|(error, value)| *error += Float::with_val(self.precision, value * &change));
        }
        errors.iter().map(Float::to_f64).collect()
    }
}

fn dot(a: &[Float], b: &[Float], precision: u32) -> Float {
    a.iter().zip(b).fold(Float::new(precision), |sum, (x, y)| sum + Float::with_val(precision, x * y))
}

/// The steps of ±1 of one or two coefficients that lower the largest error most.
fn best_move(columns: &[Vec<f64>], errors: &[f64]) -> Option<Vec<(usize, f64)>> {
    let largest = errors.iter().fold(0.0, |max: f64, error| max.max(error.abs()));
    let signed: Vec<(usize, f64)> = (0..columns.len()).flat_map(|k| [(k, 1.0), (k, -1.0)]).collect();
    let after = |steps: &[(usize, f64)]| {
        let mut worst: f64 = 0.0;
        for (j, error) in errors.iter().enumerate() {
            let change: f64 = steps.iter().filter_map(|(k, step)| Some(step * columns.get(*k)?.get(j)?)).sum();
            worst = worst.max((error - change).abs());
            if worst >= largest {
                return f64::INFINITY;
            }
        }
        worst
    };
    let single = signed.iter().map(|a| vec![*a]);
    let pairs = signed.iter().enumerate().flat_map(|(i, a)| signed.iter().skip(i + 1).map(|b| vec![*a, *b]));
    let moves: Vec<Vec<(usize, f64)>> = single.chain(pairs).collect();
    let best = moves.into_par_iter().map(|steps| (after(&steps), steps)).min_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(worst, _)| *worst < largest).map(|(_, steps)| steps)
}

/// B_k(x) for every k up to the degree.
fn basis_values(p: &Polynomial, x: &Float) -> Vec<Float> {
    let precision = x.prec();
    let y = match p.basis {
        Basis::Monomial => x.clone(),
        Basis::Chebyshev => Float::with_val(precision, x - &p.lo) * 2u32 / Rational::from(&p.hi - &p.lo) - 1u32,
    };
    let (mut now, mut next) = (Float::with_val(precision, 1), y.clone());
    let mut values = Vec::with_capacity(p.coefficients.len());
    for _ in &p.coefficients {
        let mut after = Float::with_val(precision, &next * &y);
        if p.basis == Basis::Chebyshev {
            after = after * 2u32 - &now;
        }
        values.push(std::mem::replace(&mut now, std::mem::replace(&mut next, after)));
    }
    values
}
