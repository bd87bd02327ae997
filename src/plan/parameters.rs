//! CKKS parameters for a depth: N, primes, special primes, under the security table.

use super::ckks::{Ckks, RINGS};
use super::preset::Preset;
use super::security::{Security, security};
use super::spec::Spec;
use crate::circuit::{ModulusChain, key_switch_cost};
use crate::error::{Error, Result};

/// Scales tried where the specification names none.
const SCALE_BITS: [u32; 7] = [30, 35, 40, 45, 50, 55, 57];
/// The scales of the result that are tried where those before it are larger.
const SCALE_RANGE: (u32, u32) = (22, 57);
/// The shares of the headroom that are given: what is spent on early primes the late ones lack.
const TILTS: [(u32, u32); 3] = [(1, 2), (3, 4), (1, 1)];
/// Room of q_0 above the scale of the result: weights are below 2, and half of q_0 is for negative numbers.
const HEADROOM_BITS: u32 = 4;
/// The largest prime of the modular arithmetic underneath.
pub(crate) const LARGEST_PRIME_BITS: u32 = 61;
/// P exceeds each digit by this much, so that the digits' noise vanishes beside the rounding of the division by P.
const DIGIT_MARGIN_BITS: u32 = 7;
/// Special primes that are tried: the cheapest number is below for every chain that fits a ring.
const MOST_TRIED: u32 = 10;

/// Sizes of one parameter set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sizes {
    /// log2 N.
    pub log_n: u32,
    /// log2 of the scale, and bits of a rescaling prime.
    pub scale_bits: u32,
    /// Bits of q_0, q_1, ….
    pub log_q: Vec<u32>,
    /// Bits of each special prime.
    pub log_p: Vec<u32>,
    /// What the security table allows in this ring.
    pub security: Security,
}

impl Sizes {
    /// The sizes that a plan would have in one ring, the prime of each level so many bits above the scale; `None` where `ckks`
    /// allows none.
    ///
    /// # Errors
    /// As [`security`].
    pub fn of_ring(ckks: &Ckks, log_n: u32, scale_bits: u32, extra: Vec<u32>) -> Result<Option<Self>> {
        let Some(security) = limit(ckks, log_n)? else { return Ok(None) };
        let levels = extra.len() as u32;
        Ok(Request { log_n, levels, extra, security, insecure: ckks.insecure }.fitted(scale_bits).ok())
    }

    /// Σ of the primes' sizes, which is at least log2(QP).
    pub fn log_qp(&self) -> u32 {
        self.log_q.iter().chain(&self.log_p).fold(0, |sum, &bits| sum.saturating_add(bits))
    }

    /// Whether the table gives them the security that was asked for.
    pub fn is_secure(&self) -> bool {
        self.log_qp() <= self.security.max_log_qp
    }

    /// The primes for so many levels; the user's own chain may be longer.
    ///
    /// # Errors
    /// As [`ModulusChain::generate`].
    pub fn chain(&self, levels: u32) -> Result<ModulusChain> {
        let used = self.log_q.get(..=levels as usize).unwrap_or(&self.log_q);
        ModulusChain::generate(self.log_n, used, &self.log_p)
    }
}

/// Why no parameters of a ring degree serve a depth.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Misfit {
    /// log QP exceeds the table by so many bits.
    Security { log_n: u32, excess: u32, limit: u32 },
    /// The user's chain lacks so many levels.
    Levels { missing: u32 },
    /// The table has no row for the ring and the security asked for.
    NoRow { log_n: u32 },
}

/// The security that the specification's table has for a ring, and no more log QP than its preset. With `--insecure` a ring that it has nothing for is allowed none.
pub(super) fn limit(ckks: &Ckks, log_n: u32) -> Result<Option<Security>> {
    let row = security(ckks.security_table, ckks.secret, log_n, ckks.security_bits)?;
    let most = ckks.preset.map_or(u32::MAX, Preset::max_log_qp);
    let row = row.map(|row| Security { max_log_qp: row.max_log_qp.min(most), ..row });
    Ok(row.or_else(|| ckks.insecure.then(Security::none)))
}

/// The smallest ring whose log QP may be as large, if one is.
pub(super) fn ring_for(ckks: &Ckks, log_qp: u32) -> Result<Option<u32>> {
    for log_n in RINGS {
        if limit(ckks, log_n)?.is_some_and(|security| security.max_log_qp >= log_qp) {
            return Ok(Some(log_n));
        }
    }
    Ok(None)
}

