//! Random sequences of operations on ciphertexts, each result with a bound from the documented formulas for the noise.
//!
//! A slot's error is complex while its value is real; the bound is one on its real and on its imaginary part.

use crate::{LOG2_FAILURE, Outcome};
use polyattn::circuit::ModulusChain;
use polyattn::encrypted::ckks::{
    Ciphertext, Context, Evaluator, GaloisKeys, Plaintext, PublicKey, RelinearisationKey, SecretKey,
};
use polyattn::noise::{RandomPart, RingModel, tail};
use polyattn::real::PRECISION;
use rand::Rng;
use rand_chacha::ChaCha20Rng;
use rug::Float;
use std::sync::Arc;

/// Results of one circuit.
const OPERATIONS: usize = 24;
/// The least scale of a result: below, noise takes all the room.
const SMALLEST_LOG2_SCALE: f64 = 28.0;
/// The largest scale of a result: above, its bound would vanish beside what the decoder rounds.
const LARGEST_LOG2_SCALE: f64 = 90.0;
/// The largest scale of a plaintext, whose coefficients are then within 1/2 of the exact ones.
const LARGEST_LOG2_PLAINTEXT: f64 = 58.0;
/// Decoding rounds to binary64.
const DECODING: f64 = f64::EPSILON;

/// A ciphertext, what it should hold, and how far each slot may be from it.
#[derive(Clone)]
struct Value {
    ciphertext: Ciphertext,
    exact: Vec<Float>,
    bound: Vec<f64>,
}

/// A result before its ciphertext is computed: whether it fits is known from its value, bound, level and scale.
struct Expected {
    exact: Vec<Float>,
    bound: Vec<f64>,
    level: usize,
    scale: Float,
}

struct Machine<'a> {
    rng: &'a mut ChaCha20Rng,
    context: Arc<Context>,
    evaluator: Evaluator,
    model: RingModel,
    per_event: f64,
    secret: SecretKey,
    public: PublicKey,
    relinearisation: RelinearisationKey,
    galois: GaloisKeys,
    steps: Vec<i64>,
    values: Vec<Value>,
    log: Vec<String>,
}

pub fn run(rng: &mut ChaCha20Rng) -> Outcome {
    let mut machine = Machine::new(rng);
    let mut outcome = Outcome { description: String::new(), compared: 0, worst: 0.0 };
    for _ in 0..3 {
        let fresh = machine.fresh();
        machine.check(&fresh, &mut outcome);
        machine.values.push(fresh);
    }
    while machine.values.len() < OPERATIONS {
        // An operation that does not fit its operands is drawn anew.
        if let Some(value) = machine.step() {
            machine.check(&value, &mut outcome);
            machine.values.push(value);
        }
    }
    outcome.description = machine.log.join("\n");
    outcome
}

impl<'a> Machine<'a> {
    fn new(rng: &'a mut ChaCha20Rng) -> Self {
        let (chain, log) = chain(rng);
        let context = Context::new(&chain).unwrap();
        let secret = SecretKey::generate(&context, rng);
        let slots = context.slots() as i64;
        let steps = vec![1, rng.random_range(1..slots), -rng.random_range(1..slots)];
        // An event for the real and one for the imaginary part of every slot of every operation.
        let events = (2 * OPERATIONS * context.slots()) as f64;
        Self {
            evaluator: Evaluator::new(&context),
            model: RingModel::new(&chain),
            per_event: LOG2_FAILURE - events.log2(),
            public: PublicKey::generate(&secret, rng),
            relinearisation: RelinearisationKey::generate(&secret, rng),
            galois: GaloisKeys::generate(&secret, &steps, context.top_level(), rng).unwrap(),
            secret,
            context,
            steps,
            values: Vec::new(),
            log: vec![log],
            rng,
        }
    }

    /// A bound on a noise of this distribution, in units of the ciphertext, at a scale.
    fn noise(&self, part: RandomPart, scale: &Float) -> f64 {
        tail(part, self.per_event) / scale.to_f64()
    }

    fn slots(&mut self, largest: f64) -> Vec<f64> {
        (0..self.context.slots()).map(|_| self.rng.random_range(-largest..largest)).collect()
    }

    fn scale(&mut self) -> Float {
        Float::with_val(PRECISION, self.rng.random_range(SMALLEST_LOG2_SCALE + 8.0..LARGEST_LOG2_PLAINTEXT - 4.0))
            .exp2()
    }

