//! Published parameter sets by name.

use super::ckks::Ckks;
use crate::circuit::Secret;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// A published parameter set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub enum Preset {
    /// HEaaN's FGb, on which the PowerSoftmax paper runs: N = 2^16, log QP = 1555, a secret of 192 coefficients, nine levels
    /// between bootstraps, 128 bits. Its primes are not published, so they are chosen within log QP.
    FGb,
}

/// What a preset says of each key that it fixes.
struct Fixed {
    log_n: u32,
    log_qp: u32,
    secret: Secret,
    security_bits: u32,
    levels_per_bootstrap: u32,
}

impl Preset {
    fn fixed(self) -> Fixed {
        match self {
            Self::FGb => Fixed {
                log_n: 16,
                log_qp: 1555,
                secret: Secret::Sparse192,
                security_bits: 128,
                levels_per_bootstrap: 9,
            },
        }
    }

    /// The most that log QP may be.
    pub(super) fn max_log_qp(self) -> u32 {
        self.fixed().log_qp
    }

    /// Its name in a specification.
    pub fn name(self) -> &'static str {
        match self {
            Self::FGb => "FGb",
        }
    }
}

impl Ckks {
    /// Gives the keys that the specification did not write the values of its preset, if it names one.
    pub(super) fn fill_in(&mut self, is_written: impl Fn(&str) -> bool) {
        let Some(Fixed { log_n, secret, security_bits, levels_per_bootstrap, .. }) = self.preset.map(Preset::fixed)
        else {
            return;
        };
        if !is_written("log_n") {
            self.log_n = Some(log_n);
        }
        if !is_written("max_log_n") {
            self.max_log_n = log_n;
        }
        if !is_written("secret") {
            self.secret = secret;
        }
        if !is_written("security_bits") {
            self.security_bits = security_bits;
        }
        if !is_written("levels_per_bootstrap") {
            self.levels_per_bootstrap = levels_per_bootstrap;
        }
    }

    /// Refuses a key that says something else than the preset beside it.
    ///
    /// # Errors
    /// [`Error::Input`] naming both.
    pub(super) fn check_preset(&self) -> Result<()> {
        let Some(preset) = self.preset else { return Ok(()) };
        let Fixed { log_n, secret, security_bits, levels_per_bootstrap, .. } = preset.fixed();
        let name = preset.name();
        let given = [
            ("log_n", self.log_n.map_or("none".into(), |log_n| log_n.to_string()), log_n.to_string()),
            ("max_log_n", self.max_log_n.to_string(), log_n.to_string()),
            ("secret", format!("\"{}\"", self.secret.name()), format!("\"{}\"", secret.name())),
            ("security_bits", self.security_bits.to_string(), security_bits.to_string()),
            ("levels_per_bootstrap", self.levels_per_bootstrap.to_string(), levels_per_bootstrap.to_string()),
        ];
        if let Some((key, found, fixed)) = given.into_iter().find(|(_, found, fixed)| found != fixed) {
            return Err(Error::input(format!(
                "ckks.{key} = {found} contradicts ckks.preset = \"{name}\", which has {fixed}: leave one of them out"
            )));
        }
        if self.insecure {
            return Err(Error::input(format!(
                "ckks.preset = \"{name}\" is a secure parameter set and --insecure asks for none: leave one of them out"
            )));
        }
        Ok(())
    }
}
