//! One cell: its parameters, what is predicted for it, and a run of it.

use super::{PrecisionCell, Sequence};
use crate::circuit::ModulusChain;
use crate::encrypted::ckks::{Context, Evaluator, PublicKey, RelinearisationKey, SecretKey};
use crate::error::{Error, Result};
use crate::noise::{RandomPart, RingModel, SlotNoise};
use crate::plan::Sizes;
use crate::real::PRECISION;
use crate::study::MaximumLaw;
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rug::Float;
use std::sync::Arc;

/// Midpoints for the mean over a message.
const MIDPOINTS: usize = 64;

/// Mean and largest |error|.
#[derive(Debug, Clone, Copy)]
pub(super) struct Precision {
    pub mean: f64,
    pub largest: f64,
}

/// A cell on its parameters, before anything is computed that ciphertexts alone need.
pub(super) struct Bench {
    cell: PrecisionCell,
    chain: ModulusChain,
    /// The exact scale before the first step, and after each.
    scales: Vec<Float>,
}

impl Bench {
    /// The result of every cell has the scale 2^`scale_bits`. With products so has every x, each y the scale of the prime that
    /// its product is divided by; with squarings the scales are solved backwards, Δ_(i−1) = √(Δ_i·q).
    pub(super) fn new(cell: PrecisionCell, sizes: &Sizes) -> Result<Self> {
        let chain = sizes.chain(cell.depth)?;
        let mut scale = Float::with_val(PRECISION, 1) << cell.scale_bits;
        let mut scales = vec![scale.clone()];
        // The last step drops q_1.
        for &prime in chain.q.iter().skip(1) {
            if cell.sequence == Sequence::Squarings {
                scale = (scale * prime).sqrt();
            }
            scales.push(scale.clone());
        }
        scales.reverse();
        Ok(Self { cell, chain, scales })
    }

    /// Each step: its level, the prime that it divides by, the scale of its result.
    fn steps(&self) -> impl Iterator<Item = (usize, u64, &Float)> {
        let primes = self.chain.q.iter().copied().enumerate().skip(1).rev();
        primes.zip(self.scales.iter().skip(1)).map(|((level, prime), scale)| (level, prime, scale))
    }

    /// The predicted noise of a slot whose first message has the absolute value `x`, over fresh keys.
    ///
    /// # Formula
    /// Every noise is that of the slot itself, times g^k with k steps to come, g = 1 for products and 2 for squarings. With F
    /// the noise of encryption, E = N/12 of encoding, R of a rounding, D_l of the digits of key switching at level l, all as
    /// variances in units of the ciphertext:
    ///
    /// (F + E)/Δ_0²·g^2d + Σ_i (R/Δ_i² + D_l/(q_l·Δ_i)²)·g^2(d−i), and for products + Σ_i x²·(F + E)/q_l².
    fn slot(&self, model: &RingModel, x: f64) -> SlotNoise {
        let sequence = self.cell.sequence;
        let fresh = model.encryption().plus(RandomPart { plain: model.encoding_variance(), keyed: 0.0 });
        let at = |part: RandomPart, scale: f64| part.scaled((scale * scale).recip());
        let first = self.scales.first().map_or(f64::INFINITY, Float::to_f64);
        let mut own = at(fresh, first / sequence.gain(self.cell.depth as usize));
        // The error polynomials of the switching key are many and independent of the secret: as good as Gaussian.
        let mut gaussian = 0.0;
        for (level, prime, scale) in self.steps() {
            let (prime, scale) = (prime as f64, scale.to_f64() / sequence.gain(level - 1));
            own = own.plus(at(model.rounding(), scale));
            gaussian += at(model.digits(level), scale * prime).variance();
            if sequence == Sequence::Products {
                own = own.plus(at(fresh, prime).scaled(x * x));
            }
        }
        SlotNoise { keyed: own.keyed, gaussian: own.plain + gaussian }
    }

    /// The mean |error| over slots and messages, and the median of the largest over all slots of `runs` runs.
    pub(super) fn predicted(&self, runs: u64) -> Precision {
        let model = RingModel::new(&self.chain);
        let messages: Vec<f64> = match self.cell.sequence {
            Sequence::Products => (0..MIDPOINTS).map(|i| (i as f64 + 0.5) / MIDPOINTS as f64).collect(),
            Sequence::Squarings => vec![1.0],
        };
        let slots: Vec<SlotNoise> = messages.into_iter().map(|x| self.slot(&model, x)).collect();
        let mean = slots.iter().map(SlotNoise::mean).sum::<f64>() / slots.len() as f64;
        let each = (self.chain.slots() as u64 * runs) as f64 / slots.len() as f64;
        let exceeding = |t: f64| each * slots.iter().map(|slot| -(-slot.beyond(t)).ln_1p()).sum::<f64>();
        Precision { mean, largest: MaximumLaw::new(mean, exceeding).quantile(0.5) }
    }

    /// One run on fresh keys for each of `generators`: the mean |error| over all of them, and the largest.
    pub(super) fn measured(&self, generators: impl Iterator<Item = ChaCha20Rng>) -> Result<Precision> {
        let context = Context::new(&self.chain)?;
        let (mut sum, mut largest, mut count) = (0.0, 0.0f64, 0usize);
        for mut rng in generators {
            for error in self.run(&context, &mut rng)? {
                if !error.is_finite() {
                    return Err(Error::internal(format!("a slot decrypts to {error}")));
                }
                sum += error.abs();
                largest = largest.max(error.abs());
                count += 1;
            }
        }
        Ok(Precision { mean: sum / count.max(1) as f64, largest })
    }

    /// The error of every slot.
    fn run(&self, context: &Arc<Context>, rng: &mut ChaCha20Rng) -> Result<Vec<f64>> {
        let evaluator = Evaluator::new(context);
        let secret = SecretKey::generate(context, rng);
        let public = PublicKey::generate(&secret, rng);
        let key = RelinearisationKey::generate(&secret, rng);
        let signs = |rng: &mut ChaCha20Rng| -> Vec<f64> {
            (0..context.slots()).map(|_| if rng.random() { 1.0 } else { -1.0 }).collect()
        };
        let mut exact = match self.cell.sequence {
            Sequence::Products => (0..context.slots()).map(|_| rng.random_range(-1.0..=1.0)).collect(),
            Sequence::Squarings => signs(rng),
        };
        let first = self.scales.first().ok_or_else(|| Error::internal("a cell without a scale"))?;
        let mut x = public.encrypt(&context.encode(&exact, first, context.top_level())?, rng)?;
        for (level, prime, _) in self.steps() {
            let factors = match self.cell.sequence {
                Sequence::Products => signs(rng),
                Sequence::Squarings => exact.clone(),
            };
            x = match self.cell.sequence {
                Sequence::Products => {
                    let scale = Float::with_val(PRECISION, prime);
                    let y = public.encrypt(&context.encode(&factors, &scale, level)?, rng)?;
                    evaluator.multiply_rescale(&x, &y, &key)?
                }
                Sequence::Squarings => evaluator.square_rescale(&x, &key)?,
            };
            exact.iter_mut().zip(&factors).for_each(|(value, factor)| *value *= factor);
        }
        let seen = context.decode(&secret.decrypt(&x)?)?;
        Ok(seen.iter().zip(&exact).map(|(seen, exact)| seen - exact).collect())
    }
}
