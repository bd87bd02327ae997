//! Ciphertexts, plaintexts and keys as binary documents.
//!
//! The content behind the frame (see [`super::framing`]), integers as u32:
//!
//! | kind | content |
//! | --- | --- |
//! | 1 ciphertext | level, scale, c_0, c_1 |
//! | 2 plaintext | level, scale, polynomial |
//! | 3 public key | its two polynomials modulo Q·P |
//! | 4 relinearisation key | switching key |
//! | 5 rotation keys | level, 1 with or 0 without conjugation, number of rotations, the switching key of conjugation, then steps and switching key of each rotation, by ascending steps |
//! | 6 secret key | N coefficients, a signed byte each |
//!
//! A switching key is its level, the number of its digits, and two polynomials modulo q_0 … q_level·P for each.

use super::ciphertext::Ciphertext;
use super::context::Context;
use super::encoding::Plaintext;
use super::framing::{DocumentReader, DocumentWriter, Kind};
use super::galois::{GaloisKey, GaloisKeys, inverse_conjugation, inverse_rotation};
use super::keys::{PublicKey, SecretKey};
use super::poly::RnsPoly;
use super::switching::{RelinearisationKey, SwitchingKey};
use crate::error::Result;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::Arc;
use zeroize::Zeroizing;

impl Ciphertext {
    /// Writes the ciphertext as a binary document.
    ///
    /// # Errors
    /// [`crate::Error::Input`] when `sink` cannot be written.
    pub fn write_to(&self, sink: &mut impl Write) -> Result<()> {
        let mut writer = DocumentWriter::begin(sink, Kind::Ciphertext, &self.chain)?;
        writer.count(self.level)?;
        writer.scale(&self.scale)?;
        self.parts.iter().try_for_each(|part| writer.poly(part))?;
        writer.end()
    }

    /// Reads a ciphertext of `context` up to the end of `source`. Its SHA-256 detects damage, not forgery.
    ///
    /// # Errors
    /// [`crate::Error::Input`] for a document that is truncated, damaged, too long, of another version or kind, of
    /// other parameters, or whose values are out of range.
    pub fn read_from(context: &Arc<Context>, source: &mut impl Read) -> Result<Self> {
        let mut reader = DocumentReader::begin(source, Kind::Ciphertext, context)?;
        let level = reader.count("the level", 0..=context.top_level())?;
        let scale = reader.scale()?;
        let primes = context.primes(level);
        let parts = [reader.poly(context.degree(), &primes)?, reader.poly(context.degree(), &primes)?];
        reader.end()?;
        Ok(Self { parts, level, scale, chain: Arc::clone(context.shared_chain()) })
    }
}

impl Plaintext {
    /// Writes the plaintext as a binary document, which anyone can decode.
    ///
    /// # Errors
    /// As [`Ciphertext::write_to`].
    pub fn write_to(&self, sink: &mut impl Write) -> Result<()> {
        let mut writer = DocumentWriter::begin(sink, Kind::Plaintext, &self.chain)?;
        writer.count(self.level)?;
        writer.scale(&self.scale)?;
        writer.poly(&self.poly)?;
        writer.end()
    }

    /// Reads a plaintext of `context` up to the end of `source`.
    ///
    /// # Errors
    /// As [`Ciphertext::read_from`].
    pub fn read_from(context: &Arc<Context>, source: &mut impl Read) -> Result<Self> {
        let mut reader = DocumentReader::begin(source, Kind::Plaintext, context)?;
        let level = reader.count("the level", 0..=context.top_level())?;
        let scale = reader.scale()?;
        let poly = reader.poly(context.degree(), &context.primes(level))?;
        reader.end()?;
        Ok(Self { poly, level, scale, chain: Arc::clone(context.shared_chain()) })
    }
}

impl PublicKey {
    /// Writes the public key as a binary document.
    ///
    /// # Errors
    /// As [`Ciphertext::write_to`].
    pub fn write_to(&self, sink: &mut impl Write) -> Result<()> {
        let mut writer = DocumentWriter::begin(sink, Kind::PublicKey, self.context.chain())?;
        self.parts.iter().try_for_each(|part| writer.poly(part))?;
        writer.end()
    }

    /// Reads a public key of `context` up to the end of `source`.
    ///
    /// # Errors
    /// As [`Ciphertext::read_from`].
    pub fn read_from(context: &Arc<Context>, source: &mut impl Read) -> Result<Self> {
        let mut reader = DocumentReader::begin(source, Kind::PublicKey, context)?;
        let parts = key_parts(&mut reader, context, context.top_level())?;
        reader.end()?;
        Ok(Self { parts, context: Arc::clone(context) })
    }
}

impl RelinearisationKey {
    /// Writes the key as a binary document.
    ///
    /// # Errors
    /// As [`Ciphertext::write_to`].
    pub fn write_to(&self, sink: &mut impl Write) -> Result<()> {
        let mut writer = DocumentWriter::begin(sink, Kind::RelinearisationKey, &self.chain)?;
        write_switching(&mut writer, &self.key)?;
        writer.end()
    }

