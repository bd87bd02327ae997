//! The specification: what a user asks for, read from TOML and checked.

use super::ckks::Ckks;
use super::method::{Method, Reciprocal};
use super::one_or_many::OneOrMany;
use super::spec_text::SpecText;
use crate::attention::{Epsilon, EpsilonForm, RowDomain, RowShape, Variant};
use crate::error::{Error, Result};
use crate::real::{Exact, log2};
use rug::Rational;
use rug::ops::Pow;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Most values of a key that takes several.
const LONGEST_LIST: usize = 64;
/// Longest row that is planned for.
const LONGEST_ROW: u32 = 1 << 12;

/// Numbers above 0 but below 2^-this are refused as ends of a domain: no circuit divides so far, and proving that takes minutes.
pub(super) const SMALLEST_BITS: f64 = 2048.0;

/// A specification with its defaults filled in. Field names and meanings are those of SPEC.toml.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
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
    /// How the one division is made; see [`Reciprocal`].
    #[serde(default = "tables", skip_serializing_if = "is_tables")]
    pub reciprocal: OneOrMany<Reciprocal>,
    /// ε with its form; absent for the plain variant only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epsilon: Option<EpsilonChoice>,
    /// Promised lower bound on mean((x/R)^p).
    #[serde(default)]
    pub smallest_mean: Exact,
    /// Promised lower bound on mean((x/R)^2); raised to p/2 it bounds mean((x/R)^p).
    #[serde(default)]
    pub smallest_mean_square: Exact,
    /// What becomes of rows of the scores below `smallest_mean_square`.
    #[serde(default, skip_serializing_if = "RowsBelow::is_default")]
    pub rows_below: RowsBelow,
    /// Whether row i sees keys 0 … i only.
    #[serde(default)]
    pub causal: bool,
}

/// What the plan must reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
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

/// How powers are normalised on the way to the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
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

/// What becomes of rows of the scores that the promised `smallest_mean_square` leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RowsBelow {
    /// They are an error.
    #[default]
    Refuse,
    /// They are left out, and counted wherever the others are shown.
    Skip,
}

impl RowsBelow {
    #[allow(clippy::trivially_copy_pass_by_ref)] // what serde calls
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// ε values to choose from, all of one form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EpsilonChoice {
    /// Beside which denominator.
    pub form: EpsilonForm,
    /// The values.
    pub value: OneOrMany<Exact>,
}

fn tables() -> OneOrMany<Reciprocal> {
    OneOrMany::One(Reciprocal::Tables)
}

fn is_tables(choice: &OneOrMany<Reciprocal>) -> bool {
    *choice == tables()
}

fn length_agnostic() -> Variant {
    Variant::LengthAgnostic
}

impl Spec {
    /// Reads a specification from TOML text.
    ///
    /// # Errors
    /// [`Error::Input`] with the line, what was expected and what was found.
    pub fn from_toml(text: &str) -> Result<Self> {
        Self::from_text(&SpecText::parse(text)?, false)
    }

    /// The same, allowing parameters above the security table and small rings: for studies, never for secrets.
    ///
    /// # Errors
    /// As [`Spec::from_toml`].
    pub fn from_toml_insecure(text: &str) -> Result<Self> {
        Self::from_text(&SpecText::parse(text)?, true)
    }

    /// Reads a specification; with `insecure`, as [`Spec::from_toml_insecure`] does.
    ///
    /// # Errors
    /// As [`Spec::from_toml`].
    pub fn from_text(text: &SpecText, insecure: bool) -> Result<Self> {
        let mut spec: Self = text.fields()?;
        spec.ckks.allow_insecure(insecure).map_err(|e| text.locate(e))?;
        spec.ckks.fill_in(|key| text.has("ckks", key));
        spec.check().map_err(|e| text.locate(e))?;
        Ok(spec)
    }

    /// Checks every field that does not need the scores.
    ///
    /// # Errors
    /// [`Error::Input`] naming the field.
    pub fn check(&self) -> Result<()> {
        let attention = &self.attention;
        list("attention.p", attention.p.as_slice())?;
        list("attention.length", attention.length.as_slice())?;
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
        self.check_staged()?;
        self.check_epsilon()?;
        self.check_target()?;
        self.ckks.check(attention.p.as_slice())
    }

