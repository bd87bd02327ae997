//! Arithmetic on ciphertexts.

use super::ciphertext::{Ciphertext, brief, checked_scale, same_scale};
use super::context::Context;
use super::encoding::Plaintext;
use super::poly::RnsPoly;
use super::prime::Prime;
use super::switching::RelinearisationKey;
use crate::error::{Error, Result};
use crate::real::PRECISION;
use rug::ops::RemRounding;
use rug::{Float, Integer};
use std::sync::Arc;

/// The operations on ciphertexts of one context. Where two operands have different levels, the higher one is taken at
/// the lower level, which is exact.
#[derive(Debug, Clone)]
pub struct Evaluator {
    context: Arc<Context>,
}

impl Evaluator {
    /// An evaluator for `context`.
    pub fn new(context: &Arc<Context>) -> Self {
        Self { context: Arc::clone(context) }
    }

    /// The context.
    pub fn context(&self) -> &Arc<Context> {
        &self.context
    }

    /// a + b.
    ///
    /// # Errors
    /// [`Error::Input`] when the scales differ by more than 2^-40 of themselves; the sum has the scale of a.
    pub fn add(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext> {
        self.linear(a, b, Prime::add)
    }

    /// a − b.
    ///
    /// # Errors
    /// As [`Evaluator::add`].
    pub fn sub(&self, a: &Ciphertext, b: &Ciphertext) -> Result<Ciphertext> {
        self.linear(a, b, Prime::subtract)
    }

    fn linear(
        &self,
        a: &Ciphertext,
        b: &Ciphertext,
        action: impl Fn(&Prime, u64, u64) -> u64 + Sync,
    ) -> Result<Ciphertext> {
        self.check(a)?;
        self.check(b)?;
        same_scale(&a.scale, &b.scale)?;
        let level = a.level.min(b.level);
        let mut result = lowered(a, level);
        let primes = self.context.primes(level);
        result.parts.iter_mut().zip(&b.parts).for_each(|(x, y)| x.zip(y, &primes, &action));
        Ok(result)
    }

    /// −a, in place.
    ///
    /// # Errors
    /// [`Error::Input`] for a ciphertext of another modulus chain.
    pub fn negate(&self, a: &mut Ciphertext) -> Result<()> {
        self.check(a)?;
        let primes = self.context.primes(a.level);
        a.parts.iter_mut().for_each(|part| part.map(&primes, Prime::negate));
        Ok(())
    }

    /// a + constant in every slot, in place: adds round(constant·scale), so the constant is off by at most 1/(2·scale).
    ///
    /// # Errors
    /// [`Error::Input`] when the constant is not finite or, at this scale, exceeds half the modulus.
    pub fn add_constant(&self, a: &mut Ciphertext, constant: &Float) -> Result<()> {
        self.check(a)?;
        let primes = self.context.primes(a.level);
        let residues = self.residues(constant, &a.scale, a.level)?;
        a.parts[0].for_each_limb(|limb, values| {
            values.iter_mut().for_each(|x| *x = primes[limb].add(*x, residues[limb]));
        });
        Ok(())
    }

    /// a + plaintext, in place.
    ///
    /// # Errors
    /// As [`Evaluator::add`].
    pub fn add_plain(&self, a: &mut Ciphertext, plaintext: &Plaintext) -> Result<()> {
        self.check(a)?;
        self.context.check_chain("the plaintext", &plaintext.chain)?;
        same_scale(&a.scale, &plaintext.scale)?;
        truncate(a, a.level.min(plaintext.level));
        a.parts[0].zip(&plaintext.poly, &self.context.primes(a.level), Prime::add);
        Ok(())
    }

    /// a·plaintext slot by slot, in place, at the product of the scales and without rescaling.
    ///
    /// # Errors
    /// [`Error::Input`] when the product of the scales exceeds the modulus, or for another modulus chain.
    pub fn multiply_plain(&self, a: &mut Ciphertext, plaintext: &Plaintext) -> Result<()> {
        self.check(a)?;
        self.context.check_chain("the plaintext", &plaintext.chain)?;
        let level = a.level.min(plaintext.level);
        a.scale = self.product_scale(&a.scale, &plaintext.scale, level)?;
        truncate(a, level);
        let primes = self.context.primes(level);
        a.parts.iter_mut().for_each(|part| part.zip(&plaintext.poly, &primes, Prime::multiply));
        Ok(())
    }

    /// a·b relinearised, at the product of the scales and without rescaling: for sums of products.
    ///
    /// # Errors
    /// [`Error::Input`] when the product of the scales exceeds the modulus, or for another modulus chain.
    pub fn multiply(&self, a: &Ciphertext, b: &Ciphertext, key: &RelinearisationKey) -> Result<Ciphertext> {
        let (mut parts, level, scale) = self.product(a, b, key)?;
        parts.iter_mut().for_each(|part| self.context.by_special().divide(self.context.all_primes(), part));
        Ok(Ciphertext { parts, level, scale, chain: Arc::clone(self.context.shared_chain()) })
    }

    /// a·b relinearised and rescaled, in one division by P·q_l: one rounding, of variance (h + 1)/12.
    ///
    /// # Errors
    /// [`Error::Input`] at level 0, when the product of the scales exceeds the modulus, or for another modulus chain.
    pub fn multiply_rescale(&self, a: &Ciphertext, b: &Ciphertext, key: &RelinearisationKey) -> Result<Ciphertext> {
        self.check(a)?;
        self.check(b)?;
        let (_, division) = self.context.by_top(a.level.min(b.level))?;
        let (mut parts, level, scale) = self.product(a, b, key)?;
        parts.iter_mut().for_each(|part| division.divide(self.context.all_primes(), part));
        let scale = self.divided_scale(scale, level)?;
        Ok(Ciphertext { parts, level: level - 1, scale, chain: Arc::clone(self.context.shared_chain()) })
    }

    /// a² relinearised and rescaled.
    ///
    /// # Errors
    /// As [`Evaluator::multiply_rescale`].
    pub fn square_rescale(&self, a: &Ciphertext, key: &RelinearisationKey) -> Result<Ciphertext> {
        self.multiply_rescale(a, a, key)
    }

    /// Divides by q_l with rounding, in place: the scale falls by the same factor, the values stay.
    ///
    /// # Errors
    /// [`Error::Input`] at level 0 or for another modulus chain.
    pub fn rescale(&self, a: &mut Ciphertext) -> Result<()> {
        self.check(a)?;
        let (division, _) = self.context.by_top(a.level)?;
        a.scale = self.divided_scale(a.scale.clone(), a.level)?;
        a.parts.iter_mut().for_each(|part| division.divide(self.context.all_primes(), part));
        a.level -= 1;
        Ok(())
    }

    /// Σ c_i·a_i + constant at `scale` and `level`: each c_i is rounded to an integer at the scale that takes a_i to
    /// scale·q_(level+1), and the sum is rescaled once.
    ///
    /// # Errors
    /// [`Error::Input`] for a ciphertext below level + 1, an integer that does not fit in the modulus, or another modulus chain.
    pub fn combination(
        &self,
        terms: &[(&Ciphertext, Float)],
        constant: &Float,
        scale: &Float,
        level: usize,
    ) -> Result<Ciphertext> {
        let dropped = self.context.chain().q.get(level + 1);
        let dropped = *dropped.ok_or_else(|| Error::internal("a combination below the last level"))?;
        let raised = Float::with_val(PRECISION, scale * dropped);
        let zero = || RnsPoly::zero(self.context.degree(), level + 2);
        let chain = Arc::clone(self.context.shared_chain());
        let mut sum = Ciphertext { parts: [zero(), zero()], level: level + 1, scale: checked_scale(raised)?, chain };
        for (a, coefficient) in terms {
            self.add_multiple(&mut sum, a, coefficient)?;
        }
        self.add_constant(&mut sum, constant)?;
        self.rescale(&mut sum)?;
        Ok(sum)
    }

    /// sum + coefficient·a, the coefficient an integer over sum.scale/a.scale.
    fn add_multiple(&self, sum: &mut Ciphertext, a: &Ciphertext, coefficient: &Float) -> Result<()> {
        self.check(a)?;
        if a.level < sum.level {
            return Err(Error::input(format!(
                "a ciphertext at level {} cannot be raised to level {}",
                a.level, sum.level
            )));
        }
        let ratio = Float::with_val(PRECISION, &sum.scale / &a.scale);
        let residues = self.residues(coefficient, &ratio, sum.level)?;
        let primes = self.context.primes(sum.level);
        for (out, part) in sum.parts.iter_mut().zip(&a.parts) {
            out.for_each_limb(|limb, values| {
                let (prime, factor) = (primes[limb], primes[limb].factor(residues[limb]));
                values.iter_mut().zip(part.limb(limb)).for_each(|(x, &y)| *x = prime.add(*x, prime.times(y, factor)));
            });
        }
        Ok(())
    }

    /// round(constant·scale) modulo each prime of a level.
    fn residues(&self, constant: &Float, scale: &Float, level: usize) -> Result<Vec<u64>> {
        let scaled = Float::with_val(PRECISION, constant * scale).to_integer();
        let modulus = self.context.modulus(level)?;
        let scaled = scaled.filter(|k| Integer::from(k * 2u32).abs() < *modulus).ok_or_else(|| {
            let (scale, bits) = (brief(scale), modulus.significant_bits());
            let constant = constant.to_f64();
            Error::input(format!("the constant {constant:e} at scale {scale} does not fit in a modulus of {bits} bits"))
        })?;
        let residue = |prime: &&Prime| scaled.clone().rem_euc(prime.value()).to_u64().unwrap_or_default();
        Ok(self.context.primes(level).iter().map(residue).collect())
    }

    /// Takes the ciphertext to a lower level, in place; values, scale and noise stay.
    ///
    /// # Errors
    /// [`Error::Input`] when `level` is above that of the ciphertext.
    pub fn drop_to(&self, a: &mut Ciphertext, level: usize) -> Result<()> {
        self.check(a)?;
        if level > a.level {
            return Err(Error::input(format!("a ciphertext at level {} cannot be raised to level {level}", a.level)));
        }
        truncate(a, level);
        Ok(())
    }

    pub(super) fn check(&self, a: &Ciphertext) -> Result<()> {
        self.context.check_chain("the ciphertext", &a.chain)
    }

    /// The product modulo Q·P and times P, with its level and scale.
    fn product(
        &self,
        a: &Ciphertext,
        b: &Ciphertext,
        key: &RelinearisationKey,
    ) -> Result<([RnsPoly; 2], usize, Float)> {
        self.check(a)?;
        self.check(b)?;
        self.context.check_chain("the relinearisation key", &key.chain)?;
        let level = a.level.min(b.level);
        let scale = self.product_scale(&a.scale, &b.scale, level)?;
        Ok((key.relinearise(&self.context, self.tensor(a, b, level)), level, scale))
    }

    /// (a_0·b_0, a_0·b_1 + a_1·b_0, a_1·b_1).
    fn tensor(&self, a: &Ciphertext, b: &Ciphertext, level: usize) -> [RnsPoly; 3] {
        let primes = self.context.primes(level);
        let degree = self.context.degree();
        let ([a0, a1], [b0, b1]) = (&a.parts, &b.parts);
        let part = |terms: &[(&RnsPoly, &RnsPoly)]| {
            let mut part = RnsPoly::zero(degree, level + 1);
            part.for_each_limb(|limb, out| {
                let (left, right): (Vec<&[u64]>, Vec<&[u64]>) =
                    terms.iter().map(|(x, y)| (x.limb(limb), y.limb(limb))).unzip();
                primes[limb].inner_product(out, None, &left, &right);
            });
            part
        };
        [part(&[(a0, b0)]), part(&[(a0, b1), (a1, b0)]), part(&[(a1, b1)])]
    }

    /// The product of two scales, which has to leave room for values in the modulus.
    fn product_scale(&self, a: &Float, b: &Float, level: usize) -> Result<Float> {
        let scale = checked_scale(Float::with_val(PRECISION, a * b))?;
        let modulus = self.context.modulus(level)?;
        if scale < *modulus {
            return Ok(scale);
        }
        Err(Error::input(format!(
            "scale out of bounds: {} times {} at level {level} exceeds its modulus of {} bits; rescale first",
            brief(a),
            brief(b),
            modulus.significant_bits()
        )))
    }

    fn divided_scale(&self, scale: Float, level: usize) -> Result<Float> {
        let top = self.context.chain().q.get(level);
        let top = top.ok_or_else(|| Error::internal(format!("no prime for level {level}")))?;
        checked_scale(scale / *top)
    }
}

/// A copy at a level that is not above.
fn lowered(a: &Ciphertext, level: usize) -> Ciphertext {
    let parts = a.parts.each_ref().map(|part| part.prefix(level + 1));
    Ciphertext { parts, level, scale: a.scale.clone(), chain: Arc::clone(&a.chain) }
}

fn truncate(a: &mut Ciphertext, level: usize) {
    a.parts.iter_mut().for_each(|part| part.truncate(level + 1));
    a.level = level;
}
