//! The numbers of a table, and how documents carry them.

use super::stages::{Rule, Stage};
use super::table::{LARGEST_DEGREE, LARGEST_STEPS, field, short};
use super::{Basis, Dyadic, Evaluation, paterson_stockmeyer};
use crate::error::Result;
use crate::real::Exact;
use rug::Rational;
use serde::{Deserialize, Serialize};

/// The numbers of a table: one polynomial, a composite of doublings, or a composite of stages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Fields", try_from = "Fields")]
pub enum Form {
    /// Σ c_k·B_k(x), the Chebyshev basis on the hull of the intervals.
    Polynomial {
        /// The functions that the coefficients multiply.
        basis: Basis,
        /// c_0 … c_n.
        coefficients: Vec<Exact>,
        /// The same numbers as m·2^e.
        dyadic: Vec<Dyadic>,
    },
    /// y_1 = start and R_1 = 1 − start·D; then, once for each α, y ← α(1 + R)y and R ← αR² − (α − 1).
    Composite {
        /// y_1, near 2/(a + b).
        start: Exact,
        /// One α for each doubling.
        steps: Vec<Exact>,
    },
    /// Polynomials of low degree, one after another.
    Stages {
        /// How they follow each other.
        rule: Rule,
        /// In order.
        stages: Vec<Stage>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Name {
    Polynomial,
    Composite,
}

/// A form as a document has it: both kinds of composite carry the same name.
#[derive(Clone, Serialize, Deserialize)]
struct Fields {
    form: Name,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    basis: Option<Basis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    coefficients: Option<Vec<Exact>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dyadic: Option<Vec<Dyadic>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<Exact>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<Exact>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<Rule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stages: Option<Vec<Stage>>,
}

impl Fields {
    fn named(form: Name) -> Self {
        Self { form, basis: None, coefficients: None, dyadic: None, start: None, steps: None, rule: None, stages: None }
    }
}

impl From<Form> for Fields {
    fn from(form: Form) -> Self {
        match form {
            Form::Polynomial { basis, coefficients, dyadic } => Self {
                basis: Some(basis),
                coefficients: Some(coefficients),
                dyadic: Some(dyadic),
                ..Self::named(Name::Polynomial)
            },
            Form::Composite { start, steps } => {
                Self { start: Some(start), steps: Some(steps), ..Self::named(Name::Composite) }
            }
            Form::Stages { rule, stages } => {
                Self { rule: Some(rule), stages: Some(stages), ..Self::named(Name::Composite) }
            }
        }
    }
}

impl TryFrom<Fields> for Form {
    type Error = String;

    fn try_from(fields: Fields) -> std::result::Result<Self, String> {
        let missing = |name: &str| format!("missing field `{name}`");
        match fields.form {
            Name::Polynomial => Ok(Self::Polynomial {
                basis: fields.basis.ok_or_else(|| missing("basis"))?,
                coefficients: fields.coefficients.ok_or_else(|| missing("coefficients"))?,
                dyadic: fields.dyadic.ok_or_else(|| missing("dyadic"))?,
            }),
            Name::Composite if fields.stages.is_some() && (fields.start.is_some() || fields.steps.is_some()) => {
                Err("a composite has either `start` and `steps` or `rule` and `stages`, found both".into())
            }
            Name::Composite => match fields.stages {
                Some(stages) => Ok(Self::Stages { rule: fields.rule.ok_or_else(|| missing("rule"))?, stages }),
                None => Ok(Self::Composite {
                    start: fields.start.ok_or_else(|| missing("start"))?,
                    steps: fields.steps.ok_or_else(|| missing("steps"))?,
                }),
            },
        }
    }
}

impl Form {
    /// A polynomial from numbers that are all multiples of 2^-bits.
    ///
    /// # Errors
    /// [`crate::error::Error::Internal`] when one of them is not.
    pub fn polynomial(basis: Basis, coefficients: Vec<Rational>, bits: u32) -> Result<Self> {
        let dyadic = Dyadic::all_at_scale(&coefficients, bits)?;
        Ok(Self::Polynomial { basis, coefficients: coefficients.into_iter().map(Exact).collect(), dyadic })
    }

    /// The degree that the numbers have as a polynomial in x.
    pub fn degree(&self) -> u64 {
        match self {
            Self::Polynomial { coefficients, .. } => coefficients.len().saturating_sub(1) as u64,
            Self::Composite { steps, .. } => (1u64 << steps.len().min(63)) - 1,
            Self::Stages { rule, stages } => rule.degree(stages),
        }
    }

    /// What one evaluation costs. A composite of k doublings needs k levels and 2k − 2 products, its first step being
    /// affine.
    pub fn evaluation(&self) -> Evaluation {
        match self {
            Self::Polynomial { .. } => paterson_stockmeyer(self.degree()),
            Self::Composite { steps, .. } => {
                let doublings = steps.len() as u32;
                let depth = if doublings < 2 { 0 } else { doublings };
                Evaluation { depth, products: 2 * u64::from(doublings.saturating_sub(1)) }
            }
            Self::Stages { rule, stages } => rule.evaluation(stages),
        }
    }

    /// Checks that the numbers agree among themselves.
    ///
    /// # Errors
    /// [`crate::error::Error::Input`] naming the field.
    pub fn validate(&self) -> Result<()> {
        match self {
            Self::Polynomial { coefficients, dyadic, .. } => validate_coefficients(coefficients, dyadic),
            Self::Composite { start, steps } => validate_doublings(start, steps),
            Self::Stages { rule, stages } => rule.validate(stages),
        }
    }
}

fn validate_doublings(start: &Exact, steps: &[Exact]) -> Result<()> {
    if steps.len() > LARGEST_STEPS {
        return Err(field("steps", format!("at most {LARGEST_STEPS} doublings"), steps.len()));
    }
    if **start == 0 {
        return Err(field("start", "a number other than 0", "0"));
    }
    match steps.iter().enumerate().find(|(_, alpha)| ***alpha <= 0) {
        Some((i, alpha)) => Err(field(&format!("steps[{i}]"), "a positive α", short(alpha))),
        None => Ok(()),
    }
}

/// The residual of a composite, squared again and again, must not outgrow every number.
pub(super) fn validate_growth(form: &Form, intervals: &[[Exact; 2]], epsilon: &Exact) -> Result<()> {
    let Form::Composite { start, steps } = form else { return Ok(()) };
    let residual = |d: &Exact| (Rational::from(1) - Rational::from(&d.0 + &epsilon.0) * &start.0).to_f64().abs();
    let mut largest = intervals.iter().flatten().map(residual).fold(0.0, f64::max);
    for (i, alpha) in steps.iter().enumerate() {
        let alpha = alpha.to_f64();
        largest = (1.0 - alpha).abs().max((alpha * largest * largest + 1.0 - alpha).abs());
        if !largest.is_finite() {
            let field_name = format!("steps[{i}]");
            return Err(field(&field_name, "doublings of a residual that stays finite", "one above 10^308"));
        }
    }
    Ok(())
}

/// As many exact numbers as dyadic ones, equal one by one.
pub(super) fn validate_coefficients(coefficients: &[Exact], dyadic: &[Dyadic]) -> Result<()> {
    if coefficients.is_empty() || coefficients.len() as u64 > LARGEST_DEGREE + 1 {
        return Err(field("coefficients", format!("1 to {} numbers", LARGEST_DEGREE + 1), coefficients.len()));
    }
    if dyadic.len() != coefficients.len() {
        return Err(field("dyadic", format!("as many as 'coefficients', {}", coefficients.len()), dyadic.len()));
    }
    match coefficients.iter().zip(dyadic).enumerate().find(|(_, (c, d))| d.value() != c.0) {
        Some((k, (c, d))) => {
            let found = format!("[\"{}\", {}]", short(&d.mantissa), d.exponent);
            Err(field(&format!("dyadic[{k}]"), format!("exactly coefficients[{k}] = {}", short(c)), found))
        }
        None => Ok(()),
    }
}
