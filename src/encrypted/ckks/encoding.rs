//! Slot values to plaintext polynomials and back.

use super::ciphertext::{brief, checked_scale};
use super::context::Context;
use super::dd::Dd;
use super::embedding::Complex;
use super::poly::RnsPoly;
use super::prime::Prime;
use crate::circuit::ModulusChain;
use crate::error::{Error, Result};
use crate::real::PRECISION;
use rayon::prelude::*;
use rug::{Float, Integer};
use std::fmt;
use std::sync::Arc;

/// A polynomial that stands for slot values times a scale.
#[derive(Clone, PartialEq)]
pub struct Plaintext {
    pub(super) poly: RnsPoly,
    pub(super) level: usize,
    pub(super) scale: Float,
    pub(super) chain: Arc<ModulusChain>,
}

impl Plaintext {
    /// The level, hence the modulus q_0 … q_level.
    pub fn level(&self) -> usize {
        self.level
    }

    /// The exact scale, to 256 bits.
    pub fn scale(&self) -> &Float {
        &self.scale
    }

    /// Bytes of the residues.
    pub fn bytes(&self) -> usize {
        self.poly.bytes()
    }
}

impl fmt::Debug for Plaintext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plaintext")
            .field("level", &self.level)
            .field("scale", &brief(&self.scale))
            .finish_non_exhaustive()
    }
}

/// A centred coefficient; few are large.
enum Coefficient {
    Small(i128),
    Large(Integer),
}

impl Context {
    /// Encodes real slot values; missing ones are zero. Each coefficient is within 1/2 + 2^-30 of the exact one as long
    /// as values times scale stay below 2^64.
    ///
    /// # Errors
    /// [`Error::Input`] for more values than slots, a value that is not finite, an unusable scale or level, and a
    /// coefficient that exceeds half the modulus of the level or 2^100.
    pub fn encode(&self, values: &[f64], scale: &Float, level: usize) -> Result<Plaintext> {
        self.encode_slots(values.iter().map(|&re| (re, 0.0)), scale, level)
    }

    /// Encodes complex slot values, given as real and imaginary part; missing ones are zero.
    ///
    /// # Errors
    /// As [`Context::encode`].
    pub fn encode_complex(&self, values: &[(f64, f64)], scale: &Float, level: usize) -> Result<Plaintext> {
        self.encode_slots(values.iter().copied(), scale, level)
    }

    fn encode_slots(
        &self,
        values: impl ExactSizeIterator<Item = (f64, f64)>,
        scale: &Float,
        level: usize,
    ) -> Result<Plaintext> {
        let modulus = self.modulus(level)?;
        let scale = checked_scale(scale.clone())?;
        if values.len() > self.slots() {
            return Err(Error::input(format!("{} values do not fit in {} slots", values.len(), self.slots())));
        }
        let mut slots = vec![Complex::default(); self.slots()];
        for (slot, (place, (re, im))) in slots.iter_mut().zip(values).enumerate() {
            if let Some(value) = [re, im].into_iter().find(|part| !part.is_finite()) {
                return Err(Error::input(format!("the value of slot {slot} is {value}, expected a finite number")));
            }
            *place = Complex { re: re.into(), im: im.into() };
        }
        self.embedding().to_coefficients(&mut slots);
        let factor = Dd::from_float(&scale);
        let largest = (Integer::from(modulus - 1u32) >> 1u32).to_u128().unwrap_or(u128::MAX);
        let parts = slots.iter().map(|z| z.re).chain(slots.iter().map(|z| z.im));
        let coefficients = parts
            .map(|part| (part * factor).round().filter(|c| c.unsigned_abs() <= largest))
            .collect::<Option<Vec<i128>>>()
            .ok_or_else(|| {
                Error::input(format!(
                    "values at scale {} exceed the modulus of level {level} ({} bits) or 2^100: lower the scale",
                    brief(&scale),
                    modulus.significant_bits()
                ))
            })?;
        let residue = |prime: &Prime, i: usize| prime.reduce_signed(coefficients[i]);
        let poly = RnsPoly::from_signed(self.degree(), &self.primes(level), residue);
        Ok(Plaintext { poly, level, scale, chain: Arc::clone(self.shared_chain()) })
    }

    /// The real parts of the slot values, rounded to double precision.
    ///
    /// # Errors
    /// [`Error::Input`] for a plaintext of another modulus chain.
    pub fn decode(&self, plaintext: &Plaintext) -> Result<Vec<f64>> {
        Ok(self.decode_slots(plaintext)?.iter().map(|z| z.re.to_f64()).collect())
    }

    /// The slot values as real and imaginary part, rounded to double precision.
    ///
    /// # Errors
    /// [`Error::Input`] for a plaintext of another modulus chain.
    pub fn decode_complex(&self, plaintext: &Plaintext) -> Result<Vec<(f64, f64)>> {
        Ok(self.decode_slots(plaintext)?.iter().map(|z| (z.re.to_f64(), z.im.to_f64())).collect())
    }

