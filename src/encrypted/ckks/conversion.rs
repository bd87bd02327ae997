//! Exact centred base conversion, and division by a product of primes with rounding to the nearest integer.
//!
//! For x modulo D = Π d_i let y_i = x·(D/d_i)^-1 mod d_i. Then Σ y_i·D/d_i = x + v·D for an integer v, and
//! v = round(Σ y_i/d_i) makes x the representative in (−D/2, D/2] (ePrint 2018/117). The sum is taken in doubles: for
//! |x/D| within 2^-48 of 1/2 the other representative may be taken, which is congruent and no larger than
//! D/2·(1 + 2^-47).

use super::poly::RnsPoly;
use super::prime::{Factor, LAZY_TERMS, Prime};
use crate::circuit::MOST_SPECIAL_PRIMES;
use rayon::prelude::*;

// A conversion adds one row for v, a division one for q_l.
const _: () = assert!(MOST_SPECIAL_PRIMES + 2 <= LAZY_TERMS);

/// From the primes d_i to the first primes of the chain.
pub(super) struct Conversion {
    /// Which primes the d_i are.
    from: Vec<usize>,
    /// (D/d_i)^-1 mod d_i.
    hat_inverses: Vec<Factor>,
    reciprocals: Vec<f64>,
    /// For each target t, all D/d_i mod t and, for v, −D mod t.
    constants: Vec<Vec<u64>>,
}

impl Conversion {
    /// From the primes of the indices `from` to the primes of the indices below `targets`.
    pub(super) fn new(primes: &[Prime], from: &[usize], targets: usize) -> Self {
        let values: Vec<u64> = from.iter().map(|&i| primes[i].value()).collect();
        let others = |i: usize| values.iter().enumerate().filter(move |(j, _)| *j != i).map(|(_, &value)| value);
        let hat_inverse = |(i, &index): (usize, &usize)| {
            let prime = &primes[index];
            prime.factor(prime.inverse(prime.product(others(i))))
        };
        let constants = |prime: &Prime| {
            let all = prime.product(values.iter().copied());
            (0..values.len()).map(|i| prime.product(others(i))).chain([prime.negate(all)]).collect()
        };
        Self {
            hat_inverses: from.iter().enumerate().map(hat_inverse).collect(),
            reciprocals: values.iter().map(|&value| 1.0 / value as f64).collect(),
            constants: primes.iter().take(targets).map(constants).collect(),
            from: from.to_vec(),
        }
    }

    /// Bytes of the constants.
    pub(super) fn bytes(&self) -> usize {
        let constants: usize =
            self.constants.iter().map(|row| size_of::<Vec<u64>>() + size_of_val(row.as_slice())).sum();
        let inverses = size_of_val(self.hat_inverses.as_slice());
        size_of_val(self.from.as_slice()) + inverses + size_of_val(self.reciprocals.as_slice()) + constants
    }

    /// The rows y_i and v of a polynomial given by its NTT limbs modulo the d_i.
    pub(super) fn rows(&self, primes: &[Prime], limbs: &[u64], degree: usize) -> Vec<u64> {
        let mut rows = Vec::with_capacity(limbs.len() + degree);
        rows.extend_from_slice(limbs);
        rows.par_chunks_mut(degree).zip(&self.from).zip(&self.hat_inverses).for_each(|((row, &index), &factor)| {
            let prime = &primes[index];
            prime.backward(row);
            row.iter_mut().for_each(|x| *x = prime.times(*x, factor));
        });
        let multiples: Vec<u64> = (0..degree)
            .into_par_iter()
            .with_min_len(4096)
            .map(|n| {
                let terms = self.reciprocals.iter().enumerate();
                let fraction: f64 = terms.map(|(i, reciprocal)| rows[i * degree + n] as f64 * reciprocal).sum();
                (fraction + 0.5) as u64
            })
            .collect();
        rows.extend_from_slice(&multiples);
        rows
    }

    /// The centred representative modulo prime number `target`, in the NTT domain.
    pub(super) fn limb(&self, prime: &Prime, target: usize, rows: &[u64], out: &mut [u64]) {
        let rows: Vec<&[u64]> = rows.chunks_exact(out.len()).collect();
        prime.combine(out, &rows, &self.constants[target]);
        prime.forward(out);
    }
}

/// Division by D = Π d_i, where the d_i are the last primes of a polynomial's basis.
pub(super) struct Division {
    conversion: Conversion,
    /// D^-1 modulo each kept prime.
    inverses: Vec<Factor>,
}

impl Division {
    /// By the primes of the indices `by`, for the primes of the indices below `kept`.
    pub(super) fn new(primes: &[Prime], by: &[usize], kept: usize) -> Self {
        let inverse = |prime: &Prime| prime.factor(prime.inverse(prime.product(by.iter().map(|&i| primes[i].value()))));
        Self {
            conversion: Conversion::new(primes, by, kept),
            inverses: primes.iter().take(kept).map(inverse).collect(),
        }
    }

