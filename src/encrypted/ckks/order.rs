//! In which order the NTT lists its values, and what X ↦ X^g does to them.

use super::prime::Prime;
use crate::error::{Error, Result};
use std::collections::HashMap;

/// Output j of the NTT is the value at ψ^(exponents\[j\]), for a primitive 2N-th root ψ with exponents\[0\] = 1.
pub(super) struct Order {
    exponents: Vec<usize>,
    /// The output that holds the value at ψ^(2i + 1).
    positions: Vec<usize>,
}

impl Order {
    /// Reads the order off the transform of X, and checks that it is the same for every prime.
    pub(super) fn new(primes: &[Prime], degree: usize) -> Result<Self> {
        let first = primes.first().ok_or_else(|| Error::internal("a ring without primes"))?;
        let values = transform_of_x(first, degree);
        let place: HashMap<u64, usize> = values.iter().enumerate().map(|(j, &value)| (value, j)).collect();
        let positions: Vec<usize> = odd_powers(first, &values).filter_map(|power| place.get(&power).copied()).collect();
        let mut exponents = vec![0; degree];
        for (i, &j) in positions.iter().enumerate() {
            exponents[j] = 2 * i + 1;
        }
        let order = Self { exponents, positions };
        let known = order.positions.len() == degree && primes.iter().all(|prime| order.fits(prime, degree));
        if known { Ok(order) } else { Err(Error::internal("the NTT does not list the odd powers of one root")) }
    }

    fn fits(&self, prime: &Prime, degree: usize) -> bool {
        let values = transform_of_x(prime, degree);
        odd_powers(prime, &values).zip(&self.positions).all(|(power, &j)| values[j] == power)
    }

    /// Bytes of the tables.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.exponents.as_slice()) + size_of_val(self.positions.as_slice())
    }

    /// For X ↦ X^element: output j of the image is output `permutation[j]` of the original.
    pub(super) fn permutation(&self, element: usize) -> Vec<usize> {
        let order = 2 * self.exponents.len();
        self.exponents.iter().map(|exponent| self.positions[exponent * element % order / 2]).collect()
    }
}

fn transform_of_x(prime: &Prime, degree: usize) -> Vec<u64> {
    let mut values = vec![0; degree];
    if let Some(linear) = values.get_mut(1) {
        *linear = 1;
    }
    prime.forward(&mut values);
    values
}

/// ψ, ψ³, ψ⁵, … for ψ the first output.
fn odd_powers<'a>(prime: &'a Prime, values: &'a [u64]) -> impl Iterator<Item = u64> + 'a {
    let root = values.first().copied().unwrap_or_default();
    let square = prime.factor(prime.multiply(root, root));
    std::iter::successors(Some(root), move |&power| Some(prime.times(power, square))).take(values.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_permutation_is_the_substitution() {
        let degree = 64;
        let primes = [1153u64, 3457, 4_611_686_018_326_724_609].map(|p| Prime::new(p, degree).unwrap());
        let order = Order::new(&primes, degree).unwrap();
        for element in [5usize, 25, 125, 127] {
            for prime in &primes {
                let original: Vec<u64> = (0..degree as u64).map(|i| (i * i + 7) % 1153).collect();
                let mut image = vec![0; degree];
                for (i, &c) in original.iter().enumerate() {
                    let power = i * element % (2 * degree);
                    image[power % degree] = if power < degree { c } else { prime.negate(c) };
                }
                let mut transformed = original.clone();
                prime.forward(&mut transformed);
                prime.forward(&mut image);
                let moved: Vec<u64> = order.permutation(element).iter().map(|&j| transformed[j]).collect();
                assert_eq!(moved, image);
            }
        }
    }
}
