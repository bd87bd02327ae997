//! The frame of a binary document: what comes before its content, and the hash behind it.
//!
//! All integers are little-endian: the magic bytes `polyCKKS`, the version of the format (u32), the kind (u32), log2 N
//! (u32), the number of primes of q and of p (u32 each) and the primes (u64 each); then the content; then the SHA-256
//! of everything before it. Lengths follow from the parameters, which have to be those of the reader's context, so no
//! length is taken from the document.

use super::ciphertext::checked_scale;
use super::context::Context;
use super::poly::RnsPoly;
use super::prime::Prime;
use crate::circuit::ModulusChain;
use crate::error::{Error, Result};
use crate::real::PRECISION;
use rug::integer::Order;
use rug::{Float, Integer};
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::{ErrorKind, Read, Write};

const MAGIC: [u8; 8] = *b"polyCKKS";
const VERSION: u32 = 1;
/// Residues that are read or written at a time.
const BLOCK: usize = 1024;
/// Words of the mantissa of a scale.
const WORDS: usize = PRECISION as usize / 64;
/// Scales end far below; this only keeps the shift small.
const LARGEST_EXPONENT: u32 = 4096;

/// What a document holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Ciphertext = 1,
    Plaintext,
    PublicKey,
    RelinearisationKey,
    GaloisKeys,
    SecretKey,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Ciphertext,
        Self::Plaintext,
        Self::PublicKey,
        Self::RelinearisationKey,
        Self::GaloisKeys,
        Self::SecretKey,
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ciphertext => "ciphertext",
            Self::Plaintext => "plaintext",
            Self::PublicKey => "public key",
            Self::RelinearisationKey => "relinearisation key",
            Self::GaloisKeys => "set of rotation keys",
            Self::SecretKey => "secret key",
        })
    }
}

/// Writes a document and hashes what it writes.
pub(super) struct DocumentWriter<'a, W> {
    sink: &'a mut W,
    hash: Sha256,
    kind: Kind,
}

impl<'a, W: Write> DocumentWriter<'a, W> {
    /// Writes the frame's beginning.
    pub(super) fn begin(sink: &'a mut W, kind: Kind, chain: &ModulusChain) -> Result<Self> {
        let mut writer = Self { sink, hash: Sha256::new(), kind };
        writer.bytes(&MAGIC)?;
        for number in [VERSION, kind as u32, chain.log_n] {
            writer.bytes(&number.to_le_bytes())?;
        }
        writer.count(chain.q.len())?;
        writer.count(chain.p.len())?;
        chain.q.iter().chain(&chain.p).try_for_each(|prime| writer.bytes(&prime.to_le_bytes()))?;
        Ok(writer)
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.hash.update(bytes);
        self.sink.write_all(bytes).map_err(|cause| cannot_write(self.kind, &cause))
    }

    /// A level, a length or a number of steps, as u32.
    pub(super) fn count(&mut self, count: usize) -> Result<()> {
        let count = u32::try_from(count).map_err(|_| Error::internal(format!("{count} does not fit in 32 bits")))?;
        self.bytes(&count.to_le_bytes())
    }

    /// The exponent e (i32) and the 256-bit mantissa m of a scale m·2^e; the top bit of m is set.
    pub(super) fn scale(&mut self, scale: &Float) -> Result<()> {
        let (mantissa, exponent) =
            scale.to_integer_exp().ok_or_else(|| Error::internal("a scale that is not finite"))?;
        let shift = PRECISION.saturating_sub(mantissa.significant_bits());
        let mut words = [0u64; WORDS];
        (mantissa << shift).write_digits(&mut words, Order::Lsf);
        self.bytes(&(exponent - shift as i32).to_le_bytes())?;
        words.iter().try_for_each(|word| self.bytes(&word.to_le_bytes()))
    }

    /// The number of limbs (u32) and their residues (u64), limb by limb, in the order of the NTT.
    pub(super) fn poly(&mut self, poly: &RnsPoly) -> Result<()> {
        self.count(poly.limbs())?;
        let mut buffer = Vec::with_capacity(8 * BLOCK);
        for residues in poly.span(0, poly.limbs()).chunks(BLOCK) {
            buffer.clear();
            buffer.extend(residues.iter().flat_map(|residue| residue.to_le_bytes()));
            self.bytes(&buffer)?;
        }
        Ok(())
    }

    /// Writes the hash.
    pub(super) fn end(self) -> Result<()> {
        let Self { sink, hash, kind } = self;
        sink.write_all(&hash.finalize()).and_then(|()| sink.flush()).map_err(|cause| cannot_write(kind, &cause))
    }
}

fn cannot_write(kind: Kind, cause: &std::io::Error) -> Error {
    Error::input(format!("the {kind} cannot be written: {cause}"))
}

/// Reads a document of one context, checks every field, and hashes what it reads.
pub(super) struct DocumentReader<'a, R> {
    source: &'a mut R,
    hash: Sha256,
    kind: Kind,
}

