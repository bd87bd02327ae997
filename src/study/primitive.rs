//! The primitives of CKKS, each on fresh keys and on fresh messages, uniform in [−1, 1].

use super::effect::Effect;
use super::law::MaximumLaw;
use super::subject::{Sample, Subject};
use crate::circuit::ModulusChain;
use crate::encrypted::ckks::{Ciphertext, Context, Evaluator, GaloisKeys, PublicKey, RelinearisationKey, SecretKey};
use crate::error::{Error, Result};
use crate::noise::{RingModel, tail};
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

    fn messages(&self, rng: &mut ChaCha20Rng) -> Vec<f64> {
        (0..self.context.slots()).map(|_| rng.random_range(-1.0..=1.0)).collect()
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

    fn encrypt(&self, messages: &[f64], scale: &Float, rng: &mut ChaCha20Rng) -> Result<Ciphertext> {
        self.public.encrypt(&self.bench.context.encode(messages, scale, self.bench.top())?, rng)
    }

    fn open(&self, ciphertext: &Ciphertext) -> Result<Vec<f64>> {
        self.bench.context.decode(&self.secret.decrypt(ciphertext)?)
    }
}

/// What a run opened, what it should be, and the messages that its noise depends on.
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
        let x = bench.messages(rng);
        if self.kind == Kind::Encoding {
            let seen = bench.context.decode(&bench.context.encode(&x, &bench.scale, bench.top())?)?;
            return Ok(Opened::new(seen, x));
        }
        let keys = Keys::new(bench, rng);
        match self.kind {
            Kind::Rescaling => {
                let scale = Float::with_val(PRECISION, &bench.scale * bench.prime(bench.top())?);
                let mut ciphertext = keys.encrypt(&x, &scale, rng)?;
                bench.evaluator.rescale(&mut ciphertext)?;
                Ok(Opened::new(keys.open(&ciphertext)?, x))
            }
            Kind::PlaintextProduct | Kind::Product => self.open_product(x, &keys, rng),
            Kind::Rotation => {
                let galois = GaloisKeys::generate(&keys.secret, &[STEP], bench.top(), rng)?;
                let ciphertext = keys.encrypt(&x, &bench.scale, rng)?;
                let seen = keys.open(&bench.evaluator.rotate(&ciphertext, STEP, &galois)?)?;
                let mut exact = x;
                exact.rotate_left(STEP as usize);
                Ok(Opened::new(seen, exact))
            }
            Kind::RowMean => open_row_mean(&x, &keys, rng),
            Kind::Power(squarings) => {
                let key = RelinearisationKey::generate(&keys.secret, rng);
                let mut ciphertext = keys.encrypt(&x, &bench.scale, rng)?;
                for _ in 0..squarings {
                    ciphertext = bench.evaluator.square_rescale(&ciphertext, &key)?;
                }
                let exact = x.iter().map(|x| x.powi(1 << squarings)).collect();
                Ok(Opened { seen: keys.open(&ciphertext)?, exact, inputs: [x, Vec::new()] })
            }
            // An encoding alone has been opened above.
            Kind::Encoding | Kind::Encryption => {
                let ciphertext = keys.encrypt(&x, &bench.scale, rng)?;
                Ok(Opened::new(keys.open(&ciphertext)?, x))
            }
        }
    }

    fn open_product(&self, x: Vec<f64>, keys: &Keys, rng: &mut ChaCha20Rng) -> Result<Opened> {
        let bench = &self.bench;
        let y = bench.messages(rng);
        let mut ciphertext = keys.encrypt(&x, &bench.scale, rng)?;
        if self.kind == Kind::Product {
            let key = RelinearisationKey::generate(&keys.secret, rng);
            let other = keys.encrypt(&y, &bench.scale, rng)?;
            ciphertext = bench.evaluator.multiply(&ciphertext, &other, &key)?;
        } else {
            let plaintext = bench.context.encode(&y, &bench.scale, bench.top())?;
            bench.evaluator.multiply_plain(&mut ciphertext, &plaintext)?;
        }
        let exact = x.iter().zip(&y).map(|(x, y)| x * y).collect();
        Ok(Opened { seen: keys.open(&ciphertext)?, exact, inputs: [x, y] })
    }

    /// The noise of a slot whose messages are x and y.
    fn effect(&self, x: f64, y: f64) -> Result<Effect> {
        let bench = &self.bench;
        let (model, scale) = (&bench.model, bench.scale.to_f64());
        let unit = 1.0 / (scale * scale);
        let fresh = model.encryption().scaled(unit);
        let encoded = Effect::default().encoding(1.0 / scale, unit);
        let fresh_bound = tail(fresh, bench.per_event) + model.encoding() / scale;
        let top = bench.top();
        Ok(match self.kind {
            Kind::Encoding => encoded,
            Kind::Encryption => encoded.own(fresh),
            Kind::PlaintextProduct => {
                let both = Effect::default().encoding((x.abs() + y.abs()) / scale, (x * x + y * y) * unit);
                both.own(fresh.scaled(y * y)).second_order(fresh_bound * model.encoding() / scale)
            }
            Kind::Product => {
                let both = Effect::default().encoding((x.abs() + y.abs()) / scale, (x * x + y * y) * unit);
                let switched = model.key_switch(top).scaled(unit * unit);
                let inherited = fresh.scaled(x * x + y * y);
                both.own(inherited).digits(switched).second_order(2.0 * fresh_bound * fresh_bound)
            }
            Kind::Rescaling => {
                let prime = bench.prime(top)? as f64;
                let divided = fresh.scaled(1.0 / (prime * prime));
                let encoding = Effect::default().encoding(1.0 / (scale * prime), unit / (prime * prime));
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
        let sum = Effect::default().own(own).digits(digits).encoding(1.0 / scale, n * unit);
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
        let mut bound = tail(fresh, bench.per_event) + model.encoding() / scale;
        let entered = gain(0) / scale;
        let mut effect = Effect::default().own(fresh.scaled(gain(0).powi(2))).encoding(entered, entered * entered);
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
        Ok(self.effect(x, y)?.bound(self.bench.per_event, self.bench.model.encoding()))
    }

    /// The noise at the midpoints of the messages' range, all of the same weight.
    fn midpoints(&self) -> Result<Vec<super::LaplaceSum>> {
        let line = |count: usize| (0..count).map(move |i| (i as f64 + 0.5) / count as f64);
        let root = MIDPOINTS.isqrt();
        let messages: Vec<(f64, f64)> = match self.kind.messages() {
            0 => vec![(0.0, 0.0)],
            1 => line(MIDPOINTS).map(|x| (x, 0.0)).collect(),
            _ => line(root).flat_map(|x| line(root).map(move |y| (x, y))).collect(),
        };
        let rounding = self.bench.context.degree() as f64 / 12.0;
        messages.into_iter().map(|(x, y)| Ok(self.effect(x, y)?.predicted(rounding))).collect()
    }
}

/// One slot of each row is compared: the others hold the same sum.
fn open_row_mean(x: &[f64], keys: &Keys, rng: &mut ChaCha20Rng) -> Result<Opened> {
    let bench = keys.bench;
    let stride = x.len() / ROW;
    let steps: Vec<i64> = (0..ROW.trailing_zeros()).map(|i| (stride as i64) << i).collect();
    let galois = GaloisKeys::generate(&keys.secret, &steps, bench.top(), rng)?;
    let mut sum = keys.encrypt(x, &bench.scale, rng)?;
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

    fn observe(&self, rng: &mut ChaCha20Rng) -> Result<Sample> {
        let opened = self.open(rng)?;
        let input = |which: usize, slot: usize| opened.inputs[which].get(slot).copied().unwrap_or(0.0);
        let everywhere = self.bound_at(0.0, 0.0)?;
        let bounds: Vec<f64> = match self.kind.messages() {
            0 => vec![everywhere; opened.seen.len()],
            _ => (0..opened.seen.len())
                .map(|slot| self.bound_at(input(0, slot), input(1, slot)))
                .collect::<Result<_>>()?,
        };
        let errors = opened.seen.iter().zip(&opened.exact).map(|(seen, exact)| seen - exact);
        Ok(Sample::of(errors.zip(bounds)))
    }

    fn predicted_mean(&self) -> Result<f64> {
        let noises = self.midpoints()?;
        Ok(noises.iter().map(super::LaplaceSum::mean_absolute).sum::<f64>() / noises.len() as f64)
    }

    fn law(&self) -> Result<MaximumLaw> {
        let noises = self.midpoints()?;
        let each = self.slots() as f64 / noises.len() as f64;
        let exceeding = |t: f64| each * noises.iter().map(|noise| -(-noise.tail(t)).ln_1p()).sum::<f64>();
        Ok(MaximumLaw::new(self.predicted_mean()?, exceeding))
    }

    fn bound(&self) -> Result<f64> {
        self.bound_at(1.0, 1.0)
    }
}
