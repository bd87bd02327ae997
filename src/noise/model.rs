//! The distribution of each elementary noise, in slots.
//!
//! A rounding error τ0 + τ1·s of a ciphertext (τ uniform in [−½, ½], s the secret key) has in slot j the real part
//! Re(τ0(ζ) + τ1(ζ)·s(ζ)), ζ = ζ_j. Given s it is sub-Gaussian with variance proxy (N/24)(1 + |s(ζ)|²), since a uniform
//! variable is strictly sub-Gaussian and Σ_c cos²(cθ) = N/2. Real parts in different slots are uncorrelated given s. Over
//! the uniform ternary key, E exp(μ|s(ζ)|²) ≤ 1/(1 − μh) with h = 2N/3, which makes the slot Laplace-like, not Gaussian.

use crate::circuit::{ERROR_VARIANCE, LARGEST_ERROR, ModulusChain, PlacedCircuit, SPARSE_WEIGHT, Secret};

/// The variance proxy of a sum of independent noises in a slot: given the keys it is
/// `plain + keyed·X`, with E exp(μX) ≤ 1/(1 − μ): X is at most as spread as an exponential variable of mean 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RandomPart {
    /// The part that does not depend on the keys.
    pub plain: f64,
    /// The mean of the part that is proportional to the squared size of the keys in the slot.
    pub keyed: f64,
}

impl RandomPart {
    /// The noise times a constant of absolute value √`gain_squared`.
    #[must_use]
    pub fn scaled(self, gain_squared: f64) -> Self {
        Self { plain: self.plain * gain_squared, keyed: self.keyed * gain_squared }
    }

    /// The sum of two independent noises. Keyed parts of different slots or keys may be added too, at some loss: the product
    /// of 1/(1 − μ_i) is at most 1/(1 − Σ μ_i).
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { plain: self.plain + other.plain, keyed: self.keyed + other.keyed }
    }

    /// The variance over fresh keys.
    pub fn variance(self) -> f64 {
        self.plain + self.keyed
    }
}

/// How the rounding of an encoding is treated, in units of a coefficient and on the real part of a slot, where that of real
/// slots lies wholly. A message is of one kind or of the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum EncodingRounding {
    /// Of any message. Encoding is deterministic, so there is no probability in it.
    Bounded {
        /// The largest that it can be.
        largest: f64,
        /// Its variance over messages, for predictions alone.
        variance: f64,
    },
    /// Of a dithered message: the coefficients' roundings are independent and uniform.
    Random {
        /// The variance proxy in a slot; slots may be taken as independent.
        proxy: f64,
        /// A bound on what the message misses of its dither.
        rest: f64,
    },
}

/// What adds noise to a ciphertext.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elementary {
    /// A rounding of both parts: rescaling, the division by P at the end of encryption and of key switching.
    Rounding,
    /// The digits of key switching at a level.
    Digits(usize),
    /// Key switching at a level: its digits and its rounding.
    KeySwitch(usize),
    /// Encryption at the key level.
    Encryption,
}

/// |s(ζ)|², the squared size of the secret in a slot.
#[derive(Debug, Clone, Copy)]
enum SecretSize {
    /// B with E exp(μ|s(ζ)|²) ≤ 1/(1 − μB), or the mean E|s(ζ)|².
    Random(f64),
    /// That of one key, which is known.
    Known(f64),
}

/// The elementary noises in the ring of one modulus chain.
#[derive(Debug, Clone)]
pub struct RingModel {
    degree: f64,
    secret: SecretSize,
    /// 1/P².
    special: f64,
    /// Σ over the digits of (Q_d/P)², at each level.
    digit_ratios: Vec<f64>,
    /// Σ over the digits of Q_d/P, at each level.
    digit_sums: Vec<f64>,
}

impl RingModel {
    /// The model that bounds are made of, for a ternary secret.
    pub fn new(chain: &ModulusChain) -> Self {
        Self::with(chain, SecretSize::Random(Secret::Ternary.spread(chain.degree())))
    }

    /// The model that bounds of a placed circuit are made of.
    pub fn bounding(placed: &PlacedCircuit) -> Self {
        Self::with(&placed.chain, SecretSize::Random(placed.secret.spread(placed.chain.degree())))
    }

    /// The model that predictions for a placed circuit are made of: its variances are exact. For a ternary secret both are
    /// the same.
    pub fn expected(placed: &PlacedCircuit) -> Self {
        Self::with(&placed.chain, SecretSize::Random(placed.secret.norm_squared(placed.chain.degree())))
    }

    /// The model of a slot in which the key's |s(ζ)|² is known: only the errors in the other keys are still random.
    pub(super) fn given_secret(chain: &ModulusChain, squared_size: f64) -> Self {
        Self::with(chain, SecretSize::Known(squared_size))
    }

