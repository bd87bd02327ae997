//! The specification of layers: which functions, where, how well.

use crate::error::{Error, Result};
use crate::plan::{Ckks, SpecText};
use crate::poly::table::{Metric, validate_intervals};
use crate::real::{Exact, log2};
use crate::target::Target;
use rug::Rational;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Most layers of one specification.
const MOST_LAYERS: usize = 64;
/// Arguments further from 0 or errors smaller than 2^this are refused: noise is bounded in binary64.
const LARGEST_LOG2: f64 = 256.0;

/// A specification with its defaults filled in. Field names and meanings are those of the TOML file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerSpec {
    /// The functions.
    pub layer: Vec<Layer>,
    /// What the parameters may be.
    #[serde(default)]
    pub ckks: Ckks,
}

/// One function and what its approximation on ciphertexts must reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// What it is called in documents.
    pub name: String,
    /// The function, by the name that [`Target::new`] knows.
    pub target: String,
    /// What is added to x before the function is taken (reciprocal and inverse square root).
    #[serde(default)]
    pub epsilon: Exact,
    /// Where: one [lo, hi] or several, in increasing order.
    pub interval: Vec<[Exact; 2]>,
    /// Largest absolute error of any slot, everything included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_error: Option<Exact>,
    /// Largest relative error of any slot, everything included; in place of `max_error`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative_error: Option<Exact>,
    /// By how much x may be off before it is encrypted, on the scale of x.
    #[serde(default)]
    pub input_error: Exact,
    /// Which forms of approximation are looked at.
    #[serde(default)]
    pub form: FormChoice,
}

/// Which forms of approximation are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FormChoice {
    /// All that there are for the function.
    #[default]
    Any,
    /// One polynomial.
    Polynomial,
    /// A composite: stages (sign, inverse square root) or doublings (reciprocal).
    Composite,
}

impl LayerSpec {
    /// Reads a specification. With `insecure`, parameters above the security table are allowed, and small rings.
    ///
    /// # Errors
    /// [`Error::Input`] naming the file and the field.
    pub fn read(path: &Path, insecure: bool) -> Result<Self> {
        Self::from_text(&SpecText::read(Some(path), &[])?, insecure)
    }

    /// Reads a specification from TOML text.
    ///
    /// # Errors
    /// [`Error::Input`] with the line or field, what was expected and what was found.
    pub fn from_toml(text: &str, insecure: bool) -> Result<Self> {
        Self::from_text(&SpecText::parse(text)?, insecure)
    }

    /// The same of a text that was read.
    ///
    /// # Errors
    /// As [`LayerSpec::from_toml`].
    pub fn from_text(text: &SpecText, insecure: bool) -> Result<Self> {
        let mut spec: Self = text.fields()?;
        spec.ckks.allow_insecure(insecure).map_err(|e| text.locate(e))?;
        spec.check().map_err(|e| text.locate(e))?;
        Ok(spec)
    }

    /// Checks every field.
    ///
    /// # Errors
    /// [`Error::Input`] naming the field.
    pub fn check(&self) -> Result<()> {
        let count = self.layer.len();
        if !(1..=MOST_LAYERS).contains(&count) {
            return Err(Error::input(format!("layer: expected 1 to {MOST_LAYERS} layers, found {count}")));
        }
        for (index, layer) in self.layer.iter().enumerate() {
            if self.layer.iter().take(index).any(|other| other.name == layer.name) {
                return Err(Error::input(format!("layer.name: '{}' is there twice", layer.name)));
            }
            layer.check().map_err(|e| e.at(format!("layer '{}'", layer.name)))?;
        }
        self.ckks.check(&[])?;
        if self.ckks.log_q.is_some() || self.ckks.log_p.is_some() {
            return Err(Error::input(
                "ckks.log_q, ckks.log_p: the primes of layers follow from their depths; leave them out",
            ));
        }
        if self.ckks.levels_per_bootstrap > 0 {
            return Err(Error::input("ckks.levels_per_bootstrap: layers run without bootstraps; leave it out"));
        }
        Ok(())
    }
}

impl Layer {
    /// The function.
    ///
    /// # Errors
    /// [`Error::Input`] as [`Target::new`].
    pub fn target(&self) -> Result<Target> {
        Target::new(&self.target, self.epsilon.0.clone())
    }

    /// Which error counts, and the largest that it may be.
    ///
    /// # Errors
    /// [`Error::Input`] unless exactly one is given.
    pub fn limit(&self) -> Result<(Metric, &Exact)> {
        match (&self.max_error, &self.relative_error) {
            (Some(limit), None) => Ok((Metric::Absolute, limit)),
            (None, Some(limit)) => Ok((Metric::Relative, limit)),
            (None, None) => Err(Error::input("max_error is missing: give it, or relative_error")),
            (Some(_), Some(_)) => Err(Error::input("max_error, relative_error: expected one of them, found both")),
        }
    }

    /// R, the largest |x|.
    pub fn bound(&self) -> Rational {
        self.interval.iter().flatten().map(|end| end.0.clone().abs()).max().unwrap_or_default()
    }

    /// The x of the domain that is nearest to 0.
    pub fn filler(&self) -> Exact {
        let nearest = |[lo, hi]: &[Exact; 2]| {
            if lo.0 > 0 {
                lo.clone()
            } else if hi.0 < 0 {
                hi.clone()
            } else {
                Exact::default()
            }
        };
        self.interval.iter().map(nearest).min_by_key(|x| x.0.clone().abs()).unwrap_or_default()
    }

    fn check(&self) -> Result<()> {
        let named = !self.name.is_empty() && !self.name.contains(|c: char| c.is_control() || c == '|');
        if !named {
            return Err(Error::input("name: expected a name on one line without '|'"));
        }
        let target = self.target().map_err(|e| e.at("target"))?;
        let (metric, limit) = self.limit()?;
        let field = if metric == Metric::Absolute { "max_error" } else { "relative_error" };
        if limit.0 <= 0 || limit.0 >= 1u32 << 16 || log2(limit) < -LARGEST_LOG2 {
            return Err(Error::input(format!(
                "{field}: expected a positive number from 2^-{LARGEST_LOG2} to 2^16, found {limit}"
            )));
        }
        if self.input_error.0 < 0 {
            return Err(Error::input(format!("input_error: expected a number ≥ 0, found {}", self.input_error)));
        }
        validate_intervals(&self.interval).map_err(|e| e.at("interval"))?;
        if log2(&self.bound()).abs() > LARGEST_LOG2 {
            return Err(Error::input(format!(
                "interval: expected a largest |x| from 2^-{LARGEST_LOG2} to 2^{LARGEST_LOG2}"
            )));
        }
        for [lo, hi] in &self.interval {
            target.function().check(lo, hi).map_err(|e| e.at("interval"))?;
            if metric == Metric::Relative
                && let Some(zero) = target.function().zero_in(lo, hi)
            {
                let zero = Exact(zero);
                return Err(Error::input(format!(
                    "relative_error: it is not defined where the function is 0, at x = {zero}; give max_error"
                )));
            }
        }
        Ok(())
    }
}
