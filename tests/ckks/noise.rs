//! Measured noise against its formulas.

use crate::setup::{Setup, deviation, two_to};
use polyattn::circuit::ERROR_VARIANCE;
use polyattn::encrypted::ckks::{GaloisKeys, SecretKey};
use polyattn::real::PRECISION;
use rug::{Float, Integer};

pub fn assert_bits(what: &str, measured: f64, formula: f64) {
    let bits = (measured / formula).log2();
    println!("{what}: measured {measured:.3}, formula {formula:.3}, {bits:+.4} bits");
    assert!(bits.abs() < 0.1, "{what}: {measured} is {bits} bits from {formula}");
}

#[test]
fn fresh_noise_is_that_of_one_rounding_at_every_level() {
    let mut setup = Setup::levels(13, 3, 2);
    let values = setup.values(-1.0, 1.0);
    for level in 0..=3 {
        let (plaintext, ciphertext) = setup.encrypt(&values, &two_to(45), level);
        assert_eq!(ciphertext.level(), level);
        let exact = setup.context.coefficients(&plaintext).unwrap();
        let noise = setup.coefficients(&ciphertext).into_iter().zip(exact).map(|(x, y)| (x - y).to_f64());
        assert_bits(&format!("fresh, level {level}"), deviation(noise), setup.rounding());
    }
}

#[test]
fn rescaling_adds_the_noise_of_one_rounding_and_no_bias() {
    let mut setup = Setup::levels(13, 3, 2);
    let values = setup.values(-1.0, 1.0);
    let (_, mut ciphertext) = setup.encrypt(&values, &two_to(90), 3);
    let before = setup.coefficients(&ciphertext);
    let top = setup.context.chain().q[3];
    setup.evaluator.rescale(&mut ciphertext).unwrap();
    let after = setup.coefficients(&ciphertext);
    let noise: Vec<f64> =
        before.iter().zip(&after).map(|(x, y)| (Float::with_val(PRECISION, x) / top - y).to_f64()).collect();
    assert_bits("rescale", deviation(noise.iter().copied()), setup.rounding());
    let mean = noise.iter().sum::<f64>() / noise.len() as f64;
    assert!(mean.abs() < 5.0 * setup.rounding() / (noise.len() as f64).sqrt(), "biased by {mean}");
}

#[test]
fn key_switching_adds_the_noise_of_the_formula() {
    for (q_bits, p_bits) in [
        (vec![54, 50, 50, 50, 50, 50, 50], vec![54, 54]), // P far above each digit: rounding dominates.
        (vec![50, 50, 50, 50, 50, 50, 50], vec![50, 50]), // P as large as a digit: the digits dominate.
        (vec![50, 50, 50], vec![48]),
    ] {
        let mut setup = Setup::new(13, &q_bits, &p_bits);
        let top = setup.context.top_level();
        let keys = GaloisKeys::generate(&setup.secret, &[3], top, &mut setup.rng).unwrap();
        for level in [top, top - 1, 0] {
            let values = setup.values(-1.0, 1.0);
            let (_, ciphertext) = setup.encrypt(&values, &two_to(40), level);
            let before = setup.coefficients(&ciphertext);
            let after = setup.coefficients(&setup.evaluator.rotate(&ciphertext, 3, &keys).unwrap());
            let moved = substitute(&before, 125);
            let noise = after.into_iter().zip(moved).map(|(x, y)| (x - y).to_f64());
            assert_bits(&format!("key switch, level {level}"), deviation(noise), switching_formula(&setup, level));
        }
    }
}

/// X ↦ X^element on coefficients.
fn substitute(coefficients: &[Integer], element: usize) -> Vec<Integer> {
    let degree = coefficients.len();
    let mut image = vec![Integer::new(); degree];
    for (i, c) in coefficients.iter().enumerate() {
        let power = i * element % (2 * degree);
        image[power % degree] = if power < degree { c.clone() } else { Integer::from(-c) };
    }
    image
}

#[test]
fn a_hoisted_sum_adds_one_rounding_and_the_digits_of_each_step() {
    for (q_bits, p_bits) in [
        (vec![54, 50, 50, 50, 50, 50, 50], vec![54, 54]), // One rounding dominates.
        (vec![50, 50, 50, 50, 50, 50, 50], vec![50, 50]), // The digits dominate.
    ] {
        let mut setup = Setup::new(13, &q_bits, &p_bits);
        let top = setup.context.top_level();
        for steps in [&[3][..], &[1, 2, 3], &[4, 8, 12, 16, 20, 24, 28]] {
            let keys = GaloisKeys::generate(&setup.secret, steps, top, &mut setup.rng).unwrap();
            for level in [top, 2, 0] {
                let values = setup.values(-1.0, 1.0);
                let (_, ciphertext) = setup.encrypt(&values, &two_to(40), level);
                let mut exact = setup.coefficients(&ciphertext);
                for &step in steps {
                    let element = (0..step).fold(1, |power, _| power * 5 % (2 * setup.context.degree()));
                    let image = substitute(&setup.coefficients(&ciphertext), element);
                    exact.iter_mut().zip(image).for_each(|(x, y)| *x += y);
                }
                let sum = setup.evaluator.rotate_sum(&ciphertext, steps, &keys).unwrap();
                let noise = setup.coefficients(&sum).into_iter().zip(exact).map(|(x, y)| (x - y).to_f64());
                let formula = (steps.len() as f64 * digits_formula(&setup, level) + setup.rounding().powi(2)).sqrt();
                assert_bits(&format!("{} hoisted, level {level}", steps.len()), deviation(noise), formula);
            }
        }
    }
}