    fn decode_slots(&self, plaintext: &Plaintext) -> Result<Vec<Complex>> {
        let inverse = Float::with_val(PRECISION, plaintext.scale.recip_ref());
        let factor = Dd::from_float(&inverse);
        let coefficients: Vec<Dd> = self
            .centred(plaintext)?
            .into_par_iter()
            .map(|coefficient| match coefficient {
                Coefficient::Small(x) => Dd::from_i128(x) * factor,
                Coefficient::Large(x) => Dd::from_float(&(Float::with_val(PRECISION, x) * &inverse)),
            })
            .collect();
        let (low, high) = coefficients.split_at(self.slots());
        let mut slots: Vec<Complex> = low.iter().zip(high).map(|(&re, &im)| Complex { re, im }).collect();
        self.embedding().to_slots(&mut slots);
        Ok(slots)
    }

    /// The real parts of the slot values of a polynomial, its coefficients given from the constant one on; missing ones are
    /// zero.
    ///
    /// # Errors
    /// [`Error::Input`] for more coefficients than the ring has.
    pub fn slots_of(&self, coefficients: &[f64]) -> Result<Vec<f64>> {
        if coefficients.len() > self.degree() {
            let (found, most) = (coefficients.len(), self.degree());
            return Err(Error::input(format!("{found} coefficients do not fit in a polynomial of {most}")));
        }
        let at = |i: usize| Dd::from(coefficients.get(i).copied().unwrap_or_default());
        let pairs = (0..self.slots()).map(|i| Complex { re: at(i), im: at(i + self.slots()) });
        let mut slots: Vec<Complex> = pairs.collect();
        self.embedding().to_slots(&mut slots);
        Ok(slots.iter().map(|z| z.re.to_f64()).collect())
    }

    /// The coefficients in (−Q_l/2, Q_l/2], exactly: what noise is measured on.
    ///
    /// # Errors
    /// [`Error::Input`] for a plaintext of another modulus chain.
    pub fn coefficients(&self, plaintext: &Plaintext) -> Result<Vec<Integer>> {
        let integer = |coefficient| match coefficient {
            Coefficient::Small(x) => Integer::from(x),
            Coefficient::Large(x) => x,
        };
        Ok(self.centred(plaintext)?.into_iter().map(integer).collect())
    }

    /// Reconstructs each coefficient from two primes, checks it against all the others, and goes through the whole
    /// modulus where the check fails.
    fn centred(&self, plaintext: &Plaintext) -> Result<Vec<Coefficient>> {
        self.check_chain("the plaintext", &plaintext.chain)?;
        let primes = self.primes(plaintext.level);
        let mut poly = plaintext.poly.clone();
        poly.for_each_limb(|limb, residues| primes[limb].backward(residues));
        let basis = Basis::new(&primes, self.modulus(plaintext.level)?);
        let coefficient = |i: usize| {
            let residues: Vec<u64> = (0..poly.limbs()).map(|limb| poly.limb(limb)[i]).collect();
            basis.reconstruct(&residues)
        };
        Ok((0..self.degree()).into_par_iter().map(coefficient).collect())
    }
}

/// Chinese remaindering for one level.
struct Basis<'a> {
    primes: &'a [&'a Prime],
    modulus: &'a Integer,
    /// For each prime, (Q/q_i)·[(Q/q_i)^-1 mod q_i].
    idempotents: Vec<Integer>,
    /// q_0^-1 mod q_1.
    first_inverse: u64,
}

impl<'a> Basis<'a> {
    fn new(primes: &'a [&'a Prime], modulus: &'a Integer) -> Self {
        let idempotent = |(i, prime): (usize, &&Prime)| {
            let others = primes.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, other)| other.value());
            Integer::from(modulus / prime.value()) * prime.inverse(prime.product(others))
        };
        let first_inverse = match primes {
            [first, second, ..] => second.inverse(second.product([first.value()].into_iter())),
            _ => 0,
        };
        Self { primes, modulus, idempotents: primes.iter().enumerate().map(idempotent).collect(), first_inverse }
    }

    fn reconstruct(&self, residues: &[u64]) -> Coefficient {
        let small = self.small_candidate(residues);
        if self.primes.iter().zip(residues).all(|(prime, &residue)| prime.reduce_signed(small) == residue) {
            return Coefficient::Small(small);
        }
        let sum: Integer =
            self.idempotents.iter().zip(residues).map(|(unit, &residue)| Integer::from(unit * residue)).sum();
        let value = sum % self.modulus;
        let centred = if Integer::from(&value * 2u32) > *self.modulus { value - self.modulus } else { value };
        Coefficient::Large(centred)
    }

    /// The centred number with the first two residues.
    fn small_candidate(&self, residues: &[u64]) -> i128 {
        let (value, modulus) = match (self.primes, residues) {
            ([first, second, ..], [a, b, ..]) => {
                let difference = second.subtract(*b, second.reduce(u128::from(*a)));
                let multiple = second.multiply(difference, self.first_inverse);
                let value = i128::from(*a) + i128::from(first.value()) * i128::from(multiple);
                (value, i128::from(first.value()) * i128::from(second.value()))
            }
            ([only], [a]) => (i128::from(*a), i128::from(only.value())),
            _ => (0, 1),
        };
        if 2 * value > modulus { value - modulus } else { value }
    }
}
