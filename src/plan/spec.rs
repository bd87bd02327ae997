//! The specification: what a user asks for, read from TOML and checked.

use super::one_or_many::OneOrMany;
use super::rows::Rows;
use super::security::SecurityTable;
use crate::attention::{Epsilon, EpsilonForm, RowDomain, RowShape, Scores, Variant};
use crate::document::read_text;
use crate::error::{Error, Result};
use crate::real::{Exact, log2};
use rug::Rational;
use rug::ops::Pow;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Score bounds further from 1 are refused: scores are binary64, and their powers must be.
const LARGEST_LOG2_BOUND: f64 = 256.0;
/// Longest row that is planned for.
const LONGEST_ROW: u32 = 1 << 12;

/// A specification with its defaults filled in. Field names and meanings are those of SPEC.toml.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The attention rows.
    pub attention: Attention,
    /// What the plan must reach.
    pub target: Target,
    /// What the parameters may be.
    #[serde(default)]
    pub ckks: Ckks,
}

/// The attention rows that a plan serves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attention {
    /// How rows are normalised.
    #[serde(default = "length_agnostic")]
    pub variant: Variant,
    /// Powers to choose from.
    pub p: OneOrMany<u32>,
    /// Row lengths, all served by one plan.
    pub length: OneOrMany<u32>,
    /// R; or taken from the scores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score_bound: Option<Exact>,
    /// A file of scores, relative to the specification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scores: Option<PathBuf>,
    /// One layer of the scores; all where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// One head of each layer; all where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<usize>,
    /// How the powers are normalised on the way.
    #[serde(default)]
    pub normalisation: Normalisation,
    /// ε with its form; absent for the plain variant only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epsilon: Option<EpsilonChoice>,
    /// Promised lower bound on mean((x/R)^p).
    #[serde(default)]
    pub smallest_mean: Exact,
    /// Promised lower bound on mean((x/R)^2); raised to p/2 it bounds mean((x/R)^p).
    #[serde(default)]
    pub smallest_mean_square: Exact,
    /// Whether row i sees keys 0 … i only.
    #[serde(default)]
    pub causal: bool,
}

/// What the plan must reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Largest absolute error of any weight, everything included.
    pub max_error: Exact,
    /// Largest relative error of the reciprocal by approximation alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative_error: Option<Exact>,
    /// Largest mass that ε may take from the row at the 1 % quantile of the scores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_mass_lost: Option<Exact>,
}

/// What the CKKS parameters may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ckks {
    /// 128, 192 or 256.
    pub security_bits: u32,
    /// Which table of log QP.
    pub security_table: SecurityTable,
    /// The secret's distribution.
    pub secret: Secret,
    /// Largest log2 N.
    pub max_log_n: u32,
    /// 0: no bootstraps.
    pub levels_per_bootstrap: u32,
    /// Precision of the stand-in for a bootstrap.
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
}

impl Default for Ckks {
    fn default() -> Self {
        Self {
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
        }
    }
}

/// How powers are normalised on the way to the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Normalisation {
    /// One division, by D = mean x^p + ε.
    #[default]
    Direct,
    /// A rough normalisation between squarings.
    Staged,
    /// Whichever is best.
    Any,
}

/// The secret's distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Secret {
    /// Uniform in {−1, 0, 1}.
    #[default]
    #[serde(rename = "ternary")]
    Ternary,
    /// 192 coefficients ±1.
    #[serde(rename = "sparse-192")]
    Sparse192,
}

/// ε values to choose from, all of one form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpsilonChoice {
    /// Beside which denominator.
    pub form: EpsilonForm,
    /// The values.
    pub value: OneOrMany<Exact>,
}

fn length_agnostic() -> Variant {
    Variant::LengthAgnostic
}

/// A specification with the scores that it names.
#[derive(Debug, Clone)]
pub struct SpecSource {
    /// The specification.
    pub spec: Spec,
    /// The score bound R.
    pub bound: Rational,
    /// The rows of the scores, where there are any.
    pub rows: Option<Rows>,
}

impl Spec {
    /// Reads a specification from TOML text.
    ///
    /// # Errors
    /// [`Error::Input`] with the line, what was expected and what was found.
    pub fn from_toml(text: &str) -> Result<Self> {
        let spec: Self = toml::from_str(text).map_err(|e| Error::input(e.to_string().trim_end().to_string()))?;
        spec.check()?;
        Ok(spec)
    }

