//! What products and rotations cost, by the number α of special primes, which is also that of primes in a digit.
//!
//! Hybrid key switching at level l works on n = l + 1 primes cut into β = ⌈n/α⌉ digits, and raises each to n + α primes.
//! More special primes make fewer digits, each longer: fewer transforms and smaller keys, against a longer modulus Q·P,
//! which the security of the ring bounds. What is counted are operations on one limb, the N residues modulo one prime.

/// Time of one coefficient in one layer of the number-theoretic transform, over that of one multiplication with
/// accumulation in an inner product. Measured: `cargo bench --bench key_switching`.
pub const TRANSFORM_LAYER: f64 = 0.58;
/// Time of one coefficient in one row of a base conversion, over the same. Measured: `cargo bench --bench key_switching`;
/// the counts of transforms and conversions grow together, so that the fit tells their sum better than each.
pub const CONVERSION: f64 = 0.4;

/// Operations on limbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LimbCounts {
    /// Number-theoretic transforms, either way.
    pub transforms: usize,
    /// Rows of inner products: multiplications with accumulation, the last reduction counted as one more row.
    pub products: usize,
    /// Rows of base conversions, the last reduction counted as one more row.
    pub conversions: usize,
}

impl LimbCounts {
    /// A product of ciphertexts, relinearised and rescaled, of operands at `level` from 1.
    pub fn of_product(level: usize, alpha: usize) -> Self {
        let primes = level + 1;
        // c_0·d_0, c_0·d_1 + c_1·d_0, c_1·d_1; then two inner products, which start at P·c.
        let tensor = Self { products: (2 + 3 + 2) * primes, ..Self::default() };
        let start = Self { products: 2 * primes, ..Self::default() };
        let parts = [tensor, raising(primes, alpha), inner(primes, alpha), start, division(level, alpha + 1)];
        Self::sum(&parts)
    }

    /// A sum of a ciphertext at `level` and its rotations by `steps` numbers of steps, hoisted; with `steps` = 1 it
    /// costs as much as a single rotation.
    pub fn of_rotations(level: usize, alpha: usize, steps: usize) -> Self {
        let primes = level + 1;
        let products = steps * (inner(primes, alpha).products + primes);
        let switching = Self { products, ..Self::default() };
        Self::sum(&[raising(primes, alpha), switching, division(primes, alpha)])
    }

    fn sum(parts: &[Self]) -> Self {
        parts.iter().fold(Self::default(), |sum, part| Self {
            transforms: sum.transforms + part.transforms,
            products: sum.products + part.products,
            conversions: sum.conversions + part.conversions,
        })
    }

    /// The time, in multiplications with accumulation of one coefficient, in a ring of degree 2^log_n.
    pub fn cost(&self, log_n: u32) -> f64 {
        let transforms = TRANSFORM_LAYER * f64::from(log_n) * self.transforms as f64;
        f64::from(log_n).exp2() * (transforms + self.products as f64 + CONVERSION * self.conversions as f64)
    }
}

/// The time of a product, relinearised and rescaled, of operands at `level` (from 1) with `alpha` special primes (from
/// 1), in multiplications with accumulation of one coefficient. To choose α, add it up over the products of a circuit.
pub fn key_switch_cost(log_n: u32, level: usize, alpha: usize) -> f64 {
    LimbCounts::of_product(level, alpha).cost(log_n)
}

/// Primes in each digit; α = 0 counts as 1.
fn digits(primes: usize, alpha: usize) -> impl Iterator<Item = usize> {
    let alpha = alpha.max(1);
    (0..primes).step_by(alpha).map(move |first| alpha.min(primes - first))
}

/// Every digit back to coefficients, converted to the primes outside it, and transformed there.
fn raising(primes: usize, alpha: usize) -> LimbCounts {
    digits(primes, alpha).fold(LimbCounts::default(), |counts, digit| {
        let targets = primes + alpha - digit;
        LimbCounts {
            transforms: counts.transforms + digit + targets,
            // One row more for the centring.
            conversions: counts.conversions + (digit + 2) * targets,
            ..counts
        }
    })
}

/// The digits times both parts of the key.
fn inner(primes: usize, alpha: usize) -> LimbCounts {
    LimbCounts { products: 2 * (primes + alpha) * (digits(primes, alpha).count() + 1), ..LimbCounts::default() }
}

/// Both parts divided by `divisors` primes, which leaves `kept`.
fn division(kept: usize, divisors: usize) -> LimbCounts {
    LimbCounts { transforms: 2 * (divisors + kept), conversions: 2 * (divisors + 2) * kept, ..LimbCounts::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_a_small_product_are_those_by_hand() {
        // Five primes, α = 2: digits of 2, 2 and 1.
        let counts = LimbCounts::of_product(4, 2);
        // 5 back and 5 + 5 + 6 forward; then twice 3 back and 4 forward.
        assert_eq!(counts.transforms, 5 + 16 + 2 * 7);
        assert_eq!(counts.conversions, 4 * 5 + 4 * 5 + 3 * 6 + 2 * 5 * 4);
        assert_eq!(counts.products, 7 * 5 + 2 * 5 + 2 * 7 * 4);
        let rotations = LimbCounts::of_rotations(4, 2, 3);
        assert_eq!(rotations.transforms, 5 + 16 + 2 * 7);
        assert_eq!(rotations.products, 3 * (2 * 7 * 4 + 5));
    }

    #[test]
    fn the_best_number_of_special_primes_grows_with_the_level() {
        let best = |level| {
            (1..=8).min_by(|&a, &b| f64::total_cmp(&key_switch_cost(15, level, a), &key_switch_cost(15, level, b)))
        };
        assert!(best(2) < best(30), "{:?} {:?}", best(2), best(30));
        // A step of a hoisted sum is cheaper than a rotation.
        let rotations = |steps| LimbCounts::of_rotations(18, 3, steps).cost(15);
        assert!(rotations(3) < 2.0 * rotations(1) && rotations(3) > rotations(1));
    }
}