    /// Reads a relinearisation key of `context` up to the end of `source`.
    ///
    /// # Errors
    /// As [`Ciphertext::read_from`].
    pub fn read_from(context: &Arc<Context>, source: &mut impl Read) -> Result<Self> {
        let mut reader = DocumentReader::begin(source, Kind::RelinearisationKey, context)?;
        let key = read_switching(&mut reader, context, context.top_level())?;
        reader.end()?;
        Ok(Self { key, chain: Arc::clone(context.shared_chain()) })
    }
}

impl GaloisKeys {
    /// Writes the keys as a binary document.
    ///
    /// # Errors
    /// As [`Ciphertext::write_to`].
    pub fn write_to(&self, sink: &mut impl Write) -> Result<()> {
        let mut writer = DocumentWriter::begin(sink, Kind::GaloisKeys, &self.chain)?;
        writer.count(self.level)?;
        writer.count(usize::from(self.conjugation.is_some()))?;
        writer.count(self.rotations.len())?;
        if let Some(conjugation) = &self.conjugation {
            write_switching(&mut writer, &conjugation.key)?;
        }
        for (&step, rotation) in &self.rotations {
            writer.count(step)?;
            write_switching(&mut writer, &rotation.key)?;
        }
        writer.end()
    }

    /// Reads rotation keys of `context` up to the end of `source`.
    ///
    /// # Errors
    /// As [`Ciphertext::read_from`].
    pub fn read_from(context: &Arc<Context>, source: &mut impl Read) -> Result<Self> {
        let mut reader = DocumentReader::begin(source, Kind::GaloisKeys, context)?;
        let level = reader.count("the level", 0..=context.top_level())?;
        let conjugates = reader.count("the number of conjugations", 0..=1)? == 1;
        let count = reader.count("the number of rotations", 0..=context.slots() - 1)?;
        let key = |reader: &mut DocumentReader<_>, inverse| {
            Ok(GaloisKey::new(context.order(), inverse, read_switching(reader, context, level)?))
        };
        let conjugation = conjugates.then(|| key(&mut reader, inverse_conjugation(context))).transpose()?;
        let mut rotations = BTreeMap::new();
        let mut next = 1;
        for _ in 0..count {
            let step = reader.count("the steps of a rotation (which ascend)", next..=context.slots() - 1)?;
            rotations.insert(step, key(&mut reader, inverse_rotation(step, context))?);
            next = step + 1;
        }
        reader.end()?;
        Ok(Self { rotations, conjugation, level, chain: Arc::clone(context.shared_chain()) })
    }
}

impl SecretKey {
    /// Writes the secret key, in the clear: whoever reads it opens everything. Nothing else writes it. What this crate
    /// holds of it meanwhile is wiped, except for at most 64 bytes in the state of the SHA-256; what `sink` buffers is
    /// the caller's.
    ///
    /// # Errors
    /// As [`Ciphertext::write_to`].
    pub fn export_secret(&self, sink: &mut impl Write) -> Result<()> {
        let mut writer = DocumentWriter::begin(sink, Kind::SecretKey, self.context().chain())?;
        let bytes = Zeroizing::new(self.coefficients.iter().map(|&c| c as u8).collect::<Vec<u8>>());
        writer.bytes(&bytes)?;
        writer.end()
    }

    /// Reads a secret key of `context` up to the end of `source`.
    ///
    /// # Errors
    /// As [`Ciphertext::read_from`].
    pub fn import_secret(context: &Arc<Context>, source: &mut impl Read) -> Result<Self> {
        let mut reader = DocumentReader::begin(source, Kind::SecretKey, context)?;
        let mut bytes = Zeroizing::new(vec![0u8; context.degree()]);
        reader.bytes(&mut bytes)?;
        let coefficients = Zeroizing::new(bytes.iter().map(|&byte| byte as i8).collect::<Vec<i8>>());
        if coefficients.iter().any(|c| !(-1..=1).contains(c)) {
            return Err(reader.wrong("is damaged: a coefficient is none of -1, 0, 1"));
        }
        if coefficients.iter().all(|&c| c == 0) {
            return Err(reader.wrong("is no secret: every coefficient is 0"));
        }
        reader.end()?;
        Ok(Self::of(context, coefficients))
    }
}

fn write_switching<W: Write>(writer: &mut DocumentWriter<W>, key: &SwitchingKey) -> Result<()> {
    writer.count(key.level)?;
    writer.count(key.digits.len())?;
    key.digits.iter().flatten().try_for_each(|part| writer.poly(part))
}

/// A switching key that has to be for `level`.
fn read_switching<R: Read>(reader: &mut DocumentReader<R>, context: &Context, level: usize) -> Result<SwitchingKey> {
    reader.expect_count("the level of a key", level)?;
    reader.expect_count("the number of digits", context.digits(level).count())?;
    let digits = context.digits(level).map(|_| key_parts(reader, context, level)).collect::<Result<_>>()?;
    Ok(SwitchingKey { level, digits })
}

/// Two polynomials modulo q_0 … q_level·P.
fn key_parts<R: Read>(reader: &mut DocumentReader<R>, context: &Context, level: usize) -> Result<[RnsPoly; 2]> {
    let primes = context.primes_and_special(level);
    Ok([reader.poly(context.degree(), &primes)?, reader.poly(context.degree(), &primes)?])
}
