//! The polynomial whose weighted error is ±h in turn on a reference, and its Chebyshev coefficients.
//!
//! The levelled error comes from barycentric weights and the polynomial from divided differences, both in O(n²) and
//! without a linear system.
//! (Pachón and Trefethen, *Barycentric-Remez algorithms for best polynomial approximation in the chebfun system*, BIT
//! 49, 2009.)

use super::domain::Sample;
use rayon::prelude::*;
use rug::ops::SubFrom;
use rug::{Assign, Float};

/// Fewer numbers are not shared out among threads.
const LEAST_SHARE: usize = 64;

/// The levelled error of a reference.
pub(super) struct Levelled {
    /// The reference.
    places: Vec<Float>,
    /// What the polynomial is at the reference: f_i − (−1)^i·h/w_i.
    values: Vec<Float>,
    /// h, with its sign: the weighted error f − p at the first point.
    pub level: Float,
    /// Bits of h that rounding has left.
    pub bits: f64,
}

impl Levelled {
    /// h = Σ λ_i·f_i / Σ (−1)^i·λ_i/w_i, λ_i = 1/Π_(j ≠ i) (y_i − y_j).
    pub fn new(places: Vec<Float>, samples: &[Sample], precision: u32) -> Self {
        let weights = barycentric_weights(&places, precision);
        let (mut numerator, mut denominator) = (Float::new(precision), Float::new(precision));
        let mut size = Float::new(64);
        for (i, (weight, sample)) in weights.iter().zip(samples).enumerate() {
            let term = Float::with_val(precision, weight * &sample.value);
            size += Float::with_val(64, term.abs_ref());
            numerator += term;
            let term = Float::with_val(precision, weight / &sample.weight);
            if i.is_multiple_of(2) { denominator += term } else { denominator -= term }
        }
        let kept = size / Float::with_val(64, numerator.abs_ref());
        let bits = f64::from(precision) - f64::from(places.len() as u32).log2() - kept.log2().to_f64();
        let level = numerator / denominator;
        let deviation = |i: usize, sample: &Sample| {
            let part = Float::with_val(precision, &level / &sample.weight);
            if i.is_multiple_of(2) { Float::with_val(precision, &sample.value - part) } else { part + &sample.value }
        };
        let values = samples.iter().enumerate().map(|(i, sample)| deviation(i, sample)).collect();
        Self { places, values, level, bits }
    }

    /// The polynomial's Chebyshev coefficients, c_0 full.
    ///
    /// By Newton's form through all points but the last: its divisors and factors are differences of short numbers, so
    /// that even at a high precision a step costs little.
    pub fn coefficients(&self) -> Vec<Float> {
        let order = spread_order(self.places.len().saturating_sub(1));
        let places: Vec<&Float> = order.iter().filter_map(|i| self.places.get(*i)).collect();
        let values = order.iter().filter_map(|i| self.values.get(*i)).cloned().collect();
        let differences = divided_differences(&places, values);
        let (mut sum, mut next) = (Vec::new(), Vec::new());
        for (place, difference) in places.iter().zip(&differences).rev() {
            next.resize(sum.len() + 1, Float::new(difference.prec()));
            times_linear(&sum, place, &mut next);
            if let Some(first) = next.first_mut() {
                *first += Float::with_val(difference.prec(), difference << 1);
            }
            std::mem::swap(&mut sum, &mut next);
        }
        if let Some(first) = sum.first_mut() {
            *first >>= 1;
        }
        sum
    }
}

/// The indices below `count` with their bits in reverse: every part of the order is spread over the whole, so that Newton's
/// form loses few digits.
fn spread_order(count: usize) -> Vec<usize> {
    let bits = count.next_power_of_two().ilog2();
    let reversed = |i: usize| i.reverse_bits().checked_shr(usize::BITS - bits).unwrap_or(0);
    (0..1 << bits).map(reversed).filter(|i| *i < count).collect()
}

/// f[y_0], f[y_0, y_1], … from the values f(y_i).
fn divided_differences(places: &[&Float], mut values: Vec<Float>) -> Vec<Float> {
    let mut before = values.clone();
    for step in 1..places.len() {
        std::mem::swap(&mut values, &mut before);
        let ends = places.par_iter().zip(places.par_iter().skip(step));
        let pairs = before.par_iter().zip(before.par_iter().skip(1)).skip(step - 1);
        let to = values.par_iter_mut().skip(step);
        to.zip(pairs).zip(ends).with_min_len(LEAST_SHARE).for_each(|((to, (left, right)), (start, end))| {
            to.assign(right - left);
            *to /= Float::with_val(start.prec() + 2, *end - *start);
        });
        if let (Some(kept), Some(done)) = (values.get_mut(step - 1), before.get(step - 1)) {
            kept.assign(done);
        }
    }
    values
}