    /// Key switching uses digits of as many primes as P has.
    fn with(chain: &ModulusChain, secret: SecretSize) -> Self {
        let log_p = chain.log2_special();
        let ratios = |level: usize, power: f64| -> f64 {
            chain.log2_digits(level).map(|log2| (power * (log2 - log_p)).exp2()).sum()
        };
        let sums = |power: f64| (0..chain.q.len()).map(|level| ratios(level, power)).collect();
        let special = (-2.0 * log_p).exp2();
        let degree = chain.degree() as f64;
        Self { degree, secret, special, digit_ratios: sums(2.0), digit_sums: sums(1.0) }
    }

    /// The distribution of an elementary noise, in units of the ciphertext.
    pub fn random(&self, elementary: Elementary) -> RandomPart {
        match elementary {
            Elementary::Rounding => self.rounding(),
            Elementary::Digits(level) => self.digits(level),
            Elementary::KeySwitch(level) => self.key_switch(level),
            Elementary::Encryption => self.encryption(),
        }
    }

    /// The largest absolute value that an elementary noise can have in any slot, whatever is drawn.
    ///
    /// # Formula
    /// A polynomial with coefficients in [−c, c] is at most 2c·E in a slot, E = 1/(2 sin(π/2N)). Errors are at most 21, a
    /// ternary secret 1, digit d at most Q_d/2.
    pub fn largest(&self, elementary: Elementary, secret: Secret) -> f64 {
        let unit = self.encoding();
        let error = 2.0 * LARGEST_ERROR * unit;
        let secret = match secret {
            Secret::Ternary => 2.0 * unit,
            Secret::Sparse192 => SPARSE_WEIGHT as f64,
        };
        let rounding = unit * (1.0 + secret);
        let digits = |level: usize| self.digit_sums.get(level).copied().unwrap_or(0.0) * unit * error;
        match elementary {
            Elementary::Rounding => rounding,
            Elementary::Digits(level) => digits(level),
            Elementary::KeySwitch(level) => rounding + digits(level),
            Elementary::Encryption => rounding + (2.0 * unit * error + error * (1.0 + secret)) * self.special.sqrt(),
        }
    }

    /// A rounding of both parts of a ciphertext, in units of the ciphertext: rescaling, the division by P at the end of
    /// encryption and of key switching.
    pub fn rounding(&self) -> RandomPart {
        self.with_secret(self.degree / 24.0)
    }

    /// Noise of variance `unit`·(1 + |s(ζ)|²).
    fn with_secret(&self, unit: f64) -> RandomPart {
        match self.secret {
            SecretSize::Random(size) => RandomPart { plain: unit, keyed: unit * size },
            SecretSize::Known(size) => RandomPart { plain: unit * (1.0 + size), keyed: 0.0 },
        }
    }

    /// Key switching at `level`: its rounding, and what its digits bring.
    pub fn key_switch(&self, level: usize) -> RandomPart {
        self.rounding().plus(self.digits(level))
    }

    /// What the digits of key switching at `level` bring: (N/24)·Σ_d (Q_d/P)²·|e_d(ζ)|² with E|e_d(ζ)|² = N·σ².
    pub fn digits(&self, level: usize) -> RandomPart {
        let ratios = self.digit_ratios.get(level).copied().unwrap_or(0.0);
        RandomPart { plain: 0.0, keyed: self.degree / 24.0 * ratios * self.degree * ERROR_VARIANCE }
    }

    /// Encryption at the key level: the rounding of its division by P, and (v·e + e0 + e1·s)/P, v ternary.
    ///
    /// # Formula
    /// Given e and s the real part of the latter has proxy ((N/3)|e(ζ)|² + (N/2)σ²(1 + |s(ζ)|²))/P².
    pub fn encryption(&self) -> RandomPart {
        let n = self.degree;
        let masked = RandomPart { plain: 0.0, keyed: n / 3.0 * n * ERROR_VARIANCE };
        let divided = masked.plus(self.with_secret(n / 2.0 * ERROR_VARIANCE));
        self.rounding().plus(divided.scaled(self.special))
    }

    /// Variance of the real part of a slot of an encoding's rounding: that of real slots is antisymmetric like their polynomial,
    /// so it lies wholly in the real part.
    pub fn encoding_variance(&self) -> f64 {
        self.degree / 12.0
    }

    /// The rounding of the encoding of any message.
    pub fn encoding_of_any_message(&self) -> EncodingRounding {
        EncodingRounding::Bounded { largest: self.encoding(), variance: self.encoding_variance() }
    }

    /// The rounding of the encoding of a message that was dithered: whose polynomial, before it is rounded, is off the rounded
    /// one by independent coefficients, uniform in [−½, ½], up to `rest` in each slot.
    ///
    /// # Formula
    /// Real slots have r_(N−k) = −r_k, so slot j holds r_0 + 2 Σ r_k cos(kθ_j) over 0 < k < N/2: of proxy (N − 1)/12, and of
    /// (N Σ g² − (Σ g)²)/12 ≤ (N/12) Σ g² in a sum over slots of gains g.
    pub fn encoding_of_dithered_message(&self, rest: f64) -> EncodingRounding {
        EncodingRounding::Random { proxy: self.encoding_variance(), rest }
    }

