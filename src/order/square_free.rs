//! The square-free factorisation over the integers: f = c·Π a_i^i with a_i square-free and without common factors.
//!
//! Yun's algorithm takes greatest common divisors alone. They are computed modulo primes and put together: the degree of one
//! modulo a prime is never too small, so a candidate that divides both polynomials exactly is the greatest. What primes suggest
//! is thus proved by division. (Yun 1976; von zur Gathen and Gerhard, Modern Computer Algebra, 6.7 and 14.6.)

use super::integers::{degree, derivative, exact_quotient, minus, normal};
use rug::Integer;

/// The first prime is the least above this; all have 31 bits.
const FIRST_PRIME_ABOVE: u32 = 1 << 30;

/// The factors of degree ≥ 1 with their multiplicities, in increasing order of these; `f` is not 0.
pub(super) fn square_free(f: &[Integer]) -> Vec<(u32, Vec<Integer>)> {
    let f = normal(f.to_vec());
    let slope = derivative(&f);
    let common = gcd(&f, &slope);
    let (Some(mut b), Some(c)) = (exact_quotient(&f, &common), exact_quotient(&slope, &common)) else {
        return Vec::new();
    };
    let mut d = minus(&c, &derivative(&b));
    let mut factors = Vec::new();
    for multiplicity in 1.. {
        if degree(&b) == 0 {
            break;
        }
        let factor = gcd(&b, &d);
        let (Some(rest), Some(c)) = (exact_quotient(&b, &factor), exact_quotient(&d, &factor)) else { break };
        d = minus(&c, &derivative(&rest));
        b = rest;
        if degree(&factor) > 0 {
            factors.push((multiplicity, factor));
        }
    }
    factors
}

/// The greatest common divisor, without a common factor of its coefficients and with a positive highest one.
pub(super) fn gcd(a: &[Integer], b: &[Integer]) -> Vec<Integer> {
    let (a, b) = (normal(a.to_vec()), normal(b.to_vec()));
    let (Some(high_a), Some(high_b)) = (a.last(), b.last()) else {
        return if a.is_empty() { b } else { a };
    };
    let lead = Integer::from(high_a.gcd_ref(high_b));
    let mut joined = Joined { coefficients: Vec::new(), modulus: Integer::from(1) };
    let mut prime = Integer::from(FIRST_PRIME_ABOVE);
    loop {
        prime.next_prime_mut();
        let p = prime.to_u32_wrapping();
        if lead.is_divisible_u(p) {
            continue;
        }
        let image = gcd_modulo(&a, &b, &lead, p);
        if image.len() == 1 {
            return vec![Integer::from(1)];
        }
        if joined.coefficients.len() > image.len() {
            // The primes so far were unlucky.
            joined = Joined { coefficients: Vec::new(), modulus: Integer::from(1) };
        }
        let is_unlucky = !joined.coefficients.is_empty() && joined.coefficients.len() < image.len();
        if !is_unlucky && !joined.add(&image, p) {
            let candidate = normal(joined.coefficients.clone());
            if [&a, &b].iter().all(|whole| exact_quotient(whole, &candidate).is_some()) {
                return candidate;
            }
        }
    }
}

/// Coefficients known modulo a product of primes, the least in absolute value.
struct Joined {
    coefficients: Vec<Integer>,
    modulus: Integer,
}

impl Joined {
    /// Takes one more prime in; whether anything changed.
    fn add(&mut self, image: &[u64], p: u32) -> bool {
        let modulo = u64::from(p);
        self.coefficients.resize(image.len(), Integer::new());
        let inverse = power(u64::from(self.modulus.mod_u(p)), modulo - 2, modulo);
        let next = Integer::from(&self.modulus * p);
        let half = Integer::from(&next >> 1);
        let mut changed = false;
        for (c, &residue) in self.coefficients.iter_mut().zip(image) {
            let step = (residue + modulo - u64::from(c.mod_u(p))) % modulo * inverse % modulo;
            if step != 0 {
                let before = c.clone();
                *c += Integer::from(&self.modulus * step);
                if *c > half {
                    *c -= &next;
                }
                changed |= before != *c;
            }
        }
        self.modulus = next;
        changed
    }
}

