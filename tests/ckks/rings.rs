//! The laws in every ring, from N = 2^4 to 2^16, at the levels of a chain.

use crate::setup::{Setup, float, largest_distance, two_to};
use polyattn::encrypted::ckks::{Ciphertext, Evaluator, GaloisKeys, Plaintext, SecretKey};
use polyattn::real::PRECISION;
use rug::Float;

type Slots = Vec<(f64, f64)>;
type Operation<'a> = &'a dyn Fn(&Ciphertext, &Ciphertext) -> Ciphertext;

const SCALE: i32 = 45;

/// Small rings with all levels of a chain of four, large rings with those of a chain of two.
fn rings() -> impl Iterator<Item = Setup> {
    let small = (4..=10).map(|log_n| Setup::levels(log_n, 4, 2));
    small.chain((11..=16).map(|log_n| Setup::levels(log_n, 2, 1)))
}

/// Slot values, with their encryption and their plaintext at the top level.
fn draw(setup: &mut Setup) -> (Slots, Ciphertext, Plaintext) {
    let values = setup.complex_values(-1.0, 1.0);
    let top = setup.context.top_level();
    let plaintext = setup.context.encode_complex(&values, &two_to(SCALE), top).unwrap();
    let ciphertext = setup.public.encrypt(&plaintext, &mut setup.rng).unwrap();
    (values, ciphertext, plaintext)
}

fn each(x: &Slots, y: &Slots, action: impl Fn((f64, f64), (f64, f64)) -> (f64, f64)) -> Slots {
    x.iter().zip(y).map(|(&x, &y)| action(x, y)).collect()
}

fn times(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

fn lowered(evaluator: &Evaluator, a: &Ciphertext, level: usize) -> Ciphertext {
    let mut a = a.clone();
    evaluator.drop_to(&mut a, level).unwrap();
    a
}

/// Asserts that `got` holds `want` up to `count` times the bound on a fresh encryption's noise.
fn check(setup: &Setup, what: &str, got: &Ciphertext, want: &Slots, count: f64) {
    let bound = count * setup.slot_bound(setup.rounding()) * 2f64.powi(-SCALE);
    let error = largest_distance(&setup.decrypt_complex(got), want);
    let (ring, level) = (setup.context.chain().log_n, got.level());
    assert!(error < bound, "{what}, N = 2^{ring}, level {level}: {error} ≥ {bound}");
}

#[test]
fn linear_operations_are_those_of_a_module_bit_for_bit() {
    for mut setup in rings() {
        let ((x, a, _), (y, b, p), (z, c, _)) = (draw(&mut setup), draw(&mut setup), draw(&mut setup));
        let evaluator = &setup.evaluator;
        let add = |a: &Ciphertext, b: &Ciphertext| evaluator.add(a, b).unwrap();
        let scaled = |a: &Ciphertext| {
            let mut a = a.clone();
            evaluator.multiply_plain(&mut a, &p).unwrap();
            a
        };
        for level in 0..=setup.context.top_level() {
            let [a, b, c] = [&a, &b, &c].map(|x| lowered(evaluator, x, level));
            assert!(add(&a, &b) == add(&b, &a));
            assert!(add(&add(&a, &b), &c) == add(&a, &add(&b, &c)));
            assert!(evaluator.sub(&add(&a, &b), &b).unwrap() == a);
            let mut negative = b.clone();
            evaluator.negate(&mut negative).unwrap();
            assert!(add(&a, &negative) == evaluator.sub(&a, &b).unwrap());
            check(&setup, "sum", &add(&add(&a, &b), &c), &each(&each(&x, &y, plus), &z, plus), 3.0);
            check(&setup, "negation", &negative, &y.iter().map(|y| (-y.0, -y.1)).collect(), 1.0);
            let (mut shifted, mut known) = (a.clone(), a.clone());
            evaluator.add_constant(&mut shifted, &(float(1.0) / 3u32)).unwrap();
            check(&setup, "constant", &shifted, &x.iter().map(|x| (x.0 + 1.0 / 3.0, x.1)).collect(), 2.0);
            evaluator.add_plain(&mut known, &p).unwrap();
            check(&setup, "plaintext sum", &known, &each(&x, &y, plus), 2.0);
            if level > 0 {
                // At level 0 the product of the scales exceeds the modulus.
                assert!(scaled(&add(&a, &c)) == add(&scaled(&a), &scaled(&c)));
                check(&setup, "plaintext product", &scaled(&a), &each(&x, &y, times), 3.0);
            }
        }
    }
}

fn plus(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 + b.0, a.1 + b.1)
}

