//! The primitives of CKKS, each on fresh keys and on fresh messages: in every other slot ±1, the end of the range, and uniform
//! in [−1, 1] between.

use super::effect::Effect;
use super::laplace_sum::LaplaceSum;
use super::message::{Dithered, rest};
use super::subject::Subject;
use crate::circuit::ModulusChain;
use crate::encrypted::ckks::{Ciphertext, Context, Evaluator, GaloisKeys, PublicKey, RelinearisationKey, SecretKey};
use crate::error::{Error, Result};
use crate::noise::{EncodingRounding, RandomPart, RingModel, tail};
use crate::real::PRECISION;
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rug::Float;
use std::sync::Arc;

/// log2 N.
const LOG_N: u32 = 13;
/// The chain's primes: 128 bits of security (ePrint 2024/463: log QP ≤ 214), three levels.
const LOG_Q: [u32; 4] = [44, 40, 40, 40];
const LOG_P: [u32; 1] = [50];
/// log2 of the scale.
const SCALE_BITS: u32 = 40;
/// Keys in the row of the row mean.
const ROW: usize = 64;
/// The slots of a rotation.
const STEP: i64 = 1;
/// The rigorous bound's failure probability in one run, over all slots.
const LOG2_FAILURE: f64 = -40.0;
/// Midpoints for the mean over a message; over each of two messages, their square root.
const MIDPOINTS: usize = 576;

/// Which primitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Encoding,
    Encryption,
    PlaintextProduct,
    Product,
    Rescaling,
    Rotation,
    RowMean,
    /// x^(2^k) by k squarings.
    Power(u32),
}

impl Kind {
    /// Every primitive that is studied.
    pub(super) const ALL: [Self; 9] = [
        Self::Encoding,
        Self::Encryption,
        Self::PlaintextProduct,
        Self::Product,
        Self::Rescaling,
        Self::Rotation,
        Self::RowMean,
        Self::Power(2),
        Self::Power(3),
    ];

    /// How many messages its noise depends on.
    fn messages(self) -> u32 {
        match self {
            Self::PlaintextProduct | Self::Product => 2,
            Self::Power(_) => 1,
            _ => 0,
        }
    }
}

/// The ring that the primitives share.
pub(super) struct Bench {
    context: Arc<Context>,
    evaluator: Evaluator,
    model: RingModel,
    scale: Float,
    /// Each bound is one on the real and the imaginary part of a slot, in at most so many places of a primitive.
    per_event: f64,
}

impl Bench {
    pub(super) fn new() -> Result<Arc<Self>> {
        let chain = ModulusChain::generate(LOG_N, &LOG_Q, &LOG_P)?;
        let context = Context::new(&chain)?;
        let events = (2 * LOG_Q.len() * chain.slots()) as f64;
        Ok(Arc::new(Self {
            evaluator: Evaluator::new(&context),
            context,
            model: RingModel::new(&chain),
            scale: Float::with_val(PRECISION, 1) << SCALE_BITS,
            per_event: LOG2_FAILURE - events.log2(),
        }))
    }

    fn top(&self) -> usize {
        self.context.top_level()
    }

    /// The prime that rescaling at `level` divides by.
    fn prime(&self, level: usize) -> Result<u64> {
        let prime = self.context.chain().q.get(level).copied();
        prime.ok_or_else(|| Error::internal(format!("no prime at level {level}")))
    }

    fn wanted(&self, rng: &mut ChaCha20Rng) -> Vec<f64> {
        let slot = |slot: usize| {
            let uniform: f64 = rng.random_range(-1.0..=1.0);
            if slot.is_multiple_of(2) { 1f64.copysign(uniform) } else { uniform }
        };
        (0..self.context.slots()).map(slot).collect()
    }

    /// A fresh message.
    fn message(&self, rng: &mut ChaCha20Rng) -> Result<Dithered> {
        Dithered::near(&self.wanted(rng), &self.context, &self.scale, self.top(), rng)
    }

    /// The largest absolute value that the encoding of a message can stand for.
    fn largest(&self) -> f64 {
        1.0 + self.model.encoding() / self.scale.to_f64()
    }

    fn rounding(&self) -> EncodingRounding {
        self.model.encoding_of_dithered_message(rest(&self.scale))
    }

    /// A bound on the rounding of a message in a slot.
    fn rounding_bound(&self) -> f64 {
        let plain = RandomPart { plain: self.model.encoding_variance(), keyed: 0.0 };
        (tail(plain, self.per_event) + rest(&self.scale)) / self.scale.to_f64()
    }
}