/// lead times the monic greatest common divisor modulo a prime that does not divide both highest coefficients.
fn gcd_modulo(a: &[Integer], b: &[Integer], lead: &Integer, p: u32) -> Vec<u64> {
    let modulo = u64::from(p);
    let reduced = |a: &[Integer]| trimmed(a.iter().map(|c| u64::from(c.mod_u(p))).collect());
    let (mut a, mut b) = (reduced(a), reduced(b));
    while !b.is_empty() {
        let rest = remainder(a, &b, modulo);
        (a, b) = (b, rest);
    }
    let factor = a.last().map_or(0, |&high| power(high, modulo - 2, modulo)) * u64::from(lead.mod_u(p)) % modulo;
    a.into_iter().map(|c| c * factor % modulo).collect()
}

fn remainder(mut a: Vec<u64>, b: &[u64], modulo: u64) -> Vec<u64> {
    let Some((&high, rest)) = b.split_last() else { return a };
    let inverse = power(high, modulo - 2, modulo);
    while a.len() >= b.len() {
        let Some(top) = a.pop() else { break };
        let factor = modulo - top * inverse % modulo;
        let shift = a.len() - rest.len();
        a.iter_mut().skip(shift).zip(rest).for_each(|(r, c)| *r = (*r + c * factor) % modulo);
    }
    trimmed(a)
}

fn trimmed(mut a: Vec<u64>) -> Vec<u64> {
    while a.last() == Some(&0) {
        a.pop();
    }
    a
}

fn power(base: u64, mut exponent: u64, modulo: u64) -> u64 {
    let (mut square, mut product) = (base % modulo, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            product = product * square % modulo;
        }
        square = square * square % modulo;
        exponent >>= 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::super::integers::times;
    use super::*;
    use proptest::prelude::*;

    fn integers(a: &[i64]) -> Vec<Integer> {
        a.iter().copied().map(Integer::from).collect()
    }

    fn to_the(a: &[Integer], n: u32) -> Vec<Integer> {
        (0..n).fold(vec![Integer::from(1)], |product, _| times(&product, a))
    }

    #[test]
    fn multiplicities_are_found() {
        // −6·(u − 2)·(3u + 1)^4·(u² − 5)^3·u^7.
        let factors = [(1, vec![-2, 1]), (3, vec![-5, 0, 1]), (4, vec![1, 3]), (7, vec![0, 1])];
        let product = factors.iter().fold(integers(&[-6]), |f, (n, a)| times(&f, &to_the(&integers(a), *n)));
        let expected: Vec<_> = factors.iter().map(|(n, a)| (*n, integers(a))).collect();
        assert_eq!(square_free(&product), expected);
        assert_eq!(square_free(&integers(&[5])), Vec::new());
    }

    #[test]
    fn a_high_power_of_a_long_number_is_undone() {
        let linear = vec![Integer::from(-10_000_000_019i64), Integer::from(3)];
        assert_eq!(square_free(&to_the(&linear, 255)), vec![(255, linear)]);
    }

    proptest! {
        /// The product of all factors is the polynomial, and no two share a divisor.
        #[test]
        fn the_factors_make_the_polynomial(
            factors in proptest::collection::vec((proptest::collection::vec(-9i64..9, 1..4), 1u32..4), 1..4),
        ) {
            let f = factors.iter().fold(vec![Integer::from(1)], |f, (a, n)| times(&f, &to_the(&integers(a), *n)));
            let f = normal(f);
            prop_assume!(!f.is_empty());
            let found = square_free(&f);
            let product = found.iter().fold(vec![Integer::from(1)], |f, (n, a)| times(&f, &to_the(a, *n)));
            prop_assert_eq!(product, f);
            for (i, (_, a)) in found.iter().enumerate() {
                prop_assert_eq!(gcd(a, &derivative(a)), integers(&[1]));
                for (_, b) in &found[..i] {
                    prop_assert_eq!(gcd(a, b), integers(&[1]));
                }
            }
        }
    }
}
