//! Rotations, their hoisted sums, and conjugation.

use crate::setup::{Setup, largest_distance, two_to};
use polyattn::encrypted::ckks::{Ciphertext, GaloisKeys};

fn rotated(values: &[(f64, f64)], steps: i64) -> Vec<(f64, f64)> {
    let mut image = values.to_vec();
    image.rotate_left(steps.rem_euclid(values.len() as i64) as usize);
    image
}

fn conjugated(values: &[(f64, f64)]) -> Vec<(f64, f64)> {
    values.iter().map(|&(re, im)| (re, -im)).collect()
}

/// A ring, its keys for `steps` and conjugation at the top level, complex values and their encryption there.
struct Substitutions {
    setup: Setup,
    keys: GaloisKeys,
    values: Vec<(f64, f64)>,
    ciphertext: Ciphertext,
}

impl Substitutions {
    fn new(log_n: u32, levels: usize, special: usize, steps: &[i64]) -> Self {
        let mut setup = Setup::levels(log_n, levels, special);
        let mut keys = GaloisKeys::generate(&setup.secret, steps, levels, &mut setup.rng).unwrap();
        keys.add_conjugation(&setup.secret, &mut setup.rng).unwrap();
        let values = setup.complex_values(-1.0, 1.0);
        let ciphertext = setup.encrypt_complex(&values, &two_to(40), levels);
        Self { setup, keys, values, ciphertext }
    }

    fn rotate(&self, a: &Ciphertext, steps: i64) -> Ciphertext {
        self.setup.evaluator.rotate(a, steps, &self.keys).unwrap()
    }

    fn conjugate(&self, a: &Ciphertext) -> Ciphertext {
        self.setup.evaluator.conjugate(a, &self.keys).unwrap()
    }

    fn at(&self, level: usize) -> Ciphertext {
        let mut lowered = self.ciphertext.clone();
        self.setup.evaluator.drop_to(&mut lowered, level).unwrap();
        lowered
    }

    /// `count` roundings at the scale of the values.
    fn check(&self, what: &str, got: &Ciphertext, want: &[(f64, f64)], count: f64) {
        let bound = count * self.setup.slot_bound(self.setup.rounding()) * 2f64.powi(-40);
        let error = largest_distance(&self.setup.decrypt_complex(got), want);
        let ring = self.setup.context.chain().log_n;
        assert!(error < bound, "{what}, N = 2^{ring}, level {}: {error} ≥ {bound}", got.level());
    }
}

#[test]
fn every_rotation_of_a_small_ring_is_right_at_every_level_and_they_form_a_group() {
    for log_n in [4, 5, 6] {
        let slots = 1i64 << (log_n - 1);
        let steps: Vec<i64> = (1..slots).collect();
        let all = Substitutions::new(log_n, 4, 2, &steps);
        for level in 0..=4 {
            let a = all.at(level);
            for step in 0..slots {
                let image = all.rotate(&a, step);
                assert_eq!((image.level(), image.scale()), (level, a.scale()));
                all.check("rotation", &image, &rotated(&all.values, step), 2.0);
                all.check("inverse", &all.rotate(&image, -step), &all.values, 3.0);
                let next = all.rotate(&image, 3);
                all.check("composition", &next, &rotated(&all.values, step + 3), 3.0);
            }
            let cycle = (0..slots).fold(a, |a, _| all.rotate(&a, 1));
            all.check("order N/2", &cycle, &all.values, 1.0 + slots as f64);
        }
    }
}

#[test]
fn conjugation_is_an_involution_that_commutes_with_rotations() {
    for log_n in [4, 5, 8, 11, 13] {
        let all = Substitutions::new(log_n, 3, 2, &[1, -3]);
        for level in 0..=3 {
            let a = all.at(level);
            let image = all.conjugate(&a);
            all.check("conjugation", &image, &conjugated(&all.values), 2.0);
            all.check("involution", &all.conjugate(&image), &all.values, 3.0);
            for step in [1, -3] {
                let want = rotated(&conjugated(&all.values), step);
                all.check("rotated conjugate", &all.rotate(&image, step), &want, 3.0);
                all.check("conjugated rotation", &all.conjugate(&all.rotate(&a, step)), &want, 3.0);
            }
        }
    }
}