/// Every parameter set that the specification allows for a circuit that needs this many bits above the scale of its result at the
/// scores and after each rescaling, or why one is none. The depth is one less than their number.
pub(super) fn candidates(spec: &Spec, headroom: &[u32]) -> Result<Vec<std::result::Result<Sizes, Misfit>>> {
    let ckks = &spec.ckks;
    let levels = ckks.levels(headroom.len().saturating_sub(1) as u32);
    let is_even = headroom.iter().all(|&bits| bits == 0);
    let mut found = Vec::new();
    let degrees = ckks.log_n.map_or(13..=ckks.max_log_n, |log_n| log_n..=log_n);
    for log_n in degrees {
        let Some(limit) = limit(ckks, log_n)? else {
            found.push(Err(Misfit::NoRow { log_n }));
            continue;
        };
        let extra = vec![0; levels as usize];
        let request = Request { log_n, levels, extra, security: limit, insecure: ckks.insecure };
        if let (Some(log_q), Some(log_p)) = (&ckks.log_q, &ckks.log_p) {
            found.push(request.own(log_q, log_p)?);
            continue;
        }
        let tilts = if is_even { &[(0, 1)] } else { TILTS.as_slice() };
        for tilt in tilts {
            let mut extra = above(headroom, *tilt);
            // A segment needs primes for its own levels alone.
            extra.truncate(levels as usize);
            let request = Request { extra, ..request.clone() };
            match &ckks.scale_bits {
                Some(scales) => found.extend(scales.as_slice().iter().map(|&bits| request.fitted(bits))),
                None if is_even => found.extend(SCALE_BITS.iter().map(|&bits| request.fitted(bits))),
                // A larger scale is never worse, and these analyses take longer.
                None => found.push(request.largest()),
            }
        }
    }
    Ok(found)
}

/// How much the prime of each level, level 1 first, exceeds the scale of the result: a rescaling takes the scale from s to s²/q,
/// so from T bits above to T' it needs q at 2T − T' above.
fn above(headroom: &[u32], (numerator, denominator): (u32, u32)) -> Vec<u32> {
    let tilted: Vec<u32> = headroom.iter().map(|bits| (bits * numerator).div_ceil(denominator)).collect();
    let pairs = tilted.iter().zip(tilted.iter().skip(1)).rev();
    pairs.map(|(&before, &after)| (2 * before).saturating_sub(after)).collect()
}

/// What is asked of parameters in one ring.
#[derive(Clone)]
struct Request {
    log_n: u32,
    levels: u32,
    /// Bits that the prime of each level has above the scale.
    extra: Vec<u32>,
    security: Security,
    /// Whether more than the security table's log QP is allowed.
    insecure: bool,
}

type Fit = std::result::Result<Sizes, Misfit>;

impl Request {
    /// The user's own primes.
    fn own(&self, log_q: &[u32], log_p: &[u32]) -> Result<Fit> {
        let (Some(&scale_bits), false) = (log_q.get(1), log_p.is_empty()) else {
            return Err(Error::input("ckks.log_q: expected at least 2 primes, and log_p at least 1"));
        };
        let levels = log_q.len() as u32 - 1;
        if levels < self.levels {
            return Ok(Err(Misfit::Levels { missing: self.levels - levels }));
        }
        let sizes = self.sizes(scale_bits, log_q.to_vec(), log_p.to_vec());
        Ok(if self.allows(&sizes) { Ok(sizes) } else { Err(self.over(&sizes)) })
    }

    /// q_0, a prime of the scale for each level, and of the numbers of special primes that fit the one by which products are
    /// fastest.
    fn fitted(&self, scale_bits: u32) -> Fit {
        let base = (scale_bits + HEADROOM_BITS).min(LARGEST_PRIME_BITS);
        let mut log_q = vec![base];
        log_q.extend(self.extra.iter().map(|extra| (scale_bits + extra).min(LARGEST_PRIME_BITS)));
        let with = |count: u32| {
            let digits = log_q.chunks(count as usize).map(|digit| digit.iter().sum());
            let digit: u32 = digits.max().unwrap_or(base);
            let bits = (digit + DIGIT_MARGIN_BITS).div_ceil(count).min(LARGEST_PRIME_BITS);
            self.sizes(scale_bits, log_q.clone(), vec![bits; count as usize])
        };
        let mut counts: Vec<u32> = (1..=MOST_TRIED.min(self.levels + 1)).collect();
        counts.sort_by(|&x, &y| self.time(x).total_cmp(&self.time(y)));
        let mut all = counts.into_iter().map(with);
        // What the table allows comes first, even where more is allowed.
        let fitting = all.clone().find(Sizes::is_secure).or_else(|| all.find(|sizes| self.allows(sizes)));
        fitting.ok_or_else(|| self.over(&with(1)))
    }

    /// The largest scale that the table allows.
    fn largest(&self) -> Fit {
        let (least, most) = SCALE_RANGE;
        let all = (least..=most).rev().map(|bits| self.fitted(bits));
        // What the table allows comes first, even where more is allowed.
        let secure = all.clone().find(|fit| fit.as_ref().is_ok_and(Sizes::is_secure));
        secure.or_else(|| all.clone().find(|fit| fit.is_ok())).unwrap_or_else(|| self.fitted(least))
    }

    /// A product at every level, with so many special primes.
    fn time(&self, special: u32) -> f64 {
        (1..=self.levels as usize).map(|level| key_switch_cost(self.log_n, level, special as usize)).sum()
    }

    fn sizes(&self, scale_bits: u32, log_q: Vec<u32>, log_p: Vec<u32>) -> Sizes {
        Sizes { log_n: self.log_n, scale_bits, log_q, log_p, security: self.security.clone() }
    }

    fn allows(&self, sizes: &Sizes) -> bool {
        self.insecure || sizes.is_secure()
    }

    fn over(&self, sizes: &Sizes) -> Misfit {
        let limit = self.security.max_log_qp;
        Misfit::Security { log_n: self.log_n, excess: sizes.log_qp().saturating_sub(limit), limit }
    }
}