impl<'a, R: Read> DocumentReader<'a, R> {
    /// Reads the frame's beginning, which has to name this kind and the context's parameters.
    pub(super) fn begin(source: &'a mut R, kind: Kind, context: &Context) -> Result<Self> {
        let mut reader = Self { source, hash: Sha256::new(), kind };
        if reader.array::<8>()? != MAGIC {
            return Err(reader.wrong("does not begin with 'polyCKKS': it is no document of this program"));
        }
        reader.expect("the version of its format", VERSION)?;
        let found = reader.number()?;
        if found != kind as u32 {
            let other = Kind::ALL.into_iter().find(|&other| other as u32 == found);
            let name = other.map_or_else(|| format!("of an unknown kind, {found}"), |other| format!("a {other}"));
            return Err(Error::input(format!("expected a {kind}, found a document that is {name}")));
        }
        reader.check_chain(context.chain())?;
        Ok(reader)
    }

    fn check_chain(&mut self, chain: &ModulusChain) -> Result<()> {
        self.expect("log_n", chain.log_n)?;
        self.expect_count("the number of primes of q", chain.q.len())?;
        self.expect_count("the number of primes of p", chain.p.len())?;
        for (name, primes) in [("q", &chain.q), ("p", &chain.p)] {
            for (index, &prime) in primes.iter().enumerate() {
                let found = u64::from_le_bytes(self.array()?);
                if found != prime {
                    return Err(
                        self.wrong(&format!("has other parameters: {name}[{index}] is {found}, expected {prime}"))
                    );
                }
            }
        }
        Ok(())
    }

    /// An error that names the kind of document.
    pub(super) fn wrong(&self, what: &str) -> Error {
        Error::input(format!("the {} {what}", self.kind))
    }

    pub(super) fn bytes(&mut self, bytes: &mut [u8]) -> Result<()> {
        self.source.read_exact(bytes).map_err(|cause| match cause.kind() {
            ErrorKind::UnexpectedEof => self.wrong("is truncated: it ends before its content does"),
            _ => self.wrong(&format!("cannot be read: {cause}")),
        })?;
        self.hash.update(bytes);
        Ok(())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.bytes(&mut bytes)?;
        Ok(bytes)
    }

    fn number(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn expect(&mut self, what: &str, expected: u32) -> Result<()> {
        let found = self.number()?;
        if found == expected {
            return Ok(());
        }
        Err(self.wrong(&format!("does not fit: {what} is {found}, expected {expected}")))
    }

    /// A number that is known beforehand.
    pub(super) fn expect_count(&mut self, what: &str, expected: usize) -> Result<()> {
        // No count of a context exceeds 32 bits.
        self.expect(what, expected as u32)
    }

    /// A number in `range`.
    pub(super) fn count(&mut self, what: &str, range: std::ops::RangeInclusive<usize>) -> Result<usize> {
        let found = self.number()? as usize;
        if range.contains(&found) {
            return Ok(found);
        }
        let (low, high) = range.into_inner();
        Err(self.wrong(&format!("does not fit: {what} is {found}, expected {low} to {high}")))
    }

    /// See [`DocumentWriter::scale`].
    pub(super) fn scale(&mut self) -> Result<Float> {
        let exponent = i32::from_le_bytes(self.array()?);
        let mut words = [0u64; WORDS];
        for word in &mut words {
            *word = u64::from_le_bytes(self.array()?);
        }
        let mantissa = Integer::from_digits(&words, Order::Lsf);
        if mantissa.significant_bits() != PRECISION || exponent.unsigned_abs() > LARGEST_EXPONENT {
            return Err(self.wrong("has a scale out of range: expected a mantissa of 256 bits and 2^-900 to 2^900"));
        }
        checked_scale(Float::with_val(PRECISION, mantissa) << exponent).map_err(|error| error.at(self.kind))
    }

    /// A polynomial modulo `primes`, each residue below its prime.
    pub(super) fn poly(&mut self, degree: usize, primes: &[&Prime]) -> Result<RnsPoly> {
        self.expect_count("the number of limbs", primes.len())?;
        let mut poly = RnsPoly::zero(degree, primes.len());
        let mut buffer = vec![0; 8 * BLOCK.min(degree)];
        for (limb, residues) in poly.split_mut(0).1.chunks_exact_mut(degree).enumerate() {
            let prime = primes[limb].value();
            for residues in residues.chunks_mut(BLOCK) {
                let bytes = &mut buffer[..8 * residues.len()];
                self.bytes(bytes)?;
                for (residue, bytes) in residues.iter_mut().zip(bytes.as_chunks().0) {
                    *residue = u64::from_le_bytes(*bytes);
                }
                if let Some(residue) = residues.iter().find(|&&residue| residue >= prime) {
                    return Err(self.wrong(&format!(
                        "is damaged: limb {limb} has the residue {residue}, expected one below its prime {prime}"
                    )));
                }
            }
        }
        Ok(poly)
    }

    /// Reads the hash, compares it, and expects nothing behind it.
    pub(super) fn end(mut self) -> Result<()> {
        let computed = self.hash.clone().finalize();
        if self.array::<32>()? != *computed {
            return Err(self.wrong("is damaged: its SHA-256 is not that of its content"));
        }
        match self.source.read_exact(&mut [0]) {
            Err(cause) if cause.kind() == ErrorKind::UnexpectedEof => Ok(()),
            Err(cause) => Err(self.wrong(&format!("cannot be read: {cause}"))),
            Ok(()) => Err(self.wrong("goes on behind its end")),
        }
    }
}
