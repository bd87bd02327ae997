//! The polynomial whose weighted error is ±h in turn on a reference, and its Chebyshev coefficients.
//!
//! The levelled error and the polynomial come from barycentric weights in O(n²), without a linear system.
//! (Pachón and Trefethen, *Barycentric-Remez algorithms for best polynomial approximation in the chebfun system*, BIT
//! 49, 2009.)

use super::domain::Sample;
use rayon::prelude::*;
use rug::ops::SubFrom;
use rug::{Assign, Float};

/// The levelled error of a reference.
pub(super) struct Levelled {
    /// The reference.
    places: Vec<Float>,
    /// 1/Π (y_i − y_j), up to a common factor.
    weights: Vec<Float>,
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
        Self { places, weights, values, level, bits }
    }

    /// The polynomial's Chebyshev coefficients, c_0 full, from its values at the nodes.
    pub fn coefficients(&self, nodes: &Nodes) -> Vec<Float> {
        let values: Vec<Float> = nodes.all().par_iter().map(|y| self.value(y)).collect();
        nodes.transform(&values)
    }

    /// The barycentric formula of the second kind.
    fn value(&self, y: &Float) -> Float {
        let precision = self.level.prec();
        let (mut numerator, mut denominator) = (Float::new(precision), Float::new(precision));
        let mut quotient = Float::new(precision);
        for ((place, weight), value) in self.places.iter().zip(&self.weights).zip(&self.values) {
            quotient.assign(y - place);
            if quotient.is_zero() {
                return value.clone();
            }
            quotient.recip_mut();
            quotient *= weight;
            denominator += &quotient;
            quotient *= value;
            numerator += &quotient;
        }
        numerator / denominator
    }
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

    pub fn len(&self) -> usize {
        self.count
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