    fn fresh(&mut self) -> Value {
        // From level 1: q_0 alone may be too small for the scale.
        let level = self.rng.random_range(1..=self.context.top_level());
        let largest = self.rng.random_range(0.1..2.0);
        let (slots, scale) = (self.slots(largest), self.scale());
        let plaintext = self.context.encode(&slots, &scale, level).unwrap();
        let bound = self.noise(self.model.encryption(), &scale) + self.model.encoding() / scale.to_f64();
        self.log.push(format!("fresh at level {level}, scale 2^{:.3}", scale.to_f64().log2()));
        Value {
            ciphertext: self.public.encrypt(&plaintext, self.rng).unwrap(),
            bound: vec![bound; slots.len()],
            exact: slots.into_iter().map(|x| Float::with_val(PRECISION, x)).collect(),
        }
    }

    fn pick(&mut self) -> (usize, Value) {
        let index = self.rng.random_range(0..self.values.len());
        (index, self.values[index].clone())
    }

    /// One operation on values picked at random, or `None` where its result would not fit.
    fn step(&mut self) -> Option<Value> {
        let (i, a) = self.pick();
        let (name, value) = match self.rng.random_range(0..13) {
            0 | 1 => self.linear(&a)?,
            2..=4 => self.product(&a)?,
            5 => self.plain_product(&a)?,
            6 => self.plain_sum(&a)?,
            7 => self.constant_sum(&a)?,
            8 => self.constant_product(&a)?,
            9 | 10 => self.rotation(&a)?,
            11 => self.rescaled(&a)?,
            _ => self.dropped(&a)?,
        };
        let (level, scale) = (value.ciphertext.level(), value.ciphertext.scale().to_f64().log2());
        self.log.push(format!("{} = {name} of {i}: level {level}, scale 2^{scale:.3}", self.values.len()));
        Some(value)
    }

    /// Whether no coefficient wraps around: it is at most the largest slot times the scale.
    fn fits(&self, expected: &Expected) -> bool {
        let largest = |exact: &Float, bound: &f64| exact.to_f64().abs() + std::f64::consts::SQRT_2 * bound;
        let top = expected.exact.iter().zip(&expected.bound).map(|(x, b)| largest(x, b)).fold(0.0, f64::max);
        let log2_scale = expected.scale.to_f64().log2();
        let modulus = Float::with_val(PRECISION, self.context.modulus(expected.level).unwrap()).log2().to_f64();
        (SMALLEST_LOG2_SCALE..LARGEST_LOG2_SCALE).contains(&log2_scale)
            && top.log2().max(0.0) + log2_scale + 1.0 < modulus
    }

    fn value(&self, expected: Expected, ciphertext: Ciphertext) -> Value {
        assert_eq!(ciphertext.level(), expected.level);
        let ratio = Float::with_val(PRECISION, ciphertext.scale() / &expected.scale) - 1u32;
        assert!(ratio.abs() < 2f64.powi(-200), "{:?} instead of {}", ciphertext, expected.scale);
        Value { ciphertext, exact: expected.exact, bound: expected.bound }
    }

    /// a ± b, with b counted as another value where its scale is another.
    fn linear(&mut self, a: &Value) -> Option<(String, Value)> {
        let (j, b) = self.pick();
        let factor = Float::with_val(PRECISION, b.ciphertext.scale() / a.ciphertext.scale());
        let plus = self.rng.random::<bool>();
        let exact = a.exact.iter().zip(&b.exact).map(|(x, y)| {
            let y = Float::with_val(PRECISION, y * &factor);
            if plus { Float::with_val(PRECISION, x + y) } else { Float::with_val(PRECISION, x - y) }
        });
        let bound = a.bound.iter().zip(&b.bound).map(|(x, y)| x + factor.to_f64() * y).collect();
        let level = a.ciphertext.level().min(b.ciphertext.level());
        let expected = Expected { exact: exact.collect(), bound, level, scale: a.ciphertext.scale().clone() };
        if !self.fits(&expected) {
            return None;
        }
        let b = b.ciphertext.rescaled_value(&factor).unwrap();
        let action = if plus { Evaluator::add } else { Evaluator::sub };
        let result = action(&self.evaluator, &a.ciphertext, &b).unwrap();
        Some((format!("{} with {j}", if plus { "sum" } else { "difference" }), self.value(expected, result)))
    }

