//! What a specification allows the CKKS parameters to be.

use super::one_or_many::OneOrMany;
use super::preset::Preset;
use super::security::SecurityTable;
use crate::circuit::{MOST_SPECIAL_PRIMES, Secret, Segments, depth_of_power};
use crate::error::{Error, Result};
use crate::real::Exact;
use rug::Rational;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Rings that security tables list and plans are made for, as log2 N.
pub(super) const RINGS: RangeInclusive<u32> = 13..=16;
/// Rings for studies that need no security.
const INSECURE_RINGS: RangeInclusive<u32> = 10..=16;
/// Longer lists of primes or scales are refused: no ring has room for so many.
const MOST_PRIMES: usize = 128;
/// Precisions of a bootstrap that make sense in double precision.
const BOOTSTRAP_BITS: RangeInclusive<u32> = 1..=48;

/// What must be said of every sparse secret.
pub(super) const SPARSE_WARNING: &str = "SPARSE SECRET of 192 coefficients: attacks on sparse secrets keep moving their tables, and the \
                                         guidelines of ePrint 2024/463 do not recommend them";

/// What the CKKS parameters may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Ckks {
    /// A published parameter set, which fixes what the other keys do not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// 128, 192 or 256.
    pub security_bits: u32,
    /// Which table of log QP.
    pub security_table: SecurityTable,
    /// The secret's distribution.
    pub secret: Secret,
    /// Largest log2 N.
    pub max_log_n: u32,
    /// Rescalings between two bootstraps; 0: no bootstraps.
    pub levels_per_bootstrap: u32,
    /// Precision of what stands in for a bootstrap: it errs by at most 2^-bits in each slot.
    pub bootstrap_bits: u32,
    /// Bits of the rescaling primes to choose from; searched where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_bits: Option<OneOrMany<u32>>,
    /// The user's own log2 N.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_n: Option<u32>,
    /// The user's own primes, bits of q_0, q_1, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_q: Option<Vec<u32>>,
    /// The user's own special primes, bits of each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_p: Option<Vec<u32>>,
    /// Failure probability of the rigorous bound over the whole circuit.
    pub failure_probability: Exact,
    /// Whether parameters above the security table are allowed: set by `--insecure`, never by a specification.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub insecure: bool,
}

impl Default for Ckks {
    fn default() -> Self {
        Self {
            preset: None,
            security_bits: 128,
            security_table: SecurityTable::default(),
            secret: Secret::default(),
            max_log_n: 16,
            levels_per_bootstrap: 0,
            bootstrap_bits: 25,
            scale_bits: None,
            log_n: None,
            log_q: None,
            log_p: None,
            failure_probability: Exact(Rational::from((1, 1u64 << 40))),
            insecure: false,
        }
    }
}

impl Ckks {
    /// Allows parameters above the security table where the command line says so.
    ///
    /// # Errors
    /// [`Error::Input`] where the specification itself says so.
    pub(crate) fn allow_insecure(&mut self, insecure: bool) -> Result<()> {
        if self.insecure {
            return Err(Error::input("ckks.insecure: no specification may say so; give --insecure to the command"));
        }
        self.insecure = insecure;
        Ok(())
    }