    /// Bytes of the constants.
    pub(super) fn bytes(&self) -> usize {
        self.conversion.bytes() + size_of_val(self.inverses.as_slice())
    }

    /// round(poly/D): subtracts the centred remainder, which leaves a multiple of D, and divides exactly.
    pub(super) fn divide(&self, primes: &[Prime], poly: &mut RnsPoly) {
        let (degree, kept) = (poly.degree(), poly.limbs() - self.conversion.from.len());
        let (quotient, remainder) = poly.split_mut(kept);
        let rows = self.conversion.rows(primes, remainder, degree);
        quotient.par_chunks_mut(degree).enumerate().for_each_init(
            || vec![0; degree],
            |buffer, (target, limb)| {
                let (prime, inverse) = (&primes[target], self.inverses[target]);
                self.conversion.limb(prime, target, &rows, buffer);
                limb.iter_mut().zip(buffer).for_each(|(x, r)| *x = prime.times(prime.subtract(*x, *r), inverse));
            },
        );
        poly.truncate(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::ModulusChain;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha20Rng;
    use rug::Integer;
    use rug::ops::RemRounding;

    const DEGREE: usize = 64;

    fn primes() -> Vec<Prime> {
        let chain = ModulusChain::generate(6, &[50, 40, 30, 61], &[61, 61, 45]).unwrap();
        chain.q.iter().chain(&chain.p).map(|&value| Prime::new(value, DEGREE).unwrap()).collect()
    }

    fn product(primes: &[Prime], indices: &[usize]) -> Integer {
        indices.iter().map(|&i| Integer::from(primes[i].value())).product()
    }

    fn residue(prime: &Prime, x: &Integer) -> u64 {
        x.clone().rem_euc(prime.value()).to_u64().unwrap()
    }

    /// Numbers in (−modulus/2, modulus/2), among them the extremes.
    fn numbers(modulus: &Integer, seed: u64) -> Vec<Integer> {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let half = Integer::from(modulus - 1u32) / 2u32;
        let mut random = || {
            let wide = (0..8).fold(Integer::new(), |x, _| (x << 64u32) + rng.random::<u64>());
            wide.rem_euc(modulus) - &half
        };
        let mut numbers: Vec<Integer> = (0..DEGREE - 5).map(|_| random()).collect();
        numbers.extend([0, 1, -1].map(Integer::from));
        // These two may go to either side of D/2.
        numbers.extend([half.clone(), -half]);
        numbers
    }

    fn limbs(primes: &[Prime], indices: &[usize], numbers: &[Integer]) -> RnsPoly {
        let primes: Vec<&Prime> = indices.iter().map(|&i| &primes[i]).collect();
        RnsPoly::from_signed(DEGREE, &primes, |prime, i| residue(prime, &numbers[i]))
    }

    #[test]
    fn conversion_gives_the_centred_representative() {
        let primes = primes();
        for from in [&[0][..], &[2], &[4, 5, 6], &[1, 2], &[3, 4, 5, 6]] {
            let numbers = numbers(&product(&primes, from), 1);
            let conversion = Conversion::new(&primes, from, primes.len());
            let source = limbs(&primes, from, &numbers);
            let rows = conversion.rows(&primes, source.span(0, from.len()), DEGREE);
            for (target, prime) in primes.iter().enumerate() {
                let mut got = vec![0; DEGREE];
                conversion.limb(prime, target, &rows, &mut got);
                prime.backward(&mut got);
                let want = numbers.iter().map(|x| residue(prime, x));
                assert!(got.iter().zip(want).take(DEGREE - 2).all(|(&x, y)| x == y), "{from:?} to {target}");
            }
        }
    }

    #[test]
    fn division_rounds_to_the_nearest_integer() {
        let primes = primes();
        for (kept, by) in [(3, &[3][..]), (4, &[4, 5, 6]), (2, &[4, 5, 6]), (3, &[3, 4, 5, 6])] {
            let basis = [&(0..kept).collect::<Vec<_>>(), by].concat();
            let numbers = numbers(&product(&primes, &basis), 2);
            let mut poly = limbs(&primes, &basis, &numbers);
            Division::new(&primes, by, kept).divide(&primes, &mut poly);
            let divisor = product(&primes, by);
            poly.for_each_limb(|limb, residues| primes[limb].backward(residues));
            for (i, x) in numbers.iter().enumerate().take(DEGREE - 2) {
                let rounded = x.clone().div_rem_round(divisor.clone()).0;
                assert!((0..kept).all(|limb| poly.limb(limb)[i] == residue(&primes[limb], &rounded)), "{x} by {by:?}");
            }
        }
    }
}
