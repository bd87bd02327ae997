//! The embedding against its definition in exact arithmetic, on random complex slots, in every ring.

use super::dd::Dd;
use super::embedding::{Complex, Embedding};
use crate::real::PRECISION;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use rayon::prelude::*;
use rug::Float;
use rug::float::Constant;

/// Outputs that are compared in a large ring; in a small one all are.
const COMPARED: usize = 3;
/// The largest scale that is claimed, as log2.
const LOG_SCALE: i32 = 60;

fn wide(value: f64) -> Float {
    Float::with_val(PRECISION, value)
}

/// Σ_i values_i·e^(iπ·angle(i)/N), to about 250 bits.
fn exact(values: &[Complex], degree: usize, angle: impl Fn(usize) -> usize + Sync) -> (Float, Float) {
    let turn = Float::with_val(PRECISION, Constant::Pi) / degree;
    let term = |(i, z): (usize, &Complex)| {
        let (sin, cos) = Float::with_val(PRECISION, &turn * angle(i)).sin_cos(Float::new(PRECISION));
        let (re, im) = (wide(z.re.to_f64()), wide(z.im.to_f64()));
        (Float::with_val(PRECISION, &re * &cos) - Float::with_val(PRECISION, &im * &sin), re * sin + im * cos)
    };
    let sum = |a: (Float, Float), b: (Float, Float)| (a.0 + b.0, a.1 + b.1);
    values.par_iter().enumerate().map(term).reduce(|| (wide(0.0), wide(0.0)), sum)
}

fn distance(got: Complex, want: &(Float, Float)) -> f64 {
    let part = |x: Dd, y: &Float| (x - Dd::from_float(y)).to_f64();
    part(got.re, &want.0).hypot(part(got.im, &want.1))
}

/// How many bits an error for values of size 1 lies below the noise of a scaled value, at the largest scale.
fn margin(noise: f64, error: f64) -> f64 {
    noise.log2() - error.log2() - f64::from(LOG_SCALE)
}

/// All outputs of a small ring, a few of a large one.
fn outputs(slots: usize, rng: &mut ChaCha20Rng) -> Vec<usize> {
    if slots <= 64 { (0..slots).collect() } else { (0..COMPARED).map(|_| rng.random_range(0..slots)).collect() }
}

#[test]
fn the_error_of_the_transform_is_far_below_the_noise_in_every_ring() {
    let mut rng = ChaCha20Rng::seed_from_u64(11);
    for log_n in 4..=17 {
        let (degree, slots) = (1usize << log_n, 1usize << (log_n - 1));
        let embedding = Embedding::new(slots);
        let powers: Vec<usize> =
            std::iter::successors(Some(1), |power| Some(power * 5 % (2 * degree))).take(slots).collect();
        let mut part = || Dd::from(rng.random_range(-1.0..1.0));
        let random: Vec<Complex> = (0..slots).map(|_| Complex { re: part(), im: part() }).collect();

        let mut coefficients = random.clone();
        embedding.to_coefficients(&mut coefficients);
        // Coefficient k is the mean of z_j·ζ_j^(−k), the other half of the coefficients being its imaginary part.
        let error = outputs(slots, &mut rng).into_iter().map(|k| {
            let (re, im) = exact(&random, degree, |j| 2 * degree - powers[j] * k % (2 * degree));
            distance(coefficients[k], &(re / slots, im / slots))
        });
        // One rounding of an encoding, the least noise that there is.
        let encoding = margin(12f64.sqrt().recip(), error.fold(0.0, f64::max));

        let mut values = random.clone();
        embedding.to_slots(&mut values);
        let error = outputs(slots, &mut rng)
            .into_iter()
            .map(|j| distance(values[j], &exact(&random, degree, |k| powers[j] * k % (2 * degree))));
        // Of slot values of this size; the noise of a slot is √(N/12) over the scale.
        let size = values.iter().map(|z| z.re.to_f64().hypot(z.im.to_f64())).fold(0.0, f64::max);
        let decoding = margin((degree as f64 / 12.0).sqrt(), error.fold(0.0, f64::max) / size);
        println!("N = 2^{log_n}, scale 2^{LOG_SCALE}: {encoding:.1} and {decoding:.1} bits below the noise");
        assert!(encoding > 10.0 && decoding > 10.0, "N = 2^{log_n}: {encoding} and {decoding} bits below the noise");
    }
}