    /// Checks every field; `powers` are those of the specification.
    ///
    /// # Errors
    /// [`Error::Input`] naming the field.
    pub fn check(&self, powers: &[u32]) -> Result<()> {
        self.check_preset()?;
        self.check_bootstraps(powers)?;
        let rings = if self.insecure { INSECURE_RINGS } else { RINGS };
        for (key, log_n) in [("log_n", self.log_n), ("max_log_n", Some(self.max_log_n))] {
            if let Some(log_n) = log_n.filter(|log_n| !rings.contains(log_n)) {
                let (low, high) = rings.into_inner();
                return Err(Error::input(format!("ckks.{key}: expected log2 N from {low} to {high}, found {log_n}")));
            }
        }
        if self.insecure && self.log_n.is_none() {
            return Err(Error::input("ckks.log_n: name the ring; with --insecure nothing else bounds it from below"));
        }
        let scales = self.scale_bits.as_ref().map(OneOrMany::as_slice);
        for (key, bits) in [("log_q", self.log_q.as_deref()), ("log_p", self.log_p.as_deref()), ("scale_bits", scales)]
        {
            if let Some(count) = bits.map(<[u32]>::len).filter(|&count| count > MOST_PRIMES) {
                return Err(Error::input(format!("ckks.{key}: expected at most {MOST_PRIMES} values, found {count}")));
            }
            if let Some(bits) = bits.and_then(|bits| bits.iter().find(|bits| !(20..=61).contains(*bits))) {
                return Err(Error::input(format!("ckks.{key}: expected primes of 20 to 61 bits, found {bits}")));
            }
        }
        if self.scale_bits.as_ref().is_some_and(|scales| scales.as_slice().is_empty()) {
            return Err(Error::input(
                "ckks.scale_bits: expected at least one scale, found none; leave it out to search all",
            ));
        }
        if self.log_n.is_some_and(|log_n| log_n > self.max_log_n) {
            return Err(Error::input(format!("ckks.log_n: expected at most max_log_n = {}", self.max_log_n)));
        }
        if self.log_q.is_some() && self.scale_bits.is_some() {
            return Err(Error::input("ckks.scale_bits: with log_q given the scale is that of its second prime"));
        }
        if self.log_q.is_some() != self.log_p.is_some() || (self.log_q.is_some() && self.log_n.is_none()) {
            return Err(Error::input("ckks: log_q, log_p and log_n go together"));
        }
        if let Some(count) = self.log_p.as_ref().map(Vec::len).filter(|&count| count > MOST_SPECIAL_PRIMES) {
            return Err(Error::input(format!(
                "ckks.log_p: expected at most {MOST_SPECIAL_PRIMES} primes, found {count}"
            )));
        }
        let failure = &self.failure_probability.0;
        if *failure <= 0 || *failure >= 1 {
            let found = &self.failure_probability;
            return Err(Error::input(format!("ckks.failure_probability: expected a number in (0, 1), found {found}")));
        }
        Ok(())
    }

    fn check_bootstraps(&self, powers: &[u32]) -> Result<()> {
        let least = powers.iter().map(|&p| depth_of_power(p)).max().unwrap_or(0);
        if (1..least).contains(&self.levels_per_bootstrap) {
            return Err(Error::input(format!(
                "ckks.levels_per_bootstrap: expected 0 or at least {least}, so that no bootstrap falls inside x^p, found {}",
                self.levels_per_bootstrap
            )));
        }
        if !BOOTSTRAP_BITS.contains(&self.bootstrap_bits) {
            let (low, high) = BOOTSTRAP_BITS.into_inner();
            let found = self.bootstrap_bits;
            return Err(Error::input(format!("ckks.bootstrap_bits: expected {low} to {high}, found {found}")));
        }
        Ok(())
    }

    /// What everyone who sees parameters that it allows must be told; empty where there is nothing.
    pub fn warnings(&self) -> Vec<String> {
        (self.secret == Secret::Sparse192).then(|| SPARSE_WARNING.to_string()).into_iter().collect()
    }

    /// Where circuits are refreshed, if they are.
    pub(super) fn segments(&self) -> Option<Segments> {
        let segments = Segments { levels: self.levels_per_bootstrap, bits: self.bootstrap_bits };
        (segments.levels > 0).then_some(segments)
    }

    /// The levels that a modulus chain needs for a circuit of `depth`.
    pub(super) fn levels(&self, depth: u32) -> u32 {
        self.segments().map_or(depth, |segments| depth.min(segments.levels))
    }

    /// Bootstraps of a circuit of `depth`: ⌈depth/levels⌉, as the PowerSoftmax paper counts them.
    pub(super) fn bootstraps(&self, depth: u32) -> u32 {
        self.segments().map_or(0, |segments| depth.div_ceil(segments.levels))
    }
}