/// (y − place)·Σ' c_k·T_k(y), the coefficient of T_0 doubled so that y·T_k = (T_(k−1) + T_(k+1))/2 holds for k = 0 too.
fn times_linear(sum: &[Float], place: &Float, to: &mut [Float]) {
    to.par_iter_mut().with_min_len(LEAST_SHARE).enumerate().for_each(|(k, to)| {
        to.assign(0);
        for neighbour in [k.abs_diff(1), k + 1].iter().filter_map(|j| sum.get(*j)) {
            *to += neighbour;
        }
        *to >>= 1;
        if let Some(here) = sum.get(k) {
            *to -= Float::with_val(here.prec(), here * place);
        }
    });
}

/// 1/Π (2y_i − 2y_j): the factor 2 keeps the products near 1 on [−1, 1].
fn barycentric_weights(places: &[Float], precision: u32) -> Vec<Float> {
    let weight = |(i, here): (usize, &Float)| {
        let mut product = Float::with_val(precision, 1);
        let mut difference = Float::new(here.prec() + 2);
        for (j, other) in places.iter().enumerate() {
            if i != j {
                difference.assign(here - other);
                product *= &difference;
                product <<= 1;
            }
        }
        product.recip()
    };
    places.par_iter().enumerate().map(weight).collect()
}

/// The zeros of T_N, and the cosines that turn values there into coefficients.
pub(super) struct Nodes {
    /// cos(πm/(2N)) for m below 4N.
    cosines: Vec<Float>,
    count: usize,
}

impl Nodes {
    pub fn new(count: usize, precision: u32) -> Self {
        let cosine = |m: usize| Float::with_val(precision, Float::with_val(precision + 8, m) / (2 * count)).cos_pi();
        let quarter: Vec<Float> = (0..=count).into_par_iter().map(cosine).collect();
        let mirrored = |m: usize| -> Option<Float> {
            let folded = if m > 2 * count { 4 * count - m } else { m };
            if folded <= count {
                quarter.get(folded).cloned()
            } else {
                quarter.get(2 * count - folded).map(|c| -c.clone())
            }
        };
        Self { cosines: (0..4 * count).filter_map(mirrored).collect(), count }
    }

    /// cos(π(2k + 1)/(2N)).
    pub fn all(&self) -> Vec<Float> {
        self.cosines.iter().skip(1).step_by(2).take(self.count).cloned().collect()
    }

    /// c_j = 2/N·Σ v_k·cos(jπ(2k + 1)/(2N)), halved for j = 0.
    pub fn transform(&self, values: &[Float]) -> Vec<Float> {
        let Some(precision) = values.first().map(Float::prec) else { return Vec::new() };
        // Nodes and their mirror images share a cosine up to sign.
        let pairs = values.iter().zip(values.iter().rev()).take(self.count.div_ceil(2));
        let is_middle = |k: usize| 2 * k + 1 == self.count;
        let folded: Vec<[Float; 2]> = pairs
            .enumerate()
            .map(|(k, (v, mirror))| {
                let mirror = if is_middle(k) { Float::new(precision) } else { mirror.clone() };
                [Float::with_val(precision, v + &mirror), Float::with_val(precision, v - &mirror)]
            })
            .collect();
        let coefficient = |j: usize| {
            let mut sum = Float::new(precision);
            let mut product = Float::new(precision);
            for (k, [even, odd]) in folded.iter().enumerate() {
                if let Some(cosine) = self.cosines.get(j * (2 * k + 1) % (4 * self.count)) {
                    product.assign(cosine * if j.is_multiple_of(2) { even } else { odd });
                    sum += &product;
                }
            }
            sum * (if j == 0 { 1u32 } else { 2 }) / self.count as u32
        };
        (0..self.count).into_par_iter().map(coefficient).collect()
    }
}

/// Σ c_k·T_k(y) by Clenshaw's recurrence, to the precision of the coefficients.
pub(super) fn clenshaw(coefficients: &[Float], y: &Float) -> Float {
    let Some(precision) = coefficients.first().map(Float::prec) else { return Float::new(64) };
    let double = Float::with_val(y.prec(), y << 1);
    let (mut next, mut after) = (Float::new(precision), Float::new(precision));
    let mut product = Float::new(precision);
    for c in coefficients.iter().skip(1).rev() {
        product.assign(&double * &next);
        after.sub_from(c);
        after += &product;
        std::mem::swap(&mut next, &mut after);
    }
    product.assign(&next * y);
    let constant = coefficients.first().cloned().unwrap_or(product.clone());
    constant + product - after
}
