//! The RNS-CKKS layer against exact arithmetic and against its own noise formulas.

#![allow(clippy::unwrap_used)]

use polyattn::circuit::ModulusChain;
use polyattn::encrypted::ckks::{
    Ciphertext, Context, ERROR_VARIANCE, Evaluator, GaloisKeys, Plaintext, PublicKey, RelinearisationKey, SecretKey,
};
use polyattn::real::PRECISION;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use rug::{Float, Integer};
use std::sync::{Arc, LazyLock};

fn float(value: f64) -> Float {
    Float::with_val(PRECISION, value)
}

fn two_to(exponent: i32) -> Float {
    float(1.0) << exponent
}

struct Setup {
    context: Arc<Context>,
    evaluator: Evaluator,
    secret: SecretKey,
    public: PublicKey,
    relinearisation: RelinearisationKey,
    rng: ChaCha20Rng,
}

impl Setup {
    fn new(log_n: u32, q_bits: &[u32], p_bits: &[u32]) -> Self {
        let chain = ModulusChain::generate(log_n, q_bits, p_bits).unwrap();
        let context = Context::new(&chain).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let secret = SecretKey::generate(&context, &mut rng);
        let public = PublicKey::generate(&secret, &mut rng);
        let relinearisation = RelinearisationKey::generate(&secret, &mut rng);
        Self { evaluator: Evaluator::new(&context), context, secret, public, relinearisation, rng }
    }

    /// L levels of 50-bit primes over a 54-bit one.
    fn levels(log_n: u32, levels: usize, special: usize) -> Self {
        let q_bits = [&[54][..], &vec![50; levels]].concat();
        Self::new(log_n, &q_bits, &vec![54; special])
    }

    fn values(&mut self, low: f64, high: f64) -> Vec<f64> {
        (0..self.context.slots()).map(|_| self.rng.random_range(low..high)).collect()
    }

    fn encrypt(&mut self, values: &[f64], scale: &Float, level: usize) -> (Plaintext, Ciphertext) {
        let plaintext = self.context.encode(values, scale, level).unwrap();
        let ciphertext = self.public.encrypt(&plaintext, &mut self.rng).unwrap();
        (plaintext, ciphertext)
    }

    fn decrypt(&self, ciphertext: &Ciphertext) -> Vec<f64> {
        self.context.decode(&self.secret.decrypt(ciphertext).unwrap()).unwrap()
    }

    fn coefficients(&self, ciphertext: &Ciphertext) -> Vec<Integer> {
        self.context.coefficients(&self.secret.decrypt(ciphertext).unwrap()).unwrap()
    }

    fn weight(&self) -> f64 {
        self.secret.hamming_weight() as f64
    }

    /// Standard deviation of the noise of one rounding, √((h + 1)/12).
    fn rounding(&self) -> f64 {
        ((self.weight() + 1.0) / 12.0).sqrt()
    }

    /// A bound for the slots of noise of standard deviation `deviation` in a coefficient, nine deviations away.
    fn slot_bound(&self, deviation: f64) -> f64 {
        9.0 * 3.0 * deviation * (self.context.degree() as f64).sqrt()
    }
}

fn deviation(noise: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = noise.fold((0.0, 0.0), |(count, sum), x| (count + 1.0, sum + x * x));
    f64::sqrt(sum / count)
}

fn assert_bits(what: &str, measured: f64, formula: f64) {
    let bits = (measured / formula).log2();
    println!("{what}: measured {measured:.3}, formula {formula:.3}, {bits:+.4} bits");
    assert!(bits.abs() < 0.1, "{what}: {measured} is {bits} bits from {formula}");
}

fn largest_difference(got: &[f64], want: &[f64]) -> f64 {
    assert_eq!(got.len(), want.len());
    got.iter().zip(want).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
}

