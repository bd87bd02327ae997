//! Every operation against exact arithmetic.

use crate::setup::{Setup, float, largest_difference, two_to};
use polyattn::circuit::ModulusChain;
use polyattn::encrypted::ckks::{Ciphertext, Context, GaloisKeys};
use polyattn::real::PRECISION;
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use rug::Float;
use rug::float::Constant;
use std::sync::LazyLock;

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
    // A value v in slot 0 alone is the polynomial of coefficients (2v/N)·cos(πk/N); here they reach 2^60.
    for log_n in [13, 16] {
        let chain = ModulusChain::generate(log_n, &[61, 60], &[60]).unwrap();
        let context = Context::new(&chain).unwrap();
        let scale = two_to(60 + log_n as i32) + 12345u32;
        let value = 0.7;
        let coefficients = context.coefficients(&context.encode(&[value], &scale, 1).unwrap()).unwrap();
        let peak = scale * value * 2u32 / context.degree();
        for (k, got) in coefficients.iter().enumerate() {
            let angle = Float::with_val(PRECISION, Constant::Pi) * k / context.degree();
            let error = Float::with_val(PRECISION, &peak * angle.cos()) - got;
            assert!(error.abs() < 0.5 + 2f64.powi(-30), "N = 2^{log_n}, coefficient {k}");
        }
    }
}

/// Squares and multiplies down the whole chain, opening every stage.
fn check_every_level(mut setup: Setup) {
    let (log_n, levels) = (setup.context.chain().log_n, setup.context.top_level());
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
    check_every_level(Setup::levels(13, 12, 3));
    // Primes of many sizes.
    check_every_level(Setup::new(13, &[60, 48, 52, 55, 45, 50], &[61, 61]));
    // One prime in a digit and more digits than an accumulator holds; more special primes than the chain is long.
    check_every_level(Setup::levels(13, 17, 1));
    check_every_level(Setup::levels(13, 2, 5));
    check_every_level(Setup::levels(14, 12, 4));
}

#[test]
fn products_are_exact_up_to_noise_in_large_rings() {
    check_every_level(Setup::levels(15, 12, 3));
    check_every_level(Setup::levels(16, 6, 2));
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