    /// a·b, or a², with or without rescaling.
    fn product(&mut self, a: &Value) -> Option<(String, Value)> {
        let (j, b) = if self.rng.random() { self.pick() } else { (usize::MAX, a.clone()) };
        let rescale = self.rng.random_range(0..3) > 0;
        let level = a.ciphertext.level().min(b.ciphertext.level());
        let scale = Float::with_val(PRECISION, a.ciphertext.scale() * b.ciphertext.scale());
        let (level, scale, own) = if rescale {
            let (below, top) = (level.checked_sub(1)?, self.context.chain().q[level]);
            // One division, by P·q: of the key switching only the digits are left.
            let digits = self.model.digits(level).scaled((top as f64).powi(-2));
            (below, scale / top, self.model.rounding().plus(digits))
        } else {
            (level, scale, self.model.key_switch(level))
        };
        let own = self.noise(own, &scale);
        let bound = (0..a.exact.len()).map(|k| {
            let (x, y) = (a.exact[k].to_f64().abs(), b.exact[k].to_f64().abs());
            // Re δa·δb = Re δa·Re δb − Im δa·Im δb.
            x * b.bound[k] + y * a.bound[k] + 2.0 * a.bound[k] * b.bound[k] + own
        });
        let exact = a.exact.iter().zip(&b.exact).map(|(x, y)| Float::with_val(PRECISION, x * y)).collect();
        let expected = Expected { exact, bound: bound.collect(), level, scale };
        if !self.fits(&expected) {
            return None;
        }
        let (x, y, key) = (&a.ciphertext, &b.ciphertext, &self.relinearisation);
        let result = match (rescale, j) {
            (true, usize::MAX) => self.evaluator.square_rescale(x, key),
            (true, _) => self.evaluator.multiply_rescale(x, y, key),
            (false, _) => self.evaluator.multiply(x, y, key),
        };
        let name = if j == usize::MAX { "square".into() } else { format!("product with {j}") };
        Some((format!("{name}{}", if rescale { ", rescaled" } else { "" }), self.value(expected, result.unwrap())))
    }

    /// Encoded slots below 1, their values, and how far the plaintext may be from them; `None` where the scale is too large.
    fn plaintext(&mut self, scale: &Float, level: usize) -> Option<(Plaintext, Vec<f64>, f64)> {
        let slots = self.slots(1.0);
        let modulus = Float::with_val(PRECISION, self.context.modulus(level).unwrap()).log2();
        let log2 = Float::with_val(PRECISION, scale.log2_ref());
        if log2 > LARGEST_LOG2_PLAINTEXT || log2 + 1.0 > modulus {
            return None;
        }
        Some((self.context.encode(&slots, scale, level).unwrap(), slots, self.model.encoding() / scale.to_f64()))
    }

    fn plain_product(&mut self, a: &Value) -> Option<(String, Value)> {
        let (level, factor) = (a.ciphertext.level(), self.scale());
        let scale = Float::with_val(PRECISION, a.ciphertext.scale() * &factor);
        let (plaintext, slots, off) = self.plaintext(&factor, level)?;
        let bound = (0..slots.len()).map(|k| a.exact[k].to_f64().abs() * off + (slots[k].abs() + off) * a.bound[k]);
        let exact = a.exact.iter().zip(&slots).map(|(x, y)| Float::with_val(PRECISION, x * y)).collect();
        let expected = Expected { exact, bound: bound.collect(), level, scale };
        if !self.fits(&expected) {
            return None;
        }
        let mut result = a.ciphertext.clone();
        self.evaluator.multiply_plain(&mut result, &plaintext).unwrap();
        Some(("plaintext product".into(), self.value(expected, result)))
    }

    fn plain_sum(&mut self, a: &Value) -> Option<(String, Value)> {
        let (level, scale) = (a.ciphertext.level(), a.ciphertext.scale().clone());
        let (plaintext, slots, off) = self.plaintext(&scale, level)?;
        let exact = a.exact.iter().zip(&slots).map(|(x, y)| Float::with_val(PRECISION, x + y)).collect();
        let expected = Expected { exact, bound: a.bound.iter().map(|b| b + off).collect(), level, scale };
        if !self.fits(&expected) {
            return None;
        }
        let mut result = a.ciphertext.clone();
        self.evaluator.add_plain(&mut result, &plaintext).unwrap();
        Some(("plaintext sum".into(), self.value(expected, result)))
    }