#[test]
fn products_and_squares_are_those_of_a_ring_up_to_noise() {
    for mut setup in rings() {
        let ((x, a, _), (y, b, _), (z, c, _)) = (draw(&mut setup), draw(&mut setup), draw(&mut setup));
        let evaluator = &setup.evaluator;
        let product = |a: &Ciphertext, b: &Ciphertext| evaluator.multiply(a, b, &setup.relinearisation).unwrap();
        for level in 1..=setup.context.top_level() {
            let [a, b, c] = [&a, &b, &c].map(|x| lowered(evaluator, x, level));
            assert!(product(&a, &b) == product(&b, &a));
            check(&setup, "product", &product(&a, &b), &each(&x, &y, times), 4.0);
            let sum = each(&x, &y, plus);
            let expanded = evaluator.add(&product(&a, &c), &product(&b, &c)).unwrap();
            check(&setup, "distributivity", &expanded, &each(&sum, &z, times), 8.0);
            check(&setup, "of a sum", &product(&evaluator.add(&a, &b).unwrap(), &c), &each(&sum, &z, times), 8.0);
            let square = evaluator.square_rescale(&a, &setup.relinearisation).unwrap();
            assert_eq!(square.level(), level - 1);
            // The scale fell to 2^40.
            check(&setup, "square", &square, &each(&x, &x, times), 64.0);
            if level > 1 {
                let cube = evaluator.multiply_rescale(&square, &a, &setup.relinearisation).unwrap();
                // At 2^35.
                check(&setup, "cube", &cube, &each(&each(&x, &x, times), &x, times), 2048.0);
            }
        }
    }
}

#[test]
fn taking_a_ciphertext_to_a_lower_level_commutes_with_everything() {
    for mut setup in rings() {
        let ((x, a, p), (y, b, _)) = (draw(&mut setup), draw(&mut setup));
        let top = setup.context.top_level();
        let keys = GaloisKeys::generate(&setup.secret, &[1], top, &mut setup.rng).unwrap();
        let evaluator = &setup.evaluator;
        let exactly: [Operation; 4] = [
            &|a, b| evaluator.add(a, b).unwrap(),
            &|a, b| evaluator.sub(a, b).unwrap(),
            &|a, _| a.clone().rescaled_value(&float(3.0)).unwrap(),
            &|a, _| {
                let mut a = a.clone();
                evaluator.negate(&mut a).unwrap();
                evaluator.add_constant(&mut a, &float(0.125)).unwrap();
                evaluator.add_plain(&mut a, &p).unwrap();
                a
            },
        ];
        for level in 0..=top {
            let [low_a, low_b] = [&a, &b].map(|x| lowered(evaluator, x, level));
            for operation in exactly {
                assert!(lowered(evaluator, &operation(&a, &b), level) == operation(&low_a, &low_b));
            }
            // Key switching cuts other digits at another level: equal up to its rounding.
            let rotate = |a: &Ciphertext| evaluator.rotate(a, 1, &keys).unwrap();
            let mut image = x.clone();
            image.rotate_left(1);
            check(&setup, "rotated", &lowered(evaluator, &rotate(&a), level), &image, 2.0);
            check(&setup, "lowered", &rotate(&low_a), &image, 2.0);
            if level > 0 {
                let product =
                    |a: &Ciphertext, b: &Ciphertext| evaluator.multiply(a, b, &setup.relinearisation).unwrap();
                check(&setup, "multiplied", &lowered(evaluator, &product(&a, &b), level), &each(&x, &y, times), 4.0);
                check(&setup, "lowered factors", &product(&low_a, &low_b), &each(&x, &y, times), 4.0);
            }
        }
    }
}

#[test]
fn rotations_of_large_rings_compose_and_have_order_half_n() {
    for log_n in 7..=16 {
        let mut setup = Setup::levels(log_n, 2, 1);
        let half = setup.context.slots() as i64 / 2;
        let steps = [1, -1, half - 1, half];
        let keys = GaloisKeys::generate(&setup.secret, &steps, 2, &mut setup.rng).unwrap();
        let (x, a, _) = draw(&mut setup);
        let rotate = |a: &Ciphertext, steps| setup.evaluator.rotate(a, steps, &keys).unwrap();
        for level in [2, 0] {
            let a = lowered(&setup.evaluator, &a, level);
            let mut image = x.clone();
            image.rotate_left(half as usize);
            check(&setup, "half", &rotate(&a, half), &image, 2.0);
            check(&setup, "composition", &rotate(&rotate(&a, 1), half - 1), &image, 3.0);
            check(&setup, "inverse", &rotate(&rotate(&a, 1), -1), &x, 3.0);
            check(&setup, "order", &rotate(&rotate(&a, half), half), &x, 3.0);
        }
    }
}

#[test]
fn a_wrong_key_opens_only_noise_in_every_ring() {
    for mut setup in rings() {
        let (_, a, _) = draw(&mut setup);
        let other = SecretKey::generate(&setup.context, &mut setup.rng);
        for level in 0..=setup.context.top_level() {
            let opened = other.decrypt(&lowered(&setup.evaluator, &a, level)).unwrap();
            let modulus = setup.context.modulus(level).unwrap();
            let share = |c| (Float::with_val(PRECISION, c) / modulus).to_f64();
            let shares: Vec<f64> = setup.context.coefficients(&opened).unwrap().iter().map(share).collect();
            // Uniform on [−1/2, 1/2]: a mean square of 1/12, with deviation √(1/180N); and some coefficient is large.
            let count = shares.len() as f64;
            let square = shares.iter().map(|share| share * share).sum::<f64>() / count;
            assert!((square - 1.0 / 12.0).abs() < 5.0 / (180.0 * count).sqrt(), "N = {count}: {square}");
        }
    }
}
