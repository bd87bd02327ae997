//! The noise of products, constants and encodings, measured on slots against its formulas.

use crate::noise::{assert_bits, digits_formula};
use crate::setup::{Setup, deviation, two_to};
use polyattn::encrypted::ckks::{Ciphertext, Plaintext};
use polyattn::real::PRECISION;
use rand::Rng;
use rug::Float;

type Slots = Vec<(f64, f64)>;

fn times(a: &Slots, b: &Slots) -> Slots {
    a.iter().zip(b).map(|(a, b)| (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)).collect()
}

fn mean_square(values: &Slots) -> f64 {
    values.iter().map(|z| z.0 * z.0 + z.1 * z.1).sum::<f64>() / values.len() as f64
}

/// Standard deviation of a coefficient of the error: the mean square of the slots is N times its variance.
fn slot_deviation(got: &Slots, want: &Slots, scale: &Float) -> f64 {
    let errors: Slots = got.iter().zip(want).map(|(x, y)| (x.0 - y.0, x.1 - y.1)).collect();
    (mean_square(&errors) / (2 * got.len()) as f64).sqrt() * scale.to_f64()
}

/// Complex values as they were encoded, and their encryption.
fn draw(setup: &mut Setup, scale: i32, level: usize) -> (Slots, Ciphertext) {
    let values = setup.complex_values(-1.0, 1.0);
    let plaintext = setup.context.encode_complex(&values, &two_to(scale), level).unwrap();
    let ciphertext = setup.public.encrypt(&plaintext, &mut setup.rng).unwrap();
    (setup.context.decode_complex(&plaintext).unwrap(), ciphertext)
}

#[test]
fn a_product_has_the_noise_of_its_factors_and_one_key_switching() {
    for (left, right) in [(40, 40), (45, 42)] {
        let mut setup = Setup::new(13, &[54, 50, 50, 50], &[54, 54]);
        let ((x, a), (y, b)) = (draw(&mut setup, left, 3), draw(&mut setup, right, 3));
        let fresh = setup.rounding().powi(2);
        let square = |bits: i32| 2f64.powi(2 * bits);
        let inherited = fresh * (square(left) * mean_square(&x) + square(right) * mean_square(&y));
        let product = setup.evaluator.multiply(&a, &b, &setup.relinearisation).unwrap();
        let measured = slot_deviation(&setup.decrypt_complex(&product), &times(&x, &y), product.scale());
        assert_bits("product", measured, (inherited + digits_formula(&setup, 3) + fresh).sqrt());
    }
}

#[test]
fn a_rescaled_product_divides_its_noise_and_rounds_once() {
    // The factors' noise after the division is below, beside and above the rounding.
    for bits in [46, 50, 52] {
        let mut setup = Setup::new(13, &[54, 50, 50, 50], &[54, 54]);
        let ((x, a), (y, b)) = (draw(&mut setup, bits, 3), draw(&mut setup, bits, 3));
        let fresh = setup.rounding().powi(2);
        let inherited = fresh * 2f64.powi(2 * bits) * (mean_square(&x) + mean_square(&y));
        let divisor = (setup.context.chain().q[3] as f64).powi(2);
        let product = setup.evaluator.multiply_rescale(&a, &b, &setup.relinearisation).unwrap();
        let measured = slot_deviation(&setup.decrypt_complex(&product), &times(&x, &y), product.scale());
        let formula = ((inherited + digits_formula(&setup, 3)) / divisor + fresh).sqrt();
        assert_bits(&format!("rescaled product, 2^{bits}"), measured, formula);
    }
}

#[test]
fn two_fresh_noises_multiply_as_ones_of_the_same_key() {
    // Both are τ_0 + τ_1·s, and |s(ζ)|⁴ has the mean 2h²: twice what independent noises would give.
    let mut setup = Setup::levels(16, 1, 1);
    let zeros = vec![0.0; setup.context.slots()];
    let ((_, a), (_, b)) = (setup.encrypt(&zeros, &two_to(20), 1), setup.encrypt(&zeros, &two_to(20), 1));
    let product = setup.evaluator.multiply(&a, &b, &setup.relinearisation).unwrap();
    let h = setup.weight();
    let formula = (setup.context.degree() as f64 * (2.0 * h * h + 2.0 * h + 1.0)).sqrt() / 12.0;
    assert_bits("noise × noise", deviation(setup.coefficients(&product).iter().map(|c| c.to_f64())), formula);
}

#[test]
fn a_plaintext_product_adds_the_plaintexts_rounding() {
    // The ciphertext's noise dominates, is like the rounding of the plaintext, and is dominated by it.
    for bits in [44, 39, 34] {
        let mut setup = Setup::levels(13, 3, 2);
        let (x, mut a) = draw(&mut setup, 45, 3);
        let weights = setup.complex_values(-1.0, 1.0);
        let plaintext: Plaintext = setup.context.encode_complex(&weights, &two_to(bits), 3).unwrap();
        setup.evaluator.multiply_plain(&mut a, &plaintext).unwrap();
        let measured = slot_deviation(&setup.decrypt_complex(&a), &times(&x, &weights), a.scale());
        let (noise, rounding) = (2f64.powi(2 * bits) * mean_square(&weights), 2f64.powi(90) * mean_square(&x) / 12.0);
        let formula = (noise * setup.rounding().powi(2) + rounding).sqrt();
        assert_bits(&format!("plaintext product, 2^{bits}"), measured, formula);
    }
}

#[test]
fn encoding_rounds_every_coefficient_once() {
    for log_n in [10, 13, 16] {
        let mut setup = Setup::levels(log_n, 1, 1);
        let (complex, real) = (setup.complex_values(-1.0, 1.0), setup.values(-1.0, 1.0));
        let real: Slots = real.into_iter().map(|re| (re, 0.0)).collect();
        for values in [complex, real] {
            let scale = two_to(40);
            let plaintext = setup.context.encode_complex(&values, &scale, 1).unwrap();
            let measured = slot_deviation(&setup.context.decode_complex(&plaintext).unwrap(), &values, &scale);
            assert_bits(&format!("encoding, N = 2^{log_n}"), measured, 12f64.sqrt().recip());
        }
    }
}

#[test]
fn a_constant_is_rounded_at_the_scale_of_the_ciphertext() {
    let mut setup = Setup::levels(4, 2, 1);
    let (_, a) = draw(&mut setup, 30, 2);
    let before = setup.coefficients(&a);
    let errors: Vec<f64> = (0..4000)
        .map(|_| {
            let constant = Float::with_val(PRECISION, setup.rng.random_range(-100.0..100.0));
            let mut shifted = a.clone();
            setup.evaluator.add_constant(&mut shifted, &constant).unwrap();
            let mut after = setup.coefficients(&shifted);
            let added = after[0].clone() - &before[0];
            after[0] -= &added;
            assert_eq!(after, before);
            (constant * a.scale() - added).to_f64()
        })
        .collect();
    assert!(errors.iter().all(|error| error.abs() <= 0.5));
    assert_bits("constant", deviation(errors.into_iter()), 12f64.sqrt().recip());
}