#[test]
fn encoding_and_decoding_return_the_values_to_the_last_bits() {
    for log_n in 13..=16 {
        let chain = ModulusChain::generate(log_n, &[61, 60, 60, 60, 60, 60], &[60]).unwrap();
        let context = Context::new(&chain).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let values: Vec<f64> = (0..context.slots()).map(|_| rng.random_range(-1.0..1.0)).collect();
        for (exponent, level) in [(30, 0), (45, 1), (60, 0), (60, 5), (90, 4)] {
            let scale = two_to(exponent) * 3u32 / 2u32;
            let decoded = context.decode(&context.encode(&values, &scale, level).unwrap()).unwrap();
            // Real slots make the coefficients, and so their roundings, antisymmetric: the whole N/12 is in the real
            // part. Decoding rounds to 53 bits.
            let bound = 6.0 * (context.degree() as f64 / 12.0).sqrt() / scale.to_f64() + 2f64.powi(-53);
            let error = largest_difference(&decoded, &values);
            assert!(error < bound, "N = 2^{log_n}, scale {scale}: {error} ≥ {bound}");
        }
    }
}

#[test]
fn encoded_coefficients_are_the_exact_ones_rounded() {
    // A polynomial of known coefficients below 2^59 has slots that doubles do not hold, so take a constant and a
    // single slot: value v in every slot is the constant polynomial v·scale.
    let chain = ModulusChain::generate(14, &[61, 60], &[60]).unwrap();
    let context = Context::new(&chain).unwrap();
    let scale = two_to(60) + 12345u32;
    let value = 0.333_333_333_333_333_3;
    let plaintext = context.encode(&vec![value; context.slots()], &scale, 1).unwrap();
    let coefficients = context.coefficients(&plaintext).unwrap();
    assert_eq!(coefficients[0], (float(value) * scale).to_integer().unwrap());
    assert!(coefficients[1..].iter().all(|c| *c == 0));
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

/// √((N σ²/12)·Σ_digits (Q_i/P)² + (h + 1)/12).
fn switching_formula(setup: &Setup, level: usize) -> f64 {
    let chain = setup.context.chain();
    let log2 = |primes: &[u64]| primes.iter().map(|&p| (p as f64).log2()).sum::<f64>();
    let special = log2(&chain.p);
    let digits: f64 = chain.q[..=level].chunks(chain.p.len()).map(|digit| (2.0 * (log2(digit) - special)).exp2()).sum();
    (setup.context.degree() as f64 * ERROR_VARIANCE / 12.0 * digits + setup.rounding().powi(2)).sqrt()
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

/// Squares and multiplies down the whole chain, opening every stage.
fn check_every_level(log_n: u32, levels: usize, special: usize) {
    let mut setup = Setup::levels(log_n, levels, special);
    let (x, y) = (setup.values(-1.0, 1.0), setup.values(0.9, 1.0));
    let scale = two_to(50);
    let (_, mut left) = setup.encrypt(&x, &scale, levels);
    let (_, right) = setup.encrypt(&y, &scale, levels);
    let mut exact = x;
    let unit = setup.slot_bound(setup.rounding());
    let mut bound = unit / scale.to_f64();
    for stage in 0..levels {
        // The noise of the operands, each at most one times the other operand, and one rescaling.
        let fresh = unit / scale.to_f64();
        if stage % 2 == 0 {
            left = setup.evaluator.multiply_rescale(&left, &right, &setup.relinearisation).unwrap();
            exact.iter_mut().zip(&y).for_each(|(x, y)| *x *= y);
            bound += fresh;
        } else {
            left = setup.evaluator.square_rescale(&left, &setup.relinearisation).unwrap();
            exact.iter_mut().for_each(|x| *x *= *x);
            bound *= 2.0;
        }
        bound += unit / left.scale().to_f64();
        assert_eq!(left.level(), levels - stage - 1);
        let error = largest_difference(&setup.decrypt(&left), &exact);
        assert!(error < bound, "N = 2^{log_n}, level {}: {error} ≥ {bound}", left.level());
        assert!(error > bound / 1e4, "N = 2^{log_n}: the bound {bound} says nothing about {error}");
    }
    println!("N = 2^{log_n}: depth {levels}, error below 2^{:.1}", bound.log2());
}

#[test]
fn products_are_exact_up_to_noise_at_every_level() {
    check_every_level(13, 12, 3);
    // One prime in a digit and more digits than an accumulator holds; more special primes than the chain is long.
    check_every_level(13, 17, 1);
    check_every_level(13, 2, 5);
    check_every_level(14, 12, 4);
}

#[test]
fn products_are_exact_up_to_noise_in_large_rings() {
    check_every_level(15, 12, 3);
    check_every_level(16, 6, 2);
}

#[test]
fn linear_operations_and_constants_follow_exact_arithmetic_at_every_level() {
    let mut setup = Setup::levels(13, 4, 2);
    let (x, y) = (setup.values(-1.0, 1.0), setup.values(-1.0, 1.0));
    let scale = two_to(45);
    let bound = 4.0 * setup.slot_bound(setup.rounding()) / scale.to_f64();
    for level in 0..=4 {
        let (_, a) = setup.encrypt(&x, &scale, 4);
        let (plain, b) = setup.encrypt(&y, &scale, level);
        let check = |what: &str, got: &Ciphertext, exact: &dyn Fn(f64, f64) -> f64| {
            assert_eq!(got.level(), level);
            let exact: Vec<f64> = x.iter().zip(&y).map(|(&x, &y)| exact(x, y)).collect();
            let error = largest_difference(&setup.decrypt(got), &exact);
            assert!(error < bound, "{what} at level {level}: {error} ≥ {bound}");
        };
        let evaluator = &setup.evaluator;
        check("sum", &evaluator.add(&a, &b).unwrap(), &|x, y| x + y);
        check("difference", &evaluator.sub(&a, &b).unwrap(), &|x, y| x - y);
        check("difference, other way", &evaluator.sub(&b, &a).unwrap(), &|x, y| y - x);
        let mut shifted = b.clone();
        evaluator.add_constant(&mut shifted, &float(-0.123_456_789)).unwrap();
        check("constant", &shifted, &|_, y| y - 0.123_456_789);
        evaluator.negate(&mut shifted).unwrap();
        check("negation", &shifted, &|_, y| 0.123_456_789 - y);
        let mut sum = a.clone();
        evaluator.add_plain(&mut sum, &plain).unwrap();
        check("plaintext sum", &sum, &|x, y| x + y);
        check("factor", &b.clone().rescaled_value(&float(0.75)).unwrap(), &|_, y| 0.75 * y);
        let mut lowered = a.clone();
        evaluator.drop_to(&mut lowered, level).unwrap();
        check("lowered", &lowered, &|x, _| x);
    }
    let (_, mut a) = setup.encrypt(&x, &scale, 4);
    let weights = setup.context.encode(&y, &two_to(50), 4).unwrap();
    setup.evaluator.multiply_plain(&mut a, &weights).unwrap();
    setup.evaluator.rescale(&mut a).unwrap();
    let exact: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x * y).collect();
    assert!(largest_difference(&setup.decrypt(&a), &exact) < bound);
    assert_eq!(a.level(), 3);
}

#[test]
fn a_constant_is_added_to_the_nearest_integer_at_the_exact_scale() {
    let mut setup = Setup::levels(13, 2, 1);
    let values = setup.values(-1.0, 1.0);
    let (_, mut ciphertext) = setup.encrypt(&values, &(two_to(44) / 3u32), 2);
    let before = setup.coefficients(&ciphertext);
    let constant = float(-1.0) / 7u32;
    setup.evaluator.add_constant(&mut ciphertext, &constant).unwrap();
    let mut after = setup.coefficients(&ciphertext);
    after[0] -= (constant * ciphertext.scale()).to_integer().unwrap();
    assert_eq!(after, before);
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
fn rotations_move_slots_to_the_left_and_compose() {
    let mut setup = Setup::levels(13, 3, 2);
    let slots = setup.context.slots();
    let values = setup.values(-1.0, 1.0);
    let (_, ciphertext) = setup.encrypt(&values, &two_to(45), 2);
    let half = slots as i64 / 2;
    let keys = GaloisKeys::generate(&setup.secret, &[1, 5, 6, -7, half], 2, &mut setup.rng).unwrap();
    let bound = 4.0 * setup.slot_bound(setup.rounding()) / 2f64.powi(45);
    let rotated = |steps: i64| {
        let mut exact = values.clone();
        exact.rotate_left(steps.rem_euclid(slots as i64) as usize);
        exact
    };
    let rotate = |ciphertext: &Ciphertext, steps| setup.evaluator.rotate(ciphertext, steps, &keys).unwrap();
    for steps in [0, 1, 5, 6, -7, half, 1 - slots as i64, slots as i64, i64::MIN] {
        let error = largest_difference(&setup.decrypt(&rotate(&ciphertext, steps)), &rotated(steps));
        assert!(error < bound, "{steps}: {error} ≥ {bound}");
    }
    let composed = setup.decrypt(&rotate(&rotate(&ciphertext, 1), 5));
    assert!(largest_difference(&composed, &setup.decrypt(&rotate(&ciphertext, 6))) < bound);
    let cycle = setup.decrypt(&rotate(&rotate(&ciphertext, half), half));
    assert!(largest_difference(&cycle, &values) < bound);
    let mut lower = ciphertext.clone();
    setup.evaluator.drop_to(&mut lower, 0).unwrap();
    assert!(largest_difference(&setup.decrypt(&rotate(&lower, -7)), &rotated(-7)) < bound);
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

#[test]
fn a_seed_fixes_every_bit_whatever_the_number_of_threads() {
    let run = || {
        let mut setup = Setup::levels(13, 4, 2);
        let values = setup.values(-1.0, 1.0);
        let (_, a) = setup.encrypt(&values, &two_to(45), 4);
        let keys = GaloisKeys::generate(&setup.secret, &[9], 3, &mut setup.rng).unwrap();
        let square = setup.evaluator.square_rescale(&a, &setup.relinearisation).unwrap();
        let rotated = setup.evaluator.rotate(&square, 9, &keys).unwrap();
        let decrypted = setup.decrypt(&rotated);
        (a, rotated, decrypted)
    };
    let with_threads = |count| rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap().install(run);
    let one = with_threads(1);
    assert!(one == with_threads(2));
    assert!(one == with_threads(1));
}

#[test]
fn bad_input_is_refused_with_its_reason() {
    let mut setup = Setup::levels(13, 2, 1);
    let values = setup.values(-1.0, 1.0);
    let (_, a) = setup.encrypt(&values, &two_to(45), 2);
    let (_, b) = setup.encrypt(&values, &(two_to(45) * float(1.0 + 2f64.powi(-39))), 2);
    let (_, near) = setup.encrypt(&values, &(two_to(45) * float(1.0 + 2f64.powi(-41))), 2);
    let (context, evaluator) = (&setup.context, &setup.evaluator);
    let refused = |result: Result<(), polyattn::Error>, words: &str| {
        let error = result.unwrap_err();
        assert_eq!(error.exit_code(), 2, "{error}");
        assert!(error.to_string().contains(words), "'{error}' does not say '{words}'");
    };
    assert!(evaluator.add(&a, &near).is_ok());
    refused(evaluator.add(&a, &b).map(drop), "2^45.000000000000 and 2^45.000000000003");
    let too_many = vec![0.0; context.slots() + 1];
    refused(context.encode(&too_many, &two_to(45), 2).map(drop), "4097 values do not fit in 4096 slots");
    refused(context.encode(&[f64::NAN], &two_to(45), 2).map(drop), "slot 0 is NaN");
    refused(context.encode(&[1.0], &two_to(45), 3).map(drop), "level 3 does not exist");
    refused(context.encode(&[1.0; 4096], &two_to(53), 0).map(drop), "lower the scale");
    refused(context.encode(&[1e30], &two_to(60), 2).map(drop), "lower the scale");
    refused(context.encode(&[1.0], &float(0.0), 2).map(drop), "out of range");
    refused(context.encode(&[1.0], &float(f64::INFINITY), 2).map(drop), "out of range");
    let mut bottom = a.clone();
    evaluator.drop_to(&mut bottom, 0).unwrap();
    refused(evaluator.rescale(&mut bottom), "level 0 cannot be rescaled");
    refused(evaluator.square_rescale(&bottom, &setup.relinearisation).map(drop), "level 0 cannot be rescaled");
    refused(evaluator.drop_to(&mut bottom, 1), "cannot be raised");
    refused(evaluator.multiply(&bottom, &bottom, &setup.relinearisation).map(drop), "scale out of bounds");
    refused(evaluator.add_constant(&mut bottom, &float(1e9)), "does not fit");
    refused(evaluator.add_constant(&mut bottom, &float(f64::NAN)), "does not fit");
    refused(bottom.clone().rescaled_value(&float(-1.0)).map(drop), "negate first");
    let keys = GaloisKeys::generate(&setup.secret, &[1, 2], 1, &mut setup.rng).unwrap();
    refused(evaluator.rotate(&bottom, 3, &keys).map(drop), "rotation by 3 slots, only for [1, 2]");
    refused(evaluator.rotate(&a, 1, &keys).map(drop), "level 1 and below");
    let mut other = Setup::levels(13, 3, 1);
    let (_, longer) = other.encrypt(&values, &two_to(45), 3);
    refused(other.evaluator.add(&a, &a).map(drop), "another modulus chain");
    refused(evaluator.square_rescale(&longer, &setup.relinearisation).map(drop), "another modulus chain");
    refused(other.secret.decrypt(&a).map(drop), "another modulus chain");
}

#[test]
fn chains_that_cannot_work_are_refused() {
    let good = ModulusChain::generate(13, &[50, 50], &[50]).unwrap();
    let refused = |change: fn(&mut ModulusChain), words: &str| {
        let mut chain = good.clone();
        change(&mut chain);
        let error = Context::new(&chain).map(drop).unwrap_err();
        assert!(error.exit_code() == 2 && error.to_string().contains(words), "'{error}' does not say '{words}'");
    };
    refused(|chain| chain.p.clear(), "p has 0 primes");
    refused(|chain| chain.q.clear(), "q is empty");
    refused(|chain| chain.p = chain.q.clone(), "occurs twice");
    refused(|chain| chain.q[1] += 2, "is not a prime");
    refused(|chain| chain.log_n = 15, "is not a prime");
    refused(|chain| chain.log_n = 40, "log_n is 40");
}

#[test]
fn secrets_are_not_printed() {
    let setup = Setup::levels(13, 1, 1);
    assert_eq!(format!("{:?}", setup.secret), "SecretKey { .. }");
}

static SMALL: LazyLock<Setup> = LazyLock::new(|| Setup::levels(6, 3, 2));

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn ring_laws_hold_up_to_noise(
        x in prop::collection::vec(-8.0f64..8.0, 32),
        y in prop::collection::vec(-8.0f64..8.0, 32),
        bits in 30i32..48,
        level in 1usize..=3,
        seed: u64,
    ) {
        let (setup, scale) = (&*SMALL, two_to(bits));
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let mut encrypt = |values: &[f64], level| {
            setup.public.encrypt(&setup.context.encode(values, &scale, level).unwrap(), &mut rng).unwrap()
        };
        let (a, b) = (encrypt(&x, level), encrypt(&y, 3));
        let product = setup.evaluator.multiply_rescale(&a, &b, &setup.relinearisation).unwrap();
        let mirrored = setup.evaluator.multiply_rescale(&b, &a, &setup.relinearisation).unwrap();
        prop_assert!(product == mirrored);
        prop_assert_eq!(product.level(), level - 1);
        let unit = setup.slot_bound(setup.rounding());
        let bound = unit * (17.0 / scale.to_f64() + 1.0 / product.scale().to_f64());
        let exact: Vec<f64> = x.iter().zip(&y).map(|(x, y)| x * y).collect();
        prop_assert!(largest_difference(&setup.decrypt(&product), &exact) < bound);
        let sum = setup.evaluator.add(&a, &b).unwrap();
        let back = setup.evaluator.sub(&sum, &b).unwrap();
        prop_assert!(back == a);
    }

    #[test]
    fn encoding_is_additive_up_to_rounding(
        x in prop::collection::vec(-1e3f64..1e3, 1..=32),
        bits in 10i32..60,
        level in 0usize..=3,
    ) {
        let setup = &*SMALL;
        prop_assume!(level > 0 || bits < 40);
        let plaintext = setup.context.encode(&x, &two_to(bits), level).unwrap();
        let decoded = setup.context.decode(&plaintext).unwrap();
        let mut padded = x.clone();
        padded.resize(32, 0.0);
        let bound = 32.0 * 2f64.powi(-bits) + 1e3 * 2f64.powi(-52);
        prop_assert!(largest_difference(&decoded, &padded) < bound);
    }
}