/// A primitive on its bench.
pub(super) struct Primitive {
    pub kind: Kind,
    pub bench: Arc<Bench>,
}

/// A secret with its public key, and what one run does with them.
struct Keys<'a> {
    bench: &'a Bench,
    secret: SecretKey,
    public: PublicKey,
}

impl<'a> Keys<'a> {
    fn new(bench: &'a Bench, rng: &mut ChaCha20Rng) -> Self {
        let secret = SecretKey::generate(&bench.context, rng);
        Self { bench, public: PublicKey::generate(&secret, rng), secret }
    }

    fn open(&self, ciphertext: &Ciphertext) -> Result<Vec<f64>> {
        self.bench.context.decode(&self.secret.decrypt(ciphertext)?)
    }
}

/// What a run opened, what it should be, and the encoded messages that its noise depends on.
struct Opened {
    seen: Vec<f64>,
    exact: Vec<f64>,
    inputs: [Vec<f64>; 2],
}

impl Opened {
    fn new(seen: Vec<f64>, exact: Vec<f64>) -> Self {
        Self { seen, exact, inputs: [Vec::new(), Vec::new()] }
    }
}

impl Primitive {
    fn open(&self, rng: &mut ChaCha20Rng) -> Result<Opened> {
        let bench = &self.bench;
        if self.kind == Kind::Rescaling {
            return open_rescaled(bench, rng);
        }
        let x = bench.message(rng)?;
        if self.kind == Kind::Encoding {
            return Ok(Opened::new(bench.context.decode(&x.plaintext)?, x.values));
        }
        let keys = Keys::new(bench, rng);
        match self.kind {
            Kind::PlaintextProduct | Kind::Product => self.open_product(x, &keys, rng),
            Kind::Rotation => {
                let galois = GaloisKeys::generate(&keys.secret, &[STEP], bench.top(), rng)?;
                let ciphertext = keys.public.encrypt(&x.plaintext, rng)?;
                let seen = keys.open(&bench.evaluator.rotate(&ciphertext, STEP, &galois)?)?;
                let mut exact = x.values;
                exact.rotate_left(STEP as usize);
                Ok(Opened::new(seen, exact))
            }
            Kind::RowMean => open_row_mean(&x, &keys, rng),
            Kind::Power(squarings) => {
                let key = RelinearisationKey::generate(&keys.secret, rng);
                let mut ciphertext = keys.public.encrypt(&x.plaintext, rng)?;
                for _ in 0..squarings {
                    ciphertext = bench.evaluator.square_rescale(&ciphertext, &key)?;
                }
                let exact = x.values.iter().map(|x| x.powi(1 << squarings)).collect();
                Ok(Opened { seen: keys.open(&ciphertext)?, exact, inputs: [x.encoded, Vec::new()] })
            }
            // An encoding alone and a rescaling have been opened above.
            Kind::Encoding | Kind::Rescaling | Kind::Encryption => {
                Ok(Opened::new(keys.open(&keys.public.encrypt(&x.plaintext, rng)?)?, x.values))
            }
        }
    }

    fn open_product(&self, x: Dithered, keys: &Keys, rng: &mut ChaCha20Rng) -> Result<Opened> {
        let bench = &self.bench;
        let y = bench.message(rng)?;
        let mut ciphertext = keys.public.encrypt(&x.plaintext, rng)?;
        if self.kind == Kind::Product {
            let key = RelinearisationKey::generate(&keys.secret, rng);
            let other = keys.public.encrypt(&y.plaintext, rng)?;
            ciphertext = bench.evaluator.multiply(&ciphertext, &other, &key)?;
        } else {
            bench.evaluator.multiply_plain(&mut ciphertext, &y.plaintext)?;
        }
        let exact = x.values.iter().zip(&y.values).map(|(x, y)| x * y).collect();
        Ok(Opened { seen: keys.open(&ciphertext)?, exact, inputs: [x.encoded, y.encoded] })
    }