    /// Checks every field that does not need the scores.
    ///
    /// # Errors
    /// [`Error::Input`] naming the field.
    pub fn check(&self) -> Result<()> {
        let attention = &self.attention;
        non_empty("attention.p", attention.p.as_slice())?;
        non_empty("attention.length", attention.length.as_slice())?;
        for &p in attention.p.as_slice() {
            RowShape::new(1, Rational::from(1), p).map_err(|e| e.at("attention"))?;
        }
        if let Some(&length) = attention.length.as_slice().iter().find(|&&l| l == 0 || l > LONGEST_ROW) {
            return Err(Error::input(format!("attention.length: expected 1 to {LONGEST_ROW} keys, found {length}")));
        }
        if attention.score_bound.is_none() && attention.scores.is_none() {
            return Err(Error::input("attention: give score_bound (R), or scores to take it from"));
        }
        positive("attention.score_bound", attention.score_bound.as_ref())?;
        share("attention.smallest_mean", &attention.smallest_mean)?;
        share("attention.smallest_mean_square", &attention.smallest_mean_square)?;
        if attention.scores.is_none() && (attention.layer.is_some() || attention.head.is_some()) {
            return Err(Error::input("attention.layer, attention.head: they choose among scores; give scores"));
        }
        if attention.normalisation == Normalisation::Staged {
            return Err(unsupported("attention.normalisation", "staged", "direct"));
        }
        self.check_epsilon()?;
        self.check_target()?;
        self.check_ckks()
    }

    fn check_epsilon(&self) -> Result<()> {
        let attention = &self.attention;
        match (&attention.epsilon, attention.variant) {
            (Some(_), Variant::Plain) => {
                Err(Error::input("attention.epsilon: variant = \"plain\" has none; remove it or name another variant"))
            }
            (None, Variant::Plain) => Ok(()),
            (None, _) => Err(Error::input(
                "attention.epsilon is missing: give epsilon = { form = \"sum\" | \"mean\" | \"unit\", value = … }",
            )),
            (Some(choice), _) => {
                non_empty("attention.epsilon.value", choice.value.as_slice())?;
                choice.value.as_slice().iter().try_for_each(|e| positive("attention.epsilon.value", Some(e)))?;
                if attention.causal && choice.form == EpsilonForm::Mean {
                    return Err(Error::input(
                        "attention.epsilon: with causal = true each row has its own length, so an ε in mean form is \
                         another number in each row; give it in sum or unit form",
                    ));
                }
                Ok(())
            }
        }
    }

    fn check_target(&self) -> Result<()> {
        let target = &self.target;
        positive("target.max_error", Some(&target.max_error))?;
        positive("target.relative_error", target.relative_error.as_ref())?;
        positive("target.max_mass_lost", target.max_mass_lost.as_ref())?;
        if target.max_mass_lost.is_some() && self.attention.scores.is_none() {
            return Err(Error::input("target.max_mass_lost is about rows of the scores: give attention.scores"));
        }
        Ok(())
    }

    fn check_ckks(&self) -> Result<()> {
        let ckks = &self.ckks;
        if ckks.secret != Secret::Ternary {
            return Err(unsupported("ckks.secret", "sparse-192", "ternary"));
        }
        if ckks.levels_per_bootstrap > 0 {
            return Err(unsupported("ckks.levels_per_bootstrap", "a number above 0", "0 (no bootstrap)"));
        }
        for log_n in ckks.log_n.iter().chain([&ckks.max_log_n]) {
            if !(13..=16).contains(log_n) {
                return Err(Error::input(format!("ckks: expected log2 N from 13 to 16, found {log_n}")));
            }
        }
        let bits = ckks.log_q.iter().flatten().chain(ckks.log_p.iter().flatten());
        let scales = ckks.scale_bits.iter().flat_map(|s| s.as_slice());
        if let Some(bits) = bits.chain(scales).find(|bits| !(20..=61).contains(*bits)) {
            return Err(Error::input(format!("ckks: expected primes of 20 to 61 bits, found {bits}")));
        }
        if ckks.log_n.is_some_and(|log_n| log_n > ckks.max_log_n) {
            return Err(Error::input(format!("ckks.log_n: expected at most max_log_n = {}", ckks.max_log_n)));
        }
        if ckks.log_q.is_some() && ckks.scale_bits.is_some() {
            return Err(Error::input("ckks.scale_bits: with log_q given the scale is that of its second prime"));
        }
        if ckks.log_q.is_some() != ckks.log_p.is_some() || (ckks.log_q.is_some() && ckks.log_n.is_none()) {
            return Err(Error::input("ckks: log_q, log_p and log_n go together"));
        }
        let failure = &ckks.failure_probability.0;
        if *failure <= 0 || *failure >= 1 {
            let found = &ckks.failure_probability;
            return Err(Error::input(format!("ckks.failure_probability: expected a number in (0, 1), found {found}")));
        }
        Ok(())
    }