    fn constant_sum(&mut self, a: &Value) -> Option<(String, Value)> {
        let constant = Float::with_val(PRECISION, self.rng.random_range(-2.0..2.0)) / 3u32;
        let (level, scale) = (a.ciphertext.level(), a.ciphertext.scale().clone());
        let off = 0.5 / scale.to_f64();
        let exact = a.exact.iter().map(|x| Float::with_val(PRECISION, x + &constant)).collect();
        let expected = Expected { exact, bound: a.bound.iter().map(|b| b + off).collect(), level, scale };
        if !self.fits(&expected) {
            return None;
        }
        let mut result = a.ciphertext.clone();
        self.evaluator.add_constant(&mut result, &constant).unwrap();
        Some(("sum with a constant".into(), self.value(expected, result)))
    }

    fn constant_product(&mut self, a: &Value) -> Option<(String, Value)> {
        let factor = Float::with_val(PRECISION, self.rng.random_range(0.3..3.0)) / 3u32;
        let negative = self.rng.random::<bool>();
        let exact = a.exact.iter().map(|x| {
            let product = Float::with_val(PRECISION, x * &factor);
            if negative { -product } else { product }
        });
        let bound = a.bound.iter().map(|b| b * factor.to_f64()).collect();
        let scale = Float::with_val(PRECISION, a.ciphertext.scale() / &factor);
        let expected = Expected { exact: exact.collect(), bound, level: a.ciphertext.level(), scale };
        if !self.fits(&expected) {
            return None;
        }
        let mut result = a.ciphertext.clone().rescaled_value(&factor).unwrap();
        if negative {
            self.evaluator.negate(&mut result).unwrap();
        }
        Some(("product with a constant".into(), self.value(expected, result)))
    }

    fn rotation(&mut self, a: &Value) -> Option<(String, Value)> {
        let step = self.steps[self.rng.random_range(0..self.steps.len())];
        let (level, scale) = (a.ciphertext.level(), a.ciphertext.scale().clone());
        let own = self.noise(self.model.key_switch(level), &scale);
        let left = step.rem_euclid(a.exact.len() as i64) as usize;
        let (mut exact, mut bound) = (a.exact.clone(), a.bound.clone());
        exact.rotate_left(left);
        bound.rotate_left(left);
        bound.iter_mut().for_each(|b| *b += own);
        let expected = Expected { exact, bound, level, scale };
        if !self.fits(&expected) {
            return None;
        }
        let result = self.evaluator.rotate(&a.ciphertext, step, &self.galois).unwrap();
        Some((format!("rotation by {step}"), self.value(expected, result)))
    }

    fn rescaled(&mut self, a: &Value) -> Option<(String, Value)> {
        let level = a.ciphertext.level().checked_sub(1)?;
        let scale = Float::with_val(PRECISION, a.ciphertext.scale() / self.context.chain().q[level + 1]);
        let own = self.noise(self.model.rounding(), &scale);
        let bound = a.bound.iter().map(|b| b + own).collect();
        let expected = Expected { exact: a.exact.clone(), bound, level, scale };
        if !self.fits(&expected) {
            return None;
        }
        let mut result = a.ciphertext.clone();
        self.evaluator.rescale(&mut result).unwrap();
        Some(("rescaling".into(), self.value(expected, result)))
    }

    fn dropped(&mut self, a: &Value) -> Option<(String, Value)> {
        let level = self.rng.random_range(0..=a.ciphertext.level());
        let scale = a.ciphertext.scale().clone();
        let expected = Expected { exact: a.exact.clone(), bound: a.bound.clone(), level, scale };
        if !self.fits(&expected) {
            return None;
        }
        let mut result = a.ciphertext.clone();
        self.evaluator.drop_to(&mut result, level).unwrap();
        Some(("drop".into(), self.value(expected, result)))
    }

    fn check(&self, value: &Value, outcome: &mut Outcome) {
        let seen = self.context.decode(&self.secret.decrypt(&value.ciphertext).unwrap()).unwrap();
        for ((seen, exact), bound) in seen.iter().zip(&value.exact).zip(&value.bound) {
            let error = Float::with_val(PRECISION, exact - seen).abs().to_f64();
            outcome.compare(error, bound + exact.to_f64().abs() * DECODING);
        }
    }
}

fn chain(rng: &mut ChaCha20Rng) -> (ModulusChain, String) {
    let log_n = rng.random_range(10..=13);
    let (primes, special) = (rng.random_range(3..=12), rng.random_range(1..=3));
    let mut bits =
        |count: usize, least: u32| -> Vec<u32> { (0..count).map(|_| rng.random_range(least..=61)).collect() };
    let (q, p) = (bits(primes, 40), bits(special, 45));
    let log = format!("random operations, N = 2^{log_n}, q {q:?}, p {p:?}");
    (ModulusChain::generate(log_n, &q, &p).unwrap(), log)
}