#[test]
fn conjugation_fixes_real_vectors_and_respects_products() {
    let mut all = Substitutions::new(11, 3, 2, &[]);
    let other = all.setup.complex_values(-1.0, 1.0);
    let b = all.setup.encrypt_complex(&other, &two_to(40), 3);
    let product = |a: &Ciphertext, b: &Ciphertext| {
        let evaluator = &all.setup.evaluator;
        // At 2^80: far above the noise of either side.
        evaluator.multiply(a, b, &all.setup.relinearisation).unwrap()
    };
    let exact: Vec<(f64, f64)> =
        all.values.iter().zip(&other).map(|(a, b)| (a.0 * b.0 - a.1 * b.1, -(a.0 * b.1 + a.1 * b.0))).collect();
    all.check("conj(ab)", &all.conjugate(&product(&all.ciphertext, &b)), &exact, 5.0);
    let factors = [&all.ciphertext, &b].map(|factor| all.conjugate(factor));
    all.check("conj(a)·conj(b)", &product(&factors[0], &factors[1]), &exact, 9.0);
    let real: Vec<(f64, f64)> = other.iter().map(|&(re, _)| (re, 0.0)).collect();
    let a = all.setup.encrypt_complex(&real, &two_to(40), 3);
    all.check("a real vector", &all.conjugate(&a), &real, 2.0);
}

#[test]
fn a_hoisted_sum_is_the_sum_of_single_rotations() {
    let lists: [&[i64]; 6] = [&[], &[0], &[1], &[1, 2, 3], &[4, 8, -4, 4, 0, 4], &[1, 2, 3, 4, 5, 6, 7]];
    for (log_n, special) in [(4, 1), (5, 3), (8, 2), (12, 3)] {
        let all = Substitutions::new(log_n, 4, special, &[1, 2, 3, 4, 5, 6, 7, 8, -4]);
        for level in 0..=4 {
            let a = all.at(level);
            for steps in lists {
                let sum = all.setup.evaluator.rotate_sum(&a, steps, &all.keys).unwrap();
                assert_eq!((sum.level(), sum.scale()), (level, a.scale()));
                let single = steps
                    .iter()
                    .fold(a.clone(), |sum, &step| all.setup.evaluator.add(&sum, &all.rotate(&a, step)).unwrap());
                all.check("apart", &sum, &all.setup.decrypt_complex(&single), 2.0 + steps.len() as f64);
                let exact = steps.iter().fold(all.values.clone(), |mut sum, &step| {
                    let image = rotated(&all.values, step);
                    sum.iter_mut().zip(image).for_each(|(x, y)| *x = (x.0 + y.0, x.1 + y.1));
                    sum
                });
                all.check("exact", &sum, &exact, 2.0 + 2.0 * steps.len() as f64);
            }
        }
    }
}

#[test]
fn rounds_of_radix_4_and_8_leave_the_row_sum_in_every_slot() {
    let (stride, keys) = (4, 64);
    let all = Substitutions::new(9, 2, 2, &steps(&[(1, 4), (4, 4), (16, 4), (1, 8), (8, 8)], stride));
    let slots = all.values.len();
    let exact: Vec<(f64, f64)> = (0..slots)
        .map(|slot| {
            let row = all.values.iter().skip(slot % stride as usize).step_by(stride as usize);
            row.fold((0.0, 0.0), |sum, x| (sum.0 + x.0, sum.1 + x.1))
        })
        .collect();
    for rounds in [&[(1, 4), (4, 4), (16, 4)][..], &[(1, 8), (8, 8)]] {
        let sum = rounds.iter().fold(all.ciphertext.clone(), |sum, &round| {
            all.setup.evaluator.rotate_sum(&sum, &steps(&[round], stride), &all.keys).unwrap()
        });
        all.check("row sum", &sum, &exact, f64::from(keys) * 2.0);
    }
}

/// The steps of rounds given by their first key and their radix.
fn steps(rounds: &[(i64, i64)], stride: i64) -> Vec<i64> {
    rounds.iter().flat_map(|&(first, radix)| (1..radix).map(move |i| i * first * stride)).collect()
}