    fn check_staged(&self) -> Result<()> {
        let attention = &self.attention;
        if attention.rows_below == RowsBelow::Skip && attention.smallest_mean_square.0 == 0 {
            return Err(Error::input(
                "attention.rows_below = \"skip\" leaves out rows below smallest_mean_square: promise one",
            ));
        }
        list("attention.reciprocal", attention.reciprocal.as_slice())?;
        if attention.normalisation != Normalisation::Staged {
            return match self.methods(2).as_slice() {
                [] => Err(Error::input(
                    "attention.reciprocal: \"start-newton\" runs without bootstraps; leave levels_per_bootstrap out",
                )),
                _ => Ok(()),
            };
        }
        if !is_tables(&attention.reciprocal) {
            return Err(Error::input(
                "attention.reciprocal is about normalisation = \"direct\"; with \"staged\" every division is a composite: \
                 leave it out",
            ));
        }
        if self.smallest_square() == 0 {
            return Err(Error::input(
                "attention.normalisation = \"staged\" divides by mean((x/R)^2) without ε: promise a positive \
                 smallest_mean_square",
            ));
        }
        if self.ckks.levels_per_bootstrap > 0 {
            return Err(Error::input(
                "ckks.levels_per_bootstrap: normalisation = \"staged\" runs without bootstraps; leave it out",
            ));
        }
        attention.p.as_slice().iter().try_for_each(|&p| Method::Staged.divisions(p).map(|_| ()))
    }

    /// The methods to choose from for a power.
    pub fn methods(&self, power: u32) -> Vec<Method> {
        let is_possible = self.smallest_square() > 0
            && self.ckks.levels_per_bootstrap == 0
            && Method::Staged.divisions(power).is_ok();
        let normalisation = self.attention.normalisation;
        let mut methods: Vec<Method> = Vec::new();
        if normalisation != Normalisation::Staged {
            methods.extend(self.attention.reciprocal.as_slice().iter().flat_map(|choice| choice.methods()));
            // Newton's iteration needs D from beginning to end, so it is not cut into segments.
            methods.retain(|method| self.ckks.levels_per_bootstrap == 0 || *method != Method::StartNewton);
        }
        if normalisation == Normalisation::Staged || normalisation == Normalisation::Any && is_possible {
            methods.push(Method::Staged);
        }
        methods.sort_unstable();
        methods.dedup();
        methods
    }

    /// What is promised of mean((x/R)^2), which is at least mean((x/R)^p).
    fn smallest_square(&self) -> Rational {
        self.attention.smallest_mean_square.0.clone().max(self.attention.smallest_mean.0.clone())
    }

    /// The domain of mean((x/R)^2) for one length, without ε.
    ///
    /// # Errors
    /// [`Error::Input`] where nothing is promised of it.
    pub fn square_domain(&self, length: u32) -> Result<RowDomain> {
        RowDomain::new(&RowShape::new(length, Rational::from(1), 2)?, None, &self.smallest_square())
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
                list("attention.epsilon.value", choice.value.as_slice())?;
                choice.value.as_slice().iter().try_for_each(|e| positive("attention.epsilon.value", Some(e)))?;
                choice.value.as_slice().iter().try_for_each(|e| not_tiny("attention.epsilon.value", e))?;
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

/// One to [`LONGEST_LIST`] values, each once.
fn list<T: PartialEq>(field: &str, values: &[T]) -> Result<()> {
    if values.is_empty() || values.len() > LONGEST_LIST {
        let found = values.len();
        return Err(Error::input(format!("{field}: expected 1 to {LONGEST_LIST} values, found {found}")));
    }
    let repeated = values.iter().enumerate().find(|(index, value)| values.iter().take(*index).any(|v| v == *value));
    match repeated {
        Some((index, _)) => Err(Error::input(format!("{field}: value {} is there twice", index + 1))),
        None => Ok(()),
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
    not_tiny(field, value)
}

fn not_tiny(field: &str, value: &Exact) -> Result<()> {
    if value.0 > 0 && log2(value) < -SMALLEST_BITS {
        let found = log2(value);
        return Err(Error::input(format!("{field}: expected at least 2^-{SMALLEST_BITS}, found 2^{found:.0}")));
    }
    Ok(())
}
