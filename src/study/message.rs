//! Messages whose encoding rounds at random.
//!
//! Encoding is deterministic, so a bound on its rounding that may fail with a probability needs random messages. Here the
//! rounding is drawn first: to the slots of a polynomial n of whole coefficients is added the opposite of a polynomial r whose
//! free coefficients are independent and uniform, and what comes out is the message. It encodes to n, and its rounding is r,
//! which is independent of n and of all keys.

use crate::encrypted::ckks::{Context, Plaintext};
use crate::error::{Error, Result};
use crate::real::PRECISION;
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rug::Float;

/// A dithered message.
pub(super) struct Dithered {
    /// Its slots, in binary64.
    pub values: Vec<f64>,
    /// The slots that its encoding stands for.
    pub encoded: Vec<f64>,
    pub plaintext: Plaintext,
}

/// A bound, in units of a coefficient, on what binary64 changes in a slot of a message at most 1 + 2^-20, and hence in a
/// coefficient: two roundings of 2^-53 each, and the 32 bits of a dither.
pub(super) fn rest(scale: &Float) -> f64 {
    2f64.powi(-51) * scale.to_f64()
}

impl Dithered {
    /// A message near `wanted`, off by at most the rounding of an encoding twice. The roundings keep [`rest`] away from ±½, so
    /// that the message encodes to n for certain.
    pub(super) fn near(
        wanted: &[f64],
        context: &Context,
        scale: &Float,
        level: usize,
        rng: &mut ChaCha20Rng,
    ) -> Result<Self> {
        let whole = context.encode(wanted, scale, level)?;
        let encoded = context.decode(&whole)?;
        let unit = Float::with_val(PRECISION, scale.recip_ref()).to_f64();
        let rounding = context.slots_of(&roundings(context.degree(), 1.0 - 2.0 * rest(scale), rng))?;
        let values: Vec<f64> = encoded.iter().zip(&rounding).map(|(n, r)| n - r * unit).collect();
        let plaintext = context.encode(&values, scale, level)?;
        if plaintext != whole {
            return Err(Error::internal("a dithered message does not encode to the polynomial that it was made from"));
        }
        Ok(Self { values, encoded, plaintext })
    }
}

/// The coefficients r of real slots, r_(N−k) = −r_k and r_(N/2) = 0: N/2 of them independent and uniform over an interval of
/// this width around 0.
fn roundings(degree: usize, width: f64, rng: &mut ChaCha20Rng) -> Vec<f64> {
    let mut coefficients = vec![0.0; degree];
    for k in 0..degree / 2 {
        let uniform = (f64::from(rng.random::<u32>()) + 0.5) / 2f64.powi(32) - 0.5;
        coefficients[k] = uniform * width;
        if k > 0 {
            coefficients[degree - k] = -uniform * width;
        }
    }
    coefficients
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::ModulusChain;
    use crate::noise::{EncodingRounding, RingModel};
    use rand::SeedableRng;

    /// The message is its encoding less the rounding that was drawn, whose coefficients are uniform and whose slots have the
    /// variance of the model.
    #[test]
    fn the_rounding_of_a_dithered_message_is_the_one_that_was_drawn() {
        let chain = ModulusChain::generate(10, &[44, 40], &[50]).unwrap();
        let context = Context::new(&chain).unwrap();
        let scale = Float::with_val(PRECISION, 1u64 << 40);
        let (mut square, mut count) = (0.0, 0.0);
        for seed in 0..40 {
            let wanted: Vec<f64> =
                (0..512).map(|i| if i % 2 == 0 { 1.0 } else { (f64::from(i) / 512.0).sin() }).collect();
            let drawn = Dithered::near(&wanted, &context, &scale, 1, &mut ChaCha20Rng::seed_from_u64(seed)).unwrap();
            let coefficients = roundings(1024, 1.0 - 2.0 * rest(&scale), &mut ChaCha20Rng::seed_from_u64(seed));
            assert!(coefficients.iter().all(|r| r.abs() < 0.5) && coefficients[512] == 0.0);
            let slots = context.slots_of(&coefficients).unwrap();
            for ((value, encoded), (slot, wanted)) in
                drawn.values.iter().zip(&drawn.encoded).zip(slots.iter().zip(&wanted))
            {
                let off = (encoded - value) * scale.to_f64();
                assert!((off - slot).abs() <= rest(&scale), "{off} {slot}");
                assert!((value - wanted).abs() * scale.to_f64() <= 2.0 * RingModel::new(&chain).encoding());
                square += off * off;
                count += 1.0;
            }
        }
        let EncodingRounding::Random { proxy, .. } = RingModel::new(&chain).encoding_of_dithered_message(0.0) else {
            panic!("a dithered message is random")
        };
        // 20,480 coefficients that are free: the mean of their squares is known to a few parts in a hundred.
        assert!((square / count / proxy - 1.0).abs() < 0.03, "{}", square / count / proxy);
    }

    /// The weighted sum of a rounding's slots has the variance (N Σ g² − (Σ g)²)/12, from the vectors of its free coefficients.
    #[test]
    fn slots_of_a_rounding_are_orthogonal_but_for_the_constant() {
        let chain = ModulusChain::generate(5, &[44, 40], &[50]).unwrap();
        let context = Context::new(&chain).unwrap();
        let free: Vec<Vec<f64>> = (0..16)
            .map(|k: usize| {
                let mut unit = vec![0.0; 32];
                unit[k] = 1.0;
                if k > 0 {
                    unit[32 - k] = -1.0;
                }
                context.slots_of(&unit).unwrap()
            })
            .collect();
        for i in 0..16 {
            for j in 0..16 {
                let product: f64 = free.iter().map(|slots| slots[i] * slots[j]).sum();
                let expected = if i == j { 31.0 } else { -1.0 };
                assert!((product - expected).abs() < 1e-10, "{i} {j}: {product}");
            }
        }
    }
}