    /// The noise of a slot whose encoded messages stand for x and y. What is exact is what the messages themselves give, so each
    /// errs by its rounding, of the opposite sign, beside its encryption; the encoded ones are independent of both.
    fn effect(&self, x: f64, y: f64) -> Result<Effect> {
        let bench = &self.bench;
        let (model, scale) = (&bench.model, bench.scale.to_f64());
        let unit = 1.0 / (scale * scale);
        let fresh = model.encryption().scaled(unit);
        let rounding = bench.rounding();
        let encoded = Effect::default().encoding(rounding, 1.0 / scale, unit);
        let both = || Effect::default().encoding(rounding, (x.abs() + y.abs()) / scale, (x * x + y * y) * unit);
        let rounded = bench.rounding_bound();
        let fresh_bound = tail(fresh, bench.per_event) + rounded;
        let top = bench.top();
        Ok(match self.kind {
            Kind::Encoding => encoded,
            Kind::Encryption => encoded.own(fresh),
            Kind::PlaintextProduct => both().own(fresh.scaled(y * y)).second_order(rounded * rounded),
            Kind::Product => {
                let switched = model.key_switch(top).scaled(unit * unit);
                let inherited = fresh.scaled(x * x + y * y);
                both().own(inherited).digits(switched).second_order(2.0 * fresh_bound * fresh_bound)
            }
            Kind::Rescaling => {
                let prime = bench.prime(top)? as f64;
                let divided = fresh.scaled(1.0 / (prime * prime));
                // At twice the scale binary64 has no room for a dither, and the rounding no weight.
                let any = model.encoding_of_any_message();
                let encoding = Effect::default().encoding(any, 1.0 / (scale * prime), unit / (prime * prime));
                encoding.own(model.rounding().scaled(unit)).own(divided)
            }
            Kind::Rotation => {
                encoded.others(fresh, 1.0).own(model.rounding().scaled(unit)).digits(model.digits(top).scaled(unit))
            }
            Kind::RowMean => self.row_mean_effect(),
            Kind::Power(squarings) => self.power_effect(x, squarings)?,
        })
    }

    /// After log2 n rotations and additions a slot holds the n fresh noises of its row and n − 1 of key switching. That of
    /// the i-th rotation comes from the slots whose distance is a multiple of 2^(i+1), so the slot at a distance of
    /// odd·2^v adds v of them to its fresh one, all proportional to its own key.
    fn row_mean_effect(&self) -> Effect {
        let (model, scale, n) = (&self.bench.model, self.bench.scale.to_f64(), ROW as f64);
        let unit = 1.0 / (scale * n).powi(2);
        let (fresh, rounding) = (model.encryption().scaled(unit), model.rounding().scaled(unit));
        let digits = model.digits(self.bench.top()).scaled((n - 1.0) * unit);
        let rotations = ROW.trailing_zeros();
        let own = fresh.plus(rounding.scaled(f64::from(rotations)));
        let sum = Effect::default().own(own).digits(digits).encoding(self.bench.rounding(), 1.0 / scale, n * unit);
        (0..rotations)
            .fold(sum, |sum, v| sum.others(fresh.plus(rounding.scaled(f64::from(v))), n / f64::from(2u32 << v)))
    }

    /// The noise that enters at x^(2^i) is multiplied by 2^(k−i)·|x|^(2^k − 2^i).
    fn power_effect(&self, x: f64, squarings: u32) -> Result<Effect> {
        let bench = &self.bench;
        let (model, magnitude) = (&bench.model, x.abs());
        let gain = |i: u32| f64::from(1u32 << (squarings - i)) * magnitude.powi((1 << squarings) - (1 << i));
        let mut scale = bench.scale.to_f64();
        let fresh = model.encryption().scaled(1.0 / (scale * scale));
        let mut bound = tail(fresh, bench.per_event) + bench.rounding_bound();
        let entered = gain(0) / scale;
        let mut effect = Effect::default().own(fresh.scaled(gain(0).powi(2)));
        effect = effect.encoding(bench.rounding(), entered, entered * entered);
        for i in 1..=squarings {
            let level = bench.top() + 1 - i as usize;
            let prime = bench.prime(level)? as f64;
            scale = scale * scale / prime;
            let rounding = model.rounding().scaled(1.0 / (scale * scale));
            let digits = model.digits(level).scaled(1.0 / (prime * scale).powi(2));
            let second_order = 2.0 * bound * bound;
            let base = magnitude.powi(1 << (i - 1));
            bound = 2.0 * base * bound + second_order + tail(rounding.plus(digits), bench.per_event);
            let squared = gain(i).powi(2);
            effect = effect.own(rounding.scaled(squared)).digits(digits.scaled(squared));
            effect = effect.second_order(gain(i) * second_order);
        }
        Ok(effect)
    }

    fn bound_at(&self, x: f64, y: f64) -> Result<f64> {
        Ok(self.effect(x, y)?.bound(self.bench.per_event))
    }