    /// The domain of the row denominator for one length, power and ε.
    ///
    /// # Errors
    /// [`Error::Input`] as [`RowDomain::new`].
    pub fn domain(&self, shape: &RowShape, epsilon: Option<&Epsilon>) -> Result<RowDomain> {
        let squared = self.attention.smallest_mean_square.0.clone().pow(shape.power / 2);
        RowDomain::new(shape, epsilon, &squared.max(self.attention.smallest_mean.0.clone()))
    }

    /// The ε values to choose from; one `None` for the plain variant.
    pub fn epsilons(&self) -> Vec<Option<Epsilon>> {
        match &self.attention.epsilon {
            None => vec![None],
            Some(choice) => {
                let value = |v: &Exact| Some(Epsilon { form: choice.form, value: v.clone() });
                choice.value.as_slice().iter().map(value).collect()
            }
        }
    }
}

impl SpecSource {
    /// Reads a specification and the scores that it names, whose path is relative to it.
    ///
    /// # Errors
    /// [`Error::Input`] naming the file and the field.
    pub fn read(path: &Path) -> Result<Self> {
        let spec = Spec::from_toml(&read_text(path)?).map_err(|e| e.at(path.display()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let scores = match &spec.attention.scores {
            Some(file) => Some(Scores::read(&folder.join(file))?),
            None => None,
        };
        Self::new(spec, scores.as_ref()).map_err(|e| e.at(path.display()))
    }

    /// A checked specification with its scores.
    ///
    /// # Errors
    /// [`Error::Input`] for scores above R, of a length that the specification does not list, or all zero.
    pub fn new(spec: Spec, scores: Option<&Scores>) -> Result<Self> {
        let attention = &spec.attention;
        let rows = match scores {
            Some(scores) => Some(Rows::of(scores, attention.layer, attention.head, attention.causal)?),
            None => None,
        };
        let given = attention.score_bound.as_ref().map(|bound| bound.0.clone());
        let bound = given.or_else(|| rows.as_ref().map(Rows::largest)).unwrap_or_default();
        let mut source = Self::with_bound(spec, bound)?;
        if let Some(rows) = &rows {
            let lengths = source.spec.attention.length.as_slice();
            rows.check(&source.bound, lengths).map_err(|e| e.at("attention.scores"))?;
        }
        source.rows = rows;
        Ok(source)
    }

    /// A checked specification whose score bound is known and whose scores are not.
    ///
    /// # Errors
    /// [`Error::Input`] for a bound that is not positive or so far from 1 that its powers leave binary64.
    pub fn with_bound(spec: Spec, bound: Rational) -> Result<Self> {
        if bound <= 0 {
            return Err(Error::input(
                "attention.scores: every score is 0, so there is no score bound: give score_bound",
            ));
        }
        if log2(&bound).abs() > LARGEST_LOG2_BOUND {
            return Err(Error::input(format!(
                "attention.score_bound: expected 2^-{LARGEST_LOG2_BOUND} to 2^{LARGEST_LOG2_BOUND}, found 2^{:.0}",
                log2(&bound)
            )));
        }
        Ok(Self { spec, bound, rows: None })
    }
}

fn non_empty<T>(field: &str, values: &[T]) -> Result<()> {
    if values.is_empty() {
        Err(Error::input(format!("{field}: expected at least one value, found none")))
    } else {
        Ok(())
    }
}

fn positive(field: &str, value: Option<&Exact>) -> Result<()> {
    match value {
        Some(value) if value.0 <= 0 => Err(Error::input(format!("{field}: expected a positive number, found {value}"))),
        _ => Ok(()),
    }
}

fn share(field: &str, value: &Exact) -> Result<()> {
    if value.0 < 0 || value.0 >= 1 {
        return Err(Error::input(format!("{field}: expected a number in [0, 1), found {value}")));
    }
    Ok(())
}

fn unsupported(field: &str, found: &str, instead: &str) -> Error {
    Error::input(format!("{field}: {found} is not supported by this version; use {instead}"))
}