/// √((N σ²/12)·Σ_digits (Q_i/P)² + (h + 1)/12).
fn switching_formula(setup: &Setup, level: usize) -> f64 {
    (digits_formula(setup, level) + setup.rounding().powi(2)).sqrt()
}

/// (N σ²/12)·Σ_digits (Q_i/P)².
pub fn digits_formula(setup: &Setup, level: usize) -> f64 {
    let chain = setup.context.chain();
    let log2 = |primes: &[u64]| primes.iter().map(|&p| (p as f64).log2()).sum::<f64>();
    let special = log2(&chain.p);
    let digits: f64 = chain.q[..=level].chunks(chain.p.len()).map(|digit| (2.0 * (log2(digit) - special)).exp2()).sum();
    setup.context.degree() as f64 * ERROR_VARIANCE / 12.0 * digits
}

#[test]
fn relinearisation_adds_the_noise_of_the_formula() {
    let mut setup = Setup::new(13, &[50, 50, 50, 50, 50], &[50, 50]);
    let zeros = vec![0.0; setup.context.slots()];
    let (_, a) = setup.encrypt(&zeros, &two_to(20), 4);
    let (_, b) = setup.encrypt(&zeros, &two_to(20), 4);
    // Encryptions of zero: the product of their noises is known exactly.
    let exact = negacyclic(&setup.coefficients(&a), &setup.coefficients(&b));
    let product = setup.evaluator.multiply(&a, &b, &setup.relinearisation).unwrap();
    let noise = setup.coefficients(&product).into_iter().zip(exact).map(|(x, y)| (x - y).to_f64());
    assert_bits("relinearisation", deviation(noise), switching_formula(&setup, 4));
}

/// The product of two polynomials of small coefficients modulo X^N + 1.
fn negacyclic(a: &[Integer], b: &[Integer]) -> Vec<Integer> {
    let small = |x: &[Integer]| x.iter().map(|c| c.to_i64().unwrap()).collect::<Vec<_>>();
    let (a, b) = (small(a), small(b));
    let degree = a.len();
    let mut product = vec![0i64; degree];
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            let sign = if i + j < degree { 1 } else { -1 };
            product[(i + j) % degree] += sign * x * y;
        }
    }
    product.into_iter().map(Integer::from).collect()
}

#[test]
fn rescaling_a_product_apart_and_at_once_agree() {
    let mut setup = Setup::levels(13, 3, 2);
    let (x, y) = (setup.values(-1.0, 1.0), setup.values(-1.0, 1.0));
    let ((_, a), (_, b)) = (setup.encrypt(&x, &two_to(45), 3), setup.encrypt(&y, &two_to(46), 3));
    let at_once = setup.evaluator.multiply_rescale(&a, &b, &setup.relinearisation).unwrap();
    let mut apart = setup.evaluator.multiply(&a, &b, &setup.relinearisation).unwrap();
    setup.evaluator.rescale(&mut apart).unwrap();
    assert_eq!((apart.level(), apart.scale()), (at_once.level(), at_once.scale()));
    assert_eq!(*apart.scale(), two_to(91) / setup.context.chain().q[3]);
    let difference = setup.coefficients(&apart).into_iter().zip(setup.coefficients(&at_once));
    // Two independent roundings.
    let deviation = deviation(difference.map(|(x, y)| (x - y).to_f64()));
    assert!(deviation < 1.1 * std::f64::consts::SQRT_2 * setup.rounding(), "{deviation}");
}

#[test]
fn a_sparse_secret_has_the_noise_of_its_weight() {
    let mut setup = Setup::sparse(13, &[54, 50, 50, 50, 50], &[54, 54], 192);
    assert_eq!(setup.secret.hamming_weight(), 192);
    let values = setup.values(-1.0, 1.0);
    let (plaintext, fresh) = setup.encrypt(&values, &two_to(90), 4);
    let difference =
        |left: Vec<Integer>, right: Vec<Integer>| deviation(left.into_iter().zip(right).map(|(x, y)| (x - y).to_f64()));
    let before = setup.coefficients(&fresh);
    let exact = setup.context.coefficients(&plaintext).unwrap();
    let rounding = (193f64 / 12.0).sqrt();
    assert_bits("sparse, fresh", difference(before.clone(), exact), rounding);
    let keys = GaloisKeys::generate(&setup.secret, &[3], 4, &mut setup.rng).unwrap();
    let rotated = setup.coefficients(&setup.evaluator.rotate(&fresh, 3, &keys).unwrap());
    let formula = (digits_formula(&setup, 4) + rounding.powi(2)).sqrt();
    assert_bits("sparse, rotation", difference(rotated, substitute(&before, 125)), formula);
    let mut rescaled = fresh.clone();
    setup.evaluator.rescale(&mut rescaled).unwrap();
    let top = setup.context.chain().q[4];
    let after = setup.coefficients(&rescaled);
    let noise = before.iter().zip(&after).map(|(x, y)| (Float::with_val(PRECISION, x) / top - y).to_f64());
    assert_bits("sparse, rescale", deviation(noise), rounding);
}

#[test]
fn a_wrong_key_opens_only_noise() {
    let mut setup = Setup::levels(13, 2, 1);
    let values = setup.values(-1.0, 1.0);
    let (_, ciphertext) = setup.encrypt(&values, &two_to(45), 2);
    let other = SecretKey::generate(&setup.context, &mut setup.rng);
    let opened = setup.context.coefficients(&other.decrypt(&ciphertext).unwrap()).unwrap();
    let modulus = setup.context.modulus(2).unwrap();
    let share = |c: &Integer| (Float::with_val(PRECISION, c) / modulus).to_f64();
    // Uniform on the whole modulus: deviation 1/√12 of it.
    assert_bits("wrong key", deviation(opened.iter().map(share)), 12f64.sqrt().recip());
}