    /// The messages of a slot with their shares: half of the slots at the end of the range, the others evenly over it.
    fn inputs(&self) -> Vec<(f64, f64, f64)> {
        let line = |count: usize| (0..count).map(move |i| (i as f64 + 0.5) / count as f64);
        let root = MIDPOINTS.isqrt();
        let between: Vec<(f64, f64)> = match self.kind.messages() {
            0 => return vec![(1.0, 0.0, 0.0)],
            1 => line(MIDPOINTS).map(|x| (x, 0.0)).collect(),
            _ => line(root).flat_map(|x| line(root).map(move |y| (x, y))).collect(),
        };
        let share = 0.5 / between.len() as f64;
        between.into_iter().map(|(x, y)| (share, x, y)).chain([(0.5, 1.0, 1.0)]).collect()
    }
}

/// Encrypted at the scale times a prime, divided by the prime.
fn open_rescaled(bench: &Bench, rng: &mut ChaCha20Rng) -> Result<Opened> {
    let x = bench.wanted(rng);
    let keys = Keys::new(bench, rng);
    let scale = Float::with_val(PRECISION, &bench.scale * bench.prime(bench.top())?);
    let mut ciphertext = keys.public.encrypt(&bench.context.encode(&x, &scale, bench.top())?, rng)?;
    bench.evaluator.rescale(&mut ciphertext)?;
    Ok(Opened::new(keys.open(&ciphertext)?, x))
}

/// One slot of each row is compared: the others hold the same sum.
fn open_row_mean(message: &Dithered, keys: &Keys, rng: &mut ChaCha20Rng) -> Result<Opened> {
    let (bench, x) = (keys.bench, &message.values);
    let stride = x.len() / ROW;
    let steps: Vec<i64> = (0..ROW.trailing_zeros()).map(|i| (stride as i64) << i).collect();
    let galois = GaloisKeys::generate(&keys.secret, &steps, bench.top(), rng)?;
    let mut sum = keys.public.encrypt(&message.plaintext, rng)?;
    for &step in &steps {
        sum = bench.evaluator.add(&sum, &bench.evaluator.rotate(&sum, step, &galois)?)?;
    }
    let mean = sum.rescaled_value(&Float::with_val(PRECISION, ROW).recip())?;
    let mut seen = keys.open(&mean)?;
    seen.truncate(stride);
    let exact = (0..stride).map(|row| x.iter().skip(row).step_by(stride).sum::<f64>() / ROW as f64).collect();
    Ok(Opened::new(seen, exact))
}

impl Subject for Primitive {
    fn what(&self) -> String {
        match self.kind {
            Kind::Encoding => "encoding".into(),
            Kind::Encryption => "encryption".into(),
            Kind::PlaintextProduct => "plaintext product".into(),
            Kind::Product => "product with relinearisation".into(),
            Kind::Rescaling => "rescaling".into(),
            Kind::Rotation => "rotation".into(),
            Kind::RowMean => "row mean".into(),
            Kind::Power(squarings) => format!("x^{}", 1u32 << squarings),
        }
    }

    fn log_n(&self) -> u32 {
        LOG_N
    }

    fn scale_bits(&self) -> u32 {
        SCALE_BITS
    }

    fn slots(&self) -> usize {
        let slots = self.bench.context.slots();
        if self.kind == Kind::RowMean { slots / ROW } else { slots }
    }

    fn observe(&self, rng: &mut ChaCha20Rng) -> Result<Vec<(f64, f64)>> {
        let opened = self.open(rng)?;
        let input = |which: usize, slot: usize| opened.inputs[which].get(slot).copied().unwrap_or(0.0);
        let everywhere = self.bound_at(0.0, 0.0)?;
        let bound = |slot: usize| match self.kind.messages() {
            0 => Ok(everywhere),
            _ => self.bound_at(input(0, slot), input(1, slot)),
        };
        let errors = opened.seen.iter().zip(&opened.exact).map(|(seen, exact)| seen - exact);
        errors.enumerate().map(|(slot, error)| Ok((error, bound(slot)?))).collect()
    }

    fn noises(&self) -> Result<Vec<(f64, LaplaceSum)>> {
        let noise = |(share, x, y)| Ok((share, self.effect(x, y)?.predicted()));
        self.inputs().into_iter().map(noise).collect()
    }

    fn bound(&self) -> Result<f64> {
        let largest = self.bench.largest();
        self.bound_at(largest, largest)
    }
}