    /// The largest absolute value in a slot of a polynomial with coefficients in [−½, ½]: 1/(2 sin(π/2N)). The part in
    /// 10^8 on top covers the error of the transform, which is below 2^-30 of a coefficient's unit.
    pub fn encoding(&self) -> f64 {
        0.5 / (std::f64::consts::FRAC_PI_2 / self.degree).sin() * (1.0 + 1e-8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_as_large_as_p_cost_more_than_the_rounding() {
        let chain = ModulusChain::generate(13, &[54, 50, 50], &[55]).unwrap();
        let model = RingModel::new(&chain);
        assert!(model.key_switch(2).variance() > model.rounding().variance());
        assert!(model.key_switch(0).variance() < model.key_switch(2).variance());
    }

    /// N = 16, digits of two primes: 2^38 and 2^18, P = 2^37.
    fn small() -> ModulusChain {
        ModulusChain { log_n: 4, q: vec![1 << 20, 1 << 18, 1 << 18], p: vec![1 << 19, 1 << 18] }
    }

    fn alike(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected, "{found} {expected}");
    }

    /// Each formula of this file's comments in a small ring.
    #[test]
    fn variances_are_those_of_the_formulas() {
        let model = RingModel::new(&small());
        let (n, sigma) = (16.0, ERROR_VARIANCE);
        // E|s(ζ)|² = 2N/3 for a ternary key.
        let spread = 2.0 * n / 3.0;
        let rounding = model.rounding();
        alike(rounding.plain, n / 24.0);
        alike(rounding.keyed, n / 24.0 * spread);
        for (level, ratios) in [(0, 2f64.powi(-34)), (1, 4.0), (2, 4.0 + 2f64.powi(-38))] {
            let digits = model.digits(level);
            assert_eq!(digits.plain, 0.0);
            alike(digits.keyed, n / 24.0 * ratios * n * sigma);
            let switched = model.key_switch(level);
            alike(switched.plain, rounding.plain);
            alike(switched.keyed, rounding.keyed + digits.keyed);
            assert_eq!(model.random(Elementary::KeySwitch(level)), switched);
            assert_eq!(model.random(Elementary::Digits(level)), digits);
        }
        assert_eq!(model.random(Elementary::Rounding), rounding);
        let special = 2f64.powi(-74);
        let encryption = model.random(Elementary::Encryption);
        alike(encryption.plain, rounding.plain + n / 2.0 * sigma * special);
        alike(encryption.keyed, rounding.keyed + (n / 3.0 * n * sigma + n / 2.0 * sigma * spread) * special);
        alike(model.encoding_variance(), n / 12.0);
        alike(encryption.variance(), encryption.plain + encryption.keyed);
        let scaled = encryption.scaled(9.0);
        alike(scaled.plain, 9.0 * encryption.plain);
        alike(scaled.keyed, 9.0 * encryption.keyed);
    }

    /// The masked part of encryption is so small beside its rounding that only a small P shows it.
    #[test]
    fn encryption_is_divided_by_p() {
        let chain = ModulusChain { p: vec![4], ..small() };
        let (n, sigma, spread) = (16.0, ERROR_VARIANCE, 32.0 / 3.0);
        let encryption = RingModel::new(&chain).encryption();
        alike(encryption.plain, n / 24.0 + n / 2.0 * sigma / 16.0);
        alike(encryption.keyed, n / 24.0 * spread + (n / 3.0 * n * sigma + n / 2.0 * sigma * spread) / 16.0);
        let known = RingModel::given_secret(&chain, 5.0).encryption();
        alike(known.plain, 6.0 * (n / 24.0 + n / 2.0 * sigma / 16.0));
        alike(known.keyed, n / 3.0 * n * sigma / 16.0);
    }

    /// A polynomial with coefficients of at most c is at most 2c·E in a slot, E = 1/(2 sin(π/2N)).
    #[test]
    fn largest_values_are_those_of_the_formulas() {
        let chain = ModulusChain { p: vec![4], ..small() };
        let model = RingModel::new(&chain);
        let unit = 0.5 / (std::f64::consts::PI / 32.0).sin() * (1.0 + 1e-8);
        alike(model.encoding(), unit);
        let error = 2.0 * LARGEST_ERROR * unit;
        for (secret, size) in [(Secret::Ternary, 2.0 * unit), (Secret::Sparse192, 192.0)] {
            let rounding = unit * (1.0 + size);
            // Digits of one prime each: 2^20, 2^18 and 2^18 over P = 4.
            let digits = |sum: f64| sum / 4.0 * unit * error;
            alike(model.largest(Elementary::Rounding, secret), rounding);
            for (level, sum) in
                [(0, 2f64.powi(20)), (1, 2f64.powi(20) + 2f64.powi(18)), (2, 2f64.powi(20) + 2f64.powi(19))]
            {
                alike(model.largest(Elementary::Digits(level), secret), digits(sum));
                alike(model.largest(Elementary::KeySwitch(level), secret), rounding + digits(sum));
            }
            let encryption = rounding + (2.0 * unit * error + error * (1.0 + size)) / 4.0;
            alike(model.largest(Elementary::Encryption, secret), encryption);
        }
    }
}
